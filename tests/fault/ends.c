/* SPDX-License-Identifier: BSD-3-Clause */
/* An MPI program that ends in the way that its argument names; see mpi_ends.sh. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int rank;

/* What the other ranks do meanwhile: wait for a message that never comes. */
static void wait_for_ever(void)
{
    int data;
    MPI_Recv(&data, 1, MPI_INT, MPI_ANY_SOURCE, 99, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static int end_inside(const char *how, int code)
{
    if (rank != 1)
        wait_for_ever();
    if (strcmp(how, "exit") == 0)
        exit(code);
    if (strcmp(how, "abort") == 0)
        MPI_Abort(MPI_COMM_WORLD, code);
    if (strcmp(how, "kill") == 0)
        kill(getpid(), code);
    wait_for_ever();
    return 99;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "good";
    int code = argc > 2 ? atoi(argv[2]) : 0;
    const char *number = getenv("TOCSIN_RANK");

    if (strcmp(how, "no-init") == 0 && number != NULL && strcmp(number, "1") == 0)
        return code;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (strcmp(how, "good") != 0 && strcmp(how, "late") != 0)
        return end_inside(how, code);
    MPI_Finalize();
    return strcmp(how, "late") == 0 && rank == 1 ? code : 0;
}
