#include "assets.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *extension, *type;
} types[] = {
    {".css", "text/css;charset=utf-8"},
    {".gif", "image/gif"},
    {".htm", "text/html;charset=utf-8"},
    {".html", "text/html;charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript;charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".mjs", "text/javascript;charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".ttf", "font/ttf"},
    {".txt", "text/plain;charset=utf-8"},
    {".wav", "audio/wav"},
    {".webp", "image/webp"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".xml", "application/xml;charset=utf-8"},
};

const char *assets_type(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcasecmp(dot, types[i].extension) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static int compare(const void *name, const void *row)
{
    return strcmp(name, ((const struct asset_row *)row)->name);
}

bool assets_find(const char *name, struct asset *ret)
{
    const struct asset_row *row =
        bsearch(name, asset_rows, asset_row_count, sizeof asset_rows[0], compare);

    if (row == NULL)
        return false;
    *ret = (struct asset){
        row->name, assets_type(row->name), {row->begin, (size_t)(row->end - row->begin)}};
    return true;
}
