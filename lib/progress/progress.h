/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_PROGRESS_PROGRESS_H
#define TOC_PROGRESS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/doorbell.h"
#include "transport/ring.h"

struct toc_peer;
struct toc_waiter;

/*
 * Progress: drains the rings and moves what is under way, from three places: the handler, a call
 * that does not block, a call that waits. Guard held in all of them.
 */
enum toc_progress_context {
    TOC_PROGRESS_HANDLER, /* bounded; the program computes */
    TOC_PROGRESS_CALL,    /* a call on its way out: no copies of rendezvous data */
    TOC_PROGRESS_TEST,    /* a call that asks for progress (MPI_Test): at most one chunk */
    TOC_PROGRESS_WAIT,    /* a blocking call with nothing better to do */
};

/** What the layers above hang in: the only way upwards besides request->on_complete. All are
 *  handler-safe and called with the guard held. Unused members are NULL. */
struct toc_progress_events {
    /** A packet of `peer`. *data_bytes: what it holds of the data area. False: cannot be taken for
     *  want of buffers (starved); it stays in the ring. */
    bool (*packet)(enum toc_progress_context context, struct toc_peer *peer,
                   const struct toc_cell *cell, uint32_t *data_bytes);
    /** Moves queued sends, rendezvous, schedules. True when anything moved. */
    bool (*advance)(enum toc_progress_context context);
    /** Has work for this rank arrived that no bell is needed for to be seen? For the sleeper's
     *  safety check. */
    bool (*has_work)(void);
    /** Is there work that nobody does when this rank goes and computes? */
    bool (*is_unserved)(void);
    /** The rank leaves a blocking call during which peers may have relied on its help. */
    void (*depart)(void);
    /** Nothing has come for long: looks whether what peers share with this rank can be so, and for
     *  what has come without being seen. If not, the job ends (transport/corrupt.h). */
    void (*inspect)(void);
    /** This rank is about to give its core away: what peers have not been interrupted for, to spare
     *  them, is urgent now. */
    void (*insist)(void);
    /** Ranks have ended that the job goes on without, and what they have sent has been taken
     *  (toc_peer.buried): completes what waits for them. True when anything did. */
    bool (*bury)(void);
};

#define TOC_PROGRESS_LAYERS 4

/** Adds a layer's events; before the first progress. */
void toc_progress_register(const struct toc_progress_events *events);

/** Forgets all layers; MPI_Finalize. */
void toc_progress_reset(void);

/** After a long wait in vain: all rings, then the layers' `inspect`. A ring that has a packet is
 *  watched again, if it was not. */
void toc_progress_inspect(void);

/** In a job that goes on without ranks that end: takes what those have sent that have ended by now,
 *  and completes what waits for them. True when anything moved. Not in the handler. */
bool toc_progress_bury(void);

/** One round. True when anything moved. */
bool toc_progress_run(enum toc_progress_context context);

/** Counts reasons to be interrupted for packets of some classes (TOC_WANT_*, always given in the
 *  same combination): +1 when one comes up, -1 when it goes. */
void toc_progress_want(unsigned class_bits, int change);

/** Counts what `advance` has to be called for, beside what is wanted by class: while there is
 *  nothing, a round of progress only looks at the rings. */
void toc_progress_busy(int change);

/** Is there anything that `advance` has to be called for? */
bool toc_progress_is_busy(void);

/** Counts rendezvous sends that this rank could help with while it waits. */
void toc_progress_outgoing(int change);

/** Under the guard, before it opens: arms the bell for what is wanted now, and looks once more for
 *  what came before it was armed. Cheap when nothing changed. */
void toc_progress_depart(void);

/** MPI_Finalize, after its barrier, guard held: no bells from now on. */
void toc_progress_retire(void);

/** Serves a bell that just struck (HANDLER), or one that was deferred (CALL): progress, then a
 * fresh epoch. Guard held. */
void toc_progress_serve(enum toc_progress_context context);

/** Waits until done(argument). Guard held throughout; bells are deferred meanwhile. `call`: the
 *  function of MPI whose wait this is, for what mpirun says of a job that stands still. */
void toc_progress_wait(bool (*done)(const void *argument), const void *argument, const char *call);

/** Opens the guard in the middle of a round of progress in a call, and closes it again, around code
 *  of the program. The result of the former is for the latter. */
struct toc_waiter *toc_progress_step_aside(void);
void toc_progress_step_back(struct toc_waiter *self);

/** Have the handler called again soon, although no peer rings. */
void toc_progress_again(void);

/** Under the guard, last thing: has somebody asked for that, or is there work that nobody else does
 *  (more to copy than this round might)? Then the caller opens the guard and calls
 *  toc_progress_strike_self(): the bell of this rank, struck by itself. In between the program goes
 *  on for a moment, and its signals are let through. */
bool toc_progress_take_again(void);
void toc_progress_strike_self(void);

/** The bell has struck: the notifiers' entry, on the handler's own stack. */
void toc_progress_handler(void);

/** The handler met a dry pool: no bells until a call has refilled it. */
void toc_progress_starve(void);

/** Called by lib/p2p after it has refilled the pools. */
void toc_progress_fed(void);

#endif
