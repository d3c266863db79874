/* SPDX-License-Identifier: BSD-3-Clause */
#include "datatype/external.h"

#include <string.h>
#include <wchar.h>

#include "datatype/contents.h"
#include "datatype/cursor.h"

/* A basic element is one part or two, each converted by itself. */
enum conversion {
    SIGNED, /* integers: the low bytes, extended on the way back */
    UNSIGNED,
    REVERSED,   /* the same bytes the other way round */
    LONG_DOUBLE /* the machine's long double <-> IEEE binary128 */
};

struct part {
    enum conversion conversion;
    uint8_t native, external; /* bytes */
};

static struct part reversed(size_t bytes)
{
    return (struct part){REVERSED, (uint8_t)bytes, (uint8_t)bytes};
}

static const struct part long_double = {LONG_DOUBLE, sizeof(long double), 16};
static const struct part plain_int = {REVERSED, sizeof(int), 4};
static const struct part plain_long = {SIGNED, sizeof(long), 4};

/* Two parts that are the same: complex numbers, and pairs of Fortran. */
static int twice(struct part parts[2], struct part part)
{
    parts[0] = parts[1] = part;
    return 2;
}

/* MPI_MINLOC's pairs: a value and an int. */
static int with_int(struct part parts[2], struct part value)
{
    parts[0] = value;
    parts[1] = plain_int;
    return 2;
}

static int only(struct part parts[2], struct part part)
{
    parts[0] = part;
    return 1;
}

/* The types whose size is not that of their machine representation. */
static bool is(const struct toc_datatype *type, MPI_Datatype handle)
{
    return toc_handle_value(type) == (uintptr_t)handle;
}

static int parts_of(const struct toc_datatype *type, struct part parts[2])
{
    switch (type->machine) {
    case TOC_MACHINE_HALF_COMPLEX:
    case TOC_MACHINE_FLOAT_COMPLEX:
    case TOC_MACHINE_DOUBLE_COMPLEX:
    case TOC_MACHINE_QUAD_COMPLEX:
    case TOC_MACHINE_FLOAT_FLOAT:
    case TOC_MACHINE_DOUBLE_DOUBLE:
    case TOC_MACHINE_INT_INT:
        return twice(parts, reversed(type->size / 2));
    case TOC_MACHINE_LONG_DOUBLE_COMPLEX:
        return twice(parts, long_double);
    case TOC_MACHINE_LONG_DOUBLE:
        return only(parts, long_double);
    case TOC_MACHINE_LONG_DOUBLE_INT:
        return with_int(parts, long_double);
    case TOC_MACHINE_LONG_INT:
        return with_int(parts, plain_long);
    case TOC_MACHINE_FLOAT_INT:
    case TOC_MACHINE_DOUBLE_INT:
    case TOC_MACHINE_SHORT_INT:
        return with_int(parts, reversed(type->first));
    default:
        break;
    }
    if (is(type, MPI_LONG))
        return only(parts, plain_long);
    if (is(type, MPI_UNSIGNED_LONG))
        return only(parts, (struct part){UNSIGNED, sizeof(long), 4});
    if (is(type, MPI_WCHAR))
        return only(parts, (struct part){UNSIGNED, sizeof(wchar_t), 2});
    return only(parts, reversed(type->size));
}

static uint64_t basic_size(const struct toc_datatype *type)
{
    struct part parts[2];
    int n = parts_of(type, parts);
    return parts[0].external + (n == 2 ? parts[1].external : 0u);
}

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Elements of the type inside, in one of a type that is no structure. */
static uint64_t inner_count(const struct toc_datatype *type, const struct toc_datatype *inner)
{
    return inner->size == 0 ? 0 : type->size / inner->size;
}

uint64_t toc_external_size(const struct toc_datatype *type, uint64_t count)
{
    if (type->size == 0)
        return 0;
    if (type->predefined)
        return times(basic_size(type), count);
    const struct toc_contents *contents = type->contents;
    uint64_t bytes = 0;
    if (contents->combiner != MPI_COMBINER_STRUCT)
        return times(count,
                     toc_external_size(contents->types[0], inner_count(type, contents->types[0])));
    for (size_t i = 0; i < contents->n_types; i++)
        bytes =
            plus(bytes, toc_external_size(contents->types[i], (uint64_t)contents->values[1 + i]));
    return times(count, bytes);
}

/* Where the conversion is. */
struct stream {
    struct toc_dt_cursor cursor; /* in the program's buffer */
    unsigned char *external;
    bool packing;
};

/* Most significant byte first on one side, the machine's order (little-endian) on the other. */
static void reverse(unsigned char *to, const unsigned char *from, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = from[bytes - 1 - i];
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "external32 is the other byte order");

static void part_out(const struct part *part, const unsigned char *native, unsigned char *external)
{
    toc_quad quad = 0;
    if (part->conversion == LONG_DOUBLE) {
        long double value;
        memcpy(&value, native, sizeof(value));
        quad = (toc_quad)value;
        native = (unsigned char *)&quad;
    }
    reverse(external, native, part->external);
}

static void part_in(const struct part *part, unsigned char *native, const unsigned char *external)
{
    if (part->conversion == LONG_DOUBLE) {
        toc_quad quad;
        reverse((unsigned char *)&quad, external, sizeof(quad));
        long double value = (long double)quad;
        memset(native, 0, part->native); /* its padding */
        memcpy(native, &value, sizeof(value));
        return;
    }
    reverse(native, external, part->external);
    bool negative = part->conversion == SIGNED && (external[0] & 0x80) != 0;
    memset(native + part->external, negative ? 0xff : 0, part->native - part->external);
}

/* Enough for some elements of the largest basic type. */
#define BATCH_BYTES 4096

static void convert_batch(struct stream *stream, const struct part parts[2], int n,
                          unsigned char *native, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        for (int k = 0; k < n; k++) {
            if (stream->packing)
                part_out(&parts[k], native, stream->external);
            else
                part_in(&parts[k], native, stream->external);
            native += parts[k].native;
            stream->external += parts[k].external;
        }
    }
}

static void convert_basic(struct stream *stream, const struct toc_datatype *type, uint64_t count)
{
    unsigned char native[BATCH_BYTES];
    struct part parts[2];
    int n = parts_of(type, parts);
    while (count > 0) {
        uint64_t batch = BATCH_BYTES / type->size < count ? BATCH_BYTES / type->size : count;
        if (stream->packing)
            toc_dt_pack(&stream->cursor, native, batch * type->size);
        convert_batch(stream, parts, n, native, batch);
        if (!stream->packing)
            toc_dt_unpack(&stream->cursor, native, batch * type->size);
        count -= batch;
    }
}

/* Goes through the basic types in packed order; where they lie is the cursor's business. */
static void convert(struct stream *stream, const struct toc_datatype *type, uint64_t count)
{
    if (type->size == 0)
        return;
    if (type->predefined) {
        convert_basic(stream, type, count);
        return;
    }
    const struct toc_contents *contents = type->contents;
    if (contents->combiner != MPI_COMBINER_STRUCT) {
        convert(stream, contents->types[0], count * inner_count(type, contents->types[0]));
        return;
    }
    for (uint64_t repetition = 0; repetition < count; repetition++)
        for (size_t i = 0; i < contents->n_types; i++)
            convert(stream, contents->types[i], (uint64_t)contents->values[1 + i]);
}

void toc_external_pack(const struct toc_datatype *type, const void *buffer, int64_t count,
                       void *external)
{
    struct stream stream = {.external = external, .packing = true};
    toc_dt_cursor_init(&stream.cursor, type, (void *)(uintptr_t)buffer, count, UINT64_MAX);
    convert(&stream, type, (uint64_t)count);
}

void toc_external_unpack(const struct toc_datatype *type, void *buffer, int64_t count,
                         const void *external)
{
    struct stream stream = {.external = (unsigned char *)(uintptr_t)external, .packing = false};
    toc_dt_cursor_init(&stream.cursor, type, buffer, count, UINT64_MAX);
    convert(&stream, type, (uint64_t)count);
}
