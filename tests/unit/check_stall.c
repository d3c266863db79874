/* SPDX-License-Identifier: BSD-3-Clause */
/* launcher/stall.c: when a job stands still. */
#include "stall.h"

#include "unit.h"

static struct toc_stall stall;

static void begin(void)
{
    stall = (struct toc_stall){.limit_ms = 10000};
}

static enum toc_stall_verdict look(uint64_t a, uint64_t b, int64_t now)
{
    const uint64_t ranks[] = {a, b};
    return toc_stall_look(&stall, ranks, 2, now);
}

/* Looks every second from `from` to before `to`; the number of verdicts that it stands. */
static int watch(uint64_t a, uint64_t b, int64_t from, int64_t to, uint64_t cpu_per_second)
{
    int stands = 0;

    for (int64_t now = from; now < to; now += 1000) {
        enum toc_stall_verdict verdict = look(a, b, now);
        if (verdict == TOC_STALL_ASK_CPU)
            verdict = toc_stall_cpu(&stall, (uint64_t)now / 1000 * cpu_per_second, now);
        stands += verdict == TOC_STALL_STANDS;
    }
    return stands;
}

START_TEST(all_asleep_for_ten_seconds)
{
    begin();
    ck_assert_int_eq(watch(3, 5, 1000, 11000, 0), 0);
    ck_assert_int_eq(watch(3, 5, 11000, 12000, 0), 1);
}
END_TEST

START_TEST(said_once_until_something_moves)
{
    begin();
    ck_assert_int_eq(watch(3, 5, 1000, 100000, 0), 1);
    ck_assert_int_eq(watch(3, 7, 100000, 109000, 0), 0);
    ck_assert_int_eq(watch(3, 7, 109000, 200000, 0), 1);
}
END_TEST

START_TEST(somebody_is_awake)
{
    begin();
    ck_assert_int_eq(watch(3, TOC_STALL_AWAKE, 1000, 100000, 0), 0);
    ck_assert_int_eq(watch(3, 4, 100000, 200000, 0), 0);
}
END_TEST

START_TEST(numbers_change)
{
    begin();
    for (int64_t now = 1000; now < 100000; now += 9000)
        ck_assert_int_eq(watch(3 + (uint64_t)now / 9000 * 2, 5, now, now + 9000, 0), 0);
}
END_TEST

START_TEST(the_ended_do_not_count)
{
    begin();
    ck_assert_int_eq(watch(TOC_STALL_GONE, 5, 1000, 100000, 0), 1);
    begin();
    ck_assert_int_eq(watch(TOC_STALL_GONE, TOC_STALL_GONE, 1000, 100000, 0), 0);
}
END_TEST

/* A thread that computes while another one sleeps in MPI. */
START_TEST(processor_time_is_used)
{
    begin();
    ck_assert_int_eq(watch(3, 5, 1000, 100000, 900), 0);
    /* ... and stops: from then on it stands still. */
    ck_assert_int_eq(watch(3, 5, 100000, 140000, 0), 1);
    begin();
    ck_assert_int_eq(watch(3, 5, 1000, 100000, 2), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stall");
    TCase *cases = unit_case(suite, "looks", 60);

    tcase_add_test(cases, all_asleep_for_ten_seconds);
    tcase_add_test(cases, said_once_until_something_moves);
    tcase_add_test(cases, somebody_is_awake);
    tcase_add_test(cases, numbers_change);
    tcase_add_test(cases, the_ended_do_not_count);
    tcase_add_test(cases, processor_time_is_used);
    return unit_run(suite);
}
