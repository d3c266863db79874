/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: is_there, is_there_or_lost */
/* Probing, with and without taking the message (MPI 5.0, section 3.8). */
#include "mpi/p2p_impl.h"
#include "mpi/status.h"
#include "p2p/ended.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"

/* What MPI_Message names: a message that a matching probe took. */
struct taken_message {
    struct toc_object object;
    struct toc_unexpected *message;
    struct toc_comm *comm; /* a reference is held */
    struct toc_p2p_envelope envelope;
};

struct query {
    int source, tag;
    struct toc_comm *comm;
    struct toc_p2p_envelope *envelope; /* of what was found */
};

static bool is_there(const void *argument)
{
    const struct query *query = argument;
    return toc_p2p_probe(query->source, query->tag, query->comm, false, query->envelope) != NULL;
}

/* Nobody is left who could send it: the ranks in question have ended. */
static bool is_lost(const struct query *query)
{
    int source = query->source;
    return toc_world.job->keep_going &&
           toc_p2p_is_lost(source < 0 ? source : toc_comm_world_rank(query->comm, source),
                           query->comm);
}

static bool is_there_or_lost(const void *argument)
{
    return is_there(argument) || is_lost(argument);
}

static int raise_lost(const char *function, MPI_Comm handle, int source)
{
    if (source < 0)
        return toc_mpi_raise(handle, MPI_ERR_PROC_ABORTED, function,
                             "all other ranks of the communicator have ended");
    return toc_mpi_raise(handle, MPI_ERR_PROC_ABORTED, function,
                         "rank %d of the communicator has ended", source);
}

static const struct toc_p2p_envelope from_nobody = {.source = MPI_PROC_NULL, .tag = MPI_ANY_TAG};

/* Looks once with progress, or waits; fills in the envelope. Guard held. */
static bool find(const struct query *query, bool wait, const char *function)
{
    if (is_there(query))
        return true;
    while (wait && !is_lost(query)) {
        toc_progress_wait(is_there_or_lost, query, function);
        if (is_there(query))
            return true;
    }
    if (wait)
        return false;
    toc_mpi_poke();
    return is_there(query);
}

static int probe(const char *function, int source, int tag, MPI_Comm handle, bool wait, int *flag,
                 MPI_Status *status)
{
    struct toc_p2p_envelope envelope = from_nobody;
    struct query query = {.source = source, .tag = tag, .envelope = &envelope};
    int code = toc_mpi_check_envelope(function, source, tag, handle, &query.comm);
    if (code != MPI_SUCCESS)
        return code;
    *flag = 1;
    bool lost = false;
    if (source != MPI_PROC_NULL) {
        toc_guard_enter();
        *flag = find(&query, wait, function);
        lost = !*flag && is_lost(&query);
        toc_guard_leave();
    }
    if (lost)
        return raise_lost(function, handle, source);
    if (*flag)
        toc_status_set_envelope(status, &envelope);
    return MPI_SUCCESS;
}

int PMPI_Probe(int source, int tag, MPI_Comm comm, MPI_Status *status)
{
    int flag;
    return probe("MPI_Probe", source, tag, comm, true, &flag, status);
}
TOC_MPI_ALIAS(Probe);

int PMPI_Iprobe(int source, int tag, MPI_Comm comm, int *flag, MPI_Status *status)
{
    return probe("MPI_Iprobe", source, tag, comm, false, flag, status);
}
TOC_MPI_ALIAS(Iprobe);

/* Takes what is found; a message that its sender withdraws in between was not there. The handle
 * comes first: what was taken cannot be put back. Guard held. */
static bool take(const struct query *query, bool wait, const char *function,
                 struct taken_message **taken)
{
    while (find(query, wait, function)) {
        if (*taken == NULL)
            *taken = toc_handle_alloc(TOC_KIND_MESSAGE, sizeof(**taken));
        if (*taken == NULL)
            return true;
        (*taken)->message =
            toc_p2p_probe(query->source, query->tag, query->comm, true, &(*taken)->envelope);
        if ((*taken)->message != NULL)
            return true;
    }
    if (*taken != NULL)
        toc_handle_free(*taken);
    return false;
}

static int matching_probe(const char *function, int source, int tag, MPI_Comm handle, bool wait,
                          int *flag, MPI_Message *message, MPI_Status *status)
{
    struct toc_p2p_envelope found;
    struct query query = {.source = source, .tag = tag, .envelope = &found};
    struct taken_message *taken = NULL;
    int code = toc_mpi_check_envelope(function, source, tag, handle, &query.comm);
    if (code != MPI_SUCCESS)
        return code;
    *flag = 1;
    if (source == MPI_PROC_NULL) {
        *message = MPI_MESSAGE_NO_PROC;
        toc_status_set_envelope(status, &from_nobody);
        return MPI_SUCCESS;
    }
    *message = MPI_MESSAGE_NULL;
    toc_guard_enter();
    *flag = take(&query, wait, function, &taken);
    if (*flag && taken != NULL) {
        taken->comm = toc_comm_retain(query.comm);
        *message = TOC_MPI_HANDLE(MPI_Message, taken);
        toc_status_set_envelope(status, &taken->envelope);
    }
    bool lost = !*flag && is_lost(&query);
    toc_guard_leave();
    if (lost)
        return raise_lost(function, handle, source);
    if (*flag && taken == NULL)
        return toc_mpi_raise(handle, MPI_ERR_NO_MEM, function, "no memory for a message handle");
    return MPI_SUCCESS;
}

int PMPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message *message, MPI_Status *status)
{
    int flag;
    return matching_probe("MPI_Mprobe", source, tag, comm, true, &flag, message, status);
}
TOC_MPI_ALIAS(Mprobe);

int PMPI_Improbe(int source, int tag, MPI_Comm comm, int *flag, MPI_Message *message,
                 MPI_Status *status)
{
    return matching_probe("MPI_Improbe", source, tag, comm, false, flag, message, status);
}
TOC_MPI_ALIAS(Improbe);

/* Checks buffer and handle of a matched receive; `receive` is what to check the buffer with. */
static int check_taken(const char *function, MPI_Message handle, struct toc_mpi_message *receive,
                       struct taken_message **taken)
{
    toc_mpi_check_active(function);
    *taken = NULL;
    receive->comm_handle = MPI_COMM_SELF;
    receive->peer = MPI_PROC_NULL;
    if (handle != MPI_MESSAGE_NO_PROC) {
        *taken = toc_handle_lookup(TOC_KIND_MESSAGE, (uintptr_t)handle);
        if (*taken == NULL)
            return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_REQUEST, function,
                                 "%s is not a message from a matching probe",
                                 toc_mpi_handle_text((uintptr_t)handle).text);
        receive->comm_handle = TOC_MPI_HANDLE(MPI_Comm, (*taken)->comm);
        receive->peer = (*taken)->envelope.source;
    }
    return toc_mpi_check_message(receive, true);
}

/* Prepares and starts. Guard held. */
static void start_taken(struct toc_request *request, const struct toc_mpi_message *receive,
                        struct taken_message *taken)
{
    struct toc_comm *comm = taken != NULL ? taken->comm : receive->comm;
    toc_p2p_prepare_receive(request, receive->buffer, receive->count, receive->type, receive->peer,
                            receive->tag, comm);
    if (taken == NULL) {
        toc_p2p_start(request);
        return;
    }
    toc_p2p_start_matched(request, taken->message);
    toc_comm_release(comm);
    toc_handle_free(taken);
}

static int receive_taken(struct toc_mpi_message *receive, MPI_Message *message, MPI_Status *status)
{
    struct taken_message *taken;
    int code = check_taken(receive->function, *message, receive, &taken);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_request request; /* filled in by prepare */
    request.object.handle = 0;  /* ... but for that */
    toc_guard_enter();
    start_taken(&request, receive, taken);
    toc_p2p_wait(&request, receive->function);
    toc_p2p_cleanup(&request);
    toc_guard_leave();
    *message = MPI_MESSAGE_NULL;
    toc_status_set(status, &request);
    request.comm = receive->comm;
    return toc_mpi_raise_request(receive->function, &request);
}

static int start_receive_taken(struct toc_mpi_message *receive, MPI_Message *message,
                               MPI_Request *request)
{
    struct taken_message *taken;
    int code = check_taken(receive->function, *message, receive, &taken);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    struct toc_request *started = toc_request_new(TOC_REQUEST_RECEIVE);
    if (started != NULL) {
        *request = TOC_MPI_HANDLE(MPI_Request, started);
        start_taken(started, receive, taken);
        *message = MPI_MESSAGE_NULL;
    }
    toc_guard_leave();
    return started == NULL ? toc_mpi_no_request(receive) : MPI_SUCCESS;
}

/* What the receive of a matched message is checked with: rank and tag are the message's. */
#define MATCHED(name)                                                                              \
    struct toc_mpi_message receive = {                                                             \
        .function = (name), .buffer = buf, .count = count, .type_handle = datatype, .tag = 0}

int PMPI_Mrecv(void *buf, int count, MPI_Datatype datatype, MPI_Message *message,
               MPI_Status *status)
{
    MATCHED("MPI_Mrecv");
    return receive_taken(&receive, message, status);
}
TOC_MPI_ALIAS(Mrecv);

int PMPI_Mrecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, MPI_Message *message,
                 MPI_Status *status)
{
    MATCHED("MPI_Mrecv_c");
    return receive_taken(&receive, message, status);
}
TOC_MPI_ALIAS(Mrecv_c);

int PMPI_Imrecv(void *buf, int count, MPI_Datatype datatype, MPI_Message *message,
                MPI_Request *request)
{
    MATCHED("MPI_Imrecv");
    return start_receive_taken(&receive, message, request);
}
TOC_MPI_ALIAS(Imrecv);

int PMPI_Imrecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, MPI_Message *message,
                  MPI_Request *request)
{
    MATCHED("MPI_Imrecv_c");
    return start_receive_taken(&receive, message, request);
}
TOC_MPI_ALIAS(Imrecv_c);
