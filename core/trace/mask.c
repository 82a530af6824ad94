#include "mask.h"

#include <stdint.h>
#include <string.h>

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define NAME_MAX_LEN 256  /* a longer name is nobody's we know: its value is masked */
#define VALUE_MAX    2048 /* of an encoded value that is looked into */

void mask_put(struct buf *to, size_t n)
{
    if (n == 0)
        return;
    (void)buf_add(to, (struct slice){"[masked ~", 9});
    (void)buf_put_number(to, (n + 7) / 8 * 8);
    (void)buf_putc(to, ']');
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

static bool is_among(char c, const char *stops)
{
    for (; *stops != '\0'; stops++)
        if (c == *stops)
            return true;
    return false;
}

/** How many bytes come before the first of these; all when there is none. */
static size_t span_to(struct slice s, const char *stops)
{
    size_t n = 0;

    while (n < s.n && !is_among(s.at[n], stops))
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

/** Percent-decode. @return false: longer than `size` - 1 bytes */
static bool decode(struct slice from, char *to, size_t size, size_t *ret_n)
{
    size_t n = 0;

    for (size_t i = 0; i < from.n; i++) {
        int high = from.at[i] == '%' && i + 2 < from.n ? hex_digit(from.at[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(from.at[i + 2]) : -1;
        if (n + 1 >= size)
            return false;
        if (low >= 0)
            to[n++] = (char)(unsigned char)(high * 16 + low);
        else
            to[n++] = from.at[i];
        i += low >= 0 ? 2 : 0;
    }
    to[n] = '\0';
    *ret_n = n;
    return true;
}

#define WORD(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

struct word {
    const char *text; /* lower case */
    size_t n;
};

/** Does the text begin with the word, in any case? */
static bool begins_with(const char *text, size_t n, const struct word *word)
{
    if (word->n > n || ((text[0] ^ word->text[0]) & ~0x20) != 0) /* nearly always */
        return false;
    for (size_t i = 0; i < word->n; i++)
        if (ascii_lower((unsigned char)text[i]) != word->text[i])
            return false;
    return true;
}

static bool is_word(struct slice s, const struct word *word)
{
    return s.n == word->n && begins_with(s.at, s.n, word);
}

#define LETTER(c) (1U << ((c) - 'a'))

/** What the words below begin with: their second letters, by the first. */
static const uint32_t second_letters['z' - 'a' + 1] = {
    ['a' - 'a'] = LETTER('p') | LETTER('u'),
    ['c' - 'a'] = LETTER('r'),
    ['j' - 'a'] = LETTER('w'),
    ['o' - 'a'] = LETTER('t'),
    ['p' - 'a'] = LETTER('a') | LETTER('w'),
    ['s' - 'a'] = LETTER('e') | LETTER('a'),
    ['t' - 'a'] = LETTER('o'),
};

/** A look at two letters, for the name of every header field is looked through. */
static bool may_begin_word(const char *text)
{
    unsigned first = ((unsigned char)text[0] | 0x20U) - 'a';
    unsigned second = ((unsigned char)text[1] | 0x20U) - 'a';

    return first < 26 && second < 26 && (second_letters[first] >> second & 1) != 0;
}

/** Does it say that a secret follows? Words count wherever they stand in it. */
static bool is_secret(struct slice name)
{
    static const struct word words[] = {
        WORD("token"),   WORD("passw"),   WORD("secret"),        WORD("session"), WORD("pwd"),
        WORD("api-key"), WORD("api_key"), WORD("apikey"),        WORD("jwt"),     WORD("saml"),
        WORD("otp"),     WORD("credent"), WORD("authorization"),
    };
    static const struct word names[] = {WORD("sid"), WORD("auth"),      WORD("pass"),
                                        WORD("sig"), WORD("signature"), WORD("ticket")};

    for (size_t at = 0; at + 1 < name.n; at++)
        for (size_t i = 0; may_begin_word(name.at + at) && i < COUNT(words); i++)
            if (begins_with(name.at + at, name.n - at, &words[i]))
                return true;
    for (size_t i = 0; i < COUNT(names); i++)
        if (is_word(name, &names[i]))
            return true;
    return false;
}

bool mask_is_secret_name(struct slice name)
{
    char plain[NAME_MAX_LEN];
    size_t n = 0;

    return !decode(slice_trim(name), plain, sizeof plain, &n) ||
           is_secret((struct slice){plain, n});
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
    static const struct word public[] = {WORD("sec-websocket-key"), WORD("sec-websocket-accept")};
    static const struct word cors = WORD("access-control-");
    static const struct word key = WORD("-key");

    if (begins_with(name.at, name.n, &cors))
        return mask_body;
    for (size_t i = 0; i < COUNT(public); i++)
        if (is_word(name, &public[i]))
            return mask_body;
    bool is_key = name.n > key.n && begins_with(name.at + name.n - key.n, key.n, &key);
    return is_key || is_secret(name) ? put_mask : mask_body;
}

static put_value *way_of(struct slice name)
{
    static const struct {
        struct word name;
        put_value *put;
    } table[] = {
        {WORD("authorization"), put_credentials},
        {WORD("proxy-authorization"), put_credentials},
        {WORD("cookie"), put_cookies},
        {WORD("cookie2"), put_cookies},
        {WORD("set-cookie"), put_set_cookie},
        {WORD("set-cookie2"), put_set_cookie},
        {WORD("host"), put_authority},
        {WORD("origin"), mask_url},
        {WORD("referer"), mask_url},
        {WORD("location"), mask_url},
        {WORD("content-location"), mask_url},
    };

    if (name.n >= NAME_MAX_LEN)
        return put_mask;
    for (size_t i = 0; i < COUNT(table); i++)
        if (is_word(name, &table[i].name))
            return table[i].put;
    return guess(name);
}

/** How to show a value; NULL: as it is, which most are. */
static put_value *needs(struct slice name, struct slice value)
{
    if (value.n == 0)
        return NULL;
    put_value *put = way_of(slice_trim(name));
    bool has_pairs = put != mask_body || memchr(value.at, '=', value.n) != NULL ||
                     memchr(value.at, '"', value.n) != NULL;
    return has_pairs ? put : NULL;
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
    const char *end = memchr(rest->at, '\n', rest->n);

    while (end != NULL && (end == rest->at || end[-1] != '\r'))
        end = memchr(end + 1, '\n', rest->n - (size_t)(end + 1 - rest->at));
    struct slice line = take(rest, end == NULL ? rest->n : (size_t)(end - rest->at) - 1);
    (void)take(rest, rest->n < 2 ? rest->n : 2);
    return line;
}

/** The value of a field; its name is what is before it and the colon. */
static struct slice value_of(struct slice line, struct slice *ret_name)
{
    const char *colon = line.n == 0 ? NULL : memchr(line.at, ':', line.n);

    *ret_name = (struct slice){line.at, colon == NULL ? line.n : (size_t)(colon - line.at)};
    (void)take(&line, ret_name->n);
    while (line.n > 0 && is_among(line.at[0], ": \t"))
        (void)take(&line, 1);
    return line;
}

/** Lines in which nothing is masked are copied together. */
void mask_head(struct buf *to, struct slice head)
{
    struct slice name;

    if (head.n == 0)
        return;
    const char *end = head.at + head.n;
    struct slice first = take_line(&head);
    const char *from = first.at + first.n;
    put_first_line(to, first);
    while (head.n > 0) {
        struct slice value = value_of(take_line(&head), &name);
        put_value *put = needs(name, value);
        if (put == NULL)
            continue;
        (void)buf_add(to, (struct slice){from, (size_t)(value.at - from)});
        put(to, value);
        from = value.at + value.n;
    }
    (void)buf_add(to, (struct slice){from, (size_t)(end - from)});
}
