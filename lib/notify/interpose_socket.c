/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls on sockets. */
#include "notify/interpose_impl.h"

#include <fcntl.h>

/* MSG_PEEK with MSG_WAITALL: peeking again from the beginning moves nothing, so it is repeated
 * until no bell cuts it short. */
static bool peeked_short(const struct toc_interpose_call *call, ssize_t n, size_t len, int flags)
{
    return n > 0 && (size_t)n < len && (flags & MSG_PEEK) && (flags & MSG_WAITALL) &&
           !(flags & MSG_DONTWAIT) && toc_interpose_only_bells(call->mark);
}

TOC_EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t len, int flags, __SOCKADDR_ARG from,
                            socklen_t *restrict fromlen)
{
    const struct iovec iov = {buf, len};
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->recvfrom(fd, buf, len, flags, from, fromlen);
    call = toc_interpose_begin(fd);
    for (;;) {
        n = toc_interpose_real()->recvfrom(fd, buf, len, flags, from, fromlen);
        if (n < 0 && toc_interpose_again(&call, POLLIN))
            continue;
        if (!peeked_short(&call, n, len, flags))
            break;
        call.mark = toc_interpose_mark(); /* short again without a bell: the end of the stream */
    }
    return toc_interpose_finish(&call, TOC_INTERPOSE_RECV, &iov, 1, n, flags);
}

TOC_EXPORT ssize_t recv(int fd, void *buf, size_t len, int flags)
{
    if (!toc_interpose_active())
        return toc_interpose_real()->recv(fd, buf, len, flags);
    return recvfrom(fd, buf, len, flags, NULL, NULL);
}

TOC_EXPORT ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags)
{
    if (len > size) /* ends the program */
        return toc_interpose_real()->__recv_chk(fd, buf, len, size, flags);
    return recv(fd, buf, len, flags);
}

TOC_EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
                                  struct sockaddr *restrict from, socklen_t *restrict fromlen)
{
    if (len > size) /* ends the program */
        return toc_interpose_real()->__recvfrom_chk(fd, buf, len, size, flags, from, fromlen);
    return recvfrom(fd, buf, len, flags, from, fromlen);
}

TOC_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->recvmsg(fd, message, flags);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->recvmsg(fd, message, flags);
    } while (n < 0 && toc_interpose_again(&call, POLLIN));
    /* Descriptors end a message here even with MSG_WAITALL; more of them could not be taken. */
    if (n > 0 && message->msg_controllen == 0)
        n = toc_interpose_finish(&call, TOC_INTERPOSE_RECV, message->msg_iov, message->msg_iovlen,
                                 n, flags);
    return n;
}

static bool may_block(int fd, int flags)
{
    return !(flags & MSG_DONTWAIT) && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static bool is_valid(const struct timespec *t)
{
    return t->tv_sec >= 0 && t->tv_nsec >= 0 && t->tv_nsec < TOC_NS_PER_S;
}

/*
 * The kernel's recvmmsg, when a signal interrupts it between two messages, leaves its internal code
 * for that as the socket's pending error. So it is used only for what is there already; waiting is
 * for recvmsg.
 */
TOC_EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                        struct timespec *timeout)
{
    const int once = flags & ~MSG_WAITFORONE;
    unsigned got = 0;
    int64_t deadline;
    ssize_t n;
    int rc;

    if (!toc_interpose_active() || count == 0 || !may_block(fd, flags) ||
        (timeout && !is_valid(timeout)))
        return toc_interpose_real()->recvmmsg(fd, messages, count, flags, timeout);
    deadline = timeout ? toc_interpose_deadline(toc_interpose_now(CLOCK_MONOTONIC),
                                                toc_interpose_ns(timeout))
                       : TOC_INTERPOSE_FOREVER;
    for (;;) {
        n = recvmsg(fd, &messages[got].msg_hdr, once);
        if (n < 0)
            return got ? (int)got : -1;
        messages[got++].msg_len = (unsigned)n;
        rc = got < count ? toc_interpose_real()->recvmmsg(fd, messages + got, count - got,
                                                          once | MSG_DONTWAIT, NULL)
                         : 0;
        if (rc > 0)
            got += (unsigned)rc;
        /* The kernel looks at the time after each message too, and only then. */
        if (timeout)
            toc_interpose_left(CLOCK_MONOTONIC, deadline, timeout);
        if (got == count || (flags & MSG_WAITFORONE) || (rc < 0 && errno != EAGAIN) ||
            (timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0))
            return (int)got;
    }
}

TOC_EXPORT ssize_t sendto(int fd, const void *buf, size_t len, int flags, __CONST_SOCKADDR_ARG to,
                          socklen_t tolen)
{
    const struct iovec iov = {(void *)(uintptr_t)buf, len};
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->sendto(fd, buf, len, flags, to, tolen);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->sendto(fd, buf, len, flags, to, tolen);
    } while (n < 0 && toc_interpose_again(&call, POLLOUT));
    return toc_interpose_finish(&call, TOC_INTERPOSE_SEND, &iov, 1, n, flags);
}

TOC_EXPORT ssize_t send(int fd, const void *buf, size_t len, int flags)
{
    if (!toc_interpose_active())
        return toc_interpose_real()->send(fd, buf, len, flags);
    return sendto(fd, buf, len, flags, NULL, 0);
}

TOC_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->sendmsg(fd, message, flags);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->sendmsg(fd, message, flags);
    } while (n < 0 && toc_interpose_again(&call, POLLOUT));
    /* Control data went with the first byte. */
    return n <= 0 ? n
                  : toc_interpose_finish(&call, TOC_INTERPOSE_SEND, message->msg_iov,
                                         message->msg_iovlen, n, flags);
}

/* The kernel stops at a message that was sent in part, and a bell makes that happen. */
TOC_EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    struct toc_interpose_call call;
    unsigned sent = 0;

    if (!toc_interpose_active() || count == 0 || !may_block(fd, flags))
        return toc_interpose_real()->sendmmsg(fd, messages, count, flags);
    if (count > IOV_MAX) /* as the kernel does */
        count = IOV_MAX;
    call = toc_interpose_begin(fd);
    while (sent < count) {
        const int rc = toc_interpose_real()->sendmmsg(fd, messages + sent, count - sent, flags);
        struct mmsghdr *last;

        if (rc < 0 && toc_interpose_again(&call, POLLOUT))
            continue;
        if (rc <= 0)
            break;
        sent += (unsigned)rc;
        last = &messages[sent - 1];
        last->msg_len =
            (unsigned)toc_interpose_finish(&call, TOC_INTERPOSE_SEND, last->msg_hdr.msg_iov,
                                           last->msg_hdr.msg_iovlen, last->msg_len, flags);
        if (!toc_interpose_only_bells(call.mark) ||
            last->msg_len < toc_interpose_length(last->msg_hdr.msg_iov, last->msg_hdr.msg_iovlen))
            break;
    }
    return sent ? (int)sent : -1;
}

TOC_EXPORT int accept4(int fd, __SOCKADDR_ARG from, socklen_t *restrict fromlen, int flags)
{
    struct toc_interpose_call call;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->accept4(fd, from, fromlen, flags);
    call = toc_interpose_begin(fd);
    do {
        rc = toc_interpose_real()->accept4(fd, from, fromlen, flags);
    } while (rc < 0 && toc_interpose_again(&call, POLLIN));
    return rc;
}

TOC_EXPORT int accept(int fd, __SOCKADDR_ARG from, socklen_t *restrict fromlen)
{
    struct toc_interpose_call call;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->accept(fd, from, fromlen);
    call = toc_interpose_begin(fd);
    do {
        rc = toc_interpose_real()->accept(fd, from, fromlen);
    } while (rc < 0 && toc_interpose_again(&call, POLLIN));
    return rc;
}

TOC_EXPORT int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t tolen)
{
    struct toc_interpose_call call;
    int rc;

    if (!toc_interpose_active())
        return toc_interpose_real()->connect(fd, to, tolen);
    call = toc_interpose_begin(fd);
    for (;;) {
        rc = toc_interpose_real()->connect(fd, to, tolen);
        if (rc == 0 || errno != EINTR)
            return rc;
        if (toc_interpose_again(&call, POLLOUT))
            continue;
        /* Out of time: the connection goes on without us, except where it needs room in a queue. */
        if (errno == EAGAIN && to.__sockaddr__->sa_family != AF_UNIX)
            errno = EINPROGRESS;
        return -1;
    }
}
