/* SPDX-License-Identifier: BSD-3-Clause */
#include "exchange.h"
#include "base/exchange.h"

#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct toc_exchange_desk {
    int socket;
    int epoll_fd;
    uint32_t nranks;
    int deposits[]; /* [nranks]; -1: none */
};

/* CPUID leaf 7, EDX bit 5. */
static bool cpu_has_uintr(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 5 & 1) != 0;
}

static int watch(const struct toc_exchange_desk *desk, uint64_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
    return epoll_ctl(desk->epoll_fd, EPOLL_CTL_ADD, desk->socket, &event) < 0 ? -errno : 0;
}

int toc_exchange_open(uint32_t nranks, bool emulated, int epoll_fd, uint64_t tag,
                      struct toc_exchange_desk **result, int *rank_fd)
{
    int ends[2];

    *result = NULL;
    *rank_fd = -1;
    if (!emulated && !cpu_has_uintr())
        return 0;
    struct toc_exchange_desk *desk = malloc(sizeof(*desk) + nranks * sizeof(int));
    if (desk == NULL)
        return -ENOMEM;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        int err = errno;
        free(desk);
        return -err;
    }
    desk->socket = ends[0];
    desk->epoll_fd = epoll_fd;
    desk->nranks = nranks;
    for (uint32_t i = 0; i < nranks; i++)
        desk->deposits[i] = -1;
    *result = desk;
    *rank_fd = ends[1];
    return watch(desk, tag);
}

static void keep(struct toc_exchange_desk *desk, uint32_t rank, int fd)
{
    if (desk->deposits[rank] >= 0)
        close(desk->deposits[rank]);
    desk->deposits[rank] = fd;
}

static void answer(const struct toc_exchange_desk *desk, uint32_t rank, int socket)
{
    const char byte = 0;
    /* Whoever asked may have died, or have filled its socket: mpirun waits for nobody, and who
     * waits for the answer finds the end instead. */
    (void)toc_exchange_send(socket, &byte, sizeof(byte), desk->deposits[rank], MSG_DONTWAIT);
    close(socket);
}

/* Every message comes with a descriptor; what does not, or says something else, is dropped. */
void toc_exchange_event(struct toc_exchange_desk *desk)
{
    struct toc_exchange message;
    int fd;
    int status = toc_exchange_receive(desk->socket, &message, sizeof(message), &fd, MSG_DONTWAIT);

    if (status == -EPIPE) /* all ranks have left */
        epoll_ctl(desk->epoll_fd, EPOLL_CTL_DEL, desk->socket, NULL);
    if (status != 0 || fd < 0)
        return;
    if (message.kind == TOC_EXCHANGE_DEPOSIT && message.rank < desk->nranks)
        keep(desk, message.rank, fd);
    else if (message.kind == TOC_EXCHANGE_REQUEST && message.rank < desk->nranks)
        answer(desk, message.rank, fd);
    else
        close(fd);
}

void toc_exchange_close(struct toc_exchange_desk *desk)
{
    if (desk == NULL)
        return;
    for (uint32_t i = 0; i < desk->nranks; i++)
        if (desk->deposits[i] >= 0)
            close(desk->deposits[i]);
    close(desk->socket);
    free(desk);
}
