/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mpi.h in C++: the names that functions with MPI arguments are mangled to, the types of some
 * prototypes, C linkage. Needs the header only, not the library.
 */
#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <typeinfo>

#define SAME(a, b) static_assert(std::is_same<a, b>::value, #a)

SAME(decltype(&MPI_Send), int (*)(const void *, int, MPI_Datatype, int, int, MPI_Comm));
SAME(decltype(&MPI_Recv), int (*)(void *, int, MPI_Datatype, int, int, MPI_Comm, MPI_Status *));
SAME(decltype(&PMPI_Isend),
     int (*)(const void *, int, MPI_Datatype, int, int, MPI_Comm, MPI_Request *));
SAME(decltype(&MPI_Send_c), int (*)(const void *, MPI_Count, MPI_Datatype, int, int, MPI_Comm));
SAME(decltype(&MPI_Waitall), int (*)(int, MPI_Request *, MPI_Status *));
SAME(decltype(&MPI_Init), int (*)(int *, char ***));
SAME(decltype(&MPI_Wtime), double (*)());
SAME(decltype(&MPI_Pcontrol), int (*)(const int, ...));
SAME(decltype(&MPI_Aint_add), MPI_Aint (*)(MPI_Aint, MPI_Aint));
SAME(decltype(&MPI_Comm_fromint), MPI_Comm (*)(int));
SAME(decltype(&MPI_Group_range_incl), int (*)(MPI_Group, int, int (*)[3], MPI_Group *));
SAME(decltype(&MPI_Op_create), int (*)(MPI_User_function *, int, MPI_Op *));
SAME(decltype(MPI_Comm_c2f(MPI_COMM_WORLD)), MPI_Fint);

/* Constants are plain integers for deduction, too. */
static int deduced(int n)
{
    auto code = MPI_SUCCESS;
    SAME(decltype(code), int);
    MPI_Grequest_free_function *released = [](void *) { return MPI_SUCCESS; };
    return std::max(n, MPI_ERR_LASTCODE) + (n > 0 ? n : MPI_UNDEFINED) + released(nullptr);
}

/* Overloads on the handles must be possible: no two are the same type. */
template <typename T> struct mangled;
#define HANDLE(name, text)                                                                         \
    template <> struct mangled<name> {                                                             \
        static const char *expected()                                                              \
        {                                                                                          \
            return text;                                                                           \
        }                                                                                          \
    }
HANDLE(MPI_Op, "P10MPI_ABI_Op");
HANDLE(MPI_Comm, "P12MPI_ABI_Comm");
HANDLE(MPI_Group, "P13MPI_ABI_Group");
HANDLE(MPI_Win, "P11MPI_ABI_Win");
HANDLE(MPI_File, "P12MPI_ABI_File");
HANDLE(MPI_Session, "P15MPI_ABI_Session");
HANDLE(MPI_Message, "P15MPI_ABI_Message");
HANDLE(MPI_Info, "P12MPI_ABI_Info");
HANDLE(MPI_Errhandler, "P18MPI_ABI_Errhandler");
HANDLE(MPI_Request, "P15MPI_ABI_Request");
HANDLE(MPI_Datatype, "P16MPI_ABI_Datatype");
HANDLE(MPI_T_enum, "P14MPI_ABI_T_enum");
HANDLE(MPI_T_cvar_handle, "P21MPI_ABI_T_cvar_handle");
HANDLE(MPI_T_pvar_handle, "P21MPI_ABI_T_pvar_handle");
HANDLE(MPI_T_pvar_session, "P22MPI_ABI_T_pvar_session");
HANDLE(MPI_T_event_registration, "P28MPI_ABI_T_event_registration");
HANDLE(MPI_T_event_instance, "P24MPI_ABI_T_event_instance");
HANDLE(MPI_Status, "10MPI_Status");
HANDLE(MPI_T_cb_safety, "15MPI_T_cb_safety");
HANDLE(MPI_T_source_order, "18MPI_T_source_order");

template <typename T> static int check_mangled()
{
    if (std::strcmp(typeid(T).name(), mangled<T>::expected()) == 0)
        return 0;
    std::printf("%s, the ABI has %s\n", typeid(T).name(), mangled<T>::expected());
    return 1;
}

template <typename... T> static int check_all()
{
    int failures = 0;
    const int each[] = {check_mangled<T>()...};

    for (int one : each)
        failures += one;
    return failures;
}

/* Does not compile if the header declares them with C++ linkage. */
extern "C" int MPI_Barrier(MPI_Comm);
extern "C" int PMPI_Barrier(MPI_Comm);

int main()
{
    if (deduced(1) != MPI_ERR_LASTCODE + 1)
        return 1;
    int failures = check_all<MPI_Op, MPI_Comm, MPI_Group, MPI_Win, MPI_File, MPI_Session,
                             MPI_Message, MPI_Info, MPI_Errhandler, MPI_Request, MPI_Datatype,
                             MPI_T_enum, MPI_T_cvar_handle, MPI_T_pvar_handle, MPI_T_pvar_session,
                             MPI_T_event_registration, MPI_T_event_instance, MPI_Status,
                             MPI_T_cb_safety, MPI_T_source_order>();

    return failures != 0;
}
