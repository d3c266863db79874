/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_DATATYPE_DATATYPE_H
#define TOC_DATATYPE_DATATYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/abi.h"
#include "core/attribute.h"
#include "core/handle.h"
#include "datatype/form.h"
#include "datatype/machine.h"

struct toc_contents;

/**
 * A datatype (MPI 5.0, chapter 5). Immutable once committed, except for its name.
 *
 * Lifetime: the handle holds one reference, every derived type and every pending operation
 * another one. MPI_Type_free makes the handle stale at once; the object goes with the last
 * reference. All functions below that change counts or make objects need the guard.
 */
struct toc_datatype {
    struct toc_object object;
    uint64_t size;   /* packed bytes of one element */
    int64_t lb;      /* bytes, as all that follow */
    int64_t extent;  /* may be negative (resized) */
    int64_t true_lb; /* of the data alone */
    int64_t true_extent;
    struct toc_form *form; /* flattened; NULL until it is committed */

    bool is_contiguous; /* committed, and `count` elements are size * count bytes in one piece,
                           which starts at true_lb */
    bool committed;
    bool predefined;
    bool freed;  /* by the user; still in use */
    bool sticky; /* lb and extent come from MPI_Type_create_resized, here or inside */

    uint8_t class;   /* enum toc_class */
    uint8_t machine; /* enum toc_machine */
    uint8_t first;   /* of a predefined pair: bytes of its first member */

    uint32_t alignment;  /* the strictest of the basic types' */
    uint32_t basic_size; /* bytes of every basic type inside; 0 if they differ */
    uint64_t elements;   /* basic types inside */

    struct toc_attributes attributes;
    struct toc_contents *contents; /* how it was made; NULL for predefined types */
    struct toc_datatype *next_dead;
    char name[MPI_MAX_OBJECT_NAME];
};

/** Makes the predefined types and binds their handles. 0 or TOC_ERR_NO_MEM. Not handler-safe. */
int toc_datatype_init(void);

/** Frees what toc_datatype_init made and all types that nobody uses any more. */
void toc_datatype_finalize(void);

/** The datatype that `handle` names, or NULL if it is MPI_DATATYPE_NULL, freed or foreign.
 *  Handler-safe. */
static inline struct toc_datatype *toc_datatype_get(MPI_Datatype handle)
{
    struct toc_datatype *type =
        (struct toc_datatype *)toc_handle_lookup(TOC_KIND_DATATYPE, (uintptr_t)handle);
    return type == NULL || type->freed ? NULL : type;
}

/** The handle that names `type`. */
static inline MPI_Datatype toc_datatype_handle(const struct toc_datatype *type)
{
    return (MPI_Datatype)toc_handle_value(type);
}

/** Whether `count` elements at `buffer` would lie in the first page of memory, which is never
 *  mapped: a null pointer, given by mistake. MPI_BOTTOM is null as well, but a type for it holds
 *  addresses. Handler-safe. */
static inline bool toc_datatype_is_null_buffer(const struct toc_datatype *type, const void *buffer,
                                               int64_t count)
{
    return count > 0 && type->size > 0 && (uintptr_t)buffer + (uintptr_t)type->true_lb < 4096;
}

/** Keeps `type` for a pending operation or another type. Handler-safe. */
static inline void toc_datatype_retain(struct toc_datatype *type)
{
    if (!type->predefined)
        type->object.refs++;
}

/** The part of the following for types that can die. */
void toc_datatype_release_made(struct toc_datatype *type);

/** Gives a reference back. Handler-safe: what dies is only listed, and freed by the next call that
 *  makes or frees a type. */
static inline void toc_datatype_release(struct toc_datatype *type)
{
    if (!type->predefined)
        toc_datatype_release_made(type);
}

/** Frees the types whose last reference is gone. Not handler-safe. */
void toc_datatype_reap(void);

/** MPI_Type_free: the handle is stale from now on. Not for predefined types. */
void toc_datatype_free(struct toc_datatype *type);

/** Makes `type` usable in communication: builds its flattened form. 0 or TOC_ERR_NO_MEM, then
 *  `type` is as before. */
int toc_datatype_commit(struct toc_datatype *type);

/** Number of basic elements in the first `bytes` packed bytes of elements of `type`
 *  (MPI_Get_elements). TOC_ERR_ARG if they end inside a basic element, with `elements` set to the
 *  number of whole ones. Handler-safe. */
int toc_datatype_elements(const struct toc_datatype *type, uint64_t bytes, uint64_t *elements);

/** The opposite: packed bytes of the first `elements` basic elements. Handler-safe. */
uint64_t toc_datatype_bytes(const struct toc_datatype *type, uint64_t elements);

/** A new datatype object, not committed, with no contents. NULL: out of memory or handles. For
 *  construct.c. */
struct toc_datatype *toc_datatype_new(void);

#endif
