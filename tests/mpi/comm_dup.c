/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Comm_dup and MPI_Comm_free: messages stay on their communicator, point-to-point and
 * collective; duplicates of duplicates; hundreds alive at once; thousands made and freed; a
 * communicator freed while messages are under way; MPI_COMM_SELF.
 */
#include "mpitest.h"

static int to, from;

static void check_shape(MPI_Comm comm, const char *what)
{
    int rank, size;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    CHECK(rank == mt_rank && size == mt_size, "%s: rank %d of %d, expected %d of %d", what, rank,
          size, mt_rank, mt_size);
}

/* Same tag, same ranks, on many communicators; received in another order than sent. */
static void no_crossing(void)
{
    enum { COMMS = 6 };
    MPI_Comm comms[COMMS];
    MPI_Request requests[COMMS];
    int out[COMMS];

    comms[0] = MPI_COMM_WORLD;
    for (int i = 1; i < COMMS; i++) {
        MPI_Comm_dup(comms[i / 2], &comms[i]); /* duplicates of duplicates */
        check_shape(comms[i], "duplicate");
        for (int j = 0; j < i; j++)
            CHECK(comms[i] != comms[j], "duplicate %d has the handle of %d", i, j);
    }
    for (int i = 0; i < COMMS; i++) {
        out[i] = i * 1000 + mt_rank;
        MPI_Isend(&out[i], 1, MPI_INT, to, 1, comms[i], &requests[i]);
    }
    for (int i = COMMS - 1; i >= 0; i--) {
        int got = -1;
        MPI_Status status;

        MPI_Recv(&got, 1, MPI_INT, i % 2 ? MPI_ANY_SOURCE : from, i % 3 ? MPI_ANY_TAG : 1, comms[i],
                 &status);
        CHECK(got == i * 1000 + from, "communicator %d delivered %d, expected %d", i, got,
              i * 1000 + from);
    }
    MPI_Waitall(COMMS, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < COMMS; i++) {
        int sum = 0;

        MPI_Allreduce(&i, &sum, 1, MPI_INT, MPI_SUM, comms[i]);
        CHECK_EQ(sum, i * mt_size, "sum on a duplicate");
    }
    for (int i = 1; i < COMMS; i++) {
        MPI_Comm_free(&comms[i]);
        CHECK(comms[i] == MPI_COMM_NULL, "Comm_free left a handle");
    }
}

/* A collective operation on a duplicate runs between the ranks' point-to-point messages. */
static void collective_and_wildcard(void)
{
    MPI_Comm dup;
    MPI_Request request;
    int got = -1, value = mt_rank == 0 ? 77 : 0, out = mt_rank;

    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    /* A wildcard receive is open while the collectives run: it must get none of their messages. */
    MPI_Irecv(&got, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, dup, &request);
    MPI_Bcast(&value, 1, MPI_INT, 0, dup);
    MPI_Barrier(dup);
    CHECK_EQ(value, 77, "Bcast beside an open wildcard receive");
    CHECK_EQ(got, -1, "buffer of the open receive");
    MPI_Barrier(dup); /* all have looked: now a message may come */
    MPI_Send(&out, 1, MPI_INT, to, 4, dup);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_EQ(got, from, "message for the wildcard receive");
    MPI_Comm_free(&dup);
}

static void many_alive(void)
{
    enum { COUNT = 300 };
    MPI_Comm comms[COUNT];

    for (int i = 0; i < COUNT; i++)
        MPI_Comm_dup(i % 7 ? MPI_COMM_WORLD : MPI_COMM_SELF, &comms[i]);
    for (int i = 1; i < COUNT; i++) {
        int got = -1;
        const int out = i + mt_rank;

        if (i % 7 == 0)
            continue;
        MPI_Sendrecv(&out, 1, MPI_INT, to, 0, &got, 1, MPI_INT, from, 0, comms[i],
                     MPI_STATUS_IGNORE);
        CHECK_EQ(got, i + from, "message on one of many");
    }
    for (int i = 0; i < COUNT; i++) /* in a scattered order */
        MPI_Comm_free(&comms[i * 7 % COUNT]);
    for (int i = 0; i < COUNT; i++)
        CHECK(comms[i] == MPI_COMM_NULL, "communicator %d was not freed", i);
}

/* Identifiers must be used again, and old messages must not reach a new communicator. */
static void again_and_again(int times)
{
    for (int i = 0; i < times; i++) {
        MPI_Comm dup;
        int got = -1;

        MPI_Comm_dup(MPI_COMM_WORLD, &dup);
        MPI_Sendrecv(&i, 1, MPI_INT, to, 0, &got, 1, MPI_INT, from, 0, dup, MPI_STATUS_IGNORE);
        CHECK_EQ(got, i, "message on a short-lived communicator");
        MPI_Comm_free(&dup);
    }
}

/* Freed with messages under way: they are delivered, and the next communicator is another one. */
static void freed_in_use(int count)
{
    int *out = mt_alloc(sizeof(int) * (size_t)count), *in = mt_alloc(sizeof(int) * (size_t)count);
    MPI_Comm dup, next;
    MPI_Request requests[2];
    int value = -1;

    for (int i = 0; i < count; i++) {
        out[i] = i + mt_rank;
        in[i] = -1;
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    MPI_Irecv(in, count, MPI_INT, from, 2, dup, &requests[0]);
    MPI_Isend(out, count, MPI_INT, to, 2, dup, &requests[1]);
    MPI_Comm_free(&dup);
    MPI_Comm_dup(MPI_COMM_WORLD, &next);
    MPI_Sendrecv(&mt_rank, 1, MPI_INT, to, 2, &value, 1, MPI_INT, from, 2, next, MPI_STATUS_IGNORE);
    CHECK_EQ(value, from, "message on the next communicator");
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < count; i++)
        CHECK(in[i] == i + from, "freed communicator: integer %d is %d", i, in[i]);
    MPI_Comm_free(&next);
    free(in);
    free(out);
}

static void self(void)
{
    MPI_Comm dup;
    int rank, size, got = -1;
    const int out = 9;
    MPI_Request request;

    MPI_Comm_rank(MPI_COMM_SELF, &rank);
    MPI_Comm_size(MPI_COMM_SELF, &size);
    CHECK(rank == 0 && size == 1, "MPI_COMM_SELF: rank %d of %d", rank, size);
    MPI_Comm_dup(MPI_COMM_SELF, &dup);
    MPI_Isend(&out, 1, MPI_INT, 0, 0, dup, &request);
    MPI_Recv(&got, 1, MPI_INT, 0, 0, dup, MPI_STATUS_IGNORE);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_EQ(got, 9, "message on a duplicate of MPI_COMM_SELF");
    MPI_Comm_free(&dup);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    to = (mt_rank + 1) % mt_size;
    from = (mt_rank + mt_size - 1) % mt_size;
    self();
    no_crossing();
    collective_and_wildcard();
    many_alive();
    again_and_again(mt_size > 2 ? 300 : 5000);
    freed_in_use(1);
    freed_in_use(100000);
    return mt_end();
}
