/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bandwidth: a window of non-blocking messages at a time, one way and both ways at once, the median
 * of many windows. Every message of a window has its own buffer, up to 64 MiB in all. Prints
 * "bytes,one_way_MBps,both_ways_MBps", 10^6 bytes a second; both directions are added.
 */
#include "benchutil.h"

enum { WINDOWS = 31, LONGEST_WINDOW = 64 };

static int window_length(size_t bytes)
{
    const size_t fits = bytes ? ((size_t)64 << 20) / bytes : LONGEST_WINDOW;

    return fits < 2 ? 2 : fits > LONGEST_WINDOW ? LONGEST_WINDOW : (int)fits;
}

/* One window; the time until both ranks know that it is through. */
static double window(unsigned char *out, unsigned char *in, size_t bytes, int length, int rank,
                     int send, int receive)
{
    MPI_Request requests[2 * LONGEST_WINDOW];
    const int peer = 1 - rank;
    int n = 0;

    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();

    for (int i = 0; i < length && receive; i++)
        MPI_Irecv(in + (size_t)i * bytes, (int)bytes, MPI_BYTE, peer, 0, MPI_COMM_WORLD,
                  &requests[n++]);
    for (int i = 0; i < length && send; i++)
        MPI_Isend(out + (size_t)i * bytes, (int)bytes, MPI_BYTE, peer, 0, MPI_COMM_WORLD,
                  &requests[n++]);
    MPI_Waitall(n, requests, MPI_STATUSES_IGNORE);
    /* The receiver's word that all has come. */
    if (receive && !send)
        MPI_Send(NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD);
    if (send && !receive)
        MPI_Recv(NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (send && receive)
        MPI_Sendrecv(NULL, 0, MPI_BYTE, peer, 1, NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
    return MPI_Wtime() - start;
}

int main(int argc, char **argv)
{
    size_t sizes[BENCH_MAX_SIZES];
    double one[WINDOWS], both[WINDOWS];
    int rank;
    const int count = bench_start(&argc, &argv, "8,1K,16K,64K,512K,1M,4M", sizes, &rank);

    if (rank == 0)
        printf("bytes,one_way_MBps,both_ways_MBps\n");
    for (int k = 0; k < count; k++) {
        const int length = window_length(sizes[k]);
        const double bytes = (double)sizes[k] * length;
        unsigned char *out = bench_alloc(sizes[k] * (size_t)length);
        unsigned char *in = bench_alloc(sizes[k] * (size_t)length);

        for (int w = 0; w < 3; w++) /* warm up */
            window(out, in, sizes[k], length, rank, 1, 1);
        for (int w = 0; w < WINDOWS; w++) {
            one[w] = bytes / window(out, in, sizes[k], length, rank, rank == 0, rank == 1);
            both[w] = 2.0 * bytes / window(out, in, sizes[k], length, rank, 1, 1);
        }
        if (rank == 0)
            printf("%zu,%.1f,%.1f\n", sizes[k], bench_median(one, WINDOWS) * 1e-6,
                   bench_median(both, WINDOWS) * 1e-6);
        free(in);
        free(out);
    }
    MPI_Finalize();
    return 0;
}
