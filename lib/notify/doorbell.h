/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_NOTIFY_DOORBELL_H
#define TOC_NOTIFY_DOORBELL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/job.h"

/*
 * Doorbell: how a rank says whether, and for what, it wants to be told of packets. One word per
 * rank, alone on its cache line, changed by its owner with one exchange that writes a new epoch:
 *
 *     bits 0-1    mode           QUIET, SLEEP, ARMED, DOZE
 *     bit  2      outstanding    a bell of this epoch is under way
 *     bits 3-31   epoch          the futex of a sleeper is the low half of the word
 *     bits 32-39  mask           packet classes wanted while ARMED
 *
 * Model: tests/model/doorbell.pml. Rules: lib/README.md, section "Doorbell".
 */

enum toc_bell_mode {
    TOC_BELL_QUIET = 0,
    TOC_BELL_SLEEP = 1,
    TOC_BELL_ARMED = 2,
    TOC_BELL_DOZE = 3, /* polls, and rests between two looks until the word is written to */
};

#define TOC_BELL_MODE_MASK   UINT64_C(3)
#define TOC_BELL_OUTSTANDING UINT64_C(4)
#define TOC_BELL_EPOCH_SHIFT 3
#define TOC_BELL_EPOCH_MASK  UINT64_C(0x1fffffff)
#define TOC_BELL_MASK_SHIFT  32

/** Packet classes: what an armed rank can want to be interrupted for. A packet of class NONE wakes
 *  sleepers only. */
enum toc_bell_class {
    TOC_WANT_NONE = 0,
    TOC_WANT_RTS = 1 << 0,     /* request of a rendezvous */
    TOC_WANT_SYNC = 1 << 1,    /* synchronous send that waits for its match */
    TOC_WANT_CTS = 1 << 2,     /* a rendezvous was matched: the sender has to do something, as it
                                * expects */
    TOC_WANT_DATA = 1 << 3,    /* fragment of a rendezvous through the ring */
    TOC_WANT_COLL = 1 << 4,    /* step of a collective schedule */
    TOC_WANT_SPACE = 1 << 5,   /* a ring that was full has space again */
    TOC_WANT_CONTROL = 1 << 6, /* a full ring wants to be drained; a delegated copy was returned; a
                                * receiver cannot copy what it was to copy by itself */
};

#define TOC_PENDING_WORDS (TOC_MAX_RANKS / 64)

/** One per rank, in the job's segment. */
struct toc_doorbell {
    alignas(TOC_CACHE_LINE) _Atomic uint64_t word;
    /* Strikes of a progress thread, which sleeps on it (TOCSIN_NOTIFY=thread). On the word's line:
     * who strikes has just changed the word. */
    _Atomic uint32_t gong;
    /* Owner keeps so much that nobody has received that it takes no more contents (p2p/held.h).
     * Here because senders read this line anyway. */
    _Atomic uint32_t over;
    /* Owner is inside a blocking call and will copy for its outgoing rendezvous. */
    alignas(TOC_CACHE_LINE) _Atomic uint32_t blocking;
    /* Bit per sender: the owner has to watch its ring (or other traffic of that peer). */
    alignas(TOC_CACHE_LINE) _Atomic uint64_t pending[TOC_PENDING_WORDS];
};
_Static_assert(sizeof(struct toc_doorbell) == TOC_DOORBELL_BYTES, "placed by base/job.c");

/** What a sender's ring of the bell came to; for counters and tests. */
enum toc_bell_outcome {
    TOC_BELL_NOT_NEEDED,
    TOC_BELL_SUPPRESSED,
    TOC_BELL_NOTIFIED,
    TOC_BELL_FAILED,
    TOC_BELL_WOKEN,
};

/**
 * Tells the owner of `bell` that rank `self` has published something of class `class_bits`
 * (TOC_WANT_NONE: wakes sleepers only). To be called after the publishing store.
 * `always`: interrupt an armed owner for any class. `notify` is called with `peer` when an
 * interrupt is due and returns 0, or negative: then the owner's `unsignalable` flag is the
 * caller's to set. Handler-safe.
 */
enum toc_bell_outcome toc_doorbell_ring(struct toc_doorbell *bell, uint32_t self,
                                        unsigned class_bits, bool always, int (*notify)(int peer),
                                        int peer);

static inline enum toc_bell_mode toc_bell_mode(uint64_t word)
{
    return (enum toc_bell_mode)(word & TOC_BELL_MODE_MASK);
}

static inline unsigned toc_bell_mask(uint64_t word)
{
    return (unsigned)(word >> TOC_BELL_MASK_SHIFT) & 0xff;
}

/** What most calls of toc_doorbell_ring() come to: true if that would do nothing,
 * TOC_BELL_NOT_NEEDED. False: call it. Handler-safe. */
static inline bool toc_doorbell_is_content(struct toc_doorbell *bell, uint32_t self,
                                           unsigned class_bits)
{
    /* The packet (stored by the caller) before the loads of pending set and word, as in
     * toc_doorbell_ring(); pairs with the same exchanges. */
    atomic_thread_fence(memory_order_seq_cst);
    uint64_t pending = atomic_load_explicit(&bell->pending[self / 64], memory_order_relaxed);
    uint64_t word = atomic_load_explicit(&bell->word, memory_order_relaxed);
    enum toc_bell_mode mode = toc_bell_mode(word);
    return (pending >> self % 64 & 1) != 0 &&
           (mode == TOC_BELL_QUIET ||
            (mode == TOC_BELL_ARMED && (toc_bell_mask(word) & class_bits) == 0));
}

/** Owner: goes to `mode` with `mask` in a new epoch, outstanding = 0. A full barrier: what senders
 *  published before they saw the old word is visible after it. Returns the word written (for
 *  toc_doorbell_sleep), the previous one in *old. */
uint64_t toc_doorbell_change(struct toc_doorbell *bell, enum toc_bell_mode mode, unsigned mask,
                             uint64_t *old);

/** Owner: sleeps until the word differs from `word`, at most `timeout_us` microseconds. Returns
 *  false when the time ran out. */
bool toc_doorbell_sleep(struct toc_doorbell *bell, uint64_t word, uint32_t timeout_us);

/** Owner: rests in user space, in mode DOZE, until the word differs from `word`, or some
 *  microseconds have passed, or an interrupt comes. Comes back at once where the CPU cannot. */
void toc_doorbell_doze(struct toc_doorbell *bell, uint64_t word);
bool toc_doorbell_can_doze(void);

/** Owner's handler: changes a sleeper's word, so that a futex wait which the kernel restarts after
 *  the handler comes back at once. */
void toc_doorbell_stir(struct toc_doorbell *bell);

/** Owner, in another thread than the one that sleeps: ends toc_doorbell_sleep(). */
void toc_doorbell_rouse(struct toc_doorbell *bell);

/** Wakes the progress thread of the bell's rank. Handler-safe. */
void toc_doorbell_sound(struct toc_doorbell *bell);

/** Progress thread: the number of strikes so far, to be read before looking for work; and sleep
 *  until there are more. */
uint32_t toc_doorbell_gong(struct toc_doorbell *bell);
void toc_doorbell_await_gong(struct toc_doorbell *bell, uint32_t number);

/** Owner: stops watching sender `sender`. A full barrier; the caller must look at that sender's
 *  ring once more afterwards (and toc_doorbell_watch() it if it holds anything). */
void toc_doorbell_unwatch(struct toc_doorbell *bell, uint32_t sender);
void toc_doorbell_watch(struct toc_doorbell *bell, uint32_t sender);

#endif
