/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The threads of rank 0 take messages of all other ranks from one stock: half of them by blocking
 * matching probes, the other half by ones that only ask. Every message arrives once, and those of a
 * sender with the same tag reach a single taker in order. Then each thread waits for a tag of its
 * own by MPI_Probe, and the tags come in reverse order.
 */
#include <unistd.h>
#include "threads.h"

enum { MESSAGES = 400, LARGEST = 50000, THREADS = 4, STOP = 7 };

static _Atomic int taken;
static _Atomic unsigned char seen[64][MESSAGES];

static int size_of(int serial)
{
    return serial % 40 == 39 ? LARGEST - serial : 4 + serial % 300;
}

/* Receives a probed message; false when it says that there are no more. */
static bool take(MPI_Message *message, const MPI_Status *probed, char *buffer, int *last)
{
    MPI_Status status;
    int size, serial;

    MPI_Get_count(probed, MPI_BYTE, &size);
    CHECK(size <= LARGEST, "message of %d bytes", size);
    MPI_Mrecv(buffer, size, MPI_BYTE, message, &status);
    CHECK_STATUS(&status, probed->MPI_SOURCE, probed->MPI_TAG, MPI_BYTE, size, "Mrecv");
    if (status.MPI_TAG == STOP)
        return false;
    memcpy(&serial, buffer, sizeof(serial));
    CHECK(serial >= 0 && serial < MESSAGES, "serial number %d", serial);
    CHECK_EQ(size, size_of(serial), "size of the message");
    CHECK_FILLED(buffer + 4, (size_t)size - 4, (unsigned)serial, "message");
    CHECK_EQ(seen[status.MPI_SOURCE % 64][serial]++, 0, "times the message had arrived before");
    CHECK(serial > last[status.MPI_SOURCE], "message %d after %d", serial, last[status.MPI_SOURCE]);
    last[status.MPI_SOURCE] = serial;
    taken++;
    return true;
}

static void find(int number, MPI_Message *message, MPI_Status *status)
{
    int flag = 0;

    if (number % 2 == 0) {
        MPI_Mprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, message, status);
        return;
    }
    while (!flag)
        MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, message, status);
}

static void take_stock(int number)
{
    char *buffer = mt_alloc(LARGEST);
    int *last = mt_alloc(sizeof(int) * (size_t)mt_size);
    MPI_Message message;
    MPI_Status status;

    for (int i = 0; i < mt_size; i++)
        last[i] = -1;
    do
        find(number, &message, &status);
    while (take(&message, &status, buffer, last));
    CHECK(message == MPI_MESSAGE_NULL, "the message handle is left");
    free(buffer);
    free(last);
}

static void send_stock(void)
{
    char *buffer = mt_alloc(LARGEST);

    for (int serial = 0; serial < MESSAGES; serial++) {
        memcpy(buffer, &serial, sizeof(serial));
        mt_fill(buffer + 4, (size_t)size_of(serial) - 4, (unsigned)serial);
        MPI_Send(buffer, size_of(serial), MPI_BYTE, 0, serial % 3, MPI_COMM_WORLD);
    }
    free(buffer);
}

static void await_own_tag(int number)
{
    MPI_Status status;
    int value = -1;

    MPI_Probe(1, 100 + number, MPI_COMM_WORLD, &status);
    CHECK_STATUS(&status, 1, 100 + number, MPI_INT, 1, "Probe");
    MPI_Recv(&value, 1, MPI_INT, 1, 100 + number, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_EQ(value, number, "value");
}

int main(int argc, char **argv)
{
    start_multiple(&argc, &argv, 2);
    if (mt_rank == 0)
        run_team(THREADS, take_stock);
    else
        send_stock();
    if (mt_rank == 1) {
        /* The takers stop when everything has been taken: the stops are sent after all others. */
        for (int i = 2; i < mt_size; i++)
            MPI_Recv(NULL, 0, MPI_BYTE, i, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < THREADS; i++)
            MPI_Send(NULL, 0, MPI_BYTE, 0, STOP, MPI_COMM_WORLD);
    } else if (mt_rank != 0) {
        MPI_Send(NULL, 0, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0)
        run_team(THREADS, await_own_tag);
    for (int i = THREADS - 1; mt_rank == 1 && i >= 0; i--) {
        usleep(2000);
        MPI_Send(&i, 1, MPI_INT, 0, 100 + i, MPI_COMM_WORLD);
    }
    if (mt_rank == 0)
        CHECK_EQ(taken, (mt_size - 1) * MESSAGES, "number of messages taken");
    return mt_end();
}
