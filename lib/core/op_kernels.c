/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
/*
 * The loops of the predefined operations, named operation_representation: sum_u32,
 * minloc_float_int. They are plain loops over arrays that do not overlap, for the compiler to
 * vectorise.
 */
#if defined(__OPTIMIZE__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* at -O2, gcc leaves loops of unknown length as they are */
#endif

#include "core/op.h"
#include "core/op_half.h"

/* `result` is an expression in a (from `in`) and b (from `inout`). */
#define KERNEL(name, type, result)                                                                 \
    static void name(const void *restrict in, void *restrict inout, int64_t count)                 \
    {                                                                                              \
        const type *restrict from = in;                                                            \
        type *restrict to = inout;                                                                 \
        for (int64_t i = 0; i < count; i++) {                                                      \
            const type a = from[i], b = to[i];                                                     \
            to[i] = (type)(result);                                                                \
        }                                                                                          \
    }

#define ORDER_KERNELS(suffix, type)                                                                \
    KERNEL(min_##suffix, type, a < b ? a : b)                                                      \
    KERNEL(max_##suffix, type, a > b ? a : b)

/* Unsigned: the bits are the same for signed integers, and overflow wraps as users expect. The
 * factor 1u keeps short operands from becoming int, which could overflow. */
#define UNSIGNED_KERNELS(suffix, type)                                                             \
    KERNEL(sum_##suffix, type, a + b)                                                              \
    KERNEL(prod_##suffix, type, 1u * a * b)                                                        \
    KERNEL(band_##suffix, type, a &b)                                                              \
    KERNEL(bor_##suffix, type, a | b)                                                              \
    KERNEL(bxor_##suffix, type, a ^ b)                                                             \
    KERNEL(land_##suffix, type, (a != 0) & (b != 0))                                               \
    KERNEL(lor_##suffix, type, (a != 0) | (b != 0))                                                \
    KERNEL(lxor_##suffix, type, (a != 0) != (b != 0))

#define FLOATING_KERNELS(suffix, type)                                                             \
    KERNEL(sum_##suffix, type, a + b)                                                              \
    KERNEL(prod_##suffix, type, a *b)                                                              \
    ORDER_KERNELS(suffix, type)

UNSIGNED_KERNELS(u8, uint8_t)
UNSIGNED_KERNELS(u16, uint16_t)
UNSIGNED_KERNELS(u32, uint32_t)
UNSIGNED_KERNELS(u64, uint64_t)
UNSIGNED_KERNELS(u128, toc_uint128)

ORDER_KERNELS(i8, int8_t)
ORDER_KERNELS(u8, uint8_t)
ORDER_KERNELS(i16, int16_t)
ORDER_KERNELS(u16, uint16_t)
ORDER_KERNELS(i32, int32_t)
ORDER_KERNELS(u32, uint32_t)
ORDER_KERNELS(i64, int64_t)
ORDER_KERNELS(u64, uint64_t)
ORDER_KERNELS(i128, toc_int128)

FLOATING_KERNELS(float, float)
FLOATING_KERNELS(double, double)
FLOATING_KERNELS(long_double, long double)
FLOATING_KERNELS(quad, toc_quad)

#define HALF(x) toc_half_to_float(x)
KERNEL(sum_half, uint16_t, toc_half_from_float(HALF(a) + HALF(b)))
KERNEL(prod_half, uint16_t, toc_half_from_float(HALF(a) * HALF(b)))
KERNEL(min_half, uint16_t, HALF(a) < HALF(b) ? a : b)
KERNEL(max_half, uint16_t, HALF(a) > HALF(b) ? a : b)

/* The product is the plain formula: C's own goes through a function for each element, to get
 * infinities right. */
#define COMPLEX_KERNELS(suffix, type)                                                              \
    static type sum_of_##suffix(type a, type b)                                                    \
    {                                                                                              \
        return (type){a.re + b.re, a.im + b.im};                                                   \
    }                                                                                              \
    static type product_of_##suffix(type a, type b)                                                \
    {                                                                                              \
        return (type){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};                       \
    }                                                                                              \
    COMPLEX_KERNEL(sum_##suffix, type, sum_of_##suffix)                                            \
    COMPLEX_KERNEL(prod_##suffix, type, product_of_##suffix)

#define COMPLEX_KERNEL(name, type, function)                                                       \
    static void name(const void *restrict in, void *restrict inout, int64_t count)                 \
    {                                                                                              \
        const type *restrict from = in;                                                            \
        type *restrict to = inout;                                                                 \
        for (int64_t i = 0; i < count; i++)                                                        \
            to[i] = function(from[i], to[i]);                                                      \
    }

COMPLEX_KERNELS(float_complex, struct toc_float_complex)
COMPLEX_KERNELS(double_complex, struct toc_double_complex)
COMPLEX_KERNELS(long_double_complex, struct toc_long_double_complex)
COMPLEX_KERNELS(quad_complex, struct toc_quad_complex)

static struct toc_half_complex sum_of_half_complex(struct toc_half_complex a,
                                                   struct toc_half_complex b)
{
    return (struct toc_half_complex){toc_half_from_float(HALF(a.re) + HALF(b.re)),
                                     toc_half_from_float(HALF(a.im) + HALF(b.im))};
}

static struct toc_half_complex product_of_half_complex(struct toc_half_complex a,
                                                       struct toc_half_complex b)
{
    float re = HALF(a.re) * HALF(b.re) - HALF(a.im) * HALF(b.im);
    float im = HALF(a.re) * HALF(b.im) + HALF(a.im) * HALF(b.re);
    return (struct toc_half_complex){toc_half_from_float(re), toc_half_from_float(im)};
}

COMPLEX_KERNEL(sum_half_complex, struct toc_half_complex, sum_of_half_complex)
COMPLEX_KERNEL(prod_half_complex, struct toc_half_complex, product_of_half_complex)

/* Equal values: the smaller index (MPI 5.0, section 6.9.4). */
#define LOC_KERNEL(name, type, better)                                                             \
    static void name(const void *restrict in, void *restrict inout, int64_t count)                 \
    {                                                                                              \
        const type *restrict from = in;                                                            \
        type *restrict to = inout;                                                                 \
        for (int64_t i = 0; i < count; i++) {                                                      \
            if (from[i].value better to[i].value ||                                                \
                (from[i].value == to[i].value && from[i].index < to[i].index))                     \
                to[i] = from[i];                                                                   \
        }                                                                                          \
    }

#define PAIR_KERNELS(suffix, value_type, index_type)                                               \
    struct suffix {                                                                                \
        value_type value;                                                                          \
        index_type index;                                                                          \
    };                                                                                             \
    LOC_KERNEL(minloc_##suffix, struct suffix, <)                                                  \
    LOC_KERNEL(maxloc_##suffix, struct suffix, >)

PAIR_KERNELS(float_int, float, int)
PAIR_KERNELS(double_int, double, int)
PAIR_KERNELS(long_int, long, int)
PAIR_KERNELS(int_int, int, int)
PAIR_KERNELS(short_int, short, int)
PAIR_KERNELS(long_double_int, long double, int)
PAIR_KERNELS(float_float, float, float)
PAIR_KERNELS(double_double, double, double)

/* Signed and unsigned integers share the kernels that only see bits. */
#define INTEGER_ROW(operation)                                                                     \
    [TOC_MACHINE_I8] = operation##_u8, [TOC_MACHINE_U8] = operation##_u8,                          \
    [TOC_MACHINE_I16] = operation##_u16, [TOC_MACHINE_U16] = operation##_u16,                      \
    [TOC_MACHINE_I32] = operation##_u32, [TOC_MACHINE_U32] = operation##_u32,                      \
    [TOC_MACHINE_I64] = operation##_u64, [TOC_MACHINE_U64] = operation##_u64,                      \
    [TOC_MACHINE_I128] = operation##_u128

#define ORDER_ROW(operation)                                                                       \
    [TOC_MACHINE_I8] = operation##_i8, [TOC_MACHINE_U8] = operation##_u8,                          \
    [TOC_MACHINE_I16] = operation##_i16, [TOC_MACHINE_U16] = operation##_u16,                      \
    [TOC_MACHINE_I32] = operation##_i32, [TOC_MACHINE_U32] = operation##_u32,                      \
    [TOC_MACHINE_I64] = operation##_i64, [TOC_MACHINE_U64] = operation##_u64,                      \
    [TOC_MACHINE_I128] = operation##_i128

#define FLOATING_ROW(operation)                                                                    \
    [TOC_MACHINE_HALF] = operation##_half, [TOC_MACHINE_FLOAT] = operation##_float,                \
    [TOC_MACHINE_DOUBLE] = operation##_double,                                                     \
    [TOC_MACHINE_LONG_DOUBLE] = operation##_long_double, [TOC_MACHINE_QUAD] = operation##_quad

#define COMPLEX_ROW(operation)                                                                     \
    [TOC_MACHINE_HALF_COMPLEX] = operation##_half_complex,                                         \
    [TOC_MACHINE_FLOAT_COMPLEX] = operation##_float_complex,                                       \
    [TOC_MACHINE_DOUBLE_COMPLEX] = operation##_double_complex,                                     \
    [TOC_MACHINE_LONG_DOUBLE_COMPLEX] = operation##_long_double_complex,                           \
    [TOC_MACHINE_QUAD_COMPLEX] = operation##_quad_complex

#define PAIR_ROW(operation)                                                                        \
    [TOC_MACHINE_FLOAT_INT] = operation##_float_int,                                               \
    [TOC_MACHINE_DOUBLE_INT] = operation##_double_int,                                             \
    [TOC_MACHINE_LONG_INT] = operation##_long_int, [TOC_MACHINE_INT_INT] = operation##_int_int,    \
    [TOC_MACHINE_SHORT_INT] = operation##_short_int,                                               \
    [TOC_MACHINE_LONG_DOUBLE_INT] = operation##_long_double_int,                                   \
    [TOC_MACHINE_FLOAT_FLOAT] = operation##_float_float,                                           \
    [TOC_MACHINE_DOUBLE_DOUBLE] = operation##_double_double

toc_op_kernel *const toc_op_kernels[TOC_OP_KERNELS][TOC_MACHINE_END] = {
    [TOC_OP_SUM] = {INTEGER_ROW(sum), FLOATING_ROW(sum), COMPLEX_ROW(sum)},
    [TOC_OP_MIN] = {ORDER_ROW(min), FLOATING_ROW(min)},
    [TOC_OP_MAX] = {ORDER_ROW(max), FLOATING_ROW(max)},
    [TOC_OP_PROD] = {INTEGER_ROW(prod), FLOATING_ROW(prod), COMPLEX_ROW(prod)},
    [TOC_OP_BAND] = {INTEGER_ROW(band)},
    [TOC_OP_BOR] = {INTEGER_ROW(bor)},
    [TOC_OP_BXOR] = {INTEGER_ROW(bxor)},
    [TOC_OP_LAND] = {INTEGER_ROW(land)},
    [TOC_OP_LOR] = {INTEGER_ROW(lor)},
    [TOC_OP_LXOR] = {INTEGER_ROW(lxor)},
    [TOC_OP_MINLOC] = {PAIR_ROW(minloc)},
    [TOC_OP_MAXLOC] = {PAIR_ROW(maxloc)},
};
