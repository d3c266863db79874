/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Buffers of communicators, automatic buffers, flushing (MPI 4.1).
 */
#include "mpitest.h"

enum { LONG = 100000 };

static int next_rank, previous_rank;
static char *data;

static void receive(MPI_Comm comm, int tag, unsigned seed)
{
    MPI_Recv(data, LONG, MPI_BYTE, previous_rank, tag, comm, MPI_STATUS_IGNORE);
    CHECK_FILLED(data, LONG, seed, "buffered message");
}

static void send(MPI_Comm comm, int tag, unsigned seed)
{
    mt_fill(data, LONG, seed);
    MPI_Bsend(data, LONG, MPI_BYTE, next_rank, tag, comm);
}

/* As much as anybody likes. */
static void automatic(void)
{
    void *detached = NULL;
    MPI_Count size;

    MPI_Buffer_attach_c(MPI_BUFFER_AUTOMATIC, 0);
    for (unsigned i = 0; i < 40; i++)
        send(MPI_COMM_WORLD, 1, i);
    MPI_Barrier(MPI_COMM_WORLD);
    for (unsigned i = 0; i < 40; i++)
        receive(MPI_COMM_WORLD, 1, i);
    MPI_Buffer_detach_c(&detached, &size);
    CHECK(detached == MPI_BUFFER_AUTOMATIC, "detach of an automatic buffer returned another one");
}

/* A communicator's own buffer is used instead of the process's, in both directions. */
static void own_buffer(void)
{
    const int room = LONG + MPI_BSEND_OVERHEAD;
    char *small = mt_alloc((size_t)room);
    void *detached;
    int size;
    MPI_Comm own;

    MPI_Comm_dup(MPI_COMM_WORLD, &own);
    MPI_Comm_set_errhandler(own, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_attach_buffer(own, small, room);
    CHECK_CLASS(MPI_Comm_attach_buffer(own, small, room), MPI_ERR_BUFFER, "second buffer");
    /* None for the others. */
    mt_fill(data, LONG, 1);
    CHECK_CLASS(MPI_Bsend(data, 1, MPI_BYTE, next_rank, 2, MPI_COMM_WORLD), MPI_ERR_BUFFER,
                "send through a buffer of another communicator");
    MPI_Comm_flush_buffer(MPI_COMM_WORLD);
    MPI_Buffer_attach(MPI_BUFFER_AUTOMATIC, 0);
    send(own, 2, 1);
    CHECK_CLASS(MPI_Bsend(data, LONG, MPI_BYTE, next_rank, 2, own), MPI_ERR_BUFFER,
                "own buffer is full, the process's is not");
    send(MPI_COMM_WORLD, 2, 2);
    MPI_Barrier(MPI_COMM_WORLD);
    receive(own, 2, 1);
    receive(MPI_COMM_WORLD, 2, 2);
    MPI_Buffer_detach(&detached, &size);
    MPI_Comm_detach_buffer(own, &detached, &size);
    CHECK(detached == small, "detach returned another buffer");
    CHECK_EQ(size, room, "size of the detached buffer");
    MPI_Comm_detach_buffer(own, &detached, &size);
    CHECK(detached == NULL && size == 0, "second detach returned a buffer");
    CHECK_CLASS(MPI_Comm_attach_buffer(MPI_COMM_NULL, small, room), MPI_ERR_COMM,
                "buffer for the null communicator");
    /* MPI_Comm_free with a buffer that is not empty */
    MPI_Comm_attach_buffer_c(own, small, room);
    mt_fill(data, LONG, 3);
    MPI_Bsend(data, LONG, MPI_BYTE, mt_rank, 3, own);
    MPI_Request request;
    char *again = mt_alloc(LONG);
    MPI_Irecv(again, LONG, MPI_BYTE, mt_rank, 3, own, &request);
    MPI_Comm_free(&own);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_FILLED(again, LONG, 3, "message of a freed communicator");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
    free(again);
    free(small);
}

/* MPI_Comm_disconnect waits for what is in the process's buffer. */
static void disconnect(void)
{
    void *detached;
    int size;
    MPI_Comm comm;

    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    MPI_Buffer_attach(MPI_BUFFER_AUTOMATIC, 0);
    send(comm, 7, 5);
    mt_compute(mt_rank % 2 * 0.01); /* even ranks are in MPI_Comm_disconnect meanwhile */
    receive(comm, 7, 5);
    MPI_Comm_disconnect(&comm);
    MPI_Buffer_detach(&detached, &size);
}

/* What a flush waits for has been received; it waits for nothing that is sent later. */
static void flush(void)
{
    const int room = 4 * (LONG + MPI_BSEND_OVERHEAD);
    char *memory = mt_alloc((size_t)room);
    MPI_Request before, after;
    void *detached;
    int size, flag = 1;

    MPI_Buffer_attach(memory, room);
    MPI_Buffer_flush();
    MPI_Buffer_iflush(&before);
    MPI_Wait(&before, MPI_STATUS_IGNORE);
    send(MPI_COMM_WORLD, 4, 1);
    MPI_Buffer_iflush(&before);
    send(MPI_COMM_WORLD, 5, 2);
    MPI_Buffer_iflush(&after);
    MPI_Test(&before, &flag, MPI_STATUS_IGNORE);
    CHECK(!flag, "flushed although nobody has received");
    MPI_Barrier(MPI_COMM_WORLD);
    receive(MPI_COMM_WORLD, 4, 1);
    MPI_Wait(&before, MPI_STATUS_IGNORE);
    MPI_Test(&after, &flag, MPI_STATUS_IGNORE);
    CHECK(!flag, "the second flush is complete although its message is still there");
    MPI_Barrier(MPI_COMM_WORLD);
    receive(MPI_COMM_WORLD, 5, 2);
    MPI_Buffer_flush();
    MPI_Test(&after, &flag, MPI_STATUS_IGNORE);
    CHECK(flag, "flushed, but an older request for it is not complete");
    MPI_Buffer_detach(&detached, &size);
    MPI_Comm_attach_buffer(MPI_COMM_SELF, memory, room);
    mt_fill(data, LONG, 4);
    MPI_Bsend(data, LONG, MPI_BYTE, 0, 6, MPI_COMM_SELF);
    MPI_Comm_iflush_buffer(MPI_COMM_SELF, &before);
    MPI_Recv(data, LONG, MPI_BYTE, 0, 6, MPI_COMM_SELF, MPI_STATUS_IGNORE);
    MPI_Comm_flush_buffer(MPI_COMM_SELF);
    MPI_Wait(&before, MPI_STATUS_IGNORE);
    MPI_Comm_detach_buffer(MPI_COMM_SELF, &detached, &size);
    free(memory);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    next_rank = (mt_rank + 1) % mt_size;
    previous_rank = (mt_rank + mt_size - 1) % mt_size;
    data = mt_alloc(LONG);
    automatic();
    own_buffer();
    MPI_Barrier(MPI_COMM_WORLD);
    flush();
    disconnect();
    free(data);
    return mt_end();
}
