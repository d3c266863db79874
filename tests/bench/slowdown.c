/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What messages cost a rank that computes: rank 1 computes while rank 0 sends it 8-byte messages at
 * a given rate, which rank 1 receives when it has done. slowdown_percent/RATE: how much longer the
 * computation takes than without. Meant for TOCSIN_INTERRUPT=always, where each message interrupts;
 * libraries that interrupt nobody show the noise.
 */
#include "bench.h"

enum { ROUNDS = 5 };

static const int rates[] = {1000, 10000, 100000};
enum { RATES = sizeof(rates) / sizeof(rates[0]) };

/* Sends at a steady rate; a library whose buffers are full may make it slower. */
static void send_for(int rate, int count)
{
    const double start = bench_now();
    int64_t word = 0;

    for (int i = 0; i < count; i++) {
        while (bench_now() - start < (double)i / rate)
            ;
        MPI_Send(&word, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    }
}

static void receive(int count)
{
    int64_t word;

    for (int i = 0; i < count; i++)
        MPI_Recv(&word, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

/* Rank 1's time for the computation, while rank 0 sends that many messages. */
static double once(const struct bench *b, uint64_t turns, int rate, int count)
{
    double elapsed = 0.0;

    MPI_Barrier(MPI_COMM_WORLD);
    if (b->rank == 0) {
        send_for(rate, count);
    } else {
        const double start = bench_now();

        bench_compute(turns);
        elapsed = bench_now() - start;
        receive(count);
    }
    MPI_Bcast(&elapsed, 1, MPI_DOUBLE, 1, MPI_COMM_WORLD);
    return elapsed;
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, NULL);
    bench_require(b.size == 2, "slowdown: needs exactly 2 ranks");
    const double seconds = b.quick ? 0.01 : 0.05;
    const int rounds = b.quick ? 2 : ROUNDS;
    const uint64_t turns = (uint64_t)(seconds * bench_turns_per_second());

    for (int k = 0; k < RATES; k++) {
        double with[ROUNDS], without[ROUNDS];

        for (int i = 0; i < rounds; i++) {
            without[i] = once(&b, turns, rates[k], 0);
            with[i] = once(&b, turns, rates[k], (int)(rates[k] * seconds));
        }
        const double ratio = bench_median(with, rounds) / bench_median(without, rounds);

        if (b.rank == 0)
            printf("slowdown_percent/%d,%.4f\n", rates[k], (ratio - 1.0) * 100.0);
    }
    return bench_end();
}
