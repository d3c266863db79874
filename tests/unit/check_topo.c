/* SPDX-License-Identifier: BSD-3-Clause */
/* Grids: the balance of toc_dims_create() against all possible choices, arithmetic at the edges. */
#include "unit.h"

#include <limits.h>
#include <string.h>

#include "base/abi.h"
#include "base/error.h"
#include "core/topo.h"

/* The least difference between the largest and the smallest of k factors, not increasing. */
static int least_spread(int number, int k, int first, int most)
{
    if (k == 1)
        return number <= most ? (first > 0 ? first : number) - number : INT_MAX;
    int best = INT_MAX;
    for (int factor = 1; factor <= most && factor <= number; factor++) {
        if (number % factor != 0)
            continue;
        int spread = least_spread(number / factor, k - 1, first > 0 ? first : factor, factor);
        if (spread < best)
            best = spread;
    }
    return best;
}

START_TEST(dims_are_balanced)
{
    for (int nodes = 1; nodes <= 400; nodes++) {
        for (int k = 1; k <= 5; k++) {
            int dims[5] = {0}, product = 1;
            UNIT_CHECK(toc_dims_create(nodes, k, dims) == TOC_OK);
            for (int d = 0; d < k; d++) {
                product *= dims[d];
                UNIT_CHECK(d == 0 || dims[d] <= dims[d - 1]);
            }
            UNIT_CHECK(product == nodes);
            UNIT_CHECK(dims[0] - dims[k - 1] == least_spread(nodes, k, 0, nodes));
        }
    }
}
END_TEST

static void expect_dims(int nodes, int k, const int expected[])
{
    int dims[8] = {0};
    ck_assert_int_eq(toc_dims_create(nodes, k, dims), TOC_OK);
    ck_assert_mem_eq(dims, expected, (size_t)k * sizeof(int));
}

/* Equally good ones: the larger smallest factor, then the larger second smallest. */
START_TEST(dims_of_equal_balance)
{
    expect_dims(5040, 3, (int[]){21, 16, 15});
    expect_dims(5616, 4, (int[]){13, 9, 8, 6});
    expect_dims(98784, 5, (int[]){14, 14, 9, 8, 7});
}
END_TEST

/* The int with the most divisors, powers, primes; more dimensions than factors. */
START_TEST(dims_of_large_numbers)
{
    static const int numbers[] = {2095133040, 1 << 30,   INT_MAX,
                                  1102701600, 735134400, 46337 * 46337};
    static int dims[1000];
    for (size_t i = 0; i < UNIT_LENGTH(numbers); i++) {
        for (int k = 1; k <= 1000; k += k < 20 ? 1 : 245) {
            int64_t product = 1;
            memset(dims, 0, sizeof(dims));
            ck_assert_int_eq(toc_dims_create(numbers[i], k, dims), TOC_OK);
            for (int d = 0; d < k; d++)
                product *= dims[d];
            ck_assert_int_eq(product, numbers[i]);
        }
    }
    expect_dims(46337 * 46337, 2, (int[]){46337, 46337});
    expect_dims(INT_MAX, 3, (int[]){INT_MAX, 1, 1});
}
END_TEST

START_TEST(dims_given)
{
    int dims[3] = {0, 6, 0};
    ck_assert_int_eq(toc_dims_create(24, 3, dims), TOC_OK);
    ck_assert_mem_eq(dims, ((int[]){2, 6, 2}), sizeof(dims));
    ck_assert_int_eq(toc_dims_create(24, 3, dims), TOC_OK); /* all given */
    ck_assert_int_eq(toc_dims_create(25, 3, dims), TOC_ERR_ARG);
    int other[2] = {7, 0};
    ck_assert_int_eq(toc_dims_create(24, 2, other), TOC_ERR_ARG);
    ck_assert_int_eq(other[1], 0);
}
END_TEST

START_TEST(steps_do_not_overflow)
{
    struct toc_topo *cart = toc_topo_cart(2, (int[]){3, 5}, (int[]){1, 0}, 7); /* at (1, 2) */
    ck_assert_int_eq(cart->coords[0], 1);
    ck_assert_int_eq(cart->coords[1], 2);
    ck_assert_int_eq(toc_cart_step(cart, 0, INT_MAX), ((1 + INT_MAX % 3) % 3) * 5 + 2);
    ck_assert_int_eq(toc_cart_step(cart, 0, -(int64_t)INT_MIN), ((1 + 2) % 3) * 5 + 2);
    ck_assert_int_eq(toc_cart_step(cart, 1, INT_MAX), MPI_PROC_NULL);
    ck_assert_int_eq(toc_cart_step(cart, 1, INT_MIN), MPI_PROC_NULL);
    ck_assert_int_eq(toc_cart_step(cart, 1, -2), 5);
    ck_assert_int_eq(toc_cart_rank(cart, (int[]){INT_MIN, 4}), ((INT_MIN % 3 + 3) % 3) * 5 + 4);
    ck_assert_int_eq(toc_cart_size(2, (int[]){1 << 30, 4}), INT64_MAX);
    ck_assert_int_eq(toc_cart_size(3, (int[]){1 << 30, 1 << 30, 1 << 30}), INT64_MAX);
    ck_assert_int_eq(toc_cart_size(0, NULL), 1);
    ck_assert_int_eq(cart->sources[0], 2); /* below in the periodic dimension: row 0 */
    ck_assert_int_eq(cart->sources[1], 12);
    ck_assert_int_eq(cart->sources[2], 6);
    ck_assert_int_eq(cart->sources[3], 8);
    toc_topo_release(cart);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("topo");
    tcase_add_test(unit_case(suite, "balanced", 60), dims_are_balanced);
    tcase_add_test(unit_case(suite, "equal", 20), dims_of_equal_balance);
    tcase_add_test(unit_case(suite, "large", 60), dims_of_large_numbers);
    tcase_add_test(unit_case(suite, "given", 20), dims_given);
    tcase_add_test(unit_case(suite, "steps", 20), steps_do_not_overflow);
    return unit_run(suite);
}
