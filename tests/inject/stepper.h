/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_INJECT_STEPPER_H
#define TESTS_INJECT_STEPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Strikes a bell of the signal notifier, or of the uintr notifier under the emulator, at a chosen
 * instruction boundary of this thread.
 *
 * The trap flag lists the boundaries: with it the processor traps after every instruction. Going to
 * one of them again by the trap flag costs a trap for every instruction before it, so a breakpoint
 * (int3) leads there: a call of n instructions is covered in n short runs, not in n*n/2 steps.
 *
 * The trap's handler runs with the bell's signal blocked and queues the bell for its own thread, so
 * that the kernel delivers it when the trap returns: at that boundary, and nowhere else.
 *
 * A repeated string instruction (rep movsb) counts as one instruction, except for the boundaries of
 * a second bell: the trap flag stops after each of its elements.
 *
 * Everything between stepper_on() and stepper_off() is the code under test.
 */

/** When a second bell follows the first. */
enum stepper_second {
    STEPPER_NONE,
    STEPPER_AFTER,  /* `distance` instructions after the boundary of the first */
    STEPPER_INSIDE, /* in the handler of the first, before `inside` for the inside_pass-th time */
    STEPPER_LIST,   /* none: the handler of the first is listed */
};

struct stepper_plan {
    uintptr_t address; /* strike before the instruction here ... */
    unsigned pass;     /* ... when the thread comes by for the pass-th time (first: 1) */
    enum stepper_second second;
    unsigned distance;
    uintptr_t inside;
    unsigned inside_pass;
};

/** Bells are emulated user interrupts. After MPI_Init, before stepper_init(), in both ranks. */
void stepper_use_uintr(void);

/** Takes SIGTRAP and lets it (and SIGALRM) through to the handler of the bell's signal. After
 *  MPI_Init. False when that signal has no handler. */
bool stepper_init(void);

/** Does the trap flag stop this processor after every instruction? (Not in some sandboxes.) */
bool stepper_works(void);

/** The next stretch is listed, not struck. */
void stepper_record(void);

/** The next stretch is left alone. */
void stepper_rest(void);

/** What the last recorded stretch (or listed handler) executed, address by address. Returns the
 *  number. */
size_t stepper_trace(const uintptr_t **trace);

/** The next stretch is struck by this plan; `step`: go there by the trap flag all the way. */
void stepper_aim(const struct stepper_plan *plan, bool step);

/** Begin and end of a stretch. */
void stepper_on(void);
void stepper_off(void);

/** Bells that the last stretch was struck with (0 to 2). */
unsigned stepper_struck(void);

/** Strikes this thread's bell here and now. */
void stepper_strike(void);

/** Strikes the bell of another thread. */
void stepper_strike_thread(long pid, long tid);

/** Holds the bell's signal back, and lets it through again without what came meanwhile. Returns
 *  whether a bell came. */
void stepper_hold(void);
bool stepper_drop(void);

#endif
