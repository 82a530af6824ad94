/* The recorded exchanges of tests/data/oracle-cases.jsonl, sent byte for byte to the server: the
 * same status, and the same CORS headers in the same order. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common.h"
#include "suites.h"

#define ROWS 130 /* in the file */

/** What the product answers otherwise than the recorded server, and why. */
static const struct difference {
    const char *name;
    unsigned status; /* ours */
    const char *why;
} differences[] = {
    {"get-app-vary", 200, "no application of the product sets Vary"},
    {"get-app-500", 200, "no application of the product fails so"},
    {"any-preflight", 200, "the context /any (list '*') is of the recording, not of the product"},
    {"any-null", 200, "context /any"},
    {"any-invalid-origin", 200, "context /any"},
    {"any-no-scheme", 200, "context /any"},
    {"any-file-origin", 200, "context /any"},
    {"any-two-origins-space", 200, "context /any"},
    {"any-get", 404, "context /any"},
    {"any-get-no-origin", 404, "context /any"},
    {"authnever-preflight", 200, "the context /authnever (login valve) is not of the product"},
    {"authnever-options-actual", 200, "context /authnever"},
    {"authfilter-preflight", 200, "the context /authfilter (login valve) is not of the product"},
    {"authfilter-preflight-bad-origin", 200, "context /authfilter"},
    {"authfilter-preflight-bad-method", 200, "context /authfilter"},
    {"authfilter-get", 404, "context /authfilter"},
};

static struct lab lab;
static json_t *rows;

static void load_rows(void)
{
    char *save = NULL;
    char *all = test_read_file(TEST_DATA_DIR "/oracle-cases.jsonl", NULL);

    ck_assert_ptr_nonnull(all);
    rows = json_array();
    for (char *line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        json_t *row = json_loads(line, 0, NULL);
        ck_assert_msg(row != NULL, "row %zu is no JSON", json_array_size(rows) + 1);
        (void)json_array_append_new(rows, row);
    }
    free(all);
    ck_assert_uint_eq(json_array_size(rows), ROWS);
}

/** The list, limits and node of the recording. */
static void start(void)
{
    load_rows();
    lab_init(&lab, "limits { header_bytes = 65536 idle_seconds = 3600 }\n");
    lab_must(&lab, "utils cuic cors enable");
    lab_must(&lab, "utils cuic cors allowed_origin add https://finessep.uccelab.tac,"
                   "https://finesses.uccelab.tac,https://finesses.uccelab.tac:8445");
    lab_start_server(&lab);
}

static void stop(void)
{
    lab_clear(&lab);
    json_decref(rows);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    ck_assert_msg(text != NULL, "a row without '%s'", key);
    return text;
}

static const char *pair_part(const json_t *pairs, size_t i, size_t part)
{
    return json_string_value(json_array_get(json_array_get(pairs, i), part));
}

static const struct difference *difference_of(const char *name)
{
    for (size_t i = 0; i < COUNT(differences); i++)
        if (strcmp(differences[i].name, name) == 0)
            return &differences[i];
    return NULL;
}

/* ---- sending ---- */

/** Write a value with "{a*60000}" expanded. */
static void put_value(FILE *to, const char *value)
{
    const char *at = strstr(value, "{a*");

    if (at == NULL) {
        (void)fputs(value, to);
        return;
    }
    char *end = NULL;
    unsigned long n = strtoul(at + 3, &end, 10);
    (void)fwrite(value, 1, (size_t)(at - value), to);
    for (unsigned long i = 0; i < n; i++)
        (void)fputc('a', to);
    (void)fputs(end + 1, to);
}

static char *request_text(const json_t *row)
{
    const json_t *request = json_object_get(row, "request");
    const json_t *headers = json_object_get(request, "headers");
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    ck_assert_ptr_nonnull(f);
    (void)fprintf(f, "%s %s %s\r\n", text_of(request, "method"), text_of(request, "path"),
                  text_of(request, "version"));
    for (size_t i = 0; i < json_array_size(headers); i++) {
        (void)fprintf(f, "%s: ", pair_part(headers, i, 0));
        put_value(f, pair_part(headers, i, 1));
        (void)fputs("\r\n", f);
    }
    (void)fprintf(f, "\r\n%s", text_of(request, "body"));
    (void)fclose(f);
    return text;
}

static struct wire_response ask(const json_t *row)
{
    struct wire *w = wire_open(lab.port[0], PUB);
    char *text = request_text(row);
    struct wire_response r;
    bool is_head = strncmp(text, "HEAD ", 5) == 0;

    wire_say(w, "%s", text);
    bool is_answered = is_head ? wire_read_head(w, &r) : wire_read(w, &r);
    ck_assert_msg(is_answered, "%s: no answer", text_of(row, "name"));
    wire_close(w);
    free(text);
    return r;
}

/* ---- comparing ---- */

static bool is_cors(const char *name)
{
    return strcasecmp(name, "vary") == 0 || strncasecmp(name, "access-control-", 15) == 0;
}

static void put_line(FILE *to, const char *name, const char *value)
{
    for (; *name != '\0'; name++)
        (void)fputc(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name, to);
    (void)fprintf(to, ": %s\n", value);
}

/** Status and CORS headers, names in lower case. */
static char *recorded_text(const json_t *row)
{
    const json_t *pairs = json_object_get(row, "headers");
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    (void)fprintf(f, "%d\n", (int)json_integer_value(json_object_get(row, "status")));
    for (size_t i = 0; i < json_array_size(pairs); i++)
        if (is_cors(pair_part(pairs, i, 0)))
            put_line(f, pair_part(pairs, i, 0), pair_part(pairs, i, 1));
    (void)fclose(f);
    return text;
}

static char *answered_text(const struct wire_response *r)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);

    (void)fprintf(f, "%u\n", r->status);
    for (size_t i = 0; i < r->n_fields; i++)
        if (is_cors(r->field[i].name))
            put_line(f, r->field[i].name, r->field[i].value);
    (void)fclose(f);
    return text;
}

/** Write to `report` what is wrong with the answer to a row. */
static void judge(const json_t *row, FILE *report)
{
    const char *name = text_of(row, "name");
    const struct difference *known = difference_of(name);
    struct wire_response r = ask(row);
    char *want = recorded_text(row);
    char *got = answered_text(&r);
    bool is_equal = strcmp(want, got) == 0;

    if (known == NULL && !is_equal)
        (void)fprintf(report, "%s: recorded\n%sanswered\n%s", name, want, got);
    if (known != NULL && is_equal)
        (void)fprintf(report, "%s: differs no longer; was: %s\n", name, known->why);
    if (known != NULL && r.status != known->status)
        (void)fprintf(report, "%s: %u instead of %u\n", name, r.status, known->status);
    free(want);
    free(got);
    wire_response_clear(&r);
}

/* ---- tests ---- */

/** The groups of the recording, and how many rows each has. One server answers a whole group. */
static const struct group {
    const char *name;
    size_t n;
} groups[] = {
    {"seed", 2},   {"preflight", 46}, {"same-origin", 7}, {"acrm", 12},       {"acrh", 19},
    {"shape", 12}, {"actual", 18},    {"config-any", 8},  {"config-auth", 6},
};

START_TEST(recorded_group)
{
    const struct group *group = &groups[_i];
    char *text = NULL;
    size_t bytes = 0;
    size_t n = 0;
    FILE *report = open_memstream(&text, &bytes);

    for (size_t i = 0; i < ROWS; i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(text_of(row, "group"), group->name) != 0)
            continue;
        judge(row, report);
        n++;
    }
    (void)fclose(report);
    ck_assert_msg(text[0] == '\0', "group %s:\n%s", group->name, text);
    ck_assert_msg(n == group->n, "group %s has %zu rows", group->name, n);
    free(text);
}
END_TEST

/** Every group and every difference is one of the file, and no row is left out. */
START_TEST(tables_fit_the_file)
{
    size_t in_groups = 0;
    size_t known = 0;

    for (size_t i = 0; i < COUNT(groups); i++)
        in_groups += groups[i].n;
    for (size_t i = 0; i < ROWS; i++)
        known += difference_of(text_of(json_array_get(rows, i), "name")) != NULL ? 1 : 0;
    ck_assert_uint_eq(in_groups, ROWS);
    ck_assert_uint_eq(known, COUNT(differences));
    (void)printf("oracle: %zu of %d rows equal, %zu differ as named\n", ROWS - known, ROWS, known);
    (void)fflush(stdout);
}
END_TEST

Suite *suite_oracle(void)
{
    Suite *s = suite_create("oracle");
    TCase *tc = new_case(s, "recorded");
    TCase *tables = new_case(s, "tables");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, recorded_group, 0, (int)COUNT(groups));
    tcase_add_checked_fixture(tables, load_rows, NULL);
    tcase_add_test(tables, tables_fit_the_file);
    return s;
}
