/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floods of small messages into ranks that are not receiving: flow control must hold them back
 * without losing, re-ordering or blocking for ever.
 */
#include "mpitest.h"

enum { FLOOD = 5000, BLOCKING_FLOOD = 20000 };

struct message {
    int source, serial;
    unsigned char rest[56];
};

static void make(int serial, struct message *m)
{
    m->source = mt_rank;
    m->serial = serial;
    mt_fill(m->rest, sizeof(m->rest), (unsigned)(mt_rank * 7 + serial));
}

static void receive(int from, int serial)
{
    struct message m;
    MPI_Status status;

    MPI_Recv(&m, sizeof(m), MPI_BYTE, from, 2, MPI_COMM_WORLD, &status);
    CHECK_STATUS(&status, from, 2, MPI_BYTE, (int)sizeof(m), "flood");
    CHECK(m.source == from && m.serial == serial, "from %d: message %d of %d, expected %d", from,
          m.serial, m.source, serial);
    CHECK_FILLED(m.rest, sizeof(m.rest), (unsigned)(from * 7 + serial), "flood");
}

/* Everybody sends FLOOD messages to everybody without receiving, and only then receives. */
static void flood_all(void)
{
    const int total = FLOOD * mt_size;
    struct message *out = mt_alloc((size_t)FLOOD * sizeof(*out));
    MPI_Request *requests = mt_alloc((size_t)total * sizeof(*requests));

    for (int i = 0; i < FLOOD; i++) {
        make(i, &out[i]);
        for (int to = 0; to < mt_size; to++)
            MPI_Isend(&out[i], sizeof(*out), MPI_BYTE, to, 2, MPI_COMM_WORLD,
                      &requests[i * mt_size + to]);
    }
    for (int i = 0; i < FLOOD; i++) {
        for (int from = 0; from < mt_size; from++)
            receive(from, i);
    }
    MPI_Waitall(total, requests, MPI_STATUSES_IGNORE);
    free(requests);
    free(out);
}

/* Blocking sends into a rank that computes for a while and then receives. */
static void flood_busy_receiver(void)
{
    struct message m;

    if (mt_rank == 0) {
        for (int i = 0; i < BLOCKING_FLOOD; i++) {
            make(i, &m);
            MPI_Send(&m, sizeof(m), MPI_BYTE, 1, 2, MPI_COMM_WORLD);
        }
    } else if (mt_rank == 1) {
        mt_compute(0.05);
        for (int i = 0; i < BLOCKING_FLOOD; i++)
            receive(0, i);
    }
}

/*
 * Two ranks send to each other with blocking calls until far more is under way than any ring holds,
 * and receive afterwards. MPI does not promise that this works; this library does, and the others
 * here buffer as well: a sender that waits for space takes in what is sent to it.
 */
static void flood_each_other(void)
{
    struct message m;

    if (mt_rank > 1)
        return;
    for (int i = 0; i < BLOCKING_FLOOD; i++) {
        make(i, &m);
        MPI_Send(&m, sizeof(m), MPI_BYTE, 1 - mt_rank, 2, MPI_COMM_WORLD);
    }
    for (int i = 0; i < BLOCKING_FLOOD; i++)
        receive(1 - mt_rank, i);
}

/* All ranks into rank 0 at once, small enough to go eager, taken from the sources in turn. */
static void flood_one(void)
{
    if (mt_rank != 0) {
        for (int i = 0; i < FLOOD; i++) {
            struct message m;

            make(i, &m);
            MPI_Send(&m, sizeof(m), MPI_BYTE, 0, 2, MPI_COMM_WORLD);
        }
        return;
    }
    for (int from = mt_size - 1; from > 0; from--) {
        for (int i = 0; i < FLOOD; i++)
            receive(from, i);
    }
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    flood_all();
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_size > 1) {
        flood_busy_receiver();
        MPI_Barrier(MPI_COMM_WORLD);
        flood_each_other();
        MPI_Barrier(MPI_COMM_WORLD);
        flood_one();
    }
    return mt_end();
}
