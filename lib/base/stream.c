/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "base/stream.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

void toc_stream_copy(void *to, const void *from, size_t bytes)
{
    size_t head = -(uintptr_t)to & 63;
    if (head > bytes)
        head = bytes;
    memcpy(to, from, head);
    bytes -= head;
    __m128i *line = (__m128i *)(void *)((char *)to + head);
    const __m128i *source = (const __m128i *)(const void *)((const char *)from + head);
    for (; bytes >= 64; bytes -= 64, line += 4, source += 4) {
        __m128i a = _mm_loadu_si128(source), b = _mm_loadu_si128(source + 1);
        __m128i c = _mm_loadu_si128(source + 2), d = _mm_loadu_si128(source + 3);
        _mm_stream_si128(line, a);
        _mm_stream_si128(line + 1, b);
        _mm_stream_si128(line + 2, c);
        _mm_stream_si128(line + 3, d);
    }
    memcpy(line, source, bytes);
    /* Streaming stores are not ordered by a release: it is for the caller's publication. */
    _mm_sfence();
}

#else

void toc_stream_copy(void *to, const void *from, size_t bytes)
{
    memcpy(to, from, bytes);
}

#endif
