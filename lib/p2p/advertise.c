/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but init and free */
#include "p2p/advertise.h"

#include <stdlib.h>

#include "base/env.h"
#include "base/stats.h"
#include "p2p/match.h"
#include "p2p/protocol.h"
#include "progress/guard.h"
#include "transport/cma.h"
#include "transport/corrupt.h"

/* What this rank advertises to each sender. */
struct issued {
    struct toc_request *request; /* posted, and advertised; or NULL */
    uint64_t generation;         /* of the latest advert */
};

static struct issued *issued; /* [world size] */

int toc_advertise_init(void)
{
    issued = calloc((size_t)toc_world.size, sizeof(*issued));
    return issued != NULL ? 0 : TOC_ERR_NO_MEM;
}

void toc_advertise_free(void)
{
    free(issued);
    issued = NULL;
}

/* Even contexts are those of point-to-point messages. */
static bool is_for_programs(const struct toc_request *request)
{
    return (request->context & 1) == 0;
}

/* Worth telling, and can it be told? */
static bool is_suitable(const struct toc_request *request)
{
    return toc_env.advertise != 0 && request->stage == TOC_STAGE_POSTED && request->data != NULL &&
           request->size >= TOC_RENDEZVOUS_LONG && request->peer >= 0 &&
           request->peer != toc_world.rank && request->tag != TOC_ANY_TAG &&
           is_for_programs(request) && !toc_guard_is_concurrent();
}

/* Would the next message with this envelope get it, and not an older receive, perhaps with a
 * wildcard? Then no later receive can change that. */
static bool is_next(const struct toc_request *request)
{
    return toc_match_arrival(request->context, request->peer, request->tag) == request;
}

void toc_advertise(struct toc_request *request)
{
    if (!is_suitable(request) || issued[request->peer].request != NULL || !is_next(request) ||
        !toc_cma_works(&toc_world.peers[request->peer]))
        return;
    struct toc_advert *advert = toc_advert_at(toc_world.job, toc_world.rank, request->peer);
    struct issued *mine = &issued[request->peer];
    struct toc_xfer_buffer buffer = toc_copy_buffer(request, 0);
    mine->request = request;
    request->advertised = true;
    toc_advert_issue(advert, ++mine->generation, request->context, request->tag, &buffer,
                     request->size);
    toc_stats.adverts++;
}

static __attribute__((noreturn, cold)) void refuse(int peer, const char *what, uint64_t value)
{
    toc_corrupt(
        &(struct toc_corruption){"the advert between this one and", peer, what, value, NULL, 0});
}

void toc_advertise_give(struct toc_request *request)
{
    if (!toc_advertise_withdraw(request))
        refuse(request->peer, "claim of what another message has got, tag", (uint32_t)request->tag);
}

bool toc_advertise_withdraw(struct toc_request *request)
{
    struct issued *mine = &issued[request->peer];
    struct toc_advert *advert = toc_advert_at(toc_world.job, toc_world.rank, request->peer);
    if (!toc_advert_withdraw(advert, mine->generation)) {
        if (!toc_advert_is_claimed(advert, mine->generation))
            refuse(request->peer, "state", atomic_load(&advert->state));
        return false;
    }
    mine->request = NULL;
    request->advertised = false;
    toc_stats.adverts_withdrawn++;
    return true;
}

struct toc_request *toc_advertise_redeem(const struct toc_peer *peer)
{
    struct toc_request *request = issued[peer->rank].request;
    issued[peer->rank].request = NULL;
    if (request != NULL)
        request->advertised = false;
    return request;
}

bool toc_advertise_claim(const struct toc_request *request, struct toc_peer *peer,
                         struct toc_xfer *xfer)
{
    struct toc_advert *advert = toc_advert_at(toc_world.job, peer->rank, toc_world.rank);
    uint64_t state;
    /* Contiguous, to another rank, whose memory can be written. */
    if (toc_env.advertise == 0 || request->asked || !is_for_programs(request) ||
        !toc_advert_invites(advert, request->context, request->tag, &state) ||
        toc_ring_may_hold(&peer->tx, request->context, request->tag) ||
        !toc_advert_claim(advert, state))
        return false;
    struct toc_xfer_buffer buffer;
    uint64_t size;
    if (!toc_advert_see(advert, state, request->context, request->tag, &buffer, &size))
        refuse(peer->rank, "address", buffer.address);
    uint64_t total = request->size < size ? request->size : size;
    uint32_t chunk = toc_rendezvous_chunk(total);
    toc_xfer_answer(xfer, request->generation, &buffer, total, chunk);
    toc_xfer_match(xfer, request->generation, TOC_XFER_COPY, total, chunk);
    toc_stats.adverts_claimed++;
    return true;
}
