/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/xfer.h"

/* Bits 16 to 31 of a word go with its generation: one that has been overwritten in part has others.
 * 0 for generation 0, which is what a fresh segment holds. */
static uint32_t mark_of(uint32_t generation)
{
    return generation * UINT32_C(0x9e3779b1) & UINT32_C(0xffff0000);
}

static uint64_t tagged(uint32_t generation, uint32_t value)
{
    return (uint64_t)generation << 32 | mark_of(generation) | value;
}

static uint32_t generation_of(uint64_t word)
{
    return (uint32_t)(word >> 32);
}

static uint32_t value_of(uint64_t word)
{
    return (uint32_t)word & 0xffff;
}

static bool is_marked(uint64_t word)
{
    return tagged(generation_of(word), value_of(word)) == word;
}

/* `cursor` has no room for the mark. */
static uint64_t cursor_of(uint32_t generation, uint32_t value)
{
    return (uint64_t)generation << 32 | value;
}

struct toc_xfer *toc_xfer_at(struct toc_job_header *job, int rank, uint32_t slot)
{
    struct toc_xfer *first = (struct toc_xfer *)((char *)job + job->layout.xfers_offset);
    return first + (uint64_t)rank * job->layout.xfers + slot;
}

void toc_xfer_open(struct toc_xfer *xfer, uint32_t generation)
{
    /* Published with the packet, by the release of its commit. */
    atomic_store_explicit(&xfer->offer, tagged(generation, TOC_XFER_OPEN), memory_order_relaxed);
}

/* Only one of the two can change an open offer. No data hang on the word: what the receiver reads
 * of the descriptor came with the packet, and a sender that has withdrawn writes for its next
 * packet only, whose generation no late receiver of this one accepts. */
static bool decide(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_offer offer)
{
    uint64_t open = tagged(generation, TOC_XFER_OPEN);
    return atomic_compare_exchange_strong_explicit(&xfer->offer, &open,
                                                   tagged(generation, (uint32_t)offer),
                                                   memory_order_acq_rel, memory_order_acquire);
}

bool toc_xfer_take(struct toc_xfer *xfer, uint32_t generation)
{
    return decide(xfer, generation, TOC_XFER_TAKEN);
}

bool toc_xfer_withdraw(struct toc_xfer *xfer, uint32_t generation)
{
    return decide(xfer, generation, TOC_XFER_WITHDRAWN);
}

bool toc_xfer_is_open(struct toc_xfer *xfer, uint32_t generation)
{
    return atomic_load_explicit(&xfer->offer, memory_order_relaxed) ==
           tagged(generation, TOC_XFER_OPEN);
}

/* Is generation `b` later than `a`? */
static bool is_later(uint32_t a, uint32_t b)
{
    return (int32_t)(b - a) > 0;
}

bool toc_xfer_offer_is_sound(struct toc_xfer *xfer, uint32_t generation)
{
    uint64_t offer = atomic_load_explicit(&xfer->offer, memory_order_relaxed);
    return offer == tagged(generation, TOC_XFER_WITHDRAWN) ||
           (is_marked(offer) && is_later(generation, generation_of(offer)));
}

static uint64_t seal_of(uint32_t generation, const struct toc_xfer_buffer *buffer)
{
    uint64_t seal = toc_seal(generation, buffer->address);
    return toc_seal(toc_seal(seal, buffer->offset), buffer->flags);
}

/* Half as long as others: that much room there is. */
static uint32_t answer_seal(uint32_t generation, const struct toc_xfer_buffer *buffer,
                            uint64_t total, uint32_t chunk)
{
    uint64_t seal = toc_seal(toc_seal(seal_of(generation, buffer), total), chunk);
    return (uint32_t)(seal >> 32);
}

void toc_xfer_show(struct toc_xfer *xfer, uint32_t generation, const struct toc_xfer_buffer *buffer)
{
    xfer->send_address = buffer->address;
    xfer->send_offset = buffer->offset;
    xfer->send_flags = buffer->flags;
    xfer->send_seal = seal_of(generation, buffer);
}

bool toc_xfer_see(struct toc_xfer *xfer, uint32_t generation, struct toc_xfer_buffer *buffer)
{
    *buffer = (struct toc_xfer_buffer){xfer->send_address, xfer->send_offset, xfer->send_flags};
    return xfer->send_seal == seal_of(generation, buffer);
}

void toc_xfer_answer(struct toc_xfer *xfer, uint32_t generation,
                     const struct toc_xfer_buffer *buffer, uint64_t total, uint32_t chunk)
{
    xfer->receive_address = buffer->address;
    xfer->receive_offset = buffer->offset;
    xfer->receive_flags = buffer->flags;
    xfer->receive_seal = answer_seal(generation, buffer, total, chunk);
}

bool toc_xfer_see_answer(struct toc_xfer *xfer, uint32_t generation, struct toc_xfer_buffer *buffer,
                         uint64_t *total, uint32_t *chunk)
{
    *buffer =
        (struct toc_xfer_buffer){xfer->receive_address, xfer->receive_offset, xfer->receive_flags};
    *total = xfer->total;
    *chunk = xfer->chunk;
    return xfer->receive_seal == answer_seal(generation, buffer, *total, *chunk);
}

void toc_xfer_match(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_mode mode,
                    uint64_t total, uint32_t chunk)
{
    xfer->total = total;
    xfer->chunk = chunk;
    xfer->chunks = (uint32_t)((total + chunk - 1) / chunk);
    /* Release: who finds this generation where it asks for an earlier one takes that for complete,
     * and it is, before this. Pairs with the acquire in toc_xfer_is_done(). */
    atomic_store_explicit(&xfer->done, tagged(generation, 0), memory_order_release);
    /* A helper of an earlier generation may be about to claim: it needs the old generation in
     * `cursor` for that, and loses it here. Fragments after a failed copy: it stays frozen, so that
     * the sender neither claims from the copy that was given up nor takes it for complete. */
    atomic_store_explicit(&xfer->cursor,
                          cursor_of(generation, mode == TOC_XFER_FRAGMENTS ? TOC_XFER_FROZEN : 0),
                          memory_order_release);
    /* Everything above before the match: pairs with the acquire in toc_xfer_mode(). */
    atomic_store_explicit(&xfer->match, tagged(generation, (uint32_t)mode), memory_order_release);
}

enum toc_xfer_mode toc_xfer_mode(struct toc_xfer *xfer, uint32_t generation)
{
    /* Pairs with the release in toc_xfer_match(). */
    uint64_t match = atomic_load_explicit(&xfer->match, memory_order_acquire);
    return generation_of(match) == generation ? (enum toc_xfer_mode)value_of(match)
                                              : TOC_XFER_POSTED;
}

bool toc_xfer_match_is_sound(struct toc_xfer *xfer, uint32_t generation)
{
    uint64_t match = atomic_load_explicit(&xfer->match, memory_order_relaxed);
    uint32_t of = generation_of(match), mode = value_of(match);
    return is_marked(match) && mode <= TOC_XFER_PUSH &&
           (of == generation ? mode != TOC_XFER_POSTED : is_later(of, generation));
}

static uint32_t at_front(uint64_t cursor)
{
    return (uint32_t)cursor & 0xffff;
}

static uint32_t at_back(uint64_t cursor)
{
    return (uint32_t)cursor >> 16 & TOC_XFER_MOST_CHUNKS;
}

/* Both counts and TOC_XFER_FROZEN are in the lower half. */
static uint32_t left(uint64_t cursor, uint32_t chunks)
{
    uint32_t claimed = at_front(cursor) + at_back(cursor);
    return ((uint32_t)cursor & TOC_XFER_FROZEN) != 0 || claimed >= chunks ? 0 : chunks - claimed;
}

/* Of the `rest`, how much goes to one whose half has `half` chunks. */
static uint32_t fair(uint32_t mine, uint32_t theirs, uint32_t half, uint32_t rest)
{
    if (mine < half && rest >= half - mine)
        return half - mine; /* of which the other side has taken none */
    return theirs == 0 ? rest : (rest + 1) / 2;
}

/* The next piece of what `cursor` leaves; returns the cursor after it. */
static uint64_t carve(uint64_t cursor, uint32_t chunks, const struct toc_xfer_share *share,
                      struct toc_xfer_piece *piece)
{
    bool front = share->end == TOC_XFER_FRONT;
    uint32_t rest = left(cursor, chunks), count = rest;
    if (!share->alone)
        count = front ? fair(at_front(cursor), at_back(cursor), chunks - chunks / 2, rest)
                      : fair(at_back(cursor), at_front(cursor), chunks / 2, rest);
    if (count > share->most)
        count = share->most;
    piece->count = count;
    piece->first = front ? at_front(cursor) : chunks - at_back(cursor) - count;
    return cursor + ((uint64_t)count << (front ? 0 : 16));
}

bool toc_xfer_claim(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks,
                    const struct toc_xfer_share *share, struct toc_xfer_piece *piece)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_acquire), claimed;
    do {
        /* `chunks` is what the caller learned at the match: the descriptor's own number may be that
         * of the next generation already while `cursor` is still of ours. */
        if (cursor >> 32 != generation || left(cursor, chunks) == 0)
            return false;
        claimed = carve(cursor, chunks, share, piece);
    } while (!atomic_compare_exchange_weak_explicit(&xfer->cursor, &cursor, claimed,
                                                    memory_order_acq_rel, memory_order_acquire));
    return true;
}

bool toc_xfer_claimed(struct toc_xfer *xfer, uint32_t generation, enum toc_xfer_end end,
                      uint32_t *count)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_relaxed);
    *count = end == TOC_XFER_FRONT ? at_front(cursor) : at_back(cursor);
    return cursor >> 32 == generation && ((uint32_t)cursor & TOC_XFER_FROZEN) == 0;
}

bool toc_xfer_is_sound(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks, bool own)
{
    /* In this order: what is done has been claimed before. Pairs with the releases in
     * toc_xfer_match() and toc_xfer_finish(). */
    uint64_t done = atomic_load_explicit(&xfer->done, memory_order_acquire);
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_acquire);
    uint32_t claimed = at_front(cursor) + at_back(cursor);
    if (!is_marked(done))
        return false;
    if (generation_of(done) != generation)
        return !own && is_later(generation, generation_of(done));
    if (value_of(done) > chunks)
        return false;
    if (generation_of(cursor) != generation)
        return !own && is_later(generation, generation_of(cursor));
    /* Frozen, the message may have been matched again, for fragments: from one to the other. */
    return ((uint32_t)cursor & TOC_XFER_FROZEN) != 0 ||
           (value_of(done) <= claimed && claimed <= chunks);
}

bool toc_xfer_has_chunk(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_relaxed);
    return cursor >> 32 == generation && left(cursor, chunks) > 0;
}

bool toc_xfer_is_begun(struct toc_xfer *xfer)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_relaxed);
    return at_front(cursor) + at_back(cursor) > 0;
}

bool toc_xfer_finish(struct toc_xfer *xfer, uint32_t chunks, uint32_t count)
{
    /* The copied bytes before the count: pairs with the acquire in toc_xfer_is_done(). */
    uint64_t done = atomic_fetch_add_explicit(&xfer->done, count, memory_order_acq_rel);
    return value_of(done) + count == chunks;
}

bool toc_xfer_is_done(struct toc_xfer *xfer, uint32_t generation, uint32_t chunks)
{
    /* Pairs with the release in toc_xfer_finish(). */
    uint64_t done = atomic_load_explicit(&xfer->done, memory_order_acquire);
    if (generation_of(done) != generation)
        return true;
    if (value_of(done) != chunks)
        return false;
    /* Whoever failed froze the cursor before it counted its chunk. */
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_relaxed);
    return cursor >> 32 != generation || ((uint32_t)cursor & TOC_XFER_FROZEN) == 0;
}

void toc_xfer_freeze(struct toc_xfer *xfer, uint32_t generation)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_relaxed);
    while (cursor >> 32 == generation && ((uint32_t)cursor & TOC_XFER_FROZEN) == 0)
        if (atomic_compare_exchange_weak_explicit(&xfer->cursor, &cursor, cursor | TOC_XFER_FROZEN,
                                                  memory_order_acq_rel, memory_order_relaxed))
            return;
}

bool toc_xfer_is_broken(struct toc_xfer *xfer, uint32_t generation)
{
    uint64_t cursor = atomic_load_explicit(&xfer->cursor, memory_order_acquire);
    if (cursor >> 32 != generation || ((uint32_t)cursor & TOC_XFER_FROZEN) == 0)
        return false;
    uint64_t done = atomic_load_explicit(&xfer->done, memory_order_acquire);
    return value_of(done) == at_front(cursor) + at_back(cursor);
}

struct toc_notices *toc_notices_at(struct toc_job_header *job, int rank)
{
    return (struct toc_notices *)((char *)job + job->layout.notices_offset) + rank;
}

void toc_notices_mark(struct toc_notices *notices, uint32_t slot)
{
    uint32_t word = slot / 64;
    /* Releases: what was changed before the mark, and the mark before its summary; pair with the
     * exchanges in toc_notices_take(). */
    atomic_fetch_or_explicit(&notices->words[word], UINT64_C(1) << (slot % 64),
                             memory_order_release);
    atomic_fetch_or_explicit(&notices->summary[word / 64], UINT64_C(1) << (word % 64),
                             memory_order_release);
}

bool toc_notices_take(struct toc_notices *notices, uint32_t group, void (*serve)(uint32_t slot))
{
    if (atomic_load_explicit(&notices->summary[group], memory_order_relaxed) == 0)
        return false;
    /* The summary is cleared first: a mark that comes meanwhile sets it again. */
    uint64_t summary = atomic_exchange_explicit(&notices->summary[group], 0, memory_order_acq_rel);
    for (; summary != 0; summary &= summary - 1) {
        uint32_t word = group * 64 + (uint32_t)__builtin_ctzll(summary);
        uint64_t bits = atomic_exchange_explicit(&notices->words[word], 0, memory_order_acq_rel);
        for (; bits != 0; bits &= bits - 1)
            serve(word * 64 + (uint32_t)__builtin_ctzll(bits));
    }
    return true;
}
