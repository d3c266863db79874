/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading and writing across bells. A call that had moved nothing yet is restarted by the kernel;
 * what remains are sockets with a time-out, which the kernel never restarts, and calls that had
 * moved something, which return a short count.
 */
#include "notify/interpose_impl.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

/* The kernel moves no more than this in one call, whatever is asked for. */
enum { MOVED_AT_MOST = 0x7ffff000 };

/* SO_RCVTIMEO or SO_SNDTIMEO of a socket in nanoseconds; 0: none, or no socket. */
static int64_t time_out(int fd, short events)
{
    struct timeval tv = {0, 0};
    socklen_t size = sizeof(tv);
    const int saved = errno;

    if (getsockopt(fd, SOL_SOCKET, events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO, &tv, &size) != 0) {
        errno = saved;
        return 0;
    }
    return (int64_t)tv.tv_sec * TOC_NS_PER_S + (int64_t)tv.tv_usec * 1000;
}

/* Waits until the socket is ready or its time is over: 1, 0, or -1 when the program's handler ran.
 */
static int ready(const struct toc_interpose_call *call, short events, int64_t deadline)
{
    struct pollfd pfd = {call->fd, events, 0};

    if (toc_interpose_now(CLOCK_MONOTONIC) >= deadline)
        return 0;
    return (int)toc_interpose_poll(call->mark, &pfd, 1, deadline, NULL);
}

bool toc_interpose_again(const struct toc_interpose_call *call, short events)
{
    int64_t ns;

    if (errno != EINTR || !toc_interpose_only_bells(call->mark))
        return false;
    ns = time_out(call->fd, events);
    if (ns == 0)
        return true;
    switch (ready(call, events, toc_interpose_deadline(call->start, ns))) {
    case 1:
        return true;
    case 0:
        errno = EAGAIN;
        return false;
    default:
        errno = EINTR;
        return false;
    }
}

static bool is_stream(int fd)
{
    int type = 0;
    socklen_t size = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* /dev/zero, /dev/urandom and the like look for signals; everything else that can be read returns
 * what it has, signals or not. */
static bool is_memory_device(const struct stat *st)
{
    return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1;
}

/* Would this call have moved everything if nothing had interrupted it? A socket that was written to
 * or read with plain write and read is asked for with the socket operations from here on: they can
 * be told to raise no SIGPIPE, as the kernel raises none after a part was sent. */
static bool should_finish(int fd, enum toc_interpose_op *op, int flags)
{
    const int status = fcntl(fd, F_GETFL);
    struct stat st;

    if (status < 0 || (status & O_NONBLOCK) || (flags & MSG_DONTWAIT) || fstat(fd, &st) != 0)
        return false;
    switch (*op) {
    case TOC_INTERPOSE_READ:
        return is_memory_device(&st);
    case TOC_INTERPOSE_WRITE:
        if (!S_ISSOCK(st.st_mode))
            return S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode);
        *op = TOC_INTERPOSE_SEND;
        return is_stream(fd);
    case TOC_INTERPOSE_RECV:
        return (flags & MSG_WAITALL) && !(flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE)) &&
               is_stream(fd);
    case TOC_INTERPOSE_SEND:
        return is_stream(fd);
    }
    return false;
}

static long move_once(struct toc_interpose_mark mark, int fd, enum toc_interpose_op op, char *at,
                      size_t len, int flags)
{
    switch (op) {
    case TOC_INTERPOSE_READ:
        return toc_interpose_retry(mark, SYS_read, fd, (long)at, (long)len, 0, 0, 0);
    case TOC_INTERPOSE_WRITE:
        return toc_interpose_retry(mark, SYS_write, fd, (long)at, (long)len, 0, 0, 0);
    case TOC_INTERPOSE_RECV:
        return toc_interpose_retry(mark, SYS_recvfrom, fd, (long)at, (long)len, flags, 0, 0);
    case TOC_INTERPOSE_SEND:
        return toc_interpose_retry(mark, SYS_sendto, fd, (long)at, (long)len, flags | MSG_NOSIGNAL,
                                   0, 0);
    }
    return -EINVAL;
}

/* An error of a socket stays there for the program's next call: it is not fetched by us after a
 * part was moved. */
static bool has_error(struct toc_interpose_mark mark, int fd)
{
    struct pollfd pfd = {fd, 0, 0};

    return toc_interpose_poll(mark, &pfd, 1, 0, NULL) != 0;
}

/* Moves one piece as far as it goes; false: the call ends here. */
static bool move(const struct toc_interpose_call *call, enum toc_interpose_op op, int64_t timeout,
                 char *at, size_t len, int flags, size_t *moved)
{
    const bool socket = op == TOC_INTERPOSE_RECV || op == TOC_INTERPOSE_SEND;
    const short events = op == TOC_INTERPOSE_RECV ? POLLIN : POLLOUT;
    long n;

    *moved = 0;
    while (*moved < len) {
        if (timeout && ready(call, events, toc_interpose_deadline(call->start, timeout)) != 1)
            return false;
        /* POLLHUP does not count for receiving: data may be there still. */
        if (socket && op == TOC_INTERPOSE_SEND && has_error(call->mark, call->fd))
            return false;
        n = move_once(call->mark, call->fd, op, at + *moved, len - *moved,
                      timeout ? flags | MSG_DONTWAIT : flags);
        if ((n == -EAGAIN && timeout) || (n == -EINTR && toc_interpose_only_bells(call->mark)))
            continue;
        if (n <= 0)
            return false;
        *moved += (size_t)n;
    }
    return true;
}

size_t toc_interpose_length(const struct iovec *iov, size_t count)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += iov[i].iov_len;
    return total < MOVED_AT_MOST ? total : MOVED_AT_MOST;
}

ssize_t toc_interpose_finish(const struct toc_interpose_call *call, enum toc_interpose_op op,
                             const struct iovec *iov, size_t count, ssize_t done, int flags)
{
    const int saved = errno;
    size_t total, skip, moved;
    int64_t timeout = 0;
    bool more = true;

    if (done <= 0 || !toc_interpose_only_bells(call->mark))
        return done;
    total = toc_interpose_length(iov, count);
    if ((size_t)done >= total || !should_finish(call->fd, &op, flags)) {
        errno = saved;
        return done;
    }
    if (op == TOC_INTERPOSE_RECV || op == TOC_INTERPOSE_SEND)
        timeout = time_out(call->fd, op == TOC_INTERPOSE_RECV ? POLLIN : POLLOUT);

    skip = (size_t)done;
    for (size_t i = 0; i < count && (size_t)done < total && more; i++) {
        size_t len;

        if (skip >= iov[i].iov_len) {
            skip -= iov[i].iov_len;
            continue;
        }
        len = iov[i].iov_len - skip;
        if (len > total - (size_t)done)
            len = total - (size_t)done;
        more = move(call, op, timeout, (char *)iov[i].iov_base + skip, len, flags, &moved);
        done += (ssize_t)moved;
        skip = 0;
    }
    errno = saved;
    return done;
}
