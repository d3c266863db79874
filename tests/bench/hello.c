/* SPDX-License-Identifier: BSD-3-Clause */
/* The shortest MPI program; started with "version" rank 0 names the library. */
#include <stdio.h>
#include <mpi.h>

int main(int argc, char **argv)
{
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int rank, length;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (argc > 1 && rank == 0) {
        MPI_Get_library_version(version, &length);
        printf("%s\n", version);
    }
    MPI_Finalize();
    return 0;
}
