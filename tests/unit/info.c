/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/core/info: what an info object remembers, in which order, and what its handle names. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "core/info.h"

#define INFO_ENV 0x131 /* MPI_INFO_ENV, fixed by the ABI */

static struct toc_info *info;

static void setup(void)
{
    info = NULL;
    ck_assert_int_eq(toc_info_create(&info), TOC_OK);
    ck_assert_ptr_nonnull(info);
}

static void teardown(void)
{
    toc_info_free(info);
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_INFO), 0);
}

START_TEST(set_and_get)
{
    char value[] = "first";

    ck_assert_ptr_null(toc_info_get(info, "a"));
    ck_assert_int_eq(toc_info_set(info, "a", value), TOC_OK);
    value[0] = 'F';
    ck_assert_str_eq(toc_info_get(info, "a"), "first"); /* a copy of its own */
    ck_assert_int_eq(toc_info_set(info, "empty", ""), TOC_OK);
    ck_assert_str_eq(toc_info_get(info, "empty"), "");
    ck_assert_ptr_null(toc_info_get(info, "A"));
    ck_assert_ptr_null(toc_info_get(info, ""));
}
END_TEST

START_TEST(order_of_first_set)
{
    toc_info_set(info, "c", "1");
    toc_info_set(info, "a", "2");
    toc_info_set(info, "b", "3");
    toc_info_set(info, "c", "4");
    ck_assert_int_eq(info->count, 3);
    ck_assert_str_eq(info->entries[0].key, "c");
    ck_assert_str_eq(info->entries[0].value, "4");
    ck_assert_str_eq(info->entries[1].key, "a");
    ck_assert_str_eq(info->entries[2].key, "b");
}
END_TEST

/* _i: the key removed, first, inner, or last */
START_TEST(delete_keeps_the_others)
{
    const char *keys[] = {"x", "y", "z"};

    for (int i = 0; i < 3; i++)
        toc_info_set(info, keys[i], keys[i]);
    ck_assert_int_eq(toc_info_delete(info, "w"), TOC_ERR_NOT_FOUND);
    ck_assert_int_eq(toc_info_delete(info, keys[_i]), TOC_OK);
    ck_assert_int_eq(toc_info_delete(info, keys[_i]), TOC_ERR_NOT_FOUND);
    ck_assert_int_eq(info->count, 2);
    for (int i = 0, at = 0; i < 3; i++) {
        if (i != _i)
            ck_assert_str_eq(info->entries[at++].key, keys[i]);
    }
}
END_TEST

START_TEST(many_keys)
{
    char key[16];

    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        ck_assert_int_eq(toc_info_set(info, key, key), TOC_OK);
    }
    ck_assert_int_eq(info->count, 1000);
    ck_assert_str_eq(toc_info_get(info, "key 0"), "key 0");
    ck_assert_str_eq(toc_info_get(info, "key 999"), "key 999");
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        ck_assert_int_eq(toc_info_delete(info, key), TOC_OK);
    }
    ck_assert_int_eq(info->count, 0);
}
END_TEST

START_TEST(copy_is_independent)
{
    struct toc_info *copy;

    toc_info_set(info, "b", "1");
    toc_info_set(info, "a", "2");
    ck_assert_int_eq(toc_info_dup(info, &copy), TOC_OK);
    ck_assert_uint_ne(toc_handle_value(copy), toc_handle_value(info));
    ck_assert_str_eq(copy->entries[0].key, "b");
    ck_assert_str_eq(copy->entries[1].key, "a");
    toc_info_set(copy, "a", "changed");
    toc_info_delete(info, "b");
    ck_assert_str_eq(toc_info_get(info, "a"), "2");
    ck_assert_str_eq(toc_info_get(copy, "b"), "1");
    toc_info_free(copy);
}
END_TEST

START_TEST(freed_handle_is_stale)
{
    struct toc_info *other;

    ck_assert_int_eq(toc_info_create(&other), TOC_OK);
    toc_info_set(other, "left", "over");
    uintptr_t handle = toc_handle_value(other);
    ck_assert_ptr_eq(toc_info_lookup(handle), other);
    toc_info_free(other);
    ck_assert_ptr_null(toc_info_lookup(handle));
    ck_assert_int_eq(toc_info_create(&other), TOC_OK);
    ck_assert_uint_ne(toc_handle_value(other), handle);
    ck_assert_int_eq(other->count, 0);
    toc_info_free(other);
}
END_TEST

START_TEST(environment)
{
    char directory[TOC_INFO_MAX_VALUE];

    struct toc_info *env = toc_info_lookup(INFO_ENV);
    ck_assert_ptr_nonnull(env);
    ck_assert_ptr_eq(env, toc_info_env());
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_INFO, INFO_ENV), env);
    ck_assert_str_eq(toc_info_get(env, "maxprocs"), "7");
    ck_assert_ptr_nonnull(strstr(toc_info_get(env, "command"), "info"));
    ck_assert_ptr_nonnull(getcwd(directory, sizeof(directory)));
    ck_assert_str_eq(toc_info_get(env, "wdir"), directory);
    ck_assert_ptr_nonnull(toc_info_get(env, "host"));
    ck_assert_ptr_nonnull(toc_info_get(env, "arch"));
}
END_TEST

START_TEST(arguments)
{
    char *argv[] = {"program", "-v", "two words", "", "end", NULL};

    ck_assert_int_eq(toc_info_set_arguments(info, 5, argv), TOC_OK);
    ck_assert_str_eq(toc_info_get(info, "command"), "program");
    ck_assert_str_eq(toc_info_get(info, "argv"), "-v two words  end");
    ck_assert_int_eq(toc_info_set_arguments(info, 1, argv), TOC_OK);
    ck_assert_str_eq(toc_info_get(info, "argv"), "");
}
END_TEST

/* _i: characters of the second of two arguments; the value has place for 1023 in all */
START_TEST(arguments_that_are_long)
{
    char text[2 * TOC_INFO_MAX_VALUE];

    memset(text, 'x', (size_t)_i);
    text[_i] = '\0';
    char *argv[] = {"program", "ab", text, NULL};
    ck_assert_int_eq(toc_info_set_arguments(info, 3, argv), TOC_OK);
    const char *joined = toc_info_get(info, "argv");
    if (_i <= TOC_INFO_MAX_VALUE - 1 - 3) {
        ck_assert_uint_eq(strlen(joined), (size_t)_i + 3);
        ck_assert_int_eq(strncmp(joined, "ab x", 4), 0);
    } else {
        ck_assert_ptr_null(joined);
    }
}
END_TEST

int main(void)
{
    setenv("TOCSIN_SIZE", "7", 1);
    Suite *suite = suite_create("info");
    TCase *tcase = tcase_create("info");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, set_and_get);
    tcase_add_test(tcase, order_of_first_set);
    tcase_add_loop_test(tcase, delete_keeps_the_others, 0, 3);
    tcase_add_test(tcase, many_keys);
    tcase_add_test(tcase, copy_is_independent);
    tcase_add_test(tcase, freed_handle_is_stale);
    tcase_add_test(tcase, environment);
    tcase_add_test(tcase, arguments);
    tcase_add_loop_test(tcase, arguments_that_are_long, 1018, 1024);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
