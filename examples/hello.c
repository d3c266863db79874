/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hello: every rank says who it is and where it runs.
 *
 *     mpicc hello.c -o hello
 *     mpirun -n 4 ./hello
 *
 * The lines of different ranks may come in any order: the ranks are separate processes, and nothing
 * here makes one wait for another.
 */
#include <stdio.h>
#include <mpi.h>

int main(int argc, char **argv)
{
    char host[MPI_MAX_PROCESSOR_NAME];
    char library[MPI_MAX_LIBRARY_VERSION_STRING];
    int rank, size, length;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank); /* my number, 0 … size - 1 */
    MPI_Comm_size(MPI_COMM_WORLD, &size); /* how many ranks take part */
    MPI_Get_processor_name(host, &length);

    printf("Hello from rank %d of %d on %s\n", rank, size, host);

    if (rank == 0) {
        MPI_Get_library_version(library, &length);
        /* The text may have several lines; its first one names the library. */
        for (char *c = library; *c; c++) {
            if (*c == '\n')
                *c = '\0';
        }
        printf("MPI library: %s\n", library);
    }

    MPI_Finalize();
    return 0;
}
