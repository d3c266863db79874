/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/protocol.h"
#include "transport/xfer.h"

static struct toc_request *owner[TOC_XFERS_PER_RANK];
static uint32_t generation[TOC_XFERS_PER_RANK];
static uint16_t free_slots[TOC_XFERS_PER_RANK];
static unsigned free_count;

void toc_descriptors_init(void)
{
    free_count = 0;
    for (unsigned slot = TOC_XFERS_PER_RANK; slot-- > 0;) {
        owner[slot] = NULL;
        generation[slot] = 0;
        free_slots[free_count++] = (uint16_t)slot;
    }
}

bool toc_descriptor_take(struct toc_request *request)
{
    if (free_count == 0)
        return false;
    uint16_t slot = free_slots[--free_count];
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

bool toc_descriptors_noticed(void)
{
    for (unsigned word = 0; word < TOC_NOTICE_WORDS; word++)
        if (atomic_load_explicit(&toc_world.bell->notice[word], memory_order_relaxed) != 0)
            return true;
    return false;
}

bool toc_descriptors_serve(void (*serve)(struct toc_request *request))
{
    bool moved = false;
    for (unsigned word = 0; word < TOC_NOTICE_WORDS; word++) {
        _Atomic uint64_t *notice = &toc_world.bell->notice[word];
        if (atomic_load_explicit(notice, memory_order_relaxed) == 0)
            continue;
        /* Acquire: what the peer wrote before it set the bit; pairs with toc_descriptor_notify. */
        uint64_t bits = atomic_exchange_explicit(notice, 0, memory_order_acquire);
        for (; bits != 0; bits &= bits - 1) {
            struct toc_request *request = owner[word * 64 + (unsigned)__builtin_ctzll(bits)];
            if (request == NULL)
                continue; /* of an earlier generation: that one is through */
            serve(request);
            moved = true;
        }
    }
    return moved;
}

void toc_descriptor_notify(struct toc_peer *sender, uint32_t slot, unsigned class_bits)
{
    /* Release: pairs with the exchange in toc_descriptors_serve(). */
    atomic_fetch_or_explicit(&sender->bell->notice[slot / 64], UINT64_C(1) << (slot % 64),
                             memory_order_release);
    toc_world_ring(sender, class_bits);
}
