#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511

static enum err fail(const struct endpoint *e, const char *what, int error, struct diag *why)
{
    const char *remedy = "";

    if (error == EADDRINUSE)
        remedy = "; another program listens there (another cuicsim-server?), stop it or change "
                 "the listen section";
    if (error == EACCES)
        remedy = "; ports below 1024 need the right to bind them";
    if (error == EADDRNOTAVAIL)
        remedy = "; this machine has no such address";
    diag_set(why, 0, "listen %s: %s: %s: %s%s", site_name(e->site), e->text, what, strerror(error),
             remedy);
    return error == EADDRINUSE ? ERR_EXISTS : ERR_IO;
}

static enum err prepare(int fd, const struct endpoint *e, struct diag *why)
{
    int on = 1;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return fail(e, "cannot set up a socket", errno, why);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return fail(e, "cannot set up a socket", errno, why);
    if (e->addr.ss_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return fail(e, "cannot set up a socket", errno, why);
    if (bind(fd, (const struct sockaddr *)&e->addr, e->addr_bytes) != 0)
        return fail(e, "cannot bind", errno, why);
    if (listen(fd, BACKLOG) != 0)
        return fail(e, "cannot listen", errno, why);
    return ERR_OK;
}

enum err listen_open(const struct endpoint *e, int *ret_fd, struct diag *why)
{
    int fd = socket(e->addr.ss_family, SOCK_STREAM, 0);

    if (fd < 0)
        return fail(e, "cannot make a socket", errno, why);
    enum err err = prepare(fd, e, why);
    if (err != ERR_OK) {
        (void)close(fd);
        return err;
    }
    *ret_fd = fd;
    return ERR_OK;
}

void listen_address(int fd, struct sockaddr_storage *ret)
{
    socklen_t n = sizeof *ret;

    *ret = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
    (void)getsockname(fd, (struct sockaddr *)ret, &n);
}

void listen_text(int fd, char ret[LISTEN_TEXT])
{
    struct sockaddr_storage addr;
    char host[INET6_ADDRSTRLEN] = "?";

    listen_address(fd, &addr);
    (void)snprintf(ret, LISTEN_TEXT, "?");
    if (addr.ss_family == AF_UNSPEC)
        return;
    if (addr.ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)&addr;
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
        (void)snprintf(ret, LISTEN_TEXT, "[%s]:%u", host, (unsigned)ntohs(v6->sin6_port));
        return;
    }
    const struct sockaddr_in *v4 = (const void *)&addr;
    (void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    (void)snprintf(ret, LISTEN_TEXT, "%s:%u", host, (unsigned)ntohs(v4->sin_port));
}
