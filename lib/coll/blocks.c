/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/coll.h"

struct toc_datatype *toc_coll_byte(void)
{
    return toc_datatype_get(MPI_BYTE);
}

int64_t toc_blocks_count(const struct toc_blocks *blocks, int rank)
{
    if (blocks->counts != NULL)
        return blocks->counts[rank];
    if (blocks->large_counts != NULL)
        return blocks->large_counts[rank];
    return blocks->count;
}

static int64_t displacement_at(const struct toc_blocks *blocks, int rank)
{
    if (blocks->displs != NULL)
        return blocks->displs[rank];
    if (blocks->large_displs != NULL)
        return blocks->large_displs[rank];
    return rank * blocks->count;
}

struct toc_block toc_blocks_at(const struct toc_blocks *blocks, int rank)
{
    struct toc_block block = {.count = toc_blocks_count(blocks, rank), .type = blocks->type};
    int64_t unit = 1;
    if (block.type != NULL)
        unit = block.type->extent;
    else if (block.count == 0) /* whatever is named as its type */
        block.type = toc_coll_byte();
    else
        block.type = toc_datatype_get(blocks->types[rank]);
    block.address = toc_coll_at(blocks->base, displacement_at(blocks, rank) * unit);
    return block;
}

void toc_coll_send_block(struct toc_schedule *schedule, const struct toc_block *block, int rank)
{
    if (toc_block_bytes(block) > 0)
        toc_schedule_send(schedule, block->address, block->count, block->type, rank);
}

void toc_coll_receive_block(struct toc_schedule *schedule, const struct toc_block *block, int rank)
{
    if (toc_block_bytes(block) > 0)
        toc_schedule_receive(schedule, block->address, block->count, block->type, rank);
}

void toc_coll_copy_block(struct toc_schedule *schedule, const struct toc_block *to,
                         const struct toc_block *from)
{
    if (toc_block_bytes(from) > 0)
        toc_schedule_copy(schedule, to->address, to->count, to->type, from->address, from->count,
                          from->type);
}

int64_t *toc_coll_shares(struct toc_schedule *schedule, int64_t count)
{
    int size = schedule->size;
    int64_t *starts = toc_schedule_alloc(schedule, ((uint64_t)size + 1) * sizeof(*starts));
    if (starts == NULL)
        return NULL;
    int64_t each = count / size, more = count % size;
    starts[0] = 0;
    for (int i = 0; i < size; i++)
        starts[i + 1] = starts[i] + each + (i < more ? 1 : 0);
    return starts;
}
