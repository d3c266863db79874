/* SPDX-License-Identifier: BSD-3-Clause */
/* Gather and scatter: straight between the root and the others. */
#include "coll/coll.h"

void toc_coll_gather(struct toc_schedule *schedule, const struct toc_block *send,
                     const struct toc_blocks *receive, int root)
{
    if (schedule->rank != root) {
        toc_coll_send_block(schedule, send, root);
        return;
    }
    for (int step = 1; step < schedule->size; step++) {
        int source = (root + step) % schedule->size;
        struct toc_block block = toc_blocks_at(receive, source);
        toc_coll_receive_block(schedule, &block, source);
    }
    if (send != NULL) {
        struct toc_block own = toc_blocks_at(receive, root);
        toc_coll_copy_block(schedule, &own, send);
    }
}

void toc_coll_scatter(struct toc_schedule *schedule, const struct toc_blocks *send,
                      const struct toc_block *receive, int root)
{
    if (schedule->rank != root) {
        toc_coll_receive_block(schedule, receive, root);
        return;
    }
    for (int step = 1; step < schedule->size; step++) {
        int target = (root + step) % schedule->size;
        struct toc_block block = toc_blocks_at(send, target);
        toc_coll_send_block(schedule, &block, target);
    }
    if (receive != NULL) {
        struct toc_block own = toc_blocks_at(send, root);
        toc_coll_copy_block(schedule, receive, &own);
    }
}
