/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/p2p/unexpected: the pools that the handler lives on. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "notify/notify.h"
#include "p2p/unexpected.h"
#include "transport/world.h"
#include "unit.h"

/* Payloads at both ends of the four classes. */
static const uint64_t payloads[] = {0, 1, 40, 64, 65, 1024, 1025, 4096, 4097, 16384};
#define PAYLOADS ((int)UNIT_LENGTH(payloads))

static void setup(void)
{
    toc_world.notifier = &toc_notify_signal;
}

static void fill(struct toc_unexpected *entry, uint64_t bytes, int number)
{
    entry->tag = number;
    memset(entry->payload, number & 0xff, bytes);
}

static bool is_intact(const struct toc_unexpected *entry, uint64_t bytes, int number)
{
    for (uint64_t i = 0; i < bytes; i++)
        if (entry->payload[i] != (number & 0xff))
            return false;
    return entry->tag == number;
}

START_TEST(dry_without_allocation)
{
    ck_assert_ptr_null(toc_unexpected_take(payloads[_i], false));
    struct toc_unexpected *entry = toc_unexpected_take(payloads[_i], true);
    ck_assert_ptr_nonnull(entry);
    toc_unexpected_give(entry);
    ck_assert_ptr_eq(toc_unexpected_take(payloads[_i], false), entry);
}
END_TEST

START_TEST(too_long_for_any_class)
{
    ck_assert_ptr_null(toc_unexpected_take(16385, true));
    ck_assert_ptr_null(toc_unexpected_take(UINT64_MAX, true));
}
END_TEST

START_TEST(entries_do_not_overlap)
{
    enum { N = 1000 };
    static struct toc_unexpected *entries[N];
    uint64_t bytes = payloads[_i];
    for (int i = 0; i < N; i++) {
        entries[i] = toc_unexpected_take(bytes, true);
        UNIT_CHECK(entries[i] != NULL);
        UNIT_CHECK((uintptr_t)entries[i] % _Alignof(struct toc_unexpected) == 0);
        fill(entries[i], bytes, i);
    }
    for (int i = 0; i < N; i++)
        UNIT_CHECK(is_intact(entries[i], bytes, i));
    /* given back, they are there again, and do not overlap either */
    for (int i = 0; i < N; i++)
        toc_unexpected_give(entries[i]);
    for (int i = 0; i < N; i++) {
        entries[i] = toc_unexpected_take(bytes, false);
        UNIT_CHECK(entries[i] != NULL);
        fill(entries[i], bytes, N - i);
    }
    for (int i = 0; i < N; i++)
        UNIT_CHECK(is_intact(entries[i], bytes, N - i));
}
END_TEST

START_TEST(classes_do_not_mix)
{
    struct toc_unexpected *small = toc_unexpected_take(10, true);
    struct toc_unexpected *large = toc_unexpected_take(10000, true);
    toc_unexpected_give(small);
    ck_assert_ptr_ne(toc_unexpected_take(16384, false), small);
    toc_unexpected_give(large);
    ck_assert_ptr_eq(toc_unexpected_take(16384, false), large);
    ck_assert_ptr_eq(toc_unexpected_take(64, false), small);
}
END_TEST

static int takes(uint64_t bytes)
{
    int n = 0;
    while (toc_unexpected_take(bytes, false) != NULL)
        n++;
    return n;
}

START_TEST(refilled_when_low)
{
    ck_assert(!toc_unexpected_refill()); /* nobody has missed anything yet */
    toc_unexpected_prime();
    ck_assert(toc_unexpected_refill());
    ck_assert(!toc_unexpected_refill());
    int reserve = takes(payloads[_i]);
    ck_assert_int_ge(reserve, 32);
    ck_assert(toc_unexpected_refill());
    ck_assert(!toc_unexpected_refill());
    ck_assert_int_ge(takes(payloads[_i]), 32);
}
END_TEST

/* Taking below the reserve asks for a refill before the pool is dry. */
START_TEST(refilled_before_dry)
{
    toc_unexpected_prime();
    ck_assert(toc_unexpected_refill());
    int taken = 0;
    while (!toc_unexpected_refill()) {
        ck_assert_ptr_nonnull(toc_unexpected_take(payloads[_i], false));
        ck_assert_int_lt(++taken, 100000);
    }
    ck_assert_int_gt(taken, 0);
}
END_TEST

START_TEST(without_interrupts_no_reserve)
{
    toc_world.notifier = &toc_notify_poll;
    toc_unexpected_prime();
    ck_assert_ptr_null(toc_unexpected_take(1, false));
    ck_assert(!toc_unexpected_refill());
    ck_assert_ptr_null(toc_unexpected_take(1, false));
    ck_assert_ptr_nonnull(toc_unexpected_take(1, true));
}
END_TEST

START_TEST(freed_and_used_again)
{
    for (int round = 0; round < 3; round++) {
        ck_assert_ptr_null(toc_unexpected_take(100, false));
        toc_unexpected_prime();
        ck_assert(toc_unexpected_refill());
        ck_assert_int_gt(takes(100), 0);
        toc_unexpected_free_all();
        ck_assert(!toc_unexpected_refill());
    }
}
END_TEST

/* Bytes that this process has mapped, from /proc/self/statm. */
static uint64_t mapped(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%llu", &pages), 1);
    fclose(file);
    return pages * 4096;
}

enum { BURST = 20000 };
static struct toc_unexpected *burst[BURST];

/* 80 MB come and go; a few may stay for the next time. */
START_TEST(a_burst_is_given_back)
{
    uint64_t before = mapped();
    for (int i = 0; i < BURST; i++)
        UNIT_CHECK((burst[i] = toc_unexpected_take(4000, true)) != NULL);
    ck_assert_uint_ge(mapped(), before + 80000000);
    for (int i = 0; i < BURST; i++) /* in another order */
        toc_unexpected_give(burst[(uint64_t)i * 7919 % BURST]);
    toc_unexpected_refill();
    ck_assert_uint_le(mapped(), before + (8 << 20));
    ck_assert_ptr_nonnull(toc_unexpected_take(4000, true));
}
END_TEST

static void limit_addresses(uint64_t bytes)
{
    struct rlimit limit = {bytes, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

/* Without memory there is what was set aside: a ring's worth for each sender, in any sizes. */
START_TEST(what_is_under_way_has_its_room)
{
    enum { SENDERS = 3, CELLS = 256, DATA = 65536 };
    uint64_t bytes = payloads[_i];
    int most = bytes <= 40 ? CELLS : (int)(DATA / ((bytes + 63) / 64 * 64));
    toc_unexpected_reserve(SENDERS, CELLS, DATA);
    limit_addresses(mapped());
    for (int i = 0; i < SENDERS * (most < CELLS ? most : CELLS); i++)
        UNIT_CHECK((burst[i] = toc_unexpected_take(bytes, true)) != NULL);
    while (toc_unexpected_take(bytes, true) != NULL)
        ; /* and it ends */
    limit_addresses(RLIM_INFINITY);
    ck_assert_ptr_nonnull(toc_unexpected_take(bytes, true));
}
END_TEST

/* What one class has given back serves another. */
START_TEST(the_reserve_changes_class)
{
    toc_unexpected_reserve(0, 256, 65536);
    limit_addresses(mapped());
    for (int round = 0; round < 20; round++) {
        uint64_t bytes = payloads[round % PAYLOADS];
        int n = 0;
        while (n < BURST && (burst[n] = toc_unexpected_take(bytes, true)) != NULL)
            n++;
        UNIT_CHECK(n > 0);
        while (n > 0)
            toc_unexpected_give(burst[--n]);
    }
    limit_addresses(RLIM_INFINITY);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("unexpected");
    TCase *tcase = unit_case(suite, "unexpected", 60);
    tcase_add_checked_fixture(tcase, setup, toc_unexpected_free_all);
    tcase_add_loop_test(tcase, dry_without_allocation, 0, PAYLOADS);
    tcase_add_test(tcase, too_long_for_any_class);
    tcase_add_loop_test(tcase, entries_do_not_overlap, 0, PAYLOADS);
    tcase_add_test(tcase, classes_do_not_mix);
    tcase_add_loop_test(tcase, refilled_when_low, 0, PAYLOADS);
    tcase_add_loop_test(tcase, refilled_before_dry, 0, PAYLOADS);
    tcase_add_test(tcase, without_interrupts_no_reserve);
    tcase_add_test(tcase, freed_and_used_again);
    tcase_add_test(tcase, a_burst_is_given_back);
    tcase_add_loop_test(tcase, what_is_under_way_has_its_room, 0, PAYLOADS);
    tcase_add_test(tcase, the_reserve_changes_class);
    return unit_run(suite);
}
