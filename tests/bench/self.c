/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rank sends 8 bytes to itself a given number of times. For counting instructions: the difference
 * between two numbers of times is free of start and end. Does not bind itself: valgrind runs it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <mpi.h>

int main(int argc, char **argv)
{
    const int times = argc > 1 ? atoi(argv[1]) : 1;
    int64_t out = 1, in = 0;
    MPI_Request request;

    MPI_Init(&argc, &argv);
    for (int i = 0; i < times; i++) {
        MPI_Irecv(&in, 8, MPI_BYTE, 0, 0, MPI_COMM_SELF, &request);
        MPI_Send(&out, 8, MPI_BYTE, 0, 0, MPI_COMM_SELF);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    MPI_Finalize();
    return in == 1 || times == 0 ? 0 : 1;
}
