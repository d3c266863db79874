/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What waiting costs: rank 1 waits in MPI_Recv for a message that rank 0 sends after the given
 * number of seconds (10), which it sleeps outside of MPI. Prints "seconds,cpu_s": the processor
 * time, user and system, that rank 1 used meanwhile.
 */
#include <sys/resource.h>
#include <time.h>
#include "benchutil.h"

static double cpu_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
    int rank, size, seconds = argc > 1 ? atoi(argv[1]) : 10;
    double used = 0.0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size != 2 || seconds < 1) {
        if (rank == 0)
            fprintf(stderr, "usage: mpirun -n 2 %s [seconds]\n", argv[0]);
        MPI_Finalize();
        return 1;
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        struct timespec left = {.tv_sec = seconds};

        while (nanosleep(&left, &left)) /* on after a signal */
            ;
        MPI_Send(NULL, 0, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
        MPI_Recv(&used, 1, MPI_DOUBLE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        printf("seconds,cpu_s\n%d,%.4f\n", seconds, used);
    } else {
        const double before = cpu_seconds();

        MPI_Recv(NULL, 0, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        used = cpu_seconds() - before;
        MPI_Send(&used, 1, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD);
    }
    MPI_Finalize();
    return 0;
}
