/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "progress/waiters.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "base/syscall.h"
#include "progress/guard.h"
#include "transport/world.h"

/* Looks at its word before a follower sleeps: about what a wake-up costs. */
#define LOOKS 500

static struct toc_list waiters = {&waiters, &waiters};
static const struct toc_waiter *leader;
static bool leader_asleep;

void toc_waiters_join(struct toc_waiter *waiter)
{
    if (!toc_guard_is_concurrent())
        return;
    atomic_store_explicit(&waiter->woken, 0, memory_order_relaxed);
    toc_list_append(&waiters, &waiter->link);
    if (leader == NULL)
        leader = waiter;
}

bool toc_waiters_is_leader(const struct toc_waiter *waiter)
{
    return !toc_guard_is_concurrent() || leader == waiter;
}

bool toc_waiters_have_leader(void)
{
    return leader != NULL;
}

bool toc_waiters_leader_sleeps(void)
{
    return leader_asleep;
}

void toc_waiters_asleep(bool asleep)
{
    leader_asleep = asleep;
}

bool toc_waiters_rouse(void)
{
    if (leader == NULL)
        return false;
    if (leader_asleep)
        toc_doorbell_rouse(toc_world.bell);
    return true;
}

static void wake(struct toc_waiter *waiter)
{
    if (waiter == leader) {
        toc_waiters_rouse();
        return;
    }
    /* Under the guard, without which the waiter does not go away. It reads what it waited for under
     * the guard, too, so the store needs no order. */
    if (atomic_exchange_explicit(&waiter->woken, 1, memory_order_relaxed) == 0)
        toc_syscall4(SYS_futex, (long)&waiter->woken, FUTEX_WAKE_PRIVATE, 1, 0);
}

void toc_waiters_notify(const struct toc_waiter *self)
{
    TOC_LIST_EACH(&waiters, member, following)
    {
        struct toc_waiter *waiter = TOC_CONTAINER(member, struct toc_waiter, link);
        if (waiter != self && waiter->done(waiter->argument))
            wake(waiter);
    }
}

static bool is_woken(const struct toc_waiter *waiter)
{
    return atomic_load_explicit(&waiter->woken, memory_order_relaxed) != 0;
}

void toc_waiters_follow(struct toc_waiter *waiter)
{
    toc_guard_suspend();
    for (int look = 0; look < LOOKS && !toc_world.crowded && !is_woken(waiter); look++)
        __builtin_ia32_pause();
    /* Woken between look and sleep: the word is 1, and the kernel does not let it sleep. */
    if (!is_woken(waiter))
        toc_syscall4(SYS_futex, (long)&waiter->woken, FUTEX_WAIT_PRIVATE, 0, 0);
    toc_guard_resume();
    atomic_store_explicit(&waiter->woken, 0, memory_order_relaxed);
}

bool toc_waiters_quit(struct toc_waiter *waiter)
{
    if (!toc_guard_is_concurrent())
        return true;
    toc_list_remove(&waiter->link);
    if (leader != waiter)
        return false;
    if (toc_list_is_empty(&waiters)) {
        leader = NULL;
        return true;
    }
    struct toc_waiter *next = TOC_CONTAINER(waiters.next, struct toc_waiter, link);
    wake(next); /* as a follower, which it still is */
    leader = next;
    return false;
}
