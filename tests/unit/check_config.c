#include "config/config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check_config_file.h"
#include "check_config_nodes.h"
#include "config/config_show.h"
#include "rows_config.h"
#include "scratch.h"
#include "suites.h"
#include "support.h"

#define TEXT_MAX 65536

/** Load a text, which must be good. */
static struct config *load(const char *name, const char *text)
{
    struct config *c = NULL;
    struct diag why = {0, ""};
    enum err e = config_load(scratch_write("a.conf", text), &c, &why);

    ck_assert_msg(e == ERR_OK, "%s: %s: %s", name, err_text(e), why.text);
    return c;
}

/** Load a text, which must be refused with "FILE:LINE: ...says...". */
static void expect_bad(const char *name, const char *text, int line, const char *says)
{
    const char *path = scratch_write("a.conf", text);
    struct config *c = NULL;
    struct diag why = {0, ""};
    char start[2 * SCRATCH_PATH + 32];

    if (line <= NO_LINE)
        (void)snprintf(start, sizeof start, "%s:%s", path, line == NO_LINE ? " " : "");
    else
        (void)snprintf(start, sizeof start, "%s:%d: ", path, line);
    enum err e = config_load(path, &c, &why);
    config_free(e == ERR_OK ? c : NULL);
    ck_assert_msg(e == ERR_SYNTAX, "%s: expected %s, got %s: %s", name, err_text(ERR_SYNTAX),
                  err_text(e), why.text);
    ck_assert_msg(c == NULL, "%s: the result was written in spite of the failure", name);
    ck_assert_msg(strncmp(why.text, start, strlen(start)) == 0, "%s: expected line %d, got '%s'",
                  name, line, why.text);
    ck_assert_msg(strstr(why.text, says) != NULL, "%s: expected '%s', got '%s'", name, says,
                  why.text);
    ck_assert_int_eq(config_load(path, &c, NULL), ERR_SYNTAX);
}

static bool is_in_config(const struct config_key *key)
{
    return strcmp(key->section, "node") != 0 && strcmp(key->section, "listen") != 0;
}

/** A file that sets one key, on line 2. */
static void set_key(char *to, size_t size, const struct config_key *key, const char *value)
{
    bool is_top = key->section[0] == '\0';

    (void)snprintf(to, size, NODE_LINE "%s%s%s = \"%s\"%s\n", key->section, is_top ? "" : " { ",
                   key->name, value, is_top ? "" : " }");
}

static const void *field(const struct config *c, const struct config_key *key)
{
    return (const char *)c + key->offset;
}

static void expect_number(const struct config_key *key, const char *value, unsigned long want)
{
    char text[512];

    set_key(text, sizeof text, key, value);
    struct config *c = load(key->name, text);
    ck_assert_msg(*(const unsigned *)field(c, key) == want, "%s = %s: got %u", key->name, value,
                  *(const unsigned *)field(c, key));
    config_free(c);
}

static void expect_bad_value(const struct config_key *key, const char *value, const char *says)
{
    char text[512];
    char want[640];
    bool is_top = key->section[0] == '\0';

    set_key(text, sizeof text, key, value);
    (void)snprintf(want, sizeof want, ":2: %s%s%s: %s", key->section, is_top ? "" : ": ", key->name,
                   says);
    expect_bad(key->name, text, 2, want);
}

static void check_number(const struct config_key *key)
{
    static const char *const wrong[] = {
        "-1", "+5", "x", "5x", "1.5", "0x10", " 5", "5 ", "1e3", "", "99999999999999999999999"};
    char text[32];
    char says[128];

    (void)snprintf(text, sizeof text, "%lu", key->min);
    expect_number(key, text, key->min);
    (void)snprintf(text, sizeof text, "%lu", key->max);
    expect_number(key, text, key->max);
    (void)snprintf(text, sizeof text, "000%lu", key->min);
    expect_number(key, text, key->min);
    (void)snprintf(text, sizeof text, "%lu", key->max + 1);
    (void)snprintf(says, sizeof says, "'%s' is not a number from %lu to %lu", text, key->min,
                   key->max);
    expect_bad_value(key, text, says);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        (void)snprintf(says, sizeof says, "'%s' is not a number from", wrong[i]);
        expect_bad_value(key, wrong[i], says);
    }
    if (key->min == 0)
        return;
    (void)snprintf(text, sizeof text, "%lu", key->min - 1);
    expect_bad_value(key, text, "'");
}

static void check_bool(const struct config_key *key)
{
    static const char *const good[] = {"no", "yes", "off", "on", "false", "true",
                                       "No", "YES", "Off", "ON", "FALSE", "True"};
    static const char *const wrong[] = {"", "0", "1", "maybe", "y", "yess", " yes"};
    char text[512];

    for (size_t i = 0; i < COUNT(good); i++) {
        set_key(text, sizeof text, key, good[i]);
        struct config *c = load(good[i], text);
        ck_assert_msg(*(const bool *)field(c, key) == (i % 2 == 1), "%s = %s", key->name, good[i]);
        config_free(c);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_bad_value(key, wrong[i], "'");
}

static void check_words(const struct config_key *key)
{
    static const char *const wrong[] = {"", "x", "immediate|on-restart", "REFUSE", "Info", "err"};
    char text[512];
    char words[128];
    char *save = NULL;
    int i = 0;

    (void)snprintf(words, sizeof words, "%s", key->words);
    for (char *w = strtok_r(words, "|", &save); w != NULL; w = strtok_r(NULL, "|", &save), i++) {
        set_key(text, sizeof text, key, w);
        struct config *c = load(w, text);
        ck_assert_msg(*(const int *)field(c, key) == i, "%s = %s", key->name, w);
        config_free(c);
    }
    for (size_t j = 0; j < COUNT(wrong); j++) {
        (void)snprintf(text, sizeof text, "'%s' is not one of %s", wrong[j], key->words);
        expect_bad_value(key, wrong[j], text);
    }
}

static void check_path(const struct config_key *key)
{
    static const char *const relative[] = {"x", "../x/y", "./x", "x y", "\xc3\xbc"};
    char text[512];

    for (size_t i = 0; i < COUNT(relative); i++) {
        set_key(text, sizeof text, key, relative[i]);
        struct config *c = load(relative[i], text);
        const char *got = *(const char *const *)field(c, key);
        ck_assert_msg(strcmp(got, scratch_path(relative[i])) == 0, "%s: got '%s'", relative[i],
                      got);
        config_free(c);
    }
    set_key(text, sizeof text, key, "/x/y");
    struct config *c = load("absolute", text);
    ck_assert_str_eq(*(const char *const *)field(c, key), "/x/y");
    config_free(c);
    expect_bad_value(key, "", "a path is missing");
}

START_TEST(key_values)
{
    size_t n = 0;
    const struct config_key *key = &config_keys(&n)[_i];

    if (!is_in_config(key))
        return; /* their rows are among the files */
    if (key->type == CONFIG_NUMBER)
        check_number(key);
    else if (key->type == CONFIG_BOOL)
        check_bool(key);
    else if (key->type == CONFIG_WORD)
        check_words(key);
    else
        check_path(key);
}
END_TEST

static bool same_text(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

/** The table is what is documented; each key has its help, without a word on the parser. */
START_TEST(key_row)
{
    const struct key_row *row = &key_rows[_i];
    size_t n = 0;
    const struct config_key *key = &config_keys(&n)[_i];

    ck_assert_uint_eq(n, key_n_rows);
    ck_assert_msg(strcmp(key->section, row->section) == 0 && strcmp(key->name, row->name) == 0,
                  "row %d: expected %s %s, got %s %s", _i, row->section, row->name, key->section,
                  key->name);
    ck_assert_msg(key->type == row->type, "%s: type", row->name);
    ck_assert_msg(key->min == row->min && key->max == row->max, "%s: from %lu to %lu", row->name,
                  key->min, key->max);
    ck_assert_msg(same_text(key->value, row->value), "%s: default '%s'", row->name,
                  shown_text(key->value));
    ck_assert_msg(same_text(key->words, row->words), "%s: words '%s'", row->name,
                  shown_text(key->words));
    size_t length = strlen(key->help);
    ck_assert_msg(length > 0 && key->help[length - 1] == '.', "%s: help '%s'", row->name,
                  key->help);
}
END_TEST

START_TEST(defaults)
{
    struct config *c = load("defaults", NODE_LINE);

    ck_assert_str_eq(c->path, scratch_path("a.conf"));
    ck_assert_str_eq(c->state_dir, scratch_path("../state"));
    ck_assert_str_eq(c->cert_dir, scratch_path("../certs/lab"));
    ck_assert_str_eq(c->gadget_dir, scratch_path("3rdpartygadget"));
    ck_assert_str_eq(c->layout, scratch_path("layout.xml"));
    ck_assert_int_eq(c->apply_changes, APPLY_IMMEDIATE);
    ck_assert_int_eq(c->log_level, LOG_LEVEL_INFO);
    ck_assert_int_eq(c->cors_disabled_answer, CORS_DISABLED_REFUSE);
    ck_assert(c->hsts && !c->strict_urls && !c->trace_bodies && c->trace_enabled);
    ck_assert_uint_eq(c->restart_seconds, 0);
    ck_assert_uint_eq(c->max_connections, 1024);
    ck_assert_uint_eq(c->max_per_ip, 256);
    ck_assert_uint_eq(c->max_header_bytes, 8192);
    ck_assert_uint_eq(c->max_body_bytes, 1048576);
    ck_assert_uint_eq(c->idle_seconds, 30);
    ck_assert_uint_eq(c->trace_keep, 100000);
    ck_assert_uint_eq(c->trace_queue, 4096);
    ck_assert_uint_eq(c->n_endpoints, 0);
    ck_assert_uint_eq(c->n_finesse, 0);
    ck_assert_uint_eq(c->n_nodes, 1);
    config_free(c);
    config_free(NULL);
}
END_TEST

START_TEST(bad)
{
    const struct bad_row *row = &bad_rows[_i];

    expect_bad(row->name, row->text, row->line, row->says);
}
END_TEST

/** The address of an endpoint, printed from its bytes. */
static void print_address(struct buf *to, const struct endpoint *e)
{
    const struct sockaddr_in *v4 = (const void *)&e->addr;
    const struct sockaddr_in6 *v6 = (const void *)&e->addr;
    char text[INET6_ADDRSTRLEN];

    if (e->addr.ss_family == AF_INET6) {
        ck_assert_uint_eq(e->addr_bytes, sizeof *v6);
        ck_assert_ptr_nonnull(inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text));
        (void)buf_printf(to, "%s [%s]:%u\n", site_name(e->site), text, ntohs(v6->sin6_port));
    } else {
        ck_assert_uint_eq(e->addr_bytes, sizeof *v4);
        ck_assert_ptr_nonnull(inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text));
        (void)buf_printf(to, "%s %s:%u\n", site_name(e->site), text, ntohs(v4->sin_port));
    }
}

START_TEST(good)
{
    const struct good_row *row = &good_rows[_i];
    struct config *c = load(row->name, row->text);
    struct buf got;

    buf_init(&got, TEXT_MAX);
    for (size_t i = 0; i < c->n_nodes; i++)
        (void)buf_printf(&got, "%s %s %s\n", c->nodes[i].name, c->nodes[i].hostname,
                         c->nodes[i].is_publisher ? "publisher" : "subscriber");
    for (size_t i = 0; i < c->n_endpoints; i++)
        print_address(&got, &c->endpoints[i]);
    for (size_t i = c->n_nodes; i < config_all_nodes(c); i++)
        (void)buf_printf(&got, "%s is %s\n", c->nodes[i].name, c->nodes[i].hostname);
    ck_assert_msg(strcmp(buf_text(&got), row->want) == 0, "%s: expected '%s', got '%s'", row->name,
                  row->want, buf_text(&got));
    buf_clear(&got);
    config_free(c);
}
END_TEST

Suite *suite_config(void)
{
    Suite *s = suite_create("config");
    TCase *keys = tcase_create("keys");
    TCase *files = tcase_create("files");
    size_t n = 0;

    (void)config_keys(&n);
    tcase_add_checked_fixture(keys, scratch_set_up, scratch_tear_down);
    add_rows(keys, key_row, key_n_rows);
    add_rows(keys, key_values, n);
    tcase_add_test(keys, defaults);
    tcase_add_checked_fixture(files, scratch_set_up, scratch_tear_down);
    add_rows(files, bad, bad_n_rows);
    add_rows(files, good, good_n_rows);
    suite_add_tcase(s, keys);
    suite_add_tcase(s, files);
    suite_add_tcase(s, tcase_config_nodes());
    suite_add_tcase(s, tcase_config_file());
    return s;
}
