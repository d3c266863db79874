/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_DATATYPE_MACHINE_H
#define TOC_DATATYPE_MACHINE_H

#include <float.h>
#include <limits.h>
#include <stdint.h>

/** Groups of predefined datatypes that operations distinguish (MPI 5.0, section 6.9.2). */
enum toc_class {
    TOC_CLASS_NONE, /* moved, never computed with; all derived types, too */
    TOC_CLASS_C_INTEGER,
    TOC_CLASS_F_INTEGER,
    TOC_CLASS_FLOATING,
    TOC_CLASS_LOGICAL,
    TOC_CLASS_COMPLEX,
    TOC_CLASS_BYTE,
    TOC_CLASS_MULTI, /* multi-language types: MPI_AINT, MPI_COUNT, MPI_OFFSET */
    TOC_CLASS_PAIR,
};

/** Representations in memory. Integers first, each signed one before its unsigned twin. */
enum toc_machine {
    TOC_MACHINE_OPAQUE,
    TOC_MACHINE_I8,
    TOC_MACHINE_U8,
    TOC_MACHINE_I16,
    TOC_MACHINE_U16,
    TOC_MACHINE_I32,
    TOC_MACHINE_U32,
    TOC_MACHINE_I64,
    TOC_MACHINE_U64,
    TOC_MACHINE_I128,
    TOC_MACHINE_HALF,
    TOC_MACHINE_FLOAT,
    TOC_MACHINE_DOUBLE,
    TOC_MACHINE_LONG_DOUBLE,
    TOC_MACHINE_QUAD,
    TOC_MACHINE_HALF_COMPLEX,
    TOC_MACHINE_FLOAT_COMPLEX,
    TOC_MACHINE_DOUBLE_COMPLEX,
    TOC_MACHINE_LONG_DOUBLE_COMPLEX,
    TOC_MACHINE_QUAD_COMPLEX,
    TOC_MACHINE_FLOAT_INT,
    TOC_MACHINE_DOUBLE_INT,
    TOC_MACHINE_LONG_INT,
    TOC_MACHINE_INT_INT,
    TOC_MACHINE_SHORT_INT,
    TOC_MACHINE_LONG_DOUBLE_INT,
    TOC_MACHINE_FLOAT_FLOAT,
    TOC_MACHINE_DOUBLE_DOUBLE,
    TOC_MACHINE_END
};

/* C types whose representation differs between machines */
#define TOC_MACHINE_CHAR  (CHAR_MIN < 0 ? TOC_MACHINE_I8 : TOC_MACHINE_U8)
#define TOC_MACHINE_LONG  (sizeof(long) == 8 ? TOC_MACHINE_I64 : TOC_MACHINE_I32)
#define TOC_MACHINE_ULONG (sizeof(long) == 8 ? TOC_MACHINE_U64 : TOC_MACHINE_U32)

__extension__ typedef __int128 toc_int128;
__extension__ typedef unsigned __int128 toc_uint128;

/** Fortran's REAL(16). Where the compiler has no such type, long double: its 128 bits are this
 *  type (Arm), or the datatype only keeps its size (then 16 bytes as well). */
#if defined(__SIZEOF_FLOAT128__)
__extension__ typedef __float128 toc_quad;
#else
typedef long double toc_quad;
#endif
_Static_assert(sizeof(toc_quad) == 16, "REAL*16 has 16 bytes");

/* Complex numbers as pairs: the layout that C, C++ and Fortran have in common */
struct toc_half_complex {
    uint16_t re, im;
};
struct toc_float_complex {
    float re, im;
};
struct toc_double_complex {
    double re, im;
};
struct toc_long_double_complex {
    long double re, im;
};
struct toc_quad_complex {
    toc_quad re, im;
};

#endif
