/* SPDX-License-Identifier: BSD-3-Clause */
/* stall receive|mismatch|finalize|busy-thread|sleeps|absent: ways to stand still, and not to.
 */
#include <mpi.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int rank, word;

static void receive(int from)
{
    MPI_Recv(&word, 1, MPI_INT, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void send(int to)
{
    MPI_Send(&word, 1, MPI_INT, to, 0, MPI_COMM_WORLD);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *compute(void *seconds)
{
    for (double end = now() + *(double *)seconds; now() < end;)
        ;
    send(1 - rank);
    return NULL;
}

/* Both ranks sleep in MPI_Recv, until a thread of rank 0 is done with its computation. */
static void busy_thread(void)
{
    double seconds = 5;
    pthread_t thread;

    if (rank == 0)
        pthread_create(&thread, NULL, compute, &seconds);
    receive(1 - rank);
    if (rank == 1)
        send(0);
    else
        pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int provided;

    if (strcmp(what, "absent") == 0 && atoi(getenv("TOCSIN_RANK")) == 1)
        sleep(5);
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (strcmp(what, "receive") == 0)
        receive(1 - rank);
    else if (strcmp(what, "mismatch") == 0 && rank == 0)
        receive(1);
    else if (strcmp(what, "finalize") == 0 && rank == 0)
        receive(1);
    else if (strcmp(what, "finalize") == 0)
        ; /* leaves */
    else if (strcmp(what, "mismatch") == 0)
        MPI_Barrier(MPI_COMM_WORLD);
    else if (strcmp(what, "busy-thread") == 0)
        busy_thread();
    else if (rank == 0)
        receive(1);
    else
        sleep(strcmp(what, "sleeps") == 0 ? 5 : 0), send(0);
    MPI_Finalize();
    return 0;
}
