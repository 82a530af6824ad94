#include "mask.h"

#include <string.h>

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define NAME_MAX_LEN 256  /* a longer name is nobody's we know: its value is masked */
#define VALUE_MAX    2048 /* of an encoded value that is looked into */

void mask_put(struct buf *to, size_t n)
{
    if (n > 0)
        (void)buf_printf(to, "[masked ~%zu]", (n + 7) / 8 * 8);
}

static void put_mask(struct buf *to, struct slice secret)
{
    mask_put(to, secret.n);
}

static struct slice take(struct slice *rest, size_t n)
{
    struct slice taken = {rest->at, n};

    *rest = (struct slice){rest->at + n, rest->n - n};
    return taken;
}

/** How many bytes come before the first of these; all when there is none. */
static size_t span_to(struct slice s, const char *stops)
{
    size_t n = 0;

    while (n < s.n && (s.at[n] == '\0' || strchr(stops, s.at[n]) == NULL))
        n++;
    return n;
}

/* ---- names ---- */

static int hex_digit(char c)
{
    int lower = ascii_lower((unsigned char)c);

    if (ascii_is_digit(lower))
        return lower - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/** Percent-decode, in lower case. @return false: longer than `size` - 1 bytes */
static bool decode(struct slice from, char *to, size_t size, size_t *ret_n)
{
    size_t n = 0;

    for (size_t i = 0; i < from.n; i++) {
        int high = from.at[i] == '%' && i + 2 < from.n ? hex_digit(from.at[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(from.at[i + 2]) : -1;
        if (n + 1 >= size)
            return false;
        to[n++] = (char)ascii_lower(low >= 0 ? high * 16 + low : (unsigned char)from.at[i]);
        i += low >= 0 ? 2 : 0;
    }
    to[n] = '\0';
    *ret_n = n;
    return true;
}

/** Does the lower-case text of n bytes, which may hold NULs, contain the word? */
static bool contains(const char *text, size_t n, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i + length <= n; i++)
        if (text[i] == word[0] && memcmp(text + i, word, length) == 0)
            return true;
    return false;
}

bool mask_is_secret_name(struct slice name)
{
    static const char *const words[] = {"token",   "passw",         "pwd", "secret", "session",
                                        "api-key", "api_key",       "jwt", "saml",   "apikey",
                                        "credent", "authorization", "otp"};
    static const char *const names[] = {"sid", "auth", "pass", "sig", "signature", "ticket"};
    char lower[NAME_MAX_LEN];
    size_t n = 0;

    if (!decode(slice_trim(name), lower, sizeof lower, &n))
        return true;
    for (size_t i = 0; i < COUNT(words); i++)
        if (contains(lower, n, words[i]))
            return true;
    for (size_t i = 0; i < COUNT(names); i++)
        if (slice_is((struct slice){lower, n}, names[i]))
            return true;
    return false;
}

/* ---- URLs ---- */

/** "user:password@host": what is before the last '@'. */
static void put_authority(struct buf *to, struct slice authority)
{
    size_t user = authority.n;

    while (user > 0 && authority.at[user - 1] != '@')
        user--;
    if (user > 0) {
        put_mask(to, (struct slice){authority.at, user - 1});
        authority = (struct slice){authority.at + user - 1, authority.n - user + 1};
    }
    (void)buf_add(to, authority);
}

/** Is a URL or a query within this value, whose own pairs name a secret? */
static bool hides_secret(struct slice value)
{
    char plain[VALUE_MAX];
    size_t n = 0;

    if (value.n == 0 ||
        (memchr(value.at, '%', value.n) == NULL && memchr(value.at, '=', value.n) == NULL))
        return false;
    if (!decode(value, plain, sizeof plain, &n))
        return true;
    for (struct slice rest = {plain, n}; rest.n > 0;) {
        struct slice pair = take(&rest, span_to(rest, "&;?#"));
        size_t name = span_to(pair, "=");
        if (name < pair.n && mask_is_secret_name((struct slice){pair.at, name}))
            return true;
        if (rest.n > 0)
            (void)take(&rest, 1);
    }
    return false;
}

/** "name=value", or several of them behind semicolons; a secret goes on to the end. */
static void put_pair(struct buf *to, struct slice pair)
{
    while (pair.n > 0) {
        struct slice one = {pair.at, span_to(pair, ";")};
        size_t name = span_to(one, "=");
        struct slice value = {one.at + name, one.n - name};
        if (value.n > 0 && (mask_is_secret_name((struct slice){one.at, name}) ||
                            hides_secret((struct slice){value.at + 1, value.n - 1}))) {
            (void)buf_add(to, (struct slice){one.at, name + 1});
            put_mask(to, (struct slice){value.at + 1, pair.n - name - 1});
            return;
        }
        (void)buf_add(to, take(&pair, one.n));
        if (pair.n > 0)
            (void)buf_add(to, take(&pair, 1));
    }
}

/** "/a;jsessionid=secret/b": parameters of each part of a path. */
static void put_path(struct buf *to, struct slice path)
{
    while (path.n > 0) {
        (void)buf_add(to, take(&path, span_to(path, ";")));
        if (path.n == 0)
            return;
        (void)buf_add(to, take(&path, 1));
        put_pair(to, take(&path, span_to(path, "/;")));
    }
}

/** How much in front of the path is scheme and authority. */
static size_t authority_at(struct slice url, size_t *ret_begin)
{
    size_t n = span_to(url, "/?#");
    bool has_scheme = n + 1 < url.n && url.at[n] == '/' && url.at[n + 1] == '/' &&
                      (n == 0 || url.at[n - 1] == ':');

    *ret_begin = has_scheme ? n + 2 : 0;
    if (!has_scheme)
        return n;
    struct slice behind = {url.at + *ret_begin, url.n - *ret_begin};
    return *ret_begin + span_to(behind, "/?#");
}

void mask_url(struct buf *to, struct slice url)
{
    size_t begin = 0;

    if (url.n == 0)
        return;
    size_t end = authority_at(url, &begin);
    (void)buf_add(to, (struct slice){url.at, begin});
    put_authority(to, (struct slice){url.at + begin, end - begin});
    (void)take(&url, end);
    put_path(to, take(&url, span_to(url, "?#")));
    while (url.n > 0) {
        (void)buf_add(to, take(&url, 1)); /* '?', '&' or '#' */
        put_pair(to, take(&url, span_to(url, "&#")));
    }
}

/* ---- header fields ---- */

/** "Basic", "Bearer" and the like stay; what follows them does not. */
static void put_credentials(struct buf *to, struct slice value)
{
    static const char *const schemes[] = {"Basic", "Bearer", "Digest", "Negotiate", "NTLM"};
    struct slice scheme = {value.at, span_to(value, " \t")};

    for (size_t i = 0; i < COUNT(schemes); i++)
        if (slice_is_nocase(scheme, schemes[i])) {
            (void)buf_add(to, take(&value, scheme.n));
            while (value.n > 0 && (value.at[0] == ' ' || value.at[0] == '\t'))
                (void)buf_add(to, take(&value, 1));
            break;
        }
    put_mask(to, value);
}

/** "name=secret"; one without a name is a secret as a whole. */
static void put_cookie(struct buf *to, struct slice cookie)
{
    size_t blanks = 0;

    while (blanks < cookie.n && (cookie.at[blanks] == ' ' || cookie.at[blanks] == '\t'))
        blanks++;
    (void)buf_add(to, take(&cookie, blanks));
    size_t name = span_to(cookie, "=");
    if (name < cookie.n)
        (void)buf_add(to, take(&cookie, name + 1));
    put_mask(to, cookie);
}

static void put_cookies(struct buf *to, struct slice value)
{
    while (value.n > 0) {
        put_cookie(to, take(&value, span_to(value, ";")));
        if (value.n > 0)
            (void)buf_add(to, take(&value, 1));
    }
}

static void put_set_cookie(struct buf *to, struct slice value)
{
    put_cookie(to, take(&value, span_to(value, ";")));
    (void)buf_add(to, value); /* Path, Secure, ... */
}

typedef void put_value(struct buf *to, struct slice value);

/** Other names that say that a secret follows. */
static put_value *guess(struct slice name)
{
    static const char *const public[] = {"sec-websocket-key", "sec-websocket-accept"};

    if (name.n > 15 && slice_is_nocase((struct slice){name.at, 15}, "access-control-"))
        return mask_body;
    for (size_t i = 0; i < COUNT(public); i++)
        if (slice_is_nocase(name, public[i]))
            return mask_body;
    bool is_key = name.n > 4 && slice_is_nocase((struct slice){name.at + name.n - 4, 4}, "-key");
    return is_key || mask_is_secret_name(name) ? put_mask : mask_body;
}

static put_value *way_of(struct slice name)
{
    static const struct {
        const char *name;
        put_value *put;
    } table[] = {
        {"authorization", put_credentials},
        {"proxy-authorization", put_credentials},
        {"cookie", put_cookies},
        {"cookie2", put_cookies},
        {"set-cookie", put_set_cookie},
        {"set-cookie2", put_set_cookie},
        {"host", put_authority},
        {"origin", mask_url},
        {"referer", mask_url},
        {"location", mask_url},
        {"content-location", mask_url},
    };

    for (size_t i = 0; i < COUNT(table); i++)
        if (slice_is_nocase(name, table[i].name))
            return table[i].put;
    return guess(name);
}

void mask_header_value(struct buf *to, struct slice name, struct slice value)
{
    if (value.n == 0)
        return;
    put_value *put = way_of(slice_trim(name));
    if (put == mask_body && memchr(value.at, '=', value.n) == NULL)
        (void)buf_add(to, value); /* most of them */
    else
        put(to, value);
}

static void put_first_line(struct buf *to, struct slice line)
{
    size_t method = span_to(line, " ");
    size_t version = line.n;

    if (line.n >= 5 && memcmp(line.at, "HTTP/", 5) == 0) {
        (void)buf_add(to, line);
        return;
    }
    while (version > method + 1 && line.at[version - 1] != ' ')
        version--;
    if (version <= method + 1) /* no second blank: no version */
        version = line.n + 1;
    (void)buf_add(to, take(&line, method));
    if (line.n == 0)
        return;
    (void)buf_add(to, take(&line, 1));
    mask_url(to, take(&line, version - method - 2));
    (void)buf_add(to, line);
}

static struct slice take_line(struct slice *rest)
{
    size_t n = 0;

    while (n < rest->n && !(rest->at[n] == '\r' && n + 1 < rest->n && rest->at[n + 1] == '\n'))
        n++;
    struct slice line = take(rest, n);
    (void)take(rest, rest->n < 2 ? rest->n : 2);
    return line;
}

static void put_field(struct buf *to, struct slice line)
{
    struct slice name = take(&line, span_to(line, ":"));

    (void)buf_add(to, name);
    while (line.n > 0 && (line.at[0] == ':' || line.at[0] == ' ' || line.at[0] == '\t'))
        (void)buf_add(to, take(&line, 1));
    mask_header_value(to, name, line);
}

void mask_head(struct buf *to, struct slice head)
{
    bool is_first = true;

    while (head.n > 0) {
        size_t before = head.n;
        struct slice line = take_line(&head);
        if (is_first)
            put_first_line(to, line);
        else
            put_field(to, line);
        if (before > line.n + head.n)
            (void)buf_puts(to, "\r\n");
        is_first = false;
    }
}
