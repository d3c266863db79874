/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Generalized requests: which functions are called when, with what, and what becomes of their
 * values, for every way to complete or free a request; the functions may call MPI themselves.
 */
#include "mpitest.h"

struct job {
    int queries, frees, cancels;
    int complete_at_cancel;
    int query_code, free_code;
    int elements, cancelled;
};

static int query(void *extra_state, MPI_Status *status)
{
    struct job *job = extra_state;
    int flag, dup_rank;
    MPI_Comm dup;

    CHECK(status != MPI_STATUS_IGNORE, "query_fn got no status");
    /* MPI is open to it. */
    MPI_Iprobe(MPI_ANY_SOURCE, 77, MPI_COMM_SELF, &flag, MPI_STATUS_IGNORE);
    MPI_Comm_dup(MPI_COMM_SELF, &dup);
    MPI_Comm_rank(dup, &dup_rank);
    MPI_Comm_free(&dup);
    job->queries++;
    MPI_Status_set_elements(status, MPI_INT, job->elements);
    MPI_Status_set_cancelled(status, job->cancelled);
    status->MPI_SOURCE = 5;
    status->MPI_TAG = 6;
    return job->query_code;
}

static int release(void *extra_state)
{
    struct job *job = extra_state;
    int value = 1;

    MPI_Sendrecv_replace(&value, 1, MPI_INT, 0, 8, 0, 8, MPI_COMM_SELF, MPI_STATUS_IGNORE);
    job->frees++;
    return job->free_code;
}

static int cancel(void *extra_state, int complete)
{
    struct job *job = extra_state;

    job->cancels++;
    job->complete_at_cancel = complete;
    return MPI_SUCCESS;
}

static MPI_Request start(struct job *job)
{
    MPI_Request request;

    MPI_Grequest_start(query, release, cancel, job, &request);
    CHECK(request != MPI_REQUEST_NULL, "no request");
    return request;
}

static void check_job(const struct job *job, int queries, int frees, const char *what)
{
    if (job->queries != queries || job->frees != frees)
        FAIL("%s: query_fn was called %d times (expected %d), free_fn %d times (expected %d)", what,
             job->queries, queries, job->frees, frees);
}

static void check_own_status(const MPI_Status *status, const struct job *job, const char *what)
{
    int cancelled, count;

    CHECK_STATUS(status, 5, 6, MPI_INT, job->elements, what);
    MPI_Get_elements(status, MPI_INT, &count);
    CHECK_EQ(count, job->elements, "elements");
    MPI_Test_cancelled(status, &cancelled);
    CHECK_EQ(cancelled != 0, job->cancelled, "cancelled");
}

static void wait_and_test(void)
{
    for (int kind = 0; kind < 8; kind++) {
        struct job job = {.elements = 3 + kind, .cancelled = kind % 2};
        MPI_Request request = start(&job);
        MPI_Status status;
        int flag = 1, index = -1, count = -1;

        MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
        CHECK(!flag, "complete before MPI_Grequest_complete");
        MPI_Testany(1, &request, &index, &flag, MPI_STATUS_IGNORE);
        CHECK(!flag, "complete before MPI_Grequest_complete");
        check_job(&job, 0, 0, "before it is complete");
        MPI_Grequest_complete(request);
        check_job(&job, 0, 0, "completed, not waited for");
        MPI_Request_get_status(request, &flag, &status);
        CHECK(flag, "MPI_Request_get_status says no");
        check_own_status(&status, &job, "MPI_Request_get_status");
        check_job(&job, 1, 0, "MPI_Request_get_status");
        memset(&status, 0, sizeof(status));
        switch (kind) {
        case 0:
            MPI_Wait(&request, &status);
            break;
        case 1:
            MPI_Test(&request, &flag, &status);
            break;
        case 2:
            MPI_Waitany(1, &request, &index, &status);
            CHECK_EQ(index, 0, "index");
            break;
        case 3:
            MPI_Testany(1, &request, &index, &flag, &status);
            CHECK_EQ(index, 0, "index");
            break;
        case 4:
            MPI_Waitall(1, &request, &status);
            break;
        case 5:
            MPI_Testall(1, &request, &flag, &status);
            break;
        case 6:
            MPI_Waitsome(1, &request, &count, &index, &status);
            CHECK(count == 1 && index == 0, "MPI_Waitsome: %d, %d", count, index);
            break;
        default:
            MPI_Testsome(1, &request, &count, &index, &status);
            CHECK(count == 1 && index == 0, "MPI_Testsome: %d, %d", count, index);
            break;
        }
        CHECK(flag, "a test says that it is not complete");
        CHECK(request == MPI_REQUEST_NULL, "the request is still there");
        check_own_status(&status, &job, "after completion");
        check_job(&job, 2, 1, "completion");
    }
}

static void ignored_statuses(void)
{
    struct job jobs[3] = {{0}, {0}, {0}};
    MPI_Request requests[3];

    for (int i = 0; i < 3; i++) {
        requests[i] = start(&jobs[i]);
        MPI_Grequest_complete(requests[i]);
    }
    MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
    MPI_Waitall(3, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < 3; i++)
        check_job(&jobs[i], 1, 1, "statuses ignored");
}

/* Among receives: each gets its own status, at its own place. */
static void mixed(void)
{
    enum { COUNT = 6 };
    struct job jobs[COUNT] = {{0}};
    MPI_Request requests[COUNT];
    MPI_Status statuses[COUNT];
    int values[COUNT], indices[COUNT], count;

    for (int some = 0; some < 2; some++) {
        memset(jobs, 0, sizeof(jobs));
        memset(statuses, 0x11, sizeof(statuses));
        for (int i = 0; i < COUNT; i++) {
            jobs[i].elements = i;
            if (i % 2)
                requests[i] = start(&jobs[i]);
            else
                MPI_Irecv(&values[i], 1, MPI_INT, 0, i, MPI_COMM_SELF, &requests[i]);
        }
        for (int i = 0; i < COUNT; i++) {
            if (i % 2)
                MPI_Grequest_complete(requests[i]);
            else
                MPI_Send(&i, 1, MPI_INT, 0, i, MPI_COMM_SELF);
        }
        if (some) {
            MPI_Waitsome(COUNT, requests, &count, indices, statuses);
            /* What is left, if not all receives were through: in its place behind the others. */
            if (count < COUNT)
                MPI_Waitall(COUNT, requests, MPI_STATUSES_IGNORE);
        } else {
            MPI_Waitall(COUNT, requests, statuses);
            count = COUNT;
            for (int i = 0; i < COUNT; i++)
                indices[i] = i;
        }
        CHECK(count >= COUNT / 2, "only %d are complete", count);
        for (int k = 0; k < count; k++) {
            const int i = indices[k];

            if (i % 2)
                check_own_status(&statuses[k], &jobs[i], "generalized request among others");
            else
                CHECK_STATUS(&statuses[k], 0, i, MPI_INT, 1, "receive among others");
        }
        for (int i = 0; i < COUNT; i++) {
            CHECK(requests[i] == MPI_REQUEST_NULL, "request %d is still there", i);
            check_job(&jobs[i], i % 2, i % 2, "among others");
            if (i % 2 == 0)
                CHECK_EQ(values[i], i, "received value");
        }
    }
}

/* What the functions return comes out of the call that called them. */
static void errors(void)
{
    struct job jobs[3] = {{.free_code = MPI_ERR_OTHER}, {0}, {.query_code = MPI_ERR_INTERN}};
    MPI_Request requests[3];
    MPI_Status statuses[3];

    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    requests[0] = start(&jobs[0]);
    MPI_Grequest_complete(requests[0]);
    CHECK_CLASS(MPI_Wait(&requests[0], &statuses[0]), MPI_ERR_OTHER, "free_fn's code");
    CHECK(requests[0] == MPI_REQUEST_NULL, "request is still there");
    requests[2] = start(&jobs[2]);
    MPI_Grequest_complete(requests[2]);
    CHECK_CLASS(MPI_Wait(&requests[2], &statuses[2]), MPI_ERR_INTERN, "query_fn's code");
    for (int i = 0; i < 3; i++) {
        requests[i] = start(&jobs[i]);
        MPI_Grequest_complete(requests[i]);
    }
    CHECK_CLASS(MPI_Waitall(3, requests, statuses), MPI_ERR_IN_STATUS, "one of several");
    CHECK_CLASS(statuses[0].MPI_ERROR, MPI_ERR_OTHER, "status of the one that failed");
    CHECK_CLASS(statuses[1].MPI_ERROR, MPI_SUCCESS, "status of one that did not");
    CHECK_CLASS(statuses[2].MPI_ERROR, MPI_ERR_INTERN, "status of the one whose query failed");
    check_job(&jobs[0], 2, 2, "free_fn failed");
    check_job(&jobs[2], 2, 2, "query_fn failed");
    CHECK_CLASS(MPI_Grequest_complete(MPI_REQUEST_NULL), MPI_ERR_REQUEST, "null request completed");
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
}

static void cancel_and_free(void)
{
    struct job job = {0};
    MPI_Request request = start(&job), copy;

    MPI_Cancel(&request);
    CHECK(job.cancels == 1 && !job.complete_at_cancel, "cancel_fn before completion: %d calls, %d",
          job.cancels, job.complete_at_cancel);
    MPI_Grequest_complete(request);
    MPI_Cancel(&request);
    CHECK(job.cancels == 2 && job.complete_at_cancel, "cancel_fn after completion: %d calls, %d",
          job.cancels, job.complete_at_cancel);
    MPI_Request_free(&request);
    CHECK(request == MPI_REQUEST_NULL, "MPI_Request_free left the request");
    check_job(&job, 0, 1, "MPI_Request_free after completion");
    /* Freed first: the copy of the handle is what it is completed with. */
    copy = request = start(&job);
    MPI_Request_free(&request);
    check_job(&job, 0, 1, "MPI_Request_free before completion");
    MPI_Grequest_complete(copy);
    check_job(&job, 0, 2, "completion of a freed request");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    wait_and_test();
    ignored_statuses();
    mixed();
    errors();
    cancel_and_free();
    return mt_end();
}
