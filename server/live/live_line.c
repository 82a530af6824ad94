#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live_inside.h"

/* libmicrohttpd 0.9.75 would do the TLS of an upgraded connection and pass the bytes on through a
 * socket pair, but with buffers of four bytes: it gives that connection what is left of its memory
 * pool, and the answer's head has taken that. So we take over the TLS session and the TCP
 * connection. Our descriptor is a duplicate; under the library's number stays one on which nothing
 * ever happens, so that none of its threads wakes up for, or touches, what is ours. At the end it
 * gets the session back to close it. */

#define LINE_BYTES 131072 /* of the kernel's buffer for what is sent */

struct live_line {
    unsigned users; /* guarded by `lines` */
    int fd;         /* ours; -1 before it is taken over */
    struct live_end end;
};

const char *live_ending_text(enum live_ending e)
{
    static const char *const text[] = {
        [LIVE_CLIENT_LEFT] = "The client left",
        [LIVE_CLIENT_CLOSED] = "The client closed it",
        [LIVE_SERVER_CLOSED] = "The server closed it",
        [LIVE_CUT_OFF] = "The server cut it off",
        [LIVE_BROKEN] = "The client sent what is no WebSocket frame",
    };

    return text[e];
}

struct live_end live_line_end_of_socket(const struct live_line *line)
{
    return line->end;
}

struct live_line *live_line_new(void)
{
    struct live_line *line = calloc(1, sizeof *line);

    if (line == NULL)
        return NULL;
    line->users = 1;
    line->fd = -1;
    line->end.how = LIVE_CUT_OFF; /* unless somebody knows better */
    return line;
}

void live_line_ref(struct live *l, struct live_line *line)
{
    (void)pthread_mutex_lock(&l->lines);
    line->users++;
    (void)pthread_mutex_unlock(&l->lines);
}

/** The HTTP library calls this when it is done with the TLS session and before it frees the
 *  connection, so the lock also keeps it from doing that while the I/O thread is within
 *  MHD_upgrade_action, which touches the connection to its end. */
void live_line_end(struct live *l, struct live_line *line)
{
    if (line == NULL)
        return;
    (void)pthread_mutex_lock(&l->lines);
    bool is_last = --line->users == 0;
    (void)pthread_mutex_unlock(&l->lines);
    if (!is_last)
        return;
    if (line->fd >= 0)
        (void)close(line->fd);
    free(line);
}

void live_line_settle(struct live *l)
{
    (void)atomic_load_explicit(&l->n_given_back, memory_order_acquire);
}

int live_line_fd(const struct live_line *line)
{
    return line->fd;
}

bool live_line_take(struct live *l, struct live_line *line, gnutls_session_t tls, int fd)
{
    int bytes = LINE_BYTES;
    int on = 1;

    /* A record that was only read in part would be read on by the library. */
    if (gnutls_record_check_pending(tls) > 0)
        return false;
    line->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (line->fd < 0 || dup2(l->nothing, fd) < 0)
        return false;
    gnutls_transport_set_int(tls, line->fd);
    (void)setsockopt(line->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    /* The library has just turned it off; small frames would wait for the client's ACK. */
    (void)setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
}

void live_line_give_back(struct live *l, struct live_line *line, const struct live_end *end,
                         struct MHD_UpgradeResponseHandle *urh)
{
    (void)pthread_mutex_lock(&l->lines);
    line->end = *end;
    atomic_fetch_add_explicit(&l->n_given_back, 1, memory_order_release);
    (void)MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
    (void)pthread_mutex_unlock(&l->lines);
    live_line_end(l, line);
}
