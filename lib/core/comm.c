/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/comm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "transport/corrupt.h"
#include "transport/world.h"

#define FIRST_CONTEXT 2

struct toc_comm toc_comm_world, toc_comm_self;

/* Draws beyond the last context that are believed: of programs that go on after the error. What has
 * been overwritten by anything longer than 32 bits is beyond it. */
#define DRAWN_MOST (UINT64_C(1) << 33)

/* Nobody takes numbers back: a smaller one than the last would be used twice. */
static void check_drawn(uint64_t drawn)
{
    static uint64_t next;
    if (drawn < next || drawn > DRAWN_MOST)
        toc_corrupt(&(struct toc_corruption){"the counter of communicators", -1, "number", drawn,
                                             "at least", next});
    next = drawn + 1;
}

uint32_t toc_comm_draw_context(void)
{
    /* Relaxed: that it is drawn once is all that matters. */
    uint64_t drawn = atomic_fetch_add_explicit(&toc_world.job->contexts, 1, memory_order_relaxed);
    check_drawn(drawn);
    return drawn < TOC_CONTEXTS - FIRST_CONTEXT ? (uint32_t)drawn + FIRST_CONTEXT
                                                : TOC_CONTEXT_NONE;
}

static void fill(struct toc_comm *comm, struct toc_group *group, struct toc_group *remote,
                 struct toc_group *joint, uint32_t context, struct toc_errhandler *errhandler)
{
    comm->group = toc_group_retain(group);
    comm->remote = toc_group_retain(remote);
    comm->joint = joint != NULL ? toc_group_retain(joint) : NULL;
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
    fill(comm, group, group, NULL, context, &toc_errors_are_fatal);
    toc_group_release(group);
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

static void drop_groups(const struct toc_comm *comm)
{
    toc_group_release(comm->group);
    toc_group_release(comm->remote);
    if (comm->joint != NULL)
        toc_group_release(comm->joint);
}

void toc_comm_finish(void)
{
    drop_groups(&toc_comm_world);
    drop_groups(&toc_comm_self);
}

static struct toc_comm *create(struct toc_group *group, struct toc_group *remote,
                               struct toc_group *joint, uint32_t context,
                               const struct toc_comm *parent)
{
    struct toc_comm *comm = toc_handle_alloc(TOC_KIND_COMM, sizeof(*comm));
    if (comm != NULL)
        fill(comm, group, remote, joint, context, parent->errhandler);
    return comm;
}

struct toc_comm *toc_comm_create(struct toc_group *group, uint32_t context,
                                 const struct toc_comm *parent)
{
    return create(group, group, NULL, context, parent);
}

struct toc_comm *toc_comm_create_like(const struct toc_comm *parent, uint32_t context)
{
    struct toc_comm *comm = create(parent->group, parent->remote, parent->joint, context, parent);
    if (comm != NULL)
        comm->topo = toc_topo_retain(parent->topo);
    return comm;
}

struct toc_comm *toc_comm_create_inter(struct toc_group *local, struct toc_group *remote,
                                       bool first, uint32_t context, const struct toc_comm *parent)
{
    const struct toc_group *parts[] = {first ? local : remote, first ? remote : local};
    int *members = malloc(((size_t)local->size + (size_t)remote->size) * sizeof(*members));
    struct toc_group *joint = NULL;
    struct toc_comm *comm = NULL;
    if (members != NULL) {
        memcpy(members, parts[0]->members, (size_t)parts[0]->size * sizeof(*members));
        memcpy(members + parts[0]->size, parts[1]->members,
               (size_t)parts[1]->size * sizeof(*members));
        joint = toc_group_create(local->size + remote->size, members);
    }
    if (joint != NULL) {
        comm = create(local, remote, joint, context, parent);
        toc_group_release(joint);
    }
    free(members);
    return comm;
}

void toc_comm_destroy(struct toc_comm *comm)
{
    drop_groups(comm);
    toc_topo_release(comm->topo);
    toc_errhandler_release(comm->errhandler);
    toc_handle_free(comm);
}
