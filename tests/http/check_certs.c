/* Certificates and keys that cannot be used: the server says which file and why, and does not
 * start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

#define CRT "certs/" SUB ".crt" /* the second node's: all are checked */
#define KEY "certs/" SUB ".key"
#define DAYS_OVER                                                                                  \
    "activation_date = \"2020-01-01 00:00:00\"\nexpiration_date = \"2020-02-01 00:00:00\"\n"
#define DAYS_AHEAD                                                                                 \
    "activation_date = \"2090-01-01 00:00:00\"\nexpiration_date = \"2091-01-01 00:00:00\"\n"

static struct lab lab;

static void start(void)
{
    lab_init(&lab, "cert_dir = \"certs\"\n");
    copy_certs(&lab);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- how to spoil them ---- */

static void put(const char *file, const char *text)
{
    test_write_file(lab_path(&lab, file), text, strlen(text));
}

static void copy_within(const char *from, const char *to)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s", lab_path(&lab, from));
    copy_file(path, lab_path(&lab, to));
}

static void drop(const char *file)
{
    ck_assert_int_eq(unlink(lab_path(&lab, file)), 0);
}

/** A certificate of the lab's CA for the node's own key, with dates as the template says. */
static void sign(const char *dates)
{
    enum { TEMPLATE, LEAF_KEY, CA_CRT, CA_KEY, LEAF, PATHS };
    static const char *const file[PATHS] = {"template", KEY, "certs/ca.crt", "certs/ca.key", CRT};
    char path[PATHS][256];
    char text[512];

    for (size_t i = 0; i < PATHS; i++)
        (void)snprintf(path[i], sizeof path[i], "%s", lab_path(&lab, file[i]));
    (void)snprintf(text, sizeof text,
                   "cn = \"" SUB "\"\ndns_name = \"" SUB "\"\nsigning_key\ntls_www_server\n%s",
                   dates);
    put("template", text);
    const char *argv[] = {"certtool",
                          "--generate-certificate",
                          "--load-privkey",
                          path[LEAF_KEY],
                          "--load-ca-certificate",
                          path[CA_CRT],
                          "--load-ca-privkey",
                          path[CA_KEY],
                          "--template",
                          path[TEMPLATE],
                          "--outfile",
                          path[LEAF],
                          NULL};
    run_tool(argv);
}

static void no_certificate(void)
{
    drop(CRT);
}

static void no_key(void)
{
    drop(KEY);
}

static void key_of_another(void)
{
    copy_within("certs/" PUB ".key", KEY);
}

static void certificate_of_another(void)
{
    copy_within("certs/" PUB ".crt", CRT);
    copy_within("certs/" PUB ".key", KEY);
}

static void expired(void)
{
    sign(DAYS_OVER);
}

static void not_yet_valid(void)
{
    sign(DAYS_AHEAD);
}

static void garbage_certificate(void)
{
    put(CRT, "garbage\n");
}

static void garbage_key(void)
{
    put(KEY, "garbage\n");
}

static void garbage_in_pem(void)
{
    put(KEY, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
}

static void empty_certificate(void)
{
    put(CRT, "");
}

static void empty_key(void)
{
    put(KEY, "");
}

static void certificate_as_key(void)
{
    copy_within(CRT, KEY);
}

static void folder_as_key(void)
{
    drop(KEY);
    ck_assert_int_eq(mkdir(lab_path(&lab, KEY), 0755), 0);
}

static void large_certificate(void)
{
    enum { N = 100000 };
    char *text = malloc(N + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, 'a', N);
    text[N] = '\0';
    put(CRT, text);
    free(text);
}

static void no_folder(void)
{
    lab_write_config(&lab, "state_dir = \"state\"\ncert_dir = \"elsewhere\"\n"
                           "node cuicsub { hostname = \"" SUB "\" }\n"
                           "listen cuic { addresses = {\"127.0.0.1:0\"} }\n");
}

static const struct row {
    void (*spoil)(void);
    const char *file; /* named in the message */
    const char *said;
} rows[] = {
    {no_certificate, CRT, "there is no such file"},
    {no_key, KEY, "there is no such file"},
    {key_of_another, KEY, "the key does not belong to the certificate"},
    {certificate_of_another, CRT, "not for this host name"},
    {expired, CRT, "expired on Sat, 01 Feb 2020 00:00:00 GMT"},
    {not_yet_valid, CRT, "not valid before Sun, 01 Jan 2090 00:00:00 GMT"},
    {garbage_certificate, CRT, "not a PEM certificate"},
    {garbage_key, KEY, "not a PEM private key"},
    {garbage_in_pem, KEY, "not a PEM private key"},
    {empty_certificate, CRT, "not a PEM certificate"},
    {empty_key, KEY, "not a PEM private key"},
    {certificate_as_key, KEY, "not a PEM private key"},
    {folder_as_key, KEY, "Is a directory"},
    {large_certificate, CRT, "too large"},
    {no_folder, "elsewhere/" SUB ".crt", "there is no such file"},
};

/* ---- running ---- */

/** Both ways of starting end with 3 and name file, cause and remedy; nothing is made. */
static void check_refused(const char *file, const char *said)
{
    const char *argv[] = {"cuicsim-server", "-c", lab.config, NULL, NULL};

    for (unsigned i = 0; i < 2; i++) {
        argv[3] = i == 0 ? NULL : "-t";
        char *before = folder_text(lab.dir);
        struct proc_result r = proc_run(argv, NULL, lab.options);
        char *after = folder_text(lab.dir);
        ck_assert_msg(r.status == 3, "%s: exit status %d %s", said, r.status, r.err);
        ck_assert_msg(strstr(r.err, lab_path(&lab, file)) != NULL, "%s: %s", said, r.err);
        ck_assert_msg(strstr(r.err, said) != NULL, "%s: %s", said, r.err);
        ck_assert_msg(strstr(r.err, "make certs") != NULL, "%s: %s", said, r.err);
        ck_assert_str_eq(r.out, "");
        ck_assert_str_eq(before, after);
        free(before);
        free(after);
        proc_result_clear(&r);
    }
}

START_TEST(bad_certificate)
{
    rows[_i].spoil();
    check_refused(rows[_i].file, rows[_i].said);
}
END_TEST

START_TEST(unreadable_key)
{
    struct proc_options options = {.unprivileged = true};

    if (!can_be_unprivileged())
        return;
    if (geteuid() == 0)
        ck_assert_int_eq(chown(lab_path(&lab, KEY), 0, 0), 0);
    ck_assert_int_eq(chmod(lab_path(&lab, KEY), geteuid() == 0 ? 0600 : 0), 0);
    lab.options = &options;
    check_refused(KEY, "Permission denied");
}
END_TEST

/** The tools make what the server takes; the rows above then fail for the reason they name. */
START_TEST(good_certificate)
{
    const char *argv[] = {"cuicsim-server", "-c", lab.config, "-t", NULL};

    sign("expiration_days = 30\n");
    struct proc_result r = proc_run(argv, NULL, NULL);
    ck_assert_msg(r.status == 0, "%s", r.err);
    proc_result_clear(&r);
}
END_TEST

Suite *suite_certs(void)
{
    Suite *s = suite_create("certs");
    TCase *tc = new_case(s, "refused");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, bad_certificate, 0, (int)COUNT(rows));
    tcase_add_test(tc, unreadable_key);
    tcase_add_test(tc, good_certificate);
    return s;
}
