/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring: a token travels round all ranks a few times; every rank adds its number to it.
 *
 *     mpicc ring.c -o ring
 *     mpirun -n 4 ./ring          # three rounds
 *     mpirun -n 4 ./ring 1000     # a thousand rounds, with the time of one step
 *
 * Works with one rank too, which then sends to itself: that is why rank 0 uses MPI_Isend. A
 * blocking MPI_Send to oneself, with no receive posted, may wait for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <mpi.h>

enum { TAG_TOKEN = 7 };

int main(int argc, char **argv)
{
    int rank, size;
    int rounds = 3;
    long long token = 0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc > 1)
        rounds = atoi(argv[1]);
    if (rounds < 1) {
        if (rank == 0)
            fprintf(stderr, "ring: the number of rounds must be at least 1, not \"%s\"\n", argv[1]);
        MPI_Finalize();
        return 1;
    }

    const int left = (rank + size - 1) % size;
    const int right = (rank + 1) % size;

    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    for (int round = 0; round < rounds; round++) {
        if (rank == 0) {
            /* Rank 0 sets the token going, then waits until it has come round. */
            MPI_Request request;
            long long back;

            MPI_Isend(&token, 1, MPI_LONG_LONG, right, TAG_TOKEN, MPI_COMM_WORLD, &request);
            MPI_Recv(&back, 1, MPI_LONG_LONG, left, TAG_TOKEN, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Wait(&request, MPI_STATUS_IGNORE);
            token = back;
        } else {
            MPI_Recv(&token, 1, MPI_LONG_LONG, left, TAG_TOKEN, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            token += rank;
            MPI_Send(&token, 1, MPI_LONG_LONG, right, TAG_TOKEN, MPI_COMM_WORLD);
        }
    }
    const double elapsed = MPI_Wtime() - start;

    int wrong = 0;
    if (rank == 0) {
        /* Each round adds 0 + 1 + … + (size - 1). */
        const long long expected = (long long)rounds * size * (size - 1) / 2;

        wrong = token != expected;
        printf("ring: %d round(s) over %d rank(s), token %lld (expected %lld), %.2f us per step\n",
               rounds, size, token, expected, elapsed / rounds / size * 1e6);
        if (wrong)
            fprintf(stderr, "ring: WRONG result\n");
    }

    MPI_Finalize();
    return wrong;
}
