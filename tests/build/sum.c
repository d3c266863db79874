/* SPDX-License-Identifier: BSD-3-Clause */
/* Exit code 0 when it runs with as many ranks as its argument says and they can talk. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int rank, size, one, sum = -1, expected = argc > 1 ? atoi(argv[1]) : 1;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    one = rank + 1;
    MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Finalize();
    if (size == expected && sum == size * (size + 1) / 2)
        return 0;
    fprintf(stderr, "rank %d of %d, sum %d, expected %d ranks\n", rank, size, sum, expected);
    return 1;
}
