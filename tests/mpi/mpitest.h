/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the MPI test programs share: checks that name what was wrong, reproducible contents, and
 * start and end. Plain MPI, so that the programs also run on other MPI libraries: a test that fails
 * there as well is wrong itself.
 */
#ifndef TESTS_MPI_MPITEST_H
#define TESTS_MPI_MPITEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mpi.h>

static int mt_rank, mt_size; /* in MPI_COMM_WORLD; set by mt_start */

/* The test cannot be run as it was started: the runner counts it as skipped. */
enum { MT_SKIP = 77 };

/* Report and end the whole job; the message carries the rank, and the place if line is not 0. */
static inline void mt_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

static inline void mt_fail(const char *file, int line, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fprintf(stderr, "rank %d: %s:%d: %s\n", mt_rank, file, line, text);
    fflush(stderr);
    MPI_Abort(MPI_COMM_WORLD, 1);
    _Exit(1);
}

#define FAIL(...) mt_fail(__FILE__, __LINE__, __VA_ARGS__)

/* CHECK(condition, "what is wrong, with %d values", …) */
#define CHECK(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            mt_fail(__FILE__, __LINE__, __VA_ARGS__);                                              \
    } while (0)

/* Two integers that should be the same. */
#define CHECK_EQ(actual, expected, what)                                                           \
    mt_check_eq(__FILE__, __LINE__, (long long)(actual), (long long)(expected), what)

static inline void mt_check_eq(const char *file, int line, long long actual, long long expected,
                               const char *what)
{
    if (actual != expected)
        mt_fail(file, line, "%s is %lld, expected %lld", what, actual, expected);
}

/* Start; min_ranks is what the test needs at least. */
static inline void mt_start(int *argc, char ***argv, int min_ranks)
{
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &mt_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mt_size);
    if (mt_size < min_ranks) {
        if (mt_rank == 0)
            fprintf(stderr, "needs at least %d ranks, has %d\n", min_ranks, mt_size);
        MPI_Finalize();
        exit(MT_SKIP);
    }
}

/* The end of every test: use as `return mt_end();`. */
static inline int mt_end(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Finalize();
    return 0;
}

static inline bool mt_is_tocsin(void)
{
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;

    MPI_Get_library_version(version, &length);
    return strstr(version, "Tocsin") != NULL;
}

/* Does this library move data while the program computes? (All notifiers but poll do.) */
static inline bool mt_progresses_alone(void)
{
    const char *notify = getenv("TOCSIN_NOTIFY");

    return mt_is_tocsin() && !(notify && !strcmp(notify, "poll"));
}

static inline void *mt_alloc(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);

    if (!p)
        FAIL("no memory for %zu bytes", bytes);
    return p;
}

/* Seconds on a clock that does not jump. */
static inline double mt_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Compute for a while without calling MPI. */
static inline void mt_compute(double seconds)
{
    const double end = mt_now() + seconds;

    while (mt_now() < end)
        ;
}

/* A small generator of numbers (splitmix64): the same on every machine. */
static inline uint64_t mt_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Below limit (at least 1). */
static inline int mt_random_below(uint64_t *state, int limit)
{
    return (int)(mt_random(state) % (uint64_t)limit);
}

/* The byte at position i of the contents named seed: period 251 * 256, no power of two. */
static inline unsigned char mt_byte(unsigned seed, size_t i)
{
    return (unsigned char)(i % 251 + seed * 37u + (i / 251) * 11u);
}

static inline void mt_fill(void *buffer, size_t bytes, unsigned seed)
{
    unsigned char *b = buffer;

    for (size_t i = 0; i < bytes; i++)
        b[i] = mt_byte(seed, i);
}

#define CHECK_FILLED(buffer, bytes, seed, what)                                                    \
    mt_check_filled(__FILE__, __LINE__, buffer, bytes, seed, what)

static inline void mt_check_filled(const char *file, int line, const void *buffer, size_t bytes,
                                   unsigned seed, const char *what)
{
    const unsigned char *b = buffer;

    for (size_t i = 0; i < bytes; i++) {
        if (b[i] != mt_byte(seed, i))
            mt_fail(file, line, "%s: byte %zu of %zu is 0x%02x, expected 0x%02x", what, i, bytes,
                    b[i], mt_byte(seed, i));
    }
}

/* All bytes still have this value: nothing was written where nothing should be. */
#define CHECK_UNTOUCHED(buffer, bytes, value, what)                                                \
    mt_check_untouched(__FILE__, __LINE__, buffer, bytes, value, what)

static inline void mt_check_untouched(const char *file, int line, const void *buffer, size_t bytes,
                                      unsigned char value, const char *what)
{
    const unsigned char *b = buffer;

    for (size_t i = 0; i < bytes; i++) {
        if (b[i] != value)
            mt_fail(file, line, "%s: byte %zu was overwritten with 0x%02x", what, i, b[i]);
    }
}

#define CHECK_STATUS(status, source, tag, type, count, what)                                       \
    mt_check_status(__FILE__, __LINE__, status, source, tag, type, count, what)

static inline void mt_check_status(const char *file, int line, const MPI_Status *status, int source,
                                   int tag, MPI_Datatype type, int count, const char *what)
{
    int n;

    MPI_Get_count(status, type, &n);
    if (status->MPI_SOURCE != source || status->MPI_TAG != tag || n != count)
        mt_fail(file, line, "%s: status has source %d tag %d count %d, expected %d %d %d", what,
                status->MPI_SOURCE, status->MPI_TAG, n, source, tag, count);
}

/* The class of an error code, to compare with MPI_ERR_*. */
static inline int mt_class(int code)
{
    int class;

    MPI_Error_class(code, &class);
    return class;
}

#define CHECK_CLASS(code, expected, what)                                                          \
    mt_check_class(__FILE__, __LINE__, code, expected, #expected, what)

static inline void mt_check_class(const char *file, int line, int code, int expected,
                                  const char *name, const char *what)
{
    if (mt_class(code) != expected)
        mt_fail(file, line, "%s: error class %d, expected %d (%s)", what, mt_class(code), expected,
                name);
}

#endif
