/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: is_complete */
/* Schedules are built, started and freed in calls. */
#include <stdlib.h>

#include "coll/schedule.h"
#include "p2p/p2p.h"

/* Tags count the collectives of a communicator, each kind by itself: persistent ones are used again
 * and again, while the others go round; and programs start a blocking one and one that is not in
 * different orders on different ranks. That is erroneous (MPI 5.0, section 6.12), but other
 * libraries let it pass. Tags above belong to schedules among some of the members, who do not take
 * part in the counting. */
#define TAG_MASK       ((1 << 28) - 1)
#define TAG_KIND_SHIFT 28
#define TAG_AMONG      (1 << 30)
#define TAG_AMONG_MASK ((1 << 30) - 1)

#define ALIGNMENT 64

/** Head of a piece of memory that lives as long as its schedule. */
struct toc_memory {
    struct toc_memory *next;
};

struct toc_schedule *toc_schedule_new_among(struct toc_comm *comm, const int *members, int rank,
                                            int size, int tag)
{
    struct toc_schedule *schedule = malloc(sizeof(*schedule));
    if (schedule == NULL)
        return NULL;
    schedule->comm = toc_comm_retain(comm);
    schedule->rank = rank;
    schedule->size = size;
    schedule->members = members;
    schedule->tag = (tag & TAG_AMONG_MASK) | TAG_AMONG;
    schedule->error = TOC_OK;
    schedule->current = schedule->last = NULL;
    schedule->pending = 0;
    schedule->waiting = false;
    schedule->link = (struct toc_list){NULL, NULL};
    schedule->request = &schedule->own;
    schedule->on_end = NULL;
    schedule->argument = NULL;
    schedule->fence = false;
    schedule->memory = NULL;
    schedule->block = &schedule->first;
    schedule->own = (struct toc_request){.kind = TOC_REQUEST_COLLECTIVE, .active = true};
    schedule->first.next = NULL;
    schedule->first.used = 0;
    return schedule;
}

static struct toc_schedule *new_over_all(struct toc_comm *comm)
{
    const struct toc_group *group = toc_comm_everyone(comm);
    return toc_schedule_new_among(comm, group->members, group->rank, group->size, 0);
}

static struct toc_schedule *new_of_kind(struct toc_comm *comm, enum toc_collective_kind kind)
{
    struct toc_schedule *schedule = new_over_all(comm);
    if (schedule == NULL)
        return NULL;
    schedule->tag = comm->collective_tags[kind] | (int)kind << TAG_KIND_SHIFT;
    comm->collective_tags[kind] = (comm->collective_tags[kind] + 1) & TAG_MASK;
    return schedule;
}

struct toc_schedule *toc_schedule_new(struct toc_comm *comm)
{
    return new_of_kind(comm, TOC_COLLECTIVE_BLOCKING);
}

struct toc_schedule *toc_schedule_new_nonblocking(struct toc_comm *comm)
{
    return new_of_kind(comm, TOC_COLLECTIVE_NONBLOCKING);
}

struct toc_schedule *toc_schedule_new_persistent(struct toc_comm *comm)
{
    return new_of_kind(comm, TOC_COLLECTIVE_PERSISTENT);
}

void toc_schedule_address(struct toc_schedule *schedule, int rank, int size, const int *members)
{
    schedule->rank = rank;
    schedule->size = size;
    schedule->members = members;
}

static void drop_step(struct toc_step *step)
{
    switch (step->kind) {
    case TOC_STEP_SEND:
    case TOC_STEP_RECEIVE:
        toc_p2p_cleanup(&step->message);
        break;
    case TOC_STEP_COPY:
        toc_datatype_release(step->copy.dst_type);
        toc_datatype_release(step->copy.src_type);
        break;
    case TOC_STEP_REDUCE:
        toc_datatype_release(step->reduce.type);
        toc_op_release(step->reduce.op);
        break;
    }
}

void toc_schedule_free(struct toc_schedule *schedule)
{
    for (struct toc_step_block *block = &schedule->first, *next; block != NULL; block = next) {
        next = block->next;
        for (int i = 0; i < block->used; i++)
            drop_step(&block->steps[i]);
        if (block != &schedule->first)
            free(block);
    }
    for (struct toc_memory *memory = schedule->memory, *next; memory != NULL; memory = next) {
        next = memory->next;
        free(memory);
    }
    toc_comm_release(schedule->comm);
    free(schedule);
}

/* Room for one more step, or NULL. */
static struct toc_step *room(struct toc_schedule *schedule)
{
    struct toc_step_block *block = schedule->block;
    if (block->used == TOC_STEP_BLOCK) {
        block->next = malloc(sizeof(*block));
        if (block->next == NULL)
            return NULL;
        block = schedule->block = block->next;
        block->next = NULL;
        block->used = 0;
    }
    return &block->steps[block->used++];
}

/* A new last step, or NULL when the schedule is not going to run anyway. */
static struct toc_step *append(struct toc_schedule *schedule, enum toc_step_kind kind)
{
    struct toc_step *step = schedule->error == TOC_OK ? room(schedule) : NULL;
    if (step == NULL) {
        schedule->error = TOC_ERR_NO_MEM;
        return NULL;
    }
    step->kind = kind;
    step->fenced = schedule->fence;
    step->next = NULL;
    schedule->fence = false;
    if (schedule->last != NULL)
        schedule->last->next = step;
    else
        schedule->current = step;
    schedule->last = step;
    return step;
}

static struct toc_request *append_message(struct toc_schedule *schedule, enum toc_step_kind kind)
{
    struct toc_step *step = append(schedule, kind);
    if (step == NULL)
        return NULL;
    step->message = (struct toc_request){0};
    return &step->message;
}

/* A prepared message becomes the schedule's. */
static void adopt(struct toc_schedule *schedule, struct toc_request *message, int rank)
{
    toc_p2p_make_collective(message, schedule->members[rank]);
    message->on_complete = toc_schedule_message_complete;
    message->owner = schedule;
}

void toc_schedule_send(struct toc_schedule *schedule, const void *buffer, int64_t count,
                       struct toc_datatype *type, int rank)
{
    struct toc_request *message = append_message(schedule, TOC_STEP_SEND);
    if (message == NULL)
        return;
    toc_p2p_prepare_send(message, buffer, count, type, TOC_PROC_NULL, schedule->tag, schedule->comm,
                         TOC_SEND_STANDARD);
    adopt(schedule, message, rank);
}

void toc_schedule_receive(struct toc_schedule *schedule, void *buffer, int64_t count,
                          struct toc_datatype *type, int rank)
{
    struct toc_request *message = append_message(schedule, TOC_STEP_RECEIVE);
    if (message == NULL)
        return;
    toc_p2p_prepare_receive(message, buffer, count, type, TOC_PROC_NULL, schedule->tag,
                            schedule->comm);
    adopt(schedule, message, rank);
}

void toc_schedule_copy(struct toc_schedule *schedule, void *dst, int64_t dst_count,
                       struct toc_datatype *dst_type, const void *src, int64_t src_count,
                       struct toc_datatype *src_type)
{
    struct toc_step *step = append(schedule, TOC_STEP_COPY);
    if (step == NULL)
        return;
    toc_datatype_retain(dst_type);
    toc_datatype_retain(src_type);
    step->copy = (struct toc_step_copy){
        .dst = dst,
        .dst_count = dst_count,
        .dst_type = dst_type,
        .src = src,
        .src_count = src_count,
        .src_type = src_type,
    };
}

static void append_reduce(struct toc_schedule *schedule, const struct toc_step_reduce *reduce)
{
    struct toc_step *step = append(schedule, TOC_STEP_REDUCE);
    if (step == NULL)
        return;
    toc_datatype_retain(reduce->type);
    toc_op_retain(reduce->op);
    step->reduce = *reduce;
}

void toc_schedule_reduce(struct toc_schedule *schedule, const void *part, void *inout,
                         int64_t count, struct toc_datatype *type, struct toc_op *op)
{
    append_reduce(
        schedule,
        &(struct toc_step_reduce){
            .only = part, .n_parts = 1, .inout = inout, .count = count, .type = type, .op = op});
}

void toc_schedule_reduce_all(struct toc_schedule *schedule, const void *const *parts, int n_parts,
                             void *inout, int64_t count, struct toc_datatype *type,
                             struct toc_op *op)
{
    append_reduce(schedule, &(struct toc_step_reduce){.parts = parts,
                                                      .n_parts = n_parts,
                                                      .inout = inout,
                                                      .count = count,
                                                      .type = type,
                                                      .op = op});
}

void toc_schedule_fence(struct toc_schedule *schedule)
{
    schedule->fence = true;
}

void *toc_schedule_alloc(struct toc_schedule *schedule, uint64_t bytes)
{
    struct toc_memory *memory = NULL;
    if (bytes < UINT64_MAX / 2)
        memory = malloc(ALIGNMENT + bytes);
    if (memory == NULL) {
        schedule->error = TOC_ERR_NO_MEM;
        return NULL;
    }
    memory->next = schedule->memory;
    schedule->memory = memory;
    return memory + 1;
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void *toc_schedule_elements(struct toc_schedule *schedule, int64_t count,
                            const struct toc_datatype *type)
{
    /* The data, and all that the bounds enclose: an operation of the program may assign whole
     * structures, of which the type describes the front only. From `low` to `high`, counted from
     * the address of the first element; bounds in any order. */
    int64_t low = min64(min64(type->lb, type->lb + type->extent), type->true_lb);
    int64_t high =
        max64(max64(type->lb, type->lb + type->extent), type->true_lb + type->true_extent);
    int64_t span;
    if (count > 0 && __builtin_mul_overflow(count - 1, type->extent, &span)) {
        schedule->error = TOC_ERR_NO_MEM;
        return NULL;
    }
    if (count > 0)
        *(type->extent < 0 ? &low : &high) += span;
    else
        high = low;
    char *memory = toc_schedule_alloc(schedule, (uint64_t)(high - low) + ALIGNMENT);
    if (memory == NULL)
        return NULL;
    uintptr_t address = (uintptr_t)memory - (uintptr_t)low;
    return (void *)((address + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
}

uint32_t toc_schedule_references(const struct toc_schedule *schedule)
{
    uint32_t count = 1;
    for (const struct toc_step_block *block = &schedule->first; block != NULL; block = block->next)
        for (int i = 0; i < block->used; i++)
            if (block->steps[i].kind == TOC_STEP_SEND || block->steps[i].kind == TOC_STEP_RECEIVE)
                count++;
    return count;
}

static bool is_complete(const void *argument)
{
    return ((const struct toc_request *)argument)->complete;
}

int toc_schedule_run(struct toc_schedule *schedule, const char *call)
{
    if (schedule->error == TOC_OK) {
        toc_schedule_start(schedule);
        toc_progress_wait(is_complete, &schedule->own, call);
    }
    int status = schedule->error;
    toc_schedule_free(schedule);
    return status;
}

static void free_with_request(struct toc_request *request)
{
    toc_schedule_free(request->owner);
}

/* A request with a handle that completes when the schedule does; without one the schedule is
 * freed. */
static int give_request(struct toc_schedule *schedule, struct toc_request **result)
{
    int status = schedule->error;
    struct toc_request *request = status == TOC_OK ? toc_request_new(TOC_REQUEST_COLLECTIVE) : NULL;
    if (request == NULL) {
        toc_schedule_free(schedule);
        return status != TOC_OK ? status : TOC_ERR_NO_MEM;
    }
    /* For the error handler of a wait; given back with the request. */
    request->comm = toc_comm_retain(schedule->comm);
    request->status_source = TOC_ANY_SOURCE;
    request->status_tag = TOC_ANY_TAG;
    request->owner = schedule;
    request->on_free = free_with_request;
    schedule->request = request;
    *result = request;
    return TOC_OK;
}

int toc_schedule_launch(struct toc_schedule *schedule, struct toc_request **result)
{
    int status = give_request(schedule, result);
    if (status == TOC_OK)
        toc_schedule_start(schedule);
    return status;
}

/* Back to the first step. Messages are reset when they are started. */
static void rewind_steps(struct toc_schedule *schedule)
{
    schedule->current = schedule->first.used > 0 ? &schedule->first.steps[0] : NULL;
    for (struct toc_step *step = schedule->current; step != NULL; step = step->next) {
        if (step->kind == TOC_STEP_COPY)
            step->copy.done = 0;
        else if (step->kind == TOC_STEP_REDUCE)
            step->reduce.done = 0;
    }
}

static void start_again(struct toc_request *request)
{
    struct toc_schedule *schedule = request->owner;
    schedule->error = TOC_OK;
    rewind_steps(schedule);
    toc_schedule_start(schedule);
}

int toc_schedule_persist(struct toc_schedule *schedule, struct toc_request **result)
{
    int status = give_request(schedule, result);
    if (status != TOC_OK)
        return status;
    (*result)->persistent = true;
    (*result)->active = false;
    (*result)->on_start = start_again;
    return TOC_OK;
}
