/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include <string.h>

#include "base/stats.h"
#include "p2p/match.h"
#include "p2p/protocol.h"
#include "transport/xfer.h"

void toc_receive_matched(struct toc_request *request, int source, int tag, uint64_t size)
{
    request->status_source = toc_comm_rank_of(request->comm, source);
    request->status_tag = tag;
    request->status_bytes = size < request->size ? size : request->size;
    toc_stats.received++;
}

void toc_receive_eager(struct toc_request *request, int source, int tag, uint64_t size,
                       const void *payload)
{
    toc_receive_matched(request, source, tag, size);
    if (request->status_bytes > 0)
        toc_copy_unpack(request, 0, payload, request->status_bytes);
    toc_request_complete(request, size > request->size ? TOC_ERR_TRUNCATE : TOC_OK);
}

static void acknowledge(int source, uint32_t slot, uint32_t generation)
{
    toc_xfer_match(toc_xfer_at(toc_world.job, source, slot), generation, TOC_XFER_ACK, 0, 1);
    toc_descriptor_notify(&toc_world.peers[source], slot, TOC_WANT_NONE);
}

/* An unexpected message has found its receive. */
static void consume(struct toc_request *request, struct toc_unexpected *message)
{
    int source = message->source;
    if ((message->flags & TOC_PACKET_SYNC) != 0)
        acknowledge(source, message->slot, message->generation);
    if (message->kind == TOC_PACKET_EAGER) {
        toc_receive_eager(request, source, message->tag, message->size, message->payload);
    } else {
        toc_receive_matched(request, source, message->tag, message->size);
        toc_rendezvous_match(request, &toc_world.peers[source], message->slot, message->generation,
                             message->size);
    }
    toc_unexpected_give(message);
}

void toc_receive_start(struct toc_request *request)
{
    if (request->peer == TOC_PROC_NULL) {
        request->status_source = TOC_PROC_NULL;
        request->status_tag = TOC_ANY_TAG;
        request->status_bytes = 0;
        toc_request_complete(request, TOC_OK);
        return;
    }
    struct toc_unexpected *message = toc_match_find(request->context, request->peer, request->tag);
    if (message == NULL) {
        toc_match_post(request);
        return;
    }
    toc_match_forget(message);
    consume(request, message);
}

void toc_p2p_start_matched(struct toc_request *request, struct toc_unexpected *message)
{
    consume(request, message);
}

static bool keep(enum toc_progress_context context, const struct toc_peer *peer,
                 const struct toc_cell *cell, const void *payload)
{
    uint64_t bytes = cell->kind == TOC_PACKET_EAGER ? cell->size : 0;
    struct toc_unexpected *message = toc_unexpected_take(bytes, context != TOC_PROGRESS_HANDLER);
    if (message == NULL) {
        toc_progress_starve();
        return false;
    }
    message->context = cell->context;
    message->source = peer->rank;
    message->tag = cell->tag;
    message->kind = cell->kind;
    message->flags = cell->flags;
    message->slot = cell->slot;
    message->generation = cell->u.data.generation;
    message->size = cell->size;
    memcpy(message->payload, payload, bytes);
    toc_match_keep(message);
    toc_stats.unexpected++;
    return true;
}

/* Bytes that a packet has in the data area: all of an eager payload that does not fit in the cell,
 * or whose cell is taken by the sender's descriptor. */
static uint32_t outside_cell(const struct toc_cell *cell)
{
    if (cell->kind == TOC_PACKET_RTS)
        return 0;
    bool inside = cell->kind == TOC_PACKET_EAGER && (cell->flags & TOC_PACKET_SYNC) == 0 &&
                  cell->size <= TOC_CELL_INLINE;
    return inside ? 0 : (uint32_t)cell->size;
}

bool toc_receive_packet(enum toc_progress_context context, struct toc_peer *peer,
                        const struct toc_cell *cell, uint32_t *data_bytes)
{
    *data_bytes = outside_cell(cell);
    const void *payload = *data_bytes > 0 ? toc_ring_payload(&peer->rx, cell) : cell->u.bytes;
    if (cell->kind == TOC_PACKET_FRAGMENT) {
        toc_rendezvous_fragment(peer, cell, payload);
        return true;
    }
    struct toc_request *request = toc_match_arrival(cell->context, peer->rank, cell->tag);
    if (request == NULL)
        return keep(context, peer, cell, payload);
    if ((cell->flags & TOC_PACKET_SYNC) != 0)
        acknowledge(peer->rank, cell->slot, cell->u.data.generation);
    if (cell->kind == TOC_PACKET_EAGER) {
        toc_receive_eager(request, peer->rank, cell->tag, cell->size, payload);
    } else {
        toc_receive_matched(request, peer->rank, cell->tag, cell->size);
        toc_rendezvous_match(request, peer, cell->slot, cell->u.data.generation, cell->size);
    }
    return true;
}
