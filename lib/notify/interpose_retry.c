/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/interpose_impl.h"

#include <pthread.h>

#if defined(__GNUC__) && !defined(__clang__)
#define ONE_COPY __attribute__((noipa)) /* the labels below can exist only once */
#else
#define ONE_COPY __attribute__((noinline))
#endif

/*
 * The comparison and the system call. A handler of the program that strikes between them would be
 * lost: the call would block as if nothing had happened, where without the library it would have
 * been interrupted. So the trampoline of the program's handlers (interpose_bell.c) moves a thread
 * that it finds between toc_interpose_retry_begin and toc_interpose_retry_call back to the
 * beginning, where the comparison now fails. All inputs are in registers that stay as they are
 * until the kernel has the call; when it restarts the call it restores them.
 */
long toc_interpose_guarded(const volatile unsigned *count, unsigned seen, long nr, const long *arg);

ONE_COPY long toc_interpose_guarded(const volatile unsigned *count, unsigned seen, long nr,
                                    const long *arg)
{
    long ret;
    register long r10 __asm__("r10") = arg[3];
    register long r8 __asm__("r8") = arg[4];
    register long r9 __asm__("r9") = arg[5];
    __asm__ volatile(".globl toc_interpose_retry_begin\n\t"
                     ".hidden toc_interpose_retry_begin\n\t"
                     ".globl toc_interpose_retry_call\n\t"
                     ".hidden toc_interpose_retry_call\n"
                     "toc_interpose_retry_begin:\n\t"
                     "cmpl %[seen], (%[count])\n\t"
                     "jne 1f\n"
                     "toc_interpose_retry_call:\n\t"
                     "syscall\n\t"
                     "jmp 2f\n"
                     "1:\n\t"
                     "movq %[interrupted], %%rax\n"
                     "2:"
                     : "=a"(ret)
                     : "a"(nr), "D"(arg[0]), "S"(arg[1]), "d"(arg[2]), "r"(r10), "r"(r8),
                       "r"(r9), [seen] "r"(seen), [count] "r"(count), [interrupted] "i"(-EINTR)
                     : "rcx", "r11", "cc", "memory");
    return ret;
}

long toc_interpose_retry(struct toc_interpose_mark mark, long nr, long a1, long a2, long a3,
                         long a4, long a5, long a6)
{
    const long arg[6] = {a1, a2, a3, a4, a5, a6};
    int type;
    long ret;

    /* What libc does around the calls that are cancellation points. A bell is safe from it: its
     * signal mask includes the signal that libc cancels with. */
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
    ret = toc_interpose_guarded(&toc_interpose_self.handlers, mark.handlers, nr, arg);
    pthread_setcanceltype(type, &type);
    return ret;
}
