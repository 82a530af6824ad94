#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define SHOWN_BYTES   200
#define SHOWN_AT_ONCE 8
#define DATA_MAX      (4U << 20) /* bytes */

void add_rows(TCase *tc, const TTest *test, size_t n_rows)
{
    tcase_add_loop_test(tc, test, 0, (int)n_rows);
}

const char *shown(struct slice s)
{
    static char text[SHOWN_AT_ONCE][SHOWN_BYTES];
    static size_t next;

    if (s.at == NULL)
        return "(none)";
    char *to = text[next++ % SHOWN_AT_ONCE];
    return text_copy_defused(to, SHOWN_BYTES, s);
}

const char *shown_text(const char *text)
{
    return shown(slice_of(text));
}

uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static FILE *open_data(const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", TEST_DATA_DIR, name);

    ck_assert_msg(n > 0 && (size_t)n < sizeof path, "path of %s: too long", name);
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    return f;
}

char *read_data(const char *name)
{
    FILE *f = open_data(name);
    struct buf text;
    char block[4096];
    size_t n;

    buf_init(&text, DATA_MAX);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        (void)buf_add(&text, (struct slice){block, n});
    ck_assert_msg(ferror(f) == 0, "cannot read %s", name);
    (void)fclose(f);
    char *all = buf_take(&text);
    ck_assert_msg(all != NULL, "%s: no memory, or too long", name);
    return all;
}

struct policy_spec recorded_spec(void)
{
    static const char *const origins[] = {
        "https://finessep.uccelab.tac",
        "https://finesses.uccelab.tac",
        "https://finesses.uccelab.tac:8445",
    };
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);

    spec.enabled = true;
    spec.origins = origins;
    spec.n_origins = COUNT(origins);
    return spec;
}

struct policy *make_policy(const struct policy_spec *spec)
{
    struct policy *p = NULL;
    enum err e = policy_new(spec, &p);

    ck_assert_msg(e == ERR_OK && p != NULL, "policy_new: %s", err_text(e));
    return p;
}
