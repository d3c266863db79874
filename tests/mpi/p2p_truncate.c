/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A message longer than its receive: MPI_ERR_TRUNCATE at the receiver, nothing written beyond the
 * buffer, no error at the sender, and the next message is whole again. Eager and rendezvous,
 * blocking and not, expected and not, alone and inside Waitall.
 */
#include "mpitest.h"

enum { GUARD_VALUE = 0x5a, LARGEST = 1 << 20 };

static const struct {
    int sent, room;
} cases[] = {{1, 0},      {8, 4},           {100, 99},
             {4096, 1},   {60000, 100},     {200000, 0},
             {200000, 8}, {1 << 20, 70000}, {1 << 20, (1 << 20) - 1}};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static unsigned char *buffer;

static void check_next(int expected)
{
    int value = -1;

    MPI_Recv(&value, 1, MPI_INT, 0, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_EQ(value, expected, "message after the truncated one");
}

static void receiver(int k, bool posted)
{
    const int room = cases[k].room;
    MPI_Request request;
    MPI_Status status;
    int code;

    memset(buffer, GUARD_VALUE, LARGEST);
    if (posted) {
        MPI_Irecv(buffer, room, MPI_BYTE, 0, 1, MPI_COMM_WORLD, &request);
        MPI_Barrier(MPI_COMM_WORLD);
        code = MPI_Wait(&request, &status);
        CHECK(request == MPI_REQUEST_NULL, "the failed request was not freed");
    } else {
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Probe(0, 1, MPI_COMM_WORLD, &status); /* now it is here, and unexpected */
        CHECK_STATUS(&status, 0, 1, MPI_BYTE, cases[k].sent, "probe of the long message");
        code = MPI_Recv(buffer, room, MPI_BYTE, 0, 1, MPI_COMM_WORLD, &status);
    }
    CHECK_CLASS(code, MPI_ERR_TRUNCATE, posted ? "Irecv + Wait" : "Recv");
    CHECK_EQ(status.MPI_SOURCE, 0, "source of the truncated message");
    CHECK_EQ(status.MPI_TAG, 1, "tag of the truncated message");
    CHECK_UNTOUCHED(buffer + room, (size_t)(LARGEST - room), GUARD_VALUE, "beyond the buffer");
    check_next(k);
}

static void sender(int k)
{
    int code;

    MPI_Barrier(MPI_COMM_WORLD);
    mt_fill(buffer, (size_t)cases[k].sent, 4);
    code = MPI_Send(buffer, cases[k].sent, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
    CHECK_EQ(code, MPI_SUCCESS, "result of the send");
    MPI_Send(&k, 1, MPI_INT, 1, 2, MPI_COMM_WORLD);
}

/* Three receives, the middle one too short: MPI_ERR_IN_STATUS, and the others are right. */
static void in_waitall(int size)
{
    unsigned char *b[3];
    MPI_Request requests[3];
    MPI_Status statuses[3];

    for (int i = 0; i < 3; i++)
        b[i] = mt_alloc((size_t)size);
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        for (int i = 0; i < 3; i++) {
            mt_fill(b[i], (size_t)size, (unsigned)i);
            MPI_Isend(b[i], size, MPI_BYTE, 1, 10 + i, MPI_COMM_WORLD, &requests[i]);
        }
        CHECK_EQ(MPI_Waitall(3, requests, statuses), MPI_SUCCESS, "Waitall of the sender");
    } else if (mt_rank == 1) {
        for (int i = 0; i < 3; i++)
            MPI_Irecv(b[i], i == 1 ? size / 2 : size, MPI_BYTE, 0, 10 + i, MPI_COMM_WORLD,
                      &requests[i]);

        int code = MPI_Waitall(3, requests, statuses);

        CHECK_CLASS(code, MPI_ERR_IN_STATUS, "Waitall");
        for (int attempt = 0; attempt < 3; attempt++) {
            /* Others may be pending; they must complete in the end. */
            for (int i = 0; i < 3; i++) {
                if (i != 1 && mt_class(statuses[i].MPI_ERROR) == MPI_ERR_PENDING) {
                    statuses[i].MPI_ERROR = MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
                }
            }
        }
        CHECK_CLASS(statuses[0].MPI_ERROR, MPI_SUCCESS, "first status");
        CHECK_CLASS(statuses[1].MPI_ERROR, MPI_ERR_TRUNCATE, "middle status");
        CHECK_CLASS(statuses[2].MPI_ERROR, MPI_SUCCESS, "last status");
        CHECK_FILLED(b[0], (size_t)size, 0, "first message");
        CHECK_FILLED(b[2], (size_t)size, 2, "last message");
    }
    for (int i = 0; i < 3; i++)
        free(b[i]);
}

/* A self message as well: no other rank's copy engine takes part. */
static void to_self(int size)
{
    MPI_Request send;
    MPI_Status status;

    MPI_Isend(buffer, size, MPI_BYTE, mt_rank, 3, MPI_COMM_WORLD, &send);
    CHECK_CLASS(
        MPI_Recv(buffer + LARGEST / 2, size / 2, MPI_BYTE, mt_rank, 3, MPI_COMM_WORLD, &status),
        MPI_ERR_TRUNCATE, "Recv from itself");
    CHECK_EQ(MPI_Wait(&send, MPI_STATUS_IGNORE), MPI_SUCCESS, "send to itself");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    buffer = mt_alloc(LARGEST);

    for (int k = 0; k < CASES; k++) {
        for (int posted = 0; posted < 2; posted++) {
            if (mt_rank == 0)
                sender(k);
            else if (mt_rank == 1)
                receiver(k, posted);
            else
                MPI_Barrier(MPI_COMM_WORLD);
        }
    }
    in_waitall(100);
    in_waitall(300000);
    to_self(64);
    to_self(400000);
    free(buffer);
    return mt_end();
}
