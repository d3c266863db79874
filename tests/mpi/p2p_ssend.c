/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A synchronous send completes only when its receive has been matched: before, MPI_Test must say
 * no, however often it is asked; afterwards it completes, also when the message was unexpected.
 */
#include "mpitest.h"

static const int sizes[] = {0, 1, 64, 5000, 100000, 1 << 20};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), LARGEST = 1 << 20 };

static unsigned char *buffer;

static void not_before_match(int size)
{
    MPI_Request request;
    int flag;

    if (mt_rank == 0) {
        mt_fill(buffer, (size_t)size, 8);
        MPI_Issend(buffer, size, MPI_BYTE, 1, 1, MPI_COMM_WORLD, &request);
        for (int i = 0; i < 2000; i++) {
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
            CHECK(!flag, "Issend of %d bytes complete before there is a receive", size);
        }
        /* A message sent later with another tag is received first: still no match. */
        MPI_Send(NULL, 0, MPI_BYTE, 1, 2, MPI_COMM_WORLD);
        MPI_Recv(NULL, 0, MPI_BYTE, 1, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < 100; i++) {
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
            CHECK(!flag, "Issend of %d bytes complete, but only another tag was received", size);
        }
        MPI_Send(NULL, 0, MPI_BYTE, 1, 4, MPI_COMM_WORLD);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    } else if (mt_rank == 1) {
        MPI_Recv(NULL, 0, MPI_BYTE, 0, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Iprobe(0, 1, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE); /* a probe is no match */
        MPI_Send(NULL, 0, MPI_BYTE, 0, 3, MPI_COMM_WORLD);
        MPI_Recv(NULL, 0, MPI_BYTE, 0, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Recv(buffer, size, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(buffer, (size_t)size, 8, "Issend");
    }
}

/*
 * MPI_Ssend comes back only after the receive was posted: both ranks read the same clock, the
 * receiver before it posts, the sender after it has returned.
 */
static void blocking(int size)
{
    double posted, returned;

    if (mt_rank == 0) {
        MPI_Ssend(buffer, size, MPI_BYTE, 1, 6, MPI_COMM_WORLD);
        returned = mt_now();
        MPI_Recv(&posted, 1, MPI_DOUBLE, 1, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK(returned >= posted, "Ssend of %d bytes returned %g s before the receive was posted",
              size, posted - returned);
    } else if (mt_rank == 1) {
        mt_compute(0.003);
        posted = mt_now();
        MPI_Recv(buffer, size, MPI_BYTE, 0, 6, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(&posted, 1, MPI_DOUBLE, 0, 5, MPI_COMM_WORLD);
    }
}

/* Many synchronous sends in flight, matched in another order. */
static void many(void)
{
    enum { COUNT = 500 };
    MPI_Request requests[COUNT];
    int values[COUNT];

    if (mt_rank == 0) {
        for (int i = 0; i < COUNT; i++) {
            values[i] = i * i;
            MPI_Issend(&values[i], 1, MPI_INT, 1, i, MPI_COMM_WORLD, &requests[i]);
        }
        MPI_Waitall(COUNT, requests, MPI_STATUSES_IGNORE);
    } else if (mt_rank == 1) {
        for (int i = COUNT - 1; i >= 0; i--) {
            MPI_Recv(&values[i], 1, MPI_INT, 0, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK_EQ(values[i], i * i, "value");
        }
    }
}

/* Both ranks synchronously to each other, and to themselves. */
static void crossed(int size)
{
    MPI_Request requests[2];
    const int peer = mt_rank < 2 ? 1 - mt_rank : mt_rank;
    unsigned char *in = mt_alloc((size_t)size);

    mt_fill(buffer, (size_t)size, (unsigned)mt_rank);
    MPI_Issend(buffer, size, MPI_BYTE, peer, 7, MPI_COMM_WORLD, &requests[0]);
    MPI_Irecv(in, size, MPI_BYTE, peer, 7, MPI_COMM_WORLD, &requests[1]);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    CHECK_FILLED(in, (size_t)size, (unsigned)peer, "crossed Issend");
    free(in);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    buffer = mt_alloc(LARGEST);
    for (int k = 0; k < SIZES; k++) {
        not_before_match(sizes[k]);
        blocking(sizes[k]);
        crossed(sizes[k]);
    }
    many();
    free(buffer);
    return mt_end();
}
