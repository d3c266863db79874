/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI used at the wrong time (the argument): MPI_Init twice, a call before MPI_Init, a call after
 * MPI_Finalize, MPI_Finalize twice. Each must end the program with a message that names the call.
 */
#include "mpitest.h"

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int rank = 0, value = 0;

    if (!strcmp(what, "before")) {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    } else if (!strcmp(what, "before-send")) {
        MPI_Send(&value, 1, MPI_INT, 0, 0, MPI_COMM_WORLD);
    } else if (!strcmp(what, "twice")) {
        MPI_Init(&argc, &argv);
        MPI_Init(&argc, &argv);
    } else if (!strcmp(what, "after")) {
        MPI_Init(&argc, &argv);
        MPI_Finalize();
        MPI_Barrier(MPI_COMM_WORLD);
    } else if (!strcmp(what, "finalize-twice")) {
        MPI_Init(&argc, &argv);
        MPI_Finalize();
        MPI_Finalize();
    } else {
        fprintf(stderr, "no such misuse: \"%s\"\n", what);
        return 0;
    }
    fprintf(stderr, "the misuse \"%s\" was not noticed\n", what);
    return 0;
}
