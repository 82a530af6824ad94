/* Both stages of every service's settings, in every order of edits and restarts, against a model
 * that is too simple to be wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_store.h"
#include "stores.h"
#include "support.h"

#define LENGTH 3 /* steps of one sequence */

/** One step. Edits come in both modes: the configuration may be changed between two shells. */
enum step {
    ADD_X,
    ADD_Y,
    REMOVE_X,
    ENABLE,
    DISABLE,
    ADD_X_LATER, /* these take effect at the restart */
    ADD_Y_LATER,
    REMOVE_X_LATER,
    ENABLE_LATER,
    DISABLE_LATER,
    RESTART
};
#define STEP_COUNT 11

static const char *const step_name[STEP_COUNT] = {
    "add-x",       "add-y",          "remove-x",     "enable",        "disable", "add-x-later",
    "add-y-later", "remove-x-later", "enable-later", "disable-later", "restart",
};

/** The settings of one service in one stage: at most x and y, in the order of `list`. */
struct settings {
    bool enabled;
    char list[3]; /* "", "x", "yx" */
};

struct model {
    struct settings stage[2]; /* by enum stage */
};

static const char *url(char letter)
{
    return letter == 'x' ? "https://x.example" : "https://y.example";
}

static bool model_add(struct settings *s, char letter)
{
    size_t n = strlen(s->list);

    if (strchr(s->list, letter) != NULL)
        return false;
    s->list[n] = letter;
    s->list[n + 1] = '\0';
    return true;
}

static bool model_remove(struct settings *s, char letter)
{
    char *at = strchr(s->list, letter);

    if (at == NULL)
        return false;
    memmove(at, at + 1, strlen(at));
    return true;
}

static enum apply_changes apply_of(enum step step)
{
    return step < ADD_X_LATER ? APPLY_IMMEDIATE : APPLY_ON_RESTART;
}

/** What an edit of either kind answers, or true. */
static bool model_step(struct model *m, enum step step)
{
    struct settings *configured = &m->stage[STAGE_CONFIGURED];
    struct settings *running = &m->stage[STAGE_RUNNING];
    bool is_now = apply_of(step) == APPLY_IMMEDIATE;
    bool answer = true;

    if (step == RESTART) {
        *running = *configured;
        return true;
    }
    switch (step % ADD_X_LATER) {
    case ADD_X:
    case ADD_Y:
        answer = model_add(configured, step % ADD_X_LATER == ADD_X ? 'x' : 'y');
        (void)(is_now && model_add(running, step % ADD_X_LATER == ADD_X ? 'x' : 'y'));
        return answer;
    case REMOVE_X:
        answer = model_remove(configured, 'x');
        return (is_now && model_remove(running, 'x')) || answer;
    default:
        configured->enabled = step % ADD_X_LATER == ENABLE;
        if (is_now)
            running->enabled = configured->enabled;
        return true;
    }
}

static bool real_step(struct store *s, struct target t, enum step step)
{
    enum apply_changes apply = apply_of(step);

    if (step == RESTART) {
        stores_restart(s, t);
        return true;
    }
    switch (step % ADD_X_LATER) {
    case ADD_X:
    case ADD_Y:
        return stores_add(s, t, url(step % ADD_X_LATER == ADD_X ? 'x' : 'y'), apply);
    case REMOVE_X:
        return stores_remove(s, t, url('x'), apply);
    default:
        stores_set_mode(s, t, step % ADD_X_LATER == ENABLE ? CORS_ENABLED : CORS_DISABLED, apply);
        return true;
    }
}

static void expect_settings(const char *name, struct store *s, struct target t, enum stage stage,
                            const struct settings *want)
{
    char text[128];
    size_t used = (size_t)snprintf(text, sizeof text, "%s:", want->enabled ? "on" : "off");

    for (size_t i = 0; want->list[i] != '\0'; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %s", url(want->list[i]));
    const char *got = stores_text(s, t, stage);
    ck_assert_msg(strcmp(got, text) == 0, "%s: %s %s %s: expected '%s', got '%s'", name, t.node,
                  service_name(t.service), stage == STAGE_CONFIGURED ? "configured" : "running",
                  text, got);
}

/** The state that every sequence starts from: y is listed everywhere, CORS is on where it is odd.
 */
static struct lab_settings start_of(const struct node *n, enum service service)
{
    static const char *const origins[] = {"https://y.example"};
    bool is_on = n->is_publisher != (service == SERVICE_CUIC);

    return (struct lab_settings){is_on ? CORS_ENABLED : CORS_DISABLED, origins, 1};
}

/** One sequence on one target; all other targets must be as they were. */
static void run_sequence(struct store *s, size_t target, const enum step steps[LENGTH])
{
    struct model model[STORES_TARGETS];
    char name[128];

    MUST(store_reset(s, &stores_config, start_of, &stores_now, &why));
    for (size_t i = 0; i < STORES_TARGETS; i++) {
        struct target t = stores_target(i);
        const struct node *n = config_find_node(&stores_config, slice_of(t.node));
        struct settings start = {start_of(n, t.service).mode == CORS_ENABLED, "y"};
        model[i] = (struct model){{start, start}};
    }
    (void)snprintf(name, sizeof name, "%s, %s, %s", step_name[steps[0]], step_name[steps[1]],
                   step_name[steps[2]]);
    for (size_t i = 0; i < LENGTH; i++) {
        bool want = model_step(&model[target], steps[i]);
        bool got = real_step(s, stores_target(target), steps[i]);
        ck_assert_msg(got == want, "%s: step %zu answered %d", name, i, got);
        for (enum stage stage = STAGE_CONFIGURED; stage <= STAGE_RUNNING; stage++)
            expect_settings(name, s, stores_target(target), stage, &model[target].stage[stage]);
    }
    for (size_t i = 0; i < STORES_TARGETS; i++)
        for (enum stage stage = STAGE_CONFIGURED; stage <= STAGE_RUNNING; stage++)
            expect_settings(name, s, stores_target(i), stage, &model[i].stage[stage]);
}

/** Row: a target and a first step; all sequences that begin so. For all targets but the first,
 * which SQL cannot tell from the others, only those that end with a restart: it takes time. */
START_TEST(every_order)
{
    struct store *s = stores_open();
    size_t target = (size_t)_i / STEP_COUNT;

    for (int i = 0; i < STEP_COUNT * STEP_COUNT; i++) {
        if (target > 0 && i % STEP_COUNT != RESTART)
            continue;
        enum step steps[LENGTH] = {(enum step)(_i % STEP_COUNT), (enum step)(i / STEP_COUNT),
                                   (enum step)(i % STEP_COUNT)};
        run_sequence(s, target, steps);
    }
    MUST(store_check(s, &why));
    store_close(s);
}
END_TEST

TCase *tcase_store_apply(void)
{
    TCase *tc = tcase_create("apply");

    tcase_add_checked_fixture(tc, stores_set_up, stores_tear_down);
    tcase_set_timeout(tc, 60);
    add_rows(tc, every_order, (size_t)STORES_TARGETS * STEP_COUNT);
    return tc;
}
