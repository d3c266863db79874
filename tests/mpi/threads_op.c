/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread that waits in a reduction runs the program's operation, for long: messages for posted
 * receives come by interrupt meanwhile, several of them, and afterwards when it computes. With poll
 * nothing comes while a rank computes.
 */
#include <unistd.h>
#include "threads.h"

enum { MESSAGES = 4, DURING = MESSAGES - 1 };

static volatile int arrived[MESSAGES];
static MPI_Request posted[MESSAGES];

/* A look at a buffer that MPI may write to: what MPI does not allow, and this test is about. Not
 * for ThreadSanitizer (tests/tsan.sh). */
static __attribute__((noinline, no_sanitize_thread)) int peek(int i)
{
    return arrived[i];
}

/* Computes until messages `first` to `last` - 1 are there. */
static void compute(int first, int last, const char *when)
{
    const double limit = mt_now() + 20;

    for (int i = first; i < last; i++) {
        while (peek(i) != i)
            CHECK(mt_now() < limit, "message %d does not interrupt %s", i, when);
    }
}

static void add(void *in, void *inout, int *count, MPI_Datatype *type)
{
    (void)count;
    (void)type;
    if (mt_rank == 0)
        compute(0, DURING, "the operation");
    *(int *)inout += *(int *)in;
}

/* Its part comes when rank 0 has left the barrier: so that is in the middle of the reduction when
 * it calls the operation. */
static void reduce(MPI_Comm pair)
{
    int part = mt_rank + 1, sum = -1;
    MPI_Op op;

    MPI_Op_create(add, 1, &op);
    MPI_Barrier(pair);
    usleep(mt_rank == 0 ? 100000 : 20000);
    MPI_Allreduce(&part, &sum, 1, MPI_INT, op, pair);
    CHECK_EQ(sum, 3, "sum");
    MPI_Op_free(&op);
}

static void send(void)
{
    for (int i = 0; i < MESSAGES; i++) {
        usleep(i == 0 ? 200000 : 20000);
        if (i == DURING) /* computes again */
            MPI_Recv(NULL, 0, MPI_BYTE, 0, MESSAGES, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Ssend(&i, 1, MPI_INT, 0, i, MPI_COMM_WORLD);
    }
}

static void receive(MPI_Comm pair)
{
    for (int i = 0; i < MESSAGES; i++) {
        arrived[i] = -1;
        MPI_Irecv((void *)&arrived[i], 1, MPI_INT, 2, i, MPI_COMM_WORLD, &posted[i]);
    }
    reduce(pair);
    MPI_Send(NULL, 0, MPI_BYTE, 2, MESSAGES, MPI_COMM_WORLD);
    compute(DURING, MESSAGES, "the computation after it");
    MPI_Waitall(MESSAGES, posted, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
    MPI_Comm pair;

    start_multiple(&argc, &argv, 3);
    if (!mt_progresses_alone()) {
        MPI_Finalize();
        return MT_SKIP;
    }
    MPI_Comm_split(MPI_COMM_WORLD, mt_rank < 2 ? 0 : MPI_UNDEFINED, 0, &pair);
    if (mt_rank == 0)
        receive(pair);
    else if (mt_rank == 1)
        reduce(pair);
    else if (mt_rank == 2)
        send();
    if (pair != MPI_COMM_NULL)
        MPI_Comm_free(&pair);
    return mt_end();
}
