/* SPDX-License-Identifier: BSD-3-Clause */
/* Graphs: given whole by every rank, or in parts (MPI 5.0, section 8.5). */
#include "base/error.h"
#include "coll/neighbor.h"
#include "mpi/coll_impl.h"
#include "mpi/topo_impl.h"
#include "progress/guard.h"

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* ---- graphs that every rank gives whole */

static int check_edges(const char *function, MPI_Comm handle, int nnodes, const int indx[],
                       const int edges[])
{
    for (int i = 0; i < nnodes; i++)
        if (indx[i] < (i > 0 ? indx[i - 1] : 0))
            return toc_mpi_raise(handle, MPI_ERR_ARG, function,
                                 "indx[%d] is %d: the entries must not decrease", i, indx[i]);
    int count = nnodes > 0 ? indx[nnodes - 1] : 0;
    int code = toc_mpi_topo_array(function, handle, "edges", count, edges);
    for (int i = 0; code == MPI_SUCCESS && i < count; i++)
        if (edges[i] < 0 || edges[i] >= nnodes)
            return toc_mpi_raise(handle, MPI_ERR_RANK, function,
                                 "edges[%d] is %d, the graph has the nodes 0 to %d", i, edges[i],
                                 nnodes - 1);
    return code;
}

static int check_graph(const char *function, MPI_Comm handle, const struct toc_comm *comm,
                       int nnodes, const int indx[], const int edges[])
{
    int code = toc_mpi_topo_not_negative(function, handle, "nnodes", nnodes);
    if (code == MPI_SUCCESS && nnodes > comm->size)
        code = toc_mpi_raise(handle, MPI_ERR_ARG, function,
                             "nnodes is %d, the communicator has %d ranks", nnodes, comm->size);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, handle, "indx", nnodes, indx);
    return code != MPI_SUCCESS ? code : check_edges(function, handle, nnodes, indx, edges);
}

int PMPI_Graph_create(MPI_Comm comm_old, int nnodes, const int indx[], const int edges[],
                      int reorder, MPI_Comm *comm_graph)
{
    static const char function[] = "MPI_Graph_create";
    struct toc_comm *parent;
    struct toc_topo *graph = NULL;
    (void)reorder;
    int code = toc_mpi_topo_begin(function, comm_old, comm_graph, &parent);
    if (code == MPI_SUCCESS)
        code = check_graph(function, comm_old, parent, nnodes, indx, edges);
    if (code != MPI_SUCCESS)
        return code;
    if (parent->rank < nnodes)
        graph = toc_topo_graph(nnodes, indx, edges, parent->rank);
    return toc_mpi_topo_create(function, comm_old, parent, nnodes, graph, comm_graph);
}
TOC_MPI_ALIAS(Graph_create);

int PMPI_Graph_map(MPI_Comm comm, int nnodes, const int indx[], const int edges[], int *newrank)
{
    static const char function[] = "MPI_Graph_map";
    struct toc_comm *object;
    int code = toc_mpi_topo_parent(function, comm, newrank, &object);
    if (code == MPI_SUCCESS)
        code = check_graph(function, comm, object, nnodes, indx, edges);
    if (code == MPI_SUCCESS)
        *newrank = toc_mpi_topo_map(object, nnodes);
    return code;
}
TOC_MPI_ALIAS(Graph_map);

int PMPI_Graphdims_get(MPI_Comm comm, int *nnodes, int *nedges)
{
    static const char function[] = "MPI_Graphdims_get";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_GRAPH, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "nnodes", nnodes);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "nedges", nedges);
    if (code != MPI_SUCCESS)
        return code;
    *nnodes = object->topo->nodes;
    *nedges = object->topo->index[object->topo->nodes - 1];
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Graphdims_get);

int PMPI_Graph_get(MPI_Comm comm, int maxindex, int maxedges, int indx[], int edges[])
{
    static const char function[] = "MPI_Graph_get";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_GRAPH, &object);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_topo *graph = object->topo;
    int n_edges = graph->index[graph->nodes - 1];
    code = toc_mpi_topo_room(function, comm, "maxindex", maxindex, graph->nodes);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_room(function, comm, "maxedges", maxedges, n_edges);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "indx", graph->nodes, indx);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "edges", n_edges, edges);
    if (code != MPI_SUCCESS)
        return code;
    toc_mpi_topo_copy(indx, graph->index, graph->nodes);
    toc_mpi_topo_copy(edges, graph->edges, n_edges);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Graph_get);

static int check_node(const char *function, MPI_Comm comm, int rank, struct toc_comm **object)
{
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_GRAPH, object);
    return code != MPI_SUCCESS ? code : toc_mpi_topo_rank(function, comm, *object, rank);
}

int PMPI_Graph_neighbors_count(MPI_Comm comm, int rank, int *nneighbors)
{
    static const char function[] = "MPI_Graph_neighbors_count";
    struct toc_comm *object;
    const int *neighbors;
    int code = check_node(function, comm, rank, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "nneighbors", nneighbors);
    if (code == MPI_SUCCESS)
        *nneighbors = toc_graph_neighbors(object->topo, rank, &neighbors);
    return code;
}
TOC_MPI_ALIAS(Graph_neighbors_count);

int PMPI_Graph_neighbors(MPI_Comm comm, int rank, int maxneighbors, int neighbors[])
{
    static const char function[] = "MPI_Graph_neighbors";
    struct toc_comm *object;
    const int *all = NULL;
    int count = 0;
    int code = check_node(function, comm, rank, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_not_negative(function, comm, "maxneighbors", maxneighbors);
    if (code == MPI_SUCCESS) {
        count = smaller(toc_graph_neighbors(object->topo, rank, &all), maxneighbors);
        code = toc_mpi_topo_array(function, comm, "neighbors", count, neighbors);
    }
    if (code == MPI_SUCCESS)
        toc_mpi_topo_copy(neighbors, all, count);
    return code;
}
TOC_MPI_ALIAS(Graph_neighbors);

/* ---- graphs in parts */

static int check_ranks(const char *function, MPI_Comm handle, const struct toc_comm *comm,
                       const char *what, int count, const int ranks[])
{
    int code = toc_mpi_topo_array(function, handle, what, count, ranks);
    for (int i = 0; code == MPI_SUCCESS && i < count; i++)
        if (ranks[i] < 0 || ranks[i] >= comm->size)
            return toc_mpi_raise(handle, MPI_ERR_RANK, function,
                                 "%s[%d] is %d, the communicator has %d ranks", what, i, ranks[i],
                                 comm->size);
    return code;
}

/* Weights for `count` edges, where there are weights at all. */
static int check_weights(const char *function, MPI_Comm handle, const char *what, int count,
                         const int weights[])
{
    if (weights == MPI_UNWEIGHTED || count == 0)
        return MPI_SUCCESS;
    if (weights == NULL || weights == MPI_WEIGHTS_EMPTY)
        return toc_mpi_raise(handle, MPI_ERR_ARG, function, "%s is %s, for %d edges", what,
                             weights == NULL ? "a null pointer" : "MPI_WEIGHTS_EMPTY", count);
    for (int i = 0; i < count; i++)
        if (weights[i] < 0)
            return toc_mpi_raise(handle, MPI_ERR_ARG, function,
                                 "%s[%d] is %d, it must not be negative", what, i, weights[i]);
    return MPI_SUCCESS;
}

/* One side of a rank's neighbourhood. */
static int check_side(const char *function, MPI_Comm handle, const struct toc_comm *comm,
                      const char *what, int degree, const int ranks[], const int weights[])
{
    int code = toc_mpi_topo_not_negative(function, handle, "the degree", degree);
    if (code == MPI_SUCCESS)
        code = check_ranks(function, handle, comm, what, degree, ranks);
    if (code == MPI_SUCCESS)
        code = check_weights(function, handle, "the weights", degree, weights);
    return code;
}

int PMPI_Dist_graph_create_adjacent(MPI_Comm comm_old, int indegree, const int sources[],
                                    const int sourceweights[], int outdegree,
                                    const int destinations[], const int destweights[],
                                    MPI_Info info, int reorder, MPI_Comm *comm_dist_graph)
{
    static const char function[] = "MPI_Dist_graph_create_adjacent";
    struct toc_comm *parent;
    (void)reorder;
    int code = toc_mpi_topo_begin(function, comm_old, comm_dist_graph, &parent);
    if (code == MPI_SUCCESS)
        code = check_side(function, comm_old, parent, "sources", indegree, sources, sourceweights);
    if (code == MPI_SUCCESS)
        code = check_side(function, comm_old, parent, "destinations", outdegree, destinations,
                          destweights);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_info(function, comm_old, info);
    if (code != MPI_SUCCESS)
        return code;
    bool weighted = sourceweights != MPI_UNWEIGHTED && destweights != MPI_UNWEIGHTED;
    struct toc_topo *topo = toc_topo_dist(indegree, outdegree, weighted);
    if (topo != NULL) {
        toc_mpi_topo_copy(topo->sources, sources, indegree);
        toc_mpi_topo_copy(topo->destinations, destinations, outdegree);
        toc_mpi_topo_copy(topo->source_weights, sourceweights, weighted ? indegree : 0);
        toc_mpi_topo_copy(topo->destination_weights, destweights, weighted ? outdegree : 0);
    }
    return toc_mpi_topo_create(function, comm_old, parent, parent->size, topo, comm_dist_graph);
}
TOC_MPI_ALIAS(Dist_graph_create_adjacent);

/* The edges that a rank gives; `count` of them. */
static int check_given(const char *function, MPI_Comm handle, const struct toc_comm *comm,
                       const struct toc_edges *edges, const int weights[])
{
    int64_t count = 0;
    int code = toc_mpi_topo_not_negative(function, handle, "n", edges->n);
    if (code == MPI_SUCCESS)
        code = check_ranks(function, handle, comm, "sources", edges->n, edges->sources);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, handle, "degrees", edges->n, edges->degrees);
    for (int i = 0; code == MPI_SUCCESS && i < edges->n; i++) {
        code = toc_mpi_topo_not_negative(function, handle, "a degree", edges->degrees[i]);
        count += edges->degrees[i];
    }
    if (code == MPI_SUCCESS && count > INT32_MAX)
        return toc_mpi_raise(handle, MPI_ERR_COUNT, function, "the degrees' sum is %lld",
                             (long long)count);
    if (code == MPI_SUCCESS)
        code = check_ranks(function, handle, comm, "destinations", (int)count, edges->destinations);
    if (code == MPI_SUCCESS)
        code = check_weights(function, handle, "weights", (int)count, weights);
    return code;
}

int PMPI_Dist_graph_create(MPI_Comm comm_old, int n, const int sources[], const int degrees[],
                           const int destinations[], const int weights[], MPI_Info info,
                           int reorder, MPI_Comm *comm_dist_graph)
{
    static const char function[] = "MPI_Dist_graph_create";
    struct toc_comm *parent;
    struct toc_topo *topo = NULL;
    bool weighted = weights != MPI_UNWEIGHTED;
    struct toc_edges edges = {n, sources, degrees, destinations, weighted, weights};
    (void)reorder;
    int code = toc_mpi_topo_begin(function, comm_old, comm_dist_graph, &parent);
    if (code == MPI_SUCCESS)
        code = check_given(function, comm_old, parent, &edges, weights);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_info(function, comm_old, info);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_share_edges(parent, &edges, &topo);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_coll_status(function, comm_old, status);
    return toc_mpi_topo_create(function, comm_old, parent, parent->size, topo, comm_dist_graph);
}
TOC_MPI_ALIAS(Dist_graph_create);

int PMPI_Dist_graph_neighbors_count(MPI_Comm comm, int *indegree, int *outdegree, int *weighted)
{
    static const char function[] = "MPI_Dist_graph_neighbors_count";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_DIST, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "indegree", indegree);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "outdegree", outdegree);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "weighted", weighted);
    if (code != MPI_SUCCESS)
        return code;
    *indegree = object->topo->in_degree;
    *outdegree = object->topo->out_degree;
    *weighted = object->topo->weighted;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Dist_graph_neighbors_count);

/* As many as there is room for, with their weights, if there are any and the caller wants them. */
static int copy_side(const char *function, MPI_Comm comm, const char *what, int room, int degree,
                     const int ranks[], int out[], const int weights[], int weights_out[])
{
    int count = smaller(room, degree);
    int code = toc_mpi_topo_not_negative(function, comm, "the room for neighbors", room);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, what, count, out);
    if (code != MPI_SUCCESS)
        return code;
    toc_mpi_topo_copy(out, ranks, count);
    if (weights != NULL && weights_out != NULL && weights_out != MPI_UNWEIGHTED &&
        weights_out != MPI_WEIGHTS_EMPTY)
        toc_mpi_topo_copy(weights_out, weights, count);
    return MPI_SUCCESS;
}

int PMPI_Dist_graph_neighbors(MPI_Comm comm, int maxindegree, int sources[], int sourceweights[],
                              int maxoutdegree, int destinations[], int destweights[])
{
    static const char function[] = "MPI_Dist_graph_neighbors";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_DIST, &object);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_topo *topo = object->topo;
    code = copy_side(function, comm, "sources", maxindegree, topo->in_degree, topo->sources,
                     sources, topo->weighted ? topo->source_weights : NULL, sourceweights);
    if (code == MPI_SUCCESS)
        code = copy_side(function, comm, "destinations", maxoutdegree, topo->out_degree,
                         topo->destinations, destinations,
                         topo->weighted ? topo->destination_weights : NULL, destweights);
    return code;
}
TOC_MPI_ALIAS(Dist_graph_neighbors);
