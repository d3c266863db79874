/* SPDX-License-Identifier: BSD-3-Clause */
/* What story.c measures and story_print.c shows. */
#ifndef EXAMPLES_STORY_H
#define EXAMPLES_STORY_H

#include "samples.h"

/* The two ways of telling a rank that a message is there. */
enum { INTERRUPTS, POLLING, WAYS };

enum { CASES = 3, SIZES = 3, ROWS = CASES * SIZES, MAX_ROUNDS = 1000 };

/* One value for each way and round; not a number where a round has no undisturbed sample. */
struct series {
    double value[WAYS][MAX_ROUNDS];
    int rounds;
};

/* A row of the table: a case and a size. */
struct row {
    const char *name;                /* of the case */
    long bytes;                      /* of the message */
    double compute_us;               /* the computation beside it */
    struct series exposed;           /* microseconds */
    long samples[WAYS], there[WAYS]; /* pairs, and those whose data were there before MPI_Wait */
};

struct story {
    char notifier[32]; /* what interrupts really are here */
    char reason[256];  /* why they are no user interrupts, or nothing */
    struct row row[ROWS];
    long runs, discarded;
    struct series halo; /* milliseconds */
    double seconds;     /* that it took */
    double foreign;     /* processors that others used meanwhile */
};

/* What is known of a series. */
struct comparison {
    struct estimate way[WAYS];
    struct estimate saved; /* by interrupts, in pairs: rounds that have both */
};

/* Pairs the rounds. */
struct comparison story_compare(const struct series *s);

/*
 * A time for people: "1.4 [1.2, 1.9]"; "< 0.5" where the interval reaches down to 0, if it may be
 * so small (it may not while data move at MPI_Wait only); "?" where nothing can be said. Returns
 * text.
 */
const char *story_time(const struct estimate *e, bool may_be_nothing, char *text, size_t size);

/* "interrupts, 106 [103, 110]", or "?" where the interval does not lie beyond the resolution. */
const char *story_less_with(const struct comparison *c, double resolution, char *text, size_t size);

/* Were the data there before MPI_Wait? "yes", "no", in between a percentage, "?" without samples.
 */
const char *story_there(long there, long samples, char *text, size_t size);

void story_print_table(const struct story *s);
void story_print_halo(const struct story *s);
void story_print_end(const struct story *s);

#endif
