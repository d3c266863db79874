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
 * Both sides may copy: they claim chunks from `cursor`, and `done` counts the finished ones. Both
 * words carry the generation in their upper half, so that a late helper can neither claim from a
 * recycled descriptor nor take another transfer's progress for its own: "generation changed"
 * means "finished long ago". Model: tests/model/rendezvous.pml.
 */

enum toc_xfer_mode {
    TOC_XFER_POSTED = 0,    /* the receiver has not matched it yet */
    TOC_XFER_COPY = 1,      /* matched: both sides may claim chunks */
    TOC_XFER_FRAGMENTS = 2, /* matched: the sender sends it through the ring */
    TOC_XFER_ACK = 3,       /* synchronous eager message: matched */
};

/** Whose a message is: the receiver takes it before it matches it, the sender may withdraw it
 *  before that (MPI_Cancel). One of the two wins. */
enum toc_xfer_offer { TOC_XFER_OPEN = 1, TOC_XFER_TAKEN, TOC_XFER_WITHDRAWN };

#define TOC_XFER_CONTIGUOUS 1u

struct toc_xfer {
    /* Written by the sender before it sends the packet. */
    alignas(TOC_CACHE_LINE) uint64_t send_address;
    uint64_t send_size;
    uint32_t send_flags;    /* TOC_XFER_CONTIGUOUS */
    _Atomic uint64_t offer; /* generation << 32 | enum toc_xfer_offer: both sides may change it */
    /* Written by the receiver before it publishes `match`. */
    alignas(TOC_CACHE_LINE) _Atomic uint64_t match; /* generation << 32 | enum toc_xfer_mode */
    _Atomic uint64_t cursor;                        /* generation << 32 | next chunk to claim */
    _Atomic uint64_t done;                          /* generation << 32 | finished chunks */
    uint64_t receive_address;
    uint64_t total; /* bytes to move: the smaller of send size and receive capacity */
    uint32_t chunk; /* bytes of each chunk but the last */
    uint32_t chunks;
    uint32_t receive_flags; /* TOC_XFER_CONTIGUOUS */
};
_Static_assert(sizeof(struct toc_xfer) == TOC_XFER_BYTES, "placed by base/job.c");

/* In the lower half of `cursor`: no more claims, a copy has failed. */
#define TOC_XFER_FROZEN UINT32_C(0x80000000)

/** Notices of one rank: a bit per descriptor that a peer has changed, and a summary with a bit for
 *  each word of the first that is not 0. */
struct toc_notices {
    alignas(TOC_CACHE_LINE) _Atomic uint64_t summary[TOC_XFERS_PER_RANK / 64 / 64];
    _Atomic uint64_t words[TOC_XFERS_PER_RANK / 64];
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

/** Receiver: sets up the copy and publishes the match. */
void toc_xfer_match(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_mode mode,
                    uint64_t total, uint32_t chunk);

/** Sender or receiver: mode of this generation (POSTED while unmatched). */
enum toc_xfer_mode toc_xfer_mode(struct toc_xfer *xfer, uint32_t generation);

/** Claims the next of the transfer's `chunks`: false when there is none left (or the descriptor was
 *  recycled). */
bool toc_xfer_claim(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks, uint32_t *chunk);

/** Is there a chunk left to claim? */
bool toc_xfer_has_chunk(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks);

/** A claimed chunk has been copied (or has failed). Returns true when it was the last one. */
bool toc_xfer_finish(struct toc_xfer *xfer, uint32_t chunks);

/** Are all chunks copied? True also when the descriptor was recycled meanwhile. */
bool toc_xfer_is_done(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks);

/** A copy failed: stops claims. Every claimed chunk must still be finished. */
void toc_xfer_freeze(struct toc_xfer *xfer, uint32_t generation);

/** Frozen, and nobody copies any more? */
bool toc_xfer_is_broken(struct toc_xfer *xfer, uint32_t generation);

/** Descriptor `slot` of rank `rank`. */
struct toc_xfer *toc_xfer_at(struct toc_job_header *job, int rank, uint32_t slot);

#endif
