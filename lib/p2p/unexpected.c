/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: take with may_allocate == false, give */
#include "p2p/unexpected.h"

#include <stdlib.h>

#include "progress/progress.h"
#include "transport/world.h"

/* Payload bytes of the classes; the largest covers every eager message (TOCSIN_EAGER_LIMIT). */
static const uint32_t class_bytes[] = {64, 1024, 4096, 16384};
/* Entries that a computing rank keeps for its handler, by class. */
static const unsigned class_reserve[] = {256, 64, 32, 32};
#define CLASSES (sizeof(class_bytes) / sizeof(class_bytes[0]))

/* Entries are carved from blocks that live until MPI_Finalize. */
struct block {
    struct block *next;
    max_align_t first[];
};
#define BLOCK_BYTES (64 * 1024)

static struct pool {
    struct toc_list *top; /* free entries, linked by bucket.next */
    unsigned free;
} pools[CLASSES];
static struct block *blocks;
static bool low; /* a pool has less than its reserve */

static uint8_t class_for(uint64_t bytes)
{
    uint8_t number = 0;
    while (number < CLASSES && class_bytes[number] < bytes)
        number++;
    return number;
}

static size_t entry_bytes(unsigned number)
{
    return (sizeof(struct toc_unexpected) + class_bytes[number] + 63) & ~(size_t)63;
}

static bool grow(unsigned number)
{
    size_t size = entry_bytes(number);
    struct block *block = malloc(BLOCK_BYTES);
    if (block == NULL)
        return false;
    block->next = blocks;
    blocks = block;
    char *end = (char *)block + BLOCK_BYTES;
    for (char *at = (char *)block->first; at + size <= end; at += size) {
        struct toc_unexpected *entry = (struct toc_unexpected *)(void *)at;
        entry->size_class = (uint8_t)number;
        toc_unexpected_give(entry);
    }
    return true;
}

static void note_low(void)
{
    if (low || !toc_world.notifier->interrupts)
        return;
    low = true;
    toc_progress_busy(1);
}

void toc_unexpected_prime(void)
{
    note_low();
}

struct toc_unexpected *toc_unexpected_take(uint64_t bytes, bool may_allocate)
{
    uint8_t number = class_for(bytes);
    if (number == CLASSES)
        return NULL;
    struct pool *pool = &pools[number];
    if (pool->top == NULL && (!may_allocate || !grow(number))) {
        note_low();
        return NULL;
    }
    struct toc_unexpected *entry = TOC_CONTAINER(pool->top, struct toc_unexpected, bucket);
    pool->top = entry->bucket.next;
    if (--pool->free < class_reserve[number])
        note_low();
    return entry;
}

void toc_unexpected_give(struct toc_unexpected *entry)
{
    struct pool *pool = &pools[entry->size_class];
    entry->bucket.next = pool->top;
    pool->top = &entry->bucket;
    pool->free++;
}

bool toc_unexpected_refill(void)
{
    if (!low)
        return false;
    for (unsigned number = 0; number < CLASSES; number++)
        while (pools[number].free < class_reserve[number])
            if (!grow(number))
                return false;
    low = false;
    toc_progress_busy(-1);
    return true;
}

void toc_unexpected_free_all(void)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
    for (unsigned number = 0; number < CLASSES; number++)
        pools[number] = (struct pool){0};
    if (low)
        toc_progress_busy(-1);
    low = false;
}
