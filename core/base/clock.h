#ifndef CUICSIM_BASE_CLOCK_H
#define CUICSIM_BASE_CLOCK_H

#include <time.h>

#define CLOCK_HTTP_DATE 30 /* bytes, with the terminator */

/** Seconds since 1970, UTC. */
time_t clock_now(void);

/** Milliseconds since 1970, UTC: comparable between processes. */
long long clock_now_ms(void);

/** Microseconds since 1970, UTC. */
long long clock_now_us(void);

/** Milliseconds, and microseconds, that never jump; for deadlines and durations only. */
long long clock_monotonic_ms(void);
long long clock_monotonic_us(void);

#define CLOCK_ISO_DATE 32 /* bytes, with the terminator */

/** "2026-11-22T01:02:03.456789Z". */
void clock_iso_date(long long us, char ret[CLOCK_ISO_DATE]);

/** "Sat, 08 Feb 2025 01:27:47 GMT", whatever the locale. @source RFC 9110 section 5.6.7 */
void clock_http_date(time_t t, char ret[CLOCK_HTTP_DATE]);

#endif
