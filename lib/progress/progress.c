/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but register and reset */
#include "progress/progress.h"

#include <string.h>

#include "base/env.h"
#include "base/stats.h"
#include "progress/bell.h"
#include "progress/guard.h"
#include "progress/waiters.h"
#include "progress/watch.h"
#include "transport/corrupt.h"
#include "transport/world.h"

/* Packets taken from one ring before the next one has its turn; and in the handler. */
#define DRAIN_BURST 64

/* A ring that was empty this many times is no longer looked at until its sender says so, in jobs
 * with more ranks than WATCH_ALL. */
#define IDLE_POLLS 512
#define WATCH_ALL  4

/* Every so many times that a ring is found to have been empty for long, the layers look, too. */
#define INSPECT_EVERY 64
static unsigned idle_times;

static const struct toc_progress_events *layers[TOC_PROGRESS_LAYERS];
static unsigned layer_count;

void toc_progress_register(const struct toc_progress_events *events)
{
    layers[layer_count++] = events;
    toc_bell_wish();
}

void toc_progress_reset(void)
{
    layer_count = 0;
    toc_bell_reset();
}

static bool deliver(enum toc_progress_context context, struct toc_peer *peer,
                    const struct toc_cell *cell, uint32_t *data_bytes)
{
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->packet != NULL)
            return layers[i]->packet(context, peer, cell, data_bytes);
    return false;
}

/* A ring that has been idle for long: stop watching it, and look once more, because a sender that
 * saw our bit still set has not set it again. */
static void rest(struct toc_peer *peer)
{
    toc_doorbell_unwatch(toc_world.bell, (uint32_t)peer->rank);
    if (toc_ring_peek(&peer->rx) != NULL)
        toc_doorbell_watch(toc_world.bell, (uint32_t)peer->rank);
}

static void inspect_layers(void)
{
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->inspect != NULL)
            layers[i]->inspect();
}

/* A ring that has been idle for long, while this rank polls. */
static __attribute__((noinline)) void note_idle(struct toc_peer *peer)
{
    toc_ring_inspect(&peer->rx);
    if (++idle_times % INSPECT_EVERY == 0) {
        toc_world_inspect();
        inspect_layers();
    }
    if (toc_world.size > WATCH_ALL)
        rest(peer);
    peer->idle = 0;
}

void toc_progress_inspect(void)
{
    toc_world_inspect();
    for (int rank = 0; rank < toc_world.size; rank++) {
        struct toc_peer *peer = &toc_world.peers[rank];
        toc_ring_inspect(&peer->rx);
        if (toc_ring_peek(&peer->rx) != NULL)
            toc_doorbell_watch(toc_world.bell, (uint32_t)rank);
    }
    inspect_layers();
}

static bool drain(enum toc_progress_context context, struct toc_peer *peer)
{
    unsigned taken = 0;
    struct toc_cell *cell;

    while (taken < DRAIN_BURST && (cell = toc_ring_peek(&peer->rx)) != NULL) {
        uint32_t data_bytes = 0;
        if (!deliver(context, peer, cell, &data_bytes))
            break;
        toc_ring_consume(&peer->rx, cell, data_bytes);
        taken++;
    }
    if (taken > 0) {
        peer->idle = 0;
        if (toc_ring_settle(&peer->rx))
            toc_world_ring(peer, TOC_WANT_SPACE);
        return true;
    }
    if (++peer->idle > IDLE_POLLS)
        note_idle(peer);
    return false;
}

/* The peer that bit `bit` of the pending set's word `number` stands for. */
static inline struct toc_peer *peer_of(uint32_t number, int bit)
{
    uint32_t rank = number * 64 + (uint32_t)bit;
    if (__builtin_expect(rank >= (uint32_t)toc_world.size, 0))
        toc_corrupt(&(struct toc_corruption){"the doorbell of", toc_world.rank, "sender", rank,
                                             "at most", (uint32_t)toc_world.size - 1});
    return &toc_world.peers[rank];
}

static bool drain_word(enum toc_progress_context context, uint32_t number)
{
    bool moved = false;
    uint64_t bits = atomic_load_explicit(&toc_world.bell->pending[number], memory_order_relaxed);
    while (bits != 0) {
        struct toc_peer *peer = peer_of(number, __builtin_ctzll(bits));
        bits &= bits - 1;
        moved |= drain(context, peer);
    }
    return moved;
}

static bool advance(enum toc_progress_context context)
{
    bool moved = false;
    for (unsigned i = 0; i < layer_count; i++)
        moved |= layers[i]->advance(context);
    return moved;
}

static void bury_peer(struct toc_peer *peer)
{
    /* The end before the look at the ring: all that it has sent is there. */
    if (peer->buried || !toc_world_has_ended(peer))
        return;
    while (drain(TOC_PROGRESS_TEST, peer))
        ;
    peer->buried = true;
}

bool toc_progress_bury(void)
{
    bool moved = false;
    if (!toc_world_is_reduced())
        return false;
    for (int rank = 0; rank < toc_world.size; rank++)
        bury_peer(&toc_world.peers[rank]);
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->bury != NULL)
            moved |= layers[i]->bury();
    return moved;
}

bool toc_progress_run(enum toc_progress_context context)
{
    bool moved = false;
    if (context == TOC_PROGRESS_TEST) {
        toc_world_remind();
        moved = toc_progress_bury();
    }
    for (uint32_t number = 0; number < toc_world.pending_words; number++)
        moved |= drain_word(context, number);
    if (toc_bell_is_busy())
        moved |= advance(context);
    return moved;
}

void toc_progress_settle(void)
{
    if ((toc_bell.busy > 0 || toc_bell_outgoing() > 0) && advance(TOC_PROGRESS_CALL))
        toc_waiters_notify(NULL); /* of other threads: their requests may be among them */
}

bool toc_watch_begin(struct toc_watch *watch)
{
    watch->pending = &toc_world.bell->pending[0];
    watch->rings = atomic_load_explicit(watch->pending, memory_order_relaxed);
    watch->count = 0;
    if (toc_world.pending_words > 1)
        return false;
    for (uint64_t bits = watch->rings; bits != 0; bits &= bits - 1) {
        const struct toc_ring *ring = &peer_of(0, __builtin_ctzll(bits))->rx;
        if (watch->count == TOC_WATCH_RINGS)
            return false;
        watch->cells[watch->count] = &ring->cells[ring->index & ring->cell_mask];
        watch->sequences[watch->count++] = ring->index + 1;
    }
    return true;
}

bool toc_progress_has_work(void)
{
    for (int rank = 0; rank < toc_world.size; rank++)
        if (toc_ring_peek(&toc_world.peers[rank].rx) != NULL)
            return true;
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->has_work != NULL && layers[i]->has_work())
            return true;
    return false;
}

bool toc_progress_is_unserved(void)
{
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->is_unserved != NULL && layers[i]->is_unserved())
            return true;
    return false;
}

void toc_progress_relied_on(void)
{
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->depart != NULL)
            layers[i]->depart();
}

void toc_progress_insist(void)
{
    for (unsigned i = 0; i < layer_count; i++)
        if (layers[i]->insist != NULL)
            layers[i]->insist();
}

void toc_progress_handler(void)
{
    toc_stats.bells_taken++;
    if (!toc_guard_try()) {
        toc_stats.bells_deferred++;
        toc_doorbell_stir(toc_world.bell);
        return;
    }
    toc_progress_serve(TOC_PROGRESS_HANDLER);
    bool again = toc_progress_take_again();
    toc_waiters_notify(NULL);
    toc_guard_open();
    if (again)
        toc_progress_strike_self();
}
