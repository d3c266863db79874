/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_form_repeat */
#include "datatype/form.h"

#include <stdlib.h>

#include "base/error.h"

/* Up to this many entries repetitions are written out instead of kept as a loop. */
#define WRITE_OUT_ENTRIES 16

/* Bound for memory: 3 GB of entries. Only irregular types nested beyond TOC_FORM_DEPTH get there.
 */
#define MAX_ENTRIES ((size_t)1 << 26)

static bool reserve(struct toc_form_builder *builder)
{
    struct toc_form *form = builder->form;
    if (form != NULL && form->n_entries < builder->capacity)
        return true;
    size_t capacity = builder->capacity == 0 ? 4 : builder->capacity * 2;
    if (builder->error != 0 || capacity > MAX_ENTRIES)
        goto fail;
    form = realloc(form, sizeof(*form) + capacity * sizeof(form->entries[0]));
    if (form == NULL)
        goto fail;
    if (builder->form == NULL)
        *form = (struct toc_form){.refs = 1, .depth = 1};
    builder->form = form;
    builder->capacity = capacity;
    return true;
fail:
    builder->error = TOC_ERR_NO_MEM;
    return false;
}

static void push(struct toc_form_builder *builder, struct toc_form_entry entry)
{
    if (!reserve(builder))
        return;
    struct toc_form *form = builder->form;
    if (entry.child != NULL) {
        toc_form_retain(entry.child);
        if (form->depth <= entry.child->depth)
            form->depth = entry.child->depth + 1;
    }
    form->entries[form->n_entries++] = entry;
}

static struct toc_form_entry *last_run(struct toc_form_builder *builder)
{
    struct toc_form *form = builder->form;
    if (form == NULL || form->n_entries == 0)
        return NULL;
    struct toc_form_entry *last = &form->entries[form->n_entries - 1];
    return last->child == NULL ? last : NULL;
}

static int64_t block_offset(const struct toc_form_entry *run, uint64_t index)
{
    return run->offset + (int64_t)index * run->stride;
}

/* Adds a block: to the end of the last block, as one more block of the last run, or as a new run.
 */
static void push_block(struct toc_form_builder *builder, int64_t offset, uint64_t length)
{
    struct toc_form_entry *last = last_run(builder);
    if (last != NULL) {
        int64_t tail = block_offset(last, last->count - 1);
        if (offset == tail + (int64_t)last->length) {
            if (last->count == 1) {
                last->length += length;
                return;
            }
            last->count--; /* the run's last block grows and so leaves the run */
            offset = tail;
            length += last->length;
        } else if (length == last->length &&
                   (last->count == 1 || offset == block_offset(last, last->count))) {
            if (last->count == 1)
                last->stride = offset - last->offset;
            last->count++;
            return;
        }
    }
    push(builder, (struct toc_form_entry){offset, length, 1, (int64_t)length, 0, NULL});
}

static void push_run(struct toc_form_builder *builder, struct toc_form_entry run)
{
    if (run.stride == (int64_t)run.length) {
        run.length *= run.count;
        run.count = 1;
    }
    if (run.count == 1) {
        push_block(builder, run.offset, run.length);
        return;
    }
    struct toc_form_entry *last = last_run(builder);
    if (last != NULL && last->length == run.length &&
        (last->count == 1 || last->stride == run.stride) &&
        run.offset == last->offset + (int64_t)last->count * run.stride) {
        last->stride = run.stride;
        last->count += run.count;
        return;
    }
    if (last != NULL && run.offset == block_offset(last, last->count - 1) + (int64_t)last->length) {
        push_block(builder, run.offset, run.length);
        run.offset += run.stride;
        run.count--;
    }
    push(builder, run);
}

/* A form of one run keeps being one run when its copies go on with the run's own stride. */
static bool repeat_as_run(const struct toc_form *form, uint64_t count, int64_t stride,
                          struct toc_form_entry *run)
{
    const struct toc_form_entry *only = &form->entries[0];
    int64_t whole;
    if (form->n_entries != 1 || only->child != NULL)
        return false;
    *run = *only;
    if (only->count == 1)
        *run = (struct toc_form_entry){only->offset, only->length, count, stride, 0, NULL};
    else if (count == 1)
        return true;
    else if (!__builtin_mul_overflow((int64_t)only->count, only->stride, &whole) && whole == stride)
        run->count *= count;
    else
        return false;
    if (run->stride == (int64_t)run->length) {
        run->length *= run->count;
        run->count = 1;
    }
    return true;
}

void toc_form_repeat(struct toc_form *form, uint64_t count, int64_t stride,
                     struct toc_form_entry *entry)
{
    if (!repeat_as_run(form, count, stride, entry))
        *entry = (struct toc_form_entry){0, form->size, count, stride, 0, form};
}

static void push_copy(struct toc_form_builder *builder, struct toc_form *child, int64_t offset)
{
    for (size_t i = 0; i < child->n_entries && builder->error == 0; i++) {
        struct toc_form_entry entry = child->entries[i];
        entry.offset += offset;
        if (entry.child == NULL)
            push_run(builder, entry);
        else
            push(builder, entry);
    }
}

void toc_form_append(struct toc_form_builder *builder, struct toc_form *child, int64_t offset,
                     uint64_t count, int64_t stride)
{
    struct toc_form_entry run;
    if (count == 0 || child->size == 0 || builder->error != 0)
        return;
    if (repeat_as_run(child, count, stride, &run)) {
        run.offset += offset;
        push_run(builder, run);
    } else if (count == 1 || child->depth >= TOC_FORM_DEPTH ||
               (count <= WRITE_OUT_ENTRIES && count * child->n_entries <= WRITE_OUT_ENTRIES)) {
        for (uint64_t i = 0; i < count && builder->error == 0; i++)
            push_copy(builder, child, offset + (int64_t)i * stride);
    } else {
        push(builder, (struct toc_form_entry){offset, child->size, count, stride, 0, child});
    }
}

void toc_form_append_bytes(struct toc_form_builder *builder, int64_t offset, uint64_t length)
{
    if (length > 0 && builder->error == 0)
        push_block(builder, offset, length);
}

int toc_form_finish(struct toc_form_builder *builder, struct toc_form **result)
{
    struct toc_form *form = builder->form;
    if (form == NULL && builder->error == 0)
        reserve(builder);
    form = builder->form;
    builder->form = NULL;
    if (builder->error != 0) {
        toc_form_release(form);
        return builder->error;
    }
    for (size_t i = 0; i < form->n_entries; i++) {
        form->entries[i].start = form->size;
        form->size += form->entries[i].length * form->entries[i].count;
    }
    struct toc_form *fitted =
        realloc(form, sizeof(*form) + form->n_entries * sizeof(form->entries[0]));
    *result = fitted != NULL ? fitted : form;
    return TOC_OK;
}

struct toc_form *toc_form_retain(struct toc_form *form)
{
    form->refs++;
    return form;
}

void toc_form_release(struct toc_form *form)
{
    if (form == NULL || --form->refs > 0)
        return;
    for (size_t i = 0; i < form->n_entries; i++)
        toc_form_release(form->entries[i].child);
    free(form);
}
