/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compares mpi.h with the tables of the standard ABI: types and prototypes when compiled, values of
 * the constants when run. Needs the header only, not the library.
 */
#include <mpi.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Sizes are those of LP64, the only data model that the table describes. */
_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8 && sizeof(int) == 4, "LP64");

#define SAME_TYPE(expression, type) _Generic((expression), type : 1, default : 0)

/* The types, and the type of every constant */
#define ABI_TYPE(name, bytes) _Static_assert(sizeof(name) == (bytes), #name);
#define ABI_HANDLE(name, tag)                                                                      \
    struct tag;                                                                                    \
    _Static_assert(SAME_TYPE((name)0, struct tag *), #name);
#define ABI_ENUM(name, value)                                                                      \
    _Static_assert((name) == (value), #name);                                                      \
    _Static_assert(SAME_TYPE(name, int), #name);
#define ABI_MACRO(name, type, value)                                                               \
    _Static_assert((name) == (value), #name);                                                      \
    _Static_assert(SAME_TYPE(name, type), #name);
#define ABI_POINTER(name, type, value) _Static_assert(SAME_TYPE(name, type), #name);
#include "abi_constants.def"
#undef ABI_TYPE
#undef ABI_HANDLE
#undef ABI_ENUM
#undef ABI_MACRO
#undef ABI_POINTER

_Static_assert(offsetof(MPI_Status, MPI_SOURCE) == 0, "MPI_SOURCE");
_Static_assert(offsetof(MPI_Status, MPI_TAG) == 4, "MPI_TAG");
_Static_assert(offsetof(MPI_Status, MPI_ERROR) == 8, "MPI_ERROR");
_Static_assert(offsetof(MPI_Status, MPI_internal) == 12, "MPI_internal");
_Static_assert(sizeof(((MPI_Status *)0)->MPI_internal) == 20, "MPI_internal");
_Static_assert(_Alignof(MPI_Status) == 4, "MPI_Status");
_Static_assert(SAME_TYPE((MPI_Aint)0, intptr_t), "MPI_Aint");
_Static_assert(SAME_TYPE((MPI_Offset)0, int64_t), "MPI_Offset");
_Static_assert(SAME_TYPE((MPI_Count)0, int64_t), "MPI_Count");
_Static_assert(SAME_TYPE((MPI_Comm_errhandler_fn *)0, MPI_Comm_errhandler_function *), "_fn");
_Static_assert(SAME_TYPE((MPI_File_errhandler_fn *)0, MPI_File_errhandler_function *), "_fn");
_Static_assert(SAME_TYPE((MPI_Win_errhandler_fn *)0, MPI_Win_errhandler_function *), "_fn");
_Static_assert(SAME_TYPE((MPI_Session_errhandler_fn *)0, MPI_Session_errhandler_function *), "_fn");

/* Every function is there, under both names, with the type of the table. */
#define ABI_CALLBACK(returns, name, parameters)                                                    \
    typedef returns table_##name parameters;                                                       \
    _Static_assert(SAME_TYPE((name *)0, table_##name *), #name);
#define ABI_FUNCTION(returns, name, parameters)                                                    \
    _Static_assert(SAME_TYPE(&MPI_##name, returns(*) parameters), #name);                          \
    _Static_assert(SAME_TYPE(&PMPI_##name, returns(*) parameters), #name);
#include "abi_functions.def"
#undef ABI_CALLBACK
#undef ABI_FUNCTION

static int failures;

static void check_value(const char *name, long long value, long long expected)
{
    if (value == expected)
        return;
    printf("%s is %#llx, the ABI has %#llx\n", name, (unsigned long long)value,
           (unsigned long long)expected);
    failures++;
}

/* `expansion` is the constant's text after preprocessing: its own name, if it is no macro. */
static void check_macro(const char *name, const char *expansion)
{
    if (strcmp(name, expansion) != 0)
        return;
    printf("%s is not a macro\n", name);
    failures++;
}

static int check_constants(void)
{
    int count = 0;

#define TEXT(x)      #x
#define EXPANSION(x) TEXT(x)
#define ABI_TYPE(name, bytes)
#define ABI_HANDLE(name, tag)
#define ABI_ENUM(name, value) check_value(#name, name, value), count++;
#define ABI_MACRO(name, type, value)                                                               \
    check_value(#name, name, value), check_macro(#name, EXPANSION(name)), count++;
#define ABI_POINTER(name, type, value)                                                             \
    check_value(#name, (long long)(intptr_t)(name), value), check_macro(#name, EXPANSION(name)),   \
        count++;
#include "abi_constants.def"
    return count;
}

int main(void)
{
    int count = check_constants();

    printf("%d constants, %d differ from the ABI\n", count, failures);
    return failures != 0 || count == 0;
}
