/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/held.h"

#include <stdio.h>

#define MEGABYTE 1e6

void toc_held_describe(struct toc_job_held *held, uint32_t rank, char *text, size_t size)
{
    double bytes = (double)atomic_load_explicit(&held->bytes, memory_order_relaxed);
    double limit = (double)atomic_load_explicit(&held->limit, memory_order_relaxed);
    double most = (double)atomic_load_explicit(&held->most, memory_order_relaxed);
    uint32_t from = atomic_load_explicit(&held->most_from, memory_order_relaxed);
    bool exhausted = atomic_load_explicit(&held->exhausted, memory_order_relaxed) != 0;
    char reason[96];

    if (exhausted)
        snprintf(reason, sizeof(reason), "and has no memory for more");
    else
        snprintf(reason, sizeof(reason), "and takes no more than %.1f MB", limit / MEGABYTE);
    snprintf(text, size,
             "rank %u keeps %.1f MB of messages that it has not received yet, %.1f MB of them from "
             "rank %u, %s: receive them earlier, or raise its limit (TOCSIN_UNEXPECTED_LIMIT; "
             "ulimit -v, memory of the control group)",
             rank, bytes / MEGABYTE, most / MEGABYTE, from, reason);
}
