/* SPDX-License-Identifier: BSD-3-Clause */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BACKGROUND_MS                                                                              \
    500 /* the shell does not tell when it moves a running job to the foreground */

struct toc_input {
    int epoll_fd;
    uint64_t tag;
    int pipe_fd;  /* write end towards rank 0; -1: nothing (more) to forward */
    int rank_fd;  /* the other end, until rank 0 has it */
    bool reading; /* the terminal is registered */
    bool writing; /* the pipe is full and registered */
    char data[4096];
    size_t begin, end;
};

static bool in_foreground(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void watch(struct toc_input *input, int fd, uint32_t events, uint64_t which, bool on,
                  bool *state)
{
    struct epoll_event event = {.events = events, .data.u64 = input->tag | which};

    if (*state == on)
        return;
    *state = epoll_ctl(input->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event) == 0 && on;
}

static void update(struct toc_input *input)
{
    bool open = input->pipe_fd >= 0;
    bool empty = input->begin == input->end;

    watch(input, STDIN_FILENO, EPOLLIN, 0, open && empty && in_foreground(), &input->reading);
    if (open)
        watch(input, input->pipe_fd, EPOLLOUT, 1, !empty, &input->writing);
}

static void end_input(struct toc_input *input)
{
    if (input->pipe_fd >= 0) {
        watch(input, input->pipe_fd, EPOLLOUT, 1, false, &input->writing);
        close(input->pipe_fd);
    }
    input->pipe_fd = -1;
    input->begin = input->end = 0;
}

int toc_input_open(int epoll_fd, uint64_t tag, struct toc_input **result, int *rank_fd)
{
    int ends[2] = {-1, -1};

    struct toc_input *input = calloc(1, sizeof(*input));
    if (input == NULL)
        return -ENOMEM;
    input->epoll_fd = epoll_fd;
    input->tag = tag;
    if (isatty(STDIN_FILENO)) {
        if (pipe2(ends, O_CLOEXEC) < 0) {
            int err = errno;
            free(input);
            return -err;
        }
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
    }
    input->rank_fd = ends[0];
    input->pipe_fd = ends[1];
    *rank_fd = ends[0] >= 0 ? ends[0] : STDIN_FILENO;
    *result = input;
    update(input);
    return 0;
}

void toc_input_started(struct toc_input *input)
{
    if (input->rank_fd >= 0)
        close(input->rank_fd);
    input->rank_fd = -1;
}

/* EIO: mpirun has just gone to the background (SIGTTIN is blocked); it may come back. */
static void take(struct toc_input *input)
{
    ssize_t got = read(STDIN_FILENO, input->data, sizeof(input->data));

    if (got > 0) {
        input->begin = 0;
        input->end = (size_t)got;
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN && errno != EIO) ||
               (errno == EIO && in_foreground())) {
        end_input(input);
    }
}

static void pass_on(struct toc_input *input)
{
    ssize_t done = write(input->pipe_fd, input->data + input->begin, input->end - input->begin);

    if (done > 0)
        input->begin += (size_t)done;
    else if (done < 0 && errno != EAGAIN && errno != EINTR)
        end_input(input); /* rank 0 has closed its standard input or has left */
}

void toc_input_event(struct toc_input *input)
{
    if (input->pipe_fd >= 0 && input->begin == input->end && in_foreground())
        take(input);
    if (input->pipe_fd >= 0 && input->begin < input->end)
        pass_on(input);
    update(input);
}

int toc_input_tick(struct toc_input *input)
{
    if (input->pipe_fd < 0)
        return -1;
    update(input);
    return input->reading || input->writing ? -1 : BACKGROUND_MS;
}

void toc_input_close(struct toc_input *input)
{
    end_input(input);
    watch(input, STDIN_FILENO, EPOLLIN, 0, false, &input->reading);
    toc_input_started(input);
    free(input);
}
