/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Abort on the last rank, with the code in the argument, while the others wait in MPI_Recv,
 * compute, or sleep. The whole job ends, and mpirun gives the code.
 */
#include <unistd.h>
#include "mpitest.h"

int main(int argc, char **argv)
{
    int value;

    mt_start(&argc, &argv, 1);
    if (mt_rank == mt_size - 1) {
        mt_compute(0.05);
        MPI_Abort(MPI_COMM_WORLD, argc > 1 ? atoi(argv[1]) : 7);
        fprintf(stderr, "MPI_Abort came back\n");
        return 0;
    }
    if (mt_rank % 3 == 1)
        mt_compute(100.0);
    else if (mt_rank % 3 == 2)
        sleep(100);
    else
        MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    fprintf(stderr, "rank %d outlived MPI_Abort\n", mt_rank);
    return 0;
}
