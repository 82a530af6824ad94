#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cuic/report.h"
#include "cuic_rest.h"
#include "filtered.h"
#include "hexid.h"

/* Reports: the views, executions by polling, and the first rows of a stream. */

static struct app_answer bad_request(struct exchange *x, enum err e, const struct diag *why)
{
    if (e == ERR_NOMEM)
        return filtered_json(x, 503, REST_TYPE, NULL);
    return rest_error(x, 400, "bad-request", why->text);
}

struct app_answer rest_view(struct exchange *x, const struct rest_call *call)
{
    const struct shape_report *r = shape_find_report(call->id);

    if (r == NULL)
        return rest_error(x, 404, "unknown-view",
                          "There is no view of this id; the list is on /cuicui/Main.jsp");
    return filtered_json(x, 200, REST_TYPE, shape_view(r));
}

/* ---- bodies ---- */

/** What the body of a call asks for. */
struct asked {
    const struct shape_report *report;
    struct filter filter;
    json_t *rows; /* NULL: not asked for */
};

/** A call's body, and what the centre has to be asked for it. */
struct question {
    struct asked *asked;
    json_t *body;
    const char *login;
    bool is_stream;
    enum err e;
    struct diag why;
};

static void read_filter(void *arg, const struct centre *c)
{
    struct question *q = arg;
    struct asked *a = q->asked;

    q->e = q->is_stream
               ? report_filter_stream(q->body, c, a->report->kind, q->login, &a->filter, &q->why)
               : report_filter_start(q->body, c, a->report->kind, q->login, &a->filter, &q->why);
    if (q->e == ERR_OK && q->is_stream) {
        a->rows = report_rows(c, &a->filter);
        q->e = a->rows == NULL ? ERR_NOMEM : ERR_OK;
    }
}

static json_t *load_body(const struct exchange *x, struct diag *why)
{
    json_error_t error;
    json_t *body = json_loadb(x->body.n == 0 ? "" : x->body.at, x->body.n, 0, &error);

    if (body == NULL)
        diag_set(why, 0, "the body is no JSON: line %d, column %d: %s", error.line, error.column,
                 error.text);
    return body;
}

/** Read a body. @return false: `ret_answer` says why not */
static bool read_asked(struct exchange *x, const struct rest_call *call, bool is_stream,
                       struct asked *ret, struct app_answer *ret_answer)
{
    struct question q = {ret, NULL, call->login, is_stream, ERR_OK, {0, ""}};

    *ret = (struct asked){.report = NULL};
    if (x->is_body_cut) {
        *ret_answer = rest_error(x, 413, "too-large", "No request for a report is as large.");
        return false;
    }
    q.body = load_body(x, &q.why);
    q.e = q.body == NULL ? ERR_SYNTAX : report_find(q.body, &ret->report, &q.why);
    if (q.e == ERR_OK)
        live_read(x->live, read_filter, &q);
    if (q.e == ERR_NOTFOUND && ret->report == NULL)
        *ret_answer = rest_error(x, 404, "unknown-report", q.why.text);
    else if (q.e != ERR_OK)
        *ret_answer = bad_request(x, q.e, &q.why);
    json_decref(q.body);
    return q.e == ERR_OK;
}

/* ---- executions ---- */

struct app_answer rest_start(struct exchange *x, const struct rest_call *call)
{
    struct asked asked;
    struct app_answer a;
    struct dataset spec = {.node = x->request->node};
    char filter_id[HEXID];

    if (!read_asked(x, call, false, &asked, &a))
        return a;
    if (!hexid_new(spec.id) || !hexid_new(filter_id))
        return rest_error(x, 503, "no-random-bytes", "There are no random bytes for an id.");
    memcpy(spec.login, call->login, sizeof spec.login);
    spec.report = asked.report;
    spec.filter = asked.filter;
    cuic_dataset_start(x->cuic, &spec);
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:s, s:s}", "dataSetId", spec.id, "filterId", filter_id));
}

/** The rows of a data set, on their way to its text. */
struct due {
    const struct dataset *set;
    json_t *rows;
};

static void read_rows(void *arg, const struct centre *c)
{
    struct due *due = arg;

    due->rows = report_rows(c, &due->set->filter);
}

/** {"executionResult": {..., "jsonData": "[...]"}}: the rows are JSON within a text. */
static char *result_text(const struct dataset *set, json_t *rows)
{
    char *data = rows == NULL ? NULL : json_dumps(rows, JSON_COMPACT);
    char *text = NULL;

    json_decref(rows);
    if (data == NULL)
        return NULL;
    json_t *j = json_pack("{s:{s:s, s:b, s:s, s:I, s:I}}", "executionResult", "status", "READY",
                          "isMoreDataAvailable", 0, "jsonData", data, "startTime",
                          (json_int_t)set->start_ms, "endTime", (json_int_t)set->end_ms);
    free(data);
    if (j != NULL)
        text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    return text;
}

static struct app_answer failed(struct exchange *x, const char *error_type)
{
    return filtered_json(x, 200, REST_TYPE,
                         json_pack("{s:{s:s, s:s}}", "executionResult", "status", "FAILED",
                                   "errorType", error_type));
}

static struct app_answer ready(struct exchange *x, char *text, size_t n)
{
    x->text = text;
    if (text == NULL)
        return failed(x, "OUT_OF_MEMORY");
    return (struct app_answer){.status = 200, .content_type = REST_TYPE, .body = {text, n}};
}

/** Make the rows of a data set, and answer with them. */
static struct app_answer finish(struct exchange *x, struct dataset *set)
{
    struct due due = {set, NULL};

    live_read(x->live, read_rows, &due);
    set->end_ms = clock_now_ms();
    char *text = result_text(set, due.rows);
    if (text == NULL)
        return failed(x, "OUT_OF_MEMORY");
    enum err e = cuic_dataset_finish(x->cuic, set, text, strlen(text));
    if (e != ERR_OK) /* not taken */
        free(text);
    return e == ERR_LIMIT ? failed(x, "TOO_MANY_ROWS") : (struct app_answer){.status = 0};
}

struct app_answer rest_poll(struct exchange *x, const struct rest_call *call)
{
    struct dataset due;
    char *text = NULL;
    size_t n = 0;

    for (;;) {
        struct app_answer a;
        switch (
            cuic_dataset_poll(x->cuic, x->request->node, call->login, call->id, &due, &text, &n)) {
        case CUIC_READY:
            return ready(x, text, n);
        case CUIC_RUNNING:
            return filtered_json(x, 200, REST_TYPE,
                                 json_pack("{s:{s:s}}", "executionResult", "status", "RUNNING"));
        case CUIC_UNKNOWN:
            return rest_error(x, 404, "unknown-data-set",
                              "There is no data set of this id, or it is another user's, or over.");
        case CUIC_DUE:
            a = finish(x, &due);
            if (a.status != 0)
                return a;
        }
    }
}

struct app_answer rest_initial(struct exchange *x, const struct rest_call *call)
{
    struct asked asked;
    struct app_answer a;

    if (!read_asked(x, call, true, &asked, &a))
        return a;
    char *data = json_dumps(asked.rows, JSON_COMPACT);
    json_decref(asked.rows);
    json_t *j = data == NULL ? NULL : json_pack("{s:s}", "data", data);
    free(data);
    return filtered_json(x, 200, REST_TYPE, j);
}
