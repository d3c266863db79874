/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_RING_H
#define TOC_TRANSPORT_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

/*
 * Ring: single producer, single consumer, one per ordered pair of ranks. A packet is one cell, one
 * cache line; payload that does not fit in the cell goes through the ring's data area, which is
 * allocated and freed in the order of the cells. A cell is published by its sequence number alone,
 * so that a small message costs the consumer one cache line.
 *
 *     producer: cell = reserve(...); fill; commit     (or leave it: nothing was published)
 *     consumer: cell = peek(); use; consume           then toc_ring_settle() when it is done
 *
 * Counters of cells run freely and are compared by unsigned difference; bytes of the data area are
 * counted in 64 bits, which never come round. Model: tests/model/ring.pml.
 */

#define TOC_CELL_INLINE 40

enum toc_packet_kind {
    TOC_PACKET_EAGER = 1,    /* whole message, inline or in the data area */
    TOC_PACKET_RTS = 2,      /* request of a rendezvous */
    TOC_PACKET_FRAGMENT = 3, /* part of a rendezvous, in a slot: transport/slots.h */
    TOC_PACKET_LAST = TOC_PACKET_FRAGMENT,
};

#define TOC_PACKET_SYNC     1u /* flag: sender waits for the match (its descriptor is in `slot`) */
#define TOC_PACKET_STREAMED 2u /* flag: FRAGMENT, written past the caches */
#define TOC_PACKET_CLAIM    4u /* flag: RTS that has claimed the receiver's advert */

struct toc_cell {
    _Atomic uint32_t sequence; /* index of the cell + 1 when full */
    uint8_t kind;              /* enum toc_packet_kind */
    uint8_t flags;             /* TOC_PACKET_* */
    uint16_t
        slot; /* sender's rendezvous descriptor: RTS, FRAGMENT, SYNC; others: toc_cell_mark() */
    uint32_t context; /* communicator context; FRAGMENT: unused */
    int32_t tag;
    uint64_t size; /* bytes: of the message; FRAGMENT: of this part */
    union {
        unsigned char bytes[TOC_CELL_INLINE]; /* EAGER without data area */
        struct {
            uint64_t position; /* in the data area, free-running; FRAGMENT: number of the slot */
            uint64_t given;    /* sender's data_index of the ring in the other direction */
            uint64_t offset;   /* FRAGMENT: where it goes in the message; CLAIM: bytes of a chunk */
            uint32_t generation; /* of `slot` */
            uint32_t seal;       /* SYNC, RTS, FRAGMENT: toc_cell_seal() */
            uint64_t more;       /* 0, or of which further descriptors `slot` is one: their number,
                                  * and where in the sender's area they are (whole pages) */
        } data;
    } u;
};
_Static_assert(sizeof(struct toc_cell) == TOC_CELL_BYTES, "a cell is a cache line");

/** `slot` of an eager packet without flags: an envelope that has been overwritten does not fit. In
 *  few steps, since every short message has it; who looks is the one that finds no receive for it.
 */
static inline uint16_t toc_cell_mark(uint32_t context, int tag, uint64_t size)
{
    return (uint16_t)((context ^ (uint32_t)tag ^ (uint32_t)size) * UINT32_C(0x9e3779b1) >> 16);
}

/** The same for packets with a descriptor. */
static inline uint32_t toc_cell_seal(const struct toc_cell *cell)
{
    uint64_t seal = toc_seal(cell->context | (uint64_t)(uint32_t)cell->tag << 32, cell->size);
    seal = toc_seal(seal, cell->slot | (uint64_t)cell->u.data.generation << 32);
    seal = toc_seal(toc_seal(seal, cell->u.data.more), cell->u.data.position);
    seal = toc_seal(seal, cell->u.data.offset);
    return (uint32_t)(toc_seal(seal, cell->kind | (uint32_t)cell->flags << 8) >> 32);
}

/** Number of the descriptor that a packet names, among all those of its sender. */
static inline uint32_t toc_cell_descriptor(const struct toc_cell *cell)
{
    return (uint32_t)(cell->u.data.more % TOC_PAGE) * TOC_XFERS_PER_RANK + cell->slot;
}

/** Shared control words; the two sides write different lines. */
struct toc_ring_control {
    alignas(TOC_CACHE_LINE) _Atomic uint32_t head;       /* cells consumed */
    _Atomic uint64_t data_head;                          /* bytes of the data area given back */
    alignas(TOC_CACHE_LINE) _Atomic uint32_t want_space; /* producer waits for a bell */
};
_Static_assert(sizeof(struct toc_ring_control) == TOC_RING_CTL_BYTES, "placed by base/job.c");

/** Either side's private view of a ring. */
struct toc_ring {
    struct toc_ring_control *control;
    struct toc_cell *cells;
    unsigned char *data;
    uint32_t cell_mask;
    uint32_t data_size;
    uint32_t index;         /* producer: next cell to fill; consumer: next to read */
    uint32_t head_seen;     /* producer: last value read of control->head */
    uint64_t data_index;    /* producer: next byte to hand out; consumer: given back so far */
    uint64_t data_seen;     /* producer: what it knows to be given back, or has skipped */
    uint64_t data_next;     /* data_index after the packet that is reserved, or being read */
    uint64_t data_turn;     /* producer: data_index from which on it tries to start over */
    struct toc_ring *other; /* same peer, other direction; or NULL */
    uint32_t data_most;     /* bytes of the largest payload */
    int sender, receiver;   /* ranks */
};

/** Binds `ring` to the memory of ring `receiver` <- `sender` in the segment; both sides start at
 *  zero. */
void toc_ring_bind(struct toc_ring *ring, struct toc_job_header *job, uint32_t receiver,
                   uint32_t sender);

/** Tells `tx`, to a peer, and `rx`, from it, of each other. From then on what one side gives back
 * of the data area travels with its packets that have data themselves: ranks that answer each other
 *  need not look into each other's counters, which takes a cache miss on either side. */
void toc_ring_pair(struct toc_ring *tx, struct toc_ring *rx);

/** Producer's slow path: reads the consumer's counters again. */
bool toc_ring_refresh(struct toc_ring *ring, uint32_t data_bytes);

/** Producer: room for a packet with `data_bytes` (0, or up to eager_max) in the data area? */
bool toc_ring_has_room(struct toc_ring *ring, uint32_t data_bytes);

/** Producer: is there a message with this envelope in the ring that the consumer is not known to be
 *  through with? (Or so many packets that it is not worth looking.) */
bool toc_ring_may_hold(struct toc_ring *ring, uint32_t context, int tag);

/** Producer: reserves a cell and, for data_bytes > 0, space in the data area (*data). NULL when the
 *  ring is full. Nothing is visible to the consumer, and nothing is lost by not committing. */
struct toc_cell *toc_ring_reserve_data(struct toc_ring *ring, uint32_t data_bytes, void **data);

/** Producer: a full ring. Asks for a bell when there is space and looks once more; true when there
 *  is space already. */
bool toc_ring_want_space(struct toc_ring *ring, uint32_t data_bytes);

/** Payloads start on cache lines, so that producer and consumer of neighbours do not share one. */
static inline uint64_t toc_ring_span(uint64_t bytes)
{
    return (bytes + TOC_CACHE_LINE - 1) & ~(uint64_t)(TOC_CACHE_LINE - 1);
}

/** Consumer: looks whether the producer has asked for a bell; true: ring it. Due after
 *  toc_ring_consume(), but a packet without data area may put it off, see toc_ring_is_due(). */
bool toc_ring_settle(struct toc_ring *ring);

/** Consumer, after one packet: must it look for the producer's wish now? A producer that wishes for
 *  cells has filled the whole ring, so one look in every quarter of it meets the wish; one that
 *  wishes for data area waits for some packet that has data. */
static inline bool toc_ring_is_due(const struct toc_ring *ring, uint32_t data_bytes)
{
    return data_bytes > 0 || (ring->index & (ring->cell_mask >> 2)) == 0;
}

/** Consumer: looks whether what it shares with the producer can be so: its own counters, and the
 *  next cell, which is full, or as the last lap has left it. If not, the job ends. */
void toc_ring_inspect(const struct toc_ring *ring);

/** The job's end: this payload cannot be. */
void toc_ring_bad_payload(const struct toc_ring *ring, uint64_t position, uint64_t size)
    __attribute__((noreturn, cold));

/** Reads a number in a cell, once: what is checked must be what is used. */
static inline uint64_t toc_ring_read(const uint64_t *number)
{
    return __atomic_load_n(number, __ATOMIC_RELAXED); /* ordered by toc_ring_peek() */
}

/** Consumer: payload of a packet in the data area, of `size` bytes, as the caller has read in the
 *  cell. It lies within the area, and no lap ahead of what was given back. */
static inline const void *toc_ring_payload(struct toc_ring *ring, const struct toc_cell *cell,
                                           uint64_t size)
{
    uint64_t position = toc_ring_read(&cell->u.data.position);
    uint64_t start = position & (ring->data_size - 1);
    if (__builtin_expect(size > ring->data_most || start + size > ring->data_size ||
                             position - ring->data_index >= ring->data_size,
                         0))
        toc_ring_bad_payload(ring, position, size);
    ring->data_next = position + toc_ring_span(size);
    return ring->data + start;
}

/** Producer: reserves a cell without data area, or NULL when the ring is full. */
static inline struct toc_cell *toc_ring_reserve(struct toc_ring *ring)
{
    if (ring->index - ring->head_seen > ring->cell_mask && !toc_ring_refresh(ring, 0))
        return NULL;
    ring->data_next = ring->data_index;
    return &ring->cells[ring->index & ring->cell_mask];
}

/** Producer: publishes the reserved packet. */
static inline void toc_ring_commit(struct toc_ring *ring, struct toc_cell *cell)
{
    ring->index++;
    ring->data_index = ring->data_next;
    /* The filled cell and its payload before its number: pairs with the acquire in peek. */
    atomic_store_explicit(&cell->sequence, ring->index, memory_order_release);
}

#define TOC_RING_AHEAD 4 /* a power of two */

/** Producer, when a packet is published and the bell has rung: now and then writes to the free
 * cells that come next. Their lines are in the consumer's cache, and stores leave a core in their
 * order: of lines asked for one by one, each behind the stores of a whole call, the sender waits
 * for every one (36 of 51 ns a message, on cores without a common cache 140); several in a row come
 *  together. Nothing is published: as if the cells were reserved, and left. */
static inline void toc_ring_own_ahead(struct toc_ring *ring)
{
    if (ring->index % TOC_RING_AHEAD != 0 ||
        ring->index + (TOC_RING_AHEAD - 1) - ring->head_seen > ring->cell_mask)
        return;
    for (uint32_t ahead = 0; ahead < TOC_RING_AHEAD; ahead++) {
        struct toc_cell *cell = &ring->cells[(ring->index + ahead) & ring->cell_mask];
        *(volatile unsigned char *)&cell->u.bytes[TOC_CELL_INLINE - 1] = 0;
    }
}

/** Consumer: next full cell, or NULL. */
static inline struct toc_cell *toc_ring_peek(const struct toc_ring *ring)
{
    struct toc_cell *cell = &ring->cells[ring->index & ring->cell_mask];
    /* Pairs with the release in toc_ring_commit(). */
    if (atomic_load_explicit(&cell->sequence, memory_order_acquire) != ring->index + 1)
        return NULL;
    return cell;
}

/** The job's end: nobody has given back so much. */
void toc_ring_bad_given(const struct toc_ring *ring, uint64_t given)
    __attribute__((noreturn, cold));

/** Producer: the consumer has given back what is before `given`. */
static inline void toc_ring_learn(struct toc_ring *ring, uint64_t given)
{
    /* Packets may be late, and what was skipped counts as given back before the consumer says so.
     */
    if (given <= ring->data_seen)
        return;
    if (__builtin_expect(given > ring->data_index, 0))
        toc_ring_bad_given(ring, given);
    ring->data_seen = given;
}

/** Consumer: done with the cell that peek returned, and with its payload: toc_ring_payload(), if
 *  `data_bytes` is not 0. */
static inline void toc_ring_consume(struct toc_ring *ring, const struct toc_cell *cell,
                                    uint32_t data_bytes)
{
    if (data_bytes > 0) {
        if (ring->other != NULL)
            toc_ring_learn(ring->other, cell->u.data.given);
        ring->data_index = ring->data_next;
        atomic_store_explicit(&ring->control->data_head, ring->data_index, memory_order_release);
    }
    ring->index++;
    /* Our reads of cell and payload before the licence to overwrite them: pairs with the acquire in
     * toc_ring_refresh(). */
    atomic_store_explicit(&ring->control->head, ring->index, memory_order_release);
}

#endif
