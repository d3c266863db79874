/* SPDX-License-Identifier: BSD-3-Clause */
/* What the unit tests of the core modules share. Each test runs in a process of its own (Check's
 * default), so the modules' static state is fresh. */
#ifndef TOC_TESTS_UNIT_H
#define TOC_TESTS_UNIT_H

#include <check.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define UNIT_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/** ck_assert without the record of its passing that Check writes each time: for inner loops. */
#define UNIT_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("%s", #condition);                                                        \
    } while (0)

/** Adds a test case with one test; `seconds`: after which it is taken for hung. */
static inline TCase *unit_case(Suite *suite, const char *name, double seconds)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, seconds);
    suite_add_tcase(suite, tcase);
    return tcase;
}

/** Runs the suite; exit code for main. */
static inline int unit_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/** Reproducible pseudo-random numbers. */
static inline uint32_t unit_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static inline double unit_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline void unit_sleep_us(long us)
{
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (nanosleep(&time, &time) != 0)
        continue;
}

#endif
