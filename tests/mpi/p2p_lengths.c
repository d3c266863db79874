/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of lengths around those at which a library may change the way it sends: every byte, the
 * bytes before and after the buffer, and the status. Each rank sends to the next one and receives
 * from the previous one (itself, if it is alone).
 */
#include "mpitest.h"

enum { GUARD = 64, WINDOW = 5 };

static const int lengths[] = {
    4096,          8192,          12288,         16383,         16384,          16385,
    20480,         24577,         32767,         32768,         32769,          40960,
    49153,         65535,         65536,         65537,         69632,          98304,
    131071,        131072,        131073,        196608,        262143,         262145,
    (1 << 19) - 1, (1 << 19) + 1, (1 << 20) - 7, (1 << 20) + 1, (3 << 20) + 11, (5 << 20) - 4096,
};
enum { LENGTHS = sizeof(lengths) / sizeof(lengths[0]) };

static unsigned char *out, *in[WINDOW];
static int left, right;

static void prepare(int bytes, unsigned seed)
{
    for (int i = 0; i < WINDOW; i++)
        memset(in[i], 0x5a, (size_t)bytes + 2 * GUARD);
    mt_fill(out, (size_t)bytes, seed + (unsigned)mt_rank);
}

static void check(int slot, int bytes, unsigned seed, const MPI_Status *status, const char *how)
{
    const unsigned char *buffer = in[slot];

    CHECK_STATUS(status, left, 3, MPI_BYTE, bytes, how);
    CHECK_FILLED(buffer + GUARD, (size_t)bytes, seed + (unsigned)left, how);
    for (int i = 0; i < GUARD; i++) {
        CHECK_EQ(buffer[i], 0x5a, "byte before the buffer");
        CHECK_EQ(buffer[GUARD + bytes + i], 0x5a, "byte after the buffer");
    }
}

/* All at the same time, in both directions where there are two. */
static void exchange(int bytes, unsigned seed)
{
    MPI_Request requests[2];
    MPI_Status statuses[2];

    prepare(bytes, seed);
    MPI_Irecv(in[0] + GUARD, bytes, MPI_BYTE, left, 3, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(out, bytes, MPI_BYTE, right, 3, MPI_COMM_WORLD, &requests[1]);
    MPI_Waitall(2, requests, statuses);
    check(0, bytes, seed, &statuses[0], "exchange");
}

/* Round the ring by blocking calls. */
static void pass(int bytes, unsigned seed)
{
    MPI_Status status;

    if (mt_size == 1)
        return;
    prepare(bytes, seed);
    if (mt_rank > 0)
        MPI_Recv(in[0] + GUARD, bytes, MPI_BYTE, left, 3, MPI_COMM_WORLD, &status);
    MPI_Send(out, bytes, MPI_BYTE, right, 3, MPI_COMM_WORLD);
    if (mt_rank == 0)
        MPI_Recv(in[0] + GUARD, bytes, MPI_BYTE, left, 3, MPI_COMM_WORLD, &status);
    check(0, bytes, seed, &status, "blocking");
}

/* Several on their way before the first receive; short messages in between must not overtake. */
static void window(int bytes, unsigned seed)
{
    MPI_Request requests[2 * WINDOW];
    MPI_Status status;
    int number = 0;

    prepare(bytes, seed);
    for (int i = 0; i < WINDOW; i++) {
        MPI_Isend(out, bytes, MPI_BYTE, right, 3, MPI_COMM_WORLD, &requests[2 * i]);
        MPI_Isend(&lengths[i], 1, MPI_INT, right, 3, MPI_COMM_WORLD, &requests[2 * i + 1]);
    }
    for (int i = 0; i < WINDOW; i++) {
        MPI_Recv(in[i] + GUARD, bytes, MPI_BYTE, left, 3, MPI_COMM_WORLD, &status);
        check(i, bytes, seed, &status, "window");
        MPI_Recv(&number, 1, MPI_INT, left, 3, MPI_COMM_WORLD, &status);
        CHECK_EQ(number, lengths[i], "message between long ones");
    }
    MPI_Waitall(2 * WINDOW, requests, MPI_STATUSES_IGNORE);
}

/* A receive with room for less, and one with room for more. */
static void fit(int bytes, unsigned seed)
{
    MPI_Request request;
    MPI_Status status;

    prepare(bytes, seed);
    MPI_Isend(out, bytes, MPI_BYTE, right, 3, MPI_COMM_WORLD, &request);
    int code = MPI_Recv(in[0] + GUARD, bytes - 5, MPI_BYTE, left, 3, MPI_COMM_WORLD, &status);
    CHECK_CLASS(code, MPI_ERR_TRUNCATE, "truncated message");
    CHECK_FILLED(in[0] + GUARD, (size_t)bytes - 5, seed + (unsigned)left, "truncated");
    CHECK_EQ(in[0][GUARD + bytes - 5], 0x5a, "byte after the truncated message");
    MPI_Wait(&request, MPI_STATUS_IGNORE);

    MPI_Isend(out, bytes, MPI_BYTE, right, 3, MPI_COMM_WORLD, &request);
    code = MPI_Recv(in[1] + GUARD, bytes + 9, MPI_BYTE, left, 3, MPI_COMM_WORLD, &status);
    CHECK_EQ(code, MPI_SUCCESS, "message that is shorter than its buffer");
    check(1, bytes, seed, &status, "shorter");
    MPI_Wait(&request, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    const size_t most = (size_t)lengths[LENGTHS - 1] + 2 * GUARD;

    left = (mt_rank + mt_size - 1) % mt_size;
    right = (mt_rank + 1) % mt_size;
    out = mt_alloc(most);
    for (int i = 0; i < WINDOW; i++)
        in[i] = mt_alloc(most);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    for (int k = 0; k < LENGTHS; k++) {
        const unsigned seed = (unsigned)(100 * k);

        exchange(lengths[k], seed);
        pass(lengths[k], seed + 20);
        if (lengths[k] <= 1 << 20)
            window(lengths[k], seed + 40);
        fit(lengths[k], seed + 60);
    }
    free(out);
    for (int i = 0; i < WINDOW; i++)
        free(in[i]);
    return mt_end();
}
