/* SPDX-License-Identifier: BSD-3-Clause */
/* Point-to-point: sends, receives (MPI 5.0, sections 3.2, 3.4, 3.7, 3.9, 3.10). */
#include "mpi/p2p_impl.h"
#include "mpi/status.h"
#include "progress/guard.h"

/* Blocking calls keep their request in their own frame. */
static int send_blocking(struct toc_mpi_message *message, enum toc_send_mode mode)
{
    int code = toc_mpi_check_message(message, false);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (mode != TOC_SEND_SYNC && toc_p2p_send_now(message->buffer, message->count, message->type,
                                                  message->peer, message->tag, message->comm)) {
        toc_guard_leave();
        return MPI_SUCCESS;
    }
    struct toc_request request; /* filled in by prepare */
    toc_p2p_prepare_send(&request, message->buffer, message->count, message->type, message->peer,
                         message->tag, message->comm, mode);
    toc_p2p_start(&request);
    toc_p2p_wait(&request);
    toc_p2p_cleanup(&request);
    toc_guard_leave();
    return MPI_SUCCESS;
}

#define MESSAGE(name)                                                                              \
    struct toc_mpi_message message = {.function = (name),                                          \
                                      .buffer = (void *)(uintptr_t)buf,                            \
                                      .count = count,                                              \
                                      .type_handle = datatype,                                     \
                                      .peer = peer,                                                \
                                      .tag = tag,                                                  \
                                      .comm_handle = comm}

int PMPI_Send(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    MESSAGE("MPI_Send");
    return send_blocking(&message, TOC_SEND_STANDARD);
}
TOC_MPI_ALIAS(Send);

int PMPI_Ssend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    MESSAGE("MPI_Ssend");
    return send_blocking(&message, TOC_SEND_SYNC);
}
TOC_MPI_ALIAS(Ssend);

int PMPI_Rsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    MESSAGE("MPI_Rsend");
    return send_blocking(&message, TOC_SEND_READY);
}
TOC_MPI_ALIAS(Rsend);

int PMPI_Recv(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
              MPI_Status *status)
{
    MESSAGE("MPI_Recv");
    int code = toc_mpi_check_message(&message, true);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_request request; /* filled in by prepare */
    toc_guard_enter();
    toc_p2p_prepare_receive(&request, buf, count, message.type, peer, tag, message.comm);
    toc_p2p_start(&request);
    toc_p2p_wait(&request);
    toc_p2p_cleanup(&request);
    toc_guard_leave();
    toc_status_set(status, &request);
    request.comm = message.comm;
    return toc_mpi_raise_request(message.function, &request);
}
TOC_MPI_ALIAS(Recv);

static int no_request(const struct toc_mpi_message *message)
{
    return toc_mpi_raise(message->comm_handle, MPI_ERR_NO_MEM, message->function,
                         "no memory, or no number, for another request");
}

static int check_result(const struct toc_mpi_message *message, const MPI_Request *request)
{
    if (__builtin_expect(request != NULL, 1))
        return MPI_SUCCESS;
    return toc_mpi_raise(message->comm_handle, MPI_ERR_ARG, message->function,
                         "the address for the request is a null pointer");
}

/* A request with a handle, prepared but not started; NULL without memory. Guard held. */
static struct toc_request *prepared(const struct toc_mpi_message *message, bool receiving,
                                    enum toc_send_mode mode)
{
    toc_request_reap();
    struct toc_request *request =
        toc_request_new(receiving ? TOC_REQUEST_RECEIVE : TOC_REQUEST_SEND);
    if (request == NULL)
        return NULL;
    if (receiving)
        toc_p2p_prepare_receive(request, message->buffer, message->count, message->type,
                                message->peer, message->tag, message->comm);
    else
        toc_p2p_prepare_send(request, message->buffer, message->count, message->type, message->peer,
                             message->tag, message->comm, mode);
    return request;
}

static int start_new(struct toc_mpi_message *message, bool receiving, enum toc_send_mode mode,
                     MPI_Request *handle)
{
    int code = toc_mpi_check_message(message, receiving);
    if (code == MPI_SUCCESS)
        code = check_result(message, handle);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    if (!receiving && mode != TOC_SEND_SYNC &&
        toc_p2p_send_now(message->buffer, message->count, message->type, message->peer,
                         message->tag, message->comm)) {
        *handle = toc_mpi_sent_request();
        toc_guard_leave();
        return MPI_SUCCESS;
    }
    struct toc_request *request = prepared(message, receiving, mode);
    if (request != NULL) {
        *handle = TOC_MPI_HANDLE(MPI_Request, request);
        toc_p2p_start(request);
    }
    toc_guard_leave();
    return request != NULL ? MPI_SUCCESS : no_request(message);
}

int PMPI_Isend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
               MPI_Request *request)
{
    MESSAGE("MPI_Isend");
    return start_new(&message, false, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Isend);

int PMPI_Issend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Request *request)
{
    MESSAGE("MPI_Issend");
    return start_new(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Issend);

int PMPI_Irsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Request *request)
{
    MESSAGE("MPI_Irsend");
    return start_new(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Irsend);

int PMPI_Irecv(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
               MPI_Request *request)
{
    MESSAGE("MPI_Irecv");
    return start_new(&message, true, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Irecv);

static int make_persistent(struct toc_mpi_message *message, bool receiving, enum toc_send_mode mode,
                           MPI_Request *handle)
{
    int code = toc_mpi_check_message(message, receiving);
    if (code == MPI_SUCCESS)
        code = check_result(message, handle);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    struct toc_request *request = prepared(message, receiving, mode);
    if (request != NULL) {
        request->persistent = true;
        request->active = false;
        *handle = TOC_MPI_HANDLE(MPI_Request, request);
    }
    toc_guard_leave();
    return request != NULL ? MPI_SUCCESS : no_request(message);
}

int PMPI_Send_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                   MPI_Comm comm, MPI_Request *request)
{
    MESSAGE("MPI_Send_init");
    return make_persistent(&message, false, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Send_init);

int PMPI_Ssend_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                    MPI_Comm comm, MPI_Request *request)
{
    MESSAGE("MPI_Ssend_init");
    return make_persistent(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Ssend_init);

int PMPI_Rsend_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                    MPI_Comm comm, MPI_Request *request)
{
    MESSAGE("MPI_Rsend_init");
    return make_persistent(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Rsend_init);

int PMPI_Recv_init(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                   MPI_Request *request)
{
    MESSAGE("MPI_Recv_init");
    return make_persistent(&message, true, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Recv_init);
