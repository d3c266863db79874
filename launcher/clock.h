/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_CLOCK_H
#define TOC_LAUNCHER_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Milliseconds of the monotonic clock. */
static inline int64_t toc_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
