/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include <string.h>

#include "base/cpu.h"
#include "base/env.h"
#include "base/stats.h"
#include "base/stream.h"
#include "datatype/cursor.h"
#include "p2p/protocol.h"

/* Of a strided message, what is packed before it is streamed on: fits into the innermost cache. */
#define PIECE_BYTES 4096

/* In one round of progress, but for the handler. */
#define ROUND_BYTES (UINT64_C(128) << 10)

/* Fragments between two bells. */
#define TELL_EVERY 16

static void copy(bool stream, unsigned char *slot, const void *from, uint64_t bytes)
{
    if (stream)
        toc_stream_copy(slot, from, bytes);
    else
        memcpy(slot, from, bytes);
}

static void fill(const struct toc_request *request, bool stream, unsigned char *slot,
                 uint64_t bytes)
{
    static _Alignas(64) unsigned char piece[PIECE_BYTES];
    struct toc_dt_cursor cursor;
    if (request->data != NULL) {
        copy(stream, slot, request->data + request->moved, bytes);
        return;
    }
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    toc_dt_cursor_seek(&cursor, request->moved);
    if (!stream) {
        toc_dt_pack(&cursor, slot, bytes);
        return;
    }
    for (uint64_t at = 0; at < bytes; at += PIECE_BYTES) {
        uint64_t length =
            toc_dt_pack(&cursor, piece, bytes - at < PIECE_BYTES ? bytes - at : PIECE_BYTES);
        toc_stream_copy(slot + at, piece, length);
    }
}

/* Bytes that went out, 0: no room. */
static uint32_t send_fragment(struct toc_request *request, struct toc_peer *peer)
{
    uint64_t left = request->total - request->moved;
    uint32_t bytes = left < peer->tx_slots.bytes ? (uint32_t)left : peer->tx_slots.bytes;
    void *slot;
    struct toc_cell *cell = toc_slots_reserve(&peer->tx_slots, &peer->tx, &slot);
    if (cell == NULL) {
        if (!toc_slots_wish(&peer->tx_slots, &peer->tx))
            return 0;
        cell = toc_slots_reserve(&peer->tx_slots, &peer->tx, &slot);
    }
    bool stream = toc_slots_stream(&peer->tx_slots);
    uint64_t start = toc_cpu_ticks();
    fill(request, stream, slot, bytes);
    if (bytes == peer->tx_slots.bytes)
        toc_slots_note_fill(&peer->tx_slots, stream, toc_cpu_ticks() - start);
    cell->kind = TOC_PACKET_FRAGMENT;
    cell->flags = stream ? TOC_PACKET_STREAMED : 0;
    cell->slot = (uint16_t)request->slot;
    cell->size = bytes;
    cell->u.data.generation = request->generation;
    cell->u.data.more = toc_descriptor_more(request);
    cell->u.data.offset = request->moved;
    cell->u.data.seal = toc_cell_seal(cell);
    toc_slots_commit(&peer->tx_slots, &peer->tx, cell);
    toc_stats.fragments++;
    request->moved += bytes;
    return bytes;
}

struct toc_fragments_round toc_fragments_round(enum toc_progress_context context)
{
    /* While it waits the rank looks after its own rings in between. */
    uint64_t budget = ROUND_BYTES;
    if (context == TOC_PROGRESS_HANDLER)
        budget = (uint64_t)(toc_env.handler_chunks * toc_env.chunk);
    return (struct toc_fragments_round){budget, NULL};
}

bool toc_fragments_send(struct toc_request *request, struct toc_fragments_round *round)
{
    struct toc_peer *peer = &toc_world.peers[request->peer];
    uint64_t before = request->moved;
    unsigned untold = 0;
    /* One message after the other: the rest of this one goes before the next. */
    while (request->moved < request->total && round->budget > 0 && round->full != peer) {
        uint64_t sent = send_fragment(request, peer);
        if (sent == 0)
            round->full = peer;
        round->budget -= sent < round->budget ? sent : round->budget;
        untold += sent > 0;
        /* The first one of a message is told of at once: a receiver that sleeps or computes gets
         * ready while the next ones are on their way, and finds several. */
        if (untold == TELL_EVERY || (untold == 1 && request->moved == sent)) {
            toc_send_tell(peer, TOC_WANT_DATA);
            untold = 0;
        }
    }
    if (untold > 0)
        toc_send_tell(peer, TOC_WANT_DATA);
    return request->moved > before;
}

bool toc_fragments_has_room(const struct toc_request *request)
{
    struct toc_peer *peer = &toc_world.peers[request->peer];
    return toc_slots_wish(&peer->tx_slots, &peer->tx);
}

/* From here on a message does not stay in the caches anyway: it is not made to pass through them.
 */
#define STREAM_OUT_BYTES (UINT64_C(8) << 20)

static void unpack(struct toc_request *request, uint64_t offset, const void *payload,
                   uint64_t bytes)
{
    if (request->data != NULL && request->total >= STREAM_OUT_BYTES)
        toc_stream_copy(request->data + offset, payload, bytes);
    else
        toc_copy_unpack(request, offset, payload, bytes);
}

void toc_fragments_take(struct toc_request *request, struct toc_peer *peer,
                        const struct toc_cell *cell, const void *payload)
{
    uint64_t start = toc_cpu_ticks();
    unpack(request, cell->u.data.offset, payload, cell->size);
    if (cell->size == peer->rx_slots.bytes)
        toc_slots_note_drain(&peer->rx_slots, (cell->flags & TOC_PACKET_STREAMED) != 0,
                             toc_cpu_ticks() - start);
    request->moved += cell->size;
}
