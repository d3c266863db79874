/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rank 1 posts receives by name and by wildcard, computes, cancels, tests, probes and posts again,
 * all at random, while the other ranks send messages of all lengths to it, by any call. Whatever
 * came about in which order: what was received must be a matching that MPI allows (MPI 5.0, section
 * 3.5).
 *
 *     p2p_advertised_random [first seed [number of seeds]]
 */
#include "mpitest.h"

enum { RECEIVER = 1, TAGS = 2, COMMS = 2, MESSAGES = 60, MOST_RECEIVES = 4096, LARGEST = 1 << 20 };
enum { HEAD = 16, FILL = 0xa5, ACTIVE = 12 };

static MPI_Comm comms[COMMS];

struct head {
    int32_t from, serial;
    int64_t size;
};
_Static_assert(sizeof(struct head) == HEAD, "the head has no gaps");

/* ---- senders: rank and serial number determine the message, given the seed */

struct message {
    int tag, comm, size, call;
};

static struct message draw_message(uint64_t *state)
{
    static const int limits[] = {40, 4000, 60000, 120000, 400000, LARGEST - HEAD};

    return (struct message){
        .tag = mt_random_below(state, TAGS),
        .comm = mt_random_below(state, 8) == 0,
        .size = HEAD + mt_random_below(state, limits[mt_random_below(state, 6)]),
        .call = mt_random_below(state, 5),
    };
}

static void draw_messages(uint64_t seed, int rank, struct message *messages)
{
    uint64_t state = seed * 1000 + (uint64_t)rank;

    for (int i = 0; i < MESSAGES; i++)
        messages[i] = draw_message(&state);
}

static unsigned seed_of(int from, int serial)
{
    return (unsigned)(from * MESSAGES + serial);
}

static void send_all(uint64_t seed)
{
    struct message messages[MESSAGES];
    unsigned char *buffers[MESSAGES];
    MPI_Request requests[MESSAGES];
    uint64_t state = seed * 77 + (uint64_t)mt_rank;

    draw_messages(seed, mt_rank, messages);
    for (int i = 0; i < MESSAGES; i++) {
        const struct message *m = &messages[i];
        const struct head head = {mt_rank, i, m->size};

        buffers[i] = mt_alloc((size_t)m->size);
        memcpy(buffers[i], &head, HEAD);
        mt_fill(buffers[i] + HEAD, (size_t)m->size - HEAD, seed_of(mt_rank, i));
        requests[i] = MPI_REQUEST_NULL;
        if (m->call == 0)
            MPI_Send(buffers[i], m->size, MPI_BYTE, RECEIVER, m->tag, comms[m->comm]);
        else if (m->call == 1)
            MPI_Ssend(buffers[i], m->size, MPI_BYTE, RECEIVER, m->tag, comms[m->comm]);
        else if (m->call == 2)
            MPI_Issend(buffers[i], m->size, MPI_BYTE, RECEIVER, m->tag, comms[m->comm],
                       &requests[i]);
        else
            MPI_Isend(buffers[i], m->size, MPI_BYTE, RECEIVER, m->tag, comms[m->comm],
                      &requests[i]);
        if (mt_random_below(&state, 3) == 0)
            mt_compute(1e-6 * mt_random_below(&state, 100));
        else if (mt_random_below(&state, 4) == 0 && requests[i] != MPI_REQUEST_NULL)
            MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
    }
    MPI_Waitall(MESSAGES, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < MESSAGES; i++)
        free(buffers[i]);
}

/* ---- receiver */

enum outcome { PENDING, GOT, CANCELLED, LEFT_OVER };

/* In the order of posting; a matching probe counts as a receive posted at that moment. */
struct receive {
    int source, tag, comm;
    enum outcome outcome;
    int from, serial; /* what it has got */
};

static struct receive receives[MOST_RECEIVES];
static int posted, received;
static int wanted; /* messages in all */
static struct message sent[64][MESSAGES];

/* Those that are under way. */
static MPI_Request requests[ACTIVE];
static unsigned char *buffers[ACTIVE];
static int number[ACTIVE]; /* in receives */

static struct receive *new_receive(int source, int tag, int comm)
{
    CHECK(posted < MOST_RECEIVES, "too many receives (the test itself)");
    receives[posted] = (struct receive){.source = source, .tag = tag, .comm = comm};
    return &receives[posted++];
}

static void got(struct receive *r, const unsigned char *buffer, const MPI_Status *status)
{
    struct head head;
    int count;

    MPI_Get_count(status, MPI_BYTE, &count);
    CHECK(count >= HEAD, "message of %d bytes", count);
    memcpy(&head, buffer, HEAD);
    CHECK(head.from >= 0 && head.from < mt_size && head.serial >= 0 && head.serial < MESSAGES,
          "message with a head of nonsense");

    const struct message *m = &sent[head.from][head.serial];

    CHECK_STATUS(status, head.from, m->tag, MPI_BYTE, m->size, "message");
    CHECK_EQ(r->comm, m->comm, "communicator");
    CHECK(r->source < 0 || r->source == head.from, "message of rank %d", head.from);
    CHECK(r->tag < 0 || r->tag == m->tag, "message with tag %d", m->tag);
    CHECK_FILLED(buffer + HEAD, (size_t)(m->size - HEAD), seed_of(head.from, head.serial),
                 "message");
    r->outcome = GOT;
    r->from = head.from;
    r->serial = head.serial;
    received++;
}

static void post(int k, uint64_t *state, bool wild)
{
    const int source =
        mt_random_below(state, 5) == 0 ? MPI_ANY_SOURCE : mt_random_below(state, mt_size);
    const int tag = mt_random_below(state, 6) == 0 ? MPI_ANY_TAG : mt_random_below(state, TAGS);
    struct receive *r;

    if (wild)
        r = new_receive(MPI_ANY_SOURCE, MPI_ANY_TAG, mt_random_below(state, COMMS));
    else
        r = new_receive(source == RECEIVER ? 0 : source, tag, mt_random_below(state, 8) == 0);
    number[k] = posted - 1;
    memset(buffers[k], FILL, HEAD);
    MPI_Irecv(buffers[k], LARGEST, MPI_BYTE, r->source, r->tag, comms[r->comm], &requests[k]);
}

static void cancel(int k, enum outcome if_cancelled)
{
    struct receive *r = &receives[number[k]];
    MPI_Status status;
    int cancelled;

    MPI_Cancel(&requests[k]);
    MPI_Wait(&requests[k], &status);
    MPI_Test_cancelled(&status, &cancelled);
    if (cancelled) {
        r->outcome = if_cancelled;
        CHECK_UNTOUCHED(buffers[k], HEAD, FILL, "buffer of a cancelled receive");
    } else {
        got(r, buffers[k], &status);
    }
}

static void probe(uint64_t *state)
{
    static unsigned char buffer[LARGEST];
    const int comm = mt_random_below(state, COMMS);
    MPI_Message message;
    MPI_Status status;
    int flag;

    MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, comms[comm], &flag, &message, &status);
    if (!flag)
        return;

    struct receive *r = new_receive(MPI_ANY_SOURCE, MPI_ANY_TAG, comm);

    MPI_Mrecv(buffer, LARGEST, MPI_BYTE, &message, &status);
    got(r, buffer, &status);
}

/* One thing or another. With `wild` whatever is sent finds a receive in the end. */
static void act(uint64_t *state, bool wild)
{
    const int k = mt_random_below(state, ACTIVE);
    MPI_Status status;
    int flag;

    if (requests[k] == MPI_REQUEST_NULL) {
        post(k, state, wild);
        return;
    }
    switch (mt_random_below(state, 8)) {
    case 0:
        cancel(k, CANCELLED);
        break;
    case 1:
        probe(state);
        break;
    case 2:
    case 3:
        mt_compute(1e-6 * mt_random_below(state, 150));
        break;
    default:
        MPI_Test(&requests[k], &flag, &status);
        if (flag)
            got(&receives[number[k]], buffers[k], &status);
    }
}

/* ---- what MPI demands */

static bool accepts(const struct receive *r, int from, const struct message *m)
{
    return r->comm == m->comm && (r->source < 0 || r->source == from) &&
           (r->tag < 0 || r->tag == m->tag);
}

/* Earlier receives that could have had this one's message have another, not a later one of the same
 * sender's. */
static void check_earlier_receives(int i)
{
    const struct receive *r = &receives[i];

    for (int j = 0; j < i; j++) {
        const struct receive *earlier = &receives[j];

        if (earlier->outcome == CANCELLED || !accepts(earlier, r->from, &sent[r->from][r->serial]))
            continue;
        CHECK(earlier->outcome == GOT, "receive %d has message %d of rank %d, receive %d none", i,
              r->serial, r->from, j);
        CHECK(earlier->from != r->from || earlier->serial < r->serial ||
                  !accepts(r, r->from, &sent[r->from][earlier->serial]),
              "receive %d has message %d of rank %d, receive %d message %d", i, r->serial, r->from,
              j, earlier->serial);
    }
}

/* Earlier messages of this one's sender that this receive could have had went to earlier receives.
 */
static void check_earlier_messages(int i, const int *receiver_of)
{
    const struct receive *r = &receives[i];

    for (int k = 0; k < r->serial; k++)
        CHECK(!accepts(r, r->from, &sent[r->from][k]) || receiver_of[k] < i,
              "receive %d has message %d of rank %d, message %d went to receive %d", i, r->serial,
              r->from, k, receiver_of[k]);
}

static void check_matching(void)
{
    static int receiver_of[64][MESSAGES];

    for (int from = 0; from < mt_size; from++)
        for (int k = 0; k < MESSAGES; k++)
            receiver_of[from][k] = -1;
    for (int i = 0; i < posted; i++) {
        const struct receive *r = &receives[i];

        if (r->outcome != GOT)
            continue;
        CHECK_EQ(receiver_of[r->from][r->serial], -1, "receive that has the same message");
        receiver_of[r->from][r->serial] = i;
    }
    for (int i = 0; i < posted; i++) {
        if (receives[i].outcome == GOT) {
            check_earlier_receives(i);
            check_earlier_messages(i, receiver_of[receives[i].from]);
        }
    }
}

static void receive_all(uint64_t seed)
{
    uint64_t state = seed * 99;
    const double start = mt_now();

    posted = received = 0;
    wanted = (mt_size - 1) * MESSAGES;
    for (int from = 0; from < mt_size; from++)
        draw_messages(seed, from, sent[from]);
    for (int k = 0; k < ACTIVE; k++)
        requests[k] = MPI_REQUEST_NULL;
    /* Not many more by name than can have a message, or the list gets long. */
    for (int acts = 0; received < wanted; acts++) {
        act(&state, acts > 20 * wanted || mt_random_below(&state, 10) == 0);
        CHECK(mt_now() < start + 60, "%d of %d messages came", received, wanted);
    }
    for (int k = 0; k < ACTIVE; k++)
        if (requests[k] != MPI_REQUEST_NULL)
            cancel(k, LEFT_OVER);
    CHECK_EQ(received, wanted, "number of messages");
    check_matching();
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);

    const int first = argc > 1 ? atoi(argv[1]) : 1;
    const int seeds = argc > 2 ? atoi(argv[2]) : 40;

    CHECK(mt_size <= 64, "at most 64 ranks");
    for (int i = 0; i < COMMS; i++)
        MPI_Comm_dup(MPI_COMM_WORLD, &comms[i]);
    for (int k = 0; mt_rank == RECEIVER && k < ACTIVE; k++)
        buffers[k] = mt_alloc(LARGEST);
    for (int s = 0; s < seeds; s++) {
        if (mt_rank == RECEIVER)
            receive_all((uint64_t)(first + s));
        else
            send_all((uint64_t)(first + s));
        MPI_Barrier(MPI_COMM_WORLD);
    }
    for (int k = 0; mt_rank == RECEIVER && k < ACTIVE; k++)
        free(buffers[k]);
    for (int i = 0; i < COMMS; i++)
        MPI_Comm_free(&comms[i]);
    return mt_end();
}
