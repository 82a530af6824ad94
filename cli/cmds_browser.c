#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browser.h"
#include "browser_print.h"
#include "cmds.h"
#include "pin.h"
#include "shell.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define SHOWN_MAX 128

/* ---- options ---- */

enum option {
    OPTION_PROGRAM,
    OPTION_URL,
    OPTION_PROFILE,
    OPTION_TRUST,
    OPTION_ADDRESS,
    OPTION_HEADLESS /* the only one without a value */
};
static const char *const option_name[] = {"--program", "--url",     "--profile",
                                          "--trust",   "--address", "--headless"};

struct typed {
    struct slice value[COUNT(option_name)]; /* `at` NULL: not given */
};

static int option_of(struct slice word)
{
    for (size_t i = 0; i < COUNT(option_name); i++)
        if (slice_is(word, option_name[i]))
            return (int)i;
    return -1;
}

/** Also one that this command does not have, which is a slip. */
static bool looks_like_option(struct slice word)
{
    return word.n > 2 && memcmp(word.at, "--", 2) == 0;
}

/** The words up to the next option, with the blanks between them. */
static struct slice take_value(struct call *c, size_t *i)
{
    size_t first = *i;

    while (*i < c->n_args && !looks_like_option(c->args[*i]))
        (*i)++;
    if (*i == first)
        return (struct slice){NULL, 0};
    const struct slice *last = &c->args[*i - 1];
    return (struct slice){c->args[first].at, (size_t)(last->at + last->n - c->args[first].at)};
}

static enum result take_option(struct call *c, size_t *i, struct typed *to)
{
    char shown[SHOWN_MAX];
    int option = option_of(c->args[*i]);

    if (option < 0)
        return call_misuse(c,
                           "'%s' is no option of this command; they are --program, --headless, "
                           "--url, --profile, --trust and --address",
                           text_copy_defused(shown, sizeof shown, c->args[*i]));
    if (to->value[option].at != NULL)
        return call_misuse(c, "%s is given twice", option_name[option]);
    (*i)++;
    struct slice value = option == OPTION_HEADLESS ? slice_of("new") : take_value(c, i);
    if (value.at == NULL)
        return call_misuse(c, "%s needs a value", option_name[option]);
    to->value[option] = value;
    return RESULT_DONE;
}

/** Host names and addresses alone: what goes into the rules must not end them. */
static bool is_address(struct slice s)
{
    char text[254];
    struct in6_addr v6;

    if (s.n == 0 || s.n >= sizeof text)
        return false;
    memcpy(text, s.at, s.n);
    text[s.n] = '\0';
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_alnum((unsigned char)text[i]) && strchr(".:-", text[i]) == NULL)
            return false;
    return strchr(text, ':') == NULL || inet_pton(AF_INET6, text, &v6) == 1;
}

static enum result take_options(struct call *c, struct typed *to)
{
    enum result r = RESULT_DONE;

    *to = (struct typed){.value = {{NULL, 0}}};
    for (size_t i = 0; r == RESULT_DONE && i < c->n_args;)
        r = take_option(c, &i, to);
    if (r != RESULT_DONE)
        return r;
    struct slice trust = to->value[OPTION_TRUST];
    if (trust.at != NULL && !slice_is(trust, "keys") && !slice_is(trust, "ca"))
        return call_misuse(c, "--trust is keys or ca");
    struct slice address = to->value[OPTION_ADDRESS];
    if (address.at != NULL && !is_address(address))
        return call_misuse(c, "--address is a host name or an address, without a port");
    return RESULT_DONE;
}

/* ---- the command line ---- */

static bool add_word(json_t *words, const char *option, const char *value)
{
    struct buf word;

    buf_init(&word, BROWSER_LINE_MAX);
    (void)buf_printf(&word, "%s%s", option, value);
    bool is_added =
        word.state == ERR_OK && json_array_append_new(words, json_string(buf_text(&word))) == 0;
    buf_clear(&word);
    return is_added;
}

/** A profile that is not there yet: the browser makes it. */
static enum result pick_profile(struct call *c, const struct typed *t, struct browser_line *l)
{
    const char *folder = getenv("TMPDIR");
    struct slice told = t->value[OPTION_PROFILE];
    struct diag why = {0, ""};
    char name[PIN_NAME];
    struct buf path;

    buf_init(&path, BROWSER_LINE_MAX);
    if (told.at != NULL) {
        (void)buf_add(&path, told);
    } else {
        if (pin_random_name(name, &why) != ERR_OK)
            return call_fail(c, "Operation failed, %s", why.text);
        (void)buf_printf(&path, "%s/cuicsim-browser-%s",
                         folder == NULL || folder[0] != '/' ? "/tmp" : folder, name);
    }
    l->profile = buf_take(&path);
    return l->profile == NULL ? call_fail(c, "%s", err_text(ERR_NOMEM)) : RESULT_DONE;
}

static enum result add_rules(struct call *c, const struct typed *t, struct browser_line *l)
{
    struct slice told = t->value[OPTION_ADDRESS];
    struct diag why = {0, ""};
    char address[SHOWN_MAX * 2];
    struct buf rules;

    buf_init(&rules, BROWSER_LINE_MAX);
    enum err e = browser_rules(
        c->sh->config, told.at == NULL ? NULL : text_copy_defused(address, sizeof address, told),
        &rules, &why);
    if (e == ERR_OK && !add_word(l->words, "--host-resolver-rules=", buf_text(&rules)))
        e = ERR_NOMEM;
    buf_clear(&rules);
    return e == ERR_OK ? RESULT_DONE
                       : call_fail(c, "Operation failed, %s", why.text[0] ? why.text : err_text(e));
}

static enum err add_pin(const struct config *c, const char *hostname, struct buf *to,
                        struct diag *why)
{
    char pin[PIN_TEXT];
    struct buf path;

    buf_init(&path, BROWSER_LINE_MAX);
    (void)buf_printf(&path, "%s/%s.crt", c->cert_dir, hostname);
    enum err e = path.state == ERR_OK ? pin_of_file(buf_text(&path), pin, why) : path.state;
    if (e == ERR_OK)
        e = buf_printf(to, "%s%s", to->n == 0 ? "" : ",", pin);
    buf_clear(&path);
    return e;
}

/** The certificates' keys are named on the command line: nothing else is trusted. */
static enum result trust_keys(struct call *c, struct browser_line *l)
{
    const struct config *config = c->sh->config;
    struct diag why = {0, ""};
    struct buf pins;
    enum err e = ERR_OK;

    buf_init(&pins, BROWSER_LINE_MAX);
    for (size_t i = 0; e == ERR_OK && i < config_all_nodes(config); i++)
        e = add_pin(config, config->nodes[i].hostname, &pins, &why);
    for (size_t i = 0; e == ERR_OK && i < config->n_console_names; i++)
        e = add_pin(config, config->console_names[i], &pins, &why);
    if (e == ERR_OK &&
        !add_word(l->words, "--ignore-certificate-errors-spki-list=", buf_text(&pins)))
        e = ERR_NOMEM;
    buf_clear(&pins);
    return e == ERR_OK ? RESULT_DONE
                       : call_fail(c, "Operation failed, %s", why.text[0] ? why.text : err_text(e));
}

/** The CA is put into a database in a home of the browser's own. */
static enum result trust_ca(struct call *c, struct browser_line *l)
{
    struct buf database;
    struct buf ca;

    buf_init(&database, BROWSER_LINE_MAX);
    buf_init(&ca, BROWSER_LINE_MAX);
    (void)buf_printf(&database, "sql:%s/.pki/nssdb", l->profile);
    (void)buf_printf(&ca, "%s/ca.crt", c->sh->config->cert_dir);
    const char *folder = buf_text(&database) + (database.n == 0 ? 0 : strlen("sql:"));
    json_t *steps = json_pack("[[s,s,s], [s,s,s,s,s,s,s,s,s,s]]", "mkdir", "-p", folder, "certutil",
                              "-d", buf_text(&database), "-A", "-t", "C,,", "-n", "cuicsim lab CA",
                              "-i", buf_text(&ca));
    json_t *home = json_pack("{s:s}", "HOME", l->profile);
    bool is_whole = steps != NULL && json_array_extend(l->setup, steps) == 0 && home != NULL &&
                    json_object_update(l->environment, home) == 0;
    json_decref(steps);
    json_decref(home);
    buf_clear(&database);
    buf_clear(&ca);
    return is_whole ? RESULT_DONE : call_fail(c, "%s", err_text(ERR_NOMEM));
}

static bool add_program(const struct typed *t, struct browser_line *l)
{
    struct slice program = t->value[OPTION_PROGRAM];
    json_t *name =
        program.at == NULL ? json_string("chromium") : json_stringn(program.at, program.n);

    /* As root Chromium does not start with its sandbox. */
    return json_array_append_new(l->words, name) == 0 &&
           add_word(l->words, "--user-data-dir=", l->profile) &&
           (t->value[OPTION_HEADLESS].at == NULL || add_word(l->words, "--headless=new", "")) &&
           add_word(l->words, "--no-first-run", "") &&
           add_word(l->words, "--no-default-browser-check", "") &&
           (geteuid() != 0 || add_word(l->words, "--no-sandbox", ""));
}

static bool add_url(struct call *c, const struct typed *t, struct browser_line *l)
{
    struct slice told = t->value[OPTION_URL];
    struct buf url;

    buf_init(&url, BROWSER_LINE_MAX);
    if (told.at != NULL)
        (void)buf_add(&url, told);
    else
        browser_start_url(c->sh->config, &url);
    bool is_added = add_word(l->words, buf_text(&url), "");
    buf_clear(&url);
    return is_added;
}

static enum result make_line(struct call *c, const struct typed *t, struct browser_line *l)
{
    bool by_ca = slice_is(t->value[OPTION_TRUST], "ca");
    enum result r = pick_profile(c, t, l);

    if (r == RESULT_DONE && !add_program(t, l))
        r = call_fail(c, "Operation failed, a word of these is no text");
    if (r == RESULT_DONE)
        r = add_rules(c, t, l);
    if (r == RESULT_DONE)
        r = by_ca ? trust_ca(c, l) : trust_keys(c, l);
    if (r == RESULT_DONE && !add_url(c, t, l))
        r = call_fail(c, "Operation failed, the URL is no text");
    return r;
}

static enum result lab_browser(struct call *c)
{
    struct browser_line l = {json_array(), json_object(), json_array(), NULL};
    struct typed t;
    enum result r = take_options(c, &t);

    if (r == RESULT_DONE)
        r = make_line(c, &t, &l);
    if (r == RESULT_DONE) {
        browser_print_line(c, &l);
        browser_print_json(c, &l);
    }
    json_decref(l.setup);
    json_decref(l.environment);
    json_decref(l.words);
    free(l.profile);
    return r;
}

/* ---- the table ---- */

static const char *nth_option(const void *context, size_t i)
{
    static const char *const choice[] = {
        "--headless", "--trust keys", "--trust ca", "--program", "--program google-chrome",
        "--url",      "--profile",    "--address"};

    (void)context;
    return i < COUNT(choice) ? choice[i] : NULL;
}

static const struct cmd_param options = {
    "--program P --headless --url U --profile DIR --trust keys|ca --address A",
    CMD_MAYBE_OPTIONS,
    "the browser, chromium unless told; without a window; what to open first, the desktop unless "
    "told; a folder for its profile, a new one unless told; whether it trusts the certificates' "
    "keys, or the CA (with certutil of NSS); where the lab is, for a browser on another machine",
    "--program google-chrome --trust ca",
    nth_option,
};

static const struct cmd rows[] = {
    {"lab browser",
     "Print the command line of a Chromium that finds and trusts the lab, with a profile of its "
     "own",
     &options, 0, CMD_LAB, lab_browser, NULL},
};

size_t cmds_browser(const struct cmd **table, size_t n)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        table[n++] = &rows[i];
    return n;
}
