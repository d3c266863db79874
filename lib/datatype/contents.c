/* SPDX-License-Identifier: BSD-3-Clause */
#include "datatype/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "datatype/datatype.h"

struct toc_contents *toc_contents_new(int combiner, size_t n_integers, size_t n_addresses,
                                      size_t n_types)
{
    struct toc_contents *contents;
    size_t n_values = n_integers + n_addresses;
    size_t bytes = sizeof(*contents) + n_values * sizeof(contents->values[0]);
    contents = malloc(bytes + n_types * sizeof(struct toc_datatype *));
    if (contents == NULL)
        return NULL;
    *contents = (struct toc_contents){
        .refs = 1,
        .combiner = combiner,
        .n_integers = n_integers,
        .n_addresses = n_addresses,
        .n_types = n_types,
        .types = (struct toc_datatype **)((char *)contents + bytes),
    };
    return contents;
}

struct toc_contents *toc_contents_retain(struct toc_contents *contents)
{
    contents->refs++;
    return contents;
}

void toc_contents_release(struct toc_contents *contents)
{
    if (contents == NULL || --contents->refs > 0)
        return;
    for (size_t i = 0; i < contents->n_types; i++)
        toc_datatype_release(contents->types[i]);
    free(contents);
}

/* A new object with all properties of `type`, but no name and no contents. */
static struct toc_datatype *copy(const struct toc_datatype *type)
{
    struct toc_datatype *copied = toc_datatype_new();
    if (copied == NULL)
        return NULL;
    struct toc_object object = copied->object;
    *copied = *type;
    copied->object = object;
    copied->freed = false;
    memset(copied->name, 0, sizeof(copied->name));
    copied->contents = NULL;
    memset(&copied->attributes, 0, sizeof(copied->attributes)); /* MPI 5.0, section 5.1.13 */
    if (type->form != NULL)
        toc_form_retain(type->form);
    return copied;
}

int toc_datatype_clone(struct toc_datatype *type, struct toc_datatype **result)
{
    if (type->predefined) {
        *result = type;
        return TOC_OK;
    }
    struct toc_datatype *clone = copy(type);
    if (clone == NULL)
        return TOC_ERR_NO_MEM;
    clone->contents = toc_contents_retain(type->contents);
    *result = clone;
    return TOC_OK;
}

/* All that were made so far, through toc_datatype.next_dead, which nobody else uses for them. */
static struct toc_datatype *f90_types;

static bool is_made_from(const struct toc_datatype *type, int combiner,
                         const struct toc_f90 *arguments)
{
    const struct toc_contents *contents = type->contents;
    if (contents->combiner != combiner)
        return false;
    for (int i = 0; i < arguments->n; i++)
        if (contents->values[i] != arguments->values[i])
            return false;
    return true;
}

int toc_datatype_f90(int combiner, const struct toc_f90 *arguments, struct toc_datatype *base,
                     struct toc_datatype **result)
{
    for (struct toc_datatype *made = f90_types; made != NULL; made = made->next_dead) {
        if (is_made_from(made, combiner, arguments)) {
            *result = made;
            return TOC_OK;
        }
    }
    struct toc_contents *contents = toc_contents_new(combiner, (size_t)arguments->n, 0, 0);
    struct toc_datatype *type = contents != NULL ? copy(base) : NULL;
    if (type == NULL) {
        toc_contents_release(contents);
        return TOC_ERR_NO_MEM;
    }
    for (int i = 0; i < arguments->n; i++)
        contents->values[i] = arguments->values[i];
    type->contents = contents;
    type->next_dead = f90_types;
    f90_types = type;
    *result = type;
    return TOC_OK;
}

void toc_datatype_f90_finish(void)
{
    while (f90_types != NULL) {
        struct toc_datatype *type = f90_types;
        f90_types = type->next_dead;
        toc_contents_release(type->contents);
        toc_form_release(type->form);
        toc_handle_free(type);
    }
}
