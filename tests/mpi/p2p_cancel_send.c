/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Cancel of sends: a synchronous or long send that nobody has matched is cancelled, and its
 * message is gone for probes and receives; one that was matched is not cancelled and arrives.
 * Others keep their order. In a race there is exactly one outcome.
 */
#include "mpitest.h"

enum { LONG = 300000, SHORT = 100, TAG = 1 };

static unsigned char *buffer;

/* Whether the request was cancelled; it is over in any case. */
static bool cancel(MPI_Request *request, bool with_test)
{
    MPI_Status status;
    int flag = 0, cancelled = -1;

    MPI_Cancel(request);
    if (with_test) {
        while (!flag)
            MPI_Test(request, &flag, &status);
    } else {
        MPI_Wait(request, &status);
    }
    MPI_Test_cancelled(&status, &cancelled);
    return cancelled;
}

/* Nobody receives what is cancelled, also on the sender itself, and probes don't see it. */
static void unmatched(int peer, int bytes)
{
    MPI_Request request;
    int flag;

    if (mt_rank == 0) {
        /* Many enough that their descriptors come round, and that the receiver cleans up. */
        for (int i = 0; i < (bytes > 0 ? 10 : 10000); i++) {
            mt_fill(buffer, (size_t)bytes, 1);
            if (bytes > SHORT && i % 2)
                MPI_Isend(buffer, bytes, MPI_BYTE, peer, TAG, MPI_COMM_WORLD, &request);
            else
                MPI_Issend(buffer, bytes, MPI_BYTE, peer, TAG, MPI_COMM_WORLD, &request);
            if (i % 3 == 0 && peer == 0) /* it has arrived, unexpected */
                MPI_Probe(0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK(cancel(&request, i & 1), "an unmatched send of %d bytes was not cancelled",
                  bytes);
            CHECK(request == MPI_REQUEST_NULL, "request not freed");
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == peer) {
        for (int i = 0; i < 10; i++) {
            MPI_Message message;

            MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
            CHECK(!flag, "a probe sees a cancelled message");
            MPI_Improbe(0, TAG, MPI_COMM_WORLD, &flag, &message, MPI_STATUS_IGNORE);
            CHECK(!flag, "a matching probe took a cancelled message");
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Every second of many is cancelled after they have arrived unexpected, or while they are under
 * way; the others are received in order. */
static void every_other(int bytes, bool arrived)
{
    enum { COUNT = 30 };
    MPI_Request requests[COUNT];
    unsigned char *data[COUNT];

    for (int i = 0; i < COUNT; i++) {
        data[i] = mt_alloc((size_t)bytes);
        mt_fill(data[i], (size_t)bytes, (unsigned)i);
    }
    if (mt_rank == 0) {
        for (int i = 0; i < COUNT; i++)
            MPI_Issend(data[i], bytes, MPI_BYTE, 1, TAG, MPI_COMM_WORLD, &requests[i]);
        MPI_Send(&bytes, 1, MPI_INT, 1, TAG + 1, MPI_COMM_WORLD);
        if (arrived)
            MPI_Recv(&bytes, 1, MPI_INT, 1, TAG + 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < COUNT; i += 2)
            CHECK(cancel(&requests[i], false), "message %d was not cancelled", i);
        MPI_Send(&bytes, 1, MPI_INT, 1, TAG + 2, MPI_COMM_WORLD);
        for (int i = 1; i < COUNT; i += 2) {
            MPI_Status status;
            int cancelled = 1;

            MPI_Wait(&requests[i], &status);
            MPI_Test_cancelled(&status, &cancelled);
            CHECK(!cancelled, "message %d says cancelled", i);
        }
    } else if (mt_rank == 1) {
        MPI_Recv(&bytes, 1, MPI_INT, 0, TAG + 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (arrived)
            MPI_Send(&bytes, 1, MPI_INT, 0, TAG + 1, MPI_COMM_WORLD);
        MPI_Recv(&bytes, 1, MPI_INT, 0, TAG + 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 1; i < COUNT; i += 2) {
            MPI_Status status;

            memset(buffer, 0, (size_t)bytes);
            MPI_Recv(buffer, bytes, MPI_BYTE, i % 4 == 1 ? 0 : MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD,
                     &status);
            CHECK_STATUS(&status, 0, TAG, MPI_BYTE, bytes, "message that was left");
            CHECK_FILLED(buffer, (size_t)bytes, (unsigned)i, "message that was left");
        }
    }
    for (int i = 0; i < COUNT; i++)
        free(data[i]);
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Matched by a receive or by a matching probe: too late. */
static void too_late(int bytes)
{
    MPI_Request request;
    MPI_Message message;

    memset(buffer, 0, LONG);
    for (int probed = 0; probed < 2; probed++) {
        if (mt_rank == 0) {
            mt_fill(buffer, (size_t)bytes, 5);
            MPI_Issend(buffer, bytes, MPI_BYTE, 1, TAG, MPI_COMM_WORLD, &request);
            MPI_Recv(NULL, 0, MPI_BYTE, 1, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK(!cancel(&request, false), "a matched send was cancelled");
        } else if (mt_rank == 1) {
            if (probed)
                MPI_Mprobe(0, TAG, MPI_COMM_WORLD, &message, MPI_STATUS_IGNORE);
            else
                MPI_Recv(buffer, bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(NULL, 0, MPI_BYTE, 0, TAG, MPI_COMM_WORLD);
            if (probed)
                MPI_Mrecv(buffer, bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
            CHECK_FILLED(buffer, (size_t)bytes, 5, "message that was too late to cancel");
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* The receive is posted while the send is cancelled: the sender says what became of it, and the
 * receiver has got exactly that. */
static void race(int bytes)
{
    enum { ROUNDS = 400 };
    int taken = 0;

    for (int i = 0; i < ROUNDS; i++) {
        MPI_Request request;
        /* The next round begins before the receiver has looked around. */
        const int tag = 10 + i;
        int cancelled, flag;

        if (mt_rank == 0) {
            mt_fill(buffer, (size_t)bytes, (unsigned)i);
            MPI_Issend(buffer, bytes, MPI_BYTE, 1, tag, MPI_COMM_WORLD, &request);
            mt_compute((i % 20) * (bytes > SHORT ? 4e-6 : 1e-6));
            cancelled = cancel(&request, i % 2);
            /* Its buffer belongs to the sender again. */
            memset(buffer, 0xee, (size_t)bytes);
            MPI_Send(&cancelled, 1, MPI_INT, 1, TAG + 1, MPI_COMM_WORLD);
            if (cancelled)
                MPI_Send(&i, 1, MPI_INT, 1, tag, MPI_COMM_WORLD);
            taken += !cancelled;
        } else if (mt_rank == 1) {
            MPI_Status status;
            int count;

            memset(buffer, 0, (size_t)bytes);
            MPI_Irecv(buffer, bytes, MPI_BYTE, i % 3 ? 0 : MPI_ANY_SOURCE, tag, MPI_COMM_WORLD,
                      &request);
            MPI_Recv(&cancelled, 1, MPI_INT, 0, TAG + 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Wait(&request, &status);
            MPI_Get_count(&status, MPI_BYTE, &count);
            CHECK_EQ(count, cancelled ? (int)sizeof(int) : bytes, "bytes received");
            if (cancelled)
                CHECK(!memcmp(buffer, &i, sizeof(i)), "received what was cancelled");
            else
                CHECK_FILLED(buffer, (size_t)bytes, (unsigned)i, "message that was not cancelled");
            MPI_Iprobe(0, tag, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
            CHECK(!flag, "a message too many");
        }
    }
    if (mt_rank == 0 && getenv("MT_VERBOSE"))
        printf("%d of %d sends of %d bytes were received\n", taken, ROUNDS, bytes);
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Sends that wait for room in the ring are cancelled as well; those before and behind them go. */
static void queued(void)
{
    enum { COUNT = 3000 };
    MPI_Request *requests = mt_alloc(COUNT * sizeof(MPI_Request));
    unsigned char *gone = mt_alloc(COUNT);
    unsigned char *data = mt_alloc((size_t)COUNT * 1000);

    if (mt_rank == 0) {
        for (int i = 0; i < COUNT; i++) {
            mt_fill(data + (size_t)i * 1000, 1000, (unsigned)i);
            MPI_Isend(data + (size_t)i * 1000, 1000, MPI_BYTE, 1, TAG, MPI_COMM_WORLD,
                      &requests[i]);
        }
        for (int i = 0; i < COUNT; i++)
            gone[i] = i % 5 == 0 && cancel(&requests[i], false);
        MPI_Waitall(COUNT, requests, MPI_STATUSES_IGNORE);
        MPI_Send(gone, COUNT, MPI_BYTE, 1, TAG + 1, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        mt_compute(0.01);
        MPI_Recv(gone, COUNT, MPI_BYTE, 0, TAG + 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < COUNT; i++) {
            if (gone[i])
                continue;
            MPI_Recv(buffer, 1000, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK_FILLED(buffer, 1000, (unsigned)i, "message behind a cancelled one");
        }
    }
    free(requests);
    free(gone);
    free(data);
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Persistent sends can be started again, and freed requests are cancelled, too. */
static void other_requests(void)
{
    MPI_Request request, freed;

    if (mt_rank == 0) {
        MPI_Ssend_init(buffer, SHORT, MPI_BYTE, mt_size - 1, TAG, MPI_COMM_WORLD, &request);
        for (int i = 0; i < 5; i++) {
            MPI_Start(&request);
            CHECK(cancel(&request, i & 1), "persistent send was not cancelled");
            CHECK(request != MPI_REQUEST_NULL, "persistent request is gone");
        }
        mt_fill(buffer, SHORT, 8);
        MPI_Start(&request);
        MPI_Issend(&(int){0}, 1, MPI_INT, mt_size - 1, TAG, MPI_COMM_WORLD, &freed);
        MPI_Cancel(&freed);
        MPI_Request_free(&freed);
        MPI_Ssend(buffer, 1, MPI_BYTE, mt_size - 1, TAG + 1, MPI_COMM_WORLD);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        MPI_Request_free(&request);
    } else if (mt_rank == mt_size - 1) {
        MPI_Recv(buffer, 1, MPI_BYTE, 0, TAG + 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Recv(buffer, SHORT, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(buffer, SHORT, 8, "persistent send after cancels");
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    buffer = mt_alloc(LONG);
    unmatched(0, SHORT);
    unmatched(0, LONG);
    if (mt_size > 1) {
        unmatched(1, 0);
        unmatched(1, SHORT);
        unmatched(1, LONG);
        for (int arrived = 0; arrived < 2; arrived++) {
            every_other(SHORT, arrived);
            every_other(LONG, arrived);
        }
        too_late(SHORT);
        too_late(LONG);
        race(SHORT);
        race(LONG);
        queued();
        other_requests();
    }
    free(buffer);
    return mt_end();
}
