/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Persistent collective operations: each is made once and started several times with other
 * contents; all of them outstanding at once; the requests' life.
 */
#include "mpitest.h"

enum { TURNS = 4, HOLE = -77 };

static MPI_Comm comm;
static int rank, size;

/* Integer i of what `from` has for `to` in a turn; a sum over all ranks is an int as well. */
static int value(int turn, int from, int to, int i)
{
    return turn * 10000000 + from * 100000 + to * 5003 + i % 4999;
}

static int *ints(int n)
{
    int *v = mt_alloc((size_t)n * sizeof(int));

    for (int i = 0; i < n; i++)
        v[i] = HOLE;
    return v;
}

static void check(const int *v, int n, int turn, int from, int to, const char *what)
{
    for (int i = 0; i < n; i++)
        CHECK(v[i] == value(turn, from, to, i),
              "%s, turn %d: integer %d of %d from %d is %d, expected %d", what, turn, i, n, from,
              v[i], value(turn, from, to, i));
}

/* Sum over the ranks `first` to `last` of what they have. */
static void check_sum(const int *v, int n, int skip, int turn, int first, int last,
                      const char *what)
{
    for (int i = 0; i < n; i++) {
        int sum = 0;

        for (int r = first; r <= last; r++)
            sum += value(turn, r, 0, skip + i);
        CHECK(v[i] == sum, "%s, turn %d: element %d is %d, expected %d", what, turn, i, v[i], sum);
    }
}

/* One of each kind. The blocks of the vector forms have n + rank integers, from the last to the
 * first. */
enum kind {
    BARRIER,
    BCAST,
    GATHER,
    GATHERV,
    SCATTER,
    SCATTERV,
    ALLGATHER,
    ALLGATHERV,
    ALLTOALL,
    ALLTOALLV,
    ALLTOALLW,
    REDUCE,
    ALLREDUCE,
    ALLREDUCE_IN_PLACE,
    USER_ALLREDUCE,
    SCAN,
    EXSCAN,
    REDUCE_SCATTER,
    REDUCE_SCATTER_BLOCK,
    KINDS
};

struct coll {
    int n, total; /* integers of a block; of all vector blocks */
    int *counts, *displs, *bytes;
    MPI_Datatype *types;
    int *send[KINDS], *receive[KINDS];
    MPI_Request requests[KINDS];
};

static void add(void *in, void *inout, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++)
        ((int *)inout)[i] += ((int *)in)[i];
}

static struct coll *make(int n, int root, bool large)
{
    struct coll *c = mt_alloc(sizeof(*c));
    MPI_Info info = MPI_INFO_NULL;
    MPI_Op op;
    int **s = c->send, **r = c->receive;
    MPI_Request *q = c->requests;

    c->n = n;
    c->total = 0;
    c->counts = mt_alloc((size_t)size * sizeof(int));
    c->displs = mt_alloc((size_t)size * sizeof(int));
    c->bytes = mt_alloc((size_t)size * sizeof(int));
    c->types = mt_alloc((size_t)size * sizeof(MPI_Datatype));
    for (int i = size - 1; i >= 0; i--) {
        c->counts[i] = n + i;
        c->displs[i] = c->total;
        c->bytes[i] = c->total * (int)sizeof(int);
        c->types[i] = MPI_INT;
        c->total += n + i;
    }
    for (int k = 0; k < KINDS; k++) {
        s[k] = ints(size * (n + size));
        r[k] = ints(size * (n + size));
    }
    MPI_Op_create(add, 0, &op);
    if (large) {
        MPI_Count *counts = mt_alloc((size_t)size * sizeof(MPI_Count));
        MPI_Aint *displs = mt_alloc((size_t)size * sizeof(MPI_Aint));
        MPI_Aint *bytes = mt_alloc((size_t)size * sizeof(MPI_Aint));

        for (int i = 0; i < size; i++) {
            counts[i] = c->counts[i];
            displs[i] = c->displs[i];
            bytes[i] = c->bytes[i];
        }
        MPI_Barrier_init(comm, info, &q[BARRIER]);
        MPI_Bcast_init_c(r[BCAST], n, MPI_INT, root, comm, info, &q[BCAST]);
        MPI_Gather_init_c(s[GATHER], n, MPI_INT, r[GATHER], n, MPI_INT, root, comm, info,
                          &q[GATHER]);
        MPI_Gatherv_init_c(s[GATHERV], counts[rank], MPI_INT, r[GATHERV], counts, displs, MPI_INT,
                           root, comm, info, &q[GATHERV]);
        MPI_Scatter_init_c(s[SCATTER], n, MPI_INT, r[SCATTER], n, MPI_INT, root, comm, info,
                           &q[SCATTER]);
        MPI_Scatterv_init_c(s[SCATTERV], counts, displs, MPI_INT, r[SCATTERV], counts[rank],
                            MPI_INT, root, comm, info, &q[SCATTERV]);
        MPI_Allgather_init_c(s[ALLGATHER], n, MPI_INT, r[ALLGATHER], n, MPI_INT, comm, info,
                             &q[ALLGATHER]);
        MPI_Allgatherv_init_c(s[ALLGATHERV], counts[rank], MPI_INT, r[ALLGATHERV], counts, displs,
                              MPI_INT, comm, info, &q[ALLGATHERV]);
        MPI_Alltoall_init_c(s[ALLTOALL], n, MPI_INT, r[ALLTOALL], n, MPI_INT, comm, info,
                            &q[ALLTOALL]);
        for (int i = 0; i < size; i++)
            counts[i] = n;
        MPI_Alltoallv_init_c(s[ALLTOALLV], counts, displs, MPI_INT, r[ALLTOALLV], counts, displs,
                             MPI_INT, comm, info, &q[ALLTOALLV]);
        MPI_Alltoallw_init_c(s[ALLTOALLW], counts, bytes, c->types, r[ALLTOALLW], counts, bytes,
                             c->types, comm, info, &q[ALLTOALLW]);
        MPI_Reduce_init_c(s[REDUCE], r[REDUCE], n, MPI_INT, MPI_SUM, root, comm, info, &q[REDUCE]);
        MPI_Allreduce_init_c(s[ALLREDUCE], r[ALLREDUCE], n, MPI_INT, MPI_SUM, comm, info,
                             &q[ALLREDUCE]);
        MPI_Allreduce_init_c(MPI_IN_PLACE, r[ALLREDUCE_IN_PLACE], n, MPI_INT, MPI_SUM, comm, info,
                             &q[ALLREDUCE_IN_PLACE]);
        MPI_Allreduce_init_c(s[USER_ALLREDUCE], r[USER_ALLREDUCE], n, MPI_INT, op, comm, info,
                             &q[USER_ALLREDUCE]);
        MPI_Scan_init_c(s[SCAN], r[SCAN], n, MPI_INT, MPI_SUM, comm, info, &q[SCAN]);
        MPI_Exscan_init_c(s[EXSCAN], r[EXSCAN], n, MPI_INT, MPI_SUM, comm, info, &q[EXSCAN]);
        MPI_Reduce_scatter_init_c(s[REDUCE_SCATTER], r[REDUCE_SCATTER], counts, MPI_INT, MPI_SUM,
                                  comm, info, &q[REDUCE_SCATTER]);
        MPI_Reduce_scatter_block_init_c(s[REDUCE_SCATTER_BLOCK], r[REDUCE_SCATTER_BLOCK], n,
                                        MPI_INT, MPI_SUM, comm, info, &q[REDUCE_SCATTER_BLOCK]);
        free(counts);
        free(displs);
        free(bytes);
    } else {
        MPI_Barrier_init(comm, info, &q[BARRIER]);
        MPI_Bcast_init(r[BCAST], n, MPI_INT, root, comm, info, &q[BCAST]);
        MPI_Gather_init(s[GATHER], n, MPI_INT, r[GATHER], n, MPI_INT, root, comm, info, &q[GATHER]);
        MPI_Gatherv_init(s[GATHERV], c->counts[rank], MPI_INT, r[GATHERV], c->counts, c->displs,
                         MPI_INT, root, comm, info, &q[GATHERV]);
        MPI_Scatter_init(s[SCATTER], n, MPI_INT, r[SCATTER], n, MPI_INT, root, comm, info,
                         &q[SCATTER]);
        MPI_Scatterv_init(s[SCATTERV], c->counts, c->displs, MPI_INT, r[SCATTERV], c->counts[rank],
                          MPI_INT, root, comm, info, &q[SCATTERV]);
        MPI_Allgather_init(s[ALLGATHER], n, MPI_INT, r[ALLGATHER], n, MPI_INT, comm, info,
                           &q[ALLGATHER]);
        MPI_Allgatherv_init(s[ALLGATHERV], c->counts[rank], MPI_INT, r[ALLGATHERV], c->counts,
                            c->displs, MPI_INT, comm, info, &q[ALLGATHERV]);
        MPI_Alltoall_init(s[ALLTOALL], n, MPI_INT, r[ALLTOALL], n, MPI_INT, comm, info,
                          &q[ALLTOALL]);
        for (int i = 0; i < size; i++)
            c->counts[i] = n;
        MPI_Alltoallv_init(s[ALLTOALLV], c->counts, c->displs, MPI_INT, r[ALLTOALLV], c->counts,
                           c->displs, MPI_INT, comm, info, &q[ALLTOALLV]);
        MPI_Alltoallw_init(s[ALLTOALLW], c->counts, c->bytes, c->types, r[ALLTOALLW], c->counts,
                           c->bytes, c->types, comm, info, &q[ALLTOALLW]);
        MPI_Reduce_init(s[REDUCE], r[REDUCE], n, MPI_INT, MPI_SUM, root, comm, info, &q[REDUCE]);
        MPI_Allreduce_init(s[ALLREDUCE], r[ALLREDUCE], n, MPI_INT, MPI_SUM, comm, info,
                           &q[ALLREDUCE]);
        MPI_Allreduce_init(MPI_IN_PLACE, r[ALLREDUCE_IN_PLACE], n, MPI_INT, MPI_SUM, comm, info,
                           &q[ALLREDUCE_IN_PLACE]);
        MPI_Allreduce_init(s[USER_ALLREDUCE], r[USER_ALLREDUCE], n, MPI_INT, op, comm, info,
                           &q[USER_ALLREDUCE]);
        MPI_Scan_init(s[SCAN], r[SCAN], n, MPI_INT, MPI_SUM, comm, info, &q[SCAN]);
        MPI_Exscan_init(s[EXSCAN], r[EXSCAN], n, MPI_INT, MPI_SUM, comm, info, &q[EXSCAN]);
        MPI_Reduce_scatter_init(s[REDUCE_SCATTER], r[REDUCE_SCATTER], c->counts, MPI_INT, MPI_SUM,
                                comm, info, &q[REDUCE_SCATTER]);
        MPI_Reduce_scatter_block_init(s[REDUCE_SCATTER_BLOCK], r[REDUCE_SCATTER_BLOCK], n, MPI_INT,
                                      MPI_SUM, comm, info, &q[REDUCE_SCATTER_BLOCK]);
    }
    /* In use by the requests still. */
    MPI_Op_free(&op);
    for (int i = 0; i < size; i++)
        c->counts[i] = n + i;
    return c;
}

/* What this rank sends in a turn; holes where it receives. */
static void fill(struct coll *c, int turn, int root)
{
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < size * (c->n + size); i++)
            c->receive[k][i] = HOLE;
    for (int to = 0; to < size; to++) {
        for (int i = 0; i < c->n; i++) {
            c->send[SCATTER][to * c->n + i] = value(turn, rank, to, i);
            c->send[ALLTOALL][to * c->n + i] = value(turn, rank, to, i);
            c->send[ALLTOALLV][c->displs[to] + i] = value(turn, rank, to, i);
            c->send[ALLTOALLW][c->displs[to] + i] = value(turn, rank, to, i);
        }
        for (int i = 0; i < c->counts[to]; i++)
            c->send[SCATTERV][c->displs[to] + i] = value(turn, rank, to, i);
    }
    for (int i = 0; i < c->n + rank; i++) {
        c->send[GATHERV][i] = value(turn, rank, 0, i);
        c->send[ALLGATHERV][i] = value(turn, rank, 0, i);
    }
    for (int i = 0; i < c->n; i++) {
        c->send[GATHER][i] = value(turn, rank, 0, i);
        c->send[ALLGATHER][i] = value(turn, rank, 0, i);
        c->receive[ALLREDUCE_IN_PLACE][i] = value(turn, rank, 0, i);
        if (rank == root)
            c->receive[BCAST][i] = value(turn, root, 0, i);
    }
    for (int i = 0; i < c->n * size; i++) {
        c->send[REDUCE_SCATTER][i] = value(turn, rank, 0, i);
        c->send[REDUCE_SCATTER_BLOCK][i] = value(turn, rank, 0, i);
    }
    for (int k = REDUCE; k <= EXSCAN; k++)
        for (int i = 0; i < c->n; i++)
            c->send[k][i] = value(turn, rank, 0, i);
}

static void check_turn(const struct coll *c, int turn, int root)
{
    int n = c->n, *const *r = c->receive;

    check(r[BCAST], n, turn, root, 0, "Bcast_init");
    check(r[SCATTER], n, turn, root, rank, "Scatter_init");
    check(r[SCATTERV], n + rank, turn, root, rank, "Scatterv_init");
    for (int from = 0; from < size; from++) {
        if (rank == root) {
            check(r[GATHER] + from * n, n, turn, from, 0, "Gather_init");
            check(r[GATHERV] + c->displs[from], n + from, turn, from, 0, "Gatherv_init");
        }
        check(r[ALLGATHER] + from * n, n, turn, from, 0, "Allgather_init");
        check(r[ALLGATHERV] + c->displs[from], n + from, turn, from, 0, "Allgatherv_init");
        check(r[ALLTOALL] + from * n, n, turn, from, rank, "Alltoall_init");
        check(r[ALLTOALLV] + c->displs[from], n, turn, from, rank, "Alltoallv_init");
        check(r[ALLTOALLW] + c->displs[from], n, turn, from, rank, "Alltoallw_init");
    }
    if (rank == root)
        check_sum(r[REDUCE], n, 0, turn, 0, size - 1, "Reduce_init");
    check_sum(r[ALLREDUCE], n, 0, turn, 0, size - 1, "Allreduce_init");
    check_sum(r[ALLREDUCE_IN_PLACE], n, 0, turn, 0, size - 1, "Allreduce_init in place");
    check_sum(r[USER_ALLREDUCE], n, 0, turn, 0, size - 1, "Allreduce_init, program's operation");
    check_sum(r[SCAN], n, 0, turn, 0, rank, "Scan_init");
    if (rank > 0)
        check_sum(r[EXSCAN], n, 0, turn, 0, rank - 1, "Exscan_init");
    check_sum(r[REDUCE_SCATTER], n, rank * n, turn, 0, size - 1, "Reduce_scatter_init");
    check_sum(r[REDUCE_SCATTER_BLOCK], n, rank * n, turn, 0, size - 1, "Reduce_scatter_block_init");
}

static void destroy(struct coll *c)
{
    for (int k = 0; k < KINDS; k++) {
        MPI_Request_free(&c->requests[k]);
        CHECK(c->requests[k] == MPI_REQUEST_NULL, "MPI_Request_free left the handle");
        free(c->send[k]);
        free(c->receive[k]);
    }
    free(c->counts);
    free(c->displs);
    free(c->bytes);
    free(c->types);
    free(c);
}

static void start_and_complete(struct coll *c, int turn)
{
    int done = 0, flag = 0;

    if (turn == 0) {
        for (int k = 0; k < KINDS; k++) {
            MPI_Start(&c->requests[k]);
            MPI_Wait(&c->requests[k], MPI_STATUS_IGNORE);
        }
        return;
    }
    MPI_Startall(KINDS, c->requests);
    if (turn == 1) {
        MPI_Waitall(KINDS, c->requests, MPI_STATUSES_IGNORE);
    } else if (turn == 2) {
        if (rank % 2)
            mt_compute(0.0005);
        /* Others may come in between. */
        MPI_Barrier(comm);
        while (!flag)
            MPI_Testall(KINDS, c->requests, &flag, MPI_STATUSES_IGNORE);
    } else {
        for (int index;; done++) {
            MPI_Waitany(KINDS, c->requests, &index, MPI_STATUS_IGNORE);
            if (index == MPI_UNDEFINED)
                break;
        }
        CHECK_EQ(done, KINDS, "operations that MPI_Waitany found");
    }
    for (int k = 0; k < KINDS; k++)
        CHECK(c->requests[k] != MPI_REQUEST_NULL, "a persistent request became null");
}

static void all_kinds(int n, int root, bool large)
{
    struct coll *c = make(n, root, large);

    for (int turn = 0; turn < TURNS; turn++) {
        fill(c, turn, root);
        start_and_complete(c, turn);
        check_turn(c, turn, root);
    }
    destroy(c);
}

/* Two of the same kind at once, started in another order than made; the arrays' owners gone. */
static void two_at_once(void)
{
    int a = 0, b = 0, sum_a, sum_b;
    MPI_Request qa, qb;
    MPI_Comm own;

    MPI_Comm_dup(comm, &own);
    MPI_Allreduce_init(&a, &sum_a, 1, MPI_INT, MPI_SUM, own, MPI_INFO_NULL, &qa);
    MPI_Allreduce_init(&b, &sum_b, 1, MPI_INT, MPI_SUM, own, MPI_INFO_NULL, &qb);
    MPI_Comm_free(&own); /* lives on with the requests */
    for (int turn = 0; turn < 20; turn++) {
        MPI_Request *first = turn % 2 ? &qa : &qb, *second = turn % 2 ? &qb : &qa;

        a = turn + rank;
        b = 1000 * turn;
        MPI_Start(first);
        MPI_Start(second);
        MPI_Wait(&qa, MPI_STATUS_IGNORE);
        MPI_Wait(&qb, MPI_STATUS_IGNORE);
        CHECK_EQ(sum_a, size * turn + size * (size - 1) / 2, "sum of the first operation");
        CHECK_EQ(sum_b, 1000 * turn * size, "sum of the second operation");
    }
    MPI_Request_free(&qa);
    MPI_Request_free(&qb);
}

/* Requests that are not active are nothing to wait for. */
static void disconnected(void)
{
    int v = 0, sum = 0;
    MPI_Request q, other;
    MPI_Comm own;

    MPI_Comm_dup(comm, &own);
    MPI_Allreduce_init(&v, &sum, 1, MPI_INT, MPI_SUM, own, MPI_INFO_NULL, &q);
    MPI_Recv_init(&v, 1, MPI_INT, 0, 0, own, &other);
    MPI_Start(&q);
    MPI_Wait(&q, MPI_STATUS_IGNORE);
    MPI_Comm_disconnect(&own);
    CHECK(own == MPI_COMM_NULL, "MPI_Comm_disconnect left the handle");
    MPI_Request_free(&q);
    MPI_Request_free(&other);
}

/* One rank far ahead of the others: starts of one request must not mix. */
static void ahead(void)
{
    int v[50];
    MPI_Request q;

    MPI_Bcast_init(v, 50, MPI_INT, 0, comm, MPI_INFO_NULL, &q);
    for (int turn = 0; turn < 200; turn++) {
        for (int i = 0; i < 50; i++)
            v[i] = rank == 0 ? value(turn % 20, 0, 0, i) : HOLE;
        if (rank == size - 1 && turn == 0)
            mt_compute(0.02);
        MPI_Start(&q);
        MPI_Wait(&q, MPI_STATUS_IGNORE);
        check(v, 50, turn % 20, 0, 0, "Bcast_init far ahead");
    }
    MPI_Request_free(&q);
}

static void check_empty(const MPI_Status *status, const char *what)
{
    int count = -1, cancelled = -1;

    CHECK_EQ(status->MPI_SOURCE, MPI_ANY_SOURCE, what);
    CHECK_EQ(status->MPI_TAG, MPI_ANY_TAG, what);
    MPI_Get_count(status, MPI_INT, &count);
    CHECK_EQ(count, 0, what);
    MPI_Test_cancelled(status, &cancelled);
    CHECK_EQ(cancelled, 0, what);
}

/* A request that was not started is complete for all who ask. */
static void inactive(void)
{
    MPI_Request q[2];
    MPI_Status status, statuses[2];
    int flag = 0, index = 0, count = 0, indices[2];

    MPI_Barrier_init(comm, MPI_INFO_NULL, &q[0]);
    MPI_Barrier_init(comm, MPI_INFO_NULL, &q[1]);
    for (int turn = 0; turn < 2; turn++) {
        MPI_Wait(&q[0], &status);
        check_empty(&status, "status of an inactive request");
        flag = 0;
        MPI_Test(&q[1], &flag, &status);
        CHECK_EQ(flag, 1, "MPI_Test's flag for an inactive request");
        check_empty(&status, "status of an inactive request");
        MPI_Waitall(2, q, statuses);
        check_empty(&statuses[1], "status of an inactive request");
        MPI_Waitany(2, q, &index, &status);
        CHECK_EQ(index, MPI_UNDEFINED, "MPI_Waitany's index without active requests");
        MPI_Testsome(2, q, &count, indices, statuses);
        CHECK_EQ(count, MPI_UNDEFINED, "MPI_Testsome's count without active requests");
        flag = 0;
        MPI_Request_get_status(q[0], &flag, &status);
        CHECK_EQ(flag, 1, "MPI_Request_get_status's flag for an inactive request");
        CHECK(q[0] != MPI_REQUEST_NULL && q[1] != MPI_REQUEST_NULL, "a request became null");
        /* One of the two has something to wait for. */
        MPI_Start(&q[1]);
        MPI_Waitany(2, q, &index, &status);
        CHECK_EQ(index, 1, "MPI_Waitany's index");
        check_empty(&status, "status of a barrier");
    }
    MPI_Request_free(&q[0]);
    MPI_Start(&q[1]);
    MPI_Request_free(&q[1]); /* while active: goes when it is complete */
    CHECK(q[1] == MPI_REQUEST_NULL, "MPI_Request_free left the handle");
    MPI_Barrier(comm);
}

static void check_error(int code, int class, const char *what)
{
    int got;

    MPI_Error_class(code, &got);
    CHECK_EQ(got, class, what);
}

static void errors(void)
{
    MPI_Request q = MPI_REQUEST_NULL, other;
    int v = 0, sum = 0;

    if (!mt_is_tocsin())
        return;
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    check_error(MPI_Bcast_init(&v, 1, MPI_INT, size, comm, MPI_INFO_NULL, &q), MPI_ERR_ROOT,
                "class for a root out of range");
    check_error(MPI_Bcast_init(&v, -1, MPI_INT, 0, comm, MPI_INFO_NULL, &q), MPI_ERR_COUNT,
                "class for a negative count");
    check_error(MPI_Bcast_init(&v, 1, MPI_DATATYPE_NULL, 0, comm, MPI_INFO_NULL, &q), MPI_ERR_TYPE,
                "class for a null datatype");
    check_error(MPI_Allreduce_init(&v, &sum, 1, MPI_INT, MPI_OP_NULL, comm, MPI_INFO_NULL, &q),
                MPI_ERR_OP, "class for a null operation");
    check_error(MPI_Barrier_init(MPI_COMM_NULL, MPI_INFO_NULL, &q), MPI_ERR_COMM,
                "class for a null communicator");
    check_error(MPI_Barrier_init(comm, (MPI_Info)comm, &q), MPI_ERR_INFO,
                "class for what is no info object");
    check_error(MPI_Barrier_init(comm, MPI_INFO_NULL, NULL), MPI_ERR_ARG,
                "class for no place for the request");
    CHECK(q == MPI_REQUEST_NULL, "a call that failed wrote a request");
    check_error(MPI_Start(&q), MPI_ERR_REQUEST, "class for starting the null request");
    MPI_Allreduce_init(&v, &sum, 1, MPI_INT, MPI_SUM, comm, MPI_INFO_NULL, &q);
    MPI_Start(&q);
    check_error(MPI_Start(&q), MPI_ERR_REQUEST, "class for starting an active request");
    check_error(MPI_Cancel(&q), MPI_ERR_REQUEST, "class for cancelling a collective");
    MPI_Wait(&q, MPI_STATUS_IGNORE);
    MPI_Iallreduce(&v, &sum, 1, MPI_INT, MPI_SUM, comm, &other);
    check_error(MPI_Start(&other), MPI_ERR_REQUEST, "class for starting another kind of request");
    MPI_Wait(&other, MPI_STATUS_IGNORE);
    MPI_Request stale = q;
    MPI_Request_free(&q);
    check_error(MPI_Start(&stale), MPI_ERR_REQUEST, "class for starting a freed request");
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_ARE_FATAL);
}

static void all_on(MPI_Comm on)
{
    static const int sizes[] = {0, 1, 50, 9000};

    comm = on;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    for (int k = 0; k < 4; k++) {
        all_kinds(sizes[k], 0, false);
        all_kinds(sizes[k], size - 1, true);
    }
    two_at_once();
    disconnected();
    ahead();
    inactive();
}

int main(int argc, char **argv)
{
    MPI_Comm reversed;

    mt_start(&argc, &argv, 1);
    MPI_Comm_split(MPI_COMM_WORLD, 0, -mt_rank, &reversed);
    all_on(MPI_COMM_WORLD);
    all_on(reversed);
    errors();
    MPI_Comm_free(&reversed);
    return mt_end();
}
