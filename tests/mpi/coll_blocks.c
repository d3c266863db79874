/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gather(v), Scatter(v), Allgather(v), Alltoall(v, w), blocking and not: every root, block sizes
 * from nothing to large, other datatypes on the two sides, gaps between blocks, MPI_IN_PLACE.
 */
#include "mpitest.h"

enum { HOLE = -77 };

static MPI_Comm comm;
static int rank, size;
static bool blocking;
static MPI_Datatype spaced; /* an int every 8 bytes */

/* Integer i of what `from` has for `to`. */
static int value(int from, int to, int i)
{
    return from * 1000000 + to * 10000 + i % 9973;
}

static int *ints(size_t n)
{
    int *v = mt_alloc(n * sizeof(int));

    for (size_t i = 0; i < n; i++)
        v[i] = HOLE;
    return v;
}

#define RUN(blocking_call, other_call)                                                             \
    do {                                                                                           \
        if (blocking) {                                                                            \
            blocking_call;                                                                         \
        } else {                                                                                   \
            MPI_Request request;                                                                   \
            other_call;                                                                            \
            if (rank % 2)                                                                          \
                mt_compute(0.0002);                                                                \
            MPI_Wait(&request, MPI_STATUS_IGNORE);                                                 \
        }                                                                                          \
    } while (0)

static void check_block(const int *v, int from, int to, int count, int step, const char *what)
{
    for (int i = 0; i < count; i++) {
        CHECK(v[i * step] == value(from, to, i), "%s: integer %d of %d from %d is %d, expected %d",
              what, i, count, from, v[i * step], value(from, to, i));
        if (step == 2)
            CHECK(v[i * step + 1] == HOLE, "%s: the gap after integer %d was written", what, i);
    }
}

/* The root receives into every second integer. */
static void gathers(int n, int root)
{
    int *send = ints((size_t)n), *all = ints(2 * (size_t)n * (size_t)size);

    for (int i = 0; i < n; i++)
        send[i] = value(rank, root, i);
    RUN(MPI_Gather(send, n, MPI_INT, all, n, spaced, root, comm),
        MPI_Igather(send, n, MPI_INT, all, n, spaced, root, comm, &request));
    for (int r = 0; rank == root && r < size; r++)
        check_block(all + (size_t)r * 2 * n, r, root, n, 2, "Gather");
    if (rank == root) {
        for (int i = 0; i < n * size; i++)
            all[2 * i] = i / (n ? n : 1) == root ? value(root, root, i % n) : HOLE;
        RUN(MPI_Gather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, n, spaced, root, comm),
            MPI_Igather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, n, spaced, root, comm, &request));
        for (int r = 0; r < size; r++)
            check_block(all + (size_t)r * 2 * n, r, root, n, 2, "Gather in place");
    } else {
        RUN(MPI_Gather(send, n, MPI_INT, NULL, -5, MPI_DATATYPE_NULL, root, comm),
            MPI_Igather(send, n, MPI_INT, NULL, -5, MPI_DATATYPE_NULL, root, comm, &request));
    }
    free(send);
    free(all);
}

static void scatters(int n, int root)
{
    int *all = ints((size_t)n * (size_t)size), *receive = ints(2 * (size_t)n);

    for (int i = 0; i < n * size; i++)
        all[i] = value(root, i / n, i % n);
    RUN(MPI_Scatter(all, n, MPI_INT, receive, n, spaced, root, comm),
        MPI_Iscatter(all, n, MPI_INT, receive, n, spaced, root, comm, &request));
    check_block(receive, root, rank, n, 2, "Scatter");
    for (int i = 0; i < n; i++)
        receive[2 * i] = HOLE;
    if (rank == root) {
        RUN(MPI_Scatter(all, n, MPI_INT, MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, root, comm),
            MPI_Iscatter(all, n, MPI_INT, MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, root, comm,
                         &request));
    } else {
        RUN(MPI_Scatter(NULL, 0, MPI_DATATYPE_NULL, receive, n, spaced, root, comm),
            MPI_Iscatter(NULL, 0, MPI_DATATYPE_NULL, receive, n, spaced, root, comm, &request));
        check_block(receive, root, rank, n, 2, "Scatter beside a root in place");
    }
    free(all);
    free(receive);
}

/* Count and place of rank r's block in the forms with vectors: from the last to the first, with a
 * hole of three integers after each. */
static int count_of(int r, int n)
{
    return r == 2 ? 0 : n + r;
}

static int *layout(int n, int **displs, int *total)
{
    int *counts = mt_alloc((size_t)size * sizeof(int));

    *displs = mt_alloc((size_t)size * sizeof(int));
    *total = 0;
    for (int r = size - 1; r >= 0; r--) {
        counts[r] = count_of(r, n);
        (*displs)[r] = *total;
        *total += counts[r] + 3;
    }
    return counts;
}

static void check_vector(const int *all, const int *counts, const int *displs, int to,
                         const char *what)
{
    for (int r = 0; r < size; r++) {
        check_block(all + displs[r], r, to, counts[r], 1, what);
        for (int i = 0; i < 3; i++)
            CHECK(all[displs[r] + counts[r] + i] == HOLE, "%s: the hole after block %d was written",
                  what, r);
    }
}

static void vectors(int n, int root)
{
    int total, *displs;
    int *counts = layout(n, &displs, &total), mine = counts[rank];
    int *all = ints((size_t)total), *send = ints((size_t)mine);

    for (int i = 0; i < mine; i++)
        send[i] = value(rank, root, i);
    RUN(MPI_Gatherv(send, mine, MPI_INT, all, counts, displs, MPI_INT, root, comm),
        MPI_Igatherv(send, mine, MPI_INT, all, counts, displs, MPI_INT, root, comm, &request));
    if (rank == root)
        check_vector(all, counts, displs, root, "Gatherv");
    free(all);

    all = ints((size_t)total);
    RUN(MPI_Allgatherv(send, mine, MPI_INT, all, counts, displs, MPI_INT, comm),
        MPI_Iallgatherv(send, mine, MPI_INT, all, counts, displs, MPI_INT, comm, &request));
    check_vector(all, counts, displs, root, "Allgatherv");
    for (int r = 0; r < size; r++)
        for (int i = 0; r != rank && i < counts[r]; i++)
            all[displs[r] + i] = HOLE;
    RUN(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, displs, MPI_INT, comm),
        MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, displs, MPI_INT, comm,
                        &request));
    check_vector(all, counts, displs, root, "Allgatherv in place");

    for (int r = 0; r < size; r++)
        for (int i = 0; i < counts[r]; i++)
            all[displs[r] + i] = value(root, r, i);
    for (int i = 0; i < mine; i++)
        send[i] = HOLE;
    RUN(MPI_Scatterv(all, counts, displs, MPI_INT, send, mine, MPI_INT, root, comm),
        MPI_Iscatterv(all, counts, displs, MPI_INT, send, mine, MPI_INT, root, comm, &request));
    check_block(send, root, rank, mine, 1, "Scatterv");
    free(all);
    free(send);
    free(counts);
    free(displs);
}

static void allgathers(int n)
{
    int *send = ints((size_t)n), *all = ints(2 * (size_t)n * (size_t)size);

    for (int i = 0; i < n; i++)
        send[i] = value(rank, 0, i);
    RUN(MPI_Allgather(send, n, MPI_INT, all, n, spaced, comm),
        MPI_Iallgather(send, n, MPI_INT, all, n, spaced, comm, &request));
    for (int r = 0; r < size; r++)
        check_block(all + (size_t)r * 2 * n, r, 0, n, 2, "Allgather");
    free(send);
    free(all);
}

static void alltoalls(int n)
{
    int *send = ints((size_t)n * (size_t)size), *all = ints(2 * (size_t)n * (size_t)size);

    for (int i = 0; i < n * size; i++)
        send[i] = value(rank, i / n, i % n);
    RUN(MPI_Alltoall(send, n, MPI_INT, all, n, spaced, comm),
        MPI_Ialltoall(send, n, MPI_INT, all, n, spaced, comm, &request));
    for (int r = 0; r < size; r++)
        check_block(all + (size_t)r * 2 * n, r, rank, n, 2, "Alltoall");
    RUN(MPI_Alltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, send, n, MPI_INT, comm),
        MPI_Ialltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, send, n, MPI_INT, comm, &request));
    for (int r = 0; r < size; r++)
        check_block(send + (size_t)r * n, r, rank, n, 1, "Alltoall in place");
    free(send);
    free(all);
}

/* Rank r sends (r + to) % 3 * n integers to `to`; blocks from the last to the first. */
static void alltoall_vectors(int n)
{
    int *counts = mt_alloc((size_t)size * sizeof(int)),
        *displs = mt_alloc((size_t)size * sizeof(int));
    int *bytes = mt_alloc((size_t)size * sizeof(int)),
        *spaced_bytes = mt_alloc((size_t)size * sizeof(int));
    MPI_Datatype *plain = mt_alloc((size_t)size * sizeof(MPI_Datatype));
    MPI_Datatype *gaps = mt_alloc((size_t)size * sizeof(MPI_Datatype));
    int total = 0;

    for (int r = size - 1; r >= 0; r--) {
        counts[r] = (r + rank) % 3 * n;
        displs[r] = total;
        bytes[r] = total * (int)sizeof(int);
        spaced_bytes[r] = 2 * bytes[r];
        plain[r] = MPI_INT;
        gaps[r] = r % 2 ? spaced : MPI_INT;
        total += counts[r];
    }

    int *send = ints((size_t)total), *all = ints((size_t)total), *wide = ints(2 * (size_t)total);

    for (int r = 0; r < size; r++)
        for (int i = 0; i < counts[r]; i++)
            send[displs[r] + i] = value(rank, r, i);
    RUN(MPI_Alltoallv(send, counts, displs, MPI_INT, all, counts, displs, MPI_INT, comm),
        MPI_Ialltoallv(send, counts, displs, MPI_INT, all, counts, displs, MPI_INT, comm,
                       &request));
    for (int r = 0; r < size; r++)
        check_block(all + displs[r], r, rank, counts[r], 1, "Alltoallv");
    RUN(MPI_Alltoallw(send, counts, bytes, plain, wide, counts, spaced_bytes, gaps, comm),
        MPI_Ialltoallw(send, counts, bytes, plain, wide, counts, spaced_bytes, gaps, comm,
                       &request));
    for (int r = 0; r < size; r++)
        check_block(wide + 2 * displs[r], r, rank, counts[r], r % 2 ? 2 : 1, "Alltoallw");
    RUN(MPI_Alltoallw(MPI_IN_PLACE, NULL, NULL, NULL, send, counts, bytes, plain, comm),
        MPI_Ialltoallw(MPI_IN_PLACE, NULL, NULL, NULL, send, counts, bytes, plain, comm, &request));
    for (int r = 0; r < size; r++)
        check_block(send + displs[r], r, rank, counts[r], 1, "Alltoallw in place");
    free(counts);
    free(displs);
    free(bytes);
    free(spaced_bytes);
    free(plain);
    free(gaps);
    free(send);
    free(all);
    free(wide);
}

static void all_on(MPI_Comm on)
{
    static const int sizes[] = {0, 1, 50, 2000, 30000};

    comm = on;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        const int step = sizes[k] > 2000 ? 3 : 1;

        for (int b = 0; b < 2; b++) {
            blocking = b;
            for (int root = 0; root < size; root += step) {
                gathers(sizes[k], root);
                scatters(sizes[k], root);
                vectors(sizes[k], root);
            }
            allgathers(sizes[k]);
            alltoalls(sizes[k]);
            alltoall_vectors(sizes[k]);
        }
    }
}

int main(int argc, char **argv)
{
    MPI_Comm reversed;

    mt_start(&argc, &argv, 1);
    MPI_Type_create_resized(MPI_INT, 0, 2 * sizeof(int), &spaced);
    MPI_Type_commit(&spaced);
    MPI_Comm_split(MPI_COMM_WORLD, 0, -mt_rank, &reversed);
    all_on(MPI_COMM_WORLD);
    all_on(reversed);
    MPI_Comm_free(&reversed);
    MPI_Type_free(&spaced);
    return mt_end();
}
