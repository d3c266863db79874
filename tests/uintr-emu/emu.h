/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Emulator of user interrupts for machines without them: a library to preload, for tests. The
 * instructions raise #UD there; it catches SIGILL and does what the processor would have done
 * (model.c). The kernel's interface, the one of Intel's v6.0 patches, it serves by taking the place
 * of libc's syscall() (kernel.c). Programs are not changed.
 *
 * How it differs from the real thing:
 * - A notification is a signal that libc keeps for itself (32, thread cancellation) and that
 * programs therefore cannot block, sent to the receiver's thread: so it does interrupt system
 * calls, which start again (SA_RESTART) or fail with EINTR, whatever flags the handler was
 * registered with, and also when there is nothing to deliver after all (the library's wrappers
 * repeat such calls: toc_interpose_uncounted). Sending and receiving cost microseconds.
 * - SIGILL stays the emulator's: the program's handler for it is called for everything else, and
 *   SIGILL never gets blocked, so that the instructions work wherever the program executes them.
 *   Code that blocks it by a raw system call dies at the next of the five instructions.
 * - Nothing suppresses notifications while a thread does not run (SN); shadow stacks and the
 *   flexible UIF of newer processors are not modelled, and uintr_ipi_fd() is refused. So is a
 *   receiver in another pid namespace (ESHUTDOWN).
 *
 * Environment: UINTR_EMU_ALT_STACK=base: uintr_alt_stack() takes the address for the base of the
 * stack, as corrected kernels do, not for its top. UINTR_EMU_LOSE=N: every N-th notification is
 * lost on its way; the next one to that receiver brings its vectors along.
 */
#ifndef TOC_EMU_EMU_H
#define TOC_EMU_EMU_H

#include <signal.h>
#include <stddef.h>

#include "model.h"

#define EMU_SIGNAL 32 /* the C library's SIGCANCEL, which it sends by tgkill, not with SI_QUEUE */

#define EMU_TARGETS 256

/** What a vector's descriptor holds: the receiver's UPID, and what the signal needs. */
struct emu_page {
    struct emu_upid upid;
    uint64_t magic;
    int32_t pid;
    uint64_t pidns;        /* in which that number counts */
    struct emu_page *next; /* of the receiver's process; its address there */
};

/** The processor as a thread sees it. */
struct emu_thread {
    struct emu_cpu cpu;
    struct emu_page *page; /* NULL: no handler was ever registered */
    int page_fd;
    bool registered;
    int pid;      /* of the process that this is the state of: fork copies it */
    char *buffer; /* for one signal frame */
    size_t buffer_size;
};

/** The calling thread's; a forked child starts afresh. Handler-safe. */
struct emu_thread *emu_self(void);

/** uintr_* of the kernel; result >= 0 or -errno. False: not one of these calls. */
bool emu_kernel_call(long nr, const unsigned long *arg, long *result);

/** Sends the notification for `upid`; true when it is the caller's own. Handler-safe. */
bool emu_notify(struct emu_upid *upid);

/** A notification of this process may have been lost: sends those under way again. */
void emu_notify_again(void);

/* For the handlers, in which libc's functions may not be called: a test may have put breakpoints
 * into them. */
static inline void emu_copy(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static inline void emu_clear(void *at, size_t size)
{
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(0) : "memory");
}

/*
 * For tests that strike at chosen moments; they find these with dlsym(). All are for the calling
 * thread, which has registered a handler, and may be called in signal handlers.
 */
/** Posts vector 0, by a notification: it comes as soon as its signal is not blocked. */
void uintr_emu_post(void);
/** Holds interrupts back, as CLUI does. */
void uintr_emu_hold(void);
/** Forgets what was posted and lets interrupts through again; was there anything? */
bool uintr_emu_drop(void);
/** Are they held back, by one of these functions, CLUI, or a handler that is running? */
bool uintr_emu_is_masked(void);
/** The handler's address. */
uint64_t uintr_emu_handler(void);

/** Catches SIGILL and the notification's signal; once. False, with nothing caught, where the
 *  instructions need no emulator. */
bool emu_catch_signals(void);

#endif
