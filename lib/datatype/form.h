/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: reading a form; building and releasing one is not */
#ifndef TOC_DATATYPE_FORM_H
#define TOC_DATATYPE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The flattened form of a datatype: what one element has in memory, in the order in which it is
 * packed, as an array of entries. An entry is
 *
 *     a run    `count` blocks of `length` contiguous bytes, `stride` bytes apart; or
 *     a loop   `count` repetitions, `stride` bytes apart, of the form `child`, which packs to
 *              `length` bytes.
 *
 * Neighbouring blocks are merged, regular ones become runs, so that contiguous types and vectors
 * are one entry. Loops keep large regular types small (a 3-D subarray has as many entries as 2-D
 * planes at most); few repetitions are written out, which lets more merging happen.
 */

/** Deepest nesting of loops; deeper types are written out. With the loop over the elements of a
 *  message the cursor needs one level more. */
#define TOC_FORM_DEPTH 7

struct toc_form_entry {
    int64_t offset;         /* of the first block, from the address of the element, in bytes */
    uint64_t length;        /* of a block, packed bytes */
    uint64_t count;         /* blocks */
    int64_t stride;         /* between the starts of blocks, in bytes */
    uint64_t start;         /* packed bytes before this entry */
    struct toc_form *child; /* NULL: a run */
};

struct toc_form {
    uint32_t refs;
    uint32_t depth;   /* levels of loops, 1 without a nested one */
    uint64_t size;    /* packed bytes */
    size_t n_entries; /* 0 exactly if size is 0 */
    struct toc_form_entry entries[];
};

/** A form under construction; zero-initialise. */
struct toc_form_builder {
    struct toc_form *form;
    size_t capacity;
    int error;
};

/** Appends `count` copies of `child`, `stride` bytes apart, the first at `offset`. An error is
 *  kept in the builder. */
void toc_form_append(struct toc_form_builder *builder, struct toc_form *child, int64_t offset,
                     uint64_t count, int64_t stride);

/** Appends one block. */
void toc_form_append_bytes(struct toc_form_builder *builder, int64_t offset, uint64_t length);

/** Ends the construction. 0, or TOC_ERR_NO_MEM with everything given back. */
int toc_form_finish(struct toc_form_builder *builder, struct toc_form **form);

/** Writes `count` copies of `form`, `stride` bytes apart, as one entry: a run if they are regular
 *  enough, else a loop (which borrows `form`, no reference is taken). Handler-safe. */
void toc_form_repeat(struct toc_form *form, uint64_t count, int64_t stride,
                     struct toc_form_entry *entry);

/** Whether one element is a single block. */
static inline bool toc_form_is_block(const struct toc_form *form)
{
    return form->n_entries == 1 && form->entries[0].child == NULL && form->entries[0].count == 1;
}

struct toc_form *toc_form_retain(struct toc_form *form);

/** Gives a reference back; NULL is allowed. Not handler-safe. */
void toc_form_release(struct toc_form *form);

#endif
