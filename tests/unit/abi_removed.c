/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inline functions at the end of mpi.h: what they make of their arguments. The standard
 * functions that they call are played by this program, so that it needs the header only, not the
 * library.
 */
#include <mpi.h>

#include <stdio.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                         \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

#define MAX_ENTRIES 8
static const MPI_Datatype plain_type = (MPI_Datatype)0x10000001;
static const MPI_Datatype resized_type = (MPI_Datatype)0x10000002;

/* What the played functions were called with, and what they shall answer */
static struct {
    int structs, count, blocklengths[MAX_ENTRIES];
    MPI_Aint displacements[MAX_ENTRIES];
    MPI_Datatype types[MAX_ENTRIES];
    int resizes, frees;
    MPI_Aint lb, extent;
    int fail_struct, fail_resize;
} seen;

int MPI_Type_create_struct(int count, const int blocklengths[], const MPI_Aint displacements[],
                           const MPI_Datatype types[], MPI_Datatype *newtype)
{
    seen.structs++;
    seen.count = count;
    for (int i = 0; i < count; i++) {
        seen.blocklengths[i] = blocklengths[i];
        seen.displacements[i] = displacements[i];
        seen.types[i] = types[i];
    }
    if (seen.fail_struct)
        return MPI_ERR_TYPE;
    *newtype = plain_type;
    return MPI_SUCCESS;
}

/* Every type spans -2 to 22. */
int MPI_Type_get_extent(MPI_Datatype datatype, MPI_Aint *lb, MPI_Aint *extent)
{
    if (datatype == MPI_DATATYPE_NULL)
        return MPI_ERR_TYPE;
    *lb = -2;
    *extent = 24;
    return MPI_SUCCESS;
}

int MPI_Type_create_resized(MPI_Datatype oldtype, MPI_Aint lb, MPI_Aint extent,
                            MPI_Datatype *newtype)
{
    CHECK(oldtype == plain_type);
    seen.resizes++;
    seen.lb = lb;
    seen.extent = extent;
    if (seen.fail_resize)
        return MPI_ERR_ARG;
    *newtype = resized_type;
    return MPI_SUCCESS;
}

int MPI_Type_free(MPI_Datatype *datatype)
{
    CHECK(*datatype == plain_type);
    seen.frees++;
    *datatype = MPI_DATATYPE_NULL;
    return MPI_SUCCESS;
}

int MPI_Comm_call_errhandler(MPI_Comm comm, int errorcode)
{
    (void)comm;
    return errorcode;
}

int MPI_Comm_toint(MPI_Comm comm)
{
    return (int)(intptr_t)comm;
}

MPI_Comm MPI_Comm_fromint(int comm)
{
    return (MPI_Comm)(intptr_t)comm;
}

int MPI_Get_address(const void *location, MPI_Aint *address)
{
    *address = (MPI_Aint)location;
    return MPI_SUCCESS;
}

static void struct_without_markers(void)
{
    const int blocklengths[] = {1, 2};
    const MPI_Aint displacements[] = {0, 8};
    const MPI_Datatype types[] = {MPI_INT, MPI_DOUBLE};
    MPI_Datatype newtype = MPI_DATATYPE_NULL;

    memset(&seen, 0, sizeof(seen));
    CHECK(MPI_Type_struct(2, blocklengths, displacements, types, &newtype) == MPI_SUCCESS);
    CHECK(newtype == plain_type && seen.structs == 1 && seen.resizes == 0 && seen.frees == 0);
    CHECK(seen.count == 2 && seen.blocklengths[1] == 2 && seen.displacements[1] == 8);
    CHECK(seen.types[0] == MPI_INT && seen.types[1] == MPI_DOUBLE);
}

/* The usual case: MPI_UB gives the struct the size that the compiler gives it. */
static void struct_with_upper_bound(void)
{
    const int blocklengths[] = {1, 2, 1};
    const MPI_Aint displacements[] = {0, 8, 32};
    const MPI_Datatype types[] = {MPI_INT, MPI_DOUBLE, MPI_UB};
    MPI_Datatype newtype = MPI_DATATYPE_NULL;

    memset(&seen, 0, sizeof(seen));
    CHECK(MPI_Type_struct(3, blocklengths, displacements, types, &newtype) == MPI_SUCCESS);
    CHECK(newtype == resized_type && seen.structs == 1 && seen.resizes == 1 && seen.frees == 1);
    CHECK(seen.count == 2 && seen.types[0] == MPI_INT && seen.types[1] == MPI_DOUBLE);
    CHECK(seen.lb == -2 && seen.extent == 34);
}

/* Several markers between the components: the lowest and the highest count, empty ones do not. */
static void struct_with_both_bounds(void)
{
    const int blocklengths[] = {1, 1, 3, 1, 0, 1, 0};
    const MPI_Aint displacements[] = {4, -8, 16, 40, 99, -4, -99};
    const MPI_Datatype types[] = {MPI_LB, MPI_LB, MPI_CHAR, MPI_UB, MPI_UB, MPI_UB, MPI_LB};
    MPI_Datatype newtype = MPI_DATATYPE_NULL;

    memset(&seen, 0, sizeof(seen));
    CHECK(MPI_Type_struct(7, blocklengths, displacements, types, &newtype) == MPI_SUCCESS);
    CHECK(newtype == resized_type && seen.resizes == 1 && seen.frees == 1);
    CHECK(seen.count == 1 && seen.blocklengths[0] == 3 && seen.displacements[0] == 16);
    CHECK(seen.types[0] == MPI_CHAR);
    CHECK(seen.lb == -8 && seen.extent == 48);
}

/* A marker inside the natural bounds moves them inwards too. */
static void struct_with_narrow_bounds(void)
{
    const int blocklengths[] = {1, 1, 1};
    const MPI_Aint displacements[] = {0, 2, 10};
    const MPI_Datatype types[] = {MPI_DOUBLE, MPI_LB, MPI_UB};
    MPI_Datatype newtype = MPI_DATATYPE_NULL;

    memset(&seen, 0, sizeof(seen));
    CHECK(MPI_Type_struct(3, blocklengths, displacements, types, &newtype) == MPI_SUCCESS);
    CHECK(seen.lb == 2 && seen.extent == 8);
}

static void struct_that_fails(void)
{
    const int blocklengths[] = {1, 1};
    const MPI_Aint displacements[] = {0, 10};
    const MPI_Datatype types[] = {MPI_DOUBLE, MPI_UB};
    MPI_Datatype newtype = MPI_DATATYPE_NULL;

    memset(&seen, 0, sizeof(seen));
    seen.fail_struct = 1;
    CHECK(MPI_Type_struct(2, blocklengths, displacements, types, &newtype) == MPI_ERR_TYPE);
    CHECK(newtype == MPI_DATATYPE_NULL && seen.frees == 0);
    memset(&seen, 0, sizeof(seen));
    seen.fail_resize = 1;
    CHECK(MPI_Type_struct(2, blocklengths, displacements, types, &newtype) == MPI_ERR_ARG);
    CHECK(newtype == MPI_DATATYPE_NULL && seen.frees == 1);
}

static void bounds(void)
{
    MPI_Aint value = 7;
    int variable;

    CHECK(MPI_Type_lb(MPI_INT, &value) == MPI_SUCCESS && value == -2);
    CHECK(MPI_Type_ub(MPI_INT, &value) == MPI_SUCCESS && value == 22);
    CHECK(MPI_Type_extent(MPI_INT, &value) == MPI_SUCCESS && value == 24);
    value = 7;
    CHECK(MPI_Type_ub(MPI_DATATYPE_NULL, &value) == MPI_ERR_TYPE && value == 7);
    CHECK(MPI_Address(&variable, &value) == MPI_SUCCESS && value == (MPI_Aint)&variable);
}

static void handles_and_statuses(void)
{
    MPI_Status from = {1, 2, 3, {4, 5, 6, 7, 8}}, to;
    MPI_Fint fortran[MPI_F_STATUS_SIZE];

    CHECK(MPI_Comm_c2f(MPI_COMM_WORLD) == 0x101 && MPI_Comm_f2c(0x102) == MPI_COMM_SELF);
    CHECK(MPI_Status_c2f(&from, fortran) == MPI_SUCCESS);
    for (int i = 0; i < MPI_F_STATUS_SIZE; i++)
        CHECK(fortran[i] == i + 1);
    memset(&to, 0, sizeof(to));
    CHECK(MPI_Status_f2c(fortran, &to) == MPI_SUCCESS && memcmp(&from, &to, sizeof(to)) == 0);
    CHECK(MPI_Status_f2c(MPI_F_STATUS_IGNORE, &to) == MPI_ERR_ARG);
    CHECK(MPI_Status_c2f(MPI_STATUS_IGNORE, fortran) == MPI_ERR_ARG);
}

int main(void)
{
    struct_without_markers();
    struct_with_upper_bound();
    struct_with_both_bounds();
    struct_with_narrow_bounds();
    struct_that_fails();
    bounds();
    handles_and_statuses();
    return failures != 0;
}
