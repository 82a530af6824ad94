/* Secrets do not come through; everything else does, byte for byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support.h"
#include "trace/mask.h"

typedef void mask(struct buf *to, struct slice text);

struct row {
    const char *name;
    struct slice in;
    const char *want; /* NULL: as `in` */
};

static void expect(mask *f, const struct row *row)
{
    struct slice want = row->want == NULL ? row->in : slice_of(row->want);
    struct buf got;

    buf_init(&got, 65536);
    f(&got, row->in);
    ck_assert_msg(got.state == ERR_OK && slice_same((struct slice){buf_text(&got), got.n}, want),
                  "%s: expected '%s', got '%s'", row->name, shown(want),
                  shown_text(buf_text(&got)));
    buf_clear(&got);
}

#define M8  "[masked ~8]"
#define M16 "[masked ~16]"
#define M24 "[masked ~24]"

static const struct row url_rows[] = {
    {"plain", LIT("/cuic/"), NULL},
    {"no-text", NO_TEXT, ""},
    {"star", LIT("*"), NULL},
    {"query", LIT("/a?b=c&d&e=&=f"), NULL},
    {"token", LIT("/a?token=abc"), "/a?token=" M8},
    {"token-of-nine", LIT("/a?token=123456789"), "/a?token=" M16},
    {"empty-token", LIT("/a?token=&b=c"), "/a?token=&b=c"},
    {"between-others", LIT("/socket.io/?EIO=3&token=abc&t=x"),
     "/socket.io/?EIO=3&token=" M8 "&t=x"},
    {"twice", LIT("/?token=a&token=b"), "/?token=" M8 "&token=" M8},
    {"upper-case", LIT("/?TOKEN=a"), "/?TOKEN=" M8},
    {"encoded-name", LIT("/?%74oke%6e=a"), "/?%74oke%6e=" M8},
    {"broken-encoding", LIT("/?tok%4=a"), NULL},
    {"part-of-a-name", LIT("/?access_token=a&id-token=b"), "/?access_token=" M8 "&id-token=" M8},
    {"session", LIT("/?sid=a&side=b"), "/?sid=" M8 "&side=b"},
    {"password", LIT("/?j_password=a&pwd=b&passwd=c"), "/?j_password=" M8 "&pwd=" M8 "&passwd=" M8},
    {"value-with-equal-sign", LIT("/?token=a=b"), "/?token=" M8},
    {"value-with-semicolon", LIT("/?token=abcdef;ghijkl"), "/?token=" M16},
    {"behind-a-semicolon", LIT("/?a=1;token=b"), "/?a=1;token=" M8},
    {"fragment", LIT("/#access_token=a"), "/#access_token=" M8},
    {"path-parameter", LIT("/a;jsessionid=abc/b?c"), "/a;jsessionid=" M8 "/b?c"},
    {"path-parameter-kept", LIT("/a;v=1/b"), NULL},
    {"user", LIT("https://user:password@host/a"), "https://" M16 "@host/a"},
    {"user-of-a-target", LIT("user:password@host:443"), M16 "@host:443"},
    {"user-without-scheme", LIT("//u:p@host/a"), "//" M8 "@host/a"},
    {"at-sign-in-a-path", LIT("/users/a@b"), NULL},
    {"origin", LIT("https://desk.example:8445"), NULL},
    {"absolute", LIT("https://h/p?token=a"), "https://h/p?token=" M8},
    {"nested", LIT("/?to=https%3A%2F%2Fh%2F%3Ftoken%3Dabc"), "/?to=[masked ~32]"},
    {"nested-plain", LIT("/?to=https://h/?token=abc"), "/?to=" M24},
    {"nested-without", LIT("/?to=https%3A%2F%2Fh%2F%3Fa%3Db"), NULL},
    {"nul", LIT("/?token=a\0b"), "/?token=" M8},
    {"cut-name", LIT("/?tok"), NULL},
};

START_TEST(url)
{
    expect(mask_url, &url_rows[_i]);
}
END_TEST

#define HEAD(line) LIT("GET / HTTP/1.1\r\n" line "\r\n\r\n")
#define SAFE(line) "GET / HTTP/1.1\r\n" line "\r\n\r\n"

static const struct row head_rows[] = {
    {"nothing", LIT(""), NULL},
    {"only-a-line", LIT("GET / HTTP/1.1"), NULL},
    {"cut-after-the-line", LIT("GET / HTTP/1.1\r"), NULL},
    {"no-version", LIT("GET /?token=a\r\n\r\n"), "GET /?token=" M8 "\r\n\r\n"},
    {"target-with-blanks", LIT("GET /?token=a b HTTP/1.1\r\n\r\n"),
     "GET /?token=" M8 " HTTP/1.1\r\n\r\n"},
    {"status-line", LIT("HTTP/1.1 200 token=a\r\n\r\n"), NULL},
    {"ordinary", HEAD("Host: h\r\nAccept: */*\r\nAccept-Language: en;q=0.9\r\nX:"), NULL},
    {"duplicates", HEAD("A: 1\r\na: 2\r\nA: 1"), NULL},
    {"basic", HEAD("Authorization: Basic dXNlcjpwYXNz"), SAFE("Authorization: Basic " M16)},
    {"bearer", HEAD("authorization: bearer abc.def"), SAFE("authorization: bearer " M8)},
    {"unknown-scheme", HEAD("Authorization: abc def"), SAFE("Authorization: " M8)},
    {"scheme-alone", HEAD("Authorization: Basic"), NULL},
    {"blank-before-colon", HEAD("Authorization : Basic abc"), SAFE("Authorization : Basic " M8)},
    {"no-blank", HEAD("AUTHORIZATION:Basic abc"), SAFE("AUTHORIZATION:Basic " M8)},
    {"several-blanks", HEAD("Authorization: \t Basic   abc"),
     SAFE("Authorization: \t Basic   " M8)},
    {"proxy", HEAD("Proxy-Authorization: NTLM abc"), SAFE("Proxy-Authorization: NTLM " M8)},
    {"cookies", HEAD("Cookie: JSESSIONID=0123456789ABCDEF; b=; c"),
     SAFE("Cookie: JSESSIONID=" M16 "; b=; " M8)},
    {"cookie-with-equal-sign", HEAD("Cookie: a=b=c"), SAFE("Cookie: a=" M8)},
    {"set-cookie", HEAD("set-cookie: JSESSIONID=0123456789ABCDEF; Path=/cuic; Secure"),
     SAFE("set-cookie: JSESSIONID=" M16 "; Path=/cuic; Secure")},
    {"referer", HEAD("Referer: https://h/?token=a"), SAFE("Referer: https://h/?token=" M8)},
    {"location", HEAD("location: /a?sid=b"), SAFE("location: /a?sid=" M8)},
    {"host-with-user", HEAD("Host: u:p@h"), SAFE("Host: " M8 "@h")},
    {"named-token", HEAD("X-Auth-Token: abc"), SAFE("X-Auth-Token: " M8)},
    {"named-key", HEAD("X-Api-Key: abc\r\nX-Other-Key: abc"),
     SAFE("X-Api-Key: " M8 "\r\nX-Other-Key: " M8)},
    {"csrf", HEAD("X-CSRF-TOKEN: abc"), SAFE("X-CSRF-TOKEN: " M8)},
    {"in-any-value", HEAD("X-Original-Url: /a?token=b"), SAFE("X-Original-Url: /a?token=" M8)},
    {"cors",
     HEAD("Access-Control-Request-Headers: authorization,x-token\r\n"
          "Access-Control-Allow-Credentials: true"),
     NULL},
    {"websocket",
     HEAD("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
     NULL},
    {"challenge", HEAD("www-authenticate: Basic realm=\"Live Data\""), NULL},
    {"cut-value", LIT("GET / HTTP/1.1\r\nCookie: a=bc"), "GET / HTTP/1.1\r\nCookie: a=" M8},
    {"cut-name", LIT("GET / HTTP/1.1\r\nCook"), NULL},
    {"bare-line-ends", LIT("GET / HTTP/1.1\nA: b\n"), NULL},
    {"bare-return", HEAD("A: b\rc\r\nCookie: a=b\rc"), SAFE("A: b\rc\r\nCookie: a=" M8)},
    {"bytes", HEAD("A: \xff\xfe\x01\x7f"), NULL},
};

START_TEST(head)
{
    expect(mask_head, &head_rows[_i]);
}
END_TEST

START_TEST(long_name)
{
    char in[600];
    char want[600];

    memset(in, 'n', 300);
    memset(want, 'n', 300);
    (void)snprintf(in + 300, sizeof in - 300, "=secret");
    (void)snprintf(want + 300, sizeof want - 300, "=" M8);
    struct row row = {"long", {in, strlen(in)}, want};
    expect(mask_body, &row);
}
END_TEST

static const struct row body_rows[] = {
    {"nothing", LIT(""), NULL},
    {"text", LIT("all is well: nothing, here"), NULL},
    {"json", LIT("{\"token\":\"abc\",\"a\":\"b\"}"), "{\"token\":\"" M8 "\",\"a\":\"b\"}"},
    {"json-blanks", LIT("{ \"token\" : \"abc\" }"), "{ \"token\" : \"" M8 "\" }"},
    {"json-escaped-quote", LIT("{\"token\":\"a\\\"b\"}"), "{\"token\":\"" M8 "\"}"},
    {"json-escaped-backslash", LIT("{\"token\":\"a\\\\\",\"b\":1}"),
     "{\"token\":\"" M8 "\",\"b\":1}"},
    {"json-number", LIT("{\"password\":1234,\"a\":5}"), "{\"password\":" M8 ",\"a\":5}"},
    {"json-list", LIT("{\"tokens\":[\"ab\",\"cd\"],\"a\":5}"), "{\"tokens\":" M16 ",\"a\":5}"},
    {"json-object", LIT("{\"session\":{\"a\":{}},\"b\":5}"), "{\"session\":" M8 ",\"b\":5}"},
    {"json-in-json", LIT("[\"m\",\"{\\\"token\\\":\\\"abc\\\",\\\"a\\\":1}\"]"),
     "[\"m\",\"{\\\"token\\\":\\\"" M8 "\\\",\\\"a\\\":1}\"]"},
    {"json-in-json-escaped", LIT("\"{\\\"token\\\":\\\"a\\\\\\\"b\\\"}\""),
     "\"{\\\"token\\\":\\\"" M8 "\\\"}\""},
    {"payload", LIT("97:0{\"sid\":\"abc\",\"upgrades\":[]}"),
     "97:0{\"sid\":\"" M8 "\",\"upgrades\":[]}"},
    {"cut-json", LIT("{\"token\":\"ab"), "{\"token\":\"" M8},
    {"cut-list", LIT("{\"tokens\":[\"ab"), "{\"tokens\":" M8},
    {"form", LIT("j_username=a&j_password=b%20c&d=e"), "j_username=a&j_password=" M8 "&d=e"},
    {"form-encoded-name", LIT("j%5Fp%61ssword=b"), "j%5Fp%61ssword=" M8},
    {"xml", LIT("<password>a b</password><c>d</c>"), "<password>" M8 "</password><c>d</c>"},
    {"xml-attribute", LIT("<a token='b'/>"), "<a token='" M8 "'/>"},
    {"empty-value", LIT("{\"token\":\"\"}"), NULL},
    {"no-value", LIT("the token is gone"), NULL},
    {"bytes", LIT("\xff\x00token\x00=a"), NULL},
};

START_TEST(body)
{
    expect(mask_body, &body_rows[_i]);
}
END_TEST

static const struct {
    const char *name;
    bool is_secret;
} name_rows[] = {
    {"token", true},
    {"Token", true},
    {"xtokens", true},
    {"toke", false},
    {"sid", true},
    {"SID", true},
    {"side", false},
    {"inside", false},
    {"auth", true},
    {"author", false},
    {"pass", true},
    {"bypass", false},
    {"secret", true},
    {"client_secret", true},
    {"JSESSIONID", true},
    {"api-key", true},
    {"apikey", true},
    {"api_key", true},
    {"key", false},
    {"credentials", true},
    {"otp", true},
    {"to", false},
    {"t", false},
    {"", false},
    {" token ", true},
    {"authorization", true},
    {"authority", false},
    {"SAMLResponse", true},
    {"ticket", true},
    {"tickets", false},
    {"signature", true},
    {"EIO", false},
    {"transport", false},
    {"domain", false},
    {"id_token_hint", true},
    {"jwt", true},
};

START_TEST(names)
{
    ck_assert_msg(mask_is_secret_name(slice_of(name_rows[_i].name)) == name_rows[_i].is_secret,
                  "%s", name_rows[_i].name);
}
END_TEST

/* A secret in every place that is known for one, with random bytes around it, cut anywhere. */
#define CANARY "cAnArY0cAnArY1cAnArY2"

static const char *const carriers[] = {
    "Authorization: Basic " CANARY,
    "Authorization: " CANARY,
    "Proxy-Authorization: Bearer " CANARY,
    "Cookie: a=1; JSESSIONID=" CANARY "; " CANARY,
    "Set-Cookie: JSESSIONID=" CANARY "; Path=/",
    "X-Session-Token: " CANARY,
    "Referer: https://u:" CANARY "@h/a?b=c&token=" CANARY,
    "X-Any: {\"token\": \"" CANARY "\"}",
};

static void put_random(struct buf *to, uint32_t *state)
{
    static const char bytes[] = " \t:;=&?\"\\{}[]abT\xff\x01,";
    size_t n = next_random(state) % 12;

    for (size_t i = 0; i < n; i++)
        (void)buf_putc(to, bytes[next_random(state) % (sizeof bytes - 1)]);
}

START_TEST(canaries)
{
    uint32_t state = (uint32_t)_i + 1;

    for (size_t round = 0; round < 200; round++) {
        struct buf in;
        struct buf out;
        buf_init(&in, 65536);
        buf_init(&out, 65536);
        (void)buf_puts(&in, "GET /a;jsessionid=" CANARY "?token=" CANARY " HTTP/1.1\r\n");
        for (size_t i = 0; i < 6; i++) {
            (void)buf_puts(&in, carriers[next_random(&state) % COUNT(carriers)]);
            (void)buf_puts(&in, "\r\nX-Noise: ");
            put_random(&in, &state);
            (void)buf_puts(&in, "\r\n");
        }
        size_t n = next_random(&state) % 4 == 0 ? next_random(&state) % in.n : in.n;
        const char *referer = strstr(in.text, "Referer"); /* its end tells that it has a user */
        n = referer != NULL && n > (size_t)(referer - in.text) ? in.n : n;
        mask_head(&out, (struct slice){in.text, n});
        ck_assert_msg(strstr(buf_text(&out), "cAnArY") == NULL, "%s",
                      shown((struct slice){out.text, out.n}));
        buf_clear(&in);
        buf_clear(&out);
    }
}
END_TEST

/** The number tells the length to the next multiple of eight, no better. */
START_TEST(lengths)
{
    struct buf to;
    char want[32];

    buf_init(&to, 64);
    mask_put(&to, 0);
    ck_assert_uint_eq(to.n, 0);
    for (size_t n = 1; n < 70; n++) {
        buf_reset(&to);
        mask_put(&to, n);
        (void)snprintf(want, sizeof want, "[masked ~%zu]", n % 8 == 0 ? n : n + 8 - n % 8);
        ck_assert_str_eq(buf_text(&to), want);
    }
    buf_clear(&to);
}
END_TEST

/** Nothing is written behind the buffer's limit, whatever the masks make of it. */
START_TEST(limit)
{
    struct buf to;

    for (size_t max = 0; max < 80; max++) {
        buf_init(&to, max);
        mask_head(&to, slice_of("GET /?token=a HTTP/1.1\r\nCookie: a=b; c=d\r\n\r\n"));
        ck_assert_uint_le(to.n, max);
        buf_clear(&to);
    }
}
END_TEST

Suite *suite_mask(void)
{
    Suite *s = suite_create("mask");
    TCase *tc = tcase_create("mask");

    add_rows(tc, url, COUNT(url_rows));
    add_rows(tc, head, COUNT(head_rows));
    add_rows(tc, body, COUNT(body_rows));
    add_rows(tc, names, COUNT(name_rows));
    add_rows(tc, canaries, 20);
    tcase_add_test(tc, long_name);
    tcase_add_test(tc, lengths);
    tcase_add_test(tc, limit);
    suite_add_tcase(s, tc);
    return s;
}
