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

/** Can it be the envelope of a message that is kept? */
void toc_border_check_envelope(const struct toc_peer *peer, const struct toc_cell *packet);

/** Something in `peer`'s ring cannot be: `what`, of this value; `bound` and `limit` as in
 *  struct toc_corruption. */
_Noreturn void toc_border_refuse(const struct toc_peer *peer, const char *what, uint64_t value,
                                 const char *bound, uint64_t limit) __attribute__((cold));

#endif
