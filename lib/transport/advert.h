/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_ADVERT_H
#define TOC_TRANSPORT_ADVERT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/job.h"
#include "transport/xfer.h"

/*
 * Advert: a receiver says to one sender where the next message with some envelope goes. The sender
 * may claim it for such a message and copy without asking; the receiver withdraws it before it
 * gives the receive away otherwise. One of the two wins. One line per ordered pair of ranks,
 * written by the receiver but for the claim. What both sides have to see to besides: p2p/advert.c.
 * Model: tests/model/advert.pml.
 */

enum toc_advert_what {
    TOC_ADVERT_NONE = 0, /* none yet, or withdrawn */
    TOC_ADVERT_FREE = 1,
    TOC_ADVERT_CLAIMED = 2, /* until the receiver issues the next one */
};

struct toc_advert {
    alignas(TOC_CACHE_LINE) _Atomic uint64_t state; /* generation << 2 | enum toc_advert_what */
    _Atomic uint64_t envelope;                      /* context << 32 | tag */
    /* Who has claimed it may read: struct toc_xfer_buffer, which is contiguous, and its bytes. */
    uint64_t address;
    uint64_t size;
    uint64_t offset;
    uint32_t flags;
    uint64_t seal; /* over all that is in the line */
};
_Static_assert(sizeof(struct toc_advert) == TOC_ADVERT_BYTES, "placed by base/job.c");

/** The advert of `receiver` for `sender`. */
struct toc_advert *toc_advert_at(struct toc_job_header *job, int receiver, int sender);

/** Receiver: publishes an advert of a new generation (1, 2, ...), of `size` bytes. The one before
 * has been withdrawn, or its claim has arrived. */
void toc_advert_issue(struct toc_advert *advert, uint64_t generation, uint32_t context, int tag,
                      const struct toc_xfer_buffer *buffer, uint64_t size);

/** Receiver: false if the sender has claimed it. */
bool toc_advert_withdraw(struct toc_advert *advert, uint64_t generation);

/** Receiver: has the sender claimed it? What else but free or claimed has been written by nobody.
 */
bool toc_advert_is_claimed(struct toc_advert *advert, uint64_t generation);

/** Sender: is it free, and for messages with this envelope? Then *state is what to claim. */
bool toc_advert_invites(struct toc_advert *advert, uint32_t context, int tag, uint64_t *state);

/** Sender: false if the receiver has withdrawn it meanwhile. */
bool toc_advert_claim(struct toc_advert *advert, uint64_t state);

/** Sender, which has claimed it in `state`: what it says. False: it has been overwritten. */
bool toc_advert_see(const struct toc_advert *advert, uint64_t state, uint32_t context, int tag,
                    struct toc_xfer_buffer *buffer, uint64_t *size);

#endif
