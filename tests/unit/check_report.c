/* The bodies of the REST calls for reports. */
#include "cuic/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "suites.h"
#include "support.h"

#define AGENTS   "99E6C8E210000141000000D80A0006C4"
#define N_AGENTS 40

static json_t *load(const char *text)
{
    json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);

    ck_assert_msg(j != NULL, "%s", text);
    return j;
}

/* ---- the report ---- */

static const struct id_row {
    const char *name;
    const char *body;
    enum err err;
    const char *says;
} id_rows[] = {
    {"known", "{\"reportId\":\"" AGENTS "\"}", ERR_OK, NULL},
    {"in small letters", "{\"reportId\":\"99e6c8e210000141000000d80a0006c4\"}", ERR_OK, NULL},
    {"unknown", "{\"reportId\":\"nope\"}", ERR_NOTFOUND, "there is no report 'nope'"},
    {"empty", "{\"reportId\":\"\"}", ERR_NOTFOUND, "there is no report ''"},
    {"number", "{\"reportId\":1}", ERR_SYNTAX, "a text \"reportId\""},
    {"null", "{\"reportId\":null}", ERR_SYNTAX, "a text \"reportId\""},
    {"none", "{}", ERR_SYNTAX, "a text \"reportId\""},
    {"array", "[]", ERR_SYNTAX, "a JSON object"},
    {"text", "\"x\"", ERR_SYNTAX, "a JSON object"},
};

START_TEST(find)
{
    const struct id_row *row = &id_rows[_i];
    json_t *body = load(row->body);
    const struct shape_report *r = NULL;
    struct diag why = {0, ""};

    enum err e = report_find(body, &r, &why);
    ck_assert_msg(e == row->err, "%s: %s", row->name, err_text(e));
    if (e == ERR_OK)
        ck_assert_str_eq(r->id, AGENTS);
    else
        ck_assert_msg(strstr(why.text, row->says) != NULL, "%s: %s", row->name, why.text);
    json_decref(body);
}
END_TEST

/* ---- filters ---- */

#define START(filter)    "{\"filter\":" filter "}"
#define PARAMS(params)   START("{\"repType\":\"STPROC\",\"filterParams\":" params "}")
#define PARAM(members)   PARAMS("[{" members "}]")
#define STREAM(filters)  "{\"filters\":\"" filters "\"}"
#define ID(value)        "\"paramId\":\"agent.id\",\"value\":" value
#define STREAM_ID(value) STREAM("[{\\\"name\\\":\\\"agent.id\\\",\\\"value\\\":" value "}]")
#define ID_OP(op)                                                                                  \
    STREAM("[{\\\"name\\\":\\\"agent.id\\\",\\\"operator\\\":" op ",\\\"value\\\":\\\"1001\\\"}]")

static const struct filter_row {
    const char *name;
    bool is_stream;
    const char *body;
    enum err err;
    size_t n;
    const char *says;
} filter_rows[] = {
    {"none", false, "{}", ERR_OK, N_AGENTS, NULL},
    {"null", false, START("null"), ERR_OK, N_AGENTS, NULL},
    {"empty", false, START("{}"), ERR_OK, N_AGENTS, NULL},
    {"no parameters", false, PARAMS("[]"), ERR_OK, N_AGENTS, NULL},
    {"null for parameters", false, PARAMS("null"), ERR_OK, N_AGENTS, NULL},
    {"text", false, PARAM(ID("\"1001,1002\"")), ERR_OK, 2, NULL},
    {"array", false, PARAM(ID("[\"1001\",\"1002\",\"agent1003\"]")), ERR_OK, 3, NULL},
    {"keys", false, PARAM(ID("[{\"key\":\"1001\",\"desc\":\"x\"}]")), ERR_OK, 1, NULL},
    {"own team", false, PARAM(ID("\"CL teamName\"")), ERR_OK, 14, NULL},
    {"times", false,
     PARAM("\"paramId\":\"x\",\"paramType\":\"DATETIME\",\"value\":\"THISDAY\",\"relativeDate\":"
           "true"),
     ERR_OK, N_AGENTS, NULL},
    {"filter is an array", false, START("[]"), ERR_SYNTAX, 0, "\"filter\" has to be an object"},
    {"parameters are an object", false, PARAMS("{}"), ERR_SYNTAX, 0, "stand in an array"},
    {"parameter is a text", false, PARAMS("[\"x\"]"), ERR_SYNTAX, 0, "a text \"paramId\""},
    {"parameter without id", false, PARAM("\"value\":\"x\""), ERR_SYNTAX, 0, "a text \"paramId\""},
    {"no value", false, PARAM("\"paramId\":\"agent.id\""), ERR_SYNTAX, 0, "\"value\" has to be"},
    {"number as a value", false, PARAM(ID("1001")), ERR_SYNTAX, 0, "\"value\" has to be"},
    {"number within", false, PARAM(ID("[1001]")), ERR_SYNTAX, 0, "\"value\" has to be"},
    {"object without key", false, PARAM(ID("[{\"desc\":\"x\"}]")), ERR_SYNTAX, 0,
     "\"value\" has to be"},
    {"empty array", false, PARAM(ID("[]")), ERR_SYNTAX, 0, "without a value"},
    {"unknown id", false, PARAM(ID("\"1\"")), ERR_NOTFOUND, 0, "there is no id '1'"},
    {"unknown filter", false, PARAM("\"paramId\":\"x\",\"value\":\"CL\""), ERR_NOTFOUND, 0,
     "no filter 'x'"},
    {"stream: none", true, "{}", ERR_OK, N_AGENTS, NULL},
    {"stream: null", true, "{\"filters\":null}", ERR_OK, N_AGENTS, NULL},
    {"stream: empty", true, STREAM("[]"), ERR_OK, N_AGENTS, NULL},
    {"stream: text", true, STREAM_ID("\\\"1001\\\""), ERR_OK, 1, NULL},
    {"stream: keys", true, STREAM_ID("[{\\\"key\\\":\\\"1001\\\"},\\\"1002\\\"]"), ERR_OK, 2, NULL},
    {"stream: operator", true, ID_OP("\\\"SetValues\\\""), ERR_OK, 1, NULL},
    {"stream: another operator", true, ID_OP("\\\"Equals\\\""), ERR_SYNTAX, 0, "SetValues alone"},
    {"stream: operator is a number", true, ID_OP("1"), ERR_SYNTAX, 0, "SetValues alone"},
    {"stream: an array that is no text", true, "{\"filters\":[]}", ERR_SYNTAX, 0,
     "a text with the JSON"},
    {"stream: no JSON", true, STREAM("["), ERR_SYNTAX, 0, "no JSON"},
    {"stream: an object", true, STREAM("{}"), ERR_SYNTAX, 0, "stand in an array"},
    {"stream: paramId", true, STREAM("[{\\\"paramId\\\":\\\"agent.id\\\"}]"), ERR_SYNTAX, 0,
     "a text \"name\""},
};

START_TEST(filters)
{
    const struct filter_row *row = &filter_rows[_i];
    json_t *body = load(row->body);
    struct centre *c = NULL;
    struct filter f;
    struct diag why = {0, ""};

    ck_assert_int_eq(centre_new(1, N_AGENTS, &c), ERR_OK);
    enum err e = row->is_stream ? report_filter_stream(body, c, CENTRE_AGENT, "agent1001", &f, &why)
                                : report_filter_start(body, c, CENTRE_AGENT, "agent1001", &f, &why);
    ck_assert_msg(e == row->err, "%s: %s: %s", row->name, err_text(e), why.text);
    if (e == ERR_OK) {
        json_t *all = report_rows(c, &f);
        ck_assert_msg(json_array_size(all) == row->n, "%s: %zu", row->name, json_array_size(all));
        json_decref(all);
    } else {
        ck_assert_msg(strstr(why.text, row->says) != NULL, "%s: %s", row->name, why.text);
    }
    json_decref(body);
    centre_free(c);
}
END_TEST

/** As many filters, and as many values, as there may be, and one more. */
START_TEST(limits)
{
    static const struct limit {
        const char *piece;
        const char *before, *after;
        size_t max;
    } limit[] = {
        {"{\"paramId\":\"agent.id\",\"value\":\"CL\"}", "{\"filter\":{\"filterParams\":[", "]}}",
         16},
        {"\"1001\"", "{\"filter\":{\"filterParams\":[{\"paramId\":\"agent.id\",\"value\":[",
         "]}]}}", 1000},
    };
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(1, N_AGENTS, &c), ERR_OK);
    for (size_t k = 0; k < COUNT(limit); k++)
        for (size_t more = 0; more < 2; more++) {
            struct buf text;
            struct filter f;
            struct diag why = {0, ""};
            buf_init(&text, 65536);
            (void)buf_puts(&text, limit[k].before);
            for (size_t i = 0; i < limit[k].max + more; i++)
                (void)buf_printf(&text, "%s%s", i == 0 ? "" : ",", limit[k].piece);
            (void)buf_puts(&text, limit[k].after);
            json_t *body = load(buf_text(&text));
            enum err e = report_filter_start(body, c, CENTRE_AGENT, "", &f, &why);
            ck_assert_msg(e == (more ? ERR_LIMIT : ERR_OK), "%zu: %s", k, err_text(e));
            json_decref(body);
            buf_clear(&text);
        }
    centre_free(c);
}
END_TEST

/** Rows stand in the order of their ids, and are those of shape_row. */
START_TEST(order)
{
    struct centre *c = NULL;
    struct filter f;

    ck_assert_int_eq(centre_new(1, N_AGENTS, &c), ERR_OK);
    centre_advance(c, 3600000, NULL, NULL);
    for (int kind = 0; kind < CENTRE_KIND_COUNT; kind++) {
        filter_init(&f, (enum centre_kind)kind);
        json_t *all = report_rows(c, &f);
        ck_assert_uint_eq(json_array_size(all), centre_count(c, f.kind));
        for (size_t i = 0; i < json_array_size(all); i++) {
            json_t *one = shape_row(c, f.kind, i);
            ck_assert(json_equal(one, json_array_get(all, i)));
            json_decref(one);
        }
        json_decref(all);
    }
    centre_free(c);
}
END_TEST

Suite *suite_report(void)
{
    Suite *s = suite_create("report");
    TCase *tc = tcase_create("bodies");

    add_rows(tc, find, COUNT(id_rows));
    add_rows(tc, filters, COUNT(filter_rows));
    tcase_add_test(tc, limits);
    tcase_add_test(tc, order);
    suite_add_tcase(s, tc);
    return s;
}
