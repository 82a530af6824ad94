#include "diagnose_words.h"

#include "diagnose_inside.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define SHOWN_MAX  160 /* bytes of an origin, an entry or a path in a sentence */
#define NAMES_MAX  6   /* header names in a sentence */
#define NAME_SHOWN 64  /* bytes of a header name */

/** The code point of a sequence that text_invisible has found. */
static unsigned code_of(struct slice s)
{
    unsigned code = (unsigned char)s.at[0];

    if (s.n == 2)
        code &= 0x1fU;
    else if (s.n == 3)
        code &= 0x0fU;
    for (size_t i = 1; i < s.n; i++)
        code = code << 6 | ((unsigned char)s.at[i] & 0x3fU);
    return code;
}

void words_shown(struct buf *to, struct slice text)
{
    char plain[SHOWN_MAX + 1];
    struct slice s = text;

    if (s.n == 0)
        (void)buf_puts(to, "''");
    for (size_t used = 0; s.n > 0 && (size_t)(s.at - text.at) < SHOWN_MAX;
         s = (struct slice){s.at + used, s.n - used}) {
        used = text_invisible(s);
        if (used > 0) {
            (void)buf_printf(to, "<U+%04X>", code_of((struct slice){s.at, used}));
            continue;
        }
        while (used < s.n && used < SHOWN_MAX &&
               text_invisible((struct slice){s.at + used, s.n - used}) == 0)
            used++;
        (void)buf_puts(to, text_copy_defused(plain, sizeof plain, (struct slice){s.at, used}));
    }
    (void)buf_puts(to, s.n > 0 ? "..." : "");
}

void words_item(struct buf *to, size_t *n, const char *text)
{
    (void)buf_printf(to, "%s%s", (*n)++ == 0 ? "" : ", ", text);
}

void words_misses(struct buf *to, unsigned misses)
{
    static const struct {
        unsigned bit;
        const char *text;
    } word[] = {
        {MISS_INVISIBLE, "blanks or characters that do not show"},
        {MISS_UPPER_CASE, "upper case"},
        {MISS_SLASH, "a slash at the end"},
        {MISS_PATH, "a path behind the host"},
        {MISS_USER, "a user name"},
        {MISS_DEFAULT_PORT, "the default port written out"},
        {MISS_NOT_ASCII, "letters outside ASCII"},
        {MISS_SCHEME_TEXT, "no proper scheme"},
        {MISS_WILDCARD, "a wildcard"},
        {MISS_SEVERAL, "several origins"},
        {MISS_OTHERWISE, "another spelling"},
    };
    size_t n = 0;

    for (size_t i = 0; i < COUNT(word); i++)
        if ((misses & word[i].bit) != 0)
            (void)buf_printf(to, "%s%s", n++ == 0 ? "" : " and ", word[i].text);
    if (n == 0)
        (void)buf_puts(to, "another spelling");
}

void words_headers(const struct findings *f, struct buf *to, const struct policy *p,
                   const struct policy *q)
{
    char shown[NAME_SHOWN + 1];
    size_t start = to->n;
    size_t n = 0;

    for (size_t i = 0; i < f->question->n_steps; i++) {
        struct slice from = f->question->step[i].request_headers;
        struct slice name = {NULL, 0};
        while (next_refused_header(p, &f->question->step[i], &from, &name)) {
            struct slice so_far = {buf_text(to) + start, to->n - start};
            bool is_told = n > 0 && list_has_name(so_far, name);
            if (is_told || !header_is_listable(name, NULL) ||
                (q != NULL && !hdrlist_has_nocase(q->allowed_headers, name)))
                continue;
            if (n++ == NAMES_MAX)
                (void)buf_puts(to, " and others");
            if (n > NAMES_MAX)
                return;
            (void)buf_printf(to, "%s%s", n == 1 ? "" : ",",
                             text_copy_defused(shown, sizeof shown, name));
        }
    }
}

struct slice words_unlistable(const struct findings *f, struct diag *why)
{
    struct slice name = {NULL, 0};

    for (size_t i = 0; i < f->question->n_steps; i++) {
        struct slice from = f->question->step[i].request_headers;
        while (next_refused_header(policy_of(f), &f->question->step[i], &from, &name))
            if (!header_is_listable(name, why))
                return name;
    }
    return (struct slice){NULL, 0};
}

/** The allowed name that this one was probably meant for. */
static const char *near_name(const struct hdrlist *list, struct slice name)
{
    char text[NAME_SHOWN];

    if (name.n >= sizeof text)
        return NULL;
    (void)text_copy_defused(text, sizeof text, name);
    for (char *p = text; *p != '\0'; p++)
        *p = (char)ascii_lower((unsigned char)*p);
    for (size_t i = 0; i < hdrlist_count(list); i++) {
        size_t distance = text_distance(text, hdrlist_at(list, i));
        if (distance <= 2 && 4 * distance <= name.n)
            return hdrlist_at(list, i);
    }
    return NULL;
}

const char *words_near_header(const struct findings *f)
{
    const struct policy *p = policy_of(f);
    const struct cors_request *rq = &f->question->step[0];
    struct slice from = rq->request_headers;
    struct slice name = {NULL, 0};
    const char *near = NULL;

    while (near == NULL && next_refused_header(p, rq, &from, &name))
        near = near_name(p->allowed_headers, name);
    return near;
}
