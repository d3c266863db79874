/* SPDX-License-Identifier: BSD-3-Clause */
#include "limits.h"

/* Waits until the word has that value. */
static void await(struct limits_word *w, uint32_t value)
{
    while (atomic_load_explicit(&w->value, memory_order_acquire) != value)
        ;
}

/*
 * A ping-pong over one line each way, or two (data and flag), as a message and its doorbell have;
 * one way, in microseconds.
 */
static double hand_off(struct limits *l, bool two_lines, uint32_t *serial)
{
    const int times = l->quick ? 20 : 2000, side = l->side;
    struct limits_shared *s = l->shared;

    limits_meet(l);
    const double start = limits_now();

    for (int i = 0; i < times; i++) {
        ++*serial;
        if (side == 1)
            await(&s->word[0], *serial);
        if (two_lines) {
            if (side == 1)
                (void)atomic_load_explicit(&s->data[0].value, memory_order_relaxed);
            atomic_store_explicit(&s->data[side].value, *serial, memory_order_relaxed);
        }
        atomic_store_explicit(&s->word[side].value, *serial, memory_order_release);
        if (side == 0)
            await(&s->word[1], *serial);
        if (two_lines && side == 0)
            (void)atomic_load_explicit(&s->data[1].value, memory_order_relaxed);
    }
    return (limits_now() - start) / times / 2.0 * 1e6;
}

/* handoff_us/LINES */
void limits_line(struct limits *l)
{
    uint32_t serial = 0;

    for (int lines = 1; lines <= 2; lines++) {
        double samples[LIMITS_SAMPLES];

        for (int i = 0; i < LIMITS_SAMPLES; i++)
            samples[i] = hand_off(l, lines == 2, &serial);
        limits_print(l, "handoff_us", lines, limits_median(samples, LIMITS_SAMPLES));
    }
}
