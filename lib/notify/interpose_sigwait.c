/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting for signals. Bells may strike meanwhile; a signal of the program that arrives between two
 * rounds is not lost: sigsuspend and sigwait hold theirs blocked outside the call, and a handler
 * that runs between two rounds of pause is seen by toc_interpose_retry.
 */
#include "notify/interpose_impl.h"

#include <string.h>

TOC_EXPORT int pause(void)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    long ret = toc_interpose_real()->pause();

    if (!toc_interpose_only_bells(mark))
        return (int)ret;
    do {
        ret = toc_interpose_retry(mark, SYS_pause, 0, 0, 0, 0, 0, 0);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}

TOC_EXPORT int sigsuspend(const sigset_t *set)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    long ret = toc_interpose_real()->sigsuspend(set);

    if (errno != EINTR || !toc_interpose_only_bells(mark))
        return (int)ret;
    do {
        ret = toc_interpose_retry(mark, SYS_rt_sigsuspend, (long)set, TOC_SIGSET_BYTES, 0, 0, 0, 0);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}

/* BSD: the low 32 signals as a mask of bits. */
static int suspend_bits(int bits)
{
    const uint64_t mask = (uint32_t)bits;
    sigset_t set;

    sigemptyset(&set);
    memcpy(&set, &mask, sizeof(mask));
    return sigsuspend(&set);
}

/* X/Open: the present mask without one signal. */
static int suspend_without(int signo)
{
    sigset_t set;

    if (sigprocmask(SIG_BLOCK, NULL, &set) != 0 || sigdelset(&set, signo) != 0)
        return -1;
    return sigsuspend(&set);
}

/* Two functions of one name in C: the symbols tell them apart. */
int toc_interpose_bsd_sigpause(int bits) __asm__("sigpause");
int toc_interpose_xpg_sigpause(int signo) __asm__("__xpg_sigpause");

TOC_EXPORT int toc_interpose_bsd_sigpause(int bits)
{
    return suspend_bits(bits);
}

TOC_EXPORT int toc_interpose_xpg_sigpause(int signo)
{
    return suspend_without(signo);
}

TOC_EXPORT int __sigpause(int signo_or_bits, int is_signo)
{
    return is_signo ? suspend_without(signo_or_bits) : suspend_bits(signo_or_bits);
}

/*
 * A program that blocks the bell's signal and waits for it takes the bells as well. They are
 * dropped here and the wait goes on; the rank learns of the message in its next MPI call.
 */
static bool takes_bells(const sigset_t *set)
{
    const int signo = atomic_load_explicit(&toc_interpose_signo, memory_order_relaxed);

    return signo && sigismember(set, signo) == 1;
}

/* The wait without bells, until a CLOCK_MONOTONIC deadline. */
static int wait_until(struct toc_interpose_mark mark, const sigset_t *set, siginfo_t *info,
                      int64_t deadline)
{
    struct timespec left;
    long ret;

    do {
        ret = toc_interpose_retry(mark, SYS_rt_sigtimedwait, (long)set, (long)info,
                                  (long)toc_interpose_left(CLOCK_MONOTONIC, deadline, &left),
                                  TOC_SIGSET_BYTES, 0, 0);
    } while ((ret == -EINTR && toc_interpose_only_bells(mark)) ||
             (ret > 0 && toc_interpose_is_bell(info)));
    /* What libc makes of it. */
    if (ret > 0 && info->si_code == SI_TKILL)
        info->si_code = SI_USER;
    return (int)toc_interpose_result(ret);
}

TOC_EXPORT int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                            const struct timespec *restrict timeout)
{
    struct toc_interpose_mark mark;
    siginfo_t got;
    int64_t start, deadline = TOC_INTERPOSE_FOREVER;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->sigtimedwait(set, info, timeout);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->sigtimedwait(set, &got, timeout);
    if (rc < 0 ? errno == EINTR && toc_interpose_only_bells(mark)
               : takes_bells(set) && toc_interpose_is_bell(&got)) {
        if (timeout)
            deadline = toc_interpose_deadline(start, toc_interpose_ns(timeout));
        rc = wait_until(mark, set, &got, deadline);
    }
    if (rc >= 0 && info)
        *info = got;
    return rc;
}

TOC_EXPORT int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    if (!toc_interpose_active())
        return toc_interpose_real()->sigwaitinfo(set, info);
    return sigtimedwait(set, info, NULL);
}

/* libc goes on after EINTR by itself. */
TOC_EXPORT int sigwait(const sigset_t *restrict set, int *restrict signo)
{
    int rc;

    if (!takes_bells(set))
        return toc_interpose_real()->sigwait(set, signo);
    do {
        rc = sigtimedwait(set, NULL, NULL);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return errno;
    *signo = rc;
    return 0;
}
