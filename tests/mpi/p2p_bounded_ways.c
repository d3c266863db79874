/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ways in which messages meet a rank that keeps no more contents for others (small
 * TOCSIN_UNEXPECTED_LIMIT in the list): every mode of sending, matched probes, wildcards, cancelled
 * messages, messages to oneself, long receives that are posted before, collectives. What is sent
 * comes in its order, whatever went with its envelope and whatever did not. With an argument the
 * limit is below what comes at once.
 */
#include "mpitest.h"

enum { FLOOD = 600, BYTES = 3000, LARGEST = 100000, OTHER = 70000, LAST = 70001 };

static unsigned char out[LARGEST], in[LARGEST];
static MPI_Request flood[FLOOD];

static int length_of(int i)
{
    static const int lengths[] = {0, 8, 40, 41, 64, 65, 1000, BYTES, 16384, 16385, LARGEST};

    return lengths[i % (int)(sizeof(lengths) / sizeof(lengths[0]))];
}

/* Nobody asks for these yet: more than the limit. */
static void send_flood(int to)
{
    for (int i = 0; i < FLOOD; i++)
        MPI_Isend(out, BYTES, MPI_BYTE, to, i, MPI_COMM_WORLD, &flood[i]);
}

static void receive_flood(int from)
{
    for (int i = FLOOD - 1; i >= 0; i--) {
        MPI_Recv(in, BYTES, MPI_BYTE, from, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(in, BYTES, 3, "flood");
    }
}

/* Message i of OTHER, as the receiver expects it. */
static void check_other(const MPI_Status *status, int from, int i)
{
    CHECK_STATUS(status, from, OTHER, MPI_BYTE, length_of(i), "message in order");
    CHECK_FILLED(in, (size_t)length_of(i), 3, "message in order");
}

static void send_in_order(int to)
{
    MPI_Request requests[44];

    for (int i = 0; i < 44; i++) {
        if (i % 3 == 2)
            MPI_Issend(out, length_of(i), MPI_BYTE, to, OTHER, MPI_COMM_WORLD, &requests[i]);
        else
            MPI_Isend(out, length_of(i), MPI_BYTE, to, OTHER, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Waitall(44, requests, MPI_STATUSES_IGNORE);
}

static void receive_in_order(int from)
{
    MPI_Status status;
    MPI_Message message;

    for (int i = 0; i < 44; i++) {
        memset(in, 0, LARGEST);
        if (i % 2 == 0) {
            MPI_Recv(in, LARGEST, MPI_BYTE, i % 4 ? MPI_ANY_SOURCE : from, OTHER, MPI_COMM_WORLD,
                     &status);
        } else {
            MPI_Mprobe(from, OTHER, MPI_COMM_WORLD, &message, &status);
            MPI_Mrecv(in, LARGEST, MPI_BYTE, &message, &status);
        }
        check_other(&status, from, i);
    }
}

static void order(void)
{
    if (mt_rank == 0)
        send_in_order(1);
    else if (mt_rank == 1)
        receive_in_order(0);
}

/* A probed message stays the receiver's, while others come. */
static void taken(void)
{
    MPI_Message message;
    MPI_Status status;
    int flag = 0;

    if (mt_rank == 0) {
        MPI_Send(out, BYTES, MPI_BYTE, 1, OTHER, MPI_COMM_WORLD);
        MPI_Send(out + 1, 8, MPI_BYTE, 1, LAST, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        while (!flag)
            MPI_Improbe(0, OTHER, MPI_COMM_WORLD, &flag, &message, &status);
        MPI_Mrecv(in, BYTES, MPI_BYTE, &message, &status);
        CHECK_FILLED(in, BYTES, 3, "probed message");
        MPI_Recv(in, 8, MPI_BYTE, 0, LAST, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
}

/* The receive is there, as MPI_Rsend asks for; once it is long enough to be advertised. */
static void ready(int capacity)
{
    MPI_Request request;

    if (mt_rank == 1)
        MPI_Irecv(in, capacity, MPI_BYTE, 0, OTHER, MPI_COMM_WORLD, &request);
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        MPI_Rsend(out, BYTES, MPI_BYTE, 1, OTHER, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK_FILLED(in, BYTES, 3, "ready send");
    }
}

/* What is refused, although a receive is posted for it, gets there while its rank computes: its
 * sender waits. The time only tells a hang. */
static void computing(void)
{
    MPI_Request request;
    const volatile unsigned char *last = &in[BYTES - 1];
    const double end = mt_now() + 30;

    in[BYTES - 1] = (unsigned char)~out[BYTES - 1];
    if (mt_rank == 1)
        MPI_Irecv(in, BYTES, MPI_BYTE, 0, OTHER, MPI_COMM_WORLD, &request);
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        MPI_Send(out, BYTES, MPI_BYTE, 1, OTHER, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        while (mt_progresses_alone() && *last != out[BYTES - 1])
            CHECK(mt_now() < end, "no message while its receiver computes");
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK_FILLED(in, BYTES, 3, "message into a computation");
    }
}

/* MPI_Bsend does not wait, whatever the receiver keeps. */
static void buffered(void)
{
    enum { COUNT = 20 };
    int size = COUNT * (BYTES + MPI_BSEND_OVERHEAD);
    void *buffer = mt_alloc((size_t)size);

    if (mt_rank == 0) {
        MPI_Buffer_attach(buffer, size);
        for (int i = 0; i < COUNT; i++)
            MPI_Bsend(out, BYTES, MPI_BYTE, 1, OTHER, MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < COUNT && mt_rank == 1; i++) {
        MPI_Recv(in, BYTES, MPI_BYTE, 0, OTHER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(in, BYTES, 3, "buffered message");
    }
    if (mt_rank == 0)
        MPI_Buffer_detach(&buffer, &size);
    free(buffer);
}

/* A message that its receiver refuses may be cancelled; what comes behind it is not disturbed. */
static void cancelled(void)
{
    MPI_Request request;
    MPI_Status status;
    int is_cancelled;

    if (mt_rank == 0) {
        MPI_Isend(out, BYTES, MPI_BYTE, 1, OTHER, MPI_COMM_WORLD, &request);
        MPI_Cancel(&request);
        MPI_Wait(&request, &status);
        MPI_Test_cancelled(&status, &is_cancelled);
        MPI_Send(&is_cancelled, 1, MPI_INT, 1, LAST, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        MPI_Recv(&is_cancelled, 1, MPI_INT, 0, LAST, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (!is_cancelled)
            MPI_Recv(in, BYTES, MPI_BYTE, 0, OTHER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
}

/* Messages to oneself: MPI_Send comes back, and many with MPI_Isend are all right. */
static void to_oneself(void)
{
    int self = mt_rank;

    MPI_Send(out, BYTES, MPI_BYTE, self, OTHER, MPI_COMM_WORLD);
    MPI_Sendrecv(out, BYTES, MPI_BYTE, self, LAST, in, BYTES, MPI_BYTE, self, LAST, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    CHECK_FILLED(in, BYTES, 3, "MPI_Sendrecv with oneself");
    MPI_Recv(in, BYTES, MPI_BYTE, self, OTHER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_FILLED(in, BYTES, 3, "message to oneself");
}

static void many_to_oneself(void)
{
    send_flood(mt_rank);
    to_oneself();
    receive_flood(mt_rank);
    MPI_Waitall(FLOOD, flood, MPI_STATUSES_IGNORE);
}

static void collectives(void)
{
    static int all[1000], mine[1000];

    for (int root = 0; root < mt_size; root++) {
        for (int i = 0; i < 1000; i++)
            mine[i] = mt_rank == root ? i * root : -1;
        MPI_Bcast(mine, 1000, MPI_INT, root, MPI_COMM_WORLD);
        CHECK_EQ(mine[999], 999 * root, "broadcast");
    }
    for (int i = 0; i < 1000; i++)
        mine[i] = i;
    MPI_Allreduce(mine, all, 1000, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    CHECK_EQ(all[999], 999 * mt_size, "sum");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    mt_fill(out, LARGEST, 3);
    for (int round = 0; round < 3; round++) {
        if (mt_rank == 0 && mt_size > 1)
            send_flood(1);
        MPI_Barrier(MPI_COMM_WORLD);
        if (mt_size > 1) {
            order();
            taken();
            ready(BYTES);
            ready(LARGEST);
            if (argc > 1)
                computing();
            buffered();
            cancelled();
        }
        if (mt_rank != 0)
            to_oneself();
        collectives();
        if (mt_rank == 1)
            receive_flood(0);
        if (mt_rank == 0 && mt_size > 1)
            MPI_Waitall(FLOOD, flood, MPI_STATUSES_IGNORE);
        many_to_oneself();
        MPI_Barrier(MPI_COMM_WORLD); /* the next flood finds a rank that keeps nothing */
    }
    return mt_end();
}
