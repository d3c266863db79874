/* SPDX-License-Identifier: BSD-3-Clause */
#include "datatype/construct.h"

#include <string.h>

#include "base/error.h"
#include "datatype/contents.h"

/*
 * Each constructor only checks and records its arguments (struct toc_contents). assemble() turns
 * the record into a typemap's properties, and at commit into the flattened form as well.
 */

/* Sizes and bounds stay below 2^62, so that sums of two of them need no check. */
#define LIMIT ((toc_int128)1 << 62)

/* A typemap: one of the old type, of a block, of the new type. */
struct piece {
    uint64_t size;
    uint64_t elements;
    int64_t true_lb, true_ub; /* of the data; valid if size > 0 */
    int64_t old_lb, old_ub;   /* of the bounds of what it consists of; valid if size > 0 */
    int64_t lb, ub;           /* of the lb and ub markers; valid if sticky */
    bool sticky;
    uint32_t basic_size, alignment;
    bool flatten; /* build the form, too */
    struct toc_form *form;
    struct toc_form_builder builder;
    int error;
};

static int64_t bounded(struct piece *piece, toc_int128 value)
{
    if (value > -LIMIT && value < LIMIT)
        return (int64_t)value;
    piece->error = TOC_ERR_ARG;
    return 0;
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void piece_mark(struct piece *piece, int64_t lb, int64_t ub)
{
    piece->lb = piece->sticky ? min64(piece->lb, lb) : lb;
    piece->ub = piece->sticky ? max64(piece->ub, ub) : ub;
    piece->sticky = true;
}

/* `low` and `high`: displacements of the first and the last copy in memory. */
static void piece_add_data(struct piece *piece, const struct piece *part, toc_int128 low,
                           toc_int128 high, int64_t count)
{
    bool first = piece->size == 0;
    int64_t lb = bounded(piece, low + part->true_lb), ub = bounded(piece, high + part->true_ub);
    int64_t old_lb = bounded(piece, low + part->old_lb);
    int64_t old_ub = bounded(piece, high + part->old_ub);
    piece->true_lb = first ? lb : min64(piece->true_lb, lb);
    piece->true_ub = first ? ub : max64(piece->true_ub, ub);
    piece->old_lb = first ? old_lb : min64(piece->old_lb, old_lb);
    piece->old_ub = first ? old_ub : max64(piece->old_ub, old_ub);
    piece->basic_size = first || piece->basic_size == part->basic_size ? part->basic_size : 0;
    if (part->alignment > piece->alignment)
        piece->alignment = part->alignment;
    toc_int128 size = (toc_int128)part->size * count + piece->size;
    piece->size = (uint64_t)bounded(piece, size);
    piece->elements += part->elements * (uint64_t)count;
}

/* Adds `count` copies of `part`, `stride` bytes apart, the first at `offset`. */
static void piece_add(struct piece *piece, const struct piece *part, toc_int128 offset,
                      int64_t count, toc_int128 stride)
{
    if (part->error != 0)
        piece->error = part->error;
    if (count == 0 || piece->error != 0 || (part->size == 0 && !part->sticky))
        return;
    int64_t first = bounded(piece, offset), step = count > 1 ? bounded(piece, stride) : 0;
    toc_int128 last = first + (toc_int128)(count - 1) * step;
    toc_int128 low = last < first ? last : first, high = last < first ? first : last;
    if (part->sticky)
        piece_mark(piece, bounded(piece, low + part->lb), bounded(piece, high + part->ub));
    if (part->size == 0)
        return;
    piece_add_data(piece, part, low, high, count);
    if (piece->flatten && piece->error == 0)
        toc_form_append(&piece->builder, part->form, first, (uint64_t)count, step);
}

static void piece_close(struct piece *piece)
{
    if (!piece->flatten)
        return;
    int status = toc_form_finish(&piece->builder, &piece->form);
    if (piece->error == 0)
        piece->error = status;
}

static struct piece piece_of(const struct toc_datatype *type)
{
    return (struct piece){
        .size = type->size,
        .elements = type->elements,
        .true_lb = type->true_lb,
        .true_ub = type->true_lb + type->true_extent,
        .old_lb = type->lb,
        .old_ub = type->lb + type->extent,
        .lb = type->lb,
        .ub = type->lb + type->extent,
        .sticky = type->sticky,
        .basic_size = type->basic_size,
        .alignment = type->alignment,
        .form = type->form,
    };
}

/* Blocks of `blocklength` elements. */
static void assemble_vector(struct piece *whole, const struct toc_datatype *old, int64_t count,
                            int64_t blocklength, toc_int128 stride)
{
    struct piece element = piece_of(old);
    struct piece block = {.flatten = whole->flatten};
    piece_add(&block, &element, 0, blocklength, old->extent);
    piece_close(&block);
    piece_add(whole, &block, 0, count, stride);
    toc_form_release(block.form);
}

/* Blocks of different lengths (`n_lengths` = count) or all the same (1), of one or many types. */
static void assemble_blocks(struct piece *whole, const struct toc_contents *contents,
                            size_t n_lengths, int64_t unit)
{
    int64_t count = contents->values[0];
    const int64_t *lengths = &contents->values[1];
    const int64_t *displacements = lengths + n_lengths;
    for (int64_t i = 0; i < count && whole->error == 0; i++) {
        const struct toc_datatype *old = contents->types[contents->n_types == 1 ? 0 : i];
        struct piece element = piece_of(old);
        piece_add(whole, &element, (toc_int128)displacements[i] * unit,
                  lengths[n_lengths == 1 ? 0 : i], old->extent);
    }
}

/* From the dimension that is contiguous in memory outwards. */
static void assemble_subarray(struct piece *whole, const struct toc_contents *contents)
{
    const struct toc_datatype *old = contents->types[0];
    int64_t ndims = contents->values[0];
    const int64_t *sizes = &contents->values[1];
    const int64_t *subsizes = sizes + ndims, *starts = subsizes + ndims;
    bool c_order = starts[ndims] == MPI_ORDER_C;
    struct piece inner = piece_of(old);
    struct toc_form *form = NULL;
    toc_int128 offset = 0, stride = old->extent;
    inner.sticky = false; /* the array's own bounds, set below, are the ones that count */
    for (int64_t i = 0; i < ndims; i++) {
        int64_t d = c_order ? ndims - 1 - i : i;
        struct piece line = {.flatten = whole->flatten};
        piece_add(&line, &inner, 0, subsizes[d], stride);
        piece_close(&line);
        toc_form_release(form);
        form = line.form;
        inner = line;
        offset += starts[d] * stride;
        stride = bounded(&inner, stride * sizes[d]);
    }
    piece_add(whole, &inner, offset, 1, 0);
    toc_form_release(form);
    piece_mark(whole, min64(0, (int64_t)stride), max64(0, (int64_t)stride));
}

/* One dimension: the blocks that process `coordinate` of `processes` has of `size` elements, which
 * are `stride` bytes apart. */
static void assemble_blocks_of(struct piece *line, const struct piece *element, int64_t size,
                               int64_t block, int64_t processes, int64_t coordinate,
                               toc_int128 stride)
{
    int64_t cycle = block * processes, first = coordinate * block;
    int64_t whole = size - first < block ? 0 : (size - first - block) / cycle + 1;
    int64_t rest = first + whole * cycle;
    struct piece one = {.flatten = line->flatten};
    piece_add(&one, element, 0, block, stride);
    piece_close(&one);
    piece_add(line, &one, first * stride, whole, cycle * stride);
    toc_form_release(one.form);
    if (rest < size)
        piece_add(line, element, rest * stride, min64(block, size - rest), stride);
}

static int64_t block_size(int64_t size, int distrib, int64_t darg, int64_t processes)
{
    if (distrib == MPI_DISTRIBUTE_NONE)
        return size;
    if (darg != MPI_DISTRIBUTE_DFLT_DARG)
        return min64(darg, size);
    return distrib == MPI_DISTRIBUTE_BLOCK ? (size + processes - 1) / processes : 1;
}

/* As a subarray, with blocks in place of the one part. Ranks are in row-major order over the grid
 * in either order of the array (section 5.1.4). */
static void assemble_darray(struct piece *whole, const struct toc_contents *contents)
{
    const struct toc_datatype *old = contents->types[0];
    int64_t ndims = contents->values[2];
    const int64_t *gsizes = &contents->values[3];
    const int64_t *distribs = gsizes + ndims, *dargs = distribs + ndims, *psizes = dargs + ndims;
    bool c_order = psizes[ndims] == MPI_ORDER_C;
    struct piece inner = piece_of(old);
    struct toc_form *form = NULL;
    toc_int128 stride = old->extent;
    inner.sticky = false; /* the array's own bounds, set below, are the ones that count */
    for (int64_t i = 0; i < ndims; i++) {
        int64_t d = c_order ? ndims - 1 - i : i;
        int64_t coordinate = contents->values[1];
        for (int64_t later = ndims - 1; later > d; later--)
            coordinate /= psizes[later];
        struct piece line = {.flatten = whole->flatten};
        assemble_blocks_of(&line, &inner, gsizes[d],
                           block_size(gsizes[d], (int)distribs[d], dargs[d], psizes[d]), psizes[d],
                           coordinate % psizes[d], stride);
        piece_close(&line);
        toc_form_release(form);
        form = line.form;
        inner = line;
        stride = bounded(&inner, stride * gsizes[d]);
    }
    piece_add(whole, &inner, 0, 1, 0);
    toc_form_release(form);
    piece_mark(whole, min64(0, (int64_t)stride), max64(0, (int64_t)stride));
}

static void assemble_one(struct piece *whole, const struct toc_datatype *old)
{
    struct piece element = piece_of(old);
    piece_add(whole, &element, 0, 1, 0);
}

static void assemble(struct piece *whole, const struct toc_contents *contents)
{
    const int64_t *values = contents->values;
    const struct toc_datatype *old = contents->n_types > 0 ? contents->types[0] : NULL;
    switch (contents->combiner) {
    case MPI_COMBINER_CONTIGUOUS:
        assemble_vector(whole, old, 1, values[0], 0);
        break;
    case MPI_COMBINER_VECTOR:
        assemble_vector(whole, old, values[0], values[1], (toc_int128)values[2] * old->extent);
        break;
    case MPI_COMBINER_HVECTOR:
        assemble_vector(whole, old, values[0], values[1], values[2]);
        break;
    case MPI_COMBINER_INDEXED:
        assemble_blocks(whole, contents, (size_t)values[0], old->extent);
        break;
    case MPI_COMBINER_INDEXED_BLOCK:
        assemble_blocks(whole, contents, 1, old->extent);
        break;
    case MPI_COMBINER_HINDEXED_BLOCK:
        assemble_blocks(whole, contents, 1, 1);
        break;
    case MPI_COMBINER_HINDEXED:
    case MPI_COMBINER_STRUCT:
        assemble_blocks(whole, contents, (size_t)values[0], 1);
        break;
    case MPI_COMBINER_SUBARRAY:
        assemble_subarray(whole, contents);
        break;
    case MPI_COMBINER_DARRAY:
        assemble_darray(whole, contents);
        break;
    case MPI_COMBINER_RESIZED:
        assemble_one(whole, old);
        whole->sticky = false;
        piece_mark(whole, bounded(whole, values[0]),
                   bounded(whole, (toc_int128)values[0] + values[1]));
        break;
    default: /* MPI_COMBINER_DUP */
        assemble_one(whole, old);
        break;
    }
}

int toc_datatype_flatten(struct toc_datatype *type)
{
    if (type->form != NULL)
        return TOC_OK;
    for (size_t i = 0; i < type->contents->n_types; i++) {
        int status = toc_datatype_flatten(type->contents->types[i]);
        if (status != TOC_OK)
            return status;
    }
    struct piece whole = {.flatten = true};
    assemble(&whole, type->contents);
    piece_close(&whole);
    if (whole.error != TOC_OK) {
        toc_form_release(whole.form);
        return whole.error;
    }
    type->form = whole.form;
    return TOC_OK;
}

/*
 * MPI 5.0, section 5.1.6, says of a typemap without markers that its extent is rounded up to the
 * strictest alignment. Read literally, that rounds the extents of all derived types. As MPICH and
 * Open MPI do, and as programs expect, only MPI_Type_create_struct rounds; the others span the
 * bounds of their old type at each displacement, so that displacement + extent(old) lies within
 * them.
 */
static void set_bounds(struct toc_datatype *type, const struct piece *whole, bool is_struct)
{
    int64_t true_extent = whole->size > 0 ? whole->true_ub - whole->true_lb : 0;
    type->true_lb = whole->size > 0 ? whole->true_lb : 0;
    type->true_extent = true_extent;
    if (whole->sticky) {
        type->lb = whole->lb;
        type->extent = whole->ub - whole->lb;
    } else if (whole->size > 0) {
        int64_t unit = is_struct ? whole->alignment : 1;
        type->lb = whole->old_lb;
        type->extent = (whole->old_ub - whole->old_lb + unit - 1) / unit * unit;
    }
}

/* Takes over `contents`, which are complete. */
static int make(struct toc_contents *contents, struct toc_datatype **result)
{
    struct piece whole = {0};
    assemble(&whole, contents);
    struct toc_datatype *type = whole.error == TOC_OK ? toc_datatype_new() : NULL;
    if (type == NULL) {
        toc_contents_release(contents);
        return whole.error != TOC_OK ? whole.error : TOC_ERR_NO_MEM;
    }
    type->size = whole.size;
    type->elements = whole.elements;
    type->basic_size = whole.size > 0 ? whole.basic_size : 0;
    type->alignment = whole.alignment;
    type->sticky = whole.sticky;
    set_bounds(type, &whole, contents->combiner == MPI_COMBINER_STRUCT);
    type->contents = contents;
    *result = type;
    return TOC_OK;
}

static struct toc_contents *record(int combiner, size_t n_integers, size_t n_addresses,
                                   struct toc_datatype *old)
{
    struct toc_contents *contents = toc_contents_new(combiner, n_integers, n_addresses, 1);
    if (contents == NULL)
        return NULL;
    toc_datatype_retain(old);
    contents->types[0] = old;
    return contents;
}

int toc_datatype_contiguous(int64_t count, struct toc_datatype *old, struct toc_datatype **result)
{
    if (count < 0)
        return TOC_ERR_COUNT;
    struct toc_contents *contents = record(MPI_COMBINER_CONTIGUOUS, 1, 0, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    contents->values[0] = count;
    return make(contents, result);
}

static int vector(int combiner, int64_t count, int64_t blocklength, int64_t stride,
                  struct toc_datatype *old, struct toc_datatype **result)
{
    if (count < 0 || blocklength < 0)
        return TOC_ERR_COUNT;
    size_t n_addresses = combiner == MPI_COMBINER_HVECTOR ? 1 : 0;
    struct toc_contents *contents = record(combiner, 3 - n_addresses, n_addresses, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    contents->values[0] = count;
    contents->values[1] = blocklength;
    contents->values[2] = stride;
    return make(contents, result);
}

int toc_datatype_vector(int64_t count, int64_t blocklength, int64_t stride,
                        struct toc_datatype *old, struct toc_datatype **result)
{
    return vector(MPI_COMBINER_VECTOR, count, blocklength, stride, old, result);
}

int toc_datatype_hvector(int64_t count, int64_t blocklength, int64_t stride,
                         struct toc_datatype *old, struct toc_datatype **result)
{
    return vector(MPI_COMBINER_HVECTOR, count, blocklength, stride, old, result);
}

static int check_lengths(int64_t count, int64_t n_lengths, const int64_t blocklengths[])
{
    if (count < 0)
        return TOC_ERR_COUNT;
    for (int64_t i = 0; i < n_lengths; i++) {
        if (blocklengths[i] < 0)
            return TOC_ERR_COUNT;
    }
    return TOC_OK;
}

/* count, then n_lengths block lengths, then count displacements */
static void set_values(struct toc_contents *contents, int64_t count, int64_t n_lengths,
                       const int64_t blocklengths[], const int64_t displacements[])
{
    int64_t *values = contents->values;
    values[0] = count;
    if (n_lengths > 0)
        memcpy(&values[1], blocklengths, (size_t)n_lengths * sizeof(values[0]));
    if (count > 0)
        memcpy(&values[1 + n_lengths], displacements, (size_t)count * sizeof(values[0]));
}

static int indexed(int combiner, int64_t count, int64_t n_lengths, const int64_t blocklengths[],
                   const int64_t displacements[], struct toc_datatype *old,
                   struct toc_datatype **result)
{
    int status = check_lengths(count, n_lengths, blocklengths);
    if (status != TOC_OK)
        return status;
    bool bytes = combiner == MPI_COMBINER_HINDEXED || combiner == MPI_COMBINER_HINDEXED_BLOCK;
    size_t n_addresses = bytes ? (size_t)count : 0;
    size_t n_integers = 1 + (size_t)n_lengths + (size_t)count - n_addresses;
    struct toc_contents *contents = record(combiner, n_integers, n_addresses, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    set_values(contents, count, n_lengths, blocklengths, displacements);
    return make(contents, result);
}

int toc_datatype_indexed(int64_t count, const int64_t blocklengths[], const int64_t displacements[],
                         struct toc_datatype *old, struct toc_datatype **result)
{
    return indexed(MPI_COMBINER_INDEXED, count, count, blocklengths, displacements, old, result);
}

int toc_datatype_hindexed(int64_t count, const int64_t blocklengths[],
                          const int64_t displacements[], struct toc_datatype *old,
                          struct toc_datatype **result)
{
    return indexed(MPI_COMBINER_HINDEXED, count, count, blocklengths, displacements, old, result);
}

int toc_datatype_indexed_block(int64_t count, int64_t blocklength, const int64_t displacements[],
                               struct toc_datatype *old, struct toc_datatype **result)
{
    return indexed(MPI_COMBINER_INDEXED_BLOCK, count, 1, &blocklength, displacements, old, result);
}

int toc_datatype_hindexed_block(int64_t count, int64_t blocklength, const int64_t displacements[],
                                struct toc_datatype *old, struct toc_datatype **result)
{
    return indexed(MPI_COMBINER_HINDEXED_BLOCK, count, 1, &blocklength, displacements, old, result);
}

int toc_datatype_struct(int64_t count, const int64_t blocklengths[], const int64_t displacements[],
                        struct toc_datatype *const types[], struct toc_datatype **result)
{
    int status = check_lengths(count, count, blocklengths);
    if (status != TOC_OK)
        return status;
    struct toc_contents *contents =
        toc_contents_new(MPI_COMBINER_STRUCT, (size_t)count + 1, (size_t)count, (size_t)count);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    set_values(contents, count, count, blocklengths, displacements);
    for (int64_t i = 0; i < count; i++) {
        toc_datatype_retain(types[i]);
        contents->types[i] = types[i];
    }
    return make(contents, result);
}

int toc_datatype_subarray(int ndims, const int64_t sizes[], const int64_t subsizes[],
                          const int64_t starts[], int order, struct toc_datatype *old,
                          struct toc_datatype **result)
{
    if (ndims < 1 || (order != MPI_ORDER_C && order != MPI_ORDER_FORTRAN))
        return TOC_ERR_ARG;
    for (int d = 0; d < ndims; d++) {
        if (sizes[d] < 1 || subsizes[d] < 1 || subsizes[d] > sizes[d] || starts[d] < 0 ||
            starts[d] > sizes[d] - subsizes[d])
            return TOC_ERR_ARG;
    }
    size_t n = (size_t)ndims;
    struct toc_contents *contents = record(MPI_COMBINER_SUBARRAY, 3 * n + 2, 0, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    contents->values[0] = ndims;
    memcpy(&contents->values[1], sizes, n * sizeof(sizes[0]));
    memcpy(&contents->values[1 + n], subsizes, n * sizeof(sizes[0]));
    memcpy(&contents->values[1 + 2 * n], starts, n * sizeof(sizes[0]));
    contents->values[1 + 3 * n] = order;
    return make(contents, result);
}

static int64_t *put(int64_t *at, int n, const int values[])
{
    for (int i = 0; i < n; i++)
        *at++ = values[i];
    return at;
}

int toc_datatype_darray(int size, int rank, int ndims, const int64_t gsizes[], const int distribs[],
                        const int dargs[], const int psizes[], int order, struct toc_datatype *old,
                        struct toc_datatype **result)
{
    size_t n = (size_t)ndims;
    struct toc_contents *contents = record(MPI_COMBINER_DARRAY, 4 * n + 4, 0, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    int64_t *at = put(contents->values, 3, (int[]){size, rank, ndims});
    memcpy(at, gsizes, n * sizeof(gsizes[0]));
    at = put(at + n, ndims, distribs);
    at = put(at, ndims, dargs);
    at = put(at, ndims, psizes);
    *at = order;
    return make(contents, result);
}

int toc_datatype_resized(struct toc_datatype *old, int64_t lb, int64_t extent,
                         struct toc_datatype **result)
{
    struct toc_contents *contents = record(MPI_COMBINER_RESIZED, 0, 2, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    contents->values[0] = lb;
    contents->values[1] = extent;
    return make(contents, result);
}

int toc_datatype_dup(struct toc_datatype *old, struct toc_datatype **result)
{
    struct toc_contents *contents = record(MPI_COMBINER_DUP, 0, 0, old);
    if (contents == NULL)
        return TOC_ERR_NO_MEM;
    struct toc_datatype *type;
    int status = make(contents, &type);
    if (status != TOC_OK)
        return status;
    if (old->committed)
        status = toc_datatype_commit(type);
    if (status != TOC_OK) {
        toc_datatype_free(type);
        return status;
    }
    *result = type;
    return TOC_OK;
}
