/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: the walk; init and finish are for calls only */
#include "coll/schedule.h"

#include <string.h>

#include "coll/fpu.h"
#include "datatype/cursor.h"
#include "p2p/p2p.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"

/* Bytes that one round of progress copies or reduces: in the handler and on the way out of a call,
 * where the program wants to go on; in a call that asks for progress; in a wait. */
#define BUDGET_COMPUTING (64 << 10)
#define BUDGET_TEST      (1 << 20)

/* A reduction of several parts goes through the result once, in pieces that stay in the cache. */
#define PIECE_BYTES (16 << 10)

/* Schedules that can go on, and those that need a call to go on, because their next step runs the
 * program's code. */
static struct toc_list ready = {&ready, &ready};
static struct toc_list for_calls = {&for_calls, &for_calls};
static int active;

enum walk { WALK_WAITS, WALK_OUT_OF_BUDGET, WALK_NEEDS_CALL, WALK_ENDED };

static void note_error(struct toc_schedule *schedule, int error)
{
    if (schedule->error == TOC_OK)
        schedule->error = (enum toc_error)error;
}

/* A rank whose part has failed, because a rank has ended, sends only messages of a wrong length
 * from then on, none or one byte: so the others end, too, and hear of it. Right ones are as long as
 * the buffers that they are received in. */
static bool is_hollow(const struct toc_request *message)
{
    return message->kind == TOC_REQUEST_RECEIVE &&
           (message->status_bytes < message->size || message->error == TOC_ERR_TRUNCATE) &&
           toc_world_is_reduced();
}

static void hollow_out(struct toc_request *message)
{
    static char byte;
    message->count = 0;
    message->data = &byte;
    message->size = message->size == 0;
}

/* Only counts: what follows from it is done by the next round of progress, not in here. */
void toc_schedule_message_complete(struct toc_request *message)
{
    struct toc_schedule *schedule = message->owner;
    if (__builtin_expect(is_hollow(message), 0))
        note_error(schedule, TOC_ERR_PROC);
    else if (message->error != TOC_OK)
        note_error(schedule, message->error);
    if (--schedule->pending == 0 && schedule->waiting) {
        schedule->waiting = false;
        toc_list_append(&ready, &schedule->link);
    }
}

/* True when the copy is complete, false when the budget ran out. */
static bool copy(struct toc_schedule *schedule, struct toc_step_copy *step, int64_t *budget)
{
    const struct toc_datatype *dst = step->dst_type, *src = step->src_type;
    uint64_t bytes = toc_dt_packed_size(dst, step->dst_count);
    uint64_t src_bytes = toc_dt_packed_size(src, step->src_count);
    if (src_bytes < bytes)
        bytes = src_bytes;
    else if (src_bytes > bytes)
        note_error(schedule, TOC_ERR_TRUNCATE);
    if (bytes == 0)
        return true;
    if (*budget <= 0)
        return false;
    if (!dst->is_contiguous || !src->is_contiguous) {
        toc_dt_copy(dst, step->dst, step->dst_count, src, step->src, step->src_count);
        *budget -= (int64_t)bytes;
        return true;
    }
    uint64_t left = bytes - (uint64_t)step->done;
    uint64_t now = left < (uint64_t)*budget ? left : (uint64_t)*budget;
    memcpy(toc_coll_at(step->dst, dst->true_lb + step->done),
           toc_coll_at(step->src, src->true_lb + step->done), now);
    step->done += (int64_t)now;
    *budget -= (int64_t)now;
    return now == left;
}

static const void *const *parts_of(const struct toc_step_reduce *step)
{
    return step->parts != NULL ? step->parts : &step->only;
}

/* The program's operation, with the guard open. Nobody else touches the schedule meanwhile: it is
 * in no list, and as long as it is not `waiting`, messages that complete do not put it into one. */
static void reduce_by_user(const struct toc_step_reduce *step)
{
    struct toc_waiter *self = toc_progress_step_aside();
    for (int i = 0; i < step->n_parts; i++)
        (void)toc_op_apply(step->op, step->type, parts_of(step)[i], step->inout, step->count);
    toc_progress_step_back(self);
}

static int reduce_piece(const struct toc_step_reduce *step, int64_t count)
{
    int64_t offset = step->done * step->type->extent;
    for (int i = 0; i < step->n_parts; i++) {
        int status = toc_op_apply(step->op, step->type, toc_coll_at(parts_of(step)[i], offset),
                                  toc_coll_at(step->inout, offset), count);
        if (status != TOC_OK)
            return status;
    }
    return TOC_OK;
}

/* True when the reduction is complete, false when the budget ran out. */
static bool reduce(struct toc_schedule *schedule, struct toc_step_reduce *step, int64_t *budget)
{
    int64_t extent = step->type->extent;
    int64_t most = extent > 0 && extent < PIECE_BYTES ? PIECE_BYTES / extent : 1;
    struct toc_fpu fpu;
    toc_fpu_enter(&fpu);
    while (step->done<step->count && * budget> 0) {
        int64_t left = step->count - step->done;
        int64_t now = left < most ? left : most;
        int status = reduce_piece(step, now);
        if (status != TOC_OK)
            note_error(schedule, status);
        step->done += now;
        *budget -= now * extent * step->n_parts;
    }
    toc_fpu_leave(&fpu);
    return step->done >= step->count;
}

static enum walk work(struct toc_schedule *schedule, struct toc_step *step,
                      enum toc_progress_context context, int64_t *budget)
{
    if (step->kind == TOC_STEP_COPY)
        return copy(schedule, &step->copy, budget) ? WALK_ENDED : WALK_OUT_OF_BUDGET;
    if (!step->reduce.op->user)
        return reduce(schedule, &step->reduce, budget) ? WALK_ENDED : WALK_OUT_OF_BUDGET;
    if (context < TOC_PROGRESS_TEST)
        return WALK_NEEDS_CALL;
    reduce_by_user(&step->reduce);
    return WALK_ENDED;
}

/* Goes on from the current step as far as possible. */
static enum walk walk(struct toc_schedule *schedule, enum toc_progress_context context,
                      int64_t *budget)
{
    struct toc_step *step;
    while ((step = schedule->current) != NULL) {
        if (step->fenced && schedule->pending > 0)
            return WALK_WAITS;
        if (step->kind == TOC_STEP_SEND || step->kind == TOC_STEP_RECEIVE) {
            schedule->current = step->next;
            schedule->pending++;
            if (step->kind == TOC_STEP_SEND && schedule->error == TOC_ERR_PROC)
                hollow_out(&step->message);
            toc_p2p_start(&step->message);
            continue;
        }
        enum walk result =
            schedule->error == TOC_ERR_PROC ? WALK_ENDED : work(schedule, step, context, budget);
        if (result != WALK_ENDED)
            return result;
        schedule->current = step->next;
    }
    return schedule->pending > 0 ? WALK_WAITS : WALK_ENDED;
}

static void end(struct toc_schedule *schedule)
{
    active--;
    toc_progress_want(TOC_WANT_COLL, -1);
    if (schedule->on_end != NULL)
        schedule->on_end(schedule);
    toc_request_complete(schedule->request, schedule->error);
}

/* Returns whether anything moved. The schedule is in no list. */
static bool go_on(struct toc_schedule *schedule, enum toc_progress_context context, int64_t *budget)
{
    const struct toc_step *before = schedule->current;
    switch (walk(schedule, context, budget)) {
    case WALK_ENDED:
        end(schedule);
        return true;
    case WALK_WAITS:
        schedule->waiting = true;
        return true;
    case WALK_OUT_OF_BUDGET:
        toc_list_append(&ready, &schedule->link);
        return true;
    case WALK_NEEDS_CALL:
        toc_list_append(&for_calls, &schedule->link);
        break;
    }
    return schedule->current != before;
}

static bool go_through(struct toc_list *list, enum toc_progress_context context, int64_t *budget)
{
    bool moved = false;
    while (!toc_list_is_empty(list) && *budget > 0) {
        struct toc_schedule *schedule = TOC_CONTAINER(list->next, struct toc_schedule, link);
        toc_list_remove(&schedule->link);
        moved |= go_on(schedule, context, budget);
    }
    return moved;
}

static bool advance(enum toc_progress_context context)
{
    int64_t budget = BUDGET_COMPUTING;
    if (context == TOC_PROGRESS_TEST)
        budget = BUDGET_TEST;
    else if (context == TOC_PROGRESS_WAIT)
        budget = INT64_MAX;
    bool moved = false;
    if (!toc_list_is_empty(&ready))
        moved = go_through(&ready, context, &budget);
    if (context >= TOC_PROGRESS_TEST && !toc_list_is_empty(&for_calls))
        moved |= go_through(&for_calls, context, &budget);
    return moved;
}

static bool has_work(void)
{
    return !toc_list_is_empty(&ready) || !toc_list_is_empty(&for_calls);
}

static const struct toc_progress_events events = {.advance = advance, .has_work = has_work};

void toc_coll_init(void)
{
    toc_progress_register(&events);
}

static bool all_ended(const void *argument)
{
    (void)argument;
    return active == 0;
}

void toc_coll_finish(void)
{
    toc_progress_wait(all_ended, NULL, "MPI_Finalize");
    toc_request_reap();
}

int toc_schedule_active(void)
{
    return active;
}

void toc_schedule_start(struct toc_schedule *schedule)
{
    int64_t budget = INT64_MAX;
    active++;
    toc_progress_want(TOC_WANT_COLL, 1);
    go_on(schedule, TOC_PROGRESS_TEST, &budget);
}
