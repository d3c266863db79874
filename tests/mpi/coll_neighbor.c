/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighborhood collectives, blocking, not, and persistent, on grids and graphs: neighbours that are
 * the same rank twice or the rank itself, MPI_PROC_NULL, ranks without neighbours, counts from
 * nothing to large that differ from edge to edge, other datatypes, large counts; duplicates of the
 * communicator; wrong arguments.
 */
#include "mpitest.h"

enum { HOLE = -77, MOST = 64, ROUNDS = 2 };
enum form { BLOCKING, NONBLOCKING, PERSISTENT, FORMS };

/* Through a variable: gcc takes the constant for an array of no size, and warns. */
static int *volatile unweighted;

static MPI_Comm comm; /* with the topology */
static int rank, size;
static enum form form;

/* This rank's neighbours. What comes from in_from[j] is what it has for its destination number
 * in_slot[j]. */
static int n_in, n_out, in_from[MOST], in_slot[MOST], out_to[MOST];

/* Integer i of what `from` has for its destination number `slot` in a round. */
static int value(int from, int slot, int i, int round)
{
    return round * 100000000 + from * 1000000 + slot * 10000 + i % 9973;
}

static int *ints(int n)
{
    int *v = mt_alloc((size_t)n * sizeof(int) + 1);

    for (int i = 0; i < n; i++)
        v[i] = HOLE;
    return v;
}

#define RUN(round, call, icall, init_call)                                                         \
    do {                                                                                           \
        if (form == BLOCKING) {                                                                    \
            call;                                                                                  \
        } else if (form == NONBLOCKING) {                                                          \
            icall;                                                                                 \
            if (rank % 2)                                                                          \
                mt_compute(0.0001);                                                                \
            MPI_Wait(&request, MPI_STATUS_IGNORE);                                                 \
        } else {                                                                                   \
            if (round == 0)                                                                        \
                init_call;                                                                         \
            MPI_Start(&request);                                                                   \
            MPI_Wait(&request, MPI_STATUS_IGNORE);                                                 \
            if (round == ROUNDS - 1)                                                               \
                MPI_Request_free(&request);                                                        \
        }                                                                                          \
    } while (0)

/* Block j of what was received; from nobody: untouched. */
static void check_block(int line, const int *v, int j, int slot, int count, int round)
{
    for (int i = 0; i < count; i++) {
        int expected = in_from[j] < 0 ? HOLE : value(in_from[j], slot, i, round);
        if (v[i] != expected)
            mt_fail(__FILE__, line,
                    "form %d: block %d of %d (from %d), integer %d is %d, expected %d", form, j,
                    n_in, in_from[j], i, v[i], expected);
    }
}
#define CHECK_BLOCK(v, j, slot, count, round) check_block(__LINE__, v, j, slot, count, round)

static void allgather(int n)
{
    int *send = ints(n), *receive = ints(n * n_in);
    MPI_Request request;

    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < n; i++)
            send[i] = value(rank, 0, i, round);
        RUN(round, MPI_Neighbor_allgather(send, n, MPI_INT, receive, n, MPI_INT, comm),
            MPI_Ineighbor_allgather(send, n, MPI_INT, receive, n, MPI_INT, comm, &request),
            MPI_Neighbor_allgather_init(send, n, MPI_INT, receive, n, MPI_INT, comm, MPI_INFO_NULL,
                                        &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + j * n, j, 0, n, round);
    }
    free(send);
    free(receive);
}

/* How much goes over the edge. Even, for the types of alltoallw. */
static int edge_count(int n, int from, int slot)
{
    return 2 * (n + (from * 3 + slot) % 3 * (n > 0));
}

/* The blocks lie in reverse order, each with a hole behind. */
static int lay_out(int blocks, const int counts[], int displs[])
{
    int at = 0;

    for (int j = blocks - 1; j >= 0; j--) {
        displs[j] = at;
        at += counts[j] + 1;
    }
    return at;
}

static void check_holes(const int *receive, const int counts[], const int displs[])
{
    for (int j = 0; j < n_in; j++)
        CHECK(receive[displs[j] + counts[j]] == HOLE, "the hole behind block %d was written", j);
}

static void allgatherv(int n)
{
    int counts[MOST], displs[MOST], mine = edge_count(n, rank, 0);
    int *send = ints(mine);
    MPI_Request request;

    for (int j = 0; j < n_in; j++)
        counts[j] = in_from[j] < 0 ? 1 : edge_count(n, in_from[j], 0);
    int *receive = ints(lay_out(n_in, counts, displs));
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < mine; i++)
            send[i] = value(rank, 0, i, round);
        RUN(round,
            MPI_Neighbor_allgatherv(send, mine, MPI_INT, receive, counts, displs, MPI_INT, comm),
            MPI_Ineighbor_allgatherv(send, mine, MPI_INT, receive, counts, displs, MPI_INT, comm,
                                     &request),
            MPI_Neighbor_allgatherv_init(send, mine, MPI_INT, receive, counts, displs, MPI_INT,
                                         comm, MPI_INFO_NULL, &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + displs[j], j, 0, counts[j], round);
        check_holes(receive, counts, displs);
    }
    free(send);
    free(receive);
}

static void alltoall(int n)
{
    int *send = ints(n * n_out), *receive = ints(n * n_in);
    MPI_Request request;

    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < n_out; k++)
            for (int i = 0; i < n; i++)
                send[k * n + i] = value(rank, k, i, round);
        RUN(round, MPI_Neighbor_alltoall(send, n, MPI_INT, receive, n, MPI_INT, comm),
            MPI_Ineighbor_alltoall(send, n, MPI_INT, receive, n, MPI_INT, comm, &request),
            MPI_Neighbor_alltoall_init(send, n, MPI_INT, receive, n, MPI_INT, comm, MPI_INFO_NULL,
                                       &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + j * n, j, in_slot[j], n, round);
    }
    free(send);
    free(receive);
}

/* Both sides of an exchange with counts of their own for each edge. */
struct exchange {
    int send_counts[MOST], send_displs[MOST], receive_counts[MOST], receive_displs[MOST];
    int *send, *receive;
};

static void exchange_begin(struct exchange *x, int n)
{
    for (int k = 0; k < n_out; k++)
        x->send_counts[k] = edge_count(n, rank, k);
    for (int j = 0; j < n_in; j++)
        x->receive_counts[j] = in_from[j] < 0 ? 2 : edge_count(n, in_from[j], in_slot[j]);
    x->send = ints(lay_out(n_out, x->send_counts, x->send_displs));
    x->receive = ints(lay_out(n_in, x->receive_counts, x->receive_displs));
}

static void exchange_fill(struct exchange *x, int round)
{
    for (int k = 0; k < n_out; k++)
        for (int i = 0; i < x->send_counts[k]; i++)
            x->send[x->send_displs[k] + i] = value(rank, k, i, round);
}

static void exchange_check(const struct exchange *x, int round)
{
    for (int j = 0; j < n_in; j++)
        CHECK_BLOCK(x->receive + x->receive_displs[j], j, in_slot[j], x->receive_counts[j], round);
    check_holes(x->receive, x->receive_counts, x->receive_displs);
}

static void exchange_end(struct exchange *x)
{
    free(x->send);
    free(x->receive);
}

static void alltoallv(int n)
{
    struct exchange x;
    MPI_Request request;

    exchange_begin(&x, n);
    for (int round = 0; round < ROUNDS; round++) {
        exchange_fill(&x, round);
        RUN(round,
            MPI_Neighbor_alltoallv(x.send, x.send_counts, x.send_displs, MPI_INT, x.receive,
                                   x.receive_counts, x.receive_displs, MPI_INT, comm),
            MPI_Ineighbor_alltoallv(x.send, x.send_counts, x.send_displs, MPI_INT, x.receive,
                                    x.receive_counts, x.receive_displs, MPI_INT, comm, &request),
            MPI_Neighbor_alltoallv_init(x.send, x.send_counts, x.send_displs, MPI_INT, x.receive,
                                        x.receive_counts, x.receive_displs, MPI_INT, comm,
                                        MPI_INFO_NULL, &request));
        exchange_check(&x, round);
    }
    exchange_end(&x);
}

/* Every second block is given in pairs of ints: other ones on the two sides. */
static void use_types(int blocks, int odd, const int counts[], const int displs[],
                      MPI_Datatype pair, int type_counts[], MPI_Aint bytes[], MPI_Datatype types[])
{
    for (int k = 0; k < blocks; k++) {
        bool pairs = k % 2 == odd;
        types[k] = pairs ? pair : MPI_INT;
        type_counts[k] = pairs ? counts[k] / 2 : counts[k];
        bytes[k] = displs[k] * (MPI_Aint)sizeof(int);
    }
}

static void alltoallw(int n)
{
    struct exchange x;
    int send_counts[MOST], receive_counts[MOST];
    MPI_Aint send_bytes[MOST], receive_bytes[MOST];
    MPI_Datatype send_types[MOST], receive_types[MOST], pair;
    MPI_Request request;

    MPI_Type_contiguous(2, MPI_INT, &pair);
    MPI_Type_commit(&pair);
    exchange_begin(&x, n);
    use_types(n_out, 0, x.send_counts, x.send_displs, pair, send_counts, send_bytes, send_types);
    use_types(n_in, 0, x.receive_counts, x.receive_displs, pair, receive_counts, receive_bytes,
              receive_types);
    for (int round = 0; round < ROUNDS; round++) {
        exchange_fill(&x, round);
        RUN(round,
            MPI_Neighbor_alltoallw(x.send, send_counts, send_bytes, send_types, x.receive,
                                   receive_counts, receive_bytes, receive_types, comm),
            MPI_Ineighbor_alltoallw(x.send, send_counts, send_bytes, send_types, x.receive,
                                    receive_counts, receive_bytes, receive_types, comm, &request),
            MPI_Neighbor_alltoallw_init(x.send, send_counts, send_bytes, send_types, x.receive,
                                        receive_counts, receive_bytes, receive_types, comm,
                                        MPI_INFO_NULL, &request));
        if (form != PERSISTENT || round == ROUNDS - 1)
            exchange_check(&x, round);
    }
    exchange_end(&x);
    MPI_Type_free(&pair);
}

/* The same with MPI_Count and MPI_Aint. */
static void large_counts(int n)
{
    struct exchange x;
    MPI_Count send_counts[MOST], receive_counts[MOST];
    MPI_Aint send_displs[MOST], receive_displs[MOST], send_bytes[MOST], receive_bytes[MOST];
    MPI_Datatype types[MOST];
    MPI_Request request;

    exchange_begin(&x, n);
    for (int k = 0; k < MOST; k++)
        types[k] = MPI_INT;
    for (int k = 0; k < n_out; k++) {
        send_counts[k] = x.send_counts[k];
        send_displs[k] = x.send_displs[k];
        send_bytes[k] = send_displs[k] * (MPI_Aint)sizeof(int);
    }
    for (int j = 0; j < n_in; j++) {
        receive_counts[j] = x.receive_counts[j];
        receive_displs[j] = x.receive_displs[j];
        receive_bytes[j] = receive_displs[j] * (MPI_Aint)sizeof(int);
    }
    for (int round = 0; round < ROUNDS; round++) {
        exchange_fill(&x, round);
        RUN(round,
            MPI_Neighbor_alltoallv_c(x.send, send_counts, send_displs, MPI_INT, x.receive,
                                     receive_counts, receive_displs, MPI_INT, comm),
            MPI_Ineighbor_alltoallv_c(x.send, send_counts, send_displs, MPI_INT, x.receive,
                                      receive_counts, receive_displs, MPI_INT, comm, &request),
            MPI_Neighbor_alltoallv_init_c(x.send, send_counts, send_displs, MPI_INT, x.receive,
                                          receive_counts, receive_displs, MPI_INT, comm,
                                          MPI_INFO_NULL, &request));
        exchange_check(&x, round);
    }
    for (int round = 0; round < ROUNDS; round++) {
        exchange_fill(&x, round);
        RUN(round,
            MPI_Neighbor_alltoallw_c(x.send, send_counts, send_bytes, types, x.receive,
                                     receive_counts, receive_bytes, types, comm),
            MPI_Ineighbor_alltoallw_c(x.send, send_counts, send_bytes, types, x.receive,
                                      receive_counts, receive_bytes, types, comm, &request),
            MPI_Neighbor_alltoallw_init_c(x.send, send_counts, send_bytes, types, x.receive,
                                          receive_counts, receive_bytes, types, comm, MPI_INFO_NULL,
                                          &request));
        exchange_check(&x, round);
    }
    exchange_end(&x);

    int *send = ints(n * (n_out + 1)), *receive = ints(n * n_in);
    for (int j = 0; j < n_in; j++) {
        receive_counts[j] = n;
        receive_displs[j] = j * n;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < n; i++)
            send[i] = value(rank, 0, i, round);
        RUN(round, MPI_Neighbor_allgather_c(send, n, MPI_INT, receive, n, MPI_INT, comm),
            MPI_Ineighbor_allgather_c(send, n, MPI_INT, receive, n, MPI_INT, comm, &request),
            MPI_Neighbor_allgather_init_c(send, n, MPI_INT, receive, n, MPI_INT, comm,
                                          MPI_INFO_NULL, &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + j * n, j, 0, n, round);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < n; i++)
            send[i] = value(rank, 0, i, round + 2);
        RUN(round,
            MPI_Neighbor_allgatherv_c(send, n, MPI_INT, receive, receive_counts, receive_displs,
                                      MPI_INT, comm),
            MPI_Ineighbor_allgatherv_c(send, n, MPI_INT, receive, receive_counts, receive_displs,
                                       MPI_INT, comm, &request),
            MPI_Neighbor_allgatherv_init_c(send, n, MPI_INT, receive, receive_counts,
                                           receive_displs, MPI_INT, comm, MPI_INFO_NULL, &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + j * n, j, 0, n, round + 2);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < n_out; k++)
            for (int i = 0; i < n; i++)
                send[k * n + i] = value(rank, k, i, round);
        RUN(round, MPI_Neighbor_alltoall_c(send, n, MPI_INT, receive, n, MPI_INT, comm),
            MPI_Ineighbor_alltoall_c(send, n, MPI_INT, receive, n, MPI_INT, comm, &request),
            MPI_Neighbor_alltoall_init_c(send, n, MPI_INT, receive, n, MPI_INT, comm, MPI_INFO_NULL,
                                         &request));
        for (int j = 0; j < n_in; j++)
            CHECK_BLOCK(receive + j * n, j, in_slot[j], n, round);
    }
    free(send);
    free(receive);
}

static void all_operations(void)
{
    static const int counts[] = {0, 1, 200, 20000};

    for (form = BLOCKING; form < FORMS; form++)
        for (int i = 0; i < 4; i++) {
            allgather(counts[i]);
            allgatherv(counts[i]);
            alltoall(counts[i]);
            alltoallv(counts[i]);
            alltoallw(counts[i]);
            if (counts[i] == 200)
                large_counts(counts[i]);
        }
}

/* in_slot[], from everybody's destinations: of several edges between two ranks, the first one in
 * the one list is the first one in the other. */
static void pair_edges(void)
{
    int *all = mt_alloc((size_t)size * MOST * sizeof(int)), mine[MOST];

    for (int k = 0; k < MOST; k++)
        mine[k] = k < n_out ? out_to[k] : -1;
    MPI_Allgather(mine, MOST, MPI_INT, all, MOST, MPI_INT, comm);
    for (int j = 0; j < n_in; j++) {
        int nth = 0, slot = -1;
        for (int i = 0; i < j; i++)
            nth += in_from[i] == in_from[j];
        while (nth >= 0) {
            slot++;
            CHECK(slot < MOST, "edge from %d is not in its list", in_from[j]);
            if (all[in_from[j] * MOST + slot] == rank)
                nth--;
        }
        in_slot[j] = slot;
    }
    free(all);
}

static void on_grid(int ndims, const int dims[], const int periods[])
{
    MPI_Comm grid;
    int ranks = 1;

    for (int d = 0; d < ndims; d++)
        ranks *= dims[d];
    if (ranks > mt_size)
        return;
    MPI_Cart_create(MPI_COMM_WORLD, ndims, dims, periods, 0, &grid);
    if (grid == MPI_COMM_NULL)
        return;
    MPI_Comm_dup(grid, &comm); /* has the topology as well */
    MPI_Comm_free(&grid);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    n_in = n_out = 2 * ndims;
    for (int d = 0; d < ndims; d++) {
        MPI_Cart_shift(comm, d, 1, &in_from[2 * d], &in_from[2 * d + 1]);
        /* What was sent upwards comes from below. */
        in_slot[2 * d] = 2 * d + 1;
        in_slot[2 * d + 1] = 2 * d;
    }
    for (int j = 0; j < n_in; j++)
        if (in_from[j] == MPI_PROC_NULL)
            in_from[j] = -1;
    all_operations();
    MPI_Comm_free(&comm);
}

static void on_grids(void)
{
    on_grid(1, (int[]){mt_size}, (int[]){1});
    on_grid(1, (int[]){mt_size}, (int[]){0});
    on_grid(1, (int[]){1}, (int[]){1});
    on_grid(1, (int[]){2}, (int[]){1});
    on_grid(2, (int[]){2, 1}, (int[]){1, 1});
    on_grid(3, (int[]){1, 2, 2}, (int[]){1, 0, 1});
    on_grid(2, (int[]){2, mt_size / 2 > 0 ? mt_size / 2 : 1}, (int[]){1, 0});
    on_grid(3, (int[]){2, 2, 2}, (int[]){1, 1, 1});
    on_grid(0, NULL, NULL);
}

/* A ring, in which rank 0 is its own neighbour as well. */
static void on_graph(void)
{
    int *index = mt_alloc((size_t)mt_size * sizeof(int));
    int *edges = mt_alloc((size_t)mt_size * 3 * sizeof(int));
    int n = 0;

    for (int i = 0; i < mt_size; i++) {
        edges[n++] = (i + 1) % mt_size;
        if (i == 0)
            edges[n++] = 0;
        edges[n++] = (i + mt_size - 1) % mt_size;
        index[i] = n;
    }
    MPI_Graph_create(MPI_COMM_WORLD, mt_size, index, edges, 0, &comm);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    MPI_Graph_neighbors_count(comm, rank, &n_in);
    n_out = n_in;
    MPI_Graph_neighbors(comm, rank, MOST, in_from);
    MPI_Graph_neighbors(comm, rank, MOST, out_to);
    pair_edges();
    all_operations();
    MPI_Comm_free(&comm);
    free(index);
    free(edges);
}

/* Edges at random, the same on all ranks; each is given by some rank. */
static void on_distributed_graph(unsigned seed)
{
    int sources[MOST], degrees[MOST], destinations[MOST], n = 0;
    int edges = mt_size * 3 < MOST ? mt_size * 3 : MOST - 1, weighted;
    uint64_t state = seed;

    for (int i = 0; i < edges; i++) {
        int from = mt_random_below(&state, mt_size), to = mt_random_below(&state, mt_size);
        if (mt_random_below(&state, mt_size) != mt_rank || to == 1)
            continue; /* rank 1 has no sources */
        sources[n] = from;
        degrees[n] = 1;
        destinations[n++] = to;
    }
    MPI_Dist_graph_create(MPI_COMM_WORLD, n, sources, degrees, destinations, unweighted,
                          MPI_INFO_NULL, 0, &comm);
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    MPI_Dist_graph_neighbors_count(comm, &n_in, &n_out, &weighted);
    CHECK(n_in < MOST && n_out < MOST && !weighted, "%d, %d neighbours", n_in, n_out);
    MPI_Dist_graph_neighbors(comm, n_in, in_from, unweighted, n_out, out_to, unweighted);
    pair_edges();
    all_operations();
    MPI_Comm_free(&comm);
}

static void wrong_arguments(void)
{
    int send[2] = {0}, receive[2] = {0}, dims[] = {mt_size}, periods[] = {1};
    int counts[] = {1, -1}, displs[] = {0, 1};
    MPI_Comm grid;
    MPI_Request request;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    CHECK_EQ(mt_class(MPI_Neighbor_alltoall(send, 1, MPI_INT, receive, 1, MPI_INT, MPI_COMM_WORLD)),
             MPI_ERR_TOPOLOGY, "class without a topology");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Cart_create(MPI_COMM_WORLD, 1, dims, periods, 0, &grid);
    MPI_Comm_set_errhandler(grid, MPI_ERRORS_RETURN);
    CHECK_EQ(mt_class(MPI_Neighbor_alltoall(send, -1, MPI_INT, receive, 1, MPI_INT, grid)),
             MPI_ERR_COUNT, "class of a negative count");
    CHECK_EQ(
        mt_class(MPI_Neighbor_allgather(send, 1, MPI_DATATYPE_NULL, receive, 1, MPI_INT, grid)),
        MPI_ERR_TYPE, "class of a null datatype");
    CHECK_EQ(mt_class(MPI_Neighbor_allgather(MPI_IN_PLACE, 1, MPI_INT, receive, 1, MPI_INT, grid)),
             MPI_ERR_BUFFER, "class of MPI_IN_PLACE");
    CHECK_EQ(mt_class(MPI_Neighbor_alltoallv(send, counts, displs, MPI_INT, receive, counts, displs,
                                             MPI_INT, grid)),
             MPI_ERR_COUNT, "class of a negative count in an array");
    CHECK_EQ(mt_class(MPI_Ineighbor_alltoallv(send, NULL, displs, MPI_INT, receive, counts, displs,
                                              MPI_INT, grid, &request)),
             MPI_ERR_ARG, "class of a null array");
    MPI_Comm_free(&grid);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    unweighted = MPI_UNWEIGHTED;
    on_grids();
    on_graph();
    for (unsigned seed = 1; seed <= 4; seed++)
        on_distributed_graph(seed);
    if (mt_is_tocsin())
        wrong_arguments();
    return mt_end();
}
