/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_STALL_H
#define TOC_LAUNCHER_STALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/job.h"

/*
 * When a job stands still: all its ranks that live sleep in MPI, and none has moved for some time.
 * A rank that sleeps looks once a second whether it has missed something, so that nothing is under
 * way then. Nothing here reads a clock or looks at a rank.
 */

/** What was seen of a rank: the odd number by which it says that it sleeps, or one of these. */
#define TOC_STALL_GONE  UINT64_C(0) /* it has ended, or called MPI_Finalize: nobody waits for it */
#define TOC_STALL_AWAKE UINT64_C(2) /* it may move: computes, or has not called MPI_Init yet */

/** All zero but `limit_ms`: nothing was seen so far. */
struct toc_stall {
    int64_t limit_ms;             /* how long nothing may move */
    uint64_t seen[TOC_MAX_RANKS]; /* by the last look */
    int64_t since;                /* when all slept as they do now; 0: they do not */
    uint64_t cpu;                 /* what they had used in the middle of that time */
    bool have_cpu;
    bool told;
};

enum toc_stall_verdict {
    TOC_STALL_MOVES,
    TOC_STALL_ASK_CPU, /* toc_stall_cpu() is to be called with what the ranks have used */
    TOC_STALL_STANDS,  /* said once, until something moves */
};

/** A look at time `now` (milliseconds, not 0), at `count` ranks. */
enum toc_stall_verdict toc_stall_look(struct toc_stall *stall, const uint64_t *ranks,
                                      uint32_t count, int64_t now);

/** The milliseconds of processor time that all ranks have used so far, where the look asked for it.
 *  A rank of several threads may sleep in MPI and compute. */
enum toc_stall_verdict toc_stall_cpu(struct toc_stall *stall, uint64_t used, int64_t now);

#endif
