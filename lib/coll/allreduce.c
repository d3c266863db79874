/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/coll.h"

/* One rank's view while vectors are doubled. */
struct doubling {
    const struct toc_reduction *reduction;
    void *have;  /* result so far */
    void *spare; /* as large */
};

static void exchange(struct toc_schedule *schedule, struct doubling *d, int peer)
{
    const struct toc_reduction *r = d->reduction;
    toc_schedule_receive(schedule, d->spare, r->count, r->type, peer);
    toc_schedule_send(schedule, d->have, r->count, r->type, peer);
    toc_schedule_fence(schedule);
}

/* Reduces what came from `peer` with what this rank has, lower ranks on the left also when the
 * operation commutes: all ranks shall have the same bits, and of -0.0 and 0.0 the minimum is the
 * one or the other. */
static void merge(struct toc_schedule *schedule, struct doubling *d, int peer)
{
    const struct toc_reduction *r = d->reduction;
    if (peer < schedule->rank) {
        toc_schedule_reduce(schedule, d->spare, d->have, r->count, r->type, r->op);
        return;
    }
    toc_schedule_reduce(schedule, d->have, d->spare, r->count, r->type, r->op);
    void *result = d->spare;
    d->spare = d->have;
    d->have = result;
}

/* The first 2 * extra ranks act in pairs (0 and 1, 2 and 3, ...), the even one for both, so that a
 * power of two remains; each acts for consecutive ranks, in order. */
static int actor(int number, int extra)
{
    return number < extra ? 2 * number : number + extra;
}

static void double_up(struct toc_schedule *schedule, struct doubling *d, int power, int extra)
{
    int rank = schedule->rank;
    int number = rank < 2 * extra ? rank / 2 : rank - extra;
    for (int bit = 1; bit < power; bit *= 2) {
        int peer = actor(number ^ bit, extra);
        exchange(schedule, d, peer);
        merge(schedule, d, peer);
    }
}

/* Small vectors: recursive doubling. */
static void allreduce_small(struct toc_schedule *schedule, const struct toc_reduction *r)
{
    int rank = schedule->rank, power = 1;
    while (power * 2 <= schedule->size)
        power *= 2;
    int extra = schedule->size - power;
    struct doubling d = {r, r->out, toc_schedule_elements(schedule, r->count, r->type)};

    if (r->in != r->out)
        toc_schedule_copy(schedule, r->out, r->count, r->type, r->in, r->count, r->type);
    if (rank < 2 * extra && rank % 2 != 0) {
        toc_schedule_send(schedule, d.have, r->count, r->type, rank - 1);
        toc_schedule_fence(schedule);
        toc_schedule_receive(schedule, d.have, r->count, r->type, rank - 1);
        return;
    }
    if (rank < 2 * extra) {
        toc_schedule_receive(schedule, d.spare, r->count, r->type, rank + 1);
        toc_schedule_fence(schedule);
        merge(schedule, &d, rank + 1);
    }
    double_up(schedule, &d, power, extra);
    if (rank < 2 * extra)
        toc_schedule_send(schedule, d.have, r->count, r->type, rank + 1);
    if (d.have != r->out)
        toc_schedule_copy(schedule, r->out, r->count, r->type, d.have, r->count, r->type);
}

/* Large vectors: every rank reduces its share and gives it to all. */
static void allreduce_large(struct toc_schedule *schedule, const struct toc_reduction *r)
{
    int rank = schedule->rank, size = schedule->size;
    const int64_t *starts = toc_coll_shares(schedule, r->count);
    if (starts == NULL)
        return;
    struct toc_block mine = {toc_coll_at(r->out, starts[rank] * r->type->extent),
                             starts[rank + 1] - starts[rank], r->type};
    toc_coll_reduce_blocks(schedule, r, starts, mine.address);
    toc_schedule_fence(schedule);
    for (int step = 1; step < size; step++) {
        int source = (rank - step + size) % size;
        struct toc_block theirs = {toc_coll_at(r->out, starts[source] * r->type->extent),
                                   starts[source + 1] - starts[source], r->type};
        toc_coll_receive_block(schedule, &theirs, source);
        toc_coll_send_block(schedule, &mine, (rank + step) % size);
    }
}

void toc_coll_allreduce(struct toc_schedule *schedule, const struct toc_reduction *r)
{
    uint64_t bytes = r->type->size * (uint64_t)r->count;
    if (bytes == 0)
        return;
    if (schedule->size > 1 && bytes >= TOC_COLL_LARGE_REDUCE)
        allreduce_large(schedule, r);
    else
        allreduce_small(schedule, r);
}
