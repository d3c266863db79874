/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_PROGRESS_PATIENCE_H
#define TOC_PROGRESS_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Private to lib/progress. One wait of a rank that has its core for itself, from its first look at
 * the clock on: brings what spin.h decides together with the clock, the kernel's counts and
 * TOCSIN_SPIN_US. A wait ends when anything moves.
 */

struct toc_patience {
    int64_t begin;   /* the first look at the clock */
    int64_t last;    /* the last one */
    int64_t limit;   /* of polling, since the first */
    long switches;   /* involuntary ones of this thread, when it had polled for a while */
    uint64_t sleeps; /* of this rank, before */
    bool insisted;   /* it has polled for that while */
    bool drowsy;     /* the CPU may rest for a moment */
    bool gave_up;    /* polling is over */
    bool spent;      /* it may poll for less, since others have polled in vain */
    bool polite;     /* ... for the sake of somebody else */
};

/** Nanoseconds of a clock that goes forwards. */
int64_t toc_patience_clock(void);

/** How long any wait may poll, in nanoseconds. */
int64_t toc_patience_least(void);

/** Guard held. The first look at the clock: is it worth polling on? */
bool toc_patience_begin(struct toc_patience *patience);

/** Guard held. A later look. Once it is not, it stays so. */
bool toc_patience_lasts(struct toc_patience *patience);

/** Guard held. The wait is over: something has moved, or somebody has woken this rank. */
void toc_patience_end(struct toc_patience *patience);

#endif
