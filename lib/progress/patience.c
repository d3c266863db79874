/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress/patience.h"

#include <sys/resource.h>
#include <time.h>

#include "base/env.h"
#include "base/stats.h"
#include "base/syscall.h"
#include "progress/bell.h"
#include "progress/spin.h"

/* Between two looks at the clock: somebody else may have had the core. */
#define GAP_NS 100000

/* A wait that is over in less is short: a sleep in it takes time that shows. */
#define SHORT_NS 2000000

/* How long the waits of this rank took of late. */
static struct toc_spin habits;

int64_t toc_patience_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Times somebody else got the core while this thread wanted it. */
static long involuntary_switches(void)
{
    struct rusage usage = {0};
    toc_syscall3(SYS_getrusage, RUSAGE_THREAD, (long)&usage, 0);
    return usage.ru_nivcsw;
}

static bool is_auto(void)
{
    return toc_env.spin_us == TOC_ENV_AUTO;
}

int64_t toc_patience_least(void)
{
    return is_auto() ? TOC_SPIN_LEAST : toc_env.spin_us * 1000;
}

/* Has somebody else had the core since the last look? */
static bool meets_company(const struct toc_patience *patience, int64_t now)
{
    if (!is_auto() || !patience->insisted || now - patience->last <= GAP_NS ||
        involuntary_switches() <= patience->switches)
        return false;
    toc_stats.company++;
    toc_spin_company(&habits);
    return true;
}

/* What it has polled so far was in vain; the time that somebody else had is not its own. */
static void give_up(struct toc_patience *patience, int64_t now)
{
    int64_t polled = (patience->polite ? patience->last : now) - patience->begin;
    patience->gave_up = true;
    toc_spin_in_vain(&habits, now, polled);
    toc_stats.polled_in_vain_us += (uint64_t)polled / 1000;
}

/* It has polled as long as any wait may. Peers that are spared an interrupt until somebody has
 * waited for a while get it now; and from here on it is worth a system call to see who else uses
 * the core, and to spare energy. */
static void insist(struct toc_patience *patience)
{
    toc_progress_insist();
    patience->insisted = true;
    patience->switches = involuntary_switches();
}

bool toc_patience_begin(struct toc_patience *patience)
{
    int64_t now = toc_patience_clock();
    *patience = (struct toc_patience){.begin = now, .last = now, .sleeps = toc_stats.sleeps};
    patience->spent = is_auto() && toc_spin_is_spent(&habits, now);
    patience->limit = is_auto() ? toc_spin_begin(&habits, now) : toc_patience_least();
    toc_stats.waits++;
    if (patience->limit > 0)
        return true;
    patience->polite = is_auto();
    patience->gave_up = true;
    return false;
}

bool toc_patience_lasts(struct toc_patience *patience)
{
    if (patience->gave_up)
        return false;
    int64_t now = toc_patience_clock();
    patience->polite = meets_company(patience, now);
    if (patience->polite || now - patience->begin >= patience->limit) {
        give_up(patience, now);
        return false;
    }
    patience->last = now;
    if (!patience->insisted && now - patience->begin >= TOC_SPIN_LEAST)
        insist(patience);
    patience->drowsy = patience->insisted && toc_doorbell_can_doze();
    return true;
}

static void count_short(const struct toc_patience *patience)
{
    toc_stats.waits_short++;
    if (toc_stats.sleeps == patience->sleeps)
        return;
    toc_stats.waits_short_slept++;
    if (patience->polite)
        toc_stats.waits_short_polite++;
    else if (patience->spent)
        toc_stats.waits_short_spent++;
}

void toc_patience_end(struct toc_patience *patience)
{
    /* What has not taken long yet ended close enough to the last look. */
    int64_t now = patience->insisted || patience->gave_up ? toc_patience_clock() : patience->last;
    /* Whoever gets the core back mostly finds that what it waited for has come meanwhile; how long
     * that took says nothing about the peers. */
    if (patience->gave_up || !meets_company(patience, now))
        toc_spin_learn(&habits, now - patience->begin);
    if (now - patience->begin < SHORT_NS)
        count_short(patience);
    patience->drowsy = patience->polite = false;
}
