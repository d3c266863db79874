/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long messages to a receiver that computes. Tocsin's receivers advertise the buffer of an
 * MPI_Irecv, and senders copy into it without asking: the data must come while the receiver
 * computes, with any notifier, and matching must be what it would be without.
 *
 *     p2p_advertised                    all cases
 *     p2p_advertised alone              the first one only, which needs no interrupts
 *     p2p_advertised refused RANKS      the right to copy is taken from rank 0, 1 or from both,
 * after a receive has been posted
 */
#include "mpitest.h"
#include "refuse.h"

enum { RECEIVER = 1, TAG = 3, OTHER_TAG = 4, GO = 5, LONG = 1 << 18, FILL = 0x5a };

static const double give_up = 20.0; /* seconds */

static bool advertises; /* this library, with these settings */

static bool is_set(const char *name, const char *value)
{
    const char *found = getenv(name);

    return found && !strcmp(found, value);
}

/* The sender has been told that the receive is posted, and the receiver computes by now. */
static void tell(int sender)
{
    MPI_Send(NULL, 0, MPI_BYTE, sender, GO, MPI_COMM_WORLD);
}

static void be_told(void)
{
    MPI_Recv(NULL, 0, MPI_BYTE, RECEIVER, GO, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    mt_compute(0.0005);
}

/* Compute until the last byte has changed, without a call; or for a while, if nothing is promised.
 */
static void watch(const unsigned char *buffer, size_t bytes, unsigned seed)
{
    const volatile unsigned char *last = &buffer[bytes - 1];
    const double start = mt_now();

    while (*last != mt_byte(seed, bytes - 1)) {
        if (!advertises && mt_now() > start + 0.005)
            return;
        CHECK(mt_now() < start + give_up, "%zu bytes did not come while the receiver computed",
              bytes);
    }
}

/* ---- the data comes without a call and without an interrupt */

enum how { SEND, SSEND, ISEND, PERSISTENT, WAYS };

static void send_so(enum how how, const void *buffer, int bytes)
{
    MPI_Request request;

    if (how == SEND || how == PERSISTENT) {
        MPI_Send(buffer, bytes, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
    } else if (how == SSEND) {
        MPI_Ssend(buffer, bytes, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
    } else {
        MPI_Isend(buffer, bytes, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
}

static void receive_alone(enum how how, unsigned char *buffer, int bytes, unsigned seed)
{
    MPI_Request request;
    MPI_Status status;

    memset(buffer, mt_byte(seed, (size_t)bytes - 1) ^ 0xff, (size_t)bytes);
    if (how == PERSISTENT) {
        MPI_Recv_init(buffer, bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
        MPI_Start(&request);
    } else {
        MPI_Irecv(buffer, bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
    }
    tell(0);
    watch(buffer, (size_t)bytes, seed);
    MPI_Wait(&request, &status);
    CHECK_STATUS(&status, 0, TAG, MPI_BYTE, bytes, "message that came alone");
    CHECK_FILLED(buffer, (size_t)bytes, seed, "message that came alone");
    if (how == PERSISTENT)
        MPI_Request_free(&request);
}

static void alone(void)
{
    static const int sizes[] = {1 << 16, LONG, (1 << 20) - 1, 1 << 20, 4 << 20};
    unsigned char *memory[2];

    memory[0] = mt_alloc(4 << 20);
    MPI_Alloc_mem(4 << 20, MPI_INFO_NULL, &memory[1]);
    for (int i = 0; i < 5 * WAYS * 2; i++) {
        const int bytes = sizes[i % 5];
        const enum how how = (enum how)(i / 5 % WAYS);
        unsigned char *buffer = memory[i / (5 * WAYS)];

        if (how == ISEND && bytes > 1 << 20)
            continue; /* who may compute next interrupts the receiver for so much */
        if (mt_rank == RECEIVER) {
            receive_alone(how, buffer, bytes, (unsigned)i);
        } else if (mt_rank == 0) {
            mt_fill(buffer, (size_t)bytes, (unsigned)i);
            be_told();
            send_so(how, buffer, bytes);
        }
    }
    free(memory[0]);
    MPI_Free_mem(memory[1]);
}

/* ---- neighbours in the ring, probes */

/* Short messages before and after, of the same tag and of another. The long one is sent when what
 * came before it has not been taken yet. */
static void neighbours(bool same_tag_before)
{
    unsigned char *buffer = mt_alloc(LONG);
    const int before = same_tag_before ? TAG : OTHER_TAG;
    int first = 0, second = 0;
    MPI_Request requests[2];
    MPI_Status status;

    if (mt_rank == RECEIVER) {
        memset(buffer, FILL, LONG);
        MPI_Irecv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &requests[0]);
        MPI_Irecv(&second, 1, MPI_INT, 0, TAG, MPI_COMM_WORLD, &requests[1]);
        tell(0);
        mt_compute(0.002);
        if (same_tag_before) {
            /* The short one has got the long receive. */
            MPI_Wait(&requests[0], &status);
            CHECK_STATUS(&status, 0, TAG, MPI_INT, 1, "short message into a long buffer");
            CHECK_UNTOUCHED(buffer + sizeof(int), LONG - sizeof(int), FILL, "the rest of it");
            MPI_Wait(&requests[1], &status);
            MPI_Recv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &status);
        } else {
            MPI_Recv(&first, 1, MPI_INT, 0, before, MPI_COMM_WORLD, &status);
            CHECK_EQ(first, 11, "short message before");
            MPI_Wait(&requests[0], &status);
            MPI_Wait(&requests[1], MPI_STATUS_IGNORE);
        }
        CHECK_STATUS(&status, 0, TAG, MPI_BYTE, LONG, "long message");
        CHECK_FILLED(buffer, LONG, 21, "long message");
        CHECK_EQ(second, 12, "short message after");
    } else if (mt_rank == 0) {
        first = 11;
        second = 12;
        mt_fill(buffer, LONG, 21);
        be_told();
        MPI_Send(&first, 1, MPI_INT, RECEIVER, before, MPI_COMM_WORLD);
        if (same_tag_before) {
            MPI_Send(&second, 1, MPI_INT, RECEIVER, TAG, MPI_COMM_WORLD);
            MPI_Send(buffer, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
        } else {
            MPI_Send(buffer, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
            MPI_Send(&second, 1, MPI_INT, RECEIVER, TAG, MPI_COMM_WORLD);
        }
    }
    free(buffer);
}

/* No probe sees what has its receive; nor does a receive by wildcard get it that is posted later.
 */
static void probes_and_wildcards(bool wildcard_first)
{
    unsigned char *buffer = mt_alloc(LONG), *wild = mt_alloc(LONG);
    MPI_Request named, any;
    MPI_Status status;
    int flag;

    if (mt_rank == RECEIVER) {
        memset(wild, FILL, LONG);
        if (wildcard_first)
            MPI_Irecv(wild, LONG, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &any);
        MPI_Irecv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &named);
        if (!wildcard_first)
            MPI_Irecv(wild, LONG, MPI_BYTE, MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &any);
        tell(0);
        mt_compute(0.002);
        MPI_Probe(0, OTHER_TAG, MPI_COMM_WORLD, &status);
        MPI_Iprobe(0, TAG, MPI_COMM_WORLD, &flag, &status);
        CHECK(!flag, "a probe sees a message that has its receive");
        MPI_Recv(NULL, 0, MPI_BYTE, 0, OTHER_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Wait(wildcard_first ? &any : &named, &status);
        CHECK_STATUS(&status, 0, TAG, MPI_BYTE, LONG, "first of two messages");
        CHECK_FILLED(wildcard_first ? wild : buffer, LONG, 31, "first of two messages");
        MPI_Wait(wildcard_first ? &named : &any, &status);
        CHECK_STATUS(&status, 0, TAG, MPI_BYTE, LONG, "second of two messages");
        CHECK_FILLED(wildcard_first ? buffer : wild, LONG, 32, "second of two messages");
    } else if (mt_rank == 0) {
        MPI_Request requests[2];

        mt_fill(buffer, LONG, 31);
        mt_fill(wild, LONG, 32);
        be_told();
        MPI_Isend(buffer, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD, &requests[0]);
        MPI_Isend(wild, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD, &requests[1]);
        MPI_Send(NULL, 0, MPI_BYTE, RECEIVER, OTHER_TAG, MPI_COMM_WORLD);
        MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    }
    free(buffer);
    free(wild);
}

/* ---- too long, freed */

static void truncated(void)
{
    unsigned char *buffer = mt_alloc(4 * LONG);
    MPI_Request request;
    MPI_Status status;

    if (mt_rank == RECEIVER) {
        memset(buffer, FILL, 4 * LONG);
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Irecv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
        tell(0);
        mt_compute(0.002);
        CHECK_CLASS(MPI_Wait(&request, &status), MPI_ERR_TRUNCATE, "message that is too long");
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
        if (mt_is_tocsin()) /* others deliver nothing of it */
            CHECK_FILLED(buffer, LONG, 41, "message that is too long");
        CHECK_UNTOUCHED(buffer + LONG, 3 * LONG, FILL, "what lies behind the buffer");
    } else if (mt_rank == 0) {
        mt_fill(buffer, 4 * LONG, 41);
        be_told();
        MPI_Send(buffer, 4 * LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
    }
    free(buffer);
}

/* Nobody hears of its end but by what is sent afterwards. */
static void freed(void)
{
    unsigned char *buffer = mt_alloc(LONG);
    MPI_Request request;

    if (mt_rank == RECEIVER) {
        memset(buffer, FILL, LONG);
        MPI_Irecv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
        MPI_Request_free(&request);
        tell(0);
        mt_compute(0.002);
        MPI_Recv(NULL, 0, MPI_BYTE, 0, OTHER_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(buffer, LONG, 51, "receive whose request was freed");
    } else if (mt_rank == 0) {
        mt_fill(buffer, LONG, 51);
        be_told();
        MPI_Ssend(buffer, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
        MPI_Send(NULL, 0, MPI_BYTE, RECEIVER, OTHER_TAG, MPI_COMM_WORLD);
    }
    free(buffer);
}

/* ---- MPI_Cancel */

/* At a moment that differs from round to round by fractions of a microsecond, as does the sender's.
 * A cancelled receive's buffer stays as it was, and the next receive gets the message. */
static int cancel_once(unsigned char *buffer, unsigned char *spare, uint64_t *state, unsigned seed)
{
    const double pause = 1e-7 * mt_random_below(state, 700);
    MPI_Request request;
    MPI_Status status;
    int cancelled;

    memset(buffer, FILL, LONG);
    MPI_Irecv(buffer, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
    tell(0);
    mt_compute(pause);
    MPI_Cancel(&request);
    MPI_Wait(&request, &status);
    MPI_Test_cancelled(&status, &cancelled);
    if (cancelled) {
        MPI_Recv(spare, LONG, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &status);
        CHECK_UNTOUCHED(buffer, LONG, FILL, "buffer of a cancelled receive");
        buffer = spare;
    }
    CHECK_STATUS(&status, 0, TAG, MPI_BYTE, LONG, "message after MPI_Cancel");
    CHECK_FILLED(buffer, LONG, seed, "message after MPI_Cancel");
    return cancelled;
}

static void cancels(int rounds)
{
    unsigned char *buffer = mt_alloc(LONG), *spare = mt_alloc(LONG);
    uint64_t state = 1000 + (uint64_t)mt_rank;
    int count = 0;

    for (int i = 0; i < rounds; i++) {
        if (mt_rank == RECEIVER) {
            count += cancel_once(buffer, spare, &state, (unsigned)i);
        } else if (mt_rank == 0) {
            mt_fill(buffer, LONG, (unsigned)i);
            MPI_Recv(NULL, 0, MPI_BYTE, RECEIVER, GO, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            mt_compute(1e-7 * mt_random_below(&state, 700));
            MPI_Send(buffer, LONG, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD);
        }
    }
    if (mt_rank == RECEIVER && getenv("TESTS_VERBOSE"))
        fprintf(stderr, "%d of %d receives were cancelled\n", count, rounds);
    free(buffer);
    free(spare);
}

/* ---- the copy fails */

/* What was claimed goes through shared memory then, and so does all that follows. */
static void refused(bool sender, bool receiver)
{
    unsigned char *buffer = mt_alloc(4 * LONG);
    MPI_Request request;

    for (int i = 0; i < 12; i++) {
        const int bytes = (1 + i % 4) * LONG;

        if (mt_rank == RECEIVER) {
            memset(buffer, FILL, 4 * LONG);
            MPI_Irecv(buffer, bytes, MPI_BYTE, 0, TAG, MPI_COMM_WORLD, &request);
            if (i == 4 && receiver)
                CHECK(refuse_copies(EPERM), "no filter can be set");
            tell(0);
            mt_compute(0.002);
            MPI_Wait(&request, MPI_STATUS_IGNORE);
            CHECK_FILLED(buffer, (size_t)bytes, (unsigned)i, "message after a copy that failed");
        } else if (mt_rank == 0) {
            mt_fill(buffer, (size_t)bytes, (unsigned)i);
            be_told();
            if (i == 4 && sender)
                CHECK(refuse_copies(EPERM), "no filter can be set");
            MPI_Isend(buffer, bytes, MPI_BYTE, RECEIVER, TAG, MPI_COMM_WORLD, &request);
            if (i % 3 == 1)
                mt_compute(0.004); /* the receiver tries first */
            MPI_Wait(&request, MPI_STATUS_IGNORE);
        }
    }
    free(buffer);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    advertises = mt_is_tocsin() && !is_set("TOCSIN_ADVERTISE", "0") && !is_set("TOCSIN_CMA", "0");
    MPI_Barrier(MPI_COMM_WORLD); /* all know each other */
    if (argc > 2 && !strcmp(argv[1], "refused")) {
        refused(strcmp(argv[2], "1") != 0, strcmp(argv[2], "0") != 0);
        return mt_end();
    }
    alone();
    if (argc > 1 && !strcmp(argv[1], "alone"))
        return mt_end();
    for (int i = 0; i < 20; i++) {
        neighbours(i % 2);
        probes_and_wildcards(i % 2);
        truncated();
        freed();
    }
    cancels(400);
    return mt_end();
}
