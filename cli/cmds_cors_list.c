#include <stdlib.h>
#include <string.h>

#include "cors.h"
#include "cors/hdrlist.h"
#include "cors/origin.h"

/* Wording: the origin list and the delete dialogues are documented; all else here is UNVERIFIED and
 * follows Finesse's and the reverse-proxy commands' texts (docs/fidelity.md#commands). */

#define SHOWN_MAX 300 /* bytes of a typed entry in a message */
#define RULE      "==========================="

static const struct cors_list *list_of(struct call *c)
{
    const struct cors_list *l = c->cmd->about;

    c->service = l->family->service;
    return l;
}

static bool is_of_origins(const struct cors_list *l)
{
    return l->list == LIST_ORIGINS;
}

enum result cors_list_get(struct call *c, const struct cors_list *l, struct text_list *ret)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_get_list(s, call_target(c), STAGE_CONFIGURED, l->list, ret, &why);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

static json_t *json_texts(const char *const *at, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(list, json_string(at[i]));
    return list;
}

/** UNVERIFIED: the order, here that of adding, behind the built-in headers; the product may read
 *  them back from a set. */
static void print_all(struct call *c, const struct cors_list *l, const struct text_list *own)
{
    const char *const *entries = (const char *const *)own->at;
    size_t n_builtin = 0;
    const char *const *builtin =
        is_of_origins(l) ? NULL : policy_builtin_headers(l->family->service, l->list, &n_builtin);

    out_printf(&c->out, "%s\n" RULE "\n", l->heading);
    for (size_t i = 0; i < n_builtin; i++)
        out_printf(&c->out, "%zu. %s\n", i + 1, builtin[i]);
    for (size_t i = 0; i < own->n; i++)
        out_printf(&c->out, "%zu. %s\n", n_builtin + i + 1, entries[i]);
    if (n_builtin + own->n == 0)
        out_printf(&c->out, "%s\n", l->none);
    if (is_of_origins(l)) {
        call_json(c, "origins", json_texts(entries, own->n));
    } else {
        call_json(c, "builtin", json_texts(builtin, n_builtin));
        call_json(c, "custom", json_texts(entries, own->n));
    }
}

enum result cors_list_show(struct call *c)
{
    const struct cors_list *l = list_of(c);
    struct text_list own = {NULL, 0};
    enum result r = cors_list_get(c, l, &own);

    if (r == RESULT_DONE)
        print_all(c, l, &own);
    text_list_clear(&own);
    return r;
}

/* --- add --- */

/** Say which entry is wrong, where and why: the platform's sentence first, then ours. */
static enum result say_invalid(struct call *c, const struct cors_list *l, struct slice entry,
                               const struct diag *why)
{
    char shown[SHOWN_MAX];
    const char *noun = is_of_origins(l) ? "origin" : "header";

    (void)text_copy_defused(shown, sizeof shown, entry);
    out_printf(&c->out, "Operation failed, please enter valid %s(s). %s %s is invalid\n", noun,
               l->entry, shown);
    out_printf(&c->out, "At character %zu: %s.\n", why->offset + 1, why->text);
    if (is_of_origins(l))
        out_printf(&c->out, "An origin is http[s]://<hostname>[:port]. ");
    call_json(c, "error", json_string(why->text));
    out_printf(&c->out, "The list was not changed.\nExecuted command unsuccessfully\n");
    return RESULT_FAILED;
}

/** Header names are kept in lower case, which they are compared in.
 *  UNVERIFIED: whether `list` shows them as typed */
static enum err check_header(struct slice entry, char to[HDRLIST_NAME_MAX + 1], struct diag *why)
{
    enum err e = hdrlist_check_name(entry, why);

    if (e == ERR_OK && slice_is(entry, "*")) {
        diag_set(why, 0, "a wildcard is not supported; add every header by its name");
        e = ERR_SYNTAX;
    }
    for (size_t i = 0; e == ERR_OK && i < entry.n; i++)
        to[i] = (char)ascii_lower((unsigned char)entry.at[i]);
    if (e == ERR_OK)
        to[entry.n] = '\0';
    return e;
}

/** What an `add` command names. */
struct addition {
    struct text_list entries; /* for the list */
    struct text_list builtin; /* header names that are in it anyway */
};

/** Check one entry and note what the list is to hold. */
static enum result take_entry(struct call *c, const struct cors_list *l, struct slice entry,
                              struct addition *to)
{
    enum origin_mode mode = c->sh->config->strict_urls ? ORIGIN_STRICT : ORIGIN_LAX;
    char name[HDRLIST_NAME_MAX + 1];
    struct origin o;
    struct diag why = {0, ""};
    enum err e =
        is_of_origins(l) ? origin_parse(entry, mode, &o, &why) : check_header(entry, name, &why);

    if (e != ERR_OK)
        return say_invalid(c, l, entry, &why);
    bool is_builtin =
        !is_of_origins(l) && policy_is_builtin_header(l->family->service, l->list, entry);
    e = text_list_add(is_builtin ? &to->builtin : &to->entries, is_of_origins(l) ? o.text : name);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

/** Take "URL1,URL2" apart and check every member; nothing is added unless all are good. */
static enum result take_entries(struct call *c, const struct cors_list *l, struct addition *to)
{
    struct slice rest = c->args[0];

    for (;;) {
        const char *comma = memchr(rest.at, ',', rest.n);
        struct slice entry = {rest.at, comma == NULL ? rest.n : (size_t)(comma - rest.at)};
        enum result r = take_entry(c, l, entry, to);
        if (r != RESULT_DONE || comma == NULL)
            return r;
        rest = (struct slice){comma + 1, rest.n - entry.n - 1};
    }
}

static void say_present(struct call *c, const struct cors_list *l, const char *entry, json_t *to)
{
    (void)json_array_append_new(to, json_string(entry));
    out_printf(&c->out, "%s %s is in the list already, or was given twice; ignored.\n", l->entry,
               entry);
}

/** @param is_added  one for each of the entries */
static void say_added(struct call *c, const struct cors_list *l, const struct addition *a,
                      const bool *is_added)
{
    json_t *added = json_array();
    json_t *present = json_array();

    for (size_t i = 0; i < a->builtin.n; i++)
        say_present(c, l, a->builtin.at[i], present);
    for (size_t i = 0; i < a->entries.n; i++)
        if (is_added[i])
            (void)json_array_append_new(added, json_string(a->entries.at[i]));
        else
            say_present(c, l, a->entries.at[i], present);
    c->is_changed = json_array_size(added) > 0;
    if (c->is_changed)
        out_printf(&c->out,
                   "%s(s) successfully added.\n"
                   "Ensure %s(s) is added to the %s in all %s in the cluster.\n",
                   l->entry, l->entry, l->name, l->family->nodes);
    call_json(c, "added", added);
    call_json(c, "present", present);
}

static enum result add_entries(struct call *c, const struct cors_list *l, const struct addition *a)
{
    struct diag why = {0, ""};
    struct change by = call_change(c);
    struct store *s = call_store(c);
    bool *is_added = calloc(a->entries.n + 1, sizeof *is_added);

    if (s == NULL || is_added == NULL) {
        free(is_added);
        return s == NULL ? RESULT_UNUSABLE : call_store_failed(c, ERR_NOMEM, &why);
    }
    enum err e = store_add(s, call_target(c), l->list, (const char *const *)a->entries.at,
                           a->entries.n, l->max_chars, &by, is_added, &why);
    if (e == ERR_OK)
        say_added(c, l, a, is_added);
    free(is_added);
    if (e == ERR_LIMIT)
        return call_fail(c, "Operation failed, %s. The list was not changed.", why.text);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

enum result cors_list_add(struct call *c)
{
    const struct cors_list *l = list_of(c);
    struct addition a = {{NULL, 0}, {NULL, 0}};
    enum result r = take_entries(c, l, &a);

    if (r == RESULT_DONE)
        r = add_entries(c, l, &a);
    text_list_clear(&a.entries);
    text_list_clear(&a.builtin);
    return r;
}

/* --- delete --- */

/** Remove by what the list showed, not by index: another shell may have edited it meanwhile. */
static enum result remove_entries(struct call *c, const struct cors_list *l, const char *const *at,
                                  size_t n)
{
    struct diag why = {0, ""};
    struct change by = call_change(c);
    size_t removed = 0;
    struct store *s = call_store(c); /* again: much may have happened while the question stood */

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_remove(s, call_target(c), l->list, at, n, &by, &removed, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    c->is_audited = true;
    if (removed == 0)
        return call_fail(c, "Operation failed, another shell has deleted it meanwhile.");
    c->is_changed = true;
    call_json(c, "removed", json_texts(at, n));
    out_printf(&c->out,
               "%s(s) deleted successfully.\n"
               "Ensure %s(s) is deleted from the %s in all %s in the cluster.\n",
               l->entry, l->entry, l->name, l->family->nodes);
    return RESULT_DONE;
}

/** Done, with nothing removed. */
static enum result leave_list(struct call *c)
{
    call_json(c, "removed", json_array());
    return RESULT_DONE;
}

/** Carry out "3", "a", "q" or, beyond the product, an entry of the list. */
static enum result delete_choice(struct call *c, const struct cors_list *l,
                                 const struct text_list *own, struct slice choice)
{
    const char *const *at = (const char *const *)own->at;
    char shown[SHOWN_MAX];
    unsigned long index = 0;

    if (slice_is(choice, "q"))
        return leave_list(c);
    if (slice_is(choice, "a"))
        return remove_entries(c, l, at, own->n);
    if (text_to_ulong(choice, 1, own->n, &index) == ERR_OK)
        return remove_entries(c, l, at + index - 1, 1);
    for (size_t i = 0; i < own->n; i++)
        if (is_of_origins(l) ? slice_is(choice, at[i]) : slice_is_nocase(choice, at[i]))
            return remove_entries(c, l, at + i, 1);
    if (!is_of_origins(l) && policy_is_builtin_header(l->family->service, l->list, choice))
        return call_fail(c,
                         "Operation failed, %s is built in and cannot be deleted. The "
                         "list was not changed.",
                         text_copy_defused(shown, sizeof shown, choice));
    return call_fail(c,
                     "Operation failed, '%s' is neither an index from 1 to %zu nor an entry of the "
                     "list. The list was not changed.",
                     text_copy_defused(shown, sizeof shown, choice), own->n);
}

static enum result ask_and_delete(struct call *c, const struct cors_list *l,
                                  const struct text_list *own)
{
    struct buf question;
    struct buf answer;

    for (size_t i = 0; i < own->n; i++)
        out_printf(&c->out, "%zu%s %s\n", i + 1, l->separator, own->at[i]);
    out_printf(&c->out, "a: all\nq: quit\n");
    buf_init(&question, SHOWN_MAX);
    const char *mark = strchr(l->question, '#');
    (void)buf_printf(&question, "%.*s%zu%s", (int)(mark - l->question), l->question, own->n,
                     mark + 1);
    enum result r = call_ask(c, buf_text(&question), &answer);
    if (r == RESULT_DONE)
        r = delete_choice(c, l, own, slice_of(buf_text(&answer)));
    buf_clear(&question);
    buf_clear(&answer);
    return r;
}

enum result cors_list_delete(struct call *c)
{
    const struct cors_list *l = list_of(c);
    struct text_list own = {NULL, 0};
    enum result r = cors_list_get(c, l, &own);

    if (r != RESULT_DONE)
        return r;
    if (own.n == 0 && c->n_args > 0)
        r = call_fail(c, "%s", l->none); /* what was named is not there */
    else if (own.n == 0) {
        out_printf(&c->out, "%s\n", l->none);
        r = leave_list(c);
    } else if (c->n_args == 1)
        r = delete_choice(c, l, &own, c->args[0]);
    else
        r = ask_and_delete(c, l, &own);
    text_list_clear(&own);
    return r;
}
