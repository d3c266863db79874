/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_DATATYPE_EXTERNAL_H
#define TOC_DATATYPE_EXTERNAL_H

#include <stdint.h>

#include "datatype/datatype.h"

/*
 * Data in the representation "external32" (MPI 5.0, section 14.5.2): the basic elements in packed
 * order, big-endian, of sizes that are the same on every machine.
 */

/** Bytes of `count` elements; UINT64_MAX if that overflows. */
uint64_t toc_external_size(const struct toc_datatype *type, uint64_t count);

/** Converts `count` elements of a committed type at `buffer`; `external` has the size above. */
void toc_external_pack(const struct toc_datatype *type, const void *buffer, int64_t count,
                       void *external);

void toc_external_unpack(const struct toc_datatype *type, void *buffer, int64_t count,
                         const void *external);

#endif
