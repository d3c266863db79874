/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of search_order.c's program that calls MPI: in the program, in a shared library of it,
 * or loaded by it. Rank 0 receives a message that interrupts it while the program sleeps. */
#include <mpi.h>
#include <stdlib.h>

enum { COUNT = 65536, TAG = 5 };

static int *data;
static MPI_Request request = MPI_REQUEST_NULL;
static int rank, size;

/** Starts MPI, and the message from rank 1 to rank 0. */
void search_order_begin(void)
{
    MPI_Init(NULL, NULL);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    data = calloc(COUNT, sizeof(*data));
    if (size < 2)
        return;
    if (rank == 0) {
        /* Any source: the sender cannot know the buffer, it has to interrupt. */
        MPI_Irecv(data, COUNT, MPI_INT, MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &request);
        MPI_Send(NULL, 0, MPI_INT, 1, TAG, MPI_COMM_WORLD);
    } else if (rank == 1) {
        for (int i = 0; i < COUNT; i++)
            data[i] = i ^ 0x5a5a;
        MPI_Recv(NULL, 0, MPI_INT, 0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Ssend(data, COUNT, MPI_INT, 0, TAG, MPI_COMM_WORLD);
    }
}

/** Ends it. 0 if the message was right. */
int search_order_end(void)
{
    int wrong = 0;

    MPI_Wait(&request, MPI_STATUS_IGNORE);
    for (int i = 0; rank == 0 && size > 1 && i < COUNT; i++)
        wrong |= data[i] != (i ^ 0x5a5a);
    free(data);
    MPI_Finalize();
    return wrong;
}
