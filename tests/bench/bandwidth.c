/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bandwidth: windows of non-blocking messages, one way and both ways at once, the median of many
 * windows; 10^6 bytes a second, both directions added. bandwidth_MBps/SIZE, both_ways_MBps/SIZE
 *
 * All messages of a window use the same memory, as in the benchmarks that people know (OSU, IMB);
 * what is received is the same each time. With the argument "distinct" every message has its own,
 * up to 64 MiB in all: bandwidth_distinct_MBps/SIZE, both_ways_distinct_MBps/SIZE
 */
#include "bench.h"

enum { WINDOWS = 15, LONGEST_WINDOW = 64 };

struct traffic {
    unsigned char *out, *in;
    size_t bytes, stride; /* from one message's memory to that of the next */
    int length;           /* messages of a window */
};

static int window_length(size_t bytes)
{
    const size_t fits = ((size_t)64 << 20) / (bytes ? bytes : 1);

    return fits < 2 ? 2 : fits > LONGEST_WINDOW ? LONGEST_WINDOW : (int)fits;
}

/* One window; the time until both ranks know that it is through. */
static double window(const struct traffic *t, int rank, bool send, bool receive)
{
    MPI_Request requests[2 * LONGEST_WINDOW];
    const int peer = 1 - rank;
    int n = 0;

    MPI_Barrier(MPI_COMM_WORLD);
    const double start = bench_now();

    for (int i = 0; i < t->length && receive; i++)
        MPI_Irecv(t->in + (size_t)i * t->stride, (int)t->bytes, MPI_BYTE, peer, 0, MPI_COMM_WORLD,
                  &requests[n++]);
    for (int i = 0; i < t->length && send; i++)
        MPI_Isend(t->out + (size_t)i * t->stride, (int)t->bytes, MPI_BYTE, peer, 0, MPI_COMM_WORLD,
                  &requests[n++]);
    MPI_Waitall(n, requests, MPI_STATUSES_IGNORE);
    /* The receiver's word that all has come. */
    if (receive && !send)
        MPI_Send(NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD);
    if (send && !receive)
        MPI_Recv(NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (send && receive)
        MPI_Sendrecv(NULL, 0, MPI_BYTE, peer, 1, NULL, 0, MPI_BYTE, peer, 1, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
    return bench_now() - start;
}

static void measure(const struct bench *b, size_t bytes, bool distinct)
{
    const int windows = b->quick ? 3 : WINDOWS;
    struct traffic t = {.bytes = bytes, .stride = distinct ? bytes : 0};
    double one[WINDOWS], both[WINDOWS];

    t.length = b->quick ? 2 : window_length(bytes);
    t.out = bench_alloc(bytes + t.stride * (size_t)(t.length - 1));
    t.in = bench_alloc(bytes + t.stride * (size_t)(t.length - 1));
    const double moved = (double)bytes * t.length;

    window(&t, b->rank, true, true); /* warm up */
    for (int w = 0; w < windows; w++) {
        one[w] = moved / window(&t, b->rank, b->rank == 0, b->rank == 1);
        both[w] = 2.0 * moved / window(&t, b->rank, true, true);
    }
    if (b->rank == 0) {
        const char *kind = distinct ? "_distinct" : "";

        printf("bandwidth%s_MBps/%zu,%.1f\n", kind, bytes, bench_median(one, windows) * 1e-6);
        printf("both_ways%s_MBps/%zu,%.1f\n", kind, bytes, bench_median(both, windows) * 1e-6);
    }
    free(t.in);
    free(t.out);
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, "1K,16K,64K,256K,1M,4M");
    bench_require(b.size == 2, "bandwidth: needs exactly 2 ranks");
    const bool distinct = b.argc > 0 && !strcmp(b.argv[0], "distinct");

    for (int k = 0; k < b.size_count; k++)
        measure(&b, b.sizes[k], distinct);
    return bench_end();
}
