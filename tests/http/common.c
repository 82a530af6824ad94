#include "common.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TCase *new_case(Suite *s, const char *name)
{
    TCase *tc = tcase_create(name);

    tcase_set_timeout(tc, TIMEOUT_S);
    suite_add_tcase(s, tc);
    return tc;
}

void start_article(struct lab *l, const char *extra)
{
    lab_init(l, extra);
    lab_must(l, "lab reset article");
    lab_start_server(l);
}

/* ---- preflights ---- */

static void check_verdict(const struct wire_response *r, const char *origin)
{
    const char *allowed = wire_field(r, "access-control-allow-origin");

    if (r->status == 200) {
        if (allowed == NULL || strcmp(allowed, origin) != 0)
            ck_abort_msg("200 for %s with allow-origin %s", origin,
                         allowed == NULL ? "missing" : allowed);
        return;
    }
    if (r->status != 403 && r->status != 502 && r->status != 503)
        ck_abort_msg("status %u for a preflight", r->status);
    if (wire_count(r, "access-control-") != 0 || wire_field(r, "vary") != NULL)
        ck_abort_msg("%u with CORS headers", r->status);
}

unsigned preflight(struct wire *w, const char *host, const char *origin)
{
    struct wire_response r;

    wire_say(w,
             "OPTIONS /cuic/ HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n"
             "Access-Control-Request-Method: GET\r\n\r\n",
             host, origin);
    if (!wire_read(w, &r))
        return 0;
    check_verdict(&r, origin);
    unsigned status = r.status;
    wire_response_clear(&r);
    return status;
}

unsigned preflight_once(const struct lab *l, const char *host, const char *origin)
{
    struct wire *w = wire_open(l->port[0], host);
    unsigned status = preflight(w, host, origin);

    wire_close(w);
    return status;
}

struct wire_response ask_once(const struct lab *l, const char *text)
{
    struct wire *w = wire_open(l->port[0], PUB);
    struct wire_response r;

    wire_say(w, "%s", text);
    (void)wire_read(w, &r);
    wire_close(w);
    return r;
}

/* ---- waiting for the log ---- */

struct log_search {
    const struct lab *lab;
    const char *text;
};

static bool log_has(void *arg)
{
    const struct log_search *s = arg;
    char *log = proc_stderr(&s->lab->server);
    bool has = strstr(log, s->text) != NULL;

    free(log);
    return has;
}

void wait_for_log(struct lab *l, const char *text)
{
    struct log_search s = {l, text};

    test_until(log_has, &s, text);
}

/* ---- programs and files ---- */

extern char **environ;

void run_tool(const char *const *argv)
{
    posix_spawn_file_actions_t files;
    char *args[32];
    pid_t pid = 0;
    int status = 0;
    size_t n = 0;

    for (; argv[n] != NULL && n < COUNT(args) - 1; n++) {
        union {
            const char *in;
            char *out;
        } arg = {argv[n]};
        args[n] = arg.out;
    }
    args[n] = NULL;
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    (void)posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawnp(&pid, args[0], &files, NULL, args, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    ck_assert_msg(rc == 0, "%s: %s", args[0], strerror(rc));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s failed", args[0]);
}

bool can_be_unprivileged(void)
{
    static const char *const argv[] = {"cuicsim-server", "--version", NULL};
    static const struct proc_options options = {.unprivileged = true};
    struct proc_result r = proc_run(argv, NULL, &options);
    bool can = r.status == 0;

    proc_result_clear(&r);
    if (!can) {
        (void)printf("not tested: nobody may not run programs in %s\n", TEST_BUILD_DIR);
        (void)fflush(stdout);
    }
    return can;
}

void copy_file(const char *from, const char *to)
{
    size_t n = 0;
    char *text = test_read_file(from, &n);

    ck_assert_msg(text != NULL, "%s cannot be read", from);
    test_write_file(to, text, n);
    free(text);
}

void copy_certs(const struct lab *l)
{
    static const char *const name[] = {"ca.crt",   "ca.key",   PUB ".crt",
                                       PUB ".key", SUB ".crt", SUB ".key"};
    char from[512];
    char to[256];

    ck_assert_int_eq(mkdir(lab_path(l, "certs"), 0755), 0);
    for (size_t i = 0; i < COUNT(name); i++) {
        (void)snprintf(from, sizeof from, "%s/%s", TEST_CERT_DIR, name[i]);
        (void)snprintf(to, sizeof to, "%s/certs/%s", l->dir, name[i]);
        copy_file(from, to);
    }
}

/* nftw has no argument of ours. */
static FILE *listing;

static int list_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    size_t n = 0;
    char *text = type == FTW_F ? test_read_file(path, &n) : NULL;
    unsigned long hash = 5381;

    (void)where;
    for (size_t i = 0; text != NULL && i < n; i++)
        hash = hash * 33 + (unsigned char)text[i];
    free(text);
    (void)fprintf(listing, "%s %o", path, (unsigned)st->st_mode);
    if (type == FTW_F)
        (void)fprintf(listing, " %lld bytes, hash %lx", (long long)st->st_size, hash);
    (void)fputc('\n', listing);
    return 0;
}

char *folder_text(const char *path)
{
    char *text = NULL;
    size_t n = 0;

    listing = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(listing);
    ck_assert_int_eq(nftw(path, list_one, 16, FTW_PHYS), 0);
    (void)fclose(listing);
    return text;
}
