/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_COPY_H
#define TOC_BASE_COPY_H

#include <stdint.h>
#include <string.h>

/** memcpy() for what is mostly a few numbers: one or two of 8 bytes without a call. */
static inline void toc_copy_short(void *to, const void *from, uint64_t bytes)
{
    if (bytes - 8 > 8) {
        memcpy(to, from, bytes);
        return;
    }
    /* 8 to 16 bytes: the first and the last 8, which may overlap. */
    uint64_t first, last;
    memcpy(&first, from, 8);
    memcpy(&last, (const char *)from + bytes - 8, 8);
    memcpy(to, &first, 8);
    memcpy((char *)to + bytes - 8, &last, 8);
}

#endif
