/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_GUARD_H
#define TOC_PROGRESS_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "notify/uintr/entry.h"

/*
 * Guard: all state of rings, matching, requests, communicators and schedules is touched under it
 * only. The handler never waits for it: what strikes while it is held is recorded (`deferred`) and
 * served by whoever holds it, on leaving. With one thread the order of guard and `deferred` is the
 * compiler's business alone; otherwise (from MPI_THREAD_SERIALIZED on, or with a progress thread)
 * the guard is a lock. Model: tests/model/guard.pml.
 */

/* CONTENDED: held, and somebody sleeps until it opens. */
enum toc_guard_state { TOC_GUARD_OPEN, TOC_GUARD_HELD, TOC_GUARD_CONTENDED };

/** Private to lib/progress; here for the sake of the two functions below that every call begins and
 *  ends with. */
struct toc_guard {
    _Atomic uint32_t state;    /* enum toc_guard_state */
    _Atomic uint32_t deferred; /* a bell found it held */
    bool shared;               /* it is a lock */
    bool concurrent;           /* MPI_THREAD_MULTIPLE */
    bool unsettled;            /* leaving takes more than opening it; toc_bell_settle() */
};
extern struct toc_guard toc_guard __attribute__((visibility("hidden")));

void toc_guard_enter_shared(void);
void toc_guard_leave_unsettled(void);
void toc_guard_serve_deferred(void);

/** Other threads touch the library's state, too: from now on the guard is a lock. With `concurrent`
 *  (MPI_THREAD_MULTIPLE) several of them may be inside MPI calls at a time: those that wait open it
 *  now and then. Call with it open. */
void toc_guard_share(bool concurrent);

/** May several threads be inside MPI calls at a time? */
static inline bool toc_guard_is_concurrent(void)
{
    return toc_guard.concurrent;
}

/** Begin of everything that touches the library's state; not for the handler. Does not nest. */
static inline void toc_guard_enter(void)
{
    toc_uintr_check();
    if (__builtin_expect(toc_guard.shared, 0)) {
        toc_guard_enter_shared();
        return;
    }
    /* Open: with one thread calls do not nest, and a handler is through when its thread goes on. */
    atomic_store_explicit(&toc_guard.state, TOC_GUARD_HELD, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

/** End: makes the bell fit what may progress now, serves deferred bells, opens. */
static inline void toc_guard_leave(void)
{
    if (__builtin_expect(toc_guard.unsettled, 0)) {
        toc_guard_leave_unsettled();
        return;
    }
    atomic_store_explicit(&toc_guard.state, TOC_GUARD_OPEN, memory_order_release);
    /* Open before the look at `deferred`; the handler, which interrupts this very thread, stores
     * `deferred` before it tries the guard. One of the two sees the other. */
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(atomic_load_explicit(&toc_guard.deferred, memory_order_relaxed) != 0, 0))
        toc_guard_serve_deferred();
}

/** Around a sleep inside the library, with concurrent threads only (otherwise nothing happens):
 *  opens the guard without any of what toc_guard_leave() does, and closes it again. */
void toc_guard_suspend(void);
void toc_guard_resume(void);

/** Holder that polls, with concurrent threads only: lets those have it that wait for it. */
void toc_guard_breathe(void);

/** Handler: true when it holds the guard now; false: the holder has been told. */
bool toc_guard_try(void);

/** Handler: opens what toc_guard_try() closed. */
void toc_guard_open(void);

/** Holder: takes note of a deferred bell (true: there was one) and forgets it. */
bool toc_guard_take_deferred(void);

/** Is it held right now? For assertions and for tests. */
bool toc_guard_is_held(void);

#endif
