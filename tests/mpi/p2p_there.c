/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Receives posted one after the other while their messages are there already, or some of them, and
 * nobody has looked: exact ones and wildcards, short and long messages, and receives that nobody
 * serves. Who gets what follows from the order of both lists alone (MPI 5.0, section 3.5): with one
 * sender, each receive in turn gets the earliest message left that it accepts.
 */
#include "mpitest.h"

enum { ROUNDS = 300, MESSAGES = 24, TAGS = 3, LONGEST = 40000 };

struct message {
    int tag, bytes;
    int taken_by; /* receive, or -1 */
};
struct receive {
    int source, tag;
    int gets; /* message, or -1 */
};

static struct message messages[MESSAGES];
static struct receive receives[MESSAGES];
static unsigned char out[MESSAGES][LONGEST], in[MESSAGES][LONGEST];

/* The same lists on both sides. */
static void draw(uint64_t *state)
{
    static const int lengths[] = {0, 1, 8, 40, 41, 300, 5000, 16384, LONGEST};

    for (int i = 0; i < MESSAGES; i++) {
        const unsigned length = mt_random(state) % 16;

        messages[i].tag = (int)(mt_random(state) % TAGS);
        messages[i].bytes = lengths[length < 9 ? length : 2];
        messages[i].taken_by = -1;
        receives[i].source = mt_random(state) % 4 == 0 ? MPI_ANY_SOURCE : 0;
        receives[i].tag = mt_random(state) % 4 == 0 ? MPI_ANY_TAG : (int)(mt_random(state) % TAGS);
        receives[i].gets = -1;
    }
}

static void match(void)
{
    for (int r = 0; r < MESSAGES; r++)
        for (int m = 0; m < MESSAGES && receives[r].gets < 0; m++)
            if (messages[m].taken_by < 0 &&
                (receives[r].tag == MPI_ANY_TAG || receives[r].tag == messages[m].tag)) {
                messages[m].taken_by = r;
                receives[r].gets = m;
            }
}

static unsigned seed_of(int round, int message)
{
    return (unsigned)(round * MESSAGES + message);
}

static void send_all(int round, int peer)
{
    MPI_Request requests[MESSAGES];

    for (int m = 0; m < MESSAGES; m++) {
        mt_fill(out[m], (size_t)messages[m].bytes, seed_of(round, m));
        MPI_Isend(out[m], messages[m].bytes, MPI_BYTE, peer, messages[m].tag, MPI_COMM_WORLD,
                  &requests[m]);
    }
    MPI_Waitall(MESSAGES, requests, MPI_STATUSES_IGNORE);
}

static void check_received(int round, int message, const unsigned char *buffer,
                           const MPI_Status *status)
{
    CHECK_STATUS(status, 0, messages[message].tag, MPI_BYTE, messages[message].bytes, "message");
    CHECK_FILLED(buffer, (size_t)messages[message].bytes, seed_of(round, message), "message");
}

/* No MPI in it: what arrives stays where it is. */
static void compute(double microseconds)
{
    const double end = MPI_Wtime() + microseconds * 1e-6;

    while (MPI_Wtime() < end)
        ;
}

static void receive_all(int round)
{
    MPI_Request requests[MESSAGES];
    MPI_Status status;

    compute(round % 3 * 30);
    for (int r = 0; r < MESSAGES; r++)
        MPI_Irecv(in[r], LONGEST, MPI_BYTE, receives[r].source, receives[r].tag, MPI_COMM_WORLD,
                  &requests[r]);
    for (int r = 0; r < MESSAGES; r++) {
        int cancelled;

        if (receives[r].gets < 0)
            MPI_Cancel(&requests[r]);
        MPI_Wait(&requests[r], &status);
        MPI_Test_cancelled(&status, &cancelled);
        CHECK_EQ(cancelled, receives[r].gets < 0, "cancelled");
        CHECK(requests[r] == MPI_REQUEST_NULL, "request %d is still there", r);
        if (receives[r].gets >= 0)
            check_received(round, receives[r].gets, in[r], &status);
    }
    for (int m = 0; m < MESSAGES; m++)
        if (messages[m].taken_by < 0) {
            MPI_Recv(in[0], LONGEST, MPI_BYTE, 0, messages[m].tag, MPI_COMM_WORLD, &status);
            check_received(round, m, in[0], &status);
        }
}

/* One that is there and too long. */
static void truncated(void)
{
    MPI_Request request;
    MPI_Status status;
    int class;

    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        MPI_Send(out[0], 300, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        compute(2000);
        in[0][100] = 0x5a;
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Irecv(in[0], 100, MPI_BYTE, 0, 0, MPI_COMM_WORLD, &request);
        MPI_Error_class(MPI_Wait(&request, &status), &class);
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
        CHECK_EQ(class, MPI_ERR_TRUNCATE, "class of a message that is too long");
        CHECK_EQ(in[0][100], 0x5a, "byte behind the buffer");
    }
}

int main(int argc, char **argv)
{
    uint64_t state = 7;

    mt_start(&argc, &argv, 2);
    for (int round = 0; round < ROUNDS; round++) {
        draw(&state);
        match();
        MPI_Barrier(MPI_COMM_WORLD);
        if (mt_rank == 0)
            for (int peer = 1; peer < mt_size; peer++)
                send_all(round, peer);
        else
            receive_all(round);
    }
    truncated();
    return mt_end();
}
