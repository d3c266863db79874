/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_SYSCALL_H
#define TOC_BASE_SYSCALL_H

#include <sys/syscall.h>

/*
 * Raw system calls: they do not touch errno (the handler must not), are not interposed, and are no
 * cancellation points. Result as the kernel gives it: >= 0, or -errno.
 */
#if defined(__x86_64__)

static inline long toc_syscall6(long nr, long a1, long a2, long a3, long a4, long a5, long a6)
{
    long ret;
    register long r10 __asm__("r10") = a4;
    register long r8 __asm__("r8") = a5;
    register long r9 __asm__("r9") = a6;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a1), "S"(a2), "d"(a3), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
}

#else
#error "Tocsin supports x86-64 only: lib/base/syscall.h has no raw system call for this machine"
#endif

static inline long toc_syscall4(long nr, long a1, long a2, long a3, long a4)
{
    return toc_syscall6(nr, a1, a2, a3, a4, 0, 0);
}

static inline long toc_syscall3(long nr, long a1, long a2, long a3)
{
    return toc_syscall6(nr, a1, a2, a3, 0, 0, 0);
}

static inline long toc_syscall0(long nr)
{
    return toc_syscall6(nr, 0, 0, 0, 0, 0, 0);
}

#endif
