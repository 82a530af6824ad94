#include "proc.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX   64
#define PATH_BYTES 4096
#define NOBODY     65534

long long test_now_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void test_pause_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    (void)nanosleep(&t, NULL);
}

unsigned test_scaled(unsigned n)
{
    const char *percent = getenv("CUICSIM_TEST_SCALE");
    unsigned long scale = percent == NULL ? 100 : strtoul(percent, NULL, 10);
    unsigned long scaled = n * scale / 100;

    return scaled == 0 ? 1 : (unsigned)scaled;
}

void test_until(bool (*what)(void *arg), void *arg, const char *name)
{
    long long end = test_now_ms() + PROC_DEADLINE_MS;

    while (!what(arg)) {
        if (test_now_ms() > end)
            ck_abort_msg("not reached in time: %s", name);
        test_pause_ms(5);
    }
}

/** Wrapper words, then the program's path, then its arguments. Filled before the fork: a child of
 *  a threaded test must not allocate. */
static void fill_args(char **to, char *wrap, char *path, const char *const *argv)
{
    size_t n = 0;
    char *save = NULL;

    for (char *w = strtok_r(wrap, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
        ck_assert_uint_lt(n, ARGS_MAX - 2);
        to[n++] = w;
    }
    to[n++] = path;
    for (size_t i = 1; argv[i] != NULL; i++) {
        ck_assert_uint_lt(n, ARGS_MAX - 1);
        union {
            const char *in;
            char *out;
        } arg = {argv[i]};
        to[n++] = arg.out;
    }
    to[n] = NULL;
}

static void become(const struct proc_options *o)
{
    struct rlimit limit;

    if (o == NULL)
        return;
    if (o->unprivileged && geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(126);
    if (o->file_size_max > 0) {
        (void)signal(SIGXFSZ, SIG_IGN);
        limit.rlim_cur = limit.rlim_max = o->file_size_max;
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(126);
    }
    if (o->output != NULL) {
        int fd = open(o->output, O_WRONLY);
        if (fd < 0 || dup2(fd, 1) < 0)
            _exit(126);
    }
    for (size_t i = 0; o->env != NULL && o->env[i] != NULL; i++) {
        union {
            const char *in;
            char *out;
        } pair = {o->env[i]};
        (void)putenv(pair.out);
    }
}

static void run_child(char **args, int in, int out, int err, const struct proc_options *o)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
    become(o);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user would clear it */
    (void)execvp(args[0], args);
    _exit(127);
}

static int temporary_file(void)
{
    char name[] = "/tmp/cuicsim-err-XXXXXX";
    int fd = mkstemp(name);

    ck_assert_int_ge(fd, 0);
    (void)unlink(name);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

/** Nobody may be barred from the folder that this tree is in: let it run the program by a
 * descriptor that root has opened. @return the descriptor, or -1 when `path` will do */
static int hold_program(char path[PATH_BYTES], const struct proc_options *o)
{
    if (o == NULL || !o->unprivileged || geteuid() != 0)
        return -1;
    int fd = open(path, O_RDONLY); /* inherited: the number is part of the path */
    ck_assert_msg(fd >= 0, "%s cannot be opened", path);
    (void)snprintf(path, PATH_BYTES, "/proc/self/fd/%d", fd);
    return fd;
}

struct proc proc_start(const char *const *argv, const struct proc_options *options)
{
    const char *wrap = getenv("CUICSIM_TEST_WRAP");
    char wrap_copy[512];
    char path[PATH_BYTES];
    char *args[ARGS_MAX];
    int in[2];
    int out[2];
    int err = temporary_file();

    (void)snprintf(wrap_copy, sizeof wrap_copy, "%s", wrap == NULL ? "" : wrap);
    (void)snprintf(path, sizeof path, "%s%s%s", argv[0][0] == '/' ? "" : TEST_BUILD_DIR,
                   argv[0][0] == '/' ? "" : "/", argv[0]);
    int program = hold_program(path, options);
    fill_args(args, wrap_copy, path, argv);
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    (void)fcntl(in[1], F_SETFD, FD_CLOEXEC);
    (void)fcntl(out[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        run_child(args, in[0], out[1], err, options);
    (void)close(in[0]);
    (void)close(out[1]);
    if (program >= 0)
        (void)close(program);
    return (struct proc){pid, in[1], out[0], err};
}

char *proc_read_line(struct proc *p)
{
    size_t n = 0;
    size_t room = 256;
    char *line = malloc(room);
    long long end = test_now_ms() + PROC_DEADLINE_MS;
    char c = 0;

    ck_assert_ptr_nonnull(line);
    for (;;) {
        struct pollfd ready = {p->out, POLLIN, 0};
        if (poll(&ready, 1, (int)(end - test_now_ms())) <= 0)
            ck_abort_msg("no line of output in time; stderr: %s", proc_stderr(p));
        ssize_t got = read(p->out, &c, 1);
        if (got <= 0 && n == 0) {
            free(line);
            return NULL;
        }
        if (got <= 0 || c == '\n')
            break;
        if (n + 2 > room)
            line = realloc(line, room *= 2);
        ck_assert_ptr_nonnull(line);
        line[n++] = c;
    }
    line[n] = '\0';
    return line;
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int proc_wait(struct proc *p)
{
    long long end = test_now_ms() + PROC_DEADLINE_MS;
    int status = 0;

    if (p->in >= 0)
        (void)close(p->in);
    while (waitpid(p->pid, &status, WNOHANG) == 0) {
        if (test_now_ms() > end) {
            (void)kill(p->pid, SIGKILL);
            ck_abort_msg("a program did not end in time; stderr: %s", proc_stderr(p));
        }
        test_pause_ms(2);
    }
    (void)close(p->out);
    (void)close(p->err);
    *p = (struct proc){-1, -1, -1, -1};
    return exit_status(status);
}

char *proc_stderr(const struct proc *p)
{
    off_t n = lseek(p->err, 0, SEEK_END);
    char *text = calloc(1, (size_t)(n < 0 ? 0 : n) + 1);

    ck_assert_ptr_nonnull(text);
    ck_assert_int_ge(pread(p->err, text, (size_t)(n < 0 ? 0 : n), 0), 0);
    return text;
}

/** Read to the end of output while feeding the input, so that neither side can block the other. */
static char *exchange(struct proc *p, const char *input, size_t input_bytes)
{
    size_t left = input == NULL ? 0 : input_bytes > 0 ? input_bytes : strlen(input);
    size_t n = 0;
    size_t room = 4096;
    char *out = malloc(room);
    long long end = test_now_ms() + PROC_DEADLINE_MS;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)fcntl(p->in, F_SETFL, O_NONBLOCK);
    for (;;) {
        struct pollfd fds[2] = {{p->out, POLLIN, 0}, {left > 0 ? p->in : -1, POLLOUT, 0}};
        if (left == 0 && p->in >= 0) {
            (void)close(p->in);
            p->in = -1;
        }
        int ready = poll(fds, 2, (int)(end - test_now_ms()));
        if (ready <= 0 && errno != EINTR)
            ck_abort_msg("a program did not end in time; stderr: %s", proc_stderr(p));
        if ((fds[1].revents & (POLLOUT | POLLERR)) != 0) {
            ssize_t sent = write(p->in, input, left);
            end = test_now_ms() + PROC_DEADLINE_MS;
            if (sent < 0 && errno != EAGAIN)
                left = 0; /* it reads no more */
            else if (sent > 0) {
                input += sent;
                left -= (size_t)sent;
            }
        }
        if ((fds[0].revents & (POLLIN | POLLHUP)) == 0)
            continue;
        if (n + 1 == room)
            out = realloc(out, room *= 2);
        ck_assert_ptr_nonnull(out);
        ssize_t got = read(p->out, out + n, room - n - 1);
        if (got <= 0)
            break;
        n += (size_t)got;
        end = test_now_ms() + PROC_DEADLINE_MS;
    }
    out[n] = '\0';
    return out;
}

static struct proc_result finish(struct proc *p, const char *input, size_t input_bytes)
{
    struct proc_result r;
    int err = dup(p->err);

    r.out = exchange(p, input, input_bytes);
    r.status = proc_wait(p);
    struct proc kept = {.err = err};
    r.err = proc_stderr(&kept);
    (void)close(err);
    return r;
}

struct proc_result proc_finish(struct proc *p, const char *input)
{
    return finish(p, input, 0);
}

struct proc_result proc_run(const char *const *argv, const char *input,
                            const struct proc_options *options)
{
    struct proc p = proc_start(argv, options);

    return finish(&p, input, options == NULL ? 0 : options->input_bytes);
}

void proc_result_clear(struct proc_result *r)
{
    free(r->out);
    free(r->err);
    *r = (struct proc_result){0, NULL, NULL};
}
