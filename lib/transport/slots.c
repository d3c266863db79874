/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/slots.h"

#include "transport/corrupt.h"

void toc_slots_bind(struct toc_slots *slots, struct toc_job_header *job, uint32_t receiver,
                    uint32_t sender)
{
    const struct toc_job_layout *layout = &job->layout;
    uint64_t number = (uint64_t)receiver * job->nranks + sender;
    char *base = (char *)job + layout->slots_offset + number * layout->slots_bytes;

    *slots = (struct toc_slots){
        .control = (struct toc_slots_control *)base,
        .first = (unsigned char *)base + TOC_PAGE,
        .mask = layout->slots - 1,
        .bytes = layout->slot_bytes,
        .receiver = (int)receiver,
    };
}

static bool is_free(const struct toc_slots *slots)
{
    return slots->index - slots->seen <= slots->mask;
}

static bool refresh(struct toc_slots *slots)
{
    /* Pairs with the release in toc_slots_release(): our stores come after its loads. */
    uint32_t head = atomic_load_explicit(&slots->control->head, memory_order_acquire);
    if (head - slots->seen > slots->index - slots->seen)
        toc_corrupt(&(struct toc_corruption){"the slots to", slots->receiver, "slots given back",
                                             head, "at most", slots->index});
    slots->seen = head;
    return is_free(slots);
}

struct toc_cell *toc_slots_reserve(struct toc_slots *slots, struct toc_ring *ring, void **slot)
{
    if (!is_free(slots) && !refresh(slots))
        return NULL;
    struct toc_cell *cell = toc_ring_reserve(ring);
    if (cell == NULL)
        return NULL;
    cell->u.data.position = slots->index; /* the consumer knows it, and compares */
    *slot = slots->first + (size_t)(slots->index & slots->mask) * slots->bytes;
    return cell;
}

bool toc_slots_wish(struct toc_slots *slots, struct toc_ring *ring)
{
    /* The fence in there stands between the wish and our look, too; the consumer's between its
     * release and its look for wishes. */
    bool has_cell = toc_ring_want_space(ring, 0);
    return refresh(slots) && has_cell;
}

void toc_slots_commit(struct toc_slots *slots, struct toc_ring *ring, struct toc_cell *cell)
{
    slots->index++;
    toc_ring_commit(ring, cell);
}

void toc_slots_release(struct toc_slots *slots)
{
    /* Our loads before the licence to overwrite: pairs with the acquire in refresh(). */
    atomic_store_explicit(&slots->control->head, ++slots->index, memory_order_release);
}

/* One slot in so many is written the other way: no power of two, or it would always be the first
 * one of a message, for which both sides have to fetch more than the others. */
#define TRY_EVERY 61

bool toc_slots_stream(const struct toc_slots *slots)
{
    uint32_t cost[2];
    for (int way = 0; way < 2; way++) {
        uint32_t fill = slots->fill_ticks[way];
        /* Nothing hangs on the number. */
        uint32_t drain =
            atomic_load_explicit(&slots->control->drain_ticks[way], memory_order_relaxed);
        if (fill == 0 || drain == 0)
            return slots->index % 2 == 0;
        cost[way] = fill > drain ? fill : drain;
    }
    return (cost[1] < cost[0]) != (slots->index % TRY_EVERY == 0);
}

/* A moving average, in which a slot that was interrupted does not count for much. */
static uint32_t average(uint32_t old, uint64_t ticks)
{
    uint64_t most = old > 0 ? (uint64_t)old * 4 : UINT32_MAX / 4;
    if (ticks > most)
        ticks = most;
    uint64_t now = old > 0 ? ((uint64_t)old * 3 + ticks + 3) / 4 : ticks;
    return now < UINT32_MAX / 4 ? (uint32_t)now : UINT32_MAX / 4;
}

void toc_slots_note_fill(struct toc_slots *slots, bool streamed, uint64_t ticks)
{
    slots->fill_ticks[streamed] = average(slots->fill_ticks[streamed], ticks);
}

void toc_slots_note_drain(struct toc_slots *slots, bool streamed, uint64_t ticks)
{
    _Atomic uint32_t *word = &slots->control->drain_ticks[streamed];
    uint32_t old = atomic_load_explicit(word, memory_order_relaxed);
    atomic_store_explicit(word, average(old, ticks), memory_order_relaxed);
}
