/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: start, and the progress events */
#include "p2p/p2p.h"

#include "datatype/cursor.h"
#include "p2p/advertise.h"
#include "p2p/buffered.h"
#include "p2p/ended.h"
#include "p2p/held.h"
#include "p2p/match.h"
#include "p2p/protocol.h"

static inline void prepare(struct toc_request *request, void *buffer, int64_t count,
                           struct toc_datatype *type, int peer, int tag, struct toc_comm *comm)
{
    request->stage = TOC_STAGE_IDLE;
    request->complete = false;
    request->persistent = false;
    request->detached = false;
    request->cancelled = false;
    request->advertised = false;
    request->active = true;
    request->error = TOC_OK;
    request->context = toc_comm_p2p_context(comm);
    request->peer = peer < 0 ? peer : toc_comm_world_rank(comm, peer);
    request->tag = tag;
    request->comm = toc_comm_retain(comm);
    request->buffer = buffer;
    request->count = count;
    toc_datatype_retain(type);
    request->type = type;
    request->size = toc_dt_packed_size(type, count);
    request->data = type->is_contiguous ? (char *)buffer + type->true_lb : NULL;
    request->link = (struct toc_list){NULL, NULL};
    request->on_complete = NULL;
    request->on_start = NULL;
    request->on_free = NULL;
    request->owner = NULL;
}

void toc_p2p_prepare_send(struct toc_request *request, const void *buffer, int64_t count,
                          struct toc_datatype *type, int dest, int tag, struct toc_comm *comm,
                          enum toc_send_mode mode)
{
    request->kind = TOC_REQUEST_SEND;
    request->mode = mode;
    prepare(request, (void *)(uintptr_t)buffer, count, type, dest, tag, comm);
}

void toc_p2p_prepare_receive(struct toc_request *request, void *buffer, int64_t count,
                             struct toc_datatype *type, int source, int tag, struct toc_comm *comm)
{
    request->kind = TOC_REQUEST_RECEIVE;
    prepare(request, buffer, count, type, source, tag, comm);
}

struct toc_request *toc_send_later(const void *buffer, int64_t count, struct toc_datatype *type,
                                   int dest, int tag, struct toc_comm *comm)
{
    if (toc_request_ended)
        toc_request_reap();
    struct toc_request *request = toc_request_unprepared();
    if (request == NULL)
        return NULL;
    request->kind = TOC_REQUEST_SEND;
    request->mode = TOC_SEND_STANDARD;
    prepare(request, (void *)(uintptr_t)buffer, count, type, dest, tag, comm);
    toc_send_start(request);
    return request;
}

struct toc_request *toc_receive_later(void *buffer, int64_t count, struct toc_datatype *type,
                                      int source, int tag, struct toc_comm *comm)
{
    if (toc_request_ended)
        toc_request_reap();
    struct toc_request *request = toc_request_unprepared();
    if (request == NULL)
        return NULL;
    request->kind = TOC_REQUEST_RECEIVE;
    prepare(request, buffer, count, type, source, tag, comm);
    if (toc_list_is_empty(&toc_match_queues.arrivals))
        toc_match_post(request);
    else
        toc_receive_start(request);
    if (request->size >= TOC_RENDEZVOUS_LONG) {
        toc_rendezvous_expect(request);
        toc_advertise(request);
    }
    return request;
}

void toc_p2p_make_collective(struct toc_request *request, int world_rank)
{
    request->peer = world_rank;
    request->context = toc_comm_coll_context(request->comm);
}

void toc_p2p_start(struct toc_request *request)
{
    request->complete = false;
    request->active = true;
    request->error = TOC_OK;
    if (request->kind == TOC_REQUEST_SEND)
        toc_send_start(request);
    else
        toc_receive_start(request);
}

static bool is_complete(const void *argument)
{
    return ((const volatile struct toc_request *)argument)->complete;
}

void toc_p2p_wait(struct toc_request *request, const char *call)
{
    toc_progress_wait(is_complete, request, call);
}

static void cancel_receive(struct toc_request *request)
{
    if (request->advertised && !toc_advertise_withdraw(request))
        return; /* claimed: its message is on its way */
    toc_match_unpost(request);
    request->cancelled = true;
    request->status_source = TOC_ANY_SOURCE;
    request->status_tag = TOC_ANY_TAG;
    request->status_bytes = 0;
    toc_request_complete(request, TOC_OK);
}

void toc_p2p_cancel(struct toc_request *request)
{
    switch (request->stage) {
    case TOC_STAGE_POSTED:
        cancel_receive(request);
        break;
    case TOC_STAGE_QUEUED:
        toc_send_cancel(request);
        break;
    case TOC_STAGE_UNACKED:
        toc_rendezvous_cancel(request);
        break;
    default: /* matched, or of a kind that completes by itself */
        break;
    }
}

struct toc_unexpected *toc_p2p_probe(int source, int tag, struct toc_comm *comm, bool take,
                                     struct toc_p2p_envelope *envelope)
{
    int world_source = source < 0 ? source : toc_comm_world_rank(comm, source);
    uint32_t context = toc_comm_p2p_context(comm);
    struct toc_unexpected *message = take ? toc_receive_take(context, world_source, tag)
                                          : toc_receive_find(context, world_source, tag);
    if (message == NULL)
        return NULL;
    envelope->source = toc_comm_rank_of(comm, message->source);
    envelope->tag = message->tag;
    envelope->bytes = message->size;
    return message;
}

static bool advance(enum toc_progress_context context)
{
    /* Pools are filled where memory may be allocated, before the handler needs them. */
    if (context != TOC_PROGRESS_HANDLER) {
        toc_descriptors_grow();
        if (toc_unexpected_refill())
            toc_progress_fed();
    }
    bool moved = toc_rendezvous_advance_incoming(context);
    moved |= toc_rendezvous_advance_outgoing(context, !moved);
    moved |= toc_send_flush();
    return moved;
}

static bool is_unserved(void)
{
    return toc_rendezvous_is_unserved() || toc_rendezvous_is_unsent();
}

static void inspect(void)
{
    toc_held_inspect();
    toc_rendezvous_inspect();
}

static const struct toc_progress_events events = {
    .packet = toc_receive_packet,
    .advance = advance,
    .has_work = toc_descriptors_noticed,
    .is_unserved = is_unserved,
    .depart = toc_rendezvous_withdraw,
    .inspect = inspect,
    .insist = toc_rendezvous_insist,
    .bury = toc_p2p_bury,
};

struct toc_request *toc_p2p_sent;

int toc_p2p_init(void)
{
    toc_p2p_sent = toc_request_new(TOC_REQUEST_SEND);
    if (toc_p2p_sent == NULL)
        return TOC_ERR_NO_MEM;
    toc_p2p_sent->complete = true;
    toc_match_init();
    toc_descriptors_init();
    toc_rendezvous_init();
    toc_buffer_init();
    const struct toc_job_layout *layout = &toc_world.job->layout;
    toc_unexpected_reserve((uint32_t)toc_world.size, layout->ring_cells, layout->ring_data_bytes);
    if (toc_held_init() != 0 || toc_send_init() != 0 || toc_advertise_init() != 0)
        return TOC_ERR_NO_MEM;
    toc_progress_register(&events);
    toc_unexpected_prime();
    return 0;
}

static bool all_sent(const void *argument)
{
    (void)argument;
    return toc_send_is_idle() && toc_rendezvous_outgoing() == 0;
}

void toc_p2p_finish(void)
{
    toc_progress_wait(all_sent, NULL, "MPI_Finalize");
    toc_request_reap();
}

void toc_p2p_free(void)
{
    toc_send_free();
    toc_descriptors_free();
    toc_advertise_free();
    toc_unexpected_free_all();
    toc_held_free();
}
