/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages that go on while a rank is in system calls. Ranks work in pairs: the even one does the
 * calls, the odd one sends to it all the while, large and synchronous messages, which interrupt the
 * receiver to make progress. The program must not notice.
 */
#ifndef TESTS_MPI_INTERPOSE_TRAFFIC_H
#define TESTS_MPI_INTERPOSE_TRAFFIC_H

#include "mpitest.h"

enum { TRAFFIC_MESSAGES = 64, TRAFFIC_LARGE = 1 << 20, TRAFFIC_SMALL = 100 };

static MPI_Request traffic_request[TRAFFIC_MESSAGES];
static unsigned char *traffic_buffer[TRAFFIC_MESSAGES];

static inline int traffic_size(int i)
{
    return i % 4 == 3 ? TRAFFIC_LARGE : TRAFFIC_SMALL;
}

static inline void traffic_receive(int from)
{
    for (int i = 0; i < TRAFFIC_MESSAGES; i++) {
        traffic_buffer[i] = mt_alloc((size_t)traffic_size(i));
        MPI_Irecv(traffic_buffer[i], traffic_size(i), MPI_BYTE, from, i, MPI_COMM_WORLD,
                  &traffic_request[i]);
    }
    MPI_Send(NULL, 0, MPI_BYTE, from, TRAFFIC_MESSAGES, MPI_COMM_WORLD);
}

static inline void traffic_send(int to, double seconds)
{
    MPI_Recv(NULL, 0, MPI_BYTE, to, TRAFFIC_MESSAGES, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (int i = 0; i < TRAFFIC_MESSAGES; i++) {
        traffic_buffer[i] = mt_alloc((size_t)traffic_size(i));
        mt_fill(traffic_buffer[i], (size_t)traffic_size(i), (unsigned)i);
        MPI_Issend(traffic_buffer[i], traffic_size(i), MPI_BYTE, to, i, MPI_COMM_WORLD,
                   &traffic_request[i]);
        mt_compute(seconds / TRAFFIC_MESSAGES);
    }
}

static inline void traffic_finish(bool check)
{
    MPI_Status status[TRAFFIC_MESSAGES];

    MPI_Waitall(TRAFFIC_MESSAGES, traffic_request, status);
    for (int i = 0; i < TRAFFIC_MESSAGES; i++) {
        if (check)
            CHECK_FILLED(traffic_buffer[i], (size_t)traffic_size(i), (unsigned)i, "message");
        free(traffic_buffer[i]);
    }
}

/* Runs `calls` on the even ranks, under messages that take about `seconds` to be sent. */
static inline void traffic_run(void (*calls)(void), double seconds)
{
    const int peer = mt_rank ^ 1;

    if (peer >= mt_size) {
        calls();
    } else if (mt_rank % 2 == 0) {
        traffic_receive(peer);
        calls();
        traffic_finish(true);
    } else {
        traffic_send(peer, seconds);
        traffic_finish(false);
    }
}

#endif
