/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "base/env.h"
#include "base/stats.h"
#include "p2p/border.h"
#include "p2p/ended.h"
#include "p2p/protocol.h"
#include "progress/guard.h"
#include "transport/cma.h"
#include "transport/xfer.h"

static struct toc_list incoming = {&incoming, &incoming}; /* matched, not complete */
static struct toc_request *recent; /* one of them: whose fragment came last; or NULL */

static struct toc_peer *peer_of(const struct toc_request *request)
{
    return &toc_world.peers[request->source];
}

static struct toc_xfer *xfer_of(const struct toc_request *request)
{
    return toc_descriptor_received(request->source, request->slot);
}

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* What copies are counted in: two halves of a short message, for two copiers; of a longer one,
 * what is not worth sharing any more because of the cost of a system call. */
uint32_t toc_rendezvous_chunk(uint64_t total)
{
    uint64_t half = round_up(total - total / 2, TOC_PAGE), most = (uint64_t)toc_env.chunk;
    uint64_t chunk = half < TOC_RENDEZVOUS_LONG ? half : TOC_RENDEZVOUS_LONG;
    if (chunk > most)
        chunk = most;
    if (chunk < total / TOC_XFER_MOST_CHUNKS + 1)
        chunk = round_up(total / TOC_XFER_MOST_CHUNKS + 1, TOC_PAGE);
    return (uint32_t)chunk;
}

static void complete(struct toc_request *request)
{
    if (request == recent)
        recent = NULL;
    if (request->stage == TOC_STAGE_FRAGMENTS)
        toc_progress_want(TOC_WANT_DATA, -1);
    if (toc_list_is_member(&request->link)) {
        toc_list_remove(&request->link);
        toc_progress_busy(-1);
    }
    toc_request_complete(request, request->error);
}

/* In a blocking call, ready to copy what it sends. */
static bool is_blocking(const struct toc_peer *peer)
{
    return atomic_load_explicit(&peer->bell->blocking, memory_order_relaxed) != 0;
}

static void publish(struct toc_request *request, struct toc_peer *peer, enum toc_xfer_mode mode)
{
    struct toc_xfer *xfer = xfer_of(request);
    bool asked = (request->far.flags & (TOC_XFER_ASKED | TOC_XFER_WAITS)) != 0;
    struct toc_xfer_buffer buffer = toc_copy_buffer(request, 0);
    request->chunk = toc_rendezvous_chunk(request->total);
    request->moved = 0;
    request->claimed = 0;
    toc_xfer_answer(xfer, request->generation, &buffer, request->total, request->chunk);
    toc_xfer_match(xfer, request->generation, mode, request->total, request->chunk);
    request->chunks = (uint32_t)((request->total + request->chunk - 1) / request->chunk);
    if (mode == TOC_XFER_FRAGMENTS)
        toc_progress_want(TOC_WANT_DATA, 1);
    request->stage = mode == TOC_XFER_FRAGMENTS ? TOC_STAGE_FRAGMENTS
                     : mode == TOC_XFER_PUSH    ? TOC_STAGE_PUSH
                                                : TOC_STAGE_COPY;
    toc_descriptor_notify(peer, request->slot,
                          mode != TOC_XFER_COPY && asked ? TOC_WANT_CTS : TOC_WANT_NONE);
    /* The fence in toc_doorbell_ring() lies between the match and this look; pairs with the one in
     * the sender's withdrawal, which looks for matches (progress/wait.c). */
    if (mode != TOC_XFER_COPY && !asked && !is_blocking(peer))
        toc_world_ring(peer, TOC_WANT_CONTROL);
}

/* Who copies. A layout is known to its owner only, so the side with the strided buffer does, out of
 * or into the contiguous one, without disturbing the other. Two that wait anyway are faster with
 * fragments, the one packing while the other unpacks. */
static enum toc_xfer_mode mode_for(const struct toc_request *request, struct toc_peer *peer,
                                   uint32_t flags, bool waits)
{
    bool is_block = request->data != NULL;
    uint64_t offset;
    /* Shared memory: the other side copies without the kernel. */
    bool sees = (flags & TOC_XFER_SHARED) != 0 && peer->rank != toc_world.rank;
    bool shows = toc_copy_share(request, &offset) != 0 && peer->rank != toc_world.rank;
    bool pulls = sees || ((flags & TOC_XFER_CONTIGUOUS) != 0 && toc_cma_works(peer));
    if (request->total == 0 || (pulls && is_block))
        return TOC_XFER_COPY;
    if (waits && !sees && !shows && peer->rank != toc_world.rank &&
        ((flags & TOC_XFER_WAITS) != 0 || is_blocking(peer)))
        return TOC_XFER_FRAGMENTS;
    if (pulls)
        return TOC_XFER_COPY;
    return request->helped || shows ? TOC_XFER_PUSH : TOC_XFER_FRAGMENTS;
}

static void await(struct toc_request *request)
{
    toc_list_append(&incoming, &request->link);
    toc_progress_busy(1);
}

void toc_rendezvous_match(struct toc_request *request, struct toc_peer *peer, uint32_t slot,
                          uint32_t generation, uint64_t size, bool waits)
{
    if (!toc_xfer_see(toc_descriptor_received(peer->rank, slot), generation, &request->far))
        toc_copy_refuse(peer->rank, "address", request->far.address, NULL, 0);
    uint32_t flags = request->far.flags;
    request->located = true;
    request->slot = slot;
    request->generation = generation;
    request->total = size < request->size ? size : request->size;
    request->error = size > request->size ? TOC_ERR_TRUNCATE : TOC_OK;
    uint64_t offset;
    request->helped = request->data != NULL &&
                      ((flags & TOC_XFER_PUSHES) != 0 || toc_copy_share(request, &offset) != 0);
    publish(request, peer, mode_for(request, peer, flags, waits));
    if (request->total == 0) {
        complete(request);
        return;
    }
    await(request);
}

/* Bytes of a chunk, as a claim says. */
static void check_chunk(const struct toc_request *request, const struct toc_peer *peer,
                        uint64_t chunk)
{
    if (chunk == 0 || chunk > UINT32_MAX || request->total / chunk > TOC_XFER_MOST_CHUNKS)
        toc_border_refuse(peer, "claim in chunks of bytes", chunk, NULL, 0);
}

/* The descriptor, which the sender has set up, may belong to a later message already: then this one
 * is complete, as advance() will find. So everything comes from the packet. */
void toc_rendezvous_claimed(struct toc_request *request, struct toc_peer *peer,
                            const struct toc_cell *cell)
{
    toc_receive_matched(request, peer->rank, cell->tag, cell->size);
    request->slot = toc_cell_descriptor(cell);
    request->generation = cell->u.data.generation;
    request->total = request->status_bytes;
    request->error = cell->size > request->size ? TOC_ERR_TRUNCATE : TOC_OK;
    check_chunk(request, peer, cell->u.data.offset);
    request->located = false;
    request->claimed = 0;
    request->chunk = (uint32_t)cell->u.data.offset;
    request->chunks = (uint32_t)((request->total + request->chunk - 1) / request->chunk);
    request->moved = 0;
    request->helped = true;
    request->stage = TOC_STAGE_COPY;
    await(request);
}

/* The sender is inside a blocking call and can write into our buffer: then the copy costs this
 * rank nothing. The fence in toc_doorbell_ring() lies between the match and this look; pairs with
 * the one in the sender's withdrawal (progress/wait.c). */
static bool is_delegated(const struct toc_request *request, const struct toc_peer *peer)
{
    return request->helped && peer->rank != toc_world.rank && is_blocking(peer);
}

static bool pull_piece(struct toc_request *request, struct toc_peer *peer,
                       enum toc_progress_context context)
{
    struct toc_copy_turn turn = {
        .pull = true,
        /* A sender that receives as well copies that first, as this rank does: those who exchange
         * messages copy what they receive. Of others one cannot know: who is about to enter a call
         * finds its half untouched, and if it is not there then, all goes to this side. */
        .alone = !request->helped || toc_rendezvous_is_sending(),
        .most = toc_copy_most(context),
    };
    bool last;
    if (!toc_copy_claim(request, xfer_of(request), peer, &turn, &last))
        return false;
    toc_stats.chunks_pulled++;
    toc_stats.chunks_handler += context == TOC_PROGRESS_HANDLER;
    if (last && peer->rank != toc_world.rank)
        toc_world_ring(peer, TOC_WANT_NONE);
    return true;
}

/* Pieces that one round may copy, over all transfers. */
static int budget_for(enum toc_progress_context context)
{
    switch (context) {
    case TOC_PROGRESS_WAIT:
        return 1;
    case TOC_PROGRESS_TEST:
        return 1;
    case TOC_PROGRESS_HANDLER:
        return (int)toc_env.handler_chunks;
    default:
        return 0;
    }
}

static bool advance(struct toc_request *request, enum toc_progress_context context, int *budget)
{
    struct toc_peer *peer = peer_of(request);
    struct toc_xfer *xfer = xfer_of(request);
    bool moved = false;
    if (request->stage == TOC_STAGE_FRAGMENTS)
        return false;
    if (!toc_xfer_is_sound(xfer, request->generation, request->chunks, false))
        toc_copy_refuse(peer->rank, "chunks finished", atomic_load(&xfer->done), NULL, 0);
    for (;;) {
        if (toc_xfer_is_done(xfer, request->generation, request->chunks)) {
            complete(request);
            return true;
        }
        if (toc_xfer_is_broken(xfer, request->generation)) {
            publish(request, peer, TOC_XFER_FRAGMENTS);
            return true;
        }
        if (request->stage == TOC_STAGE_PUSH ||
            (context < TOC_PROGRESS_TEST && is_delegated(request, peer)))
            return moved;
        if (*budget == 0)
            return moved; /* toc_rendezvous_is_unserved() says what is to become of it */
        if (!pull_piece(request, peer, context))
            return moved; /* the sender is at the last ones */
        --*budget;
        moved = true;
    }
}

bool toc_rendezvous_advance_incoming(enum toc_progress_context context)
{
    bool moved = false;
    int budget = budget_for(context);
    TOC_LIST_EACH(&incoming, member, following)
    {
        moved |= advance(TOC_CONTAINER(member, struct toc_request, link), context, &budget);
    }
    return moved;
}

/* Both sides compute, and whoever first waits copies: soon enough for a short message that nobody
 * has begun with. */
static bool may_wait(const struct toc_request *request)
{
    return toc_rendezvous_is_quiet(request, request->total, toc_world.rank) &&
           !toc_xfer_is_begun(xfer_of(request));
}

bool toc_rendezvous_is_unserved(void)
{
    TOC_LIST_EACH(&incoming, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        if (request->stage == TOC_STAGE_COPY &&
            toc_xfer_has_chunk(xfer_of(request), request->generation, request->chunks) &&
            !is_delegated(request, peer_of(request)) && !may_wait(request))
            return true;
    }
    return false;
}

/* Looks at the ring of the sender, about a microsecond; and how many receives after one that looked
 * in vain do not look, at most: 1, 3, 7, ... */
#define EXPECT_LOOKS  40
#define MOST_FAILURES 6

static unsigned failures, to_skip; /* looks in vain in a row; receives until the next look */

static bool has_come(const struct toc_peer *peer)
{
    for (int look = 0; look < EXPECT_LOOKS; look++) {
        if (toc_ring_peek(&peer->rx) != NULL)
            return true;
        __builtin_ia32_pause();
    }
    return false;
}

/* What the look saves is an interrupt by signal, or a wake-up of the progress thread. */
static bool saves_interrupt(void)
{
    return toc_world.notifier->id != TOC_NOTIFIER_UINTR &&
           toc_world.notifier->id != TOC_NOTIFIER_POLL;
}

void toc_rendezvous_expect(const struct toc_request *request)
{
    if (request->size < TOC_RENDEZVOUS_LONG || request->stage != TOC_STAGE_POSTED ||
        request->peer < 0 || request->peer == toc_world.rank || toc_world.crowded ||
        toc_guard_is_concurrent() || !saves_interrupt())
        return;
    if (to_skip > 0) {
        to_skip--;
        return;
    }
    if (has_come(&toc_world.peers[request->peer])) {
        failures = 0;
        toc_progress_run(TOC_PROGRESS_CALL);
        return;
    }
    if (failures < MOST_FAILURES)
        failures++;
    to_skip = (1u << failures) - 1;
}

static bool is_for(const struct toc_cell *cell, const struct toc_peer *peer,
                   const struct toc_request *request)
{
    return request->slot == toc_cell_descriptor(cell) &&
           request->generation == cell->u.data.generation && peer_of(request) == peer &&
           request->stage == TOC_STAGE_FRAGMENTS;
}

/* The receive whose message the fragment is a part of. */
static struct toc_request *owner_of(const struct toc_cell *cell, const struct toc_peer *peer)
{
    if (recent != NULL && is_for(cell, peer, recent))
        return recent;
    TOC_LIST_EACH(&incoming, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        if (is_for(cell, peer, request))
            return request;
    }
    toc_border_refuse(peer, "part of a message that is not under way, descriptor", cell->slot, NULL,
                      0);
}

/* Parts come in their order. */
static void check_part(const struct toc_cell *cell, const struct toc_peer *peer,
                       const struct toc_request *request)
{
    uint64_t left = request->total - request->moved;
    if (cell->u.data.offset != request->moved)
        toc_border_refuse(peer, "part of a message from byte", cell->u.data.offset, "expected",
                          request->moved);
    if (cell->size == 0 || cell->size > left)
        toc_border_refuse(peer, "part of a message of bytes", cell->size, "at most", left);
}

void toc_rendezvous_fragment(struct toc_peer *peer, const struct toc_cell *cell,
                             const void *payload)
{
    struct toc_request *request = owner_of(cell, peer);
    check_part(cell, peer, request);
    recent = request;
    toc_fragments_take(request, peer, cell, payload);
    if (request->moved == request->total)
        complete(request);
}

bool toc_rendezvous_bury_incoming(void)
{
    bool any = false;
    TOC_LIST_EACH(&incoming, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        if (!peer_of(request)->buried)
            continue;
        if (request->stage == TOC_STAGE_FRAGMENTS ||
            !toc_xfer_is_done(xfer_of(request), request->generation, request->chunks))
            request->error = TOC_ERR_PROC;
        complete(request);
        any = true;
    }
    return any;
}
