/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for semaphores, queues and requests of asynchronous I/O. */
#include "notify/interpose_impl.h"

/*
 * Semaphores and aio_suspend wait inside libc, where toc_interpose_retry cannot guard the step into
 * the system call. After a bell they wait in slices, so that a handler of the program that ran just
 * before that step is noticed at the end of the slice at the latest.
 */
enum { SLICE_NS = 100000000 };

static bool bells_only(struct toc_interpose_mark mark, int rc)
{
    return rc < 0 && errno == EINTR && toc_interpose_only_bells(mark);
}

/* End of the next slice; false if the deadline comes first. */
static bool slice_end(clockid_t clock, const struct timespec *deadline, struct timespec *end)
{
    const int64_t ns = toc_interpose_now(clock) + SLICE_NS;

    if (toc_interpose_ns(deadline) <= ns) {
        *end = *deadline;
        return false;
    }
    end->tv_sec = ns / TOC_NS_PER_S;
    end->tv_nsec = ns % TOC_NS_PER_S;
    return true;
}

static int wait_sem(sem_t *sem, clockid_t clock, const struct timespec *deadline)
{
    if (clock == CLOCK_REALTIME)
        return toc_interpose_real()->sem_timedwait(sem, deadline);
    return toc_interpose_real()->sem_clockwait(sem, clock, deadline);
}

static int wait_sem_through_bells(sem_t *sem, clockid_t clock, const struct timespec *deadline)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    struct timespec end;
    int rc = wait_sem(sem, clock, deadline);

    while (bells_only(mark, rc)) {
        const bool slice = slice_end(clock, deadline, &end);

        rc = wait_sem(sem, clock, &end);
        if (slice && rc < 0 && errno == ETIMEDOUT)
            errno = EINTR; /* by a handler of the program, or nothing has happened: go on */
    }
    return rc;
}

TOC_EXPORT int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict deadline)
{
    return wait_sem_through_bells(sem, CLOCK_REALTIME, deadline);
}

/* Newer than the oldest libc that we run on. */
TOC_EXPORT int sem_clockwait(sem_t *restrict sem, clockid_t clock,
                             const struct timespec *restrict deadline)
{
    if (!toc_interpose_real()->sem_clockwait) {
        errno = ENOSYS;
        return -1;
    }
    return wait_sem_through_bells(sem, clock, deadline);
}

TOC_EXPORT int aio_suspend(const struct aiocb *const list[], int n, const struct timespec *timeout)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    struct timespec deadline, end, slice;
    int64_t until = TOC_INTERPOSE_FOREVER;
    int rc;

    if (timeout && toc_interpose_active())
        until =
            toc_interpose_deadline(toc_interpose_now(CLOCK_MONOTONIC), toc_interpose_ns(timeout));
    rc = toc_interpose_real()->aio_suspend(list, n, timeout);
    while (bells_only(mark, rc)) {
        bool more;

        deadline.tv_sec = until / TOC_NS_PER_S;
        deadline.tv_nsec = until % TOC_NS_PER_S;
        more = slice_end(CLOCK_MONOTONIC, &deadline, &end);
        toc_interpose_left(CLOCK_MONOTONIC, toc_interpose_ns(&end), &slice);
        rc = toc_interpose_real()->aio_suspend(list, n, &slice);
        if (more && rc < 0 && errno == EAGAIN)
            errno = EINTR; /* as above */
    }
    return rc;
}

TOC_EXPORT ssize_t msgrcv(int id, void *message, size_t size, long type, int flags)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    long ret = toc_interpose_real()->msgrcv(id, message, size, type, flags);

    while (ret < 0 && errno == EINTR && toc_interpose_only_bells(mark))
        ret = toc_interpose_result(
            toc_interpose_retry(mark, SYS_msgrcv, id, (long)message, (long)size, type, flags, 0));
    return ret;
}

TOC_EXPORT int msgsnd(int id, const void *message, size_t size, int flags)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    long ret = toc_interpose_real()->msgsnd(id, message, size, flags);

    while (ret < 0 && errno == EINTR && toc_interpose_only_bells(mark))
        ret = toc_interpose_result(
            toc_interpose_retry(mark, SYS_msgsnd, id, (long)message, (long)size, flags, 0, 0));
    return (int)ret;
}

static int retry_semop(struct toc_interpose_mark mark, int id, struct sembuf *ops, size_t n,
                       int64_t deadline)
{
    struct timespec left;
    long ret;

    do {
        ret = toc_interpose_retry(mark, SYS_semtimedop, id, (long)ops, (long)n,
                                  (long)toc_interpose_left(CLOCK_MONOTONIC, deadline, &left), 0, 0);
    } while (ret == -EINTR && toc_interpose_only_bells(mark));
    return (int)toc_interpose_result(ret);
}

TOC_EXPORT int semop(int id, struct sembuf *ops, size_t n)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    const int rc = toc_interpose_real()->semop(id, ops, n);

    if (!bells_only(mark, rc))
        return rc;
    return retry_semop(mark, id, ops, n, TOC_INTERPOSE_FOREVER);
}

TOC_EXPORT int semtimedop(int id, struct sembuf *ops, size_t n, const struct timespec *timeout)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    int64_t start, deadline = TOC_INTERPOSE_FOREVER;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->semtimedop(id, ops, n, timeout);
    start = toc_interpose_now(CLOCK_MONOTONIC);
    rc = toc_interpose_real()->semtimedop(id, ops, n, timeout);
    if (!bells_only(mark, rc))
        return rc;
    if (timeout)
        deadline = toc_interpose_deadline(start, toc_interpose_ns(timeout));
    return retry_semop(mark, id, ops, n, deadline);
}
