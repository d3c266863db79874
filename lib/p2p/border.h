/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_BORDER_H
#define TOC_P2P_BORDER_H

#include "transport/world.h"

/*
 * Where packets come in. Most are plain messages, whose size is checked with the place of their
 * payload (transport/ring.h); what else there is says more of itself, and is checked here. A packet
 * that cannot be ends the job (transport/corrupt.h).
 */

/** Can this packet, a private copy of a cell of `peer`'s ring, be one? */
void toc_border_check(const struct toc_peer *peer, const struct toc_cell *packet);

/** Something in `peer`'s ring cannot be: `what`, of this value; `bound` and `limit` as in
 *  struct toc_corruption. */
void toc_border_refuse(const struct toc_peer *peer, const char *what, uint64_t value,
                       const char *bound, uint64_t limit) __attribute__((noreturn, cold));

/** A plain message, for which no receive has been found: is it because its envelope has been
 *  overwritten? */
static inline void toc_border_check_mark(const struct toc_peer *peer, uint16_t mark,
                                         uint32_t context, int tag, uint64_t size)
{
    uint16_t expected = toc_cell_mark(context, tag, size);
    if (__builtin_expect(mark != expected, 0))
        toc_border_refuse(peer, "mark of an envelope", mark, "expected", expected);
}

#endif
