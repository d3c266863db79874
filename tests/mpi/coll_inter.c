/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Collective operations over inter-communicators: every root of both sides, blocking, non-blocking
 * and persistent, block sizes from nothing to large.
 */
#include "mpitest.h"

enum { HOLE = -77 };

static MPI_Comm inter;
static int side, rank, size, remote_size;

/* Integer i of what rank `from` of a side has for `to`. */
static int value(int of, int from, int to, int i)
{
    return of * 10000000 + from * 100000 + to * 1000 + i % 997;
}

static int *ints(int n)
{
    int *v = mt_alloc((size_t)n * sizeof(int));

    for (int i = 0; i < n; i++)
        v[i] = HOLE;
    return v;
}

static void check(const int *v, int n, int of, int from, int to, const char *what)
{
    for (int i = 0; i < n; i++)
        CHECK(v[i] == value(of, from, to, i), "%s: integer %d of %d from %d is %d, expected %d",
              what, i, n, from, v[i], value(of, from, to, i));
}

/* Elements `skip` to skip + n - 1 of the remote group's sum. */
static void check_sum(const int *v, int n, int skip, const char *what)
{
    for (int i = 0; i < n; i++) {
        int sum = 0;

        for (int r = 0; r < remote_size; r++)
            sum += value(!side, r, 0, skip + i);
        CHECK(v[i] == sum, "%s: element %d is %d, expected %d", what, i, v[i], sum);
    }
}

static void untouched(const int *v, int n, const char *what)
{
    for (int i = 0; i < n; i++)
        CHECK(v[i] == HOLE, "%s: integer %d was written", what, i);
}

/* The same call in its three forms; the persistent one twice. */
enum form { BLOCKING, NONBLOCKING, PERSISTENT, FORMS };
static enum form form;

#define RUN(blocking_call, other_call, init_call)                                                  \
    do {                                                                                           \
        MPI_Request request;                                                                       \
        if (form == BLOCKING) {                                                                    \
            blocking_call;                                                                         \
        } else if (form == NONBLOCKING) {                                                          \
            other_call;                                                                            \
            if (rank % 2)                                                                          \
                mt_compute(0.0002);                                                                \
            MPI_Wait(&request, MPI_STATUS_IGNORE);                                                 \
        } else {                                                                                   \
            init_call;                                                                             \
            for (int turn = 0; turn < 2; turn++) {                                                 \
                MPI_Start(&request);                                                               \
                MPI_Wait(&request, MPI_STATUS_IGNORE);                                             \
            }                                                                                      \
            MPI_Request_free(&request);                                                            \
        }                                                                                          \
    } while (0)

#define INFO MPI_INFO_NULL

/* The root is rank `root` of `root_side`. */
static void rooted(int n, int root_side, int root)
{
    const bool above = side == root_side;
    const int as = !above ? root : rank == root ? MPI_ROOT : MPI_PROC_NULL;
    const int most = (remote_size > size ? remote_size : size) * (n + 8);
    int *send = ints(most), *receive = ints(most);
    int counts[64], displs[64], total = 0;

    for (int i = 0; i < n; i++)
        send[i] = value(side, rank, 0, i);
    RUN(MPI_Bcast(above ? send : receive, n, MPI_INT, as, inter),
        MPI_Ibcast(above ? send : receive, n, MPI_INT, as, inter, &request),
        MPI_Bcast_init(above ? send : receive, n, MPI_INT, as, inter, INFO, &request));
    if (!above)
        check(receive, n, !side, root, 0, "Bcast");
    untouched(above ? receive : receive + n, above ? most : most - n, "Bcast");

    for (int i = 0; i < n; i++)
        receive[i] = HOLE;
    RUN(MPI_Reduce(send, receive, n, MPI_INT, MPI_SUM, as, inter),
        MPI_Ireduce(send, receive, n, MPI_INT, MPI_SUM, as, inter, &request),
        MPI_Reduce_init(send, receive, n, MPI_INT, MPI_SUM, as, inter, INFO, &request));
    if (as == MPI_ROOT)
        check_sum(receive, n, 0, "Reduce");
    else
        untouched(receive, most, "Reduce");

    for (int i = 0; i < most; i++)
        receive[i] = HOLE;
    RUN(MPI_Gather(send, n, MPI_INT, receive, n, MPI_INT, as, inter),
        MPI_Igather(send, n, MPI_INT, receive, n, MPI_INT, as, inter, &request),
        MPI_Gather_init(send, n, MPI_INT, receive, n, MPI_INT, as, inter, INFO, &request));
    for (int r = 0; as == MPI_ROOT && r < remote_size; r++)
        check(receive + r * n, n, !side, r, 0, "Gather");
    if (as != MPI_ROOT)
        untouched(receive, most, "Gather");

    for (int i = 0; i < most; i++)
        receive[i] = HOLE;
    for (int r = remote_size - 1; r >= 0; r--) {
        counts[r] = n + r % 3;
        displs[r] = total;
        total += counts[r];
    }
    for (int i = 0; i < n + rank % 3; i++)
        send[i] = value(side, rank, 0, i);
    RUN(MPI_Gatherv(send, n + rank % 3, MPI_INT, receive, counts, displs, MPI_INT, as, inter),
        MPI_Igatherv(send, n + rank % 3, MPI_INT, receive, counts, displs, MPI_INT, as, inter,
                     &request),
        MPI_Gatherv_init(send, n + rank % 3, MPI_INT, receive, counts, displs, MPI_INT, as, inter,
                         INFO, &request));
    for (int r = 0; as == MPI_ROOT && r < remote_size; r++)
        check(receive + displs[r], counts[r], !side, r, 0, "Gatherv");

    for (int i = 0; i < most; i++)
        receive[i] = HOLE;
    for (int r = 0; r < remote_size; r++)
        for (int i = 0; i < n; i++)
            send[r * n + i] = value(side, rank, r, i);
    RUN(MPI_Scatter(send, n, MPI_INT, receive, n, MPI_INT, as, inter),
        MPI_Iscatter(send, n, MPI_INT, receive, n, MPI_INT, as, inter, &request),
        MPI_Scatter_init(send, n, MPI_INT, receive, n, MPI_INT, as, inter, INFO, &request));
    if (!above)
        check(receive, n, !side, root, rank, "Scatter");
    else
        untouched(receive, most, "Scatter");

    for (int r = 0; r < remote_size; r++)
        for (int i = 0; i < counts[r]; i++)
            send[displs[r] + i] = value(side, rank, r, i);
    RUN(MPI_Scatterv(send, counts, displs, MPI_INT, receive, n + rank % 3, MPI_INT, as, inter),
        MPI_Iscatterv(send, counts, displs, MPI_INT, receive, n + rank % 3, MPI_INT, as, inter,
                      &request),
        MPI_Scatterv_init(send, counts, displs, MPI_INT, receive, n + rank % 3, MPI_INT, as, inter,
                          INFO, &request));
    if (!above)
        check(receive, n + rank % 3, !side, root, rank, "Scatterv");
    free(send);
    free(receive);
}

/* Side 1 gives `m` integers to each, side 0 `n`: what comes has another size than what goes. */
static void blocks(int n, int m)
{
    const int mine = side ? m : n, theirs = side ? n : m;
    const int most = (remote_size + size) * (mine + theirs + 8);
    int *send = ints(most), *receive = ints(most);
    int counts[64], displs[64], bytes[64], send_counts[64], send_displs[64], send_bytes[64];
    MPI_Datatype types[64];
    int total = 0;

    for (int i = 0; i < mine; i++)
        send[i] = value(side, rank, 0, i);
    RUN(MPI_Allgather(send, mine, MPI_INT, receive, theirs, MPI_INT, inter),
        MPI_Iallgather(send, mine, MPI_INT, receive, theirs, MPI_INT, inter, &request),
        MPI_Allgather_init(send, mine, MPI_INT, receive, theirs, MPI_INT, inter, INFO, &request));
    for (int r = 0; r < remote_size; r++)
        check(receive + r * theirs, theirs, !side, r, 0, "Allgather");
    untouched(receive + remote_size * theirs, most - remote_size * theirs, "Allgather");

    for (int r = remote_size - 1; r >= 0; r--) {
        counts[r] = theirs + r % 2;
        send_counts[r] = mine + rank % 2;
        displs[r] = total;
        send_displs[r] = r * (mine + 1);
        bytes[r] = displs[r] * (int)sizeof(int);
        send_bytes[r] = send_displs[r] * (int)sizeof(int);
        types[r] = MPI_INT;
        total += counts[r];
    }
    for (int i = 0; i < mine + rank % 2; i++)
        send[i] = value(side, rank, 0, i);
    RUN(MPI_Allgatherv(send, mine + rank % 2, MPI_INT, receive, counts, displs, MPI_INT, inter),
        MPI_Iallgatherv(send, mine + rank % 2, MPI_INT, receive, counts, displs, MPI_INT, inter,
                        &request),
        MPI_Allgatherv_init(send, mine + rank % 2, MPI_INT, receive, counts, displs, MPI_INT, inter,
                            INFO, &request));
    for (int r = 0; r < remote_size; r++)
        check(receive + displs[r], counts[r], !side, r, 0, "Allgatherv");

    for (int r = 0; r < remote_size; r++)
        for (int i = 0; i < mine; i++)
            send[r * mine + i] = value(side, rank, r, i);
    RUN(MPI_Alltoall(send, mine, MPI_INT, receive, theirs, MPI_INT, inter),
        MPI_Ialltoall(send, mine, MPI_INT, receive, theirs, MPI_INT, inter, &request),
        MPI_Alltoall_init(send, mine, MPI_INT, receive, theirs, MPI_INT, inter, INFO, &request));
    for (int r = 0; r < remote_size; r++)
        check(receive + r * theirs, theirs, !side, r, rank, "Alltoall");

    for (int r = 0; r < remote_size; r++)
        for (int i = 0; i < send_counts[r]; i++)
            send[send_displs[r] + i] = value(side, rank, r, i);
    RUN(MPI_Alltoallv(send, send_counts, send_displs, MPI_INT, receive, counts, displs, MPI_INT,
                      inter),
        MPI_Ialltoallv(send, send_counts, send_displs, MPI_INT, receive, counts, displs, MPI_INT,
                       inter, &request),
        MPI_Alltoallv_init(send, send_counts, send_displs, MPI_INT, receive, counts, displs,
                           MPI_INT, inter, INFO, &request));
    for (int r = 0; r < remote_size; r++)
        check(receive + displs[r], counts[r], !side, r, rank, "Alltoallv");
    for (int i = 0; i < most; i++)
        receive[i] = HOLE;
    RUN(MPI_Alltoallw(send, send_counts, send_bytes, types, receive, counts, bytes, types, inter),
        MPI_Ialltoallw(send, send_counts, send_bytes, types, receive, counts, bytes, types, inter,
                       &request),
        MPI_Alltoallw_init(send, send_counts, send_bytes, types, receive, counts, bytes, types,
                           inter, INFO, &request));
    for (int r = 0; r < remote_size; r++)
        check(receive + displs[r], counts[r], !side, r, rank, "Alltoallw");
    free(send);
    free(receive);
}

static void last_one(void *in, void *inout, int *n, MPI_Datatype *type)
{
    (void)in;
    (void)inout;
    (void)n;
    (void)type; /* of a, b the right one: b */
}

static void reductions(int n)
{
    /* As many elements on both sides, however they are shared out. */
    const int total = n * size * remote_size, each = n * remote_size;
    int *send = ints(total), *receive = ints(total), counts[64], start = 0;
    MPI_Op op;

    for (int i = 0; i < total; i++)
        send[i] = value(side, rank, 0, i);
    RUN(MPI_Allreduce(send, receive, n, MPI_INT, MPI_SUM, inter),
        MPI_Iallreduce(send, receive, n, MPI_INT, MPI_SUM, inter, &request),
        MPI_Allreduce_init(send, receive, n, MPI_INT, MPI_SUM, inter, INFO, &request));
    check_sum(receive, n, 0, "Allreduce");
    MPI_Op_create(last_one, 0, &op);
    RUN(MPI_Allreduce(send, receive, n, MPI_INT, op, inter),
        MPI_Iallreduce(send, receive, n, MPI_INT, op, inter, &request),
        MPI_Allreduce_init(send, receive, n, MPI_INT, op, inter, INFO, &request));
    check(receive, n, !side, remote_size - 1, 0, "Allreduce whose operands have an order");
    MPI_Op_free(&op);
    RUN(MPI_Reduce_scatter_block(send, receive, each, MPI_INT, MPI_SUM, inter),
        MPI_Ireduce_scatter_block(send, receive, each, MPI_INT, MPI_SUM, inter, &request),
        MPI_Reduce_scatter_block_init(send, receive, each, MPI_INT, MPI_SUM, inter, INFO,
                                      &request));
    check_sum(receive, each, rank * each, "Reduce_scatter_block");
    /* All to the last but what the others have: one element each. */
    for (int r = 0; r < size; r++)
        counts[r] = r == size - 1 ? total - start : (start += n > 0, n > 0);
    RUN(MPI_Reduce_scatter(send, receive, counts, MPI_INT, MPI_SUM, inter),
        MPI_Ireduce_scatter(send, receive, counts, MPI_INT, MPI_SUM, inter, &request),
        MPI_Reduce_scatter_init(send, receive, counts, MPI_INT, MPI_SUM, inter, INFO, &request));
    check_sum(receive, counts[rank], n > 0 ? rank : 0, "Reduce_scatter");
    free(send);
    free(receive);
}

/* Nobody leaves before the others have come. */
static void barriers(void)
{
    double came, latest, left;

    if (rank == 0 && side == 0)
        mt_compute(0.01);
    came = mt_now();
    RUN(MPI_Barrier(inter), MPI_Ibarrier(inter, &request), MPI_Barrier_init(inter, INFO, &request));
    left = mt_now();
    MPI_Allreduce(&came, &latest, 1, MPI_DOUBLE, MPI_MAX, inter);
    CHECK(left >= latest, "left the barrier %g s before the last of the other group came",
          latest - left);
}

static void check_error(int code, int class, const char *what)
{
    int got;

    MPI_Error_class(code, &got);
    CHECK_EQ(got, class, what);
}

static void errors(void)
{
    int v = 0, w = 0, all[64];
    MPI_Request request;

    if (!mt_is_tocsin())
        return;
    MPI_Comm_set_errhandler(inter, MPI_ERRORS_RETURN);
    check_error(MPI_Scan(&v, &w, 1, MPI_INT, MPI_SUM, inter), MPI_ERR_COMM, "class for Scan");
    check_error(MPI_Iexscan(&v, &w, 1, MPI_INT, MPI_SUM, inter, &request), MPI_ERR_COMM,
                "class for Iexscan");
    check_error(MPI_Allreduce(MPI_IN_PLACE, &w, 1, MPI_INT, MPI_SUM, inter), MPI_ERR_BUFFER,
                "class for Allreduce in place");
    check_error(MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, 1, MPI_INT, inter),
                MPI_ERR_BUFFER, "class for Allgather in place");
    check_error(MPI_Alltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, 1, MPI_INT, inter),
                MPI_ERR_BUFFER, "class for Alltoall in place");
    check_error(MPI_Reduce_scatter_block(MPI_IN_PLACE, all, 1, MPI_INT, MPI_SUM, inter),
                MPI_ERR_BUFFER, "class for Reduce_scatter_block in place");
    check_error(MPI_Bcast(&v, 1, MPI_INT, remote_size, inter), MPI_ERR_ROOT,
                "class for a root beyond the remote group");
    check_error(MPI_Bcast(&v, -1, MPI_INT, MPI_ROOT, inter), MPI_ERR_COUNT,
                "class for a negative count");
    check_error(MPI_Bcast(&v, 1, MPI_INT, MPI_ANY_SOURCE, inter), MPI_ERR_ROOT,
                "class for another negative root");
    MPI_Comm_set_errhandler(inter, MPI_ERRORS_ARE_FATAL);
}

static void all_over(int border)
{
    static const int sizes[] = {0, 1, 30, 5000};
    MPI_Comm local;

    side = mt_rank >= border;
    MPI_Comm_split(MPI_COMM_WORLD, side, mt_rank, &local);
    MPI_Intercomm_create(local, 0, MPI_COMM_WORLD, side ? 0 : border, 1, &inter);
    MPI_Comm_rank(inter, &rank);
    MPI_Comm_size(inter, &size);
    MPI_Comm_remote_size(inter, &remote_size);
    for (form = BLOCKING; form < FORMS; form++) {
        barriers();
        for (int k = 0; k < 4; k++) {
            const int step = sizes[k] > 1000 ? 3 : 1;

            for (int root = 0; root < border; root += step)
                rooted(sizes[k], 0, root);
            for (int root = 0; root < mt_size - border; root += step)
                rooted(sizes[k], 1, root);
            blocks(sizes[k], sizes[k]);
            blocks(sizes[k], 3);
            reductions(sizes[k]);
        }
    }
    blocks(0, 4000);
    errors();
    MPI_Comm_free(&inter);
    MPI_Comm_free(&local);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    all_over(1);
    if (mt_size > 2)
        all_over((mt_size + 1) / 2);
    if (mt_size > 3)
        all_over(mt_size - 1);
    return mt_end();
}
