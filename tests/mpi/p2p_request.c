/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Completion calls: Test and Wait, each for one, any, some and all requests; lists with null
 * handles and of nothing else; and MPI_Request_free of sends and receives still under way.
 */
#include "mpitest.h"

enum { COUNT = 12 };

static int sizes[COUNT];
static unsigned char *in[COUNT], *out[COUNT];

static void check_empty(const MPI_Status *status, const char *what)
{
    int n = -1, cancelled = 1;

    CHECK_EQ(status->MPI_SOURCE, MPI_ANY_SOURCE, what);
    CHECK_EQ(status->MPI_TAG, MPI_ANY_TAG, what);
    MPI_Get_count(status, MPI_BYTE, &n);
    CHECK_EQ(n, 0, what);
    MPI_Test_cancelled(status, &cancelled);
    CHECK(!cancelled, "%s: empty status says cancelled", what);
}

static void null_requests(void)
{
    MPI_Request r[3] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    MPI_Status status, statuses[3];
    int flag, index, outcount, indices[3];

    MPI_Wait(&r[0], &status);
    check_empty(&status, "Wait on null");
    flag = 0;
    MPI_Test(&r[0], &flag, &status);
    CHECK(flag, "Test on null: flag is false");
    check_empty(&status, "Test on null");

    index = 5;
    MPI_Waitany(3, r, &index, &status);
    CHECK_EQ(index, MPI_UNDEFINED, "index of Waitany on nulls");
    check_empty(&status, "Waitany on nulls");
    flag = 0, index = 5;
    MPI_Testany(3, r, &index, &flag, &status);
    CHECK(flag, "Testany on nulls: flag is false");
    CHECK_EQ(index, MPI_UNDEFINED, "index of Testany on nulls");
    check_empty(&status, "Testany on nulls");
    index = 5;
    MPI_Waitany(0, r, &index, &status);
    CHECK_EQ(index, MPI_UNDEFINED, "index of Waitany on an empty list");

    outcount = 5;
    MPI_Waitsome(3, r, &outcount, indices, statuses);
    CHECK_EQ(outcount, MPI_UNDEFINED, "outcount of Waitsome on nulls");
    outcount = 5;
    MPI_Testsome(3, r, &outcount, indices, statuses);
    CHECK_EQ(outcount, MPI_UNDEFINED, "outcount of Testsome on nulls");

    MPI_Waitall(3, r, statuses);
    for (int i = 0; i < 3; i++)
        check_empty(&statuses[i], "Waitall on nulls");
    flag = 0;
    MPI_Testall(3, r, &flag, statuses);
    CHECK(flag, "Testall on nulls: flag is false");
    for (int i = 0; i < 3; i++)
        check_empty(&statuses[i], "Testall on nulls");
    MPI_Waitall(0, NULL, MPI_STATUSES_IGNORE);
    flag = 0;
    MPI_Testall(0, NULL, &flag, MPI_STATUSES_IGNORE);
    CHECK(flag, "Testall on an empty list: flag is false");
}

/* Nothing has come yet: no test may claim so, and none may touch the requests. */
static void pending_requests(void)
{
    MPI_Request r[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL}, copy[2] = {r[0], r[1]};
    MPI_Status statuses[2];
    int flag = 1, index = 5, outcount = 5, indices[2], values[2];

    if (mt_rank == 1) {
        for (int i = 0; i < 2; i++) {
            MPI_Irecv(&values[i], 1, MPI_INT, 0, 30 + i, MPI_COMM_WORLD, &r[i]);
            copy[i] = r[i];
        }
        for (int i = 0; i < 50; i++) {
            MPI_Test(&r[0], &flag, &statuses[0]);
            CHECK(!flag, "Test: complete without a message");
            MPI_Testany(2, r, &index, &flag, &statuses[0]);
            CHECK(!flag, "Testany: complete without a message");
            CHECK_EQ(index, MPI_UNDEFINED, "index of Testany");
            MPI_Testall(2, r, &flag, statuses);
            CHECK(!flag, "Testall: complete without a message");
            MPI_Testsome(2, r, &outcount, indices, statuses);
            CHECK_EQ(outcount, 0, "outcount of Testsome");
            CHECK(r[0] == copy[0] && r[1] == copy[1], "a test changed a pending request");
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == 0) {
        values[0] = 7, values[1] = 8;
        MPI_Send(&values[1], 1, MPI_INT, 1, 31, MPI_COMM_WORLD);
        MPI_Recv(NULL, 0, MPI_INT, 1, 32, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(&values[0], 1, MPI_INT, 1, 30, MPI_COMM_WORLD);
    } else if (mt_rank == 1) {
        MPI_Waitany(2, r, &index, &statuses[0]);
        CHECK_EQ(index, 1, "index of Waitany");
        CHECK(r[1] == MPI_REQUEST_NULL && r[0] == copy[0], "Waitany changed the wrong request");
        MPI_Testall(2, r, &flag, statuses);
        CHECK(!flag, "Testall: complete, but one message is missing");
        CHECK(r[0] == copy[0], "Testall changed a pending request");
        MPI_Send(NULL, 0, MPI_INT, 0, 32, MPI_COMM_WORLD);
        MPI_Waitall(2, r, statuses);
        CHECK_EQ(values[0], 7, "first value");
        CHECK_EQ(values[1], 8, "second value");
        CHECK_STATUS(&statuses[0], 0, 30, MPI_INT, 1, "Waitall");
        check_empty(&statuses[1], "Waitall, null in the list");
    }
}

enum how { WAIT, TEST, WAITANY, TESTANY, WAITSOME, TESTSOME, WAITALL, TESTALL, HOWS };
static const char *const how_names[] = {"Wait",     "Test",     "Waitany", "Testany",
                                        "Waitsome", "Testsome", "Waitall", "Testall"};

static void check_one(int i, const MPI_Status *status, int from, bool *done, const char *what)
{
    CHECK(i >= 0 && i < COUNT, "%s: index %d", what, i);
    CHECK(!done[i], "%s: request %d completed twice", what, i);
    done[i] = true;
    CHECK_STATUS(status, from, i, MPI_BYTE, sizes[i], what);
    CHECK_FILLED(in[i], (size_t)sizes[i], (unsigned)(from + i), what);
}

/* Complete the receives r in this way; every one must be reported exactly once. */
static void complete(enum how how, MPI_Request *r, int from)
{
    const char *what = how_names[how];
    bool done[COUNT] = {false};
    MPI_Status statuses[COUNT];
    int indices[COUNT], flag = 0, outcount, index;

    for (int left = COUNT; left > 0;) {
        switch (how) {
        case WAIT:
        case TEST:
            for (int i = 0; i < COUNT; i++) {
                flag = how == WAIT;
                if (how == WAIT)
                    MPI_Wait(&r[i], &statuses[i]);
                while (!flag)
                    MPI_Test(&r[i], &flag, &statuses[i]);
                check_one(i, &statuses[i], from, done, what);
                left--;
            }
            break;
        case WAITANY:
            MPI_Waitany(COUNT, r, &index, &statuses[0]);
            check_one(index, &statuses[0], from, done, what);
            left--;
            break;
        case TESTANY:
            MPI_Testany(COUNT, r, &index, &flag, &statuses[0]);
            if (flag) {
                check_one(index, &statuses[0], from, done, what);
                left--;
            }
            break;
        case WAITSOME:
        case TESTSOME:
            if (how == WAITSOME)
                MPI_Waitsome(COUNT, r, &outcount, indices, statuses);
            else
                MPI_Testsome(COUNT, r, &outcount, indices, statuses);
            CHECK(outcount >= (how == WAITSOME) && outcount <= left, "%s: outcount %d", what,
                  outcount);
            for (int k = 0; k < outcount; k++)
                check_one(indices[k], &statuses[k], from, done, what);
            left -= outcount;
            break;
        case WAITALL:
        case TESTALL:
            flag = how == WAITALL;
            if (how == WAITALL)
                MPI_Waitall(COUNT, r, statuses);
            while (!flag)
                MPI_Testall(COUNT, r, &flag, statuses);
            for (int i = 0; i < COUNT; i++)
                check_one(i, &statuses[i], from, done, what);
            left = 0;
            break;
        default:
            FAIL("no such way to complete: %d", (int)how);
        }
    }
    for (int i = 0; i < COUNT; i++)
        CHECK(r[i] == MPI_REQUEST_NULL, "%s: request %d is not null at the end", what, i);
}

static void all_ways(void)
{
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;

    for (int i = 0; i < COUNT; i++) {
        static const int some[] = {0, 10, 3000, 100000};

        sizes[i] = some[i % 4] + i;
        in[i] = mt_alloc((size_t)sizes[i]);
        out[i] = mt_alloc((size_t)sizes[i]);
        mt_fill(out[i], (size_t)sizes[i], (unsigned)(mt_rank + i));
    }
    for (int how = 0; how < HOWS; how++) {
        for (int late = 0; late < 2; late++) {
            MPI_Request r[COUNT], s[COUNT];

            for (int i = 0; i < COUNT && late; i++)
                MPI_Isend(out[i], sizes[i], MPI_BYTE, to, i, MPI_COMM_WORLD, &s[i]);
            for (int i = 0; i < COUNT; i++) {
                memset(in[i], 0, (size_t)sizes[i]);
                MPI_Irecv(in[i], sizes[i], MPI_BYTE, from, i, MPI_COMM_WORLD, &r[i]);
            }
            for (int i = COUNT - 1; i >= 0 && !late; i--)
                MPI_Isend(out[i], sizes[i], MPI_BYTE, to, i, MPI_COMM_WORLD, &s[i]);
            complete(how, r, from);
            MPI_Waitall(COUNT, s, MPI_STATUSES_IGNORE);
        }
    }
    for (int i = 0; i < COUNT; i++) {
        free(in[i]);
        free(out[i]);
    }
}

/* MPI_Request_free: the communication still happens. */
static void free_active(int bytes)
{
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
    unsigned char *a = mt_alloc((size_t)bytes), *b = mt_alloc((size_t)bytes);
    MPI_Request request;
    int flag;

    mt_fill(a, (size_t)bytes, (unsigned)mt_rank);
    memset(b, 0, (size_t)bytes);

    /* A send: the receiver says when it has all of it, and the buffer may be used again. */
    MPI_Isend(a, bytes, MPI_BYTE, to, 50, MPI_COMM_WORLD, &request);
    MPI_Request_free(&request);
    CHECK(request == MPI_REQUEST_NULL, "Request_free left a handle");
    MPI_Recv(b, bytes, MPI_BYTE, from, 50, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_FILLED(b, (size_t)bytes, (unsigned)from, "send whose request was freed");
    MPI_Sendrecv(NULL, 0, MPI_BYTE, from, 51, NULL, 0, MPI_BYTE, to, 51, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);

    /* A receive: nothing tells when it is complete but the data itself. */
    volatile unsigned char *watched = b;

    memset(b, (unsigned char)(mt_byte((unsigned)from, 0) + 1), (size_t)bytes);
    watched[bytes - 1] = (unsigned char)(mt_byte((unsigned)from, (size_t)bytes - 1) + 1);
    MPI_Irecv(b, bytes, MPI_BYTE, from, 52, MPI_COMM_WORLD, &request);
    MPI_Request_free(&request);
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Isend(a, bytes, MPI_BYTE, to, 52, MPI_COMM_WORLD, &request);

    const double limit = mt_now() + 20.0;

    for (int i = 0; i < bytes; i++) {
        while (watched[i] != mt_byte((unsigned)from, (size_t)i)) {
            MPI_Iprobe(MPI_ANY_SOURCE, 53, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
            CHECK(mt_now() < limit, "receive whose request was freed: byte %d of %d never came", i,
                  bytes);
        }
    }
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    free(a);
    free(b);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    null_requests();
    if (mt_size > 1)
        pending_requests();
    MPI_Barrier(MPI_COMM_WORLD);
    all_ways();
    MPI_Barrier(MPI_COMM_WORLD);
    free_active(1);
    free_active(500);
    free_active(300000);
    return mt_end();
}
