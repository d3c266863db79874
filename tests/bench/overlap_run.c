/* SPDX-License-Identifier: BSD-3-Clause */
#include "overlap.h"

enum { BLOCK = 64, STRIDE = 128 };

/* The common start lies this far ahead, time enough for both ranks to leave MPI and see it. */
static const double start_ahead = 60e-6;
static const double start_tolerance = 5e-6;

void overlap_message_init(struct message *m, size_t bytes, bool strided)
{
    *m = (struct message){
        .bytes = bytes,
        .strided = strided,
        .buffer = bench_alloc(strided ? bytes * (STRIDE / BLOCK) : bytes),
        .count = strided ? 1 : (int)bytes,
        .type = MPI_BYTE,
    };
    if (strided) {
        MPI_Type_vector((int)(bytes / BLOCK), BLOCK, STRIDE, MPI_BYTE, &m->type);
        MPI_Type_commit(&m->type);
    }
}

void overlap_message_free(struct message *m)
{
    if (m->strided)
        MPI_Type_free(&m->type);
    free(m->buffer);
}

/* The place of the i-th byte of data. */
static unsigned char *byte_of(const struct message *m, size_t i)
{
    return m->buffer + (m->strided ? i / BLOCK * STRIDE + i % BLOCK : i);
}

/* A start a little ahead, the same for both ranks; waits for it without calling MPI. */
static double common_start(void)
{
    double proposal = bench_now() + start_ahead, start;

    MPI_Allreduce(&proposal, &start, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    while (bench_now() < start)
        ;
    return start;
}

/* Computes in small portions until the byte is the expected one or the time is over. */
static double watch_for(const volatile unsigned char *byte, unsigned char expected, double seconds)
{
    const double end = bench_now() + seconds;
    double t;

    do {
        bench_compute(20);
        t = bench_now();
        if (*byte == expected)
            return t;
    } while (t < end);
    return -1.0;
}

static void post(const struct run *run, const struct message *m, MPI_Request *request)
{
    if (run->rank == SENDER)
        MPI_Isend(m->buffer, m->count, m->type, RECEIVER, 0, MPI_COMM_WORLD, request);
    else
        MPI_Irecv(m->buffer, m->count, m->type, SENDER, 0, MPI_COMM_WORLD, request);
}

/* First, last and one byte of every 4096, so that checking does not fill the cache with the rest.
 */
static void check(const struct message *m, unsigned char expected)
{
    bench_require(*byte_of(m, m->bytes - 1) == expected, "overlap: the last byte is wrong");
    for (size_t i = 0; i < m->bytes; i += 4096)
        bench_require(*byte_of(m, i) == expected, "overlap: wrong data");
}

struct outcome overlap_run(const struct run *run, const struct message *m)
{
    static unsigned char serial;
    const bool receives = run->rank == RECEIVER;
    const uint64_t turns = run->turns[run->rank];
    MPI_Request request = MPI_REQUEST_NULL;
    double arrived = -1.0;

    /* New contents every time, never those of the time before. */
    serial = (unsigned char)(serial % 255 + 1);
    if (!receives)
        memset(m->buffer, serial, m->strided ? m->bytes * (STRIDE / BLOCK) : m->bytes);

    const double start = common_start();
    const double begun = bench_now();

    if (run->communicate)
        post(run, m, &request);
    const double posted = bench_now();

    if (run->watch && receives && turns)
        arrived = watch_for(byte_of(m, m->bytes - 1), serial, run->watch_time);
    else if (turns)
        bench_compute(turns);
    const double computed = bench_now();

    if (run->communicate)
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    const double end = bench_now();

    if (arrived < 0.0)
        arrived = end; /* inside MPI_Wait */
    if (run->communicate && receives)
        check(m, serial);

    /* Times of both ranks; the latest counts. What only the other rank knows is 0 here. */
    double mine[10] = {end - start,
                       begun - start,
                       receives ? 0.0 : posted - begun,
                       receives ? posted - begun : 0.0,
                       receives ? 0.0 : end - computed,
                       receives ? end - computed : 0.0,
                       receives ? 0.0 : begun,
                       receives ? arrived : 0.0,
                       receives ? 0.0 : end - start,
                       receives ? end - start : 0.0};
    double all[10];

    MPI_Allreduce(mine, all, 10, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return (struct outcome){
        .elapsed = all[0],
        .own = {all[8], all[9]},
        .disturbed = all[1] > start_tolerance,
        .post = {all[2], all[3]},
        .wait = {all[4], all[5]},
        .arrival = all[7] - all[6],
    };
}
