/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_CORRUPT_H
#define TOC_TRANSPORT_CORRUPT_H

#include <stdint.h>

/*
 * What comes out of the shared segment may have been overwritten, by a stray write of any rank's
 * program. So whatever is used as an index, a size, an address or a place to go on from is checked
 * where it is read; payload is not. What cannot be is not survived: the job ends with a sentence
 * that says who found what, where.
 */

/** Something that a peer has written, or this rank itself. */
struct toc_corruption {
    const char *region; /* "the ring from" */
    int rank;           /* whose, or -1: nobody's in particular */
    const char *what;   /* "packet kind" */
    uint64_t value;
    const char *bound; /* what it should be: "at most", "expected"; NULL: cannot be told */
    uint64_t limit;
};

/** Ends this process and the job. Says so, unless the job ends already: the cause has been told
 *  then. Nothing is flushed: it may run in the handler, in the middle of anything. */
void toc_corrupt(const struct toc_corruption *found) __attribute__((noreturn, cold, noinline));

#endif
