#include "term_edit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>

#include "base/clock.h"

static const int caught[SIGNALS_CAUGHT] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};

static volatile sig_atomic_t is_interrupted;
static volatile sig_atomic_t is_ended;
static volatile sig_atomic_t is_redraw_due;

static void note(int number)
{
    if (number == SIGINT)
        is_interrupted = 1;
    else if (number == SIGWINCH || number == SIGCONT)
        is_redraw_due = 1;
    else
        is_ended = 1;
}

/** Waiting ends at any signal. Output goes on after those that do not end the session: stdio
 *  would take an interrupted write for a failed one and lose what it held. */
static void catch_one(int number, struct sigaction *ret_was)
{
    struct sigaction act = {.sa_handler = note};

    (void)sigemptyset(&act.sa_mask);
    act.sa_flags = number == SIGTERM || number == SIGHUP ? 0 : SA_RESTART;
    if (sigaction(number, NULL, ret_was) == 0 && ret_was->sa_handler != SIG_IGN)
        (void)sigaction(number, &act, NULL);
}

enum err signals_catch(struct signals *s)
{
    s->was = calloc(SIGNALS_CAUGHT, sizeof *s->was);
    if (s->was == NULL)
        return ERR_NOMEM;
    is_interrupted = is_ended = is_redraw_due = 0;
    for (size_t i = 0; i < SIGNALS_CAUGHT; i++)
        catch_one(caught[i], &s->was[i]);
    return ERR_OK;
}

void signals_release(struct signals *s)
{
    for (size_t i = 0; s->was != NULL && i < SIGNALS_CAUGHT; i++)
        (void)sigaction(caught[i], &s->was[i], NULL);
    free(s->was);
    s->was = NULL;
}

/** Take the longest wait that a clock may be asked for when there is no deadline. */
static struct timespec time_left(long long deadline_ms)
{
    long long left = deadline_ms < 0 ? 1000000000 : deadline_ms - clock_monotonic_ms();

    if (left < 0)
        left = 0;
    return (struct timespec){(time_t)(left / 1000), (long)(left % 1000) * 1000000};
}

/** With the signals blocked, so that none slips in between looking and waiting. */
static enum wake wait_blocked(int fd, long long deadline_ms, const sigset_t *unblocked)
{
    for (;;) {
        fd_set readable;
        struct timespec left = time_left(deadline_ms);

        if (is_ended != 0)
            return WAKE_END;
        if (is_interrupted != 0)
            return WAKE_INTERRUPTED;
        if (is_redraw_due != 0) {
            is_redraw_due = 0;
            return WAKE_REDRAW;
        }
        FD_ZERO(&readable);
        if (fd >= 0)
            FD_SET(fd, &readable);
        int n = pselect(fd + 1, &readable, NULL, NULL, &left, unblocked);
        if (n > 0)
            return WAKE_INPUT;
        if (n == 0 && deadline_ms >= 0)
            return WAKE_IDLE;
        if (n < 0 && errno != EINTR)
            return WAKE_END;
    }
}

enum wake signals_wait(int fd, long long deadline_ms)
{
    sigset_t block;
    sigset_t was;

    (void)sigemptyset(&block);
    for (size_t i = 0; i < SIGNALS_CAUGHT; i++)
        (void)sigaddset(&block, caught[i]);
    if (fd >= FD_SETSIZE || sigprocmask(SIG_BLOCK, &block, &was) != 0)
        return WAKE_END;
    enum wake w = wait_blocked(fd, deadline_ms, &was);
    (void)sigprocmask(SIG_SETMASK, &was, NULL);
    return w;
}

bool signals_interrupted(void)
{
    return is_interrupted != 0;
}

void signals_interrupt(void)
{
    is_interrupted = 1;
}

void signals_forget_interrupt(void)
{
    is_interrupted = 0;
}
