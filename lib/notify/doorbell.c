/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "notify/doorbell.h"

#include <linux/futex.h>
#include <time.h>

#include "base/cpu.h"
#include "base/syscall.h"

/* Of the time stamp counter, some 10 microseconds: what a wake that is missed costs at most. */
#define DOZE_TICKS 32768

static uint32_t *futex_of(struct toc_doorbell *bell)
{
    return (uint32_t *)&bell->word; /* little endian: the low half */
}

static void mark_pending(struct toc_doorbell *bell, uint32_t self)
{
    _Atomic uint64_t *word = &bell->pending[self / 64];
    uint64_t bit = UINT64_C(1) << (self % 64);
    /* The read avoids bouncing the line for a sender that is watched already. It comes after the
     * caller's fence, so it cannot miss an unwatch whose re-check missed our packet: pairs with the
     * exchange in toc_doorbell_unwatch(). */
    if ((atomic_load_explicit(word, memory_order_relaxed) & bit) == 0)
        atomic_fetch_or_explicit(word, bit, memory_order_seq_cst);
}

/* Sets `outstanding` in the very word that was read, which is *word; false, with the word there is
 * now, when that has changed. An unconditional fetch_or would set the bit in a later epoch as well,
 * where it suppresses bells of others without one of its own. Pairs with the exchange in
 * toc_doorbell_change(): this epoch's, or not at all. */
static bool set_outstanding(struct toc_doorbell *bell, uint64_t *word)
{
    return atomic_compare_exchange_strong_explicit(&bell->word, word, *word | TOC_BELL_OUTSTANDING,
                                                   memory_order_seq_cst, memory_order_relaxed);
}

static enum toc_bell_outcome wake(struct toc_doorbell *bell)
{
    toc_syscall6(SYS_futex, (long)futex_of(bell), FUTEX_WAKE, 1, 0, 0, 0);
    return TOC_BELL_WOKEN;
}

/* The interrupt could not be sent: later senders of this epoch must not rely on it. */
static void take_back(struct toc_doorbell *bell, uint64_t word)
{
    uint64_t expected = word | TOC_BELL_OUTSTANDING;
    atomic_compare_exchange_strong_explicit(&bell->word, &expected, word, memory_order_seq_cst,
                                            memory_order_relaxed);
}

enum toc_bell_outcome toc_doorbell_ring(struct toc_doorbell *bell, uint32_t self,
                                        unsigned class_bits, bool always, int (*notify)(int peer),
                                        int peer)
{
    /* The packet (stored by the caller) before the loads of pending set and word. Pairs with the
     * exchanges of the owner in toc_doorbell_change() and toc_doorbell_unwatch(): one of the two
     * sides sees the other. */
    atomic_thread_fence(memory_order_seq_cst);
    mark_pending(bell, self);

    uint64_t word = atomic_load_explicit(&bell->word, memory_order_relaxed);
    for (;;) {
        switch (toc_bell_mode(word)) {
        case TOC_BELL_SLEEP:
            /* Never suppressed by `outstanding`: whoever set it may have been preempted before its
             * wake. It is set because it changes the futex word: a sleeper on its way into the
             * kernel turns back. */
            if ((word & TOC_BELL_OUTSTANDING) != 0 || set_outstanding(bell, &word))
                return wake(bell);
            continue;
        case TOC_BELL_DOZE:
            /* The store is what it rests for. */
            if ((word & TOC_BELL_OUTSTANDING) != 0 || set_outstanding(bell, &word))
                return TOC_BELL_NOT_NEEDED;
            continue;
        case TOC_BELL_ARMED:
            if (!always && (toc_bell_mask(word) & class_bits) == 0)
                return TOC_BELL_NOT_NEEDED;
            break;
        default:
            return TOC_BELL_NOT_NEEDED;
        }
        if ((word & TOC_BELL_OUTSTANDING) != 0)
            return TOC_BELL_SUPPRESSED;
        if (set_outstanding(bell, &word))
            break;
    }
    if (notify(peer) == 0)
        return TOC_BELL_NOTIFIED;
    take_back(bell, word);
    return TOC_BELL_FAILED;
}

uint64_t toc_doorbell_change(struct toc_doorbell *bell, enum toc_bell_mode mode, unsigned mask,
                             uint64_t *old)
{
    /* Only the owner writes epochs, so a plain read of the old one is enough; senders may set
     * `outstanding` meanwhile, which the exchange drops on purpose. */
    uint64_t last = atomic_load_explicit(&bell->word, memory_order_relaxed);
    uint64_t epoch = ((last >> TOC_BELL_EPOCH_SHIFT) + 1) & TOC_BELL_EPOCH_MASK;
    uint64_t word =
        (uint64_t)mode | epoch << TOC_BELL_EPOCH_SHIFT | (uint64_t)mask << TOC_BELL_MASK_SHIFT;
    *old = atomic_exchange_explicit(&bell->word, word, memory_order_seq_cst);
    return word;
}

bool toc_doorbell_sleep(struct toc_doorbell *bell, uint64_t word, uint32_t timeout_us)
{
    struct timespec timeout = {.tv_sec = timeout_us / 1000000,
                               .tv_nsec = (long)(timeout_us % 1000000) * 1000};
    long result = toc_syscall6(SYS_futex, (long)futex_of(bell), FUTEX_WAIT, (long)(uint32_t)word,
                               (long)&timeout, 0, 0);
    return result != -110; /* ETIMEDOUT */
}

bool toc_doorbell_can_doze(void)
{
    static _Atomic int8_t answer; /* 0: not known yet; whoever finds it writes the same */
    int8_t can = atomic_load_explicit(&answer, memory_order_relaxed);
    if (can == 0) {
        can = toc_cpu_has_waitpkg() ? 1 : -1;
        atomic_store_explicit(&answer, can, memory_order_relaxed);
    }
    return can > 0;
}

void toc_doorbell_doze(struct toc_doorbell *bell, uint64_t word)
{
    if (toc_doorbell_can_doze())
        toc_cpu_await_store(&bell->word, word, toc_cpu_ticks() + DOZE_TICKS);
}

void toc_doorbell_stir(struct toc_doorbell *bell)
{
    uint64_t word = atomic_load_explicit(&bell->word, memory_order_relaxed);
    if (toc_bell_mode(word) == TOC_BELL_SLEEP || toc_bell_mode(word) == TOC_BELL_DOZE)
        atomic_fetch_or_explicit(&bell->word, TOC_BELL_OUTSTANDING, memory_order_seq_cst);
}

void toc_doorbell_rouse(struct toc_doorbell *bell)
{
    toc_doorbell_stir(bell);
    wake(bell);
}

void toc_doorbell_sound(struct toc_doorbell *bell)
{
    /* The packet, or what else the strike is about, before the number: pairs with the acquire in
     * toc_doorbell_gong(). */
    atomic_fetch_add_explicit(&bell->gong, 1, memory_order_release);
    toc_syscall6(SYS_futex, (long)&bell->gong, FUTEX_WAKE, 1, 0, 0, 0);
}

uint32_t toc_doorbell_gong(struct toc_doorbell *bell)
{
    /* Pairs with the increment in toc_doorbell_sound(). */
    return atomic_load_explicit(&bell->gong, memory_order_acquire);
}

void toc_doorbell_await_gong(struct toc_doorbell *bell, uint32_t number)
{
    toc_syscall6(SYS_futex, (long)&bell->gong, FUTEX_WAIT, (long)number, 0, 0, 0);
}

void toc_doorbell_unwatch(struct toc_doorbell *bell, uint32_t sender)
{
    atomic_fetch_and_explicit(&bell->pending[sender / 64], ~(UINT64_C(1) << (sender % 64)),
                              memory_order_seq_cst);
}

void toc_doorbell_watch(struct toc_doorbell *bell, uint32_t sender)
{
    atomic_fetch_or_explicit(&bell->pending[sender / 64], UINT64_C(1) << (sender % 64),
                             memory_order_relaxed);
}
