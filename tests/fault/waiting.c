/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What waiting costs. Rank 0 spends its time outside of MPI; the others wait for it. See
 * waiting.sh. every PERIOD_US SECONDS   it sends a message to rank 1 every so often hog PERIOD_US
 * SECONDS     the same, while a child of rank 1 burns the core that they share once SECONDS all
 * others wait in one barrier Printed are the milliseconds of processor time, user and system, of
 * each rank that waited, of its child, and those that have passed.
 */
#define _GNU_SOURCE
#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_ms(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-3;
}

/* To absolute times, so that a message that is late does not make all others late. */
static void send_every(long period_us, int seconds)
{
    const int last = (int)(1000000L * seconds / period_us);
    struct timespec next;

    clock_gettime(CLOCK_MONOTONIC, &next);
    for (int i = 0; i <= last; i++) {
        next.tv_nsec += period_us * 1000;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        MPI_Send(&(int){i == last}, 1, MPI_INT, 1, 0, MPI_COMM_WORLD);
    }
}

static void receive_all(void)
{
    int last = 0;

    while (!last)
        MPI_Recv(&last, 1, MPI_INT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

/* On the core where this rank is, which it leaves no more. */
static pid_t start_hog(void)
{
    cpu_set_t here;

    CPU_ZERO(&here);
    CPU_SET(sched_getcpu(), &here);
    sched_setaffinity(0, sizeof(here), &here);
    pid_t hog = fork();
    if (hog == 0)
        for (volatile unsigned long i = 0;; i++)
            if (getppid() == 1)
                _exit(1);
    return hog;
}

static void end_hog(pid_t hog)
{
    kill(hog, SIGKILL);
    waitpid(hog, NULL, 0);
}

int main(int argc, char **argv)
{
    int rank, seconds = atoi(argv[argc - 1]);
    pid_t hog = 0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 1 && strcmp(argv[1], "hog") == 0 && (hog = start_hog()) < 0)
        MPI_Abort(MPI_COMM_WORLD, 99);
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime(), before = cpu_ms(RUSAGE_SELF);
    if (strcmp(argv[1], "once") == 0) {
        if (rank == 0)
            sleep((unsigned)seconds);
        MPI_Barrier(MPI_COMM_WORLD);
    } else if (rank == 0) {
        send_every(atol(argv[2]), seconds);
    } else if (rank == 1) {
        receive_all();
    }
    const double used = cpu_ms(RUSAGE_SELF) - before, passed = (MPI_Wtime() - start) * 1e3;
    if (hog > 0)
        end_hog(hog);
    if (rank > 0)
        printf("%.3f %.3f %.3f\n", used, cpu_ms(RUSAGE_CHILDREN), passed);
    return MPI_Finalize();
}
