/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread that is blocked in MPI moves what others have started: the first thread posts a large
 * receive, computes and never calls MPI until the data is there, while a second thread waits for a
 * message that comes last. With any notifier, also with poll. And the other way round: the second
 * thread leaves MPI with its message, and the first one, asleep in a receive, gets its own later.
 * Last, nobody is in MPI: one thread has posted a large receive, both compute, and the data comes
 * by interrupt (not with poll).
 */
#include <unistd.h>
#include "threads.h"

enum { BYTES = 3000000, LARGE = 1, LAST = 2 };

static unsigned char *data;

static void be_blocked(int number)
{
    int value = -1;

    if (number == 0) {
        MPI_Request request;
        const double limit = mt_now() + 30;

        MPI_Irecv(data, BYTES, MPI_BYTE, 1, LARGE, MPI_COMM_WORLD, &request);
        while (((volatile unsigned char *)data)[BYTES - 1] != mt_byte(5, BYTES - 1))
            CHECK(mt_now() < limit, "the message does not arrive while a thread is blocked in MPI");
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK_FILLED(data, BYTES, 5, "large message");
        MPI_Send(NULL, 0, MPI_BYTE, 1, LAST, MPI_COMM_WORLD);
        return;
    }
    MPI_Recv(&value, 1, MPI_INT, 1, LAST, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_EQ(value, 99, "last message");
}

static void take_over(int number)
{
    int value = -1;

    if (number == 0)
        usleep(20000); /* the other one is the first to wait */
    MPI_Recv(&value, 1, MPI_INT, 1, number == 0 ? LAST : LARGE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_EQ(value, number, "value");
}

static _Atomic int there;

static void compute(int number)
{
    const double limit = mt_now() + 30;
    MPI_Request request;

    if (number == 0) {
        while (!there)
            CHECK(mt_now() < limit, "the message does not arrive while all threads compute");
        return;
    }
    MPI_Irecv(data, BYTES, MPI_BYTE, 1, LARGE, MPI_COMM_WORLD, &request);
    MPI_Send(NULL, 0, MPI_BYTE, 1, LAST, MPI_COMM_WORLD);
    while (((volatile unsigned char *)data)[BYTES - 1] != mt_byte(6, BYTES - 1))
        CHECK(mt_now() < limit, "the message does not arrive while all threads compute");
    there = 1;
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_FILLED(data, BYTES, 6, "message that came while all computed");
}

static void interrupted(void)
{
    if (mt_rank == 0) {
        memset(data, 0, BYTES);
        run_team(2, compute);
    } else if (mt_rank == 1) {
        mt_fill(data, BYTES, 6);
        MPI_Recv(NULL, 0, MPI_BYTE, 0, LAST, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(data, BYTES, MPI_BYTE, 0, LARGE, MPI_COMM_WORLD);
    }
}

int main(int argc, char **argv)
{
    const int first = 0, second = 1, last = 99;

    start_multiple(&argc, &argv, 2);
    data = mt_alloc(BYTES);
    memset(data, 0, BYTES);
    if (mt_rank == 0) {
        run_team(2, be_blocked);
        MPI_Barrier(MPI_COMM_WORLD);
        run_team(2, take_over);
    } else if (mt_rank == 1) {
        usleep(20000);
        mt_fill(data, BYTES, 5);
        MPI_Send(data, BYTES, MPI_BYTE, 0, LARGE, MPI_COMM_WORLD);
        MPI_Recv(NULL, 0, MPI_BYTE, 0, LAST, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(&last, 1, MPI_INT, 0, LAST, MPI_COMM_WORLD);
        MPI_Barrier(MPI_COMM_WORLD);
        usleep(60000);
        MPI_Send(&second, 1, MPI_INT, 0, LARGE, MPI_COMM_WORLD);
        usleep(60000);
        MPI_Send(&first, 1, MPI_INT, 0, LAST, MPI_COMM_WORLD);
    } else {
        MPI_Barrier(MPI_COMM_WORLD);
    }
    if (mt_progresses_alone())
        interrupted();
    free(data);
    return mt_end();
}
