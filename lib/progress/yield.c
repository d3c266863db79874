/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress/yield.h"

#include <sys/syscall.h>

#include "base/stats.h"
#include "base/syscall.h"

/* Less than two changes of context, 0.5 to 1 microsecond; and less than a slice of anybody's, which
 * is 0.7 milliseconds or more, but longer than an interrupt of the clock with all the turns that it
 * holds up: those were 60 to 150 microseconds on a virtual machine, 250 times a second, and ranks
 * that took them for company slept more and more. */
#define ALONE_TICKS 2000
#define LONG_TICKS  (UINT64_C(1) << 20)

/* After the second long yield none for a while: twice as long as it took itself, and more if that
 * repeats, up to 256 times. So a moment's disturbance is soon forgotten, and company that stays
 * costs little. What is beyond a slice or so is not our loss: nobody was ready who could have had
 * the core. */
#define MOST_STRIKES 9
#define MOST_TICKS   (UINT64_C(1) << 21)

/* So many in a row make up for the long ones before. */
#define CALM_YIELDS 256

enum toc_yield toc_yield_learn(struct toc_yield_lesson *lesson, uint64_t now, uint64_t ticks)
{
    if (ticks < LONG_TICKS) {
        if (++lesson->calm >= CALM_YIELDS)
            lesson->strikes = 0;
        return ticks < ALONE_TICKS ? TOC_YIELD_ALONE : TOC_YIELD_SHARED;
    }
    toc_stats.yields_long++;
    lesson->calm = 0;
    if (lesson->strikes < MOST_STRIKES)
        lesson->strikes++;
    if (lesson->strikes > 1)
        lesson->not_before =
            now + ((ticks < MOST_TICKS ? ticks : MOST_TICKS) << (lesson->strikes - 1));
    return TOC_YIELD_SHARED;
}

enum toc_yield toc_yield(struct toc_yield_lesson *lesson)
{
    uint64_t begin = __builtin_ia32_rdtsc();
    if (begin < lesson->not_before)
        return TOC_YIELD_REFUSED;
    toc_stats.yields++;
    toc_syscall0(SYS_sched_yield);
    uint64_t end = __builtin_ia32_rdtsc();
    /* Counters of two cores may differ a little. */
    return toc_yield_learn(lesson, end, end > begin ? end - begin : 0);
}

enum toc_yield toc_yield_until_news(struct toc_yield_lesson *lesson, const struct toc_watch *watch,
                                    unsigned turns)
{
    enum toc_yield outcome;
    do
        outcome = toc_yield(lesson);
    while (outcome == TOC_YIELD_SHARED && --turns > 0 && !toc_watch_has_news(watch));
    return outcome;
}
