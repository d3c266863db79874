/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of messages of mixed sizes arrive before anybody asks for them; they are then received
 * in the order sent, in the opposite order (by tag), and found by MPI_Iprobe.
 */
#include "mpitest.h"

enum { MESSAGES = 3000, LARGEST = 100000 };

static int size_of(int i)
{
    if (i % 100 == 50)
        return LARGEST; /* rendezvous */
    if (i % 10 == 5)
        return 3000 + i % 2000;
    return i % 200;
}

static void send_all(int to, MPI_Request *requests, unsigned char *out)
{
    mt_fill(out, LARGEST, 1);
    for (int i = 0; i < MESSAGES; i++)
        MPI_Isend(out, size_of(i), MPI_BYTE, to, i, MPI_COMM_WORLD, &requests[i]);
}

static void receive_one(int from, int i, unsigned char *in)
{
    MPI_Status status;

    MPI_Recv(in, LARGEST, MPI_BYTE, from, i, MPI_COMM_WORLD, &status);
    CHECK_STATUS(&status, from, i, MPI_BYTE, size_of(i), "unexpected message");
    CHECK_FILLED(in, (size_t)size_of(i), 1, "unexpected message");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);

    MPI_Request *requests = mt_alloc(MESSAGES * sizeof(*requests));
    unsigned char *out = mt_alloc(LARGEST), *in = mt_alloc(LARGEST);
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;

    for (int phase = 0; phase < 3; phase++) {
        send_all(to, requests, out);
        /* Everybody has sent everything. Eager messages are now here or on their way. */
        MPI_Barrier(MPI_COMM_WORLD);
        for (int k = 0; k < MESSAGES; k++) {
            const int i = phase == 1 ? MESSAGES - 1 - k : k;

            if (phase == 2) {
                int flag = 0;
                MPI_Status status;

                while (!flag)
                    MPI_Iprobe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, &status);
                CHECK_EQ(status.MPI_TAG, i, "tag of the first message in the queue");
            }
            receive_one(from, i, in);
        }
        MPI_Waitall(MESSAGES, requests, MPI_STATUSES_IGNORE);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    free(requests);
    free(out);
    free(in);
    return mt_end();
}
