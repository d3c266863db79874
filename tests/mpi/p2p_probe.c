/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Probe and MPI_Iprobe: the size of a message before it is received, repeated probes that
 * change nothing, and no message found that is not there.
 */
#include "mpitest.h"

static const int counts[] = {0, 1, 10, 1000, 5000, 50000, 300000};
enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

static void nothing_there(void)
{
    int flag = 1;

    for (int i = 0; i < 100; i++) {
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
        CHECK(!flag, "Iprobe found a message that nobody sent");
    }
}

static void send_some(int to, bool synchronous)
{
    for (int k = 0; k < COUNTS; k++) {
        int *out = mt_alloc((size_t)counts[k] * sizeof(int));

        for (int i = 0; i < counts[k]; i++)
            out[i] = i * 3 + k;
        if (synchronous)
            MPI_Ssend(out, counts[k], MPI_INT, to, 20 + k, MPI_COMM_WORLD);
        else
            MPI_Send(out, counts[k], MPI_INT, to, 20 + k, MPI_COMM_WORLD);
        free(out);
    }
}

/* Learn the size from the probe, allocate exactly that, receive. */
static void receive_probed(int from, bool blocking, int source, int tag_or_any)
{
    for (int k = 0; k < COUNTS; k++) {
        const int tag = tag_or_any == MPI_ANY_TAG ? MPI_ANY_TAG : 20 + k;
        MPI_Status status;
        int n, flag = 0;

        if (blocking)
            MPI_Probe(source, tag, MPI_COMM_WORLD, &status);
        while (!blocking && !flag)
            MPI_Iprobe(source, tag, MPI_COMM_WORLD, &flag, &status);
        CHECK_STATUS(&status, from, 20 + k, MPI_INT, counts[k], "probe");
        MPI_Iprobe(source, tag, MPI_COMM_WORLD, &flag, &status);
        CHECK(flag, "the message was gone at the second probe");
        CHECK_STATUS(&status, from, 20 + k, MPI_INT, counts[k], "second probe");
        MPI_Iprobe(source, 9999, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
        CHECK(!flag, "Iprobe found tag 9999, which nobody sent");

        MPI_Get_count(&status, MPI_INT, &n);
        int *in = mt_alloc((size_t)n * sizeof(int));

        MPI_Recv(in, n, MPI_INT, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, &status);
        CHECK_STATUS(&status, from, 20 + k, MPI_INT, counts[k], "receive after probe");
        for (int i = 0; i < n; i++)
            CHECK(in[i] == i * 3 + k, "element %d is %d", i, in[i]);
        free(in);
    }
}

/* A message that a posted receive has already taken is no longer to be found. */
static void matched_is_invisible(int bytes)
{
    unsigned char *b = mt_alloc((size_t)bytes);
    MPI_Request request;
    int flag;

    if (mt_rank == 1) {
        MPI_Irecv(b, bytes, MPI_BYTE, 0, 40, MPI_COMM_WORLD, &request);
        MPI_Barrier(MPI_COMM_WORLD);
        for (int i = 0; i < 200; i++) {
            MPI_Iprobe(0, 40, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
            CHECK(!flag, "Iprobe found the message of a posted receive");
        }
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    } else {
        MPI_Barrier(MPI_COMM_WORLD);
        if (mt_rank == 0)
            MPI_Send(b, bytes, MPI_BYTE, 1, 40, MPI_COMM_WORLD);
    }
    free(b);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);

    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;

    nothing_there();
    MPI_Barrier(MPI_COMM_WORLD);
    for (int round = 0; round < 8; round++) {
        const int source = round & 2 ? MPI_ANY_SOURCE : from;
        const int tag = round & 4 ? MPI_ANY_TAG : 0;

        /* Even ranks send first; with an odd number of ranks rank 0 and the last both send: fine.
         */
        if (mt_rank % 2 == 0)
            send_some(to, round & 1);
        receive_probed(from, round & 1, source, tag);
        if (mt_rank % 2 == 1)
            send_some(to, round & 1);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    matched_is_invisible(16);
    matched_is_invisible(200000);
    MPI_Barrier(MPI_COMM_WORLD);
    nothing_there();
    return mt_end();
}
