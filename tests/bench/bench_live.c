/* Many Socket.IO clients at once: figures, and the verdict that no update was lost or reordered.
 * usage: bench_live [CLIENTS [SECONDS [AGENTS]]]
 *
 * Each client is subscribed, by WebSocket, to 15 agents and a precision queue, as a team's gadget
 * is. A witness (live_judge.h) is subscribed to all of them. When the time is over the server gets
 * SIGTERM: it must close all connections with a close frame, after all that was published, and end
 * with status 0. It is a program of Check, so that `make check` counts a short run. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../support/lab.h"
#include "../support/runner.h"
#include "live_load.h"

#define HOST        "cuicpub.uccelab.tac"
#define FIRST_AGENT 1001U
#define FIRST_QUEUE 7001U
#define BLOCK       15 /* agents that a client is subscribed to */
#define QUEUE_SIZE  80 /* agents for each queue: there are more queues than that gives */
#define TOPIC_KEYS  1000
#define GOING_AWAY  1001 /* RFC 6455 section 7.4.1 */

static unsigned n_clients = 1000;
static unsigned n_seconds = 60;
static unsigned n_agents = 1000;

/* ---- the server's figures ---- */

/** The number behind `name` in a file of /proc/PID. */
static long proc_number(pid_t pid, const char *file, const char *name)
{
    char path[64];
    char line[512];
    long number = -1;

    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s cannot be read", path);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            number = strtol(line + strlen(name), NULL, 10);
    (void)fclose(f);
    ck_assert_msg(number >= 0, "%s has no %s", path, name);
    return number;
}

/** Milliseconds of CPU time that a process has used. */
static double cpu_ms(pid_t pid)
{
    char path[64];
    char line[1024];
    unsigned long user = 0;
    unsigned long kernel = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL && fgets(line, sizeof line, f) != NULL, "%s cannot be read", path);
    (void)fclose(f);
    char *at = strrchr(line, ')'); /* the name before may hold anything */
    ck_assert_ptr_nonnull(at);
    for (int i = 0; i < 12 && at != NULL; i++)
        at = strchr(at + 1, ' ');
    ck_assert_ptr_nonnull(at);
    user = strtoul(at, &at, 10);
    kernel = strtoul(at, NULL, 10);
    return (double)(user + kernel) * 1000.0 / (double)sysconf(_SC_CLK_TCK);
}

/* ---- subscriptions ---- */

/** "Agent=1001,1002": n of a kind from an id on. */
static void subscribe(struct load_client *c, const char *kind, enum judge_kind is, unsigned first,
                      unsigned n)
{
    static char topic[TOPIC_KEYS * 5 + 32];
    size_t used = (size_t)snprintf(topic, sizeof topic, "%s=", kind);

    for (unsigned id = first; id < first + n; id++) {
        used +=
            (size_t)snprintf(topic + used, sizeof topic - used, "%s%u", id == first ? "" : ",", id);
        judge_want(&c->stream, judge_key(is, id));
    }
    load_subscribe(c, topic);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned n_queues(void)
{
    return least(n_agents / QUEUE_SIZE + 1, 40);
}

static void subscribe_witness(struct load_client *c)
{
    for (unsigned i = 0; i < n_agents; i += TOPIC_KEYS)
        subscribe(c, "Agent", JUDGE_AGENT, FIRST_AGENT + i, least(TOPIC_KEYS, n_agents - i));
    subscribe(c, "PrecisionQueue", JUDGE_QUEUE, FIRST_QUEUE, n_queues());
}

static void subscribe_client(struct load_client *c, unsigned i)
{
    unsigned n_blocks = (n_agents + BLOCK - 1) / BLOCK;
    unsigned first = i % n_blocks * BLOCK;

    subscribe(c, "Agent", JUDGE_AGENT, FIRST_AGENT + first, least(BLOCK, n_agents - first));
    subscribe(c, "PrecisionQueue", JUDGE_QUEUE, FIRST_QUEUE + i % n_queues(), 1);
}

static bool are_live(const struct load *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (!judge_is_live(&l->client[i].stream) ||
            l->client[i].n_confirmed < l->client[i].n_topics)
            return false;
    return true;
}

static void wait_until_live(struct load *l)
{
    long long end = test_now_ms() + PROC_DEADLINE_MS;

    while (!are_live(l)) {
        if (test_now_ms() > end)
            ck_abort_msg("not every client has got its first messages");
        load_turn(l, 100);
    }
}

/* ---- the run ---- */

struct figures {
    long long ms; /* of the time that is measured */
    size_t messages;
    double cpu_ms;
    long rss_before_kb;
    long rss_kb;
    long long stop_ms;
    struct judge_verdict sum;
};

static void start(struct lab *lab)
{
    char extra[512];

    (void)snprintf(extra, sizeof extra,
                   "listen live-data { addresses = {\"127.0.0.1:0\"} }\n"
                   "limits { connections = %u per_ip = %u idle_seconds = 3600 }\n"
                   "live_data { queue_bytes = 4194304 token_seconds = 3600 }\n" /* for the witness,
                                                                                   who gets all */
                   "simulation { agents = %u }\n",
                   n_clients + 100, n_clients + 100, n_agents);
    lab_init(lab, extra);
    lab_start_server(lab);
}

/** All clients, while those that are there already are served. */
static void connect_all(struct load *l, const struct lab *lab, struct figures *f)
{
    subscribe_witness(load_connect(l));
    wait_until_live(l);
    f->rss_before_kb = proc_number(lab->server.pid, "status", "VmRSS:");
    for (unsigned i = 0; i < n_clients; i++) {
        subscribe_client(load_connect(l), i);
        load_turn(l, 0);
    }
    wait_until_live(l);
}

/** Has every client got something that the witness has, too, behind its first messages? */
static bool are_comparable(const struct load *l)
{
    for (size_t i = 1; i < l->n; i++)
        if (!judge_compare(&l->client[0].stream, &l->client[i].stream).is_comparable)
            return false;
    return true;
}

/** So long as was asked for, and longer on a machine that stood still meanwhile. */
static void measure(struct load *l, const struct lab *lab, struct figures *f)
{
    long long begin = test_now_ms();
    double cpu = cpu_ms(lab->server.pid);
    size_t messages = load_messages(l, 1);

    long long least_ms = (long long)n_seconds * 1000;
    while ((f->ms = test_now_ms() - begin) < least_ms || !are_comparable(l)) {
        ck_assert_msg(f->ms < least_ms + PROC_DEADLINE_MS, "too little comes to compare");
        load_turn(l, 100);
    }
    f->cpu_ms = cpu_ms(lab->server.pid) - cpu;
    f->messages = load_messages(l, 1) - messages;
    f->rss_kb = proc_number(lab->server.pid, "status", "VmRSS:");
    ck_assert_msg(load_open(l, 0) == l->n, "%zu of %zu clients were cut off",
                  l->n - load_open(l, 0), l->n);
}

/** Everything that was published must come, then a close frame. */
static void stop(struct load *l, struct lab *lab, struct figures *f)
{
    long long begin = test_now_ms();

    l->is_ending = true;
    (void)kill(lab->server.pid, SIGTERM);
    while (load_open(l, 0) > 0) {
        if (test_now_ms() > begin + PROC_DEADLINE_MS)
            ck_abort_msg("%zu clients are not closed", load_open(l, 0));
        load_turn(l, 100);
    }
    ck_assert_int_eq(proc_wait(&lab->server), 0);
    lab->has_server = false;
    f->stop_ms = test_now_ms() - begin;
    for (size_t i = 0; i < l->n; i++) {
        const struct load_client *c = &l->client[i];
        ck_assert_msg(c->close_code == GOING_AWAY, "client %zu: close code %u", i, c->close_code);
        ck_assert_msg(c->n_pongs + 1 >= c->n_pings, "client %zu: %zu pongs for %zu pings", i,
                      c->n_pongs, c->n_pings);
    }
}

static void judge(const struct load *l, struct figures *f)
{
    for (size_t i = 1; i < l->n; i++) {
        struct judge_verdict v = judge_compare(&l->client[0].stream, &l->client[i].stream);
        ck_assert_msg(v.is_comparable, "client %zu: too little came to compare", i);
        f->sum.compared += v.compared;
        f->sum.lost += v.lost;
        f->sum.extra += v.extra;
        f->sum.reordered += v.reordered;
    }
}

static void print(const struct figures *f)
{
    double seconds = (double)f->ms / 1000.0;

    (void)printf("\n%8s %8s %9s %11s %9s %6s %6s %10s %12s %11s %9s\n", "clients", "seconds",
                 "messages", "messages/s", "compared", "lost", "extra", "reordered", "KiB/client",
                 "server CPU", "stop");
    (void)printf("%8u %8.1f %9zu %11.0f %9zu %6zu %6zu %10zu %12.1f %9.1f %% %6lld ms\n\n",
                 n_clients, seconds, f->messages, (double)f->messages / seconds, f->sum.compared,
                 f->sum.lost, f->sum.extra, f->sum.reordered,
                 (double)(f->rss_kb - f->rss_before_kb) / n_clients,
                 f->cpu_ms / (double)f->ms * 100.0, f->stop_ms);
    (void)fflush(stdout);
}

START_TEST(all_at_once)
{
    struct lab lab;
    struct load l;
    struct figures f = {0};

    start(&lab);
    load_init(&l, lab.port[0], HOST, n_clients + 1);
    connect_all(&l, &lab, &f);
    measure(&l, &lab, &f);
    stop(&l, &lab, &f);
    judge(&l, &f);
    print(&f);
    load_clear(&l);
    lab_clear(&lab);
    ck_assert_uint_gt(f.sum.compared, 0);
    ck_assert_uint_eq(f.sum.lost, 0);
    ck_assert_uint_eq(f.sum.extra, 0);
    ck_assert_uint_eq(f.sum.reordered, 0);
}
END_TEST

/* ---- the judge itself ---- */

/** Streams as texts: "a1" is a message about agent a with the text 1; a client is subscribed to
 *  what it is said to be. */
static const struct row {
    const char *name;
    const char *witness;
    const char *wants;
    const char *client;
    bool is_comparable;
    size_t compared, lost, extra, reordered;
} rows[] = {
    {"the same", "a1 b1 a2 b2 a3", "ab", "a1 b1 a2 b2 a3", true, 3, 0, 0, 0},
    {"less than the witness has", "a1 b1 c1 a2 c2 b2 c3 a3", "ab", "a1 b1 a2 b2 a3", true, 3, 0, 0,
     0},
    {"later than the witness", "a1 b1 a2 b2 a3 b3", "ab", "b1 a2 b2 a3 b3", true, 3, 0, 0, 0},
    {"first messages of its own", "a1 b1 a2 b2 a3 b3", "ab", "b9 a9 b2 a3 b3", true, 3, 0, 0, 0},
    {"equal texts", "a1 b1 a2 b1 b1 a3 b1", "ab", "a1 b1 a2 b1 b1 a3 b1", true, 5, 0, 0, 0},
    {"equal texts in front", "a1 b1 b1 b1 a2 b1", "ab", "a1 b1 b1 b1 a2 b1", true, 4, 0, 0, 0},
    {"one lost", "a1 b1 a2 b2 a3 b3", "ab", "a1 b1 a2 a3 b3", true, 3, 1, 0, 0},
    {"the last one lost", "a1 b1 a2 b2 a3 b3", "ab", "a1 b1 a2 b2 a3", true, 3, 1, 0, 0},
    {"one of two equal ones lost", "a1 b1 a2 b1 b1 a3", "ab", "a1 b1 a2 b1 a3", true, 3, 1, 0, 0},
    {"the first one lost", "a1 b1 b2 a2 b3 a3", "ab", "a1 b1 a2 b3 a3", true, 3, 0, 0, 0},
    {"two of them swapped", "a1 b1 a2 b2 a3 b3", "ab", "a1 b1 b2 a2 a3 b3", true, 4, 0, 0, 2},
    {"equal ones swapped with another", "a1 b1 a2 b1 a3", "ab", "a1 b1 b1 a2 a3", true, 3, 1, 0, 0},
    {"one twice", "a1 b1 a2 b2 a3", "ab", "a1 b1 a2 b2 b2 a3", true, 4, 0, 1, 0},
    {"one that nobody else has", "a1 b1 a2 b2 a3", "ab", "a1 b1 a2 b9 b2 a3", true, 4, 0, 1, 0},
    {"one lost by the witness", "a1 b1 a2 a3", "ab", "a1 b1 a2 b2 a3", true, 3, 0, 1, 0},
    {"one that was not asked for", "a1 b1 a2 c2 a3", "ab", "a1 b1 a2 c2 a3", true, 2, 0, 1, 0},
    {"never a message about one thing", "a1 b1 a2 b2", "ab", "a1 a2", false, 0, 0, 0, 0},
    {"nothing behind the first messages", "a1 b1", "ab", "a1 b1", false, 0, 0, 0, 0},
    {"nothing that stands once", "a1 b1 b1 b1", "ab", "a1 b1 b1 b1", false, 2, 0, 0, 0},
    {"nothing at all", "", "ab", "", false, 0, 0, 0, 0},
};

static void fill(struct judge_stream *s, const char *wants, const char *text)
{
    for (; *wants != '\0'; wants++)
        judge_want(s, (uint32_t)*wants);
    for (; *text != '\0'; text += text[2] == ' ' ? 3 : 2)
        judge_add(s, (struct judge_message){(uint64_t)text[0] << 8 | (uint64_t)text[1],
                                            (uint32_t)text[0]});
}

START_TEST(verdict)
{
    const struct row *row = &rows[_i];
    struct judge_stream witness = {.n = 0};
    struct judge_stream client = {.n = 0};

    fill(&witness, "abc", row->witness);
    fill(&client, row->wants, row->client);
    struct judge_verdict v = judge_compare(&witness, &client);
    ck_assert_msg(v.is_comparable == row->is_comparable && v.compared == row->compared &&
                      v.lost == row->lost && v.extra == row->extra && v.reordered == row->reordered,
                  "%s: %s %zu, lost %zu, extra %zu, reordered %zu", row->name,
                  v.is_comparable ? "compared" : "not compared", v.compared, v.lost, v.extra,
                  v.reordered);
    judge_clear(&witness);
    judge_clear(&client);
}
END_TEST

static const struct packet {
    const char *text;
    bool is_message;
    uint32_t key;
} packets[] = {
    {"42[\"message\",{\"id\":\"1001\",\"operation\":\"update\",\"agent\":{}}]", true, 1001},
    {"42[\"message\",{\"id\":\"5001\",\"operation\":\"update\",\"agentTeam\":{}}]", true,
     JUDGE_IDS + 5001},
    {"42[\"message\",{\"id\":\"6001\",\"operation\":\"update\",\"skillGroup\":{}}]", true,
     2 * JUDGE_IDS + 6001},
    {"42[\"message\",{\"id\":\"7001\",\"operation\":\"update\",\"precisionQueue\":{}}]", true,
     3 * JUDGE_IDS + 7001},
    {"42[\"message\",{\"id\":\"8192\",\"operation\":\"update\",\"agent\":{}}]", false, 0},
    {"42[\"message\",{\"id\":\"1\",\"operation\":\"update\",\"other\":{}}]", false, 0},
    {"42[\"message\",{\"id\":\"1", false, 0},
    {"42[\"subscribed\",\"Agent=1001\"]", false, 0},
    {"3", false, 0},
    {"", false, 0},
};

START_TEST(packet)
{
    const struct packet *p = &packets[_i];
    struct judge_message m = {.key = 0};
    struct judge_message other = {.key = 0};

    ck_assert_int_eq(judge_read(p->text, strlen(p->text), &m), p->is_message);
    ck_assert_uint_eq(m.key, p->key);
    if (p->is_message) { /* one byte makes it another message */
        char *text = strdup(p->text);
        text[strlen(text) - 1] = '!';
        ck_assert(judge_read(text, strlen(text), &other));
        ck_assert_uint_ne(m.hash, other.hash);
        free(text);
    }
}
END_TEST

/* ---- the program ---- */

static unsigned number(const char *text, const char *name, unsigned max)
{
    char *end = NULL;
    unsigned long n = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || n == 0 || n > max) {
        (void)fprintf(stderr, "bench_live: %s has to be 1 to %u, not '%s'\n", name, max, text);
        exit(2);
    }
    return (unsigned)n;
}

/** Clients here, and three descriptors for each in the server, which inherits the limit. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    rlim_t need = (rlim_t)3 * n_clients + 200;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_max < need) {
        (void)fprintf(stderr,
                      "bench_live: %u clients need %lu open files, and the limit is %lu: "
                      "raise it with 'ulimit -Hn', or take fewer clients\n",
                      n_clients, (unsigned long)need, (unsigned long)limit.rlim_max);
        exit(2);
    }
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    Suite *s = suite_create("live");
    TCase *judged = tcase_create("judge");
    TCase *load = tcase_create("load");

    if (argc > 1)
        n_clients = number(argv[1], "CLIENTS", 20000);
    if (argc > 2)
        n_seconds = number(argv[2], "SECONDS", 86400);
    if (argc > 3)
        n_agents = number(argv[3], "AGENTS", 5000);
    raise_file_limit();
    (void)signal(SIGPIPE, SIG_IGN);
    tcase_add_loop_test(judged, verdict, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(judged, packet, 0, sizeof packets / sizeof packets[0]);
    tcase_set_timeout(load, (double)n_seconds + 600);
    tcase_add_test(load, all_at_once);
    suite_add_tcase(s, judged);
    suite_add_tcase(s, load);
    return run_suites(srunner_create(s));
}
