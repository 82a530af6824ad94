#include "diagnose/diagnose.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/mend.h"
#include "diagnose/diagnose_json.h"
#include "diagnose/explain.h"
#include "stores.h"
#include "suites.h"
#include "support.h"

#define NOW_MS   1738978067123
#define LISTED   "https://desk.example:8445"
#define TEXT_MAX 65536

/* ---- a lab in memory ---- */

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static char desk_name[] = "desk", desk_host[] = "desk.example";
static struct node nodes[] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
    {desk_name, desk_host, true, PLATFORM_FINESSE},
};
enum { PUB, SUB, DESK };
static struct config config = {.nodes = nodes, .n_nodes = 2, .n_finesse = 1};
static struct situation *lab;

/** Enabled everywhere, with one entry. */
static void set_up(void)
{
    char listed[] = LISTED;
    struct mend_settings m = {.enabled = true, .origins = {listed}, .n_origins = 1};

    lab = mend_situation(&config, NOW_MS);
    for (size_t node = 0; node < COUNT(nodes); node++)
        for (int s = 0; s < SERVICE_COUNT; s++)
            if (platform_has(nodes[node].platform, (enum service)s))
                mend_set(lab, node, (enum service)s, &m, true, true);
    config.cors_disabled_answer = CORS_DISABLED_REFUSE;
}

static void tear_down(void)
{
    situation_free(lab);
}

static const char *code_of(const struct findings *f, size_t i)
{
    return i < f->n ? mistake_get(f->at[i].mistake)->code : "";
}

/** Diagnose the request of a page; the question must outlive the findings. */
static void ask(const char *origin, const char *method, const char *headers,
                const struct seen *seen, struct question *q, struct findings *f)
{
    struct page_request rq = {.origin = slice_of(origin)};
    struct diag why = {0, ""};

    if (method != NULL)
        rq.method = slice_of(method);
    if (headers != NULL)
        rq.headers = slice_of(headers);
    ck_assert_msg(question_of_page(&config, PUB, SERVICE_CUIC, &rq, q, &why) == ERR_OK, "%s",
                  why.text);
    diagnose(lab, q, seen, f);
}

static char *text_of(void (*put)(const struct findings *, const struct diagnosis *, struct buf *),
                     const struct findings *f, const struct diagnosis *d)
{
    struct buf b;

    buf_init(&b, TEXT_MAX);
    (void)buf_puts(&b, "");
    put(f, d, &b);
    char *text = buf_take(&b);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* ---- recorded requests ---- */

static const struct request_row {
    const char *name;
    struct cors_request rq;
    const char *reason;
    const char *mistake; /* NULL: none at all */
    bool has_commands;
} request_rows[] = {
    {"no-origin", {.method = LIT("GET")}, "no-origin", NULL, false},
    {"same-origin",
     {.method = LIT("GET"),
      .host = LIT("pub.example:8444"),
      .is_https = true,
      .origin = LIT("https://pub.example:8444")},
     "same-origin",
     NULL,
     false},
    {"method-in-lower-case",
     {.method = LIT("OPTIONS"), .origin = LIT(LISTED), .request_method = LIT("put")},
     "request-method-not-allowed",
     "method-case",
     false},
    {"method-blank",
     {.method = LIT("OPTIONS"), .origin = LIT(LISTED), .request_method = LIT("  ")},
     "request-method-blank",
     "method-blank",
     false},
    {"actual-head",
     {.method = LIT("HEAD"), .origin = LIT(LISTED)},
     "method-not-allowed",
     "method-not-allowed",
     false},
    {"header-blank-first",
     {.method = LIT("OPTIONS"),
      .origin = LIT(LISTED),
      .request_method = LIT("GET"),
      .request_headers = LIT(",accept")},
     "request-header-blank",
     "header-blank",
     false},
    {"header",
     {.method = LIT("OPTIONS"),
      .origin = LIT(LISTED),
      .request_method = LIT("GET"),
      .request_headers = LIT("accept, x-a ,x-b,,")},
     "request-header-not-allowed",
     "header-not-allowed",
     true},
    {"origin-with-blanks",
     {.method = LIT("GET"), .origin = LIT("  https://other.example\t")},
     "origin-not-listed",
     "not-listed",
     true},
    {"origin-of-bytes",
     {.method = LIT("GET"), .origin = LIT("\x01\xff\xfe")},
     "origin-malformed",
     "origin-malformed",
     false},
    {"origin-like-a-path",
     {.method = LIT("GET"), .origin = LIT("https:///")},
     "origin-not-listed",
     "origin-scheme",
     false},
    {"private-network",
     {.method = LIT("OPTIONS"),
      .origin = LIT(LISTED),
      .request_method = LIT("GET"),
      .private_network = LIT("true")},
     "preflight-allowed",
     "private-network-off",
     true},
};

START_TEST(request)
{
    const struct request_row *row = &request_rows[_i];
    struct question q;
    struct findings f;

    question_of_request(PUB, SERVICE_CUIC, (struct slice){NULL, 0}, &row->rq, &q);
    diagnose(lab, &q, NULL, &f);
    ck_assert_msg(strcmp(reason_get(f.reason)->code, row->reason) == 0, "%s: %s", row->name,
                  reason_get(f.reason)->code);
    ck_assert_msg(strcmp(code_of(&f, 0), row->mistake == NULL ? "" : row->mistake) == 0,
                  "%s: %s first", row->name, code_of(&f, 0));
    ck_assert_msg((f.n > 0 && f.at[0].n_steps > 0) == row->has_commands, "%s: commands", row->name);
}
END_TEST

/** The preflight of a page of a public address gets its line once the commands were run. */
START_TEST(private_network_is_mended)
{
    struct cors_request rq = {.method = slice_of("OPTIONS"),
                              .origin = slice_of(LISTED),
                              .request_method = slice_of("GET"),
                              .private_network = slice_of("true")};
    struct question q;
    struct findings f;

    question_of_request(PUB, SERVICE_CUIC, (struct slice){NULL, 0}, &rq, &q);
    diagnose(lab, &q, NULL, &f);
    ck_assert_uint_eq(f.at[0].n_steps, 2);
    mend_carry_out(lab, &f, &f.at[0]);
    struct cors_decision d =
        cors_decide(situation_running(lab, PUB, SERVICE_CUIC), &rq, CORS_DISABLED_REFUSE);
    ck_assert(d.adds_private_network);
    diagnose(lab, &q, NULL, &f);
    ck_assert_str_ne(code_of(&f, 0), "private-network-off");
}
END_TEST

/* ---- what was seen ---- */

static const struct seen_row {
    const char *name;
    struct seen seen;
    const char *origin;
    bool is_open;
    const char *want; /* all mistakes, joined by blanks */
} seen_rows[] = {
    {"nothing", {MISTAKE_NONE, POSSIBLE, 0, false}, LISTED, true, "mended-since http-cache"},
    {"blamed", {MISTAKE_CERTIFICATE, CERTAIN, 0, false}, LISTED, true, "certificate"},
    {"blamed-and-not-listed",
     {MISTAKE_CERTIFICATE, CERTAIN, 0, false},
     "https://x.test",
     true,
     "certificate not-listed"},
    {"login", {MISTAKE_NONE, POSSIBLE, 401, false}, LISTED, true, "login-in-front"},
    {"redirect", {MISTAKE_NONE, POSSIBLE, 302, true}, LISTED, true, "login-in-front"},
    {"error", {MISTAKE_NONE, POSSIBLE, 500, false}, LISTED, true, "server-error"},
    {"error-and-not-listed",
     {MISTAKE_NONE, POSSIBLE, 502, false},
     "https://x.test",
     true,
     "not-listed other-node-refuses server-error"},
    {"forbidden", {MISTAKE_NONE, POSSIBLE, 403, false}, LISTED, false, "mended-since http-cache"},
    {"preflight",
     {MISTAKE_NONE, POSSIBLE, 0, true},
     LISTED,
     true,
     "preflight-unknown mended-since http-cache"},
    {"preflight-all-known",
     {MISTAKE_NONE, POSSIBLE, 0, true},
     LISTED,
     false,
     "mended-since http-cache"},
    {"private-network",
     {MISTAKE_PRIVATE_NETWORK_OFF, CERTAIN, 0, true},
     LISTED,
     true,
     "private-network-off"},
    {"wildcard-of-another", {MISTAKE_WILDCARD, CERTAIN, 0, false}, LISTED, true, "headers-changed"},
};

START_TEST(seen)
{
    const struct seen_row *row = &seen_rows[_i];
    struct page_request rq = {.origin = slice_of(row->origin)};
    struct question q;
    struct findings f;
    char got[512] = "";

    ck_assert_int_eq(question_of_page(&config, PUB, SERVICE_CUIC, &rq, &q, NULL), ERR_OK);
    q.is_open = row->is_open;
    diagnose(lab, &q, &row->seen, &f);
    for (size_t i = 0; i < f.n; i++) {
        size_t n = strlen(got);
        (void)snprintf(got + n, sizeof got - n, "%s%s", i == 0 ? "" : " ", code_of(&f, i));
    }
    ck_assert_msg(strcmp(got, row->want) == 0, "%s: expected %s, got %s", row->name, row->want,
                  got);
}
END_TEST

/** Nobody complained: what could be looked at. */
START_TEST(checks)
{
    static const char *const want[] = {"nothing-wrong", "certificate",     "name-resolution",
                                       "http-cache",    "preflight-cache", "mixed-content",
                                       "local-network"};
    struct question q;
    struct findings f;

    ask(LISTED, NULL, NULL, NULL, &q, &f);
    ck_assert_uint_eq(f.n, COUNT(want));
    for (size_t i = 0; i < f.n; i++) {
        ck_assert_str_eq(code_of(&f, i), want[i]);
        ck_assert_uint_eq(f.at[i].n_steps, 0);
    }
}
END_TEST

/* ---- words ---- */

START_TEST(mistake_words)
{
    const struct mistake_row *row = mistake_get((enum mistake)_i);
    struct question q;
    struct findings f;

    ck_assert_msg(row->code != NULL && row->code[0] != '\0' &&
                      strspn(row->code, "abcdefghijklmnopqrstuvwxyz-") == strlen(row->code),
                  "mistake %d: code '%s'", _i, row->code == NULL ? "" : row->code);
    ck_assert_msg(row->title[0] >= '\'' && row->title[strlen(row->title) - 1] != '.', "%s: '%s'",
                  row->code, row->title);
    ck_assert_msg(row->mend == MEND_COMMANDS || row->todo[0] != '\0', "%s: what to do?", row->code);
    for (int i = 1; i < _i; i++)
        ck_assert_msg(strcmp(mistake_get((enum mistake)i)->code, row->code) != 0, "%s twice",
                      row->code);
    ask("https://x.test", "PATCH", "requestid,x(y)", NULL, &q, &f);
    struct diagnosis d = {.mistake = (enum mistake)_i,
                          .is_needed = true,
                          .entry = LISTED,
                          .diff = {.distance = 1},
                          .appliance = appliance_services(&(size_t){0})};
    char *why = text_of(diagnosis_why, &f, &d);
    char *todo = text_of(diagnosis_todo, &f, &d);
    ck_assert_msg(why[strlen(why) - 1] == '.' && strpbrk(why, "{}") == NULL, "%s: '%s'", row->code,
                  why);
    ck_assert_msg(why[0] != '\0' && (todo[0] == '\0' || todo[strlen(todo) - 1] == '.') &&
                      strpbrk(todo, "{}") == NULL,
                  "%s: '%s'", row->code, todo);
    free(why);
    free(todo);
}
END_TEST

/** Every {name} in the table is one that is filled in: what is not known stays empty. */
START_TEST(sentences)
{
    struct question q;
    struct findings f;

    ask("https://desk.example", "PATCH", "authorisation,x(y)", NULL, &q, &f);
    ck_assert_str_eq(code_of(&f, 0), "method-not-allowed");
    char *why = text_of(diagnosis_why, &f, &f.at[0]);
    ck_assert_str_eq(why, "PATCH is none of the methods that CUIC allows across origins: "
                          "DELETE, POST, GET, OPTIONS, PUT.");
    free(why);
    why = text_of(diagnosis_why, &f, &f.at[1]);
    ck_assert_str_eq(why, "The preflight asks for the header x(y), which 'allowed_headers add' "
                          "refuses: a character that no header name holds.");
    free(why);
    ck_assert_str_eq(code_of(&f, 2), "port-surplus");
    why = text_of(diagnosis_why, &f, &f.at[2]);
    ck_assert_str_eq(why, "pub lists https://desk.example:8445 for CUIC, and the page's origin is "
                          "https://desk.example, without a port.");
    free(why);
    ck_assert_str_eq(code_of(&f, 3), "header-not-allowed");
    why = text_of(diagnosis_why, &f, &f.at[3]);
    ck_assert_str_eq(why, "The preflight asks for authorisation, not among the headers that pub "
                          "allows for CUIC (was authorization meant?).");
    free(why);
}
END_TEST

/** Bytes of requests and lists never reach a terminal, and are cut. */
START_TEST(hostile_bytes)
{
    char entry[] = "https://desk.example:8445\x1b[2J\xc2\x9b\xe2\x80\xae";
    struct mend_settings m = {.enabled = true, .origins = {entry}, .n_origins = 1};
    char origin[2000];
    struct question q;
    struct findings f;

    mend_set(lab, PUB, SERVICE_CUIC, &m, true, true);
    memset(origin, '\x07', sizeof origin - 1);
    origin[sizeof origin - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        ask(i == 0 ? origin : LISTED, NULL, NULL, NULL, &q, &f);
        for (size_t k = 0; k < f.n; k++) {
            char *why = text_of(diagnosis_why, &f, &f.at[k]);
            for (const char *p = why; *p != '\0'; p++)
                ck_assert_msg((unsigned char)*p >= ' ' && *p != 0x7f, "%s: a control byte",
                              code_of(&f, k));
            ck_assert_uint_lt(strlen(why), 4000);
            free(why);
        }
        json_t *json = diagnose_json(&f); /* valid UTF-8, or there would be none */
        ck_assert_ptr_nonnull(json);
        json_decref(json);
    }
}
END_TEST

/* ---- configured and running ---- */

START_TEST(differences)
{
    char one[] = "https://one.example", two[] = "https://two.example", x[] = "x-a";
    struct mend_settings a = {.enabled = true, .origins = {one}, .n_origins = 1};
    struct mend_settings b = {
        .private_network = true, .origins = {two}, .n_origins = 1, .headers = {x}, .n_headers = 1};
    struct buf text;

    buf_init(&text, TEXT_MAX);
    diagnose_differences(lab, PUB, SERVICE_CUIC, &text);
    ck_assert_str_eq(buf_text(&text), "");
    mend_set(lab, PUB, SERVICE_CUIC, &a, true, false);
    mend_set(lab, PUB, SERVICE_CUIC, &b, false, true);
    diagnose_differences(lab, PUB, SERVICE_CUIC, &text);
    ck_assert_str_eq(buf_text(&text), "CORS is configured enabled, and runs disabled\n"
                                      "private network access is configured off, and runs on\n"
                                      "configured, not running: https://one.example\n"
                                      "running, not configured: https://two.example\n"
                                      "allowed header running, not configured: x-a\n");
    buf_clear(&text);
}
END_TEST

/* ---- the promise ---- */

/** Near misses of one origin, and others. */
static void random_origin(uint32_t *state, char to[64])
{
    static const char *const base[] = {"https://desk.example:8445", "https://desk.example",
                                       "http://desk.example:8445", "https://other.test:443",
                                       "https://desk1.example:8445"};
    static const char edit[] = "aD1./: :*@\t,\xc3\xa9z-8";

    (void)snprintf(to, 64, "%s", base[next_random(state) % COUNT(base)]);
    for (unsigned i = next_random(state) % 3; i > 0; i--) {
        size_t at = next_random(state) % strlen(to);
        to[at] = edit[next_random(state) % (sizeof edit - 1)];
    }
}

static void random_settings(uint32_t *state, struct mend_settings *m, char text[8][64])
{
    *m = (struct mend_settings){.enabled = next_random(state) % 4 != 0};
    m->n_origins = next_random(state) % 8;
    for (size_t i = 0; i < m->n_origins; i++) {
        random_origin(state, text[i]);
        m->origins[i] = text[i];
    }
}

static void random_lab(uint32_t *state)
{
    char text[8][64];
    struct mend_settings m;
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (size_t node = PUB; node <= SUB; node++)
        for (int s = SERVICE_CUIC; s <= SERVICE_LIVE_DATA; s++) {
            random_settings(state, &m, text);
            mend_set(lab, node, (enum service)s, &m, true, next_random(state) % 2 == 0);
        }
    for (size_t i = 0; i < n; i++)
        if (service[i].platform == PLATFORM_CUIC && service[i].carries != 0)
            mend_life(lab, PUB, &service[i])->is_stopped = next_random(state) % 8 == 0;
}

/** Does something that is needed have no command? */
static bool is_beyond_commands(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].is_needed && mistake_get(f->at[i].mistake)->mend == MEND_ELSEWHERE)
            return true;
    return false;
}

/** Whatever is configured and asked for: the first diagnosis' commands mend it, or no command
 *  does, and then it has none. */
START_TEST(commands_mend)
{
    static const char *const method[] = {NULL, "PUT", "PATCH", "HEAD", "POST"};
    static const char *const headers[] = {NULL, "x-a", "accept,requestid,x-b", "x y", "x-a,,x-b"};
    uint32_t state = (uint32_t)_i + 1;
    size_t n_mended = 0;

    for (int turn = 0; turn < 2000; turn++) {
        struct question q;
        struct findings f;
        char origin[64];
        random_lab(&state);
        random_origin(&state, origin);
        ask(origin, method[next_random(&state) % 2 == 0 ? 0 : next_random(&state) % 5],
            headers[next_random(&state) % 2 == 0 ? 0 : next_random(&state) % 5], NULL, &q, &f);
        if (f.verdict == VERDICT_ALLOWED)
            continue;
        ck_assert_msg(f.n > 0 && f.at[0].is_needed, "%s: nothing is said", shown_text(origin));
        if (is_beyond_commands(&f)) {
            ck_assert_msg(f.at[0].n_steps == 0, "%s: commands for %s", shown_text(origin),
                          code_of(&f, 0));
            continue;
        }
        ck_assert_msg(f.at[0].n_steps > 0, "%s: no commands for %s", shown_text(origin),
                      code_of(&f, 0));
        mend_carry_out(lab, &f, &f.at[0]);
        diagnose(lab, &q, NULL, &f);
        ck_assert_msg(f.verdict == VERDICT_ALLOWED, "%s: still %s", shown_text(origin),
                      code_of(&f, 0));
        n_mended++;
    }
    ck_assert_uint_gt(n_mended, 200);
}
END_TEST

/* ---- loaded from a store ---- */

START_TEST(situation_of_store)
{
    struct situation *s = NULL;
    struct diag why = {0, ""};
    const struct appliance_service *reporting =
        appliance_find(PLATFORM_CUIC, slice_of("Intelligence Center Reporting Service"));

    stores_make();
    struct store *store = stores_open();
    (void)stores_add(store, stores_target(2), "https://new.example", APPLY_ON_RESTART);
    stores_move(store, "sub", reporting->name, LIFE_STOP, 0);
    enum err e = store_load_situation(store, &stores_config, STORES_NOW, &s, &why);
    ck_assert_msg(e == ERR_OK, "%s", why.text);
    struct slice added = slice_of("https://new.example");
    ck_assert_ptr_nonnull(policy_find_origin(situation_configured(s, 1, SERVICE_CUIC), added));
    ck_assert_ptr_null(policy_find_origin(situation_running(s, 1, SERVICE_CUIC), added));
    ck_assert_ptr_null(policy_find_origin(situation_configured(s, 0, SERVICE_CUIC), added));
    ck_assert_ptr_null(situation_running(s, 0, SERVICE_FINESSE));
    ck_assert(situation_configured(s, 2, SERVICE_FINESSE)->any_origin);
    ck_assert_int_eq(situation_state(s, 0, reporting), LIFE_STARTED);
    ck_assert_int_eq(situation_state(s, 1, reporting), LIFE_STOPPED);
    ck_assert(!situation_comes_back(s, 1, reporting) && situation_comes_back(s, 0, reporting));
    situation_free(s);
    stores_add_nodes(); /* which this store does not know yet */
    ck_assert_int_eq(store_load_situation(store, &stores_config, STORES_NOW, &s, &why), ERR_OK);
    ck_assert(!situation_configured(s, 2, SERVICE_CUIC)->enabled);
    situation_free(s);
    store_close(store);
}
END_TEST

/** A store that fails in the middle is told of, and nothing is left behind. */
START_TEST(situation_of_broken_store)
{
    struct situation *s = NULL;

    stores_make();
    struct store *store = stores_open();
    stores_sql("DROP TABLE life");
    EXPECT_ERR(store_load_situation(store, &stores_config, STORES_NOW, &s, &why), ERR_DB, "life");
    ck_assert_ptr_null(s);
    store_close(store);
}
END_TEST

Suite *suite_diagnose(void)
{
    Suite *s = suite_create("diagnose");
    TCase *memory = tcase_create("in memory");
    TCase *stored = tcase_create("stored");

    tcase_add_checked_fixture(memory, set_up, tear_down);
    tcase_set_timeout(memory, 120);
    add_rows(memory, request, COUNT(request_rows));
    tcase_add_test(memory, private_network_is_mended);
    add_rows(memory, seen, COUNT(seen_rows));
    tcase_add_test(memory, checks);
    tcase_add_loop_test(memory, mistake_words, 1, MISTAKE_COUNT);
    tcase_add_test(memory, sentences);
    tcase_add_test(memory, hostile_bytes);
    tcase_add_test(memory, differences);
    tcase_add_loop_test(memory, commands_mend, 0, 4);
    tcase_add_checked_fixture(stored, stores_set_up, stores_tear_down);
    tcase_add_test(stored, situation_of_store);
    tcase_add_test(stored, situation_of_broken_store);
    suite_add_tcase(s, memory);
    suite_add_tcase(s, stored);
    return s;
}
