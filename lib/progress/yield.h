/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_PROGRESS_YIELD_H
#define TOC_PROGRESS_YIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "progress/watch.h"

/*
 * Private to lib/progress. Giving the core away by sched_yield, which hands it to a rank that is
 * ready to run in half the time that sleep and wake-up take. To somebody who computes it hands the
 * core for whole slices of the scheduler, whatever comes meanwhile, so that a rank which finds such
 * company had better sleep: a wake-up gets the core back at once. Times are in ticks of the time
 * stamp counter: only their order of magnitude matters.
 */

enum toc_yield {
    TOC_YIELD_ALONE,   /* nobody else wanted the core */
    TOC_YIELD_SHARED,  /* others had it meanwhile */
    TOC_YIELD_REFUSED, /* not tried: it took long not long ago */
};

/** What earlier yields have taught. All zero: nothing yet. */
struct toc_yield_lesson {
    uint64_t not_before; /* when to try again */
    unsigned strikes;    /* long ones, of late */
    unsigned calm;       /* others, since the last long one */
};

/** A yield took `ticks` and ended at `now`: what it was. */
enum toc_yield toc_yield_learn(struct toc_yield_lesson *lesson, uint64_t now, uint64_t ticks);

/** Gives the core away once, if that is likely to pay. */
enum toc_yield toc_yield(struct toc_yield_lesson *lesson);

/** Gives it away again and again, `turns` times at most, until there is news, or nobody else wants
 *  the core. */
enum toc_yield toc_yield_until_news(struct toc_yield_lesson *lesson, const struct toc_watch *watch,
                                    unsigned turns);

#endif
