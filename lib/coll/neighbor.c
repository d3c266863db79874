/* SPDX-License-Identifier: BSD-3-Clause */
/* A message along every edge. */
#include "coll/neighbor.h"

#include "base/abi.h"

/*
 * Two ranks may be neighbours more than once: their messages meet in the order of both lists. In a
 * grid, what is sent downwards arrives from above, so where both neighbours in a dimension are the
 * same rank (a periodic one of extent 1 or 2), that is the other way round: block 2d meets block
 * 2d + 1. Receiving in that order is right for all grids.
 */
static void receive_all(struct toc_schedule *schedule, const struct toc_blocks *receive)
{
    const struct toc_topo *topo = schedule->comm->topo;
    for (int i = 0; i < topo->in_degree; i++) {
        int from = topo->kind == TOC_TOPO_CART ? i ^ 1 : i;
        if (topo->sources[from] == MPI_PROC_NULL)
            continue;
        struct toc_block block = toc_blocks_at(receive, from);
        toc_coll_receive_block(schedule, &block, topo->sources[from]);
    }
}

void toc_coll_neighbor_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                                const struct toc_blocks *receive)
{
    const struct toc_topo *topo = schedule->comm->topo;
    receive_all(schedule, receive);
    for (int i = 0; i < topo->out_degree; i++) {
        if (topo->destinations[i] == MPI_PROC_NULL)
            continue;
        struct toc_block block = toc_blocks_at(send, i);
        toc_coll_send_block(schedule, &block, topo->destinations[i]);
    }
}

void toc_coll_neighbor_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                                 const struct toc_blocks *receive)
{
    const struct toc_topo *topo = schedule->comm->topo;
    receive_all(schedule, receive);
    for (int i = 0; i < topo->out_degree; i++)
        if (topo->destinations[i] != MPI_PROC_NULL)
            toc_coll_send_block(schedule, send, topo->destinations[i]);
}
