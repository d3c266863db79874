/* SPDX-License-Identifier: BSD-3-Clause */
/* Every pair exchanges its blocks; who is served first differs from rank to rank. */
#include "coll/coll.h"

/* The blocks to be sent, packed, because the receives overwrite them: [size]; NULL without
 * memory. */
static struct toc_block *put_aside(struct toc_schedule *schedule, const struct toc_blocks *blocks)
{
    struct toc_block *copies =
        toc_schedule_alloc(schedule, (uint64_t)schedule->size * sizeof(*copies));
    for (int rank = 0; copies != NULL && rank < schedule->size; rank++) {
        struct toc_block block = toc_blocks_at(blocks, rank);
        copies[rank] = (struct toc_block){NULL, 0, toc_coll_byte()};
        if (rank == schedule->rank)
            continue;
        copies[rank].count = (int64_t)toc_block_bytes(&block);
        copies[rank].address =
            toc_schedule_elements(schedule, copies[rank].count, copies[rank].type);
        toc_coll_copy_block(schedule, &copies[rank], &block);
    }
    return schedule->error == TOC_OK ? copies : NULL;
}

void toc_coll_alltoall(struct toc_schedule *schedule, const struct toc_blocks *send,
                       const struct toc_blocks *receive)
{
    int rank = schedule->rank, size = schedule->size;
    const struct toc_block *aside = NULL;
    if (send == NULL && (aside = put_aside(schedule, receive)) == NULL)
        return;
    for (int step = 1; step < size; step++) {
        int source = (rank - step + size) % size;
        struct toc_block block = toc_blocks_at(receive, source);
        toc_coll_receive_block(schedule, &block, source);
    }
    for (int step = 1; step < size; step++) {
        int target = (rank + step) % size;
        struct toc_block block = aside != NULL ? aside[target] : toc_blocks_at(send, target);
        toc_coll_send_block(schedule, &block, target);
    }
    if (send != NULL) {
        struct toc_block from = toc_blocks_at(send, rank), to = toc_blocks_at(receive, rank);
        toc_coll_copy_block(schedule, &to, &from);
    }
}
