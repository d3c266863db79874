/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/border.h"

#include "transport/corrupt.h"

void toc_border_refuse(const struct toc_peer *peer, const char *what, uint64_t value,
                       const char *bound, uint64_t limit)
{
    toc_corrupt(&(struct toc_corruption){"the ring from", peer->rank, what, value, bound, limit});
}

static void check_most(const struct toc_peer *peer, const char *what, uint64_t value, uint64_t most)
{
    if (value > most)
        toc_border_refuse(peer, what, value, "at most", most);
}

/* Flags that a packet of this kind may have. */
static unsigned flags_of(unsigned kind)
{
    switch (kind) {
    case TOC_PACKET_EAGER:
        return TOC_PACKET_SYNC;
    case TOC_PACKET_RTS:
        return TOC_PACKET_CLAIM;
    default:
        return TOC_PACKET_STREAMED;
    }
}

/* Bytes that it may bring, or announce. */
static uint64_t most_bytes(const struct toc_peer *peer, unsigned kind)
{
    switch (kind) {
    case TOC_PACKET_EAGER:
        return peer->rx.data_most;
    case TOC_PACKET_RTS:
        return INT64_MAX;
    default:
        return peer->rx_slots.bytes;
    }
}

void toc_border_check(const struct toc_peer *peer, const struct toc_cell *packet)
{
    unsigned kind = packet->kind;
    if (kind < TOC_PACKET_EAGER || kind > TOC_PACKET_LAST)
        toc_border_refuse(peer, "packet kind", kind, "at most", TOC_PACKET_LAST);
    if ((packet->flags & ~flags_of(kind)) != 0)
        toc_border_refuse(peer, "packet flags", packet->flags, "of", flags_of(kind));
    check_most(peer, "descriptor", packet->slot, toc_world.job->layout.xfers - 1);
    check_most(peer, "packet of bytes", packet->size, most_bytes(peer, kind));
    uint32_t seal = toc_cell_seal(packet);
    if (packet->u.data.seal != seal)
        toc_border_refuse(peer, "seal of a packet", packet->u.data.seal, "expected", seal);
    if (kind == TOC_PACKET_FRAGMENT && packet->u.data.position != peer->rx_slots.index)
        toc_border_refuse(peer, "slot", packet->u.data.position, "expected", peer->rx_slots.index);
}
