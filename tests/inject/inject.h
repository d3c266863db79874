/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_INJECT_INJECT_H
#define TESTS_INJECT_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Rank 0 runs an MPI call again and again and is struck at another instruction boundary each time.
 * Rank 1 is its peer: it does what rank 0 tells it, outside MPI, and is otherwise at rest.
 */

/** What the peer is told to do in a trial, in this order. */
enum peer_step {
    PEER_BEFORE, /* get ready, before anything else */
    PEER_EARLY,  /* publish what rank 0 takes from the ring before the call */
    PEER_LATE,   /* publish what the bell or the call finds */
    PEER_DURING, /* take part while the call runs */
    PEER_SETTLE, /* complete the background; rank 0 is outside MPI meanwhile */
    PEER_FINISH, /* complete the rest */
    PEER_QUIT,
};

/** The MPI call under test, and what both sides do around it. Unused members are NULL. */
struct call {
    const char *name;
    size_t bytes;
    void (*peer_before)(void);
    void (*prepare)(void);
    void (*peer_early)(void);
    void (*peer_late)(void);
    void (*peer_during)(void);
    void (*run)(void);
    void (*check)(void);
    void (*peer_finish)(void);
};

/** What waits for the bell: the handler, or whoever serves it in its place, has to move it on while
 *  rank 0 makes no further call. */
struct background {
    const char *name;
    void (*peer_before)(void);
    void (*prepare)(void);
    void (*peer_publish)(void);
    bool (*has_moved)(void);   /* rank 0: without MPI */
    void (*peer_settle)(void); /* must end while rank 0 makes no call */
    void (*check)(void);
    void (*peer_finish)(void);
};

/** Found by name; NULL: there is none. */
const struct call *find_call(const char *name);
const struct background *find_background(const char *name);

/** One line for each pair that makes sense: call, background. */
void list_scenarios(void);

/** Number of the trial, the same on both ranks; it makes the contents of its messages. */
extern unsigned trial;
/** Bytes of the call's message. */
extern size_t call_bytes;
/** The ring to rank 0 is full, so the peer's messages may not be in it yet. */
extern bool ring_is_full;

/** Takes everything that has arrived from the ring; the call's message is then unexpected. */
void drain_ring(void);

/** Ends the job with a message that says where the bell was struck. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* peer.c */
void peer_attach(const char *path);
/** Rank 0: starts a step; waits for its end. */
void peer_order(enum peer_step step);
void peer_await(void);
/** Rank 0: how long the peer gives a call before it acts, in microseconds. */
void peer_set_patience(unsigned microseconds);
/** Rank 1: waits until the call has probably gone to sleep. */
void peer_be_patient(void);
/** Rank 1: strikes rank 0's bell. */
void peer_strike(void);
/** Rank 1: serves orders until PEER_QUIT. */
void peer_serve(void (*serve)(enum peer_step step));

#endif
