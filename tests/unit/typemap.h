/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TYPEMAP_H
#define TESTS_UNIT_TYPEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Datatypes as the standard defines them (MPI 5.0, section 5.1): the list of all basic elements
 * with their displacements, and lb and ub markers. Slow and obvious: what lib/datatype is compared
 * with.
 */

#define TYPEMAP_ITEMS 4096

struct typemap {
    size_t n;
    struct {
        int64_t displacement;
        uint32_t size;
    } items[TYPEMAP_ITEMS];
    bool full;              /* more items than fit: not usable */
    int64_t old_lb, old_ub; /* of the bounds of all parts */
    uint32_t alignment;
    bool rounds; /* a struct: without markers, its extent is a multiple of the alignment */
    bool marked;
    int64_t lb_marker, ub_marker;
};

struct typemap *typemap_new(void);
struct typemap *typemap_basic(uint32_t size, uint32_t alignment);

/** Appends all of `part`, moved by `displacement`. */
void typemap_append(struct typemap *map, const struct typemap *part, int64_t displacement);

/** `count` copies, one extent apart, the first one moved by `displacement`. */
void typemap_append_block(struct typemap *map, const struct typemap *part, int64_t displacement,
                          int64_t count);

void typemap_mark(struct typemap *map, int64_t lb, int64_t ub);

int64_t typemap_true_lb(const struct typemap *map);
int64_t typemap_true_ub(const struct typemap *map);
int64_t typemap_lb(const struct typemap *map);
int64_t typemap_extent(const struct typemap *map);
uint64_t typemap_size(const struct typemap *map);

/** Packs or unpacks `count` elements, item by item. */
void typemap_pack(const struct typemap *map, const char *base, int64_t count, char *packed);
void typemap_unpack(const struct typemap *map, char *base, int64_t count, const char *packed);

#endif
