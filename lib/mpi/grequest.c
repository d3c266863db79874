/* SPDX-License-Identifier: BSD-3-Clause */
/* Generalized requests (MPI 5.0, section 13.2). */
#include <stdio.h>
#include <stdlib.h>

#include "mpi/error.h"
#include "mpi/request_impl.h"
#include "mpi/status.h"
#include "progress/guard.h"

/* The owner of a request of kind TOC_REQUEST_GENERALIZED. */
struct grequest {
    MPI_Grequest_query_function *query;
    MPI_Grequest_free_function *free;
    MPI_Grequest_cancel_function *cancel;
    void *extra_state;
};

static void on_free(struct toc_request *request)
{
    free(request->owner);
}

/* NULL without memory. */
static struct toc_request *make(const struct grequest *functions)
{
    struct grequest *owner = malloc(sizeof(*owner));
    if (owner == NULL)
        return NULL;
    *owner = *functions;
    toc_guard_enter();
    toc_request_reap();
    struct toc_request *request = toc_request_new(TOC_REQUEST_GENERALIZED);
    if (request != NULL) {
        request->owner = owner;
        request->on_free = on_free;
    }
    toc_guard_leave();
    if (request == NULL)
        free(owner);
    return request;
}

int PMPI_Grequest_start(MPI_Grequest_query_function *query_fn, MPI_Grequest_free_function *free_fn,
                        MPI_Grequest_cancel_function *cancel_fn, void *extra_state,
                        MPI_Request *request)
{
    static const char function[] = "MPI_Grequest_start";
    toc_mpi_check_active(function);
    if (query_fn == NULL || free_fn == NULL || cancel_fn == NULL || request == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "a function, or the address for the request, is a null pointer");
    struct toc_request *made = make(&(struct grequest){
        .query = query_fn, .free = free_fn, .cancel = cancel_fn, .extra_state = extra_state});
    if (made == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "no memory, or no number, for another request");
    *request = TOC_MPI_HANDLE(MPI_Request, made);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Grequest_start);

int toc_mpi_grequest_raise(const char *function, int code)
{
    char sentence[256];
    if (code == MPI_SUCCESS)
        return code;
    snprintf(sentence, sizeof(sentence), "%s: a function of a generalized request returned %d [%s]",
             function, code, toc_mpi_error_class_name(toc_mpi_error_class_of_code(code)));
    return toc_mpi_call_errhandler(&toc_comm_self, code, sentence);
}

/* Also of one that MPI_Request_free was called for: the program may still have the handle. */
int PMPI_Grequest_complete(MPI_Request handle)
{
    static const char function[] = "MPI_Grequest_complete";
    toc_mpi_check_active(function);
    struct toc_request *request = toc_handle_lookup(TOC_KIND_REQUEST, (uintptr_t)handle);
    if (request == NULL || request->kind != TOC_REQUEST_GENERALIZED)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "%s is not a generalized request",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    struct grequest owner = *(struct grequest *)request->owner;
    toc_guard_enter();
    bool again = request->complete, detached = request->detached;
    if (!again)
        toc_request_complete(request, TOC_OK);
    toc_guard_leave();
    if (again)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "generalized request %s is complete already",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    return detached ? toc_mpi_grequest_raise(function, owner.free(owner.extra_state)) : MPI_SUCCESS;
}
TOC_MPI_ALIAS(Grequest_complete);

int toc_mpi_grequest_query(struct toc_request *request, MPI_Status *status)
{
    const struct grequest *owner = request->owner;
    MPI_Status own; /* the function gets a status in any case */
    if (status == MPI_STATUS_IGNORE)
        status = &own;
    toc_status_clear(status);
    return owner->query(owner->extra_state, status);
}

/* Gives it up when its free_fn has been called. */
static void release(struct toc_request *request)
{
    toc_guard_enter();
    toc_request_release(request);
    toc_guard_leave();
}

int toc_mpi_grequest_retire(struct toc_request *request, MPI_Request *handle, MPI_Status *status)
{
    const struct grequest *owner = request->owner;
    int queried = toc_mpi_grequest_query(request, status);
    int freed = owner->free(owner->extra_state);
    release(request);
    *handle = MPI_REQUEST_NULL;
    return freed != MPI_SUCCESS ? freed : queried;
}

int toc_mpi_grequest_free(struct toc_request *request)
{
    const struct grequest *owner = request->owner;
    int code = MPI_SUCCESS;
    toc_guard_enter();
    bool complete = request->complete;
    if (!complete)
        toc_request_release(request); /* MPI_Grequest_complete does the rest */
    toc_guard_leave();
    if (complete) {
        code = owner->free(owner->extra_state);
        release(request);
    }
    return code;
}

int toc_mpi_grequest_cancel(struct toc_request *request)
{
    const struct grequest *owner = request->owner;
    toc_guard_enter();
    bool complete = request->complete;
    toc_guard_leave();
    return owner->cancel(owner->extra_state, complete);
}
