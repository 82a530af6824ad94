/* Protocol versions, certificates by SNI, resumption, and new certificates while running. */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "suites.h"

static struct lab lab;

static void start(void)
{
    start_article(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

/* ---- versions ---- */

static const struct version {
    int version;
    const char *name; /* NULL: refused */
    const char *cipher;
} versions[] = {
    {TLS1_3_VERSION, "TLSv1.3", "TLS_AES_128_GCM_SHA256"},
    {TLS1_2_VERSION, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {TLS1_1_VERSION, NULL, NULL},
    {TLS1_VERSION, NULL, NULL},
};

START_TEST(version)
{
    const struct version *v = &versions[_i];
    struct wire_options o = {
        .port = lab.port[0], .sni = PUB, .min_version = v->version, .max_version = v->version};
    int reason = 0;
    struct wire *w = wire_try(&o, &reason);

    ck_assert_int_eq(w != NULL, v->name != NULL);
    if (w == NULL) { /* by the server: our own library did try. It closes without an alert. */
        ck_assert_int_eq(reason, SSL_R_UNEXPECTED_EOF_WHILE_READING);
        return;
    }
    ck_assert_str_eq(SSL_get_version(wire_ssl(w)), v->name);
    ck_assert_str_eq(SSL_get_cipher_name(wire_ssl(w)), v->cipher);
    ck_assert_uint_eq(preflight(w, PUB, LISTED), 200);
    wire_close(w);
}
END_TEST

/* ---- certificates ---- */

static X509 *shown(struct wire *w)
{
    X509 *crt = SSL_get0_peer_certificate(wire_ssl(w));

    ck_assert_ptr_nonnull(crt);
    return crt;
}

static const struct sni {
    const char *sni;
    const char *host; /* of the certificate */
} snis[] = {
    {PUB, PUB},         {SUB, SUB},     {"CuicSub.UccelaB.TAC", SUB}, {NULL, PUB},
    {"x.example", PUB}, {"x" SUB, PUB}, {"localhost", PUB},
};

START_TEST(certificate_by_sni)
{
    const struct sni *row = &snis[_i];
    struct wire_options o = {.port = lab.port[0], .sni = row->sni, .verify = row->host};
    struct wire *w = wire_try(&o, NULL);

    ck_assert_ptr_nonnull(w);
    ck_assert_int_eq(X509_check_host(shown(w), row->host, 0, 0, NULL), 1);
    ck_assert_int_eq(X509_check_host(shown(w), strcmp(row->host, PUB) == 0 ? SUB : PUB, 0, 0, NULL),
                     0);
    ck_assert_int_eq(EVP_PKEY_get_base_id(X509_get0_pubkey(shown(w))), EVP_PKEY_EC);
    wire_close(w);
}
END_TEST

/** That the tests do verify: the same certificate under another name is refused. */
START_TEST(verification_is_on)
{
    struct wire_options name = {.port = lab.port[0], .sni = SUB, .verify = PUB};
    struct wire_options ca = {.port = lab.port[0], .sni = PUB, .ca = TEST_CERT_DIR "/" SUB ".crt"};
    int reason = 0;

    ck_assert_ptr_null(wire_try(&name, &reason));
    ck_assert_int_eq(reason, SSL_R_CERTIFICATE_VERIFY_FAILED);
    ck_assert_ptr_null(wire_try(&ca, &reason));
    ck_assert_int_eq(reason, SSL_R_CERTIFICATE_VERIFY_FAILED);
}
END_TEST

/* ---- resumption ---- */

static const int resumed_versions[] = {TLS1_3_VERSION, TLS1_2_VERSION};

/** Several times: any of the server's threads must accept a ticket that another one gave. */
START_TEST(resumption)
{
    int v = resumed_versions[_i];
    struct wire_options o = {.port = lab.port[0], .sni = SUB, .min_version = v, .max_version = v};
    unsigned resumed = 0;

    for (unsigned i = 0; i < 12; i++) {
        struct wire *w = wire_try(&o, NULL);
        ck_assert_ptr_nonnull(w);
        SSL_SESSION_free(o.session);
        ck_assert_uint_eq(preflight(w, SUB, LISTED), 200); /* in 1.3 the ticket comes with it */
        resumed += SSL_session_reused(wire_ssl(w)) == 1 ? 1 : 0;
        o.session = SSL_get1_session(wire_ssl(w));
        ck_assert_int_eq(SSL_SESSION_is_resumable(o.session), 1);
        wire_close(w);
    }
    ck_assert_uint_eq(resumed, 11);
    SSL_SESSION_free(o.session);
}
END_TEST

/* ---- SIGHUP ---- */

static void start_with_own_certs(void)
{
    lab_init(&lab, "cert_dir = \"certs\"\nlog_level = info\n");
    copy_certs(&lab);
    lab_must(&lab, "lab reset article");
    lab_start_server(&lab);
}

static void serial_of(struct wire *w, char to[64])
{
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(shown(w)), NULL);
    char *hex = n == NULL ? NULL : BN_bn2hex(n);

    ck_assert_ptr_nonnull(hex);
    (void)snprintf(to, 64, "%s", hex);
    OPENSSL_free(hex);
    BN_free(n);
}

static void serial_now(const char *host, char to[64])
{
    struct wire *w = wire_open(lab.port[0], host);

    serial_of(w, to);
    ck_assert_uint_eq(preflight(w, host, LISTED), 200);
    wire_close(w);
}

static void make_new_pub_certificate(void)
{
    char folder[128];
    const char *argv[] = {TEST_SOURCE_DIR "/certs/make-certs.sh", "-d", folder, PUB, SUB, NULL};

    (void)snprintf(folder, sizeof folder, "%s/certs", lab.dir);
    ck_assert_int_eq(unlink(lab_path(&lab, "certs/" PUB ".crt")), 0);
    ck_assert_int_eq(unlink(lab_path(&lab, "certs/" PUB ".key")), 0);
    run_tool(argv);
}

START_TEST(new_certificate)
{
    char before[64];
    char sub_before[64];
    char after[64];
    struct wire *open_one = wire_open(lab.port[0], PUB);

    serial_of(open_one, before);
    serial_now(SUB, sub_before);
    ck_assert_uint_eq(preflight(open_one, PUB, PUB_ONLY), 200);
    make_new_pub_certificate();
    serial_now(PUB, after);
    ck_assert_str_eq(after, before); /* until it is told */
    (void)kill(lab.server.pid, SIGHUP);
    wait_for_log(&lab, "certificates read again");
    serial_now(PUB, after);
    ck_assert_str_ne(after, before);
    serial_now(SUB, after);
    ck_assert_str_eq(after, sub_before);
    ck_assert_uint_eq(preflight(open_one, PUB, PUB_ONLY), 200);
    wire_close(open_one);
}
END_TEST

static const char *const broken_files[] = {PUB ".crt", PUB ".key", SUB ".crt", SUB ".key"};

/** Whichever file is broken: all certificates stay as they were, and the log names the file. */
START_TEST(broken_certificate)
{
    static const char garbage[] = "not a certificate\n";
    char path[128];
    char before[64];
    char after[64];
    struct wire *open_one = wire_open(lab.port[0], PUB);

    serial_now(PUB, before);
    (void)snprintf(path, sizeof path, "certs/%s", broken_files[_i]);
    test_write_file(lab_path(&lab, path), garbage, sizeof garbage - 1);
    (void)kill(lab.server.pid, SIGHUP);
    wait_for_log(&lab, "the certificates read before stay in use");
    wait_for_log(&lab, path);
    serial_now(PUB, after);
    ck_assert_str_eq(after, before);
    serial_now(SUB, after);
    ck_assert_uint_eq(preflight(open_one, PUB, PUB_ONLY), 200);
    wire_close(open_one);
}
END_TEST

/** SIGHUP over and over while connections come and go. */
START_TEST(many_reloads)
{
    struct wire *open_one = wire_open(lab.port[0], SUB);

    for (unsigned i = test_scaled(100); i > 0; i--) {
        (void)kill(lab.server.pid, SIGHUP);
        ck_assert_uint_eq(preflight_once(&lab, PUB, LISTED), 200);
        ck_assert_uint_eq(preflight(open_one, SUB, PUB_ONLY), 403);
    }
    wire_close(open_one);
}
END_TEST

Suite *suite_tls(void)
{
    Suite *s = suite_create("tls");
    TCase *tc = new_case(s, "handshakes");
    TCase *reload = new_case(s, "reload");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, version, 0, (int)COUNT(versions));
    tcase_add_loop_test(tc, certificate_by_sni, 0, (int)COUNT(snis));
    tcase_add_test(tc, verification_is_on);
    tcase_add_loop_test(tc, resumption, 0, (int)COUNT(resumed_versions));
    tcase_add_checked_fixture(reload, start_with_own_certs, stop);
    tcase_add_test(reload, new_certificate);
    tcase_add_loop_test(reload, broken_certificate, 0, (int)COUNT(broken_files));
    tcase_add_test(reload, many_reloads);
    return s;
}
