/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_XFER_H
#define TOC_TRANSPORT_XFER_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/job.h"

/*
 * Descriptor of a rendezvous (or of a synchronous send that waits for its match). It lives in the
 * segment among the descriptors of the sender; the ring's packet names it by slot and generation.
 * Both sides may copy: they claim chunks from `cursor`, one from the front, the other from the
 * back, and `done` counts the finished ones. Both words carry the generation in their upper half,
 * so that a late helper can neither claim from a recycled descriptor nor take another transfer's
 * progress for its own: "generation changed" means "finished long ago". Model:
 * tests/model/rendezvous.pml.
 */

enum toc_xfer_mode {
    TOC_XFER_POSTED = 0,    /* the receiver has not matched it yet */
    TOC_XFER_COPY = 1,      /* matched: both sides may claim chunks */
    TOC_XFER_FRAGMENTS = 2, /* matched: the sender sends it through the ring */
    TOC_XFER_ACK = 3,       /* synchronous eager message: matched */
    TOC_XFER_PUSH = 4,      /* matched: the sender alone copies, in its handler as well */
};

/** Whose a message is: the receiver takes it before it matches it, the sender may withdraw it
 *  before that (MPI_Cancel). One of the two wins. */
enum toc_xfer_offer { TOC_XFER_OPEN = 1, TOC_XFER_TAKEN, TOC_XFER_WITHDRAWN };

#define TOC_XFER_CONTIGUOUS 1u
#define TOC_XFER_PUSHES     2u /* the sender can copy into the memory of the receiver */
#define TOC_XFER_WAITS      4u /* a blocking call sends it */
#define TOC_XFER_SHARED     8u /* contiguous, and in memory of MPI_Alloc_mem */
#define TOC_XFER_ASKED      16u /* a computing sender wants to be told of a match that asks for more */

/** A side's buffer, as the other side needs to know it. */
struct toc_xfer_buffer {
    uint64_t address;
    uint64_t offset; /* TOC_XFER_SHARED: toc_memory_find() */
    uint32_t flags;  /* TOC_XFER_CONTIGUOUS, ... */
};

/** A seal covers what the other side writes or reads memory by: who finds that it does not fit has
 *  found the descriptor overwritten. */
struct toc_xfer {
    /* Written by the sender before it sends the packet. */
    alignas(TOC_CACHE_LINE) uint64_t send_address;
    uint64_t send_offset;
    uint64_t send_seal;
    uint32_t send_flags;
    _Atomic uint64_t offer; /* generation << 32 | mark | enum toc_xfer_offer: both may change it */
    /* Written by the receiver before it publishes `match`. */
    alignas(
        TOC_CACHE_LINE) _Atomic uint64_t match; /* generation << 32 | mark | enum toc_xfer_mode */
    _Atomic uint64_t cursor; /* generation << 32 | claimed at the back << 16 | at the front */
    _Atomic uint64_t done;   /* generation << 32 | mark | finished chunks */
    uint64_t receive_address;
    uint64_t receive_offset;
    uint64_t total; /* bytes to move: the smaller of send size and receive capacity */
    uint32_t chunk; /* bytes of each chunk but the last */
    uint32_t chunks;
    uint32_t receive_flags;
    uint32_t receive_seal;
};
_Static_assert(sizeof(struct toc_xfer) == TOC_XFER_BYTES, "placed by base/job.c");

/* In the lower half of `cursor`: no more claims, a copy has failed. */
#define TOC_XFER_FROZEN UINT32_C(0x80000000)

/** Most chunks that a transfer may have: what is counted beside TOC_XFER_FROZEN. */
#define TOC_XFER_MOST_CHUNKS 0x7fffu

/** Where a side claims from. */
enum toc_xfer_end { TOC_XFER_FRONT, TOC_XFER_BACK };

/** How a side claims. */
struct toc_xfer_share {
    enum toc_xfer_end end;
    bool alone;    /* the other side does not copy, so far as one knows */
    uint32_t most; /* chunks at once, at least 1 */
};

/** Chunks that a side has claimed, in one piece. */
struct toc_xfer_piece {
    uint32_t first;
    uint32_t count;
};

/** Notices of one rank: a bit per descriptor that a peer has changed, and a summary with a bit for
 *  each word of the first that is not 0. */
struct toc_notices {
    alignas(TOC_CACHE_LINE) _Atomic uint64_t summary[TOC_XFERS_MOST / 64 / 64];
    _Atomic uint64_t words[TOC_XFERS_MOST / 64];
};
_Static_assert(sizeof(struct toc_notices) == TOC_NOTICE_BYTES, "placed by base/job.c");

struct toc_notices *toc_notices_at(struct toc_job_header *job, int rank);

/** Peer: marks descriptor `slot`. Ring the owner afterwards. */
void toc_notices_mark(struct toc_notices *notices, uint32_t slot);

/** Owner: takes the marks of one group of 64 words (`group` below limit / 4096); calls
 *  serve(slot) for each. Returns whether there were any. */
bool toc_notices_take(struct toc_notices *notices, uint32_t group, void (*serve)(uint32_t slot));

/** Sender: a new message, before the packet that names it. */
void toc_xfer_open(struct toc_xfer *xfer, uint32_t generation);

/** Receiver, before it matches: false if the sender has withdrawn the message (the descriptor may
 *  be another message's by now). */
bool toc_xfer_take(struct toc_xfer *xfer, uint32_t generation);

/** Sender: false if the receiver has taken it. */
bool toc_xfer_withdraw(struct toc_xfer *xfer, uint32_t generation);

/** Receiver: might it still be taken? */
bool toc_xfer_is_open(struct toc_xfer *xfer, uint32_t generation);

/** Receiver, which has not been able to take it: can the offer be so? */
bool toc_xfer_offer_is_sound(struct toc_xfer *xfer, uint32_t generation);

/** Sender: its buffer, before the packet. */
void toc_xfer_show(struct toc_xfer *xfer, uint32_t generation,
                   const struct toc_xfer_buffer *buffer);

/** Receiver, which has taken the message or claimed a piece of it: the sender's buffer. False: it
 *  has been overwritten. */
bool toc_xfer_see(struct toc_xfer *xfer, uint32_t generation, struct toc_xfer_buffer *buffer);

/** Receiver, before toc_xfer_match(): its buffer, and what it will match with. */
void toc_xfer_answer(struct toc_xfer *xfer, uint32_t generation,
                     const struct toc_xfer_buffer *buffer, uint64_t total, uint32_t chunk);

/** Sender of a matched message: the same. False: it has been overwritten. */
bool toc_xfer_see_answer(struct toc_xfer *xfer, uint32_t generation, struct toc_xfer_buffer *buffer,
                         uint64_t *total, uint32_t *chunk);

/** Receiver: sets up the copy and publishes the match. At most TOC_XFER_MOST_CHUNKS chunks. */
void toc_xfer_match(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_mode mode,
                    uint64_t total, uint32_t chunk);

/** Sender or receiver: mode of this generation (POSTED while unmatched). */
enum toc_xfer_mode toc_xfer_mode(struct toc_xfer *xfer, uint32_t generation);

/** Sender: can the match be so? Or has it been overwritten. */
bool toc_xfer_match_is_sound(struct toc_xfer *xfer, uint32_t generation);

/** Can `cursor` and `done` of a matched message of `chunks` chunks be so? `own`: asks the sender,
 *  without whom there is no later generation. */
bool toc_xfer_is_sound(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks, bool own);

/** How many chunks have been claimed at this end? False: it cannot be told any more. */
bool toc_xfer_claimed(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_end end,
                      uint32_t *count);

/** Claims what is left of this end's half of the transfer's `chunks`; then, of the other half, as
 *  much as is fair: half of what is left, or all if nobody else has claimed any. Who is alone
 *  claims all at once. False when there is none left (or the descriptor was recycled). */
bool toc_xfer_claim(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks,
                    const struct toc_xfer_share *share, struct toc_xfer_piece *piece);

/** Is there a chunk left to claim? */
bool toc_xfer_has_chunk(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks);

/** Has a chunk been claimed? Of the transfer that is in the descriptor. */
bool toc_xfer_is_begun(struct toc_xfer *xfer);

/** `count` claimed chunks have been copied (or have failed). Returns true when they were the last
 *  of the transfer's `chunks`. */
bool toc_xfer_finish(struct toc_xfer *xfer, uint32_t chunks, uint32_t count);

/** Are all chunks copied? True also when the descriptor was recycled meanwhile. */
bool toc_xfer_is_done(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks);

/** A copy failed: stops claims. What is claimed must still be finished. */
void toc_xfer_freeze(struct toc_xfer *xfer, uint32_t generation);

/** Frozen, and nobody copies any more? */
bool toc_xfer_is_broken(struct toc_xfer *xfer, uint32_t generation);

/** Descriptor `slot` of rank `rank`. */
struct toc_xfer *toc_xfer_at(struct toc_job_header *job, int rank, uint32_t slot);

#endif
