/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/coll.h"

#define LEVELS 32 /* of a binomial tree: more than an int has */

/* Number of a rank in the tree whose root is `hub`. */
static int number_of(const struct toc_schedule *schedule, int hub)
{
    return (schedule->rank - hub + schedule->size) % schedule->size;
}

/* Where the result of this rank's part of the tree comes to; in place the rank's own operand is
 * still needed there. */
static void *target(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                    bool final)
{
    if (final && reduction->in != reduction->out)
        return reduction->out;
    return toc_schedule_elements(schedule, reduction->count, reduction->type);
}

/* Receives from `n` children, lowest first, and reduces: the children stand for the ranks above
 * this one, in order. Returns where the result is; NULL without memory. */
static void *collect(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                     const int *children, int n, bool final)
{
    const void **parts = toc_schedule_alloc(schedule, (uint64_t)n * sizeof(*parts));
    void *result = target(schedule, reduction, final);
    if (parts == NULL || result == NULL)
        return NULL;
    for (int i = 0; i < n; i++) {
        /* The highest is where the reduction begins; parts[] goes down from there. */
        void *buffer = i == n - 1
                           ? result
                           : toc_schedule_elements(schedule, reduction->count, reduction->type);
        toc_schedule_receive(schedule, buffer, reduction->count, reduction->type, children[i]);
        if (i < n - 1)
            parts[n - 2 - i] = buffer;
    }
    parts[n - 1] = reduction->in;
    toc_schedule_fence(schedule);
    toc_schedule_reduce_all(schedule, parts, n, result, reduction->count, reduction->type,
                            reduction->op);
    return result;
}

/* Small vectors: a binomial tree, in which every part stands for consecutive ranks. With an
 * operation that does not commute the ranks must be counted from 0, so that its root is rank 0,
 * whoever the operation's root is. Returns where the result is (at the hub) or was. */
static const void *tree(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                        int hub, bool final)
{
    int size = schedule->size, number = number_of(schedule, hub);
    int children[LEVELS], n = 0, bit = 1;
    for (; bit < size && (number & bit) == 0; bit *= 2)
        if (number + bit < size)
            children[n++] = (number + bit + hub) % size;
    const void *result = reduction->in;
    if (n > 0)
        result = collect(schedule, reduction, children, n, final && number == 0);
    if (number != 0) {
        toc_schedule_send(schedule, result, reduction->count, reduction->type,
                          (number - bit + hub) % size);
        toc_schedule_fence(schedule);
    }
    return result;
}

static void copy_result(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                        const void *result)
{
    if (result != reduction->out)
        toc_schedule_copy(schedule, reduction->out, reduction->count, reduction->type, result,
                          reduction->count, reduction->type);
}

static void reduce_small(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                         int root)
{
    int hub = toc_op_commutative(reduction->op) ? root : 0;
    const void *result = tree(schedule, reduction, hub, hub == root);
    if (schedule->rank == hub && hub != root)
        toc_schedule_send(schedule, result, reduction->count, reduction->type, root);
    else if (schedule->rank == root && hub != root)
        toc_schedule_receive(schedule, reduction->out, reduction->count, reduction->type, hub);
    else if (schedule->rank == root)
        copy_result(schedule, reduction, result);
}

/* Large vectors: every rank reduces its share, the root collects. */
static void reduce_large(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                         int root)
{
    int rank = schedule->rank;
    struct toc_datatype *type = reduction->type;
    const int64_t *starts = toc_coll_shares(schedule, reduction->count);
    if (starts == NULL)
        return;
    int64_t mine = starts[rank + 1] - starts[rank];
    void *result = rank == root ? toc_coll_at(reduction->out, starts[rank] * type->extent)
                                : toc_schedule_elements(schedule, mine, type);
    toc_coll_reduce_blocks(schedule, reduction, starts, result);
    toc_schedule_fence(schedule);
    if (rank != root) {
        struct toc_block block = {result, mine, type};
        toc_coll_send_block(schedule, &block, root);
        return;
    }
    for (int other = 0; other < schedule->size; other++) {
        struct toc_block block = {toc_coll_at(reduction->out, starts[other] * type->extent),
                                  starts[other + 1] - starts[other], type};
        if (other != root)
            toc_coll_receive_block(schedule, &block, other);
    }
}

void toc_coll_reduce(struct toc_schedule *schedule, const struct toc_reduction *reduction, int root)
{
    if (reduction->type->size * (uint64_t)reduction->count == 0)
        return;
    if (schedule->size > 1 &&
        reduction->type->size * (uint64_t)reduction->count >= TOC_COLL_LARGE_REDUCE)
        reduce_large(schedule, reduction, root);
    else
        reduce_small(schedule, reduction, root);
}
