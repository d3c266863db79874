/* SPDX-License-Identifier: BSD-3-Clause */
/* Sleeping: a bell does not end it, and does not lengthen it either: the deadline stays. */
#include "notify/interpose_impl.h"

/* Relative sleep; 0 or an error number, `left` as the kernel reports it. */
static int sleep_relative(clockid_t clock, const struct timespec *wanted, struct timespec *left)
{
    /* CLOCK_REALTIME may be set while we sleep: a relative sleep does not care. */
    const clockid_t meter = clock == CLOCK_REALTIME ? CLOCK_MONOTONIC : clock;
    const struct toc_interpose_mark mark = toc_interpose_mark();
    const int64_t start = toc_interpose_now(meter);
    struct timespec now_wanted;
    int64_t deadline;
    /* Not into the caller's variable yet, which may be the one that `wanted` points to. */
    int rc = toc_interpose_real()->clock_nanosleep(clock, 0, wanted, left);

    if (rc != EINTR || !toc_interpose_only_bells(mark))
        return rc;
    deadline = toc_interpose_deadline(start, toc_interpose_ns(wanted));
    do {
        if (!toc_interpose_left(meter, deadline, &now_wanted))
            now_wanted = *wanted;
        if (now_wanted.tv_sec == 0 && now_wanted.tv_nsec == 0)
            return 0;
        *left = now_wanted;
        rc = (int)-toc_interpose_retry(mark, SYS_clock_nanosleep, clock, 0, (long)&now_wanted,
                                       (long)left, 0, 0);
    } while (rc == EINTR && toc_interpose_only_bells(mark));
    return rc;
}

static int sleep_absolute(clockid_t clock, const struct timespec *deadline)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    int rc = toc_interpose_real()->clock_nanosleep(clock, TIMER_ABSTIME, deadline, NULL);

    while (rc == EINTR && toc_interpose_only_bells(mark))
        rc = (int)-toc_interpose_retry(mark, SYS_clock_nanosleep, clock, TIMER_ABSTIME,
                                       (long)deadline, 0, 0, 0);
    return rc;
}

TOC_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                               struct timespec *left)
{
    struct timespec rest = {0, 0};
    int rc;

    if (!toc_interpose_active() || clock == CLOCK_THREAD_CPUTIME_ID)
        return toc_interpose_real()->clock_nanosleep(clock, flags, wanted, left);
    if (flags & TIMER_ABSTIME)
        return sleep_absolute(clock, wanted);
    rc = sleep_relative(clock, wanted, &rest);
    if (rc == EINTR && left)
        *left = rest;
    return rc;
}

TOC_EXPORT int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->nanosleep(wanted, left);
    rc = clock_nanosleep(CLOCK_REALTIME, 0, wanted, left);
    if (rc == 0)
        return 0;
    errno = rc;
    return -1;
}

TOC_EXPORT int usleep(useconds_t us)
{
    const struct timespec wanted = {us / 1000000, (long)(us % 1000000) * 1000};

    if (!toc_interpose_active())
        return toc_interpose_real()->usleep(us);
    return nanosleep(&wanted, NULL);
}

TOC_EXPORT unsigned sleep(unsigned seconds)
{
    const struct timespec wanted = {seconds, 0};
    struct timespec left = {0, 0};

    if (!toc_interpose_active())
        return toc_interpose_real()->sleep(seconds);
    return nanosleep(&wanted, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

TOC_EXPORT int thrd_sleep(const struct timespec *wanted, struct timespec *left)
{
    if (!toc_interpose_active())
        return toc_interpose_real()->thrd_sleep(wanted, left);
    switch (clock_nanosleep(CLOCK_REALTIME, 0, wanted, left)) {
    case 0:
        return 0;
    case EINTR:
        return -1;
    default:
        return -2;
    }
}
