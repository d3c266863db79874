/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does matching stay flat? One-way latency of 8 bytes while the queues hold other things, all with
 * exact tags: matching_us/empty, matching_us/posted-N (receives that wait),
 * matching_us/unexpected-N (messages that nobody asked for yet), and the ratios to empty,
 * matching_ratio/...
 */
#include "bench.h"

enum { BATCHES = 11, TIMES = 200, TAG = 20000 };

static double latency(const struct bench *b)
{
    const int batches = b->quick ? 3 : BATCHES, times = b->quick ? 10 : TIMES;
    double samples[BATCHES];
    int64_t word = 0;

    for (int k = 0; k < batches; k++) {
        MPI_Barrier(MPI_COMM_WORLD);
        const double start = bench_now();

        for (int i = 0; i < times; i++) {
            if (b->rank == 0)
                MPI_Send(&word, 8, MPI_BYTE, 1, TAG, MPI_COMM_WORLD);
            MPI_Recv(&word, 8, MPI_BYTE, 1 - b->rank, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            if (b->rank == 1)
                MPI_Send(&word, 8, MPI_BYTE, 0, TAG, MPI_COMM_WORLD);
        }
        samples[k] = (bench_now() - start) / times / 2.0;
    }
    return bench_median(samples, batches);
}

/* Both ranks send `n` messages, tags 0 to n-1, to the other one. */
static void send_all(const struct bench *b, int n, MPI_Request *requests, const int64_t *words)
{
    for (int i = 0; i < n; i++)
        MPI_Isend(&words[i], 8, MPI_BYTE, 1 - b->rank, i, MPI_COMM_WORLD, &requests[i]);
}

static void receive_all(const struct bench *b, int n, MPI_Request *requests, int64_t *words)
{
    for (int i = 0; i < n; i++)
        MPI_Irecv(&words[i], 8, MPI_BYTE, 1 - b->rank, i, MPI_COMM_WORLD, &requests[i]);
}

static double with_queue(const struct bench *b, int n, bool posted)
{
    MPI_Request *requests = bench_alloc(2 * sizeof(*requests) * (size_t)n);
    int64_t *words = bench_alloc(2 * sizeof(*words) * (size_t)n);

    if (posted)
        receive_all(b, n, requests, words);
    else
        send_all(b, n, requests, words);
    const double seconds = latency(b);

    if (posted)
        send_all(b, n, requests + n, words + n);
    else
        receive_all(b, n, requests + n, words + n);
    MPI_Waitall(2 * n, requests, MPI_STATUSES_IGNORE);
    free(words);
    free(requests);
    return seconds;
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, NULL);
    bench_require(b.size == 2, "matching: needs exactly 2 ranks");
    const int n = b.quick ? 100 : 10000;
    latency(&b); /* warm up */
    const double empty = latency(&b);
    const double posted = with_queue(&b, n, true), unexpected = with_queue(&b, n, false);

    if (b.rank == 0) {
        printf("matching_us/empty,%.4f\n", empty * 1e6);
        printf("matching_us/posted-%d,%.4f\n", n, posted * 1e6);
        printf("matching_us/unexpected-%d,%.4f\n", n, unexpected * 1e6);
        printf("matching_ratio/posted-%d,%.4f\n", n, posted / empty);
        printf("matching_ratio/unexpected-%d,%.4f\n", n, unexpected / empty);
    }
    return bench_end();
}
