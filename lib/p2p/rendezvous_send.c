/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "base/env.h"
#include "base/stats.h"
#include "p2p/advertise.h"
#include "p2p/ended.h"
#include "p2p/held.h"
#include "p2p/protocol.h"
#include "transport/cma.h"
#include "transport/xfer.h"

static struct toc_list outgoing; /* matched, not complete */
/* Not matched, and the receiver has not been struck for it: up to TOCSIN_QUIET_SIZE, which may be
 * many, and longer ones. */
static struct toc_list quiet, quiet_long;
static int outgoing_count; /* all that have a descriptor */

/* Is it sent with its envelope, although it wants an acknowledgement? */
static bool is_eager(const struct toc_request *request)
{
    return request->whole;
}

/* May it be, and would it be sent so if it did not want one? */
static void choose_way(struct toc_request *request, const struct toc_peer *peer)
{
    uint64_t size = request->size;
    request->whole = request->mode == TOC_SEND_SYNC && size <= toc_world.job->layout.eager_max &&
                     !toc_held_refuses(peer, size);
    request->back = request->mode != TOC_SEND_SYNC && size <= toc_world.job->layout.eager_max &&
                    size <= (uint64_t)toc_env.eager_limit;
}

static struct toc_xfer *xfer_of(const struct toc_request *request)
{
    return toc_descriptor_sent(request);
}

static void fill_cell(struct toc_cell *cell, const struct toc_request *request)
{
    cell->kind = is_eager(request) ? TOC_PACKET_EAGER : TOC_PACKET_RTS;
    cell->flags = is_eager(request) ? TOC_PACKET_SYNC : 0;
    cell->slot = (uint16_t)request->slot;
    cell->context = request->context;
    cell->tag = request->tag;
    cell->size = request->size;
    cell->u.data.generation = request->generation;
    cell->u.data.more = toc_descriptor_more(request);
}

/* Sends are announced in silence up to so many times `quiet_size`; how long they stay silent is
 * then a matter of their length. */
#define QUIET_FACTOR 16

bool toc_rendezvous_is_quiet(const struct toc_request *request, uint64_t bytes, int struck)
{
    return bytes <= QUIET_FACTOR * (uint64_t)toc_env.quiet_size && (request->context & 1) == 0 &&
           !toc_world_takes_uintr(&toc_world.peers[struck]);
}

static void strike_for(struct toc_request *request, struct toc_peer *peer)
{
    unsigned kind = is_eager(request) ? TOC_WANT_SYNC : TOC_WANT_RTS;
    /* Receives of that length are not armed for requests. */
    if (request->back)
        kind |= TOC_WANT_CONTROL;
    unsigned class_bits = toc_send_class(request, kind);
    toc_world_hesitate(peer, class_bits);
    toc_send_tell(peer, class_bits);
}

static void announce(struct toc_request *request, struct toc_peer *peer)
{
    if (is_eager(request) || !toc_rendezvous_is_quiet(request, request->size, peer->rank)) {
        strike_for(request, peer);
        return;
    }
    toc_list_append(request->size > (uint64_t)toc_env.quiet_size ? &quiet_long : &quiet,
                    &request->link);
    toc_send_tell(peer, TOC_WANT_NONE);
}

/* A message whose copy is this rank's business: the receiver need not hear of it before it has
 * something else to do here, unless this rank goes and computes as well. */
static void announce_claim(struct toc_request *request, struct toc_peer *peer)
{
    if (toc_request_is_call(request) || toc_rendezvous_is_quiet(request, request->size, peer->rank))
        toc_send_tell(peer, TOC_WANT_NONE);
    else
        strike_for(request, peer);
}

/* Strikes for the quiet ones in a list. */
static void break_silence(struct toc_list *list)
{
    TOC_LIST_EACH(list, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        toc_list_remove(member);
        strike_for(request, &toc_world.peers[request->peer]);
    }
}

void toc_rendezvous_insist(void)
{
    break_silence(&quiet_long);
    break_silence(&quiet);
}

/* Will the receiver want this rank to do something? What lies in one piece it copies by itself. If
 * it may not, or fails, it rings for `control`, which every rank is armed for: so most sends need
 * no change of the bell. Nobody rings for a message to oneself: it is found when the bell is armed.
 */
static bool is_asked(const struct toc_request *request, struct toc_peer *peer)
{
    return request->data == NULL || peer->rank == toc_world.rank || !toc_cma_works(peer);
}

static void count(const struct toc_request *request, int change)
{
    outgoing_count += change;
    toc_progress_outgoing(change);
    toc_progress_busy(change);
    if (request->asked)
        toc_progress_want(TOC_WANT_CTS, change);
    if (request->back)
        toc_held_back(change);
}

/* Reads what the receiver has matched with; `far` is where it wants it. */
static void locate(struct toc_request *request, struct toc_xfer *xfer)
{
    bool fits = toc_xfer_see_answer(xfer, request->generation, &request->far, &request->total,
                                    &request->chunk);
    if (!fits || request->chunk == 0 || request->total / request->chunk > TOC_XFER_MOST_CHUNKS)
        toc_copy_refuse(toc_world.rank, "address of the receiver", request->far.address, NULL, 0);
    if (request->total > request->size)
        toc_copy_refuse(toc_world.rank, "bytes to move", request->total, "at most", request->size);
    request->located = true;
}

static void adopt(struct toc_request *request, struct toc_xfer *xfer, enum toc_request_stage stage)
{
    locate(request, xfer);
    request->chunks = (uint32_t)((request->total + request->chunk - 1) / request->chunk);
    request->claimed = 0;
    request->moved = 0;
    if (toc_list_is_member(&request->link))
        toc_list_remove(&request->link); /* quiet, or a copy that is given up */
    toc_list_append(&outgoing, &request->link);
    if (stage == TOC_STAGE_FRAGMENTS)
        toc_progress_want(TOC_WANT_SPACE, 1);
    request->stage = stage;
}

bool toc_rendezvous_request(struct toc_request *request, struct toc_peer *peer)
{
    choose_way(request, peer);
    uint32_t bytes = is_eager(request) ? (uint32_t)request->size : 0;
    void *payload;
    if (!toc_ring_has_room(&peer->tx, bytes) || !toc_descriptor_take(request))
        return false;
    struct toc_cell *cell =
        bytes > 0 ? toc_ring_reserve_data(&peer->tx, bytes, &payload) : toc_ring_reserve(&peer->tx);
    struct toc_xfer *xfer = xfer_of(request);
    request->asked = is_asked(request, peer);
    request->helped = toc_cma_works(peer);
    struct toc_xfer_buffer buffer =
        toc_copy_buffer(request, (request->helped ? TOC_XFER_PUSHES : 0) |
                                     (toc_request_is_call(request) ? TOC_XFER_WAITS : 0) |
                                     (request->asked ? TOC_XFER_ASKED : 0));
    toc_xfer_show(xfer, request->generation, &buffer);
    toc_xfer_open(xfer, request->generation);
    fill_cell(cell, request);
    if (bytes > 0)
        toc_copy_pack(request, 0, payload, bytes);
    bool claimed = !is_eager(request) && toc_advertise_claim(request, peer, xfer);
    if (claimed) {
        cell->flags = TOC_PACKET_CLAIM;
        cell->u.data.offset = xfer->chunk;
    }
    cell->u.data.seal = toc_cell_seal(cell);
    /* The descriptor before the packet that names it: the commit's release covers it. */
    toc_ring_commit(&peer->tx, cell);
    request->stage = TOC_STAGE_UNACKED;
    count(request, 1);
    if (bytes > 0 || is_eager(request))
        toc_stats.sent_eager++;
    else
        toc_stats.sent_rendezvous++;
    if (claimed) {
        adopt(request, xfer, TOC_STAGE_COPY);
        announce_claim(request, peer);
    } else {
        announce(request, peer);
    }
    return true;
}

static void finish_with(struct toc_request *request, enum toc_error error)
{
    if (request->stage == TOC_STAGE_FRAGMENTS)
        toc_progress_want(TOC_WANT_SPACE, -1);
    if (toc_list_is_member(&request->link))
        toc_list_remove(&request->link);
    toc_descriptor_give(request);
    count(request, -1);
    toc_request_complete(request, error);
}

static void finish(struct toc_request *request)
{
    finish_with(request, TOC_OK);
}

void toc_rendezvous_cancel(struct toc_request *request)
{
    if (!toc_xfer_withdraw(xfer_of(request), request->generation))
        return;
    /* The receiver will find out by itself that the request that it may have is void. */
    request->cancelled = true;
    finish(request);
}

/* What a receiver may say of it: that it has an eager message, or how another one is copied. */
static void check_match(const struct toc_request *request, struct toc_xfer *xfer)
{
    enum toc_xfer_mode mode = toc_xfer_mode(xfer, request->generation);
    bool is_ack = mode == TOC_XFER_ACK;
    if (!toc_xfer_match_is_sound(xfer, request->generation) ||
        (mode != TOC_XFER_POSTED && is_ack != is_eager(request)))
        toc_copy_refuse(toc_world.rank, "match", atomic_load(&xfer->match), NULL, 0);
}

/* The receiver has changed the descriptor. */
static void serve(struct toc_request *request)
{
    struct toc_xfer *xfer = xfer_of(request);
    check_match(request, xfer);
    switch (toc_xfer_mode(xfer, request->generation)) {
    case TOC_XFER_ACK:
        finish(request);
        break;
    case TOC_XFER_COPY:
        if (request->stage == TOC_STAGE_UNACKED)
            adopt(request, xfer, TOC_STAGE_COPY);
        break;
    case TOC_XFER_PUSH:
        if (request->stage == TOC_STAGE_UNACKED)
            adopt(request, xfer, TOC_STAGE_PUSH);
        break;
    case TOC_XFER_FRAGMENTS:
        if (request->stage != TOC_STAGE_FRAGMENTS)
            adopt(request, xfer, TOC_STAGE_FRAGMENTS);
        break;
    case TOC_XFER_POSTED:
        break; /* the notice was for an earlier owner of the descriptor */
    }
}

/* Copies a piece into the receiver's buffer, if it can be reached and one is left. */
static bool push_piece(struct toc_request *request, struct toc_copy_turn turn)
{
    struct toc_xfer *xfer = xfer_of(request);
    struct toc_peer *peer = &toc_world.peers[request->peer];
    bool last;
    /* Not whether it still works: a receiver that was told so leaves the copy to us, and learns
     * from one that fails. */
    if ((request->far.flags & TOC_XFER_CONTIGUOUS) == 0 ||
        (!request->helped && (request->far.flags & TOC_XFER_SHARED) == 0) ||
        !toc_copy_claim(request, xfer, peer, &turn, &last))
        return false;
    toc_stats.chunks_pushed++;
    /* The receiver looks at the count by itself; asleep, or with a broken copy to restart, it has
     * to be told. */
    if (toc_xfer_is_broken(xfer, request->generation))
        toc_send_tell(peer, TOC_WANT_CONTROL);
    else if (last)
        toc_send_tell(peer, TOC_WANT_NONE);
    return true;
}

/* For a receiver that copies as well. A rank that both sends and receives copies what it receives,
 * as its peer does: each then writes to its own memory only, which stays in its cache. */
static bool help(struct toc_request *request, enum toc_progress_context context)
{
    struct toc_copy_turn turn = {.most = toc_copy_most(context)};
    return context >= TOC_PROGRESS_TEST && push_piece(request, turn);
}

/* What this rank copies alone. */
static bool push(struct toc_request *request, enum toc_progress_context context,
                 struct toc_fragments_round *round)
{
    struct toc_copy_turn turn = {.alone = true, .most = toc_copy_most(context)};
    bool moved = false;
    while (context != TOC_PROGRESS_CALL && round->budget > 0 && push_piece(request, turn)) {
        toc_stats.chunks_handler += context == TOC_PROGRESS_HANDLER;
        round->budget -= turn.most < round->budget ? turn.most : round->budget;
        moved = true;
    }
    return moved;
}

static bool advance(struct toc_request *request, enum toc_progress_context context, bool idle,
                    struct toc_fragments_round *round)
{
    struct toc_xfer *xfer = xfer_of(request);
    if (request->stage == TOC_STAGE_FRAGMENTS) {
        bool moved = toc_fragments_send(request, round);
        if (request->moved < request->total)
            return moved;
    } else if (!toc_xfer_is_sound(xfer, request->generation, request->chunks, true)) {
        toc_copy_refuse(toc_world.rank, "chunks finished", atomic_load(&xfer->done), NULL, 0);
    } else if (!toc_xfer_is_done(xfer, request->generation, request->chunks)) {
        if (request->stage == TOC_STAGE_COPY)
            return idle && help(request, context);
        bool moved = push(request, context, round);
        if (!moved || !toc_xfer_is_done(xfer, request->generation, request->chunks))
            return moved;
    }
    finish(request);
    return true;
}

bool toc_rendezvous_advance_outgoing(enum toc_progress_context context, bool idle)
{
    bool moved = outgoing_count > 0 && toc_descriptors_serve(serve);
    struct toc_fragments_round round = toc_fragments_round(context);
    if (context == TOC_PROGRESS_TEST)
        toc_rendezvous_insist();
    else if (context == TOC_PROGRESS_WAIT)
        break_silence(&quiet_long);
    TOC_LIST_EACH(&outgoing, member, following)
    {
        moved |= advance(TOC_CONTAINER(member, struct toc_request, link), context, idle, &round);
    }
    return moved;
}

bool toc_rendezvous_is_unsent(void)
{
    TOC_LIST_EACH(&outgoing, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        if (request->stage == TOC_STAGE_FRAGMENTS && toc_fragments_has_room(request))
            return true;
        if (request->stage == TOC_STAGE_PUSH &&
            (toc_xfer_has_chunk(xfer_of(request), request->generation, request->chunks) ||
             toc_xfer_is_done(xfer_of(request), request->generation, request->chunks)))
            return true;
    }
    return false;
}

/* Returns to the receivers what they may have left to us, now that we go and compute. */
void toc_rendezvous_withdraw(void)
{
    toc_descriptors_serve(serve);
    TOC_LIST_EACH(&outgoing, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        struct toc_xfer *xfer = xfer_of(request);
        if (request->stage == TOC_STAGE_COPY &&
            !toc_xfer_is_done(xfer, request->generation, request->chunks))
            toc_send_tell(&toc_world.peers[request->peer], TOC_WANT_CONTROL);
    }
}

static void inspect(struct toc_request *request)
{
    struct toc_xfer *xfer = xfer_of(request);
    check_match(request, xfer);
    if (request->stage == TOC_STAGE_UNACKED &&
        toc_xfer_mode(xfer, request->generation) != TOC_XFER_POSTED)
        toc_descriptor_remark(request);
}

void toc_rendezvous_inspect(void)
{
    if (outgoing_count > 0)
        toc_descriptors_some(inspect);
}

int toc_rendezvous_outgoing(void)
{
    return outgoing_count;
}

bool toc_rendezvous_is_sending(void)
{
    return !toc_list_is_empty(&outgoing);
}

void toc_rendezvous_init(void)
{
    toc_list_init(&outgoing);
    toc_list_init(&quiet);
    toc_list_init(&quiet_long);
    outgoing_count = 0;
}

static bool buried_any;

/* All chunks may have been copied. */
static void bury(struct toc_request *request)
{
    if (!toc_world.peers[request->peer].buried)
        return;
    bool done = request->stage != TOC_STAGE_UNACKED && request->stage != TOC_STAGE_FRAGMENTS &&
                toc_xfer_is_done(xfer_of(request), request->generation, request->chunks);
    finish_with(request, done ? TOC_OK : TOC_ERR_PROC);
    buried_any = true;
}

bool toc_rendezvous_bury_outgoing(void)
{
    if (outgoing_count == 0)
        return false;
    buried_any = toc_descriptors_serve(serve);
    toc_descriptors_each(bury);
    return buried_any;
}
