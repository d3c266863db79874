/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_handle_free */
#include "core/handle.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

struct toc_slab toc_slabs[TOC_KIND_END];

/* For the slabs that are not under the guard. Never taken in the handler, and nothing is called
 * while it is held. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_guarded(enum toc_kind kind)
{
    return kind == TOC_KIND_REQUEST || kind == TOC_KIND_MESSAGE;
}

void *toc_handle_predefined[TOC_HANDLE_PREDEFINED_END];
uint8_t toc_handle_predefined_kind[TOC_HANDLE_PREDEFINED_END];

static struct toc_object *object_at(const struct toc_slab *slab, uint32_t index)
{
    char *chunk = slab->chunks[index >> TOC_SLAB_SHIFT];
    return (struct toc_object *)(chunk + (index & (TOC_SLAB_OBJECTS - 1)) * slab->size);
}

static struct toc_object *grow(struct toc_slab *slab, enum toc_kind kind)
{
    uint32_t index = atomic_load_explicit(&slab->limit, memory_order_relaxed);
    if (index > TOC_HANDLE_INDEX_MASK)
        return NULL;
    if ((index & (TOC_SLAB_OBJECTS - 1)) == 0) {
        void *chunk = mmap(NULL, TOC_SLAB_OBJECTS * slab->size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            return NULL;
        slab->chunks[index >> TOC_SLAB_SHIFT] = chunk;
    }
    /* The chunk before the limit: pairs with the acquire in handle.h, toc_handle_lookup_created().
     */
    atomic_store_explicit(&slab->limit, index + 1, memory_order_release);
    struct toc_object *object = object_at(slab, index);
    object->refs = (uint32_t)kind << TOC_HANDLE_KIND_SHIFT | index;
    return object;
}

static void *allocate(enum toc_kind kind, size_t size)
{
    struct toc_slab *slab = &toc_slabs[kind];
    if (slab->size == 0)
        slab->size = toc_handle_size(size);
    struct toc_object *object = toc_handle_alloc_recycled(kind);
    if (object == NULL) {
        object = grow(slab, kind);
        if (object == NULL)
            return NULL;
        return toc_handle_take(object);
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

void toc_handle_free(void *object)
{
    if (is_guarded(((struct toc_object *)object)->handle >> TOC_HANDLE_KIND_SHIFT)) {
        toc_handle_free_guarded(object);
        return;
    }
    pthread_mutex_lock(&lock);
    toc_handle_free_guarded(object);
    pthread_mutex_unlock(&lock);
}

void toc_handle_bind(enum toc_kind kind, uint32_t handle, void *object)
{
    ((struct toc_object *)object)->handle = handle;
    ((struct toc_object *)object)->refs = 1;
    toc_handle_predefined[handle] = object;
    toc_handle_predefined_kind[handle] = (uint8_t)kind;
}

static void count_one(void *object, void *count)
{
    (void)object;
    ++*(uint32_t *)count;
}

uint32_t toc_handle_live(enum toc_kind kind)
{
    uint32_t count = 0;
    toc_handle_each(kind, count_one, &count);
    return count;
}

void toc_handle_each(enum toc_kind kind, void (*visit)(void *object, void *argument),
                     void *argument)
{
    const struct toc_slab *slab = &toc_slabs[kind];
    for (uint32_t index = 0; index < slab->limit; index++) {
        struct toc_object *object = object_at(slab, index);
        if (object->handle != 0)
            visit(object, argument);
    }
}
