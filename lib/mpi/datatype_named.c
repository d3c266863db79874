/* SPDX-License-Identifier: BSD-3-Clause */
/* Predefined datatypes that are looked up: by size, by precision and range, as pairs (sections
 * 5.1.11, 6.9.4, 19.1.5). */
#include "mpi/datatype_impl.h"

#include "base/error.h"
#include "datatype/contents.h"
#include "progress/guard.h"

static const struct {
    int typeclass, size;
    MPI_Datatype handle;
} sized[] = {
    {MPI_TYPECLASS_REAL, 2, MPI_REAL2},         {MPI_TYPECLASS_REAL, 4, MPI_REAL4},
    {MPI_TYPECLASS_REAL, 8, MPI_REAL8},         {MPI_TYPECLASS_REAL, 16, MPI_REAL16},
    {MPI_TYPECLASS_INTEGER, 1, MPI_INTEGER1},   {MPI_TYPECLASS_INTEGER, 2, MPI_INTEGER2},
    {MPI_TYPECLASS_INTEGER, 4, MPI_INTEGER4},   {MPI_TYPECLASS_INTEGER, 8, MPI_INTEGER8},
    {MPI_TYPECLASS_INTEGER, 16, MPI_INTEGER16}, {MPI_TYPECLASS_COMPLEX, 4, MPI_COMPLEX4},
    {MPI_TYPECLASS_COMPLEX, 8, MPI_COMPLEX8},   {MPI_TYPECLASS_COMPLEX, 16, MPI_COMPLEX16},
    {MPI_TYPECLASS_COMPLEX, 32, MPI_COMPLEX32},
};

int PMPI_Type_match_size(int typeclass, int size, MPI_Datatype *datatype)
{
    static const char function[] = "MPI_Type_match_size";
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "datatype", datatype);
    if (code != MPI_SUCCESS)
        return code;
    for (size_t i = 0; i < sizeof(sized) / sizeof(sized[0]); i++) {
        if (sized[i].typeclass == typeclass && sized[i].size == size) {
            *datatype = sized[i].handle;
            return MPI_SUCCESS;
        }
    }
    if (typeclass != MPI_TYPECLASS_REAL && typeclass != MPI_TYPECLASS_INTEGER &&
        typeclass != MPI_TYPECLASS_COMPLEX)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "typeclass is %d, not one of MPI_TYPECLASS_...", typeclass);
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                         "there is no datatype of %d bytes in this class", size);
}
TOC_MPI_ALIAS(Type_match_size);

static const struct {
    MPI_Datatype value, index, pair;
} pairs[] = {
    {MPI_FLOAT, MPI_INT, MPI_FLOAT_INT},
    {MPI_DOUBLE, MPI_INT, MPI_DOUBLE_INT},
    {MPI_LONG, MPI_INT, MPI_LONG_INT},
    {MPI_INT, MPI_INT, MPI_2INT},
    {MPI_SHORT, MPI_INT, MPI_SHORT_INT},
    {MPI_LONG_DOUBLE, MPI_INT, MPI_LONG_DOUBLE_INT},
    {MPI_REAL, MPI_REAL, MPI_2REAL},
    {MPI_DOUBLE_PRECISION, MPI_DOUBLE_PRECISION, MPI_2DOUBLE_PRECISION},
    {MPI_INTEGER, MPI_INTEGER, MPI_2INTEGER},
};

/* No pairs beyond the predefined ones: MPI_DATATYPE_NULL says that, as the standard has it. */
int PMPI_Type_get_value_index(MPI_Datatype value_type, MPI_Datatype index_type,
                              MPI_Datatype *pair_type)
{
    static const char function[] = "MPI_Type_get_value_index";
    struct toc_datatype *unused;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, value_type, &unused);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, index_type, &unused);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "pair_type", pair_type);
    if (code != MPI_SUCCESS)
        return code;
    *pair_type = MPI_DATATYPE_NULL;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (pairs[i].value == value_type && pairs[i].index == index_type)
            *pair_type = pairs[i].pair;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Type_get_value_index);

/* Decimal digits and exponent range of the kinds that Fortran compilers for this machine have. */
struct kind {
    int precision, range;
    MPI_Datatype handle;
};

static const struct kind reals[] = {
    {6, 37, MPI_REAL4}, {15, 307, MPI_REAL8}, {33, 4931, MPI_REAL16}};
static const struct kind complexes[] = {
    {6, 37, MPI_COMPLEX8}, {15, 307, MPI_COMPLEX16}, {33, 4931, MPI_COMPLEX32}};
static const struct kind integers[] = {{0, 2, MPI_INTEGER1},
                                       {0, 4, MPI_INTEGER2},
                                       {0, 9, MPI_INTEGER4},
                                       {0, 18, MPI_INTEGER8},
                                       {0, 38, MPI_INTEGER16}};

/* The type of the first kind that is good enough, the same for every call with the same arguments.
 * `precision` and `range`: what is wanted, 0 for MPI_UNDEFINED. */
static int create_f90(const char *function, int combiner, const struct kind *kinds, size_t n,
                      int precision, int range, const struct toc_f90 *arguments,
                      MPI_Datatype *newtype)
{
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "newtype", newtype);
    if (code != MPI_SUCCESS)
        return code;
    size_t i = 0;
    while (i < n && (kinds[i].precision < precision || kinds[i].range < range))
        i++;
    if (i == n || precision < 0 || range < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "no kind has %d digits and a range of %d", precision, range);
    struct toc_datatype *type;
    toc_guard_enter();
    int status = toc_datatype_f90(combiner, arguments, toc_datatype_get(kinds[i].handle), &type);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_type_status(function, status);
    *newtype = toc_datatype_handle(type);
    return MPI_SUCCESS;
}

/* At least one of both has to be given. */
static int create_f90_floating(const char *function, int combiner, const struct kind kinds[3],
                               int p, int r, MPI_Datatype *newtype)
{
    const struct toc_f90 arguments = {.n = 2, .values = {p, r}};
    toc_mpi_check_active(function);
    if (p == MPI_UNDEFINED && r == MPI_UNDEFINED)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "precision and range are both MPI_UNDEFINED");
    return create_f90(function, combiner, kinds, 3, p == MPI_UNDEFINED ? 0 : p,
                      r == MPI_UNDEFINED ? 0 : r, &arguments, newtype);
}

int PMPI_Type_create_f90_real(int p, int r, MPI_Datatype *newtype)
{
    return create_f90_floating("MPI_Type_create_f90_real", MPI_COMBINER_F90_REAL, reals, p, r,
                               newtype);
}
TOC_MPI_ALIAS(Type_create_f90_real);

int PMPI_Type_create_f90_complex(int p, int r, MPI_Datatype *newtype)
{
    return create_f90_floating("MPI_Type_create_f90_complex", MPI_COMBINER_F90_COMPLEX, complexes,
                               p, r, newtype);
}
TOC_MPI_ALIAS(Type_create_f90_complex);

int PMPI_Type_create_f90_integer(int r, MPI_Datatype *newtype)
{
    const struct toc_f90 arguments = {.n = 1, .values = {r}};
    return create_f90("MPI_Type_create_f90_integer", MPI_COMBINER_F90_INTEGER, integers,
                      sizeof(integers) / sizeof(integers[0]), 0, r, &arguments, newtype);
}
TOC_MPI_ALIAS(Type_create_f90_integer);
