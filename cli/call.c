#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "shell.h"

#define STORE_BUSY_MS 15000 /* four shells adding at once wait for each other; none gives up */
#define MESSAGE_MAX   1024

struct store *call_store(struct call *c)
{
    struct diag why = {0, ""};
    struct shell *sh = c->sh;

    /* A session may outlive its store's file: never edit one that nobody sees any more. */
    int64_t version = 0;
    if (sh->store != NULL && store_data_version(sh->store, &version, &why) != ERR_NOTFOUND)
        return sh->store;
    store_close(sh->store);
    sh->store = NULL;
    enum err e = store_open(sh->config, STORE_BUSY_MS, &sh->store, &why);
    if (e != ERR_OK)
        (void)call_store_failed(c, e, &why);
    return e == ERR_OK ? sh->store : NULL;
}

struct target call_target(const struct call *c)
{
    return (struct target){c->sh->node->name, c->service};
}

struct change call_change(const struct call *c)
{
    return (struct change){c->sh->user, c->sh->from, c->line, clock_now_ms(),
                           (enum apply_changes)c->sh->config->apply_changes};
}

void call_json(struct call *c, const char *key, json_t *value)
{
    if (c->json != NULL)
        (void)json_object_set_new(c->json, key, value);
    else
        json_decref(value);
}

static void say_text(struct call *c, const char *text)
{
    out_printf(&c->out, "%s\n", text);
    call_json(c, "error", json_string(text));
}

__attribute__((format(printf, 2, 0))) static void say_error(struct call *c, const char *fmt,
                                                            va_list ap)
{
    char text[MESSAGE_MAX];

    (void)vsnprintf(text, sizeof text, fmt, ap);
    say_text(c, text);
}

enum result call_fail(struct call *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say_error(c, fmt, ap);
    va_end(ap);
    out_printf(&c->out, "Executed command unsuccessfully\n");
    return RESULT_FAILED;
}

enum result call_misuse(struct call *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say_error(c, fmt, ap);
    va_end(ap);
    return RESULT_USAGE;
}

enum result call_store_failed(struct call *c, enum err e, const struct diag *why)
{
    const char *text = why->text[0] == '\0' ? err_text(e) : why->text;

    (void)fprintf(stderr, "cuicsim-cli: %s\n", text);
    call_json(c, "error", json_string(text));
    return RESULT_UNUSABLE;
}

enum result call_interrupted(struct call *c)
{
    say_text(c, "Control-C pressed");
    return RESULT_FAILED;
}

static void trim(struct buf *b)
{
    size_t lead = 0;

    while (b->n > 0 && b->text[b->n - 1] == ' ')
        b->text[--b->n] = '\0';
    while (b->n > 0 && b->text[lead] == ' ')
        lead++;
    for (size_t i = 0; lead > 0 && i + lead <= b->n; i++) /* the terminator as well */
        b->text[i] = b->text[i + lead];
    b->n -= lead;
}

enum result call_ask(struct call *c, const char *prompt, struct buf *ret_answer)
{
    buf_init(ret_answer, TERM_LINE_MAX);
    if (c->sh->never_asks)
        return call_fail(c, "This needs an answer, which a single command does not wait for: pipe "
                            "the answer in, or use the shell. Nothing was changed.");
    enum err e = term_ask(&c->sh->term, prompt, ret_answer);
    if (e == ERR_OK) {
        trim(ret_answer);
        return RESULT_DONE;
    }
    if (e == ERR_INTERRUPTED)
        return call_interrupted(c);
    if (e == ERR_LIMIT)
        return call_fail(c, "Operation failed, an answer over %d bytes. Nothing was changed.",
                         TERM_LINE_MAX);
    return call_fail(c, "Operation failed, no answer was given. Nothing was changed.");
}

/** One key, shown behind the question once it was pressed. */
static enum result confirm_by_key(struct call *c, const char *prompt, bool *ret_yes)
{
    int key = term_key(&c->sh->term, prompt);

    if (key < 0 && term_is_interrupted(&c->sh->term))
        return call_interrupted(c);
    if (key < 0)
        return call_fail(c, "Operation failed, no answer was given. Nothing was changed.");
    *ret_yes = key == 'y';
    out_printf(&c->out, "%s%s\n", prompt, *ret_yes ? "y" : "n");
    return RESULT_DONE;
}

enum result call_confirm(struct call *c, const char *prompt, bool *ret_yes)
{
    struct buf answer;

    if (c->sh->term.edit != NULL && !c->sh->never_asks)
        return confirm_by_key(c, prompt, ret_yes);
    enum result r = call_ask(c, prompt, &answer);
    *ret_yes = r == RESULT_DONE && slice_is(slice_of(buf_text(&answer)), "y");
    buf_clear(&answer);
    return r;
}
