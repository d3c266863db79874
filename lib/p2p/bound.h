/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_BOUND_H
#define TOC_P2P_BOUND_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How much a rank may keep of what it has been sent and nobody has received: arithmetic only. It is
 * over its bound from the message that passes the limit until half of the limit is free, so that
 * senders do not change their ways with every message.
 */
struct toc_bound {
    uint64_t wanted; /* bytes: the limit, as long as there is memory */
    uint64_t limit;  /* in force */
    uint64_t held;   /* bytes kept */
    bool over;
};

/** The limit that nobody has set: a quarter of `memory` bytes of a machine with `ranks` ranks, and
 *  no more than a quarter of `address_space` (UINT64_MAX: no limit); at least 64 KiB. */
uint64_t toc_bound_share(uint64_t memory, uint32_t ranks, uint64_t address_space);

/** A limit of `wanted` bytes from now on; what is over stays so until half of it is free. */
void toc_bound_set(struct toc_bound *bound, uint64_t wanted);

/** `bytes` more are kept. True: it is over from now on. */
bool toc_bound_add(struct toc_bound *bound, uint64_t bytes);

/** `bytes` less. True: it is over no longer. */
bool toc_bound_sub(struct toc_bound *bound, uint64_t bytes);

/** There is no memory for more: until half of what is kept now is given back, it is over. True: it
 *  was not before. */
bool toc_bound_exhaust(struct toc_bound *bound);

#endif
