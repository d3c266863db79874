/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rank 0 ends the job, in the way that the argument names, while a second thread of it waits inside
 * stdio for input that never comes. What was printed before, to standard output and to the file
 * "last-words", is written all the same. See stdio_locked.sh.
 */
#include <mpi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_bool reads_now;

static void *read_stdin(void *unused)
{
    char line[100];

    (void)unused;
    flockfile(stdin);
    atomic_store(&reads_now, 1);
    if (fgets(line, sizeof(line), stdin) == NULL)
        pause();
    funlockfile(stdin);
    return NULL;
}

/* The other stream that a thread may wait in: every flush of all streams meets its lock first. */
static void *lock_file(void *file)
{
    flockfile(file);
    atomic_store(&reads_now, 1);
    pause();
    return NULL;
}

static void end_job(const char *how)
{
    int value = 0;

    if (strncmp(how, "abort", 5) == 0)
        MPI_Abort(MPI_COMM_WORLD, 9);
    if (strcmp(how, "error") == 0)
        MPI_Send(&value, 1, MPI_INT, -99, 0, MPI_COMM_WORLD);
    MPI_Finalize();
    MPI_Send(&value, 1, MPI_INT, 0, 0, MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "abort";
    int level, rank, value = 0;
    pthread_t thread;

    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        FILE *words = fopen("last-words", "w");
        FILE *locked = fopen("locked", "w");

        if (words == NULL || locked == NULL)
            return 1;
        setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
        printf("printed before\n");
        fprintf(words, "kept\n");
        if (strcmp(how, "abort-file") == 0)
            pthread_create(&thread, NULL, lock_file, locked);
        else
            pthread_create(&thread, NULL, read_stdin, NULL);
        while (!atomic_load(&reads_now))
            usleep(1000);
        end_job(how);
    }
    if (strcmp(how, "finalized") != 0)
        MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Finalize();
    return 0;
}
