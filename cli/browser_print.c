#include "browser_print.h"

#include <string.h>

/** A word as a shell reads it. */
static void put_word(struct buf *to, const char *word)
{
    size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./:=,@%+-");

    if (word[0] != '\0' && word[plain] == '\0') {
        (void)buf_puts(to, word);
        return;
    }
    (void)buf_putc(to, '\'');
    for (; *word != '\0'; word++)
        (void)(*word == '\'' ? buf_puts(to, "'\\''") : buf_putc(to, *word));
    (void)buf_putc(to, '\'');
}

static void put_words(struct buf *to, const json_t *words)
{
    size_t i = 0;
    json_t *word = NULL;

    json_array_foreach(words, i, word)
    {
        if (i > 0)
            (void)buf_putc(to, ' ');
        put_word(to, json_string_value(word));
    }
}

static bool is_plain_switch(const char *word)
{
    return word[0] == '-' && strchr(word, '=') == NULL;
}

/** The browser's words, in lines of a length to be read. */
static void put_browser(struct buf *to, const json_t *words)
{
    bool was_plain = true;
    size_t i = 0;
    json_t *word = NULL;

    json_array_foreach(words, i, word)
    {
        const char *text = json_string_value(word);
        bool is_plain = is_plain_switch(text);
        if (i > 0)
            (void)buf_puts(to, is_plain && was_plain ? " " : " \\\n    ");
        put_word(to, text);
        was_plain = is_plain;
    }
}

void browser_print_line(struct call *c, const struct browser_line *l)
{
    struct buf text;
    size_t i = 0;
    json_t *step = NULL;
    const char *name = NULL;
    json_t *value = NULL;

    buf_init(&text, 4 * BROWSER_LINE_MAX);
    json_array_foreach(l->setup, i, step)
    {
        put_words(&text, step);
        (void)buf_puts(&text, " &&\n");
    }
    json_object_foreach(l->environment, name, value)
    {
        (void)buf_printf(&text, "%s=", name);
        put_word(&text, json_string_value(value));
        (void)buf_putc(&text, ' ');
    }
    put_browser(&text, l->words);
    out_printf(&c->out, "%s\n", buf_text(&text));
    buf_clear(&text);
}

void browser_print_json(struct call *c, const struct browser_line *l)
{
    json_t *arguments = json_copy(l->words);

    call_json(c, "program", json_incref(json_array_get(l->words, 0)));
    (void)json_array_remove(arguments, 0);
    call_json(c, "arguments", arguments);
    call_json(c, "environment", json_incref(l->environment));
    call_json(c, "setup", json_incref(l->setup));
    call_json(c, "profile", json_string(l->profile));
    call_json(c, "url", json_incref(json_array_get(l->words, json_array_size(l->words) - 1)));
}
