/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranks post large messages and then compute without calling MPI. What was promised must arrive;
 * and with a notifier it must arrive *during* the computation, which ends only when the data is
 * there (or, far beyond any delay of a busy machine, with a failure). With TOCSIN_NOTIFY=poll, and
 * with other MPI libraries, the computation just takes a while and the data is there after the
 * wait.
 */
#include "mpitest.h"

enum { TAG = 3, PIECES = 16 };

static const double give_up = 20.0; /* seconds */

static bool alone; /* data must come without a call */

/* Compute until all these last bytes have changed, or for a short time if nothing is promised. */
static void compute_until(unsigned char *const *buffers, int count, size_t bytes, unsigned seed,
                          const char *what)
{
    const double start = mt_now();

    for (int i = 0; i < count; i++) {
        const volatile unsigned char *b = buffers[i];

        /* Data may come in any order inside a message: look at all of it. */
        for (size_t k = 0; k < bytes; k++) {
            while (b[k] != mt_byte(seed + (unsigned)i, k)) {
                const double elapsed = mt_now() - start;

                if (!alone && elapsed > 0.01)
                    return;
                CHECK(elapsed < give_up,
                      "%s: byte %zu of message %d did not come while the rank computed", what, k,
                      i);
            }
        }
    }
}

/* Pairs exchange count messages; these ranks of a pair compute. */
static void exchange(size_t bytes, int count, bool lower_computes, bool upper_computes,
                     const char *what)
{
    const int peer = mt_rank ^ 1;
    const bool compute = mt_rank & 1 ? upper_computes : lower_computes;
    unsigned char *in[PIECES], *out[PIECES];
    MPI_Request requests[2 * PIECES];

    if (peer < mt_size) {
        for (int i = 0; i < count; i++) {
            in[i] = mt_alloc(bytes);
            out[i] = mt_alloc(bytes);
            mt_fill(out[i], bytes, (unsigned)(mt_rank + i));
            for (size_t k = 0; k < bytes; k++)
                in[i][k] = (unsigned char)(mt_byte((unsigned)(peer + i), k) + 1);
            MPI_Irecv(in[i], (int)bytes, MPI_BYTE, peer, TAG, MPI_COMM_WORLD, &requests[i]);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD); /* all receives are posted */
    if (peer < mt_size) {
        for (int i = 0; i < count; i++)
            MPI_Isend(out[i], (int)bytes, MPI_BYTE, peer, TAG, MPI_COMM_WORLD,
                      &requests[count + i]);
        if (compute)
            compute_until(in, count, bytes, (unsigned)peer, what);
        MPI_Waitall(2 * count, requests, MPI_STATUSES_IGNORE);
        for (int i = 0; i < count; i++) {
            CHECK_FILLED(in[i], bytes, (unsigned)(peer + i), what);
            free(in[i]);
            free(out[i]);
        }
    }
}

/*
 * The sender's second message goes out only when its synchronous first one has been matched: by a
 * receiver that computes and is waiting for the second.
 */
static void chain(size_t bytes)
{
    unsigned char *second = mt_alloc(bytes);
    MPI_Request requests[2];
    int first = 0;

    if (mt_rank == 1) {
        for (size_t k = 0; k < bytes; k++)
            second[k] = (unsigned char)(mt_byte(0, k) + 1);
        MPI_Irecv(&first, 1, MPI_INT, 0, 5, MPI_COMM_WORLD, &requests[0]);
        MPI_Irecv(second, (int)bytes, MPI_BYTE, 0, 6, MPI_COMM_WORLD, &requests[1]);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        first = 1234;
        mt_fill(second, bytes, 0);
        MPI_Ssend(&first, 1, MPI_INT, 1, 5, MPI_COMM_WORLD);
        MPI_Send(second, (int)bytes, MPI_BYTE, 1, 6, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        compute_until(&second, 1, bytes, 0, "second message of a chain");
        MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
        CHECK_EQ(first, 1234, "first message of a chain");
        CHECK_FILLED(second, bytes, 0, "second message of a chain");
    }
    free(second);
}

/* To a receiver that has long been computing; the sender waits, or only asks whether it is through.
 */
static void late(size_t bytes, bool test)
{
    unsigned char *buffer = mt_alloc(bytes);
    MPI_Request request;
    int done = 0;

    if (mt_rank == 1) {
        for (size_t k = 0; k < bytes; k++)
            buffer[k] = (unsigned char)(mt_byte(0, k) + 1);
        MPI_Irecv(buffer, (int)bytes, MPI_BYTE, 0, 7, MPI_COMM_WORLD, &request);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        mt_fill(buffer, bytes, 0);
        mt_compute(0.02);
        MPI_Isend(buffer, (int)bytes, MPI_BYTE, 1, 7, MPI_COMM_WORLD, &request);
        while (test && !done)
            MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (!test)
            MPI_Wait(&request, MPI_STATUS_IGNORE);
    } else if (mt_rank == 1) {
        compute_until(&buffer, 1, bytes, 0, "late message");
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK_FILLED(buffer, bytes, 0, "late message");
    }
    free(buffer);
}

/*
 * A sender that waits for one rank, kept busy by another: what it has to send arrives at the first,
 * which computes.
 */
static void busy(size_t bytes)
{
    unsigned char *buffer = mt_alloc(bytes);
    MPI_Request request;
    int go = 1, word = 0;

    if (mt_rank == 1) {
        for (size_t k = 0; k < bytes; k++)
            buffer[k] = (unsigned char)(mt_byte(0, k) + 1);
        MPI_Irecv(buffer, (int)bytes, MPI_BYTE, 0, 8, MPI_COMM_WORLD, &request);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        mt_fill(buffer, bytes, 0);
        mt_compute(0.02);
        MPI_Isend(buffer, (int)bytes, MPI_BYTE, 1, 8, MPI_COMM_WORLD, &request);
        for (int source = 2; source < mt_size; source++) /* it sends until we say stop */
            MPI_Send(&go, 1, MPI_INT, source, 8, MPI_COMM_WORLD);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        go = 0;
        for (int source = 2; source < mt_size; source++) {
            MPI_Send(&go, 1, MPI_INT, source, 8, MPI_COMM_WORLD);
            do
                MPI_Recv(&word, 1, MPI_INT, source, 9, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            while (word >= 0);
        }
    } else if (mt_rank == 1) {
        compute_until(&buffer, 1, bytes, 0, "message of a busy sender");
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK_FILLED(buffer, bytes, 0, "message of a busy sender");
    } else {
        MPI_Recv(&go, 1, MPI_INT, 0, 8, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int stop = 0, i = 0; !stop; i++) {
            MPI_Send(&i, 1, MPI_INT, 0, 9, MPI_COMM_WORLD);
            MPI_Iprobe(0, 8, MPI_COMM_WORLD, &stop, MPI_STATUS_IGNORE);
        }
        MPI_Recv(&go, 1, MPI_INT, 0, 8, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        go = -1;
        MPI_Send(&go, 1, MPI_INT, 0, 9, MPI_COMM_WORLD);
    }
    free(buffer);
}

int main(int argc, char **argv)
{
    /* Not worth an interrupt as long as the sender computes, too; unless TOCSIN_QUIET_SIZE says so,
     * and the argument "struck" with it. */
    static const size_t shorter[] = {20000, 65536, 256 << 10};
    static const size_t sizes[] = {300000, 1 << 20, 3000001};
    const bool struck = argc > 1 && !strcmp(argv[1], "struck");

    mt_start(&argc, &argv, 2);
    alone = mt_progresses_alone();
    for (int k = 0; k < 3; k++) {
        exchange(sizes[k], 1, false, false, "nobody computes");
        exchange(sizes[k], 1, true, false, "the lower rank computes");
        exchange(sizes[k], 1, false, true, "the upper rank computes");
        if (struck) {
            exchange(sizes[k], 1, true, true, "both compute");
            exchange(shorter[k], 1, true, true, "short, both compute");
        }
        chain(sizes[k]);
        late(sizes[k], false);
        late(sizes[k], true);
    }
    for (int k = 0; k < 3; k++) {
        exchange(shorter[k], 1, true, false, "short, the lower rank computes");
        exchange(shorter[k], 1, false, true, "short, the upper rank computes");
        exchange(shorter[k], PIECES, false, true, "many short ones, the upper rank computes");
        chain(shorter[k]);
        late(shorter[k], false);
        late(shorter[k], true);
        busy(shorter[k]);
    }
    exchange((1 << 20) + 1, 1, true, true, "long, both compute");
    exchange(3000001, PIECES, true, true, "many long messages, both compute");
    if (struck)
        exchange(300000, PIECES, true, true, "many messages, both compute");
    exchange(256 << 10, PIECES, false, true, "many messages, the upper rank computes");
    return mt_end();
}
