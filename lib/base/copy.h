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

/** memcpy() of 1 to 40 bytes, what a cell holds, without a call: the first and the last of them,
 *  which may overlap, and what is between them. */
static inline void toc_copy_cell(void *to, const void *from, uint64_t bytes)
{
    const char *source = (const char *)from;
    char *target = (char *)to;
    if (bytes - 8 <= 8) {
        toc_copy_short(to, from, bytes);
    } else if (bytes > 16) {
        memcpy(target, source, 16);
        if (bytes > 32) {
            memcpy(target + 16, source + 16, 16);
            memcpy(target + bytes - 8, source + bytes - 8, 8);
        } else {
            memcpy(target + bytes - 16, source + bytes - 16, 16);
        }
    } else if (bytes >= 4) {
        memcpy(target, source, 4);
        memcpy(target + bytes - 4, source + bytes - 4, 4);
    } else {
        target[0] = source[0];
        target[bytes / 2] = source[bytes / 2];
        target[bytes - 1] = source[bytes - 1];
    }
}

#endif
