/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_STREAM_H
#define TOC_BASE_STREAM_H

#include <stddef.h>

/** As memcpy(), past the caches of this processor: for data that another processor reads next, and
 *  that is too much for a cache that both share. It then neither fetches the old contents of the
 *  lines from the reader's cache nor is fetched from ours. A release that follows covers the
 * stores, as it does ordinary ones. */
void toc_stream_copy(void *to, const void *from, size_t bytes);

#endif
