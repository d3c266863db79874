/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A ping-pong of a given number of 8-byte messages (1,000,000): nobody computes, so nobody ought to
 * be interrupted. Prints the number of messages; bench.sh counts the interrupts.
 */
#include "bench.h"

int main(int argc, char **argv)
{
    struct bench b;
    int64_t word = 0;

    bench_start(&b, &argc, &argv, NULL);
    bench_require(b.size == 2, "pingpong: needs exactly 2 ranks");
    const int messages = b.quick ? 2000 : b.argc > 0 ? atoi(b.argv[0]) : 1000000;

    for (int i = 0; i < messages / 2; i++) {
        if (b.rank == 0)
            MPI_Send(&word, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
        MPI_Recv(&word, 8, MPI_BYTE, 1 - b.rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (b.rank == 1)
            MPI_Send(&word, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    }
    if (b.rank == 0)
        printf("messages,%d\n", messages);
    return bench_end();
}
