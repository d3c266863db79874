/* SPDX-License-Identifier: BSD-3-Clause */
#include "held.h"

#include <stdio.h>
#include <string.h>

#include "base/held.h"
#include "message.h"

/* Relaxed, all of them: nothing has moved for seconds. */
static uint32_t load(_Atomic uint32_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

bool toc_held_explains(struct toc_job_header *job, uint32_t ranks, char *text, size_t size,
                       uint32_t *rank)
{
    uint32_t over = ranks, back = ranks;

    for (uint32_t i = 0; i < ranks; i++) {
        struct toc_job_held *held = toc_job_held(job, i);
        if (load(&held->multiple) != 0)
            return false;
        if (load(&held->over) != 0 && over == ranks)
            over = i;
        if (load(&held->refused) != 0 && back == ranks)
            back = i;
    }
    if (over == ranks || back == ranks)
        return false;
    uint32_t count = load(&toc_job_held(job, back)->refused);
    int used =
        snprintf(text, size, "rank %u holds %u message%s back; ", back, count, toc_plural(count));
    toc_held_describe(toc_job_held(job, over), over, text + used, size - (size_t)used);
    *rank = over;
    return true;
}
