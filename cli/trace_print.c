#include "trace_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "trace/trace_json.h"

#define WIDTH     80
#define SHOWN_MAX 1024 /* bytes of a short text */
#define DAY_US    86400000000
#define LABEL     13 /* columns before what `show` says */

/* ---- a line of a list ---- */

/** Where a column of a text begins; at its end when it has not so many. */
static size_t offset_of(const char *text, size_t column)
{
    size_t at = 0;

    while (text[at] != '\0' && column > 0) {
        at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80)
            at++;
        column--;
    }
    return at;
}

/** A text of a record, harmless, and not longer than so many columns, of which there are three. */
static const char *fit(char to[SHOWN_MAX], struct slice text, size_t columns)
{
    (void)text_copy_defused(to, SHOWN_MAX, text);
    if (to[offset_of(to, columns)] != '\0')
        memcpy(to + offset_of(to, columns - 3), "...", 4);
    return to;
}

static void print_day(struct trace_lines *l, const struct trace_exchange *x)
{
    char at[CLOCK_ISO_DATE];
    int64_t day = x->at_us / DAY_US + 1;

    if (day == l->day)
        return;
    clock_iso_date(x->at_us, at);
    out_printf(l->to, "%s%.10s (UTC)\n", l->day == 0 ? "" : "\n", at);
    out_printf(l->to, "     ID  Time          Node        Status  Request\n");
    l->day = day;
}

/** What stands in the column of the status. */
static const char *status_of(const struct trace_exchange *x, char to[8])
{
    if (x->kind == TRACE_SOCKET_END)
        return "closed";
    if (x->kind == TRACE_RESET)
        return "reset";
    if (x->status == 0)
        return "-";
    (void)snprintf(to, 8, "%u%s", x->status % 1000, x->is_sent ? "" : "!");
    return to;
}

/** What was asked for: "GET /cuic/". */
static const char *request_of(char to[SHOWN_MAX], const struct trace_exchange *x)
{
    char method[SHOWN_MAX];
    char target[SHOWN_MAX];
    bool has_method = x->text[TRACE_METHOD].n > 0 && x->kind == TRACE_EXCHANGE;

    if (x->kind == TRACE_RESET)
        return "(TLS handshake)";
    (void)snprintf(to, SHOWN_MAX, "%s%s%s",
                   has_method ? fit(method, x->text[TRACE_METHOD], 16) : "", has_method ? " " : "",
                   fit(target, x->text[TRACE_TARGET], SHOWN_MAX));
    return to;
}

static void print_first(struct trace_lines *l, const struct trace_exchange *x)
{
    char at[CLOCK_ISO_DATE];
    char node[SHOWN_MAX];
    char request[SHOWN_MAX];
    char shown[SHOWN_MAX];
    char status[8];

    clock_iso_date(x->at_us, at);
    out_printf(l->to, "%7lld  %.12s  %-10s  %-6s  %s\n", (long long)x->id, at + 11,
               fit(node, x->text[TRACE_NODE], 10), status_of(x, status),
               fit(shown, slice_of(request_of(request, x)), WIDTH - 43));
}

/** Who asked, and why the answer was what it was. */
static void print_second(struct trace_lines *l, const struct trace_exchange *x)
{
    char text[SHOWN_MAX];
    bool has_origin = x->text[TRACE_ORIGIN].at != NULL && x->kind == TRACE_EXCHANGE;
    struct slice reason = x->text[TRACE_REASON];

    if (has_origin)
        out_printf(l->to, "         %s%s",
                   x->text[TRACE_ORIGIN].n == 0 ? "(empty)"
                                                : fit(text, x->text[TRACE_ORIGIN], SHOWN_MAX),
                   reason.n > 0 ? "  " : "\n");
    if (has_origin && reason.n > 0)
        out_printf(l->to, "%s\n", fit(text, reason, SHOWN_MAX));
    if (x->kind == TRACE_SOCKET_END)
        out_printf(l->to, "         %s %llu messages in, %llu out\n",
                   fit(text, x->text[TRACE_NOTE], SHOWN_MAX), (unsigned long long)x->messages_in,
                   (unsigned long long)x->messages_out);
    else if (x->text[TRACE_NOTE].n > 0)
        out_printf(l->to, "         %s\n", fit(text, x->text[TRACE_NOTE], WIDTH - 9));
}

void trace_print_line(struct trace_lines *l, const struct trace_exchange *x)
{
    print_day(l, x);
    l->n++;
    if (x->kind == TRACE_GAP) {
        out_printf(l->to, "%7lld  -- %llu exchanges are missing here: they could not be recorded\n",
                   (long long)x->id, (unsigned long long)x->dropped);
        return;
    }
    print_first(l, x);
    print_second(l, x);
}

/* ---- one record ---- */

static void print_label(struct out *to, const char *label)
{
    out_printf(to, "%-*s", LABEL, label);
}

/** Words to the right of a label, line by line. */
static void print_wrapped(struct out *to, const char *label, const char *text)
{
    size_t column = LABEL;

    print_label(to, label);
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (column > LABEL && column + 1 + n > WIDTH) {
            out_printf(to, "\n%*s", LABEL, "");
            column = LABEL;
        }
        out_printf(to, "%s%.*s", column > LABEL ? " " : "", (int)n, text);
        column += n + (column > LABEL ? 1 : 0);
        text += n + (text[n] == ' ' ? 1 : 0);
    }
    out_printf(to, "\n");
}

static void print_text(struct out *to, const char *label, struct slice text)
{
    char shown[SHOWN_MAX];

    if (text.n == 0)
        return;
    print_label(to, label);
    out_printf(to, "%s\n", text_copy_defused(shown, sizeof shown, text));
}

static void print_about(struct out *to, const struct trace_exchange *x)
{
    char at[CLOCK_ISO_DATE];
    char text[SHOWN_MAX];

    clock_iso_date(x->at_us, at);
    out_printf(to, "%s %lld, %s\n\n", x->kind == TRACE_EXCHANGE ? "Exchange" : "Record",
               (long long)x->id, at);
    if (x->kind == TRACE_GAP) {
        (void)snprintf(text, sizeof text,
                       "%llu exchanges are missing here: they could not be recorded.",
                       (unsigned long long)x->dropped);
        print_wrapped(to, "Gap", text);
        return;
    }
    print_text(to, "Node", x->text[TRACE_NODE]);
    print_text(to, "Service", x->text[TRACE_SERVICE]);
    print_text(to, "Address", x->text[TRACE_SERVER]);
    print_label(to, "Client");
    out_printf(to, "%s port %u, connection %lld\n",
               text_copy_defused(text, sizeof text, x->text[TRACE_CLIENT]), x->client_port,
               (long long)x->connection);
    print_text(to, "TLS", x->text[TRACE_TLS]);
    print_text(to, "SNI", x->text[TRACE_SNI]);
}

static void print_asked(struct out *to, const struct trace_exchange *x)
{
    char text[SHOWN_MAX];

    if (x->text[TRACE_TARGET].at == NULL)
        return;
    print_text(to, "Request", slice_of(request_of(text, x)));
    print_text(to, "Origin", x->text[TRACE_ORIGIN]);
    if (x->status != 0)
        out_printf(to, "%-*s%u\n", LABEL, "Status", x->status);
}

static void print_decision(struct out *to, const struct trace_exchange *x)
{
    const struct reason *reason = trace_reason(x);
    char class[SHOWN_MAX];
    char code[SHOWN_MAX];

    if (x->text[TRACE_REASON].at == NULL)
        return;
    (void)text_copy_defused(code, sizeof code, x->text[TRACE_REASON]);
    print_label(to, "Decision");
    if (x->text[TRACE_CLASS].at == NULL)
        out_printf(to, "none: %s\n", code);
    else
        out_printf(to, "%s %s: %s\n", text_copy_defused(class, sizeof class, x->text[TRACE_CLASS]),
                   x->is_allowed ? "allowed" : "refused", code);
    print_text(to, "Because of", x->text[TRACE_CULPRIT]);
    if (reason == NULL)
        return;
    print_wrapped(to, "Meaning", reason->title);
    print_wrapped(to, "", reason->why);
    if (reason->remedy[0] != '\0')
        print_wrapped(to, "Remedy", reason->remedy);
}

static void print_outcome(struct out *to, const struct trace_exchange *x)
{
    char note[SHOWN_MAX];

    if (x->kind == TRACE_GAP)
        return;
    if (x->text[TRACE_NOTE].n > 0)
        print_wrapped(to, "Note", text_copy_defused(note, sizeof note, x->text[TRACE_NOTE]));
    print_text(to, "Fault", x->text[TRACE_FAULT]);
    if (x->kind == TRACE_SOCKET_END)
        out_printf(to, "%-*s%llu in, %llu out\n", LABEL, "Messages",
                   (unsigned long long)x->messages_in, (unsigned long long)x->messages_out);
    if (x->kind == TRACE_RESET)
        return;
    print_label(to, "Took");
    out_printf(to, "%lld.%03lld ms%s\n", (long long)(x->duration_us / 1000),
               (long long)(x->duration_us % 1000),
               x->kind != TRACE_EXCHANGE || x->is_sent ? ""
               : x->status == 0                        ? ", without an answer"
                                                       : "; the answer did not leave as a whole");
}

static void print_partner(struct out *to, const struct trace_exchange *x, int64_t partner)
{
    bool is_preflight = slice_is(x->text[TRACE_CLASS], "preflight");

    if (partner != 0)
        out_printf(to, "%-*sexchange %lld\n", LABEL, is_preflight ? "Followed by" : "Preflight",
                   (long long)partner);
}

static void print_line(struct out *to, struct slice line)
{
    char *text = malloc(line.n + 1);

    if (text == NULL)
        return;
    out_printf(to, "  %s\n", text_copy_defused(text, line.n + 1, line));
    free(text);
}

static void print_lines(struct out *to, struct slice text)
{
    while (text.n > 0) {
        struct slice line = trace_head_line(&text);
        if (line.n > 0)
            print_line(to, line);
        else if (text.n > 0)
            out_printf(to, "\n");
    }
}

static void print_message(struct out *to, const char *title, const struct trace_exchange *x,
                          enum trace_text head, enum trace_text body, uint64_t bytes)
{
    if (x->text[head].at == NULL)
        return;
    out_printf(to, "\n%s\n", title);
    print_lines(to, x->text[head]);
    if ((x->cut & (1U << head)) != 0)
        out_printf(to, "  (cut here)\n");
    if (x->text[body].n > 0)
        print_lines(to, x->text[body]);
    else if (bytes > 0)
        out_printf(to, "\n  (body of %llu bytes, not recorded)\n", (unsigned long long)bytes);
    if ((x->cut & (1U << body)) != 0)
        out_printf(to, "  (cut here)\n");
}

void trace_print_whole(struct out *to, const struct trace_exchange *x, int64_t partner)
{
    print_about(to, x);
    print_asked(to, x);
    print_decision(to, x);
    print_outcome(to, x);
    print_partner(to, x, partner);
    print_message(to, "Request", x, TRACE_REQUEST_HEAD, TRACE_REQUEST_BODY, x->request_bytes);
    print_message(to, "Response", x, TRACE_RESPONSE_HEAD, TRACE_RESPONSE_BODY, x->response_bytes);
}
