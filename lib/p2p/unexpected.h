/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_UNEXPECTED_H
#define TOC_P2P_UNEXPECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "transport/ring.h"

/** A message that arrived before its receive: the packet's contents and, if eager, its payload. */
struct toc_unexpected {
    struct toc_list bucket;  /* queue of its envelope; doubles as the pool's link */
    struct toc_list arrival; /* all, in the order of arrival */
    uint32_t context;
    int source; /* world rank */
    int tag;
    uint8_t kind;   /* enum toc_packet_kind */
    uint8_t flags;  /* TOC_PACKET_* */
    uint16_t place; /* of this entry in its chunk: unexpected.c */
    uint32_t slot : 31;
    uint32_t counted : 1; /* its contents count against the bound: p2p/held.h */
    uint32_t generation;
    uint64_t size;
    unsigned char payload[]; /* eager */
};

/** Takes an entry with room for `bytes` of payload from the pool; NULL when the pool is dry and
 *  `may_allocate` is false (in the handler), or memory is exhausted. Handler-safe then. */
struct toc_unexpected *toc_unexpected_take(uint64_t bytes, bool may_allocate);

/** Counts its contents, more than TOC_HELD_FREE bytes, against the bound, on behalf of `source`.
 *  Handler-safe. */
void toc_unexpected_count(struct toc_unexpected *entry);

/** Gives it back. Handler-safe. */
void toc_unexpected_give(struct toc_unexpected *entry);

/** Sets memory aside for what may be under way from so many senders, with rings of `cells` and
 *  `data_bytes`, when there is none left. Untouched it costs nothing. Not handler-safe. */
void toc_unexpected_reserve(uint32_t senders, uint32_t cells, uint32_t data_bytes);

/** Has the next call with progress fill the pools; MPI_Init. */
void toc_unexpected_prime(void);

/** Fills the pools up to what a handler may need; true if it had to. Gives back to the system what
 *  a burst has left. Cheap otherwise. Progress is kept busy (toc_progress_busy) until it was
 * called. Not handler-safe. */
bool toc_unexpected_refill(void);

/** Unmaps everything; MPI_Finalize. */
void toc_unexpected_free_all(void);

#endif
