/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/exchange.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/syscall.h"

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
};

bool toc_exchange_is_way(int fd)
{
    int domain = 0, type = 0;
    socklen_t size = sizeof(int);

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/* Raw: the library's own wrappers are for the program. */
int toc_exchange_send(int socket, const void *data, uint32_t size, int fd, int flags)
{
    struct iovec part = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;

    if (fd >= 0) {
        memset(&control, 0, sizeof(control));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    }
    long sent;
    do
        sent = toc_syscall3(SYS_sendmsg, socket, (long)&message, MSG_NOSIGNAL | flags);
    while (sent == -EINTR);
    return sent < 0 ? (int)sent : 0;
}

/* The first descriptor of a message; a control buffer for one has room for two. */
static int take_descriptor(struct msghdr *message)
{
    int first = -1;

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
            if (first < 0)
                first = fd;
            else
                close(fd);
        }
    }
    return first;
}

/* An empty message looks like the end, which is there when all who could send have gone. */
static int is_over(int socket)
{
    struct pollfd end = {.fd = socket, .events = POLLIN};

    return toc_syscall3(SYS_poll, (long)&end, 1, 0) > 0 && (end.revents & POLLHUP) != 0;
}

int toc_exchange_receive(int socket, void *data, uint32_t size, int *fd, int flags)
{
    struct iovec part = {data, size};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    long got;

    do
        got = toc_syscall3(SYS_recvmsg, socket, (long)&message, MSG_CMSG_CLOEXEC | flags);
    while (got == -EINTR);
    *fd = -1;
    if (got < 0)
        return (int)got;
    *fd = take_descriptor(&message);
    if (got == (long)size && (message.msg_flags & MSG_TRUNC) == 0)
        return 0;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return got == 0 && is_over(socket) ? -EPIPE : -EPROTO;
}
