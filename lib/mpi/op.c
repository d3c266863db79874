/* SPDX-License-Identifier: BSD-3-Clause */
/* Reduction operations (section 6.9). */
#include "mpi/datatype_impl.h"

#include "base/error.h"
#include "core/op.h"
#include "progress/guard.h"

static int check_op(const char *function, MPI_Op handle, struct toc_op **op)
{
    *op = toc_op_get(handle);
    if (*op != NULL)
        return MPI_SUCCESS;
    if (handle == MPI_OP_NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OP, function, "the operation is MPI_OP_NULL");
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OP, function,
                         "%s is not an operation (or one that has been freed)",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

/* One of the two functions. */
static int create(const char *function, MPI_User_function *user_fn,
                  MPI_User_function_c *user_fn_large, int commute, MPI_Op *op)
{
    struct toc_op *created;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS && user_fn == NULL && user_fn_large == NULL)
        code = toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "user_fn is a null pointer");
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "op", op);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_op_create(user_fn, user_fn_large, commute != 0, &created);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "out of memory, or too many operations");
    *op = (MPI_Op)toc_handle_value(created);
    return MPI_SUCCESS;
}

int PMPI_Op_create(MPI_User_function *user_fn, int commute, MPI_Op *op)
{
    return create("MPI_Op_create", user_fn, NULL, commute, op);
}
TOC_MPI_ALIAS(Op_create);

int PMPI_Op_create_c(MPI_User_function_c *user_fn, int commute, MPI_Op *op)
{
    return create("MPI_Op_create_c", NULL, user_fn, commute, op);
}
TOC_MPI_ALIAS(Op_create_c);

int PMPI_Op_free(MPI_Op *op)
{
    static const char function[] = "MPI_Op_free";
    struct toc_op *freed;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "op", op);
    if (code == MPI_SUCCESS)
        code = check_op(function, *op, &freed);
    if (code != MPI_SUCCESS)
        return code;
    if (toc_op_is_predefined(freed))
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OP, function,
                             "%s is predefined and cannot be freed", freed->name);
    toc_guard_enter();
    toc_op_free(freed);
    toc_guard_leave();
    *op = MPI_OP_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Op_free);

int PMPI_Op_commutative(MPI_Op op, int *commute)
{
    static const char function[] = "MPI_Op_commutative";
    struct toc_op *queried;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = check_op(function, op, &queried);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "commute", commute);
    if (code == MPI_SUCCESS)
        *commute = toc_op_commutative(queried) ? 1 : 0;
    return code;
}
TOC_MPI_ALIAS(Op_commutative);

static int check_reduction(const char *function, const struct toc_op *op,
                           const struct toc_datatype *type, MPI_Datatype handle)
{
    if (toc_op_valid(op, type))
        return MPI_SUCCESS;
    if (type->name[0] != '\0')
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OP, function, "%s cannot be used with %s",
                             op->name, type->name);
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OP, function,
                         "%s cannot be used with the derived datatype %s", op->name,
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

static int check_buffers(const char *function, const void *inbuf, const void *inoutbuf,
                         int64_t count, const struct toc_datatype *type)
{
    if (inbuf == MPI_IN_PLACE || inoutbuf == MPI_IN_PLACE)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_BUFFER, function,
                             "MPI_IN_PLACE cannot be used here");
    if (toc_datatype_is_null_buffer(type, inbuf, count) ||
        toc_datatype_is_null_buffer(type, inoutbuf, count))
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_BUFFER, function, "%s is a null pointer",
                             inbuf == NULL ? "inbuf" : "inoutbuf");
    if (inbuf == inoutbuf && count > 0 && type->size > 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_BUFFER, function,
                             "inbuf and inoutbuf are the same buffer, %p", inbuf);
    return MPI_SUCCESS;
}

/* The guard stays open: the operation may be the program's, and nothing here is shared. */
static int reduce_local(const char *function, const void *inbuf, void *inoutbuf, int64_t count,
                        MPI_Datatype datatype, MPI_Op op)
{
    struct toc_datatype *type;
    struct toc_op *reduction;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_count(function, MPI_COMM_SELF, "count", count);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_committed(function, MPI_COMM_SELF, datatype, &type);
    if (code == MPI_SUCCESS)
        code = check_op(function, op, &reduction);
    if (code == MPI_SUCCESS)
        code = check_reduction(function, reduction, type, datatype);
    if (code == MPI_SUCCESS)
        code = check_buffers(function, inbuf, inoutbuf, count, type);
    if (code == MPI_SUCCESS && count > 0)
        toc_op_apply(reduction, type, inbuf, inoutbuf, count);
    return code;
}

int PMPI_Reduce_local(const void *inbuf, void *inoutbuf, int count, MPI_Datatype datatype,
                      MPI_Op op)
{
    return reduce_local("MPI_Reduce_local", inbuf, inoutbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Reduce_local);

int PMPI_Reduce_local_c(const void *inbuf, void *inoutbuf, MPI_Count count, MPI_Datatype datatype,
                        MPI_Op op)
{
    return reduce_local("MPI_Reduce_local_c", inbuf, inoutbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Reduce_local_c);
