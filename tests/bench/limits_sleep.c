/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What giving the processor away and getting it back costs, in microseconds:
 *     syscall_us       an empty system call
 *     wake_us          from the call that wakes a sleeper on the other processor until it runs
 *     futex_same_us    one way of a ping-pong of sleepers on one processor
 *     yield_same_us    both on one processor, with sched_yield in place of sleeping
 */
#include "limits.h"

#include <linux/futex.h>
#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Waits until the word has the value: asleep or by giving way. */
static void await(struct limits_word *w, uint32_t value, bool asleep)
{
    uint32_t seen;

    while ((seen = atomic_load_explicit(&w->value, memory_order_acquire)) != value) {
        if (asleep)
            syscall(SYS_futex, &w->value, FUTEX_WAIT, seen, NULL, NULL, 0);
        else
            sched_yield();
    }
}

static void tell(struct limits_word *w, uint32_t value, bool asleep)
{
    atomic_store_explicit(&w->value, value, memory_order_release);
    if (asleep)
        syscall(SYS_futex, &w->value, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static double ping_pong(struct limits *l, bool asleep, uint32_t *serial)
{
    const int times = l->quick ? 5 : 100;
    struct limits_shared *s = l->shared;

    limits_meet(l);
    const double start = limits_now();

    for (int i = 0; i < times; i++) {
        ++*serial;
        if (l->side == 0)
            tell(&s->word[0], *serial, asleep);
        await(&s->word[1 - l->side], *serial, asleep);
        if (l->side == 1)
            tell(&s->word[1], *serial, asleep);
    }
    return (limits_now() - start) / times / 2.0 * 1e6;
}

static void measure(struct limits *l, const char *metric, bool asleep, uint32_t *serial)
{
    double samples[LIMITS_SAMPLES];

    for (int i = 0; i < LIMITS_SAMPLES; i++)
        samples[i] = ping_pong(l, asleep, serial);
    limits_print(l, metric, -1, limits_median(samples, LIMITS_SAMPLES));
}

static double empty_call(void)
{
    const int times = 1000;
    const double start = limits_now();

    for (int i = 0; i < times; i++)
        syscall(SYS_getppid);
    return (limits_now() - start) / times * 1e6;
}

/* Wakes side 1 once it certainly sleeps. */
static double wake(struct limits *l, uint32_t *serial)
{
    struct limits_shared *s = l->shared;

    ++*serial;
    limits_meet(l);
    if (l->side == 0) {
        for (const double until = limits_now() + 200e-6; limits_now() < until;)
            ;
        atomic_store_explicit(&s->address[0], (uint64_t)(limits_now() * 1e9), memory_order_relaxed);
        tell(&s->word[0], *serial, true);
    } else {
        await(&s->word[0], *serial, true);
        atomic_store_explicit(&s->address[1], (uint64_t)(limits_now() * 1e9), memory_order_relaxed);
    }
    limits_meet(l);
    return 1e-3 * (double)(s->address[1] - s->address[0]);
}

void limits_sleep(struct limits *l)
{
    uint32_t serial = 1u << 30; /* beyond what other groups left in the words */
    double samples[LIMITS_SAMPLES];

    for (int i = 0; i < LIMITS_SAMPLES; i++)
        samples[i] = empty_call();
    limits_print(l, "syscall_us", -1, limits_median(samples, LIMITS_SAMPLES));
    for (int i = 0; i < LIMITS_SAMPLES; i++)
        samples[i] = wake(l, &serial);
    limits_print(l, "wake_us", -1, limits_median(samples, LIMITS_SAMPLES));
    limits_bind(l, 0);
    measure(l, "futex_same_us", true, &serial);
    measure(l, "yield_same_us", false, &serial);
    limits_bind(l, l->side);
}
