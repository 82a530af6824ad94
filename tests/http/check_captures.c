/* The captured exchanges, replayed with libcurl over TLS with verification on. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "suites.h"

#define LINES_MAX     40
#define REFUSAL_BYTES 2143

/** Lines of a text, cut in place; '\r' is dropped, empty lines are left away. */
struct lines {
    char *text;
    size_t n;
    char *at[LINES_MAX];
};

/** A captured request: "OPTIONS https://HOST/cuic/ HTTP/1.1" and header lines. */
struct captured {
    struct lines request;
    char url[128];
    char host[64];
};

/** What curl got. */
struct answer {
    struct lines head;
    struct lines sent;
    size_t body_bytes;
};

static struct lab lab;

static struct lines cut(char *text)
{
    struct lines l = {.text = text};
    char *save = NULL;

    for (char *p = strtok_r(text, "\r\n", &save); p != NULL; p = strtok_r(NULL, "\r\n", &save)) {
        ck_assert_uint_lt(l.n, LINES_MAX);
        l.at[l.n++] = p;
    }
    return l;
}

static struct lines read_capture(const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/captures/%s", TEST_DATA_DIR, name);
    char *text = test_read_file(path, NULL);
    ck_assert_msg(text != NULL, "%s cannot be read", path);
    return cut(text);
}

static struct captured read_request(const char *name)
{
    struct captured c = {.request = read_capture(name)};
    int n = sscanf(c.request.at[0], "OPTIONS %127s HTTP/1.1", c.url);

    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(sscanf(c.url, "https://%63[^/]/", c.host), 1);
    return c;
}

/* ---- curl ---- */

static size_t write_to_stream(char *data, size_t size, size_t n, void *stream)
{
    return fwrite(data, size, n, stream);
}

static size_t count_bytes(char *data, size_t size, size_t n, void *total)
{
    (void)data;
    *(size_t *)total += size * n;
    return size * n;
}

static int note_sent(CURL *curl, curl_infotype type, char *data, size_t n, void *stream)
{
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        (void)fwrite(data, 1, n, stream);
    return 0;
}

static void set_options(CURL *curl, const struct captured *c, bool is_absolute,
                        struct curl_slist *to, struct curl_slist *headers)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, c->url);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECT_TO, to);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "OPTIONS");
    (void)curl_easy_setopt(curl, CURLOPT_CAINFO, TEST_CERT_DIR "/ca.crt");
    (void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PROC_DEADLINE_MS);
    if (is_absolute)
        (void)curl_easy_setopt(curl, CURLOPT_REQUEST_TARGET, c->url);
}

static void perform(CURL *curl, struct answer *ret)
{
    char *head = NULL;
    char *sent = NULL;
    size_t head_bytes = 0;
    size_t sent_bytes = 0;
    FILE *head_stream = open_memstream(&head, &head_bytes);
    FILE *sent_stream = open_memstream(&sent, &sent_bytes);

    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, write_to_stream);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, head_stream);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &ret->body_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, note_sent);
    (void)curl_easy_setopt(curl, CURLOPT_DEBUGDATA, sent_stream);
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "curl: %s", curl_easy_strerror(code));
    (void)fclose(head_stream);
    (void)fclose(sent_stream);
    ret->head = cut(head);
    ret->sent = cut(sent);
}

/** Curl must have sent what was captured: its own Host, then every captured line in its order. */
static void check_sent(const struct captured *c, bool is_absolute, const struct answer *a)
{
    char line[256];

    (void)snprintf(line, sizeof line, "OPTIONS %s HTTP/1.1", is_absolute ? c->url : "/cuic/");
    ck_assert_str_eq(a->sent.at[0], line);
    (void)snprintf(line, sizeof line, "Host: %s", c->host);
    ck_assert_str_eq(a->sent.at[1], line);
    ck_assert_uint_eq(a->sent.n, c->request.n + 1);
    for (size_t i = 1; i < c->request.n; i++)
        ck_assert_str_eq(a->sent.at[i + 1], c->request.at[i]);
}

static struct answer replay(const struct captured *c, bool is_absolute)
{
    struct answer a = {.body_bytes = 0};
    struct curl_slist *headers = NULL;
    char to[128];
    CURL *curl = curl_easy_init();

    ck_assert_ptr_nonnull(curl);
    (void)snprintf(to, sizeof to, "%s:443:127.0.0.1:%u", c->host, lab.port[0]);
    struct curl_slist *connect_to = curl_slist_append(NULL, to);
    for (size_t i = 1; i < c->request.n; i++)
        headers = curl_slist_append(headers, c->request.at[i]);
    set_options(curl, c, is_absolute, connect_to, headers);
    perform(curl, &a);
    check_sent(c, is_absolute, &a);
    curl_easy_cleanup(curl);
    curl_slist_free_all(connect_to);
    curl_slist_free_all(headers);
    return a;
}

static void clear(struct answer *a)
{
    free(a->head.text);
    free(a->sent.text);
}

static unsigned status_of(const struct answer *a)
{
    unsigned status = 0;

    ck_assert_int_eq(sscanf(a->head.at[0], "HTTP/1.1 %u", &status), 1);
    return status;
}

/* ---- comparing ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/** The 32 hex digits of a set-cookie line, checked against the recorded one around them. */
static void check_cookie(const char *recorded, const char *line)
{
    static const char name[] = "set-cookie: JSESSIONID=";
    size_t n = sizeof name - 1;

    ck_assert_msg(begins(line, name), "%s", line);
    ck_assert_uint_eq(strspn(line + n, "0123456789ABCDEF"), 32);
    ck_assert_str_eq(line + n + 32, recorded + n + 32);
}

static void check_date(const char *line)
{
    char text[64] = "";
    char day[4];
    char month[4];
    int d;
    int y;
    int h;
    int m;
    int s;

    int n = sscanf(line, "date: %3[A-Z a-z], %2d %3[A-Z a-z] %4d %2d:%2d:%2d GMT", day, &d, month,
                   &y, &h, &m, &s);
    ck_assert_msg(n == 7, "%s", line);
    (void)snprintf(text, sizeof text, "date: %s, %02d %s %04d %02d:%02d:%02d GMT", day, d, month, y,
                   h, m, s);
    ck_assert_str_eq(line, text);
}

/** Header lines equal to the recorded ones, in order; content-length, which the HTTP library
 *  writes itself, last. */
static void check_head(const struct lines *recorded, const char *left_away, const struct answer *a)
{
    char length[64];
    size_t at = 1;

    for (size_t i = 1; i < recorded->n; i++) {
        const char *line = recorded->at[i];
        if (begins(line, "content-length: ") || (left_away != NULL && begins(line, left_away)))
            continue;
        ck_assert_msg(at < a->head.n, "missing: %s", line);
        if (begins(line, "date: "))
            check_date(a->head.at[at]);
        else if (begins(line, "set-cookie: "))
            check_cookie(line, a->head.at[at]);
        else
            ck_assert_str_eq(a->head.at[at], line);
        at++;
    }
    (void)snprintf(length, sizeof length, "Content-Length: %zu", a->body_bytes);
    ck_assert_uint_eq(at + 1, a->head.n);
    ck_assert_str_eq(a->head.at[at], length);
}

/* ---- tests ---- */

static void start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    start_article(&lab, NULL);
}

static void stop(void)
{
    lab_clear(&lab);
}

static const struct row {
    const char *name; /* of the files */
    bool is_absolute; /* the target as captured, instead of its path */
    unsigned status;
    size_t body_bytes;
} rows[] = {
    {"cuicpub-options-allowed", false, 200, 0},
    {"cuicpub-options-allowed", true, 200, 0},
    {"cuicsub-preflight-refused", false, 403, REFUSAL_BYTES},
    {"cuicsub-preflight-refused", true, 403, REFUSAL_BYTES},
};

static struct captured capture_named(const char *name, struct lines *ret_response)
{
    char file[96];

    (void)snprintf(file, sizeof file, "%s.response.txt", name);
    *ret_response = read_capture(file);
    (void)snprintf(file, sizeof file, "%s.request.txt", name);
    return read_request(file);
}

START_TEST(captured_answer)
{
    const struct row *row = &rows[_i];
    struct lines recorded;
    struct captured c = capture_named(row->name, &recorded);
    struct answer a = replay(&c, row->is_absolute);

    ck_assert_uint_eq(status_of(&a), row->status);
    ck_assert_uint_eq(a.body_bytes, row->body_bytes);
    check_head(&recorded, NULL, &a);
    clear(&a);
    free(c.request.text);
    free(recorded.text);
}
END_TEST

START_TEST(session_ids_differ)
{
    enum { N = 20 };
    struct captured c = read_request("cuicsub-preflight-refused.request.txt");
    struct answer a[N];

    for (size_t i = 0; i < N; i++) {
        a[i] = replay(&c, false);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(a[i].head.at[5], a[j].head.at[5]);
        ck_assert(begins(a[i].head.at[5], "set-cookie: "));
    }
    for (size_t i = 0; i < N; i++)
        clear(&a[i]);
    free(c.request.text);
}
END_TEST

static void check_status(const struct captured *c, unsigned status)
{
    struct answer a = replay(c, false);

    ck_assert_uint_eq(status_of(&a), status);
    clear(&a);
}

/** The captured refusal becomes what the publisher answers, less the application's `allow`. */
START_TEST(one_command_mends_it)
{
    struct lines recorded = read_capture("cuicpub-options-allowed.response.txt");
    struct captured c = read_request("cuicsub-preflight-refused.request.txt");

    check_status(&c, 403);
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    struct answer a = replay(&c, false);
    ck_assert_uint_eq(status_of(&a), 200);
    check_head(&recorded, "allow: ", &a);
    clear(&a);
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin delete " PUB_ONLY);
    check_status(&c, 403);
    free(c.request.text);
    free(recorded.text);
}
END_TEST

START_TEST(on_restart_an_edit_waits)
{
    struct captured c = read_request("cuicsub-preflight-refused.request.txt");

    stop();
    start_article(&lab, "apply_changes = on-restart\n");
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin add " PUB_ONLY);
    check_status(&c, 403);
    lab_must(&lab, "-n cuicpub utils service restart " CORS_SERVICE);
    check_status(&c, 403);
    lab_must(&lab, "-n cuicsub utils service restart " CORS_SERVICE);
    check_status(&c, 200);
    lab_must(&lab, "-n cuicsub utils cuic cors allowed_origin delete " PUB_ONLY);
    check_status(&c, 200);
    lab_must(&lab, "-n cuicsub utils service restart " CORS_SERVICE);
    check_status(&c, 403);
    free(c.request.text);
}
END_TEST

Suite *suite_captures(void)
{
    Suite *s = suite_create("captures");
    TCase *tc = new_case(s, "replayed");

    tcase_add_checked_fixture(tc, start, stop);
    tcase_add_loop_test(tc, captured_answer, 0, (int)COUNT(rows));
    tcase_add_test(tc, session_ids_differ);
    tcase_add_test(tc, one_command_mends_it);
    tcase_add_test(tc, on_restart_an_edit_waits);
    return s;
}
