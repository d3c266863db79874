/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/coll/schedule and context in a job of one rank: the order of the steps, what the handler may
 * do and what it must leave to calls, references, errors, and the end of the context numbers. The
 * rank sends to itself; collectives among several ranks are tested by tests/mpi.
 */
#include <check.h>
#include <fenv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "coll/coll.h"
#include "coll/context.h"
#include "datatype/construct.h"
#include "datatype/cursor.h"
#include "p2p/p2p.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"

static struct toc_datatype *int_type, *double_type, *byte_type;

static void ignore(const char *sentence)
{
    (void)sentence;
}

/* What MPI_Init does, without a notifier. */
static void setup(void)
{
    char message[512], *no_variables[] = {NULL};
    ck_assert_int_eq(toc_env_parse(no_variables, ignore, message, sizeof(message)), 0);
    ck_assert_int_eq(toc_world_join(&toc_notify_poll, message, sizeof(message)), 0);
    toc_errhandler_init();
    toc_op_init();
    ck_assert_int_eq(toc_group_init(), 0);
    ck_assert_int_eq(toc_datatype_init(), 0);
    ck_assert_int_eq(toc_comm_init(toc_world.rank, toc_world.size), 0);
    ck_assert_int_eq(toc_p2p_init(), 0);
    toc_coll_init();
    toc_world_announce();
    toc_guard_enter();
    int_type = toc_datatype_get(MPI_INT);
    double_type = toc_datatype_get(MPI_DOUBLE);
    byte_type = toc_datatype_get(MPI_BYTE);
}

static void teardown(void)
{
    ck_assert_int_eq(toc_schedule_active(), 0);
    toc_coll_finish();
    toc_p2p_finish();
    toc_p2p_free();
    toc_progress_reset();
    toc_comm_finish();
    toc_datatype_finalize();
    toc_world_leave();
}

static struct toc_schedule *new_schedule(void)
{
    struct toc_schedule *schedule = toc_schedule_new(&toc_comm_world);
    ck_assert_ptr_nonnull(schedule);
    return schedule;
}

static struct toc_request *launch(struct toc_schedule *schedule)
{
    struct toc_request *request;
    ck_assert_int_eq(toc_schedule_launch(schedule, &request), TOC_OK);
    return request;
}

static void retire(struct toc_request *request)
{
    ck_assert(request->complete);
    toc_request_release(request);
}

/* Another rank's message for the schedule with this tag. */
static void feed(int tag, const int *values, int64_t count)
{
    struct toc_request request = {0};
    toc_p2p_prepare_send(&request, values, count, int_type, 0, tag, &toc_comm_world,
                         TOC_SEND_STANDARD);
    toc_p2p_make_collective(&request, 0);
    toc_p2p_start(&request);
    toc_p2p_wait(&request, "test");
    toc_p2p_cleanup(&request);
}

static void progress(enum toc_progress_context context, int rounds)
{
    for (int i = 0; i < rounds; i++)
        toc_progress_run(context);
}

START_TEST(steps_are_done_in_order)
{
    int a[3] = {1, 2, 3}, b[3] = {0}, c[3] = {0}, d[3] = {10, 20, 30};
    struct toc_schedule *schedule = new_schedule();
    toc_schedule_copy(schedule, b, 3, int_type, a, 3, int_type);
    toc_schedule_receive(schedule, c, 3, int_type, 0);
    toc_schedule_send(schedule, b, 3, int_type, 0);
    toc_schedule_fence(schedule);
    toc_schedule_reduce(schedule, c, d, 3, int_type, toc_op_get(MPI_SUM));
    toc_schedule_copy(schedule, a, 3, int_type, d, 3, int_type);
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_OK);
    ck_assert_int_eq(a[0], 11);
    ck_assert_int_eq(a[1], 22);
    ck_assert_int_eq(a[2], 33);
}
END_TEST

START_TEST(many_steps)
{
    enum { STEPS = 1000 };
    int values[STEPS + 1] = {42};
    struct toc_schedule *schedule = new_schedule();
    for (int i = 0; i < STEPS; i++) {
        toc_schedule_receive(schedule, &values[i + 1], 1, int_type, 0);
        toc_schedule_send(schedule, &values[i], 1, int_type, 0);
        if (i % 3 == 0)
            toc_schedule_fence(schedule);
        else if (i % 3 == 1)
            toc_schedule_copy(schedule, &values[i], 1, int_type, &values[i], 0, int_type);
        toc_schedule_fence(schedule);
    }
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_OK);
    ck_assert_int_eq(values[STEPS], 42);
}
END_TEST

START_TEST(empty_schedule_completes_at_once)
{
    ck_assert_int_eq(toc_schedule_run(new_schedule(), "test"), TOC_OK);
    struct toc_request *request = launch(new_schedule());
    retire(request);
}
END_TEST

START_TEST(fence_waits_and_the_handler_goes_on)
{
    int in[2] = {0}, out[2] = {0}, sent[2] = {5, 6};
    struct toc_schedule *schedule = new_schedule();
    int tag = schedule->tag;
    toc_schedule_receive(schedule, in, 2, int_type, 0);
    toc_schedule_fence(schedule);
    toc_schedule_copy(schedule, out, 2, int_type, in, 2, int_type);
    struct toc_request *request = launch(schedule);
    progress(TOC_PROGRESS_WAIT, 5);
    ck_assert(!request->complete);
    ck_assert_int_eq(out[0], 0);
    ck_assert_int_eq(toc_schedule_active(), 1);
    feed(tag, sent, 2);
    progress(TOC_PROGRESS_HANDLER, 3);
    ck_assert(request->complete);
    ck_assert_int_eq(out[0], 5);
    ck_assert_int_eq(out[1], 6);
    ck_assert_int_eq(request->error, TOC_OK);
    retire(request);
}
END_TEST

static int calls;
static bool guard_was_held;

/* Decimal digits: not commutative. */
static void append_digits(void *in, void *inout, int *count, MPI_Datatype *type)
{
    (void)type;
    calls++;
    guard_was_held = toc_guard_is_held();
    for (int i = 0; i < *count; i++)
        ((int *)inout)[i] += 10 * ((int *)in)[i];
}

static struct toc_op *digits(void)
{
    struct toc_op *op = NULL;
    ck_assert_int_eq(toc_op_create(append_digits, NULL, false, &op), TOC_OK);
    return op;
}

START_TEST(user_operations_wait_for_a_call)
{
    int in = 0, acc = 3, seven = 7;
    struct toc_op *op = digits();
    struct toc_schedule *schedule = new_schedule();
    int tag = schedule->tag;
    toc_schedule_receive(schedule, &in, 1, int_type, 0);
    toc_schedule_fence(schedule);
    toc_schedule_reduce(schedule, &in, &acc, 1, int_type, op);
    struct toc_request *request = launch(schedule);
    toc_op_free(op); /* the schedule keeps it */
    feed(tag, &seven, 1);
    calls = 0;
    progress(TOC_PROGRESS_HANDLER, 5);
    progress(TOC_PROGRESS_CALL, 5);
    ck_assert_int_eq(in, 7);
    ck_assert_int_eq(calls, 0);
    ck_assert(!request->complete);
    /* Nothing that the handler could do any more: it must not go round and round. */
    ck_assert(!toc_progress_run(TOC_PROGRESS_HANDLER));
    progress(TOC_PROGRESS_TEST, 1);
    ck_assert_int_eq(calls, 1);
    ck_assert(!guard_was_held);
    ck_assert(toc_guard_is_held());
    ck_assert_int_eq(acc, 73);
    retire(request);
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_OP), 0);
}
END_TEST

START_TEST(parts_are_reduced_in_their_order)
{
    int one = 1, two = 2, three = 3, acc = 4;
    const void *parts[] = {&three, &two, &one};
    struct toc_op *op = digits();
    struct toc_schedule *schedule = new_schedule();
    toc_schedule_reduce_all(schedule, parts, 3, &acc, 1, int_type, op);
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_OK);
    ck_assert_int_eq(acc, 4 + 10 * 3 + 10 * 2 + 10 * 1);
    toc_op_free(op);
}
END_TEST

/* What the handler copies or reduces at a time is bounded. */
START_TEST(handler_works_in_pieces)
{
    enum { COUNT = 1 << 20 };
    static int from[COUNT], to[COUNT];
    int dummy = 0;
    for (int i = 0; i < COUNT; i++) {
        from[i] = i;
        to[i] = 1;
    }
    struct toc_schedule *schedule = new_schedule();
    int tag = schedule->tag;
    toc_schedule_receive(schedule, &dummy, 1, int_type, 0);
    toc_schedule_fence(schedule);
    if (_i == 0)
        toc_schedule_copy(schedule, to, COUNT, int_type, from, COUNT, int_type);
    else
        toc_schedule_reduce(schedule, from, to, COUNT, int_type, toc_op_get(MPI_SUM));
    struct toc_request *request = launch(schedule);
    feed(tag, &dummy, 1);
    int rounds = 0, done = 0;
    while (!request->complete) {
        int before = done;
        ck_assert(toc_progress_run(TOC_PROGRESS_HANDLER) || rounds == 0);
        while (done < COUNT && to[done] == from[done] + _i)
            done++;
        ck_assert_int_le(done - before, (128 << 10) / (int)sizeof(int));
        rounds++;
    }
    ck_assert_int_ge(rounds, COUNT * (int)sizeof(int) / (128 << 10));
    ck_assert_int_eq(done, COUNT);
    retire(request);
}
END_TEST

START_TEST(truncation_is_reported)
{
    int sent[4] = {1, 2, 3, 4}, got[4] = {0};
    struct toc_schedule *schedule = new_schedule();
    toc_schedule_receive(schedule, got, 2, int_type, 0);
    toc_schedule_send(schedule, sent, 4, int_type, 0);
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_ERR_TRUNCATE);
    ck_assert_int_eq(got[1], 2);
    ck_assert_int_eq(got[2], 0);

    schedule = new_schedule();
    toc_schedule_copy(schedule, got, 1, int_type, sent, 2, int_type);
    struct toc_request *request = launch(schedule);
    ck_assert_int_eq(request->error, TOC_ERR_TRUNCATE);
    retire(request);
}
END_TEST

/* Everything happens again at each start, in the same memory, a piece at a time. */
START_TEST(persistent_schedules_start_again)
{
    enum { COUNT = 100000 };
    static int in[COUNT], sum[COUNT], got;
    struct toc_request *request;
    struct toc_schedule *schedule = toc_schedule_new_persistent(&toc_comm_world);
    struct toc_schedule *other = toc_schedule_new_persistent(&toc_comm_world);
    ck_assert_int_ne(schedule->tag, other->tag);
    toc_schedule_free(other);
    other = new_schedule();
    ck_assert_int_ne(schedule->tag, other->tag);
    toc_schedule_free(other);
    int tag = schedule->tag;
    toc_schedule_receive(schedule, &got, 1, int_type, 0);
    toc_schedule_fence(schedule);
    toc_schedule_copy(schedule, sum, COUNT, int_type, in, COUNT, int_type);
    toc_schedule_reduce(schedule, in, sum, COUNT, int_type, toc_op_get(MPI_SUM));
    ck_assert_int_eq(toc_schedule_persist(schedule, &request), TOC_OK);
    ck_assert(!request->active);
    ck_assert_int_eq(toc_schedule_active(), 0);
    for (int turn = 1; turn <= 3; turn++) {
        for (int i = 0; i < COUNT; i++)
            in[i] = turn * i;
        toc_request_start(request);
        ck_assert_int_eq(toc_schedule_active(), 1);
        ck_assert(!request->complete);
        feed(tag, &turn, 1);
        progress(TOC_PROGRESS_HANDLER, 200);
        ck_assert(request->complete);
        ck_assert_int_eq(request->error, TOC_OK);
        ck_assert_int_eq(got, turn);
        for (int i = 0; i < COUNT; i++)
            ck_assert_int_eq(sum[i], 2 * turn * i);
        request->active = false;
    }
    /* An error is that turn's only. */
    toc_request_start(request);
    feed(tag, in, 2);
    progress(TOC_PROGRESS_HANDLER, 200);
    ck_assert_int_eq(request->error, TOC_ERR_TRUNCATE);
    toc_request_start(request);
    feed(tag, in, 1);
    progress(TOC_PROGRESS_HANDLER, 200);
    ck_assert_int_eq(request->error, TOC_OK);
    /* Given up while it is under way. */
    uint32_t live = toc_handle_live(TOC_KIND_REQUEST);
    toc_request_start(request);
    toc_request_release(request);
    feed(tag, in, 1);
    progress(TOC_PROGRESS_HANDLER, 200);
    toc_request_reap();
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_REQUEST), live - 1);
}
END_TEST

START_TEST(no_memory_is_reported)
{
    struct toc_schedule *schedule = new_schedule();
    ck_assert_ptr_null(toc_schedule_elements(schedule, INT64_MAX / 2, double_type));
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_ERR_NO_MEM);
    schedule = new_schedule();
    ck_assert_ptr_null(toc_schedule_alloc(schedule, UINT64_MAX - 3));
    struct toc_request *request = NULL;
    ck_assert_int_eq(toc_schedule_launch(schedule, &request), TOC_ERR_NO_MEM);
    ck_assert_ptr_null(request);
}
END_TEST

static struct toc_datatype *resized(int64_t lb, int64_t extent)
{
    struct toc_datatype *type = NULL;
    ck_assert_int_eq(toc_datatype_resized(int_type, lb, extent, &type), TOC_OK);
    ck_assert_int_eq(toc_datatype_commit(type), TOC_OK);
    return type;
}

/* Buffers for types with gaps, lower bounds and negative extents hold all elements. */
START_TEST(temporary_elements)
{
    static const int64_t extents[] = {4, 12, 400, -4, -20};
    enum { COUNT = 100 };
    int values[COUNT], back[COUNT] = {0};
    struct toc_datatype *type = resized(_i * 8 - 16, extents[_i]);
    struct toc_schedule *schedule = new_schedule();
    void *first = toc_schedule_elements(schedule, COUNT, type);
    void *second = toc_schedule_elements(schedule, COUNT, type);
    ck_assert_uint_eq((uintptr_t)first % 64, 0);
    for (int i = 0; i < COUNT; i++)
        values[i] = i * i;
    toc_schedule_copy(schedule, first, COUNT, type, values, COUNT, int_type);
    toc_schedule_copy(schedule, second, COUNT, type, first, COUNT, type);
    toc_schedule_receive(schedule, back, COUNT, int_type, 0);
    toc_schedule_send(schedule, second, COUNT, type, 0);
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_OK);
    ck_assert_int_eq(memcmp(values, back, sizeof(values)), 0);
    toc_datatype_free(type);
}
END_TEST

/* A program's operation may assign whole structures: all that the bounds enclose is there. Written
 * from end to end, two buffers do not touch each other, nor what the heap keeps between them. */
START_TEST(temporary_elements_have_room_for_their_bounds)
{
    static const struct {
        int64_t lb, extent;
    } types[] = {{0, 320}, {-200, 320}, {-8, 4}, {0, 1}, {64, 8}, {40, -80}};
    enum { COUNT = 3 };
    struct toc_datatype *type = resized(types[_i].lb, types[_i].extent);
    int64_t lb = types[_i].lb, extent = types[_i].extent, last = (COUNT - 1) * extent;
    int64_t low = 0, high = 4; /* of the data */
    low = lb < low ? lb : low;
    low = lb + extent < low ? lb + extent : low;
    high = lb > high ? lb : high;
    high = lb + extent > high ? lb + extent : high;
    *(extent < 0 ? &low : &high) += last;
    struct toc_schedule *schedule = new_schedule();
    char *buffers[8];
    for (int i = 0; i < 8; i++) {
        buffers[i] = toc_schedule_elements(schedule, COUNT, type);
        memset(buffers[i] + low, 'a' + i, (size_t)(high - low));
    }
    for (int i = 0; i < 8; i++)
        for (int64_t at = low; at < high; at++)
            ck_assert_int_eq(buffers[i][at], 'a' + i);
    toc_schedule_free(schedule);
    toc_datatype_free(type);
}
END_TEST

START_TEST(references_are_given_back)
{
    struct toc_comm *comm;
    ck_assert_int_eq(toc_coll_comm_dup(&toc_comm_world, &comm), TOC_OK);
    struct toc_datatype *type = resized(0, 8);
    struct toc_op *op = digits();
    int in[8] = {0}, out[8] = {0};
    struct toc_schedule *schedule = toc_schedule_new(comm);
    toc_schedule_receive(schedule, in, 4, type, 0);
    toc_schedule_send(schedule, out, 4, type, 0);
    toc_schedule_fence(schedule);
    toc_schedule_reduce(schedule, in, out, 4, type, op);
    toc_schedule_copy(schedule, in, 4, type, out, 4, type);
    ck_assert_uint_gt(type->object.refs, 1);
    ck_assert_uint_eq(op->object.refs, 2);
    struct toc_request *request = launch(schedule);
    while (!request->complete)
        toc_progress_run(TOC_PROGRESS_WAIT);
    ck_assert_ptr_eq(request->comm, comm);
    retire(request);
    ck_assert_uint_eq(comm->object.refs, 1);
    ck_assert_uint_eq(type->object.refs, 1);
    ck_assert_uint_eq(op->object.refs, 1);
    toc_op_free(op);
    toc_datatype_free(type);
    toc_comm_release(comm);
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_REQUEST), 1); /* toc_p2p_sent, which stays */
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_COMM), 0);
}
END_TEST

START_TEST(tags)
{
    static const int members[] = {0};
    struct toc_schedule *first = new_schedule(), *second = new_schedule();
    ck_assert_int_eq(second->tag, first->tag + 1);
    struct toc_schedule *among = toc_schedule_new_among(&toc_comm_world, members, 0, 1, INT32_MAX);
    ck_assert_int_ge(among->tag, 1 << 30);
    toc_schedule_free(first);
    toc_schedule_free(second);
    toc_schedule_free(among);
    static struct toc_schedule *(*const kinds[])(struct toc_comm *) = {
        toc_schedule_new, toc_schedule_new_nonblocking, toc_schedule_new_persistent};
    for (int kind = 0; kind < 3; kind++) { /* each in numbers of its own, and round */
        toc_comm_world.collective_tags[kind] = (1 << 28) - 1;
        first = kinds[kind](&toc_comm_world);
        second = kinds[kind](&toc_comm_world);
        ck_assert_int_eq(first->tag, ((kind + 1) << 28) - 1);
        ck_assert_int_eq(second->tag, kind << 28);
        toc_schedule_free(first);
        toc_schedule_free(second);
    }
}
END_TEST

/* Rounding modes of the program have no influence, and are kept. */
START_TEST(reductions_use_the_default_rounding)
{
    double in[2] = {1.0, 1e-30}, out[2] = {1e-30, -1.0};
    ck_assert_int_eq(fesetround(FE_UPWARD), 0);
    struct toc_schedule *schedule = new_schedule();
    toc_schedule_reduce(schedule, in, out, 2, double_type, toc_op_get(MPI_SUM));
    ck_assert_int_eq(toc_schedule_run(schedule, "test"), TOC_OK);
    ck_assert_int_eq(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    ck_assert(out[0] == 1.0);
    ck_assert(out[1] == -1.0);
}
END_TEST

/* No number comes twice, however many communicators there are or have been. */
START_TEST(context_numbers_are_new)
{
    enum { COMMS = 5000 };
    static struct toc_comm *comms[COMMS];
    uint32_t last = 1;
    for (int n = 0; n < COMMS; n++) {
        ck_assert_int_eq(toc_coll_comm_dup(&toc_comm_world, &comms[n]), TOC_OK);
        ck_assert_uint_gt(comms[n]->context, last);
        last = comms[n]->context;
        if (n % 2)
            toc_comm_release(comms[n]);
    }
    for (int n = 0; n < COMMS; n += 2)
        toc_comm_release(comms[n]);
}
END_TEST

START_TEST(context_numbers_run_out)
{
    struct toc_comm *comm, *none = NULL;
    struct toc_request *request;
    toc_world.job->contexts = TOC_CONTEXTS - 3; /* two are taken from the start */
    ck_assert_int_eq(toc_coll_comm_dup(&toc_comm_world, &comm), TOC_OK);
    ck_assert_uint_eq(comm->context, TOC_CONTEXTS - 1);
    ck_assert_uint_eq(toc_comm_coll_context(comm), UINT32_MAX);
    toc_comm_release(comm);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(toc_coll_comm_dup(&toc_comm_world, &none), TOC_ERR_LIMIT);
        ck_assert_int_eq(toc_coll_comm_split(&toc_comm_world, 0, 0, &none), TOC_ERR_LIMIT);
        ck_assert_ptr_null(none);
    }
    ck_assert_int_eq(toc_coll_comm_idup(&toc_comm_world, &comm, &request), TOC_OK);
    ck_assert(request->complete);
    ck_assert_int_eq(request->error, TOC_ERR_LIMIT);
    toc_request_release(request);
    toc_comm_release(comm);
    toc_world.job->contexts = 0;
}
END_TEST

START_TEST(communicators)
{
    struct toc_comm *comm;
    ck_assert_int_eq(toc_coll_comm_split(&toc_comm_world, 4, 0, &comm), TOC_OK);
    ck_assert_int_eq(comm->size, 1);
    ck_assert_int_eq(comm->rank, 0);
    toc_comm_release(comm);
    ck_assert_int_eq(toc_coll_comm_split(&toc_comm_world, MPI_UNDEFINED, 0, &comm), TOC_OK);
    ck_assert_ptr_null(comm);
    ck_assert_int_eq(toc_coll_comm_create(&toc_comm_world, &toc_group_empty, &comm), TOC_OK);
    ck_assert_ptr_null(comm);
    ck_assert_int_eq(toc_coll_comm_create_group(&toc_comm_world, toc_comm_world.group, 9, &comm),
                     TOC_OK);
    ck_assert_ptr_nonnull(comm);
    ck_assert_ptr_ne(comm->group, toc_comm_world.group);
    toc_comm_release(comm);
}
END_TEST

static TCase *cases(void)
{
    TCase *tcase = tcase_create("schedule");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, steps_are_done_in_order);
    tcase_add_test(tcase, many_steps);
    tcase_add_test(tcase, empty_schedule_completes_at_once);
    tcase_add_test(tcase, fence_waits_and_the_handler_goes_on);
    tcase_add_test(tcase, user_operations_wait_for_a_call);
    tcase_add_test(tcase, parts_are_reduced_in_their_order);
    tcase_add_loop_test(tcase, handler_works_in_pieces, 0, 2);
    tcase_add_test(tcase, truncation_is_reported);
    tcase_add_test(tcase, persistent_schedules_start_again);
    tcase_add_test(tcase, no_memory_is_reported);
    tcase_add_loop_test(tcase, temporary_elements, 0, 5);
    tcase_add_loop_test(tcase, temporary_elements_have_room_for_their_bounds, 0, 6);
    tcase_add_test(tcase, references_are_given_back);
    tcase_add_test(tcase, tags);
    tcase_add_test(tcase, reductions_use_the_default_rounding);
    tcase_add_test(tcase, context_numbers_are_new);
    tcase_add_test(tcase, context_numbers_run_out);
    tcase_add_test(tcase, communicators);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("schedule");
    suite_add_tcase(suite, cases());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
