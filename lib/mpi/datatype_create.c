/* SPDX-License-Identifier: BSD-3-Clause */
/* Datatype constructors (section 5.1). */
#include "mpi/datatype_impl.h"

#include <stdlib.h>

#include "base/error.h"
#include "datatype/construct.h"
#include "progress/guard.h"

/* What most constructors check first. */
static int check(const char *function, MPI_Datatype oldtype, MPI_Datatype *newtype,
                 struct toc_datatype **old)
{
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, oldtype, old);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "newtype", newtype);
    return code;
}

static int check_count(const char *function, const char *what, int count)
{
    return toc_mpi_check_count(function, MPI_COMM_SELF, what, count);
}

static int check_array(const char *function, const char *what, int count, const void *array)
{
    if (count == 0)
        return MPI_SUCCESS;
    return toc_mpi_check_pointer(function, MPI_COMM_SELF, what, array);
}

static int check_lengths(const char *function, int count, const int lengths[])
{
    int code = check_array(function, "array_of_blocklengths", count, lengths);
    for (int i = 0; i < count && code == MPI_SUCCESS; i++) {
        if (lengths[i] < 0)
            code = toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, function,
                                 "array_of_blocklengths[%d] is %d, it must not be negative", i,
                                 lengths[i]);
    }
    return code;
}

/* Leaves the guard after a constructor and hands its result out. */
static int finish(const char *function, int status, struct toc_datatype *type,
                  MPI_Datatype *newtype)
{
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(function, status);
    *newtype = toc_datatype_handle(type);
    return MPI_SUCCESS;
}

/* The constructors below take arrays of 64-bit values. NULL: out of memory. */
static int64_t *widen(int count, const int values[])
{
    int64_t *wide = malloc(((size_t)count + 1) * sizeof(*wide));
    for (int i = 0; wide != NULL && i < count; i++)
        wide[i] = values[i];
    return wide;
}

int PMPI_Type_contiguous(int count, MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_contiguous";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_contiguous(count, old, &type);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_contiguous);

int PMPI_Type_vector(int count, int blocklength, int stride, MPI_Datatype oldtype,
                     MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_vector";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(function, "blocklength", blocklength);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_vector(count, blocklength, stride, old, &type);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_vector);

int PMPI_Type_create_hvector(int count, int blocklength, MPI_Aint stride, MPI_Datatype oldtype,
                             MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_hvector";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(function, "blocklength", blocklength);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_hvector(count, blocklength, stride, old, &type);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_create_hvector);

/* MPI_Aint displacements are 64 bits wide already. */
_Static_assert(sizeof(MPI_Aint) == sizeof(int64_t), "MPI_Aint arrays are passed on as they are");

/* Takes the displacements in whichever form is not NULL. */
static int create_indexed(const char *function, int count, const int lengths[],
                          const int elements[], const MPI_Aint bytes[], struct toc_datatype *old,
                          MPI_Datatype *newtype)
{
    struct toc_datatype *type = NULL;
    int64_t *wide_lengths = widen(count, lengths);
    int64_t *wide_elements = bytes == NULL ? widen(count, elements) : NULL;
    int status = TOC_ERR_NO_MEM;
    toc_guard_enter();
    if (wide_lengths != NULL && bytes != NULL)
        status = toc_datatype_hindexed(count, wide_lengths, (const int64_t *)bytes, old, &type);
    else if (wide_lengths != NULL && wide_elements != NULL)
        status = toc_datatype_indexed(count, wide_lengths, wide_elements, old, &type);
    free(wide_lengths);
    free(wide_elements);
    return finish(function, status, type, newtype);
}

int PMPI_Type_indexed(int count, const int array_of_blocklengths[],
                      const int array_of_displacements[], MPI_Datatype oldtype,
                      MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_indexed";
    struct toc_datatype *old;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_lengths(function, count, array_of_blocklengths);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_displacements", count, array_of_displacements);
    if (code != MPI_SUCCESS)
        return code;
    return create_indexed(function, count, array_of_blocklengths, array_of_displacements, NULL, old,
                          newtype);
}
TOC_MPI_ALIAS(Type_indexed);

int PMPI_Type_create_hindexed(int count, const int array_of_blocklengths[],
                              const MPI_Aint array_of_displacements[], MPI_Datatype oldtype,
                              MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_hindexed";
    static const MPI_Aint none[1];
    struct toc_datatype *old;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_lengths(function, count, array_of_blocklengths);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_displacements", count, array_of_displacements);
    if (code != MPI_SUCCESS)
        return code;
    return create_indexed(function, count, array_of_blocklengths, NULL,
                          count == 0 ? none : array_of_displacements, old, newtype);
}
TOC_MPI_ALIAS(Type_create_hindexed);

int PMPI_Type_create_indexed_block(int count, int blocklength, const int array_of_displacements[],
                                   MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_indexed_block";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(function, "blocklength", blocklength);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_displacements", count, array_of_displacements);
    if (code != MPI_SUCCESS)
        return code;
    int64_t *wide = widen(count, array_of_displacements);
    int status = TOC_ERR_NO_MEM;
    toc_guard_enter();
    if (wide != NULL)
        status = toc_datatype_indexed_block(count, blocklength, wide, old, &type);
    free(wide);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_create_indexed_block);

int PMPI_Type_create_hindexed_block(int count, int blocklength,
                                    const MPI_Aint array_of_displacements[], MPI_Datatype oldtype,
                                    MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_hindexed_block";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(function, "blocklength", blocklength);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_displacements", count, array_of_displacements);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_hindexed_block(count, blocklength,
                                             (const int64_t *)array_of_displacements, old, &type);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_create_hindexed_block);

static int check_member_types(const char *function, int count, const MPI_Datatype handles[])
{
    for (int i = 0; i < count; i++) {
        if (toc_datatype_get(handles[i]) == NULL)
            return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function,
                                 "array_of_types[%d], %#llx, is not a datatype", i,
                                 (unsigned long long)(uintptr_t)handles[i]);
    }
    return MPI_SUCCESS;
}

/* The arguments are checked. */
static int create_struct(const char *function, int count, const int lengths[],
                         const MPI_Aint displacements[], const MPI_Datatype handles[],
                         MPI_Datatype *newtype)
{
    struct toc_datatype *type = NULL;
    struct toc_datatype **types = malloc(((size_t)count + 1) * sizeof(*types));
    int64_t *wide = widen(count, lengths);
    int status = TOC_ERR_NO_MEM;
    for (int i = 0; types != NULL && i < count; i++)
        types[i] = toc_datatype_get(handles[i]);
    toc_guard_enter();
    if (types != NULL && wide != NULL)
        status = toc_datatype_struct(count, wide, (const int64_t *)displacements, types, &type);
    free(types);
    free(wide);
    return finish(function, status, type, newtype);
}

int PMPI_Type_create_struct(int count, const int array_of_blocklengths[],
                            const MPI_Aint array_of_displacements[],
                            const MPI_Datatype array_of_types[], MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_struct";
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "newtype", newtype);
    if (code == MPI_SUCCESS)
        code = check_count(function, "count", count);
    if (code == MPI_SUCCESS)
        code = check_lengths(function, count, array_of_blocklengths);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_displacements", count, array_of_displacements);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_types", count, array_of_types);
    if (code == MPI_SUCCESS)
        code = check_member_types(function, count, array_of_types);
    if (code != MPI_SUCCESS)
        return code;
    return create_struct(function, count, array_of_blocklengths, array_of_displacements,
                         array_of_types, newtype);
}
TOC_MPI_ALIAS(Type_create_struct);

int PMPI_Type_create_resized(MPI_Datatype oldtype, MPI_Aint lb, MPI_Aint extent,
                             MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_resized";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_resized(old, lb, extent, &type);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_create_resized);

static int check_dimension(const char *function, int d, int size, int subsize, int start)
{
    if (size < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "array_of_sizes[%d] is %d, it must be positive", d, size);
    if (subsize < 1 || subsize > size)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "array_of_subsizes[%d] is %d, not within 1 to %d", d, subsize, size);
    if (start < 0 || start > size - subsize)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "array_of_starts[%d] is %d, not within 0 to %d", d, start,
                             size - subsize);
    return MPI_SUCCESS;
}

static int check_subarray(const char *function, int ndims, const int sizes[], const int subsizes[],
                          const int starts[], int order)
{
    if (ndims < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "ndims is %d, it must be positive", ndims);
    if (order != MPI_ORDER_C && order != MPI_ORDER_FORTRAN)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "order is %d, neither MPI_ORDER_C nor MPI_ORDER_FORTRAN", order);
    int code = check_array(function, "array_of_sizes", ndims, sizes);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_subsizes", ndims, subsizes);
    if (code == MPI_SUCCESS)
        code = check_array(function, "array_of_starts", ndims, starts);
    for (int d = 0; d < ndims && code == MPI_SUCCESS; d++)
        code = check_dimension(function, d, sizes[d], subsizes[d], starts[d]);
    return code;
}

int PMPI_Type_create_subarray(int ndims, const int array_of_sizes[], const int array_of_subsizes[],
                              const int array_of_starts[], int order, MPI_Datatype oldtype,
                              MPI_Datatype *newtype)
{
    static const char function[] = "MPI_Type_create_subarray";
    struct toc_datatype *old, *type = NULL;
    int code = check(function, oldtype, newtype, &old);
    if (code == MPI_SUCCESS)
        code = check_subarray(function, ndims, array_of_sizes, array_of_subsizes, array_of_starts,
                              order);
    if (code != MPI_SUCCESS)
        return code;
    int64_t *sizes = widen(ndims, array_of_sizes), *subsizes = widen(ndims, array_of_subsizes);
    int64_t *starts = widen(ndims, array_of_starts);
    int status = TOC_ERR_NO_MEM;
    toc_guard_enter();
    if (sizes != NULL && subsizes != NULL && starts != NULL)
        status = toc_datatype_subarray(ndims, sizes, subsizes, starts, order, old, &type);
    free(sizes);
    free(subsizes);
    free(starts);
    return finish(function, status, type, newtype);
}
TOC_MPI_ALIAS(Type_create_subarray);
