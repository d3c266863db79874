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

int PMPI_Type_size_c(MPI_Datatype datatype, MPI_Count *size)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_size_c", datatype, "size", size, "size", size, &type);
    if (code == MPI_SUCCESS)
        *size = (MPI_Count)type->size;
    return code;
}
TOC_MPI_ALIAS(Type_size_c);

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

int PMPI_Type_get_extent_c(MPI_Datatype datatype, MPI_Count *lb, MPI_Count *extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_extent_c", datatype, "lb", lb, "extent", extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *lb = type->lb;
    *extent = type->extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_extent_c);

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

int PMPI_Type_get_true_extent_c(MPI_Datatype datatype, MPI_Count *true_lb, MPI_Count *true_extent)
{
    struct toc_datatype *type;
    int code = check("MPI_Type_get_true_extent_c", datatype, "true_lb", true_lb, "true_extent",
                     true_extent, &type);
    if (code != MPI_SUCCESS)
        return code;
    *true_lb = type->true_lb;
    *true_extent = type->true_extent;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_true_extent_c);

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

/* How many integers, addresses, large counts and types the contents are. What a function with
 * MPI_Count arguments got as such are large counts, addresses included; its other arguments stay
 * integers (MPI 5.0, section 5.1.13). */
struct numbers {
    size_t integers, addresses, large_counts, types;
};

/* The MPI_Count arguments of constructors of arrays are values [first, last) of the contents. */
static void array_counts(const struct toc_contents *contents, size_t *first, size_t *last)
{
    bool subarray = contents->combiner == MPI_COMBINER_SUBARRAY;
    size_t ndims = (size_t)contents->values[subarray ? 0 : 2];
    *first = subarray ? 1 : 3;
    *last = *first + (subarray ? 3 * ndims : ndims);
}

static bool is_array(const struct toc_contents *contents)
{
    return contents->combiner == MPI_COMBINER_SUBARRAY || contents->combiner == MPI_COMBINER_DARRAY;
}

static struct numbers count_contents(const struct toc_contents *contents)
{
    struct numbers numbers = {0};
    if (contents == NULL)
        return numbers;
    numbers = (struct numbers){.integers = contents->n_integers,
                               .addresses = contents->n_addresses,
                               .types = contents->n_types};
    if (!contents->large)
        return numbers;
    numbers.large_counts = numbers.integers + numbers.addresses;
    if (is_array(contents)) {
        size_t first, last;
        array_counts(contents, &first, &last);
        numbers.large_counts = last - first;
    }
    numbers.integers = contents->n_integers + contents->n_addresses - numbers.large_counts;
    numbers.addresses = 0;
    return numbers;
}

/* Functions without large counts cannot tell of them. */
static int check_representable(const char *function, const struct toc_datatype *type)
{
    if (type->contents == NULL || !type->contents->large ||
        count_contents(type->contents).large_counts == 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function,
                         "the datatype was made with MPI_Count arguments: use %s_c", function);
}

static int get_envelope(const char *function, MPI_Datatype datatype, const void *const results[5],
                        struct numbers *numbers, int *combiner, struct toc_datatype **type)
{
    static const char *const names[] = {"num_integers", "num_addresses", "num_large_counts",
                                        "num_datatypes", "combiner"};
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, datatype, type);
    for (int i = 0; i < 5 && code == MPI_SUCCESS; i++)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, names[i], results[i]);
    if (code != MPI_SUCCESS)
        return code;
    *numbers = count_contents((*type)->contents);
    *combiner = (*type)->contents == NULL ? MPI_COMBINER_NAMED : (*type)->contents->combiner;
    return MPI_SUCCESS;
}

int PMPI_Type_get_envelope(MPI_Datatype datatype, int *num_integers, int *num_addresses,
                           int *num_datatypes, int *combiner)
{
    static const char function[] = "MPI_Type_get_envelope";
    const void *const results[] = {num_integers, num_addresses, num_integers, num_datatypes,
                                   combiner};
    struct toc_datatype *type;
    struct numbers numbers;
    int code = get_envelope(function, datatype, results, &numbers, combiner, &type);
    if (code == MPI_SUCCESS)
        code = check_representable(function, type);
    if (code != MPI_SUCCESS)
        return code;
    *num_integers = (int)numbers.integers;
    *num_addresses = (int)numbers.addresses;
    *num_datatypes = (int)numbers.types;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_envelope);

int PMPI_Type_get_envelope_c(MPI_Datatype datatype, MPI_Count *num_integers,
                             MPI_Count *num_addresses, MPI_Count *num_large_counts,
                             MPI_Count *num_datatypes, int *combiner)
{
    const void *const results[] = {num_integers, num_addresses, num_large_counts, num_datatypes,
                                   combiner};
    struct toc_datatype *type;
    struct numbers numbers;
    int code =
        get_envelope("MPI_Type_get_envelope_c", datatype, results, &numbers, combiner, &type);
    if (code != MPI_SUCCESS)
        return code;
    *num_integers = (MPI_Count)numbers.integers;
    *num_addresses = (MPI_Count)numbers.addresses;
    *num_large_counts = (MPI_Count)numbers.large_counts;
    *num_datatypes = (MPI_Count)numbers.types;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_envelope_c);

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

/* Where the contents of a type go, and how much there is room for. */
struct room {
    int64_t integers, addresses, large_counts, types;
    int *integers_at;
    MPI_Aint *addresses_at;
    MPI_Count *large_counts_at;
    MPI_Datatype *types_at;
};

static int check_rooms(const char *function, const struct numbers *numbers, const struct room *room)
{
    int code =
        check_room(function, "integers", room->integers, numbers->integers, room->integers_at);
    if (code == MPI_SUCCESS)
        code = check_room(function, "addresses", room->addresses, numbers->addresses,
                          room->addresses_at);
    if (code == MPI_SUCCESS)
        code = check_room(function, "large_counts", room->large_counts, numbers->large_counts,
                          room->large_counts_at);
    if (code == MPI_SUCCESS)
        code = check_room(function, "datatypes", room->types, numbers->types, room->types_at);
    return code;
}

static void hand_out(const struct toc_contents *contents, const struct room *room)
{
    size_t n = contents->n_integers + contents->n_addresses, integers = 0, large_counts = 0;
    size_t first = 0, last = contents->large ? n : 0; /* of the large counts */
    if (contents->large && is_array(contents))
        array_counts(contents, &first, &last);
    for (size_t i = 0; i < n; i++) {
        if (i >= first && i < last)
            room->large_counts_at[large_counts++] = contents->values[i];
        else if (i < contents->n_integers)
            room->integers_at[integers++] = (int)contents->values[i];
        else
            room->addresses_at[i - contents->n_integers] = (MPI_Aint)contents->values[i];
    }
}

static int get_contents(const char *function, MPI_Datatype datatype, bool large_known,
                        const struct room *room)
{
    struct toc_datatype *type;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, datatype, &type);
    if (code == MPI_SUCCESS && !large_known)
        code = check_representable(function, type);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_contents *contents = type->contents;
    if (contents == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function,
                             "%s is predefined and has no contents", type->name);
    const struct numbers numbers = count_contents(contents);
    code = check_rooms(function, &numbers, room);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = clone_types(contents, room->types_at);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(function, status);
    hand_out(contents, room);
    return MPI_SUCCESS;
}

int PMPI_Type_get_contents(MPI_Datatype datatype, int max_integers, int max_addresses,
                           int max_datatypes, int array_of_integers[],
                           MPI_Aint array_of_addresses[], MPI_Datatype array_of_datatypes[])
{
    const struct room room = {.integers = max_integers,
                              .addresses = max_addresses,
                              .types = max_datatypes,
                              .integers_at = array_of_integers,
                              .addresses_at = array_of_addresses,
                              .types_at = array_of_datatypes};
    return get_contents("MPI_Type_get_contents", datatype, false, &room);
}
TOC_MPI_ALIAS(Type_get_contents);

int PMPI_Type_get_contents_c(MPI_Datatype datatype, MPI_Count max_integers, MPI_Count max_addresses,
                             MPI_Count max_large_counts, MPI_Count max_datatypes,
                             int array_of_integers[], MPI_Aint array_of_addresses[],
                             MPI_Count array_of_large_counts[], MPI_Datatype array_of_datatypes[])
{
    const struct room room = {.integers = max_integers,
                              .addresses = max_addresses,
                              .large_counts = max_large_counts,
                              .types = max_datatypes,
                              .integers_at = array_of_integers,
                              .addresses_at = array_of_addresses,
                              .large_counts_at = array_of_large_counts,
                              .types_at = array_of_datatypes};
    return get_contents("MPI_Type_get_contents_c", datatype, true, &room);
}
TOC_MPI_ALIAS(Type_get_contents_c);
