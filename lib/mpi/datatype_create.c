/* SPDX-License-Identifier: BSD-3-Clause */
/* Datatype constructors (section 5.1), each with int and with MPI_Count arguments. */
#include "mpi/datatype_impl.h"

#include <stdlib.h>

#include "base/error.h"
#include "datatype/construct.h"
#include "datatype/contents.h"
#include "progress/guard.h"

/* An array of a call, as 64-bit values. */
struct numbers {
    const int64_t *values; /* NULL: what the program gave is a null pointer */
    int64_t *copy;         /* to be freed */
    bool failed;           /* no memory for it */
};

static struct numbers from_ints(int64_t count, const int values[])
{
    struct numbers numbers = {0};
    if (count <= 0 || values == NULL)
        return numbers;
    numbers.copy = malloc((size_t)count * sizeof(*numbers.copy));
    numbers.failed = numbers.copy == NULL;
    for (int64_t i = 0; i < count && !numbers.failed; i++)
        numbers.copy[i] = values[i];
    numbers.values = numbers.copy;
    return numbers;
}

_Static_assert(sizeof(MPI_Aint) == sizeof(int64_t) && sizeof(MPI_Count) == sizeof(int64_t),
               "arrays of them are passed on as they are");

static struct numbers from_counts(const MPI_Count values[])
{
    return (struct numbers){.values = (const int64_t *)values};
}

static struct numbers from_addresses(const MPI_Aint values[])
{
    return (struct numbers){.values = (const int64_t *)values};
}

/* A call: what is the same for all of them. `large`: it has MPI_Count arguments. */
struct call {
    const char *function;
    MPI_Datatype oldtype;
    MPI_Datatype *newtype;
    bool large;
    struct toc_datatype *old;
};

#define CALL(name, is_large)                                                                       \
    (&(struct call){                                                                               \
        .function = (name), .oldtype = oldtype, .newtype = newtype, .large = (is_large)})

/* What most constructors check first. */
static int check(struct call *call)
{
    int code = toc_mpi_check_active(call->function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(call->function, MPI_COMM_SELF, call->oldtype, &call->old);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(call->function, MPI_COMM_SELF, "newtype", call->newtype);
    return code;
}

static int check_count(const struct call *call, const char *what, int64_t count)
{
    return toc_mpi_check_count(call->function, MPI_COMM_SELF, what, count);
}

static int check_array(const struct call *call, const char *what, int64_t count,
                       struct numbers array)
{
    if (count == 0)
        return MPI_SUCCESS;
    if (array.failed)
        return toc_mpi_type_status(call->function, TOC_ERR_NO_MEM);
    return toc_mpi_check_pointer(call->function, MPI_COMM_SELF, what, array.values);
}

static int check_lengths(const struct call *call, int64_t count, struct numbers lengths)
{
    int code = check_array(call, "array_of_blocklengths", count, lengths);
    for (int64_t i = 0; i < count && code == MPI_SUCCESS; i++) {
        if (lengths.values[i] < 0)
            code = toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, call->function,
                                 "array_of_blocklengths[%lld] is %lld, it must not be negative",
                                 (long long)i, (long long)lengths.values[i]);
    }
    return code;
}

/* Leaves the guard after a constructor and hands its result out. */
static int finish(const struct call *call, int status, struct toc_datatype *type)
{
    if (status == TOC_OK)
        type->contents->large = call->large;
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(call->function, status);
    *call->newtype = toc_datatype_handle(type);
    return MPI_SUCCESS;
}

static int create_contiguous(struct call *call, int64_t count)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_count(call, "count", count);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_contiguous(count, call->old, &type);
    return finish(call, status, type);
}

int PMPI_Type_contiguous(int count, MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_contiguous(CALL("MPI_Type_contiguous", false), count);
}
TOC_MPI_ALIAS(Type_contiguous);

int PMPI_Type_contiguous_c(MPI_Count count, MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_contiguous(CALL("MPI_Type_contiguous_c", true), count);
}
TOC_MPI_ALIAS(Type_contiguous_c);

/* `make`: with the stride in elements or in bytes. */
static int create_vector(struct call *call,
                         int (*make)(int64_t count, int64_t blocklength, int64_t stride,
                                     struct toc_datatype *old, struct toc_datatype **result),
                         int64_t count, int64_t blocklength, int64_t stride)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_count(call, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(call, "blocklength", blocklength);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = make(count, blocklength, stride, call->old, &type);
    return finish(call, status, type);
}

int PMPI_Type_vector(int count, int blocklength, int stride, MPI_Datatype oldtype,
                     MPI_Datatype *newtype)
{
    return create_vector(CALL("MPI_Type_vector", false), toc_datatype_vector, count, blocklength,
                         stride);
}
TOC_MPI_ALIAS(Type_vector);

int PMPI_Type_vector_c(MPI_Count count, MPI_Count blocklength, MPI_Count stride,
                       MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_vector(CALL("MPI_Type_vector_c", true), toc_datatype_vector, count, blocklength,
                         stride);
}
TOC_MPI_ALIAS(Type_vector_c);

int PMPI_Type_create_hvector(int count, int blocklength, MPI_Aint stride, MPI_Datatype oldtype,
                             MPI_Datatype *newtype)
{
    return create_vector(CALL("MPI_Type_create_hvector", false), toc_datatype_hvector, count,
                         blocklength, stride);
}
TOC_MPI_ALIAS(Type_create_hvector);

int PMPI_Type_create_hvector_c(MPI_Count count, MPI_Count blocklength, MPI_Count stride,
                               MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_vector(CALL("MPI_Type_create_hvector_c", true), toc_datatype_hvector, count,
                         blocklength, stride);
}
TOC_MPI_ALIAS(Type_create_hvector_c);

/* Gives the arrays back. */
static int create_indexed(struct call *call,
                          int (*make)(int64_t count, const int64_t lengths[],
                                      const int64_t displacements[], struct toc_datatype *old,
                                      struct toc_datatype **result),
                          int64_t count, struct numbers lengths, struct numbers displacements)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_count(call, "count", count);
    if (code == MPI_SUCCESS)
        code = check_lengths(call, count, lengths);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_displacements", count, displacements);
    if (code == MPI_SUCCESS) {
        toc_guard_enter();
        int status = make(count, lengths.values, displacements.values, call->old, &type);
        code = finish(call, status, type);
    }
    free(lengths.copy);
    free(displacements.copy);
    return code;
}

int PMPI_Type_indexed(int count, const int array_of_blocklengths[],
                      const int array_of_displacements[], MPI_Datatype oldtype,
                      MPI_Datatype *newtype)
{
    return create_indexed(CALL("MPI_Type_indexed", false), toc_datatype_indexed, count,
                          from_ints(count, array_of_blocklengths),
                          from_ints(count, array_of_displacements));
}
TOC_MPI_ALIAS(Type_indexed);

int PMPI_Type_indexed_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
                        const MPI_Count array_of_displacements[], MPI_Datatype oldtype,
                        MPI_Datatype *newtype)
{
    return create_indexed(CALL("MPI_Type_indexed_c", true), toc_datatype_indexed, count,
                          from_counts(array_of_blocklengths), from_counts(array_of_displacements));
}
TOC_MPI_ALIAS(Type_indexed_c);

int PMPI_Type_create_hindexed(int count, const int array_of_blocklengths[],
                              const MPI_Aint array_of_displacements[], MPI_Datatype oldtype,
                              MPI_Datatype *newtype)
{
    return create_indexed(CALL("MPI_Type_create_hindexed", false), toc_datatype_hindexed, count,
                          from_ints(count, array_of_blocklengths),
                          from_addresses(array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_hindexed);

int PMPI_Type_create_hindexed_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
                                const MPI_Count array_of_displacements[], MPI_Datatype oldtype,
                                MPI_Datatype *newtype)
{
    return create_indexed(CALL("MPI_Type_create_hindexed_c", true), toc_datatype_hindexed, count,
                          from_counts(array_of_blocklengths), from_counts(array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_hindexed_c);

/* Gives the array back. */
static int create_indexed_block(struct call *call,
                                int (*make)(int64_t count, int64_t blocklength,
                                            const int64_t displacements[], struct toc_datatype *old,
                                            struct toc_datatype **result),
                                int64_t count, int64_t blocklength, struct numbers displacements)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_count(call, "count", count);
    if (code == MPI_SUCCESS)
        code = check_count(call, "blocklength", blocklength);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_displacements", count, displacements);
    if (code == MPI_SUCCESS) {
        toc_guard_enter();
        int status = make(count, blocklength, displacements.values, call->old, &type);
        code = finish(call, status, type);
    }
    free(displacements.copy);
    return code;
}

int PMPI_Type_create_indexed_block(int count, int blocklength, const int array_of_displacements[],
                                   MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_indexed_block(CALL("MPI_Type_create_indexed_block", false),
                                toc_datatype_indexed_block, count, blocklength,
                                from_ints(count, array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_indexed_block);

int PMPI_Type_create_indexed_block_c(MPI_Count count, MPI_Count blocklength,
                                     const MPI_Count array_of_displacements[], MPI_Datatype oldtype,
                                     MPI_Datatype *newtype)
{
    return create_indexed_block(CALL("MPI_Type_create_indexed_block_c", true),
                                toc_datatype_indexed_block, count, blocklength,
                                from_counts(array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_indexed_block_c);

int PMPI_Type_create_hindexed_block(int count, int blocklength,
                                    const MPI_Aint array_of_displacements[], MPI_Datatype oldtype,
                                    MPI_Datatype *newtype)
{
    return create_indexed_block(CALL("MPI_Type_create_hindexed_block", false),
                                toc_datatype_hindexed_block, count, blocklength,
                                from_addresses(array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_hindexed_block);

int PMPI_Type_create_hindexed_block_c(MPI_Count count, MPI_Count blocklength,
                                      const MPI_Count array_of_displacements[],
                                      MPI_Datatype oldtype, MPI_Datatype *newtype)
{
    return create_indexed_block(CALL("MPI_Type_create_hindexed_block_c", true),
                                toc_datatype_hindexed_block, count, blocklength,
                                from_counts(array_of_displacements));
}
TOC_MPI_ALIAS(Type_create_hindexed_block_c);

static int check_member_types(const struct call *call, int64_t count, const MPI_Datatype handles[])
{
    if (count == 0)
        return MPI_SUCCESS;
    int code =
        toc_mpi_check_pointer(call->function, MPI_COMM_SELF, "array_of_types", (void *)handles);
    for (int64_t i = 0; i < count && code == MPI_SUCCESS; i++) {
        if (toc_datatype_get(handles[i]) == NULL)
            code = toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, call->function,
                                 "array_of_types[%lld], %s, is not a datatype", (long long)i,
                                 toc_mpi_handle_text((uintptr_t)handles[i]).text);
    }
    return code;
}

static int check_struct(const struct call *call, int64_t count, struct numbers lengths,
                        struct numbers displacements, const MPI_Datatype handles[])
{
    int code = toc_mpi_check_active(call->function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(call->function, MPI_COMM_SELF, "newtype", call->newtype);
    if (code == MPI_SUCCESS)
        code = check_count(call, "count", count);
    if (code == MPI_SUCCESS)
        code = check_lengths(call, count, lengths);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_displacements", count, displacements);
    if (code == MPI_SUCCESS)
        code = check_member_types(call, count, handles);
    return code;
}

/* Gives the arrays back. */
static int create_struct(struct call *call, int64_t count, struct numbers lengths,
                         struct numbers displacements, const MPI_Datatype handles[])
{
    struct toc_datatype *type = NULL;
    int code = check_struct(call, count, lengths, displacements, handles);
    if (code == MPI_SUCCESS) {
        struct toc_datatype **types = malloc(((size_t)count + 1) * sizeof(*types));
        int status = TOC_ERR_NO_MEM;
        for (int64_t i = 0; types != NULL && i < count; i++)
            types[i] = toc_datatype_get(handles[i]);
        toc_guard_enter();
        if (types != NULL)
            status = toc_datatype_struct(count, lengths.values, displacements.values, types, &type);
        free(types);
        code = finish(call, status, type);
    }
    free(lengths.copy);
    free(displacements.copy);
    return code;
}

int PMPI_Type_create_struct(int count, const int array_of_blocklengths[],
                            const MPI_Aint array_of_displacements[],
                            const MPI_Datatype array_of_types[], MPI_Datatype *newtype)
{
    MPI_Datatype oldtype = MPI_DATATYPE_NULL;
    return create_struct(CALL("MPI_Type_create_struct", false), count,
                         from_ints(count, array_of_blocklengths),
                         from_addresses(array_of_displacements), array_of_types);
}
TOC_MPI_ALIAS(Type_create_struct);

int PMPI_Type_create_struct_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
                              const MPI_Count array_of_displacements[],
                              const MPI_Datatype array_of_types[], MPI_Datatype *newtype)
{
    MPI_Datatype oldtype = MPI_DATATYPE_NULL;
    return create_struct(CALL("MPI_Type_create_struct_c", true), count,
                         from_counts(array_of_blocklengths), from_counts(array_of_displacements),
                         array_of_types);
}
TOC_MPI_ALIAS(Type_create_struct_c);

static int create_resized(struct call *call, int64_t lb, int64_t extent)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_datatype_resized(call->old, lb, extent, &type);
    return finish(call, status, type);
}

int PMPI_Type_create_resized(MPI_Datatype oldtype, MPI_Aint lb, MPI_Aint extent,
                             MPI_Datatype *newtype)
{
    return create_resized(CALL("MPI_Type_create_resized", false), lb, extent);
}
TOC_MPI_ALIAS(Type_create_resized);

int PMPI_Type_create_resized_c(MPI_Datatype oldtype, MPI_Count lb, MPI_Count extent,
                               MPI_Datatype *newtype)
{
    return create_resized(CALL("MPI_Type_create_resized_c", true), lb, extent);
}
TOC_MPI_ALIAS(Type_create_resized_c);

static int check_dimension(const struct call *call, int d, int64_t size, int64_t subsize,
                           int64_t start)
{
    if (size < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_sizes[%d] is %lld, it must be positive", d, (long long)size);
    if (subsize < 1 || subsize > size)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_subsizes[%d] is %lld, not within 1 to %lld", d,
                             (long long)subsize, (long long)size);
    if (start < 0 || start > size - subsize)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_starts[%d] is %lld, not within 0 to %lld", d,
                             (long long)start, (long long)(size - subsize));
    return MPI_SUCCESS;
}

/* Of an array: number of dimensions, and their order. */
static int check_shape(const struct call *call, int ndims, int order)
{
    if (ndims < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "ndims is %d, it must be positive", ndims);
    if (order != MPI_ORDER_C && order != MPI_ORDER_FORTRAN)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "order is %d, neither MPI_ORDER_C nor MPI_ORDER_FORTRAN", order);
    return MPI_SUCCESS;
}

static int check_subarray(const struct call *call, int ndims, struct numbers sizes,
                          struct numbers subsizes, struct numbers starts, int order)
{
    int code = check_shape(call, ndims, order);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_sizes", ndims, sizes);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_subsizes", ndims, subsizes);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_starts", ndims, starts);
    for (int d = 0; d < ndims && code == MPI_SUCCESS; d++)
        code = check_dimension(call, d, sizes.values[d], subsizes.values[d], starts.values[d]);
    return code;
}

/* Gives the arrays back. */
static int create_subarray(struct call *call, int ndims, struct numbers sizes,
                           struct numbers subsizes, struct numbers starts, int order)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_subarray(call, ndims, sizes, subsizes, starts, order);
    if (code == MPI_SUCCESS) {
        toc_guard_enter();
        int status = toc_datatype_subarray(ndims, sizes.values, subsizes.values, starts.values,
                                           order, call->old, &type);
        code = finish(call, status, type);
    }
    free(sizes.copy);
    free(subsizes.copy);
    free(starts.copy);
    return code;
}

int PMPI_Type_create_subarray(int ndims, const int array_of_sizes[], const int array_of_subsizes[],
                              const int array_of_starts[], int order, MPI_Datatype oldtype,
                              MPI_Datatype *newtype)
{
    return create_subarray(CALL("MPI_Type_create_subarray", false), ndims,
                           from_ints(ndims, array_of_sizes), from_ints(ndims, array_of_subsizes),
                           from_ints(ndims, array_of_starts), order);
}
TOC_MPI_ALIAS(Type_create_subarray);

int PMPI_Type_create_subarray_c(int ndims, const MPI_Count array_of_sizes[],
                                const MPI_Count array_of_subsizes[],
                                const MPI_Count array_of_starts[], int order, MPI_Datatype oldtype,
                                MPI_Datatype *newtype)
{
    return create_subarray(CALL("MPI_Type_create_subarray_c", true), ndims,
                           from_counts(array_of_sizes), from_counts(array_of_subsizes),
                           from_counts(array_of_starts), order);
}
TOC_MPI_ALIAS(Type_create_subarray_c);

static int check_distribution(const struct call *call, int d, int64_t gsize, int distrib, int darg,
                              int psize)
{
    if (gsize < 1 || psize < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "dimension %d has %lld elements and %d processes: both must be "
                             "positive",
                             d, (long long)gsize, psize);
    if (distrib != MPI_DISTRIBUTE_NONE && distrib != MPI_DISTRIBUTE_BLOCK &&
        distrib != MPI_DISTRIBUTE_CYCLIC)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_distribs[%d] is %d, not one of MPI_DISTRIBUTE_...", d,
                             distrib);
    if (distrib == MPI_DISTRIBUTE_NONE && psize != 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "dimension %d is not distributed, but has %d processes", d, psize);
    if (distrib != MPI_DISTRIBUTE_NONE && darg != MPI_DISTRIBUTE_DFLT_DARG && darg < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_dargs[%d] is %d, it must be positive", d, darg);
    if (distrib == MPI_DISTRIBUTE_BLOCK && darg != MPI_DISTRIBUTE_DFLT_DARG &&
        (int64_t)darg * psize < gsize)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "blocks of %d for %d processes do not cover the %lld elements of "
                             "dimension %d",
                             darg, psize, (long long)gsize, d);
    return MPI_SUCCESS;
}

static int check_grid(const struct call *call, int size, int rank, int ndims, const int psizes[])
{
    int64_t product = 1;
    for (int d = 0; d < ndims && product <= size; d++)
        product *= psizes[d];
    if (product != size)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_psizes does not multiply to size, %d", size);
    if (rank < 0 || rank >= size)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "rank is %d, not within 0 to %d", rank, size - 1);
    return MPI_SUCCESS;
}

/* A distributed array, as the call gave it. */
struct distribution {
    int size, rank, ndims, order;
    struct numbers gsizes;
    const int *distribs, *dargs, *psizes;
};

#define DISTRIBUTION(gsizes_given)                                                                 \
    (&(struct distribution){.size = size,                                                          \
                            .rank = rank,                                                          \
                            .ndims = ndims,                                                        \
                            .order = order,                                                        \
                            .gsizes = (gsizes_given),                                              \
                            .distribs = array_of_distribs,                                         \
                            .dargs = array_of_dargs,                                               \
                            .psizes = array_of_psizes})

static int check_darray(const struct call *call, const struct distribution *a)
{
    int code = check_shape(call, a->ndims, a->order);
    if (code == MPI_SUCCESS)
        code = check_array(call, "array_of_gsizes", a->ndims, a->gsizes);
    if (code == MPI_SUCCESS && (a->distribs == NULL || a->dargs == NULL || a->psizes == NULL))
        code = toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, call->function,
                             "array_of_distribs, array_of_dargs or array_of_psizes is a null "
                             "pointer");
    for (int d = 0; d < a->ndims && code == MPI_SUCCESS; d++)
        code = check_distribution(call, d, a->gsizes.values[d], a->distribs[d], a->dargs[d],
                                  a->psizes[d]);
    return code != MPI_SUCCESS ? code : check_grid(call, a->size, a->rank, a->ndims, a->psizes);
}

/* Gives the array back. */
static int create_darray(struct call *call, const struct distribution *a)
{
    struct toc_datatype *type = NULL;
    int code = check(call);
    if (code == MPI_SUCCESS)
        code = check_darray(call, a);
    if (code == MPI_SUCCESS) {
        toc_guard_enter();
        int status = toc_datatype_darray(a->size, a->rank, a->ndims, a->gsizes.values, a->distribs,
                                         a->dargs, a->psizes, a->order, call->old, &type);
        code = finish(call, status, type);
    }
    free(a->gsizes.copy);
    return code;
}

int PMPI_Type_create_darray(int size, int rank, int ndims, const int array_of_gsizes[],
                            const int array_of_distribs[], const int array_of_dargs[],
                            const int array_of_psizes[], int order, MPI_Datatype oldtype,
                            MPI_Datatype *newtype)
{
    return create_darray(CALL("MPI_Type_create_darray", false),
                         DISTRIBUTION(from_ints(ndims, array_of_gsizes)));
}
TOC_MPI_ALIAS(Type_create_darray);

int PMPI_Type_create_darray_c(int size, int rank, int ndims, const MPI_Count array_of_gsizes[],
                              const int array_of_distribs[], const int array_of_dargs[],
                              const int array_of_psizes[], int order, MPI_Datatype oldtype,
                              MPI_Datatype *newtype)
{
    return create_darray(CALL("MPI_Type_create_darray_c", true),
                         DISTRIBUTION(from_counts(array_of_gsizes)));
}
TOC_MPI_ALIAS(Type_create_darray_c);
