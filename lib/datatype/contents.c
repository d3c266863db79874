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

int toc_datatype_clone(struct toc_datatype *type, struct toc_datatype **result)
{
    if (type->predefined) {
        *result = type;
        return TOC_OK;
    }
    struct toc_datatype *clone = toc_datatype_new();
    if (clone == NULL)
        return TOC_ERR_NO_MEM;
    struct toc_object object = clone->object;
    *clone = *type;
    clone->object = object;
    clone->freed = false;
    memset(clone->name, 0, sizeof(clone->name));
    clone->contents = toc_contents_retain(type->contents);
    if (type->form != NULL)
        clone->form = toc_form_retain(type->form);
    *result = clone;
    return TOC_OK;
}
