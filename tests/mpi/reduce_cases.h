/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All pairs of predefined operation and type that MPI allows, for the tests of MPI_Reduce and
 * MPI_Allreduce. The expected result is worked out here, rank after rank, from the definition; the
 * values are small integers, so that every order of evaluation gives exactly the same.
 *
 * The program that includes this defines what one case is:
 */
#ifndef TESTS_MPI_REDUCE_CASES_H
#define TESTS_MPI_REDUCE_CASES_H

#include <complex.h>
#include "mpitest.h"

/*
 * Reduce count elements of type (each of size bytes) from in with op; the result must be expected.
 * Elements are compared by same().
 */
struct reduce_case {
    const char *name; /* "MPI_SUM of MPI_INT" */
    MPI_Datatype type;
    MPI_Op op;
    int count;
    size_t size;
    const void *in, *expected;
    bool (*same)(const void *a, const void *b);
};

static void run_case(const struct reduce_case *c);

static inline void check_result(const struct reduce_case *c, const void *result, const char *how)
{
    for (int i = 0; i < c->count; i++) {
        const size_t at = (size_t)i * c->size;

        CHECK(c->same((const char *)result + at, (const char *)c->expected + at),
              "%s, %s: element %d of %d is wrong", how, c->name, i, c->count);
    }
}

/* Rank r's element i: 0 … 2, so that products stay small; 1 at least for half of the ranks. */
static inline int value_of(int r, int i)
{
    return (i * 7 + r * 3 + i / 5) % 3;
}

/* For products: 1 or 2, at most four twos among eight ranks. */
static inline int factor_of(int r, int i)
{
    return (i + r) % 2 + 1;
}

/* For the bitwise ones. */
static inline int bits_of(int r, int i)
{
    return (i * 37 + r * 73 + (i >> 3)) & 0x7f;
}

static const int case_counts[] = {0, 1, 7, 1000};
enum { CASE_COUNTS = sizeof(case_counts) / sizeof(case_counts[0]) };

/*
 * One operation on one type. element: what rank r has at i. combine: the new value of x from x (the
 * ranks before) and y (rank r's element).
 */
#define REDUCE_CASE(ctype, mpitype, mpiop, element, combine)                                       \
    for (int k_ = 0; k_ < CASE_COUNTS; k_++) {                                                     \
        const int n_ = case_counts[k_];                                                            \
        ctype *in_ = calloc((size_t)n_ + 1, sizeof(ctype));                                        \
        ctype *expected_ = calloc((size_t)n_ + 1, sizeof(ctype));                                  \
        for (int i = 0; i < n_; i++) {                                                             \
            in_[i] = (ctype)(element(mt_rank, i));                                                 \
            ctype x = (ctype)(element(0, i));                                                      \
            for (int r = 1; r < mt_size; r++) {                                                    \
                const ctype y = (ctype)(element(r, i));                                            \
                x = (ctype)(combine);                                                              \
            }                                                                                      \
            expected_[i] = x;                                                                      \
        }                                                                                          \
        const struct reduce_case c_ = {                                                            \
            #mpiop " of " #mpitype, mpitype, mpiop, n_, sizeof(ctype), in_, expected_, same_,      \
        };                                                                                         \
        run_case(&c_);                                                                             \
        free(in_);                                                                                 \
        free(expected_);                                                                           \
    }

/* A type that has ==, and its operations. */
#define DEFINE_CASES(function, ctype, mpitype, ...)                                                \
    static bool function##_same(const void *a, const void *b)                                      \
    {                                                                                              \
        return *(const ctype *)a == *(const ctype *)b;                                             \
    }                                                                                              \
    static void function(void)                                                                     \
    {                                                                                              \
        bool (*const same_)(const void *, const void *) = function##_same;                         \
        __VA_ARGS__                                                                                \
    }

#define ORDER_CASES(ctype, mpitype)                                                                \
    REDUCE_CASE(ctype, mpitype, MPI_MAX, value_of, x > y ? x : y)                                  \
    REDUCE_CASE(ctype, mpitype, MPI_MIN, value_of, x < y ? x : y)
#define ARITHMETIC_CASES(ctype, mpitype)                                                           \
    REDUCE_CASE(ctype, mpitype, MPI_SUM, value_of, x + y)                                          \
    REDUCE_CASE(ctype, mpitype, MPI_PROD, factor_of, x *y)
/* One rank alone: some libraries copy, some reduce to 0 or 1; start from 0 or 1 to allow both. */
static inline int truth_of(int r, int i)
{
    return value_of(r, i) != 0;
}
#define LOGICAL_CASES(ctype, mpitype)                                                              \
    REDUCE_CASE(ctype, mpitype, MPI_LAND, truth_of, x &&y)                                         \
    REDUCE_CASE(ctype, mpitype, MPI_LOR, truth_of, x || y)                                         \
    REDUCE_CASE(ctype, mpitype, MPI_LXOR, truth_of, !x != !y)
#define BITWISE_CASES(ctype, mpitype)                                                              \
    REDUCE_CASE(ctype, mpitype, MPI_BAND, bits_of, x &y)                                           \
    REDUCE_CASE(ctype, mpitype, MPI_BOR, bits_of, x | y)                                           \
    REDUCE_CASE(ctype, mpitype, MPI_BXOR, bits_of, x ^ y)

#define DEFINE_INTEGER(function, ctype, mpitype)                                                   \
    DEFINE_CASES(function, ctype, mpitype,                                                         \
                 ORDER_CASES(ctype, mpitype) ARITHMETIC_CASES(ctype, mpitype)                      \
                     LOGICAL_CASES(ctype, mpitype) BITWISE_CASES(ctype, mpitype))
#define DEFINE_FLOATING(function, ctype, mpitype)                                                  \
    DEFINE_CASES(function, ctype, mpitype,                                                         \
                 ORDER_CASES(ctype, mpitype) ARITHMETIC_CASES(ctype, mpitype))

DEFINE_INTEGER(test_schar, signed char, MPI_SIGNED_CHAR)
DEFINE_INTEGER(test_uchar, unsigned char, MPI_UNSIGNED_CHAR)
DEFINE_INTEGER(test_short, short, MPI_SHORT)
DEFINE_INTEGER(test_ushort, unsigned short, MPI_UNSIGNED_SHORT)
DEFINE_INTEGER(test_int, int, MPI_INT)
DEFINE_INTEGER(test_unsigned, unsigned, MPI_UNSIGNED)
DEFINE_INTEGER(test_long, long, MPI_LONG)
DEFINE_INTEGER(test_ulong, unsigned long, MPI_UNSIGNED_LONG)
DEFINE_INTEGER(test_llong, long long, MPI_LONG_LONG)
DEFINE_INTEGER(test_ullong, unsigned long long, MPI_UNSIGNED_LONG_LONG)
DEFINE_INTEGER(test_int8, int8_t, MPI_INT8_T)
DEFINE_INTEGER(test_int16, int16_t, MPI_INT16_T)
DEFINE_INTEGER(test_int32, int32_t, MPI_INT32_T)
DEFINE_INTEGER(test_int64, int64_t, MPI_INT64_T)
DEFINE_INTEGER(test_uint8, uint8_t, MPI_UINT8_T)
DEFINE_INTEGER(test_uint16, uint16_t, MPI_UINT16_T)
DEFINE_INTEGER(test_uint32, uint32_t, MPI_UINT32_T)
DEFINE_INTEGER(test_uint64, uint64_t, MPI_UINT64_T)
DEFINE_INTEGER(test_aint, MPI_Aint, MPI_AINT)
DEFINE_INTEGER(test_offset, MPI_Offset, MPI_OFFSET)
DEFINE_INTEGER(test_count, MPI_Count, MPI_COUNT)
DEFINE_FLOATING(test_float, float, MPI_FLOAT)
DEFINE_FLOATING(test_double, double, MPI_DOUBLE)
DEFINE_FLOATING(test_long_double, long double, MPI_LONG_DOUBLE)
DEFINE_CASES(test_bool, _Bool, MPI_C_BOOL, LOGICAL_CASES(_Bool, MPI_C_BOOL))
DEFINE_CASES(test_byte, unsigned char, MPI_BYTE, BITWISE_CASES(unsigned char, MPI_BYTE))
DEFINE_CASES(test_cfloat, float complex, MPI_C_FLOAT_COMPLEX,
             ARITHMETIC_CASES(float complex, MPI_C_FLOAT_COMPLEX))
DEFINE_CASES(test_cdouble, double complex, MPI_C_DOUBLE_COMPLEX,
             ARITHMETIC_CASES(double complex, MPI_C_DOUBLE_COMPLEX))

/* Products of numbers with an imaginary part: (1 + i) to the power of the ranks. */
static inline double complex complex_of(int r, int i)
{
    return i % 2 ? 1.0 + 1.0 * I : (double)((i + r) % 3) - 1.0 * I;
}
DEFINE_CASES(test_complex_parts, double complex, MPI_C_DOUBLE_COMPLEX,
             REDUCE_CASE(double complex, MPI_C_DOUBLE_COMPLEX, MPI_SUM, complex_of, x + y)
                 REDUCE_CASE(double complex, MPI_C_DOUBLE_COMPLEX, MPI_PROD, complex_of, x *y))
DEFINE_CASES(test_cldouble, long double complex, MPI_C_LONG_DOUBLE_COMPLEX,
             ARITHMETIC_CASES(long double complex, MPI_C_LONG_DOUBLE_COMPLEX))

/* Negative numbers, which an unsigned comparison or a wrong width would get wrong. */
static inline int signed_of(int r, int i)
{
    return (i * 5 + r * 3) % 7 - 3;
}
DEFINE_CASES(test_signs, int, MPI_INT,
             REDUCE_CASE(int, MPI_INT, MPI_MAX, signed_of, x > y ? x : y)
                 REDUCE_CASE(int, MPI_INT, MPI_MIN, signed_of, x < y ? x : y)
                     REDUCE_CASE(int, MPI_INT, MPI_SUM, signed_of, x + y))
DEFINE_CASES(test_double_signs, double, MPI_DOUBLE,
             REDUCE_CASE(double, MPI_DOUBLE, MPI_MAX, signed_of, x > y ? x : y)
                 REDUCE_CASE(double, MPI_DOUBLE, MPI_MIN, signed_of, x < y ? x : y))

/* Value and index: the smaller index wins among equal values. */
#define DEFINE_LOCATION(function, ctype, mpitype)                                                  \
    struct function##_pair {                                                                       \
        ctype value;                                                                               \
        int index;                                                                                 \
    };                                                                                             \
    static bool function##_same(const void *a, const void *b)                                      \
    {                                                                                              \
        const struct function##_pair *x = a, *y = b;                                               \
        return x->value == y->value && x->index == y->index;                                       \
    }                                                                                              \
    static struct function##_pair function##_element(int r, int i)                                 \
    {                                                                                              \
        return (struct function##_pair){(ctype)signed_of(r / 2, i), 100 - r};                      \
    }                                                                                              \
    static void function(void)                                                                     \
    {                                                                                              \
        typedef struct function##_pair pair;                                                       \
        bool (*const same_)(const void *, const void *) = function##_same;                         \
        REDUCE_CASE(pair, mpitype, MPI_MAXLOC, function##_element,                                 \
                    x.value > y.value || (x.value == y.value && x.index < y.index) ? x : y)        \
        REDUCE_CASE(pair, mpitype, MPI_MINLOC, function##_element,                                 \
                    x.value < y.value || (x.value == y.value && x.index < y.index) ? x : y)        \
    }

DEFINE_LOCATION(test_float_int, float, MPI_FLOAT_INT)
DEFINE_LOCATION(test_double_int, double, MPI_DOUBLE_INT)
DEFINE_LOCATION(test_long_int, long, MPI_LONG_INT)
DEFINE_LOCATION(test_2int, int, MPI_2INT)
DEFINE_LOCATION(test_short_int, short, MPI_SHORT_INT)
DEFINE_LOCATION(test_long_double_int, long double, MPI_LONG_DOUBLE_INT)

static inline void run_all_cases(void)
{
    static void (*const tests[])(void) = {
        test_schar,     test_uchar,
        test_short,     test_ushort,
        test_int,       test_unsigned,
        test_long,      test_ulong,
        test_llong,     test_ullong,
        test_int8,      test_int16,
        test_int32,     test_int64,
        test_uint8,     test_uint16,
        test_uint32,    test_uint64,
        test_aint,      test_offset,
        test_count,     test_float,
        test_double,    test_long_double,
        test_bool,      test_byte,
        test_cfloat,    test_cdouble,
        test_cldouble,  test_complex_parts,
        test_signs,     test_double_signs,
        test_float_int, test_double_int,
        test_long_int,  test_2int,
        test_short_int, test_long_double_int,
    };

    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i]();
}

#endif
