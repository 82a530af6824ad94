/* Masking: whatever a client sends, a secret behind a name that is known for one does not come
 * through, the result is not much larger, and masking a harmless text changes nothing. */
#include "base/buf.h"
#include "fuzz.h"
#include "trace/mask.h"

#define CANARY  "cAnArY0123456789"
#define OUT_MAX (1U << 20)

typedef void mask(struct buf *to, struct slice text);

static struct buf run(mask *f, struct slice in)
{
    struct buf out;

    buf_init(&out, OUT_MAX);
    f(&out, in);
    REQUIRE(out.state == ERR_OK);
    REQUIRE(out.n <= 24 * in.n + 24); /* "a=b;" may become "a=[masked ~8];" */
    return out;
}

static int holds(struct slice s, const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i + n <= s.n; i++)
        if (memcmp(s.at + i, text, n) == 0)
            return 1;
    return 0;
}

static void require_none(const struct buf *out)
{
    REQUIRE(!holds((struct slice){out->text, out->n}, CANARY));
}

static void check(mask *f, struct slice in)
{
    struct buf out = run(f, in);

    buf_clear(&out);
}

/** A field with a secret somewhere in a head of noise. */
static void check_field(struct slice noise, const char *field)
{
    struct buf in;

    buf_init(&in, OUT_MAX);
    (void)buf_puts(&in, "GET / HTTP/1.1\r\nX: ");
    for (size_t i = 0; i < noise.n; i++) /* as libmicrohttpd has them: no line ends within */
        (void)buf_putc(&in, noise.at[i] == '\n' ? ' ' : noise.at[i]);
    (void)buf_printf(&in, "\r\n%s\r\n\r\n", field);
    struct buf out = run(mask_head, (struct slice){in.text, in.n});
    require_none(&out);
    buf_clear(&out);
    buf_clear(&in);
}

/** A parameter behind any others. */
static void check_query(struct slice noise)
{
    struct buf in;

    buf_init(&in, OUT_MAX);
    (void)buf_puts(&in, "/?");
    (void)buf_add(&in, noise);
    (void)buf_puts(&in, "&token=" CANARY "&a=b");
    struct buf out = run(mask_url, (struct slice){in.text, in.n});
    require_none(&out);
    buf_clear(&out);
    buf_clear(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const fields[] = {
        "Authorization: Basic " CANARY, "Cookie: a=" CANARY,
        "set-cookie: a=" CANARY "; x",  "X-Token: " CANARY,
        "Referer: /?token=" CANARY,     "x-a: {\"token\":\"" CANARY "\"}",
    };
    struct slice in = input_of(data, size);

    check(mask_url, in);
    check(mask_head, in);
    check(mask_body, in);
    (void)mask_is_secret_name(in);
    if (holds(in, "cAnArY")) /* the fuzzer has found out what is looked for */
        return 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        check_field(in, fields[i]);
    check_query(in);
    return 0;
}
