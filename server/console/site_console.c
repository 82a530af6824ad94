#include "site_console.h"

#include <stdio.h>
#include <string.h>

#include "assets.h"
#include "console_inside.h"
#include "filtered.h"

#define ASSET_NAME_MAX 128

/** What is not a file. */
static const struct page_row {
    const char *path;
    bool is_change; /* POST; the others are GET and HEAD */
    console_page *answer;
} rows[] = {
    {"/api/lab", false, console_lab},
    {"/api/state", false, console_state},
    {"/api/counts", false, console_counts},
    {"/api/events", false, console_events},
    {"/api/exchanges", false, console_exchanges},
    {"/api/exchange", false, console_exchange},
    {"/api/explain", false, console_explain},
    {"/api/change", true, console_change},
    {"/metrics", false, console_metrics},
    {"/healthz", false, console_health},
};

static const struct page_row *find_page(const char *path)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].path, path) == 0)
            return &rows[i];
    return NULL;
}

/** "/" is console/index.html, "/common/x" what pages of several sites load, "/x" console/x. */
static bool find_file(const char *path, struct asset *ret)
{
    char name[ASSET_NAME_MAX];
    bool is_common = strncmp(path, "/common/", 8) == 0;
    int n = snprintf(name, sizeof name, "%s%s%s", is_common ? "" : "console",
                     is_common ? path + 1 : path, strcmp(path, "/") == 0 ? "index.html" : "");

    return n > 0 && (size_t)n < sizeof name && assets_find(name, ret);
}

static bool is_reading(const struct exchange *x)
{
    return filtered_is_method(x, "GET") || filtered_is_method(x, "HEAD");
}

static void refuse_method(struct exchange *x, const char *allowed)
{
    console_refuse(x, 405, "This takes %s only.", allowed);
    x->reply.header[x->reply.n_headers++] = (struct reply_header){"allow", allowed};
}

static void answer_page(struct exchange *x, const struct page_row *row)
{
    if (row->is_change && !filtered_is_method(x, "POST"))
        refuse_method(x, "POST");
    else if (!row->is_change && !is_reading(x))
        refuse_method(x, "GET, HEAD");
    else if (!row->is_change || console_admits_change(x))
        row->answer(x);
}

void console_site(struct exchange *x)
{
    struct asset file;

    if (!console_admits(x))
        return;
    const struct page_row *row = find_page(x->request->path);
    if (row != NULL)
        answer_page(x, row);
    else if (!find_file(x->request->path, &file))
        console_refuse(x, 404, "The console has nothing at this path.");
    else if (!is_reading(x))
        refuse_method(x, "GET, HEAD");
    else
        console_reply(x, 200, file.type, file.body);
}
