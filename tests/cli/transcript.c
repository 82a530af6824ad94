#include "transcript.h"

#include <check.h>
#include <glob.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"
#include "base/buf.h"

#define MASKED_MAX ((size_t)1 << 20)

const char *transcript_path(const char *name, const char *suffix)
{
    static char path[4096];

    (void)snprintf(path, sizeof path, "%s/tests/cli/%s.%s", TEST_SOURCE_DIR, name, suffix);
    return path;
}

/** Cut "/a/b/list.in" to "list", in place. */
static const char *base_name(char *path)
{
    char *slash = strrchr(path, '/');
    char *name = slash == NULL ? path : slash + 1;

    name[strlen(name) - strlen(".in")] = '\0';
    return name;
}

const char *const *transcript_names(size_t *ret_n)
{
    static glob_t found;
    static const char **names;

    if (names == NULL && glob(transcript_path("*", "in"), 0, NULL, &found) == 0) {
        names = calloc(found.gl_pathc, sizeof *names);
        for (size_t i = 0; names != NULL && i < found.gl_pathc; i++)
            names[i] = base_name(found.gl_pathv[i]);
    }
    *ret_n = names == NULL ? 0 : found.gl_pathc;
    return names;
}

static void add_words(struct transcript *t, const char *text)
{
    char *save = NULL;
    size_t n = 0;

    (void)snprintf(t->options, sizeof t->options, "%s", text);
    for (char *w = strtok_r(t->options, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
        ck_assert_uint_lt(n, TRANSCRIPT_WORDS_MAX);
        t->args[n++] = w;
    }
}

static void add_line(char **line, size_t *n, const char *text)
{
    ck_assert_uint_lt(*n, TRANSCRIPT_LINES_MAX);
    line[*n] = strdup(text);
    ck_assert_ptr_nonnull(line[*n]);
    (*n)++;
}

/** Take one line "# key: value" of the head; other comments are for people. */
static void take_head_line(struct transcript *t, const char *line)
{
    char key[16];
    int at = 0;

    if (sscanf(line, "# %15[a-z]: %n", key, &at) != 1 || at == 0)
        return;
    const char *value = line + at;
    size_t used = strlen(t->conf);
    if (strcmp(key, "args") == 0)
        add_words(t, value);
    else if (strcmp(key, "conf") == 0)
        (void)snprintf(t->conf + used, sizeof t->conf - used, "%s\n", value);
    else if (strcmp(key, "exit") == 0)
        t->exit = (int)strtol(value, NULL, 10);
    else if (strcmp(key, "lab") == 0)
        t->is_factory = strcmp(value, "factory") == 0;
    else if (strcmp(key, "trace") == 0)
        t->has_trace = strcmp(value, "sample") == 0;
    else if (strcmp(key, "first") == 0)
        add_line(t->first, &t->n_first, value);
    else if (strcmp(key, "mask") == 0)
        add_line(t->mask, &t->n_masks, value);
    else
        ck_abort_msg("a transcript's head has no '%s'", key);
}

void transcript_read(struct transcript *t, const char *name)
{
    char line[512];

    *t = (struct transcript){.exit = 0};
    t->script = test_read_file(transcript_path(name, "in"), NULL);
    ck_assert_msg(t->script != NULL, "%s.in cannot be read", name);
    for (const char *p = t->script; *p == '#';) {
        size_t n = strcspn(p, "\r\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)n, p);
        take_head_line(t, line);
        p += n;
        p += *p == '\r' ? 1 : 0;
        p += *p == '\n' ? 1 : 0;
    }
}

void transcript_clear(struct transcript *t)
{
    free(t->script);
    for (size_t i = 0; i < t->n_first; i++)
        free(t->first[i]);
    for (size_t i = 0; i < t->n_masks; i++)
        free(t->mask[i]);
}

bool transcript_is_on_finesse(const struct transcript *t)
{
    static const char begin[] = "finesse";
    bool is_on = false;

    for (size_t i = 0; t->args[i] != NULL && t->args[i + 1] != NULL; i++)
        if (strcmp(t->args[i], "-n") == 0)
            is_on = strncmp(t->args[i + 1], begin, strlen(begin)) == 0;
    return is_on;
}

bool transcript_has_option(const struct transcript *t, const char *word)
{
    for (size_t i = 0; t->args[i] != NULL; i++)
        if (strcmp(t->args[i], word) == 0)
            return true;
    return false;
}

/** Replace every match of one expression, or of its first group when it has one. */
static char *mask_one(const char *expression, const char *text)
{
    regex_t re;
    regmatch_t m[2];
    struct buf to;
    int rc = regcomp(&re, expression, REG_EXTENDED | REG_NEWLINE);

    ck_assert_msg(rc == 0, "no regular expression: %s", expression);
    buf_init(&to, MASKED_MAX);
    (void)buf_puts(&to, "");
    for (bool goes_on = true; goes_on && *text != '\0';) {
        bool is_begin = to.n == 0 || to.text[to.n - 1] == '\n';
        goes_on = regexec(&re, text, 2, m, is_begin ? 0 : REG_NOTBOL) == 0 && m[0].rm_eo > 0;
        if (!goes_on)
            break;
        regmatch_t hidden = re.re_nsub > 0 && m[1].rm_so >= 0 ? m[1] : m[0];
        (void)buf_printf(&to, "%.*s#%.*s", (int)hidden.rm_so, text,
                         (int)(m[0].rm_eo - hidden.rm_eo), text + hidden.rm_eo);
        text += m[0].rm_eo;
    }
    (void)buf_puts(&to, text);
    regfree(&re);
    ck_assert_msg(to.state == ERR_OK, "too much to be masked");
    return buf_take(&to);
}

char *transcript_mask(const struct transcript *t, const char *text)
{
    char *masked = strdup(text);

    for (size_t i = 0; i < t->n_masks; i++) {
        char *next = mask_one(t->mask[i], masked);
        free(masked);
        masked = next;
    }
    ck_assert_ptr_nonnull(masked);
    return masked;
}
