/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every thread of a rank exchanges messages with the thread of the same number in the neighbours,
 * told apart by tags, by all sorts of calls and in all sizes, each at its own pace.
 *
 *     threads_p2p [threads [rounds]]
 */
#include <unistd.h>
#include "threads.h"

enum { LARGEST = 600000 };

static int rounds = 150;

/* What differs from round to round, the same in all ranks. */
static int size_of(int number, int round)
{
    static const int limits[] = {16, 16, 500, 500, 10000, 40000, LARGEST};
    uint64_t state = (uint64_t)number * 1000003 + (uint64_t)round;
    const int limit = limits[mt_random_below(&state, 7)];

    return mt_random_below(&state, limit);
}

static unsigned seed_of(int number, int round, int from)
{
    return (unsigned)(number * 131 + round * 7 + from);
}

/* All ranks of a ring send on; those of even number (not the last of an odd ring) send first. */
static void blocking(char *out, char *in, int size, int to, int from, int tag, MPI_Status *status)
{
    if (mt_rank % 2 == 0 && to != mt_rank) {
        MPI_Send(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD);
        MPI_Recv(in, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, status);
    } else {
        MPI_Sendrecv(out, size, MPI_BYTE, to, tag, in, size, MPI_BYTE, from, tag, MPI_COMM_WORLD,
                     status);
    }
}

static void waiting(char *out, char *in, int size, int to, int from, int tag, MPI_Status *status)
{
    MPI_Request requests[2];
    MPI_Status statuses[2];

    MPI_Irecv(in, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &requests[1]);
    MPI_Waitall(2, requests, statuses);
    *status = statuses[0];
}

static void testing(char *out, char *in, int size, int to, int from, int tag, MPI_Status *status)
{
    MPI_Request requests[2];
    int flag = 0;

    MPI_Irecv(in, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, &requests[0]);
    MPI_Issend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &requests[1]);
    while (!flag)
        MPI_Test(&requests[0], &flag, status);
    MPI_Wait(&requests[1], MPI_STATUS_IGNORE);
}

static void any(char *out, char *in, int size, int to, int from, int tag, MPI_Status *status)
{
    MPI_Request requests[2];

    MPI_Irecv(in, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &requests[1]);
    for (int i = 0; i < 2; i++) {
        MPI_Status one;
        int index = -1;

        MPI_Waitany(2, requests, &index, &one);
        if (index == 0)
            *status = one;
    }
    CHECK(requests[0] == MPI_REQUEST_NULL && requests[1] == MPI_REQUEST_NULL, "Waitany left one");
}

static void work(int number)
{
    static void (*const ways[])(char *, char *, int, int, int, int,
                                MPI_Status *) = {blocking, waiting, testing, any};
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
    char *out = mt_alloc(LARGEST), *in = mt_alloc(LARGEST);

    for (int round = 0; round < rounds; round++) {
        const int size = size_of(number, round);
        MPI_Status status;

        memset(in, 0x5a, (size_t)size);
        mt_fill(out, (size_t)size, seed_of(number, round, mt_rank));
        if (round % 16 == number) /* so that all wait for one, asleep */
            usleep(3000);
        ways[(number + round) % 4](out, in, size, to, from, number, &status);
        CHECK_STATUS(&status, from, number, MPI_BYTE, size, "receive");
        CHECK_FILLED(in, (size_t)size, seed_of(number, round, from), "message");
    }
    free(out);
    free(in);
}

int main(int argc, char **argv)
{
    const int threads = argc > 1 ? atoi(argv[1]) : 4;

    if (argc > 2)
        rounds = atoi(argv[2]);
    start_multiple(&argc, &argv, 1);
    CHECK(threads >= 1 && threads <= MOST_THREADS, "%d threads", threads);
    run_team(threads, work);
    return mt_end();
}
