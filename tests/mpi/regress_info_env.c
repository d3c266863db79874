/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Info_create_env says how the program was started: the same before MPI_Init, while MPI is
 * active and after MPI_Finalize. In particular thread_level is what was asked for before the start
 * of the program (section 11.3), not what the program asks MPI_Init_thread for.
 */
#include "mpitest.h"

#if MPI_VERSION >= 4
static void check_same(MPI_Info first, MPI_Info second, const char *when)
{
    const char *const keys[] = {"command", "argv", "maxprocs", "soft",        "host",
                                "arch",    "wdir", "file",     "thread_level"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        char value[2][MPI_MAX_INFO_VAL] = {"", ""};
        int flag[2], length[2] = {MPI_MAX_INFO_VAL, MPI_MAX_INFO_VAL};

        MPI_Info_get_string(first, keys[i], &length[0], value[0], &flag[0]);
        MPI_Info_get_string(second, keys[i], &length[1], value[1], &flag[1]);
        CHECK(!flag[0] == !flag[1], "%s: key %s was%s there before", when, keys[i],
              flag[0] ? "" : " not");
        CHECK(!flag[0] || !strcmp(value[0], value[1]), "%s: %s is '%s', was '%s'", when, keys[i],
              value[1], value[0]);
    }
}

int main(int argc, char **argv)
{
    MPI_Info before, later;
    int provided;

    MPI_Info_create_env(argc, argv, &before);
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &mt_rank);
    MPI_Info_create_env(argc, argv, &later);
    check_same(before, later, "after MPI_Init_thread");
    MPI_Info_free(&later);
    if (mt_is_tocsin())
        check_same(before, MPI_INFO_ENV, "MPI_INFO_ENV");
    MPI_Finalize();
    MPI_Info_create_env(argc, argv, &later);
    check_same(before, later, "after MPI_Finalize");
    MPI_Info_free(&later);
    MPI_Info_free(&before);
    return 0;
}
#else
int main(void)
{
    return MT_SKIP;
}
#endif
