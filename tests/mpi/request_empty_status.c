/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The empty status, source MPI_ANY_SOURCE, tag MPI_ANY_TAG, error MPI_SUCCESS, count 0, not
 * cancelled (MPI 5.0, section 3.7.3), of every call that returns one: for the null handle, for an
 * inactive persistent request, and for an empty list.
 */
#include "mpitest.h"

enum { REQUESTS = 2 };

static MPI_Status used(void)
{
    MPI_Status status;

    memset(&status, 0x55, sizeof(status));
    MPI_Status_set_elements(&status, MPI_INT, 7);
    MPI_Status_set_cancelled(&status, 1);
    status.MPI_SOURCE = 3;
    status.MPI_TAG = 4;
    status.MPI_ERROR = MPI_ERR_OTHER;
    return status;
}

static void check_empty(const MPI_Status *status, const char *what)
{
    int count = -1, cancelled = -1;

    MPI_Get_count(status, MPI_BYTE, &count);
    MPI_Test_cancelled(status, &cancelled);
    CHECK(status->MPI_SOURCE == MPI_ANY_SOURCE, "%s: source %d", what, status->MPI_SOURCE);
    CHECK(status->MPI_TAG == MPI_ANY_TAG, "%s: tag %d", what, status->MPI_TAG);
    CHECK(status->MPI_ERROR == MPI_SUCCESS, "%s: error %d", what, status->MPI_ERROR);
    CHECK(count == 0 && cancelled == 0, "%s: count %d, cancelled %d", what, count, cancelled);
}

static void check_single(MPI_Request request, const char *what)
{
    MPI_Status status = used();
    int flag = 0;

    MPI_Wait(&request, &status);
    check_empty(&status, what);
    status = used();
    MPI_Test(&request, &flag, &status);
    CHECK(flag, "%s: MPI_Test", what);
    check_empty(&status, what);
    status = used();
    MPI_Request_get_status(request, &flag, &status);
    check_empty(&status, what);
}

static void check_any(int count, MPI_Request requests[], const char *what)
{
    MPI_Status status = used();
    int index = 0, flag = 0;

    MPI_Waitany(count, requests, &index, &status);
    CHECK(index == MPI_UNDEFINED, "%s: MPI_Waitany: index %d", what, index);
    check_empty(&status, what);
    status = used();
    MPI_Testany(count, requests, &index, &flag, &status);
    check_empty(&status, what);
    if (!mt_is_tocsin())
        return; /* functions of MPI 4.1 */
    status = used();
    MPI_Request_get_status_any(count, requests, &index, &flag, &status);
    check_empty(&status, what);
}

static void check_all(int count, MPI_Request requests[])
{
    MPI_Status statuses[REQUESTS];
    int flag;

    for (int call = 0; call < 3; call++) {
        for (int i = 0; i < count; i++)
            statuses[i] = used();
        if (call == 0)
            MPI_Waitall(count, requests, statuses);
        else if (call == 1)
            MPI_Testall(count, requests, &flag, statuses);
        else if (mt_is_tocsin())
            MPI_Request_get_status_all(count, requests, &flag, statuses);
        else
            continue;
        for (int i = 0; i < count; i++)
            check_empty(&statuses[i], "statuses of all");
    }
}

int main(int argc, char **argv)
{
    int value;
    MPI_Request inactive;

    mt_start(&argc, &argv, 1);
    MPI_Recv_init(&value, 1, MPI_INT, MPI_PROC_NULL, 0, MPI_COMM_WORLD, &inactive);
    MPI_Request requests[REQUESTS] = {MPI_REQUEST_NULL, inactive};
    check_single(MPI_REQUEST_NULL, "the null handle");
    check_single(inactive, "an inactive request");
    check_any(REQUESTS, requests, "null and inactive");
    check_any(0, NULL, "an empty list");
    check_all(REQUESTS, requests);
    MPI_Request_free(&inactive);
    return mt_end();
}
