/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Request_get_status and its forms for several requests (MPI 4.1): they tell what a test would,
 * and leave the requests as they are. Counts in statuses.
 */
#include "mpitest.h"

enum { COUNT = 40 }; /* more than fit into a fixed array */

static MPI_Request requests[COUNT];
static MPI_Status statuses[COUNT];
static int values[COUNT];

static void receive_all(void)
{
    for (int i = 0; i < COUNT; i++)
        MPI_Irecv(&values[i], 1, MPI_INT, 0, i, MPI_COMM_SELF, &requests[i]);
}

static void several(void)
{
    int flag, index, count, indices[COUNT];

    receive_all();
    MPI_Request_get_status_all(COUNT, requests, &flag, statuses);
    CHECK(!flag, "all are complete without a message");
    MPI_Request_get_status_any(COUNT, requests, &index, &flag, statuses);
    CHECK(!flag, "one is complete without a message");
    MPI_Request_get_status_some(COUNT, requests, &count, indices, statuses);
    CHECK_EQ(count, 0, "number of complete ones");
    MPI_Send(&(int){7}, 1, MPI_INT, 0, 7, MPI_COMM_SELF);
    MPI_Send(&(int){9}, 1, MPI_INT, 0, 9, MPI_COMM_SELF);
    for (int again = 0; again < 2; again++) {
        do
            MPI_Request_get_status_some(COUNT, requests, &count, indices, statuses);
        while (count < 2);
        CHECK(count == 2 && indices[0] == 7 && indices[1] == 9, "%d complete, at %d and %d", count,
              indices[0], indices[1]);
        CHECK_STATUS(&statuses[0], 0, 7, MPI_INT, 1, "first of some");
        CHECK_STATUS(&statuses[1], 0, 9, MPI_INT, 1, "second of some");
        MPI_Request_get_status_any(COUNT, requests, &index, &flag, statuses);
        CHECK(flag && index == 7, "any: %d, %d", flag, index);
        CHECK_STATUS(&statuses[0], 0, 7, MPI_INT, 1, "any");
        MPI_Request_get_status(requests[9], &flag, statuses);
        CHECK(flag, "not complete");
        CHECK_STATUS(&statuses[0], 0, 9, MPI_INT, 1, "one");
        CHECK(requests[7] != MPI_REQUEST_NULL && requests[9] != MPI_REQUEST_NULL, "freed");
        MPI_Request_get_status_all(COUNT, requests, &flag, MPI_STATUSES_IGNORE);
        CHECK(!flag, "all are complete");
    }
    for (int i = 0; i < COUNT; i++)
        if (i != 7 && i != 9)
            MPI_Send(&i, 1, MPI_INT, 0, i, MPI_COMM_SELF);
    do
        MPI_Request_get_status_all(COUNT, requests, &flag, statuses);
    while (!flag);
    for (int i = 0; i < COUNT; i++)
        CHECK_STATUS(&statuses[i], 0, i, MPI_INT, 1, "one of all");
    MPI_Waitall(COUNT, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(values[i], i, "value");
    /* all null now */
    MPI_Request_get_status_all(COUNT, requests, &flag, statuses);
    CHECK(flag, "null requests are not complete");
    MPI_Request_get_status_any(COUNT, requests, &index, &flag, statuses);
    CHECK(flag && index == MPI_UNDEFINED, "any of null requests: %d, %d", flag, index);
    MPI_Request_get_status_some(COUNT, requests, &count, indices, statuses);
    CHECK_EQ(count, MPI_UNDEFINED, "some of null requests");
    MPI_Request_get_status_all(0, NULL, &flag, MPI_STATUSES_IGNORE);
    CHECK(flag, "none at all");
}

/* A persistent request stays active. */
static void persistent(void)
{
    MPI_Request request;
    int flag = 0, value = 0;

    MPI_Recv_init(&value, 1, MPI_INT, 0, 1, MPI_COMM_SELF, &request);
    MPI_Request_get_status(request, &flag, statuses);
    CHECK(flag, "an inactive request is not complete");
    CHECK(statuses[0].MPI_SOURCE == MPI_ANY_SOURCE && statuses[0].MPI_TAG == MPI_ANY_TAG,
          "status of an inactive request");
    for (int i = 0; i < 3; i++) {
        MPI_Start(&request);
        MPI_Send(&i, 1, MPI_INT, 0, 1, MPI_COMM_SELF);
        do
            MPI_Request_get_status(request, &flag, statuses);
        while (!flag);
        CHECK_STATUS(&statuses[0], 0, 1, MPI_INT, 1, "active persistent request");
        MPI_Wait(&request, statuses);
        CHECK_STATUS(&statuses[0], 0, 1, MPI_INT, 1, "the same, waited for");
        CHECK_EQ(value, i, "value");
    }
    MPI_Request_free(&request);
}

/* Elements go into a status and come out again, also beyond what an int holds. */
static void elements(void)
{
    static const MPI_Count counts[] = {0, 1, 2, 3, 4, 5, 7, 1000001, (MPI_Count)1 << 40};
    MPI_Datatype mixed, types[] = {MPI_INT, MPI_DOUBLE, MPI_SHORT_INT};
    MPI_Status status;

    MPI_Type_create_struct(3, (int[]){2, 1, 1}, (MPI_Aint[]){0, 8, 16}, types, &mixed);
    MPI_Type_commit(&mixed); /* two ints, a double, a short, an int: five elements */
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const MPI_Datatype used[] = {MPI_BYTE, MPI_DOUBLE, MPI_SHORT_INT, mixed};

        for (int t = 0; t < 4; t++) {
            MPI_Count got;
            int small;

            MPI_Status_set_elements_c(&status, used[t], counts[i]);
            MPI_Get_elements_c(&status, used[t], &got);
            CHECK_EQ(got, counts[i], "elements, read as they were set");
            MPI_Get_elements_x(&status, used[t], &got);
            CHECK_EQ(got, counts[i], "the same by MPI_Get_elements_x");
            MPI_Get_elements(&status, used[t], &small);
            CHECK_EQ(small, counts[i] > 1 << 30 ? MPI_UNDEFINED : counts[i], "the same as int");
        }
        MPI_Count whole;
        MPI_Status_set_elements_c(&status, mixed, counts[i]);
        MPI_Get_count_c(&status, mixed, &whole);
        CHECK_EQ(whole, counts[i] % 5 == 0 ? counts[i] / 5 : MPI_UNDEFINED, "whole structures");
        MPI_Status_set_elements_c(&status, MPI_BYTE, counts[i]);
        MPI_Get_count_c(&status, MPI_BYTE, &whole);
        CHECK_EQ(whole, counts[i], "bytes");
    }
    MPI_Type_free(&mixed);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    several();
    persistent();
    elements();
    return mt_end();
}
