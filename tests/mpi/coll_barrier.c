/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Barrier: nobody leaves before the last one has come. All ranks read the same clock: the
 * latest arrival must be before every departure. Also thousands in a row, with traffic in between,
 * and on several communicators.
 */
#include "mpitest.h"

/* Collect a double of every rank in rank 0 by plain messages, and check there. */
static void check_times(double arrival, double departure, int round)
{
    double latest = arrival;

    if (mt_rank != 0) {
        const double times[2] = {arrival, departure};

        MPI_Send(times, 2, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD);
        return;
    }

    double earliest = departure;

    for (int i = 1; i < mt_size; i++) {
        double times[2];

        MPI_Recv(times, 2, MPI_DOUBLE, i, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        latest = times[0] > latest ? times[0] : latest;
        earliest = times[1] < earliest ? times[1] : earliest;
    }
    CHECK(earliest >= latest, "round %d: a rank left the barrier %g s before another came", round,
          latest - earliest);
}

static void one_late(MPI_Comm comm)
{
    for (int round = 0; round < 3 * mt_size; round++) {
        if (round % mt_size == mt_rank)
            mt_compute(0.002);

        const double arrival = mt_now();

        MPI_Barrier(comm);
        check_times(arrival, mt_now(), round);
    }
}

/* Messages before a barrier are received after it, and do not confuse it. */
static void with_traffic(void)
{
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;

    for (int round = 0; round < 200; round++) {
        const int value = round * 100 + mt_rank;
        int got = -1;
        MPI_Request request;

        MPI_Isend(&value, 1, MPI_INT, to, 0, MPI_COMM_WORLD, &request);
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Recv(&got, 1, MPI_INT, from, MPI_ANY_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_EQ(got, round * 100 + from, "message across a barrier");
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
}

int main(int argc, char **argv)
{
    MPI_Comm dup;

    mt_start(&argc, &argv, 1);
    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    one_late(MPI_COMM_WORLD);
    one_late(dup);
    with_traffic();
    for (int i = 0; i < (mt_size > 2 ? 200 : 2000); i++) {
        MPI_Barrier(i % 3 ? MPI_COMM_WORLD : dup);
        MPI_Barrier(MPI_COMM_SELF);
    }
    MPI_Comm_free(&dup);
    return mt_end();
}
