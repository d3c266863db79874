/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_CORE_OP_H
#define TOC_CORE_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/handle.h"
#include "datatype/datatype.h"

/** What a predefined operation does; the rows of the kernel table. */
enum toc_op_kind {
    TOC_OP_SUM,
    TOC_OP_MIN,
    TOC_OP_MAX,
    TOC_OP_PROD,
    TOC_OP_BAND,
    TOC_OP_BOR,
    TOC_OP_BXOR,
    TOC_OP_LAND,
    TOC_OP_LOR,
    TOC_OP_LXOR,
    TOC_OP_MINLOC,
    TOC_OP_MAXLOC,
    TOC_OP_KERNELS, /* those above have kernels */
    TOC_OP_REPLACE = TOC_OP_KERNELS,
    TOC_OP_NO_OP,
    TOC_OP_USER,
};

/** A reduction operation (MPI 5.0, section 6.9). Reference counting as for datatypes, but the last
 *  release may happen anywhere: nothing of it needs free(). */
struct toc_op {
    struct toc_object object;
    uint8_t kind; /* enum toc_op_kind */
    bool user;    /* runs the program's code: never from the handler, guard fully open */
    bool commutative;
    bool freed; /* by the user; still in use */
    const char *name;
    MPI_User_function *function;         /* of a user's operation, one of the two */
    MPI_User_function_c *function_large; /* takes MPI_Count */
};

/** inout[i] = in[i] OP inout[i], for `count` elements of both arrays, which are aligned for their
 *  type and do not overlap. */
typedef void toc_op_kernel(const void *in, void *inout, int64_t count);

/** Binds the predefined operations to their handles. Not handler-safe. */
void toc_op_init(void);

/** The operation that `handle` names, or NULL if it is MPI_OP_NULL, freed or foreign.
 *  Handler-safe. */
static inline struct toc_op *toc_op_get(MPI_Op handle)
{
    struct toc_op *op = (struct toc_op *)toc_handle_lookup(TOC_KIND_OP, (uintptr_t)handle);
    return op == NULL || op->freed ? NULL : op;
}

/** Whether `op` may be used with `type` in a reduction (MPI 5.0, section 6.9.2): user-defined
 *  operations with every type, predefined ones with the predefined types of their groups,
 *  MPI_REPLACE and MPI_NO_OP never. Handler-safe. */
bool toc_op_valid(const struct toc_op *op, const struct toc_datatype *type);

/** Whether the operands' order does not matter. */
static inline bool toc_op_commutative(const struct toc_op *op)
{
    return op->commutative;
}

/**
 * inout = in OP inout, for `count` elements of `type`, 0 <= count. The buffers are aligned for the
 * type and do not overlap. Also MPI_REPLACE and MPI_NO_OP, for accumulation in windows, with every
 * committed type. 0 or TOC_ERR_TYPE (nothing done).
 * Handler-safe unless op->user: that calls the program.
 */
int toc_op_apply(const struct toc_op *op, const struct toc_datatype *type, const void *in,
                 void *inout, int64_t count);

/** A user-defined operation; exactly one function is not NULL. 0 or TOC_ERR_NO_MEM. Guard held;
 *  not handler-safe. */
int toc_op_create(MPI_User_function *function, MPI_User_function_c *function_large,
                  bool commutative, struct toc_op **op);

/** MPI_Op_free: the handle is stale from now on. Not for predefined operations. Guard held. */
void toc_op_free(struct toc_op *op);

static inline bool toc_op_is_predefined(const struct toc_op *op)
{
    return op->kind != TOC_OP_USER;
}

/** Keeps `op` for a pending reduction. Handler-safe, guard held. */
static inline void toc_op_retain(struct toc_op *op)
{
    if (!toc_op_is_predefined(op))
        op->object.refs++;
}

/** Handler-safe, guard held. */
void toc_op_release(struct toc_op *op);

/** Kernels by operation and representation; NULL where the standard has no meaning. For op.c. */
extern toc_op_kernel *const toc_op_kernels[TOC_OP_KERNELS][TOC_MACHINE_END];

#endif
