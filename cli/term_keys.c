#include "term_edit.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ESC         0x1b
#define QUOTE       0x16 /* Ctrl-V: the next byte is text, were it an ESC */
#define PASTE_BEGIN "[200~"
#define PASTE_END   "[201~"

/** What a terminal sends for a key, behind ESC, and the editor's key of the same meaning. ESC and
 *  a letter (a word forwards, a word back) are two. */
static const struct special {
    const char *sequence;
    wchar_t key[2];
} specials[] = {
    {"[A", {L'\x10'}},     {"[B", {L'\x0e'}},     {"[C", {L'\x06'}},     {"[D", {L'\x02'}},
    {"OA", {L'\x10'}},     {"OB", {L'\x0e'}},     {"OC", {L'\x06'}},     {"OD", {L'\x02'}},
    {"[H", {L'\x01'}},     {"[F", {L'\x05'}},     {"OH", {L'\x01'}},     {"OF", {L'\x05'}},
    {"[1~", {L'\x01'}},    {"[4~", {L'\x05'}},    {"[7~", {L'\x01'}},    {"[8~", {L'\x05'}},
    {"[3~", {KEY_DELETE}}, {"OM", {L'\n'}},       {"[1;5C", {ESC, 'f'}}, {"[1;3C", {ESC, 'f'}},
    {"[1;5D", {ESC, 'b'}}, {"[1;3D", {ESC, 'b'}},
};

static void put(struct keys *k, wchar_t key)
{
    if (k->n_ready < sizeof k->ready / sizeof k->ready[0])
        k->ready[k->n_ready++] = key;
}

/** A tab within pasted text is a blank: nobody asked for completion. */
static void put_text(struct keys *k, wchar_t c)
{
    if (c == L'\0' || (c >= 0x80 && c < 0xa0))
        put(k, KEY_REPLACEMENT);
    else
        put(k, c == L'\t' && k->is_paste ? L' ' : c);
}

static void feed_text(struct keys *k, unsigned char byte)
{
    char c = (char)byte;
    wchar_t wide = L'\0';
    bool was_partial = mbsinit(&k->partial) == 0;
    size_t n = mbrtowc(&wide, &c, 1, &k->partial);

    if (n == (size_t)-2)
        return;
    if (n != (size_t)-1) {
        put_text(k, wide);
        return;
    }
    k->partial = (mbstate_t){0};
    put(k, KEY_REPLACEMENT);
    if (was_partial) /* it may begin the next character; at most once, as nothing is partial now */
        feed_text(k, byte);
}

static void end_sequence(struct keys *k)
{
    const char *behind = k->sequence + 1;

    k->n_sequence = 0;
    if (strcmp(behind, PASTE_BEGIN) == 0 || strcmp(behind, PASTE_END) == 0)
        k->is_paste = strcmp(behind, PASTE_BEGIN) == 0;
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (strcmp(behind, specials[i].sequence) != 0)
            continue;
        for (size_t j = 0; j < 2 && specials[i].key[j] != L'\0'; j++)
            put(k, specials[i].key[j]);
    }
}

/** ESC, "[" or "O", digits and punctuation, one last character. A function key of the Linux
 *  console has a second "[" before its letter. */
static bool is_last(const struct keys *k, unsigned char byte)
{
    return k->n_sequence > 2 && byte >= 0x40 && !(byte == '[' && k->n_sequence == 3);
}

static void feed_sequence(struct keys *k, unsigned char byte)
{
    if (k->n_sequence == 1 && byte != '[' && byte != 'O') { /* Alt and a key */
        k->n_sequence = 0;
        if ((byte >= 0x20 && byte < 0x80) || byte == '\b') /* a stray ESC must not eat an Enter */
            put(k, ESC);
        feed_text(k, byte);
        return;
    }
    if (k->n_sequence < KEY_SEQUENCE_MAX) {
        k->sequence[k->n_sequence] = (char)byte;
        k->sequence[k->n_sequence + 1] = '\0';
    } else {
        k->sequence[1] = '\0'; /* none that we know */
    }
    k->n_sequence++;
    if (is_last(k, byte))
        end_sequence(k);
}

void keys_feed(struct keys *k, unsigned char byte)
{
    bool is_control = byte < 0x20 || byte >= 0x7f;
    bool is_quoted = k->is_quoted;

    k->is_quoted = !is_quoted && byte == QUOTE && k->n_sequence == 0;
    if (is_quoted) {
        feed_text(k, byte);
    } else if (byte == ESC) {
        k->sequence[0] = ESC;
        k->sequence[1] = '\0';
        k->n_sequence = 1;
    } else if (k->n_sequence == 1 || (k->n_sequence > 1 && !is_control)) {
        feed_sequence(k, byte);
    } else {
        k->n_sequence = 0; /* broken off */
        feed_text(k, byte);
    }
}

bool keys_take(struct keys *k, wchar_t *ret)
{
    if (k->n_ready == 0)
        return false;
    *ret = k->ready[0];
    k->n_ready--;
    for (size_t i = 0; i < k->n_ready; i++)
        k->ready[i] = k->ready[i + 1];
    return true;
}

wchar_t *keys_widen(const char *text, size_t max)
{
    size_t left = strlen(text);
    wchar_t *wide = calloc((left < max ? left : max) + 1, sizeof *wide);
    mbstate_t state = {0};

    for (size_t n = 0; wide != NULL && left > 0 && n < max; n++) {
        size_t used = mbrtowc(&wide[n], text, left, &state);
        if (used == (size_t)-1 || used == (size_t)-2) {
            state = (mbstate_t){0};
            used = 1;
            wide[n] = KEY_REPLACEMENT;
        }
        text += used;
        left -= used;
    }
    return wide;
}

/** What may have been quoted into the line: as term.c's plain(). A line end would be none. */
static wchar_t plain(wchar_t c)
{
    if (c == L'\t' || c == L'\n')
        return L' ';
    return c == L'\0' ? L'\x01' : c;
}

void keys_narrow(const wchar_t *from, size_t n, struct buf *to)
{
    char bytes[MB_LEN_MAX];

    for (size_t i = 0; i < n; i++) {
        mbstate_t state = {0};
        size_t used = wcrtomb(bytes, plain(from[i]), &state);
        if (used == (size_t)-1) {
            bytes[0] = '\x01';
            used = 1;
        }
        (void)buf_add(to, (struct slice){bytes, used});
    }
}
