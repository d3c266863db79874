/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_TSAN_H
#define TOC_BASE_TSAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a program that is built with -fsanitize=thread has to know of the library, which is not: the
 * guard orders all that the library reads and writes for its threads, also in their buffers. The
 * two functions are of ThreadSanitizer's run time (sanitizer/tsan_interface.h), and null without
 * it. It puts signals off until it can bear them; of user interrupts it does not know, so that they
 * are not used beside it.
 */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static inline bool toc_tsan_is_there(void)
{
    return __tsan_acquire != NULL;
}

/** Behind the acquire of a lock at `address`. */
static inline void toc_tsan_acquired(void *address)
{
    if (__builtin_expect(__tsan_acquire != NULL, 0))
        __tsan_acquire(address);
}

/** Before its release. */
static inline void toc_tsan_releases(void *address)
{
    if (__builtin_expect(__tsan_release != NULL, 0))
        __tsan_release(address);
}

#endif
