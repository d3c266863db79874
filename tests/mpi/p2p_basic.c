/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every send call against every way to receive, with sizes on both sides of every protocol limit,
 * contents, guard bytes and status checked; between neighbours in a ring and from a rank to itself.
 */
#include "mpitest.h"

enum { GUARD = 64, GUARD_VALUE = 0xa5 };

static const int sizes[] = {
    0,     1,     2,     3,      7,      8,      15,     16,     17,      31,      32,
    33,    47,    48,    49,     55,     56,     57,     63,     64,      65,      127,
    128,   129,   255,   256,    257,    1000,   1023,   1024,   1025,    2047,    2048,
    2049,  4032,  4096,  4097,   8000,   8192,   8193,   16384,  16385,   32768,   32769,
    65535, 65536, 65537, 131072, 131073, 262143, 262144, 262145, 1048576, 1048577, 4194304};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), LARGEST = 4194304 };

enum send_mode { SEND, SSEND, RSEND, ISEND, ISSEND, IRSEND, SEND_MODES };
enum recv_mode { RECV, IRECV_WAIT, IRECV_TEST, PROBE_RECV, RECV_MODES };
static const char *const send_names[] = {"Send", "Ssend", "Rsend", "Isend", "Issend", "Irsend"};
static const char *const recv_names[] = {"Recv", "Irecv+Wait", "Irecv+Test", "Probe+Recv"};

static unsigned char *out, *in;

static MPI_Request start_send(enum send_mode mode, int size, int to, int tag)
{
    MPI_Request request = MPI_REQUEST_NULL;

    switch (mode) {
    case SEND:
        MPI_Send(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD);
        break;
    case SSEND:
        MPI_Ssend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD);
        break;
    case RSEND:
        MPI_Rsend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD);
        break;
    case ISEND:
        MPI_Isend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &request);
        break;
    case ISSEND:
        MPI_Issend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &request);
        break;
    case IRSEND:
        MPI_Irsend(out, size, MPI_BYTE, to, tag, MPI_COMM_WORLD, &request);
        break;
    default:
        FAIL("no such send mode: %d", (int)mode);
    }
    return request;
}

/* Complete the reception that start_receive began, or do all of it. */
static void finish_receive(enum recv_mode mode, MPI_Request *request, int size, int from, int tag,
                           MPI_Status *status)
{
    int flag = 0;

    switch (mode) {
    case RECV:
        MPI_Recv(in + GUARD, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, status);
        break;
    case IRECV_WAIT:
        MPI_Wait(request, status);
        break;
    case IRECV_TEST:
        while (!flag)
            MPI_Test(request, &flag, status);
        break;
    case PROBE_RECV:
        MPI_Probe(from, tag, MPI_COMM_WORLD, status);
        CHECK_STATUS(status, from, tag, MPI_BYTE, size, "Probe");
        MPI_Recv(in + GUARD, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, status);
        break;
    default:
        FAIL("no such receive mode: %d", (int)mode);
    }
    CHECK(*request == MPI_REQUEST_NULL, "%s left a request that is not null", recv_names[mode]);
}

static void check_arrived(const MPI_Status *status, int size, int from, int tag, unsigned seed,
                          const char *what)
{
    CHECK_STATUS(status, from, tag, MPI_BYTE, size, what);
    CHECK_FILLED(in + GUARD, (size_t)size, seed, what);
    CHECK_UNTOUCHED(in, GUARD, GUARD_VALUE, "bytes before the buffer");
    CHECK_UNTOUCHED(in + GUARD + size, GUARD, GUARD_VALUE, "bytes after the buffer");
}

static void one_way(enum send_mode s, enum recv_mode r, int size, int from, int to)
{
    const int tag = size % 30000 + (int)s;
    const unsigned seed = (unsigned)(from * 5 + size + (int)s);
    const bool ready = s == RSEND || s == IRSEND;
    char what[128];
    MPI_Status status;
    MPI_Request receive = MPI_REQUEST_NULL, send;

    snprintf(what, sizeof(what), "%s to %s, %d bytes, rank %d to %d", send_names[s], recv_names[r],
             size, from, to);
    if (mt_rank == to) {
        memset(in, GUARD_VALUE, (size_t)size + 2 * GUARD);
        if (r == IRECV_WAIT || r == IRECV_TEST)
            MPI_Irecv(in + GUARD, size, MPI_BYTE, from, tag, MPI_COMM_WORLD, &receive);
        if (ready && from != to) /* tell the sender that the receive is posted */
            MPI_Send(NULL, 0, MPI_BYTE, from, 1, MPI_COMM_WORLD);
    }
    if (mt_rank == from) {
        mt_fill(out, (size_t)size, seed);
        if (ready && from != to)
            MPI_Recv(NULL, 0, MPI_BYTE, to, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        send = start_send(s, size, to, tag);
        if (from != to)
            MPI_Wait(&send, MPI_STATUS_IGNORE);
    }
    if (mt_rank == to) {
        finish_receive(r, &receive, size, from, tag, &status);
        check_arrived(&status, size, from, tag, seed, what);
        if (from == to)
            MPI_Wait(&send, MPI_STATUS_IGNORE);
    }
}

/* A ready send is only legal when the receive is posted: with these ways of receiving it can be. */
static bool sensible(enum send_mode s, enum recv_mode r, bool to_self)
{
    const bool posted_first = r == IRECV_WAIT || r == IRECV_TEST;

    if ((s == RSEND || s == IRSEND) && !posted_first)
        return false;
    /* A blocking send to oneself needs a posted receive. */
    return !(to_self && (s == SEND || s == SSEND) && !posted_first);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    out = mt_alloc(LARGEST);
    in = mt_alloc(LARGEST + 2 * GUARD);

    for (int k = 0; k < SIZES; k++) {
        for (int s = 0; s < SEND_MODES; s++) {
            for (int r = 0; r < RECV_MODES; r++) {
                /* The very large ones take time: every mode once, not every pair. */
                if (sizes[k] > 300000 && r != (s + k) % RECV_MODES && s != SEND)
                    continue;
                if (sensible(s, r, true) && (sizes[k] <= 300000 || mt_rank == 0))
                    one_way(s, r, sizes[k], mt_rank, mt_rank);
                if (mt_size == 1 || !sensible(s, r, false))
                    continue;
                /* A different pair each time, so that all ranks have their turn. */
                const int from = (k + s + r) % mt_size;

                one_way(s, r, sizes[k], from, (from + 1 + (k + r) % (mt_size - 1)) % mt_size);
            }
        }
    }
    free(in);
    free(out);
    return mt_end();
}
