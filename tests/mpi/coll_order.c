/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Collectives of different kinds, blocking, non-blocking and persistent, started in a different
 * order on each rank. That is erroneous (MPI 5.0, section 6.12), but programs do it, and other
 * libraries let it pass: the kinds do not share tags.
 */
#include "mpitest.h"

static int value, sum;

static void check_sum(const char *what)
{
    CHECK_EQ(sum, mt_size * (mt_size + 1) / 2, what);
    sum = 0;
}

static void check_nonblocking(bool first)
{
    MPI_Request request;

    if (!first)
        MPI_Barrier(MPI_COMM_WORLD);
    MPI_Iallreduce(&value, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, &request);
    if (first)
        MPI_Barrier(MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check_sum("MPI_Iallreduce beside MPI_Barrier");
}

static void check_idup(bool first)
{
    MPI_Comm made;
    MPI_Request request;

    if (!first)
        MPI_Allreduce(&value, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Comm_idup(MPI_COMM_WORLD, &made, &request);
    if (first)
        MPI_Allreduce(&value, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check_sum("MPI_Allreduce beside MPI_Comm_idup");
    MPI_Comm_free(&made);
}

static void check_persistent(bool first)
{
    MPI_Request request;

    MPI_Allreduce_init(&value, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
    if (!first)
        MPI_Barrier(MPI_COMM_WORLD);
    MPI_Start(&request);
    if (first)
        MPI_Barrier(MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check_sum("MPI_Allreduce_init beside MPI_Barrier");
    MPI_Request_free(&request);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    value = mt_rank + 1;
    for (int root = 0; root < mt_size; root++) {
        check_nonblocking(mt_rank == root);
        check_idup(mt_rank == root);
        check_persistent(mt_rank == root);
    }
    return mt_end();
}
