/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "progress/guard.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/syscall.h"
#include "base/tsan.h"
#include "progress/bell.h"
#include "progress/progress.h"
#include "progress/waiters.h"

struct toc_guard toc_guard;

/* Threads on their way in that found it closed. A hint for who polls, which looks again every
 * round: no order is needed, `state` has that. */
static _Atomic uint32_t wanting;

/* Looks of a thread that wants the guard, or that has opened it for others, before it gives its
 * core away. */
#define LOOKS 1000

/* Between guard and `deferred`, and back: with one thread the handler interrupts between two
 * instructions and sees all earlier stores, so only the compiler has to keep the order. */
static void order(void)
{
    if (toc_guard.shared)
        atomic_thread_fence(memory_order_seq_cst);
    else
        atomic_signal_fence(memory_order_seq_cst);
}

void toc_guard_share(bool threads)
{
    toc_guard.shared = true;
    toc_guard.concurrent = threads;
    toc_bell_settle();
}

static bool close_guard(void)
{
    uint32_t expected = TOC_GUARD_OPEN;
    if (!toc_guard.shared) {
        if (atomic_load_explicit(&toc_guard.state, memory_order_relaxed) != TOC_GUARD_OPEN)
            return false;
        atomic_store_explicit(&toc_guard.state, TOC_GUARD_HELD, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        return true;
    }
    /* Acquire: pairs with the release in open_guard() of the previous holder. */
    if (!atomic_compare_exchange_strong_explicit(&toc_guard.state, &expected, TOC_GUARD_HELD,
                                                 memory_order_acquire, memory_order_relaxed))
        return false;
    toc_tsan_acquired(&toc_guard);
    return true;
}

static void open_guard(void)
{
    if (!toc_guard.shared) {
        atomic_store_explicit(&toc_guard.state, TOC_GUARD_OPEN, memory_order_release);
        return;
    }
    toc_tsan_releases(&toc_guard);
    /* Release: pairs with the acquire in close_guard() and sleep_until_open() of the next holder.
     */
    if (atomic_exchange_explicit(&toc_guard.state, TOC_GUARD_OPEN, memory_order_release) ==
        TOC_GUARD_CONTENDED)
        toc_syscall4(SYS_futex, (long)&toc_guard.state, FUTEX_WAKE_PRIVATE, 1, 0);
}

/* Comes back holding it. CONTENDED may be set once too often: that costs a wake for nobody. */
static void sleep_until_open(void)
{
    /* Acquire: pairs with the release in open_guard(). */
    while (atomic_exchange_explicit(&toc_guard.state, TOC_GUARD_CONTENDED, memory_order_acquire) !=
           TOC_GUARD_OPEN)
        toc_syscall4(SYS_futex, (long)&toc_guard.state, FUTEX_WAIT_PRIVATE, TOC_GUARD_CONTENDED, 0);
    toc_tsan_acquired(&toc_guard);
}

void toc_guard_enter_shared(void)
{
    if (__builtin_expect(close_guard(), 1))
        return;
    /* Another thread's, which may be waiting for a message and then looks at `wanting`. */
    atomic_fetch_add_explicit(&wanting, 1, memory_order_relaxed);
    bool got = false;
    for (int look = 0; look < LOOKS && !got; look++) {
        __builtin_ia32_pause();
        got = atomic_load_explicit(&toc_guard.state, memory_order_relaxed) == TOC_GUARD_OPEN &&
              close_guard();
    }
    if (!got)
        sleep_until_open();
    atomic_fetch_sub_explicit(&wanting, 1, memory_order_relaxed);
}

/* Opens it. True when a bell was deferred meanwhile that nobody else serves: then it is closed
 * again. */
static bool open_and_look(void)
{
    open_guard();
    /* Open before the look at `deferred`; the handler stores `deferred` before it tries the guard:
     * pairs with the order() in toc_guard_try(). One of the two sees the other. */
    order();
    return atomic_load_explicit(&toc_guard.deferred, memory_order_relaxed) != 0 && close_guard();
}

static void leave(void)
{
    toc_progress_depart();
    for (;;) {
        bool again = toc_progress_take_again();
        toc_waiters_notify(NULL);
        if (!open_and_look()) {
            if (again)
                toc_progress_strike_self(); /* not before it is open: the bell needs it */
            return;
        }
        if (again)
            toc_progress_again();
        toc_progress_serve(TOC_PROGRESS_CALL);
    }
}

/* The order() of toc_guard_leave() is done with. */
void toc_guard_serve_deferred(void)
{
    if (!close_guard())
        return;
    toc_progress_serve(TOC_PROGRESS_CALL);
    leave();
}

void toc_guard_leave_unsettled(void)
{
    if (toc_bell_is_settled() && !toc_guard.concurrent) {
        if (!open_and_look())
            return;
        toc_progress_serve(TOC_PROGRESS_CALL);
    }
    leave();
}

void toc_guard_suspend(void)
{
    if (!toc_guard.concurrent)
        return;
    toc_waiters_notify(NULL);
    open_guard();
}

void toc_guard_resume(void)
{
    if (toc_guard.concurrent)
        toc_guard_enter();
}

void toc_guard_breathe(void)
{
    if (!toc_guard.concurrent || atomic_load_explicit(&wanting, memory_order_relaxed) == 0)
        return;
    open_guard();
    /* Nobody is bound to be quick: one that sleeps has been woken, or has lost its core. */
    int look = 0;
    while (atomic_load_explicit(&wanting, memory_order_relaxed) != 0 && look++ < LOOKS)
        __builtin_ia32_pause();
    if (look > LOOKS)
        toc_syscall0(SYS_sched_yield);
    toc_guard_enter();
}

bool toc_guard_try(void)
{
    atomic_store_explicit(&toc_guard.deferred, 1, memory_order_relaxed);
    /* Pairs with the order() in toc_guard_leave(). */
    order();
    if (!close_guard())
        return false;
    atomic_store_explicit(&toc_guard.deferred, 0, memory_order_relaxed);
    return true;
}

void toc_guard_open(void)
{
    open_guard();
    /* Nobody can have deferred to us: only the thread that takes the bells runs the handler, and it
     * runs one at a time. */
}

bool toc_guard_take_deferred(void)
{
    if (atomic_load_explicit(&toc_guard.deferred, memory_order_relaxed) == 0)
        return false;
    atomic_store_explicit(&toc_guard.deferred, 0, memory_order_relaxed);
    /* `deferred` is cleared before the caller looks for work, so that a later bell sets it again.
     */
    order();
    return true;
}

bool toc_guard_is_held(void)
{
    return atomic_load_explicit(&toc_guard.state, memory_order_relaxed) != TOC_GUARD_OPEN;
}
