/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking for completion without taking it (MPI 5.0, section 3.7.6). */
#include "mpi/p2p_impl.h"
#include "mpi/request_impl.h"
#include "mpi/status.h"
#include "progress/guard.h"

/* Status of a request that was seen complete; guard open. */
static int get(const char *function, struct toc_request *request, MPI_Status *status)
{
    if (toc_mpi_is_inactive(request)) {
        toc_status_set_empty(status);
        return MPI_SUCCESS;
    }
    if (request->kind == TOC_REQUEST_GENERALIZED)
        return toc_mpi_grequest_raise(function, toc_mpi_grequest_query(request, status));
    toc_status_set(status, request);
    return MPI_SUCCESS;
}

/* The same into an array, where statuses carry error codes. */
static int get_into(const char *function, struct toc_request *request, MPI_Status statuses[],
                    int at)
{
    if (statuses == MPI_STATUSES_IGNORE)
        return get(function, request, MPI_STATUS_IGNORE);
    int code = get(function, request, &statuses[at]);
    statuses[at].MPI_ERROR = code;
    if (code == MPI_SUCCESS && !toc_mpi_is_inactive(request))
        statuses[at].MPI_ERROR = toc_mpi_request_code(function, request);
    return code;
}

static int check_results(const char *function, const void *flag, const void *more)
{
    if (flag != NULL && more != NULL)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                         "the address of a result is a null pointer");
}

int PMPI_Request_get_status(MPI_Request handle, int *flag, MPI_Status *status)
{
    static const char function[] = "MPI_Request_get_status";
    struct toc_request *request;
    toc_mpi_check_active(function);
    int code = check_results(function, flag, flag);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_request(function, handle, 0, 1, &request);
    if (code != MPI_SUCCESS)
        return code;
    *flag = 1;
    if (!toc_mpi_is_inactive(request)) {
        toc_guard_enter();
        if (!request->complete)
            toc_mpi_poke();
        *flag = request->complete;
        toc_guard_leave();
    }
    return *flag ? get(function, request, status) : MPI_SUCCESS;
}
TOC_MPI_ALIAS(Request_get_status);

int PMPI_Request_get_status_all(int count, const MPI_Request handles[], int *flag,
                                MPI_Status statuses[])
{
    static const char function[] = "MPI_Request_get_status_all";
    struct toc_mpi_request_set set;
    int code = check_results(function, flag, flag);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (!toc_mpi_all_complete(&set))
        toc_mpi_poke();
    *flag = toc_mpi_all_complete(&set);
    toc_guard_leave();
    for (int i = 0; *flag && i < count; i++) {
        int got = get_into(function, set.requests[i], statuses, i);
        if (got != MPI_SUCCESS)
            code = got;
    }
    toc_mpi_release_set(&set);
    return code;
}
TOC_MPI_ALIAS(Request_get_status_all);

int PMPI_Request_get_status_any(int count, const MPI_Request handles[], int *indx, int *flag,
                                MPI_Status *status)
{
    static const char function[] = "MPI_Request_get_status_any";
    struct toc_mpi_request_set set;
    int code = check_results(function, flag, indx);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (toc_mpi_first_complete(&set) == -1)
        toc_mpi_poke();
    int index = toc_mpi_first_complete(&set);
    toc_guard_leave();
    *flag = index != -1;
    *indx = index < 0 ? MPI_UNDEFINED : index;
    if (*flag)
        code = get(function, index < 0 ? NULL : set.requests[index], status);
    toc_mpi_release_set(&set);
    return code;
}
TOC_MPI_ALIAS(Request_get_status_any);

int PMPI_Request_get_status_some(int incount, const MPI_Request handles[], int *outcount,
                                 int indices[], MPI_Status statuses[])
{
    static const char function[] = "MPI_Request_get_status_some";
    struct toc_mpi_request_set set;
    int some = 0;
    int code = check_results(function, outcount, incount > 0 ? (void *)indices : (void *)outcount);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_set(function, incount, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (toc_mpi_first_complete(&set) == -1)
        toc_mpi_poke();
    bool active = toc_mpi_first_complete(&set) != MPI_UNDEFINED;
    for (int i = 0; i < incount; i++)
        if (!toc_mpi_is_inactive(set.requests[i]) && set.requests[i]->complete)
            indices[some++] = i;
    toc_guard_leave();
    *outcount = active ? some : MPI_UNDEFINED;
    for (int k = 0; k < some; k++) {
        int got = get_into(function, set.requests[indices[k]], statuses, k);
        if (got != MPI_SUCCESS)
            code = got;
    }
    toc_mpi_release_set(&set);
    return code;
}
TOC_MPI_ALIAS(Request_get_status_some);
