/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_INJECT_BOUNDARIES_H
#define TESTS_INJECT_BOUNDARIES_H

#include <stddef.h>
#include <stdint.h>

/* Boundaries of a recorded call, where the bell shall strike. */

struct boundary {
    uintptr_t address;
    unsigned pass; /* the thread comes by for the pass-th time; first: 1 */
};

struct boundaries {
    struct boundary *list; /* in the order in which the call comes by */
    size_t count;
    size_t repeats; /* left out: further passes through loops */
};

/** Chooses from the trace of a stretch (addresses, in order): from the first instruction outside
 *  the program's own text to the one that the call returns to. Of an instruction that is passed
 *  more than 2 * passes times, the first and the last `passes` are taken. */
void boundaries_choose(const uintptr_t *trace, size_t length, unsigned passes,
                       struct boundaries *chosen);

/** Text for an address: object and offset. */
const char *boundary_name(uintptr_t address);

#endif
