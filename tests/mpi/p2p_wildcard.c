/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_ANY_SOURCE and MPI_ANY_TAG: rank 0 collects messages of everybody. The status must name the
 * real source and tag, order per source must hold, and a wildcard never takes a message of another
 * communicator or one that an earlier posted receive should have.
 */
#include "mpitest.h"

enum { ROUNDS = 300 };

struct note {
    int source, serial, tag, padding;
};

static int tag_of(int rank, int serial)
{
    return (rank * 31 + serial * 7) % 1000;
}

static void send_notes(int to)
{
    for (int i = 0; i < ROUNDS; i++) {
        const struct note n = {mt_rank, i, tag_of(mt_rank, i), 0};

        MPI_Send(&n, sizeof(n), MPI_BYTE, to, n.tag, MPI_COMM_WORLD);
    }
}

static void collect_notes(void)
{
    int *next = calloc((size_t)mt_size, sizeof(int));

    for (int i = 0; i < ROUNDS * (mt_size - 1); i++) {
        struct note n;
        MPI_Status status;

        MPI_Recv(&n, sizeof(n), MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        CHECK_STATUS(&status, n.source, n.tag, MPI_BYTE, (int)sizeof(n), "any source, any tag");
        CHECK(n.serial == next[n.source], "from rank %d came %d, expected %d", n.source, n.serial,
              next[n.source]);
        next[n.source]++;
    }
    free(next);
}

/* Any source, but only one tag; the other tags must wait. */
static void by_tag(void)
{
    int value = mt_rank * 10;

    if (mt_rank != 0) {
        for (int tag = 0; tag < 4; tag++) {
            const int v = value + tag;

            MPI_Send(&v, 1, MPI_INT, 0, tag, MPI_COMM_WORLD);
        }
        return;
    }
    for (int tag = 3; tag >= 0; tag--) {
        long long seen = 0;

        for (int i = 1; i < mt_size; i++) {
            MPI_Status status;

            MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, &status);
            CHECK_STATUS(&status, value / 10, tag, MPI_INT, 1, "any source, one tag");
            CHECK_EQ(value % 10, tag, "tag in the message");
            seen |= 1LL << status.MPI_SOURCE;
        }
        CHECK_EQ(seen, (1LL << mt_size) - 2, "set of sources");
    }
}

/* One source in turn, any tag. */
static void by_source(void)
{
    if (mt_rank != 0) {
        for (int i = 0; i < 3; i++)
            MPI_Send(&i, 1, MPI_INT, 0, 100 + (2 - i), MPI_COMM_WORLD);
        return;
    }
    for (int source = mt_size - 1; source > 0; source--) {
        for (int i = 0; i < 3; i++) {
            int value;
            MPI_Status status;

            MPI_Recv(&value, 1, MPI_INT, source, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
            CHECK_STATUS(&status, source, 100 + (2 - i), MPI_INT, 1, "one source, any tag");
            CHECK_EQ(value, i, "value");
        }
    }
}

/* Posted receives are served in the order in which they were posted, wildcard or not. */
static void posted_order(void)
{
    if (mt_rank == 1) {
        MPI_Recv(NULL, 0, MPI_INT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < 4; i++)
            MPI_Send(&i, 1, MPI_INT, 0, 50, MPI_COMM_WORLD);
    }
    if (mt_rank != 0)
        return;

    static const int sources[] = {MPI_ANY_SOURCE, 1, MPI_ANY_SOURCE, 1};
    static const int tags[] = {50, MPI_ANY_TAG, MPI_ANY_TAG, 50};
    MPI_Request requests[4];
    int values[4];

    for (int i = 0; i < 4; i++)
        MPI_Irecv(&values[i], 1, MPI_INT, sources[i], tags[i], MPI_COMM_WORLD, &requests[i]);
    MPI_Send(NULL, 0, MPI_INT, 1, 0, MPI_COMM_WORLD);
    MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < 4; i++)
        CHECK(values[i] == i, "posted receive %d got message %d", i, values[i]);
}

/* A wildcard on one communicator leaves the messages of another one alone. */
static void other_communicator(void)
{
    MPI_Comm dup;
    int value = 0;
    MPI_Status status;

    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    if (mt_rank == 1) {
        const int first = 1, second = 2;

        MPI_Send(&first, 1, MPI_INT, 0, 3, dup);
        MPI_Send(&second, 1, MPI_INT, 0, 4, MPI_COMM_WORLD);
    }
    if (mt_rank == 0) {
        MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        CHECK_EQ(value, 2, "message on MPI_COMM_WORLD");
        CHECK_EQ(status.MPI_TAG, 4, "its tag");
        MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, dup, &status);
        CHECK_EQ(value, 1, "message on the duplicate");
    }
    MPI_Comm_free(&dup);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    if (mt_rank == 0)
        collect_notes();
    else
        send_notes(0);
    MPI_Barrier(MPI_COMM_WORLD);
    by_tag();
    MPI_Barrier(MPI_COMM_WORLD);
    by_source();
    MPI_Barrier(MPI_COMM_WORLD);
    posted_order();
    MPI_Barrier(MPI_COMM_WORLD);
    other_communicator();
    return mt_end();
}
