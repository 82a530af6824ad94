/* How long a decision takes with 3 and with 10,000 origins listed: figures, no verdict.
 * Each row is the median of several rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cors/decide.h"

#define ROUNDS      15
#define CALLS       200000
#define ORIGIN_TEXT 64

static double now_s(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median_ns(const struct policy *p, const struct cors_request *rq, bool *ret_allowed)
{
    double round[ROUNDS];

    for (int r = 0; r < ROUNDS; r++) {
        double begin = now_s();
        for (int i = 0; i < CALLS; i++)
            *ret_allowed = cors_decide(p, rq, CORS_DISABLED_REFUSE).is_allowed;
        round[r] = (now_s() - begin) / CALLS * 1e9;
    }
    qsort(round, ROUNDS, sizeof round[0], by_value);
    return round[ROUNDS / 2];
}

static struct policy *make_policy(char (*text)[ORIGIN_TEXT], const char **at, size_t n)
{
    struct policy_spec spec = policy_spec_default(SERVICE_CUIC);
    struct policy *p = NULL;

    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text[i], ORIGIN_TEXT, "https://desk%05zu.example.com:8445", i);
        at[i] = text[i];
    }
    spec.enabled = true;
    spec.origins = at;
    spec.n_origins = n;
    return policy_new(&spec, &p) == ERR_OK ? p : NULL;
}

static void report(size_t n)
{
    char(*text)[ORIGIN_TEXT] = calloc(n, sizeof *text);
    const char **at = calloc(n, sizeof *at);
    struct policy *p = text == NULL || at == NULL ? NULL : make_policy(text, at, n);
    bool allowed = false;

    if (p != NULL) {
        struct cors_request rq = {.method = slice_of("OPTIONS"),
                                  .host = slice_of("cuicpub.uccelab.tac"),
                                  .is_https = true,
                                  .origin = slice_of(at[n - 1]),
                                  .request_method = slice_of("GET"),
                                  .request_headers = slice_of("authorization,content-type")};
        double hit = median_ns(p, &rq, &allowed);
        rq.origin = slice_of("https://unlisted.example.com:8445");
        (void)printf("%6zu origins: listed %.0f ns, unlisted %.0f ns\n", n, hit,
                     median_ns(p, &rq, &allowed));
    }
    policy_free(p);
    free(at);
    free(text);
}

int main(void)
{
    report(3);
    report(100);
    report(10000);
    return 0;
}
