/* SPDX-License-Identifier: BSD-3-Clause */
/* Point-to-point: non-blocking sends and receives (MPI 5.0, section 3.7). */
#include "mpi/p2p_impl.h"
#include "progress/guard.h"

int toc_mpi_no_request(const struct toc_mpi_message *message)
{
    return toc_mpi_raise(message->comm_handle, MPI_ERR_NO_MEM, message->function,
                         "no memory, or no number, for another request");
}

int toc_mpi_check_result(const struct toc_mpi_message *message, const MPI_Request *request)
{
    if (__builtin_expect(request != NULL, 1))
        return MPI_SUCCESS;
    return toc_mpi_raise(message->comm_handle, MPI_ERR_ARG, message->function,
                         "the address for the request is a null pointer");
}

struct toc_request *toc_mpi_prepared(const struct toc_mpi_message *message, bool receiving,
                                     enum toc_send_mode mode)
{
    if (toc_request_ended)
        toc_request_reap();
    struct toc_request *request = toc_request_unprepared();
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
        code = toc_mpi_check_result(message, handle);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    struct toc_request *request = toc_mpi_prepared(message, receiving, mode);
    if (request != NULL) {
        *handle = TOC_MPI_HANDLE(MPI_Request, request);
        toc_p2p_start(request);
    }
    toc_guard_leave();
    return request != NULL ? MPI_SUCCESS : toc_mpi_no_request(message);
}

/* A usual send that is complete when this returns. */
static inline bool send_now(const void *buffer, int64_t count, MPI_Datatype type, int dest, int tag,
                            MPI_Comm comm, MPI_Request *handle)
{
    if (handle == NULL || !toc_mpi_send_now(buffer, count, type, dest, tag, comm))
        return false;
    *handle = toc_mpi_sent_request;
    return true;
}

/* End of a call that makes a request in its usual way. */
static inline int give(struct toc_request *request, const char *function, MPI_Comm comm,
                       MPI_Request *handle)
{
    if (__builtin_expect(request != NULL, 1)) {
        *handle = TOC_MPI_HANDLE(MPI_Request, request);
        toc_guard_leave();
        return MPI_SUCCESS;
    }
    toc_guard_leave();
    const struct toc_mpi_message message = {.function = function, .comm_handle = comm};
    return toc_mpi_no_request(&message);
}

/* What is unusual about a call is found out here, so that the usual way has few registers to save.
 */
static __attribute__((noinline)) int start_unusual(const char *function, bool receiving,
                                                   const void *buf, int64_t count,
                                                   MPI_Datatype datatype, int peer, int tag,
                                                   MPI_Comm comm, MPI_Request *handle)
{
    TOC_MPI_MESSAGE(function);
    return start_new(&message, receiving, TOC_SEND_STANDARD, handle);
}

static inline __attribute__((always_inline)) int start_send(const char *function,
                                                            const void *buffer, int64_t count,
                                                            MPI_Datatype type_handle, int dest,
                                                            int tag, MPI_Comm comm_handle,
                                                            MPI_Request *handle)
{
    struct toc_datatype *type;
    struct toc_comm *comm;
    if (handle == NULL ||
        !toc_mpi_is_usual(buffer, count, type_handle, dest, tag, comm_handle, &type, &comm))
        return start_unusual(function, false, buffer, count, type_handle, dest, tag, comm_handle,
                             handle);
    toc_guard_enter();
    return give(toc_p2p_send_soon(buffer, count, type, dest, tag, comm), function, comm_handle,
                handle);
}

static inline __attribute__((always_inline)) int start_receive(const char *function, void *buffer,
                                                               int64_t count,
                                                               MPI_Datatype type_handle, int source,
                                                               int tag, MPI_Comm comm_handle,
                                                               MPI_Request *handle)
{
    struct toc_datatype *type;
    struct toc_comm *comm;
    if (handle == NULL || !toc_mpi_is_usual_receive(buffer, count, type_handle, source, tag,
                                                    comm_handle, &type, &comm))
        return start_unusual(function, true, buffer, count, type_handle, source, tag, comm_handle,
                             handle);
    toc_guard_enter();
    return give(toc_p2p_receive_soon(buffer, count, type, source, tag, comm), function, comm_handle,
                handle);
}

int PMPI_Isend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
               MPI_Request *request)
{
    return start_send("MPI_Isend", buf, count, datatype, peer, tag, comm, request);
}
TOC_MPI_ALIAS(Isend);

int PMPI_Isend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                 MPI_Comm comm, MPI_Request *request)
{
    return start_send("MPI_Isend_c", buf, count, datatype, peer, tag, comm, request);
}
TOC_MPI_ALIAS(Isend_c);

int PMPI_Issend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Issend");
    return start_new(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Issend);

int PMPI_Issend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                  MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Issend_c");
    return start_new(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Issend_c);

int PMPI_Irsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Request *request)
{
    if (send_now(buf, count, datatype, peer, tag, comm, request))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Irsend");
    return start_new(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Irsend);

int PMPI_Irsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                  MPI_Comm comm, MPI_Request *request)
{
    if (send_now(buf, count, datatype, peer, tag, comm, request))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Irsend_c");
    return start_new(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Irsend_c);

int PMPI_Irecv(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
               MPI_Request *request)
{
    return start_receive("MPI_Irecv", buf, count, datatype, peer, tag, comm, request);
}
TOC_MPI_ALIAS(Irecv);

int PMPI_Irecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                 MPI_Comm comm, MPI_Request *request)
{
    return start_receive("MPI_Irecv_c", buf, count, datatype, peer, tag, comm, request);
}
TOC_MPI_ALIAS(Irecv_c);
