/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Collective operations over inter-communicators. A schedule over one starts among all members of
 * both groups; here it is addressed in turns to the local group, for what its members do with each
 * other, and to the remote one. One tag serves both: no process is in both groups.
 */
#include "coll/coll.h"

static void address_local(struct toc_schedule *schedule)
{
    const struct toc_comm *comm = schedule->comm;
    toc_schedule_address(schedule, comm->rank, comm->size, comm->group->members);
}

/* This process is none of them. */
static void address_remote(struct toc_schedule *schedule)
{
    const struct toc_comm *comm = schedule->comm;
    toc_schedule_address(schedule, -1, comm->remote->size, comm->remote->members);
}

/* A broadcast among the root and the whole other group: the root is number 0. */
void toc_coll_inter_bcast(struct toc_schedule *schedule, const struct toc_block *block, int root)
{
    const struct toc_comm *comm = schedule->comm;
    const struct toc_group *others = root == MPI_ROOT ? comm->remote : comm->group;
    if (root == MPI_PROC_NULL)
        return;
    int *members = toc_schedule_alloc(schedule, ((uint64_t)others->size + 1) * sizeof(*members));
    if (members == NULL)
        return;
    members[0] = root == MPI_ROOT ? comm->group->members[comm->rank] : comm->remote->members[root];
    for (int i = 0; i < others->size; i++)
        members[i + 1] = others->members[i];
    toc_schedule_address(schedule, root == MPI_ROOT ? 0 : comm->rank + 1, others->size + 1,
                         members);
    toc_coll_bcast(schedule, block, 0);
}

static void send_to_all(struct toc_schedule *schedule, const struct toc_blocks *blocks)
{
    int size = schedule->size, first = schedule->comm->rank;
    for (int step = 0; step < size; step++) {
        int target = (first + step) % size;
        struct toc_block block = toc_blocks_at(blocks, target);
        toc_coll_send_block(schedule, &block, target);
    }
}

static void receive_from_all(struct toc_schedule *schedule, const struct toc_blocks *blocks)
{
    for (int source = 0; source < schedule->size; source++) {
        struct toc_block block = toc_blocks_at(blocks, source);
        toc_coll_receive_block(schedule, &block, source);
    }
}

void toc_coll_inter_gather(struct toc_schedule *schedule, const struct toc_block *send,
                           const struct toc_blocks *receive, int root)
{
    address_remote(schedule);
    if (root == MPI_ROOT)
        receive_from_all(schedule, receive);
    else if (root != MPI_PROC_NULL)
        toc_coll_send_block(schedule, send, root);
}

void toc_coll_inter_scatter(struct toc_schedule *schedule, const struct toc_blocks *send,
                            const struct toc_block *receive, int root)
{
    address_remote(schedule);
    if (root == MPI_ROOT)
        send_to_all(schedule, send);
    else if (root != MPI_PROC_NULL)
        toc_coll_receive_block(schedule, receive, root);
}

void toc_coll_inter_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                              const struct toc_blocks *receive)
{
    address_remote(schedule);
    receive_from_all(schedule, receive);
    int size = schedule->size, first = schedule->comm->rank;
    for (int step = 0; step < size; step++)
        toc_coll_send_block(schedule, send, (first + step) % size);
}

void toc_coll_inter_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                             const struct toc_blocks *receive)
{
    address_remote(schedule);
    receive_from_all(schedule, receive);
    send_to_all(schedule, send);
}

/* The local group's operands to its rank 0, in new memory there, ready to be sent. */
static struct toc_block reduce_locally(struct toc_schedule *schedule,
                                       const struct toc_reduction *reduction)
{
    struct toc_reduction local = *reduction;
    address_local(schedule);
    local.out = schedule->rank == 0
                    ? toc_schedule_elements(schedule, reduction->count, reduction->type)
                    : NULL;
    toc_coll_reduce(schedule, &local, 0);
    toc_schedule_fence(schedule);
    return (struct toc_block){local.out, reduction->count, reduction->type};
}

void toc_coll_inter_reduce(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                           int root)
{
    struct toc_block result = {reduction->out, reduction->count, reduction->type};
    if (root == MPI_PROC_NULL || toc_block_bytes(&result) == 0)
        return;
    if (root == MPI_ROOT) {
        address_remote(schedule);
        toc_coll_receive_block(schedule, &result, 0);
        return;
    }
    result = reduce_locally(schedule, reduction);
    address_remote(schedule);
    if (schedule->comm->rank == 0)
        toc_coll_send_block(schedule, &result, root);
}

/* The two ranks 0 exchange what their groups have: what comes goes to `theirs`. */
static void exchange(struct toc_schedule *schedule, const struct toc_block *ours,
                     const struct toc_block *theirs)
{
    address_remote(schedule);
    if (schedule->comm->rank == 0) {
        toc_coll_receive_block(schedule, theirs, 0);
        toc_coll_send_block(schedule, ours, 0);
    }
    toc_schedule_fence(schedule);
    address_local(schedule);
}

void toc_coll_inter_allreduce(struct toc_schedule *schedule, const struct toc_reduction *reduction)
{
    struct toc_block result = {reduction->out, reduction->count, reduction->type};
    if (toc_block_bytes(&result) == 0)
        return;
    struct toc_block ours = reduce_locally(schedule, reduction);
    exchange(schedule, &ours, &result);
    toc_coll_bcast(schedule, &result, 0);
}

void toc_coll_inter_reduce_scatter(struct toc_schedule *schedule,
                                   const struct toc_reduction *reduction, const int64_t *starts)
{
    int rank = schedule->comm->rank, size = schedule->comm->size;
    struct toc_datatype *type = reduction->type;
    if (type->size * (uint64_t)reduction->count == 0)
        return;
    struct toc_block ours = reduce_locally(schedule, reduction), theirs = ours;
    if (rank == 0)
        theirs.address = toc_schedule_elements(schedule, reduction->count, type);
    exchange(schedule, &ours, &theirs);
    struct toc_block share = {reduction->out, starts[rank + 1] - starts[rank], type};
    if (rank != 0) {
        toc_coll_receive_block(schedule, &share, 0);
        return;
    }
    toc_coll_copy_block(schedule, &share, &(struct toc_block){theirs.address, share.count, type});
    for (int i = 1; i < size; i++) {
        struct toc_block part = {toc_coll_at(theirs.address, starts[i] * type->extent),
                                 starts[i + 1] - starts[i], type};
        toc_coll_send_block(schedule, &part, i);
    }
}
