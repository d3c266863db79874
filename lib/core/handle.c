/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_handle_lookup_created, toc_handle_free, toc_handle_alloc_recycled */
#include "core/handle.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define KIND_SHIFT       27
#define GENERATION_SHIFT 19
#define GENERATION_MASK  0xffu
#define INDEX_MASK       ((1u << GENERATION_SHIFT) - 1)
#define CHUNK_SHIFT      9
#define CHUNK_OBJECTS    (1u << CHUNK_SHIFT)
#define CHUNKS           (1u << (GENERATION_SHIFT - CHUNK_SHIFT))

struct slab {
    char *chunks[CHUNKS];
    size_t size;            /* of an object */
    _Atomic uint32_t limit; /* indices handed out so far; chunks below it are mapped */
    uint32_t live;
    struct toc_object *free;
};

static struct slab slabs[TOC_KIND_END];

/* For the slabs that are not under the guard. Never taken in the handler, and nothing is called
 * while it is held. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_guarded(enum toc_kind kind)
{
    return kind == TOC_KIND_REQUEST || kind == TOC_KIND_MESSAGE;
}
void *toc_handle_predefined[TOC_HANDLE_PREDEFINED_END];
uint8_t toc_handle_predefined_kind[TOC_HANDLE_PREDEFINED_END];

static struct toc_object *object_at(const struct slab *slab, uint32_t index)
{
    char *chunk = slab->chunks[index >> CHUNK_SHIFT];
    return (struct toc_object *)(chunk + (index & (CHUNK_OBJECTS - 1)) * slab->size);
}

/* A free object keeps in `refs` the handle value that it will get next. */
static uint32_t next_handle(uint32_t handle)
{
    uint32_t generation = ((handle >> GENERATION_SHIFT) + 1) & GENERATION_MASK;
    return (handle & ~(GENERATION_MASK << GENERATION_SHIFT)) | generation << GENERATION_SHIFT;
}

static struct toc_object *grow(struct slab *slab, enum toc_kind kind)
{
    uint32_t index = atomic_load_explicit(&slab->limit, memory_order_relaxed);
    if (index > INDEX_MASK)
        return NULL;
    if ((index & (CHUNK_OBJECTS - 1)) == 0) {
        void *chunk = mmap(NULL, CHUNK_OBJECTS * slab->size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            return NULL;
        slab->chunks[index >> CHUNK_SHIFT] = chunk;
    }
    /* The chunk before the limit: pairs with the acquire in toc_handle_lookup_created(). */
    atomic_store_explicit(&slab->limit, index + 1, memory_order_release);
    struct toc_object *object = object_at(slab, index);
    object->refs = (uint32_t)kind << KIND_SHIFT | index;
    return object;
}

static struct toc_object *take(struct slab *slab, struct toc_object *object)
{
    object->handle = object->refs;
    object->refs = 1;
    object->next_free = NULL;
    slab->live++;
    return object;
}

void *toc_handle_alloc_recycled(enum toc_kind kind)
{
    struct slab *slab = &slabs[kind];
    struct toc_object *object = slab->free;
    if (object == NULL)
        return NULL;
    slab->free = object->next_free;
    return take(slab, object);
}

static void *allocate(enum toc_kind kind, size_t size)
{
    struct slab *slab = &slabs[kind];
    if (slab->size == 0)
        slab->size = (size + 15) & ~(size_t)15;
    struct toc_object *object = toc_handle_alloc_recycled(kind);
    if (object == NULL) {
        object = grow(slab, kind);
        if (object == NULL)
            return NULL;
        return take(slab, object);
    }
    memset(object + 1, 0, slab->size - sizeof(*object));
    return object;
}

void *toc_handle_alloc(enum toc_kind kind, size_t size)
{
    if (is_guarded(kind))
        return allocate(kind, size);
    pthread_mutex_lock(&lock);
    void *object = allocate(kind, size);
    pthread_mutex_unlock(&lock);
    return object;
}

static void give_back(struct toc_object *object)
{
    struct slab *slab = &slabs[object->handle >> KIND_SHIFT];
    object->refs = next_handle(object->handle);
    object->handle = 0;
    object->next_free = slab->free;
    slab->free = object;
    slab->live--;
}

void toc_handle_free(void *object)
{
    if (is_guarded(((struct toc_object *)object)->handle >> KIND_SHIFT)) {
        give_back(object);
        return;
    }
    pthread_mutex_lock(&lock);
    give_back(object);
    pthread_mutex_unlock(&lock);
}

void *toc_handle_lookup_created(enum toc_kind kind, uintptr_t handle)
{
    if (handle >> KIND_SHIFT != (uintptr_t)kind)
        return NULL;
    const struct slab *slab = &slabs[kind];
    uint32_t index = (uint32_t)handle & INDEX_MASK;
    /* Pairs with the release in grow(). */
    if (index >= atomic_load_explicit(&slab->limit, memory_order_acquire))
        return NULL;
    struct toc_object *object = object_at(slab, index);
    return object->handle == handle ? object : NULL;
}

void toc_handle_bind(enum toc_kind kind, uint32_t handle, void *object)
{
    ((struct toc_object *)object)->handle = handle;
    ((struct toc_object *)object)->refs = 1;
    toc_handle_predefined[handle] = object;
    toc_handle_predefined_kind[handle] = (uint8_t)kind;
}

uint32_t toc_handle_live(enum toc_kind kind)
{
    return slabs[kind].live;
}

void toc_handle_each(enum toc_kind kind, void (*visit)(void *object, void *argument),
                     void *argument)
{
    const struct slab *slab = &slabs[kind];
    for (uint32_t index = 0; index < slab->limit; index++) {
        struct toc_object *object = object_at(slab, index);
        if (object->handle != 0)
            visit(object, argument);
    }
}
