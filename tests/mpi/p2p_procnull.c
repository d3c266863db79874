/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_PROC_NULL: sends and receives complete at once and change nothing; the status of a receive
 * has source MPI_PROC_NULL, tag MPI_ANY_TAG, count 0.
 */
#include "mpitest.h"

static int value = 42;

static void check_null(const MPI_Status *status, const char *what)
{
    CHECK_STATUS(status, MPI_PROC_NULL, MPI_ANY_TAG, MPI_INT, 0, what);
    CHECK_EQ(value, 42, "buffer after a call with PROC_NULL");
}

int main(int argc, char **argv)
{
    const int null = MPI_PROC_NULL;
    const MPI_Comm w = MPI_COMM_WORLD;
    MPI_Request requests[5];
    MPI_Status status, statuses[5];
    int flag = 0;

    mt_start(&argc, &argv, 1);

    CHECK_EQ(MPI_Send(&value, 1, MPI_INT, null, 0, w), MPI_SUCCESS, "Send");
    CHECK_EQ(MPI_Ssend(&value, 1, MPI_INT, null, 0, w), MPI_SUCCESS, "Ssend");
    CHECK_EQ(MPI_Rsend(&value, 1, MPI_INT, null, 0, w), MPI_SUCCESS, "Rsend");
    CHECK_EQ(MPI_Recv(&value, 1, MPI_INT, null, 0, w, &status), MPI_SUCCESS, "Recv");
    check_null(&status, "Recv");
    MPI_Recv(&value, 1, MPI_INT, null, MPI_ANY_TAG, w, &status);
    check_null(&status, "Recv, any tag");
    MPI_Recv(&value, 1, MPI_INT, null, 3, w, MPI_STATUS_IGNORE);

    MPI_Isend(&value, 1, MPI_INT, null, 1, w, &requests[0]);
    MPI_Issend(&value, 1, MPI_INT, null, 1, w, &requests[1]);
    MPI_Irsend(&value, 1, MPI_INT, null, 1, w, &requests[2]);
    MPI_Irecv(&value, 1, MPI_INT, null, 1, w, &requests[3]);
    MPI_Irecv(&value, 1, MPI_INT, null, MPI_ANY_TAG, w, &requests[4]);
    MPI_Waitall(5, requests, statuses);
    for (int i = 0; i < 5; i++)
        CHECK(requests[i] == MPI_REQUEST_NULL, "request %d is not null after Waitall", i);
    check_null(&statuses[3], "Irecv");
    check_null(&statuses[4], "Irecv, any tag");

    MPI_Irecv(&value, 1, MPI_INT, null, 1, w, &requests[0]);
    MPI_Test(&requests[0], &flag, &status);
    CHECK(flag, "Irecv from PROC_NULL is not complete at the first Test");
    check_null(&status, "Test");

    MPI_Probe(null, 5, w, &status);
    check_null(&status, "Probe");
    flag = 0;
    MPI_Iprobe(null, MPI_ANY_TAG, w, &flag, &status);
    CHECK(flag, "Iprobe of PROC_NULL: flag is false");
    check_null(&status, "Iprobe");

    MPI_Sendrecv(&value, 1, MPI_INT, null, 0, &value + 0, 0, MPI_INT, null, 0, w, &status);
    check_null(&status, "Sendrecv");
    MPI_Sendrecv_replace(&value, 1, MPI_INT, null, 0, null, 0, w, &status);
    check_null(&status, "Sendrecv_replace");

    /* A null receive between real ones does not disturb the order. */
    const int mine = mt_rank;
    int got = -1;

    MPI_Isend(&mine, 1, MPI_INT, mt_rank, 9, w, &requests[0]);
    MPI_Irecv(&value, 1, MPI_INT, null, 9, w, &requests[1]);
    MPI_Irecv(&got, 1, MPI_INT, MPI_ANY_SOURCE, 9, w, &requests[2]);
    MPI_Waitall(3, requests, statuses);
    CHECK_EQ(got, mine, "message to itself");
    check_null(&statuses[1], "Irecv among others");
    return mt_end();
}
