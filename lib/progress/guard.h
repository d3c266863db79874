/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_GUARD_H
#define TOC_PROGRESS_GUARD_H

#include <stdbool.h>

/*
 * Guard: all state of rings, matching, requests, objects and schedules is touched under it only.
 * The handler never waits for it: what strikes while it is held is recorded (`deferred`) and served
 * by whoever holds it, on leaving. With one thread the order of guard and `deferred` is the
 * compiler's business alone; with more (MPI_THREAD_SERIALIZED: MPI calls from a thread other than
 * the one that takes the bells) the guard is a lock. Model: tests/model/guard.pml.
 */

/** More than one thread may call MPI: from now on the guard is a lock. Call with it open. */
void toc_guard_share(void);

/** Does the guard exclude other threads, too? */
bool toc_guard_is_shared(void);

/** Begin of everything that touches the library's state; not for the handler. Does not nest. */
void toc_guard_enter(void);

/** End: makes the bell fit what may progress now, serves deferred bells, opens. */
void toc_guard_leave(void);

/** Handler: true when it holds the guard now; false: the holder has been told. */
bool toc_guard_try(void);

/** Handler: opens what toc_guard_try() closed. */
void toc_guard_open(void);

/** Holder: takes note of a deferred bell (true: there was one) and forgets it. */
bool toc_guard_take_deferred(void);

/** Is it held right now? For assertions and for tests. */
bool toc_guard_is_held(void);

#endif
