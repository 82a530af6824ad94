#include "transcript.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/lab.h"

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
