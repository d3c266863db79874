/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_datatype_release_made, toc_datatype_elements, toc_datatype_bytes */
#include "datatype/datatype.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "base/error.h"
#include "datatype/construct.h"
#include "datatype/contents.h"

/* A predefined type as the tables of predefined.def give it. A basic type has only a first member.
 */
struct row {
    const char *name;
    MPI_Datatype handle;
    uint8_t class, machine;
    uint8_t first, second; /* bytes of the members */
    uint8_t offset;        /* of the second one */
    uint8_t extent, alignment;
};

#define TOC_PAIR_STRUCT(first, second)                                                             \
    struct {                                                                                       \
        first a;                                                                                   \
        second b;                                                                                  \
    }

static const struct row rows[] = {
#define TOC_TYPE(name, class, machine, type)                                                       \
    {#name, name,         TOC_CLASS_##class, TOC_MACHINE_##machine, sizeof(type),                  \
     0,     sizeof(type), sizeof(type),      _Alignof(type)},
#define TOC_PAIR(name, machine, first, second)                                                     \
    {#name,                                                                                        \
     name,                                                                                         \
     TOC_CLASS_PAIR,                                                                               \
     TOC_MACHINE_##machine,                                                                        \
     sizeof(first),                                                                                \
     sizeof(second),                                                                               \
     offsetof(TOC_PAIR_STRUCT(first, second), b),                                                  \
     sizeof(TOC_PAIR_STRUCT(first, second)),                                                       \
     _Alignof(TOC_PAIR_STRUCT(first, second))},
#include "datatype/predefined.def"
#undef TOC_TYPE
#undef TOC_PAIR
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct toc_datatype predefined[ROWS];
/* Threads list here what they or their messages have released, and free what all have listed. */
static struct toc_datatype *_Atomic dead;

static int define(const struct row *row, struct toc_datatype *type)
{
    struct toc_form_builder builder = {0};
    *type = (struct toc_datatype){
        .size = row->first + row->second,
        .extent = row->extent,
        .true_extent = row->offset + row->second,
        .committed = true,
        .predefined = true,
        .class = row->class,
        .machine = row->machine,
        .first = row->first,
        .alignment = row->alignment,
        .basic_size = row->second == 0 || row->second == row->first ? row->first : 0,
        .elements = row->second == 0 ? 1 : 2,
    };
    strncpy(type->name, row->name, sizeof(type->name) - 1);
    toc_form_append_bytes(&builder, 0, row->first);
    toc_form_append_bytes(&builder, row->offset, row->second);
    int status = toc_form_finish(&builder, &type->form);
    if (status != TOC_OK)
        return status;
    type->is_contiguous = toc_form_is_block(type->form) && type->extent == (int64_t)type->size;
    toc_handle_bind(TOC_KIND_DATATYPE, (uint32_t)(uintptr_t)row->handle, type);
    return TOC_OK;
}

int toc_datatype_init(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        int status = define(&rows[i], &predefined[i]);
        if (status != TOC_OK)
            return status;
    }
    return TOC_OK;
}

void toc_datatype_finalize(void)
{
    toc_datatype_reap();
    toc_datatype_f90_finish();
    for (size_t i = 0; i < ROWS; i++) {
        toc_form_release(predefined[i].form);
        predefined[i].form = NULL;
    }
}

struct toc_datatype *toc_datatype_new(void)
{
    toc_datatype_reap();
    return toc_handle_alloc(TOC_KIND_DATATYPE, sizeof(struct toc_datatype));
}

void toc_datatype_release_made(struct toc_datatype *type)
{
    if (--type->object.refs > 0)
        return;
    type->freed = true;
    type->next_dead = atomic_load_explicit(&dead, memory_order_relaxed);
    /* Its `next_dead` before the type: pairs with the exchange in toc_datatype_reap(). */
    while (!atomic_compare_exchange_weak_explicit(&dead, &type->next_dead, type,
                                                  memory_order_release, memory_order_relaxed))
        ;
}

void toc_datatype_reap(void)
{
    struct toc_datatype *type;
    /* Pairs with the release in toc_datatype_release(). */
    while ((type = atomic_exchange_explicit(&dead, NULL, memory_order_acquire)) != NULL) {
        while (type != NULL) {
            struct toc_datatype *next = type->next_dead;
            toc_contents_release(type->contents); /* may list more */
            toc_form_release(type->form);
            toc_handle_free(type);
            type = next;
        }
    }
}

void toc_datatype_free(struct toc_datatype *type)
{
    type->freed = true;
    toc_datatype_release(type);
    toc_datatype_reap();
}

int toc_datatype_commit(struct toc_datatype *type)
{
    if (type->committed)
        return TOC_OK;
    int status = toc_datatype_flatten(type);
    if (status != TOC_OK)
        return status;
    type->is_contiguous =
        type->size == 0 || (toc_form_is_block(type->form) && type->extent == (int64_t)type->size);
    type->committed = true;
    return TOC_OK;
}

/* The member of a structure in which packed byte `*bytes` lies; `*bytes` becomes the position in
 * that member's block, `*elements` grows by what lies before. */
static const struct toc_datatype *member_at(const struct toc_contents *contents, uint64_t *bytes,
                                            uint64_t *elements)
{
    size_t i = 0;
    const int64_t *blocklengths = &contents->values[1];
    while (i + 1 < contents->n_types &&
           *bytes >= (uint64_t)blocklengths[i] * contents->types[i]->size) {
        *bytes -= (uint64_t)blocklengths[i] * contents->types[i]->size;
        *elements += (uint64_t)blocklengths[i] * contents->types[i]->elements;
        i++;
    }
    return contents->types[i];
}

/* Goes down the tree of constructors: all but the structure repeat one type. */
int toc_datatype_elements(const struct toc_datatype *type, uint64_t bytes, uint64_t *result)
{
    uint64_t elements = 0;
    while (bytes > 0 && type->size > 0) {
        if (type->basic_size != 0) {
            elements += bytes / type->basic_size;
            bytes %= type->basic_size;
            break;
        }
        elements += bytes / type->size * type->elements;
        bytes %= type->size;
        if (type->predefined) { /* a pair of different members */
            if (bytes >= type->first) {
                elements++;
                bytes -= type->first;
            }
            break;
        }
        if (type->contents->combiner == MPI_COMBINER_STRUCT)
            type = member_at(type->contents, &bytes, &elements);
        else
            type = type->contents->types[0];
    }
    *result = elements;
    return bytes == 0 ? TOC_OK : TOC_ERR_ARG;
}

/* The member of a structure with basic element `*elements`; as member_at(), the other way round. */
static const struct toc_datatype *member_with(const struct toc_contents *contents,
                                              uint64_t *elements, uint64_t *bytes)
{
    size_t i = 0;
    const int64_t *blocklengths = &contents->values[1];
    while (i + 1 < contents->n_types &&
           *elements >= (uint64_t)blocklengths[i] * contents->types[i]->elements) {
        *elements -= (uint64_t)blocklengths[i] * contents->types[i]->elements;
        *bytes += (uint64_t)blocklengths[i] * contents->types[i]->size;
        i++;
    }
    return contents->types[i];
}

uint64_t toc_datatype_bytes(const struct toc_datatype *type, uint64_t elements)
{
    uint64_t bytes = 0;
    while (elements > 0 && type->elements > 0) {
        if (type->basic_size != 0)
            return bytes + elements * type->basic_size;
        bytes += elements / type->elements * type->size;
        elements %= type->elements;
        if (type->predefined) /* a pair of different members */
            return bytes + (elements > 0 ? type->first : 0);
        if (type->contents->combiner == MPI_COMBINER_STRUCT)
            type = member_with(type->contents, &elements, &bytes);
        else
            type = type->contents->types[0];
    }
    return bytes;
}
