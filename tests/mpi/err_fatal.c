/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors under MPI_ERRORS_ARE_FATAL, the default: the job must end with a message that names what
 * was wrong, although the other ranks wait for ever. The argument chooses the error; the test list
 * says which message is due.
 */
#include "mpitest.h"

int main(int argc, char **argv)
{
    int value[2] = {0, 0};

    mt_start(&argc, &argv, 1);

    const char *what = argc > 1 ? argv[1] : "";

    if (mt_rank != mt_size - 1) {
        /* Nobody sends this: only the end of the job ends it. */
        MPI_Recv(value, 1, MPI_INT, mt_size - 1, 99, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        FAIL("a message came that nobody sent");
    }
    if (!strcmp(what, "rank")) {
        MPI_Send(value, 1, MPI_INT, 1234, 0, MPI_COMM_WORLD);
    } else if (!strcmp(what, "tag")) {
        MPI_Send(value, 1, MPI_INT, 0, -1234, MPI_COMM_WORLD);
    } else if (!strcmp(what, "count")) {
        MPI_Send(value, -1234, MPI_INT, 0, 0, MPI_COMM_WORLD);
    } else if (!strcmp(what, "buffer")) {
        MPI_Send(NULL, 1, MPI_INT, 0, 0, MPI_COMM_WORLD);
    } else if (!strcmp(what, "comm")) {
        MPI_Send(value, 1, MPI_INT, 0, 0, MPI_COMM_NULL);
    } else if (!strcmp(what, "truncate")) {
        MPI_Request request;

        MPI_Isend(value, 2, MPI_INT, mt_rank, 0, MPI_COMM_WORLD, &request);
        MPI_Recv(value, 1, MPI_INT, mt_rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    } else if (!strcmp(what, "waitall") || !strcmp(what, "testsome")) {
        MPI_Request requests[4];
        MPI_Status statuses[4];
        int done, indices[4];

        MPI_Isend(value, 1, MPI_INT, mt_rank, 0, MPI_COMM_WORLD, &requests[0]);
        MPI_Isend(value, 2, MPI_INT, mt_rank, 1, MPI_COMM_WORLD, &requests[1]);
        MPI_Irecv(value, 1, MPI_INT, mt_rank, 0, MPI_COMM_WORLD, &requests[2]);
        MPI_Irecv(value, 1, MPI_INT, mt_rank, 1, MPI_COMM_WORLD, &requests[3]);
        if (!strcmp(what, "waitall"))
            MPI_Waitall(4, requests, statuses);
        else
            for (int i = 0; i < 1000; i++)
                MPI_Testsome(4, requests, &done, indices, MPI_STATUSES_IGNORE);
    } else {
        FAIL("no such error: \"%s\"", what);
    }
    /* Only the launcher may decide how this ends: a success here must not look like the error. */
    fprintf(stderr, "the error \"%s\" was not fatal\n", what);
    MPI_Finalize();
    return 0;
}
