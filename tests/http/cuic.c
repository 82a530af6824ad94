#include "cuic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void cuic_start(struct lab *l, const char *extra)
{
    char text[512];

    (void)snprintf(text, sizeof text, "simulation { agents = 40 seed = 1 }\n%s", extra);
    start_article(l, text);
}

json_t *cuic_call(struct wire *w, const char *method, const char *path, const char *body)
{
    struct wire_response r = live_ask(w, method, path, BASIC, body);

    ck_assert_msg(r.status == 200, "%s %s: %u %s", method, path, r.status, r.body);
    ck_assert_str_eq(wire_field(&r, "content-type"), "application/json;charset=UTF-8");
    json_t *j = json_loads(r.body, 0, NULL);
    ck_assert_msg(j != NULL, "%s %s: %.200s", method, path, r.body);
    wire_response_clear(&r);
    return j;
}

/** JSON that stands as a text within JSON. */
static json_t *load_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    ck_assert_msg(text != NULL, "no text '%s'", name);
    json_t *j = json_loads(text, 0, NULL);
    ck_assert_msg(json_is_array(j), "'%s' is no array: %.200s", name, text);
    return j;
}

json_t *cuic_initial(struct wire *w, const char *report, const char *key, const char *value)
{
    json_t *body = json_pack("{s:s}", "reportId", report);

    if (key != NULL) {
        json_t *filters = json_pack("[{s:b, s:s, s:s, s:[s]}]", "isKeyField", 1, "name", key,
                                    "operator", "SetValues", "value", value);
        char *text = json_dumps(filters, 0);
        (void)json_object_set_new(body, "filters", json_string(text));
        free(text);
        json_decref(filters);
    }
    char *text = json_dumps(body, 0);
    json_t *answer = cuic_call(w, "POST", CUIC_INITIAL, text);
    json_t *rows = load_member(answer, "data");
    json_decref(answer);
    json_decref(body);
    free(text);
    return rows;
}

static void begin_with(struct wire *w, json_t *body, char id[64])
{
    char *text = json_dumps(body, 0);
    json_t *started = cuic_call(
        w, "POST", CUIC_START "?reportExecutionType=historical&reportExecutionMode=DEFAULT", text);
    const char *got = json_string_value(json_object_get(started, "dataSetId"));

    ck_assert_msg(got != NULL && strlen(got) == 32, "%s", got);
    ck_assert_ptr_nonnull(json_string_value(json_object_get(started, "filterId")));
    (void)snprintf(id, 64, "%s", got);
    json_decref(started);
    json_decref(body);
    free(text);
}

void cuic_begin(struct wire *w, const char *report, char id[64])
{
    begin_with(w, json_pack("{s:s, s:b}", "reportId", report, "hardRefresh", 1), id);
}

json_t *cuic_execute(struct wire *w, const char *report, const char *key, const char *value)
{
    json_t *body = json_pack("{s:s, s:b}", "reportId", report, "hardRefresh", 1);
    char id[64];
    char path[128];
    json_t *rows = NULL;

    if (key != NULL)
        (void)json_object_set_new(body, "filter",
                                  json_pack("{s:s, s:[{s:s, s:s, s:[s]}]}", "repType", "STPROC",
                                            "filterParams", "paramId", key, "paramType",
                                            "VALUELIST", "value", value));
    begin_with(w, body, id);
    (void)snprintf(path, sizeof path, CUIC_REST "reports/execute/%s", id);
    for (unsigned polls = 0; rows == NULL && polls < 2; polls++) {
        json_t *answer = cuic_call(w, "GET", path, NULL);
        const json_t *result = json_object_get(answer, "executionResult");
        const char *status = json_string_value(json_object_get(result, "status"));
        ck_assert_str_eq(status, polls == 0 ? "RUNNING" : "READY");
        if (polls == 1)
            rows = load_member(result, "jsonData");
        json_decref(answer);
    }
    return rows;
}

const char *cuic_cookie(const struct wire_response *r, const char *name, char to[64])
{
    size_t n = strlen(name);

    to[0] = '\0';
    for (size_t i = 0; i < r->n_fields; i++) {
        const char *value = r->field[i].value;
        if (strcasecmp(r->field[i].name, "set-cookie") == 0 && strncmp(value, name, n) == 0 &&
            value[n] == '=')
            (void)snprintf(to, 64, "%.*s", (int)strcspn(value + n + 1, ";"), value + n + 1);
    }
    return to;
}
