/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every rank gets the operands of its block straight from all others and reduces them itself, from
 * the highest rank down: in OP inout has the operand of the lower rank on the left. One round, each
 * operand moves once, all ranks work at the same time, and the order is that of the ranks.
 */
#include "coll/coll.h"

static struct toc_block block_of(const struct toc_reduction *reduction, const int64_t *starts,
                                 int rank)
{
    return (struct toc_block){
        .address = toc_coll_at(reduction->in, starts[rank] * reduction->type->extent),
        .count = starts[rank + 1] - starts[rank],
        .type = reduction->type,
    };
}

/* Posts the receives of the operands for this rank's block. Sets parts[] to where they are going to
 * be, the second highest rank's first; the highest rank's comes to `accumulator`. */
static void receive_operands(struct toc_schedule *schedule, const struct toc_block *own,
                             void *accumulator, const void **parts)
{
    int size = schedule->size, rank = schedule->rank, last = size - 1;
    if (rank != last)
        parts[last - 1 - rank] = own->address;
    else if (accumulator != own->address)
        toc_schedule_copy(schedule, accumulator, own->count, own->type, own->address, own->count,
                          own->type);
    for (int step = 1; step < size; step++) {
        int source = (rank - step + size) % size;
        void *buffer = accumulator;
        if (source != last) {
            buffer = toc_schedule_elements(schedule, own->count, own->type);
            parts[last - 1 - source] = buffer;
        }
        toc_schedule_receive(schedule, buffer, own->count, own->type, source);
    }
}

static void send_operands(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                          const int64_t *starts)
{
    for (int step = 1; step < schedule->size; step++) {
        int target = (schedule->rank + step) % schedule->size;
        struct toc_block block = block_of(reduction, starts, target);
        toc_coll_send_block(schedule, &block, target);
    }
}

void toc_coll_reduce_blocks(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                            const int64_t *starts, void *result)
{
    int last = schedule->size - 1;
    struct toc_block own = block_of(reduction, starts, schedule->rank);
    if (toc_block_bytes(&own) == 0) {
        send_operands(schedule, reduction, starts);
        return;
    }
    const void **parts = toc_schedule_alloc(schedule, (uint64_t)schedule->size * sizeof(*parts));
    /* In place this rank's own operand is where the result goes: nothing may be received there. */
    void *accumulator = result;
    if (result == own.address && schedule->rank != last)
        accumulator = toc_schedule_elements(schedule, own.count, own.type);
    if (parts == NULL || accumulator == NULL)
        return;
    receive_operands(schedule, &own, accumulator, parts);
    send_operands(schedule, reduction, starts);
    toc_schedule_fence(schedule);
    if (last > 0)
        toc_schedule_reduce_all(schedule, parts, last, accumulator, own.count, own.type,
                                reduction->op);
    if (accumulator != result)
        toc_schedule_copy(schedule, result, own.count, own.type, accumulator, own.count, own.type);
}

void toc_coll_reduce_scatter(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                             const int64_t *starts)
{
    void *result = reduction->out;
    int64_t count = starts[schedule->rank + 1] - starts[schedule->rank];
    bool in_place = reduction->in == reduction->out;
    /* In place the result comes to the start of the vector, over operands that others still want
     * and, perhaps, half over this rank's own: it goes there at the end. */
    if (in_place && starts[schedule->rank] != 0)
        result = toc_schedule_elements(schedule, count, reduction->type);
    toc_coll_reduce_blocks(schedule, reduction, starts, result);
    toc_schedule_fence(schedule);
    if (result != reduction->out && count > 0)
        toc_schedule_copy(schedule, reduction->out, count, reduction->type, result, count,
                          reduction->type);
}
