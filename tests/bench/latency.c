/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One-way latency: half the time of a ping-pong of MPI_Send and MPI_Recv between two ranks, the
 * median of many batches. Prints "bytes,latency_us".
 */
#include "benchutil.h"

enum { BATCHES = 41 };

/* Round trips per batch: some milliseconds, whatever the size. */
static int batch_length(size_t bytes)
{
    return bytes <= 4096 ? 1000 : bytes <= 65536 ? 200 : bytes <= 1 << 20 ? 20 : 4;
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

int main(int argc, char **argv)
{
    size_t sizes[BENCH_MAX_SIZES];
    double batches[BATCHES];
    int rank;
    const int count = bench_start(&argc, &argv, "0,8,64,1K,4K,16K,64K,256K,1M,4M", sizes, &rank);

    if (rank == 0)
        printf("bytes,latency_us\n");
    for (int k = 0; k < count; k++) {
        const int times = batch_length(sizes[k]);
        unsigned char *buffer = bench_alloc(sizes[k]);

        MPI_Barrier(MPI_COMM_WORLD);
        ping_pong(buffer, sizes[k], rank, times); /* warm up */
        for (int b = 0; b < BATCHES; b++) {
            const double start = MPI_Wtime();

            ping_pong(buffer, sizes[k], rank, times);
            batches[b] = (MPI_Wtime() - start) / times / 2.0;
        }
        if (rank == 0)
            printf("%zu,%.4f\n", sizes[k], bench_median(batches, BATCHES) * 1e6);
        free(buffer);
    }
    MPI_Finalize();
    return 0;
}
