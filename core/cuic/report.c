#include "report.h"

#include <string.h>

#define FILTERS_MAX 16
#define SHOWN_MAX   64 /* bytes of untrusted text in a message */

enum err report_find(const json_t *body, const struct shape_report **ret, struct diag *why)
{
    const json_t *id = json_object_get(body, "reportId");
    char shown[SHOWN_MAX];

    if (!json_is_string(id)) {
        diag_set(why, 0, "the body has to be a JSON object with a text \"reportId\"");
        return ERR_SYNTAX;
    }
    struct slice text = {json_string_value(id), json_string_length(id)};
    const struct shape_report *r = shape_find_report(text);
    if (r == NULL) {
        diag_set(why, 0, "there is no report '%s'; the list is on /cuicui/Main.jsp",
                 text_copy_defused(shown, sizeof shown, text));
        return ERR_NOTFOUND;
    }
    *ret = r;
    return ERR_OK;
}

/** A reader of filters: where they are, and what they are called there. */
struct reader {
    struct filter *filter;
    const struct centre *centre;
    const char *login;
    const char *key; /* the member that names the filter */
    struct diag *why;
};

static enum err bad_shape(const struct reader *r, const char *what)
{
    diag_set(r->why, 0, "%s", what);
    return ERR_SYNTAX;
}

/** A text, or the "key" of an object. */
static bool read_value(const json_t *j, struct slice *ret)
{
    if (json_is_object(j))
        j = json_object_get(j, "key");
    if (!json_is_string(j))
        return false;
    *ret = (struct slice){json_string_value(j), json_string_length(j)};
    return true;
}

static enum err read_values(const struct reader *r, struct slice key, const json_t *value)
{
    struct slice values[FILTER_VALUES_MAX];
    size_t n = json_is_array(value) ? json_array_size(value) : 1;

    if (n > FILTER_VALUES_MAX) {
        diag_set(r->why, 0, "more than %d values in one filter", FILTER_VALUES_MAX);
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < n; i++)
        if (!read_value(json_is_array(value) ? json_array_get(value, i) : value, &values[i]))
            return bad_shape(r, "a filter's \"value\" has to be a text, or an array of texts or of "
                                "objects with a text \"key\"");
    return filter_apply(r->filter, r->centre, r->login, key, values, n, r->why);
}

static enum err read_filter(const struct reader *r, const json_t *filter)
{
    const json_t *key = json_object_get(filter, r->key);
    const json_t *op = json_object_get(filter, "operator");
    const char *type = json_string_value(json_object_get(filter, "paramType"));

    if (!json_is_string(key)) {
        diag_set(r->why, 0, "a filter has to be an object with a text \"%s\"", r->key);
        return ERR_SYNTAX;
    }
    /* Who starts a report may name its user and its times; neither chooses rows here. */
    if (type != NULL && strcmp(type, "DATETIME") == 0)
        return ERR_OK;
    if (op != NULL && (!json_is_string(op) || strcmp(json_string_value(op), "SetValues") != 0))
        return bad_shape(r, "of the operators there is SetValues alone");
    return read_values(r, (struct slice){json_string_value(key), json_string_length(key)},
                       json_object_get(filter, "value"));
}

static enum err read_filters(const struct reader *r, const json_t *filters)
{
    enum err e = ERR_OK;

    if (!json_is_array(filters))
        return bad_shape(r, "filters have to stand in an array");
    if (json_array_size(filters) > FILTERS_MAX) {
        diag_set(r->why, 0, "more than %d filters", FILTERS_MAX);
        return ERR_LIMIT;
    }
    for (size_t i = 0; e == ERR_OK && i < json_array_size(filters); i++)
        e = read_filter(r, json_array_get(filters, i));
    return e;
}

enum err report_filter_start(const json_t *body, const struct centre *c, enum centre_kind kind,
                             const char *login, struct filter *ret, struct diag *why)
{
    const struct reader r = {ret, c, login, "paramId", why};
    const json_t *filter = json_object_get(body, "filter");

    filter_init(ret, kind);
    if (filter == NULL || json_is_null(filter))
        return ERR_OK;
    if (!json_is_object(filter))
        return bad_shape(&r, "\"filter\" has to be an object");
    const json_t *params = json_object_get(filter, "filterParams");
    return params == NULL || json_is_null(params) ? ERR_OK : read_filters(&r, params);
}

enum err report_filter_stream(const json_t *body, const struct centre *c, enum centre_kind kind,
                              const char *login, struct filter *ret, struct diag *why)
{
    const struct reader r = {ret, c, login, "name", why};
    const json_t *text = json_object_get(body, "filters");

    filter_init(ret, kind);
    if (text == NULL || json_is_null(text))
        return ERR_OK;
    if (!json_is_string(text))
        return bad_shape(&r, "\"filters\" has to be a text with the JSON of an array");
    json_t *filters = json_loadb(json_string_value(text), json_string_length(text), 0, NULL);
    enum err e = filters == NULL ? bad_shape(&r, "the text of \"filters\" is no JSON")
                                 : read_filters(&r, filters);
    json_decref(filters);
    return e;
}

json_t *report_rows(const struct centre *c, const struct filter *f)
{
    json_t *rows = json_array();

    for (size_t i = 0; rows != NULL && i < centre_count(c, f->kind); i++)
        if (filter_has(f, i) && json_array_append_new(rows, shape_row(c, f->kind, i)) != 0) {
            json_decref(rows);
            rows = NULL;
        }
    return rows;
}
