/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_PROGRESS_SPIN_H
#define TOC_PROGRESS_SPIN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Private to lib/progress. How long a rank that has a core for itself polls before it sleeps, by
 * what either costs: a wake-up takes as long as some tens of microseconds of polling, and comes
 * just when the message is there; polling in vain costs the core. Lengths and times are in
 * nanoseconds, of one clock that goes forwards. Nothing here reads a clock or makes a system call.
 */

#define TOC_SPIN_LEAST  60000   /* polled in any case, unless somebody else wants the core */
#define TOC_SPIN_MOST   5000000 /* longer waits are left to the kernel */
#define TOC_SPIN_BUCKET 10000000
#define TOC_SPIN_SHARE  100 /* polling in vain takes one part in so many of the time */
#define TOC_SPIN_WAITS  64  /* remembered; and waits that sleep at once where there is company */

/** What earlier waits have taught. All zero: nothing yet. */
struct toc_spin {
    uint32_t lengths[TOC_SPIN_WAITS]; /* a ring; of waits between LEAST and MOST */
    unsigned known;                   /* how many of them there are */
    unsigned next;
    int64_t usual; /* 90th percentile of `lengths`; 0: none */
    int64_t vain;  /* polled in vain beyond LEAST, and not made up for yet, at `vain_at` */
    int64_t vain_at;
    unsigned polite; /* waits to come that sleep at once */
};

/** How long a wait that begins at `now` may poll: not at all for the sake of company; else twice
 *  what nine in ten of the remembered waits took, between LEAST and MOST; LEAST while as much as
 *  the bucket holds has been polled in vain. Pure. */
int64_t toc_spin_limit(const struct toc_spin *spin, int64_t now);

/** Is the bucket empty at `now`? */
bool toc_spin_is_spent(const struct toc_spin *spin, int64_t now);

/** A wait begins at `now`: its limit; a wait of company's is counted off. */
int64_t toc_spin_begin(struct toc_spin *spin, int64_t now);

/** A wait is over after `length`, whether it slept or not. Shorter ones than LEAST teach nothing,
 *  since each may take that long; longer ones than MOST are not worth polling for. */
void toc_spin_learn(struct toc_spin *spin, int64_t length);

/** A wait has polled for `polled`, and goes to sleep at `now`. The one that empties the bucket may
 *  overdraw it. */
void toc_spin_in_vain(struct toc_spin *spin, int64_t now, int64_t polled);

/** Somebody else wants the core. */
void toc_spin_company(struct toc_spin *spin);

#endif
