#ifndef CUICSIM_TESTS_HTTP_SUITES_H
#define CUICSIM_TESTS_HTTP_SUITES_H

#include <check.h>

/* One of each check_<subject>.c. */
Suite *suite_captures(void);
Suite *suite_oracle(void);
Suite *suite_requests(void);
Suite *suite_bodies(void);
Suite *suite_wire(void);
Suite *suite_nodes(void);
Suite *suite_tls(void);
Suite *suite_startup(void);
Suite *suite_certs(void);
Suite *suite_stop(void);
Suite *suite_halfopen(void);
Suite *suite_store(void);
void suite_store_at_start(Suite *s); /* its second half */
Suite *suite_settings(void);
Suite *suite_proxy(void);
Suite *suite_orders(void);
Suite *suite_explain(void);
Suite *suite_edits(void);
Suite *suite_kills(void);
Suite *suite_shared(void);
Suite *suite_livedata(void);
void suite_live_order(Suite *s);
void suite_live_frames(Suite *s); /* what WebSockets are sent */
void suite_live_ends(Suite *s);   /* its second half */
void suite_live_count(Suite *s);
Suite *suite_cuic(void);
void suite_cuic_reports(Suite *s);
void suite_cuic_pages(Suite *s);
Suite *suite_finesse(void);
Suite *suite_desk_lab(void);
void suite_finesse_api(Suite *s);
void suite_finesse_frames(Suite *s);

Suite *suite_traced(void);
void suite_trace_wire(Suite *s); /* its parts */
void suite_trace_live(Suite *s);
void suite_trace_secrets(Suite *s);
void suite_trace_load(Suite *s);
Suite *suite_console(void);
void suite_console_api(Suite *s); /* its other parts */
void suite_console_exchanges(Suite *s);
void suite_console_change(Suite *s);
void suite_console_events(Suite *s);
Suite *suite_metrics(void);

#endif
