/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error classes, codes and strings that the program adds and removes (MPI 5.0, section 9.5): a
 * class that a code still has, and a class or code that still has a string, stay; what has been
 * removed can be given out again, as often as the program likes.
 */
#include "mpitest.h"

static void check_stays(void)
{
    int class, code, found;

    MPI_Add_error_class(&class);
    MPI_Add_error_code(class, &code);
    CHECK(MPI_Remove_error_class(class) != MPI_SUCCESS, "a class went that a code has");
    MPI_Add_error_string(code, "text");
    CHECK(MPI_Remove_error_code(code) != MPI_SUCCESS, "a code went that has a string");
    MPI_Error_class(code, &found);
    CHECK_EQ(found, class, "class of the code that stayed");
    MPI_Remove_error_string(code);
    CHECK_CLASS(MPI_Remove_error_code(code), MPI_SUCCESS, "a code without a string");
    MPI_Add_error_string(class, "text");
    CHECK(MPI_Remove_error_class(class) != MPI_SUCCESS, "a class went that has a string");
    MPI_Remove_error_string(class);
    CHECK_CLASS(MPI_Remove_error_class(class), MPI_SUCCESS, "a class without codes and string");
    CHECK(MPI_Remove_error_class(class) != MPI_SUCCESS, "a class went twice");
    CHECK(MPI_Remove_error_class(MPI_ERR_RANK) != MPI_SUCCESS, "a predefined class went");
}

static void check_predefined_class(void)
{
    int code;

    MPI_Add_error_code(MPI_ERR_RANK, &code);
    CHECK_CLASS(code, MPI_ERR_RANK, "a code of a predefined class");
    CHECK_CLASS(MPI_Remove_error_code(code), MPI_SUCCESS, "a code of a predefined class");
}

static void check_used_again(void)
{
    int class, code, length, flag, *last;
    char text[MPI_MAX_ERROR_STRING];

    for (int i = 0; i < 10000; i++) {
        CHECK(MPI_Add_error_class(&class) == MPI_SUCCESS, "round %d: no class", i);
        CHECK(MPI_Add_error_code(class, &code) == MPI_SUCCESS, "round %d: no code", i);
        MPI_Error_string(code, text, &length);
        CHECK(length == 0, "round %d: a new code has the string \"%s\"", i, text);
        MPI_Add_error_string(code, "again");
        MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_LASTUSEDCODE, &last, &flag);
        CHECK(flag && *last >= code && *last >= class, "MPI_LASTUSEDCODE is %d, below %d", *last,
              code);
        MPI_Remove_error_string(code);
        MPI_Remove_error_code(code);
        MPI_Remove_error_class(class);
    }
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    check_stays();
    check_predefined_class();
    check_used_again();
    return mt_end();
}
