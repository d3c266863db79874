/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every rank gets the operands of its block straight from all others and reduces them itself, from
 * the highest rank down: in OP inout has the operand of the lower rank on the left. Each operand
 * moves once, all ranks work at the same time, and the order is that of the ranks. Large blocks go
 * in chunks, so that what has come is still in the cache when it is reduced.
 */
#include "coll/coll.h"

#define CHUNK_BYTES (128 << 10)

/* What one rank does for its block. */
struct reducer {
    struct toc_schedule *schedule;
    const struct toc_reduction *reduction;
    const int64_t *starts;
    int64_t chunk;        /* elements */
    struct toc_block own; /* this rank's operand for its block */
    char *result;
    void **buffers; /* [size] where the others' operands come to, a chunk of each; NULL: result */
};

/* Chunk number `number` of the block of rank `rank` in the whole vector. */
static struct toc_block chunk_of(const struct reducer *reducer, int rank, int64_t number)
{
    int64_t first = reducer->starts[rank] + number * reducer->chunk;
    int64_t left = reducer->starts[rank + 1] - first;
    struct toc_datatype *type = reducer->reduction->type;
    return (struct toc_block){
        .address = toc_coll_at(reducer->reduction->in, first * type->extent),
        .count = left < 0                ? 0
                 : left < reducer->chunk ? left
                                         : reducer->chunk,
        .type = type,
    };
}

static void send_chunks(const struct reducer *reducer, int64_t number)
{
    struct toc_schedule *schedule = reducer->schedule;
    for (int step = 1; step < schedule->size; step++) {
        int target = (schedule->rank + step) % schedule->size;
        struct toc_block chunk = chunk_of(reducer, target, number);
        toc_coll_send_block(schedule, &chunk, target);
    }
}

/* Temporary memory for one chunk of each operand but this rank's own, which is in the vector. The
 * highest rank's may come to the result's place at once, unless this rank's own operand is there
 * (in place). */
static void find_room(struct reducer *reducer)
{
    struct toc_schedule *schedule = reducer->schedule;
    int size = schedule->size, last = size - 1;
    bool in_place = reducer->result == reducer->own.address;
    int64_t count = reducer->own.count < reducer->chunk ? reducer->own.count : reducer->chunk;
    reducer->buffers = toc_schedule_alloc(schedule, (uint64_t)size * sizeof(*reducer->buffers));
    for (int rank = 0; reducer->buffers != NULL && rank < size; rank++) {
        reducer->buffers[rank] = NULL;
        if (rank != schedule->rank && (rank != last || in_place))
            reducer->buffers[rank] = toc_schedule_elements(schedule, count, reducer->own.type);
    }
}

/* One chunk of this rank's block: receives and reduces. Sends go in between. */
static void reduce_chunk(const struct reducer *reducer, int64_t number)
{
    struct toc_schedule *schedule = reducer->schedule;
    int size = schedule->size, rank = schedule->rank, last = size - 1;
    struct toc_block own = chunk_of(reducer, rank, number);
    const void **parts = toc_schedule_alloc(schedule, (uint64_t)size * sizeof(*parts));
    void *result = toc_coll_at(reducer->result, number * reducer->chunk * own.type->extent);
    void *accumulator =
        rank != last && reducer->buffers[last] != NULL ? reducer->buffers[last] : result;
    if (parts == NULL)
        return;
    for (int step = 1; step < size; step++) {
        int source = (rank - step + size) % size;
        toc_schedule_receive(schedule, source == last ? accumulator : reducer->buffers[source],
                             own.count, own.type, source);
    }
    if (rank == last && accumulator != own.address)
        toc_schedule_copy(schedule, accumulator, own.count, own.type, own.address, own.count,
                          own.type);
    for (int other = 0; other < last; other++)
        parts[last - 1 - other] = other == rank ? own.address : reducer->buffers[other];
    send_chunks(reducer, number);
    toc_schedule_fence(schedule);
    if (last > 0)
        toc_schedule_reduce_all(schedule, parts, last, accumulator, own.count, own.type,
                                reducer->reduction->op);
    if (accumulator != result)
        toc_schedule_copy(schedule, result, own.count, own.type, accumulator, own.count, own.type);
}

static int64_t longest(const struct toc_schedule *schedule, const int64_t *starts)
{
    int64_t most = 0;
    for (int rank = 0; rank < schedule->size; rank++)
        if (starts[rank + 1] - starts[rank] > most)
            most = starts[rank + 1] - starts[rank];
    return most;
}

void toc_coll_reduce_blocks(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                            const int64_t *starts, void *result)
{
    struct toc_datatype *type = reduction->type;
    int rank = schedule->rank;
    struct reducer reducer = {
        .schedule = schedule,
        .reduction = reduction,
        .starts = starts,
        .chunk = type->size > 0 && type->size < CHUNK_BYTES ? CHUNK_BYTES / (int64_t)type->size : 1,
        .own = {toc_coll_at(reduction->in, starts[rank] * type->extent),
                starts[rank + 1] - starts[rank], type},
        .result = result,
    };
    int64_t most = type->size > 0 ? longest(schedule, starts) : 0;
    find_room(&reducer);
    for (int64_t number = 0; schedule->error == TOC_OK && number * reducer.chunk < most; number++) {
        if (number * reducer.chunk < reducer.own.count)
            reduce_chunk(&reducer, number);
        else
            send_chunks(&reducer, number);
    }
}

void toc_coll_reduce_scatter(struct toc_schedule *schedule, const struct toc_reduction *reduction,
                             const int64_t *starts)
{
    void *result = reduction->out;
    int64_t count = starts[schedule->rank + 1] - starts[schedule->rank];
    bool in_place = reduction->in == reduction->out;
    /* In place the result comes to the start of the vector, over operands that others still want
     * and, perhaps, half over this rank's own: it goes there at the end. */
    if (in_place && starts[schedule->rank] != 0)
        result = toc_schedule_elements(schedule, count, reduction->type);
    toc_coll_reduce_blocks(schedule, reduction, starts, result);
    toc_schedule_fence(schedule);
    if (result != reduction->out && count > 0)
        toc_schedule_copy(schedule, reduction->out, count, reduction->type, result, count,
                          reduction->type);
}
