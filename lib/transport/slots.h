/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_SLOTS_H
#define TOC_TRANSPORT_SLOTS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"
#include "transport/ring.h"

/*
 * Slots of a ring: parts of long messages that nobody can copy in one go. They do not go through
 * the ring's data area, where they would wait for room among short messages and drive those out of
 * the caches. A slot is announced by a cell of the ring (TOC_PACKET_FRAGMENT), which says its
 * number; slots are used and given back in the order of those cells. A wish for a slot is a wish
 * for space in the ring (toc_ring_want_space), and so is the bell that answers it. Model:
 * tests/model/ring.pml, where a slot is a piece of the data area.
 */

/** Shared; written by the consumer. */
struct toc_slots_control {
    alignas(TOC_CACHE_LINE) _Atomic uint32_t head; /* slots given back */
    _Atomic uint32_t drain_ticks[2];               /* see toc_slots_stream() */
};
_Static_assert(sizeof(struct toc_slots_control) <= TOC_PAGE, "placed by base/job.c");

/** Either side's private view. */
struct toc_slots {
    struct toc_slots_control *control;
    unsigned char *first;
    uint32_t mask;
    uint32_t bytes;         /* of a slot */
    uint32_t index;         /* producer: next slot to fill; consumer: given back so far */
    uint32_t seen;          /* producer: last value read of control->head */
    int receiver;           /* rank */
    uint32_t fill_ticks[2]; /* producer: see toc_slots_stream() */
};

/** Binds to the slots of ring `receiver` <- `sender` in the segment; both sides start at zero. */
void toc_slots_bind(struct toc_slots *slots, struct toc_job_header *job, uint32_t receiver,
                    uint32_t sender);

/** Producer: reserves a cell of `ring` and a slot, or NULL. Nothing is visible to the consumer, and
 *  nothing is lost, before toc_slots_commit(). */
struct toc_cell *toc_slots_reserve(struct toc_slots *slots, struct toc_ring *ring, void **slot);

/** Producer, without a slot: asks for a bell when there is one, and looks once more; true when
 * there is one already. */
bool toc_slots_wish(struct toc_slots *slots, struct toc_ring *ring);

/** Producer: publishes cell and slot. */
void toc_slots_commit(struct toc_slots *slots, struct toc_ring *ring, struct toc_cell *cell);

/** Consumer: the slot that the next cell announces: they are used one after the other. */
static inline const void *toc_slots_next(const struct toc_slots *slots)
{
    return slots->first + (size_t)(slots->index & slots->mask) * slots->bytes;
}

/** Consumer: done with the slot of the cell that peek returned; the cell is consumed next, as one
 *  without data area. */
void toc_slots_release(struct toc_slots *slots);

/** Producer: is the next slot to be written past the caches? Between two threads of a core that is
 *  slower, from one end of a chip to the other faster by far; and a virtual machine hides where its
 *  processors are, and moves them. So both sides say what whole slots cost them, the slower one
 *  decides, and now and then a slot tries the other way. */
bool toc_slots_stream(const struct toc_slots *slots);

/** Producer, consumer: a whole slot, streamed or not, took so many ticks of toc_cpu_ticks(). */
void toc_slots_note_fill(struct toc_slots *slots, bool streamed, uint64_t ticks);
void toc_slots_note_drain(struct toc_slots *slots, bool streamed, uint64_t ticks);

#endif
