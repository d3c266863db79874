/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library about its ABI, handles as integers, arithmetic on addresses: all of it legal before
 * MPI_Init and after MPI_Finalize. A program that does not initialise MPI at all tests the first.
 */
#include "mpitest.h"

static void check_key(MPI_Info info, const char *key, const char *expected)
{
    char value[MPI_MAX_INFO_VAL];
    int flag = 0, length = sizeof(value);

    MPI_Info_get_string(info, key, &length, value, &flag);
    CHECK(flag, "key %s is missing", key);
    CHECK(!strcmp(value, expected), "%s is '%s', expected '%s'", key, value, expected);
}

static void version_and_sizes(void)
{
    MPI_Info info = MPI_INFO_NULL;
    int major = 0, minor = -1;

    CHECK_EQ(MPI_Abi_get_version(&major, &minor), MPI_SUCCESS, "result");
    CHECK_EQ(major, MPI_ABI_VERSION, "ABI version");
    CHECK_EQ(minor, MPI_ABI_SUBVERSION, "ABI subversion");
    CHECK_EQ(MPI_Abi_get_info(&info), MPI_SUCCESS, "result");
    check_key(info, "mpi_aint_size", "8");
    check_key(info, "mpi_count_size", "8");
    check_key(info, "mpi_offset_size", "8");
    MPI_Info_free(&info);
}

static void handles_as_integers(void)
{
    MPI_Info info;

    CHECK_EQ(MPI_Comm_toint(MPI_COMM_WORLD), 0x101, "MPI_COMM_WORLD");
    CHECK_EQ(MPI_Type_toint(MPI_DOUBLE), 0x214, "MPI_DOUBLE");
    CHECK_EQ(MPI_Request_toint(MPI_REQUEST_NULL), 0x180, "MPI_REQUEST_NULL");
    CHECK(MPI_Op_fromint(0x21) == MPI_SUM, "0x21 is not MPI_SUM");
    CHECK(MPI_Errhandler_fromint(0x143) == MPI_ERRORS_RETURN, "0x143 is not MPI_ERRORS_RETURN");
    MPI_Info_create(&info);
    const int number = MPI_Info_toint(info);
    CHECK(number > 4095, "%d is in the range of the predefined handles", number);
    CHECK(MPI_Info_fromint(number) == info, "the handle does not come back");
    MPI_Info_free(&info);
}

static void addresses(void)
{
    int numbers[10];
    MPI_Aint first = (MPI_Aint)&numbers[0], last = (MPI_Aint)&numbers[9];

    CHECK_EQ(MPI_Aint_diff(last, first), 9 * sizeof(int), "difference of addresses");
    CHECK_EQ(MPI_Aint_diff(first, last), -9 * (long long)sizeof(int), "negative difference");
    CHECK(MPI_Aint_add(first, 9 * (MPI_Aint)sizeof(int)) == last, "sum of address and offset");
    CHECK(MPI_Aint_add(last, MPI_Aint_diff(first, last)) == first, "there and back");
    CHECK(MPI_Aint_add(INTPTR_MAX, 1) == INTPTR_MIN, "addresses do not wrap");
}

static bool type_is_there(MPI_Datatype type)
{
    int size = 0;

    return MPI_Type_size(type, &size) == MPI_SUCCESS && size > 0 && size != MPI_UNDEFINED;
}

/* Until a Fortran layer says something else. */
static void fortran_is_gfortran(void)
{
    MPI_Info info;
    int t, f, is_set = -1;

    CHECK_EQ(MPI_Abi_get_fortran_info(&info), MPI_SUCCESS, "result");
    CHECK(info != MPI_INFO_NULL, "no Fortran types");
    check_key(info, "mpi_integer_size", "4");
    check_key(info, "mpi_logical_size", "4");
    check_key(info, "mpi_double_precision_size", "8");
    MPI_Info_free(&info);
    CHECK_EQ(MPI_Abi_get_fortran_booleans(4, &t, &f, &is_set), MPI_SUCCESS, "result");
    CHECK(is_set == 1 && t == 1 && f == 0, "Fortran booleans: %d, %d, %d", is_set, t, f);
}

/* What the library has a datatype for is supported. */
static void fortran_types_have_datatypes(void)
{
    MPI_Info info;

    MPI_Abi_get_fortran_info(&info);
    check_key(info, "mpi_integer16_supported", type_is_there(MPI_INTEGER16) ? "true" : "false");
    check_key(info, "mpi_logical16_supported", type_is_there(MPI_LOGICAL16) ? "true" : "false");
    check_key(info, "mpi_real2_supported", type_is_there(MPI_REAL2) ? "true" : "false");
    check_key(info, "mpi_real16_supported", type_is_there(MPI_REAL16) ? "true" : "false");
    check_key(info, "mpi_complex4_supported", type_is_there(MPI_COMPLEX4) ? "true" : "false");
    check_key(info, "mpi_complex32_supported", type_is_there(MPI_COMPLEX32) ? "true" : "false");
    MPI_Info_free(&info);
}

/* Each can be set once. */
static void fortran_is_told(void)
{
    int t = 1, f = -1, is_set = 0;
    MPI_Info info;

    MPI_Info_create(&info);
    MPI_Info_set(info, "mpi_integer_size", "4");
    CHECK_CLASS(MPI_Abi_set_fortran_info(MPI_INFO_NULL), MPI_ERR_INFO, "null handle");
    CHECK_CLASS(MPI_Abi_set_fortran_info(info), MPI_SUCCESS, "first time");
    MPI_Info_set(info, "mpi_integer_size", "8");
    CHECK_CLASS(MPI_Abi_set_fortran_info(info), MPI_ERR_ABI, "second time");
    MPI_Info_free(&info);
    MPI_Abi_get_fortran_info(&info);
    check_key(info, "mpi_integer_size", "4");
    MPI_Info_free(&info);

    CHECK_CLASS(MPI_Abi_set_fortran_booleans(3, &t, &f), MPI_ERR_ARG, "LOGICAL*3");
    CHECK_CLASS(MPI_Abi_set_fortran_booleans(4, &t, &f), MPI_SUCCESS, "first time");
    t = f = 7;
    CHECK_CLASS(MPI_Abi_set_fortran_booleans(4, &t, &f), MPI_ERR_ABI, "second time");
    MPI_Abi_get_fortran_booleans(4, &t, &f, &is_set);
    CHECK_EQ(is_set, 1, "is_set");
    CHECK_EQ(t, 1, ".true.");
    CHECK_EQ(f, -1, ".false.");
    CHECK_CLASS(MPI_Abi_get_fortran_booleans(5, &t, &f, &is_set), MPI_ERR_ARG, "LOGICAL*5");
}

int main(int argc, char **argv)
{
    version_and_sizes();
    handles_as_integers();
    addresses();
    fortran_is_gfortran();
    mt_start(&argc, &argv, 1);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    fortran_types_have_datatypes();
    fortran_is_told();
    MPI_Finalize();
    version_and_sizes();
    handles_as_integers();
    return 0;
}
