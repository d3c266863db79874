/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/bound.h"

#define SHARE 4           /* the part of memory and address space that may be used up */
#define LEAST (64 * 1024) /* below that the flag would go up and down with every message */

uint64_t toc_bound_share(uint64_t memory, uint32_t ranks, uint64_t address_space)
{
    uint64_t share = memory / SHARE / ranks;
    if (address_space != UINT64_MAX && share > address_space / SHARE)
        share = address_space / SHARE;
    return share > LEAST ? share : LEAST;
}

void toc_bound_set(struct toc_bound *bound, uint64_t wanted)
{
    bound->wanted = wanted;
    if (!bound->over || bound->limit > wanted)
        bound->limit = wanted;
}

bool toc_bound_add(struct toc_bound *bound, uint64_t bytes)
{
    bound->held += bytes;
    if (bound->over || bound->held <= bound->limit)
        return false;
    bound->over = true;
    return true;
}

bool toc_bound_sub(struct toc_bound *bound, uint64_t bytes)
{
    bound->held -= bytes;
    if (!bound->over || bound->held > bound->limit / 2)
        return false;
    bound->over = false;
    bound->limit = bound->wanted;
    return true;
}

bool toc_bound_exhaust(struct toc_bound *bound)
{
    bool news = !bound->over;
    if (bound->limit > bound->held)
        bound->limit = bound->held;
    bound->over = true;
    return news;
}
