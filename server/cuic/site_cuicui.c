#include "site_cuicui.h"

#include <stdio.h>
#include <string.h>

#include "assets.h"
#include "cuic_pages.h"
#include "cuic_rest.h"
#include "filtered.h"
#include "site_cuic.h"

#define PAGE_ALLOW "GET, HEAD, POST, OPTIONS"
#define NAME_MAX_  256 /* bytes of a built-in file's name */

/* ---- files ---- */

/** A file of the folder that the path names behind /cuicui/. */
static struct app_answer file_of(struct exchange *x, const char *folder, const char *name)
{
    char full[NAME_MAX_];
    struct asset file;

    int n = snprintf(full, sizeof full, "cuic/%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof full || !assets_find(full, &file))
        return filtered_error(x, 404, "There is no such file.");
    return (struct app_answer){.status = 200, .content_type = file.type, .body = file.body};
}

static struct app_answer script(struct exchange *x, const char *rest)
{
    return file_of(x, "js", rest);
}

static struct app_answer style(struct exchange *x, const char *rest)
{
    return file_of(x, "css", rest);
}

static struct app_answer image(struct exchange *x, const char *rest)
{
    return file_of(x, "images", rest);
}

/* ---- API ---- */

/* UNVERIFIED: what these three answer; settled by each of them on a real node. */

static struct app_answer status(struct exchange *x, const char *rest)
{
    (void)rest;
    return rest_status(x);
}

static struct app_answer locales(struct exchange *x, const char *rest)
{
    (void)rest;
    return rest_locales(x);
}

static struct app_answer i18n(struct exchange *x, const char *rest)
{
    char name[NAME_MAX_];

    (void)snprintf(name, sizeof name, "%s.json", rest);
    return file_of(x, "i18n", name);
}

/* ---- pages ---- */

static struct app_answer start(struct exchange *x, const char *rest)
{
    (void)x;
    (void)rest;
    return (struct app_answer){.status = 302, .location = "/cuicui/Main.jsp"};
}

static struct app_answer main_page(struct exchange *x, const char *rest)
{
    (void)rest;
    return pages_main(x);
}

static struct app_answer login_page(struct exchange *x, const char *rest)
{
    (void)rest;
    return pages_login(x);
}

static struct app_answer check(struct exchange *x, const char *rest)
{
    (void)rest;
    return pages_check(x);
}

static struct app_answer permalink(struct exchange *x, const char *rest)
{
    (void)rest;
    return pages_permalink(x);
}

static struct app_answer gadget(struct exchange *x, const char *rest)
{
    return pages_gadget(x, rest);
}

static struct app_answer nothing(struct exchange *x, const char *rest)
{
    (void)rest;
    return filtered_error(x, 404, "The simulated CUIC has no page of this name.");
}

/* ---- rows ---- */

/** The first whose path fits (route_rest). */
static const struct page {
    const char *path;
    bool is_post;
    struct app_answer (*answer)(struct exchange *x, const char *rest);
} pages[] = {
    {"/cuicui/", false, start},
    {"/cuicui", false, start},
    {"/cuicui/Main.jsp", false, main_page},
    {"/cuicui/Login.jsp", false, login_page},
    {"/cuicui/j_security_check", true, check},
    {"/cuicui/permalink/", false, permalink},
    {"/cuicui/permalink", false, permalink},
    {"/cuicui/gadget/*", false, gadget},
    {"/cuicui/js/*", false, script},
    {"/cuicui/scripts/*", false, script},
    {"/cuicui/css/*", false, style},
    {"/cuicui/images/*", false, image},
    {"/cuicui/api/status/*", false, status},
    {"/cuicui/api/locales/", false, locales},
    {"/cuicui/api/i18n/*", false, i18n},
    {"/cuicui/*", false, nothing},
};

/** @param ret_rest  what stands for the '*' */
static const struct page *find(const char *path, const char **ret_rest)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        *ret_rest = route_rest(pages[i].path, path);
        if (*ret_rest != NULL)
            return &pages[i];
    }
    return NULL;
}

static bool fits_method(const struct exchange *x, const struct page *p)
{
    if (p->is_post)
        return filtered_is_method(x, "POST");
    return filtered_is_method(x, "GET") || filtered_is_method(x, "HEAD");
}

/** UNVERIFIED: that the filter stands in front of /cuic/ alone, as the guide names no other path
 * for preflights; settled by a preflight to /cuicui/. */
void cuicui_context(struct exchange *x)
{
    struct app_answer app;
    const char *rest = NULL;
    const struct page *p = find(x->request->path, &rest);

    if (filtered_is_method(x, "OPTIONS")) {
        cuic_elsewhere(x);
        return;
    }
    if (filtered_view(x, SERVICE_CUIC) == NULL)
        return;
    if (p != NULL && fits_method(x, p)) {
        app = p->answer(x, rest);
    } else {
        app = filtered_error(x, 405, "This page does not know this method.");
        app.allow = PAGE_ALLOW;
    }
    profile_unfiltered(&x->profile, &app, &x->reply);
}

/** The administration is another application of the node, which goes on while reporting is down.
 *  UNVERIFIED: where it leads to; settled by `curl -i` of it. */
void oampui(struct exchange *x)
{
    struct app_answer app;

    if (filtered_is_method(x, "OPTIONS")) {
        cuic_elsewhere(x);
        return;
    }
    if (strcmp(x->request->path, "/oampui") == 0)
        app = (struct app_answer){.status = 302, .location = "/oampui/"};
    else if (strcmp(x->request->path, "/oampui/") == 0)
        app = file_of(x, "pages", "oampui.html");
    else
        app = filtered_error(x, 404, "The administration console is not simulated.");
    profile_unfiltered(&x->profile, &app, &x->reply);
}
