/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/datatype against typemaps (typemap.h): random nested types, their bounds, and everything that
 * the cursor does with them, in pieces of random size.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/error.h"
#include "datatype/construct.h"
#include "datatype/contents.h"
#include "datatype/cursor.h"
#include "typemap.h"

static void setup(void)
{
    ck_assert_int_eq(toc_datatype_init(), TOC_OK);
}

static void teardown(void)
{
    toc_datatype_finalize();
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), 0);
}

/* ---- random numbers: the same in every run ---- */

static uint64_t seed;

static uint32_t random_bits(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

/* low <= result <= high */
static int64_t between(int64_t low, int64_t high)
{
    return low + random_bits() % (high - low + 1);
}

static void fill(char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)random_bits();
}

/* ---- random types, made twice ---- */

struct sample {
    struct toc_datatype *type;
    struct typemap *map;
};

static void sample_free(struct sample sample)
{
    if (!sample.type->predefined)
        toc_datatype_free(sample.type);
    free(sample.map);
}

static struct sample random_basic(void)
{
    static const struct {
        MPI_Datatype handle;
        uint32_t size, alignment;
    } basics[] = {
        {MPI_BYTE, 1, 1},
        {MPI_SHORT, 2, 2},
        {MPI_INT, 4, 4},
        {MPI_DOUBLE, 8, 8},
        {MPI_LONG_DOUBLE, sizeof(long double), _Alignof(long double)},
        {MPI_CHAR, 1, 1},
        {MPI_C_DOUBLE_COMPLEX, 16, 8},
        {MPI_FLOAT, 4, 4},
    };
    size_t i = random_bits() % (sizeof(basics) / sizeof(basics[0]));
    return (struct sample){toc_datatype_get(basics[i].handle),
                           typemap_basic(basics[i].size, basics[i].alignment)};
}

/* MPI_SHORT_INT has a gap, MPI_DOUBLE_INT one at its end. */
static struct sample random_pair(void)
{
    bool gap = random_bits() % 2 == 0;
    struct typemap *value = gap ? typemap_basic(2, 2) : typemap_basic(8, 8);
    struct typemap *index = typemap_basic(4, 4);
    struct typemap *map = typemap_new();
    typemap_append(map, value, 0);
    typemap_append(map, index, gap ? 4 : 8);
    map->rounds = true;
    free(value);
    free(index);
    return (struct sample){toc_datatype_get(gap ? MPI_SHORT_INT : MPI_DOUBLE_INT), map};
}

#define BLOCKS 24

static int random_vector(const struct sample *old, bool in_bytes, struct toc_datatype **type,
                         struct typemap *map)
{
    int64_t count = between(0, random_bits() % 4 == 0 ? 40 : 5), blocklength = between(0, 4);
    int64_t unit = in_bytes ? 1 : old->type->extent;
    int64_t stride = in_bytes ? between(-100, 100) : between(-6, 6);
    for (int64_t i = 0; i < count && !map->full; i++)
        typemap_append_block(map, old->map, i * stride * unit, blocklength);
    if (in_bytes)
        return toc_datatype_hvector(count, blocklength, stride, old->type, type);
    return toc_datatype_vector(count, blocklength, stride, old->type, type);
}

static int random_indexed(const struct sample *old, bool in_bytes, bool same_length,
                          struct toc_datatype **type, struct typemap *map)
{
    int64_t count = between(0, BLOCKS), lengths[BLOCKS], displacements[BLOCKS];
    int64_t unit = in_bytes ? 1 : old->type->extent, length = between(0, 3);
    bool neighbours = random_bits() % 3 == 0;
    for (int64_t i = 0; i < count; i++) {
        lengths[i] = same_length ? length : between(0, 3);
        displacements[i] = in_bytes ? between(-300, 300) : between(-20, 20);
        if (neighbours && i > 0)
            displacements[i] =
                displacements[i - 1] + lengths[i - 1] * (in_bytes ? old->type->extent : 1);
        typemap_append_block(map, old->map, displacements[i] * unit, lengths[i]);
    }
    if (same_length)
        return in_bytes ? toc_datatype_hindexed_block(count, length, displacements, old->type, type)
                        : toc_datatype_indexed_block(count, length, displacements, old->type, type);
    return in_bytes ? toc_datatype_hindexed(count, lengths, displacements, old->type, type)
                    : toc_datatype_indexed(count, lengths, displacements, old->type, type);
}

static int random_struct(const struct sample *old, struct toc_datatype **type, struct typemap *map)
{
    struct sample members[4] = {*old, random_basic(), random_pair(), random_basic()};
    struct toc_datatype *types[6];
    int64_t count = between(0, 6), lengths[6], displacements[6];
    for (int64_t i = 0; i < count; i++) {
        const struct sample *member = &members[random_bits() % 4];
        types[i] = member->type;
        lengths[i] = between(0, 3);
        displacements[i] = between(-200, 200);
        typemap_append_block(map, member->map, displacements[i], lengths[i]);
        map->rounds = true;
    }
    for (int i = 1; i < 4; i++)
        sample_free(members[i]);
    return toc_datatype_struct(count, lengths, displacements, types, type);
}

/* Element by element, in the order of the array in memory. */
static void subarray_items(const struct sample *old, int ndims, const int64_t sizes[],
                           const int64_t subsizes[], const int64_t starts[], int order,
                           struct typemap *map)
{
    int64_t index[4] = {0}, total = 1;
    for (int d = 0; d < ndims; d++)
        total *= sizes[d];
    for (int64_t n = 0; n < total && !map->full; n++) {
        bool inside = true;
        int64_t rest = n;
        for (int i = 0; i < ndims; i++) {
            int d = order == MPI_ORDER_C ? ndims - 1 - i : i;
            index[d] = rest % sizes[d];
            rest /= sizes[d];
            inside = inside && index[d] >= starts[d] && index[d] < starts[d] + subsizes[d];
        }
        if (inside)
            typemap_append(map, old->map, n * old->type->extent);
    }
    map->marked = false; /* of the old type */
    typemap_mark(map, 0, 0);
    if (total * old->type->extent < 0)
        map->lb_marker = total * old->type->extent;
    else
        map->ub_marker = total * old->type->extent;
}

static int random_subarray(const struct sample *old, struct toc_datatype **type,
                           struct typemap *map)
{
    int ndims = (int)between(1, 4),
        order = random_bits() % 2 == 0 ? MPI_ORDER_C : MPI_ORDER_FORTRAN;
    int64_t sizes[4], subsizes[4], starts[4];
    for (int d = 0; d < ndims; d++) {
        sizes[d] = between(1, ndims == 1 ? 20 : 6);
        subsizes[d] = random_bits() % 3 == 0 ? sizes[d] : between(1, sizes[d]);
        starts[d] = between(0, sizes[d] - subsizes[d]);
    }
    subarray_items(old, ndims, sizes, subsizes, starts, order, map);
    return toc_datatype_subarray(ndims, sizes, subsizes, starts, order, old->type, type);
}

static int random_resized(const struct sample *old, struct toc_datatype **type, struct typemap *map)
{
    int64_t lb = between(-50, 50), extent = between(-60, 120);
    typemap_append(map, old->map, 0);
    map->marked = true;
    map->lb_marker = lb;
    map->ub_marker = lb + extent;
    return toc_datatype_resized(old->type, lb, extent, type);
}

static int random_derived(const struct sample *old, struct toc_datatype **type, struct typemap *map)
{
    int64_t count;
    switch (random_bits() % 11) {
    case 0:
        count = between(0, 20);
        typemap_append_block(map, old->map, 0, count);
        return toc_datatype_contiguous(count, old->type, type);
    case 1:
        return random_vector(old, false, type, map);
    case 2:
        return random_vector(old, true, type, map);
    case 3:
        return random_indexed(old, false, false, type, map);
    case 4:
        return random_indexed(old, true, false, type, map);
    case 5:
        return random_indexed(old, false, true, type, map);
    case 6:
        return random_indexed(old, true, true, type, map);
    case 7:
    case 8:
        return random_struct(old, type, map);
    case 9:
        return random_bits() % 2 == 0 ? random_subarray(old, type, map)
                                      : random_resized(old, type, map);
    default:
        typemap_append(map, old->map, 0);
        return toc_datatype_dup(old->type, type);
    }
}

/* A type of up to six levels; the inner ones are freed at once, some are committed before. */
static struct sample random_type(void)
{
    struct sample sample = random_bits() % 4 == 0 ? random_pair() : random_basic();
    for (int levels = (int)between(1, 6); levels > 0; levels--) {
        struct sample outer = {NULL, typemap_new()};
        int status = random_derived(&sample, &outer.type, outer.map);
        ck_assert_int_eq(status, TOC_OK);
        if (outer.map->full) {
            sample_free(outer);
            continue;
        }
        if (random_bits() % 3 == 0)
            ck_assert_int_eq(toc_datatype_commit(outer.type), TOC_OK);
        sample_free(sample);
        sample = outer;
    }
    ck_assert_int_eq(toc_datatype_commit(sample.type), TOC_OK);
    return sample;
}

/* ---- a buffer around `count` elements ---- */

struct area {
    int64_t count;
    size_t bytes;
    char *memory, *base; /* base: address of element 0 */
    uint64_t packed_bytes;
    char *packed;
};

#define MARGIN 64

static struct area area_new(const struct sample *sample, int64_t count)
{
    int64_t extent = typemap_extent(sample->map) * (count > 0 ? count - 1 : 0);
    int64_t low = typemap_true_lb(sample->map) + (extent < 0 ? extent : 0);
    int64_t high = typemap_true_ub(sample->map) + (extent > 0 ? extent : 0);
    struct area area = {.count = count, .bytes = (size_t)(high - low) + 2 * MARGIN};
    area.memory = malloc(area.bytes);
    area.base = area.memory + MARGIN - low;
    area.packed_bytes = typemap_size(sample->map) * (uint64_t)count;
    area.packed = malloc(area.packed_bytes + 1);
    fill(area.memory, area.bytes);
    typemap_pack(sample->map, area.base, count, area.packed);
    return area;
}

static void area_free(struct area *area)
{
    free(area->memory);
    free(area->packed);
}

#define SAMPLES 30 /* per run of a loop test */

/* Runs `check` on many types; the loop index chooses them. */
static void for_samples(int index, void (*check)(const struct sample *, struct area *))
{
    seed = (uint64_t)index * 7919 + 1;
    for (int i = 0; i < SAMPLES; i++) {
        struct sample sample = random_type();
        struct area area = area_new(&sample, between(0, 5));
        check(&sample, &area);
        area_free(&area);
        sample_free(sample);
    }
}

/* ---- properties ---- */

static void check_bounds(const struct sample *sample, struct area *area)
{
    const struct toc_datatype *type = sample->type;
    (void)area;
    ck_assert_uint_eq(type->size, typemap_size(sample->map));
    ck_assert_int_eq(type->lb, typemap_lb(sample->map));
    ck_assert_int_eq(type->extent, typemap_extent(sample->map));
    ck_assert_int_eq(type->true_lb, typemap_true_lb(sample->map));
    ck_assert_int_eq(type->true_lb + type->true_extent, typemap_true_ub(sample->map));
    ck_assert_uint_eq(type->elements, sample->map->n);
    ck_assert_uint_eq(type->form->size, type->size);
    ck_assert_uint_le(type->form->depth, TOC_FORM_DEPTH);
    if (type->is_contiguous && type->size > 0)
        ck_assert_int_eq(type->true_extent, (int64_t)type->size);
}

START_TEST(bounds_of_random_types)
{
    for_samples(_i, check_bounds);
}
END_TEST

static void check_elements(const struct sample *sample, struct area *area)
{
    uint64_t whole = 0, n = 0, got;
    for (int64_t k = 0; k < area->count; k++) {
        for (size_t i = 0; i < sample->map->n; i++) {
            ck_assert_int_eq(toc_datatype_elements(sample->type, whole, &got), TOC_OK);
            ck_assert_uint_eq(got, n);
            if (sample->map->items[i].size > 1) {
                ck_assert_int_eq(toc_datatype_elements(sample->type, whole + 1, &got), TOC_ERR_ARG);
                ck_assert_uint_eq(got, n);
            }
            whole += sample->map->items[i].size;
            n++;
        }
    }
    ck_assert_int_eq(toc_datatype_elements(sample->type, whole, &got), TOC_OK);
    ck_assert_uint_eq(got, n);
}

START_TEST(elements_of_random_types)
{
    for_samples(_i, check_elements);
}
END_TEST

/* ---- cursor ---- */

static void check_pack(const struct sample *sample, struct area *area)
{
    struct toc_dt_cursor cursor;
    char *out = malloc(area->packed_bytes + 1);
    int64_t longest = random_bits() % 2 == 0 ? 20 : (int64_t)area->packed_bytes + 1;
    toc_dt_cursor_init(&cursor, sample->type, area->base, area->count, UINT64_MAX);
    uint64_t done = 0;
    while (done < area->packed_bytes) {
        uint64_t wanted = (uint64_t)between(1, longest), left = area->packed_bytes - done;
        uint64_t got = toc_dt_pack(&cursor, out + done, wanted);
        ck_assert_uint_eq(got, wanted < left ? wanted : left);
        done += got;
        ck_assert_uint_eq(toc_dt_cursor_left(&cursor), area->packed_bytes - done);
    }
    ck_assert_uint_eq(toc_dt_pack(&cursor, out, 100), 0);
    ck_assert_int_eq(memcmp(out, area->packed, area->packed_bytes), 0);
    free(out);
}

START_TEST(pack_in_pieces)
{
    for_samples(_i, check_pack);
}
END_TEST

static void check_unpack(const struct sample *sample, struct area *area)
{
    struct toc_dt_cursor cursor;
    char *expected = malloc(area->bytes);
    int64_t longest = random_bits() % 2 == 0 ? 20 : (int64_t)area->packed_bytes + 1;
    fill(area->packed, area->packed_bytes);
    memcpy(expected, area->memory, area->bytes);
    typemap_unpack(sample->map, expected + (area->base - area->memory), area->count, area->packed);
    toc_dt_cursor_init(&cursor, sample->type, area->base, area->count, UINT64_MAX);
    for (uint64_t done = 0; done < area->packed_bytes;) {
        uint64_t got = toc_dt_unpack(&cursor, area->packed + done, (uint64_t)between(1, longest));
        ck_assert_uint_gt(got, 0);
        done += got;
    }
    ck_assert_uint_eq(toc_dt_unpack(&cursor, area->packed, 100), 0);
    ck_assert_int_eq(memcmp(area->memory, expected, area->bytes), 0);
    free(expected);
}

START_TEST(unpack_in_pieces)
{
    for_samples(_i, check_unpack);
}
END_TEST

static void check_seek(const struct sample *sample, struct area *area)
{
    struct toc_dt_cursor cursor;
    char out[64];
    toc_dt_cursor_init(&cursor, sample->type, area->base, area->count, UINT64_MAX);
    for (int i = 0; i < 200; i++) {
        uint64_t offset = (uint64_t)between(0, (int64_t)area->packed_bytes);
        uint64_t wanted = (uint64_t)between(0, sizeof(out)), left = area->packed_bytes - offset;
        toc_dt_cursor_seek(&cursor, offset);
        struct toc_dt_cursor copy = cursor; /* copying by assignment is allowed */
        memset(&cursor, 0xff, sizeof(cursor));
        uint64_t got = toc_dt_pack(&copy, out, wanted);
        ck_assert_uint_eq(got, wanted < left ? wanted : left);
        ck_assert_int_eq(memcmp(out, area->packed + offset, got), 0);
        cursor = copy;
    }
    toc_dt_cursor_seek(&cursor, area->packed_bytes + 1);
    ck_assert_uint_eq(toc_dt_cursor_left(&cursor), 0);
}

START_TEST(seek_anywhere)
{
    for_samples(_i, check_seek);
}
END_TEST

#define IOVECS 9

static void check_segments(const struct sample *sample, struct area *area)
{
    struct toc_dt_cursor cursor;
    struct iovec iov[IOVECS];
    toc_dt_cursor_init(&cursor, sample->type, area->base, area->count, UINT64_MAX);
    for (int i = 0; i < 100; i++) {
        uint64_t offset = (uint64_t)between(0, (int64_t)area->packed_bytes), covered;
        uint64_t wanted = (uint64_t)between(0, (int64_t)area->packed_bytes), sum = 0;
        int max = (int)between(1, IOVECS);
        toc_dt_cursor_seek(&cursor, offset);
        for (int call = 0; call < 3; call++) { /* goes on where the last call stopped */
            int n = toc_dt_segments(&cursor, wanted, iov, max, &covered);
            uint64_t left = area->packed_bytes - offset - sum, all = 0;
            ck_assert_int_le(n, max);
            ck_assert_uint_le(covered, wanted < left ? wanted : left);
            if (n < max) /* there was room for more */
                ck_assert_uint_eq(covered, wanted < left ? wanted : left);
            for (int k = 0; k < n; k++) {
                ck_assert_int_eq(
                    memcmp(iov[k].iov_base, area->packed + offset + sum + all, iov[k].iov_len), 0);
                if (k > 0)
                    ck_assert_ptr_ne((char *)iov[k - 1].iov_base + iov[k - 1].iov_len,
                                     iov[k].iov_base);
                all += iov[k].iov_len;
            }
            ck_assert_uint_eq(all, covered);
            sum += covered;
            ck_assert_uint_eq(cursor.position, offset + sum);
        }
    }
}

START_TEST(segments_anywhere)
{
    for_samples(_i, check_segments);
}
END_TEST

static void check_limit(const struct sample *sample, struct area *area)
{
    struct toc_dt_cursor cursor;
    char *out = malloc(area->packed_bytes + 1);
    uint64_t limit = (uint64_t)between(0, (int64_t)area->packed_bytes);
    toc_dt_cursor_init(&cursor, sample->type, area->base, area->count, limit);
    ck_assert_uint_eq(toc_dt_pack(&cursor, out, limit / 2), limit / 2);
    ck_assert_uint_eq(toc_dt_pack(&cursor, out + limit / 2, UINT64_MAX), limit - limit / 2);
    ck_assert_int_eq(memcmp(out, area->packed, limit), 0);
    toc_dt_cursor_seek(&cursor, limit + 1);
    ck_assert_uint_eq(toc_dt_pack(&cursor, out, 1), 0);
    free(out);
}

START_TEST(cursor_stops_at_limit)
{
    for_samples(_i, check_limit);
}
END_TEST

/* As a message between two types of the same packed size, one of which is contiguous now and then.
 */
static void check_copy(const struct sample *sample, struct area *area)
{
    struct area other = area_new(sample, area->count);
    struct toc_datatype *bytes = toc_datatype_get(MPI_BYTE);
    int64_t n = (int64_t)area->packed_bytes;
    char *expected = malloc(area->bytes), *flat = malloc(area->packed_bytes + 1);

    memcpy(expected, area->memory, area->bytes);
    typemap_unpack(sample->map, expected + (area->base - area->memory), area->count, other.packed);
    ck_assert_uint_eq(toc_dt_copy(bytes, flat, n, sample->type, other.base, other.count),
                      area->packed_bytes);
    ck_assert_int_eq(memcmp(flat, other.packed, area->packed_bytes), 0);

    char *memory = malloc(area->bytes);
    memcpy(memory, area->memory, area->bytes);
    char *base = memory + (area->base - area->memory);
    toc_dt_copy(sample->type, base, area->count, bytes, flat, n);
    ck_assert_int_eq(memcmp(memory, expected, area->bytes), 0);

    memcpy(memory, area->memory, area->bytes);
    toc_dt_copy(sample->type, base, area->count, sample->type, other.base, other.count);
    ck_assert_int_eq(memcmp(memory, expected, area->bytes), 0);
    free(memory);
    free(flat);
    free(expected);
    area_free(&other);
}

START_TEST(copy_between_types)
{
    for_samples(_i, check_copy);
}
END_TEST

/* ---- special forms ---- */

static struct toc_datatype *committed(int status, struct toc_datatype **type)
{
    ck_assert_int_eq(status, TOC_OK);
    ck_assert_int_eq(toc_datatype_commit(*type), TOC_OK);
    return *type;
}

START_TEST(recognises_contiguous)
{
    struct toc_datatype *type, *inner, *ints = toc_datatype_get(MPI_INT);
    ck_assert(ints->is_contiguous);

    committed(toc_datatype_contiguous(100, ints, &type), &type);
    ck_assert(type->is_contiguous);
    toc_datatype_free(type);

    committed(toc_datatype_vector(10, 3, 3, ints, &type), &type);
    ck_assert(type->is_contiguous);
    ck_assert_uint_eq(type->form->n_entries, 1);
    toc_datatype_free(type);

    int64_t lengths[] = {2, 1, 4}, displacements[] = {3, 5, 6};
    committed(toc_datatype_indexed(3, lengths, displacements, ints, &type), &type);
    ck_assert(type->is_contiguous);
    ck_assert_int_eq(type->true_lb, 12);
    toc_datatype_free(type);

    committed(toc_datatype_vector(10, 3, 4, ints, &type), &type);
    ck_assert(!type->is_contiguous);
    toc_datatype_free(type);

    committed(toc_datatype_resized(ints, 0, 8, &type), &type); /* a block, but with gaps between */
    ck_assert(!type->is_contiguous);
    ck_assert(toc_form_is_block(type->form));
    toc_datatype_free(type);

    /* Blocks next to each other in memory, but not in the order of the typemap */
    int64_t swapped[] = {1, 0};
    committed(toc_datatype_indexed_block(2, 1, swapped, ints, &type), &type);
    ck_assert(!type->is_contiguous);
    toc_datatype_free(type);

    ck_assert_int_eq(toc_datatype_vector(4, 2, 4, ints, &inner), TOC_OK);
    committed(toc_datatype_hvector(1000, 1, 64, inner, &type), &type);
    ck_assert_uint_eq(type->form->n_entries, 1); /* goes on with the same stride */
    ck_assert_ptr_null(type->form->entries[0].child);
    ck_assert_uint_eq(type->form->entries[0].count, 4000);
    ck_assert_int_eq(type->form->entries[0].stride, 16);
    toc_datatype_free(type);
    toc_datatype_free(inner);
}
END_TEST

/* Two vectors one after the other that must not become one: the second one starts where the first
 * would go on with the second's stride. */
START_TEST(vectors_with_different_strides)
{
    struct toc_datatype *narrow, *wide, *type, *ints = toc_datatype_get(MPI_INT);
    ck_assert_int_eq(toc_datatype_hvector(3, 1, 8, ints, &narrow), TOC_OK);
    ck_assert_int_eq(toc_datatype_hvector(3, 1, 16, ints, &wide), TOC_OK);
    struct toc_datatype *types[] = {narrow, wide};
    int64_t ones[] = {1, 1}, displacements[] = {0, 48};
    committed(toc_datatype_struct(2, ones, displacements, types, &type), &type);
    static const int places[] = {0, 2, 4, 12, 16, 20};
    int from[21], to[6];
    for (int i = 0; i < 21; i++)
        from[i] = i;
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, from, 1, UINT64_MAX);
    ck_assert_uint_eq(toc_dt_pack(&cursor, to, sizeof(to)), sizeof(to));
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(to[i], places[i]);
    toc_datatype_free(type);
    toc_datatype_free(narrow);
    toc_datatype_free(wide);
}
END_TEST

START_TEST(large_regular_types_stay_small)
{
    struct toc_datatype *type, *pair = toc_datatype_get(MPI_SHORT_INT);
    committed(toc_datatype_contiguous(1000 * 1000 * 1000, pair, &type), &type);
    ck_assert_uint_eq(type->size, UINT64_C(6000000000));
    ck_assert_uint_le(type->form->n_entries, 2);
    toc_datatype_free(type);

    int64_t sizes[] = {1000, 1000, 1000, 1000}, subsizes[] = {900, 800, 700, 600};
    int64_t starts[] = {1, 2, 3, 4};
    committed(toc_datatype_subarray(4, sizes, subsizes, starts, MPI_ORDER_C,
                                    toc_datatype_get(MPI_DOUBLE), &type),
              &type);
    ck_assert_int_eq(type->extent, (int64_t)8 * 1000 * 1000 * 1000 * 1000);
    ck_assert_int_eq(type->true_lb, (int64_t)8 * (1002003 * (int64_t)1000 + 4));
    ck_assert_uint_le(type->form->n_entries, 2);
    toc_datatype_free(type);
}
END_TEST

#define LEVELS 9 /* deeper than TOC_FORM_DEPTH */
#define FANOUT 17
_Static_assert(LEVELS > TOC_FORM_DEPTH, "the deepest levels must be written out");

/* FANOUT ^ LEVELS bytes. Nothing is copied: addresses follow from the digits of the offset. */
START_TEST(nesting_beyond_the_depth_of_loops)
{
    struct toc_datatype *type = toc_datatype_get(MPI_BYTE), *outer;
    int64_t stride[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
        stride[level] = level == 0 ? 3 : stride[level - 1] * (FANOUT + 1);
        ck_assert_int_eq(toc_datatype_hvector(FANOUT, 1, stride[level], type, &outer), TOC_OK);
        if (!type->predefined)
            toc_datatype_free(type);
        type = outer;
    }
    ck_assert_int_eq(toc_datatype_commit(type), TOC_OK);
    ck_assert_uint_eq(type->form->depth, TOC_FORM_DEPTH);
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, (char *)4096, 3, UINT64_MAX);
    for (int i = 0; i < 2000; i++) {
        uint64_t offset = ((uint64_t)random_bits() << 31 | random_bits()) % cursor.total, covered;
        toc_dt_cursor_seek(&cursor, offset);
        for (int k = 0; k < 40 && offset < cursor.total; k++, offset++) {
            struct iovec iov;
            ck_assert_int_eq(toc_dt_segments(&cursor, 1, &iov, 1, &covered), 1);
            uint64_t rest = offset, address = 4096;
            for (int level = 0; level < LEVELS; level++, rest /= FANOUT)
                address += rest % FANOUT * (uint64_t)stride[level];
            address += rest * (uint64_t)type->extent;
            ck_assert_uint_eq((uintptr_t)iov.iov_base, address);
        }
    }
    toc_datatype_free(type);
}
END_TEST

/* ---- predefined types ---- */

static const struct {
    const char *name, *type;
    uintptr_t value;
} constants[] = {
#define ABI_ENUM(name, value)
#define ABI_MACRO(name, type, value)
#define ABI_POINTER(name, type, value) {#name, #type, value},
#define ABI_TYPE(name, bytes)
#define ABI_HANDLE(name, tag)
#include "abi_constants.def"
};

/* Values that appear under two names */
static bool is_alias(const char *name)
{
    return strcmp(name, "MPI_LONG_LONG_INT") == 0 || strcmp(name, "MPI_C_FLOAT_COMPLEX") == 0;
}

START_TEST(every_abi_constant_is_a_type)
{
    int n = 0;
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (strcmp(constants[i].type, "MPI_Datatype") != 0)
            continue;
        struct toc_datatype *type = toc_datatype_get((MPI_Datatype)constants[i].value);
        if (strcmp(constants[i].name, "MPI_DATATYPE_NULL") == 0) {
            ck_assert_ptr_null(type);
            continue;
        }
        ck_assert_msg(type != NULL, "%s is not defined", constants[i].name);
        ck_assert(type->committed && type->predefined);
        if (!is_alias(constants[i].name))
            ck_assert_str_eq(type->name, constants[i].name);
        n++;
    }
    ck_assert_int_ge(n, 70);
}
END_TEST

#define CHECK_SIZE(handle, bytes, bytes_extent)                                                    \
    do {                                                                                           \
        ck_assert_uint_eq(toc_datatype_get(handle)->size, bytes);                                  \
        ck_assert_int_eq(toc_datatype_get(handle)->extent, bytes_extent);                          \
    } while (0)

START_TEST(sizes_of_predefined_types)
{
    CHECK_SIZE(MPI_CHAR, 1, 1);
    CHECK_SIZE(MPI_SHORT, 2, 2);
    CHECK_SIZE(MPI_INT, 4, 4);
    CHECK_SIZE(MPI_LONG, sizeof(long), (int64_t)sizeof(long));
    CHECK_SIZE(MPI_LONG_LONG_INT, 8, 8);
    CHECK_SIZE(MPI_FLOAT, 4, 4);
    CHECK_SIZE(MPI_DOUBLE, 8, 8);
    CHECK_SIZE(MPI_LONG_DOUBLE, sizeof(long double), (int64_t)sizeof(long double));
    CHECK_SIZE(MPI_C_COMPLEX, 8, 8);
    CHECK_SIZE(MPI_C_DOUBLE_COMPLEX, 16, 16);
    CHECK_SIZE(MPI_C_BOOL, 1, 1);
    CHECK_SIZE(MPI_CXX_BOOL, 1, 1);
    CHECK_SIZE(MPI_WCHAR, sizeof(wchar_t), (int64_t)sizeof(wchar_t));
    CHECK_SIZE(MPI_AINT, 8, 8);
    CHECK_SIZE(MPI_COUNT, 8, 8);
    CHECK_SIZE(MPI_OFFSET, 8, 8);
    CHECK_SIZE(MPI_PACKED, 1, 1);
    CHECK_SIZE(MPI_INTEGER, 4, 4);
    CHECK_SIZE(MPI_LOGICAL, 4, 4);
    CHECK_SIZE(MPI_REAL, 4, 4);
    CHECK_SIZE(MPI_DOUBLE_PRECISION, 8, 8);
    CHECK_SIZE(MPI_COMPLEX, 8, 8);
    CHECK_SIZE(MPI_DOUBLE_COMPLEX, 16, 16);
    CHECK_SIZE(MPI_REAL2, 2, 2);
    CHECK_SIZE(MPI_REAL16, 16, 16);
    CHECK_SIZE(MPI_COMPLEX4, 4, 4);
    CHECK_SIZE(MPI_COMPLEX32, 32, 32);
    CHECK_SIZE(MPI_INTEGER16, 16, 16);
    CHECK_SIZE(MPI_LOGICAL1, 1, 1);
    CHECK_SIZE(MPI_LOGICAL16, 16, 16);
    CHECK_SIZE(MPI_UINT8_T, 1, 1);
    CHECK_SIZE(MPI_INT64_T, 8, 8);
    CHECK_SIZE(MPI_2INT, 8, 8);
    CHECK_SIZE(MPI_SHORT_INT, 6, 8);
    CHECK_SIZE(MPI_FLOAT_INT, 8, 8);
    CHECK_SIZE(MPI_DOUBLE_INT, 12, 16);
    CHECK_SIZE(MPI_2REAL, 8, 8);
    CHECK_SIZE(MPI_2DOUBLE_PRECISION, 16, 16);
    CHECK_SIZE(MPI_2INTEGER, 8, 8);
    struct long_int {
        long value;
        int index;
    };
    struct long_double_int {
        long double value;
        int index;
    };
    CHECK_SIZE(MPI_LONG_INT, sizeof(long) + 4, (int64_t)sizeof(struct long_int));
    CHECK_SIZE(MPI_LONG_DOUBLE_INT, sizeof(long double) + 4,
               (int64_t)sizeof(struct long_double_int));
}
END_TEST

/* ---- examples of the standard ---- */

START_TEST(extent_examples)
{
    struct toc_datatype *type, *resized;
    struct toc_datatype *members[] = {toc_datatype_get(MPI_DOUBLE), toc_datatype_get(MPI_CHAR)};
    int64_t ones[] = {1, 1}, displacements[] = {0, 8}; /* 5.1: {(double, 0), (char, 8)} */
    ck_assert_int_eq(toc_datatype_struct(2, ones, displacements, members, &type), TOC_OK);
    ck_assert_uint_eq(type->size, 9);
    ck_assert_int_eq(type->lb, 0);
    ck_assert_int_eq(type->extent, 16);
    ck_assert_int_eq(type->true_extent, 9);

    ck_assert_int_eq(toc_datatype_resized(type, -3, 9, &resized), TOC_OK);
    ck_assert_int_eq(resized->lb, -3);
    ck_assert_int_eq(resized->extent, 9);
    ck_assert_int_eq(resized->true_lb, 0);
    toc_datatype_free(type);

    ck_assert_int_eq(toc_datatype_contiguous(2, resized, &type), TOC_OK); /* 5.8: markers add up */
    ck_assert_int_eq(type->lb, -3);
    ck_assert_int_eq(type->extent, 18);
    toc_datatype_free(resized);

    ck_assert_int_eq(toc_datatype_resized(type, 0, 40, &resized),
                     TOC_OK); /* replaced, not merged */
    ck_assert_int_eq(resized->lb, 0);
    ck_assert_int_eq(resized->extent, 40);
    toc_datatype_free(resized);
    toc_datatype_free(type);
}
END_TEST

/* As with MPICH and Open MPI: each displacement + extent of the old type lies inside. */
START_TEST(extent_is_rounded_for_structs_only)
{
    struct toc_datatype *integer = toc_datatype_get(MPI_INT), *vector, *outer, *structure;
    struct toc_datatype *members[] = {integer, toc_datatype_get(MPI_CHAR)};
    int64_t ones[] = {1, 1}, displacements[] = {0, 5};
    ck_assert_int_eq(toc_datatype_hvector(3, 4, 25, integer, &vector), TOC_OK);
    ck_assert_int_eq(vector->extent, 66);
    ck_assert_int_eq(toc_datatype_hvector(2, 3, 4 * 66 + 1, vector, &outer), TOC_OK);
    ck_assert_int_eq(outer->extent, 4 * 66 + 1 + 3 * 66);
    toc_datatype_free(outer);
    ck_assert_int_eq(toc_datatype_contiguous(2, vector, &outer), TOC_OK);
    ck_assert_int_eq(outer->extent, 2 * 66);
    toc_datatype_free(outer);
    toc_datatype_free(vector);
    ck_assert_int_eq(toc_datatype_hindexed(2, ones, displacements, integer, &outer), TOC_OK);
    ck_assert_int_eq(outer->extent, 9);
    toc_datatype_free(outer);
    ck_assert_int_eq(toc_datatype_hindexed_block(2, 1, displacements, integer, &outer), TOC_OK);
    ck_assert_int_eq(outer->extent, 9);
    toc_datatype_free(outer);
    ck_assert_int_eq(toc_datatype_struct(2, ones, displacements, members, &structure), TOC_OK);
    ck_assert_int_eq(structure->extent, 8);
    ck_assert_int_eq(toc_datatype_hvector(2, 1, 17, structure, &outer), TOC_OK);
    ck_assert_int_eq(outer->extent, 17 + 8);
    ck_assert_int_eq(outer->true_extent, 17 + 6);
    toc_datatype_free(outer);
    toc_datatype_free(structure);
}
END_TEST

START_TEST(empty_types)
{
    struct toc_datatype *type, *outer;
    ck_assert_int_eq(toc_datatype_contiguous(0, toc_datatype_get(MPI_INT), &type), TOC_OK);
    committed(toc_datatype_vector(5, 3, 7, type, &outer), &outer);
    ck_assert_uint_eq(outer->size, 0);
    ck_assert_int_eq(outer->extent, 0);
    ck_assert_int_eq(outer->true_extent, 0);
    struct toc_dt_cursor cursor;
    char byte = 'x';
    toc_dt_cursor_init(&cursor, outer, &byte, 100, UINT64_MAX);
    ck_assert_uint_eq(toc_dt_pack(&cursor, &byte, 1), 0);
    ck_assert_int_eq(byte, 'x');
    toc_datatype_free(type);
    toc_datatype_free(outer);

    ck_assert_int_eq(toc_datatype_struct(0, NULL, NULL, NULL, &type), TOC_OK);
    ck_assert_int_eq(toc_datatype_commit(type), TOC_OK);
    toc_datatype_free(type);
}
END_TEST

START_TEST(arguments_out_of_range)
{
    struct toc_datatype *type = NULL, *huge, *ints = toc_datatype_get(MPI_INT);
    int64_t negative[] = {1, -1}, zeros[] = {0, 0}, far[] = {0, INT64_MAX};
    struct toc_datatype *types[] = {ints, ints};
    ck_assert_int_eq(toc_datatype_contiguous(-1, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_vector(-1, 1, 1, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_vector(1, -1, 1, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_hvector(1, -1, 1, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_indexed(-1, zeros, zeros, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_indexed(2, negative, zeros, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_hindexed(2, negative, zeros, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_indexed_block(2, -1, zeros, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_hindexed_block(-2, 1, zeros, ints, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_struct(2, negative, zeros, types, &type), TOC_ERR_COUNT);
    ck_assert_int_eq(toc_datatype_subarray(0, zeros, zeros, zeros, MPI_ORDER_C, ints, &type),
                     TOC_ERR_ARG);
    ck_assert_int_eq(toc_datatype_subarray(1, zeros, zeros, zeros, MPI_ORDER_C, ints, &type),
                     TOC_ERR_ARG);

    ck_assert_int_eq(toc_datatype_contiguous(INT64_MAX, ints, &type), TOC_ERR_ARG);
    ck_assert_int_eq(toc_datatype_vector(INT64_MAX, 1, INT64_MAX, ints, &type), TOC_ERR_ARG);
    ck_assert_int_eq(toc_datatype_vector(2, 1, INT64_MIN, ints, &type), TOC_ERR_ARG);
    ck_assert_int_eq(toc_datatype_hindexed_block(2, 1, far, ints, &type), TOC_ERR_ARG);
    ck_assert_int_eq(toc_datatype_resized(ints, INT64_MIN, 1, &type), TOC_ERR_ARG);
    ck_assert_ptr_null(type);

    ck_assert_int_eq(toc_datatype_contiguous((int64_t)1 << 40, ints, &huge), TOC_OK);
    ck_assert_uint_eq(huge->size, (uint64_t)1 << 42);
    ck_assert_int_eq(toc_datatype_contiguous((int64_t)1 << 40, huge, &type), TOC_ERR_ARG);
    toc_datatype_free(huge);
}
END_TEST

/* ---- lifetime ---- */

START_TEST(freed_types_are_stale_and_stay_alive)
{
    struct toc_datatype *inner, *outer;
    ck_assert_int_eq(toc_datatype_vector(3, 1, 2, toc_datatype_get(MPI_INT), &inner), TOC_OK);
    ck_assert_int_eq(toc_datatype_contiguous(2, inner, &outer), TOC_OK);
    MPI_Datatype handle = toc_datatype_handle(inner);
    ck_assert_ptr_eq(toc_datatype_get(handle), inner);
    toc_datatype_free(inner);
    ck_assert_ptr_null(toc_datatype_get(handle));
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), 2); /* outer needs it */
    ck_assert_int_eq(toc_datatype_commit(outer), TOC_OK);

    toc_datatype_retain(outer); /* a pending operation */
    MPI_Datatype outer_handle = toc_datatype_handle(outer);
    toc_datatype_free(outer);
    ck_assert_ptr_null(toc_datatype_get(outer_handle));
    struct toc_dt_cursor cursor;
    int from[12] = {1, 0, 2, 0, 3, 4, 0, 5, 0, 6}, to[6];
    toc_dt_cursor_init(&cursor, outer, from, 1, UINT64_MAX);
    ck_assert_uint_eq(toc_dt_pack(&cursor, to, sizeof(to)), sizeof(to));
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(to[i], i + 1);
    toc_datatype_release(outer); /* ends, perhaps in the handler: nothing is freed yet */
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), 2);
    toc_datatype_reap();
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), 0);
}
END_TEST

START_TEST(handles_are_reused_with_a_new_value)
{
    struct toc_datatype *type;
    MPI_Datatype seen[50];
    for (int i = 0; i < 50; i++) {
        ck_assert_int_eq(toc_datatype_contiguous(1, toc_datatype_get(MPI_INT), &type), TOC_OK);
        seen[i] = toc_datatype_handle(type);
        for (int k = 0; k < i; k++) {
            ck_assert_ptr_ne(seen[k], seen[i]);
            ck_assert_ptr_null(toc_datatype_get(seen[k]));
        }
        ck_assert_str_eq(type->name, "");
        strcpy(type->name, "left behind");
        toc_datatype_free(type);
    }
}
END_TEST

START_TEST(clones_are_types_of_their_own)
{
    struct toc_datatype *type, *clone;
    committed(toc_datatype_vector(3, 1, 2, toc_datatype_get(MPI_INT), &type), &type);
    strcpy(type->name, "original");
    ck_assert_int_eq(toc_datatype_clone(type, &clone), TOC_OK);
    ck_assert_ptr_ne(toc_datatype_handle(type), toc_datatype_handle(clone));
    toc_datatype_free(type);
    ck_assert_ptr_eq(toc_datatype_get(toc_datatype_handle(clone)), clone);
    ck_assert_str_eq(clone->name, "");
    ck_assert_int_eq(clone->contents->combiner, MPI_COMBINER_VECTOR);
    ck_assert_int_eq(clone->extent, 20);
    ck_assert_uint_eq(clone->form->entries[0].count, 3);
    toc_datatype_free(clone);

    struct toc_datatype *ints = toc_datatype_get(MPI_INT);
    ck_assert_int_eq(toc_datatype_clone(ints, &clone), TOC_OK);
    ck_assert_ptr_eq(clone, ints);
}
END_TEST

START_TEST(null_buffers)
{
    struct toc_datatype *type, *ints = toc_datatype_get(MPI_INT);
    int64_t address = (int64_t)(uintptr_t)&type;
    ck_assert(toc_datatype_is_null_buffer(ints, NULL, 1));
    ck_assert(!toc_datatype_is_null_buffer(ints, NULL, 0));
    ck_assert(!toc_datatype_is_null_buffer(ints, &address, 1));
    ck_assert_int_eq(toc_datatype_hindexed_block(1, 1, &address, ints, &type), TOC_OK);
    ck_assert(!toc_datatype_is_null_buffer(type, MPI_BOTTOM, 1));
    toc_datatype_free(type);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("datatype");
    TCase *cursor = tcase_create("random types");
    tcase_set_timeout(cursor, 60);
    tcase_add_checked_fixture(cursor, setup, teardown);
    tcase_add_loop_test(cursor, bounds_of_random_types, 0, 10);
    tcase_add_loop_test(cursor, elements_of_random_types, 0, 5);
    tcase_add_loop_test(cursor, pack_in_pieces, 0, 10);
    tcase_add_loop_test(cursor, unpack_in_pieces, 0, 10);
    tcase_add_loop_test(cursor, seek_anywhere, 0, 10);
    tcase_add_loop_test(cursor, segments_anywhere, 0, 10);
    tcase_add_loop_test(cursor, cursor_stops_at_limit, 0, 5);
    tcase_add_loop_test(cursor, copy_between_types, 0, 5);
    suite_add_tcase(suite, cursor);

    TCase *types = tcase_create("types");
    tcase_add_checked_fixture(types, setup, teardown);
    tcase_add_test(types, recognises_contiguous);
    tcase_add_test(types, vectors_with_different_strides);
    tcase_add_test(types, large_regular_types_stay_small);
    tcase_add_test(types, nesting_beyond_the_depth_of_loops);
    tcase_add_test(types, every_abi_constant_is_a_type);
    tcase_add_test(types, sizes_of_predefined_types);
    tcase_add_test(types, extent_examples);
    tcase_add_test(types, extent_is_rounded_for_structs_only);
    tcase_add_test(types, empty_types);
    tcase_add_test(types, arguments_out_of_range);
    tcase_add_test(types, freed_types_are_stale_and_stay_alive);
    tcase_add_test(types, handles_are_reused_with_a_new_value);
    tcase_add_test(types, clones_are_types_of_their_own);
    tcase_add_test(types, null_buffers);
    suite_add_tcase(suite, types);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
