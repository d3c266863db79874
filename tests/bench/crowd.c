/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * More ranks than processors: a token of 8 bytes goes round all ranks, for a fixed time, because
 * some libraries need milliseconds a step. Microseconds a step, which with two ranks is the one-way
 * latency. hop_us/RANKSonCPUS
 */
#include <sched.h>
#include "bench.h"

enum { MAX_ROUNDS = 20000 };

/* Passes the token once round; returns what rank 0 put in. */
static int64_t go_round(const struct bench *b, int64_t token)
{
    const int left = (b->rank + b->size - 1) % b->size, right = (b->rank + 1) % b->size;

    if (b->rank == 0)
        MPI_Send(&token, 8, MPI_BYTE, right, 0, MPI_COMM_WORLD);
    MPI_Recv(&token, 8, MPI_BYTE, left, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (b->rank != 0)
        MPI_Send(&token, 8, MPI_BYTE, right, 0, MPI_COMM_WORLD);
    return token;
}

int main(int argc, char **argv)
{
    struct bench b;
    cpu_set_t set;
    int rounds = 0;
    int64_t more = 1;

    bench_start(&b, &argc, &argv, NULL);
    bench_require(b.size > 1, "crowd: needs at least 2 ranks");
    bench_require(sched_getaffinity(0, sizeof(set), &set) == 0, "crowd: no affinity");
    const double seconds = b.quick ? 0.02 : 0.4;

    go_round(&b, 1); /* warm up */
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = bench_now();

    /* Everybody learns from the token whether it comes once more. */
    while (more) {
        more = go_round(&b, rounds + 1 < MAX_ROUNDS && bench_now() - start < seconds);
        rounds++;
    }
    const double elapsed = bench_now() - start;

    if (b.rank == 0)
        printf("hop_us/%don%d,%.4f\n", b.size, CPU_COUNT(&set), elapsed / rounds / b.size * 1e6);
    return bench_end();
}
