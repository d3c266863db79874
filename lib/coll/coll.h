/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_COLL_COLL_H
#define TOC_COLL_COLL_H

#include <stdbool.h>
#include <stdint.h>

#include "coll/schedule.h"

/*
 * Collective operations. Each function appends to a schedule the steps that the operation asks of
 * this rank (MPI 5.0, chapter 6), as blocking, non-blocking and inner parts of others need them.
 * Which algorithm it is depends only on what all ranks know: the number of ranks, the packed size,
 * the operation. Arguments are valid; guard held, not in the handler.
 */

/* Packed bytes from which the algorithms for large messages are used. */
#define TOC_COLL_LARGE_BCAST  (32 << 10)
#define TOC_COLL_LARGE_REDUCE (16 << 10)

/** `count` elements of `type` at `address`. */
struct toc_block {
    void *address;
    int64_t count;
    struct toc_datatype *type;
};

/** One block per rank, in the forms that MPI has for it. Unused members are NULL or 0. */
struct toc_blocks {
    void *base;
    struct toc_datatype *type; /* of all blocks; NULL: `types` */
    const MPI_Datatype *types; /* handles of committed types; then `displs` are bytes */
    int64_t count;             /* of all blocks; unless there are counts: */
    const int *counts;
    const MPI_Count *large_counts;
    const int *displs; /* in extents of `type`; none: block after block */
    const MPI_Aint *large_displs;
};

/** Elements in the block of rank `rank`. */
int64_t toc_blocks_count(const struct toc_blocks *blocks, int rank);

/** Block of rank `rank`; without elements, its type may be any. */
struct toc_block toc_blocks_at(const struct toc_blocks *blocks, int rank);

static inline uint64_t toc_block_bytes(const struct toc_block *block)
{
    return block->type->size * (uint64_t)block->count;
}

/** Elementwise reduction of what the ranks have at `in` to `out`. in == out: MPI_IN_PLACE. Neither
 *  the order of the operands nor the way they are bracketed depends on anything but the arguments
 *  that all ranks agree on; the order is that of the ranks, unless `op` commutes. */
struct toc_reduction {
    const void *in;
    void *out;
    int64_t count;
    struct toc_datatype *type;
    struct toc_op *op;
};

void toc_coll_barrier(struct toc_schedule *schedule);
void toc_coll_bcast(struct toc_schedule *schedule, const struct toc_block *block, int root);

/** `out` has a meaning at `root` only. */
void toc_coll_reduce(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                     int root);
void toc_coll_allreduce(struct toc_schedule *schedule, const struct toc_reduction *reduction);

/** Rank i gets `counts[i]` elements of the result at `out` (starts[i + 1] - starts[i], that is);
 *  `count` is not used. In place: `in` is the whole vector, `out` its first element. */
void toc_coll_reduce_scatter(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                             const int64_t *starts);

/** The exchange and reduction in it: the result for elements starts[rank] to starts[rank + 1] - 1
 *  comes to `result`, which may be the very place that the rank has them in `reduction->in`. */
void toc_coll_reduce_blocks(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                            const int64_t *starts, void *result);

/** The ranks' shares of `count` elements, as even as can be: [size + 1], memory of the schedule;
 *  NULL without. */
int64_t *toc_coll_shares(struct toc_schedule *schedule, int64_t count);

/** Prefix reduction: over ranks 0 to this one; `exclusive`: to the one before, and rank 0 gets
 *  nothing. */
void toc_coll_scan(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                   bool exclusive);

/* `send` NULL: MPI_IN_PLACE, the rank's data are in its block of `receive` already; the same for
 * `receive` of a scatter. */
void toc_coll_gather(struct toc_schedule *schedule, const struct toc_block *send,
                     const struct toc_blocks *receive, int root);
void toc_coll_scatter(struct toc_schedule *schedule, const struct toc_blocks *send,
                      const struct toc_block *receive, int root);
void toc_coll_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                        const struct toc_blocks *receive);
void toc_coll_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                       const struct toc_blocks *receive);

/* The same over inter-communicators (section 6.2.2): data go from each group to the other one.
 * Blocks are those of the other group's ranks. With a root: MPI_ROOT for the root itself,
 * MPI_PROC_NULL for the others of its group, in the other group the root's rank. */
void toc_coll_inter_bcast(struct toc_schedule *schedule, const struct toc_block *block, int root);
void toc_coll_inter_gather(struct toc_schedule *schedule, const struct toc_block *send,
                           const struct toc_blocks *receive, int root);
void toc_coll_inter_scatter(struct toc_schedule *schedule, const struct toc_blocks *send,
                            const struct toc_block *receive, int root);
void toc_coll_inter_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                              const struct toc_blocks *receive);
void toc_coll_inter_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                             const struct toc_blocks *receive);
void toc_coll_inter_reduce(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                           int root);
void toc_coll_inter_allreduce(struct toc_schedule *schedule, const struct toc_reduction *reduction);

/** `reduction->count`: of the whole vector; `starts`: the shares of the local group. */
void toc_coll_inter_reduce_scatter(struct toc_schedule *schedule,
                                   const struct toc_reduction *reduction, const int64_t *starts);

/* Steps for a block; nothing when it has no bytes (what the other side knows as well). */
void toc_coll_send_block(struct toc_schedule *schedule, const struct toc_block *block, int rank);
void toc_coll_receive_block(struct toc_schedule *schedule, const struct toc_block *block, int rank);
void toc_coll_copy_block(struct toc_schedule *schedule, const struct toc_block *to,
                         const struct toc_block *from);

/** The datatype of plain bytes. */
struct toc_datatype *toc_coll_byte(void);

#endif
