/* SPDX-License-Identifier: BSD-3-Clause */
/* Datatypes: size, bounds, name (sections 5.1.5 to 5.1.8, 7.8), envelope and contents (5.1.13). */
#include "mpi/datatype_impl.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "datatype/contents.h"
#include "progress/guard.h"

/* A query with one or two results that must not go to a null pointer (`second` may be left out by
 * naming the first one again). */
static int check(const char *function, MPI_Datatype handle, const char *first_name,
                 const void *first, const char *second_name, const void *second,
                 struct toc_datatype **type)
{
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, handle, type);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, first_name, first);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, second_name, second);
    return code;
}

int PMPI_Type_size(MPI_Datatype datatype, int *size)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_size", datatype, "size", size, "size", size, &type);
    if (code == MPI_SUCCESS)
        *size = type->size > INT_MAX ? MPI_UNDEFINED : (int)type->size;
    return code;
}
TOC_MPI_ALIAS(Type_size);

int PMPI_Type_size_x(MPI_Datatype datatype, MPI_Count *size)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_size_x", datatype, "size", size, "size", size, &type);
    if (code == MPI_SUCCESS)
        *size = (MPI_Count)type->size;
    return code;
}
TOC_MPI_ALIAS(Type_size_x);

int PMPI_Type_get_extent(MPI_Datatype datatype, MPI_Aint *lb, MPI_Aint *extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_extent", datatype, "lb", lb, "extent", extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *lb = type->lb;
    *extent = type->extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_extent);

int PMPI_Type_get_extent_x(MPI_Datatype datatype, MPI_Count *lb, MPI_Count *extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_extent_x", datatype, "lb", lb, "extent", extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *lb = type->lb;
    *extent = type->extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_extent_x);

int PMPI_Type_get_true_extent(MPI_Datatype datatype, MPI_Aint *true_lb, MPI_Aint *true_extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_true_extent", datatype, "true_lb", true_lb, "true_extent",
                     true_extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *true_lb = type->true_lb;
    *true_extent = type->true_extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_true_extent);

int PMPI_Type_get_true_extent_x(MPI_Datatype datatype, MPI_Count *true_lb, MPI_Count *true_extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_true_extent_x", datatype, "true_lb", true_lb, "true_extent",
                     true_extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *true_lb = type->true_lb;
    *true_extent = type->true_extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_true_extent_x);

/* The one query that MPI_DATATYPE_NULL may be given to. */
int PMPI_Type_get_name(MPI_Datatype datatype, char *type_name, int *resultlen)
{
    static const char function[] = "MPI_Type_get_name";
    static const char null_name[] = "MPI_DATATYPE_NULL";
    struct toc_datatype *type = NULL;
    MPI_Datatype checked = datatype == MPI_DATATYPE_NULL ? MPI_BYTE : datatype;
    int code = check(function, checked, "type_name", type_name, "resultlen", resultlen, &type);
    if (code != MPI_SUCCESS)
        return code;
    const char *name = datatype == MPI_DATATYPE_NULL ? null_name : type->name;
    size_t length = strlen(name);
    memcpy(type_name, name, length + 1);
    *resultlen = (int)length;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_name);

int PMPI_Type_set_name(MPI_Datatype datatype, const char *type_name)
{
    struct toc_datatype *type;
    int code =
        check("MPI_Type_set_name", datatype, "type_name", type_name, "type_name", type_name, &type);
    if (code != MPI_SUCCESS)
        return code;
    size_t length = strnlen(type_name, sizeof(type->name) - 1); /* longer names are cut */
    memmove(type->name, type_name, length);
    type->name[length] = '\0';
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_set_name);

int PMPI_Type_get_envelope(MPI_Datatype datatype, int *num_integers, int *num_addresses,
                           int *num_datatypes, int *combiner)
{
    static const char function[] = "MPI_Type_get_envelope";
    struct toc_datatype *type;
    int code = check(function, datatype, "num_integers", num_integers, "num_addresses",
                     num_addresses, &type);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "num_datatypes", num_datatypes);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "combiner", combiner);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_contents *contents = type->contents;
    *num_integers = contents == NULL ? 0 : (int)contents->n_integers;
    *num_addresses = contents == NULL ? 0 : (int)contents->n_addresses;
    *num_datatypes = contents == NULL ? 0 : (int)contents->n_types;
    *combiner = contents == NULL ? MPI_COMBINER_NAMED : contents->combiner;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_envelope);

static int check_room(const char *function, const char *what, long long max, size_t needed,
                      const void *array)
{
    if (max < 0 || (unsigned long long)max < needed)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "max_%s is %lld, the datatype has %zu", what, max, needed);
    if (needed > 0 && array == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "array_of_%s is a null pointer, the datatype has %zu", what, needed);
    return MPI_SUCCESS;
}

/* The program gets types of its own, to be freed by it; the ones inside may be freed already. */
static int clone_types(const struct toc_contents *contents, MPI_Datatype handles[])
{
    for (size_t i = 0; i < contents->n_types; i++) {
        struct toc_datatype *clone;
        int status = toc_datatype_clone(contents->types[i], &clone);
        if (status != TOC_OK) {
            while (i-- > 0) {
                struct toc_datatype *made = toc_datatype_get(handles[i]);
                if (!made->predefined)
                    toc_datatype_free(made);
            }
            return status;
        }
        handles[i] = toc_datatype_handle(clone);
    }
    return TOC_OK;
}

int PMPI_Type_get_contents(MPI_Datatype datatype, int max_integers, int max_addresses,
                           int max_datatypes, int array_of_integers[],
                           MPI_Aint array_of_addresses[], MPI_Datatype array_of_datatypes[])
{
    static const char function[] = "MPI_Type_get_contents";
    struct toc_datatype *type;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, datatype, &type);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_contents *contents = type->contents;
    if (contents == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function,
                             "%s is predefined and has no contents", type->name);
    code = check_room(function, "integers", max_integers, contents->n_integers, array_of_integers);
    if (code == MPI_SUCCESS)
        code = check_room(function, "addresses", max_addresses, contents->n_addresses,
                          array_of_addresses);
    if (code == MPI_SUCCESS)
        code =
            check_room(function, "datatypes", max_datatypes, contents->n_types, array_of_datatypes);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = clone_types(contents, array_of_datatypes);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(function, status);
    for (size_t i = 0; i < contents->n_integers; i++)
        array_of_integers[i] = (int)contents->values[i];
    for (size_t i = 0; i < contents->n_addresses; i++)
        array_of_addresses[i] = (MPI_Aint)contents->values[contents->n_integers + i];
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_contents);
