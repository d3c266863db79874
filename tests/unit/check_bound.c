/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/p2p/bound: how much a rank keeps for others; lib/base/memory_limit, what there is. */
#include <string.h>
#include <sys/resource.h>

#include "base/held.h"
#include "base/memory_limit.h"
#include "p2p/bound.h"
#include "unit.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

START_TEST(a_quarter_shared_by_the_ranks)
{
    ck_assert_uint_eq(toc_bound_share(8 * GIB, 1, UINT64_MAX), 2 * GIB);
    ck_assert_uint_eq(toc_bound_share(8 * GIB, 8, UINT64_MAX), 256 * MIB);
    ck_assert_uint_eq(toc_bound_share(8 * GIB, 2, 400 * MIB), 100 * MIB);
    ck_assert_uint_eq(toc_bound_share(8 * GIB, 1024, 400 * MIB), 2 * MIB);
    /* however little there is */
    ck_assert_uint_eq(toc_bound_share(MIB, 1024, UINT64_MAX), 64 * 1024);
    ck_assert_uint_eq(toc_bound_share(8 * GIB, 2, 0), 64 * 1024);
    ck_assert_uint_gt(toc_bound_share(UINT64_MAX, 1, UINT64_MAX), GIB);
}
END_TEST

START_TEST(over_beyond_the_limit_until_half_is_free)
{
    struct toc_bound bound = {0};
    toc_bound_set(&bound, 100);
    ck_assert(!toc_bound_add(&bound, 60));
    ck_assert(!toc_bound_add(&bound, 40)); /* as much as it may */
    ck_assert(!bound.over);
    ck_assert(toc_bound_add(&bound, 1));
    ck_assert(bound.over);
    ck_assert(!toc_bound_add(&bound, 50)); /* what was under way; said once */
    ck_assert(!toc_bound_sub(&bound, 51));
    ck_assert(!toc_bound_sub(&bound, 49));
    ck_assert(bound.over && bound.held == 51);
    ck_assert(toc_bound_sub(&bound, 1));
    ck_assert(!bound.over);
    ck_assert(!toc_bound_sub(&bound, 50));
    ck_assert_uint_eq(bound.held, 0);
}
END_TEST

START_TEST(a_new_limit_is_no_way_under)
{
    struct toc_bound bound = {0};
    toc_bound_set(&bound, 100);
    ck_assert(toc_bound_add(&bound, 101));
    toc_bound_set(&bound, 1000); /* while it is over, the old limit holds */
    ck_assert(bound.over && bound.limit == 100);
    ck_assert(!toc_bound_sub(&bound, 50));
    ck_assert(toc_bound_sub(&bound, 1));
    ck_assert_uint_eq(bound.limit, 1000);
    toc_bound_set(&bound, 10); /* below what is held: seen with the next message */
    ck_assert(!bound.over);
    ck_assert(toc_bound_add(&bound, 1));
    toc_bound_set(&bound, 4);
    ck_assert_uint_eq(bound.limit, 4);
    ck_assert(!toc_bound_sub(&bound, 48));
    ck_assert(toc_bound_sub(&bound, 1));
}
END_TEST

START_TEST(without_memory_what_is_held_is_the_limit)
{
    struct toc_bound bound = {0};
    toc_bound_set(&bound, 1000);
    ck_assert(!toc_bound_add(&bound, 300));
    ck_assert(toc_bound_exhaust(&bound));
    ck_assert(!toc_bound_exhaust(&bound)); /* said once */
    ck_assert(bound.over && bound.limit == 300);
    ck_assert(!toc_bound_add(&bound, 20));
    ck_assert(!toc_bound_exhaust(&bound));
    ck_assert_uint_eq(bound.limit, 300);
    ck_assert(!toc_bound_sub(&bound, 160));
    ck_assert(toc_bound_sub(&bound, 10));
    ck_assert_uint_eq(bound.limit, 1000); /* another try */
}
END_TEST

START_TEST(without_memory_and_nothing_held)
{
    struct toc_bound bound = {0};
    toc_bound_set(&bound, 1000);
    ck_assert(toc_bound_exhaust(&bound));
    ck_assert(!toc_bound_add(&bound, 10));
    ck_assert(toc_bound_sub(&bound, 10));
    ck_assert(!bound.over);
}
END_TEST

START_TEST(the_machine_has_memory)
{
    uint64_t bytes = toc_memory_limit();
    ck_assert_uint_gt(bytes, MIB);
    ck_assert_uint_lt(bytes, UINT64_MAX);
}
END_TEST

START_TEST(the_limit_on_addresses)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = RLIM_INFINITY;
    if (limit.rlim_max == RLIM_INFINITY) {
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
        ck_assert_uint_eq(toc_memory_limit_address_space(), UINT64_MAX);
    }
    limit.rlim_cur = 8 * GIB;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_uint_eq(toc_memory_limit_address_space(), 8 * GIB);
}
END_TEST

START_TEST(who_keeps_how_much_for_whom)
{
    char text[512];
    struct toc_job_held held = {
        .bytes = 140200000, .limit = 140000000, .most = 139800000, .most_from = 3};
    toc_held_describe(&held, 1, text, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "rank 1 keeps 140.2 MB of messages"));
    ck_assert_ptr_nonnull(strstr(text, "139.8 MB of them from rank 3"));
    ck_assert_ptr_nonnull(strstr(text, "takes no more than 140.0 MB"));
    ck_assert_ptr_nonnull(strstr(text, "TOCSIN_UNEXPECTED_LIMIT"));
    held.exhausted = 1;
    toc_held_describe(&held, 1, text, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "has no memory for more"));
    toc_held_describe(&held, 1, text, 20); /* cut off */
    ck_assert_uint_eq(strlen(text), 19);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bound");
    TCase *tcase = unit_case(suite, "bound", 60);
    tcase_add_test(tcase, a_quarter_shared_by_the_ranks);
    tcase_add_test(tcase, over_beyond_the_limit_until_half_is_free);
    tcase_add_test(tcase, a_new_limit_is_no_way_under);
    tcase_add_test(tcase, without_memory_what_is_held_is_the_limit);
    tcase_add_test(tcase, without_memory_and_nothing_held);
    tcase_add_test(tcase, the_machine_has_memory);
    tcase_add_test(tcase, the_limit_on_addresses);
    tcase_add_test(tcase, who_keeps_how_much_for_whom);
    return unit_run(suite);
}
