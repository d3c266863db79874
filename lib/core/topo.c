/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/topo.h"

#include <limits.h>
#include <stdlib.h>

#include "base/abi.h"

static struct toc_topo *new_topo(enum toc_topo_kind kind, size_t numbers)
{
    struct toc_topo *topo = calloc(1, sizeof(*topo) + numbers * sizeof(int));
    if (topo == NULL)
        return NULL;
    topo->refs = 1;
    topo->kind = kind;
    return topo;
}

/* The next `count` of a topology's numbers. */
static int *take(int **free_numbers, size_t count)
{
    int *taken = *free_numbers;
    *free_numbers += count;
    return taken;
}

static int *take_copy(int **free_numbers, size_t count, const int *values)
{
    int *taken = take(free_numbers, count);
    for (size_t i = 0; i < count; i++)
        taken[i] = values[i];
    return taken;
}

struct toc_topo *toc_topo_cart(int ndims, const int dims[], const int periods[], int rank)
{
    size_t n = (size_t)ndims;
    struct toc_topo *cart = new_topo(TOC_TOPO_CART, 7 * n);
    if (cart == NULL)
        return NULL;
    int *numbers = cart->numbers;
    cart->ndims = ndims;
    cart->dims = take_copy(&numbers, n, dims);
    cart->periods = take_copy(&numbers, n, periods);
    cart->coords = take(&numbers, n);
    toc_cart_coords(cart, rank, cart->coords);
    cart->in_degree = cart->out_degree = 2 * ndims;
    cart->sources = cart->destinations = take(&numbers, 2 * n);
    for (int d = 0; d < ndims; d++) {
        cart->periods[d] = cart->periods[d] != 0;
        cart->sources[2 * d] = toc_cart_step(cart, d, -1);
        cart->sources[2 * d + 1] = toc_cart_step(cart, d, 1);
    }
    return cart;
}

struct toc_topo *toc_topo_graph(int nodes, const int index[], const int edges[], int rank)
{
    size_t n_edges = (size_t)index[nodes - 1];
    struct toc_topo *graph = new_topo(TOC_TOPO_GRAPH, (size_t)nodes + n_edges);
    if (graph == NULL)
        return NULL;
    int *numbers = graph->numbers;
    graph->nodes = nodes;
    graph->index = take_copy(&numbers, (size_t)nodes, index);
    graph->edges = take_copy(&numbers, n_edges, edges);
    const int *own;
    graph->in_degree = graph->out_degree = toc_graph_neighbors(graph, rank, &own);
    graph->sources = graph->destinations = graph->edges + (own - graph->edges);
    return graph;
}

struct toc_topo *toc_topo_dist(int in_degree, int out_degree, bool weighted)
{
    size_t in = (size_t)in_degree, out = (size_t)out_degree;
    struct toc_topo *topo = new_topo(TOC_TOPO_DIST, 2 * (in + out));
    if (topo == NULL)
        return NULL;
    int *numbers = topo->numbers;
    topo->in_degree = in_degree;
    topo->out_degree = out_degree;
    topo->weighted = weighted;
    topo->sources = take(&numbers, in);
    topo->destinations = take(&numbers, out);
    topo->source_weights = take(&numbers, in);
    topo->destination_weights = take(&numbers, out);
    return topo;
}

struct toc_topo *toc_topo_retain(struct toc_topo *topo)
{
    if (topo != NULL)
        topo->refs++;
    return topo;
}

void toc_topo_release(struct toc_topo *topo)
{
    if (topo != NULL && --topo->refs == 0)
        free(topo);
}

int64_t toc_cart_size(int ndims, const int dims[])
{
    int64_t size = 1;
    for (int d = 0; d < ndims; d++) {
        size *= dims[d];
        if (size > INT_MAX)
            return INT64_MAX;
    }
    return size;
}

/* Row by row: the last dimension varies fastest. */
void toc_cart_coords(const struct toc_topo *cart, int rank, int coords[])
{
    for (int d = cart->ndims - 1; d >= 0; d--) {
        coords[d] = rank % cart->dims[d];
        rank /= cart->dims[d];
    }
}

/* False: outside. */
static bool fold(const struct toc_topo *cart, int d, int64_t *coordinate)
{
    int64_t extent = cart->dims[d];
    if (*coordinate >= 0 && *coordinate < extent)
        return true;
    *coordinate %= extent;
    if (*coordinate < 0)
        *coordinate += extent;
    return cart->periods[d];
}

int toc_cart_rank(const struct toc_topo *cart, const int coords[])
{
    int64_t rank = 0;
    for (int d = 0; d < cart->ndims; d++) {
        int64_t coordinate = coords[d];
        if (!fold(cart, d, &coordinate))
            return MPI_PROC_NULL;
        rank = rank * cart->dims[d] + coordinate;
    }
    return (int)rank;
}

int toc_cart_step(const struct toc_topo *cart, int direction, int64_t displacement)
{
    int64_t rank = 0;
    for (int d = 0; d < cart->ndims; d++) {
        int64_t coordinate = cart->coords[d];
        if (d == direction) {
            coordinate += displacement;
            if (!fold(cart, d, &coordinate))
                return MPI_PROC_NULL;
        }
        rank = rank * cart->dims[d] + coordinate;
    }
    return (int)rank;
}

int toc_graph_neighbors(const struct toc_topo *graph, int rank, const int **neighbors)
{
    int first = rank > 0 ? graph->index[rank - 1] : 0;
    *neighbors = graph->edges + first;
    return graph->index[rank] - first;
}
