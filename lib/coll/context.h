/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_COLL_CONTEXT_H
#define TOC_COLL_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/comm.h"
#include "p2p/request.h"

/*
 * New communicators: one member draws a context number for all. The functions block, but idup;
 * guard held, not in the handler. Status 0, TOC_ERR_NO_MEM, or TOC_ERR_LIMIT when all numbers have
 * been drawn, which all ranks find alike. Inter-communicators are welcome where nothing is said.
 */

/** A new number for all members of `parent`. */
int toc_coll_agree_context(struct toc_comm *parent, uint32_t *context);

/** For the members of `group`, which all are in `parent`; this process is one of them. Others know
 *  nothing of it: `tag` tells several of them apart that are under way at once. */
int toc_coll_agree_context_among(struct toc_comm *parent, const struct toc_group *group, int tag,
                                 uint32_t *context);

/** A communicator over the same group or groups, with the same topology: MPI_Comm_dup. */
int toc_coll_comm_dup(struct toc_comm *parent, struct toc_comm **result);

/** The same without waiting: the communicator can be used when the request is complete. */
int toc_coll_comm_idup(struct toc_comm *parent, struct toc_comm **result,
                       struct toc_request **request);

/** MPI_Comm_create: over `group`, which is part of the parent's (local) group; NULL in *result for
 *  ranks outside of it. Inter-communicator: with the group that the other side gives; NULL for all
 *  if one of them is empty. */
int toc_coll_comm_create(struct toc_comm *parent, const struct toc_group *group,
                         struct toc_comm **result);

/** MPI_Comm_create_group: the same, called by the members of `group` only. Not for
 *  inter-communicators. */
int toc_coll_comm_create_group(struct toc_comm *parent, const struct toc_group *group, int tag,
                               struct toc_comm **result);

/** MPI_Comm_split: one for all ranks with the same color, in the order of their keys and, if these
 *  are equal, ranks. A negative color takes no part: NULL in *result. Inter-communicator: between
 *  those of that color on either side; NULL if the other side has none. */
int toc_coll_comm_split(struct toc_comm *parent, int color, int key, struct toc_comm **result);

/** MPI_Intercomm_create: between `local` and the group of world rank `remote_leader`, to which rank
 *  `leader` of `local` talks over `peer` with `tag`. peer, remote_leader, tag: of the leader only.
 *  TOC_ERR_ARG: somebody is in both groups. */
int toc_coll_intercomm_create(struct toc_comm *local, int leader, struct toc_comm *peer,
                              int remote_leader, int tag, struct toc_comm **result);

/** MPI_Intercomm_create_from_groups: all know both groups, whose members all are in `parent` and
 *  which have nobody in common; leaders are not needed. `tag` as above. */
int toc_coll_intercomm_from_groups(struct toc_comm *parent, struct toc_group *local,
                                   struct toc_group *remote, int tag, struct toc_comm **result);

/** MPI_Intercomm_merge: both groups in one, first that with `high` false. */
int toc_coll_intercomm_merge(struct toc_comm *inter, bool high, struct toc_comm **result);

#endif
