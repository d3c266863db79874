/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Doubling: before round k a rank has the reduction over itself and the 2^k - 1 ranks below (as far
 * as there are any); it gives that to the rank 2^k above and puts what comes from the rank 2^k
 * below on its left. The exclusive scan keeps a second one without the rank's own operand.
 */
#include "coll/coll.h"

struct prefix {
    void *inclusive;
    void *exclusive; /* NULL: not wanted */
    void *incoming;
    bool begun; /* something has come to `exclusive` */
};

static void take(struct toc_schedule *schedule, const struct toc_reduction *r, struct prefix *p)
{
    toc_schedule_reduce(schedule, p->incoming, p->inclusive, r->count, r->type, r->op);
    if (p->exclusive == NULL)
        return;
    if (p->begun)
        toc_schedule_reduce(schedule, p->incoming, p->exclusive, r->count, r->type, r->op);
    else
        toc_schedule_copy(schedule, p->exclusive, r->count, r->type, p->incoming, r->count,
                          r->type);
    p->begun = true;
}

void toc_coll_scan(struct toc_schedule *schedule, const struct toc_reduction *r, bool exclusive)
{
    int rank = schedule->rank, size = schedule->size;
    if (r->type->size * (uint64_t)r->count == 0)
        return;
    struct prefix p = {.incoming = toc_schedule_elements(schedule, r->count, r->type)};
    if (exclusive) {
        p.inclusive = toc_schedule_elements(schedule, r->count, r->type);
        p.exclusive = r->out;
    } else {
        p.inclusive = r->out;
    }
    if (p.inclusive != r->in)
        toc_schedule_copy(schedule, p.inclusive, r->count, r->type, r->in, r->count, r->type);
    for (int distance = 1; distance < size; distance *= 2) {
        if (rank >= distance)
            toc_schedule_receive(schedule, p.incoming, r->count, r->type, rank - distance);
        if (rank + distance < size)
            toc_schedule_send(schedule, p.inclusive, r->count, r->type, rank + distance);
        toc_schedule_fence(schedule);
        if (rank >= distance)
            take(schedule, r, &p);
    }
}
