/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random traffic among all ranks. Every rank draws the same plan from the same seed: who sends what
 * to whom, by which call. Some messages are blocking and done in the order of the plan, which
 * cannot dead-lock; the others are non-blocking, received by name on one communicator and by
 * wildcards on another, posted early or late, and completed in random order by random calls.
 *
 *     p2p_random [first seed [number of seeds]]
 */
#include "mpitest.h"

enum { MESSAGES = 400, LARGEST = 400000, HEAD = 16 };

enum kind { BLOCKING, NAMED, WILD };

struct message {
    int from, to, tag, size;
    enum kind kind;
    bool synchronous, early; /* early: the receive is posted before anything is sent */
};

/* At the beginning of every message; the rest is mt_fill with the serial number as seed. */
struct head {
    uint32_t serial, size, from, mark;
};
_Static_assert(sizeof(struct head) == HEAD, "the head has no gaps");

struct active {
    MPI_Request request;
    unsigned char *buffer;
    int serial; /* that is due; -1: a send; -2: any, a receive by wildcard */
};

static MPI_Comm named, wild;
static struct message plan[MESSAGES];
static struct active active[2 * MESSAGES];
static int actives;

static void draw_plan(uint64_t *state)
{
    for (int i = 0; i < MESSAGES; i++) {
        static const int limits[] = {20, 200, 5000, 80000, LARGEST - HEAD};
        const int c = mt_random_below(state, 20);

        plan[i] = (struct message){
            .from = mt_random_below(state, mt_size),
            .to = mt_random_below(state, mt_size),
            .tag = mt_random_below(state, 4),
            .size = HEAD + mt_random_below(state, limits[c < 8    ? 0
                                                         : c < 14 ? 1
                                                         : c < 18 ? 2
                                                                  : c - 15]),
            .kind = (enum kind)mt_random_below(state, 3),
            .synchronous = mt_random_below(state, 4) == 0,
            .early = mt_random_below(state, 2) == 0,
        };
        if (plan[i].kind == BLOCKING && plan[i].from == plan[i].to)
            plan[i].kind = NAMED;
    }
}

static unsigned char *make(int serial)
{
    const struct message *m = &plan[serial];
    unsigned char *b = mt_alloc((size_t)m->size);
    const struct head h = {(uint32_t)serial, (uint32_t)m->size, (uint32_t)m->from, 0x70c51e57};

    memcpy(b, &h, HEAD);
    mt_fill(b + HEAD, (size_t)(m->size - HEAD), (unsigned)serial);
    return b;
}

/* Check a message against the plan; returns its serial number. */
static int check(const unsigned char *b, const MPI_Status *status)
{
    struct head h;
    int n;

    MPI_Get_count(status, MPI_BYTE, &n);
    CHECK(n >= HEAD, "message of %d bytes", n);
    memcpy(&h, b, HEAD);
    CHECK(h.mark == 0x70c51e57 && h.serial < MESSAGES, "message with a head of nonsense");

    const struct message *m = &plan[h.serial];

    CHECK(m->to == mt_rank, "message %u is for rank %d", h.serial, m->to);
    CHECK_STATUS(status, m->from, m->tag, MPI_BYTE, m->size, "random message");
    CHECK_FILLED(b + HEAD, (size_t)(m->size - HEAD), h.serial, "random message");
    return (int)h.serial;
}

/*
 * The serial that the receive being posted must get: the first message of this source and tag that
 * no earlier receive is due to get. Receives are posted in another order than the messages are
 * sent.
 */
static int due(int from, int tag, bool *taken)
{
    for (int i = 0; i < MESSAGES; i++) {
        const struct message *m = &plan[i];

        if (!taken[i] && m->to == mt_rank && m->kind == NAMED && m->from == from && m->tag == tag) {
            taken[i] = true;
            return i;
        }
    }
    FAIL("no message of rank %d with tag %d is left (the test itself)", from, tag);
}

static void post_receives(bool early, bool *taken)
{
    for (int i = 0; i < MESSAGES; i++) {
        const struct message *m = &plan[i];
        struct active *a = &active[actives];

        if (m->to != mt_rank || m->kind == BLOCKING || m->early != early)
            continue;
        a->serial = m->kind == WILD ? -2 : due(m->from, m->tag, taken);
        a->buffer = mt_alloc(LARGEST);
        if (m->kind == WILD)
            MPI_Irecv(a->buffer, LARGEST, MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG, wild, &a->request);
        else
            MPI_Irecv(a->buffer, LARGEST, MPI_BYTE, m->from, m->tag, named, &a->request);
        actives++;
    }
}

static void start_sends(void)
{
    for (int i = 0; i < MESSAGES; i++) {
        const struct message *m = &plan[i];
        struct active *a = &active[actives];
        const MPI_Comm comm = m->kind == WILD ? wild : named;

        if (m->from != mt_rank || m->kind == BLOCKING)
            continue;
        a->serial = -1;
        a->buffer = make(i);
        if (m->synchronous)
            MPI_Issend(a->buffer, m->size, MPI_BYTE, m->to, m->tag, comm, &a->request);
        else
            MPI_Isend(a->buffer, m->size, MPI_BYTE, m->to, m->tag, comm, &a->request);
        actives++;
    }
}

/* In the order of the plan everywhere: whoever waits, waits for a rank that is not further on. */
static void do_blocking(void)
{
    unsigned char *in = mt_alloc(LARGEST);

    for (int i = 0; i < MESSAGES; i++) {
        const struct message *m = &plan[i];

        if (m->kind != BLOCKING)
            continue;
        if (m->from == mt_rank) {
            unsigned char *b = make(i);

            if (m->synchronous)
                MPI_Ssend(b, m->size, MPI_BYTE, m->to, m->tag, MPI_COMM_WORLD);
            else
                MPI_Send(b, m->size, MPI_BYTE, m->to, m->tag, MPI_COMM_WORLD);
            free(b);
        } else if (m->to == mt_rank) {
            MPI_Status status;

            MPI_Recv(in, LARGEST, MPI_BYTE, m->from, m->tag, MPI_COMM_WORLD, &status);
            CHECK_EQ(check(in, &status), i, "serial of a blocking message");
        }
    }
    free(in);
}

static void finish(int k, const MPI_Status *status, bool *seen)
{
    struct active *a = &active[k];

    if (a->serial != -1) {
        const int serial = check(a->buffer, status);
        const bool is_wild = plan[serial].kind == WILD;

        CHECK(!seen[serial], "message %d came twice", serial);
        seen[serial] = true;
        CHECK(is_wild == (a->serial == -2), "message %d came on the wrong communicator", serial);
        CHECK(is_wild || serial == a->serial, "message %d came where %d was due", serial,
              a->serial);
    }
    free(a->buffer);
    a->buffer = NULL;
}

static void complete_all(uint64_t *state)
{
    bool seen[MESSAGES] = {false};
    MPI_Request requests[2 * MESSAGES];
    MPI_Status statuses[2 * MESSAGES];
    int indices[2 * MESSAGES];

    for (int k = 0; k < actives; k++)
        requests[k] = active[k].request;
    for (int left = actives; left > 0;) {
        int n = 0, flag = 0;
        const int k = mt_random_below(state, actives);

        switch (mt_random_below(state, 6)) {
        case 0:
            if (active[k].buffer) {
                MPI_Wait(&requests[k], &statuses[0]);
                indices[0] = k, n = 1;
            }
            break;
        case 1:
            if (active[k].buffer)
                MPI_Test(&requests[k], &flag, &statuses[0]);
            indices[0] = k, n = flag;
            break;
        case 2:
            MPI_Waitany(actives, requests, &indices[0], &statuses[0]);
            n = 1;
            break;
        case 3:
            MPI_Testany(actives, requests, &indices[0], &flag, &statuses[0]);
            n = flag;
            break;
        case 4:
            MPI_Waitsome(actives, requests, &n, indices, statuses);
            break;
        default:
            MPI_Testsome(actives, requests, &n, indices, statuses);
        }
        for (int j = 0; j < n; j++)
            finish(indices[j], &statuses[j], seen);
        left -= n;
    }
    for (int i = 0; i < MESSAGES; i++) {
        const bool mine = plan[i].to == mt_rank && plan[i].kind != BLOCKING;

        CHECK(seen[i] == mine, "message %d was %s", i, mine ? "lost" : "not for this rank");
    }
    actives = 0;
}

static void one_seed(uint64_t seed)
{
    bool taken[MESSAGES] = {false};
    uint64_t state = seed, own;

    draw_plan(&state);
    own = seed * 1000 + (uint64_t)mt_rank;
    post_receives(true, taken);
    if (mt_random_below(&own, 3) == 0)
        mt_compute(1e-6 * mt_random_below(&own, 500));
    start_sends();
    do_blocking();
    post_receives(false, taken);
    complete_all(&own);
    /* A wildcard of this round must not take a message of the next one. */
    MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);

    const int first = argc > 1 ? atoi(argv[1]) : 1;
    const int seeds = argc > 2 ? atoi(argv[2]) : 10;

    MPI_Comm_dup(MPI_COMM_WORLD, &named);
    MPI_Comm_dup(MPI_COMM_WORLD, &wild);
    for (int s = 0; s < seeds; s++)
        one_seed((uint64_t)(first + s));
    MPI_Comm_free(&named);
    MPI_Comm_free(&wild);
    return mt_end();
}
