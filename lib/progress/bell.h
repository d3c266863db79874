/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_BELL_H
#define TOC_PROGRESS_BELL_H

#include <stdbool.h>

#include "notify/doorbell.h"

/* Private to lib/progress. */

struct toc_waiter;

/** This rank's own view of its bell. Only the owner changes mode and mask, under the guard, so
 * these copies are exact and no shared line has to be read. */
struct toc_bell {
    enum toc_bell_mode mode;
    unsigned armed_mask;
    unsigned wanted; /* classes that there is a reason for */
    unsigned wish;   /* what to be armed for; 0: not at all */
    int busy;        /* what `advance` has to be called for */
    uint64_t word;   /* as this rank has written it last; others may set `outstanding` */
    bool starved;
    bool again; /* somebody asked for the handler to be called soon */
};
extern struct toc_bell toc_bell;

/** Has the layers' `advance` anything to do? Posted receives alone need nothing but the rings. */
static inline bool toc_bell_is_busy(void)
{
    return toc_bell.busy > 0 || (toc_bell.wanted & ~(unsigned)(TOC_WANT_RTS | TOC_WANT_SYNC)) != 0;
}

/** Is the bell as it should be for a rank that goes and computes? A mask that wants too much is
 * left as it is: it costs a false alarm at worst, and changing it twice for every receive would
 * cost more. The handler trims it when it finds nothing. */
static inline bool toc_bell_fits(void)
{
    if (toc_bell.wish == 0)
        return toc_bell.mode == TOC_BELL_QUIET;
    return toc_bell.mode == TOC_BELL_ARMED && (toc_bell.wish & ~toc_bell.armed_mask) == 0;
}

/** Nothing to do on leaving a call: the bell fits, and nobody wants to be called again. */
static inline bool toc_bell_is_settled(void)
{
    return toc_bell_fits() && !toc_bell.again && !toc_bell_is_busy();
}

/** Tells the guard whether that is so; after every change of what it depends on. */
void toc_bell_settle(void);

/** Makes `wish` anew: the notifier is known now, or `wanted` or `starved` has changed. */
void toc_bell_wish(void);

/** Nothing is wanted any more; MPI_Finalize. */
void toc_bell_reset(void);

/** Any packet or notice that has not been taken yet? */
bool toc_progress_has_work(void);

/** Is there work in the layers that nobody does when this rank goes and computes? */
bool toc_progress_is_unserved(void);

/** Tells the layers that this rank no longer helps with its outgoing rendezvous. */
void toc_progress_relied_on(void);

/** Tells the layers that this rank has waited for a while. */
void toc_progress_insist(void);

/** Goes quiet for a wait, if this rank is armed for anything in `class_bits`: polling sees it by
 *  itself. */
void toc_bell_hush(unsigned class_bits);

/** The leader, `self`: sends the sleeping state out, looks once more, sleeps; true when it slept
 *  through `timeout_us` without a bell. */
bool toc_bell_nap(unsigned timeout_us, struct toc_waiter *self);

/** The leader, `self`: a round of progress, as the last look before the CPU rests for a moment, or
 *  until somebody rings. True when anything moved. */
bool toc_bell_doze(struct toc_waiter *self);

/** A round of progress of the leader. */
bool toc_progress_lead(struct toc_waiter *self);

/** Completes what peers have finished with meanwhile of the rendezvous that are under way. */
void toc_progress_settle(void);

/** A follower, before it sleeps: leaves behind nothing that the leader does not hear of. */
void toc_bell_follow(void);

/** Number of rendezvous sends under way. */
int toc_bell_outgoing(void);

#endif
