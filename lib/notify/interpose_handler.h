/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_NOTIFY_INTERPOSE_HANDLER_H
#define TOC_NOTIFY_INTERPOSE_HANDLER_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/syscall.h"
#include "notify/interpose.h"

/* Shared by the interpose*.c files only: what the signal handlers of interpose_bell.c and the
 * wrappers have in common. */

/** Per thread; written by its signal handlers, read by its wrappers, so volatile is enough. */
struct toc_interpose_thread {
    volatile unsigned bells;    /* handler runs that the program must not notice */
    volatile unsigned handlers; /* runs of the program's handlers */
    /* Where a bell made the kernel restart a system call (0: nowhere), and the stack pointer. */
    uintptr_t restart_pc, restart_sp;
    unsigned rung; /* generation of toc_interpose_start that this thread called */
};

extern __thread struct toc_interpose_thread toc_interpose_self
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/** The bell's signal while it is the library's, else 0. */
extern atomic_int toc_interpose_signo __attribute__((visibility("hidden")));

/* Size of the kernel's signal sets. */
enum { TOC_SIGSET_BYTES = 8 };

/** Every signal, also those that libc reserves, but those by which the CPU reports a fault: were
 *  they blocked, a fault would end the process without the program's own handler for it. (And the
 *  emulator of user interrupts lives on one of them.) */
#define TOC_SIGNALS_BLOCKED                                                                        \
    (~((uint64_t)1 << (SIGILL - 1) | (uint64_t)1 << (SIGTRAP - 1) | (uint64_t)1 << (SIGBUS - 1) |  \
       (uint64_t)1 << (SIGFPE - 1) | (uint64_t)1 << (SIGSEGV - 1)))

/** Blocks them in this thread; `saved` gets the old mask. */
static inline void toc_interpose_block(sigset_t *saved)
{
    uint64_t all = TOC_SIGNALS_BLOCKED;

    toc_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)saved, TOC_SIGSET_BYTES);
}

static inline void toc_interpose_unblock(const sigset_t *saved)
{
    toc_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)saved, 0, TOC_SIGSET_BYTES);
}

/** Is this signal one of our bells? */
static inline bool toc_interpose_is_bell(const siginfo_t *info)
{
    return info->si_code == SI_QUEUE && info->si_value.sival_int == TOC_BELL_MARKER;
}

/* interpose_bell.c: the handlers that the kernel knows. */
typedef void toc_interpose_handler(int, siginfo_t *, void *);

/** The program's handler of each signal; last one installed, also when it is not in force now. */
extern _Atomic(toc_interpose_handler *) toc_interpose_handlers[NSIG]
    __attribute__((visibility("hidden")));

/** The handler that stands before the program's, for these sa_flags of the program. */
toc_interpose_handler *toc_interpose_trampoline(int flags);
/** Is this one of them? `*flags` gets the SA_SIGINFO that the program had given. */
bool toc_interpose_is_trampoline(toc_interpose_handler *handler, int *flags);
/** Handler of the bell's signal. */
void toc_interpose_bell(int signo, siginfo_t *info, void *context);
/** The bell's signal, the library's function for bells, and the generation that a thread must have
 * in toc_interpose_self.rung for it. */
void toc_interpose_set_bell(int signo, toc_interpose_handler *bell, unsigned generation);

/** False in a vfork child, which shares this memory but not the signals. */
bool toc_interpose_own_process(void);

/** The program's disposition of the bell's signal. The kernel does not know it while the library
 * has the signal. Set it with all signals blocked. */
void toc_interpose_view(struct sigaction *view);
void toc_interpose_set_view(const struct sigaction *view);

#endif
