/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but init and free */
#include <stdlib.h>
#include <string.h>

#include "base/copy.h"
#include "base/env.h"
#include "base/stats.h"
#include "datatype/cursor.h"
#include "p2p/ended.h"
#include "p2p/held.h"
#include "p2p/protocol.h"

/* Sends to one peer that found no room; while it is not empty, later ones to that peer queue
 * behind, so that messages do not overtake each other. */
struct send_queue {
    struct toc_list requests; /* struct toc_request.link */
    struct toc_list busy;     /* among the queues that are not empty */
};

static struct send_queue *queues; /* [world size] */
static struct toc_list busy_queues;
static uint64_t eager_limit;
static uint64_t inline_limit; /* the same, of what fits in a cell */

int toc_send_init(void)
{
    queues = malloc((size_t)toc_world.size * sizeof(*queues));
    if (queues == NULL)
        return TOC_ERR_NO_MEM;
    for (int rank = 0; rank < toc_world.size; rank++) {
        toc_list_init(&queues[rank].requests);
        queues[rank].busy = (struct toc_list){NULL, NULL};
    }
    toc_list_init(&busy_queues);
    eager_limit = (uint64_t)toc_env.eager_limit;
    if (eager_limit > toc_world.job->layout.eager_max)
        eager_limit = toc_world.job->layout.eager_max;
    inline_limit = eager_limit < TOC_CELL_INLINE ? eager_limit : TOC_CELL_INLINE;
    return 0;
}

void toc_send_free(void)
{
    free(queues);
    queues = NULL;
}

unsigned toc_send_class(const struct toc_request *request, unsigned class_bits)
{
    /* Odd contexts are those of collectives. */
    return class_bits | ((request->context & 1) != 0 ? (unsigned)TOC_WANT_COLL : 0);
}

void toc_send_tell(struct toc_peer *peer, unsigned class_bits)
{
    if (peer->rank == toc_world.rank)
        toc_doorbell_watch(toc_world.bell, (uint32_t)peer->rank);
    else
        toc_world_ring(peer, class_bits);
}

/* Whole message into the ring; `pack` fills it. Returns the cell to commit, or NULL: no room. */
static inline struct toc_cell *reserve_eager(struct toc_peer *peer, uint32_t context, int tag,
                                             uint64_t size, void **payload)
{
    struct toc_cell *cell;
    if (size <= TOC_CELL_INLINE) {
        cell = toc_ring_reserve(&peer->tx);
        if (cell == NULL)
            return NULL;
        *payload = cell->u.bytes;
    } else {
        cell = toc_ring_reserve_data(&peer->tx, (uint32_t)size, payload);
        if (cell == NULL)
            return NULL;
    }
    cell->kind = TOC_PACKET_EAGER;
    cell->flags = 0;
    cell->slot = toc_cell_mark(context, tag, size);
    cell->context = context;
    cell->tag = tag;
    cell->size = size;
    return cell;
}

static void pack(void *payload, const void *buffer, int64_t count, const struct toc_datatype *type,
                 uint64_t size)
{
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, (void *)(uintptr_t)buffer, count, UINT64_MAX);
    toc_dt_pack(&cursor, payload, size);
}

/* What most short messages are: in one piece that fits in a cell, with nothing before them that
 * waits for room. False: nothing has happened. */
static inline __attribute__((always_inline)) bool send_short(const void *buffer, int64_t count,
                                                             const struct toc_datatype *type,
                                                             int dest, int tag,
                                                             struct toc_comm *comm)
{
    uint64_t size = toc_dt_packed_size(type, count);
    struct toc_peer *peer = &toc_world.peers[toc_comm_world_rank(comm, dest)];
    if (size > inline_limit || !type->is_contiguous || !toc_list_is_empty(&busy_queues))
        return false;
    struct toc_cell *cell = toc_ring_reserve(&peer->tx);
    if (cell == NULL)
        return false;
    uint32_t context = toc_comm_p2p_context(comm);
    cell->kind = TOC_PACKET_EAGER;
    cell->flags = 0;
    cell->slot = toc_cell_mark(context, tag, size);
    cell->context = context;
    cell->tag = tag;
    cell->size = size;
    if (size > 0)
        toc_copy_cell(cell->u.bytes, (const char *)buffer + type->true_lb, size);
    toc_ring_commit(&peer->tx, cell);
    toc_stats.sent_eager++;
    toc_send_tell(peer, TOC_WANT_NONE);
    toc_ring_own_ahead(&peer->tx);
    return true;
}

/* The others that are sent at once. */
static bool send_eager(const void *buffer, int64_t count, const struct toc_datatype *type, int dest,
                       int tag, struct toc_comm *comm)
{
    uint64_t size = toc_dt_packed_size(type, count);
    int world_rank = toc_comm_world_rank(comm, dest);
    struct toc_peer *peer = &toc_world.peers[world_rank];
    void *payload;
    if (size > eager_limit || !toc_list_is_empty(&queues[world_rank].requests) ||
        toc_held_refuses(peer, size))
        return false;
    struct toc_cell *cell = reserve_eager(peer, toc_comm_p2p_context(comm), tag, size, &payload);
    if (cell == NULL)
        return false;
    if (size == 0)
        ; /* nothing to copy, perhaps from a null pointer */
    else if (type->is_contiguous)
        toc_copy_short(payload, (const char *)buffer + type->true_lb, size);
    else
        pack(payload, buffer, count, type, size);
    toc_ring_commit(&peer->tx, cell);
    toc_stats.sent_eager++;
    toc_send_tell(peer, TOC_WANT_NONE);
    toc_ring_own_ahead(&peer->tx);
    return true;
}

bool toc_p2p_send_now(const void *buffer, int64_t count, const struct toc_datatype *type, int dest,
                      int tag, struct toc_comm *comm)
{
    if (dest == TOC_PROC_NULL)
        return true;
    return send_short(buffer, count, type, dest, tag, comm) ||
           send_eager(buffer, count, type, dest, tag, comm);
}

/* Out of the way of the short ones, which need few registers. */
static __attribute__((noinline)) struct toc_request *send_long(const void *buffer, int64_t count,
                                                               struct toc_datatype *type, int dest,
                                                               int tag, struct toc_comm *comm)
{
    return send_eager(buffer, count, type, dest, tag, comm)
               ? toc_p2p_sent
               : toc_send_later(buffer, count, type, dest, tag, comm);
}

struct toc_request *toc_p2p_send_soon(const void *buffer, int64_t count, struct toc_datatype *type,
                                      int dest, int tag, struct toc_comm *comm)
{
    return send_short(buffer, count, type, dest, tag, comm)
               ? toc_p2p_sent
               : send_long(buffer, count, type, dest, tag, comm);
}

static bool try_eager(struct toc_request *request, struct toc_peer *peer)
{
    void *payload;
    struct toc_cell *cell =
        reserve_eager(peer, request->context, request->tag, request->size, &payload);
    if (cell == NULL)
        return false;
    toc_copy_pack(request, 0, payload, request->size);
    toc_ring_commit(&peer->tx, cell);
    toc_send_tell(peer, toc_send_class(request, TOC_WANT_NONE));
    toc_stats.sent_eager++;
    toc_request_complete(request, TOC_OK);
    return true;
}

/* A rank that sends to itself, and waits for that, does not get to receive it before: the contents
 * cannot stay where they are. */
static bool may_stay(const struct toc_request *request)
{
    return request->peer != toc_world.rank || !toc_request_is_call(request);
}

static bool try_send(struct toc_request *request, struct toc_peer *peer)
{
    if (request->size <= eager_limit && request->mode != TOC_SEND_SYNC &&
        (!toc_held_refuses(peer, request->size) || !may_stay(request)))
        return try_eager(request, peer);
    return toc_rendezvous_request(request, peer);
}

/* The ring may have got room between a failed attempt and the wish for a bell, which therefore
 * looks once more. */
static bool try_or_wish(struct toc_request *request, struct toc_peer *peer)
{
    if (try_send(request, peer))
        return true;
    uint32_t bytes = request->size <= eager_limit ? (uint32_t)request->size : 0;
    return toc_ring_want_space(&peer->tx, bytes) && try_send(request, peer);
}

static void enqueue(struct toc_request *request)
{
    struct send_queue *queue = &queues[request->peer];
    toc_list_append(&queue->requests, &request->link);
    request->stage = TOC_STAGE_QUEUED;
    toc_progress_want(TOC_WANT_SPACE, 1);
    toc_stats.ring_full++;
    if (toc_list_is_member(&queue->busy))
        return;
    toc_list_append(&busy_queues, &queue->busy);
    /* A receiver that computes may never drain its ring by itself. */
    toc_send_tell(&toc_world.peers[request->peer], TOC_WANT_CONTROL);
}

void toc_send_start(struct toc_request *request)
{
    if (request->peer == TOC_PROC_NULL) {
        toc_request_complete(request, TOC_OK);
        return;
    }
    struct send_queue *queue = &queues[request->peer];
    if (toc_list_is_empty(&queue->requests) && try_send(request, &toc_world.peers[request->peer]))
        return;
    enqueue(request);
}

static bool flush_queue(struct send_queue *queue)
{
    struct toc_peer *peer = &toc_world.peers[queue - queues];
    bool moved = false;
    while (!toc_list_is_empty(&queue->requests)) {
        struct toc_request *request = TOC_CONTAINER(queue->requests.next, struct toc_request, link);
        /* Out of the list first: completion may put the link to other use. */
        toc_list_remove(&request->link);
        if (!try_or_wish(request, peer)) {
            /* back to the front */
            struct toc_list *first = queue->requests.next;
            toc_list_append(first, &request->link);
            return moved;
        }
        toc_progress_want(TOC_WANT_SPACE, -1);
        moved = true;
    }
    toc_list_remove(&queue->busy);
    return moved;
}

bool toc_send_flush(void)
{
    bool moved = false;
    TOC_LIST_EACH(&busy_queues, member, following)
    {
        moved |= flush_queue(TOC_CONTAINER(member, struct send_queue, busy));
    }
    return moved;
}

bool toc_send_is_idle(void)
{
    return toc_list_is_empty(&busy_queues);
}

static void drop_queued(struct toc_request *request, enum toc_error error)
{
    struct send_queue *queue = &queues[request->peer];
    toc_list_remove(&request->link);
    toc_progress_want(TOC_WANT_SPACE, -1);
    if (toc_list_is_empty(&queue->requests))
        toc_list_remove(&queue->busy);
    toc_request_complete(request, error);
}

void toc_send_cancel(struct toc_request *request)
{
    request->cancelled = true;
    drop_queued(request, TOC_OK);
}

bool toc_send_bury(void)
{
    bool any = false;
    TOC_LIST_EACH(&busy_queues, member, following)
    {
        struct send_queue *queue = TOC_CONTAINER(member, struct send_queue, busy);
        if (!toc_world.peers[queue - queues].buried)
            continue;
        while (!toc_list_is_empty(&queue->requests))
            drop_queued(TOC_CONTAINER(queue->requests.next, struct toc_request, link),
                        TOC_ERR_PROC);
        any = true;
    }
    return any;
}
