/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but init, free and review */
#ifndef TOC_P2P_HELD_H
#define TOC_P2P_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/world.h"

/*
 * Flow control of unexpected messages. A rank bounds what it keeps of their contents
 * (TOCSIN_UNEXPECTED_LIMIT, p2p/bound.h) and says so on its doorbell's line when it is over the
 * bound; senders then send envelopes only, as requests of a rendezvous, until half of it is free.
 * Envelopes are never refused: everything between two ranks goes through one ring, and one that
 * stayed full would stop what is expected as well. Model: tests/model/bound.pml. Guard held.
 */

/** Longer contents are counted, and refused beyond the bound; shorter ones are in the envelope's
 *  room anyway. Bytes. */
#define TOC_HELD_FREE 64

int toc_held_init(void);
void toc_held_free(void);

/** The limit again, if it is the library's to choose: the program may have changed RLIMIT_AS. Not
 *  handler-safe. */
void toc_held_review(void);

/** A message from world rank `source` is kept, in `bytes` of memory; it is so no longer. */
void toc_held_add(int source, uint64_t bytes);
void toc_held_sub(int source, uint64_t bytes);

/** There was no memory for one more: what is held now is the limit for a while. */
void toc_held_exhaust(void);

/** There is none for an envelope either: ends the job with a sentence. In calls. */
_Noreturn void toc_held_end(void) __attribute__((cold));

/** Sends of this rank that wait for their receive only because the peer is over its bound: +1, -1.
 */
void toc_held_back(int change);

/** Nothing has come for long: does the doorbell still say what this rank has said? */
void toc_held_inspect(void);

/** MPI_THREAD_MULTIPLE: a rank that waits may still be helped by its other threads. */
void toc_held_note_threads(void);

/** Sender: does the peer refuse contents of so many bytes? */
static inline bool toc_held_refuses(const struct toc_peer *peer, uint64_t bytes)
{
    /* Relaxed: the receiver raises it before it gives back the room that the packet takes in which
     * it passed the limit (toc_ring_consume), so a sender that has seen the room sees it. One that
     * sees it late, or sees it lowered late, is still right. */
    return bytes > TOC_HELD_FREE &&
           atomic_load_explicit(&peer->bell->over, memory_order_relaxed) != 0;
}

#endif
