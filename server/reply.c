#include "reply.h"

#include <string.h>

#define STREAM_BLOCK_BYTES 4096

/* MHD takes a pointer to non-const even for bodies that it only copies. */
static struct MHD_Response *new_response(struct slice body)
{
    union {
        const char *in;
        void *out;
    } bytes = {body.n == 0 ? "" : body.at};

    return MHD_create_response_from_buffer(body.n, bytes.out, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_it(struct MHD_Connection *connection, const struct reply *r,
                               struct MHD_Response *response)
{
    enum MHD_Result result = response == NULL ? MHD_NO : MHD_YES;

    for (size_t i = 0; result == MHD_YES && i < r->n_headers; i++)
        result = MHD_add_response_header(response, r->header[i].name, r->header[i].value);
    if (result == MHD_YES)
        result = MHD_queue_response(connection, r->status, response);
    if (response != NULL)
        MHD_destroy_response(response);
    return result;
}

enum MHD_Result reply_send(struct MHD_Connection *connection, const struct reply *r)
{
    return send_it(connection, r, new_response(r->body));
}

enum MHD_Result reply_upgrade(struct MHD_Connection *connection, const struct reply *r,
                              MHD_UpgradeHandler handler)
{
    return send_it(connection, r, MHD_create_response_for_upgrade(handler, NULL));
}

/** What libmicrohttpd 0.9.75 says about the connection; NULL: nothing.
 * @source its keepalive_possible() and build_header_response() */
static const char *connection_field(const struct request *rq, const struct reply *r, bool is_early)
{
    bool is_old = strcmp(rq->version, MHD_HTTP_VERSION_1_0) == 0;

    if (r->status == MHD_HTTP_SWITCHING_PROTOCOLS)
        return "Upgrade";
    if (is_early || rq->asks_close || (is_old && !rq->asks_keep_alive))
        return "close";
    return is_old ? "Keep-Alive" : NULL;
}

/** @source its is_reply_body_headers_needed() */
static bool has_length(const struct request *rq, const struct reply *r)
{
    bool is_tunnel = strcmp(rq->method, MHD_HTTP_METHOD_CONNECT) == 0 && r->status / 100 == 2;

    return r->status >= 200 && r->status != MHD_HTTP_NO_CONTENT && !is_tunnel;
}

static void write_field(struct buf *to, const char *name, const char *value)
{
    const struct slice line[] = {slice_of(name), {": ", 2}, slice_of(value), {"\r\n", 2}};

    (void)buf_add_all(to, line, sizeof line / sizeof line[0]);
}

static void write_status(struct buf *to, unsigned status)
{
    const char *phrase = MHD_get_reason_phrase_for(status);

    (void)buf_puts(to, "HTTP/1.1 ");
    (void)buf_put_number(to, status);
    (void)buf_putc(to, ' ');
    (void)buf_puts(to, phrase == NULL ? "Non-Standard Status" : phrase);
    (void)buf_puts(to, "\r\n");
}

void reply_write_head(const struct request *rq, const struct reply *r, bool is_early,
                      struct buf *to)
{
    const char *connection = connection_field(rq, r, is_early);

    write_status(to, r->status);
    if (connection != NULL)
        write_field(to, "Connection", connection);
    for (size_t i = 0; i < r->n_headers; i++)
        write_field(to, r->header[i].name, r->header[i].value);
    if (has_length(rq, r)) {
        (void)buf_puts(to, "Content-Length: ");
        (void)buf_put_number(to, r->body.n);
        (void)buf_puts(to, "\r\n");
    }
    (void)buf_puts(to, "\r\n");
}

enum MHD_Result reply_stream(struct MHD_Connection *connection, const struct reply *r,
                             MHD_ContentReaderCallback read, MHD_ContentReaderFreeCallback end,
                             void *stream)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, read, stream, end);

    if (response == NULL)
        end(stream);
    return send_it(connection, r, response);
}
