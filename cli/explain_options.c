#include "explain_options.h"

#include <string.h>

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define SHOWN_MAX 128 /* bytes of a typed word in a message */

static const char *const option_name[EXPLAIN_OPTIONS] = {
    "--node", "--service", "--origin", "--method", "--headers", "--path", "--console"};

/** The option that begins at `at`; -1 for none. @param ret_n  its length, with the '=' if any */
static int option_at(struct slice rest, size_t *ret_n)
{
    for (size_t i = 0; i < EXPLAIN_OPTIONS; i++) {
        size_t n = strlen(option_name[i]);
        if (rest.n < n || memcmp(rest.at, option_name[i], n) != 0)
            continue;
        if (rest.n == n || rest.at[n] == ' ' || rest.at[n] == '\n') {
            *ret_n = n;
            return (int)i;
        }
        if (rest.at[n] == '=') {
            *ret_n = n + 1;
            return (int)i;
        }
    }
    return -1;
}

/** Where the next option begins: at a word of its own. What only looks like one is a part of the
 *  text of --console. */
static size_t value_length(struct slice rest, bool is_text)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < rest.n; i++) {
        struct slice from = {rest.at + i, rest.n - i};
        bool is_word = i == 0 || rest.at[i - 1] == ' ';
        if (is_word && rest.at[i] == '-' && rest.at[i + 1] == '-' &&
            (!is_text || option_at(from, &n) >= 0))
            return i;
    }
    return rest.n;
}

/** Quotes that were typed at the prompt, or that came along with what was copied. */
static struct slice without_quotes(struct slice s)
{
    static const struct pair {
        const char *open;
        const char *close;
    } pairs[] = {{"\"", "\""},
                 {"'", "'"},
                 {"\xe2\x80\x9c", "\xe2\x80\x9d"},
                 {"\xe2\x80\x98", "\xe2\x80\x99"}};

    for (size_t i = 0; i < COUNT(pairs); i++) {
        size_t open = strlen(pairs[i].open);
        size_t close = strlen(pairs[i].close);
        if (s.n >= open + close && memcmp(s.at, pairs[i].open, open) == 0 &&
            memcmp(s.at + s.n - close, pairs[i].close, close) == 0)
            return (struct slice){s.at + open, s.n - open - close};
    }
    return s;
}

/** Take one option and its value off the front. */
static enum result take_option(struct call *c, struct slice *rest, struct explain_options *to)
{
    char shown[SHOWN_MAX];
    size_t n = 0;
    int option = option_at(*rest, &n);

    if (option < 0)
        return call_misuse(c, "'%s' is no option of this command; they are %s",
                           text_copy_defused(shown, sizeof shown,
                                             (struct slice){rest->at, strcspn(rest->at, " ")}),
                           "--node, --service, --origin, --method, --headers, --path and "
                           "--console");
    if (to->value[option].at != NULL)
        return call_misuse(c, "%s is given twice", option_name[option]);
    bool has_equals = rest->at[n - 1] == '=';
    *rest = (struct slice){rest->at + n, rest->n - n};
    struct slice value = {rest->at, value_length(*rest, option == OPTION_CONSOLE)};
    *rest = (struct slice){rest->at + value.n, rest->n - value.n};
    value = slice_trim(value);
    if (value.n == 0 && option == OPTION_CONSOLE) {
        to->is_to_be_read = true;
        value = slice_of("");
    } else if (value.n == 0 && !has_equals) {
        return call_misuse(c, "%s needs a value; %s= is an empty one", option_name[option],
                           option_name[option]);
    }
    to->value[option] = value.n == 0 ? slice_of("") : without_quotes(value);
    return RESULT_DONE;
}

enum result explain_options_read(struct call *c, struct explain_options *to)
{
    struct slice rest = c->rest;
    enum result r = RESULT_DONE;

    *to = (struct explain_options){.is_to_be_read = false};
    while (r == RESULT_DONE && rest.n > 0)
        r = take_option(c, &rest, to);
    if (r == RESULT_DONE && to->value[OPTION_ORIGIN].at == NULL &&
        to->value[OPTION_CONSOLE].at == NULL)
        r = call_misuse(c, "It needs --origin, the page's, or --console and what the browser says");
    return r;
}
