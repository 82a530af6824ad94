#include "lab.h"

#include <check.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGS_MAX 48
#define NOBODY   65534

void test_write_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");

    ck_assert_msg(f != NULL, "%s cannot be written", path);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(path, NOBODY, NOBODY), 0);
}

char *test_read_file(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0)
        return NULL;
    char *text = calloc(1, (size_t)st.st_size + 1);
    ck_assert_ptr_nonnull(text);
    size_t n = fread(text, 1, (size_t)st.st_size, f);
    (void)fclose(f);
    if (ret_n != NULL)
        *ret_n = n;
    return text;
}

const char *lab_path(const struct lab *l, const char *name)
{
    static _Thread_local char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", l->dir, name);
    return path;
}

/** Does any line of the text begin with this word? */
static bool has_line(const char *text, const char *word)
{
    for (const char *p = text; p != NULL; p = strchr(p, '\n')) {
        p += *p == '\n' ? 1 : 0;
        if (strncmp(p, word, strlen(word)) == 0)
            return true;
        if (*p == '\0')
            break;
    }
    return false;
}

void lab_write_config(struct lab *l, const char *text)
{
    test_write_file(l->config, text, strlen(text));
}

/** No connection and no session of a test ends because the test, or its machine, was slow: that is
 *  for the tests of these limits, which set them. */
#define PATIENT_LIMITS "limits { idle_seconds = 3600 }\n"
#define PATIENT_LIVE   "live_data { ping_timeout_seconds = 3600 token_seconds = 3600 }\n"

void lab_init(struct lab *l, const char *extra)
{
    char text[16384];

    *l = (struct lab){.server = {-1, -1, -1, -1}};
    (void)snprintf(l->dir, sizeof l->dir, "/tmp/cuicsim-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(l->dir));
    ck_assert_int_eq(chmod(l->dir, 0755), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(l->dir, NOBODY, NOBODY), 0);
    (void)snprintf(l->config, sizeof l->config, "%s/cuicsim.conf", l->dir);
    if (extra == NULL)
        extra = "";
    (void)snprintf(text, sizeof text, "state_dir = \"state\"\n%s%s%s%s%s\n%s%s",
                   has_line(extra, "cert_dir") ? "" : "cert_dir = \"" TEST_CERT_DIR "\"\n",
                   has_line(extra, "log_level") ? "" : "log_level = warning\n",
                   has_line(extra, "node")
                       ? ""
                       : "node cuicpub { hostname = \"cuicpub.uccelab.tac\" role = publisher }\n"
                         "node cuicsub { hostname = \"cuicsub.uccelab.tac\" role = subscriber }\n",
                   has_line(extra, "listen") ? ""
                                             : "listen cuic { addresses = {\"127.0.0.1:0\"} }\n",
                   extra, has_line(extra, "limits") ? "" : PATIENT_LIMITS,
                   has_line(extra, "live_data") ? "" : PATIENT_LIVE);
    lab_write_config(l, text);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

void lab_clear(struct lab *l)
{
    if (l->has_server)
        ck_assert_int_eq(lab_stop_server(l, SIGTERM), 0);
    (void)nftw(l->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct proc_result lab_cli(const struct lab *l, const char *input, ...)
{
    const char *argv[ARGS_MAX] = {"cuicsim-cli", "-c", l->config};
    size_t n = 3;
    va_list ap;

    va_start(ap, input);
    for (const char *word = va_arg(ap, const char *); word != NULL;
         word = va_arg(ap, const char *)) {
        ck_assert_uint_lt(n, ARGS_MAX - 1);
        argv[n++] = word;
    }
    va_end(ap);
    argv[n] = NULL;
    return proc_run(argv, input, l->options);
}

void lab_must(const struct lab *l, const char *words)
{
    char copy[1024];
    const char *argv[ARGS_MAX] = {"cuicsim-cli", "-c", l->config};
    size_t n = 3;
    char *save = NULL;

    (void)snprintf(copy, sizeof copy, "%s", words);
    for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
        argv[n++] = w;
    argv[n] = NULL;
    struct proc_result r = proc_run(argv, NULL, l->options);
    ck_assert_msg(r.status == 0, "'%s' ended with %d: %s%s", words, r.status, r.out, r.err);
    proc_result_clear(&r);
}

void lab_start_server(struct lab *l)
{
    const char *argv[] = {"cuicsim-server", "-c", l->config, NULL};
    char *line;

    l->server = proc_start(argv, l->options);
    l->has_server = true;
    l->n_ports = 0;
    l->console[0] = '\0';
    while ((line = proc_read_line(&l->server)) != NULL) {
        size_t n = strlen(line);
        bool is_ready = n >= 5 && strcmp(line + n - 5, "ready") == 0;
        const char *colon = strrchr(line, ':');
        if (strncmp(line, "listening ", 10) == 0 && colon != NULL && l->n_ports < LAB_PORTS_MAX)
            l->port[l->n_ports++] = (unsigned)strtoul(colon + 1, NULL, 10);
        if (strncmp(line, "console ", 8) == 0)
            (void)snprintf(l->console, sizeof l->console, "%s", line + 8);
        free(line);
        if (is_ready)
            return;
    }
    ck_abort_msg("the server did not start: %s", proc_stderr(&l->server));
}

int lab_stop_server(struct lab *l, int signal_number)
{
    (void)kill(l->server.pid, signal_number);
    l->has_server = false;
    return proc_wait(&l->server);
}
