/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Init_thread with each level asked for (the argument), MPI_Initialized and MPI_Finalized
 * before, between and after. Where the library gives MPI_THREAD_SERIALIZED, a second thread
 * communicates in turn with the first.
 */
#include <pthread.h>
#include "mpitest.h"

enum { ROUNDS = 200 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int to, from;

static void exchange(int tag, int round)
{
    int got = -1;

    MPI_Sendrecv(&round, 1, MPI_INT, to, tag, &got, 1, MPI_INT, from, tag, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    CHECK_EQ(got, round, tag ? "message of the second thread" : "message of the first thread");
}

/* All of it under the lock, and all in the same order in all ranks: first one thread, then the
 * other. */
static void *second_thread(void *unused)
{
    pthread_mutex_lock(&turn);
    for (int i = 0; i < ROUNDS; i++)
        exchange(1, i);
    pthread_mutex_unlock(&turn);
    return unused;
}

static int level_of(const char *name)
{
    if (!strcmp(name, "single"))
        return MPI_THREAD_SINGLE;
    if (!strcmp(name, "funneled"))
        return MPI_THREAD_FUNNELED;
    if (!strcmp(name, "serialized"))
        return MPI_THREAD_SERIALIZED;
    if (!strcmp(name, "multiple"))
        return MPI_THREAD_MULTIPLE;
    fprintf(stderr, "no such level: \"%s\"\n", name);
    exit(1);
}

static void check_flags(int initialized, int finalized, const char *when)
{
    int i = -1, f = -1;

    MPI_Initialized(&i);
    MPI_Finalized(&f);
    if (!!i != initialized || !!f != finalized) {
        fprintf(stderr, "%s: Initialized %d, Finalized %d\n", when, i, f);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const int required = level_of(argc > 1 ? argv[1] : "serialized");
    int provided = -1;

    check_flags(0, 0, "before MPI_Init_thread");
    MPI_Init_thread(&argc, &argv, required, &provided);
    check_flags(1, 0, "after MPI_Init_thread");
    MPI_Comm_rank(MPI_COMM_WORLD, &mt_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mt_size);
    to = (mt_rank + 1) % mt_size;
    from = (mt_rank + mt_size - 1) % mt_size;

    CHECK(provided == MPI_THREAD_SINGLE || provided == MPI_THREAD_FUNNELED ||
              provided == MPI_THREAD_SERIALIZED || provided == MPI_THREAD_MULTIPLE,
          "provided is %d, which is no level", provided);
    if (mt_is_tocsin() && required <= MPI_THREAD_SERIALIZED)
        CHECK(provided >= required, "asked for level %d, got %d", required, provided);
    if (required >= MPI_THREAD_FUNNELED)
        CHECK(provided >= MPI_THREAD_FUNNELED, "asked for level %d, got %d", required, provided);

    exchange(0, 5);
    if (provided >= MPI_THREAD_SERIALIZED) {
        pthread_t thread;

        for (int i = 0; i < ROUNDS; i++)
            exchange(0, i);
        CHECK(!pthread_create(&thread, NULL, second_thread, NULL), "cannot create a thread");
        pthread_join(thread, NULL);
        for (int i = 0; i < ROUNDS; i++)
            exchange(0, i);
    }

    MPI_Finalize();
    check_flags(1, 1, "after MPI_Finalize");
    return 0;
}
