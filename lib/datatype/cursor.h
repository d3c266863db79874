/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_DATATYPE_CURSOR_H
#define TOC_DATATYPE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "datatype/datatype.h"

/** A loop that the cursor is in. */
struct toc_dt_frame {
    struct toc_form *form; /* NULL on level 0: the cursor's own entry */
    char *base;            /* what the entries' offsets count from */
    size_t index;          /* entry of the form */
    uint64_t repetition;   /* block or repetition of that entry */
};

/**
 * A position in `count` elements of a committed datatype at `base`, counted in packed bytes; it may
 * lie inside a basic element. The cursor takes no reference: who holds it keeps the datatype. It
 * may be copied by assignment.
 */
struct toc_dt_cursor {
    const struct toc_datatype *type;
    char *base;
    int64_t count;
    uint64_t position; /* packed bytes passed */
    uint64_t total;    /* packed bytes that it stops at */
    uint64_t in_block; /* bytes passed of the current block */
    int level;
    struct toc_form_entry top; /* the elements, as one entry */
    struct toc_dt_frame frames[TOC_FORM_DEPTH + 1];
};

/** Starts at packed offset 0 of `count` elements. The cursor never goes beyond
 *  `packed_limit_bytes` (UINT64_MAX: no limit but the elements' size). */
void toc_dt_cursor_init(struct toc_dt_cursor *cursor, const struct toc_datatype *type, void *base,
                        int64_t count, uint64_t packed_limit_bytes);

/** Moves to `packed_offset`, at most to the end. Logarithmic in the number of entries. */
void toc_dt_cursor_seek(struct toc_dt_cursor *cursor, uint64_t packed_offset);

/** Packed bytes from the position to the end. */
static inline uint64_t toc_dt_cursor_left(const struct toc_dt_cursor *cursor)
{
    return cursor->total - cursor->position;
}

/** Copies up to `bytes` packed bytes from the position on to `dst` and advances. Returns how many.
 */
uint64_t toc_dt_pack(struct toc_dt_cursor *cursor, void *dst, uint64_t bytes);

/** Copies up to `bytes` packed bytes from `src` into the elements and advances. Returns how many.
 */
uint64_t toc_dt_unpack(struct toc_dt_cursor *cursor, const void *src, uint64_t bytes);

/** The memory of the next `bytes` packed bytes as up to `max_iov` contiguous segments in packed
 *  order, neighbours merged. Advances over what they cover, sets `covered` (it may be less than
 *  `bytes`) and returns the number of segments. */
int toc_dt_segments(struct toc_dt_cursor *cursor, uint64_t bytes, struct iovec *iov, int max_iov,
                    uint64_t *covered);

/** Packed bytes of `count` elements; UINT64_MAX if that overflows. */
static inline uint64_t toc_dt_packed_size(const struct toc_datatype *type, int64_t count)
{
    uint64_t bytes;
    return __builtin_mul_overflow(type->size, (uint64_t)count, &bytes) ? UINT64_MAX : bytes;
}

/** Copies elements of one type onto elements of another one with the same signature, as a message
 *  to oneself would. Returns the packed bytes copied: the smaller of both sizes. The buffers must
 *  not overlap. */
uint64_t toc_dt_copy(const struct toc_datatype *dst_type, void *dst, int64_t dst_count,
                     const struct toc_datatype *src_type, const void *src, int64_t src_count);

#endif
