/* SPDX-License-Identifier: BSD-3-Clause */
/* User interrupts that get lost on their way (UINTR_EMU_LOSE of the emulator): a sender that waits
 * strikes again. The receiver computes, without MPI calls, until it sees the data arrive. */
#include "mpitest.h"

#include <stdatomic.h>

enum { MESSAGES = 12, BYTES = 1 << 20, PATIENCE_S = 30 };

static void receive(unsigned char *buffer, int i)
{
    _Atomic unsigned char *last = (_Atomic unsigned char *)&buffer[BYTES - 1];
    MPI_Request request;
    double end;

    memset(buffer, 0, BYTES);
    MPI_Irecv(buffer, BYTES, MPI_BYTE, 0, i, MPI_COMM_WORLD, &request);
    MPI_Send(NULL, 0, MPI_BYTE, 0, i, MPI_COMM_WORLD);
    end = MPI_Wtime() + PATIENCE_S;
    while (atomic_load(last) == 0)
        CHECK(MPI_Wtime() < end, "message %d does not arrive while this rank computes", i);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_FILLED(buffer, BYTES - 1, (unsigned)i, "message");
}

static void send(unsigned char *buffer, int i)
{
    mt_fill(buffer, BYTES, (unsigned)i);
    buffer[BYTES - 1] = 1;
    MPI_Recv(NULL, 0, MPI_BYTE, 1, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    mt_compute(0.002); /* so that the receiver computes as well */
    MPI_Send(buffer, BYTES, MPI_BYTE, 1, i, MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    unsigned char *buffer = mt_alloc(BYTES);

    if (getenv("TOCSIN_EMULATE_UINTR") == NULL) {
        fprintf(stderr, "only emulated interrupts get lost when they are told to\n");
        return MT_SKIP;
    }
    mt_start(&argc, &argv, 2);
    for (int i = 0; i < MESSAGES; i++) {
        if (mt_rank == 0)
            send(buffer, i);
        else if (mt_rank == 1)
            receive(buffer, i);
    }
    free(buffer);
    return mt_end();
}
