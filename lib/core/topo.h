/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_CORE_TOPO_H
#define TOC_CORE_TOPO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Virtual topologies of communicators (MPI 5.0, chapter 8): who is whose neighbour. Immutable,
 * shared by duplicates. Ranks are those of the communicator that has the topology.
 */

enum toc_topo_kind { TOC_TOPO_CART, TOC_TOPO_GRAPH, TOC_TOPO_DIST };

struct toc_topo {
    uint32_t refs;
    enum toc_topo_kind kind;

    /* This rank's neighbours, in the order of neighbourhood collectives. Cartesian: per dimension
     * the one below and the one above, or MPI_PROC_NULL. */
    int in_degree, out_degree;
    int *sources, *destinations;

    /* CART */
    int ndims;
    int *dims, *periods;
    int *coords; /* of this rank */

    /* GRAPH: neighbours of rank i are edges[index[i - 1]] to edges[index[i] - 1] */
    int nodes;
    int *index, *edges;

    /* DIST */
    bool weighted;
    int *source_weights, *destination_weights;

    int numbers[]; /* what all of these point into */
};

/* New topologies, as rank `rank` sees them; the arguments are valid and copied. NULL without
 * memory. */
struct toc_topo *toc_topo_cart(int ndims, const int dims[], const int periods[], int rank);
struct toc_topo *toc_topo_graph(int nodes, const int index[], const int edges[], int rank);

/** Without contents: the caller fills in the neighbours and, if `weighted`, their weights. */
struct toc_topo *toc_topo_dist(int in_degree, int out_degree, bool weighted);

/* Guard held. NULL is no topology. */
struct toc_topo *toc_topo_retain(struct toc_topo *topo);
void toc_topo_release(struct toc_topo *topo);

/** Ranks of a grid; INT64_MAX stands for all that do not fit an int. */
int64_t toc_cart_size(int ndims, const int dims[]);

void toc_cart_coords(const struct toc_topo *cart, int rank, int coords[]);

/** Rank at these coordinates: taken round in periodic dimensions; MPI_PROC_NULL outside. */
int toc_cart_rank(const struct toc_topo *cart, const int coords[]);

/** Rank `displacement` steps along dimension `direction` from this one, or MPI_PROC_NULL. */
int toc_cart_step(const struct toc_topo *cart, int direction, int64_t displacement);

/** Number of neighbours of any rank, and the first of them. */
int toc_graph_neighbors(const struct toc_topo *graph, int rank, const int **neighbors);

/** Fills in the zeros among `dims` so that their product is `nodes`, the free ones as close to each
 *  other as can be (the least difference between the largest and the smallest) and not increasing.
 *  TOC_ERR_ARG: the dimensions given do not divide `nodes`; TOC_ERR_NO_MEM. */
int toc_dims_create(int nodes, int ndims, int dims[]);

#endif
