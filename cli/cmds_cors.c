#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "origin.h"
#include "shell.h"

/* Wording: the list and the delete dialogue are documented; all else here is UNVERIFIED and follows
 * Finesse's and the reverse-proxy commands' texts (docs/fidelity.md#shell). */

#define SHOWN_MAX 300 /* bytes of a typed entry in a message */
#define RULE      "==========================="

/** The node's list, or an end with a message. */
static enum result get_origins(struct call *c, struct text_list *ret)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_get_origins(s, call_target(c), STAGE_CONFIGURED, ret, &why);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

static void json_origins(struct call *c, const char *key, const char *const *at, size_t n)
{
    if (c->json == NULL)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(list, json_string(at[i]));
    (void)json_object_set_new(c->json, key, list);
}

static void print_numbered(struct call *c, const struct text_list *origins)
{
    for (size_t i = 0; i < origins->n; i++)
        out_printf(&c->out, "%zu. %s\n", i + 1, origins->at[i]);
}

static void say_no_origins(struct call *c)
{
    out_printf(&c->out, "Currently no origins are configured in allowed origins.\n");
}

/** UNVERIFIED: the order, here that of adding; the product may read them back from a set. */
static enum result origin_list(struct call *c)
{
    struct text_list origins = {NULL, 0};
    enum result r = get_origins(c, &origins);

    if (r != RESULT_DONE)
        return r;
    out_printf(&c->out, "cors_allowedorigins\n" RULE "\n");
    print_numbered(c, &origins);
    if (origins.n == 0)
        say_no_origins(c);
    json_origins(c, "origins", (const char *const *)origins.at, origins.n);
    text_list_clear(&origins);
    return RESULT_DONE;
}

/** Say which entry is wrong, where and why: the platform's sentence first, then ours. */
static enum result say_invalid(struct call *c, struct slice entry, const struct diag *why)
{
    char shown[SHOWN_MAX];

    (void)text_copy_defused(shown, sizeof shown, entry);
    out_printf(&c->out, "Operation failed, please enter valid origin(s). Origin %s is invalid\n",
               shown);
    out_printf(&c->out, "At character %zu: %s.\n", why->offset + 1, why->text);
    out_printf(&c->out, "An origin is http[s]://<hostname>[:port]. The list was not changed.\n");
    if (c->json != NULL)
        (void)json_object_set_new(c->json, "error", json_string(why->text));
    return call_failed(c);
}

/** Take "URL1,URL2" apart and check every member; nothing is added unless all are good. */
static enum result parse_origins(struct call *c, struct text_list *ret)
{
    enum origin_mode mode = c->sh->config->strict_urls ? ORIGIN_STRICT : ORIGIN_LAX;
    struct slice rest = c->args[0];

    for (;;) {
        const char *comma = memchr(rest.at, ',', rest.n);
        struct slice entry = {rest.at, comma == NULL ? rest.n : (size_t)(comma - rest.at)};
        struct origin o;
        struct diag why = {0, ""};
        if (origin_parse(entry, mode, &o, &why) != ERR_OK)
            return say_invalid(c, entry, &why);
        if (text_list_add(ret, o.text) != ERR_OK)
            return call_store_failed(c, ERR_NOMEM, &why);
        if (comma == NULL)
            return RESULT_DONE;
        rest = (struct slice){comma + 1, rest.n - entry.n - 1};
    }
}

static void say_added(struct call *c, const struct text_list *origins, const bool *is_added)
{
    size_t n_added = 0;
    json_t *added = json_array();
    json_t *present = json_array();

    for (size_t i = 0; i < origins->n; i++) {
        n_added += is_added[i] ? 1 : 0;
        (void)json_array_append_new(is_added[i] ? added : present, json_string(origins->at[i]));
        if (!is_added[i])
            out_printf(&c->out, "Origin %s is in the list already, or was given twice; ignored.\n",
                       origins->at[i]);
    }
    c->is_changed = n_added > 0;
    if (n_added > 0)
        out_printf(&c->out, "Origin(s) successfully added.\n"
                            "Ensure Origin(s) is added to the allowed origin list in all CUIC "
                            "nodes in the cluster.\n");
    if (c->json != NULL) {
        (void)json_object_set(c->json, "added", added);
        (void)json_object_set(c->json, "present", present);
    }
    json_decref(added);
    json_decref(present);
}

static enum result add_origins(struct call *c, const struct text_list *origins)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);
    bool *is_added = calloc(origins->n + 1, sizeof *is_added);

    if (s == NULL || is_added == NULL) {
        free(is_added);
        return s == NULL ? RESULT_UNUSABLE : call_store_failed(c, ERR_NOMEM, &why);
    }
    enum err e =
        store_add_origins(s, call_target(c), (const char *const *)origins->at, origins->n,
                          (enum apply_changes)c->sh->config->apply_changes, is_added, &why);
    if (e == ERR_OK)
        say_added(c, origins, is_added);
    free(is_added);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

/** UNVERIFIED: without a limit on the list's length; Finesse's holds 4000 characters. */
static enum result origin_add(struct call *c)
{
    struct text_list origins = {NULL, 0};
    enum result r = parse_origins(c, &origins);

    if (r == RESULT_DONE)
        r = add_origins(c, &origins);
    text_list_clear(&origins);
    return r;
}

/** Remove by what the list showed, not by index: another shell may have edited it meanwhile. */
static enum result remove_origins(struct call *c, const char *const *at, size_t n)
{
    struct diag why = {0, ""};
    size_t removed = 0;
    struct store *s = call_store(c); /* again: much may have happened while the question stood */

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_remove_origins(
        s, call_target(c), at, n, (enum apply_changes)c->sh->config->apply_changes, &removed, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    json_origins(c, "removed", at, n);
    if (removed == 0) {
        out_printf(&c->out, "Operation failed, another shell has deleted it meanwhile.\n");
        return call_failed(c);
    }
    c->is_changed = true;
    out_printf(&c->out, "Origin(s) deleted successfully.\n"
                        "Ensure Origin(s) is deleted from the allowed origin list in all CUIC "
                        "nodes in the cluster.\n");
    return RESULT_DONE;
}

static enum result say_bad_choice(struct call *c, const struct text_list *origins,
                                  struct slice choice)
{
    char shown[SHOWN_MAX];

    out_printf(&c->out,
               "Operation failed, '%s' is neither an index from 1 to %zu nor an origin of the "
               "list. The list was not changed.\n",
               text_copy_defused(shown, sizeof shown, choice), origins->n);
    return call_failed(c);
}

/** Carry out "3", "a", "q" or, beyond the product, an origin of the list. */
static enum result delete_choice(struct call *c, const struct text_list *origins,
                                 struct slice choice)
{
    const char *const *at = (const char *const *)origins->at;
    unsigned long index = 0;

    if (slice_is(choice, "q"))
        return RESULT_DONE;
    if (slice_is(choice, "a"))
        return remove_origins(c, at, origins->n);
    if (text_to_ulong(choice, 1, origins->n, &index) == ERR_OK)
        return remove_origins(c, at + index - 1, 1);
    for (size_t i = 0; i < origins->n; i++)
        if (slice_is(choice, at[i]))
            return remove_origins(c, at + i, 1);
    return say_bad_choice(c, origins, choice);
}

static enum result ask_and_delete(struct call *c, const struct text_list *origins)
{
    char prompt[80];
    struct buf line;

    print_numbered(c, origins);
    out_printf(&c->out, "a: all\nq: quit\n");
    (void)snprintf(prompt, sizeof prompt, "Select the index of origin to be deleted [1-%zu or a,q]",
                   origins->n);
    buf_init(&line, TERM_LINE_MAX);
    enum err e = term_ask(&c->sh->term, prompt, &line);
    enum result r;
    if (e == ERR_OK) {
        struct slice choice = slice_of(buf_text(&line));
        while (choice.n > 0 && choice.at[choice.n - 1] == ' ')
            choice.n--;
        while (choice.n > 0 && choice.at[0] == ' ')
            choice = (struct slice){choice.at + 1, choice.n - 1};
        r = delete_choice(c, origins, choice);
    } else {
        out_printf(&c->out, "Operation failed, no answer was given. The list was not changed.\n");
        r = call_failed(c);
    }
    buf_clear(&line);
    return r;
}

static enum result origin_delete(struct call *c)
{
    struct text_list origins = {NULL, 0};
    enum result r = get_origins(c, &origins);

    if (r != RESULT_DONE)
        return r;
    if (origins.n == 0) {
        say_no_origins(c);
        r = c->n_args == 0 ? RESULT_DONE : call_failed(c); /* what was named is not there */
    } else if (c->n_args == 1) {
        r = delete_choice(c, &origins, c->args[0]);
    } else {
        r = ask_and_delete(c, &origins);
    }
    text_list_clear(&origins);
    return r;
}

static enum result set_enabled(struct call *c, bool enabled)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_set_enabled(s, call_target(c), enabled,
                                   (enum apply_changes)c->sh->config->apply_changes, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    c->is_changed = true;
    if (c->json != NULL)
        (void)json_object_set_new(c->json, "enabled", json_boolean(enabled));
    out_printf(&c->out,
               "CUIC CORS is %s now.\n\nEnsure CORS is %s in all the CUIC nodes in the cluster.\n",
               enabled ? "enabled" : "disabled", enabled ? "enabled" : "disabled");
    return RESULT_DONE;
}

static enum result cors_enable(struct call *c)
{
    struct text_list origins = {NULL, 0};
    enum result r = set_enabled(c, true);

    if (r != RESULT_DONE)
        return r;
    r = get_origins(c, &origins);
    if (r == RESULT_DONE && origins.n == 0) {
        out_printf(&c->out, "\n");
        say_no_origins(c);
        out_printf(&c->out, "\nEnsure that origins are configured and then,\n");
    }
    text_list_clear(&origins);
    return r;
}

static enum result cors_disable(struct call *c)
{
    return set_enabled(c, false);
}

static enum result cors_status(struct call *c)
{
    struct diag why = {0, ""};
    bool is_enabled = false;
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_get_enabled(s, call_target(c), STAGE_CONFIGURED, &is_enabled, &why);
    if (e != ERR_OK)
        return call_store_failed(c, e, &why);
    if (c->json != NULL)
        (void)json_object_set_new(c->json, "enabled", json_boolean(is_enabled));
    out_printf(&c->out, "CUIC CORS is %s.\n", is_enabled ? "enabled" : "disabled");
    return RESULT_DONE;
}

/* Privilege levels: UNVERIFIED for CUIC, those documented for `utils live-data cors`. */
static const struct cmd rows[] = {
    {"utils cuic cors enable", "", "Enable CORS on this node", 0, 0, 1, CMD_RESTART, cors_enable},
    {"utils cuic cors disable", "", "Disable CORS on this node; the lists are kept", 0, 0, 1,
     CMD_RESTART, cors_disable},
    {"utils cuic cors status", "", "Show whether CORS is enabled on this node", 0, 0, 0, 0,
     cors_status},
    {"utils cuic cors allowed_origin list", "",
     "List the origins that may make CORS requests to this node", 0, 0, 0, 0, origin_list},
    {"utils cuic cors allowed_origin add", "URL1,URL2,URL3",
     "Add origins, http[s]://<hostname>[:port], separated by commas without blanks", 1, 1, 1,
     CMD_RESTART, origin_add},
    {"utils cuic cors allowed_origin delete", "[INDEX|URL|a]",
     "Delete one origin or all; asks which unless told (telling is the simulator's own)", 0, 1, 1,
     CMD_RESTART, origin_delete},
};

size_t cmds_cors(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        table[n++] = &rows[i];
    return n;
}
