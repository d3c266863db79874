/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/progress: rounds, the mask of the bell, waiting and sleeping. Rank 1 is played by the test.
 */
#include <limits.h>
#include <pthread.h>

#include "progress/bell.h"
#include "progress/waiters.h"
#include "progress/watch.h"
#include "progress/yield.h"
#include "world.h"

/* ---- a layer that notes what it is given ---- */

static int received[4096];
static _Atomic int received_count;
static _Atomic int refuse; /* packets that are not taken */
static _Atomic int advances, departs;
static enum toc_progress_context last_context;
static bool advance_moves, have_work;
static _Atomic int again_left;

static bool packet(enum toc_progress_context context, struct toc_peer *peer,
                   const struct toc_cell *cell, uint32_t *data_bytes)
{
    UNIT_CHECK(peer == &toc_world.peers[WORLD_PEER]);
    UNIT_CHECK(*data_bytes == 0);
    last_context = context;
    if (refuse > 0) {
        refuse--;
        return false;
    }
    received[received_count++] = cell->tag;
    return true;
}

static bool advance(enum toc_progress_context context)
{
    last_context = context;
    advances++;
    if (again_left > 0) {
        again_left--;
        toc_progress_again();
    }
    return advance_moves;
}

static bool has_work(void)
{
    return have_work;
}

static void depart(void)
{
    departs++;
}

static const struct toc_progress_events events = {
    .packet = packet, .advance = advance, .has_work = has_work, .depart = depart};
static const struct toc_progress_events empty = {.advance = advance};

static void setup_poll(void)
{
    world_join(&toc_notify_poll, 8);
    toc_progress_register(&events);
}

static void setup_signal(void)
{
    world_join(&toc_notify_signal, 8);
    toc_progress_register(&events);
}

static void setup_crowded(void)
{
    world_join(&toc_notify_signal, 1);
    toc_progress_register(&events);
}

static enum toc_bell_mode mode(void)
{
    return toc_bell_mode(atomic_load(&toc_world.bell->word));
}

static unsigned mask(void)
{
    return toc_bell_mask(atomic_load(&toc_world.bell->word));
}

static void call(void)
{
    toc_guard_enter();
    toc_guard_leave();
}

/* ---- rounds ---- */

START_TEST(packets_in_order)
{
    for (int i = 0; i < 10; i++)
        ck_assert(world_publish(i));
    ck_assert(!toc_progress_run(TOC_PROGRESS_CALL)); /* no bell, no look */
    world_ring(TOC_WANT_NONE);
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert_int_eq(last_context, TOC_PROGRESS_CALL);
    ck_assert_int_eq(received_count, 10);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(received[i], i);
    ck_assert(!toc_progress_run(TOC_PROGRESS_CALL));
}
END_TEST

/* One full ring must not keep the others waiting. */
START_TEST(bursts_end)
{
    int rounds = 0, n = 0;
    while (world_publish(n))
        n++;
    world_ring(TOC_WANT_NONE);
    while (toc_progress_run(TOC_PROGRESS_CALL)) {
        rounds++;
        ck_assert_int_le(received_count, rounds * 64);
    }
    ck_assert_int_eq(received_count, n);
    ck_assert_int_eq(rounds, (n + 63) / 64);
}
END_TEST

START_TEST(refused_packets_stay)
{
    world_publish(1);
    world_publish(2);
    world_ring(TOC_WANT_NONE);
    refuse = 2;
    ck_assert(!toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert(toc_progress_has_work());
    ck_assert(!toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert_int_eq(received_count, 2);
    ck_assert_int_eq(received[0], 1);
    ck_assert(!toc_progress_has_work());
}
END_TEST

START_TEST(producer_hears_of_space)
{
    struct toc_doorbell *peer = toc_world.peers[WORLD_PEER].bell;
    uint64_t old;
    int n = 0;
    while (world_publish(n))
        n++;
    world_ring(TOC_WANT_NONE);
    ck_assert(!toc_ring_want_space(&world_tx, 0));
    toc_doorbell_change(peer, TOC_BELL_SLEEP, 0, &old);
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert_uint_eq(toc_stats.wakes_sent, 1);
    ck_assert_uint_ne(atomic_load(&peer->word) & TOC_BELL_OUTSTANDING, 0);
    ck_assert_uint_eq(atomic_load(&peer->pending[0]), 1u << WORLD_ME);
    ck_assert(world_publish(n));
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert_uint_eq(toc_stats.wakes_sent, 1); /* asked once, told once */
}
END_TEST

START_TEST(layers_advance_while_busy)
{
    toc_progress_register(&empty);
    ck_assert(!toc_progress_run(TOC_PROGRESS_TEST));
    ck_assert_int_eq(advances, 0);
    toc_progress_busy(1);
    ck_assert(!toc_progress_run(TOC_PROGRESS_TEST));
    ck_assert_int_eq(advances, 2); /* both layers */
    ck_assert_int_eq(last_context, TOC_PROGRESS_TEST);
    advance_moves = true;
    ck_assert(toc_progress_run(TOC_PROGRESS_TEST));
    toc_progress_busy(-1);
    ck_assert(!toc_progress_run(TOC_PROGRESS_TEST));
    toc_progress_want(TOC_WANT_CTS, 1); /* a send that waits for its match */
    ck_assert(toc_progress_run(TOC_PROGRESS_TEST));
    toc_progress_want(TOC_WANT_CTS, -1);
    ck_assert(!toc_progress_run(TOC_PROGRESS_TEST));
}
END_TEST

START_TEST(work_is_found)
{
    ck_assert(!toc_progress_has_work());
    world_publish(0); /* although nobody rang */
    ck_assert(toc_progress_has_work());
    world_ring(TOC_WANT_NONE);
    toc_progress_run(TOC_PROGRESS_CALL);
    ck_assert(!toc_progress_has_work());
    have_work = true;
    ck_assert(toc_progress_has_work());
}
END_TEST

/* ---- the mask ---- */

START_TEST(armed_for_what_is_wanted)
{
    static const unsigned classes[] = {TOC_WANT_RTS,  TOC_WANT_SYNC, TOC_WANT_CTS,
                                       TOC_WANT_DATA, TOC_WANT_COLL, TOC_WANT_SPACE};
    call();
    for (size_t i = 0; i < UNIT_LENGTH(classes); i++) {
        toc_progress_want(classes[i], 1);
        toc_progress_want(classes[i], 1);
        call();
        ck_assert_int_eq(mode(), TOC_BELL_ARMED);
        ck_assert_uint_eq(mask() & (classes[i] | TOC_WANT_CONTROL), classes[i] | TOC_WANT_CONTROL);
        toc_progress_want(classes[i], -1);
        toc_progress_handler(); /* trims the mask */
        ck_assert_uint_ne(mask() & classes[i], 0);
        toc_progress_want(classes[i], -1);
        toc_progress_handler();
        ck_assert_uint_eq(mask(), TOC_WANT_CONTROL);
    }
}
END_TEST

START_TEST(never_armed_without_interrupts)
{
    toc_progress_want(TOC_WANT_RTS, 1);
    call();
    ck_assert_int_eq(mode(), TOC_BELL_QUIET);
    toc_progress_again();
    ck_assert(!toc_progress_take_again());
}
END_TEST

START_TEST(arming_looks_once_more)
{
    world_publish(7); /* before this rank is armed: nobody will ring for it */
    world_ring(TOC_WANT_RTS);
    ck_assert_uint_eq(toc_stats.bells_taken, 0);
    toc_progress_want(TOC_WANT_RTS, 1);
    call();
    ck_assert_int_eq(received_count, 1);
    ck_assert_int_eq(last_context, TOC_PROGRESS_CALL);
}
END_TEST

START_TEST(a_bell_reaches_the_program)
{
    toc_progress_want(TOC_WANT_RTS, 1);
    call();
    for (int i = 0; i < 100; i++) {
        world_publish(i);
        ck_assert_int_eq(world_ring(TOC_WANT_RTS), TOC_BELL_NOTIFIED);
        double start = unit_now();
        while (received_count <= i && unit_now() - start < 10)
            __builtin_ia32_pause();
        ck_assert_int_eq(received_count, i + 1);
        ck_assert_int_eq(last_context, TOC_PROGRESS_HANDLER);
    }
    ck_assert_uint_eq(toc_stats.bells_taken, 100);
    ck_assert_uint_eq(toc_stats.bells_false, 0);
    ck_assert_int_eq(world_ring(TOC_WANT_SYNC), TOC_BELL_NOT_NEEDED);
}
END_TEST

START_TEST(starved_ranks_are_quiet)
{
    toc_progress_want(TOC_WANT_RTS, 1);
    call();
    ck_assert_int_eq(mode(), TOC_BELL_ARMED);
    toc_progress_starve();
    call();
    ck_assert_int_eq(mode(), TOC_BELL_QUIET);
    toc_progress_fed();
    call();
    ck_assert_int_eq(mode(), TOC_BELL_ARMED);
    ck_assert_uint_ne(mask() & TOC_WANT_RTS, 0);
    ck_assert_uint_eq(toc_stats.starved, 1);
}
END_TEST

/* The handler asks for another turn as often as there is more to do. */
START_TEST(again_strikes_itself)
{
    toc_progress_busy(1);
    call();
    again_left = 5;
    toc_world_strike(WORLD_ME);
    double start = unit_now();
    while (again_left > 0 && unit_now() - start < 10)
        __builtin_ia32_pause();
    ck_assert_int_eq(again_left, 0);
    ck_assert_uint_ge(toc_stats.bells_self, 1);
    ck_assert_int_eq(last_context, TOC_PROGRESS_HANDLER);
    uint64_t self = toc_stats.bells_self;
    unit_sleep_us(20000);
    ck_assert_uint_eq(toc_stats.bells_self, self); /* and not for ever */
}
END_TEST

/* ---- waiting ---- */

static bool five_received(const void *argument)
{
    ck_assert_ptr_eq(argument, received);
    return received_count >= 5;
}

static void *publish_later(void *pause)
{
    for (int i = 0; i < 5; i++) {
        unit_sleep_us((long)(uintptr_t)pause);
        world_publish(i);
        world_ring(TOC_WANT_NONE);
    }
    return NULL;
}

/* Pauses below and above the time that a waiter polls. */
static const uintptr_t pauses[] = {0, 30, 1000, 60000};

START_TEST(waits_and_sleeps)
{
    pthread_t peer;
    ck_assert_int_eq(pthread_create(&peer, NULL, publish_later, (void *)pauses[_i]), 0);
    toc_guard_enter();
    toc_progress_wait(five_received, received, "test");
    toc_guard_leave();
    ck_assert_int_eq(pthread_join(peer, NULL), 0);
    ck_assert_int_eq(received_count, 5);
    ck_assert_uint_eq(toc_stats.rescues, 0);
    if (pauses[_i] > 10000)
        ck_assert_uint_ge(toc_stats.sleeps, 5);
    ck_assert_int_ne(mode(), TOC_BELL_SLEEP);
}
END_TEST

START_TEST(nothing_to_wait_for)
{
    received_count = 5;
    toc_guard_enter();
    toc_progress_wait(five_received, received, "test");
    toc_guard_leave();
    ck_assert_uint_eq(toc_stats.sleeps, 0);
    ck_assert_int_eq(departs, 0);
}
END_TEST

static bool helped(const void *argument)
{
    (void)argument;
    return toc_world.bell->blocking != 0;
}

/* A rank with sends under way offers its help while it waits, and says when it leaves. */
START_TEST(help_is_offered_and_withdrawn)
{
    toc_progress_outgoing(1);
    toc_guard_enter();
    toc_progress_wait(helped, NULL, "test");
    toc_guard_leave();
    ck_assert_uint_eq(toc_world.bell->blocking, 0);
    ck_assert_int_eq(departs, 1);
    toc_progress_outgoing(-1);
    received_count = 4;
    world_publish(0);
    world_ring(TOC_WANT_NONE);
    toc_guard_enter();
    toc_progress_wait(five_received, received, "test");
    toc_guard_leave();
    ck_assert_int_eq(departs, 1);
}
END_TEST

static bool advanced(const void *argument)
{
    (void)argument;
    ck_assert_uint_eq(toc_world.bell->blocking, 0);
    return advances > 0;
}

/* What a peer has finished with meanwhile is completed without a change of the bell, and nobody is
 * told of a rank that waits. */
START_TEST(what_is_over_needs_no_wait)
{
    toc_progress_want(TOC_WANT_CTS, 1);
    toc_progress_outgoing(1);
    call(); /* armed for it, where there are interrupts */
    advances = 0;
    const uint64_t word = atomic_load(&toc_world.bell->word);
    toc_guard_enter();
    toc_progress_wait(advanced, NULL, "test");
    ck_assert_uint_eq(atomic_load(&toc_world.bell->word), word);
    toc_guard_leave();
    ck_assert_int_eq(advances, 1);
    ck_assert_int_eq(last_context, TOC_PROGRESS_CALL);
    ck_assert_int_eq(departs, 0);
    toc_progress_outgoing(-1);
    toc_progress_want(TOC_WANT_CTS, -1);
}
END_TEST

/* A packet whose bell never came: the safety check finds it, and counts. */
START_TEST(rescues_are_counted)
{
    pthread_t peer;
    received_count = 4;
    have_work = true; /* work that no round of progress finds, and no bell tells of */
    ck_assert_int_eq(pthread_create(&peer, NULL, publish_later, (void *)200000), 0);
    toc_guard_enter();
    toc_progress_wait(five_received, received, "test");
    toc_guard_leave();
    ck_assert_int_eq(pthread_join(peer, NULL), 0);
    ck_assert_uint_gt(toc_stats.rescues, 0);
}
END_TEST

/* Two streams of packets against a rank that computes, calls and waits in turn; every packet with
 * its bell. A lost one is a hang. */
enum { STREAM = 3000 };

static void *stream(void *unused)
{
    uint64_t seed = 11;
    for (int i = 0; i < STREAM; i++) {
        while (received_count < i - 20)
            sched_yield();
        while (!world_publish(i))
            sched_yield();
        world_ring(TOC_WANT_RTS);
        for (uint32_t spin = unit_random(&seed) % 5000; spin > 0; spin--)
            __builtin_ia32_pause();
    }
    return unused;
}

static int goal;

static bool at_goal(const void *argument)
{
    (void)argument;
    return received_count >= goal;
}

START_TEST(stream_is_received)
{
    pthread_t peer;
    uint64_t seed = 13;
    toc_progress_want(TOC_WANT_RTS, 1);
    ck_assert_int_eq(pthread_create(&peer, NULL, stream, NULL), 0);
    while (received_count < STREAM) {
        switch (unit_random(&seed) % 3) {
        case 0: /* compute */
            if (toc_world.notifier->interrupts) {
                call();
                goal = received_count + 1;
                while (received_count < goal && received_count < STREAM)
                    __builtin_ia32_pause();
            }
            break;
        case 1:
            call();
            break;
        default:
            toc_guard_enter();
            goal = received_count + (int)(unit_random(&seed) % 10);
            goal = goal < STREAM ? goal : STREAM;
            toc_progress_wait(at_goal, NULL, "test");
            toc_guard_leave();
        }
    }
    ck_assert_int_eq(pthread_join(peer, NULL), 0);
    for (int i = 0; i < STREAM; i++)
        UNIT_CHECK(received[i] == i);
    ck_assert_uint_eq(toc_stats.rescues, 0);
}
END_TEST

/* Each packet ends a wait. The pauses are such that it often comes just when the waiter goes to
 * sleep; one that came too late for the last look, and whose bell saw no sleeper, would have to be
 * rescued. */
enum { WAITS = 4000 };

static void *feed(void *unused)
{
    uint64_t seed = 17;
    for (int i = 0; i < WAITS; i++) {
        while (received_count < i)
            __builtin_ia32_pause();
        for (uint32_t spin = unit_random(&seed) % 400; spin > 0; spin--)
            __builtin_ia32_pause();
        world_publish(i);
        world_ring(TOC_WANT_NONE);
    }
    return unused;
}

START_TEST(every_sleep_is_ended)
{
    pthread_t peer;
    ck_assert_int_eq(pthread_create(&peer, NULL, feed, NULL), 0);
    toc_guard_enter();
    for (goal = 1; goal <= WAITS; goal++)
        toc_progress_wait(at_goal, NULL, "test");
    toc_guard_leave();
    ck_assert_int_eq(pthread_join(peer, NULL), 0);
    ck_assert_uint_eq(toc_stats.rescues, 0);
}
END_TEST

/* The round that belongs to a doze takes what is there, and leaves the bell quiet. */
START_TEST(a_doze_looks_before_it_rests)
{
    struct toc_waiter self = {.done = five_received, .argument = received};
    toc_guard_enter();
    ck_assert(!toc_bell_doze(&self));
    ck_assert_uint_eq(toc_stats.dozes, 1);
    ck_assert_int_eq(mode(), TOC_BELL_QUIET);
    world_publish(1);
    world_ring(TOC_WANT_NONE);
    ck_assert(toc_bell_doze(&self));
    ck_assert_int_eq(received_count, 1);
    ck_assert_uint_eq(toc_stats.dozes, 1);
    ck_assert_int_eq(mode(), TOC_BELL_QUIET);
    toc_guard_leave();
}
END_TEST

START_TEST(every_packet_is_seen_by_a_rank_that_dozes)
{
    struct toc_waiter self = {.done = at_goal};
    pthread_t peer;
    ck_assert_int_eq(pthread_create(&peer, NULL, feed, NULL), 0);
    toc_guard_enter();
    while (received_count < WAITS)
        toc_bell_doze(&self);
    toc_guard_leave();
    ck_assert_int_eq(pthread_join(peer, NULL), 0);
    ck_assert_uint_eq(toc_stats.bells_sent, 0);
    ck_assert_uint_eq(toc_stats.wakes_sent, 0);
}
END_TEST

static void add_waits(TCase *tcase)
{
    tcase_add_loop_test(tcase, waits_and_sleeps, 0, (int)UNIT_LENGTH(pauses));
    tcase_add_test(tcase, nothing_to_wait_for);
    tcase_add_test(tcase, help_is_offered_and_withdrawn);
    tcase_add_test(tcase, what_is_over_needs_no_wait);
    tcase_add_test(tcase, rescues_are_counted);
    tcase_add_test(tcase, stream_is_received);
    tcase_add_test(tcase, every_sleep_is_ended);
    tcase_add_test(tcase, a_doze_looks_before_it_rests);
    tcase_add_test(tcase, every_packet_is_seen_by_a_rank_that_dozes);
}

/* ---- giving the core away ---- */

enum { BRIEF = 5000, SLICE = 5000000 };

/* Ticks from now on in which no yield is tried. */
static uint64_t rest_after(struct toc_yield_lesson *lesson, uint64_t now, uint64_t ticks)
{
    toc_yield_learn(lesson, now, ticks);
    return lesson->not_before > now ? lesson->not_before - now : 0;
}

START_TEST(yields_tell_who_is_there)
{
    struct toc_yield_lesson lesson = {0};
    ck_assert_int_eq(toc_yield_learn(&lesson, 0, 500), TOC_YIELD_ALONE);
    ck_assert_int_eq(toc_yield_learn(&lesson, 0, BRIEF), TOC_YIELD_SHARED);
    ck_assert_uint_eq(lesson.not_before, 0);
}
END_TEST

/* Less than a slice may be the kernel's, which comes and goes. */
START_TEST(interrupts_are_no_company)
{
    struct toc_yield_lesson lesson = {0};
    for (int i = 0; i < 100; i++) {
        ck_assert_uint_eq(rest_after(&lesson, 0, SLICE / 10), 0);
        ck_assert_int_eq(toc_yield_learn(&lesson, 0, SLICE / 10), TOC_YIELD_SHARED);
    }
}
END_TEST

/* Company that computes is tried again at once, in case that it was a moment's; then after a while
 * that doubles, up to 256 slices or so. */
START_TEST(long_yields_are_not_repeated)
{
    struct toc_yield_lesson lesson = {0};
    uint64_t now = 1, last = 0, rest;
    ck_assert_uint_eq(rest_after(&lesson, now, SLICE), 0);
    for (int i = 0; i < 8; i++) {
        rest = rest_after(&lesson, now, SLICE);
        ck_assert_uint_gt(rest, last);
        if (i > 0)
            ck_assert_uint_eq(rest, 2 * last);
        last = rest;
        now += rest;
    }
    ck_assert_uint_eq(rest_after(&lesson, now, SLICE), last);
    /* However long it took: seconds without anybody to talk to were no loss. */
    ck_assert_uint_eq(rest_after(&lesson, now, UINT64_MAX / 2), last);
    ck_assert_uint_lt(last, UINT64_C(1) << 30);
}
END_TEST

START_TEST(calm_makes_up_for_long_yields)
{
    struct toc_yield_lesson lesson = {0};
    rest_after(&lesson, 0, SLICE);
    uint64_t first = rest_after(&lesson, 0, SLICE);
    ck_assert_uint_gt(rest_after(&lesson, 0, SLICE), first);
    for (int i = 0; i < 1000; i++)
        toc_yield_learn(&lesson, 0, BRIEF);
    lesson.not_before = 0;
    ck_assert_uint_eq(rest_after(&lesson, 0, SLICE), 0);
    ck_assert_uint_eq(rest_after(&lesson, 0, SLICE), first);
    /* A few are not enough. */
    toc_yield_learn(&lesson, 0, BRIEF);
    ck_assert_uint_gt(rest_after(&lesson, 0, SLICE), first);
}
END_TEST

START_TEST(a_yield_is_refused_in_time)
{
    struct toc_yield_lesson lesson = {.not_before = UINT64_MAX};
    ck_assert_int_eq(toc_yield(&lesson), TOC_YIELD_REFUSED);
    lesson.not_before = 0;
    ck_assert_int_ne(toc_yield(&lesson), TOC_YIELD_REFUSED);
}
END_TEST

static bool has_news(void)
{
    struct toc_watch watch;
    ck_assert(toc_watch_begin(&watch));
    return toc_watch_has_news(&watch);
}

START_TEST(packets_are_seen_where_watched)
{
    struct toc_watch before;
    ck_assert(toc_watch_begin(&before));
    ck_assert(!has_news());
    ck_assert(world_publish(1));
    ck_assert(!has_news()); /* its bit is not set yet */
    ck_assert(!toc_watch_has_news(&before));
    world_ring(TOC_WANT_NONE);
    ck_assert(has_news());
    ck_assert(toc_watch_has_news(&before)); /* another ring */
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert(!has_news());
    ck_assert(toc_watch_begin(&before));
    ck_assert(world_publish(2));
    ck_assert(toc_watch_has_news(&before)); /* a packet */
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
}
END_TEST

START_TEST(turns_end_with_news)
{
    struct toc_yield_lesson lesson = {0};
    struct toc_watch watch;
    ck_assert(world_publish(1));
    world_ring(TOC_WANT_NONE);
    ck_assert(toc_watch_begin(&watch));
    ck_assert_int_ne(toc_yield_until_news(&lesson, &watch, UINT_MAX), TOC_YIELD_REFUSED);
    ck_assert(toc_progress_run(TOC_PROGRESS_CALL));
    ck_assert(toc_watch_begin(&watch));
    ck_assert_int_ne(toc_yield_until_news(&lesson, &watch, 3), TOC_YIELD_REFUSED);
    lesson.not_before = UINT64_MAX;
    ck_assert_int_eq(toc_yield_until_news(&lesson, &watch, 3), TOC_YIELD_REFUSED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *tcase = unit_case(suite, "rounds", 60);
    tcase_add_checked_fixture(tcase, setup_poll, world_leave);
    tcase_add_test(tcase, packets_in_order);
    tcase_add_test(tcase, bursts_end);
    tcase_add_test(tcase, refused_packets_stay);
    tcase_add_test(tcase, producer_hears_of_space);
    tcase_add_test(tcase, layers_advance_while_busy);
    tcase_add_test(tcase, work_is_found);
    tcase_add_test(tcase, never_armed_without_interrupts);
    tcase_add_test(tcase, packets_are_seen_where_watched);
    tcase_add_test(tcase, turns_end_with_news);
    tcase = unit_case(suite, "yields", 60);
    tcase_add_test(tcase, yields_tell_who_is_there);
    tcase_add_test(tcase, interrupts_are_no_company);
    tcase_add_test(tcase, long_yields_are_not_repeated);
    tcase_add_test(tcase, calm_makes_up_for_long_yields);
    tcase_add_test(tcase, a_yield_is_refused_in_time);
    tcase = unit_case(suite, "bell", 60);
    tcase_add_checked_fixture(tcase, setup_signal, world_leave);
    tcase_add_test(tcase, armed_for_what_is_wanted);
    tcase_add_test(tcase, arming_looks_once_more);
    tcase_add_test(tcase, a_bell_reaches_the_program);
    tcase_add_test(tcase, starved_ranks_are_quiet);
    tcase_add_test(tcase, again_strikes_itself);
    tcase = unit_case(suite, "waits, poll", 120);
    tcase_add_checked_fixture(tcase, setup_poll, world_leave);
    add_waits(tcase);
    tcase = unit_case(suite, "waits, signal", 120);
    tcase_add_checked_fixture(tcase, setup_signal, world_leave);
    add_waits(tcase);
    tcase = unit_case(suite, "waits, crowded", 120);
    tcase_add_checked_fixture(tcase, setup_crowded, world_leave);
    add_waits(tcase);
    return unit_run(suite);
}
