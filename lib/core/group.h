/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_CORE_GROUP_H
#define TOC_CORE_GROUP_H

#include <stdint.h>

#include "core/handle.h"

/** An ordered set of ranks of the job: world rank of member i in members[i]. Immutable after
 *  creation; shared by communicators and group handles through `object.refs`. */
struct toc_group {
    struct toc_object object;
    int size;
    int rank;     /* this process, or -1 (MPI_UNDEFINED to the program) */
    int *members; /* [size] world ranks */
    int *index;   /* [world size] member number, or -1 */
};

/** New group of `size` members, copied from `members`; NULL without memory. Guard held. */
struct toc_group *toc_group_create(int size, const int *members);

struct toc_group *toc_group_retain(struct toc_group *group);

/** Drops a reference; the last one frees. Guard held, not in the handler. */
void toc_group_release(struct toc_group *group);

/** MPI_GROUP_EMPTY. */
extern struct toc_group toc_group_empty;

/** Binds the predefined handles; MPI_Init. 0 or TOC_ERR_NO_MEM. */
int toc_group_init(void);

#endif
