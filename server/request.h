#ifndef CUICSIM_SERVER_REQUEST_H
#define CUICSIM_SERVER_REQUEST_H

#include <microhttpd.h>

#include "base/buf.h"
#include "config/config.h"
#include "cors/decide.h"

/** What keeps a request from being looked at any further. */
enum request_fault {
    REQUEST_FINE,
    REQUEST_HEAD_TOO_LARGE,
    REQUEST_BODY_TOO_LARGE,
    REQUEST_NO_HOST,
    REQUEST_TWO_HOSTS,
    REQUEST_BAD_HOST,
    REQUEST_BAD_TARGET
};

/** A request as the rest of the server sees it. All text lives as long as the MHD connection is
 *  within this request. */
struct request {
    enum request_fault fault;
    struct cors_request cors;
    const char *method;
    const char *path; /* "*", or begins with '/'; decoded, without query */
    const char *version;
    struct MHD_Connection *connection;
    size_t node;       /* index in the configuration */
    bool is_localhost; /* asked for as "localhost" */
    bool asks_close;   /* a Connection field has "close", or "keep-alive" */
    bool asks_keep_alive;
};

/** Take a request apart: of repeated fields the first line, the host of an absolute-form target
 *  before the Host field, bounds checked. Judges nothing but its form. */
void request_read(struct MHD_Connection *connection, const struct config *c, enum site site,
                  const char *url, const char *method, const char *version, struct request *ret);

/** MHD's decoding of paths and arguments, in place: "%2e" is "." afterwards. "%00" and what is no
 *  code stay as they are, so that no text ends early.
 * @return its new length */
size_t request_unescape(void *nothing, struct MHD_Connection *connection, char *text);

/** The path of a request's target, as struct request will have it; "/" when it is none. */
const char *request_path(const char *url);

/** The first value of a header field, or of an argument of the query; `at` NULL for none. */
struct slice request_header(const struct request *rq, const char *name);
struct slice request_argument(const struct request *rq, const char *name);

/** The first cookie of this name. */
struct slice request_cookie(const struct request *rq, const char *name);

/** Call for each argument of the query, decoded, in their order, until one returns false. */
void request_arguments(const struct request *rq,
                       bool (*each)(void *arg, struct slice name, struct slice value), void *arg);

/** Is the word one of those that a header field lists between commas, in any case? */
bool request_has_word(const struct request *rq, const char *header, const char *word);

/** Append the request line and all fields as they came, in their order. The library has removed the
 *  blanks before a value, and garbled lines that were folded.
 * @param target  of the request line, as it came */
void request_write_head(const struct request *rq, struct slice target, struct buf *to);

/** The status and the page's sentence for a fault. */
unsigned request_fault_status(enum request_fault fault);
const char *request_fault_text(enum request_fault fault);

/** The declared length of the body; 0 when there is none or it is chunked. */
uint64_t request_content_length(struct MHD_Connection *connection);

#endif
