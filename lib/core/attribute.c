/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/attribute.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/abi.h"
#include "base/error.h"
#include "progress/guard.h"

/* The predefined callbacks have the same values for all kinds of objects. */
#define IS_NULL(function) ((uintptr_t)(function) == 0)
#define IS_DUP(function)  ((uintptr_t)(function) == 1)

struct toc_keyval *toc_keyval_create(enum toc_kind kind, void (*copy)(void), void (*remove)(void),
                                     void *extra_state)
{
    struct toc_keyval *keyval = toc_handle_alloc(TOC_KIND_KEYVAL, sizeof(*keyval));
    if (keyval == NULL)
        return NULL;
    keyval->kind = kind;
    keyval->copy = copy;
    keyval->remove = remove;
    keyval->extra_state = extra_state;
    return keyval;
}

struct toc_keyval *toc_keyval_get(enum toc_kind kind, int value)
{
    struct toc_keyval *keyval =
        value > 0 ? toc_handle_lookup(TOC_KIND_KEYVAL, (uintptr_t)value) : NULL;
    return keyval != NULL && keyval->kind == kind ? keyval : NULL;
}

int toc_keyval_value(const struct toc_keyval *keyval)
{
    return (int)keyval->object.handle;
}

static struct toc_keyval *retain(struct toc_keyval *keyval)
{
    keyval->object.refs++;
    return keyval;
}

static void release(struct toc_keyval *keyval)
{
    if (--keyval->object.refs == 0)
        toc_handle_free(keyval);
}

void toc_keyval_free(struct toc_keyval *keyval)
{
    if (keyval->freed)
        return;
    keyval->freed = true;
    release(keyval);
}

/* What the program's callbacks are called with, guard open. Each kind has functions of its own
 * type. */
static int call_delete(const struct toc_keyval *keyval, uintptr_t object, void *value)
{
    int key = toc_keyval_value(keyval);
    switch (keyval->kind) {
    case TOC_KIND_DATATYPE:
        return ((MPI_Type_delete_attr_function *)keyval->remove)((MPI_Datatype)object, key, value,
                                                                 keyval->extra_state);
    case TOC_KIND_WIN:
        return ((MPI_Win_delete_attr_function *)keyval->remove)((MPI_Win)object, key, value,
                                                                keyval->extra_state);
    default:
        return ((MPI_Comm_delete_attr_function *)keyval->remove)((MPI_Comm)object, key, value,
                                                                 keyval->extra_state);
    }
}

static int call_copy(const struct toc_keyval *keyval, uintptr_t object, void *value, void **copied,
                     int *flag)
{
    int key = toc_keyval_value(keyval);
    switch (keyval->kind) {
    case TOC_KIND_DATATYPE:
        return ((MPI_Type_copy_attr_function *)keyval->copy)(
            (MPI_Datatype)object, key, keyval->extra_state, value, copied, flag);
    case TOC_KIND_WIN:
        return ((MPI_Win_copy_attr_function *)keyval->copy)(
            (MPI_Win)object, key, keyval->extra_state, value, copied, flag);
    default:
        return ((MPI_Comm_copy_attr_function *)keyval->copy)(
            (MPI_Comm)object, key, keyval->extra_state, value, copied, flag);
    }
}

/* The callback of `attribute`, which is `dying`. */
static int call_delete_of(const struct toc_attribute *attribute, const void *object)
{
    if (IS_NULL(attribute->keyval->remove))
        return MPI_SUCCESS;
    uintptr_t handle = toc_handle_value(object);
    toc_guard_leave();
    int code = call_delete(attribute->keyval, handle, attribute->value);
    toc_guard_enter();
    return code;
}

/* The latest with that key; NULL: there is none. */
static struct toc_attribute *find(const struct toc_attributes *attributes,
                                  const struct toc_keyval *keyval, bool also_dying)
{
    struct toc_attribute *attribute = attributes->latest;
    while (attribute != NULL && (attribute->keyval != keyval || (attribute->dying && !also_dying)))
        attribute = attribute->next;
    return attribute;
}

static void drop(struct toc_attributes *attributes, struct toc_attribute *attribute)
{
    struct toc_attribute **link = &attributes->latest;
    while (*link != attribute)
        link = &(*link)->next;
    *link = attribute->next;
    release(attribute->keyval);
    free(attribute);
}

/* Deletes one that is not dying. */
static int delete_one(const void *object, struct toc_attributes *attributes,
                      struct toc_attribute *attribute, int *code)
{
    attribute->dying = true;
    *code = call_delete_of(attribute, object);
    attribute->dying = false;
    /* One that has failed stays, unless the callback has set the attribute anew. */
    if (*code == MPI_SUCCESS || find(attributes, attribute->keyval, true) != attribute)
        drop(attributes, attribute);
    return *code == MPI_SUCCESS ? TOC_OK : TOC_ERR_CALLBACK;
}

static int add(struct toc_attributes *attributes, struct toc_keyval *keyval, void *value)
{
    struct toc_attribute *attribute = malloc(sizeof(*attribute));
    if (attribute == NULL)
        return TOC_ERR_NO_MEM;
    *attribute = (struct toc_attribute){attributes->latest, retain(keyval), value, false};
    attributes->latest = attribute;
    return TOC_OK;
}

bool toc_attribute_get(const struct toc_attributes *attributes, const struct toc_keyval *keyval,
                       void **value)
{
    const struct toc_attribute *attribute = find(attributes, keyval, true);
    if (attribute != NULL)
        *value = attribute->value;
    return attribute != NULL;
}

int toc_attribute_set(void *object, struct toc_attributes *attributes, struct toc_keyval *keyval,
                      void *value, int *code)
{
    retain(keyval); /* the attribute that goes may hold the last reference */
    int status = toc_attribute_delete(object, attributes, keyval, code);
    if (status == TOC_OK)
        status = add(attributes, keyval, value);
    release(keyval);
    return status;
}

int toc_attribute_delete(void *object, struct toc_attributes *attributes,
                         const struct toc_keyval *keyval, int *code)
{
    struct toc_attribute *attribute = find(attributes, keyval, false);
    return attribute == NULL ? TOC_OK : delete_one(object, attributes, attribute, code);
}

int toc_attribute_delete_all(void *object, struct toc_attributes *attributes, int *code)
{
    for (;;) {
        struct toc_attribute *attribute = attributes->latest;
        while (attribute != NULL && attribute->dying)
            attribute = attribute->next;
        if (attribute == NULL)
            return TOC_OK;
        int status = delete_one(object, attributes, attribute, code);
        if (status != TOC_OK)
            return status;
    }
}

/* What is to be copied, the earliest first; *count of them. NULL without memory or with none. */
static struct toc_attribute *snapshot(const struct toc_attributes *attributes, size_t *count)
{
    *count = 0;
    for (const struct toc_attribute *at = attributes->latest; at != NULL; at = at->next)
        if (!IS_NULL(at->keyval->copy))
            (*count)++;
    struct toc_attribute *copies = *count > 0 ? malloc(*count * sizeof(*copies)) : NULL;
    size_t left = *count;
    for (const struct toc_attribute *at = attributes->latest; copies != NULL && left > 0;
         at = at->next) {
        if (IS_NULL(at->keyval->copy))
            continue;
        copies[--left] = *at;
        retain(at->keyval);
    }
    return copies;
}

static int copy_one(const struct toc_attribute *attribute, const void *from,
                    struct toc_attributes *attributes, int *code)
{
    void *value = attribute->value;
    int flag = 1;
    *code = MPI_SUCCESS;
    if (!IS_DUP(attribute->keyval->copy)) {
        uintptr_t handle = toc_handle_value(from);
        flag = 0;
        toc_guard_leave();
        *code = call_copy(attribute->keyval, handle, attribute->value, &value, &flag);
        toc_guard_enter();
    }
    if (*code != MPI_SUCCESS)
        return TOC_ERR_CALLBACK;
    return flag ? add(attributes, attribute->keyval, value) : TOC_OK;
}

int toc_attribute_copy_all(void *from, const struct toc_attributes *source, void *object,
                           struct toc_attributes *attributes, int *code)
{
    size_t count;
    struct toc_attribute *copies = snapshot(source, &count);
    if (count > 0 && copies == NULL)
        return TOC_ERR_NO_MEM;
    int status = TOC_OK, ignored;
    for (size_t i = 0; i < count; i++) {
        if (status == TOC_OK)
            status = copy_one(&copies[i], from, attributes, code);
        release(copies[i].keyval);
    }
    free(copies);
    /* What a callback cannot delete is lost: there is nobody to report it to. */
    while (status != TOC_OK && attributes->latest != NULL)
        if (delete_one(object, attributes, attributes->latest, &ignored) != TOC_OK)
            drop(attributes, attributes->latest);
    return status;
}
