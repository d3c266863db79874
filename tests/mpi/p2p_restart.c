/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each start of a persistent request is a communication of its own: after one that was cancelled,
 * or failed, comes one whose status says nothing of that. Receives with and without a named source,
 * sends of all modes that can be cancelled, inline, eager and rendezvous lengths; over the next
 * rank.
 */
#include "mpitest.h"

static int next, previous;

static int is_cancelled(const MPI_Status *status)
{
    int flag = -1;

    MPI_Test_cancelled(status, &flag);
    return flag;
}

static void cancel(MPI_Request *request, const char *what)
{
    MPI_Status status;

    MPI_Start(request);
    MPI_Cancel(request);
    MPI_Wait(request, &status);
    CHECK(is_cancelled(&status) == 1, "%s: not cancelled", what);
}

static void exchange(MPI_Request *receive, MPI_Request *send, bool together, int bytes)
{
    MPI_Request requests[2] = {*receive, *send};
    MPI_Status statuses[2];

    if (together) {
        MPI_Startall(2, requests);
        MPI_Waitall(2, requests, statuses);
    } else {
        MPI_Start(receive);
        MPI_Start(send);
        MPI_Wait(receive, &statuses[0]);
        MPI_Wait(send, &statuses[1]);
    }
    CHECK(is_cancelled(&statuses[0]) == 0, "%d bytes: the receive says cancelled", bytes);
    CHECK(is_cancelled(&statuses[1]) == 0, "%d bytes: the send says cancelled", bytes);
    CHECK_STATUS(&statuses[0], previous, 7, MPI_BYTE, bytes, "receive after a cancelled one");
}

static void check_cancelled(int bytes, bool any, unsigned char *out, unsigned char *in)
{
    MPI_Request receive, send;

    MPI_Recv_init(in, bytes, MPI_BYTE, any ? MPI_ANY_SOURCE : previous, 7, MPI_COMM_WORLD,
                  &receive);
    MPI_Ssend_init(out, bytes, MPI_BYTE, next, 7, MPI_COMM_WORLD, &send);
    for (unsigned round = 0; round < 4; round++) {
        cancel(&receive, "receive");
        MPI_Barrier(MPI_COMM_WORLD);
        if (mt_is_tocsin()) /* others cannot cancel sends */
            cancel(&send, "synchronous send");
        MPI_Barrier(MPI_COMM_WORLD);
        mt_fill(out, (size_t)bytes, round + (unsigned)mt_rank);
        memset(in, 0, (size_t)bytes);
        exchange(&receive, &send, round % 2, bytes);
        CHECK_FILLED(in, (size_t)bytes, round + (unsigned)previous, "data after a restart");
        MPI_Barrier(MPI_COMM_WORLD);
    }
    MPI_Request_free(&receive);
    MPI_Request_free(&send);
}

/* Too short once, then long enough. */
static void check_truncated(int bytes, unsigned char *out, unsigned char *in)
{
    MPI_Request receive, send;
    MPI_Status status;

    MPI_Recv_init(in, bytes - 1, MPI_BYTE, previous, 8, MPI_COMM_WORLD, &receive);
    for (int surplus = 1; surplus >= 0; surplus--) {
        MPI_Start(&receive);
        MPI_Isend(out, bytes - 1 + surplus, MPI_BYTE, next, 8, MPI_COMM_WORLD, &send);
        int code = MPI_Wait(&receive, &status);
        CHECK_CLASS(code, surplus ? MPI_ERR_TRUNCATE : MPI_SUCCESS,
                    "a receive that is started twice");
        if (!surplus)
            CHECK_STATUS(&status, previous, 8, MPI_BYTE, bytes - 1, "after a truncated one");
        MPI_Wait(&send, MPI_STATUS_IGNORE);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    MPI_Request_free(&receive);
}

int main(int argc, char **argv)
{
    enum { LONGEST = 1 << 20 };

    mt_start(&argc, &argv, 1);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    next = (mt_rank + 1) % mt_size;
    previous = (mt_rank + mt_size - 1) % mt_size;
    unsigned char *out = mt_alloc(LONGEST), *in = mt_alloc(LONGEST);
    memset(out, 0, LONGEST);
    for (int bytes = 1; bytes <= LONGEST; bytes *= 32) {
        check_cancelled(bytes, false, out, in);
        check_cancelled(bytes, true, out, in);
        if (bytes > 1)
            check_truncated(bytes, out, in);
    }
    free(out);
    free(in);
    return mt_end();
}
