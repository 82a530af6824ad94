#include "cmds_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "trace/trace_json.h"
#include "trace_options.h"

#define PATH_MAX_ 1024

struct export_run {
    struct trace *trace;
    FILE *to;
    bool is_har;
    unsigned long n;
};

static bool export_one(void *arg, struct trace_exchange *x)
{
    struct export_run *p = arg;
    int64_t partner = trace_cmd_partner(p->trace, x);

    if (!p->is_har) {
        (void)out_json_line(p->to, trace_json(x, partner, true), 0);
    } else if (x->kind == TRACE_EXCHANGE) { /* HAR has no place for the others */
        (void)fputs(p->n == 0 ? "\n" : ",", p->to);
        (void)out_json_line(p->to, trace_har_entry(x, partner), JSON_REAL_PRECISION(12));
    } else {
        return true;
    }
    p->n++;
    return ferror(p->to) == 0;
}

/** A HAR is one object, and may be larger than memory: it is printed without its entries, which go
 *  into the empty list at its end one by one. */
static enum err export_har(struct export_run *p, const struct trace_filter *f, struct diag *why)
{
    static const char end_of_list[] = "]}}";
    struct trace_totals totals;
    enum err e = trace_get_totals(p->trace, &totals, why);

    if (e != ERR_OK)
        return e;
    json_t *har = trace_har(totals.dropped);
    char *text = har == NULL ? NULL : json_dumps(har, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(har);
    if (text == NULL)
        return ERR_NOMEM;
    (void)fwrite(text, 1, strlen(text) - strlen(end_of_list), p->to);
    free(text);
    e = trace_list(p->trace, f, true, export_one, p, why);
    (void)fprintf(p->to, "%s\n", end_of_list);
    return e;
}

/** A file of that name must not exist yet. NULL after saying why. */
static FILE *open_file(struct call *c, struct slice name, char path[PATH_MAX_], enum result *ret)
{
    if (strcmp(c->sh->from, "local") != 0) {
        *ret = call_fail(c, "A session by ssh writes no files here. Leave FILE away and keep the "
                            "output where you are: ssh HOST lab trace export ... >FILE");
        return NULL;
    }
    (void)snprintf(path, PATH_MAX_, "%.*s", (int)name.n, name.at);
    int fd = name.n < PATH_MAX_ ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    char shown[PATH_MAX_];
    if (f == NULL)
        *ret = call_fail(c, "%s: cannot be made: %s", text_copy_defused(shown, PATH_MAX_, name),
                         name.n < PATH_MAX_ ? strerror(errno) : "the name is too long");
    if (f == NULL && fd >= 0)
        (void)close(fd);
    return f;
}

static enum result finish_file(struct call *c, FILE *f, const char *path, enum result r,
                               unsigned long n)
{
    bool is_good = ferror(f) == 0;

    is_good = fclose(f) == 0 && is_good;
    if (r == RESULT_DONE && !is_good)
        r = call_fail(c, "%s: cannot be written: %s", path, strerror(errno));
    if (r != RESULT_DONE) {
        (void)unlink(path);
        return r;
    }
    out_printf(&c->out, "%lu record%s exported to %s\n", n, n == 1 ? "" : "s", path);
    return r;
}

static enum result export_to(struct call *c, struct export_run *p, const struct trace_filter *f)
{
    struct diag why = {0, ""};
    enum err e =
        p->is_har ? export_har(p, f, &why) : trace_list(p->trace, f, true, export_one, p, &why);

    call_json(c, "exported", json_integer((json_int_t)p->n));
    return e == ERR_OK ? RESULT_DONE : call_store_failed(c, e, &why);
}

static enum result export_records(struct call *c, bool is_har)
{
    struct trace_options o;
    char path[PATH_MAX_] = "";
    enum result r =
        trace_options_read(c, TRACE_TAKES_FILTER | TRACE_TAKES_NAME, clock_now_us(), &o);
    struct export_run p = {.to = c->sh->to, .is_har = is_har};

    if (r != RESULT_DONE)
        return r;
    bool is_file = o.name.at != NULL && !slice_is(o.name, "-");
    if (c->json != NULL && !is_file)
        return call_misuse(c, "With --json the output is the command's own object: name a FILE");
    p.trace = trace_cmd_open(c, &r);
    if (p.trace == NULL)
        return r == RESULT_DONE ? call_fail(c, "There is nothing to export.") : r;
    if (is_file)
        p.to = open_file(c, o.name, path, &r);
    if (p.to != NULL)
        r = export_to(c, &p, &o.filter);
    if (is_file && p.to != NULL)
        r = finish_file(c, p.to, path, r, p.n);
    trace_close(p.trace);
    return r;
}

enum result trace_cmd_export_har(struct call *c)
{
    return export_records(c, true);
}

enum result trace_cmd_export_lines(struct call *c)
{
    return export_records(c, false);
}
