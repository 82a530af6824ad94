#include "console_text.h"

#include <string.h>

#include "cors/origin_diff.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- the text, in one line and straight quotes ---- */

/** A quotation mark of another shape, as UTF-8, and what it stands for. */
static const struct quote {
    const char *is;
    char straight;
} quotes[] = {
    {"\xe2\x80\x98", '\''}, {"\xe2\x80\x99", '\''}, {"\xe2\x80\x9a", '\''}, {"\xe2\x80\x9b", '\''},
    {"\xe2\x80\xb2", '\''}, {"\xe2\x80\xb9", '\''}, {"\xe2\x80\xba", '\''}, {"`", '\''},
    {"\xc2\xb4", '\''},     {"\xe2\x80\x9c", '"'},  {"\xe2\x80\x9d", '"'},  {"\xe2\x80\x9e", '"'},
    {"\xe2\x80\x9f", '"'},  {"\xe2\x80\xb3", '"'},  {"\xc2\xab", '"'},      {"\xc2\xbb", '"'},
};

/** Bytes of the quotation mark at the start of `s`, 0 when there is none. */
static size_t quote_length(struct slice s, char *ret)
{
    for (size_t i = 0; i < COUNT(quotes); i++) {
        size_t n = strlen(quotes[i].is);
        if (s.n >= n && memcmp(s.at, quotes[i].is, n) == 0) {
            *ret = quotes[i].straight;
            return n;
        }
    }
    return 0;
}

static void put_char(struct console_line *l, size_t *n, char c)
{
    if (c == ' ' && (*n == 0 || l->text[*n - 1] == ' '))
        return;
    if (*n == CONSOLE_TEXT_MAX)
        l->is_cut = true;
    else
        l->text[(*n)++] = c;
}

/** Does this character that does not show take no room either? */
static bool is_zero_width(struct slice s, size_t n)
{
    static const char *const none[] = {
        "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e",
        "\xe2\x80\x8f", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad",
    };

    for (size_t i = 0; i < COUNT(none); i++)
        if (slice_is((struct slice){s.at, n}, none[i]))
            return true;
    return false;
}

/** Copy with single blanks for everything that does not show. */
static void straighten(struct slice s, struct console_line *l)
{
    size_t n = 0;

    for (size_t used = 0; s.n > 0 && !l->is_cut; s = (struct slice){s.at + used, s.n - used}) {
        char c = ' ';
        used = text_invisible(s);
        if (used > 0 && is_zero_width(s, used))
            continue;
        if (used == 0)
            used = quote_length(s, &c);
        if (used == 0) {
            used = 1;
            c = s.at[0];
        }
        put_char(l, &n, c);
    }
    l->text[n] = '\0';
}

/* ---- parts of it ---- */

/** Take blanks out of a URL that was broken into lines. */
static struct slice without_blanks(struct console_line *l, struct slice s)
{
    char *to = l->text + (s.at - l->text);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] != ' ')
            to[n++] = s.at[i];
    return (struct slice){to, n};
}

/** What stands in quotes right behind `at`; `at` NULL when there is nothing. A quote within it, as
 *  in a list of values, ends it. */
static struct slice quoted(const char *at)
{
    static const struct slice none = {NULL, 0};

    at += *at == ' ' ? 1 : 0;
    if (*at != '\'' && *at != '"')
        return none;
    const char *end = strchr(at + 1, *at);
    return end == NULL ? none : (struct slice){at + 1, (size_t)(end - at) - 1};
}

static struct slice quoted_behind(const char *text, const char *words)
{
    const char *at = strstr(text, words);

    return at == NULL ? (struct slice){NULL, 0} : quoted(at + strlen(words));
}

/** The word before `at`, without quotes around it. */
static struct slice word_before(const char *text, const char *at)
{
    while (at > text && at[-1] == ' ')
        at--;
    const char *end = at;
    while (at > text && at[-1] != ' ')
        at--;
    struct slice s = {at, (size_t)(end - at)};
    while (s.n > 0 && (s.at[0] == '\'' || s.at[0] == '"'))
        s = (struct slice){s.at + 1, s.n - 1};
    while (s.n > 0 && (s.at[s.n - 1] == '\'' || s.at[s.n - 1] == '"'))
        s.n--;
    return s;
}

/** What stands in quotes that end right before `at`. */
static struct slice quoted_before(const char *text, const char *at)
{
    static const struct slice none = {NULL, 0};

    while (at > text && at[-1] == ' ')
        at--;
    if (at == text || (at[-1] != '\'' && at[-1] != '"'))
        return none;
    char quote = at[-1];
    const char *begin = at - 1;
    while (begin > text && begin[-1] != quote)
        begin--;
    return begin == text ? none : (struct slice){begin, (size_t)(at - 1 - begin)};
}

static bool begins_url(const char *at)
{
    static const char *const scheme[] = {"https://", "http://", "wss://", "ws://"};

    for (size_t i = 0; i < COUNT(scheme); i++)
        if (strncmp(at, scheme[i], strlen(scheme[i])) == 0)
            return true;
    return false;
}

/** "https://host/path:42" without the line that a console puts behind its source; a port stays. */
static struct slice without_line(struct slice url)
{
    struct console_url parts;
    size_t n = url.n;

    console_split_url(url, &parts);
    while (n > 0 && ascii_is_digit((unsigned char)url.at[n - 1]))
        n--;
    bool is_line = n > 0 && n < url.n && url.at[n - 1] == ':' && parts.path.n > url.n - n;
    return is_line ? (struct slice){url.at, n - 1} : url;
}

/** A URL that begins at `at`: up to a blank, a quote or a bracket, without a full stop at its end.
 */
static struct slice url_at(const char *at)
{
    size_t n = strcspn(at, " '\"()<>");

    while (n > 0 && (at[n - 1] == '.' || at[n - 1] == ',' || at[n - 1] == ':'))
        n--;
    return without_line((struct slice){at, n});
}

/** The last URL before `end`, or the first one of all. */
static struct slice find_url(const char *text, const char *end)
{
    struct slice url = {NULL, 0};

    for (const char *at = text; *at != '\0'; at++) {
        bool is_before = end == NULL || at < end;
        bool is_start = at == text || !ascii_is_alnum((unsigned char)at[-1]);
        if (is_start && begins_url(at) && (is_before || url.at == NULL))
            url = url_at(at);
        if (url.at != NULL && (end == NULL || at >= end))
            break;
    }
    return url;
}

static unsigned number_behind(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    unsigned n = 0;

    if (at == NULL)
        return 0;
    for (at += strlen(words); n < 1000 && ascii_is_digit((unsigned char)*at); at++)
        n = 10 * n + (unsigned)(*at - '0');
    return n >= 100 && n < 1000 ? n : 0;
}

/* ---- the frames ---- */

/** "Access to fetch at 'URL' (redirected from 'URL0') from origin 'ORIGIN' has been blocked" */
static bool read_chromium_frame(struct console_line *l)
{
    const char *at = strstr(l->text, "Access to ");
    const char *url = at == NULL ? NULL : strstr(at, " at '");

    if (url == NULL)
        return false;
    l->redirected_from = quoted_behind(url, "(redirected from ");
    l->origin = quoted_behind(url, "from origin ");
    l->url = quoted(url + strlen(" at"));
    return l->url.at != NULL;
}

/** "Cross-Origin Request Blocked: ... reading the remote resource at URL. (Reason: ...)." */
static bool read_firefox_frame(struct console_line *l)
{
    static const char words[] = "remote resource at ";
    const char *at = strstr(l->text, words);

    if (at == NULL)
        return false;
    at += strlen(words);
    const char *reason = strstr(at, "(Reason: ");
    struct slice url = {at, reason == NULL ? strlen(at) : (size_t)(reason - at)};
    while (url.n > 0 && strchr(" .", url.at[url.n - 1]) != NULL)
        url.n--;
    l->url = reason == NULL ? url_at(at) : url;
    return l->url.n > 0;
}

/** "Mixed Content: The page at 'PAGE' was loaded over HTTPS, but requested an insecure resource
 *  'URL'"; the origin is a part of the page's URL. */
static bool read_mixed_frame(struct console_line *l)
{
    struct slice page = quoted_behind(l->text, "The page at ");
    const char *insecure = strstr(l->text, "requested an insecure ");
    const char *url = insecure == NULL ? NULL : strchr(insecure, '\'');
    struct console_url parts;

    if (page.at == NULL || url == NULL)
        return false;
    l->url = quoted(url);
    console_split_url(page, &parts);
    l->origin = (struct slice){page.at, page.n - parts.path.n};
    return l->url.at != NULL;
}

static bool is_method(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] < 'A' || s.at[i] > 'Z')
            return false;
    return s.n >= 3 && s.n <= 16;
}

/** "GET URL net::ERR_... 403 (Forbidden)", or any line that has a URL. */
static void read_net_line(struct console_line *l)
{
    const char *error = strstr(l->text, "net::ERR_");

    l->url = find_url(l->text, error);
    if (error == NULL || l->url.at == NULL || l->url.at > error)
        return;
    struct slice word = word_before(l->text, l->url.at);
    if (is_method(word))
        l->method = word;
}

/** A method that stands before the same URL in the second line of a failure. */
static void read_second_line(struct console_line *l)
{
    const char *error = strstr(l->text, "net::ERR_");
    struct slice url = error == NULL ? (struct slice){NULL, 0} : find_url(l->text, error);

    if (url.at == NULL || !slice_same(url, l->url))
        return;
    struct slice word = word_before(l->text, url.at);
    if (is_method(word))
        l->method = word;
}

static void read_frames(struct console_line *l)
{
    bool has_frame = read_chromium_frame(l) || read_firefox_frame(l) || read_mixed_frame(l);

    if (has_frame)
        read_second_line(l);
    else
        read_net_line(l);
    l->status = number_behind(l->text, "Status code: ");
    if (l->status == 0)
        l->status = number_behind(l->text, "net::ERR_FAILED ");
    if (l->status == 0)
        l->status = number_behind(l->text, "responded with a status of ");
    l->is_preflight = strstr(l->text, "Response to preflight request") != NULL;
}

/* ---- the message ---- */

static void read_detail(struct console_line *l)
{
    const struct console_row *row = l->row;
    const char *at = strstr(l->text, row->find);

    switch (row->detail) {
    case DETAIL_NONE:
        break;
    case DETAIL_METHOD:
        l->method = word_before(l->text, at);
        break;
    case DETAIL_HEADER:
        l->header = word_before(l->text, at);
        break;
    case DETAIL_HEADER_AFTER:
        l->header = quoted(at + strlen(row->find));
        break;
    case DETAIL_VALUE:
        l->value = quoted_before(l->text, at);
        break;
    case DETAIL_VALUE_AFTER:
        l->value = quoted(at + strlen(row->find));
        break;
    }
}

static const struct console_row *find_row(const char *text)
{
    size_t n = 0;
    const struct console_row *row = console_rows(&n);

    for (size_t i = 0; i < n; i++)
        if (strstr(text, row[i].find) != NULL &&
            (row[i].also == NULL || strstr(text, row[i].also) != NULL))
            return &row[i];
    return NULL;
}

bool console_read(struct slice text, struct console_line *ret)
{
    *ret = (struct console_line){.row = NULL};
    straighten(text, ret);
    ret->row = find_row(ret->text);
    read_frames(ret);
    if (ret->row != NULL)
        read_detail(ret);
    ret->is_preflight = ret->is_preflight || (ret->row != NULL && ret->row->is_preflight);
    if (ret->url.at != NULL)
        ret->url = without_blanks(ret, ret->url);
    if (ret->redirected_from.at != NULL)
        ret->redirected_from = without_blanks(ret, ret->redirected_from);
    if (ret->origin.at != NULL)
        ret->origin = without_blanks(ret, ret->origin);
    return ret->row != NULL;
}

void console_split_url(struct slice url, struct console_url *ret)
{
    *ret = (struct console_url){.path = url};
    for (size_t i = 0; i + 3 <= url.n && ret->host.at == NULL; i++) {
        if (memcmp(url.at + i, "://", 3) != 0)
            continue;
        ret->scheme = (struct slice){url.at, i};
        ret->host = (struct slice){url.at + i + 3, url.n - i - 3};
    }
    if (ret->host.at == NULL)
        return;
    size_t n = 0;
    while (n < ret->host.n && ret->host.at[n] != '/' && ret->host.at[n] != '?' &&
           ret->host.at[n] != '#')
        n++;
    ret->path = (struct slice){ret->host.at + n, ret->host.n - n};
    ret->host.n = n;
    for (size_t i = n; i > 0; i--)
        if (ret->host.at[i - 1] == '@') {
            ret->host = (struct slice){ret->host.at + i, n - i};
            break;
        }
}
