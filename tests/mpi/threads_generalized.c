/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Generalized requests that another thread completes, while this one waits in every way.
 */
#include "threads.h"

enum { ROUNDS = 60 };

static _Atomic int freed;

static int query(void *extra_state, MPI_Status *status)
{
    MPI_Status_set_elements(status, MPI_BYTE, *(int *)extra_state);
    MPI_Status_set_cancelled(status, 0);
    status->MPI_SOURCE = mt_rank;
    status->MPI_TAG = 1;
    return MPI_SUCCESS;
}

static int release(void *extra_state)
{
    (void)extra_state;
    freed++;
    return MPI_SUCCESS;
}

static int cancel(void *extra_state, int complete)
{
    (void)extra_state;
    (void)complete;
    return MPI_SUCCESS;
}

static void *complete(void *argument)
{
    mt_compute((freed % 7) * 1e-4);
    MPI_Grequest_complete(*(MPI_Request *)argument);
    return NULL;
}

int main(int argc, char **argv)
{
    start_multiple(&argc, &argv, 1);
    for (int i = 0; i < ROUNDS; i++) {
        MPI_Request request, copy;
        MPI_Status status;
        pthread_t thread;
        int index, count, flag = 0;

        MPI_Grequest_start(query, release, cancel, &i, &request);
        copy = request;
        CHECK(pthread_create(&thread, NULL, complete, &copy) == 0, "no thread");
        switch (i % 5) {
        case 0:
            MPI_Wait(&request, &status);
            break;
        case 1:
            MPI_Waitall(1, &request, &status);
            break;
        case 2:
            MPI_Waitany(1, &request, &index, &status);
            break;
        case 3:
            MPI_Waitsome(1, &request, &count, &index, &status);
            break;
        default:
            while (!flag)
                MPI_Test(&request, &flag, &status);
            break;
        }
        CHECK_EQ(freed, i + 1, "calls of free_fn");
        CHECK_STATUS(&status, mt_rank, 1, MPI_BYTE, i, "status");
        pthread_join(thread, NULL);
    }
    return mt_end();
}
