#include "base/clock.h"

#include <stdio.h>

time_t clock_now(void)
{
    return time(NULL);
}

static long long read_us(clockid_t clock)
{
    struct timespec ts;

    (void)clock_gettime(clock, &ts); /* cannot fail for these clocks on Linux */
    return (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

long long clock_now_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

long long clock_now_us(void)
{
    return read_us(CLOCK_REALTIME);
}

long long clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

long long clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void clock_http_date(time_t t, char ret[CLOCK_HTTP_DATE])
{
    static const char day[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char month[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        tm = (struct tm){.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
    unsigned year = ((unsigned)tm.tm_year + 1900U) % 10000;
    (void)snprintf(ret, CLOCK_HTTP_DATE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
                   day[(unsigned)tm.tm_wday % 7], (unsigned)tm.tm_mday % 100,
                   month[(unsigned)tm.tm_mon % 12], year, (unsigned)tm.tm_hour % 100,
                   (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

void clock_iso_date(long long us, char ret[CLOCK_ISO_DATE])
{
    time_t second = (time_t)(us / 1000000);
    struct tm tm;

    if (us < 0 || gmtime_r(&second, &tm) == NULL)
        tm = (struct tm){.tm_mday = 1, .tm_year = 70};
    (void)snprintf(ret, CLOCK_ISO_DATE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
                   ((unsigned)tm.tm_year + 1900U) % 10000, ((unsigned)tm.tm_mon + 1U) % 100,
                   (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
                   (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100,
                   us < 0 ? 0U : (unsigned)(us % 1000000));
}
