#ifndef CUICSIM_SERVER_HTTPD_INSIDE_H
#define CUICSIM_SERVER_HTTPD_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "exchange.h"
#include "httpd.h"

/* What httpd.c, which starts and stops, and httpd_calls.c, which the library calls, share. */

/** One address. */
struct listener {
    struct httpd *httpd;
    enum site site;
    int fd;
    struct MHD_Daemon *daemon;
};

struct httpd {
    struct cluster cluster;
    struct tls *tls;
    char *csp;
    pthread_mutex_t lock; /* guards in_flight */
    pthread_cond_t idle;
    atomic_llong n_links; /* connections so far */
    unsigned in_flight;   /* requests whose head has arrived and whose answer has not all left */
    size_t n_listeners;
    struct listener listener[];
};

/* The library's callbacks. `cls` is the listener of the connection, if anything. */
void *httpd_on_request_line(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result httpd_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_size, void **request);
void httpd_on_completed(void *cls, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code);
void httpd_on_upgrade(void *cls, struct MHD_Connection *connection, void *request,
                      const char *early, size_t n_early, MHD_socket pair,
                      struct MHD_UpgradeResponseHandle *urh);
void httpd_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                         enum MHD_ConnectionNotificationCode code);

#endif
