/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dissemination: in round k every rank tells the one 2^k above and hears from the one 2^k below.
 * After ceil(log2 n) rounds it has heard, directly or not, from all.
 */
#include "coll/coll.h"

void toc_coll_barrier(struct toc_schedule *schedule)
{
    int rank = schedule->rank, size = schedule->size;
    struct toc_datatype *byte = toc_coll_byte();
    for (int distance = 1; distance < size; distance *= 2) {
        toc_schedule_receive(schedule, NULL, 0, byte, (rank - distance + size) % size);
        toc_schedule_send(schedule, NULL, 0, byte, (rank + distance) % size);
        toc_schedule_fence(schedule);
    }
}
