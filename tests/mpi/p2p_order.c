/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of one sender do not overtake each other: small after large, large after small, with
 * receives posted before and after, with and without wildcards, and interleaved tags.
 */
#include "mpitest.h"

enum { MESSAGES = 200, LARGEST = 300000 };

/* A size for message i: protocols change from one to the next. */
static int size_of(int i)
{
    static const int sizes[] = {4, 300000, 8, 64, 70000, 4, 2000, 16000, 0, 100000, 4096, 40};

    return sizes[i % 12] < 4 ? 4 : sizes[i % 12];
}

static unsigned char *buffers[MESSAGES];

static void send_all(int to, bool alternate_tags)
{
    MPI_Request requests[MESSAGES];

    for (int i = 0; i < MESSAGES; i++) {
        const int tag = alternate_tags ? i % 2 : 5;

        mt_fill(buffers[i], (size_t)size_of(i), (unsigned)i);
        memcpy(buffers[i], &i, sizeof(i));
        if (i % 7 == 3)
            MPI_Issend(buffers[i], size_of(i), MPI_BYTE, to, tag, MPI_COMM_WORLD, &requests[i]);
        else
            MPI_Isend(buffers[i], size_of(i), MPI_BYTE, to, tag, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Waitall(MESSAGES, requests, MPI_STATUSES_IGNORE);
}

static void check_message(const unsigned char *buffer, int expected, const MPI_Status *status,
                          int tag, const char *what)
{
    int serial;

    memcpy(&serial, buffer, sizeof(serial));
    CHECK(serial == expected, "%s: message %d came where %d was due", what, serial, expected);
    CHECK_STATUS(status, 0, tag, MPI_BYTE, size_of(expected), what);
    for (int i = 4; i < size_of(expected); i++)
        CHECK(buffer[i] == mt_byte((unsigned)expected, (size_t)i),
              "%s: message %d has a wrong byte at %d", what, expected, i);
}

/* Blocking receives in order. */
static void receive_blocking(int source, int tag, const char *what)
{
    unsigned char *buffer = mt_alloc(LARGEST);
    MPI_Status status;

    for (int i = 0; i < MESSAGES; i++) {
        MPI_Recv(buffer, LARGEST, MPI_BYTE, source, tag, MPI_COMM_WORLD, &status);
        check_message(buffer, i, &status, 5, what);
    }
    free(buffer);
}

/* All receives posted first, some of them with wildcards; completed from the last to the first. */
static void receive_posted(bool mixed, const char *what)
{
    MPI_Request requests[MESSAGES];
    MPI_Status status;

    for (int i = 0; i < MESSAGES; i++) {
        const int source = mixed && i % 3 == 1 ? MPI_ANY_SOURCE : 0;
        const int tag = mixed && i % 5 == 2 ? MPI_ANY_TAG : 5;

        MPI_Irecv(buffers[i], LARGEST, MPI_BYTE, source, tag, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Send(NULL, 0, MPI_BYTE, 0, 9, MPI_COMM_WORLD);
    for (int i = MESSAGES - 1; i >= 0; i--) {
        MPI_Wait(&requests[i], &status);
        check_message(buffers[i], i, &status, 5, what);
    }
}

/* Even messages have tag 0, odd ones tag 1: first all odd, then all even. */
static void receive_by_tag(void)
{
    unsigned char *buffer = mt_alloc(LARGEST);
    MPI_Status status;

    for (int parity = 1; parity >= 0; parity--) {
        for (int i = parity; i < MESSAGES; i += 2) {
            MPI_Recv(buffer, LARGEST, MPI_BYTE, 0, parity, MPI_COMM_WORLD, &status);
            check_message(buffer, i, &status, parity, "by tag");
        }
    }
    free(buffer);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    for (int i = 0; i < MESSAGES; i++)
        buffers[i] = mt_alloc(LARGEST);

    const int to = mt_size - 1;

    for (int phase = 0; phase < 6; phase++) {
        MPI_Barrier(MPI_COMM_WORLD);
        if (mt_rank == 0) {
            if (phase == 3 || phase == 4) /* until the receives are posted */
                MPI_Recv(NULL, 0, MPI_BYTE, to, 9, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            send_all(to, phase == 5);
        } else if (mt_rank == to) {
            switch (phase) {
            case 0:
                receive_blocking(0, 5, "named");
                break;
            case 1:
                receive_blocking(MPI_ANY_SOURCE, 5, "any source");
                break;
            case 2:
                receive_blocking(MPI_ANY_SOURCE, MPI_ANY_TAG, "any source, any tag");
                break;
            case 3:
                receive_posted(false, "posted");
                break;
            case 4:
                receive_posted(true, "posted, mixed wildcards");
                break;
            default:
                receive_by_tag();
            }
        }
    }
    for (int i = 0; i < MESSAGES; i++)
        free(buffers[i]);
    return mt_end();
}
