#include "config_show.h"

#include <string.h>

/** The n-th word of "first|second". */
static struct slice nth_word(const char *words, int n)
{
    for (; n > 0 && strchr(words, '|') != NULL; n--)
        words = strchr(words, '|') + 1;
    return (struct slice){words, strcspn(words, "|")};
}

static void show_key(const struct config *c, const struct config_key *key, FILE *to)
{
    const void *field = (const char *)c + key->offset;

    if (key->type == CONFIG_BOOL) {
        (void)fprintf(to, "%s = %s", key->name, *(const bool *)field ? "yes" : "no");
    } else if (key->type == CONFIG_NUMBER) {
        (void)fprintf(to, "%s = %u", key->name, *(const unsigned *)field);
    } else if (key->type == CONFIG_WORD) {
        struct slice word = nth_word(key->words, *(const int *)field);
        (void)fprintf(to, "%s = %.*s", key->name, (int)word.n, word.at);
    } else {
        (void)fprintf(to, "%s = \"%s\"", key->name, *(const char *const *)field);
    }
}

static void show_section(const struct config *c, const char *section, FILE *to)
{
    size_t n = 0;
    const struct config_key *key = config_keys(&n);
    bool is_top = section[0] == '\0';

    if (!is_top)
        (void)fprintf(to, "%s {", section);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(key[i].section, section) != 0)
            continue;
        (void)fputs(is_top ? "" : " ", to);
        show_key(c, &key[i], to);
        (void)fputs(is_top ? "\n" : "", to);
    }
    (void)fputs(is_top ? "" : " }\n", to);
}

void config_show(const struct config *c, FILE *to)
{
    (void)fprintf(to, "# %s is good\n", c->path);
    show_section(c, "", to);
    for (size_t i = 0; i < c->n_nodes; i++)
        (void)fprintf(to, "node %s { hostname = \"%s\" role = %s }\n", c->nodes[i].name,
                      c->nodes[i].hostname, c->nodes[i].is_publisher ? "publisher" : "subscriber");
    for (size_t i = c->n_nodes; i < config_all_nodes(c); i++)
        (void)fprintf(to, "# finesse node %s: %s\n", c->nodes[i].name, c->nodes[i].hostname);
    for (size_t i = 0; i < c->n_console_names; i++)
        (void)fprintf(to, "# console name %s\n", c->console_names[i]);
    for (size_t i = 0; i < c->n_endpoints; i++)
        (void)fprintf(to, "# listen %s %s\n", site_name(c->endpoints[i].site),
                      c->endpoints[i].text);
    show_section(c, "limits", to);
    show_section(c, "simulation", to);
    show_section(c, "live_data", to);
    show_section(c, "trace", to);
}
