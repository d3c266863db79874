/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_WAITERS_H
#define TOC_PROGRESS_WAITERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

/*
 * Private to lib/progress. Threads that wait inside MPI calls at the same time
 * (MPI_THREAD_MULTIPLE). One of them, the leader, polls the rings and sleeps on the rank's
 * doorbell; the others, the followers, sleep on a word of their own. Whoever opens the guard wakes
 * those whose wait is over by then. A leader whose own wait is over makes the first follower
 * leader. While there is a leader, nobody else arms the bell: its sleeping state is what tells the
 * senders. With one thread at a time none of this happens. Model: tests/model/waiters.pml.
 */
struct toc_waiter {
    struct toc_list link;
    bool (*done)(const void *argument);
    const void *argument;
    const char *call;       /* of MPI, in which it waits */
    _Atomic uint32_t woken; /* follower's futex */
};

/** Guard held: `waiter` (done, argument set) begins to wait; it may become the leader. */
void toc_waiters_join(struct toc_waiter *waiter);

/** Guard held: is this the one that polls? */
bool toc_waiters_is_leader(const struct toc_waiter *waiter);

/** Guard held, opened meanwhile: sleeps until its wait is over or it has become the leader. */
void toc_waiters_follow(struct toc_waiter *waiter);

/** Guard held: the wait is over. True when it was the last one: nobody polls from now on. */
bool toc_waiters_quit(struct toc_waiter *waiter);

/** Guard held: wakes the waiters, except `self`, whose wait is over. */
void toc_waiters_notify(const struct toc_waiter *self);

/** Does some thread poll, or sleep on the doorbell? Then the bell is its business. */
bool toc_waiters_have_leader(void);

/** Does it sleep? Then nobody looks at what comes without a bell. */
bool toc_waiters_leader_sleeps(void);

/** Guard held: the leader is about to sleep on the doorbell, or is back. */
void toc_waiters_asleep(bool asleep);

/** Guard held: there is something that only a call can do. True: the leader does it. */
bool toc_waiters_rouse(void);

#endif
