/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One-way latency: half the time of a ping-pong of MPI_Send and MPI_Recv between two ranks, the
 * median of many batches. latency_us/SIZE
 */
#include "bench.h"

enum { BATCHES = 21 };

/* Round trips per batch: about a millisecond. */
static int batch_length(size_t bytes)
{
    return bytes <= 4096 ? 1000 : bytes <= 65536 ? 100 : bytes <= 1 << 20 ? 10 : 2;
}

static void ping_pong(unsigned char *buffer, size_t bytes, int rank, int times)
{
    const int n = (int)bytes;

    for (int i = 0; i < times; i++) {
        if (rank == 0) {
            MPI_Send(buffer, n, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
            MPI_Recv(buffer, n, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(buffer, n, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(buffer, n, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
        }
    }
}

static double measure(const struct bench *b, size_t bytes)
{
    const int batches = b->quick ? 3 : BATCHES;
    const int times = b->quick ? 2 : batch_length(bytes);
    unsigned char *buffer = bench_alloc(bytes);
    double samples[BATCHES];

    MPI_Barrier(MPI_COMM_WORLD);
    ping_pong(buffer, bytes, b->rank, times); /* warm up */
    for (int i = 0; i < batches; i++) {
        const double start = bench_now();

        ping_pong(buffer, bytes, b->rank, times);
        samples[i] = (bench_now() - start) / times / 2.0;
    }
    free(buffer);
    return bench_median(samples, batches);
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, "8,64,256,1K,4K,16K,64K,256K,1M,4M,16M");
    bench_require(b.size == 2, "latency: needs exactly 2 ranks");
    for (int k = 0; k < b.size_count; k++) {
        const double seconds = measure(&b, b.sizes[k]);

        if (b.rank == 0)
            printf("latency_us/%zu,%.4f\n", b.sizes[k], seconds * 1e6);
    }
    return bench_end();
}
