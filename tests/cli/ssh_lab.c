#include "ssh_lab.h"

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state.h"

#define ARGS_MAX   24
#define PORTS      3 /* 22, 2211 and 2212 of the documented file */
#define PORT_TRIES 20

static struct proc sshd;
static unsigned port[PORTS];

/* --- what both sides are told ----------------------------------------------------------------- */

/** Every `from`, of which there must be one, becomes `to`. Frees text. @return to be freed */
static char *replaced(char *text, const char *from, const char *to)
{
    char *made = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&made, &n);
    const char *rest = text;
    const char *at = strstr(text, from);

    ck_assert_ptr_nonnull(f);
    ck_assert_msg(at != NULL, "'%s' is not in: %s", from, text);
    for (; at != NULL; at = strstr(rest, from)) {
        (void)fprintf(f, "%.*s%s", (int)(at - rest), rest, to);
        rest = at + strlen(from);
    }
    (void)fputs(rest, f);
    ck_assert_int_eq(fclose(f), 0);
    free(text);
    return made;
}

const char *ssh_user_name(void)
{
    const struct passwd *pw = getpwuid(geteuid());

    ck_assert_msg(pw != NULL, "ssh needs an account, and uid %u has none", (unsigned)geteuid());
    return pw->pw_name;
}

/** The lines that are to be uncommented where needed, with free ports for those they name. All of
 *  these are marked before the first is filled in: a free port may well be 42211. */
static char *uncommented(char *text)
{
    static const char *const from[PORTS] = {"Port 22\n", "2211", "2212"};
    static const char *const marked[PORTS] = {"Port @0\n", "@1", "@2"};
    char mark[24];
    char to[24];

    text = replaced(text, "\n#Port", "\nPort");
    text = replaced(text, "\n#Match", "\nMatch");
    text = replaced(text, "\n#    ", "\n    ");
    for (size_t i = 0; i < PORTS; i++)
        text = replaced(text, from[i], marked[i]);
    for (size_t i = 0; i < PORTS; i++) {
        (void)snprintf(mark, sizeof mark, "@%zu", i);
        (void)snprintf(to, sizeof to, "%u", port[i]);
        text = replaced(text, mark, to);
    }
    return text;
}

/** The documented file with this lab's paths, and with this user as `account`. */
static char *documented(const char *account, bool is_uncommented)
{
    char *text = test_read_file(TEST_SOURCE_DIR "/config/sshd_cuicsim.conf", NULL);
    char from[32];
    char to[64];

    ck_assert_ptr_nonnull(text);
    if (is_uncommented)
        text = uncommented(text);
    text = replaced(text, "/usr/local/bin/cuicsim-cli", lab_path(&lab, "cuicsim-cli"));
    text = replaced(text, "/etc/cuicsim/cuicsim.conf", lab.config);
    text = replaced(text, "/etc/cuicsim/ssh_keys", lab_path(&lab, "keys"));
    (void)snprintf(from, sizeof from, "User %s Local", account);
    (void)snprintf(to, sizeof to, "User %s Local", ssh_user_name());
    text = replaced(text, from, to);
    (void)snprintf(to, sizeof to, "Match User %s\n", ssh_user_name());
    return replaced(text, "Match User admin,trainee\n", to);
}

static FILE *create(const char *name)
{
    FILE *f = fopen(lab_path(&lab, name), "w");

    ck_assert_msg(f != NULL, "%s cannot be written", name);
    return f;
}

/** Where root has no password, as after `sudo make check` on many a machine ("!" in shadow), sshd
 *  refuses even its keys, unless PAM is asked. Otherwise PAM is left out: in a container its
 * session modules may fail. */
static bool is_locked(void)
{
    const struct spwd *sp = geteuid() == 0 ? getspnam(ssh_user_name()) : NULL;

    return sp != NULL && sp->sp_pwdp != NULL && sp->sp_pwdp[0] == '!';
}

/** As careless as an administrator can be: only the documented file keeps the doors shut. */
static void write_server_config(const char *account, bool is_uncommented)
{
    char *text = documented(account, is_uncommented);
    test_write_file(lab_path(&lab, "cuicsim.sshd"), text, strlen(text));
    free(text);
    FILE *f = create("sshd_config");
    (void)fprintf(f, "Include %s/cuicsim.sshd\n", lab.dir);
    if (!is_uncommented)
        (void)fprintf(f, "Port %u\n", port[0]);
    for (int i = 11; i <= 14; i++)
        (void)fprintf(f, "ListenAddress 127.0.0.%d\n", i);
    (void)fprintf(f, "HostKey %s/host_key\n", lab.dir);
    (void)fprintf(f, "UsePAM %s\n", is_locked() ? "yes" : "no");
    (void)fputs("PidFile none\nStrictModes no\nPermitRootLogin yes\nAcceptEnv *\n"
                "SetEnv PATH=/usr/bin:/bin\nAllowTcpForwarding yes\nAllowAgentForwarding yes\n"
                "X11Forwarding yes\nPermitTunnel yes\n"
                "Subsystem sftp /usr/lib/openssh/sftp-server\n",
                f);
    ck_assert_int_eq(fclose(f), 0);
}

static void write_host(FILE *f, const char *name, int address, unsigned port_number)
{
    (void)fprintf(f, "Host %s\n  HostName 127.0.0.%d\n  Port %u\n", name, address, port_number);
}

static void write_client_config(void)
{
    FILE *f = create("ssh_config");

    write_host(f, "cuicpub", 11, port[0]);
    write_host(f, "cuicsub", 12, port[0]);
    write_host(f, "finessep", 13, port[0]);
    write_host(f, "stranger", 14, port[0]);
    write_host(f, "cuicpub-port", 14, port[1]);
    write_host(f, "cuicsub-port", 14, port[2]);
    (void)fprintf(f,
                  "Host *\n  User %s\n  IdentityFile %s/key\n  UserKnownHostsFile %s/known_hosts\n",
                  ssh_user_name(), lab.dir, lab.dir);
    (void)fputs("  IdentitiesOnly yes\n  IdentityAgent none\n  HostKeyAlias lab\n  BatchMode yes\n"
                "  StrictHostKeyChecking yes\n  GlobalKnownHostsFile /dev/null\n  LogLevel ERROR\n"
                "  KexAlgorithms curve25519-sha256\n", /* a third of the default's time */
                f);
    ck_assert_int_eq(fclose(f), 0);
}

static void make_key(const char *name)
{
    const char *argv[] = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                          lab_path(&lab, name),  NULL};
    struct proc_result r = proc_run(argv, NULL, NULL);

    ck_assert_msg(r.status == 0, "ssh-keygen: %d: %s", r.status, r.err);
    proc_result_clear(&r);
}

/** The server knows the client's key, and the client the server's. */
static void make_keys(void)
{
    char keys[96];
    char path[160];
    char *text;

    make_key("key");
    make_key("host_key");
    (void)snprintf(keys, sizeof keys, "%s/keys", lab.dir);
    ck_assert_int_eq(mkdir(keys, 0755), 0);
    (void)snprintf(path, sizeof path, "%s/%s", keys, ssh_user_name());
    ck_assert_int_eq(rename(lab_path(&lab, "key.pub"), path), 0);
    FILE *f = create("known_hosts");
    text = test_read_file(lab_path(&lab, "host_key.pub"), NULL);
    ck_assert_ptr_nonnull(text);
    (void)fprintf(f, "lab %s", text);
    ck_assert_int_eq(fclose(f), 0);
    free(text);
}

/* --- the server ------------------------------------------------------------------------------- */

/** Free a moment ago, at one of the addresses: another program may still be faster. */
static void pick_ports(void)
{
    struct sockaddr_in a[PORTS];
    socklen_t n = sizeof a[0];
    int fd[PORTS];

    for (size_t i = 0; i < PORTS; i++) {
        a[i] = (struct sockaddr_in){.sin_family = AF_INET};
        ck_assert_int_eq(inet_pton(AF_INET, "127.0.0.11", &a[i].sin_addr), 1);
        fd[i] = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert(fd[i] >= 0 && bind(fd[i], (struct sockaddr *)&a[i], n) == 0 &&
                  getsockname(fd[i], (struct sockaddr *)&a[i], &n) == 0);
        port[i] = ntohs(a[i].sin_port);
    }
    for (size_t i = 0; i < PORTS; i++)
        (void)close(fd[i]);
}

static size_t count(const char *text, const char *piece)
{
    size_t n = 0;

    for (const char *p = text; (p = strstr(p, piece)) != NULL; p++)
        n++;
    return n;
}

/** Has it bound all addresses, failed to, or ended? */
static bool is_settled(void *n_wanted)
{
    siginfo_t info = {.si_pid = 0};
    char *text = proc_stderr(&sshd);
    bool is = count(text, "Server listening on") == *(size_t *)n_wanted ||
              strstr(text, "Bind to port") != NULL;

    free(text);
    (void)waitid(P_PID, (id_t)sshd.pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return is || info.si_pid != 0;
}

unsigned ssh_port(void)
{
    return port[0];
}

static void stop_server(void)
{
    (void)kill(sshd.pid, SIGTERM);
    (void)proc_wait(&sshd);
}

/** @return whether the ports were free */
static bool try_server(const char *account, bool is_uncommented)
{
    const char *argv[] = {"/usr/sbin/sshd", "-D", "-e", "-f", NULL, NULL};
    size_t n_wanted = 4U * (is_uncommented ? PORTS : 1U);

    pick_ports();
    write_server_config(account, is_uncommented);
    argv[4] = lab_path(&lab, "sshd_config");
    sshd = proc_start(argv, NULL);
    test_until(is_settled, &n_wanted, "sshd listens");
    char *said = proc_stderr(&sshd);
    bool is_up = count(said, "Server listening on") == n_wanted;
    if (!is_up)
        stop_server();
    ck_assert_msg(is_up || strstr(said, "Bind to port") != NULL, "sshd: %s", said);
    free(said);
    return is_up;
}

void ssh_start(const char *account, bool is_uncommented)
{
    unsigned n = 0;

    (void)unsetenv("CUICSIM_TEST_WRAP"); /* valgrind is for programs of ours */
    if (geteuid() == 0)
        (void)mkdir("/run/sshd", 0755); /* sshd wants it; it is there after the service's start */
    ck_assert_int_eq(symlink(TEST_BUILD_DIR "/cuicsim-cli", lab_path(&lab, "cuicsim-cli")), 0);
    make_keys();
    while (!try_server(account, is_uncommented))
        ck_assert_msg(++n < PORT_TRIES, "no free ports");
    write_client_config();
}

/* --- what is left behind ---------------------------------------------------------------------- */

size_t ssh_read_proc(const char *pid, const char *name, char text[SSH_TEXT_MAX])
{
    char path[320];
    ssize_t got = 0;
    size_t n = 0;

    (void)snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && n < SSH_TEXT_MAX - 1 && (got = read(fd, text + n, SSH_TEXT_MAX - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    if (fd >= 0)
        (void)close(fd);
    return n;
}

size_t ssh_shells(char ret_pid[16])
{
    static char words[SSH_TEXT_MAX];
    const char *want = lab_path(&lab, "cuicsim-cli");
    DIR *all = opendir("/proc");
    size_t n = 0;

    ck_assert_ptr_nonnull(all);
    for (const struct dirent *d = NULL; (d = readdir(all)) != NULL;)
        if (d->d_name[0] >= '0' && d->d_name[0] <= '9' &&
            ssh_read_proc(d->d_name, "cmdline", words) > 0 && strcmp(words, want) == 0) {
            (void)snprintf(ret_pid, 16, "%.15s", d->d_name);
            n++;
        }
    (void)closedir(all);
    return n;
}

bool ssh_no_shell(void *unused)
{
    char pid[16];

    (void)unused;
    return ssh_shells(pid) == 0;
}

void ssh_stop(void)
{
    test_until(ssh_no_shell, NULL, "no shell is left behind");
    stop_server();
}

/* --- the client ------------------------------------------------------------------------------- */

struct proc_result ssh_client(const char *program, const char *input, ...)
{
    char path[32];
    const char *argv[ARGS_MAX] = {path, "-F", lab_path(&lab, "ssh_config")};
    size_t n = 3;
    va_list ap;

    (void)snprintf(path, sizeof path, "/usr/bin/%s", program);
    va_start(ap, input);
    while ((argv[n] = va_arg(ap, const char *)) != NULL)
        ck_assert_uint_lt(++n, ARGS_MAX);
    va_end(ap);
    return proc_run(argv, input, NULL);
}

void ssh_begin(struct ssh_session *s, const char *option, const char *host, const char *env)
{
    const char *argv[] = {"/usr/bin/ssh", "-F", lab_path(&lab, "ssh_config"), option, host, NULL};
    const char *const envs[] = {env, NULL};

    s->n = 0;
    s->text[0] = '\0';
    s->p = proc_start(argv, &(struct proc_options){.env = envs});
}

void ssh_expect(struct ssh_session *s, const char *want)
{
    char *at;

    while ((at = strstr(s->text, want)) == NULL) {
        struct pollfd ready = {s->p.out, POLLIN, 0};
        ck_assert_msg(poll(&ready, 1, PROC_DEADLINE_MS) == 1, "no '%s': %s", want, s->text);
        ssize_t got = read(s->p.out, s->text + s->n, sizeof s->text - 1 - s->n);
        ck_assert_msg(got > 0, "ended before '%s': %s%s", want, s->text, proc_stderr(&s->p));
        s->n += (size_t)got;
        s->text[s->n] = '\0';
    }
    at += strlen(want);
    s->n -= (size_t)(at - s->text);
    memmove(s->text, at, s->n + 1);
}

void ssh_type(struct ssh_session *s, const char *keys)
{
    ck_assert_int_eq(write(s->p.in, keys, strlen(keys)), (ssize_t)strlen(keys));
}

int ssh_end(struct ssh_session *s)
{
    struct proc_result r = proc_finish(&s->p, NULL);
    int status = r.status;

    proc_result_clear(&r);
    return status;
}

/** A new terminal has the group tty already? Not where /dev/pts is mounted without gid=5, as in
 *  some containers: then sshd changes it, and that only root may. */
static bool is_of_group_tty(void)
{
    const struct group *tty = getgrnam("tty");
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct stat st;
    bool is = fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 && stat(ptsname(fd), &st) == 0 &&
              (tty == NULL || st.st_gid == tty->gr_gid);

    if (fd >= 0)
        (void)close(fd);
    return is;
}

bool ssh_has_terminals(void)
{
    /* As root sshd tells the kernel's audit of each terminal, or gives up: some containers have
     * taken that right away. */
    bool has =
        geteuid() == 0 ? prctl(PR_CAPBSET_READ, CAP_AUDIT_WRITE, 0, 0, 0) == 1 : is_of_group_tty();

    if (!has)
        (void)fprintf(stderr, "ssh: not tested with terminals: sshd cannot make any here\n");
    return has;
}
