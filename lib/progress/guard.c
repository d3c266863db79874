/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "progress/guard.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/syscall.h"
#include "progress/progress.h"

static _Atomic uint32_t held;
static _Atomic uint32_t deferred;
static bool shared;

/* Between guard and `deferred`, and back: with one thread the handler interrupts between two
 * instructions and sees all earlier stores, so only the compiler has to keep the order. */
static void order(void)
{
    if (shared)
        atomic_thread_fence(memory_order_seq_cst);
    else
        atomic_signal_fence(memory_order_seq_cst);
}

void toc_guard_share(void)
{
    shared = true;
}

bool toc_guard_is_shared(void)
{
    return shared;
}

static bool close_guard(void)
{
    if (!shared) {
        if (atomic_load_explicit(&held, memory_order_relaxed) != 0)
            return false;
        atomic_store_explicit(&held, 1, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        return true;
    }
    uint32_t expected = 0;
    /* Acquire: pairs with the release in open_guard() of the previous holder. */
    return atomic_compare_exchange_strong_explicit(&held, &expected, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void open_guard(void)
{
    atomic_store_explicit(&held, 0, memory_order_release);
}

void toc_guard_enter(void)
{
    /* With one thread it is open here: calls do not nest, and a handler is through when its thread
     * goes on. A shared guard may be held by the handler on another thread; that is bounded. */
    for (unsigned spins = 0; !close_guard(); spins++) {
        __builtin_ia32_pause();
        if (spins > 1000)
            toc_syscall0(SYS_sched_yield);
    }
}

void toc_guard_leave(void)
{
    toc_progress_depart();
    for (;;) {
        bool again = toc_progress_take_again();
        open_guard();
        /* Open before the look at `deferred`; the handler stores `deferred` before it tries the
         * guard: pairs with the order() in toc_guard_try(). One of the two sees the other. */
        order();
        if (atomic_load_explicit(&deferred, memory_order_relaxed) == 0) {
            if (again)
                toc_progress_strike_self(); /* not before it is open: the bell needs it */
            return;
        }
        if (!close_guard())
            return; /* its new holder serves the bell */
        if (again)
            toc_progress_again();
        toc_progress_serve(TOC_PROGRESS_CALL);
    }
}

bool toc_guard_try(void)
{
    atomic_store_explicit(&deferred, 1, memory_order_relaxed);
    /* Pairs with the order() in toc_guard_leave(). */
    order();
    if (!close_guard())
        return false;
    atomic_store_explicit(&deferred, 0, memory_order_relaxed);
    return true;
}

void toc_guard_open(void)
{
    open_guard();
    /* Another thread may have deferred to us: none does today, because only the thread that takes
     * the bells runs the handler, and it runs one at a time. */
}

bool toc_guard_take_deferred(void)
{
    if (atomic_load_explicit(&deferred, memory_order_relaxed) == 0)
        return false;
    atomic_store_explicit(&deferred, 0, memory_order_relaxed);
    /* `deferred` is cleared before the caller looks for work, so that a later bell sets it again.
     */
    order();
    return true;
}

bool toc_guard_is_held(void)
{
    return atomic_load_explicit(&held, memory_order_relaxed) != 0;
}
