/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_CPU_H
#define TOC_BASE_CPU_H

#include <cpuid.h>
#include <stdatomic.h>
#include <stdbool.h>
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

/** Has the processor umonitor and umwait? (Intel SDM, CPUID leaf 7: WAITPKG.) Asked anew each time,
 *  which takes long on a virtual machine. */
static inline bool toc_cpu_has_waitpkg(void)
{
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ecx >> 5 & 1) != 0;
}

/** Rests in state C0.2 until the line of `word`, which was `value`, is written to, an interrupt
 *  comes, or the time stamp counter reaches `deadline` (the kernel may set an earlier one). Needs
 *  toc_cpu_has_waitpkg(). */
static inline void toc_cpu_await_store(const _Atomic uint64_t *word, uint64_t value,
                                       uint64_t deadline)
{
    __asm__ volatile("umonitor %0" : : "r"(word) : "memory");
    /* A store from here on ends the rest; one before shows here. */
    if (atomic_load_explicit(word, memory_order_relaxed) == value)
        __asm__ volatile("umwait %0"
                         :
                         : "r"(0), "a"((uint32_t)deadline), "d"((uint32_t)(deadline >> 32))
                         : "cc", "memory");
}

#endif
