/* SPDX-License-Identifier: BSD-3-Clause */
/* Which error handler MPI_COMM_WORLD, MPI_COMM_SELF and a child of the first begin with. */
#include <mpi.h>
#include <stdio.h>

static const char *name(MPI_Comm comm)
{
    MPI_Errhandler handler;

    MPI_Comm_get_errhandler(comm, &handler);
    const char *text = handler == MPI_ERRORS_RETURN      ? "return"
                       : handler == MPI_ERRORS_ABORT     ? "abort"
                       : handler == MPI_ERRORS_ARE_FATAL ? "fatal"
                                                         : "?";
    MPI_Errhandler_free(&handler);
    return text;
}

int main(int argc, char **argv)
{
    MPI_Comm child;

    MPI_Init(&argc, &argv);
    MPI_Comm_dup(MPI_COMM_WORLD, &child);
    printf("%s %s %s\n", name(MPI_COMM_WORLD), name(MPI_COMM_SELF), name(child));
    fflush(stdout);
    MPI_Comm_free(&child);
    if (argc > 1 && MPI_Send(NULL, -1, MPI_INT, 0, 0, MPI_COMM_WORLD) != MPI_SUCCESS)
        printf("survived\n");
    MPI_Finalize();
    return 0;
}
