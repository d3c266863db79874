/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_ADVERTISE_H
#define TOC_P2P_ADVERTISE_H

#include <stdbool.h>

#include "p2p/request.h"
#include "transport/advert.h"
#include "transport/world.h"
#include "transport/xfer.h"

/*
 * Receive buffers that senders know of before they send. A receiver that goes and computes says
 * where the next long message of one envelope from one sender goes; the sender claims that for its
 * message, sets up the rendezvous as if it had been matched, and copies when it waits. Its request
 * goes through the ring all the same, in its place among the others, and says that it is matched:
 * the receiver hears of it when it enters a call. Nobody is interrupted. What is not claimed is as
 * it was without.
 *
 * Why a claimed message is that receive's, and no other: the receive names source and tag, so only
 * messages of this sender and tag can have it, and when the advert was issued it was the oldest
 * that such a message could have (later ones do not matter). Messages of that kind which the sender
 * had sent before are matched: it claims only if none of them is in the ring. For each of them that
 * took the receive, the receiver has withdrawn the advert before it counted the packet as consumed.
 *
 * Guard held everywhere. Model: tests/model/advert.pml.
 */

/** 0 or TOC_ERR_NO_MEM. */
int toc_advertise_init(void);
void toc_advertise_free(void);

/** A receive has been started by a call that goes and computes: advertises it, if it is still
 * posted, long and contiguous, names its source and tag, and nothing speaks against it. Not in the
 * handler.
 */
void toc_advertise(struct toc_request *request);

/** A posted receive that is `advertised` is about to be cancelled. False: it has been claimed. */
bool toc_advertise_withdraw(struct toc_request *request);

/** It is about to be given to a message that has claimed nothing. It cannot have been claimed: none
 *  is while another message that could have the receive is in the ring. */
void toc_advertise_give(struct toc_request *request);

/** The receive that the claim in `peer`'s packet is about. It is still posted, and not advertised
 *  any more. NULL: none has been. */
struct toc_request *toc_advertise_redeem(const struct toc_peer *peer);

/** Sender, with room for the packet, before it is committed: claims what `peer` advertises, if it
 * is for this message, and sets up the copy in its descriptor. */
bool toc_advertise_claim(const struct toc_request *request, struct toc_peer *peer,
                         struct toc_xfer *xfer);

#endif
