/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Graphs: given whole, in parts by any rank, and by the neighbours themselves; weights or none;
 * ranks outside of the graph or without edges; duplicates; room for fewer neighbours than there
 * are; wrong arguments.
 */
#include "mpitest.h"

enum { MOST = 512 };

#define EXPECT_CLASS(call, class) CHECK_EQ(mt_class(call), class, #call)

/* Through a variable: gcc takes the constants for arrays of no size, and warns. */
static int *volatile unweighted, *volatile weights_empty;

static void check_kind(MPI_Comm comm, int expected)
{
    int kind;

    MPI_Topo_test(comm, &kind);
    CHECK_EQ(kind, expected, "kind of topology");
}

/* Node i has an edge to all nodes below it, and one to node 0 twice. */
static int whole_edges(int nodes, int index[], int edges[])
{
    int n = 0;

    for (int i = 0; i < nodes; i++) {
        for (int k = 0; k < i; k++)
            edges[n++] = k;
        edges[n++] = 0;
        index[i] = n;
    }
    return n;
}

static void check_whole(MPI_Comm graph, int nodes, const int index[], const int edges[], int n)
{
    int got_index[MOST], got_edges[MOST], a, b;

    check_kind(graph, MPI_GRAPH);
    MPI_Graphdims_get(graph, &a, &b);
    CHECK_EQ(a, nodes, "nodes");
    CHECK_EQ(b, n, "edges");
    MPI_Graph_get(graph, MOST, MOST, got_index, got_edges);
    CHECK(memcmp(got_index, index, (size_t)nodes * sizeof(int)) == 0, "the index differs");
    CHECK(memcmp(got_edges, edges, (size_t)n * sizeof(int)) == 0, "the edges differ");
    for (int i = 0; i < nodes; i++) {
        int first = i > 0 ? index[i - 1] : 0, count, got[MOST];
        MPI_Graph_neighbors_count(graph, i, &count);
        CHECK_EQ(count, index[i] - first, "neighbours");
        got[count - 1] = -5;
        MPI_Graph_neighbors(graph, i, count - 1, got);
        CHECK_EQ(got[count - 1], -5, "neighbour beyond the room");
        MPI_Graph_neighbors(graph, i, count, got);
        for (int k = 0; k < count; k++)
            CHECK_EQ(got[k], edges[first + k], "neighbour");
    }
}

static void whole(int nodes)
{
    int index[MOST], edges[MOST], n = whole_edges(nodes, index, edges), newrank;
    MPI_Comm graph, copied;

    MPI_Graph_map(MPI_COMM_WORLD, nodes, index, edges, &newrank);
    MPI_Graph_create(MPI_COMM_WORLD, nodes, index, edges, 1, &graph);
    CHECK((graph == MPI_COMM_NULL) == (newrank == MPI_UNDEFINED) || !mt_is_tocsin(),
          "map and create differ");
    CHECK(mt_rank < nodes || graph == MPI_COMM_NULL, "rank %d is in a graph of %d", mt_rank, nodes);
    if (graph == MPI_COMM_NULL)
        return;
    check_whole(graph, nodes, index, edges, n);
    MPI_Comm_dup(graph, &copied);
    MPI_Comm_free(&graph);
    check_whole(copied, nodes, index, edges, n);
    MPI_Comm_free(&copied);
}

/* Is there an edge, and how heavy is it? */
static int weight(int from, int to)
{
    return (from * 7 + to * 3) % 4 == 0 ? 0 : from * 100 + to + 1;
}

/* Each edge is there once: neighbours may come in any order. */
static void check_side(const char *what, int count, const int peers[], const int weights[],
                       bool weighted, bool incoming)
{
    int expected = 0;
    bool seen[MOST] = {false};

    for (int i = 0; i < mt_size; i++)
        expected += weight(incoming ? i : mt_rank, incoming ? mt_rank : i) > 0;
    CHECK_EQ(count, expected, what);
    for (int i = 0; i < count; i++) {
        int peer = peers[i], w = weight(incoming ? peer : mt_rank, incoming ? mt_rank : peer);
        CHECK(peer >= 0 && peer < mt_size && !seen[peer] && w > 0, "%s: %d", what, peer);
        seen[peer] = true;
        CHECK(!weighted || weights[i] == w, "%s: weight of %d is %d, expected %d", what, peer,
              weights[i], w);
    }
}

static void check_parts(MPI_Comm graph, bool weighted)
{
    int in, out, has_weights, sources[MOST], destinations[MOST], in_weights[MOST];
    int out_weights[MOST];

    check_kind(graph, MPI_DIST_GRAPH);
    MPI_Dist_graph_neighbors_count(graph, &in, &out, &has_weights);
    CHECK_EQ(!has_weights, !weighted, "no weights");
    sources[in] = destinations[out] = -5;
    MPI_Dist_graph_neighbors(graph, in, sources, weighted ? in_weights : unweighted, out,
                             destinations, weighted ? out_weights : unweighted);
    CHECK(sources[in] == -5 && destinations[out] == -5, "more neighbours than were counted");
    check_side("sources", in, sources, in_weights, weighted, true);
    check_side("destinations", out, destinations, out_weights, weighted, false);
    if (in > 0) { /* the first of them, the others untouched */
        int few[MOST];
        few[in - 1] = -5;
        MPI_Dist_graph_neighbors(graph, in - 1, few, unweighted, 0, NULL, unweighted);
        CHECK_EQ(few[in - 1], -5, "source beyond the room");
        for (int i = 0; i < in - 1; i++)
            CHECK_EQ(few[i], sources[i], "source of few");
    }
}

static void check_and_free(MPI_Comm graph, bool weighted)
{
    MPI_Comm copied;

    check_parts(graph, weighted);
    MPI_Comm_dup(graph, &copied);
    MPI_Comm_free(&graph);
    check_parts(copied, weighted);
    MPI_Comm_free(&copied);
}

static void adjacent(bool weighted)
{
    int sources[MOST], destinations[MOST], in_weights[MOST], out_weights[MOST], in = 0, out = 0;
    MPI_Comm graph;

    for (int i = mt_size - 1; i >= 0; i--) {
        if (weight(i, mt_rank) > 0) {
            in_weights[in] = weight(i, mt_rank);
            sources[in++] = i;
        }
        if (weight(mt_rank, i) > 0) {
            out_weights[out] = weight(mt_rank, i);
            destinations[out++] = i;
        }
    }
    MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, in, sources, weighted ? in_weights : unweighted,
                                   out, destinations, weighted ? out_weights : unweighted,
                                   MPI_INFO_NULL, 0, &graph);
    int got_in[MOST], got_out[MOST];
    MPI_Dist_graph_neighbors(graph, in, got_in, unweighted, out, got_out, unweighted);
    for (int i = 0; i < in; i++) /* here the order is the one that was given */
        CHECK_EQ(got_in[i], sources[i], "source in order");
    for (int i = 0; i < out; i++)
        CHECK_EQ(got_out[i], destinations[i], "destination in order");
    check_and_free(graph, weighted);
}

/* Edge number i is given by rank `giver(i)`; several destinations for one source, and sources
 * without any. */
static void parts(bool weighted, bool by_one)
{
    int sources[MOST], degrees[MOST], destinations[MOST], weights[MOST], n = 0, edges = 0;
    MPI_Comm graph;

    for (int from = 0; from < mt_size; from++) {
        sources[n] = from;
        degrees[n] = 0;
        for (int to = 0; to < mt_size; to++) {
            int giver = by_one ? mt_size - 1 : (from * 5 + to * 2) % mt_size;
            if (weight(from, to) == 0 || giver != mt_rank)
                continue;
            weights[edges] = weight(from, to);
            destinations[edges++] = to;
            degrees[n]++;
        }
        n++;
    }
    if (edges == 0)
        n = 0;
    MPI_Dist_graph_create(MPI_COMM_WORLD, n, n > 0 ? sources : NULL, n > 0 ? degrees : NULL,
                          n > 0 ? destinations : NULL,
                          !weighted     ? unweighted
                          : n > 0       ? weights
                          : mt_rank % 2 ? NULL
                                        : weights_empty,
                          MPI_INFO_NULL, 1, &graph);
    check_and_free(graph, weighted);
}

static void no_edges(void)
{
    int in, out, weighted;
    MPI_Comm graph;

    MPI_Dist_graph_create(MPI_COMM_WORLD, 0, NULL, NULL, NULL, unweighted, MPI_INFO_NULL, 0,
                          &graph);
    MPI_Dist_graph_neighbors_count(graph, &in, &out, &weighted);
    CHECK(in == 0 && out == 0 && !weighted, "%d %d %d without edges", in, out, weighted);
    MPI_Comm_free(&graph);
    MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 0, NULL, weights_empty, 0, NULL, weights_empty,
                                   MPI_INFO_NULL, 0, &graph);
    MPI_Dist_graph_neighbors_count(graph, &in, &out, &weighted);
    CHECK(in == 0 && out == 0 && weighted, "%d %d %d without edges", in, out, weighted);
    MPI_Comm_free(&graph);
    MPI_Graph_create(MPI_COMM_WORLD, 0, NULL, NULL, 0, &graph);
    CHECK(graph == MPI_COMM_NULL, "a graph without nodes");
}

static void wrong_arguments(void)
{
    int index[2] = {1, 0}, edges[2] = {0, mt_size}, one[1] = {1}, bad[1] = {mt_size}, zero[1] = {0};
    int minus[1] = {-1}, r, out[2];
    MPI_Comm graph;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    EXPECT_CLASS(MPI_Graph_create(MPI_COMM_WORLD, mt_size + 1, index, edges, 0, &graph),
                 MPI_ERR_ARG);
    graph = MPI_COMM_SELF;
    EXPECT_CLASS(MPI_Graph_create(MPI_COMM_WORLD, -1, index, edges, 0, &graph), MPI_ERR_ARG);
    CHECK(graph == MPI_COMM_NULL, "the result of an error");
    EXPECT_CLASS(MPI_Graph_create(MPI_COMM_WORLD, 1, minus, edges, 0, &graph), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Graph_create(MPI_COMM_WORLD, 1, one, bad, 0, &graph), MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Graph_create(MPI_COMM_WORLD, 1, one, NULL, 0, &graph), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Graphdims_get(MPI_COMM_WORLD, &r, out), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Graph_neighbors_count(MPI_COMM_WORLD, 0, &r), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, bad, one, zero, unweighted, MPI_INFO_NULL,
                                       0, &graph),
                 MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, zero, one, bad, unweighted, MPI_INFO_NULL,
                                       0, &graph),
                 MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, zero, minus, zero, unweighted,
                                       MPI_INFO_NULL, 0, &graph),
                 MPI_ERR_ARG);
    EXPECT_CLASS(
        MPI_Dist_graph_create(MPI_COMM_WORLD, 1, zero, one, zero, minus, MPI_INFO_NULL, 0, &graph),
        MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, zero, one, zero, weights_empty,
                                       MPI_INFO_NULL, 0, &graph),
                 MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, bad, unweighted, 0, NULL,
                                                unweighted, MPI_INFO_NULL, 0, &graph),
                 MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, -1, bad, unweighted, 0, NULL,
                                                unweighted, MPI_INFO_NULL, 0, &graph),
                 MPI_ERR_ARG);
    MPI_Graph_create(MPI_COMM_WORLD, 1, one, zero, 0, &graph);
    if (graph == MPI_COMM_NULL)
        return;
    EXPECT_CLASS(MPI_Graph_neighbors_count(graph, 1, &r), MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Graph_get(graph, 0, 1, out, out), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Cartdim_get(graph, &r), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Dist_graph_neighbors_count(graph, &r, out, out), MPI_ERR_TOPOLOGY);
    MPI_Comm_free(&graph);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    unweighted = MPI_UNWEIGHTED;
    weights_empty = MPI_WEIGHTS_EMPTY;
    check_kind(MPI_COMM_WORLD, MPI_UNDEFINED);
    for (int nodes = 1; nodes <= mt_size; nodes++)
        whole(nodes);
    for (int weighted = 0; weighted < 2; weighted++) {
        adjacent(weighted);
        parts(weighted, false);
        parts(weighted, true);
    }
    no_edges();
    if (mt_is_tocsin())
        wrong_arguments();
    return mt_end();
}
