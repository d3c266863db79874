/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages within a rank while one of its threads sleeps in MPI: another one sends to it, or to
 * itself, and waits for that. No bell rings for such messages. The test list demands that nobody
 * needs the safety check of the sleeper to find them.
 */
#include <unistd.h>
#include "threads.h"

enum { ROUNDS = 12, LARGE = 300000, SHORT = 1, LONG = 2, OWN = 3 };

static unsigned char *out, *in;

static void sleeper(int round)
{
    MPI_Status status;
    int value = -1, count = -1;

    MPI_Recv(&value, 1, MPI_INT, mt_rank, SHORT, MPI_COMM_WORLD, &status);
    CHECK_EQ(value, round, "short message");
    MPI_Recv(in, LARGE, MPI_BYTE, mt_rank, LONG, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_BYTE, &count);
    CHECK_EQ(count, LARGE, "bytes of the long message");
    CHECK_FILLED(in, LARGE, round, "long message");
}

static void sender(int round)
{
    int value = -1;
    MPI_Request request;

    mt_fill(out, LARGE, round);
    MPI_Irecv(&value, 1, MPI_INT, mt_rank, OWN, MPI_COMM_WORLD, &request);
    usleep(20000); /* until the other one sleeps */
    MPI_Ssend(&round, 1, MPI_INT, mt_rank, OWN, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_EQ(value, round, "message to the same thread");
    usleep(20000);
    if (round % 2 == 0)
        MPI_Ssend(&round, 1, MPI_INT, mt_rank, SHORT, MPI_COMM_WORLD);
    else
        MPI_Send(&round, 1, MPI_INT, mt_rank, SHORT, MPI_COMM_WORLD);
    usleep(20000);
    MPI_Send(out, LARGE, MPI_BYTE, mt_rank, LONG, MPI_COMM_WORLD);
}

static void work(int number)
{
    for (int round = 0; round < ROUNDS; round++)
        if (number == 0)
            sender(round);
        else
            sleeper(round);
}

int main(int argc, char **argv)
{
    start_multiple(&argc, &argv, 1);
    out = mt_alloc(LARGE);
    in = mt_alloc(LARGE);
    run_team(2, work);
    free(out);
    free(in);
    return mt_end();
}
