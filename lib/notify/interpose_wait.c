/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for descriptors and for signals. The kernel never restarts these after a handler. */
#include "notify/interpose_impl.h"

static int64_t deadline_of(int64_t start, const struct timespec *timeout)
{
    return timeout ? toc_interpose_deadline(start, toc_interpose_ns(timeout))
                   : TOC_INTERPOSE_FOREVER;
}

static int64_t deadline_ms(int64_t start, int timeout)
{
    return timeout < 0 ? TOC_INTERPOSE_FOREVER
                       : toc_interpose_deadline(start, (int64_t)timeout * 1000000);
}

long toc_interpose_poll(struct toc_interpose_mark mark, struct pollfd *fds, nfds_t n,
                        int64_t deadline, const sigset_t *mask)
{
    struct timespec left;
    long ret;

    do {
        ret = toc_interpose_retry(mark, SYS_ppoll, (long)fds, (long)n,
                                  (long)toc_interpose_left(CLOCK_MONOTONIC, deadline, &left),
                                  (long)mask, TOC_SIGSET_BYTES, 0);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return ret;
}

static bool bells_only(struct toc_interpose_mark mark, int rc)
{
    return rc < 0 && errno == EINTR && toc_interpose_only_bells(mark);
}

TOC_EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    struct toc_interpose_mark mark;
    int64_t start;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->poll(fds, n, timeout);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->poll(fds, n, timeout);
    if (!bells_only(mark, rc))
        return rc;
    return (int)toc_interpose_result(
        toc_interpose_poll(mark, fds, n, deadline_ms(start, timeout), NULL));
}

TOC_EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
                     const sigset_t *mask)
{
    struct toc_interpose_mark mark;
    int64_t start;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->ppoll(fds, n, timeout, mask);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->ppoll(fds, n, timeout, mask);
    if (!bells_only(mark, rc))
        return rc;
    return (int)toc_interpose_result(
        toc_interpose_poll(mark, fds, n, deadline_of(start, timeout), mask));
}

TOC_EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
    if (size / sizeof(*fds) < n) /* ends the program */
        return toc_interpose_real()->__poll_chk(fds, n, timeout, size);
    return poll(fds, n, timeout);
}

TOC_EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
                           const sigset_t *mask, size_t size)
{
    if (size / sizeof(*fds) < n) /* ends the program */
        return toc_interpose_real()->__ppoll_chk(fds, n, timeout, mask, size);
    return ppoll(fds, n, timeout, mask);
}

/* pselect6 takes the mask and its size together. The kernel leaves the time that remained in
 * `left`, which select reports. */
static int retry_select(struct toc_interpose_mark mark, int n, fd_set *sets[3], int64_t deadline,
                        struct timespec *left, const sigset_t *mask)
{
    struct {
        const sigset_t *mask;
        size_t size;
    } masked = {mask, TOC_SIGSET_BYTES};
    long ret;

    do {
        ret = toc_interpose_retry(
            mark, SYS_pselect6, n, (long)sets[0], (long)sets[1], (long)sets[2],
            (long)toc_interpose_left(CLOCK_MONOTONIC, deadline, left), (long)&masked);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}

TOC_EXPORT int select(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict except,
                      struct timeval *restrict timeout)
{
    fd_set *sets[3] = {in, out, except};
    struct toc_interpose_mark mark;
    struct timeval wanted = {0, 0};
    struct timespec left;
    int64_t start, deadline = TOC_INTERPOSE_FOREVER;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->select(n, in, out, except, timeout);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    if (timeout)
        wanted = *timeout; /* libc overwrites it with the time that remained */
    rc = toc_interpose_real()->select(n, in, out, except, timeout);
    if (!bells_only(mark, rc))
        return rc;
    if (timeout) {
        /* Microseconds above a million are allowed here. */
        left.tv_sec = wanted.tv_sec + wanted.tv_usec / 1000000;
        left.tv_nsec = wanted.tv_usec % 1000000 * 1000;
        deadline = deadline_of(start, &left);
    }
    rc = retry_select(mark, n, sets, deadline, &left, NULL);
    if (timeout && deadline != TOC_INTERPOSE_FOREVER) {
        timeout->tv_sec = left.tv_sec;
        timeout->tv_usec = left.tv_nsec / 1000;
    }
    return rc;
}

TOC_EXPORT int pselect(int n, fd_set *restrict in, fd_set *restrict out, fd_set *restrict except,
                       const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    fd_set *sets[3] = {in, out, except};
    struct toc_interpose_mark mark;
    struct timespec left;
    int64_t start;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->pselect(n, in, out, except, timeout, mask);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->pselect(n, in, out, except, timeout, mask);
    if (!bells_only(mark, rc))
        return rc;
    return retry_select(mark, n, sets, deadline_of(start, timeout), &left, mask);
}

/* Milliseconds, rounded up: not to be early. */
static int left_ms(int64_t deadline)
{
    struct timespec left;
    int64_t ms;

    if (!toc_interpose_left(CLOCK_MONOTONIC, deadline, &left))
        return -1;
    ms = (toc_interpose_ns(&left) + 999999) / 1000000;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int retry_epoll(struct toc_interpose_mark mark, int fd, struct epoll_event *events, int max,
                       int64_t deadline, const sigset_t *mask)
{
    long ret;

    do {
        ret = toc_interpose_retry(mark, SYS_epoll_pwait, fd, (long)events, max, left_ms(deadline),
                                  (long)mask, TOC_SIGSET_BYTES);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}

TOC_EXPORT int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
    struct toc_interpose_mark mark;
    int64_t start;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->epoll_wait(fd, events, max, timeout);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->epoll_wait(fd, events, max, timeout);
    if (!bells_only(mark, rc))
        return rc;
    return retry_epoll(mark, fd, events, max, deadline_ms(start, timeout), NULL);
}

TOC_EXPORT int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout,
                           const sigset_t *mask)
{
    struct toc_interpose_mark mark;
    int64_t start;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->epoll_pwait(fd, events, max, timeout, mask);
    mark = toc_interpose_mark();
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->epoll_pwait(fd, events, max, timeout, mask);
    if (!bells_only(mark, rc))
        return rc;
    return retry_epoll(mark, fd, events, max, deadline_ms(start, timeout), mask);
}

/* Newer than the oldest libc that we run on. */
TOC_EXPORT int epoll_pwait2(int fd, struct epoll_event *events, int max,
                            const struct timespec *timeout, const sigset_t *mask)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    const int64_t start = toc_interpose_now(CLOCK_MONOTONIC);
    struct timespec left;
    long ret;
    int rc;

    if (!toc_interpose_real()->epoll_pwait2) {
        errno = ENOSYS;
        return -1;
    }
    rc = toc_interpose_real()->epoll_pwait2(fd, events, max, timeout, mask);
    if (!bells_only(mark, rc))
        return rc;
    do {
        const struct timespec *rest =
            toc_interpose_left(CLOCK_MONOTONIC, deadline_of(start, timeout), &left);

        ret = toc_interpose_retry(mark, SYS_epoll_pwait2, fd, (long)events, max, (long)rest,
                                  (long)mask, TOC_SIGSET_BYTES);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}
