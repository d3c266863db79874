/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/syscall.h"

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
};

/* Raw: the library's own wrappers are for the program. */
int toc_exchange_send(int socket, const void *data, uint32_t size, int fd)
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
        sent = toc_syscall3(SYS_sendmsg, socket, (long)&message, MSG_NOSIGNAL);
    while (sent == -EINTR);
    return sent < 0 ? (int)sent : 0;
}

int toc_exchange_receive(int socket, void *data, uint32_t size, int *fd)
{
    struct iovec part = {data, size};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    long got;

    do
        got = toc_syscall3(SYS_recvmsg, socket, (long)&message, MSG_CMSG_CLOEXEC);
    while (got == -EINTR);
    *fd = -1;
    if (got <= 0)
        return got < 0 ? (int)got : -EPIPE;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof(*fd));
    if (got == (long)size)
        return 0;
    if (*fd >= 0)
        close(*fd);
    return -EPROTO;
}
