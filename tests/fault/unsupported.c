/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that do nothing yet, called by programs that look at no result. See unsupported.sh. */
#include <mpi.h>
#include <stdio.h>
#include <string.h>

static int tool_numbers(void)
{
    int provided = -1, numbers[5] = {-1, -1, -1, -1, -1}, bad = 0;

    MPI_T_cvar_get_num(&numbers[0]); /* not started yet: an error, but no garbage */
    bad |= numbers[0] != 0;
    bad |= MPI_T_finalize() == MPI_SUCCESS;
    bad |= MPI_T_init_thread(MPI_THREAD_SINGLE, &provided) != MPI_SUCCESS || provided < 0;
    bad |= MPI_T_cvar_get_num(&numbers[0]) != MPI_SUCCESS;
    bad |= MPI_T_pvar_get_num(&numbers[1]) != MPI_SUCCESS;
    bad |= MPI_T_category_get_num(&numbers[2]) != MPI_SUCCESS;
    bad |= MPI_T_event_get_num(&numbers[3]) != MPI_SUCCESS;
    bad |= MPI_T_source_get_num(&numbers[4]) != MPI_SUCCESS;
    for (int i = 0; i < 5; i++)
        bad |= numbers[i] != 0;
    return bad | (MPI_T_finalize() != MPI_SUCCESS);
}

static int hardware(void)
{
    MPI_Info info = MPI_INFO_NULL;
    int keys = -1, code = MPI_Get_hw_resource_info(&info);

    if (code == MPI_SUCCESS) {
        MPI_Info_get_nkeys(info, &keys);
        MPI_Info_free(&info);
    }
    return keys < 0;
}

static int session(MPI_Errhandler errhandler)
{
    MPI_Session unused;
    int class = -1;

    MPI_Error_class(MPI_Session_init(MPI_INFO_NULL, errhandler, &unused), &class);
    return class != MPI_ERR_UNSUPPORTED_OPERATION;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    MPI_File file;
    MPI_Win window;
    int value = 0, bad = 0;

    if (strcmp(what, "session") == 0)
        bad = session(MPI_ERRORS_RETURN);
    else if (strcmp(what, "session-fatal") == 0)
        bad = session(MPI_ERRORS_ARE_FATAL);
    bad |= tool_numbers();
    MPI_Init(&argc, &argv);
    bad |= tool_numbers() | hardware();
    if (strcmp(what, "file") == 0) {
        for (int i = 0; i < 3; i++)
            MPI_File_open(MPI_COMM_WORLD, "out", MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL,
                          &file);
    } else if (strcmp(what, "window") == 0) {
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Win_create(&value, sizeof(value), 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
    } else if (strcmp(what, "session-late") == 0) {
        MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
        bad |= session(argc > 2 ? MPI_ERRORS_ABORT : MPI_ERRORS_ARE_FATAL);
    } else if (strcmp(what, "window-fatal") == 0) {
        MPI_Win_create(&value, sizeof(value), 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
    }
    MPI_Finalize();
    bad |= tool_numbers();
    return bad ? 1 : argc > 2 ? 7 : 0;
}
