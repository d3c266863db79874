/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/coll.h"

/* Number of a rank when the root is number 0, and back. */
static int number_of(const struct toc_schedule *schedule, int rank, int root)
{
    return (rank - root + schedule->size) % schedule->size;
}

static int rank_of(const struct toc_schedule *schedule, int number, int root)
{
    return (number + root) % schedule->size;
}

/* Small messages: a binomial tree. A rank's parent is its number without the lowest bit set. */
static void tree(struct toc_schedule *schedule, const struct toc_block *block, int root)
{
    int size = schedule->size;
    int number = number_of(schedule, schedule->rank, root);
    int bit = 1;
    while (bit < size && (number & bit) == 0)
        bit *= 2;
    if (number != 0) {
        toc_coll_receive_block(schedule, block, rank_of(schedule, number - bit, root));
        toc_schedule_fence(schedule);
    }
    for (bit /= 2; bit > 0; bit /= 2)
        if (number + bit < size)
            toc_coll_send_block(schedule, block, rank_of(schedule, number + bit, root));
}

/* Part of number `number` of contiguous data. */
static struct toc_block part(const struct toc_block *data, const int64_t *starts, int number)
{
    return (struct toc_block){
        .address = toc_coll_at(data->address, starts[number]),
        .count = starts[number + 1] - starts[number],
        .type = data->type,
    };
}

/* Large messages, as plain bytes: the root hands out a part to each, and everybody gets the other
 * parts from their owners. All ranks copy at the same time, and no memory is read by all at once.
 */
static void spread(struct toc_schedule *schedule, const struct toc_block *data, int root)
{
    int size = schedule->size;
    int number = number_of(schedule, schedule->rank, root);
    const int64_t *starts = toc_coll_shares(schedule, data->count);
    if (starts == NULL)
        return;
    if (number == 0) {
        struct toc_block first = part(data, starts, 0);
        for (int other = 1; other < size; other++) {
            struct toc_block share = part(data, starts, other);
            toc_coll_send_block(schedule, &share, rank_of(schedule, other, root));
        }
        for (int other = 1; other < size; other++)
            toc_coll_send_block(schedule, &first, rank_of(schedule, other, root));
        return;
    }
    struct toc_block own = part(data, starts, number);
    toc_coll_receive_block(schedule, &own, root);
    toc_schedule_fence(schedule);
    for (int step = 1; step < size; step++) {
        int source = (number - step + size) % size, target = (number + step) % size;
        struct toc_block share = part(data, starts, source);
        toc_coll_receive_block(schedule, &share, rank_of(schedule, source, root));
        if (target != 0)
            toc_coll_send_block(schedule, &own, rank_of(schedule, target, root));
    }
}

/* The ranks may describe the same bytes by different types, so what is cut into parts is the packed
 * form, in memory of its own if the type has gaps. */
static void spread_packed(struct toc_schedule *schedule, const struct toc_block *block, int root)
{
    struct toc_block data = {.count = (int64_t)toc_block_bytes(block), .type = toc_coll_byte()};
    if (block->type->is_contiguous) {
        data.address = toc_coll_at(block->address, block->type->true_lb);
        spread(schedule, &data, root);
        return;
    }
    data.address = toc_schedule_elements(schedule, data.count, data.type);
    if (schedule->rank == root)
        toc_coll_copy_block(schedule, &data, block);
    spread(schedule, &data, root);
    toc_schedule_fence(schedule);
    if (schedule->rank != root)
        toc_coll_copy_block(schedule, block, &data);
}

void toc_coll_bcast(struct toc_schedule *schedule, const struct toc_block *block, int root)
{
    if (schedule->size > 2 && toc_block_bytes(block) >= TOC_COLL_LARGE_BCAST)
        spread_packed(schedule, block, root);
    else
        tree(schedule, block, root);
}
