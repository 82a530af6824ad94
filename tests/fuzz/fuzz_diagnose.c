/* A request of any bytes against a lab of two nodes whose lists are the input's as well. The
 * verdict is cors_decide's; sentences are harmless; and the commands of the first diagnosis,
 * carried out in memory, make the request pass, unless it says that none do. The first byte says
 * what runs, lines are: origin, method, headers, path, entries joined by '|', private network. */
#include <jansson.h>

#include "diagnose/diagnose_json.h"
#include "fuzz.h"

#undef NDEBUG
#include "../support/mend.h"

enum {
    FLAG_ENABLED = 1,
    FLAG_RUNNING = 2,
    FLAG_STOPPED = 4,
    FLAG_LIVE = 8,
    FLAG_RECORDED = 16,
    FLAG_FINESSE = 32,
    FLAG_OTHER = 64,
    FLAG_PASS = 128
};

static char pub_name[] = "pub", pub_host[] = "pub.example";
static char sub_name[] = "sub", sub_host[] = "sub.example";
static char desk_name[] = "desk", desk_host[] = "desk.example";
static struct node nodes[] = {
    {pub_name, pub_host, true, PLATFORM_CUIC},
    {sub_name, sub_host, false, PLATFORM_CUIC},
    {desk_name, desk_host, true, PLATFORM_FINESSE},
};
static struct config config = {.nodes = nodes, .n_nodes = 2, .n_finesse = 1};

/** Entries without a NUL, as a store has them. */
static void take_entries(struct slice line, struct mend_settings *m)
{
    while (line.at != NULL && m->n_origins < MEND_ENTRIES_MAX / 2) {
        struct slice entry = take_until(&line, '|');
        if (entry.n > 0 && memchr(entry.at, '\0', entry.n) == NULL)
            m->origins[m->n_origins++] = mend_copy_text(entry);
    }
}

static void check_sentence(const struct findings *f, const struct diagnosis *d)
{
    struct buf b;

    buf_init(&b, (size_t)1 << 20);
    (void)buf_puts(&b, "");
    diagnosis_why(f, d, &b);
    diagnosis_todo(f, d, &b);
    REQUIRE(b.state == ERR_OK && b.n > 0 && is_harmless(b.text) && b.n < 16384);
    buf_clear(&b);
    for (size_t i = 0; i < d->n_steps; i++) {
        step_command(f, &d->step[i], &b);
        REQUIRE(b.state == ERR_OK && is_harmless(b.text) && b.text[b.n - 1] != ' ');
        buf_clear(&b);
    }
}

/** A refusal that the filter makes is what the filter says. */
static void check_verdict(const struct situation *s, const struct findings *f)
{
    const struct question *q = f->question;
    const struct policy *p = situation_running(s, q->node, q->service);
    bool is_decided = f->reason < REASON_DECISIONS;

    REQUIRE((f->verdict == VERDICT_UNREACHED) == !is_decided);
    if (!is_decided)
        return;
    struct cors_decision d =
        cors_decide(p, &q->step[0], (enum cors_disabled_answer)config.cors_disabled_answer);
    REQUIRE(d.is_allowed || f->verdict == VERDICT_REFUSED);
    REQUIRE(d.is_allowed || f->reason == d.reason);
}

static bool is_beyond_commands(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].is_needed && mistake_get(f->at[i].mistake)->mend == MEND_ELSEWHERE)
            return true;
    return false;
}

static bool has(const struct findings *f, enum mistake m)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->at[i].mistake == m)
            return true;
    return false;
}

static void check_mended(struct situation *s, struct findings *f)
{
    const struct question *q = f->question;

    if (f->verdict == VERDICT_ALLOWED)
        return;
    REQUIRE(f->n > 0 && f->at[0].is_needed);
    if (is_beyond_commands(f)) {
        REQUIRE(f->at[0].n_steps == 0);
        return;
    }
    REQUIRE(f->at[0].n_steps > 0);
    bool may_need_login = has(f, MISTAKE_LOGIN);
    mend_carry_out(s, f, &f->at[0]);
    diagnose(s, q, NULL, f); /* a login that was foretold comes behind what commands mend */
    REQUIRE(f->verdict == VERDICT_ALLOWED || (may_need_login && f->reason == REASON_LOGIN));
}

static void check(struct situation *s, const struct question *q)
{
    static struct findings f;

    diagnose(s, q, NULL, &f);
    check_verdict(s, &f);
    REQUIRE(f.n <= DIAGNOSES_MAX);
    for (size_t i = 0; i < f.n; i++)
        check_sentence(&f, &f.at[i]);
    json_t *json = diagnose_json(&f);
    REQUIRE(json != NULL && json_array_size(json_object_get(json, "diagnoses")) == f.n);
    json_decref(json);
    check_mended(s, &f);
}

static struct situation *make_lab(unsigned flags, const struct mend_settings *m)
{
    struct situation *s = mend_situation(&config, 1000);
    size_t n = 0;
    const struct appliance_service *service = appliance_services(&n);

    for (int of = 0; of < SERVICE_COUNT; of++)
        mend_set(s, of == SERVICE_FINESSE ? 2 : 0, (enum service)of, m, true,
                 (flags & FLAG_RUNNING) != 0);
    if ((flags & FLAG_OTHER) != 0)
        mend_set(s, 1, SERVICE_CUIC, m, true, true);
    for (size_t i = 0; i < n && (flags & FLAG_STOPPED) != 0; i++)
        if (service[i].carries != 0)
            mend_life(s, service[i].platform == PLATFORM_FINESSE ? 2 : 0, &service[i])->is_stopped =
                i % 2 == 0;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct question q;
    struct slice rest = input_of(data, size);
    struct mend_settings m = {.enabled = false};
    struct page_request rq = {.method = {NULL, 0}};

    if (size == 0)
        return 0;
    unsigned flags = data[0];
    rest = (struct slice){rest.at + 1, rest.n - 1};
    rq.origin = take_until(&rest, '\n');
    rq.method = take_until(&rest, '\n');
    rq.headers = take_until(&rest, '\n');
    rq.path = take_until(&rest, '\n');
    take_entries(take_until(&rest, '\n'), &m);
    m.enabled = (flags & FLAG_ENABLED) != 0;
    config.cors_disabled_answer = (flags & FLAG_PASS) != 0;
    struct situation *s = make_lab(flags, &m);
    enum service of = (flags & FLAG_LIVE) != 0 ? SERVICE_LIVE_DATA : SERVICE_CUIC;
    size_t node = (flags & FLAG_FINESSE) != 0 ? 2 : 0;
    if (node == 2)
        of = SERVICE_FINESSE;
    struct cors_request recorded = {.method = slice_of("OPTIONS"),
                                    .origin = rq.origin,
                                    .request_method = rq.method,
                                    .request_headers = rq.headers,
                                    .private_network = rest};
    bool is_made = true;
    if ((flags & FLAG_RECORDED) != 0)
        question_of_request(node, of, rq.path, &recorded, &q);
    else
        is_made = question_of_page(&config, node, of, &rq, &q, NULL) == ERR_OK;
    if (is_made)
        check(s, &q);
    situation_free(s);
    mend_clear(&m);
    return 0;
}
