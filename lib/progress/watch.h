/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_WATCH_H
#define TOC_PROGRESS_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "transport/ring.h"

/*
 * Private to lib/progress. What a rank looks at between two turns of its core: where the next
 * packet will be in every ring that it watches, and whether there are more rings to watch. After a
 * change of process little is left in the caches and the TLB, so all that a look touches beside the
 * packets is gathered here, on the stack. Good for as long as the rank takes no packet.
 */

#define TOC_WATCH_RINGS 8

struct toc_watch {
    const _Atomic uint64_t *pending; /* set of the rings to watch */
    uint64_t rings;                  /* what it was */
    unsigned count;                  /* number of those rings */
    const struct toc_cell *cells[TOC_WATCH_RINGS];
    uint32_t sequences[TOC_WATCH_RINGS]; /* of a cell that is full */
};

/** Guard held: begins to watch. False: that would be too many rings. */
bool toc_watch_begin(struct toc_watch *watch);

/** Has a packet come, or another ring? */
static inline bool toc_watch_has_news(const struct toc_watch *watch)
{
    /* The sender's packet comes before its bit; whoever sees either makes a whole round. */
    if (atomic_load_explicit(watch->pending, memory_order_relaxed) != watch->rings)
        return true;
    for (unsigned i = 0; i < watch->count; i++)
        if (atomic_load_explicit(&watch->cells[i]->sequence, memory_order_relaxed) ==
            watch->sequences[i])
            return true;
    return false;
}

#endif
