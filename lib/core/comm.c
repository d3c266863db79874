/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_comm_retain */
#include "core/comm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "transport/world.h"

struct toc_comm toc_comm_world, toc_comm_self;

static void fill(struct toc_comm *comm, struct toc_group *group, uint32_t context,
                 struct toc_errhandler *errhandler)
{
    comm->group = group;
    comm->context = context;
    comm->rank = group->rank;
    comm->size = group->size;
    comm->errhandler = toc_errhandler_retain(errhandler);
}

static int predefine(struct toc_comm *comm, uint32_t handle, uint32_t context, const char *name,
                     int size, const int *members)
{
    struct toc_group *group = toc_group_create(size, members);
    if (group == NULL)
        return TOC_ERR_NO_MEM;
    toc_handle_bind(TOC_KIND_COMM, handle, comm);
    fill(comm, group, context, &toc_errors_are_fatal);
    comm->predefined = true;
    snprintf(comm->name, sizeof(comm->name), "%s", name);
    return 0;
}

int toc_comm_init(int rank, int size)
{
    int *everyone = malloc((size_t)size * sizeof(int));
    if (everyone == NULL)
        return TOC_ERR_NO_MEM;
    for (int i = 0; i < size; i++)
        everyone[i] = i;
    int status = predefine(&toc_comm_world, 0x101, 0, "MPI_COMM_WORLD", size, everyone);
    if (status == 0)
        status = predefine(&toc_comm_self, 0x102, 1, "MPI_COMM_SELF", 1, &rank);
    free(everyone);
    return status;
}

void toc_comm_finish(void)
{
    toc_group_release(toc_comm_world.group);
    toc_group_release(toc_comm_self.group);
}

struct toc_comm *toc_comm_create(struct toc_group *group, uint32_t context,
                                 const struct toc_comm *parent)
{
    struct toc_comm *comm = toc_handle_alloc(TOC_KIND_COMM, sizeof(*comm));
    if (comm != NULL)
        fill(comm, toc_group_retain(group), context, parent->errhandler);
    return comm;
}

struct toc_comm *toc_comm_retain(struct toc_comm *comm)
{
    /* Under the guard, like all of a communicator: no need for an atomic addition. */
    uint32_t refs = atomic_load_explicit(&comm->object.refs, memory_order_relaxed);
    atomic_store_explicit(&comm->object.refs, refs + 1, memory_order_relaxed);
    return comm;
}

void toc_comm_release(struct toc_comm *comm)
{
    uint32_t refs = atomic_load_explicit(&comm->object.refs, memory_order_relaxed) - 1;
    atomic_store_explicit(&comm->object.refs, refs, memory_order_relaxed);
    if (refs > 0)
        return;
    toc_group_release(comm->group);
    toc_topo_release(comm->topo);
    toc_errhandler_release(comm->errhandler);
    toc_handle_free(comm);
}
