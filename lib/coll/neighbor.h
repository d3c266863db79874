/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_COLL_NEIGHBOR_H
#define TOC_COLL_NEIGHBOR_H

#include "coll/coll.h"
#include "core/topo.h"

/*
 * Collective operations along the edges of a topology (MPI 5.0, section 8.6), and the one that
 * makes a topology. As for all collectives: arguments are valid, guard held, not in the handler.
 */

/** Block i of `receive` comes from source i of the communicator's topology; block i of `send` goes
 *  to destination i. What belongs to MPI_PROC_NULL is not touched. */
void toc_coll_neighbor_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                                const struct toc_blocks *receive);

/** The same block to all destinations. */
void toc_coll_neighbor_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                                 const struct toc_blocks *receive);

/** Edges of a graph, as one rank gives them to MPI_Dist_graph_create: from sources[i] to the next
 *  degrees[i] of the destinations. Any rank may give any edge. */
struct toc_edges {
    int n;
    const int *sources, *degrees, *destinations;
    bool weighted;      /* alike on all ranks */
    const int *weights; /* as the destinations */
};

/** Tells every rank of `comm` the edges that it belongs to; in the order of the ranks that gave
 *  them, and of their arguments. Blocks. 0, or an error. */
int toc_coll_share_edges(struct toc_comm *comm, const struct toc_edges *edges,
                         struct toc_topo **topo);

#endif
