/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Cancel of receives: a receive without a message is cancelled and its buffer left alone; one
 * that has its message is not cancelled and completes; cancelled receives take no later message.
 */
#include "mpitest.h"

enum { BYTES = 200000, VALUE = 0x33 };

static unsigned char *buffer;

static void cancel_and_wait(MPI_Request *request, bool with_test, const char *what)
{
    MPI_Status status;
    int cancelled = 0, flag = 0;

    MPI_Cancel(request);
    CHECK(*request != MPI_REQUEST_NULL, "%s: Cancel freed the request", what);
    if (with_test) {
        while (!flag)
            MPI_Test(request, &flag, &status);
    } else {
        MPI_Wait(request, &status);
    }
    MPI_Test_cancelled(&status, &cancelled);
    CHECK(cancelled, "%s: not cancelled", what);
    CHECK(*request == MPI_REQUEST_NULL, "%s: request not freed", what);
}

static void alone(void)
{
    static const int sources[] = {0, MPI_ANY_SOURCE};

    memset(buffer, VALUE, BYTES);
    for (int k = 0; k < 4; k++) {
        MPI_Request request;

        MPI_Irecv(buffer, BYTES, MPI_BYTE, k & 1 ? sources[1] : mt_rank, k & 2 ? MPI_ANY_TAG : 1,
                  MPI_COMM_WORLD, &request);
        cancel_and_wait(&request, k & 1, "receive without a message");
    }
    CHECK_UNTOUCHED(buffer, BYTES, VALUE, "buffer of a cancelled receive");
}

/* Of many posted receives every other one is cancelled; the messages go to those that are left. */
static void every_other(int bytes)
{
    enum { COUNT = 20 };
    MPI_Request requests[COUNT];
    unsigned char *b[COUNT];
    MPI_Status status;

    for (int i = 0; i < COUNT; i++)
        b[i] = mt_alloc((size_t)bytes);
    if (mt_rank == 1) {
        for (int i = 0; i < COUNT; i++)
            MPI_Irecv(b[i], bytes, MPI_BYTE, i % 3 ? 0 : MPI_ANY_SOURCE, 2, MPI_COMM_WORLD,
                      &requests[i]);
        for (int i = 0; i < COUNT; i += 2)
            cancel_and_wait(&requests[i], false, "one of many");
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        for (int i = 0; i < COUNT / 2; i++) {
            mt_fill(b[i], (size_t)bytes, (unsigned)i);
            MPI_Send(b[i], bytes, MPI_BYTE, 1, 2, MPI_COMM_WORLD);
        }
    } else if (mt_rank == 1) {
        for (int i = 1; i < COUNT; i += 2) {
            int cancelled = 1;

            MPI_Wait(&requests[i], &status);
            MPI_Test_cancelled(&status, &cancelled);
            CHECK(!cancelled, "receive %d says cancelled", i);
            CHECK_STATUS(&status, 0, 2, MPI_BYTE, bytes, "receive that was left");
            CHECK_FILLED(b[i], (size_t)bytes, (unsigned)(i / 2), "receive that was left");
        }
    }
    for (int i = 0; i < COUNT; i++)
        free(b[i]);
}

/* The message is here and matched: too late to cancel. */
static void too_late(void)
{
    MPI_Request request;
    MPI_Status status;
    int value = 0, cancelled = 1, flag = 0;

    if (mt_rank == 0) {
        value = 99;
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Ssend(&value, 1, MPI_INT, 1, 3, MPI_COMM_WORLD);
        MPI_Send(&value, 1, MPI_INT, 1, 4, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        MPI_Irecv(&value, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, &request);
        MPI_Barrier(MPI_COMM_WORLD);
        /* When this one is here, the synchronous send before it has been matched. */
        MPI_Recv(&flag, 1, MPI_INT, 0, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Cancel(&request);
        MPI_Wait(&request, &status);
        MPI_Test_cancelled(&status, &cancelled);
        CHECK(!cancelled, "a matched receive was cancelled");
        CHECK_EQ(value, 99, "value");
        CHECK_STATUS(&status, 0, 3, MPI_INT, 1, "matched receive");
    } else {
        MPI_Barrier(MPI_COMM_WORLD);
    }
}

/* Cancel while messages are on their way: either outcome is right, but it must be consistent. */
static void race(void)
{
    enum { ROUNDS = 500 };

    for (int i = 0; i < ROUNDS; i++) {
        MPI_Request request;
        MPI_Status status;
        int value = -1, cancelled;

        if (mt_rank == 0) {
            MPI_Send(&i, 1, MPI_INT, 1, 5, MPI_COMM_WORLD);
        } else if (mt_rank == 1) {
            MPI_Irecv(&value, 1, MPI_INT, 0, 5, MPI_COMM_WORLD, &request);
            mt_compute((i % 10) * 1e-6);
            MPI_Cancel(&request);
            MPI_Wait(&request, &status);
            MPI_Test_cancelled(&status, &cancelled);
            if (cancelled) {
                CHECK_EQ(value, -1, "buffer of a cancelled receive");
                MPI_Recv(&value, 1, MPI_INT, 0, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            }
            CHECK_EQ(value, i, "message after cancel");
        }
    }
}

/* Cancel and MPI_Request_free without a wait: also legal. */
static void cancel_and_free(void)
{
    for (int i = 0; i < 100; i++) {
        MPI_Request request;

        MPI_Irecv(buffer, BYTES, MPI_BYTE, MPI_ANY_SOURCE, 6, MPI_COMM_WORLD, &request);
        MPI_Cancel(&request);
        MPI_Request_free(&request);
        CHECK(request == MPI_REQUEST_NULL, "Request_free left a handle");
    }
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    buffer = mt_alloc(BYTES);
    alone();
    cancel_and_free();
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_size > 1) {
        every_other(16);
        every_other(100000);
        too_late();
        MPI_Barrier(MPI_COMM_WORLD);
        race();
    }
    free(buffer);
    return mt_end();
}
