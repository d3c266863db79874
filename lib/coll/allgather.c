/* SPDX-License-Identifier: BSD-3-Clause */
/* Everybody gives its block to all others; who is served first differs from rank to rank. */
#include "coll/coll.h"

void toc_coll_allgather(struct toc_schedule *schedule, const struct toc_block *send,
                        const struct toc_blocks *receive)
{
    int rank = schedule->rank, size = schedule->size;
    struct toc_block own = toc_blocks_at(receive, rank);
    const struct toc_block *mine = send != NULL ? send : &own;
    for (int step = 1; step < size; step++) {
        int source = (rank - step + size) % size;
        struct toc_block block = toc_blocks_at(receive, source);
        toc_coll_receive_block(schedule, &block, source);
    }
    for (int step = 1; step < size; step++)
        toc_coll_send_block(schedule, mine, (rank + step) % size);
    if (send != NULL)
        toc_coll_copy_block(schedule, &own, send);
}
