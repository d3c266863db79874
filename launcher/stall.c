/* SPDX-License-Identifier: BSD-3-Clause */
#include "stall.h"

/* Of the time between two looks at the processor time, in percent: more than this is computing.
 * Waiting takes a tenth of a percent. */
#define BUSY_PERCENT 2

static bool all_sleep(const uint64_t *ranks, uint32_t count)
{
    bool any = false;

    for (uint32_t i = 0; i < count; i++) {
        if (ranks[i] == TOC_STALL_GONE)
            continue;
        if (ranks[i] % 2 == 0)
            return false;
        any = true;
    }
    return any;
}

static bool remember(struct toc_stall *stall, const uint64_t *ranks, uint32_t count)
{
    bool same = true;

    for (uint32_t i = 0; i < count; i++) {
        same &= stall->seen[i] == ranks[i];
        stall->seen[i] = ranks[i];
    }
    return same;
}

static void begin(struct toc_stall *stall, int64_t since)
{
    stall->since = since;
    stall->have_cpu = false;
    stall->told = false;
}

enum toc_stall_verdict toc_stall_look(struct toc_stall *stall, const uint64_t *ranks,
                                      uint32_t count, int64_t now)
{
    bool same = remember(stall, ranks, count);
    if (!all_sleep(ranks, count)) {
        begin(stall, 0);
        return TOC_STALL_MOVES;
    }
    if (!same || stall->since == 0)
        begin(stall, now);
    int64_t passed = now - stall->since;
    if (stall->told || passed < stall->limit_ms / 2)
        return TOC_STALL_MOVES;
    return !stall->have_cpu || passed >= stall->limit_ms ? TOC_STALL_ASK_CPU : TOC_STALL_MOVES;
}

enum toc_stall_verdict toc_stall_cpu(struct toc_stall *stall, uint64_t used, int64_t now)
{
    if (!stall->have_cpu) {
        stall->cpu = used;
        stall->have_cpu = true;
        return TOC_STALL_MOVES;
    }
    uint64_t allowed = (uint64_t)(now - stall->since) * BUSY_PERCENT / 100;
    if (used > stall->cpu + allowed) {
        begin(stall, now);
        return TOC_STALL_MOVES;
    }
    stall->told = true;
    return TOC_STALL_STANDS;
}
