/* SPDX-License-Identifier: BSD-3-Clause */
/* examples/samples.h, story_print.c: which samples count, medians, intervals, verdicts, words. */
#include <stdint.h>
#include <string.h>

#include "story.h"
#include "unit.h"

/* ---- which samples count ---- */

START_TEST(an_undisturbed_sample_counts)
{
    ck_assert(sample_is_good(&(struct disturbance){0, 400e-6, 400e-6, 0.1e-6}));
    ck_assert(sample_is_good(&(struct disturbance){0, 400e-6, 395.1e-6, 4.9e-6}));
    ck_assert(sample_is_good(&(struct disturbance){0, 400e-6, 404.9e-6, 0.0}));
}
END_TEST

START_TEST(a_disturbed_sample_does_not)
{
    ck_assert(!sample_is_good(&(struct disturbance){1, 400e-6, 400e-6, 0.0}));
    ck_assert(!sample_is_good(&(struct disturbance){0, 400e-6, 394.9e-6, 0.0}));
    ck_assert(!sample_is_good(&(struct disturbance){0, 400e-6, 405.1e-6, 0.0}));
    ck_assert(!sample_is_good(&(struct disturbance){0, 400e-6, 400e-6, 5.1e-6}));
}
END_TEST

/* ---- medians and intervals ---- */

/* The chance that n fair coins show fewer than k heads. */
static double chance_below(int n, int k)
{
    double sum = 0.0;

    for (int i = 0; i < k; i++)
        sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) - n * log(2.0));
    return sum;
}

START_TEST(an_interval_is_as_narrow_as_the_chance_allows)
{
    for (int n = 0; n <= 500; n++) {
        const int k = sample_interval_rank(n);

        ck_assert(2.0 * chance_below(n, k) <= SAMPLE_CHANCE * (1.0 + 1e-9));
        ck_assert(2.0 * chance_below(n, k + 1) > SAMPLE_CHANCE);
    }
    ck_assert_int_eq(sample_interval_rank(7), 0);
    ck_assert_int_eq(sample_interval_rank(8), 1);
}
END_TEST

START_TEST(an_interval_of_many_is_nearly_so)
{
    static const int counts[] = {501, 1000, 3000, 100000};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        const int k = sample_interval_rank(counts[i]);

        ck_assert(2.0 * chance_below(counts[i], k) <= 1.05 * SAMPLE_CHANCE);
        ck_assert(2.0 * chance_below(counts[i], k) >= 0.7 * SAMPLE_CHANCE);
    }
}
END_TEST

START_TEST(the_median_is_in_the_middle)
{
    double odd[] = {3.0, -1.0, 2.0}, even[] = {4.0, 1.0, 3.0, 2.0};

    ck_assert_double_eq(sample_estimate(odd, 3).median, 2.0);
    ck_assert_double_eq(sample_estimate(even, 4).median, 2.5);
}
END_TEST

START_TEST(few_samples_have_no_interval)
{
    double values[] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};
    struct estimate e = sample_estimate(values, 7);

    ck_assert(isinf(e.low) && e.low < 0.0 && isinf(e.high) && e.high > 0.0);
    e = sample_estimate(values, 0);
    ck_assert(isnan(e.median) && isinf(e.low) && isinf(e.high));
    ck_assert_int_eq(e.count, 0);
}
END_TEST

START_TEST(the_interval_leaves_out_the_ends)
{
    double values[20];

    for (int i = 0; i < 20; i++)
        values[i] = (7 * i) % 20; /* 0 … 19, shuffled */
    const struct estimate e = sample_estimate(values, 20);

    ck_assert_double_eq(e.median, 9.5);
    ck_assert_double_eq(e.low, 3.0); /* the 4th from either end */
    ck_assert_double_eq(e.high, 16.0);
    ck_assert_int_eq(e.count, 20);
}
END_TEST

START_TEST(intervals_hold_the_median)
{
    uint64_t seed = 11;
    int missed = 0;

    /* Of a skewed distribution on 0 … 1 whose median is 0.25. */
    for (int i = 0; i < 2000; i++) {
        double values[31];

        for (int k = 0; k < 31; k++) {
            const double u = (double)(unit_random(&seed) % 1000000) / 1e6;

            values[k] = u * u;
        }
        const struct estimate e = sample_estimate(values, 31);

        missed += e.low > 0.25 || e.high < 0.25;
    }
    ck_assert_int_le(missed, 40); /* 20 are allowed for; the seed is fixed */
}
END_TEST

/* ---- verdicts ---- */

START_TEST(a_verdict_needs_the_whole_interval)
{
    ck_assert_int_eq(sample_verdict(&(struct estimate){5.0, 1.1, 9.0, 20}, 1.0), 1);
    ck_assert_int_eq(sample_verdict(&(struct estimate){5.0, 0.9, 9.0, 20}, 1.0), 0);
    ck_assert_int_eq(sample_verdict(&(struct estimate){-5.0, -9.0, -1.1, 20}, 1.0), -1);
    ck_assert_int_eq(sample_verdict(&(struct estimate){-5.0, -9.0, -0.9, 20}, 1.0), 0);
    ck_assert_int_eq(sample_verdict(&(struct estimate){5.0, -INFINITY, INFINITY, 3}, 0.0), 0);
    ck_assert_int_eq(sample_verdict(&(struct estimate){NAN, -INFINITY, INFINITY, 0}, 0.0), 0);
}
END_TEST

START_TEST(rounds_are_paired)
{
    static struct series s;

    /* The machine's mood, the same for both in a round, is much larger than the difference. */
    s.rounds = 40;
    for (int i = 0; i < 40; i++) {
        s.value[INTERRUPTS][i] = 1000.0 * i;
        s.value[POLLING][i] = 1000.0 * i + 10.0;
    }
    /* One round has no interrupts, another no polling. */
    s.value[INTERRUPTS][7] = s.value[POLLING][9] = NAN;
    const struct comparison c = story_compare(&s);

    ck_assert_int_eq(c.way[INTERRUPTS].count, 39);
    ck_assert_int_eq(c.way[POLLING].count, 39);
    ck_assert_int_eq(c.saved.count, 38);
    ck_assert_double_eq(c.saved.median, 10.0);
    ck_assert_double_eq(c.saved.low, 10.0);
    ck_assert_int_eq(sample_verdict(&c.saved, 1.0), 1);
}
END_TEST

/* ---- words ---- */

static void expect_time(const char *text, double median, double low, double high, bool may_be_none)
{
    char found[96];

    story_time(&(struct estimate){median, low, high, 20}, may_be_none, found, sizeof(found));
    ck_assert_str_eq(found, text);
}

START_TEST(what_is_not_possible_is_not_printed)
{
    expect_time("1.40 [0.90, 2.10]", 1.4, 0.9, 2.1, true);
    expect_time("12.3 [9.99, 123]", 12.34, 9.99, 123.4, false);
    /* A time is not negative, and not 0 either, but that is as far as this machine can tell. */
    expect_time("< 2.10", 0.4, -0.9, 2.1, true);
    expect_time("< 2.10", -0.4, -0.9, 2.1, true);
    /* What moves in MPI_Wait takes time. */
    expect_time("?", 0.4, -0.9, 2.1, false);
    expect_time("?", -4.0, -5.0, -3.0, true);
    expect_time("?", 1.0, -INFINITY, INFINITY, true);
    expect_time("?", NAN, -INFINITY, INFINITY, true);
}
END_TEST

static void expect_less(const char *text, double median, double low, double high)
{
    const struct comparison c = {.saved = {median, low, high, 20}};
    char found[128];

    story_less_with(&c, 1.0, found, sizeof(found));
    ck_assert_str_eq(found, text);
}

START_TEST(a_difference_is_named_for_the_better)
{
    expect_less("interrupts, 106 [103, 110]", 106.0, 103.0, 110.0);
    expect_less("polling, 106 [103, 110]", -106.0, -110.0, -103.0);
    expect_less("?", 106.0, 0.5, 110.0);
    expect_less("?", 106.0, -INFINITY, INFINITY);
}
END_TEST

START_TEST(there_or_not_there)
{
    char text[16];

    ck_assert_str_eq(story_there(10, 10, text, sizeof(text)), "yes");
    ck_assert_str_eq(story_there(9, 10, text, sizeof(text)), "yes");
    ck_assert_str_eq(story_there(1, 2, text, sizeof(text)), "50 %");
    ck_assert_str_eq(story_there(1, 10, text, sizeof(text)), "no");
    ck_assert_str_eq(story_there(0, 10, text, sizeof(text)), "no");
    ck_assert_str_eq(story_there(0, 0, text, sizeof(text)), "?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("samples");
    TCase *tcase = unit_case(suite, "samples", 60);
    tcase_add_test(tcase, an_undisturbed_sample_counts);
    tcase_add_test(tcase, a_disturbed_sample_does_not);
    tcase = unit_case(suite, "estimates", 60);
    tcase_add_test(tcase, an_interval_is_as_narrow_as_the_chance_allows);
    tcase_add_test(tcase, an_interval_of_many_is_nearly_so);
    tcase_add_test(tcase, the_median_is_in_the_middle);
    tcase_add_test(tcase, few_samples_have_no_interval);
    tcase_add_test(tcase, the_interval_leaves_out_the_ends);
    tcase_add_test(tcase, intervals_hold_the_median);
    tcase = unit_case(suite, "verdicts", 60);
    tcase_add_test(tcase, a_verdict_needs_the_whole_interval);
    tcase_add_test(tcase, rounds_are_paired);
    tcase = unit_case(suite, "words", 60);
    tcase_add_test(tcase, what_is_not_possible_is_not_printed);
    tcase_add_test(tcase, a_difference_is_named_for_the_better);
    tcase_add_test(tcase, there_or_not_there);
    return unit_run(suite);
}
