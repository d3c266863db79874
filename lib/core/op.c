/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: all but toc_op_init, toc_op_create and user-defined operations */
#include "core/op.h"

#include <limits.h>

#include "base/error.h"
#include "datatype/cursor.h"

#define CLASS(name) (1u << TOC_CLASS_##name)

#define INTEGERS   (CLASS(C_INTEGER) | CLASS(F_INTEGER) | CLASS(MULTI))
#define ORDERED    (INTEGERS | CLASS(FLOATING))
#define ARITHMETIC (ORDERED | CLASS(COMPLEX))
#define BITS       (INTEGERS | CLASS(BYTE))

/* The standard has C integers and logicals; other libraries take the multi-language types, too. */
#define LOGICALS (CLASS(C_INTEGER) | CLASS(MULTI) | CLASS(LOGICAL))

/* Types of each operation (MPI 5.0, section 6.9.2) */
static const struct {
    const char *name;
    MPI_Op handle;
    unsigned classes;
} rows[] = {
    [TOC_OP_SUM] = {"MPI_SUM", MPI_SUM, ARITHMETIC},
    [TOC_OP_MIN] = {"MPI_MIN", MPI_MIN, ORDERED},
    [TOC_OP_MAX] = {"MPI_MAX", MPI_MAX, ORDERED},
    [TOC_OP_PROD] = {"MPI_PROD", MPI_PROD, ARITHMETIC},
    [TOC_OP_BAND] = {"MPI_BAND", MPI_BAND, BITS},
    [TOC_OP_BOR] = {"MPI_BOR", MPI_BOR, BITS},
    [TOC_OP_BXOR] = {"MPI_BXOR", MPI_BXOR, BITS},
    [TOC_OP_LAND] = {"MPI_LAND", MPI_LAND, LOGICALS},
    [TOC_OP_LOR] = {"MPI_LOR", MPI_LOR, LOGICALS},
    [TOC_OP_LXOR] = {"MPI_LXOR", MPI_LXOR, LOGICALS},
    [TOC_OP_MINLOC] = {"MPI_MINLOC", MPI_MINLOC, CLASS(PAIR)},
    [TOC_OP_MAXLOC] = {"MPI_MAXLOC", MPI_MAXLOC, CLASS(PAIR)},
    [TOC_OP_REPLACE] = {"MPI_REPLACE", MPI_REPLACE, 0},
    [TOC_OP_NO_OP] = {"MPI_NO_OP", MPI_NO_OP, 0},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct toc_op predefined[ROWS];

void toc_op_init(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        predefined[i] = (struct toc_op){
            .kind = (uint8_t)i,
            .commutative = i != TOC_OP_REPLACE && i != TOC_OP_NO_OP,
            .name = rows[i].name,
        };
        toc_handle_bind(TOC_KIND_OP, (uint32_t)(uintptr_t)rows[i].handle, &predefined[i]);
    }
}

bool toc_op_valid(const struct toc_op *op, const struct toc_datatype *type)
{
    if (op->user)
        return true;
    return (rows[op->kind].classes & 1u << type->class) != 0 && op->kind < TOC_OP_KERNELS &&
           toc_op_kernels[op->kind][type->machine] != NULL;
}

/* The program's function takes an int: longer vectors go in parts. */
static void apply_user(const struct toc_op *op, const struct toc_datatype *type, const void *in,
                       void *inout, int64_t count)
{
    MPI_Datatype handle = toc_datatype_handle(type);
    char *from = (char *)(uintptr_t)in;
    if (op->function_large != NULL) {
        MPI_Count large = count;
        op->function_large(from, inout, &large, &handle);
        return;
    }
    for (int64_t done = 0; done < count;) {
        int part = count - done > INT_MAX ? INT_MAX : (int)(count - done);
        int64_t offset = done * type->extent;
        done += part;
        op->function(from + offset, (char *)inout + offset, &part, &handle);
    }
}

int toc_op_apply(const struct toc_op *op, const struct toc_datatype *type, const void *in,
                 void *inout, int64_t count)
{
    if (op->kind == TOC_OP_USER)
        apply_user(op, type, in, inout, count);
    else if (op->kind == TOC_OP_REPLACE)
        toc_dt_copy(type, inout, count, type, in, count);
    else if (op->kind != TOC_OP_NO_OP) {
        if (!toc_op_valid(op, type))
            return TOC_ERR_TYPE;
        toc_op_kernels[op->kind][type->machine](in, inout, count);
    }
    return TOC_OK;
}

int toc_op_create(MPI_User_function *function, MPI_User_function_c *function_large,
                  bool commutative, struct toc_op **result)
{
    struct toc_op *op = toc_handle_alloc(TOC_KIND_OP, sizeof(*op));
    if (op == NULL)
        return TOC_ERR_NO_MEM;
    op->kind = TOC_OP_USER;
    op->user = true;
    op->commutative = commutative;
    op->name = "user-defined operation";
    op->function = function;
    op->function_large = function_large;
    *result = op;
    return TOC_OK;
}

void toc_op_free(struct toc_op *op)
{
    op->freed = true;
    toc_op_release(op);
}

void toc_op_release(struct toc_op *op)
{
    if (!toc_op_is_predefined(op) && --op->object.refs == 0)
        toc_handle_free(op);
}
