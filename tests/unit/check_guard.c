/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/progress/guard: exclusion, and no bell lost, against real signals. */
#include <pthread.h>

#include "world.h"

static _Atomic uint32_t advances;
static enum toc_progress_context last_context;
static void (*inside_advance)(void);

/* Under the guard only: a plain counter, changed slowly, so that a second holder would show. */
static uint64_t protected_count;
static _Atomic int holders, intruders;

static void change_protected(void)
{
    if (atomic_fetch_add(&holders, 1) != 0)
        atomic_fetch_add(&intruders, 1);
    uint64_t value = protected_count;
    for (int i = 0; i < 5; i++)
        __asm__ volatile("" : "+r"(value) : : "memory");
    protected_count = value + 1;
    atomic_fetch_sub(&holders, 1);
}

/* What a striker has asked for, and what progress has seen of it. */
static _Atomic uint32_t asked, served;

static bool advance(enum toc_progress_context context)
{
    atomic_fetch_add(&advances, 1);
    last_context = context;
    change_protected();
    atomic_store(&served, atomic_load(&asked));
    if (inside_advance != NULL)
        inside_advance();
    return false;
}

static const struct toc_progress_events events = {.advance = advance};

static void open_world(const struct toc_notify_ops *notifier)
{
    world_join(notifier, 8);
    toc_progress_register(&events);
    toc_progress_busy(1);
}

static void setup_poll(void)
{
    open_world(&toc_notify_poll);
}

static void setup_signal(void)
{
    open_world(&toc_notify_signal);
}

START_TEST(enter_and_leave)
{
    ck_assert(!toc_guard_is_held());
    toc_guard_enter();
    ck_assert(toc_guard_is_held());
    toc_guard_leave();
    ck_assert(!toc_guard_is_held());
    ck_assert_uint_eq(advances, 0); /* nothing struck */
}
END_TEST

START_TEST(try_takes_an_open_guard)
{
    if (_i)
        toc_guard_share(false);
    ck_assert(toc_guard_try());
    ck_assert(toc_guard_is_held());
    ck_assert(!toc_guard_take_deferred());
    toc_guard_open();
    ck_assert(!toc_guard_is_held());
}
END_TEST

START_TEST(deferred_is_served_on_leaving)
{
    if (_i)
        toc_guard_share(false);
    toc_guard_enter();
    ck_assert(!toc_guard_try());
    ck_assert(!toc_guard_try());
    ck_assert_uint_eq(advances, 0);
    toc_guard_leave();
    ck_assert_uint_gt(advances, 0);
    ck_assert_int_eq(last_context, TOC_PROGRESS_CALL);
    ck_assert(!toc_guard_is_held());
    uint32_t before = advances;
    toc_guard_enter();
    toc_guard_leave();
    ck_assert_uint_eq(advances, before); /* once */
}
END_TEST

START_TEST(deferred_is_noted_once)
{
    toc_guard_enter();
    ck_assert(!toc_guard_take_deferred());
    ck_assert(!toc_guard_try());
    ck_assert(toc_guard_take_deferred());
    ck_assert(!toc_guard_take_deferred());
    toc_guard_leave();
    ck_assert_uint_eq(advances, 0);
}
END_TEST

static int bells_left;

static void bell_meanwhile(void)
{
    if (bells_left > 0) {
        bells_left--;
        ck_assert(!toc_guard_try());
    }
}

/* A bell while another one is being served is served as well. */
START_TEST(bells_during_service)
{
    inside_advance = bell_meanwhile;
    bells_left = 10;
    toc_guard_enter();
    ck_assert(!toc_guard_try());
    toc_guard_leave();
    ck_assert_int_eq(bells_left, 0);
    ck_assert_uint_ge(advances, 11);
    ck_assert(!toc_guard_is_held());
    ck_assert(!toc_guard_take_deferred());
}
END_TEST

START_TEST(handler_when_open_and_when_held)
{
    toc_progress_handler();
    ck_assert_uint_gt(advances, 0);
    ck_assert_int_eq(last_context, TOC_PROGRESS_HANDLER);
    ck_assert(!toc_guard_is_held());
    uint32_t before = advances;
    toc_guard_enter();
    toc_progress_handler();
    ck_assert_uint_eq(advances, before);
    ck_assert(toc_guard_is_held());
    toc_guard_leave();
    ck_assert_uint_gt(advances, before);
    ck_assert_uint_eq(toc_stats.bells_taken, 2);
    ck_assert_uint_eq(toc_stats.bells_deferred, 1);
}
END_TEST

/* ---- with signals, and with a second thread that calls MPI ---- */

enum { STRIKES = 4000, CALLS = 20000 };
static _Atomic bool over;
static _Atomic uint64_t calls;

/* Strikes, and waits until it is served: a lost bell is a hang, which Check's time-out ends. */
static void *strike(void *unused)
{
    for (uint32_t i = 1; i <= STRIKES; i++) {
        atomic_store(&asked, i);
        if (toc_world_strike(WORLD_ME) != 0)
            abort();
        while (atomic_load(&served) != i)
            sched_yield();
    }
    atomic_store(&over, true);
    return unused;
}

static void *call(void *seed_pointer)
{
    uint64_t seed = (uintptr_t)seed_pointer;
    while (!atomic_load(&over)) {
        toc_guard_enter();
        change_protected();
        toc_guard_leave();
        atomic_fetch_add(&calls, 1);
        /* No further call until what has struck is served: the next one would make up for it. */
        uint32_t struck = atomic_load(&asked);
        while (atomic_load(&served) < struck && !atomic_load(&over))
            __builtin_ia32_pause();
        /* no pause instruction, at which most interrupts would strike */
        for (uint32_t spin = unit_random(&seed) % 16; spin > 0; spin--)
            __asm__ volatile("" : "+r"(spin));
    }
    return NULL;
}

/* _i: 0 alone; 1 guard shared; 2 shared, and a second thread calls, too. */
START_TEST(storm)
{
    pthread_t striker, other;
    if (_i > 0)
        toc_guard_share(false);
    ck_assert_int_eq(pthread_create(&striker, NULL, strike, NULL), 0);
    if (_i == 2)
        ck_assert_int_eq(pthread_create(&other, NULL, call, (void *)2), 0);
    call((void *)1);
    ck_assert_int_eq(pthread_join(striker, NULL), 0);
    if (_i == 2)
        ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(intruders, 0);
    ck_assert_uint_eq(protected_count, calls + advances);
    ck_assert_uint_gt(toc_stats.bells_taken, 0);
    ck_assert_uint_gt(calls, 0);
}
END_TEST

/* Nothing but computing: the handler serves all by itself. */
START_TEST(storm_on_a_computing_thread)
{
    pthread_t striker;
    ck_assert_int_eq(pthread_create(&striker, NULL, strike, NULL), 0);
    while (!atomic_load(&over))
        __builtin_ia32_pause();
    ck_assert_int_eq(pthread_join(striker, NULL), 0);
    ck_assert_int_eq(last_context, TOC_PROGRESS_HANDLER);
    ck_assert_uint_eq(toc_stats.bells_deferred, 0);
    ck_assert_uint_gt(toc_stats.bells_taken, 0);
    ck_assert_uint_le(toc_stats.bells_taken, STRIKES);
    ck_assert_uint_eq(protected_count, advances);
}
END_TEST

static void *count(void *unused)
{
    for (int i = 0; i < CALLS; i++) {
        toc_guard_enter();
        change_protected();
        toc_guard_leave();
    }
    return unused;
}

START_TEST(a_shared_guard_is_a_lock)
{
    pthread_t other;
    toc_guard_share(false);
    ck_assert_int_eq(pthread_create(&other, NULL, count, NULL), 0);
    count(NULL);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(intruders, 0);
    ck_assert_uint_eq(protected_count, 2 * CALLS + advances);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tcase = unit_case(suite, "guard", 60);
    tcase_add_checked_fixture(tcase, setup_poll, world_leave);
    tcase_add_test(tcase, enter_and_leave);
    tcase_add_loop_test(tcase, try_takes_an_open_guard, 0, 2);
    tcase_add_loop_test(tcase, deferred_is_served_on_leaving, 0, 2);
    tcase_add_test(tcase, deferred_is_noted_once);
    tcase_add_test(tcase, bells_during_service);
    tcase_add_test(tcase, handler_when_open_and_when_held);
    tcase_add_test(tcase, a_shared_guard_is_a_lock);
    tcase = unit_case(suite, "signals", 120);
    tcase_add_checked_fixture(tcase, setup_signal, world_leave);
    tcase_add_loop_test(tcase, storm, 0, 3);
    tcase_add_test(tcase, storm_on_a_computing_thread);
    return unit_run(suite);
}
