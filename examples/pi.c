/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pi: the integral of 4 / (1 + x^2) over [0, 1] by the midpoint rule, the intervals dealt out to
 * the ranks like cards.
 *
 *     mpicc pi.c -o pi -lm
 *     mpirun -n 4 ./pi              # ten million intervals
 *     mpirun -n 4 ./pi 1000000
 *
 * Two collective operations do all the communication: MPI_Bcast tells every rank how fine to cut,
 * MPI_Reduce adds up what they found.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <mpi.h>

/* My share of the sum: intervals rank, rank + size, rank + 2 size, … */
static double partial_sum(long intervals, int rank, int size)
{
    const double width = 1.0 / (double)intervals;
    double sum = 0.0;

    for (long i = rank; i < intervals; i += size) {
        const double x = width * ((double)i + 0.5);

        sum += 4.0 / (1.0 + x * x);
    }
    return sum * width;
}

int main(int argc, char **argv)
{
    int rank, size;
    int wrong = 0;
    long intervals = 10000000;
    double mine, pi = 0.0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    /* Only rank 0 reads the command line; the others learn the number from it. */
    if (rank == 0 && argc > 1)
        intervals = atol(argv[1]);
    const double start = MPI_Wtime();
    MPI_Bcast(&intervals, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    if (intervals < 1) {
        if (rank == 0)
            fprintf(stderr, "pi: the number of intervals must be at least 1\n");
        MPI_Finalize();
        return 1;
    }

    mine = partial_sum(intervals, rank, size);
    MPI_Reduce(&mine, &pi, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);

    if (rank == 0) {
        const double exact = 3.14159265358979323846;
        const double error = fabs(pi - exact);
        const double width = 1.0 / (double)intervals;

        printf("pi is about %.16f, error %.2e, %ld intervals, %d rank(s), %.3f ms\n", pi, error,
               intervals, size, (MPI_Wtime() - start) * 1e3);
        /* The midpoint rule is wrong by width^2 / 12 here; the rest is rounding. */
        wrong = error > width * width / 6.0 + 1e-11;
        if (wrong)
            fprintf(stderr, "pi: WRONG result\n");
    }

    MPI_Finalize();
    return wrong;
}
