/* SPDX-License-Identifier: BSD-3-Clause */
/* Datatypes (chapter 5): commit, free, duplicate, addresses; checks for all functions on them. */
#include "mpi/datatype_impl.h"

#include "base/error.h"
#include "datatype/construct.h"
#include "mpi/attr_impl.h"
#include "progress/guard.h"

int toc_mpi_check_type(const char *function, MPI_Comm comm, MPI_Datatype handle,
                       struct toc_datatype **type)
{
    *type = toc_datatype_get(handle);
    if (*type != NULL)
        return MPI_SUCCESS;
    if (handle == MPI_DATATYPE_NULL)
        return toc_mpi_raise(comm, MPI_ERR_TYPE, function, "the datatype is MPI_DATATYPE_NULL");
    return toc_mpi_raise(comm, MPI_ERR_TYPE, function,
                         "%s is not a datatype (or one that has been freed)",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

int toc_mpi_check_committed(const char *function, MPI_Comm comm, MPI_Datatype handle,
                            struct toc_datatype **type)
{
    int code = toc_mpi_check_type(function, comm, handle, type);
    if (code != MPI_SUCCESS || (*type)->committed)
        return code;
    return toc_mpi_raise(comm, MPI_ERR_TYPE, function,
                         "datatype %s has not been committed (MPI_Type_commit)",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

int toc_mpi_check_pointer(const char *function, MPI_Comm comm, const char *what,
                          const void *pointer)
{
    if (pointer != NULL)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_ARG, function, "%s is a null pointer", what);
}

int toc_mpi_check_count(const char *function, MPI_Comm comm, const char *what, long long count)
{
    if (count >= 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_COUNT, function, "%s is %lld, it must not be negative", what,
                         count);
}

int toc_mpi_type_status(const char *function, int status)
{
    switch (status) {
    case TOC_OK:
        return MPI_SUCCESS;
    case TOC_ERR_NO_MEM:
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "out of memory, or too many datatypes");
    case TOC_ERR_COUNT:
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, function,
                             "a count or block length is negative");
    default:
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the new datatype's size or bounds would exceed 2^62 bytes");
    }
}

int PMPI_Type_commit(MPI_Datatype *datatype)
{
    static const char function[] = "MPI_Type_commit";
    struct toc_datatype *type;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "datatype", datatype);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, *datatype, &type);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_commit(type);
    toc_guard_leave();
    return toc_mpi_type_status(function, status);
}
TOC_MPI_ALIAS(Type_commit);

int PMPI_Type_free(MPI_Datatype *datatype)
{
    static const char function[] = "MPI_Type_free";
    struct toc_datatype *type;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "datatype", datatype);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, *datatype, &type);
    if (code != MPI_SUCCESS)
        return code;
    if (type->predefined)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function,
                             "%s is predefined and cannot be freed", type->name);
    code = toc_mpi_attr_delete_type(function, type);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    toc_datatype_free(type);
    toc_guard_leave();
    *datatype = MPI_DATATYPE_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_free);

int PMPI_Type_dup(MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_dup";
    struct toc_datatype *old, *type;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, oldtype, &old);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "newtype", newtype);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_dup(old, &type);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(function, status);
    code = toc_mpi_attr_copy_type(function, old, type);
    if (code == MPI_SUCCESS) {
        *newtype = toc_datatype_handle(type);
        return MPI_SUCCESS;
    }
    toc_guard_enter();
    toc_datatype_free(type);
    toc_guard_leave();
    *newtype = MPI_DATATYPE_NULL;
    return code;
}
TOC_MPI_ALIAS(Type_dup);

int PMPI_Get_address(const void *location, MPI_Aint *address)
{
    static const char function[] = "MPI_Get_address";
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "address", address);
    if (code == MPI_SUCCESS)
        *address = (MPI_Aint)location;
    return code;
}
TOC_MPI_ALIAS(Get_address);
