/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: is_complete, toc_mpi_all_complete, toc_mpi_first_complete, any_complete */
/* Completion: test, wait, start, free, cancel (MPI 5.0, sections 3.7.3 to 3.9). */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/syscall.h"
#include "mpi/error.h"
#include "mpi/p2p_impl.h"
#include "mpi/request_impl.h"
#include "mpi/status.h"
#include "p2p/buffered.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"

MPI_Request toc_mpi_sent_request;

void toc_mpi_request_init(void)
{
    toc_mpi_sent_request = TOC_MPI_HANDLE(MPI_Request, toc_p2p_sent);
}

static int bad_handle(const char *function, MPI_Request handle, int index, int count)
{
    if (count == 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "%s is not a request (completed, freed, or of another library)",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                         "request %d of %d, %s, is not a request (completed, freed, or of "
                         "another library)",
                         index, count, toc_mpi_handle_text((uintptr_t)handle).text);
}

static inline struct toc_request *request_of(MPI_Request handle)
{
    return handle == toc_mpi_sent_request ? toc_p2p_sent : toc_request_get((uintptr_t)handle);
}

int toc_mpi_check_request(const char *function, MPI_Request handle, int index, int count,
                          struct toc_request **request)
{
    *request = NULL;
    if (handle == MPI_REQUEST_NULL)
        return MPI_SUCCESS;
    *request = request_of(handle);
    return *request != NULL ? MPI_SUCCESS : bad_handle(function, handle, index, count);
}

void toc_mpi_release_set(struct toc_mpi_request_set *set)
{
    if (set->requests != set->fixed)
        free(set->requests);
}

int toc_mpi_check_set(const char *function, int count, const MPI_Request handles[],
                      struct toc_mpi_request_set *set)
{
    toc_mpi_check_active(function);
    if (count < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, function,
                             "count is %d, it must not be negative", count);
    if (count > 0 && handles == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the array of requests is a null pointer");
    set->count = count;
    set->generalized = false;
    set->requests = set->fixed;
    if (count > TOC_MPI_FIXED_SET)
        set->requests = malloc((size_t)count * sizeof(*set->requests));
    if (set->requests == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "no memory for an array of %d requests", count);
    for (int i = 0; i < count; i++) {
        set->requests[i] = request_of(handles[i]);
        if (set->requests[i] != NULL)
            continue;
        int code = toc_mpi_check_request(function, handles[i], i, count, &set->requests[i]);
        if (code != MPI_SUCCESS) {
            toc_mpi_release_set(set);
            return code;
        }
    }
    return MPI_SUCCESS;
}

/* Hands a completed request back: status, then inactive (persistent) or freed and the handle null.
 * Guard held. */
static void retire(struct toc_request *request, MPI_Request *handle, MPI_Status *status)
{
    if (status != MPI_STATUS_IGNORE)
        toc_status_set(status, request);
    if (request->persistent) {
        request->active = false;
        return;
    }
    *handle = MPI_REQUEST_NULL;
    if (request != toc_p2p_sent)
        toc_request_release(request);
}

/* What of a retired request the error needs. */
struct outcome {
    struct toc_request copy;
    MPI_Comm comm;
    int index; /* of several: which, and its error code */
    int code;
};

static void note_outcome(struct outcome *outcome, const struct toc_request *request)
{
    outcome->copy = *request;
    outcome->copy.comm = NULL;
    outcome->comm = request->comm != NULL ? TOC_MPI_HANDLE(MPI_Comm, request->comm) : MPI_COMM_SELF;
}

static int raise_outcome(const char *function, struct outcome *outcome)
{
    outcome->copy.comm = toc_mpi_comm(outcome->comm);
    return toc_mpi_raise_request(function, &outcome->copy);
}

static int retire_generalized(const char *function, struct toc_request *request,
                              MPI_Request *handle, MPI_Status *status)
{
    return toc_mpi_grequest_raise(function, toc_mpi_grequest_retire(request, handle, status));
}

static bool is_complete(const void *argument)
{
    return ((const volatile struct toc_request *)argument)->complete;
}

int PMPI_Wait(MPI_Request *handle, MPI_Status *status)
{
    static const char function[] = "MPI_Wait";
    struct toc_request *request;
    toc_mpi_check_active(function);
    if (handle == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the address of the request is a null pointer");
    int code = toc_mpi_check_request(function, *handle, 0, 1, &request);
    if (code != MPI_SUCCESS)
        return code;
    if (toc_mpi_is_inactive(request)) {
        toc_status_set_empty(status);
        return MPI_SUCCESS;
    }
    toc_guard_enter();
    toc_progress_wait(is_complete, request, function);
    if (__builtin_expect(request->kind == TOC_REQUEST_GENERALIZED, 0)) {
        toc_guard_leave();
        return retire_generalized(function, request, handle, status);
    }
    if (__builtin_expect(request->error == TOC_OK, 1)) {
        retire(request, handle, status);
        toc_guard_leave();
        return MPI_SUCCESS;
    }
    struct outcome outcome;
    note_outcome(&outcome, request);
    retire(request, handle, status);
    toc_guard_leave();
    return raise_outcome(function, &outcome);
}
TOC_MPI_ALIAS(Wait);

void toc_mpi_poke(void)
{
    static unsigned in_vain;
    if (toc_progress_run(TOC_PROGRESS_TEST))
        in_vain = 0;
    else if (toc_world.crowded && ++in_vain % 16 == 0)
        toc_syscall0(SYS_sched_yield);
}

int PMPI_Test(MPI_Request *handle, int *flag, MPI_Status *status)
{
    static const char function[] = "MPI_Test";
    struct toc_request *request;
    toc_mpi_check_active(function);
    if (handle == NULL || flag == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the address of the request or of the flag is a null pointer");
    int code = toc_mpi_check_request(function, *handle, 0, 1, &request);
    if (code != MPI_SUCCESS)
        return code;
    *flag = 1;
    if (toc_mpi_is_inactive(request)) {
        toc_status_set_empty(status);
        return MPI_SUCCESS;
    }
    struct outcome outcome = {.copy.error = TOC_OK};
    toc_guard_enter();
    if (!request->complete)
        toc_mpi_poke();
    *flag = request->complete;
    if (*flag && request->kind == TOC_REQUEST_GENERALIZED) {
        toc_guard_leave();
        return retire_generalized(function, request, handle, status);
    }
    if (*flag) {
        if (request->error != TOC_OK)
            note_outcome(&outcome, request);
        retire(request, handle, status);
    }
    toc_guard_leave();
    return raise_outcome(function, &outcome);
}
TOC_MPI_ALIAS(Test);

bool toc_mpi_all_complete(const void *argument)
{
    const struct toc_mpi_request_set *set = argument;
    /* From the last one: it is mostly the last to complete. */
    for (int i = set->count - 1; i >= 0; i--)
        if (!toc_mpi_is_inactive(set->requests[i]) &&
            !((const volatile struct toc_request *)set->requests[i])->complete)
            return false;
    return true;
}

int toc_mpi_first_complete(const struct toc_mpi_request_set *set)
{
    int found = MPI_UNDEFINED;
    for (int i = 0; i < set->count; i++) {
        if (toc_mpi_is_inactive(set->requests[i]))
            continue;
        if (set->requests[i]->complete)
            return i;
        found = -1;
    }
    return found;
}

static bool any_complete(const void *argument)
{
    return toc_mpi_first_complete(argument) != -1;
}

static const char *kind_name(const struct toc_request *request)
{
    switch (request->kind) {
    case TOC_REQUEST_SEND:
        return "a send";
    case TOC_REQUEST_RECEIVE:
        return "a receive";
    case TOC_REQUEST_PAIR:
        return "a send and receive";
    case TOC_REQUEST_GENERALIZED:
        return "a generalized request";
    case TOC_REQUEST_COLLECTIVE:
        return "a collective operation";
    default:
        return "a request";
    }
}

/* Errors of several requests: their codes in the statuses, MPI_ERR_IN_STATUS as the result. The
 * sentence is about the first: a job that ends has no use for statuses. */
static int raise_in_status(const char *function, const struct toc_mpi_request_set *set, bool failed,
                           const struct outcome *first)
{
    if (!failed)
        return MPI_SUCCESS;
    const char *sentence = toc_mpi_error_sentence(first->code);
    size_t prefix = strlen(function) + 2; /* "MPI_Waitall: " */
    return toc_mpi_raise(first->comm, MPI_ERR_IN_STATUS, function,
                         "request %d of %d, %s, failed: %s", first->index, set->count,
                         kind_name(&first->copy),
                         sentence != NULL && strncmp(sentence, function, prefix - 2) == 0
                             ? sentence + prefix
                             : toc_mpi_error_class_name(toc_mpi_error_class_of_code(first->code)));
}

static void note_first(struct outcome *first, const struct toc_request *request, int index,
                       int code)
{
    note_outcome(first, request);
    first->index = index;
    first->code = code;
}

/* Retires request `i` into entry `at` of the statuses; notes the first failure. */
static void retire_one(const char *function, struct toc_mpi_request_set *set, int i,
                       MPI_Request handles[], MPI_Status statuses[], int at, bool *failed,
                       struct outcome *first)
{
    struct toc_request *request = set->requests[i];
    MPI_Status *status = statuses == MPI_STATUSES_IGNORE ? MPI_STATUS_IGNORE : &statuses[at];
    int code = MPI_SUCCESS;
    if (request->kind == TOC_REQUEST_GENERALIZED) {
        set->generalized = true; /* stays in the set for retire_the_generalized() */
        return;
    }
    if (request->error != TOC_OK) {
        code = toc_mpi_request_code(function, request);
        if (!*failed)
            note_first(first, request, i, code);
        *failed = true;
    }
    if (status != MPI_STATUS_IGNORE)
        status->MPI_ERROR = code;
    retire(request, &handles[i], status);
    set->requests[i] = NULL;
}

/* What most requests are: complete, without a failure, or somebody else to tell. */
static inline bool is_plain(const struct toc_request *request)
{
    return toc_request_is_just_complete(request) && request->error == TOC_OK &&
           request->kind <= TOC_REQUEST_RECEIVE;
}

/* The generalized ones among what was retired, after the guard was opened: request `indices[k]` has
 * entry k of the statuses (NULL: each its own). */
static void retire_the_generalized(struct toc_mpi_request_set *set, MPI_Request handles[],
                                   const int indices[], int count, MPI_Status statuses[],
                                   bool *failed, struct outcome *first)
{
    for (int k = 0; set->generalized && k < count; k++) {
        int i = indices == NULL ? k : indices[k];
        MPI_Status *status = statuses == MPI_STATUSES_IGNORE ? MPI_STATUS_IGNORE : &statuses[k];
        if (set->requests[i] == NULL || set->requests[i]->kind != TOC_REQUEST_GENERALIZED)
            continue;
        int code = toc_mpi_grequest_retire(set->requests[i], &handles[i], status);
        if (status != MPI_STATUS_IGNORE)
            status->MPI_ERROR = code;
        if (code != MPI_SUCCESS && !*failed)
            *first = (struct outcome){.copy.kind = TOC_REQUEST_GENERALIZED,
                                      .comm = MPI_COMM_SELF,
                                      .index = i,
                                      .code = code};
        *failed |= code != MPI_SUCCESS;
    }
}

static void retire_all(const char *function, struct toc_mpi_request_set *set, MPI_Request handles[],
                       MPI_Status statuses[], bool *failed, struct outcome *first)
{
    for (int i = 0; i < set->count; i++) {
        if (statuses == MPI_STATUSES_IGNORE && set->requests[i] != NULL &&
            is_plain(set->requests[i])) {
            retire(set->requests[i], &handles[i], MPI_STATUS_IGNORE);
            set->requests[i] = NULL;
        } else if (!toc_mpi_is_inactive(set->requests[i])) {
            retire_one(function, set, i, handles, statuses, i, failed, first);
        } else if (statuses != MPI_STATUSES_IGNORE) {
            toc_status_set_empty(&statuses[i]);
        }
    }
}

/* Retires what is complete already, from the front; without statuses, in one pass. False: something
 * is left, which the long way has to look at. */
static bool retire_front(int count, MPI_Request handles[])
{
    for (int i = 0; i < count; i++) {
        MPI_Request handle = handles[i];
        if (handle == MPI_REQUEST_NULL)
            continue;
        if (handle != toc_mpi_sent_request) {
            struct toc_request *request = toc_request_named((uintptr_t)handle);
            if (request == NULL || !is_plain(request))
                return false;
            toc_p2p_recycle(request);
        }
        handles[i] = MPI_REQUEST_NULL;
    }
    return true;
}

int PMPI_Waitall(int count, MPI_Request handles[], MPI_Status statuses[])
{
    static const char function[] = "MPI_Waitall";
    struct toc_mpi_request_set set;
    struct outcome first;
    bool failed = false;
    if (statuses == MPI_STATUSES_IGNORE && toc_mpi_state == TOC_MPI_ACTIVE && count >= 0 &&
        handles != NULL) {
        toc_guard_enter();
        bool done = retire_front(count, handles);
        toc_guard_leave();
        if (done)
            return MPI_SUCCESS;
    }
    int code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    if (handles == NULL)
        return MPI_SUCCESS; /* none, then */
    toc_guard_enter();
    toc_progress_wait(toc_mpi_all_complete, &set, function);
    retire_all(function, &set, handles, statuses, &failed, &first);
    toc_guard_leave();
    retire_the_generalized(&set, handles, NULL, count, statuses, &failed, &first);
    toc_mpi_release_set(&set);
    return raise_in_status(function, &set, failed, &first);
}
TOC_MPI_ALIAS(Waitall);

int PMPI_Testall(int count, MPI_Request handles[], int *flag, MPI_Status statuses[])
{
    static const char function[] = "MPI_Testall";
    struct toc_mpi_request_set set;
    struct outcome first;
    bool failed = false;
    int code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (!toc_mpi_all_complete(&set))
        toc_mpi_poke();
    *flag = toc_mpi_all_complete(&set);
    if (*flag)
        retire_all(function, &set, handles, statuses, &failed, &first);
    toc_guard_leave();
    retire_the_generalized(&set, handles, NULL, count, statuses, &failed, &first);
    toc_mpi_release_set(&set);
    return raise_in_status(function, &set, failed, &first);
}
TOC_MPI_ALIAS(Testall);

/* Retires one of the set for the `any` calls. Guard held; opens it. */
static int retire_any(const char *function, struct toc_mpi_request_set *set, MPI_Request handles[],
                      int index, MPI_Status *status)
{
    struct outcome outcome = {.copy.error = TOC_OK};
    struct toc_request *request = index >= 0 ? set->requests[index] : NULL;
    if (request != NULL && request->kind == TOC_REQUEST_GENERALIZED) {
        toc_guard_leave();
        toc_mpi_release_set(set);
        return retire_generalized(function, request, &handles[index], status);
    }
    if (request != NULL) {
        if (request->error != TOC_OK)
            note_outcome(&outcome, request);
        retire(request, &handles[index], status);
    } else {
        toc_status_set_empty(status);
    }
    toc_guard_leave();
    toc_mpi_release_set(set);
    return raise_outcome(function, &outcome);
}

int PMPI_Waitany(int count, MPI_Request handles[], int *indx, MPI_Status *status)
{
    static const char function[] = "MPI_Waitany";
    struct toc_mpi_request_set set;
    int code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    toc_progress_wait(any_complete, &set, function);
    *indx = toc_mpi_first_complete(&set);
    return retire_any(function, &set, handles, *indx, status);
}
TOC_MPI_ALIAS(Waitany);

int PMPI_Testany(int count, MPI_Request handles[], int *indx, int *flag, MPI_Status *status)
{
    static const char function[] = "MPI_Testany";
    struct toc_mpi_request_set set;
    int code = toc_mpi_check_set(function, count, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (!any_complete(&set))
        toc_mpi_poke();
    int index = toc_mpi_first_complete(&set);
    *flag = index != -1;
    *indx = index < 0 ? MPI_UNDEFINED : index;
    if (*flag)
        return retire_any(function, &set, handles, index, status);
    toc_guard_leave();
    toc_mpi_release_set(&set);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Testany);

/* Retires all that are complete. Guard held; opens it. */
static int retire_some(const char *function, struct toc_mpi_request_set *set, MPI_Request handles[],
                       int *outcount, int indices[], MPI_Status statuses[])
{
    struct outcome first;
    bool failed = false;
    int some = 0;
    bool active = toc_mpi_first_complete(set) != MPI_UNDEFINED;
    for (int i = 0; i < set->count; i++) {
        if (toc_mpi_is_inactive(set->requests[i]) || !set->requests[i]->complete)
            continue;
        retire_one(function, set, i, handles, statuses, some, &failed, &first);
        indices[some++] = i;
    }
    *outcount = active ? some : MPI_UNDEFINED;
    toc_guard_leave();
    retire_the_generalized(set, handles, indices, some, statuses, &failed, &first);
    toc_mpi_release_set(set);
    return raise_in_status(function, set, failed, &first);
}

int PMPI_Waitsome(int incount, MPI_Request handles[], int *outcount, int indices[],
                  MPI_Status statuses[])
{
    static const char function[] = "MPI_Waitsome";
    struct toc_mpi_request_set set;
    int code = toc_mpi_check_set(function, incount, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    toc_progress_wait(any_complete, &set, function);
    return retire_some(function, &set, handles, outcount, indices, statuses);
}
TOC_MPI_ALIAS(Waitsome);

int PMPI_Testsome(int incount, MPI_Request handles[], int *outcount, int indices[],
                  MPI_Status statuses[])
{
    static const char function[] = "MPI_Testsome";
    struct toc_mpi_request_set set;
    int code = toc_mpi_check_set(function, incount, handles, &set);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (!any_complete(&set))
        toc_mpi_poke();
    return retire_some(function, &set, handles, outcount, indices, statuses);
}
TOC_MPI_ALIAS(Testsome);

/* For calls that need a real request. */
static int check_real(const char *function, const MPI_Request *handle, struct toc_request **request)
{
    toc_mpi_check_active(function);
    if (handle == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the address of the request is a null pointer");
    if (*handle == MPI_REQUEST_NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "the request is MPI_REQUEST_NULL");
    return toc_mpi_check_request(function, *handle, 0, 1, request);
}

int PMPI_Request_free(MPI_Request *handle)
{
    static const char function[] = "MPI_Request_free";
    struct toc_request *request;
    int code = check_real(function, handle, &request);
    if (code != MPI_SUCCESS)
        return code;
    if (request->kind == TOC_REQUEST_GENERALIZED) {
        *handle = MPI_REQUEST_NULL;
        return toc_mpi_grequest_raise(function, toc_mpi_grequest_free(request));
    }
    toc_guard_enter();
    if (request != toc_p2p_sent)
        toc_request_release(request);
    toc_guard_leave();
    *handle = MPI_REQUEST_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Request_free);

int PMPI_Cancel(MPI_Request *handle)
{
    static const char function[] = "MPI_Cancel";
    struct toc_request *request;
    int code = check_real(function, handle, &request);
    if (code != MPI_SUCCESS)
        return code;
    if (request->kind == TOC_REQUEST_GENERALIZED)
        return toc_mpi_grequest_raise(function, toc_mpi_grequest_cancel(request));
    if (request->kind == TOC_REQUEST_COLLECTIVE)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "%s is a collective operation, which cannot be cancelled",
                             toc_mpi_handle_text((uintptr_t)*handle).text);
    toc_guard_enter();
    if (!toc_mpi_is_inactive(request) && !request->complete)
        toc_p2p_cancel(request);
    toc_guard_leave();
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Cancel);

static int check_startable(const char *function, MPI_Request handle, struct toc_request **request)
{
    int code = check_real(function, &handle, request);
    if (code != MPI_SUCCESS)
        return code;
    if (!(*request)->persistent)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "%s is not a persistent request",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    if ((*request)->active)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                             "request %s is active: wait for it before it is started again",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    return MPI_SUCCESS;
}

/* Guard held. */
static int start(struct toc_request *request)
{
    if (request->kind == TOC_REQUEST_SEND && request->mode == TOC_SEND_BUFFERED)
        return toc_buffer_start(request);
    toc_request_start(request);
    return TOC_OK;
}

static int raise_start(const char *function, const struct toc_request *request, int status)
{
    return toc_mpi_buffer_status(function, TOC_MPI_HANDLE(MPI_Comm, request->comm), status);
}

int PMPI_Start(MPI_Request *handle)
{
    static const char function[] = "MPI_Start";
    struct toc_request *request = NULL;
    int code = check_startable(function, handle == NULL ? MPI_REQUEST_NULL : *handle, &request);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = start(request);
    toc_guard_leave();
    return status == TOC_OK ? MPI_SUCCESS : raise_start(function, request, status);
}
TOC_MPI_ALIAS(Start);

int PMPI_Startall(int count, MPI_Request handles[])
{
    static const char function[] = "MPI_Startall";
    struct toc_request *request = NULL;
    int status = TOC_OK;
    toc_mpi_check_active(function);
    if (count < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, function,
                             "count is %d, it must not be negative", count);
    for (int i = 0; i < count; i++) {
        int code = check_startable(function, handles[i], &request);
        if (code != MPI_SUCCESS)
            return code;
    }
    toc_guard_enter();
    for (int i = 0; i < count && status == TOC_OK; i++) {
        request = toc_request_get((uintptr_t)handles[i]);
        status = start(request);
    }
    toc_guard_leave();
    return status == TOC_OK ? MPI_SUCCESS : raise_start(function, request, status);
}
TOC_MPI_ALIAS(Startall);
