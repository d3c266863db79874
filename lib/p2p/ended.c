/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/ended.h"

#include "p2p/advertise.h"
#include "p2p/match.h"
#include "p2p/protocol.h"

/* Of wildcards: when all others are gone, and some were there. This rank itself does not count: it
 * is the one that waits. */
bool toc_p2p_is_lost(int source, const struct toc_comm *comm)
{
    const struct toc_group *group = comm->remote;
    bool any = false;

    if (source != TOC_ANY_SOURCE)
        return source >= 0 && toc_world.peers[source].buried;
    for (int i = 0; i < group->size; i++) {
        int rank = group->members[i];
        if (rank != toc_world.rank && !toc_world.peers[rank].buried)
            return false;
        any |= rank != toc_world.rank;
    }
    return any;
}

static bool bury_posted(struct toc_request *request)
{
    if (!toc_p2p_is_lost(request->peer, request->comm))
        return false;
    /* Claimed by a sender that ended before it said so. */
    if (request->advertised && !toc_advertise_withdraw(request))
        toc_advertise_redeem(&toc_world.peers[request->peer]);
    toc_match_unpost(request);
    request->status_source =
        request->peer < 0 ? TOC_ANY_SOURCE : toc_comm_rank_of(request->comm, request->peer);
    request->status_tag = request->tag;
    request->status_bytes = 0;
    toc_request_complete(request, TOC_ERR_PROC);
    return true;
}

/* Only announced, and the data went with the sender. */
static bool is_hollow(const struct toc_unexpected *message)
{
    return message->kind == TOC_PACKET_RTS && toc_world.peers[message->source].buried;
}

bool toc_p2p_bury(void)
{
    bool moved = toc_rendezvous_bury_outgoing();
    moved |= toc_rendezvous_bury_incoming();
    moved |= toc_send_bury();
    moved |= toc_match_each_posted(bury_posted);
    toc_match_sweep(is_hollow);
    return moved;
}
