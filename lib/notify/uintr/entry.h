/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_uintr_serve, toc_uintr_recover, toc_uintr_entry_end */
#ifndef TOC_NOTIFY_UINTR_ENTRY_H
#define TOC_NOTIFY_UINTR_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where user interrupts come in (entry.S): the interrupted code's registers are saved, also the
 * extended ones, and the bell is served on a stack of its own. One thread of a process takes them.
 */

/** See toc_uintr_check(). */
void toc_uintr_recover(void);

/** The address to register, and the end of that code. Not to be called. */
void toc_uintr_entry(void);
void toc_uintr_entry_end(void);

/** What entry.S works with; all set by toc_uintr_entry_open(). */
struct toc_uintr_area {
    void *xsave;     /* 64-byte aligned; its header was zeroed once and stays valid */
    uint64_t mask;   /* components to save: all that are enabled but the protection keys */
    char *stack_top; /* to switch to; NULL: the kernel has switched already */
    void (*serve)(void);
    uint32_t active; /* between entry and return */
};
extern struct toc_uintr_area toc_uintr_area __attribute__((visibility("hidden")));

/** Memory for stack and registers; interrupts will call `serve`. 0 or a negative toc_error. */
int toc_uintr_entry_open(void (*serve)(void));
void toc_uintr_entry_close(void);

/** Changes whom interrupts call. */
void toc_uintr_entry_serve(void (*serve)(void));

/** The stack for interrupts, to tell the kernel: pass `middle` and `size`. There are `size` bytes
 * on both sides of it, so it is right whether a kernel takes it for the top or for the base. */
void toc_uintr_entry_stack(char **middle, size_t *size);

/** The kernel switches to that stack; otherwise the entry does so itself. */
void toc_uintr_entry_kernel_switches(bool switches);

/** Is this address on that stack? */
bool toc_uintr_entry_is_stack(const void *address);

/** Start of an MPI call. A handler of the program may have interrupted the first or the last
 *  instructions of a user interrupt, where signals still get through, and jumped out of them
 *  (siglongjmp): no UIRET comes then, so interrupts are let through again. */
static inline void toc_uintr_check(void)
{
    if (__builtin_expect(toc_uintr_area.active != 0, 0))
        toc_uintr_recover();
}

/** A handler of the program is about to run; it interrupted the code at `pc`. It may jump out of
 * the entry where that has not set, or has cleared, `active`. */
static inline void toc_uintr_interrupted_at(uintptr_t pc)
{
    if (pc - (uintptr_t)toc_uintr_entry <
        (uintptr_t)toc_uintr_entry_end - (uintptr_t)toc_uintr_entry)
        toc_uintr_area.active = 1;
}

/** Why this CPU cannot save what has to be saved, or NULL. */
const char *toc_uintr_entry_lacks(void);

#endif
