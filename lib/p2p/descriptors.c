/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/protocol.h"
#include "transport/xfer.h"

static struct toc_request *owner[TOC_XFERS_PER_RANK];
static uint32_t generation[TOC_XFERS_PER_RANK];
static uint16_t free_slots[TOC_XFERS_PER_RANK]; /* stack of slots given back */
static uint32_t free_count;
static uint32_t limit; /* slots that there are */
static uint32_t fresh; /* slots from here on have never been used: pages stay untouched */
static struct toc_notices *notices;

/* Of messages to oneself, in memory that nobody else can write to: they are copied by address. */
static struct toc_xfer own[TOC_XFERS_PER_RANK];

void toc_descriptors_init(void)
{
    for (uint32_t slot = 0; slot < fresh; slot++) {
        owner[slot] = NULL;
        generation[slot] = 0;
        own[slot] = (struct toc_xfer){0};
    }
    free_count = fresh = 0;
    limit = toc_world.job->layout.xfers;
    notices = toc_notices_at(toc_world.job, toc_world.rank);
}

bool toc_descriptor_take(struct toc_request *request)
{
    uint32_t slot;
    if (free_count > 0)
        slot = free_slots[--free_count];
    else if (fresh < limit)
        slot = fresh++;
    else
        return false;
    if (++generation[slot] == 0)
        generation[slot] = 1; /* 0 is what a fresh segment holds */
    owner[slot] = request;
    request->slot = slot;
    request->generation = generation[slot];
    return true;
}

void toc_descriptor_give(struct toc_request *request)
{
    owner[request->slot] = NULL;
    free_slots[free_count++] = (uint16_t)request->slot;
}

struct toc_xfer *toc_descriptor_sent(const struct toc_request *request)
{
    return request->peer == toc_world.rank
               ? &own[request->slot]
               : toc_xfer_at(toc_world.job, toc_world.rank, request->slot);
}

struct toc_xfer *toc_descriptor_received(int sender, uint32_t slot)
{
    return sender == toc_world.rank ? &own[slot] : toc_xfer_at(toc_world.job, sender, slot);
}

void toc_descriptors_each(void (*visit)(struct toc_request *request))
{
    for (uint32_t slot = 0; slot < fresh; slot++)
        if (owner[slot] != NULL)
            visit(owner[slot]);
}

void toc_descriptor_remark(const struct toc_request *request)
{
    toc_notices_mark(notices, request->slot);
}

static void (*serve_request)(struct toc_request *request);

static void serve_slot(uint32_t slot)
{
    /* No owner: the mark was for an earlier generation, which is through. */
    if (owner[slot] != NULL)
        serve_request(owner[slot]);
}

/* Groups of 64 * 64 descriptors that have been in use. */
static uint32_t groups(void)
{
    return (fresh + 4095) / 4096;
}

bool toc_descriptors_noticed(void)
{
    for (uint32_t group = 0; group < groups(); group++)
        if (atomic_load_explicit(&notices->summary[group], memory_order_relaxed) != 0)
            return true;
    return false;
}

bool toc_descriptors_serve(void (*serve)(struct toc_request *request))
{
    bool moved = false;
    serve_request = serve;
    for (uint32_t group = 0; group < groups(); group++)
        moved |= toc_notices_take(notices, group, serve_slot);
    return moved;
}

void toc_descriptor_notify(struct toc_peer *sender, uint32_t slot, unsigned class_bits)
{
    toc_notices_mark(toc_notices_at(toc_world.job, sender->rank), slot);
    toc_world_ring(sender, class_bits);
}
