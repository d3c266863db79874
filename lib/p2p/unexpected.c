/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: take with may_allocate == false, give */
#include "p2p/unexpected.h"

#include <sys/mman.h>

#include "p2p/held.h"
#include "progress/progress.h"
#include "transport/world.h"

/* Payload bytes of the classes; the largest covers every eager message (TOCSIN_EAGER_LIMIT). */
static const uint32_t class_bytes[] = {TOC_HELD_FREE, 1024, 4096, 16384};
/* Entries that a computing rank keeps for its handler, by class. */
static const unsigned class_reserve[] = {256, 64, 32, 32};
#define CLASSES (sizeof(class_bytes) / sizeof(class_bytes[0]))

/* Entries are carved from chunks, which are mapped one by one, so that each goes back to the system
 * when it is free: heaps keep what lies below something else. An entry says where in its chunk it
 * is, in units of UNIT bytes. */
#define CHUNK_BYTES ((size_t)256 * 1024)
#define UNIT        64

struct chunk {
    struct toc_list all;
    struct toc_list open;  /* of its pool: has free entries */
    struct toc_list *free; /* entries given back, linked by bucket.next */
    uint32_t used;
    uint32_t total; /* entries that it has room for */
    uint32_t fresh; /* entries from here on have never been used: pages stay untouched */
    uint8_t number; /* of its class */
    bool spare;     /* of the reserve: is never unmapped */
};

static struct pool {
    struct toc_list open; /* chunks with free entries, the wholly free ones last */
    unsigned free;        /* entries */
} pools[CLASSES];

/* Chunks that are wholly free stay for the next burst, up to so many. */
#define MOST_IDLE 16

static struct toc_list all = {&all, &all};
static unsigned idle; /* chunks that are wholly free */
static bool low;      /* a pool has less than its reserve */
static bool surplus;  /* more than MOST_IDLE chunks are idle */

/* For when the system has no more memory: what is under way, in full rings, finds its place. */
static struct {
    char *base;
    unsigned count;
    unsigned fresh;       /* from here on never used */
    struct toc_list free; /* chunks given back: struct chunk.open */
} spares = {.free = {&spares.free, &spares.free}};

static uint8_t class_for(uint64_t bytes)
{
    uint8_t number = 0;
    while (number < CLASSES && class_bytes[number] < bytes)
        number++;
    return number;
}

static size_t round_up(size_t bytes)
{
    return (bytes + UNIT - 1) & ~(size_t)(UNIT - 1);
}

static size_t entry_bytes(unsigned number)
{
    return round_up(sizeof(struct toc_unexpected) + class_bytes[number]);
}

static struct chunk *chunk_of(struct toc_unexpected *entry)
{
    return (struct chunk *)(void *)((char *)entry - (size_t)entry->place * UNIT);
}

static struct pool *pool_at(unsigned number)
{
    struct pool *pool = &pools[number];
    if (pool->open.next == NULL)
        toc_list_init(&pool->open);
    return pool;
}

static void use_chunk(struct chunk *chunk, unsigned number, bool spare)
{
    struct pool *pool = pool_at(number);
    *chunk = (struct chunk){.number = (uint8_t)number, .spare = spare};
    chunk->total = (uint32_t)((CHUNK_BYTES - round_up(sizeof(*chunk))) / entry_bytes(number));
    toc_list_append(&all, &chunk->all);
    toc_list_append(&pool->open, &chunk->open);
    pool->free += chunk->total;
    idle++;
}

/* Takes a chunk that is wholly free away from its pool. */
static void retire(struct chunk *chunk)
{
    toc_list_remove(&chunk->all);
    toc_list_remove(&chunk->open);
    pools[chunk->number].free -= chunk->total;
    idle--;
}

static struct chunk *take_spare(void)
{
    if (!toc_list_is_empty(&spares.free)) {
        struct chunk *chunk = TOC_CONTAINER(spares.free.next, struct chunk, open);
        toc_list_remove(&chunk->open);
        return chunk;
    }
    if (spares.fresh == spares.count)
        return NULL;
    return (struct chunk *)(void *)(spares.base + spares.fresh++ * CHUNK_BYTES);
}

/* The last chunk of a pool if it is wholly free. */
static struct chunk *idle_chunk(const struct pool *pool)
{
    if (pool->open.next == NULL || toc_list_is_empty(&pool->open))
        return NULL;
    struct chunk *chunk = TOC_CONTAINER(pool->open.previous, struct chunk, open);
    return chunk->used == 0 ? chunk : NULL;
}

/* Without memory: of the reserve, or what another class does not use. */
static bool grow_without_memory(unsigned number)
{
    struct chunk *chunk = take_spare();
    bool spare = chunk != NULL;
    toc_held_exhaust();
    for (unsigned other = 0; other < CLASSES && chunk == NULL; other++) {
        chunk = other != number ? idle_chunk(&pools[other]) : NULL;
        if (chunk != NULL) {
            spare = chunk->spare;
            retire(chunk);
        }
    }
    if (chunk != NULL)
        use_chunk(chunk, number, spare);
    return chunk != NULL;
}

static bool grow(unsigned number)
{
    toc_held_review();
    void *chunk =
        mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED)
        return grow_without_memory(number);
    use_chunk(chunk, number, false);
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

void toc_unexpected_reserve(uint32_t senders, uint32_t cells, uint32_t data_bytes)
{
    /* Of a class each; a ring full of messages that are just too long for the class before. */
    uint64_t bytes = (uint64_t)senders * (cells * entry_bytes(1) + data_bytes);
    unsigned count = (unsigned)(bytes / CHUNK_BYTES) + 1 + CLASSES;
    void *base = mmap(NULL, count * CHUNK_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return;
    spares.base = base;
    spares.count = count;
    spares.fresh = 0;
}

static struct toc_unexpected *carve(struct chunk *chunk)
{
    size_t at = round_up(sizeof(*chunk)) + chunk->fresh++ * entry_bytes(chunk->number);
    struct toc_unexpected *entry = (struct toc_unexpected *)(void *)((char *)chunk + at);
    entry->place = (uint16_t)(at / UNIT);
    return entry;
}

struct toc_unexpected *toc_unexpected_take(uint64_t bytes, bool may_allocate)
{
    uint8_t number = class_for(bytes);
    if (number == CLASSES)
        return NULL;
    struct pool *pool = &pools[number];
    if (pool->free == 0 && (!may_allocate || !grow(number))) {
        note_low();
        return NULL;
    }
    struct chunk *chunk = TOC_CONTAINER(pool->open.next, struct chunk, open);
    struct toc_unexpected *entry;
    if (chunk->free == NULL) {
        entry = carve(chunk);
    } else {
        entry = TOC_CONTAINER(chunk->free, struct toc_unexpected, bucket);
        chunk->free = entry->bucket.next;
    }
    entry->counted = 0;
    if (chunk->used++ == 0)
        idle--;
    if (chunk->used == chunk->total)
        toc_list_remove(&chunk->open);
    if (--pool->free < class_reserve[number])
        note_low();
    return entry;
}

void toc_unexpected_count(struct toc_unexpected *entry)
{
    entry->counted = 1;
    toc_held_add(entry->source, entry_bytes(chunk_of(entry)->number));
}

/* To the end: those that are in use have their turn first, so that others get wholly free. */
static void note_idle(struct chunk *chunk)
{
    struct toc_list *open = &pools[chunk->number].open;
    if (chunk->open.next != open) {
        toc_list_remove(&chunk->open);
        toc_list_append(open, &chunk->open);
    }
    if (++idle <= MOST_IDLE || surplus)
        return;
    surplus = true;
    toc_progress_busy(1);
}

void toc_unexpected_give(struct toc_unexpected *entry)
{
    struct chunk *chunk = chunk_of(entry);
    struct pool *pool = &pools[chunk->number];
    if (entry->counted)
        toc_held_sub(entry->source, entry_bytes(chunk->number));
    if (chunk->used == chunk->total)
        toc_list_append(pool->open.next, &chunk->open); /* to the front */
    entry->bucket.next = chunk->free;
    chunk->free = &entry->bucket;
    pool->free++;
    if (--chunk->used == 0)
        note_idle(chunk);
}

static void release(struct chunk *chunk)
{
    retire(chunk);
    if (chunk->spare)
        toc_list_append(&spares.free, &chunk->open);
    else
        munmap(chunk, CHUNK_BYTES);
}

/* Gives back to the system what the next burst need not find. */
static void trim(void)
{
    for (unsigned number = 0; number < CLASSES; number++) {
        struct chunk *chunk;
        while (idle > MOST_IDLE && (chunk = idle_chunk(&pools[number])) != NULL &&
               pools[number].free - chunk->total >= class_reserve[number])
            release(chunk);
    }
    surplus = false;
    toc_progress_busy(-1);
}

bool toc_unexpected_refill(void)
{
    if (surplus)
        trim();
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
    TOC_LIST_EACH(&all, member, following)
    {
        struct chunk *chunk = TOC_CONTAINER(member, struct chunk, all);
        if (!chunk->spare)
            munmap(chunk, CHUNK_BYTES);
    }
    toc_list_init(&all);
    toc_list_init(&spares.free);
    if (spares.base != NULL)
        munmap(spares.base, spares.count * CHUNK_BYTES);
    spares.base = NULL;
    spares.count = spares.fresh = 0;
    for (unsigned number = 0; number < CLASSES; number++)
        pools[number] = (struct pool){0};
    idle = 0;
    if (low)
        toc_progress_busy(-1);
    if (surplus)
        toc_progress_busy(-1);
    low = surplus = false;
}
