/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/core/op against scalar references: every predefined operation with every predefined type,
 * either computed right or refused.
 */
#include <check.h>
#include <complex.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/op.h"
#include "core/op_half.h"
#include "datatype/construct.h"

#define N 203 /* not a multiple of any vector length */

static void setup(void)
{
    ck_assert_int_eq(toc_datatype_init(), TOC_OK);
    toc_op_init();
}

static void teardown(void)
{
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_OP), 0);
    toc_datatype_finalize();
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), 0);
}

static uint64_t seed = 1;

static uint64_t random_bits(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t high = seed >> 32;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return high << 32 | seed >> 32;
}

static int apply(MPI_Op op, MPI_Datatype type, const void *in, void *inout, int64_t count)
{
    return toc_op_apply(toc_op_get(op), toc_datatype_get(type), in, inout, count);
}

static bool valid(MPI_Op op, MPI_Datatype type)
{
    return toc_op_valid(toc_op_get(op), toc_datatype_get(type));
}

/* ---- which combinations are valid: section 6.9.2, one letter for each row ----
 * c C integer (with MPI_CHAR, which every library takes), f Fortran integer, m multi-language,
 * r floating point, l logical, x complex, b byte, p pair, - none */

static const struct {
    MPI_Datatype handle;
    char group;
    int bytes; /* of an integer, with the sign: negative = signed */
} types[] = {
    {MPI_SIGNED_CHAR, 'c', -1},
    {MPI_UNSIGNED_CHAR, 'c', 1},
    {MPI_CHAR, 'c', CHAR_MIN < 0 ? -1 : 1},
    {MPI_SHORT, 'c', -2},
    {MPI_UNSIGNED_SHORT, 'c', 2},
    {MPI_INT, 'c', -4},
    {MPI_UNSIGNED, 'c', 4},
    {MPI_LONG, 'c', -(int)sizeof(long)},
    {MPI_UNSIGNED_LONG, 'c', sizeof(long)},
    {MPI_LONG_LONG, 'c', -8},
    {MPI_UNSIGNED_LONG_LONG, 'c', 8},
    {MPI_INT8_T, 'c', -1},
    {MPI_UINT8_T, 'c', 1},
    {MPI_INT16_T, 'c', -2},
    {MPI_UINT16_T, 'c', 2},
    {MPI_INT32_T, 'c', -4},
    {MPI_UINT32_T, 'c', 4},
    {MPI_INT64_T, 'c', -8},
    {MPI_UINT64_T, 'c', 8},
    {MPI_INTEGER, 'f', -4},
    {MPI_INTEGER1, 'f', -1},
    {MPI_INTEGER2, 'f', -2},
    {MPI_INTEGER4, 'f', -4},
    {MPI_INTEGER8, 'f', -8},
    {MPI_INTEGER16, 'f', -16},
    {MPI_AINT, 'm', -8},
    {MPI_COUNT, 'm', -8},
    {MPI_OFFSET, 'm', -8},
    {MPI_BYTE, 'b', 1},
    {MPI_C_BOOL, 'l', 1},
    {MPI_CXX_BOOL, 'l', 1},
    {MPI_LOGICAL, 'l', -4},
    {MPI_LOGICAL1, 'l', -1},
    {MPI_LOGICAL2, 'l', -2},
    {MPI_LOGICAL4, 'l', -4},
    {MPI_LOGICAL8, 'l', -8},
    {MPI_LOGICAL16, 'l', -16},
    {MPI_FLOAT, 'r', 0},
    {MPI_DOUBLE, 'r', 0},
    {MPI_LONG_DOUBLE, 'r', 0},
    {MPI_REAL, 'r', 0},
    {MPI_DOUBLE_PRECISION, 'r', 0},
    {MPI_REAL2, 'r', 0},
    {MPI_REAL4, 'r', 0},
    {MPI_REAL8, 'r', 0},
    {MPI_REAL16, 'r', 0},
    {MPI_C_FLOAT_COMPLEX, 'x', 0},
    {MPI_C_DOUBLE_COMPLEX, 'x', 0},
    {MPI_C_LONG_DOUBLE_COMPLEX, 'x', 0},
    {MPI_CXX_FLOAT_COMPLEX, 'x', 0},
    {MPI_CXX_DOUBLE_COMPLEX, 'x', 0},
    {MPI_CXX_LONG_DOUBLE_COMPLEX, 'x', 0},
    {MPI_COMPLEX, 'x', 0},
    {MPI_DOUBLE_COMPLEX, 'x', 0},
    {MPI_COMPLEX4, 'x', 0},
    {MPI_COMPLEX8, 'x', 0},
    {MPI_COMPLEX16, 'x', 0},
    {MPI_COMPLEX32, 'x', 0},
    {MPI_FLOAT_INT, 'p', 0},
    {MPI_DOUBLE_INT, 'p', 0},
    {MPI_LONG_INT, 'p', 0},
    {MPI_2INT, 'p', 0},
    {MPI_SHORT_INT, 'p', 0},
    {MPI_LONG_DOUBLE_INT, 'p', 0},
    {MPI_2REAL, 'p', 0},
    {MPI_2DOUBLE_PRECISION, 'p', 0},
    {MPI_2INTEGER, 'p', 0},
    {MPI_PACKED, '-', 0},
    {MPI_WCHAR, '-', 0},
    {MPI_CHARACTER, '-', 0},
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static const struct {
    MPI_Op handle;
    const char *groups;
} ops[] = {
    {MPI_SUM, "cfmrx"}, {MPI_PROD, "cfmrx"}, {MPI_MIN, "cfmr"},  {MPI_MAX, "cfmr"},
    {MPI_BAND, "cfmb"}, {MPI_BOR, "cfmb"},   {MPI_BXOR, "cfmb"}, {MPI_LAND, "cml"},
    {MPI_LOR, "cml"},   {MPI_LXOR, "cml"},   {MPI_MINLOC, "p"},  {MPI_MAXLOC, "p"},
    {MPI_REPLACE, ""},  {MPI_NO_OP, ""},
};

#define OPS (sizeof(ops) / sizeof(ops[0]))

START_TEST(valid_combinations)
{
    for (size_t o = 0; o < OPS; o++) {
        for (size_t t = 0; t < TYPES; t++) {
            bool expected = strchr(ops[o].groups, types[t].group) != NULL;
            ck_assert_msg(valid(ops[o].handle, types[t].handle) == expected, "%s with %s",
                          toc_op_get(ops[o].handle)->name, toc_datatype_get(types[t].handle)->name);
        }
    }
}
END_TEST

/* No predefined type is missing in the table above. */
START_TEST(all_types_are_covered)
{
    size_t n = 0;
    for (uintptr_t handle = 0; handle < TOC_HANDLE_PREDEFINED_END; handle++)
        n += toc_handle_lookup(TOC_KIND_DATATYPE, handle) != NULL;
    ck_assert_uint_eq(n, TYPES);
}
END_TEST

/* Refused: no byte changes. */
START_TEST(invalid_combinations_do_nothing)
{
    for (size_t o = 0; o < OPS; o++) {
        for (size_t t = 0; t < TYPES; t++) {
            char in[64], inout[64], before[64];
            if (valid(ops[o].handle, types[t].handle) || ops[o].groups[0] == '\0')
                continue;
            memset(in, 3, sizeof(in));
            memset(inout, 5, sizeof(inout));
            memcpy(before, inout, sizeof(inout));
            ck_assert_int_eq(apply(ops[o].handle, types[t].handle, in, inout, 1), TOC_ERR_TYPE);
            ck_assert_int_eq(memcmp(inout, before, sizeof(inout)), 0);
        }
    }
    struct toc_datatype *type;
    ck_assert_int_eq(toc_datatype_contiguous(1, toc_datatype_get(MPI_INT), &type), TOC_OK);
    ck_assert_int_eq(toc_datatype_commit(type), TOC_OK);
    for (size_t o = 0; o < OPS; o++)
        ck_assert(!toc_op_valid(toc_op_get(ops[o].handle), type));
    toc_datatype_free(type);
}
END_TEST

/* ---- integers and logicals: the reference computes in 128 bits and cuts ---- */

static toc_int128 load(const void *from, int bytes)
{
    toc_uint128 value = 0;
    int width = abs(bytes);
    for (int i = 0; i < width; i++)
        value |= (toc_uint128)((const uint8_t *)from)[i] << 8 * i; /* little-endian */
    if (bytes < 0 && width < 16 && value >> (8 * width - 1) != 0)
        value |= ~(toc_uint128)0 << 8 * width;
    return (toc_int128)value;
}

static void store(void *to, int bytes, toc_int128 value)
{
    for (int i = 0; i < abs(bytes); i++)
        ((uint8_t *)to)[i] = (uint8_t)((toc_uint128)value >> 8 * i);
}

static toc_int128 integer_reference(MPI_Op op, toc_int128 a, toc_int128 b)
{
    if (op == MPI_SUM)
        return (toc_int128)((toc_uint128)a + (toc_uint128)b);
    if (op == MPI_PROD)
        return (toc_int128)((toc_uint128)a * (toc_uint128)b);
    if (op == MPI_MIN)
        return a < b ? a : b;
    if (op == MPI_MAX)
        return a > b ? a : b;
    if (op == MPI_BAND)
        return a & b;
    if (op == MPI_BOR)
        return a | b;
    if (op == MPI_BXOR)
        return a ^ b;
    if (op == MPI_LAND)
        return a && b;
    if (op == MPI_LOR)
        return a || b;
    ck_assert_ptr_eq(op, MPI_LXOR);
    return !a != !b;
}

/* Random bits, often small numbers, sometimes the extremes. */
static void random_integer(void *to, int bytes, bool logical)
{
    toc_uint128 value = (toc_uint128)random_bits() << 64 | random_bits();
    uint64_t choice = random_bits() % 8;
    if (choice < 3)
        value = value % 3;
    else if (choice == 3)
        value = ~(toc_uint128)0 << (8 * abs(bytes) - 1);
    if (logical)
        value &= 1; /* C's bool has no other values */
    store(to, bytes, (toc_int128)value);
}

static void check_integers(MPI_Op op, MPI_Datatype type, int bytes, bool logical)
{
    _Alignas(64) char in[N * 16], inout[N * 16], before[N * 16];
    size_t size = (size_t)abs(bytes);
    for (int i = 0; i < N; i++) {
        random_integer(in + (size_t)i * size, bytes, logical);
        random_integer(inout + (size_t)i * size, bytes, logical);
    }
    memcpy(before, inout, sizeof(before));
    ck_assert_int_eq(apply(op, type, in, inout, N), TOC_OK);
    for (int i = 0; i < N; i++) {
        char expected[16];
        size_t at = (size_t)i * size;
        store(expected, bytes,
              integer_reference(op, load(in + at, bytes), load(before + at, bytes)));
        ck_assert_msg(memcmp(inout + at, expected, size) == 0, "%s with %s, element %d",
                      toc_op_get(op)->name, toc_datatype_get(type)->name, i);
    }
}

START_TEST(integers_and_logicals)
{
    int checked = 0;
    for (size_t o = 0; o < OPS; o++) {
        for (size_t t = 0; t < TYPES; t++) {
            if (types[t].bytes == 0 || !valid(ops[o].handle, types[t].handle))
                continue;
            check_integers(ops[o].handle, types[t].handle, types[t].bytes, types[t].group == 'l');
            checked++;
        }
    }
    ck_assert_int_eq(checked, 7 * (19 + 6 + 3) + 3 * 1 + 3 * (19 + 3 + 8));
}
END_TEST

/* ---- floating point ---- */

/* Values whose sums and products the reference below computes with the same single rounding. */
static long double random_real(void)
{
    return ldexpl((long double)((int64_t)random_bits() >> 40), (int)(random_bits() % 24) - 30);
}

#define REAL_TEST(type, datatype)                                                                  \
    do {                                                                                           \
        type in[N], inout[N], a[N], b[N];                                                          \
        for (size_t o = 0; o < 4; o++) {                                                           \
            MPI_Op op = ops[o].handle;                                                             \
            for (int i = 0; i < N; i++) {                                                          \
                in[i] = a[i] = (type)random_real();                                                \
                inout[i] = b[i] = i % 9 == 0 ? a[i] : (type)random_real();                         \
            }                                                                                      \
            ck_assert_int_eq(apply(op, datatype, in, inout, N), TOC_OK);                           \
            for (int i = 0; i < N; i++) {                                                          \
                type expected = op == MPI_SUM    ? a[i] + b[i]                                     \
                                : op == MPI_PROD ? a[i] * b[i]                                     \
                                : op == MPI_MIN  ? (a[i] < b[i] ? a[i] : b[i])                     \
                                                 : (a[i] > b[i] ? a[i] : b[i]);                     \
                ck_assert_msg(inout[i] == expected, "%s with %s, element %d",                      \
                              toc_op_get(op)->name, #datatype, i);                                 \
            }                                                                                      \
        }                                                                                          \
    } while (0)

START_TEST(reals)
{
    REAL_TEST(float, MPI_FLOAT);
    REAL_TEST(float, MPI_REAL);
    REAL_TEST(float, MPI_REAL4);
    REAL_TEST(double, MPI_DOUBLE);
    REAL_TEST(double, MPI_DOUBLE_PRECISION);
    REAL_TEST(double, MPI_REAL8);
    REAL_TEST(long double, MPI_LONG_DOUBLE);
    REAL_TEST(toc_quad, MPI_REAL16);
}
END_TEST

/* Small integers times a power of two: products and sums of products are exact. */
#define COMPLEX_TEST(type, datatype)                                                               \
    do {                                                                                           \
        struct {                                                                                   \
            type re, im;                                                                           \
        } in[N], inout[N], before[N];                                                              \
        for (int product = 0; product < 2; product++) {                                            \
            for (int i = 0; i < N; i++) {                                                          \
                in[i].re = (type)((int)(random_bits() % 512) - 256) / 8;                           \
                in[i].im = (type)((int)(random_bits() % 512) - 256) / 16;                          \
                inout[i].re = before[i].re = (type)((int)(random_bits() % 512) - 256) / 32;        \
                inout[i].im = before[i].im = (type)((int)(random_bits() % 512) - 256);             \
            }                                                                                      \
            MPI_Op op = product ? MPI_PROD : MPI_SUM;                                              \
            ck_assert_int_eq(apply(op, datatype, in, inout, N), TOC_OK);                           \
            for (int i = 0; i < N; i++) {                                                          \
                double _Complex a = (double)in[i].re + I * (double)in[i].im;                       \
                double _Complex b = (double)before[i].re + I * (double)before[i].im;               \
                double _Complex expected = product ? a * b : a + b;                                \
                ck_assert_msg((double)inout[i].re == creal(expected) &&                            \
                                  (double)inout[i].im == cimag(expected),                          \
                              "%s with %s, element %d", toc_op_get(op)->name, #datatype, i);       \
            }                                                                                      \
        }                                                                                          \
    } while (0)

START_TEST(complex_numbers)
{
    COMPLEX_TEST(float, MPI_C_FLOAT_COMPLEX);
    COMPLEX_TEST(float, MPI_CXX_FLOAT_COMPLEX);
    COMPLEX_TEST(float, MPI_COMPLEX);
    COMPLEX_TEST(float, MPI_COMPLEX8);
    COMPLEX_TEST(double, MPI_C_DOUBLE_COMPLEX);
    COMPLEX_TEST(double, MPI_CXX_DOUBLE_COMPLEX);
    COMPLEX_TEST(double, MPI_DOUBLE_COMPLEX);
    COMPLEX_TEST(double, MPI_COMPLEX16);
    COMPLEX_TEST(long double, MPI_C_LONG_DOUBLE_COMPLEX);
    COMPLEX_TEST(long double, MPI_CXX_LONG_DOUBLE_COMPLEX);
    COMPLEX_TEST(toc_quad, MPI_COMPLEX32);
}
END_TEST

/* ---- half precision: by the definition of the format ---- */

static double half_value(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                    : ldexp(1024 + fraction, exponent - 25);
    return half & 0x8000 ? -value : value;
}

/* The half nearest to `value`, the even one of two: by trying all. */
static uint16_t nearest_half(double value)
{
    if (isnan(value))
        return 0x7e00;
    uint16_t sign = signbit(value) ? 0x8000 : 0, best = 0;
    double magnitude = fabs(value), best_distance = INFINITY;
    if (magnitude >= 65520) /* half way from the largest one to 65536 */
        return sign | 0x7c00;
    for (uint16_t half = 0; half < 0x7c00; half++) {
        double distance = fabs(half_value(half) - magnitude);
        if (distance < best_distance || (distance == best_distance && half % 2 == 0)) {
            best = half;
            best_distance = distance;
        }
    }
    return sign | best;
}

START_TEST(half_conversions)
{
    for (uint32_t half = 0; half < 0x10000; half++) {
        float value = toc_half_to_float((uint16_t)half);
        if (isnan(half_value((uint16_t)half))) {
            ck_assert(isnan(value));
            ck_assert(isnan(half_value(toc_half_from_float(value))));
            continue;
        }
        ck_assert((double)value == half_value((uint16_t)half));
        ck_assert_uint_eq(toc_half_from_float(value), half);
    }
    static const float limits[] = {65519,        65520,        65504,      1e30f,
                                   INFINITY,     0x1p-25f,     0x1.8p-25f, 0x1p-26f,
                                   0x1.ffcp-15f, 0x1.ffep-15f, 0x1p-14f,   1.00048828125f};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        ck_assert_uint_eq(toc_half_from_float(limits[i]), nearest_half(limits[i]));
        ck_assert_uint_eq(toc_half_from_float(-limits[i]), nearest_half(-limits[i]));
    }
    for (int i = 0; i < 300; i++) {
        float value = ldexpf((float)(random_bits() >> 40), (int)(random_bits() % 48) - 56);
        ck_assert_uint_eq(toc_half_from_float(value), nearest_half(value));
    }
}
END_TEST

static uint16_t random_half(void)
{
    uint16_t half;
    do
        half = (uint16_t)random_bits();
    while ((half & 0x7c00) == 0x7c00);
    return half;
}

START_TEST(halves)
{
    for (size_t o = 0; o < 4; o++) {
        uint16_t in[N], inout[N], before[N];
        for (int i = 0; i < N; i++) {
            in[i] = random_half();
            inout[i] = before[i] = random_half();
        }
        ck_assert_int_eq(apply(ops[o].handle, MPI_REAL2, in, inout, N), TOC_OK);
        for (int i = 0; i < N; i++) {
            double a = half_value(in[i]), b = half_value(before[i]); /* exact in double */
            double expected = o == 0 ? a + b : o == 1 ? a * b : o == 2 ? fmin(a, b) : fmax(a, b);
            ck_assert_uint_eq(inout[i], nearest_half(expected));
        }
    }
}
END_TEST

START_TEST(half_complex_numbers)
{
    for (int product = 0; product < 2; product++) {
        uint16_t in[2 * N], inout[2 * N], before[2 * N];
        for (int i = 0; i < 2 * N; i++) {
            in[i] = nearest_half((double)(random_bits() % 64) - 32);
            inout[i] = before[i] = nearest_half((double)(random_bits() % 64) - 32);
        }
        ck_assert_int_eq(apply(product ? MPI_PROD : MPI_SUM, MPI_COMPLEX4, in, inout, N), TOC_OK);
        for (int i = 0; i < N; i++) {
            double _Complex a = half_value(in[2 * i]) + I * half_value(in[2 * i + 1]);
            double _Complex b = half_value(before[2 * i]) + I * half_value(before[2 * i + 1]);
            double _Complex expected = product ? a * b : a + b;
            ck_assert(half_value(inout[2 * i]) == creal(expected));
            ck_assert(half_value(inout[2 * i + 1]) == cimag(expected));
        }
    }
}
END_TEST

/* ---- MINLOC and MAXLOC ---- */

#define PAIR_TEST(value_type, index_type, datatype)                                                \
    do {                                                                                           \
        struct pair {                                                                              \
            value_type value;                                                                      \
            index_type index;                                                                      \
        } in[N], inout[N], before[N];                                                              \
        ck_assert_int_eq(toc_datatype_get(datatype)->extent, sizeof(struct pair));                 \
        for (int max = 0; max < 2; max++) {                                                        \
            for (int i = 0; i < N; i++) { /* few values: many ties */                              \
                in[i].value = (value_type)((int)(random_bits() % 5) - 2);                          \
                in[i].index = (index_type)(random_bits() % 7);                                     \
                before[i].value = inout[i].value = (value_type)((int)(random_bits() % 5) - 2);     \
                before[i].index = inout[i].index = (index_type)(random_bits() % 7);                \
            }                                                                                      \
            ck_assert_int_eq(apply(max ? MPI_MAXLOC : MPI_MINLOC, datatype, in, inout, N),         \
                             TOC_OK);                                                              \
            for (int i = 0; i < N; i++) {                                                          \
                value_type a = in[i].value, b = before[i].value;                                   \
                bool from_in = max ? a > b : a < b;                                                \
                index_type index = from_in ? in[i].index : before[i].index;                        \
                if (a == b)                                                                        \
                    index = in[i].index < before[i].index ? in[i].index : before[i].index;         \
                ck_assert_msg(inout[i].value == (from_in ? a : b), #datatype " value %d", i);      \
                ck_assert_msg(inout[i].index == index, #datatype " index %d", i);                  \
            }                                                                                      \
        }                                                                                          \
    } while (0)

START_TEST(pairs)
{
    PAIR_TEST(float, int, MPI_FLOAT_INT);
    PAIR_TEST(double, int, MPI_DOUBLE_INT);
    PAIR_TEST(long, int, MPI_LONG_INT);
    PAIR_TEST(int, int, MPI_2INT);
    PAIR_TEST(short, int, MPI_SHORT_INT);
    PAIR_TEST(long double, int, MPI_LONG_DOUBLE_INT);
    PAIR_TEST(float, float, MPI_2REAL);
    PAIR_TEST(double, double, MPI_2DOUBLE_PRECISION);
    PAIR_TEST(int32_t, int32_t, MPI_2INTEGER);
}
END_TEST

/* ---- the rest ---- */

START_TEST(count_is_kept_to)
{
    int in[8] = {1, 1, 1, 1, 1, 1, 1, 1}, inout[8] = {0};
    for (int count = 0; count < 8; count++) {
        memset(inout, 0, sizeof(inout));
        ck_assert_int_eq(apply(MPI_SUM, MPI_INT, in, inout, count), TOC_OK);
        for (int i = 0; i < 8; i++)
            ck_assert_int_eq(inout[i], i < count);
    }
}
END_TEST

START_TEST(replace_and_no_op)
{
    struct toc_datatype *type;
    int in[6] = {1, 2, 3, 4, 5, 6}, inout[6] = {0};
    ck_assert_int_eq(toc_datatype_vector(3, 1, 2, toc_datatype_get(MPI_INT), &type), TOC_OK);
    ck_assert_int_eq(toc_datatype_commit(type), TOC_OK);
    ck_assert_int_eq(toc_op_apply(toc_op_get(MPI_NO_OP), type, in, inout, 1), TOC_OK);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(inout[i], 0);
    ck_assert_int_eq(toc_op_apply(toc_op_get(MPI_REPLACE), type, in, inout, 1), TOC_OK);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(inout[i], i % 2 == 0 ? in[i] : 0);
    toc_datatype_free(type);
}
END_TEST

static MPI_Datatype seen_type;
static int64_t seen_total;
static int seen_calls;
static const char *seen_in;
static char *seen_inout;

static void note_call(void *in, void *inout, int64_t count, MPI_Datatype type)
{
    seen_type = type;
    ck_assert_ptr_eq((char *)in, seen_in + seen_total);
    ck_assert_ptr_eq((char *)inout, seen_inout + seen_total);
    seen_total += count;
    seen_calls++;
}

static void user_function(void *in, void *inout, int *len, MPI_Datatype *type)
{
    note_call(in, inout, *len, *type);
}

static void user_function_c(void *in, void *inout, MPI_Count *len, MPI_Datatype *type)
{
    note_call(in, inout, *len, *type);
}

/* The function notes the call and touches nothing, so that the vector may be imaginary. */
START_TEST(user_functions)
{
    struct toc_op *op;
    int64_t count = 2 * (int64_t)INT_MAX + 5;
    seen_in = (const char *)0x100000;
    seen_inout = (char *)(uintptr_t)0x7000000000;
    ck_assert_int_eq(toc_op_create(user_function, NULL, false, &op), TOC_OK);
    ck_assert(op->user && !toc_op_commutative(op));
    ck_assert(toc_op_valid(op, toc_datatype_get(MPI_PACKED)));
    ck_assert_int_eq(toc_op_apply(op, toc_datatype_get(MPI_CHAR), seen_in, seen_inout, count), 0);
    ck_assert_ptr_eq(seen_type, MPI_CHAR);
    ck_assert_int_eq(seen_total, count);
    ck_assert_int_eq(seen_calls, 3);
    toc_op_free(op);

    seen_total = seen_calls = 0;
    ck_assert_int_eq(toc_op_create(NULL, user_function_c, true, &op), TOC_OK);
    ck_assert(toc_op_commutative(op));
    ck_assert_int_eq(toc_op_apply(op, toc_datatype_get(MPI_BYTE), seen_in, seen_inout, count), 0);
    ck_assert_int_eq(seen_total, count);
    ck_assert_int_eq(seen_calls, 1);
    toc_op_free(op);
}
END_TEST

START_TEST(freed_operations_are_stale_and_stay_alive)
{
    struct toc_op *op, *other;
    ck_assert_int_eq(toc_op_create(user_function, NULL, true, &op), TOC_OK);
    MPI_Op handle = (MPI_Op)toc_handle_value(op);
    ck_assert_ptr_eq(toc_op_get(handle), op);
    toc_op_retain(op); /* a pending reduction */
    toc_op_free(op);
    ck_assert_ptr_null(toc_op_get(handle));
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_OP), 1);
    toc_op_release(op);
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_OP), 0);

    ck_assert_int_eq(toc_op_create(user_function, NULL, true, &other), TOC_OK);
    ck_assert_ptr_ne((MPI_Op)toc_handle_value(other), handle);
    ck_assert_ptr_null(toc_op_get(handle));
    toc_op_free(other);
    ck_assert_ptr_null(toc_op_get(MPI_OP_NULL));
    ck_assert_ptr_null(toc_op_get((MPI_Op)MPI_INT));
}
END_TEST

START_TEST(predefined_operations)
{
    for (size_t o = 0; o < OPS; o++) {
        struct toc_op *op = toc_op_get(ops[o].handle);
        ck_assert_ptr_nonnull(op);
        ck_assert(!op->user && toc_op_is_predefined(op));
        bool order_matters = ops[o].handle == MPI_REPLACE || ops[o].handle == MPI_NO_OP;
        ck_assert(toc_op_commutative(op) == !order_matters);
        toc_op_retain(op);
        toc_op_release(op);
        toc_op_release(op); /* cannot be used up */
        ck_assert_ptr_eq(toc_op_get(ops[o].handle), op);
    }
    ck_assert_str_eq(toc_op_get(MPI_BXOR)->name, "MPI_BXOR");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("op");
    TCase *tcase = tcase_create("op");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, valid_combinations);
    tcase_add_test(tcase, all_types_are_covered);
    tcase_add_test(tcase, invalid_combinations_do_nothing);
    tcase_add_loop_test(tcase, integers_and_logicals, 0, 3);
    tcase_add_test(tcase, reals);
    tcase_add_test(tcase, complex_numbers);
    tcase_add_test(tcase, half_conversions);
    tcase_add_test(tcase, halves);
    tcase_add_test(tcase, half_complex_numbers);
    tcase_add_test(tcase, pairs);
    tcase_add_test(tcase, count_is_kept_to);
    tcase_add_test(tcase, replace_and_no_op);
    tcase_add_test(tcase, user_functions);
    tcase_add_test(tcase, freed_operations_are_stale_and_stay_alive);
    tcase_add_test(tcase, predefined_operations);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
