/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress/rest.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "transport/world.h"

static uint32_t naps; /* odd: resting */

static struct toc_job_rest *mine(void)
{
    return &toc_job_rank(toc_world.job, (uint32_t)toc_world.rank)->rest;
}

static void publish(void)
{
    /* Release: the name comes before the odd number that it belongs to; pairs with the acquire in
     * the launcher's look. */
    atomic_store_explicit(&mine()->naps, naps, memory_order_release);
}

static void publish_call(const char *call)
{
    uint64_t words[TOC_REST_WORDS] = {0};

    strncpy((char *)words, call, sizeof(words) - 1);
    for (int i = 0; i < TOC_REST_WORDS; i++)
        atomic_store_explicit(&mine()->call[i], words[i], memory_order_relaxed);
}

void toc_rest_begin(const char *call)
{
    if (naps % 2 == 0) {
        naps++;
        publish_call(call);
    }
    publish(); /* also before the next nap of the same rest: the segment may have been overwritten
                */
}

void toc_rest_end(void)
{
    if (naps % 2 == 0)
        return;
    naps++;
    publish();
}
