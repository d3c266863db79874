/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_DATATYPE_CONTENTS_H
#define TOC_DATATYPE_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct toc_datatype;

/**
 * How a derived datatype was made: the arguments of its constructor, in the order of MPI 5.0,
 * section 5.1.13: first those that are integers, then those that are addresses. Shared by the
 * types that MPI_Type_get_contents hands out.
 */
struct toc_contents {
    uint32_t refs;
    int combiner; /* MPI_COMBINER_... */
    bool large;   /* by a function with MPI_Count arguments: counts are no integers then */
    size_t n_integers;
    size_t n_addresses;
    size_t n_types;
    struct toc_datatype **types; /* each one retained */
    int64_t values[];            /* n_integers integers, then n_addresses addresses */
};

/** Room for a constructor's arguments, to be filled in. NULL: out of memory. */
struct toc_contents *toc_contents_new(int combiner, size_t n_integers, size_t n_addresses,
                                      size_t n_types);

struct toc_contents *toc_contents_retain(struct toc_contents *contents);

/** NULL is allowed. */
void toc_contents_release(struct toc_contents *contents);

/** A new datatype equal to `type`, with contents and form of its own name: what
 *  MPI_Type_get_contents returns in place of a derived type. A predefined type returns itself.
 *  0 or TOC_ERR_NO_MEM. */
int toc_datatype_clone(struct toc_datatype *type, struct toc_datatype **clone);

/** Arguments of MPI_Type_create_f90_...: what is wanted of the type. */
struct toc_f90 {
    int n;
    int values[2];
};

/** The predefined type, as `base` in all but name and contents, that stands for these arguments:
 * the same one in every call. 0 or TOC_ERR_NO_MEM. */
int toc_datatype_f90(int combiner, const struct toc_f90 *arguments, struct toc_datatype *base,
                     struct toc_datatype **result);

/** Frees them. */
void toc_datatype_f90_finish(void);

#endif
