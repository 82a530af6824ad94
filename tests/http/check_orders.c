/* With apply_changes = on-restart: every order of edits and restarts on two nodes and two services,
 * and after each step a request to all of them, against a model that is too simple to be wrong.
 * What is configured is asked of the shell, what runs of the wire. */
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define ORIGIN      "https://order.example"
#define ALLOWED     "x-order-allowed"
#define EXPOSED     "x-order-exposed"
#define KILL_EVERY  97 /* steps; shares no factor with the numbers of actions */
#define SHOWN_STEPS 6  /* that a failure names */

/* ---- the model ---- */

enum kind { ENABLED, ORIGINS, ALLOWED_HEADERS, EXPOSED_HEADERS, PRIVATE_NETWORK, KINDS };
#define BIT(kind) (1U << (kind))

/** A service of a node, and its settings as bits, by enum kind. */
struct pair {
    const char *name;
    const char *host;
    unsigned node;       /* whose shell edits it */
    const char *cors;    /* the family of commands */
    unsigned address;    /* of the lab */
    const char *path;    /* one of its pages */
    const char *service; /* whose restart applies what was edited */
    unsigned configured, running;
    struct wire *wire;
};

static struct pair pairs[] = {
    {.name = "pub/cuic",
     .host = PUB,
     .node = 0,
     .cors = "utils cuic cors",
     .path = "/cuic/",
     .service = CORS_SERVICE},
    {.name = "pub/live-data",
     .host = PUB,
     .node = 0,
     .cors = "utils live-data cors",
     .address = 1,
     .path = "/security",
     .service = "Cisco Web Proxy Service"},
    {.name = "sub/cuic",
     .host = SUB,
     .node = 1,
     .cors = "utils cuic cors",
     .path = "/cuic/",
     .service = CORS_SERVICE},
    {.name = "sub/live-data",
     .host = SUB,
     .node = 1,
     .cors = "utils live-data cors",
     .address = 1,
     .path = "/security",
     .service = "Cisco Web Proxy Service"},
};
#define PAIRS COUNT(pairs)

/** What may be done: an edit of a pair, a restart that applies one pair's edits and no other's, a
 *  restart that applies nobody's. */
enum action { EDIT = 0, RESTART = PAIRS, OTHER_RESTART = 2 * PAIRS };
#define ACTIONS (2 * PAIRS + 2)

static const char *const other_service[] = {"CCE Live Data Socket.IO Service", "Cisco Tomcat"};

static void model_do(unsigned action, enum kind kind)
{
    if (action < RESTART)
        pairs[action].configured ^= BIT(kind);
    else if (action < OTHER_RESTART)
        pairs[action - RESTART].running = pairs[action - RESTART].configured;
}

/* ---- the shells ---- */

static struct lab lab;
static struct proc shell[2]; /* by node */
static FILE *shell_in[2];    /* buffered: several commands are one write */
static FILE *shell_out[2];

static void open_shells(void)
{
    static const char *const node[] = {"cuicpub", "cuicsub"};

    for (size_t i = 0; i < COUNT(shell); i++) {
        const char *argv[] = {"cuicsim-cli", "-c", lab.config, "--json", "-n", node[i], NULL};
        shell[i] = proc_start(argv, NULL);
        shell_in[i] = fdopen(fcntl(shell[i].in, F_DUPFD_CLOEXEC, 0), "w");
        shell_out[i] = fdopen(fcntl(shell[i].out, F_DUPFD_CLOEXEC, 0), "r");
        ck_assert(shell_in[i] != NULL && shell_out[i] != NULL);
    }
}

static void close_shells(void)
{
    for (size_t i = 0; i < COUNT(shell); i++) {
        (void)fclose(shell_in[i]);
        ck_assert_int_eq(proc_wait(&shell[i]), 0);
        (void)fclose(shell_out[i]);
    }
}

static void say(unsigned node, const char *words, const char *more)
{
    ck_assert_int_gt(fprintf(shell_in[node], "%s %s\n", words, more), 0);
}

/** The answer to a command, which must have succeeded. */
static json_t *answer(unsigned node)
{
    char *line = NULL;
    size_t room = 0;

    ck_assert_int_eq(fflush(shell_in[node]), 0);
    ck_assert_msg(getline(&line, &room, shell_out[node]) > 0, "the shell ended: %s",
                  proc_stderr(&shell[node]));
    json_t *object = json_loads(line, 0, NULL);
    ck_assert_msg(json_is_integer(json_object_get(object, "exit")) &&
                      json_integer_value(json_object_get(object, "exit")) == 0,
                  "%s", line);
    free(line);
    return object;
}

static void edit(const struct pair *p, enum kind kind)
{
    static const char *const words[KINDS][2] = {
        {"enable", "disable"},
        {"allowed_origin add " ORIGIN, "allowed_origin delete " ORIGIN},
        {"allowed_headers add " ALLOWED, "allowed_headers delete " ALLOWED},
        {"exposed_headers add " EXPOSED, "exposed_headers delete " EXPOSED},
        {"private-network-access enable", "private-network-access disable"},
    };
    bool is_on = (p->configured & BIT(kind)) != 0;

    say(p->node, p->cors, words[kind][is_on ? 1 : 0]);
    json_t *object = answer(p->node);
    ck_assert(json_is_false(json_object_get(object, "applied")));
    const json_t *restart = json_array_get(json_object_get(object, "restart"), 0);
    ck_assert_str_eq(json_string_value(restart), p->service); /* the notice names the right one */
    json_decref(object);
}

static bool has(const json_t *object, const char *list, const char *text)
{
    size_t i = 0;
    const json_t *one = NULL;

    json_array_foreach(json_object_get(object, list), i,
                       one) if (strcmp(json_string_value(one), text) == 0) return true;
    return false;
}

static bool is_cuic(const struct pair *p)
{
    return p->address == 0;
}

static void ask_shell(const struct pair *p)
{
    say(p->node, p->cors, "status");
    say(p->node, p->cors, "allowed_origin list");
    say(p->node, p->cors, "allowed_headers list");
    say(p->node, p->cors, "exposed_headers list");
    if (is_cuic(p)) /* Live Data has no such command */
        say(p->node, p->cors, "private-network-access status");
}

/** What the shell shows of a pair. */
static unsigned read_shell(const struct pair *p)
{
    unsigned bits = 0;

    for (int kind = 0; kind < KINDS - (is_cuic(p) ? 0 : 1); kind++) {
        json_t *object = answer(p->node);
        bool is_on = json_is_true(json_object_get(object, "enabled")) ||
                     json_is_true(json_object_get(object, "private_network")) ||
                     has(object, "origins", ORIGIN) || has(object, "custom", ALLOWED) ||
                     has(object, "custom", EXPOSED);
        bits |= is_on ? BIT(kind) : 0;
        json_decref(object);
    }
    return bits;
}

/* ---- the wire ---- */

static void connect_all(void)
{
    for (size_t i = 0; i < PAIRS; i++)
        pairs[i].wire = wire_open(lab.port[pairs[i].address], pairs[i].host);
}

static void disconnect_all(void)
{
    for (size_t i = 0; i < PAIRS; i++)
        wire_close(pairs[i].wire);
}

#define QUESTION                                                                                   \
    "OPTIONS %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nAccess-Control-Request-Method: GET\r\n"      \
    "Access-Control-Request-Private-Network: true\r\n\r\n"

/** Preflights of an origin that is always listed, and of the edited one. */
static void ask_wire(const struct pair *p)
{
    wire_say(p->wire, QUESTION QUESTION, p->path, p->host, LISTED, p->path, p->host, ORIGIN);
}

static bool has_part(const struct wire_response *r, const char *field, const char *part)
{
    const char *value = wire_field(r, field);

    return value != NULL && strstr(value, part) != NULL;
}

static bool read_verdict(const struct pair *p, struct wire_response *r)
{
    ck_assert_msg(wire_read(p->wire, r), "%s: no answer", p->name);
    ck_assert_msg(r->status == 200 || r->status == 403, "%s: %u", p->name, r->status);
    ck_assert((r->status == 200) == (wire_field(r, "access-control-allow-origin") != NULL));
    return r->status == 200;
}

/** What runs, as the answers tell. */
static unsigned read_wire(const struct pair *p)
{
    struct wire_response r;
    unsigned bits = 0;

    if (read_verdict(p, &r)) {
        bits = BIT(ENABLED);
        bits |= has_part(&r, "access-control-allow-headers", ALLOWED) ? BIT(ALLOWED_HEADERS) : 0;
        bits |= has_part(&r, "access-control-expose-headers", EXPOSED) ? BIT(EXPOSED_HEADERS) : 0;
        bits |=
            has_part(&r, "access-control-allow-private-network", "true") ? BIT(PRIVATE_NETWORK) : 0;
    }
    wire_response_clear(&r);
    bits |= read_verdict(p, &r) ? BIT(ORIGINS) : 0;
    wire_response_clear(&r);
    return bits;
}

/* ---- steps ---- */

struct step {
    unsigned action;
    enum kind kind; /* of an edit */
};

static const char *const kind_name[KINDS] = {"mode", "origin", "allowed header", "exposed header",
                                             "private network"};

/** The last steps up to this one, for a failure. */
static const char *told(const struct step *steps, size_t at)
{
    static char text[512];
    size_t n = 0;

    for (size_t i = at < SHOWN_STEPS ? 0 : at - SHOWN_STEPS + 1; i <= at; i++) {
        unsigned action = steps[i].action;
        const char *what = action < RESTART         ? kind_name[steps[i].kind]
                           : action < OTHER_RESTART ? "restart"
                                                    : other_service[action - OTHER_RESTART];
        n +=
            (size_t)snprintf(text + n, sizeof text - n, "%s%s %s", n == 0 ? "" : ", ",
                             action < OTHER_RESTART ? pairs[action % PAIRS].name : "restart", what);
    }
    return text;
}

static void carry_out(const struct step *s)
{
    if (s->action < RESTART) {
        edit(&pairs[s->action], s->kind);
        return;
    }
    const struct pair *p = &pairs[s->action % PAIRS];
    unsigned node = s->action < OTHER_RESTART ? p->node : s->action - OTHER_RESTART;
    say(node, "utils service restart",
        s->action < OTHER_RESTART ? p->service : other_service[s->action - OTHER_RESTART]);
    json_decref(answer(node));
}

static void compare(const struct step *steps, size_t at)
{
    for (size_t i = 0; i < PAIRS; i++) {
        ask_shell(&pairs[i]);
        ask_wire(&pairs[i]);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        const struct pair *p = &pairs[i];
        unsigned shown = read_shell(p);
        unsigned seen = read_wire(p);
        unsigned runs = (p->running & BIT(ENABLED)) != 0 ? p->running : 0;
        ck_assert_msg(shown == p->configured, "step %zu, after %s: %s shows %x, configured is %x",
                      at, told(steps, at), p->name, shown, p->configured);
        ck_assert_msg(seen == runs, "step %zu, after %s: %s answers as %x, running is %x", at,
                      told(steps, at), p->name, seen, runs);
    }
}

/** Neither what is configured nor what runs is the server's or the shell's own. */
static void kill_all(void)
{
    close_shells();
    disconnect_all();
    ck_assert_int_eq(lab_stop_server(&lab, SIGKILL), 128 + SIGKILL);
    lab_start_server(&lab);
    open_shells();
    connect_all();
}

static void begin(void)
{
    start_article(&lab, "apply_changes = on-restart\n"
                        "listen cuic { addresses = {\"127.0.0.1:0\"} }\n"
                        "listen live-data { addresses = {\"127.0.0.1:0\"} }\n");
    for (size_t i = 0; i < PAIRS; i++)
        pairs[i].configured = pairs[i].running = BIT(ENABLED);
    open_shells();
    connect_all();
}

static void end(void)
{
    disconnect_all();
    close_shells();
    lab_clear(&lab);
}

static void walk(const struct step *steps, size_t n)
{
    begin();
    for (size_t i = 0; i < n; i++) {
        carry_out(&steps[i]);
        model_do(steps[i].action, steps[i].kind);
        if (i % KILL_EVERY == KILL_EVERY - 1)
            kill_all();
        compare(steps, i);
    }
    end();
}

/* ---- every order ---- */

/** A de Bruijn sequence: every order of `length` actions stands in it somewhere, and as few steps
 *  as possible beside. @source the concatenation of Lyndon words, in the order of the dictionary */
struct orders {
    unsigned n_actions;
    unsigned length;
    unsigned word[8]; /* counted from 1 */
    struct step *step;
    size_t n;
};

static void add_words(struct orders *o, unsigned at, unsigned period)
{
    if (at > o->length) {
        for (unsigned i = 1; o->length % period == 0 && i <= period; i++)
            o->step[o->n++].action = o->word[i];
        return;
    }
    o->word[at] = o->word[at - period];
    add_words(o, at + 1, period);
    for (unsigned action = o->word[at - period] + 1; action < o->n_actions; action++) {
        o->word[at] = action;
        add_words(o, at + 1, at);
    }
}

static struct orders all_orders(unsigned n_actions, unsigned length)
{
    struct orders o = {.n_actions = n_actions, .length = length};
    size_t n = 1;

    for (unsigned i = 0; i < length; i++)
        n *= n_actions;
    o.step = calloc(n + length, sizeof *o.step);
    ck_assert_ptr_nonnull(o.step);
    add_words(&o, 1, 1);
    ck_assert_uint_eq(o.n, n);
    for (unsigned i = 0; i + 1 < length; i++) /* those that go over the end */
        o.step[o.n++] = o.step[i];
    return o;
}

static bool is_private(const struct step *s)
{
    return s->action < RESTART && is_cuic(&pairs[s->action]);
}

/** Every order of two actions, with edits of one kind. Live Data has no private network access:
 *  its edits are of its mode then. */
START_TEST(one_kind)
{
    struct orders o = all_orders(ACTIONS, 2);

    for (size_t i = 0; i < o.n; i++)
        o.step[i].kind = _i == PRIVATE_NETWORK && !is_private(&o.step[i]) ? ENABLED : (enum kind)_i;
    walk(o.step, test_scaled((unsigned)o.n));
    free(o.step);
}
END_TEST

#define PARTS 8 /* of the longest walk; each begins anew */

/** Every order of four edits and restarts, with edits of all kinds in turn. Parts overlap, so that
 *  each order stands whole in one of them. */
START_TEST(all_kinds)
{
    struct orders o = all_orders(OTHER_RESTART, 4);
    unsigned n = 0;

    for (size_t i = 0; i < o.n; i++)
        if (o.step[i].action < RESTART)
            o.step[i].kind = (enum kind)(n++ % (is_private(&o.step[i]) ? KINDS : PRIVATE_NETWORK));
    size_t whole = (o.n - (o.length - 1)) / PARTS;
    walk(o.step + (size_t)_i * whole, test_scaled((unsigned)(whole + o.length - 1)));
    free(o.step);
}
END_TEST

/** A start loads what is configured as a restart does, and a stop alone nothing. */
START_TEST(stop_and_start)
{
    struct pair *p = &pairs[_i];
    char words[128];

    begin();
    for (size_t i = 0; i < PAIRS; i++) {
        edit(&pairs[i], ORIGINS);
        pairs[i].configured ^= BIT(ORIGINS);
    }
    disconnect_all(); /* a stopped proxy resets them */
    (void)snprintf(words, sizeof words, "-n %s utils service stop %s", p->host, p->service);
    lab_must(&lab, words);
    if (is_cuic(p)) /* who is behind a proxy that is gone, tests/http/check_proxy.c asks */
        ck_assert_uint_eq(preflight_once(&lab, p->host, LISTED), 502);
    (void)snprintf(words, sizeof words, "-n %s utils service start %s", p->host, p->service);
    lab_must(&lab, words);
    connect_all();
    p->running = p->configured;
    compare(&(struct step){RESTART + (unsigned)_i, ENABLED}, 0);
    end();
}
END_TEST

Suite *suite_orders(void)
{
    Suite *s = suite_create("orders");
    TCase *tc = new_case(s, "orders");

    tcase_set_tags(tc, LONG);
    tcase_add_loop_test(tc, one_kind, 0, KINDS);
    tcase_add_loop_test(tc, all_kinds, 0, PARTS);
    tcase_add_loop_test(tc, stop_and_start, 0, PAIRS);
    return s;
}
