/* SPDX-License-Identifier: BSD-3-Clause */
#include "spread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BUFFER        65536
#define BACKGROUND_MS 500 /* as in input.c: nothing tells that the foreground is ours again */

/* The way to one rank. */
struct outlet {
    int fd;         /* write end of its pipe, or -1: it has enough */
    size_t done;    /* of the buffer */
    bool listening; /* the event loop looks for room */
};

struct toc_spread {
    int epoll_fd;
    uint64_t tag;
    uint32_t nranks;
    uint32_t open;   /* outlets that are */
    uint32_t behind; /* ... and have not taken the whole buffer */
    bool started, ended;
    bool pollable; /* standard input is no regular file */
    bool terminal;
    bool listening; /* the event loop looks for input */
    size_t length;
    char data[BUFFER];
    struct outlet outlets[];
};

static void listen_to(struct toc_spread *spread, int fd, uint32_t events, uint32_t index, bool on,
                      bool *state)
{
    struct epoll_event event = {.events = events, .data.u64 = spread->tag | index};

    if (*state == on)
        return;
    *state = epoll_ctl(spread->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event) == 0 && on;
}

/* It has all that it will get: the end of the input, or it reads no more. */
static void close_outlet(struct toc_spread *spread, uint32_t rank)
{
    struct outlet *outlet = &spread->outlets[rank];

    if (outlet->fd < 0)
        return;
    listen_to(spread, outlet->fd, EPOLLOUT, rank, false, &outlet->listening);
    close(outlet->fd);
    outlet->fd = -1;
    spread->open--;
    if (outlet->done < spread->length)
        spread->behind--;
}

static void push(struct toc_spread *spread, uint32_t rank)
{
    struct outlet *outlet = &spread->outlets[rank];

    if (outlet->fd < 0 || outlet->done == spread->length)
        return;
    ssize_t put = write(outlet->fd, spread->data + outlet->done, spread->length - outlet->done);
    if (put < 0 && errno != EAGAIN && errno != EINTR) { /* it has closed its end, or has left */
        close_outlet(spread, rank);
        return;
    }
    outlet->done += put > 0 ? (size_t)put : 0;
    bool all = outlet->done == spread->length;
    spread->behind -= all;
    listen_to(spread, outlet->fd, EPOLLOUT, rank, !all, &outlet->listening);
}

static bool wants_input(const struct toc_spread *spread)
{
    return spread->started && !spread->ended && spread->open > 0 && spread->behind == 0;
}

static bool in_foreground(const struct toc_spread *spread)
{
    return !spread->terminal || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void end_input(struct toc_spread *spread)
{
    spread->ended = true;
    listen_to(spread, STDIN_FILENO, EPOLLIN, spread->nranks, false, &spread->listening);
    for (uint32_t i = 0; i < spread->nranks; i++)
        close_outlet(spread, i);
}

/* EIO: mpirun has just gone to the background (SIGTTIN is blocked); it may come back. */
static void fill(struct toc_spread *spread)
{
    ssize_t got = read(STDIN_FILENO, spread->data, sizeof(spread->data));

    if (got < 0 && (errno == EINTR || errno == EAGAIN || (errno == EIO && !in_foreground(spread))))
        return;
    if (got <= 0) {
        end_input(spread);
        return;
    }
    spread->length = (size_t)got;
    spread->behind = spread->open;
    for (uint32_t i = 0; i < spread->nranks; i++)
        spread->outlets[i].done = 0;
    for (uint32_t i = 0; i < spread->nranks; i++)
        push(spread, i);
}

int toc_spread_open(int epoll_fd, uint64_t tag, uint32_t nranks, struct toc_spread **spread)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct toc_spread *made = calloc(1, sizeof(*made) + nranks * sizeof(made->outlets[0]));

    if (made == NULL)
        return -ENOMEM;
    made->epoll_fd = epoll_fd;
    made->tag = tag;
    made->nranks = nranks;
    made->terminal = isatty(STDIN_FILENO) != 0;
    made->pollable = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0;
    if (made->pollable)
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, STDIN_FILENO, &event);
    for (uint32_t i = 0; i < nranks; i++)
        made->outlets[i].fd = -1;
    *spread = made;
    return 0;
}

int toc_spread_pipe(struct toc_spread *spread, uint32_t rank, int *fd)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    spread->outlets[rank].fd = ends[1];
    spread->open++;
    *fd = ends[0];
    return 0;
}

void toc_spread_start(struct toc_spread *spread)
{
    spread->started = true;
}

void toc_spread_event(struct toc_spread *spread, uint32_t index)
{
    if (index < spread->nranks)
        push(spread, index);
    else if (wants_input(spread) && in_foreground(spread))
        fill(spread);
}

int toc_spread_tick(struct toc_spread *spread)
{
    bool wanted = wants_input(spread);
    bool ours = in_foreground(spread);

    if (spread->pollable) {
        listen_to(spread, STDIN_FILENO, EPOLLIN, spread->nranks, wanted && ours,
                  &spread->listening);
        return wanted && !ours ? BACKGROUND_MS : -1;
    }
    if (wanted)
        fill(spread);
    return wants_input(spread) ? 0 : -1;
}

void toc_spread_close(struct toc_spread *spread)
{
    end_input(spread);
    free(spread);
}
