/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "datatype/cursor.h"

#include <string.h>

/* For layouts that are scattered on both sides: on the stack, which may be the handler's. */
#define BOUNCE_BYTES 2048

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static const struct toc_form_entry *current_entry(const struct toc_dt_cursor *cursor)
{
    const struct toc_dt_frame *frame = &cursor->frames[cursor->level];
    return cursor->level == 0 ? &cursor->top : &frame->form->entries[frame->index];
}

/* In integers: the base may be MPI_BOTTOM, a null pointer, and offsets then are addresses. */
static char *address_at(const void *base, int64_t offset)
{
    return (char *)((uintptr_t)base + (uintptr_t)offset);
}

static char *block_address(const struct toc_dt_cursor *cursor, const struct toc_form_entry *entry)
{
    const struct toc_dt_frame *frame = &cursor->frames[cursor->level];
    return address_at(frame->base, entry->offset + (int64_t)frame->repetition * entry->stride);
}

/* Enters the child of `entry`, the current one, at its entry `index`. */
static void enter(struct toc_dt_cursor *cursor, const struct toc_form_entry *entry, size_t index)
{
    char *base = block_address(cursor, entry);
    cursor->frames[++cursor->level] = (struct toc_dt_frame){entry->child, base, index, 0};
}

void toc_dt_cursor_init(struct toc_dt_cursor *cursor, const struct toc_datatype *type, void *base,
                        int64_t count, uint64_t packed_limit_bytes)
{
    cursor->type = type;
    cursor->base = base;
    cursor->count = count;
    cursor->total = min_u64(toc_dt_packed_size(type, count), packed_limit_bytes);
    toc_form_repeat(type->form, (uint64_t)count, type->extent, &cursor->top);
    cursor->frames[0] = (struct toc_dt_frame){NULL, cursor->base, 0, 0};
    toc_dt_cursor_seek(cursor, 0);
}

/* The entry of `form` in which packed byte `offset` lies. */
static size_t find_entry(const struct toc_form *form, uint64_t offset)
{
    size_t low = 0, high = form->n_entries;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (form->entries[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void toc_dt_cursor_seek(struct toc_dt_cursor *cursor, uint64_t packed_offset)
{
    cursor->position = min_u64(packed_offset, cursor->total);
    cursor->level = 0;
    cursor->in_block = 0;
    cursor->frames[0].repetition = 0;
    if (cursor->position == cursor->total)
        return; /* the end: nothing looks at the frames any more */
    const struct toc_form_entry *entry = &cursor->top;
    uint64_t rest = cursor->position;
    for (;;) {
        uint64_t repetition = entry->count == 1 ? 0 : rest / entry->length;
        cursor->frames[cursor->level].repetition = repetition;
        rest -= repetition * entry->length;
        if (entry->child == NULL)
            break;
        enter(cursor, entry, find_entry(entry->child, rest));
        entry = current_entry(cursor);
        rest -= entry->start;
    }
    cursor->in_block = rest;
}

/* Goes on by `blocks` blocks of the current run; at its end to the run that follows. */
static void advance(struct toc_dt_cursor *cursor, uint64_t blocks)
{
    struct toc_dt_frame *frame = &cursor->frames[cursor->level];
    const struct toc_form_entry *entry = current_entry(cursor);
    frame->repetition += blocks;
    while (frame->repetition == entry->count) {
        if (cursor->level == 0)
            return; /* the end */
        frame->repetition = 0;
        if (++frame->index == frame->form->n_entries) {
            frame = &cursor->frames[--cursor->level];
            frame->repetition++;
        }
        entry = current_entry(cursor);
    }
    while (entry->child != NULL) {
        enter(cursor, entry, 0);
        entry = current_entry(cursor);
    }
}

/* Blocks of a size known to the compiler: each is one load and one store. */
#define COPY_BLOCKS(bytes)                                                                         \
    for (uint64_t i = 0; i < blocks; i++) {                                                        \
        memcpy(dst, src, bytes);                                                                   \
        dst += dst_stride;                                                                         \
        src += src_stride;                                                                         \
    }

static void copy_blocks(char *dst, int64_t dst_stride, const char *src, int64_t src_stride,
                        uint64_t length, uint64_t blocks)
{
    switch (length) {
    case 1:
        COPY_BLOCKS(1)
        break;
    case 2:
        COPY_BLOCKS(2)
        break;
    case 4:
        COPY_BLOCKS(4)
        break;
    case 8:
        COPY_BLOCKS(8)
        break;
    case 12:
        COPY_BLOCKS(12)
        break;
    case 16:
        COPY_BLOCKS(16)
        break;
    case 24:
        COPY_BLOCKS(24)
        break;
    case 32:
        COPY_BLOCKS(32)
        break;
    default:
        COPY_BLOCKS(length)
        break;
    }
}

/* A part of the current block, or as many whole blocks of the run as `limit` bytes allow. */
struct step {
    char *address;
    uint64_t length; /* of a block, or the part of it */
    uint64_t blocks;
    int64_t stride;
};

static struct step next_step(struct toc_dt_cursor *cursor, uint64_t limit)
{
    const struct toc_form_entry *entry = current_entry(cursor);
    char *address = address_at(block_address(cursor, entry), (int64_t)cursor->in_block);
    uint64_t rest = entry->length - cursor->in_block;
    if (limit < rest) {
        cursor->in_block += limit;
        return (struct step){address, limit, 1, 0};
    }
    uint64_t blocks = entry->count - cursor->frames[cursor->level].repetition;
    if (blocks > 1 && cursor->in_block == 0)
        blocks = min_u64(blocks, limit / entry->length);
    else
        blocks = 1;
    cursor->in_block = 0;
    advance(cursor, blocks);
    return (struct step){address, rest, blocks, entry->stride};
}

uint64_t toc_dt_pack(struct toc_dt_cursor *cursor, void *dst, uint64_t bytes)
{
    char *out = dst;
    bytes = min_u64(bytes, toc_dt_cursor_left(cursor));
    for (uint64_t left = bytes; left > 0;) {
        struct step step = next_step(cursor, left);
        if (step.blocks == 1)
            memcpy(out, step.address, step.length);
        else
            copy_blocks(out, (int64_t)step.length, step.address, step.stride, step.length,
                        step.blocks);
        out += step.length * step.blocks;
        left -= step.length * step.blocks;
    }
    cursor->position += bytes;
    return bytes;
}

uint64_t toc_dt_unpack(struct toc_dt_cursor *cursor, const void *src, uint64_t bytes)
{
    const char *in = src;
    bytes = min_u64(bytes, toc_dt_cursor_left(cursor));
    for (uint64_t left = bytes; left > 0;) {
        struct step step = next_step(cursor, left);
        if (step.blocks == 1)
            memcpy(step.address, in, step.length);
        else
            copy_blocks(step.address, step.stride, in, (int64_t)step.length, step.length,
                        step.blocks);
        in += step.length * step.blocks;
        left -= step.length * step.blocks;
    }
    cursor->position += bytes;
    return bytes;
}

/* The rest of the current block, not more than `limit` bytes. */
static uint64_t peek_block(const struct toc_dt_cursor *cursor, uint64_t limit, char **address)
{
    const struct toc_form_entry *entry = current_entry(cursor);
    *address = address_at(block_address(cursor, entry), (int64_t)cursor->in_block);
    return min_u64(limit, entry->length - cursor->in_block);
}

static void pass_in_block(struct toc_dt_cursor *cursor, uint64_t bytes)
{
    cursor->in_block += bytes;
    if (cursor->in_block == current_entry(cursor)->length) {
        cursor->in_block = 0;
        advance(cursor, 1);
    }
}

int toc_dt_segments(struct toc_dt_cursor *cursor, uint64_t bytes, struct iovec *iov, int max_iov,
                    uint64_t *covered)
{
    int n = 0;
    uint64_t left = min_u64(bytes, toc_dt_cursor_left(cursor)), wanted = left;
    while (left > 0) {
        char *address;
        uint64_t length = peek_block(cursor, left, &address);
        if (n > 0 && (char *)iov[n - 1].iov_base + iov[n - 1].iov_len == address)
            iov[n - 1].iov_len += length;
        else if (n < max_iov)
            iov[n++] = (struct iovec){address, length};
        else
            break;
        left -= length;
        pass_in_block(cursor, length);
    }
    *covered = wanted - left;
    cursor->position += *covered;
    return n;
}

/* Moves packed bytes from one scattered layout to the other through a small buffer. */
static void copy_scattered(struct toc_dt_cursor *to, struct toc_dt_cursor *from)
{
    char bounce[BOUNCE_BYTES];
    uint64_t bytes;
    while ((bytes = toc_dt_pack(from, bounce, sizeof(bounce))) > 0)
        toc_dt_unpack(to, bounce, bytes);
}

uint64_t toc_dt_copy(const struct toc_datatype *dst_type, void *dst, int64_t dst_count,
                     const struct toc_datatype *src_type, const void *src, int64_t src_count)
{
    struct toc_dt_cursor to, from;
    uint64_t bytes =
        min_u64(toc_dt_packed_size(dst_type, dst_count), toc_dt_packed_size(src_type, src_count));
    toc_dt_cursor_init(&to, dst_type, dst, dst_count, bytes);
    toc_dt_cursor_init(&from, src_type, (void *)(uintptr_t)src, src_count, bytes);
    if (src_type->is_contiguous)
        toc_dt_unpack(&to, address_at(src, src_type->true_lb), bytes);
    else if (dst_type->is_contiguous)
        toc_dt_pack(&from, address_at(dst, dst_type->true_lb), bytes);
    else
        copy_scattered(&to, &from);
    return bytes;
}
