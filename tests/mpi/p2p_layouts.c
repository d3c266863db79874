/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long messages of every layout to every layout, and who may compute meanwhile. A rank sends to its
 * neighbour while it receives from it; the last one of an odd number sends to itself. What was
 * promised arrives during the computation, where there is a notifier: a receiver that computes ends
 * when all data are there, a sender when the receiver says so, with a signal.
 *
 *     p2p_layouts [RANKS [ERROR [late]]]
 *
 * RANKS: none, even, odd or all: those run under a seccomp filter that refuses to copy between
 * processes; ERROR: number of the error that it returns (EPERM if none is given). With "late" the
 * filter comes when messages have been copied already.
 */
#include <signal.h>
#include <unistd.h>

#include "mpitest.h"
#include "refuse.h"

enum { TAG = 7, GAP = 0xee };

/* Blocks of `lengths` bytes, in turn, each followed by a gap. */
struct layout {
    const char *name;
    int blocks;
    size_t lengths[4], gaps[4];
    bool backwards; /* elements in the order of falling addresses */
};

static const struct layout layouts[] = {
    {"contiguous", 1, {1}, {0}, false},
    {"8 of 24", 1, {8}, {16}, false},
    {"64 of 128", 1, {64}, {64}, false},
    {"100 of 303", 1, {100}, {203}, false},
    {"1000 of 1003, backwards", 1, {1000}, {3}, true},
    {"9000 of 10000", 1, {9000}, {1000}, false},
    {"mixed", 4, {5, 700, 16, 4096}, {3, 68, 1, 4096}, false},
};
enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

static const size_t sizes[] = {25000, 70000, 1300000};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* A message in memory: `count` elements, `bytes` of data in `span` bytes of memory. */
struct buffer {
    const struct layout *layout;
    MPI_Datatype type;
    int count;
    size_t bytes, element, extent, span;
    unsigned char *memory, *first;
};

static bool alone; /* data must come without a call */
static pid_t peer_pid;
static volatile sig_atomic_t told;

static void hear(int signo)
{
    (void)signo;
    told = 1;
}

static void make_type(struct buffer *b)
{
    int lengths[4];
    MPI_Aint at[4], offset = 0;
    MPI_Datatype blocks;

    for (int i = 0; i < b->layout->blocks; i++) {
        lengths[i] = (int)b->layout->lengths[i];
        at[i] = offset;
        offset += (MPI_Aint)(b->layout->lengths[i] + b->layout->gaps[i]);
        b->element += b->layout->lengths[i];
    }
    b->extent = (size_t)offset;
    MPI_Type_create_hindexed(b->layout->blocks, lengths, at, MPI_BYTE, &blocks);
    MPI_Type_create_resized(blocks, 0, b->layout->backwards ? -offset : offset, &b->type);
    MPI_Type_commit(&b->type);
    MPI_Type_free(&blocks);
}

/* Room for `bytes` or a little less (a little more, if `above`), all of it gap. */
static struct buffer make(const struct layout *layout, size_t bytes, bool above)
{
    struct buffer b = {.layout = layout};

    make_type(&b);
    b.count = (int)(bytes / b.element) + above;
    b.bytes = (size_t)b.count * b.element;
    b.span = (size_t)b.count * b.extent;
    b.memory = mt_alloc(b.span);
    b.first = b.memory + (layout->backwards ? b.span - b.extent : 0);
    memset(b.memory, GAP, b.span);
    return b;
}

static void drop(struct buffer *b)
{
    MPI_Type_free(&b->type);
    free(b->memory);
}

/* The memory of `b` once `bytes` of the contents `seed` are in it. */
static void fill(const struct buffer *b, unsigned char *memory, size_t bytes, unsigned seed)
{
    const struct layout *l = b->layout;
    unsigned char *first = memory + (b->first - b->memory);
    size_t i = 0;

    for (int e = 0; e < b->count && i < bytes; e++) {
        unsigned char *at =
            l->backwards ? first - (size_t)e * b->extent : first + (size_t)e * b->extent;
        for (int k = 0; k < l->blocks; k++) {
            for (size_t j = 0; j < l->lengths[k] && i < bytes; j++, i++)
                at[j] = mt_byte(seed, i);
            at += l->lengths[k] + l->gaps[k];
        }
    }
}

/* Computes until all of the memory is as expected, or for a short time if nothing is promised. */
static void compute_until(const unsigned char *memory, const unsigned char *expected, size_t span,
                          const char *what)
{
    const volatile unsigned char *m = memory;
    const double start = mt_now();

    for (size_t i = 0; i < span; i++) {
        while (m[i] != expected[i]) {
            const double elapsed = mt_now() - start;

            if (!alone && elapsed > 0.001)
                return;
            CHECK(elapsed < 20.0, "%s: byte %zu of %zu did not come while the rank computed", what,
                  i, span);
        }
    }
}

/* Computes until the peer says that it has our message. */
static void compute_until_told(const char *what)
{
    const double start = mt_now();

    while (!told) {
        const double elapsed = mt_now() - start;

        if (!alone && elapsed > 0.001)
            return;
        CHECK(elapsed < 20.0, "%s: not sent while the rank computed", what);
    }
}

enum work { NOBODY, SENDER, RECEIVER, BOTH, WORKS };

/* One way: the lower rank of a pair sends if `up`. */
static void one_way(const struct layout *from, const struct layout *to, size_t bytes,
                    enum work work, bool up)
{
    static const char *const names[] = {"nobody computes", "the sender computes",
                                        "the receiver computes", "both compute"};
    const bool sends = ((mt_rank & 1) == 0) == up;
    const int peer = mt_rank ^ 1;
    char what[200];
    MPI_Request request;
    MPI_Status status;

    snprintf(what, sizeof(what), "%s to %s, %zu bytes, %s", from->name, to->name, bytes,
             names[work]);
    struct buffer b = make(sends ? from : to, bytes, !sends);
    struct buffer f = make(from, bytes, false);
    unsigned char *expected = mt_alloc(b.span);

    memset(expected, GAP, b.span);
    fill(&b, expected, f.bytes, (unsigned)bytes);
    if (sends)
        memcpy(b.memory, expected, b.span);
    else
        MPI_Irecv(b.first, b.count, b.type, peer, TAG, MPI_COMM_WORLD, &request);
    told = 0;
    MPI_Sendrecv(NULL, 0, MPI_BYTE, peer, 1, NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    if (sends) {
        MPI_Isend(b.first, b.count, b.type, peer, TAG, MPI_COMM_WORLD, &request);
        if (work == SENDER || work == BOTH)
            compute_until_told(what);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    } else {
        if (work == RECEIVER || work == BOTH)
            compute_until(b.memory, expected, b.span, what);
        MPI_Wait(&request, &status);
        kill(peer_pid, SIGUSR1);
        CHECK_STATUS(&status, peer, TAG, MPI_BYTE, (int)f.bytes, what);
    }
    for (size_t i = 0; i < b.span && memcmp(b.memory, expected, b.span) != 0; i++)
        CHECK(b.memory[i] == expected[i], "%s: byte %zu of %zu is 0x%02x, expected 0x%02x", what, i,
              b.span, b.memory[i], expected[i]);
    /* Told late: by this message, not the next. */
    MPI_Sendrecv(NULL, 0, MPI_BYTE, peer, 1, NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
    free(expected);
    drop(&f);
    drop(&b);
}

/* All layouts at once, to and from the neighbour or oneself; everybody computes. */
static void crowd(size_t bytes)
{
    const int peer = (mt_rank ^ 1) < mt_size ? mt_rank ^ 1 : mt_rank;
    struct buffer in[LAYOUTS], out[LAYOUTS];
    unsigned char *expected[LAYOUTS];
    MPI_Request requests[2 * LAYOUTS];

    for (int i = 0; i < LAYOUTS; i++) {
        const unsigned seed = (unsigned)(bytes + (size_t)i);

        out[i] = make(&layouts[i], bytes, false);
        fill(&out[i], out[i].memory, out[i].bytes, seed + (unsigned)mt_rank);
        in[i] = make(&layouts[(i + 3) % LAYOUTS], bytes, true);
        expected[i] = mt_alloc(in[i].span);
        memcpy(expected[i], in[i].memory, in[i].span);
        fill(&in[i], expected[i], out[i].bytes, seed + (unsigned)peer);
        MPI_Irecv(in[i].first, in[i].count, in[i].type, peer, TAG + i, MPI_COMM_WORLD,
                  &requests[i]);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = LAYOUTS - 1; i >= 0; i--)
        MPI_Isend(out[i].first, out[i].count, out[i].type, peer, TAG + i, MPI_COMM_WORLD,
                  &requests[LAYOUTS + i]);
    for (int i = 0; i < LAYOUTS; i++)
        compute_until(in[i].memory, expected[i], in[i].span, "all at once");
    MPI_Waitall(2 * LAYOUTS, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < LAYOUTS; i++) {
        CHECK(memcmp(in[i].memory, expected[i], in[i].span) == 0, "all at once: %s, wrong data",
              in[i].layout->name);
        free(expected[i]);
        drop(&in[i]);
        drop(&out[i]);
    }
}

static bool is_refused(const char *ranks, int rank)
{
    return !strcmp(ranks, "all") || !strcmp(ranks, rank % 2 ? "odd" : "even");
}

int main(int argc, char **argv)
{
    const char *number = getenv("TOCSIN_RANK");
    const int error = argc > 2 ? atoi(argv[2]) : EPERM;
    const bool late = argc > 3;
    const bool refused = argc > 1 && is_refused(argv[1], number ? atoi(number) : 0);

    setenv("TOCSIN_QUIET_SIZE", "0", 0); /* short ones arrive during the computation as well */
    if (refused && !late && !refuse_copies(error))
        return MT_SKIP;
    mt_start(&argc, &argv, 1);
    alone = mt_progresses_alone();
    signal(SIGUSR1, hear);

    const int peer = mt_rank ^ 1, pid = (int)getpid();
    int other = 0;

    if (peer < mt_size)
        MPI_Sendrecv(&pid, 1, MPI_INT, peer, 0, &other, 1, MPI_INT, peer, 0, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
    peer_pid = (pid_t)other;
    crowd(sizes[1]);
    if (refused && late && !refuse_copies(error))
        return MT_SKIP;
    for (int k = 0; k < SIZES && peer < mt_size; k++)
        for (int i = 0; i < LAYOUTS; i++)
            for (int j = 0; j < LAYOUTS; j++)
                for (int work = 0; work < WORKS; work++)
                    one_way(&layouts[i], &layouts[j], sizes[k], (enum work)work, (i + j) % 2);
    for (int k = 0; k < SIZES; k++)
        crowd(sizes[k]);
    return mt_end();
}
