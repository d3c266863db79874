/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_CORE_OP_HALF_H
#define TOC_CORE_OP_HALF_H

#include <stdint.h>
#include <string.h>

/*
 * Half-precision numbers (IEEE binary16, Fortran's REAL(2)) by conversion to float and back:
 * compilers differ in whether they have a type for them. A float has more than twice the bits, so
 * the sum or product of two halves, rounded to float and then to half, is correctly rounded.
 */

static inline float toc_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    uint32_t exponent = half >> 10 & 0x1fu, fraction = half & 0x3ffu, bits;
    float value;
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24, exact in float */
        value = (float)fraction * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    if (exponent == 31)
        bits = sign | 0x7f800000u | fraction << 13;
    else
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Rounds to nearest, ties to even. */
static inline uint16_t toc_half_from_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return (uint16_t)(sign | 0x7e00u); /* not a number */
    if (magnitude >= 0x477ff000u)
        return (uint16_t)(sign | 0x7c00u); /* rounds to 65536 or more: infinity */
    if (magnitude < 0x38800000u) {         /* below 2^-14: a multiple of 2^-24 */
        float scaled;
        memcpy(&scaled, &magnitude, sizeof(scaled));
        scaled += 0x1p-1f; /* the addition rounds to that multiple: 0.5 has it as its last bit */
        memcpy(&magnitude, &scaled, sizeof(magnitude));
        return (uint16_t)(sign | (magnitude - 0x3f000000u));
    }
    magnitude += 0xfffu + (magnitude >> 13 & 1);
    return (uint16_t)(sign | (magnitude - (112u << 23)) >> 13);
}

#endif
