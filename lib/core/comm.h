/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_CORE_COMM_H
#define TOC_CORE_COMM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attribute.h"
#include "core/errhandler.h"
#include "core/group.h"
#include "core/handle.h"
#include "core/topo.h"

/* Context numbers: 0 MPI_COMM_WORLD, 1 MPI_COMM_SELF, then those drawn. Packets carry number * 2
 * for point-to-point and number * 2 + 1 for collectives. No number is drawn twice: of a
 * communicator that was freed here, others may have messages under way still. */
#define TOC_CONTEXTS     (UINT32_C(1) << 31)
#define TOC_CONTEXT_NONE UINT32_MAX

struct toc_buffer;

/** Kinds of collectives whose order among each other does not matter. */
enum toc_collective_kind {
    TOC_COLLECTIVE_BLOCKING,
    TOC_COLLECTIVE_NONBLOCKING,
    TOC_COLLECTIVE_PERSISTENT,
    TOC_COLLECTIVE_KINDS
};

struct toc_comm {
    struct toc_object object; /* refs: the handle, and every operation under way */
    uint32_t context;
    int rank;
    int size;
    struct toc_group *group;  /* in an inter-communicator the local one */
    struct toc_group *remote; /* that ranks of messages name: the other one of an
                                 inter-communicator, else `group` */
    struct toc_group *joint;  /* inter-communicator: both, in the same order for all members (local
                                 and remote group after each other); else NULL */
    struct toc_errhandler *errhandler;
    bool errhandler_set; /* by the program, on this communicator */
    struct toc_attributes attributes;
    struct toc_buffer *buffer; /* for buffered sends on it alone (lib/p2p), or NULL */
    struct toc_topo *topo;     /* NULL: none */
    bool predefined;
    bool freed; /* MPI_Comm_free was called; lives on while operations are under way */
    int collective_tags[TOC_COLLECTIVE_KINDS]; /* count collectives, so that two never mix up */
    char name[128];                            /* MPI_MAX_OBJECT_NAME */
};

extern struct toc_comm toc_comm_world, toc_comm_self;

/** MPI_COMM_WORLD and MPI_COMM_SELF for rank `rank` of `size`; 0 or TOC_ERR_NO_MEM. */
int toc_comm_init(int rank, int size);
void toc_comm_finish(void);

/** A new communicator over `group` (a reference is taken) with context number `context`, error
 *  handler inherited from `parent`; NULL without memory. Guard held. */
struct toc_comm *toc_comm_create(struct toc_group *group, uint32_t context,
                                 const struct toc_comm *parent);

static inline struct toc_comm *toc_comm_retain(struct toc_comm *comm)
{
    /* Under the guard, like all of a communicator: no need for an atomic addition. */
    uint32_t refs = atomic_load_explicit(&comm->object.refs, memory_order_relaxed);
    atomic_store_explicit(&comm->object.refs, refs + 1, memory_order_relaxed);
    return comm;
}

/** A new inter-communicator between `local`, to which this process belongs, and `remote`.
 *  `first`: the local group comes first in `joint`; the other side says the opposite. */
struct toc_comm *toc_comm_create_inter(struct toc_group *local, struct toc_group *remote,
                                       bool first, uint32_t context, const struct toc_comm *parent);

/** A new communicator over the same groups as `parent`, with its topology. */
struct toc_comm *toc_comm_create_like(const struct toc_comm *parent, uint32_t context);

/** Its last reference is gone. */
void toc_comm_destroy(struct toc_comm *comm);

/** Drops a reference. Guard held, not in the handler. */
static inline void toc_comm_release(struct toc_comm *comm)
{
    uint32_t refs = atomic_load_explicit(&comm->object.refs, memory_order_relaxed) - 1;
    atomic_store_explicit(&comm->object.refs, refs, memory_order_relaxed);
    if (__builtin_expect(refs == 0, 0))
        toc_comm_destroy(comm);
}

/** A context number that nobody in the job has had; TOC_CONTEXT_NONE when all have been drawn. The
 *  members of a new communicator have to get it from one who drew it. */
uint32_t toc_comm_draw_context(void);

static inline bool toc_comm_is_inter(const struct toc_comm *comm)
{
    return comm->joint != NULL;
}

/** All who take part in collective operations. */
static inline struct toc_group *toc_comm_everyone(const struct toc_comm *comm)
{
    return comm->joint != NULL ? comm->joint : comm->group;
}

/** World rank of the process that messages call `rank`. */
static inline int toc_comm_world_rank(const struct toc_comm *comm, int rank)
{
    return comm->remote->members[rank];
}

/** What messages call world rank `world_rank`. */
static inline int toc_comm_rank_of(const struct toc_comm *comm, int world_rank)
{
    return comm->remote->index[world_rank];
}

static inline uint32_t toc_comm_p2p_context(const struct toc_comm *comm)
{
    return comm->context * 2;
}

static inline uint32_t toc_comm_coll_context(const struct toc_comm *comm)
{
    return comm->context * 2 + 1;
}

#endif
