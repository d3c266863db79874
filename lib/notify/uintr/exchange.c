/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/uintr/exchange.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/exchange.h"
#include "base/syscall.h"

/* mpirun may have been stopped. */
#define PATIENCE_S 1

int toc_uintr_deposit(int socket, int rank, int fd)
{
    const struct toc_exchange message = {TOC_EXCHANGE_DEPOSIT, (uint32_t)rank};

    return toc_exchange_send(socket, &message, sizeof(message), fd, 0);
}

static int await_answer(int socket)
{
    struct pollfd answer = {.fd = socket, .events = POLLIN};
    struct timespec left = {PATIENCE_S, 0};
    long ready;

    do /* the kernel counts `left` down */
        ready = toc_syscall6(SYS_ppoll, (long)&answer, 1, (long)&left, 0, 0, 0);
    while (ready == -EINTR);
    return ready > 0 ? 0 : -ETIMEDOUT;
}

static int take_answer(int socket)
{
    char byte;
    int fd;
    int status = await_answer(socket);

    if (status == 0)
        status = toc_exchange_receive(socket, &byte, sizeof(byte), &fd, 0);
    if (status != 0)
        return status;
    return fd >= 0 ? fd : -ENOENT;
}

int toc_uintr_request(int socket, int rank)
{
    const struct toc_exchange message = {TOC_EXCHANGE_REQUEST, (uint32_t)rank};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    int result = toc_exchange_send(socket, &message, sizeof(message), ends[1], 0);
    close(ends[1]);
    if (result == 0)
        result = take_answer(ends[0]);
    close(ends[0]);
    return result;
}
