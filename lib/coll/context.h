/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_COLL_CONTEXT_H
#define TOC_COLL_CONTEXT_H

#include <stdint.h>

#include "core/comm.h"

/*
 * New communicators: their members agree on a context number that none of them uses. Threads may
 * do so at the same time, on different communicators. The functions block; guard held on entry and
 * return (others may have had it meanwhile), not in the handler. Status 0, TOC_ERR_NO_MEM, or
 * TOC_ERR_LIMIT when no number was found, which all ranks find alike.
 */

/** Agrees among all members of `parent`. */
int toc_coll_agree_context(struct toc_comm *parent, uint32_t *context);

/** Agrees among `size` members of `parent`, given by their ranks; this process is number `rank`.
 *  Others know nothing of it: `tag` tells several of them apart that are under way at once. */
int toc_coll_agree_context_among(struct toc_comm *parent, const int *members, int rank, int size,
                                 int tag, uint32_t *context);

/** This process gives out numbers from counter `start` (1 to 2^21 - 1) on; for tests of what
 * happens when the counter comes round. */
void toc_coll_contexts_from(uint32_t start);

/** A communicator over the same group, with the same topology: MPI_Comm_dup. */
int toc_coll_comm_dup(struct toc_comm *parent, struct toc_comm **result);

/** MPI_Comm_create: over `group`, which is part of the parent's. NULL in *result for ranks outside
 *  of it. */
int toc_coll_comm_create(struct toc_comm *parent, const struct toc_group *group,
                         struct toc_comm **result);

/** MPI_Comm_create_group: the same, called by the members of `group` only. */
int toc_coll_comm_create_group(struct toc_comm *parent, const struct toc_group *group, int tag,
                               struct toc_comm **result);

/** MPI_Comm_split: one for all ranks with the same color, in the order of their keys and, if these
 *  are equal, ranks. A negative color takes no part: NULL in *result. */
int toc_coll_comm_split(struct toc_comm *parent, int color, int key, struct toc_comm **result);

#endif
