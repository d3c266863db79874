/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Side 0 signals side 1, which computes on its own processor; microseconds:
 *     signal_us        from the call until the handler's first instruction
 *     signal_send_us   of these, until the call has returned
 *     signal_taken_us  what the computation loses
 */
#include "limits.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct limits_shared *shared;

static uint64_t nanoseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void on_signal(int number)
{
    (void)number;
    atomic_store_explicit(&shared->struck, nanoseconds(), memory_order_release);
}

/* Side 1: the longest gap between two looks at the clock until the handler has run. */
static double compute_until_struck(void)
{
    double last = limits_now(), longest = 0.0;
    bool struck;

    do {
        struck = atomic_load_explicit(&shared->struck, memory_order_acquire) != 0;
        const double t = limits_now();

        if (t - last > longest)
            longest = t - last;
        last = t;
    } while (!struck);
    return longest * 1e6;
}

/* Side 0: the two times of one strike; side 1 the time it lost, through the shared words. */
static void strike(struct limits *l, double *until, double *send, double *taken)
{
    atomic_store_explicit(&shared->struck, 0, memory_order_relaxed);
    limits_meet(l);
    if (l->side == 1) {
        const double lost = compute_until_struck();

        atomic_store_explicit(&shared->address[0], (uint64_t)(lost * 1000.0), memory_order_relaxed);
    } else {
        uint64_t arrived;

        while (nanoseconds() % 1000000 < 20000) /* not in step with the timer */
            ;
        for (const double wait = limits_now() + 30e-6; limits_now() < wait;)
            ;
        const uint64_t start = nanoseconds();

        kill(l->pid[1], SIGURG);
        const uint64_t sent = nanoseconds();

        while ((arrived = atomic_load_explicit(&shared->struck, memory_order_acquire)) == 0)
            ;
        *until = (double)(arrived - start) * 1e-3;
        *send = (double)(sent - start) * 1e-3;
    }
    limits_meet(l);
    *taken = (double)atomic_load_explicit(&shared->address[0], memory_order_relaxed) * 1e-3;
    limits_meet(l);
}

void limits_signal(struct limits *l)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    double until[LIMITS_SAMPLES] = {0}, send[LIMITS_SAMPLES] = {0}, taken[LIMITS_SAMPLES];

    shared = l->shared;
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, NULL);
    for (int i = 0; i < LIMITS_SAMPLES; i++)
        strike(l, &until[i], &send[i], &taken[i]);
    limits_print(l, "signal_us", -1, limits_median(until, LIMITS_SAMPLES));
    limits_print(l, "signal_send_us", -1, limits_median(send, LIMITS_SAMPLES));
    limits_print(l, "signal_taken_us", -1, limits_median(taken, LIMITS_SAMPLES));
}
