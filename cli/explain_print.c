#include "explain_print.h"

#include <string.h>

#include "base/clock.h"
#include "cors/reason.h"
#include "diagnose/site_path.h"

#define COLUMNS         79
#define TEXT_MAX        ((size_t)64 << 10)
#define SHOWN_MAX       300 /* bytes of a URL */
#define DIFFERENCES_MAX 8

/* ---- paragraphs ---- */

/** Columns of a text: UTF-8's continuation bytes take no room. */
static unsigned width_of(struct slice s)
{
    unsigned n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.at[i] & 0xc0) != 0x80 ? 1 : 0;
    return n;
}

void explain_wrap(struct out *to, const char *head, unsigned indent, const char *text)
{
    unsigned column = width_of(slice_of(head));
    bool is_first = true;

    out_printf(to, "%s", head);
    while (*text != '\0') {
        struct slice word = {text, strcspn(text, " ")};
        unsigned width = width_of(word);
        if (!is_first && column + 1 + width > COLUMNS) {
            out_printf(to, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            out_printf(to, " ");
            column++;
        }
        out_printf(to, "%.*s", (int)word.n, word.at);
        column += width;
        is_first = false;
        text += word.n;
        text += strspn(text, " ");
    }
    out_printf(to, "\n");
}

/** Wrap a text that was put together, and let it go. */
static void wrap_buf(struct out *to, const char *head, unsigned indent, struct buf *text)
{
    explain_wrap(to, head, indent, buf_text(text));
    buf_clear(text);
}

static void put_shown(struct buf *to, struct slice s)
{
    char shown[SHOWN_MAX];

    (void)buf_puts(to, text_copy_defused(shown, sizeof shown, s));
}

/* ---- the console's line ---- */

static void put_part(struct buf *to, const char *name, struct slice s)
{
    if (s.at == NULL)
        return;
    (void)buf_printf(to, "%s%s ", to->n == 0 ? "" : ", ", name);
    put_shown(to, s);
}

void explain_print_line(struct call *c, const struct console_line *line)
{
    char code[CONSOLE_CODE_MAX];
    struct buf parts;

    out_printf(&c->out, "%s says: %s\n", console_browser_name(line->row->browser),
               explain_console_code(line, code));
    explain_wrap(&c->out, "  ", 2, line->row->says);
    buf_init(&parts, TEXT_MAX);
    put_part(&parts, "URL", line->url);
    put_part(&parts, "redirected from", line->redirected_from);
    put_part(&parts, "origin", line->origin);
    put_part(&parts, "method", line->method);
    put_part(&parts, "header", line->header);
    put_part(&parts, "value", line->value);
    if (line->status != 0)
        (void)buf_printf(&parts, "%sstatus %u", parts.n == 0 ? "" : ", ", line->status);
    if (parts.n > 0)
        explain_wrap(&c->out, "  ", 2, buf_text(&parts));
    buf_clear(&parts);
    out_printf(&c->out, "\n");
}

/* ---- the record ---- */

/** "OPTIONS /cuic/ from https://...:8445, asking for GET with requestid" */
static void put_request(struct buf *to, const struct trace_exchange *x)
{
    put_shown(to, x->text[TRACE_METHOD]);
    (void)buf_putc(to, ' ');
    put_shown(to, x->text[TRACE_TARGET]);
    (void)buf_puts(to, " from ");
    put_shown(to, x->text[TRACE_ORIGIN]);
    if (x->text[TRACE_REQUEST_METHOD].n > 0)
        (void)buf_puts(to, ", asking for ");
    put_shown(to, x->text[TRACE_REQUEST_METHOD]);
    if (x->text[TRACE_REQUEST_HEADERS].n > 0)
        (void)buf_puts(to, " with ");
    put_shown(to, x->text[TRACE_REQUEST_HEADERS]);
}

static void put_answer(struct buf *to, const struct trace_exchange *x)
{
    if (x->status > 0)
        (void)buf_printf(to, ": %u", x->status);
    else
        (void)buf_puts(to, ": no answer");
    if (x->text[TRACE_REASON].n > 0)
        (void)buf_puts(to, ", ");
    put_shown(to, x->text[TRACE_REASON]);
}

void explain_print_recorded(struct call *c, const struct trace_join *j)
{
    const struct trace_exchange *x = j->x;
    char at[CLOCK_ISO_DATE];
    struct buf text;

    if (x == NULL) {
        out_printf(&c->out, "%s.\n\n", j->why.text);
        return;
    }
    clock_iso_date(x->at_us, at);
    out_printf(&c->out, "Recorded as exchange %lld at %s ('lab trace show %lld'):\n",
               (long long)x->id, at, (long long)x->id);
    buf_init(&text, TEXT_MAX);
    if (x->kind == TRACE_RESET) {
        put_shown(&text, x->text[TRACE_NOTE]);
    } else {
        put_request(&text, x);
        put_answer(&text, x);
    }
    wrap_buf(&c->out, "  ", 2, &text);
    out_printf(&c->out, "\n");
}

/* ---- the question ---- */

/** The step that the page itself asks for. */
static const struct cors_request *last_step(const struct question *q)
{
    return &q->step[q->n_steps - 1];
}

static void print_question(struct call *c, const struct findings *f)
{
    const struct question *q = f->question;
    struct slice usual = slice_of(site_path_usual(q->service));
    bool has_preflight = q->step[0].request_method.at != NULL;
    struct buf text;

    if (last_step(q)->method.at == NULL && q->step[0].origin.at == NULL) { /* it was reset */
        out_printf(&c->out, "  a connection to %s (%s)\n",
                   f->situation->config->nodes[q->node].name, service_title(q->service));
        return;
    }
    buf_init(&text, TEXT_MAX);
    put_shown(&text, q->n_steps == 1 && has_preflight ? slice_of("OPTIONS") : last_step(q)->method);
    (void)buf_putc(&text, ' ');
    put_shown(&text, q->path.at == NULL ? usual : q->path);
    (void)buf_printf(&text, " on %s (%s), from ", f->situation->config->nodes[q->node].name,
                     service_title(q->service));
    struct slice origin = slice_trim(q->step[0].origin);
    put_shown(&text, origin.n == 0 ? slice_of("''") : origin);
    if (has_preflight)
        (void)buf_puts(&text, q->n_steps == 1 ? "; the preflight alone"
                                              : "; the browser sends a preflight first");
    if (q->step[0].request_headers.n > 0) {
        (void)buf_puts(&text, ", with ");
        put_shown(&text, q->step[0].request_headers);
    }
    wrap_buf(&c->out, "  ", 2, &text);
}

static void print_verdict(struct call *c, const struct findings *f)
{
    static const char *const word[] = {"Allowed", "Refused", "Not reached"};
    const struct reason *r = reason_get(f->reason);

    out_printf(&c->out, "%s: %s (%s)\n", word[f->verdict], r->title, r->code);
    print_question(c, f);
}

/* ---- commands ---- */

/** All steps of one node that follow each other, ready to be copied. */
static size_t print_block(struct call *c, const struct findings *f, const struct diagnosis *d,
                          size_t first)
{
    const char *node = f->situation->config->nodes[d->step[first].node].name;
    const char *margin = c->sh->invoked == NULL ? "  " : "";
    size_t i = first;

    if (c->sh->invoked != NULL)
        out_printf(&c->out, "\n%s -n %s <<'END'\n", c->sh->invoked, node);
    else
        out_printf(&c->out, "\nOn %s:\n", node);
    for (; i < d->n_steps && d->step[i].node == d->step[first].node; i++) {
        struct buf text;
        buf_init(&text, TEXT_MAX);
        step_command(f, &d->step[i], &text);
        out_printf(&c->out, "%s%s\n", margin, buf_text(&text));
        buf_clear(&text);
    }
    if (c->sh->invoked != NULL)
        out_printf(&c->out, "END\n");
    return i;
}

/** The shell says the same after each edit. */
static void print_note(struct call *c, const struct diagnosis *d)
{
    bool has_edit = d->step[0].kind < STEP_START;
    bool has_restart = d->step[d->n_steps - 1].kind == STEP_RESTART;

    if (!has_edit || !has_restart || c->sh->config->apply_changes != APPLY_IMMEDIATE)
        return;
    out_printf(&c->out, "\n");
    explain_wrap(&c->out, "", 0,
                 "(cuicsim applies the edit at once: apply_changes = immediate; the product needs "
                 "the restart)");
}

static void print_commands(struct call *c, const struct findings *f, const struct diagnosis *d)
{
    for (size_t i = 0; i < d->n_steps;)
        i = print_block(c, f, d, i);
    if (d->n_steps > 0)
        print_note(c, d);
}

/* ---- diagnoses ---- */

/** Those behind "nothing is wrong" are only to be looked at. */
static bool is_check(const struct findings *f, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (f->at[k].mistake == MISTAKE_NOTHING)
            return f->at[i].n_steps == 0;
    return false;
}

static void print_check(struct call *c, const struct findings *f, const struct diagnosis *d)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    (void)buf_printf(&text, "%s: ", mistake_get(d->mistake)->title);
    diagnosis_todo(f, d, &text);
    wrap_buf(&c->out, "     - ", 7, &text);
}

static void print_diagnosis(struct call *c, const struct findings *f, size_t i)
{
    const struct diagnosis *d = &f->at[i];
    struct buf text;
    char head[32];

    (void)snprintf(head, sizeof head, "%3zu. ", i + 1);
    out_printf(&c->out, "%s%s (%s)\n", head, mistake_get(d->mistake)->title,
               certainty_name(d->certainty));
    buf_init(&text, TEXT_MAX);
    diagnosis_why(f, d, &text);
    wrap_buf(&c->out, "     ", 5, &text);
    buf_init(&text, TEXT_MAX);
    diagnosis_todo(f, d, &text);
    if (text.n > 0)
        explain_wrap(&c->out, "     ", 5, buf_text(&text));
    buf_clear(&text);
}

/** The commands of what is needed; of what is not, those of each, behind it. */
static void print_plan(struct call *c, const struct findings *f)
{
    struct diagnosis plan;

    diagnose_plan(f, &plan);
    if (plan.n_steps == 0)
        return;
    out_printf(&c->out, "\n%s\n", f->at[0].n_steps > 0 ? "To mend it:" : "To mend the rest:");
    print_commands(c, f, &plan);
}

static void print_diagnoses(struct call *c, const struct findings *f)
{
    bool is_allowed = f->verdict == VERDICT_ALLOWED;

    if (f->n > 0)
        out_printf(&c->out, "\n");
    for (size_t i = 0; i < f->n; i++) {
        if (is_check(f, i))
            print_check(c, f, &f->at[i]);
        else
            print_diagnosis(c, f, i);
        if (is_allowed && f->at[i].n_steps > 0) {
            print_commands(c, f, &f->at[i]);
            out_printf(&c->out, "%s", i + 1 < f->n ? "\n" : "");
        }
    }
    if (!is_allowed)
        print_plan(c, f);
}

/* ---- configured and running ---- */

static void print_differences(struct call *c, const struct findings *f)
{
    const struct question *q = f->question;
    struct buf text;
    size_t n = 0;

    buf_init(&text, TEXT_MAX);
    diagnose_differences(f->situation, q->node, q->service, &text);
    if (text.n > 0)
        out_printf(&c->out, "\nConfigured and running differ on %s (%s):\n",
                   f->situation->config->nodes[q->node].name, service_title(q->service));
    for (char *line = text.text; text.n > 0 && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (n++ < DIFFERENCES_MAX)
            out_printf(&c->out, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    if (n > DIFFERENCES_MAX)
        out_printf(&c->out, "  and %zu more\n", n - DIFFERENCES_MAX);
    buf_clear(&text);
}

void explain_print_findings(struct call *c, const struct findings *f)
{
    print_verdict(c, f);
    print_diagnoses(c, f);
    print_differences(c, f);
}

enum result explain_load(struct call *c, struct situation **ret)
{
    struct diag why = {0, ""};
    struct store *s = call_store(c);

    if (s == NULL)
        return RESULT_UNUSABLE;
    enum err e = store_load_situation(s, c->sh->config, clock_now_ms(), ret, &why);
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}
