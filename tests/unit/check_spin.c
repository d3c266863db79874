/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/progress/spin: how long a rank polls before it sleeps. Time is played: nothing here depends
 * on the machine. */
#include <string.h>

#include "progress/spin.h"
#include "unit.h"

#define US INT64_C(1000)
#define MS (1000 * US)
#define S  (1000 * MS)

static struct toc_spin spin;

/* ---- the window ---- */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Twice the smallest length that nine in ten do not exceed. */
static int64_t expected_limit(const int64_t *lengths, int count)
{
    int64_t sorted[TOC_SPIN_WAITS];
    memcpy(sorted, lengths, (size_t)count * sizeof(sorted[0]));
    qsort(sorted, (size_t)count, sizeof(sorted[0]), compare);
    int64_t limit = 2 * sorted[(9 * count + 9) / 10 - 1];
    return limit < TOC_SPIN_MOST ? limit : TOC_SPIN_MOST;
}

START_TEST(nothing_is_known_at_first)
{
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 1000 * S), 60 * US);
}
END_TEST

START_TEST(twice_what_nine_in_ten_took)
{
    int64_t lengths[1000];
    uint64_t seed = 5;
    for (int i = 0; i < 1000; i++) {
        /* Many are equal, and many as long as two limits. */
        lengths[i] = TOC_SPIN_LEAST + unit_random(&seed) % 300 * (i < 500 ? 1 : 16) * US;
        toc_spin_learn(&spin, lengths[i]);
        int first = i < TOC_SPIN_WAITS ? 0 : i - TOC_SPIN_WAITS + 1;
        UNIT_CHECK(toc_spin_limit(&spin, 0) == expected_limit(lengths + first, i - first + 1));
    }
}
END_TEST

START_TEST(only_the_last_64_count)
{
    for (int i = 0; i < 64; i++)
        toc_spin_learn(&spin, 2 * MS);
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 4 * MS);
    for (int i = 0; i < 57; i++)
        toc_spin_learn(&spin, 200 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 4 * MS); /* 7 of 64 are more than a tenth */
    toc_spin_learn(&spin, 200 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 400 * US);
}
END_TEST

START_TEST(neither_the_short_nor_the_long_count)
{
    toc_spin_learn(&spin, 100 * US);
    for (int i = 0; i < 1000; i++) {
        toc_spin_learn(&spin, TOC_SPIN_MOST + 1);
        toc_spin_learn(&spin, TOC_SPIN_LEAST - 1);
        toc_spin_learn(&spin, 0);
    }
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 200 * US);
    for (int i = 0; i < 64; i++)
        toc_spin_learn(&spin, TOC_SPIN_MOST);
    ck_assert_int_eq(toc_spin_limit(&spin, 0), 5 * MS);
}
END_TEST

/* ---- what is polled in vain ---- */

START_TEST(an_empty_bucket_leaves_the_least)
{
    toc_spin_learn(&spin, 1 * MS);
    toc_spin_in_vain(&spin, 100 * S, 9 * MS + 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 100 * S), 2 * MS);
    toc_spin_in_vain(&spin, 100 * S, 2 * MS + 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 100 * S), 60 * US);
    /* Overdrawn by a millisecond, and filled again at 1 % of the time. */
    ck_assert_int_eq(toc_spin_limit(&spin, 100 * S + 100 * MS), 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, 100 * S + 101 * MS), 2 * MS);
}
END_TEST

/* Waits that sleep after the least, one after the other, do not keep the bucket empty. */
START_TEST(the_least_is_free)
{
    int64_t now = S;
    toc_spin_learn(&spin, 200 * US);
    toc_spin_in_vain(&spin, now, 15 * MS + 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, now), 60 * US);
    for (; now <= S + 500 * MS; now += 200 * US)
        toc_spin_in_vain(&spin, now, 60 * US);
    ck_assert_int_eq(toc_spin_limit(&spin, now), 400 * US);
}
END_TEST

/* ---- a rank that is played: it polls up to its limit, then sleeps and is woken ---- */

static struct {
    int64_t now, vain, waits, sleeps;
} rank;

enum { WAKE = 50000 };

static void wait_for(int64_t length)
{
    int64_t limit = toc_spin_begin(&spin, rank.now);
    rank.waits++;
    if (length > limit) {
        rank.sleeps++;
        rank.vain += limit;
        toc_spin_in_vain(&spin, rank.now + limit, limit);
        length += WAKE;
    }
    rank.now += length;
    toc_spin_learn(&spin, length);
}

/* A message every 300 us, give or take a third, and now and then a disturbance. */
START_TEST(steady_waits_are_polled_for)
{
    uint64_t seed = 7;
    for (int i = 0; i < 10000; i++)
        wait_for(i % 200 == 199 ? 3 * MS : (200 + unit_random(&seed) % 200) * US);
    ck_assert_int_lt(rank.sleeps * 100, rank.waits);
    ck_assert_int_ge(rank.sleeps, 1);
}
END_TEST

/* The limit grows with the waits, and shrinks again. */
START_TEST(waits_that_change_are_followed)
{
    for (int64_t length = 100 * US; length < 2 * MS; length += length / 4) {
        rank.waits = rank.sleeps = 0;
        for (int i = 0; i < 1000; i++)
            wait_for(length);
        ck_assert_int_le(rank.sleeps, 10);
        ck_assert_int_le(toc_spin_limit(&spin, rank.now), 2 * (length + WAKE));
    }
}
END_TEST

/* Whatever comes, polling in vain takes 1 % of the time, beside the bucket, one limit, and the
 * least for each wait. */
START_TEST(polling_in_vain_is_bounded)
{
    static const int64_t longest[] = {100 * US, 1 * MS, 4 * MS, 20 * MS, 200 * MS};
    uint64_t seed = 11;
    for (int i = 0; i < 100000; i++) {
        wait_for(unit_random(&seed) % (uint32_t)longest[unit_random(&seed) % (1 + i / 20000)]);
        UNIT_CHECK(rank.vain <= rank.now / TOC_SPIN_SHARE + TOC_SPIN_BUCKET + TOC_SPIN_MOST +
                                    rank.sleeps * TOC_SPIN_LEAST);
    }
}
END_TEST

/* A rank that has got used to waits of 2 ms waits for 20 from now on: 2 % of its core for all. */
START_TEST(long_waits_cost_little)
{
    for (int i = 0; i < 64; i++)
        wait_for(2 * MS);
    int64_t start = rank.now, vain = rank.vain;
    while (rank.now < start + 10 * S)
        wait_for(20 * MS);
    ck_assert_int_le(rank.vain - vain, (rank.now - start) / 50);
    ck_assert_int_gt(rank.vain - vain, 0);
}
END_TEST

/* ---- company ---- */

START_TEST(company_has_the_core_for_64_waits)
{
    for (int i = 0; i < 10; i++)
        toc_spin_learn(&spin, 1 * MS);
    toc_spin_company(&spin);
    for (int i = 0; i < 64; i++) {
        ck_assert_int_eq(toc_spin_limit(&spin, S), 0);
        ck_assert_int_eq(toc_spin_begin(&spin, S), 0);
        toc_spin_learn(&spin, 1 * MS);
    }
    ck_assert_int_eq(toc_spin_begin(&spin, S), 2 * MS);
    toc_spin_company(&spin);
    toc_spin_begin(&spin, S);
    toc_spin_company(&spin); /* again: 64 from now on */
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(toc_spin_begin(&spin, S), 0);
    ck_assert_int_eq(toc_spin_begin(&spin, S), 2 * MS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spin");
    TCase *tcase = unit_case(suite, "window", 60);
    tcase_add_test(tcase, nothing_is_known_at_first);
    tcase_add_test(tcase, twice_what_nine_in_ten_took);
    tcase_add_test(tcase, only_the_last_64_count);
    tcase_add_test(tcase, neither_the_short_nor_the_long_count);
    tcase = unit_case(suite, "vain", 60);
    tcase_add_test(tcase, an_empty_bucket_leaves_the_least);
    tcase_add_test(tcase, the_least_is_free);
    tcase = unit_case(suite, "rank", 60);
    tcase_add_test(tcase, steady_waits_are_polled_for);
    tcase_add_test(tcase, waits_that_change_are_followed);
    tcase_add_test(tcase, polling_in_vain_is_bounded);
    tcase_add_test(tcase, long_waits_cost_little);
    tcase_add_test(tcase, company_has_the_core_for_64_waits);
    return unit_run(suite);
}
