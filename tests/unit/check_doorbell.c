/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/notify/doorbell: every outcome of a ring, and sleepers that are really asleep. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "notify/doorbell.h"
#include "unit.h"

#define SELF 5
#define PEER 9
#define LONG 20000000 /* microseconds: a sleep that nobody ends fails the test by its length */

static struct toc_doorbell bell;
static int notified, notify_result;
static void (*meanwhile)(void);

static int notify(int peer)
{
    ck_assert_int_eq(peer, PEER);
    notified++;
    if (meanwhile != NULL)
        meanwhile();
    return notify_result;
}

static uint64_t word(void)
{
    return atomic_load(&bell.word);
}

static uint64_t epoch(uint64_t value)
{
    return value >> TOC_BELL_EPOCH_SHIFT & TOC_BELL_EPOCH_MASK;
}

static uint64_t go(enum toc_bell_mode mode, unsigned mask)
{
    uint64_t old;
    return toc_doorbell_change(&bell, mode, mask, &old);
}

static enum toc_bell_outcome ring(unsigned class_bits, bool always)
{
    return toc_doorbell_ring(&bell, SELF, class_bits, always, notify, PEER);
}

static bool is_pending(uint32_t sender)
{
    return (atomic_load(&bell.pending[sender / 64]) >> (sender % 64) & 1) != 0;
}

START_TEST(change_writes_all_fields)
{
    static const enum toc_bell_mode modes[] = {TOC_BELL_QUIET, TOC_BELL_SLEEP, TOC_BELL_ARMED,
                                               TOC_BELL_DOZE};
    for (size_t i = 0; i < UNIT_LENGTH(modes); i++)
        for (unsigned mask = 0; mask < 256; mask++) {
            uint64_t before = word(), old;
            uint64_t now = toc_doorbell_change(&bell, modes[i], mask, &old);
            UNIT_CHECK(old == before);
            UNIT_CHECK(now == word());
            UNIT_CHECK(toc_bell_mode(now) == modes[i]);
            UNIT_CHECK(toc_bell_mask(now) == mask);
            UNIT_CHECK(epoch(now) == ((epoch(before) + 1) & TOC_BELL_EPOCH_MASK));
            UNIT_CHECK((now & TOC_BELL_OUTSTANDING) == 0);
        }
}
END_TEST

START_TEST(epochs_wrap)
{
    atomic_store(&bell.word, TOC_BELL_EPOCH_MASK << TOC_BELL_EPOCH_SHIFT | TOC_BELL_ARMED |
                                 UINT64_C(0xff) << TOC_BELL_MASK_SHIFT);
    uint64_t now = go(TOC_BELL_SLEEP, 0);
    ck_assert_uint_eq(epoch(now), 0);
    ck_assert_uint_eq(toc_bell_mask(now), 0);
    ck_assert_uint_eq(toc_bell_mode(now), TOC_BELL_SLEEP);
}
END_TEST

START_TEST(quiet_needs_nothing)
{
    go(TOC_BELL_QUIET, 0xff);
    uint64_t before = word();
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOT_NEEDED);
    ck_assert_int_eq(ring(TOC_WANT_CONTROL, true), TOC_BELL_NOT_NEEDED);
    ck_assert_uint_eq(word(), before);
    ck_assert_int_eq(notified, 0);
    ck_assert(is_pending(SELF));
}
END_TEST

/* Every class against every mask. */
START_TEST(armed_for_its_mask_only)
{
    for (unsigned bit = 0; bit < 7; bit++)
        for (unsigned mask = 0; mask < 128; mask++) {
            go(TOC_BELL_ARMED, mask);
            notified = 0;
            bool wanted = (mask >> bit & 1) != 0;
            UNIT_CHECK(ring(1u << bit, false) ==
                       (wanted ? TOC_BELL_NOTIFIED : TOC_BELL_NOT_NEEDED));
            UNIT_CHECK(notified == wanted);
            UNIT_CHECK(((word() & TOC_BELL_OUTSTANDING) != 0) == wanted);
        }
    go(TOC_BELL_ARMED, 0xff);
    ck_assert_int_eq(ring(TOC_WANT_NONE, false), TOC_BELL_NOT_NEEDED);
    ck_assert_int_eq(ring(TOC_WANT_NONE, true), TOC_BELL_NOTIFIED);
}
END_TEST

START_TEST(one_bell_an_epoch)
{
    go(TOC_BELL_ARMED, TOC_WANT_RTS | TOC_WANT_CTS);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_SUPPRESSED);
    ck_assert_int_eq(ring(TOC_WANT_CTS, false), TOC_BELL_SUPPRESSED);
    ck_assert_int_eq(ring(TOC_WANT_SYNC, false), TOC_BELL_NOT_NEEDED);
    ck_assert_int_eq(notified, 1);
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
    ck_assert_int_eq(notified, 2);
}
END_TEST

START_TEST(failed_notice_is_taken_back)
{
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    uint64_t before = word();
    notify_result = -1;
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_FAILED);
    ck_assert_uint_eq(word(), before);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_FAILED);
    ck_assert_int_eq(notified, 2);
    notify_result = 0;
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
}
END_TEST

static void owner_goes_on(void)
{
    meanwhile = NULL;
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    int result = notify_result;
    notify_result = 0;
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
    notify_result = result;
}

/* The bit of a later epoch is another sender's. */
START_TEST(taken_back_from_its_own_epoch_only)
{
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    notify_result = -1;
    meanwhile = owner_goes_on;
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_FAILED);
    ck_assert_uint_ne(word() & TOC_BELL_OUTSTANDING, 0);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_SUPPRESSED);
}
END_TEST

START_TEST(a_wake_is_never_suppressed)
{
    uint64_t slept = go(TOC_BELL_SLEEP, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ring(TOC_WANT_NONE, false), TOC_BELL_WOKEN);
    ck_assert_int_eq(notified, 0);
    ck_assert_uint_ne((uint32_t)word(), (uint32_t)slept);
    /* an interrupt of the epoch before does not matter */
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
    go(TOC_BELL_SLEEP, 0);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_WOKEN);
}
END_TEST

/* A store is all that a doze needs; the second sender of an epoch has nothing to add. */
START_TEST(a_doze_is_ended_by_the_word)
{
    uint64_t dozing = go(TOC_BELL_DOZE, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ring(TOC_WANT_NONE, i == 2), TOC_BELL_NOT_NEEDED);
        ck_assert_uint_eq(word(), dozing | TOC_BELL_OUTSTANDING);
    }
    ck_assert_int_eq(notified, 0);
    ck_assert(is_pending(SELF));
    ck_assert(!toc_doorbell_is_content(&bell, SELF, TOC_WANT_NONE));
    dozing = go(TOC_BELL_DOZE, 0);
    toc_doorbell_stir(&bell);
    ck_assert_uint_eq(word(), dozing | TOC_BELL_OUTSTANDING);
}
END_TEST

/* With or without a CPU that can: it comes back by itself. */
START_TEST(a_doze_ends_by_itself)
{
    double start = unit_now();
    for (int i = 0; i < 1000; i++)
        toc_doorbell_doze(&bell, go(TOC_BELL_DOZE, 0));
    ck_assert_double_lt(unit_now() - start, 10);
}
END_TEST

START_TEST(pending_tells_who)
{
    static const uint32_t senders[] = {0, 1, 63, 64, 65, 511, TOC_MAX_RANKS - 1};
    go(TOC_BELL_QUIET, 0);
    for (size_t i = 0; i < UNIT_LENGTH(senders); i++) {
        memset((void *)bell.pending, 0, sizeof(bell.pending));
        toc_doorbell_ring(&bell, senders[i], TOC_WANT_RTS, false, notify, PEER);
        for (uint32_t sender = 0; sender < TOC_MAX_RANKS; sender++)
            UNIT_CHECK(is_pending(sender) == (sender == senders[i]));
    }
    for (size_t i = 0; i < UNIT_LENGTH(senders); i++)
        toc_doorbell_watch(&bell, senders[i]);
    toc_doorbell_unwatch(&bell, 64);
    for (size_t i = 0; i < UNIT_LENGTH(senders); i++)
        ck_assert_int_eq(is_pending(senders[i]), senders[i] != 64);
}
END_TEST

START_TEST(sleep_ends_by_itself)
{
    uint64_t asleep = go(TOC_BELL_SLEEP, 0);
    double start = unit_now();
    ck_assert(!toc_doorbell_sleep(&bell, asleep, 30000));
    ck_assert_double_ge(unit_now() - start, 0.029);
    ck_assert(!toc_doorbell_sleep(&bell, asleep, 1100000));
    ck_assert_double_ge(unit_now() - start, 1.1);
}
END_TEST

START_TEST(no_sleep_after_a_change)
{
    uint64_t asleep = go(TOC_BELL_SLEEP, 0);
    double start = unit_now();
    ck_assert_int_eq(ring(TOC_WANT_NONE, false), TOC_BELL_WOKEN);
    ck_assert(toc_doorbell_sleep(&bell, asleep, LONG));
    asleep = go(TOC_BELL_SLEEP, 0);
    go(TOC_BELL_SLEEP, 0);
    ck_assert(toc_doorbell_sleep(&bell, asleep, LONG));
    asleep = go(TOC_BELL_SLEEP, 0);
    toc_doorbell_stir(&bell);
    ck_assert(toc_doorbell_sleep(&bell, asleep, LONG));
    ck_assert_double_lt(unit_now() - start, LONG * 1e-6 / 2);
}
END_TEST

START_TEST(stir_touches_sleepers_only)
{
    go(TOC_BELL_ARMED, TOC_WANT_RTS);
    uint64_t before = word();
    toc_doorbell_stir(&bell);
    ck_assert_uint_eq(word(), before);
    ck_assert_int_eq(ring(TOC_WANT_RTS, false), TOC_BELL_NOTIFIED);
    before = go(TOC_BELL_QUIET, 0);
    toc_doorbell_stir(&bell);
    ck_assert_uint_eq(word(), before);
}
END_TEST

/* ---- with another thread; every sleep is long, so a lost wake shows as a hang ---- */

enum { ROUNDS = 3000 };
static _Atomic int posted;

static void *post(void *unused)
{
    uint64_t seed = 3;
    for (int i = 1; i <= ROUNDS; i++) {
        atomic_store_explicit(&posted, i, memory_order_release);
        ring(TOC_WANT_NONE, false);
        for (uint32_t spin = unit_random(&seed) % 20000; spin > 0; spin--)
            __builtin_ia32_pause();
        if (i % 100 == 0)
            unit_sleep_us(1000);
    }
    return unused;
}

START_TEST(sleeper_is_woken)
{
    pthread_t sender;
    int slept = 0;
    ck_assert_int_eq(pthread_create(&sender, NULL, post, NULL), 0);
    for (int taken = 0; taken < ROUNDS;) {
        uint64_t asleep = go(TOC_BELL_SLEEP, 0);
        if (atomic_load_explicit(&posted, memory_order_acquire) == taken) {
            slept++;
            UNIT_CHECK(toc_doorbell_sleep(&bell, asleep, LONG));
        }
        go(TOC_BELL_QUIET, 0);
        taken = atomic_load_explicit(&posted, memory_order_acquire);
    }
    ck_assert_int_eq(pthread_join(sender, NULL), 0);
    ck_assert_int_gt(slept, 0);
}
END_TEST

static void on_signal(int signo)
{
    (void)signo;
    toc_doorbell_stir(&bell);
}

static void *kill_later(void *target)
{
    for (int i = 0; i < 5; i++) {
        unit_sleep_us(20000);
        pthread_kill(*(pthread_t *)target, SIGUSR1);
    }
    return NULL;
}

/* The kernel restarts the wait when the handler returns. */
START_TEST(sleeper_is_stirred_by_its_handler)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    pthread_t self = pthread_self(), sender;
    double start = unit_now();
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(pthread_create(&sender, NULL, kill_later, &self), 0);
    for (int i = 0; i < 5; i++)
        ck_assert(toc_doorbell_sleep(&bell, go(TOC_BELL_SLEEP, 0), LONG));
    ck_assert_int_eq(pthread_join(sender, NULL), 0);
    ck_assert_double_lt(unit_now() - start, LONG * 1e-6 / 2);
}
END_TEST

/* Many senders in one epoch: exactly one notifies. */
static _Atomic int notices;
static _Atomic int outcomes[TOC_BELL_WOKEN + 1];
static pthread_barrier_t barrier;

static int count_notice(int peer)
{
    (void)peer;
    atomic_fetch_add(&notices, 1);
    return 0;
}

static void *ring_once(void *number)
{
    for (int i = 0; i < 500; i++) {
        pthread_barrier_wait(&barrier);
        atomic_fetch_add(&outcomes[toc_doorbell_ring(&bell, (uint32_t)(uintptr_t)number,
                                                     TOC_WANT_RTS, false, count_notice, PEER)],
                         1);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

START_TEST(senders_agree_who_notifies)
{
    pthread_t threads[3];
    pthread_barrier_init(&barrier, NULL, 4);
    for (uintptr_t i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ring_once, (void *)i), 0);
    for (int i = 0; i < 500; i++) {
        go(TOC_BELL_ARMED, TOC_WANT_RTS);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        UNIT_CHECK(atomic_load(&notices) == i + 1);
        UNIT_CHECK(atomic_exchange(&bell.pending[0], 0) == 7);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(outcomes[TOC_BELL_NOTIFIED], 500);
    ck_assert_int_eq(outcomes[TOC_BELL_SUPPRESSED], 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("doorbell");
    TCase *tcase = unit_case(suite, "doorbell", 60);
    tcase_add_test(tcase, change_writes_all_fields);
    tcase_add_test(tcase, epochs_wrap);
    tcase_add_test(tcase, quiet_needs_nothing);
    tcase_add_test(tcase, armed_for_its_mask_only);
    tcase_add_test(tcase, one_bell_an_epoch);
    tcase_add_test(tcase, failed_notice_is_taken_back);
    tcase_add_test(tcase, taken_back_from_its_own_epoch_only);
    tcase_add_test(tcase, a_wake_is_never_suppressed);
    tcase_add_test(tcase, a_doze_is_ended_by_the_word);
    tcase_add_test(tcase, a_doze_ends_by_itself);
    tcase_add_test(tcase, pending_tells_who);
    tcase_add_test(tcase, sleep_ends_by_itself);
    tcase_add_test(tcase, no_sleep_after_a_change);
    tcase_add_test(tcase, stir_touches_sleepers_only);
    tcase = unit_case(suite, "threads", 120);
    tcase_add_test(tcase, sleeper_is_woken);
    tcase_add_test(tcase, sleeper_is_stirred_by_its_handler);
    tcase_add_test(tcase, senders_agree_who_notifies);
    return unit_run(suite);
}
