/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/ring.h"

#include "transport/corrupt.h"
#include "transport/world.h"

/* Bytes of the data area after which a producer whose consumer keeps up starts over: few enough to
 * stay in the first cache of both (1 and 4 KiB take a quarter to a third less time than with laps
 * of 64 KiB), enough to ask for the consumer's counters but now and then. */
#define SHORT_LAP 4096

void toc_ring_bind(struct toc_ring *ring, struct toc_job_header *job, uint32_t receiver,
                   uint32_t sender)
{
    const struct toc_job_layout *layout = &job->layout;
    uint64_t number = (uint64_t)receiver * job->nranks + sender;
    char *base = (char *)job + layout->rings_offset + number * layout->ring_bytes;

    *ring = (struct toc_ring){
        .control = (struct toc_ring_control *)base,
        .cells = (struct toc_cell *)(base + TOC_RING_CTL_BYTES),
        .data = (unsigned char *)base + TOC_RING_CTL_BYTES +
                (uint64_t)layout->ring_cells * TOC_CELL_BYTES,
        .cell_mask = layout->ring_cells - 1,
        .data_size = layout->ring_data_bytes,
        .data_turn = SHORT_LAP,
        .data_most = layout->eager_max,
        .sender = (int)sender,
        .receiver = (int)receiver,
    };
}

static __attribute__((noreturn, cold)) void corrupt(const struct toc_ring *ring, const char *what,
                                                    uint64_t value, const char *bound,
                                                    uint64_t limit)
{
    bool out = ring->sender == toc_world.rank;
    toc_corrupt(&(struct toc_corruption){out ? "the ring to" : "the ring from",
                                         out ? ring->receiver : ring->sender, what, value, bound,
                                         limit});
}

void toc_ring_bad_payload(const struct toc_ring *ring, uint64_t position, uint64_t size)
{
    if (size > ring->data_most)
        corrupt(ring, "payload of bytes", size, "at most", ring->data_most);
    corrupt(ring, "place of a payload", position, "expected", ring->data_index);
}

void toc_ring_bad_given(const struct toc_ring *ring, uint64_t given)
{
    corrupt(ring, "bytes given back", given, "at most", ring->data_index);
}

void toc_ring_inspect(const struct toc_ring *ring)
{
    /* Nobody but this rank writes these two. */
    uint32_t head = atomic_load_explicit(&ring->control->head, memory_order_relaxed);
    uint64_t given = atomic_load_explicit(&ring->control->data_head, memory_order_relaxed);
    if (head != ring->index)
        corrupt(ring, "packets consumed", head, "expected", ring->index);
    if (given != ring->data_index)
        corrupt(ring, "bytes given back", given, "expected", ring->data_index);
    /* What the cell says changes from its last lap's to this one's. */
    const struct toc_cell *cell = &ring->cells[ring->index & ring->cell_mask];
    uint32_t sequence = atomic_load_explicit(&cell->sequence, memory_order_relaxed);
    uint32_t last = ring->index + 1 - (ring->cell_mask + 1);
    if (sequence != ring->index + 1 && sequence != last &&
        (sequence != 0 || ring->index > ring->cell_mask))
        corrupt(ring, "packet number", sequence, "expected", ring->index + 1);
}

/* Producer: what the consumer has given back. */
static inline void read_data_head(struct toc_ring *ring)
{
    /* Pairs with the release in toc_ring_consume(), as the other counter does. */
    toc_ring_learn(ring, atomic_load_explicit(&ring->control->data_head, memory_order_acquire));
}

/* Producer: how far the consumer is, which goes forwards only, and not ahead of this rank. */
static inline void read_head(struct toc_ring *ring)
{
    /* What the consumer did with its packets before it counted them: pairs with the release in
     * toc_ring_consume(). */
    uint32_t head = atomic_load_explicit(&ring->control->head, memory_order_acquire);
    if (head - ring->head_seen > ring->index - ring->head_seen)
        corrupt(ring, "packets consumed", head, "at most", ring->index);
    ring->head_seen = head;
}

/* Where a payload of `span` bytes would start: it must not wrap, so the rest of the lap is skipped
 * when it is too short. */
static uint64_t data_start(const struct toc_ring *ring, uint64_t span)
{
    uint64_t at = ring->data_index & (ring->data_size - 1);
    return at + span > ring->data_size ? ring->data_index + (ring->data_size - at)
                                       : ring->data_index;
}

static bool fits(const struct toc_ring *ring, uint32_t data_bytes)
{
    if (ring->index - ring->head_seen > ring->cell_mask)
        return false;
    if (data_bytes == 0)
        return true;
    uint64_t span = toc_ring_span(data_bytes);
    return data_start(ring, span) + span - ring->data_seen <= ring->data_size;
}

void toc_ring_pair(struct toc_ring *tx, struct toc_ring *rx)
{
    tx->other = rx;
    rx->other = tx;
}

bool toc_ring_refresh(struct toc_ring *ring, uint32_t data_bytes)
{
    /* The consumer is through with the cells and bytes before it publishes the counters: pairs with
     * the releases in toc_ring_consume(); our overwriting stores come after these loads. */
    read_head(ring);
    read_data_head(ring);
    return fits(ring, data_bytes);
}

/* At the end of a short lap: when the consumer has given everything back, the next lap begins. What
 * is skipped counts as given back, although the consumer says so only after the next packet. */
static void start_over(struct toc_ring *ring)
{
    if (ring->data_index < ring->data_turn)
        return;
    uint64_t at = ring->data_index & (ring->data_size - 1);
    if (ring->data_seen != ring->data_index)
        read_data_head(ring);
    if (at != 0 && ring->data_seen == ring->data_index) {
        ring->data_index += ring->data_size - at;
        ring->data_seen = ring->data_index;
    }
    ring->data_turn = ring->data_index + SHORT_LAP;
}

bool toc_ring_has_room(struct toc_ring *ring, uint32_t data_bytes)
{
    return fits(ring, data_bytes) || toc_ring_refresh(ring, data_bytes);
}

/* Packets that toc_ring_may_hold() looks at. */
#define MOST_LOOKED_AT 32

bool toc_ring_may_hold(struct toc_ring *ring, uint32_t context, int tag)
{
    read_head(ring);
    if (ring->index - ring->head_seen > MOST_LOOKED_AT)
        return true;
    for (uint32_t index = ring->head_seen; index != ring->index; index++) {
        const struct toc_cell *cell = &ring->cells[index & ring->cell_mask];
        if (cell->kind != TOC_PACKET_FRAGMENT && cell->context == context && cell->tag == tag)
            return true;
    }
    return false;
}

struct toc_cell *toc_ring_reserve_data(struct toc_ring *ring, uint32_t data_bytes, void **data)
{
    start_over(ring);
    if (!toc_ring_has_room(ring, data_bytes))
        return NULL;
    struct toc_cell *cell = &ring->cells[ring->index & ring->cell_mask];
    uint64_t span = toc_ring_span(data_bytes);
    uint64_t start = data_start(ring, span);
    ring->data_next = start + span;
    cell->u.data.position = start;
    /* Our reads of what is given back came before: the commit's release covers it. */
    cell->u.data.given = ring->other != NULL ? ring->other->data_index : 0;
    *data = ring->data + (start & (ring->data_size - 1));
    return cell;
}

bool toc_ring_want_space(struct toc_ring *ring, uint32_t data_bytes)
{
    atomic_store_explicit(&ring->control->want_space, 1, memory_order_relaxed);
    /* want_space before the second look at the counters. Pairs with the fence in
     * toc_ring_settle(): either we see the space, or the consumer sees the wish. */
    atomic_thread_fence(memory_order_seq_cst);
    return toc_ring_refresh(ring, data_bytes);
}

bool toc_ring_settle(struct toc_ring *ring)
{
    /* The counters before the look at want_space: pairs with the fence in toc_ring_want_space(). */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&ring->control->want_space, memory_order_relaxed) == 0)
        return false;
    /* An exchange, so that a wish which arrives between load and store is not wiped out. */
    return atomic_exchange_explicit(&ring->control->want_space, 0, memory_order_seq_cst) != 0;
}
