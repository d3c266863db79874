/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but grow and free */
#include <sys/mman.h>

#include "p2p/border.h"
#include "p2p/protocol.h"
#include "transport/memory.h"
#include "transport/xfer.h"

/*
 * The first TOC_XFERS_PER_RANK descriptors have their place in the segment. Each message that is
 * announced and not received holds one, and no number of them may keep what comes behind from being
 * announced. So there are more, groups of that size in this rank's area for MPI_Alloc_mem, which
 * peers map when a packet names one of them.
 */
#define GROUP  TOC_XFERS_PER_RANK
#define GROUPS (TOC_XFERS_MOST / TOC_XFERS_PER_RANK)
_Static_assert(GROUPS < TOC_PAGE, "the number of a group fits beside the place of a page");

static struct toc_request *owner[TOC_XFERS_MOST];
static uint32_t generation[TOC_XFERS_MOST];
static uint32_t free_slots[TOC_XFERS_MOST]; /* stack of slots given back */
static uint32_t free_count;
static uint32_t limit; /* slots that there are */
static uint32_t fresh; /* slots from here on have never been used: pages stay untouched */
static bool wanted;    /* there were not enough */
static bool all;       /* there will be no more */
static struct toc_notices *notices;

/* Of messages to oneself, in memory that nobody else can write to: they are copied by address. */
static struct toc_xfer own[GROUP];

/* The further groups. */
static struct group {
    struct toc_xfer *shared; /* NULL in a job of one rank */
    struct toc_xfer *own;
    uint64_t more; /* what packets say of it */
} group[GROUPS];

void toc_descriptors_init(void)
{
    for (uint32_t slot = 0; slot < fresh; slot++) {
        owner[slot] = NULL;
        generation[slot] = 0;
        if (slot < GROUP)
            own[slot] = (struct toc_xfer){0};
    }
    free_count = fresh = 0;
    wanted = all = false;
    limit = toc_world.job->layout.xfers;
    notices = toc_notices_at(toc_world.job, toc_world.rank);
}

static void want_more(void)
{
    if (wanted || all)
        return;
    wanted = true;
    toc_progress_busy(1);
}

bool toc_descriptor_take(struct toc_request *request)
{
    uint32_t slot;
    if (free_count > 0) {
        slot = free_slots[--free_count];
    } else if (fresh < limit) {
        slot = fresh++;
    } else {
        want_more();
        return false;
    }
    if (++generation[slot] == 0)
        generation[slot] = 1; /* 0 is what a fresh segment holds */
    owner[slot] = request;
    request->slot = slot;
    request->generation = generation[slot];
    return true;
}

static void release(struct group *unused)
{
    if (unused->own != NULL)
        munmap(unused->own, GROUP * sizeof(struct toc_xfer));
    if (unused->shared != NULL)
        toc_memory_free(unused->shared);
    *unused = (struct group){0};
}

/* A group behind those that there are. */
static bool add_group(void)
{
    const size_t bytes = GROUP * sizeof(struct toc_xfer);
    uint32_t number = limit / GROUP;
    uint64_t offset = 0;
    if (limit % GROUP != 0 || number == GROUPS)
        return false;
    struct group *next = &group[number];
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    next->own = mapped != MAP_FAILED ? mapped : NULL;
    next->shared = toc_world.size > 1 ? toc_memory_alloc(bytes) : NULL;
    if (next->own == NULL ||
        (toc_world.size > 1 &&
         (next->shared == NULL || !toc_memory_find(next->shared, bytes, &offset)))) {
        release(next);
        return false;
    }
    next->more = offset | number;
    limit += GROUP;
    return true;
}

void toc_descriptors_grow(void)
{
    if (!wanted)
        return;
    wanted = false;
    toc_progress_busy(-1);
    all = !add_group();
}

void toc_descriptors_free(void)
{
    for (uint32_t number = 1; number < GROUPS; number++)
        release(&group[number]);
    if (wanted)
        toc_progress_busy(-1);
    wanted = false;
}

uint64_t toc_descriptor_more(const struct toc_request *request)
{
    return request->slot < GROUP ? 0 : group[request->slot / GROUP].more;
}

bool toc_descriptor_reach(struct toc_peer *sender, uint64_t more)
{
    uint64_t number = more % TOC_PAGE, place = more - number;
    if (number == 0 || number >= GROUPS ||
        (sender->more[number] != 0 && sender->more[number] != more))
        toc_border_refuse(sender, "group of descriptors", more, "expected",
                          sender->more[number % GROUPS]);
    sender->more[number % GROUPS] = more;
    return sender->rank == toc_world.rank ||
           toc_memory_reach(sender, place, GROUP * sizeof(struct toc_xfer)) != NULL;
}

/* Of the own ones, and of a peer's. */
static struct toc_xfer *own_at(uint32_t slot)
{
    return slot < GROUP ? &own[slot] : &group[slot / GROUP].own[slot % GROUP];
}

void toc_descriptor_give(struct toc_request *request)
{
    owner[request->slot] = NULL;
    free_slots[free_count++] = request->slot;
}

struct toc_xfer *toc_descriptor_sent(const struct toc_request *request)
{
    uint32_t slot = request->slot;
    if (request->peer == toc_world.rank)
        return own_at(slot);
    return slot < GROUP ? toc_xfer_at(toc_world.job, toc_world.rank, slot)
                        : &group[slot / GROUP].shared[slot % GROUP];
}

/* One of a further group, which its packet has made reachable; how much is mapped only grows. */
static struct toc_xfer *further(int sender, uint32_t slot)
{
    struct toc_peer *peer = &toc_world.peers[sender];
    uint64_t more = peer->more[slot / GROUP];
    return (struct toc_xfer *)toc_memory_reach(peer, more - more % TOC_PAGE,
                                               GROUP * sizeof(struct toc_xfer)) +
           slot % GROUP;
}

struct toc_xfer *toc_descriptor_received(int sender, uint32_t slot)
{
    if (sender == toc_world.rank)
        return own_at(slot);
    return slot < GROUP ? toc_xfer_at(toc_world.job, sender, slot) : further(sender, slot);
}

void toc_descriptors_each(void (*visit)(struct toc_request *request))
{
    for (uint32_t slot = 0; slot < fresh; slot++)
        if (owner[slot] != NULL)
            visit(owner[slot]);
}

/* There may be millions of them, and this is done now and then in any wait. */
#define VISITS 4096

void toc_descriptors_some(void (*visit)(struct toc_request *request))
{
    static uint32_t next;
    uint32_t count = fresh < VISITS ? fresh : VISITS;
    for (uint32_t i = 0; i < count; i++, next++) {
        if (next >= fresh)
            next = 0;
        if (owner[next] != NULL)
            visit(owner[next]);
    }
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

/* Parts of the notices, 64 * 64 descriptors each, that have been in use. */
static uint32_t parts(void)
{
    return (fresh + 4095) / 4096;
}

bool toc_descriptors_noticed(void)
{
    for (uint32_t part = 0; part < parts(); part++)
        if (atomic_load_explicit(&notices->summary[part], memory_order_relaxed) != 0)
            return true;
    return false;
}

bool toc_descriptors_serve(void (*serve)(struct toc_request *request))
{
    bool moved = false;
    serve_request = serve;
    for (uint32_t part = 0; part < parts(); part++)
        moved |= toc_notices_take(notices, part, serve_slot);
    return moved;
}

void toc_descriptor_notify(struct toc_peer *sender, uint32_t slot, unsigned class_bits)
{
    toc_notices_mark(toc_notices_at(toc_world.job, sender->rank), slot);
    toc_world_ring(sender, class_bits);
}
