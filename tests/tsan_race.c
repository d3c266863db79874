/* SPDX-License-Identifier: BSD-3-Clause */
/* Two threads that change a number while both call MPI: a race of the program's own, which
 * ThreadSanitizer has to report in spite of what the library tells it (tests/tsan.sh). */
#include <pthread.h>
#include <stdio.h>

#include <mpi.h>

static int shared;

static void *work(void *argument)
{
    int *number = argument;

    for (int i = 0; i < 100; i++) {
        int flag;
        shared += *number;
        MPI_Iprobe(MPI_ANY_SOURCE, *number, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int provided, one = 1, two = 2;
    pthread_t thread;

    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    pthread_create(&thread, NULL, work, &two);
    work(&one);
    pthread_join(thread, NULL);
    printf("%d\n", shared);
    MPI_Finalize();
    return 0;
}
