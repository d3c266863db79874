/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_DATATYPE_CONSTRUCT_H
#define TOC_DATATYPE_CONSTRUCT_H

#include <stdbool.h>
#include <stdint.h>

#include "datatype/datatype.h"

/*
 * Constructors (MPI 5.0, section 5.1). Counts and block lengths are numbers of elements;
 * displacements and strides are in elements of `old` or, in the h... forms, in bytes.
 *
 * 0 and the new, not yet committed type; TOC_ERR_COUNT: a count or block length is negative;
 * TOC_ERR_ARG: another value is not possible, or the type's size or bounds reach 2^62 bytes;
 * TOC_ERR_NO_MEM. The guard is held. The arrays are copied.
 */

int toc_datatype_contiguous(int64_t count, struct toc_datatype *old, struct toc_datatype **result);

int toc_datatype_vector(int64_t count, int64_t blocklength, int64_t stride,
                        struct toc_datatype *old, struct toc_datatype **result);

int toc_datatype_hvector(int64_t count, int64_t blocklength, int64_t stride,
                         struct toc_datatype *old, struct toc_datatype **result);

int toc_datatype_indexed(int64_t count, const int64_t blocklengths[], const int64_t displacements[],
                         struct toc_datatype *old, struct toc_datatype **result);

int toc_datatype_hindexed(int64_t count, const int64_t blocklengths[],
                          const int64_t displacements[], struct toc_datatype *old,
                          struct toc_datatype **result);

int toc_datatype_indexed_block(int64_t count, int64_t blocklength, const int64_t displacements[],
                               struct toc_datatype *old, struct toc_datatype **result);

int toc_datatype_hindexed_block(int64_t count, int64_t blocklength, const int64_t displacements[],
                                struct toc_datatype *old, struct toc_datatype **result);

/** `types`: one per block. */
int toc_datatype_struct(int64_t count, const int64_t blocklengths[], const int64_t displacements[],
                        struct toc_datatype *const types[], struct toc_datatype **result);

/** The part `starts` ... `starts` + `subsizes` of an array of `sizes`, `ndims` values each.
 *  `order`: MPI_ORDER_C or MPI_ORDER_FORTRAN. */
int toc_datatype_subarray(int ndims, const int64_t sizes[], const int64_t subsizes[],
                          const int64_t starts[], int order, struct toc_datatype *old,
                          struct toc_datatype **result);

/** What member `rank` of a grid of `size` = product of `psizes` processes has of an array of
 *  `gsizes` that is distributed over it (MPI_DISTRIBUTE_... and arguments per dimension). */
int toc_datatype_darray(int size, int rank, int ndims, const int64_t gsizes[], const int distribs[],
                        const int dargs[], const int psizes[], int order, struct toc_datatype *old,
                        struct toc_datatype **result);

int toc_datatype_resized(struct toc_datatype *old, int64_t lb, int64_t extent,
                         struct toc_datatype **result);

/** As committed as `old`. */
int toc_datatype_dup(struct toc_datatype *old, struct toc_datatype **result);

/** Builds the flattened form of `type`, and of the types inside that have none yet. For
 *  toc_datatype_commit. */
int toc_datatype_flatten(struct toc_datatype *type);

#endif
