#include "reply.h"

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
