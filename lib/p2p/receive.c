/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include <string.h>

#include "base/copy.h"
#include "base/stats.h"
#include "datatype/cursor.h"
#include "p2p/advertise.h"
#include "p2p/border.h"
#include "p2p/held.h"
#include "p2p/match.h"
#include "p2p/p2p.h"
#include "p2p/protocol.h"
#include "progress/guard.h"
#include "transport/xfer.h"

void toc_receive_matched(struct toc_request *request, int source, int tag, uint64_t size)
{
    request->source = source;
    request->status_source = toc_comm_rank_of(request->comm, source);
    request->status_tag = tag;
    request->status_bytes = size < request->size ? size : request->size;
    toc_stats.received++;
}

static inline void receive_eager(struct toc_request *request, int source, int tag, uint64_t size,
                                 const void *payload)
{
    toc_receive_matched(request, source, tag, size);
    if (request->status_bytes == 0)
        ; /* and the buffer may be anywhere */
    else if (request->data != NULL)
        toc_copy_short(request->data, payload, request->status_bytes);
    else
        toc_copy_unpack(request, 0, payload, request->status_bytes);
    toc_request_complete(request, size > request->size ? TOC_ERR_TRUNCATE : TOC_OK);
}

static void acknowledge(int source, uint32_t slot, uint32_t generation)
{
    toc_xfer_match(toc_descriptor_received(source, slot), generation, TOC_XFER_ACK, 0, 1);
    toc_descriptor_notify(&toc_world.peers[source], slot, TOC_WANT_NONE);
}

/* Messages with a descriptor may be withdrawn as long as they are not matched. */
static bool may_be_withdrawn(uint8_t kind, uint8_t flags)
{
    return kind == TOC_PACKET_RTS || (flags & TOC_PACKET_SYNC) != 0;
}

static bool is_withdrawn(const struct toc_unexpected *message)
{
    return may_be_withdrawn(message->kind, message->flags) &&
           !toc_xfer_is_open(toc_descriptor_received(message->source, message->slot),
                             message->generation);
}

static bool take(uint8_t kind, uint8_t flags, int source, uint32_t slot, uint32_t generation)
{
    if (!may_be_withdrawn(kind, flags))
        return true;
    struct toc_xfer *xfer = toc_descriptor_received(source, slot);
    if (toc_xfer_take(xfer, generation))
        return true;
    if (!toc_xfer_offer_is_sound(xfer, generation))
        toc_copy_refuse(source, "offer", atomic_load(&xfer->offer), NULL, 0);
    return false;
}

static void drop(struct toc_unexpected *message)
{
    toc_match_forget(message);
    toc_unexpected_give(message);
}

struct toc_unexpected *toc_receive_find(uint32_t context, int source, int tag)
{
    struct toc_unexpected *message;
    while ((message = toc_match_find(context, source, tag)) != NULL && is_withdrawn(message))
        drop(message);
    return message;
}

struct toc_unexpected *toc_receive_take(uint32_t context, int source, int tag)
{
    struct toc_unexpected *message;
    if (toc_list_is_empty(&toc_match_queues.arrivals))
        return NULL;
    while ((message = toc_match_find(context, source, tag)) != NULL) {
        if (take(message->kind, message->flags, message->source, message->slot,
                 message->generation)) {
            toc_match_forget(message);
            return message;
        }
        drop(message);
    }
    return NULL;
}

/* An unexpected message that was taken has found its receive. */
static void consume(struct toc_request *request, struct toc_unexpected *message)
{
    int source = message->source;
    if ((message->flags & TOC_PACKET_SYNC) != 0)
        acknowledge(source, message->slot, message->generation);
    if (message->kind == TOC_PACKET_EAGER) {
        receive_eager(request, source, message->tag, message->size, message->payload);
    } else {
        toc_receive_matched(request, source, message->tag, message->size);
        toc_rendezvous_match(request, &toc_world.peers[source], message->slot, message->generation,
                             message->size, toc_request_is_call(request));
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
    struct toc_unexpected *message =
        toc_receive_take(request->context, request->peer, request->tag);
    if (message == NULL)
        toc_match_post(request);
    else
        consume(request, message);
}

void toc_p2p_start_matched(struct toc_request *request, struct toc_unexpected *message)
{
    consume(request, message);
}

/* What was withdrawn is dropped when a receive meets it. A sender that cancels again and again what
 * nobody ever asks for must not fill the memory: so many messages, or twice as many as are left,
 * are kept between two looks at all of them. */
#define SWEEP_AFTER 4096
static uint64_t kept, sweep_at = SWEEP_AFTER;

static void sweep(void)
{
    if (++kept < sweep_at)
        return;
    kept = toc_match_sweep(is_withdrawn);
    sweep_at = kept * 2 > SWEEP_AFTER ? kept * 2 : SWEEP_AFTER;
}

/* There is no memory for a packet. A handler leaves it to a call, which may allocate some. */
static void starve(enum toc_progress_context context)
{
    if (context != TOC_PROGRESS_HANDLER)
        toc_held_end();
    toc_progress_starve();
}

/* What a packet says of its message, each read once. */
struct envelope {
    uint32_t context;
    int source, tag;
    uint8_t kind, flags;
    uint32_t slot;
    uint32_t generation;
    uint64_t size;
};

/* Keeps a message that nobody has asked for yet: the copied envelope, and `bytes` of payload. */
static inline __attribute__((always_inline)) bool keep(enum toc_progress_context context,
                                                       const struct envelope *envelope,
                                                       const void *payload, uint64_t bytes)
{
    if (context != TOC_PROGRESS_HANDLER)
        sweep();
    struct toc_unexpected *message = toc_unexpected_take(bytes, context != TOC_PROGRESS_HANDLER);
    if (message == NULL) {
        starve(context);
        return false;
    }
    message->context = envelope->context;
    message->source = envelope->source;
    message->tag = envelope->tag;
    message->kind = envelope->kind;
    message->flags = envelope->flags;
    message->slot = envelope->slot;
    message->generation = envelope->generation;
    message->size = envelope->size;
    if (bytes > TOC_HELD_FREE)
        toc_unexpected_count(message);
    memcpy(message->payload, payload, bytes);
    toc_match_keep(message);
    toc_stats.unexpected++;
    return true;
}

/* A packet with a descriptor: a private copy. */
static bool keep_special(enum toc_progress_context context, const struct toc_peer *peer,
                         const struct toc_cell *cell, const void *payload)
{
    struct envelope envelope = {.context = cell->context,
                                .source = peer->rank,
                                .tag = cell->tag,
                                .kind = cell->kind,
                                .flags = cell->flags,
                                .slot = toc_cell_descriptor(cell),
                                .generation = cell->u.data.generation,
                                .size = cell->size};
    return keep(context, &envelope, payload, cell->kind == TOC_PACKET_EAGER ? cell->size : 0);
}

static bool keep_plain(enum toc_progress_context context, const struct toc_peer *peer,
                       const struct toc_cell *cell, uint64_t size, const void *payload)
{
    struct envelope envelope = {.context = cell->context,
                                .source = peer->rank,
                                .tag = cell->tag,
                                .kind = TOC_PACKET_EAGER,
                                .slot = cell->slot,
                                .size = size};
    toc_border_check_mark(peer, envelope.slot, envelope.context, envelope.tag, size);
    return keep(context, &envelope, payload, size);
}

/* Bytes that a packet has in the data area: all of an eager payload that does not fit in the cell,
 * or whose cell is taken by the sender's descriptor. */
static uint32_t outside_cell(const struct toc_cell *cell)
{
    if (cell->kind != TOC_PACKET_EAGER)
        return 0;
    bool inside = (cell->flags & TOC_PACKET_SYNC) == 0 && cell->size <= TOC_CELL_INLINE;
    return inside ? 0 : (uint32_t)cell->size;
}

/* Whole, and nothing but its data is expected of the sender. */
static bool is_plain(const struct toc_cell *cell)
{
    return cell->kind == TOC_PACKET_EAGER && cell->flags == 0;
}

/* Where the data of such a packet, `size` bytes, are; how much of it is outside the cell. */
static inline const void *plain_payload(struct toc_peer *peer, const struct toc_cell *cell,
                                        uint64_t size, uint32_t *outside)
{
    *outside = size > TOC_CELL_INLINE ? (uint32_t)size : 0;
    return size > TOC_CELL_INLINE ? toc_ring_payload(&peer->rx, cell, size) : cell->u.bytes;
}

/* Gives such a packet to the receive that was posted for it. False: none was. */
static inline bool give_to_posted(const struct toc_peer *peer, const struct toc_cell *cell,
                                  uint64_t size, const void *payload)
{
    struct toc_request *request = toc_match_claim(cell->context, peer->rank, cell->tag);
    if (request == NULL)
        return false;
    receive_eager(request, peer->rank, cell->tag, size, payload);
    return true;
}

/* Most packets, in few steps. */
static bool receive_plain(enum toc_progress_context context, struct toc_peer *peer,
                          const struct toc_cell *cell, uint32_t *data_bytes)
{
    uint64_t size = toc_ring_read(&cell->size);
    const void *payload = plain_payload(peer, cell, size, data_bytes);
    return give_to_posted(peer, cell, size, payload) ||
           keep_plain(context, peer, cell, size, payload);
}

/* A message that its sender has matched. */
static void receive_claim(struct toc_peer *peer, const struct toc_cell *cell)
{
    struct toc_request *request = toc_advertise_redeem(peer);
    if (request == NULL || request->context != cell->context || request->tag != cell->tag)
        toc_border_refuse(peer, "claim of a receive that was not advertised, with tag",
                          (uint32_t)cell->tag, NULL, 0);
    toc_match_unpost(request);
    toc_rendezvous_claimed(request, peer, cell);
}

/* The others. `cell` is a private copy, checked. */
static bool receive_special(enum toc_progress_context context, struct toc_peer *peer,
                            const struct toc_cell *cell, uint32_t *data_bytes)
{
    *data_bytes = outside_cell(cell);
    const void *payload =
        *data_bytes > 0 ? toc_ring_payload(&peer->rx, cell, cell->size) : cell->u.bytes;
    if (cell->kind == TOC_PACKET_FRAGMENT) {
        toc_rendezvous_fragment(peer, cell, toc_slots_next(&peer->rx_slots));
        toc_slots_release(&peer->rx_slots);
        return true;
    }
    if ((cell->flags & TOC_PACKET_CLAIM) != 0) {
        receive_claim(peer, cell);
        return true;
    }
    struct toc_request *request = toc_match_arrival(cell->context, peer->rank, cell->tag);
    if (request == NULL)
        return keep_special(context, peer, cell, payload);
    if (!take(cell->kind, cell->flags, peer->rank, toc_cell_descriptor(cell),
              cell->u.data.generation))
        return true; /* nobody's message any more; the receive waits on */
    toc_match_unpost(request);
    if ((cell->flags & TOC_PACKET_SYNC) != 0)
        acknowledge(peer->rank, toc_cell_descriptor(cell), cell->u.data.generation);
    if (cell->kind == TOC_PACKET_EAGER) {
        receive_eager(request, peer->rank, cell->tag, cell->size, payload);
    } else {
        toc_receive_matched(request, peer->rank, cell->tag, cell->size);
        toc_rendezvous_match(request, peer, toc_cell_descriptor(cell), cell->u.data.generation,
                             cell->size, context == TOC_PROGRESS_WAIT);
    }
    return true;
}

bool toc_receive_packet(enum toc_progress_context context, struct toc_peer *peer,
                        const struct toc_cell *cell, uint32_t *data_bytes)
{
    struct toc_cell copy;
    if (is_plain(cell))
        return receive_plain(context, peer, cell, data_bytes);
    memcpy(&copy, cell, sizeof(copy));
    toc_border_check(peer, &copy);
    if (copy.u.data.more != 0 && !toc_descriptor_reach(peer, copy.u.data.more)) {
        starve(context);
        return false;
    }
    return receive_special(context, peer, &copy, data_bytes);
}

/* Looks at the ring before a receive takes the long way: 2 to 3 microseconds, what a peer needs for
 * its answer. */
#define LOOKS 1000

static const struct toc_cell *look_for(const struct toc_ring *ring)
{
    for (int look = 0; look < LOOKS; look++) {
        const struct toc_cell *cell = toc_ring_peek(ring);
        if (cell != NULL)
            return cell;
    }
    return NULL;
}

/* May a message that comes now belong to somebody else, or is there something better to do than to
 * look at one ring? A guard that is settled has nothing under way and no other threads. */
static bool is_alone(void)
{
    return toc_match_is_idle() && !toc_world.crowded &&
           (!toc_guard.unsettled || (!toc_guard.concurrent && !toc_progress_is_busy()));
}

static void unpack(void *buffer, int64_t count, const struct toc_datatype *type,
                   const void *payload, uint64_t bytes)
{
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, buffer, count, UINT64_MAX);
    toc_dt_unpack(&cursor, payload, bytes);
}

/* A call is done with the packet at the head of a ring. */
static inline void consume_packet(struct toc_peer *peer, const struct toc_cell *cell,
                                  uint32_t outside)
{
    toc_ring_consume(&peer->rx, cell, outside);
    if (toc_ring_is_due(&peer->rx, outside) && toc_ring_settle(&peer->rx))
        toc_world_ring(peer, TOC_WANT_SPACE);
}

/* Takes the packet at the head of a ring, if it is a short message for this receive. */
static inline __attribute__((always_inline)) bool take_plain(struct toc_peer *peer,
                                                             const struct toc_cell *cell,
                                                             void *buffer, int64_t count,
                                                             const struct toc_datatype *type,
                                                             int tag, struct toc_comm *comm)
{
    uint64_t size = toc_ring_read(&cell->size);
    if (!is_plain(cell) || cell->context != toc_comm_p2p_context(comm) ||
        (tag != cell->tag && tag != TOC_ANY_TAG) || size > toc_dt_packed_size(type, count))
        return false;
    uint32_t outside;
    const void *payload = plain_payload(peer, cell, size, &outside);
    if (size == 0)
        ; /* and the buffer may be anywhere */
    else if (type->is_contiguous)
        toc_copy_short((char *)buffer + type->true_lb, payload, size);
    else
        unpack(buffer, count, type, payload, size);
    consume_packet(peer, cell, outside);
    return true;
}

bool toc_p2p_receive_now(void *buffer, int64_t count, const struct toc_datatype *type, int source,
                         int tag, struct toc_comm *comm, struct toc_p2p_envelope *envelope)
{
    if (source < 0 || !is_alone())
        return false;
    struct toc_peer *peer = &toc_world.peers[toc_comm_world_rank(comm, source)];
    const struct toc_cell *cell = look_for(&peer->rx);
    if (cell == NULL)
        return false;
    /* Before it is taken: then the sender may write it anew. */
    *envelope = (struct toc_p2p_envelope){source, cell->tag, cell->size};
    if (!take_plain(peer, cell, buffer, count, type, tag, comm))
        return false;
    toc_stats.received++;
    return true;
}

/* Packets that a call takes for earlier receives before it has a look at its own. */
#define CATCH_UP 8

/* Gives the packet at the head of a ring to a receive that was posted before. */
static bool serve_posted(struct toc_peer *peer, const struct toc_cell *cell)
{
    uint64_t size = toc_ring_read(&cell->size);
    uint32_t outside;
    const void *payload = plain_payload(peer, cell, size, &outside);
    if (!give_to_posted(peer, cell, size, payload))
        return false;
    consume_packet(peer, cell, outside);
    return true;
}

/* A request that was never started, because its message was there. It is clean. */
static inline struct toc_request *finished(struct toc_request *request, int source, int tag,
                                           uint64_t bytes)
{
    request->kind = TOC_REQUEST_RECEIVE;
    request->stage = TOC_STAGE_IDLE;
    request->complete = true;
    request->persistent = false; /* known, but so the flags are one store, as they are one look */
    request->detached = false;
    request->cancelled = false;
    request->active = true;
    request->error = TOC_OK;
    request->status_source = source;
    request->status_tag = tag;
    request->status_bytes = bytes;
    toc_stats.received++;
    return request;
}

/* A receive whose message may be there; NULL if it is not. After what else is there for earlier
 * receives. */
static struct toc_request *receive_there(void *buffer, int64_t count,
                                         const struct toc_datatype *type, int source, int tag,
                                         struct toc_comm *comm)
{
    if (!toc_list_is_empty(&toc_match_queues.arrivals) || toc_guard.concurrent)
        return NULL;
    struct toc_peer *peer = &toc_world.peers[toc_comm_world_rank(comm, source)];
    for (int packets = 0; packets < CATCH_UP; packets++) {
        const struct toc_cell *cell = toc_ring_peek(&peer->rx);
        if (cell == NULL || !is_plain(cell))
            return NULL;
        if (toc_match_queues.posted > 0 && serve_posted(peer, cell))
            continue;
        /* Before it is taken: then the sender may write it anew. */
        int cell_tag = cell->tag;
        uint64_t bytes = cell->size;
        struct toc_request *request = toc_handle_alloc_recycled(TOC_KIND_REQUEST);
        if (request != NULL && take_plain(peer, cell, buffer, count, type, tag, comm))
            return finished(request, source, cell_tag, bytes);
        if (request != NULL)
            toc_handle_free_kind(TOC_KIND_REQUEST, request);
        return NULL;
    }
    return NULL;
}

/* Out of the way of the short ones that are there, which need few registers. */
static __attribute__((noinline)) struct toc_request *receive_other(void *buffer, int64_t count,
                                                                   struct toc_datatype *type,
                                                                   int source, int tag,
                                                                   struct toc_comm *comm)
{
    struct toc_request *request = receive_there(buffer, count, type, source, tag, comm);
    return request != NULL ? request : toc_receive_later(buffer, count, type, source, tag, comm);
}

/* Does the cell hold all of a message for such a receive, in one piece as the buffer is? A product
 * that overflows is smaller than the buffer: then this is not the way. */
static inline bool is_short_for(const struct toc_cell *cell, uint64_t size, int64_t count,
                                const struct toc_datatype *type, int tag,
                                const struct toc_comm *comm)
{
    return is_plain(cell) && cell->context == toc_comm_p2p_context(comm) &&
           (tag == cell->tag || tag == TOC_ANY_TAG) && size <= TOC_CELL_INLINE &&
           size <= (uint64_t)count * type->size && type->is_contiguous;
}

struct toc_request *toc_p2p_receive_soon(void *buffer, int64_t count, struct toc_datatype *type,
                                         int source, int tag, struct toc_comm *comm)
{
    struct toc_peer *peer = &toc_world.peers[toc_comm_world_rank(comm, source)];
    const struct toc_cell *cell = toc_ring_peek(&peer->rx);
    struct toc_request *request = NULL;
    uint64_t size = cell != NULL ? toc_ring_read(&cell->size) : 0;
    if (cell != NULL && is_short_for(cell, size, count, type, tag, comm) && toc_match_is_idle() &&
        !toc_guard.concurrent)
        request = toc_handle_alloc_recycled(TOC_KIND_REQUEST);
    if (request == NULL)
        return receive_other(buffer, count, type, source, tag, comm);
    finished(request, source, cell->tag, size);
    if (size > 0)
        toc_copy_cell((char *)buffer + type->true_lb, cell->u.bytes, size);
    consume_packet(peer, cell, 0);
    return request;
}
