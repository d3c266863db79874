/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_CORE_HANDLE_H
#define TOC_CORE_HANDLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Handle codec. An MPI handle is an integer cast to the ABI's pointer type:
 *
 *     bits 27-30  kind        (1 and up, so that every handle lies above the predefined range)
 *     bits 19-26  generation  (changes when the object is freed: a stale handle is recognised)
 *     bits  0-18  index       (524,288 live objects of a kind)
 *
 * Objects live in slabs that grow and are never unmapped, so that a lookup, also of a stale or
 * foreign value, touches valid memory only and may run in the handler. Predefined handles (below
 * TOC_HANDLE_PREDEFINED_END, fixed by the ABI) are bound to their objects at start-up.
 */

enum toc_kind {
    TOC_KIND_COMM = 1,
    TOC_KIND_GROUP,
    TOC_KIND_DATATYPE,
    TOC_KIND_REQUEST,
    TOC_KIND_OP,
    TOC_KIND_ERRHANDLER,
    TOC_KIND_INFO,
    TOC_KIND_MESSAGE,
    TOC_KIND_WIN,
    TOC_KIND_FILE,
    TOC_KIND_SESSION,
    TOC_KIND_KEYVAL, /* not a handle to MPI, but an int of the same making */
    TOC_KIND_END
};

#define TOC_HANDLE_PREDEFINED_END 0x400u

/** First member of every object that a handle can name. */
struct toc_object {
    uint32_t handle; /* current value of its handle; 0 while free */
    /* For the owner's use: references held by handles and by operations. Atomic, because threads
     * create and free objects outside of the guard, while those under it use them. */
    _Atomic uint32_t refs;
    struct toc_object *next_free;
};

/** A new zeroed object of `kind` with its handle set and refs = 1, or NULL when memory or the
 *  index range is exhausted. `size`: bytes of the object, the same in every call for a kind. Not
 *  handler-safe (may map memory). Requests and messages: guard held; the others have a lock. */
void *toc_handle_alloc(enum toc_kind kind, size_t size);

/** Takes the object back; its handle is stale from now on. Requests and messages: guard held,
 *  handler-safe; the others have a lock. */
void toc_handle_free(void *object);

/** Predefined objects and their kinds, by handle. */
extern void *toc_handle_predefined[TOC_HANDLE_PREDEFINED_END];
extern uint8_t toc_handle_predefined_kind[TOC_HANDLE_PREDEFINED_END];

#define TOC_HANDLE_KIND_SHIFT       27
#define TOC_HANDLE_GENERATION_SHIFT 19
#define TOC_HANDLE_INDEX_MASK       ((1u << TOC_HANDLE_GENERATION_SHIFT) - 1)
#define TOC_SLAB_SHIFT              9
#define TOC_SLAB_OBJECTS            (1u << TOC_SLAB_SHIFT)

/** The objects of a kind, in chunks. Private to handle.c; here for the lookup. */
struct toc_slab {
    char *chunks[1u << (TOC_HANDLE_GENERATION_SHIFT - TOC_SLAB_SHIFT)];
    size_t size;            /* of an object */
    _Atomic uint32_t limit; /* indices handed out so far; chunks below it are mapped */
    struct toc_object *free;
};
extern struct toc_slab toc_slabs[TOC_KIND_END] __attribute__((visibility("hidden")));

/** Bytes from one object to the next. */
static inline size_t toc_handle_size(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/** Private to the functions of this file: a free object is in use from now on. A free one keeps in
 *  `refs` the handle value that it will get next. */
static inline struct toc_object *toc_handle_take(struct toc_object *object)
{
    /* Nobody else knows the object: no order. */
    object->handle = atomic_load_explicit(&object->refs, memory_order_relaxed);
    atomic_store_explicit(&object->refs, 1, memory_order_relaxed);
    object->next_free = NULL;
    return object;
}

/** Like toc_handle_alloc, but only recycles: NULL when no free object is at hand.
 *  Handler-safe under the guard. The object is not zeroed beyond struct toc_object. */
static inline void *toc_handle_alloc_recycled(enum toc_kind kind)
{
    struct toc_slab *slab = &toc_slabs[kind];
    struct toc_object *object = slab->free;
    if (object == NULL)
        return NULL;
    slab->free = object->next_free;
    return toc_handle_take(object);
}

/** Private to the functions of this file: puts an object back into its slab. */
static inline void toc_handle_put(struct toc_slab *slab, struct toc_object *object)
{
    uint32_t handle = object->handle;
    /* The next generation, within its bits. */
    uint32_t generations = 0xffu << TOC_HANDLE_GENERATION_SHIFT;
    uint32_t next = (handle + (1u << TOC_HANDLE_GENERATION_SHIFT)) & generations;
    atomic_store_explicit(&object->refs, (handle & ~generations) | next, memory_order_relaxed);
    object->handle = 0;
    object->next_free = slab->free;
    slab->free = object;
}

/** toc_handle_free() for requests and messages alone. Guard held, handler-safe. */
static inline void toc_handle_free_guarded(void *freed)
{
    struct toc_object *object = (struct toc_object *)freed;
    toc_handle_put(&toc_slabs[object->handle >> TOC_HANDLE_KIND_SHIFT], object);
}

/** The same for an object whose kind, one of these two, the caller knows. */
static inline void toc_handle_free_kind(enum toc_kind kind, void *freed)
{
    toc_handle_put(&toc_slabs[kind], (struct toc_object *)freed);
}

/** toc_handle_lookup() for handles that are not predefined, of objects of so many bytes: the size
 *  given to toc_handle_alloc(), rounded up by toc_handle_size(). */
static inline void *toc_handle_lookup_sized(enum toc_kind kind, uintptr_t handle, size_t size)
{
    const struct toc_slab *slab = &toc_slabs[kind];
    uint32_t index = (uint32_t)handle & TOC_HANDLE_INDEX_MASK;
    /* Pairs with the release in handle.c, grow(). */
    if (handle >> TOC_HANDLE_KIND_SHIFT != (uintptr_t)kind ||
        index >= atomic_load_explicit(&slab->limit, memory_order_acquire))
        return NULL;
    char *chunk = slab->chunks[index >> TOC_SLAB_SHIFT];
    struct toc_object *object =
        (struct toc_object *)(void *)(chunk + (index & (TOC_SLAB_OBJECTS - 1)) * size);
    return object->handle == handle ? object : NULL;
}

static inline void *toc_handle_lookup_created(enum toc_kind kind, uintptr_t handle)
{
    return toc_handle_lookup_sized(kind, handle, toc_slabs[kind].size);
}

/** The object that `handle` names, or NULL when it is null, stale, foreign or of another kind.
 *  Handler-safe. */
static inline void *toc_handle_lookup(enum toc_kind kind, uintptr_t handle)
{
    if (handle >= TOC_HANDLE_PREDEFINED_END)
        return toc_handle_lookup_created(kind, handle);
    return toc_handle_predefined_kind[handle] == kind ? toc_handle_predefined[handle] : NULL;
}

/** Makes the predefined value `handle` (below TOC_HANDLE_PREDEFINED_END) name `object`. */
void toc_handle_bind(enum toc_kind kind, uint32_t handle, void *object);

/** Number of live (not predefined) objects of a kind. */
uint32_t toc_handle_live(enum toc_kind kind);

/** Calls visit(object, argument) for every live object of a kind. */
void toc_handle_each(enum toc_kind kind, void (*visit)(void *object, void *argument),
                     void *argument);

static inline uintptr_t toc_handle_value(const void *object)
{
    return ((const struct toc_object *)object)->handle;
}

#endif
