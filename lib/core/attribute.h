/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_CORE_ATTRIBUTE_H
#define TOC_CORE_ATTRIBUTE_H

#include <stdbool.h>

#include "core/handle.h"

/*
 * Attributes (MPI 5.0, section 7.7): values that programs cache on communicators, datatypes and
 * windows under keys of their own, with callbacks for copying and deleting. All functions need the
 * guard. Those that call back open it meanwhile, so what they work on may change under them: an
 * attribute whose delete callback runs stays readable, but only whoever started that deletes it.
 */

/** A key. References: the program's, until it frees the key, and one per attribute; so callbacks
 *  still get a key that has been freed. */
struct toc_keyval {
    struct toc_object object;
    enum toc_kind kind; /* of the objects that it is for: COMM, DATATYPE, WIN */
    bool freed;
    void (*copy)(void); /* MPI_Comm_copy_attr_function and so on, by cast; or as the ABI has it: */
    void (*remove)(void); /* 0 MPI_..._NULL_COPY_FN and MPI_..._NULL_DELETE_FN, 1 MPI_..._DUP_FN */
    void *extra_state;
};

struct toc_attribute {
    struct toc_attribute *next; /* set before this one */
    struct toc_keyval *keyval;
    void *value;
    bool dying; /* its delete callback is running */
};

/** What an object has, the latest first. Zeroed: nothing. */
struct toc_attributes {
    struct toc_attribute *latest;
};

/** A new key; NULL without memory. */
struct toc_keyval *toc_keyval_create(enum toc_kind kind, void (*copy)(void), void (*remove)(void),
                                     void *extra_state);

/** The key that the program knows as `value`, if it is for objects of `kind`; NULL: it is not, or
 *  was freed and no attribute has it any more. */
struct toc_keyval *toc_keyval_get(enum toc_kind kind, int value);

/** What the program knows the key as. */
int toc_keyval_value(const struct toc_keyval *keyval);

/** Gives the program's reference back; nothing the second time. */
void toc_keyval_free(struct toc_keyval *keyval);

/** True: the attribute is there; then *value is its value. */
bool toc_attribute_get(const struct toc_attributes *attributes, const struct toc_keyval *keyval,
                       void **value);

/*
 * The rest works on the attributes of `object` (struct toc_comm or such). Result 0, TOC_ERR_NO_MEM,
 * or TOC_ERR_CALLBACK and *code is what the callback returned.
 */

/** Sets the value; one that is there already is deleted first, and stays if that fails. */
int toc_attribute_set(void *object, struct toc_attributes *attributes, struct toc_keyval *keyval,
                      void *value, int *code);

/** Deletes the attribute, if it is there; if the callback fails, it stays. */
int toc_attribute_delete(void *object, struct toc_attributes *attributes,
                         const struct toc_keyval *keyval, int *code);

/** Deletes all, the latest first, until a callback fails. */
int toc_attribute_delete_all(void *object, struct toc_attributes *attributes, int *code);

/** Copies those of `from` whose copy callback says so to `object`, which has none, the earliest
 *  first. If one fails, those that were copied are deleted again. */
int toc_attribute_copy_all(void *from, const struct toc_attributes *source, void *object,
                           struct toc_attributes *attributes, int *code);

#endif
