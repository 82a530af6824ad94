#include "cuic/shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "suites.h"
#include "support.h"

#define N_AGENTS 2000 /* more than one topic may have */

static struct centre *make_centre(int64_t now_ms)
{
    struct centre *c = NULL;

    ck_assert_int_eq(centre_new(7, N_AGENTS, &c), ERR_OK);
    centre_advance(c, now_ms, NULL, NULL);
    return c;
}

/* Topics. */

static const struct topic_row {
    const char *name;
    struct slice in;
    enum err err;
    enum centre_kind kind;
    size_t n;
    size_t index[3];
    size_t offset;    /* when it fails */
    const char *says; /* when it fails */
} topic_rows[] = {
    {"agents", LIT("Agent=1001,1002"), ERR_OK, CENTRE_AGENT, 2, {0, 1}, 0, NULL},
    {"queue", LIT("PrecisionQueue=7001"), ERR_OK, CENTRE_QUEUE, 1, {0}, 0, NULL},
    {"skill-group", LIT("SkillGroup=6002"), ERR_OK, CENTRE_SKILL_GROUP, 1, {1}, 0, NULL},
    {"team", LIT("Team=5003"), ERR_OK, CENTRE_TEAM, 1, {2}, 0, NULL},
    {"ids-of-other-kinds", LIT("Team=5001"), ERR_OK, CENTRE_TEAM, 1, {0}, 0, NULL},
    {"order-is-kept", LIT("Agent=1003,1001"), ERR_OK, CENTRE_AGENT, 2, {2, 0}, 0, NULL},
    {"duplicates", LIT("Agent=1001,1002,1001,1001"), ERR_OK, CENTRE_AGENT, 2, {0, 1}, 0, NULL},
    {"last-agent", LIT("Agent=3000"), ERR_OK, CENTRE_AGENT, 1, {1999}, 0, NULL},
    {"small-letters", LIT("precisionqueue=7001"), ERR_OK, CENTRE_QUEUE, 1, {0}, 0, NULL},
    {"as-the-member", LIT("agent=1001"), ERR_OK, CENTRE_AGENT, 1, {0}, 0, NULL},
    {"blanks", LIT(" Agent = 1001 ,\t1002 "), ERR_OK, CENTRE_AGENT, 2, {0, 1}, 0, NULL},
    {"nothing", LIT(""), ERR_SYNTAX, 0, 0, {0}, 0, "Kind=key"},
    {"no-text", NO_TEXT, ERR_SYNTAX, 0, 0, {0}, 0, "Kind=key"},
    {"blank", LIT(" "), ERR_SYNTAX, 0, 0, {0}, 0, "Kind=key"},
    {"no-sign", LIT("Agent"), ERR_SYNTAX, 0, 0, {0}, 0, "Kind=key"},
    {"sign-only", LIT("="), ERR_NOTFOUND, 0, 0, {0}, 0, "no topic is called ''"},
    {"no-kind", LIT(" =1001"), ERR_NOTFOUND, 0, 0, {0}, 1, "no topic is called ''"},
    {"other-kind", LIT(" Agents=1001"), ERR_NOTFOUND, 0, 0, {0}, 1, "'Agents'; there are Agent"},
    {"kind-of-ccx", LIT("VoiceIAQStats=x"), ERR_NOTFOUND, 0, 0, {0}, 0, "'VoiceIAQStats'"},
    {"no-keys", LIT("Agent="), ERR_SYNTAX, 0, 0, {0}, 6, "empty key"},
    {"blank-keys", LIT("Agent=  "), ERR_SYNTAX, 0, 0, {0}, 8, "empty key"},
    {"comma-first", LIT("Agent=,1001"), ERR_SYNTAX, 0, 0, {0}, 6, "empty key"},
    {"comma-last", LIT("Agent=1001,"), ERR_SYNTAX, 0, 0, {0}, 11, "empty key"},
    {"two-commas", LIT("Agent=1001,,1002"), ERR_SYNTAX, 0, 0, {0}, 11, "empty key"},
    {"unknown-agent",
     LIT("Agent=1001, 3001"),
     ERR_NOTFOUND,
     0,
     0,
     {0},
     12,
     "no Agent has the key '3001'"},
    {"queue-of-no-such-kind",
     LIT("PrecisionQueue=6001"),
     ERR_NOTFOUND,
     0,
     0,
     {0},
     15,
     "no PrecisionQueue has the key '6001'"},
    {"word", LIT("Agent=smith"), ERR_NOTFOUND, 0, 0, {0}, 6, "'smith'"},
    {"leading-zero", LIT("Agent=01001"), ERR_NOTFOUND, 0, 0, {0}, 6, "'01001'"},
    {"sign", LIT("Agent=+1001"), ERR_NOTFOUND, 0, 0, {0}, 6, "'+1001'"},
    {"blank-inside", LIT("Agent=10 01"), ERR_NOTFOUND, 0, 0, {0}, 6, "'10 01'"},
    {"second-sign", LIT("Agent=1001=2"), ERR_NOTFOUND, 0, 0, {0}, 6, "'1001=2'"},
    {"wraps-32-bits", LIT("Agent=4294968297"), ERR_NOTFOUND, 0, 0, {0}, 6, "'4294968297'"},
    {"long-number", LIT("Agent=99999999999999999999999"), ERR_NOTFOUND, 0, 0, {0}, 6, "'999"},
    {"nul", LIT("Agent=1001\0"), ERR_SYNTAX, 0, 0, {0}, 10, "byte 0x00"},
    {"line-end", LIT("Agent=1001\r\n"), ERR_SYNTAX, 0, 0, {0}, 10, "byte 0x0d"},
    {"escape", LIT("\x1b[2J=1"), ERR_SYNTAX, 0, 0, {0}, 0, "byte 0x1b"},
    {"delete", LIT("Agent=1\x7f"), ERR_SYNTAX, 0, 0, {0}, 7, "byte 0x7f"},
    {"not-ascii", LIT("Agent=\xc3\xbc"), ERR_SYNTAX, 0, 0, {0}, 6, "byte 0xc3"},
};

START_TEST(parse)
{
    const struct topic_row *row = &topic_rows[_i];
    struct centre *c = make_centre(0);
    struct topic got = {.n = 4711};
    struct diag why = {4711, ""};
    enum err e = topic_parse(c, row->in, &got, &why);

    ck_assert_msg(e == row->err, "%s: expected %s, got %s", row->name, err_text(row->err),
                  err_text(e));
    if (e == ERR_OK) {
        ck_assert_msg(got.kind == row->kind && got.n == row->n, "%s: kind %u, %zu keys", row->name,
                      (unsigned)got.kind, got.n);
        ck_assert_mem_eq(got.index, row->index, row->n * sizeof got.index[0]);
        ck_assert_msg(why.offset == 4711, "%s: a diag on success", row->name);
    } else {
        ck_assert_msg(got.n == 4711, "%s: a result on failure", row->name);
        ck_assert_msg(why.offset == row->offset, "%s: offset %zu", row->name, why.offset);
        ck_assert_msg(strstr(why.text, row->says) != NULL, "%s: '%s'", row->name, why.text);
    }
    ck_assert_int_eq(topic_parse(c, row->in, &got, NULL), row->err);
    centre_free(c);
}
END_TEST

/** @param n_twice  how many of the keys are given once more */
static enum err parse_many(const struct centre *c, unsigned n, unsigned n_twice, struct topic *t,
                           struct diag *why)
{
    struct buf text;

    buf_init(&text, 1U << 20);
    (void)buf_puts(&text, "Agent=");
    for (unsigned i = 0; i < n + n_twice; i++)
        (void)buf_printf(&text, "%s%u", i == 0 ? "" : ",", 1001 + (i < n_twice ? i : i - n_twice));
    ck_assert_int_eq(text.state, ERR_OK);
    enum err e = topic_parse(c, slice_of(buf_text(&text)), t, why);
    buf_clear(&text);
    return e;
}

START_TEST(as_many_keys_as_may_be)
{
    struct centre *c = make_centre(0);
    struct topic t = {.n = 0};
    struct diag why = {0, ""};

    ck_assert_int_eq(parse_many(c, SHAPE_KEYS_MAX, 0, &t, &why), ERR_OK);
    ck_assert_uint_eq(t.n, SHAPE_KEYS_MAX);
    ck_assert_int_eq(parse_many(c, SHAPE_KEYS_MAX, 50, &t, &why), ERR_OK);
    ck_assert_uint_eq(t.n, SHAPE_KEYS_MAX);
    for (size_t i = 0; i < t.n; i++)
        ck_assert_uint_eq(t.index[i], i);
    ck_assert_int_eq(parse_many(c, SHAPE_KEYS_MAX + 1, 0, &t, &why), ERR_LIMIT);
    ck_assert_uint_eq(why.offset, strlen("Agent=") + 1000 * strlen("1001,"));
    ck_assert_ptr_nonnull(strstr(why.text, "1000 keys"));
    centre_free(c);
}
END_TEST

/* Messages and rows. */

#define STATES                                                                                     \
    "agentsLoggedOn agentsNotReady agentsReady agentsReserved agentsTalkingInbound agentsHold "    \
    "agentsWrapUpNotReady"
#define QUEUE_KEYS                                                                                 \
    "id name callsInQueue longestCallInQueueMillis " STATES                                        \
    " callsActive callsOffered callsHandled callsAbandoned"

/** What docs/live-data.md promises: members in their order. */
static const struct kind_row {
    const char *name;
    enum centre_kind kind;
    const char *member;
    const char *keys;
    const char *times; /* of rows, behind the columns */
} kind_rows[] = {
    {"agent", CENTRE_AGENT, "agent",
     "id userLoginName firstName lastName extension agentTeamID agentTeamName agentMRDs "
     "callsHandled talkTimeMillis",
     "Time in State (ms)|Talk Time (ms)|"},
    {"team", CENTRE_TEAM, "agentTeam", "id name " STATES, ""},
    {"skill-group", CENTRE_SKILL_GROUP, "skillGroup", QUEUE_KEYS, "Longest in Queue (ms)|"},
    {"queue", CENTRE_QUEUE, "precisionQueue", QUEUE_KEYS, "Longest in Queue (ms)|"},
};

/** The keys of an object, in their order, each followed by `sep`; the caller frees. */
static char *keys_of(json_t *object, char sep)
{
    struct buf text;
    const char *key = NULL;
    json_t *value = NULL;

    buf_init(&text, 4096);
    json_object_foreach(object, key, value)
    {
        (void)buf_puts(&text, key);
        (void)buf_putc(&text, sep);
    }
    char *keys = buf_take(&text);
    ck_assert_ptr_nonnull(keys);
    return keys;
}

static void expect_keys(const char *name, json_t *object, const char *want)
{
    char *got = keys_of(object, ' ');

    ck_assert_msg(strlen(got) == strlen(want) + 1 && strncmp(got, want, strlen(want)) == 0,
                  "%s: expected '%s', got '%s'", name, want, got);
    free(got);
}

START_TEST(messages)
{
    const struct kind_row *row = &kind_rows[_i];
    struct centre *c = make_centre(1234567);

    for (size_t i = 0; i < centre_count(c, row->kind); i++) {
        json_t *m = shape_message(c, row->kind, i);
        json_t *body = json_object_get(m, row->member);
        char outer[64];
        (void)snprintf(outer, sizeof outer, "id operation %s", row->member);
        expect_keys(row->name, m, outer);
        expect_keys(row->name, body, row->keys);
        long id = strtol(json_string_value(json_object_get(m, "id")), NULL, 10);
        size_t index = 0;
        ck_assert_int_eq(id, json_integer_value(json_object_get(body, "id")));
        ck_assert(centre_find(c, row->kind, (unsigned)id, &index) && index == i);
        ck_assert_str_eq(json_string_value(json_object_get(m, "operation")), "update");
        char *text = json_dumps(m, JSON_COMPACT);
        ck_assert_ptr_nonnull(text); /* fails for what is not UTF-8 */
        free(text);
        json_decref(m);
    }
    centre_free(c);
}
END_TEST

static int64_t number(json_t *object, const char *key)
{
    ck_assert_msg(json_is_integer(json_object_get(object, key)), "%s is no number", key);
    return json_integer_value(json_object_get(object, key));
}

START_TEST(message_of_an_agent)
{
    struct centre *c = make_centre(1234567);

    for (size_t i = 0; i < 50; i++) {
        const struct agent *a = centre_agent(c, i);
        json_t *m = shape_message(c, CENTRE_AGENT, i);
        json_t *body = json_object_get(m, "agent");
        json_t *mrds = json_object_get(body, "agentMRDs");
        json_t *mrd = json_array_get(mrds, 0);
        ck_assert_uint_eq(json_array_size(mrds), 1);
        expect_keys("domain", mrd,
                    "mrDomainID mrDomainName state reasonCode reasonText durationInStateMillis "
                    "skillGroupID skillGroupName precisionQueueID precisionQueueName");
        ck_assert_str_eq(json_string_value(json_object_get(body, "userLoginName")), a->login);
        ck_assert_str_eq(json_string_value(json_object_get(mrd, "state")),
                         agent_state_name(a->state));
        ck_assert_str_eq(json_string_value(json_object_get(mrd, "reasonText")),
                         agent_reason_name(a->reason_code));
        ck_assert_int_eq(number(mrd, "durationInStateMillis"), 1234567 - a->since_ms);
        ck_assert_int_eq(number(mrd, "precisionQueueID"), centre_queue(c, a->queue)->id);
        ck_assert_int_eq(number(body, "talkTimeMillis"), a->talked_ms);
        ck_assert_int_eq(number(body, "callsHandled"), a->calls_handled);
        json_decref(m);
    }
    centre_free(c);
}
END_TEST

START_TEST(message_of_a_queue)
{
    struct centre *c = make_centre(30000);
    unsigned n_waiting = 0;

    for (int64_t t = 60000; t <= 3600000; t += 60000) {
        centre_advance(c, t, NULL, NULL);
        for (size_t i = 0; i < centre_count(c, CENTRE_QUEUE); i++) {
            const struct queue *q = centre_queue(c, i);
            json_t *m = shape_message(c, CENTRE_QUEUE, i);
            json_t *body = json_object_get(m, "precisionQueue");
            n_waiting += q->waiting;
            ck_assert_int_eq(number(body, "callsInQueue"), q->waiting);
            ck_assert_int_eq(number(body, "longestCallInQueueMillis"),
                             q->waiting == 0 ? 0 : t - q->oldest_ms);
            ck_assert_int_eq(number(body, "callsOffered"),
                             number(body, "callsHandled") + number(body, "callsAbandoned") +
                                 number(body, "callsInQueue") + number(body, "callsActive"));
            json_decref(m);
        }
    }
    ck_assert_uint_gt(n_waiting, 0);
    centre_free(c);
}
END_TEST

/** The columns in their order, then the times as numbers. */
START_TEST(rows)
{
    const struct kind_row *row = &kind_rows[_i];
    struct centre *c = make_centre(1234567);
    struct buf want;

    buf_init(&want, 4096);
    for (const char *const *name = shape_columns(row->kind); *name != NULL; name++)
        (void)buf_printf(&want, "%s|", *name);
    (void)buf_puts(&want, row->times);
    for (size_t i = 0; i < centre_count(c, row->kind); i++) {
        json_t *r = shape_row(c, row->kind, i);
        char *got = keys_of(r, '|');
        ck_assert_str_eq(got, buf_text(&want));
        free(got);
        json_decref(r);
    }
    buf_clear(&want);
    centre_free(c);
}
END_TEST

static void expect_clock(json_t *row, const char *column)
{
    char numbers[64];
    char want[64];

    (void)snprintf(numbers, sizeof numbers, "%s (ms)", column);
    long long s = number(row, numbers) / 1000;
    (void)snprintf(want, sizeof want, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    ck_assert_str_eq(json_string_value(json_object_get(row, column)), want);
}

START_TEST(row_of_an_agent)
{
    static const char *const titles[] = {"Logged Out", "Not Ready", "Ready",  "Reserved",
                                         "Talking",    "Hold",      "Wrap Up"};
    struct centre *c = make_centre(8 * 3600000);

    for (size_t i = 0; i < 50; i++) {
        const struct agent *a = centre_agent(c, i);
        json_t *r = shape_row(c, CENTRE_AGENT, i);
        char name[2 * CENTRE_NAME_MAX];
        (void)snprintf(name, sizeof name, "%s %s", a->first_name, a->last_name);
        ck_assert_str_eq(json_string_value(json_object_get(r, "Agent Name")), name);
        ck_assert_str_eq(json_string_value(json_object_get(r, "State")), titles[a->state]);
        ck_assert_str_eq(json_string_value(json_object_get(r, "Team")),
                         centre_team(c, a->team)->name);
        expect_clock(r, "Time in State");
        expect_clock(r, "Talk Time");
        json_decref(r);
    }
    centre_free(c);
}
END_TEST

/** A grid's first columns tell rows apart: a skill group's are not called a precision queue's. */
START_TEST(columns)
{
    ck_assert_str_eq(shape_columns(CENTRE_AGENT)[0], "Agent Name");
    ck_assert_str_eq(shape_columns(CENTRE_TEAM)[0], "Team");
    ck_assert_str_eq(shape_columns(CENTRE_SKILL_GROUP)[0], "Skill Group");
    ck_assert_str_eq(shape_columns(CENTRE_QUEUE)[0], "Precision Queue");
}
END_TEST

/* Short memory: every allocation fails in turn. */

static unsigned left; /* allocations that succeed */

static void *allocate(size_t n)
{
    if (left == 0)
        return NULL;
    left--;
    return malloc(n);
}

START_TEST(short_memory)
{
    const struct kind_row *row = &kind_rows[_i];
    struct centre *c = make_centre(1234567);

    json_set_alloc_funcs(allocate, free);
    for (int is_row = 0; is_row < 2; is_row++) {
        json_t *j = NULL;
        unsigned n = 0;
        for (n = 0; j == NULL && n < 1000; n++) {
            left = n;
            j = is_row ? shape_row(c, row->kind, 0) : shape_message(c, row->kind, 0);
        }
        ck_assert_msg(j != NULL && n > 10, "%s: %u allocations", row->name, n);
        json_decref(j);
    }
    json_set_alloc_funcs(malloc, free);
    centre_free(c);
}
END_TEST

/* Reports. */

static const struct report_row {
    const char *name;
    struct slice id;
    bool is_known;
    enum centre_kind kind;
} report_rows[] = {
    {"agent", LIT("99E6C8E210000141000000D80A0006C4"), true, CENTRE_AGENT},
    {"agent-skill-group", LIT("9AB7848B10000141000001C50A0006C4"), true, CENTRE_AGENT},
    {"skill-group", LIT("B7371BE210000144000002870A0007C5"), true, CENTRE_SKILL_GROUP},
    {"skill-group-utilization", LIT("9E760C8B1000014B0000005A0A0006C4"), true, CENTRE_SKILL_GROUP},
    {"agent-statistics", LIT("0B8D11317ED54A80B64F3AE28C5139E5"), true, CENTRE_AGENT},
    {"agent-queue-interval", LIT("BD9A8B7DBE714E7EB758A9D472F0E7DC"), true, CENTRE_AGENT},
    {"queue", LIT("B71A630C10000144000002480A0007C5"), true, CENTRE_QUEUE},
    {"queue-utilization", LIT("286B86F01000014C000005330A0006C4"), true, CENTRE_QUEUE},
    {"small-letters", LIT("b71a630c10000144000002480a0007c5"), true, CENTRE_QUEUE},
    {"other", LIT("00000000000000000000000000000000"), false, 0},
    {"shorter", LIT("99E6C8E210000141000000D80A0006C"), false, 0},
    {"longer", LIT("99E6C8E210000141000000D80A0006C4 "), false, 0},
    {"nul-behind", LIT("99E6C8E210000141000000D80A0006C4\0"), false, 0},
    {"empty", LIT(""), false, 0},
    {"no-text", NO_TEXT, false, 0},
};

START_TEST(find_report)
{
    const struct report_row *row = &report_rows[_i];
    const struct shape_report *r = shape_find_report(row->id);

    ck_assert_msg((r != NULL) == row->is_known, "%s", row->name);
    if (r != NULL)
        ck_assert_msg(r->kind == row->kind, "%s: kind %u", row->name, (unsigned)r->kind);
}
END_TEST

START_TEST(report_of_each_kind)
{
    for (unsigned k = 0; k < CENTRE_KIND_COUNT; k++) {
        const char *id = shape_report_id((enum centre_kind)k);
        ck_assert_uint_eq(strlen(id), 32);
        ck_assert_uint_eq(strspn(id, "0123456789ABCDEF"), 32);
        ck_assert_uint_eq((unsigned)shape_find_report(slice_of(id))->kind, k);
    }
}
END_TEST

/* Views: applied to a message they give the report's row. */

static const json_t *follow(const json_t *message, const char *path)
{
    char part[64];

    while (message != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        ck_assert_uint_lt(n, sizeof part);
        memcpy(part, path, n);
        part[n] = '\0';
        message = json_is_array(message) ? json_array_get(message, strtoul(part, NULL, 10))
                                         : json_object_get(message, part);
        path += n + (path[n] == '.');
    }
    return message;
}

static void put_plain(struct buf *to, const json_t *value)
{
    ck_assert(json_is_string(value) || json_is_integer(value));
    if (json_is_string(value))
        (void)buf_puts(to, json_string_value(value));
    else
        (void)buf_printf(to, "%lld", (long long)json_integer_value(value));
}

/** What a grid shows of one column of a message. */
static void show_column(const json_t *column, const json_t *message, struct buf *to)
{
    const char *format = json_string_value(json_object_get(column, "format"));
    const json_t *paths = json_object_get(column, "paths");
    const json_t *first = follow(message, json_string_value(json_array_get(paths, 0)));

    if (strcmp(format, "clock") == 0 || strcmp(format, "counting") == 0) {
        long long s = json_integer_value(first) / 1000;
        (void)buf_printf(to, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else if (strcmp(format, "state") == 0) {
        put_plain(to, json_object_get(json_object_get(column, "labels"), json_string_value(first)));
    } else {
        ck_assert_str_eq(format, "plain");
        put_plain(to, first);
        if (json_array_size(paths) > 1) {
            (void)buf_putc(to, ' ');
            put_plain(to, follow(message, json_string_value(json_array_get(paths, 1))));
        }
    }
}

static void check_view(const struct centre *c, const struct shape_report *report, size_t index)
{
    json_t *view = shape_view(report);
    json_t *message = shape_message(c, report->kind, index);
    json_t *row = shape_row(c, report->kind, index);
    const json_t *all = json_object_get(view, "columns");
    const char *const *title = shape_columns(report->kind);
    size_t i = 0;

    for (i = 0; i < json_array_size(all); i++) {
        const json_t *column = json_array_get(all, i);
        struct buf got;
        struct buf want;
        buf_init(&got, 200);
        buf_init(&want, 200);
        ck_assert_str_eq(json_string_value(json_object_get(column, "title")), title[i]);
        show_column(column, message, &got);
        put_plain(&want, json_object_get(row, title[i]));
        ck_assert_msg(strcmp(buf_text(&got), buf_text(&want)) == 0, "%s, %s: %s and %s",
                      report->name, title[i], buf_text(&got), buf_text(&want));
        buf_clear(&got);
        buf_clear(&want);
    }
    ck_assert_ptr_null(title[i]);
    ck_assert_str_eq(json_string_value(json_object_get(view, "viewId")), report->id);
    ck_assert_ptr_nonnull(
        json_object_get(row, json_string_value(json_object_get(view, "keyColumn"))));
    json_decref(view);
    json_decref(message);
    json_decref(row);
}

START_TEST(views)
{
    size_t n = 0;
    const struct shape_report *all = shape_reports(&n);
    struct centre *c = make_centre(8 * 3600000);

    ck_assert_uint_gt(n, 5);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < centre_count(c, all[i].kind) && k < 200; k++)
            check_view(c, &all[i], k);
    centre_free(c);
}
END_TEST

START_TEST(view_in_short_memory)
{
    json_t *j = NULL;
    unsigned n = 0;

    json_set_alloc_funcs(allocate, free);
    for (n = 0; j == NULL && n < 1000; n++) {
        left = n;
        j = shape_view(shape_find_report(slice_of(shape_report_id(CENTRE_AGENT))));
    }
    ck_assert_msg(j != NULL && n > 10, "%u allocations", n);
    json_decref(j);
    json_set_alloc_funcs(malloc, free);
}
END_TEST

Suite *suite_shapes(void)
{
    Suite *s = suite_create("shapes");
    TCase *tc_topics = tcase_create("topics");
    TCase *tc_json = tcase_create("json");
    TCase *tc_reports = tcase_create("reports");

    tcase_set_timeout(tc_json, 30);
    tcase_set_timeout(tc_reports, 120);
    add_rows(tc_topics, parse, COUNT(topic_rows));
    tcase_add_test(tc_topics, as_many_keys_as_may_be);
    add_rows(tc_json, messages, COUNT(kind_rows));
    tcase_add_test(tc_json, message_of_an_agent);
    tcase_add_test(tc_json, message_of_a_queue);
    add_rows(tc_json, rows, COUNT(kind_rows));
    tcase_add_test(tc_json, row_of_an_agent);
    tcase_add_test(tc_json, columns);
    add_rows(tc_json, short_memory, COUNT(kind_rows));
    add_rows(tc_reports, find_report, COUNT(report_rows));
    tcase_add_test(tc_reports, report_of_each_kind);
    tcase_add_test(tc_reports, views);
    tcase_add_test(tc_reports, view_in_short_memory);
    suite_add_tcase(s, tc_topics);
    suite_add_tcase(s, tc_json);
    suite_add_tcase(s, tc_reports);
    return s;
}
