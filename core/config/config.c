#include "config.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "config_internal.h"

#define SECTION_KEYS_MAX 16
#define TOP_KEYS_MAX     32
#define FILE_BYTES_MAX   (1U << 20)

/* Set in a line that is added to every file: libConfuse takes the end of the file for the end of a
 * section, so an unclosed one swallows this key and complains of it. */
#define END_KEY "end-of-configuration"

/** libConfuse hands no pointer of ours to its error function; this is what that one needs. */
static _Thread_local struct {
    const char *path;
    struct diag *why;
} parsing;

__attribute__((format(printf, 2, 0))) static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
    char text[DIAG_TEXT];

    (void)vsnprintf(text, sizeof text, fmt, ap);
    const char *hint =
        strstr(text, "no such option") != NULL ? "; cuicsim.conf(5) has all keys" : "";
    if (strstr(text, END_KEY) != NULL)
        diag_set(parsing.why, 0, "%s:%d: a section is not closed: '}' is missing", parsing.path,
                 cfg->line - 1);
    else
        diag_set(parsing.why, 0, "%s:%d: %s%s", parsing.path, cfg->line, text, hint);
}

/** Remember the line of a value in the one slot libConfuse has for notes on it; a key that has one
 *  already is set for the second time. */
static int note_line(cfg_t *cfg, cfg_opt_t *opt)
{
    char line[16];

    if ((opt->flags & CFGF_LIST) == 0 && cfg_opt_getcomment(opt) != NULL) {
        cfg_error(cfg, "'%s' is set twice, in line %s already", opt->name, cfg_opt_getcomment(opt));
        return -1;
    }
    (void)snprintf(line, sizeof line, "%d", cfg->line);
    return cfg_opt_setcomment(opt, line) == CFG_SUCCESS ? 0 : -1;
}

/** The libConfuse options of one section, all read as text and judged later by our own table. */
static size_t fill_options(const char *section, cfg_opt_t *opts)
{
    size_t n_keys = 0;
    size_t n = 0;
    const struct config_key *key = config_keys(&n_keys);

    for (size_t i = 0; i < n_keys; i++) {
        if (strcmp(key[i].section, section) != 0)
            continue;
        cfg_opt_t text = CFG_STR(key[i].name, NULL, CFGF_NODEFAULT);
        cfg_opt_t list = CFG_STR_LIST(key[i].name, NULL, CFGF_NODEFAULT);
        opts[n] = key[i].type == CONFIG_LIST ? list : text;
        opts[n++].validcb = note_line;
    }
    opts[n] = (cfg_opt_t)CFG_END();
    return n;
}

static cfg_t *new_parser(void)
{
    cfg_opt_t node[SECTION_KEYS_MAX];
    cfg_opt_t listen[SECTION_KEYS_MAX];
    cfg_opt_t limits[SECTION_KEYS_MAX];
    cfg_opt_t simulation[SECTION_KEYS_MAX];
    cfg_opt_t live_data[SECTION_KEYS_MAX];
    cfg_opt_t trace[SECTION_KEYS_MAX];
    cfg_opt_t top[TOP_KEYS_MAX];

    (void)fill_options("node", node);
    (void)fill_options("listen", listen);
    (void)fill_options("limits", limits);
    (void)fill_options("simulation", simulation);
    (void)fill_options("live_data", live_data);
    (void)fill_options("trace", trace);
    size_t n = fill_options("", top);
    top[n++] = (cfg_opt_t)CFG_STR(END_KEY, NULL, CFGF_NODEFAULT);
    cfg_opt_t sections[] = {
        CFG_SEC("node", node, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("listen", listen, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("limits", limits, CFGF_NONE),
        CFG_SEC("simulation", simulation, CFGF_NONE),
        CFG_SEC("live_data", live_data, CFGF_NONE),
        CFG_SEC("trace", trace, CFGF_NONE),
        CFG_END(),
    };
    memcpy(top + n, sections, sizeof sections);
    cfg_t *cfg = cfg_init(top, CFGF_NONE);
    if (cfg != NULL)
        (void)cfg_set_error_function(cfg, on_error);
    return cfg;
}

enum err config_fail(const struct reading *r, cfg_t *section, const struct config_key *key,
                     const char *message)
{
    cfg_opt_t *opt = key == NULL ? NULL : cfg_getopt(section, key->name);
    const char *line = opt == NULL ? NULL : cfg_opt_getcomment(opt);
    char own_line[16];

    if (line == NULL) {
        (void)snprintf(own_line, sizeof own_line, "%d", section->line);
        line = own_line;
    }
    const char *title = cfg_title(section);
    diag_set(r->why, 0, "%s:%s: %s%s%s%s%s: %s", r->config->path, line,
             section == r->top ? "" : cfg_name(section), title == NULL ? "" : " ",
             title == NULL ? "" : title, section == r->top || key == NULL ? "" : ": ",
             key == NULL ? "" : key->name, message);
    return ERR_SYNTAX;
}

const char *config_value(cfg_t *section, const struct config_key *key)
{
    const char *text = cfg_size(section, key->name) == 0 ? NULL : cfg_getstr(section, key->name);

    return text == NULL ? key->value : text;
}

static enum err read_number(const struct reading *r, cfg_t *section, const struct config_key *key,
                            const char *text, unsigned *ret)
{
    char message[160];
    unsigned long value = 0;

    if (text_to_ulong(slice_of(text), key->min, key->max, &value) == ERR_OK) {
        *ret = (unsigned)value;
        return ERR_OK;
    }
    (void)snprintf(message, sizeof message, "'%.40s' is not a number from %lu to %lu%s%s", text,
                   key->min, key->max, key->unit[0] == '\0' ? "" : " ", key->unit);
    return config_fail(r, section, key, message);
}

static enum err read_bool(const struct reading *r, cfg_t *section, const struct config_key *key,
                          const char *text, bool *ret)
{
    static const char *const word[] = {"no", "yes", "off", "on", "false", "true"};
    char message[96];

    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
        if (strcasecmp(text, word[i]) == 0) {
            *ret = i % 2 == 1;
            return ERR_OK;
        }
    (void)snprintf(message, sizeof message, "'%.40s' is neither yes nor no", text);
    return config_fail(r, section, key, message);
}

enum err config_read_word(const struct reading *r, cfg_t *section, const struct config_key *key,
                          int *ret)
{
    const char *text = config_value(section, key);
    const char *word = key->words;
    char message[160];

    for (int i = 0; word != NULL; i++) {
        const char *bar = strchr(word, '|');
        struct slice s = {word, bar == NULL ? strlen(word) : (size_t)(bar - word)};
        if (slice_is(s, text)) {
            *ret = i;
            return ERR_OK;
        }
        word = bar == NULL ? NULL : bar + 1;
    }
    (void)snprintf(message, sizeof message, "'%.40s' is not one of %s", text, key->words);
    return config_fail(r, section, key, message);
}

/** Paths are relative to the folder of the configuration file. */
static enum err read_path(const struct reading *r, cfg_t *section, const struct config_key *key,
                          const char *text, char **ret)
{
    const char *slash = strrchr(r->config->path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - r->config->path) + 1;

    if (text[0] == '\0')
        return config_fail(r, section, key, "a path is missing");
    if (text[0] == '/')
        folder = 0;
    char *path = malloc(folder + strlen(text) + 1);
    if (path == NULL)
        return ERR_NOMEM;
    memcpy(path, r->config->path, folder);
    memcpy(path + folder, text, strlen(text) + 1);
    *ret = path;
    return ERR_OK;
}

static enum err read_key(const struct reading *r, cfg_t *section, const struct config_key *key)
{
    const char *text = config_value(section, key);
    char *field = (char *)r->config + key->offset;

    switch (key->type) {
    case CONFIG_BOOL:
        return read_bool(r, section, key, text, (bool *)(void *)field);
    case CONFIG_NUMBER:
        return read_number(r, section, key, text, (unsigned *)(void *)field);
    case CONFIG_WORD:
        return config_read_word(r, section, key, (int *)(void *)field);
    case CONFIG_PATH:
        return read_path(r, section, key, text, (char **)(void *)field);
    case CONFIG_TEXT:
    case CONFIG_LIST:
        break; /* only in node and listen */
    }
    return ERR_OK;
}

/** The keys that have a field of their own in struct config. */
static enum err read_plain_keys(const struct reading *r)
{
    size_t n = 0;
    const struct config_key *key = config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        bool is_top = key[i].section[0] == '\0';
        if (strcmp(key[i].section, "node") == 0 || strcmp(key[i].section, "listen") == 0)
            continue;
        cfg_t *section = is_top ? r->top : cfg_getsec(r->top, key[i].section);
        enum err e = read_key(r, section, &key[i]);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err cannot_read(const char *path, int error, struct diag *why)
{
    diag_set(why, 0, "%s: cannot read the configuration: %s", path, strerror(error));
    return error == ENOENT ? ERR_NOTFOUND : ERR_IO;
}

static enum err read_stream(FILE *f, const char *path, struct buf *to, struct diag *why)
{
    char piece[4096];
    size_t n;

    while (to->state == ERR_OK && (n = fread(piece, 1, sizeof piece, f)) > 0) {
        if (memchr(piece, '\0', n) != NULL) {
            diag_set(why, 0, "%s: not a text file", path);
            return ERR_SYNTAX;
        }
        (void)buf_add(to, (struct slice){piece, n});
    }
    if (ferror(f) != 0)
        return cannot_read(path, errno, why);
    if (to->state == ERR_LIMIT)
        diag_set(why, 0, "%s: over %u bytes, too large for a configuration", path, FILE_BYTES_MAX);
    return to->state;
}

/** The whole file, read here because libConfuse's scanner ends the program when it cannot. */
static enum err read_text(const char *path, struct buf *to, struct diag *why)
{
    struct stat st;
    FILE *f = NULL;

    if (stat(path, &st) != 0)
        return cannot_read(path, errno, why);
    if (S_ISDIR(st.st_mode))
        return cannot_read(path, EISDIR, why);
    if (!S_ISREG(st.st_mode)) {
        diag_set(why, 0, "%s: cannot read the configuration: not a regular file", path);
        return ERR_IO;
    }
    f = fopen(path, "r");
    if (f == NULL)
        return cannot_read(path, errno, why);
    enum err e = read_stream(f, path, to, why);
    (void)fclose(f);
    return e;
}

static enum err parse_file(const char *path, cfg_t *cfg, struct diag *why)
{
    struct buf text;

    buf_init(&text, FILE_BYTES_MAX);
    diag_set(why, 0, "%s", "");
    enum err e = read_text(path, &text, why);
    if (e == ERR_OK)
        e = buf_puts(&text, "\n" END_KEY " = yes\n");
    if (e == ERR_OK) {
        parsing.path = path;
        parsing.why = why;
        e = cfg_parse_buf(cfg, buf_text(&text)) == CFG_SUCCESS ? ERR_OK : ERR_SYNTAX;
        parsing.why = NULL;
        if (e != ERR_OK && why != NULL && why->text[0] == '\0')
            diag_set(why, 0, "%s:%d: syntax error", path, cfg->line);
    }
    if (e == ERR_OK && cfg_size(cfg, END_KEY) == 0) {
        diag_set(why, 0, "%s: a comment is not closed: '*/' is missing", path);
        e = ERR_SYNTAX;
    }
    buf_clear(&text);
    return e;
}

static enum err read_all(cfg_t *cfg, struct config *c, struct diag *why)
{
    struct reading r = {.config = c, .top = cfg, .why = why};
    enum err e = parse_file(c->path, cfg, why);

    if (e == ERR_OK)
        e = read_plain_keys(&r);
    if (e == ERR_OK)
        e = config_read_nodes(&r);
    if (e == ERR_OK)
        e = config_read_listeners(&r);
    if (e == ERR_NOMEM)
        diag_set(why, 0, "out of memory");
    return e;
}

enum err config_load(const char *path, struct config **ret, struct diag *why)
{
    struct config *c = calloc(1, sizeof *c);
    cfg_t *cfg = new_parser();
    enum err e = ERR_NOMEM;

    if (c != NULL)
        c->path = strdup(path);
    if (c != NULL && c->path != NULL && cfg != NULL)
        e = read_all(cfg, c, why);
    if (cfg != NULL)
        (void)cfg_free(cfg);
    if (e != ERR_OK) {
        config_free(c);
        return e;
    }
    *ret = c;
    return ERR_OK;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; c->nodes != NULL && i < config_all_nodes(c); i++) {
        free(c->nodes[i].name);
        free(c->nodes[i].hostname);
    }
    for (size_t i = 0; i < c->n_endpoints; i++)
        free(c->endpoints[i].text);
    for (size_t i = 0; i < c->n_console_names; i++)
        free(c->console_names[i]);
    free(c->console_names);
    free(c->nodes);
    free(c->endpoints);
    free(c->path);
    free(c->state_dir);
    free(c->cert_dir);
    free(c->gadget_dir);
    free(c->layout);
    free(c);
}
