/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * More processes than processors: a word goes round eight of them on the two processors, which the
 * kernel places as it likes; microseconds a step, of which each takes at least a change of process:
 *     yield_ring_us    those that have nothing to do give way by sched_yield
 *     futex_ring_us    they sleep, and are woken one by one
 */
#include "limits.h"

#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RING = 8, SAMPLES = 7 };

static void sleep_while(struct limits_word *w, uint32_t value)
{
    syscall(SYS_futex, &w->value, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void pass_on(struct limits_word *w, uint32_t value, bool asleep)
{
    atomic_store_explicit(&w->value, value, memory_order_release);
    if (asleep)
        syscall(SYS_futex, &w->value, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Waits for another value than `old`. */
static uint32_t await_other(struct limits_word *w, uint32_t old, bool asleep)
{
    uint32_t seen;

    while ((seen = atomic_load_explicit(&w->value, memory_order_acquire)) == old) {
        if (asleep)
            sleep_while(w, old);
        else
            sched_yield();
    }
    return seen;
}

/* Number `me` passes on what it gets, until that is odd. */
static void take_part(struct limits_word *ring, int me, bool asleep)
{
    uint32_t word = 0;

    while (word % 2 == 0) {
        word = await_other(&ring[me], word, asleep);
        pass_on(&ring[(me + 1) % RING], word, asleep);
    }
}

/* Number 0: even numbers for a while, then an odd one. */
static double lead(const struct limits *l, struct limits_word *ring, bool asleep)
{
    const double start = limits_now(), seconds = l->quick ? 0.01 : 0.06;
    uint32_t word = 0;
    int rounds = 0;

    while (word % 2 == 0) {
        const uint32_t last = word;

        word += limits_now() - start < seconds ? 2 : 1;
        pass_on(&ring[1], word, asleep);
        await_other(&ring[0], last, asleep);
        rounds++;
    }
    return (limits_now() - start) / rounds / RING * 1e6;
}

/* New processes each time: in which order the kernel lets them run is a matter of chance. */
static double once(const struct limits *l, bool asleep)
{
    struct limits_word *ring =
        mmap(NULL, RING * sizeof(*ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double result;

    if (ring == MAP_FAILED)
        exit(2);
    fflush(stdout);
    for (int i = 1; i < RING; i++) {
        const pid_t child = fork();

        if (child < 0)
            exit(2);
        if (child == 0) {
            take_part(ring, i, asleep);
            _exit(0);
        }
    }
    result = lead(l, ring, asleep);
    for (int i = 1; i < RING; i++)
        wait(NULL);
    munmap(ring, RING * sizeof(*ring));
    return result;
}

static void measure(const struct limits *l, const char *metric, bool asleep)
{
    const int count = l->quick ? 1 : SAMPLES;
    double samples[SAMPLES];

    for (int i = 0; i < count; i++)
        samples[i] = once(l, asleep);
    limits_print(l, metric, -1, limits_median(samples, count));
}

void limits_crowd(struct limits *l)
{
    struct limits_word *turn = &l->shared->data[0];
    const uint32_t begin = atomic_load_explicit(&turn->value, memory_order_relaxed);
    cpu_set_t both;

    limits_meet(l);
    if (l->side == 1) {
        /* Out of the way meanwhile. */
        await_other(turn, begin, true);
        return;
    }
    CPU_ZERO(&both);
    CPU_SET((size_t)l->cpu[0], &both);
    CPU_SET((size_t)l->cpu[1], &both);
    sched_setaffinity(0, sizeof(both), &both);
    measure(l, "yield_ring_us", false);
    measure(l, "futex_ring_us", true);
    limits_bind(l, 0);
    pass_on(turn, begin + 1, true);
}
