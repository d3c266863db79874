/* SPDX-License-Identifier: BSD-3-Clause */
/* Several threads inside MPI calls at a time: start, and a team of threads. */
#ifndef TESTS_MPI_THREADS_H
#define TESTS_MPI_THREADS_H

#include <pthread.h>
#include "mpitest.h"

enum { MOST_THREADS = 16 };

/* As mt_start, with MPI_THREAD_MULTIPLE; Tocsin has to grant it, others may not. */
static inline void start_multiple(int *argc, char ***argv, int min_ranks)
{
    int provided = -1;

    MPI_Init_thread(argc, argv, MPI_THREAD_MULTIPLE, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &mt_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mt_size);
    CHECK(provided == MPI_THREAD_MULTIPLE || !mt_is_tocsin(), "provided is %d", provided);
    if (provided != MPI_THREAD_MULTIPLE || mt_size < min_ranks) {
        MPI_Finalize();
        exit(MT_SKIP);
    }
}

struct member {
    pthread_t thread;
    void (*work)(int number);
    int number;
};

static inline void *run_member(void *argument)
{
    const struct member *member = argument;

    member->work(member->number);
    return NULL;
}

/* Run work(number) in threads 0 to n-1, number 0 being the calling one; wait for all. */
static inline void run_team(int n, void (*work)(int number))
{
    struct member members[MOST_THREADS];

    for (int i = 1; i < n; i++) {
        members[i] = (struct member){.work = work, .number = i};
        CHECK_EQ(pthread_create(&members[i].thread, NULL, run_member, &members[i]), 0,
                 "result of pthread_create");
    }
    work(0);
    for (int i = 1; i < n; i++)
        CHECK_EQ(pthread_join(members[i].thread, NULL), 0, "result of pthread_join");
}

#endif
