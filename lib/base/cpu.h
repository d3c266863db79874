/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_CPU_H
#define TOC_BASE_CPU_H

#include <stdint.h>

/** A clock of this processor, for comparing what short things cost; 0 where there is none. */
static inline uint64_t toc_cpu_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

/** Unaligned accesses are not trapped from here on (AC flag clear): for handlers, which the kernel
 *  enters with the flag of the interrupted code. Returning from the handler gives the flag back. */
static inline void toc_cpu_allow_unaligned(void)
{
    /* Below the red zone of the caller. */
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\tandq $~0x40000, (%%rsp)\n\tpopfq\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     :
                     :
                     : "cc", "memory");
}

#endif
