/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What waiting costs: rank 1 waits in MPI_Recv for a message that rank 0 sends after the given
 * number of seconds (10), which it sleeps outside of MPI. wait_cpu_ms/SECONDS: the processor time,
 * user and system, that rank 1 used meanwhile.
 */
#include <sys/resource.h>
#include "bench.h"

static double cpu_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
    struct bench b;
    double used = 0.0;

    bench_start(&b, &argc, &argv, NULL);
    const int seconds = b.quick ? 1 : b.argc > 0 ? atoi(b.argv[0]) : 10;

    bench_require(b.size == 2 && seconds > 0, "wait: needs exactly 2 ranks and at least a second");
    MPI_Barrier(MPI_COMM_WORLD);
    if (b.rank == 0) {
        bench_sleep(seconds);
        MPI_Send(NULL, 0, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
        MPI_Recv(&used, 1, MPI_DOUBLE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        printf("wait_cpu_ms/%d,%.3f\n", seconds, used * 1e3);
    } else {
        const double before = cpu_seconds();

        MPI_Recv(NULL, 0, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        used = cpu_seconds() - before;
        MPI_Send(&used, 1, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD);
    }
    return bench_end();
}
