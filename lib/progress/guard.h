/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_GUARD_H
#define TOC_PROGRESS_GUARD_H

#include <stdbool.h>

/*
 * Guard: all state of rings, matching, requests, communicators and schedules is touched under it
 * only. The handler never waits for it: what strikes while it is held is recorded (`deferred`) and
 * served by whoever holds it, on leaving. With one thread the order of guard and `deferred` is the
 * compiler's business alone; otherwise (from MPI_THREAD_SERIALIZED on, or with a progress thread)
 * the guard is a lock. Model: tests/model/guard.pml.
 */

/** Other threads touch the library's state, too: from now on the guard is a lock. With `concurrent`
 *  (MPI_THREAD_MULTIPLE) several of them may be inside MPI calls at a time: those that wait open it
 *  now and then. Call with it open. */
void toc_guard_share(bool concurrent);

/** May several threads be inside MPI calls at a time? */
bool toc_guard_is_concurrent(void);

/** Begin of everything that touches the library's state; not for the handler. Does not nest. */
void toc_guard_enter(void);

/** End: makes the bell fit what may progress now, serves deferred bells, opens. */
void toc_guard_leave(void);

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
