/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Message rate: windows of 64 non-blocking messages from each rank of the lower half to its partner
 * in the upper half, for a fixed time; millions of messages a second, all pairs added.
 * message_rate_Mps/SIZE with one pair, multi_pair_Mps/SIZE/RANKS with more.
 */
#include "bench.h"

enum { WINDOW = 64 };

static void one_window(const struct bench *b, unsigned char *buffer, size_t bytes)
{
    const int pairs = b->size / 2;
    MPI_Request requests[WINDOW];

    for (int i = 0; i < WINDOW; i++) {
        unsigned char *place = buffer + (size_t)i * bytes;

        if (b->rank < pairs)
            MPI_Isend(place, (int)bytes, MPI_BYTE, b->rank + pairs, 0, MPI_COMM_WORLD,
                      &requests[i]);
        else
            MPI_Irecv(place, (int)bytes, MPI_BYTE, b->rank - pairs, 0, MPI_COMM_WORLD,
                      &requests[i]);
    }
    MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
    /* Once a window, so that no sender gets far ahead. */
    if (b->rank < pairs)
        MPI_Recv(NULL, 0, MPI_BYTE, b->rank + pairs, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else
        MPI_Send(NULL, 0, MPI_BYTE, b->rank - pairs, 1, MPI_COMM_WORLD);
}

/* Messages a second of all pairs. Batches of windows, between which rank 0 looks at the clock. */
static double measure(const struct bench *b, size_t bytes)
{
    const double seconds = b->quick ? 0.01 : 0.3;
    unsigned char *buffer = bench_alloc(WINDOW * bytes);
    const int batch = b->size > 2 ? 4 : 50;
    long windows = 0;
    int go = 1;

    one_window(b, buffer, bytes); /* warm up */
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = bench_now();

    while (go) {
        for (int i = 0; i < batch; i++)
            one_window(b, buffer, bytes);
        windows += batch;
        go = bench_now() - start < seconds;
        MPI_Bcast(&go, 1, MPI_INT, 0, MPI_COMM_WORLD);
    }
    const double elapsed = bench_now() - start;

    free(buffer);
    return (double)(b->size / 2) * WINDOW * (double)windows / elapsed;
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, "8,1K");
    bench_require(b.size % 2 == 0, "rate: needs an even number of ranks");
    for (int k = 0; k < b.size_count; k++) {
        const double rate = measure(&b, b.sizes[k]) * 1e-6;

        if (b.rank == 0 && b.size == 2)
            printf("message_rate_Mps/%zu,%.4f\n", b.sizes[k], rate);
        else if (b.rank == 0)
            printf("multi_pair_Mps/%zu/%d,%.4f\n", b.sizes[k], b.size, rate);
    }
    return bench_end();
}
