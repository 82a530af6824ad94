#include "state.h"

#include <check.h>

#include "config/config.h"
#include "lab.h"
#include "store/store.h"

#define BUSY_MS 5000

void state_article(const struct lab *l)
{
    const struct change by = {.user = "test", .from = "local", .command = "lab reset article"};
    struct config *c = NULL;
    struct store *s = NULL;
    struct diag why = {0, ""};

    ck_assert_msg(config_load(l->config, &c, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_open(c, BUSY_MS, &s, &why) == ERR_OK, "%s", why.text);
    ck_assert_msg(store_reset(s, c, lab_article, &by, &why) == ERR_OK, "%s", why.text);
    store_close(s);
    config_free(c);
}

struct lab lab;

void state_set_up(void)
{
    lab_init(&lab, NULL);
    state_article(&lab);
}

void state_tear_down(void)
{
    lab_clear(&lab);
}
