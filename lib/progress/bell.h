/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_BELL_H
#define TOC_PROGRESS_BELL_H

#include <stdbool.h>

/* Private to lib/progress. */

/** Any packet or notice that has not been taken yet? */
bool toc_progress_has_work(void);

/** Is there work in the layers that nobody does when this rank goes and computes? */
bool toc_progress_is_unserved(void);

/** Tells the layers that this rank no longer helps with its outgoing rendezvous. */
void toc_progress_relied_on(void);

/** Goes quiet for a wait, if this rank is armed for anything in `class_bits`: polling sees it by
 *  itself. */
void toc_bell_hush(unsigned class_bits);

/** Sends the sleeping state out, looks once more, sleeps; true when it slept through `timeout_us`
 *  without a bell. */
bool toc_bell_nap(unsigned timeout_us);

/** Anything for the layers' `advance` to do? */
bool toc_bell_is_busy(void);

/** Number of rendezvous sends under way. */
int toc_bell_outgoing(void);

#endif
