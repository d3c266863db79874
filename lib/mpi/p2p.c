/* SPDX-License-Identifier: BSD-3-Clause */
/* Point-to-point: blocking sends and receives (MPI 5.0, sections 3.2 and 3.4). */
#include "mpi/p2p_impl.h"
#include "mpi/status.h"
#include "progress/guard.h"

/* A receive whose message is there, or comes at once. */
static inline bool receive_now(void *buffer, int64_t count, MPI_Datatype type_handle, int source,
                               int tag, MPI_Comm comm_handle, MPI_Status *status)
{
    struct toc_p2p_envelope envelope;
    struct toc_datatype *type;
    struct toc_comm *comm;
    if (!toc_mpi_is_usual_receive(buffer, count, type_handle, source, tag, comm_handle, &type,
                                  &comm))
        return false;
    toc_guard_enter();
    bool received = toc_p2p_receive_now(buffer, count, type, source, tag, comm, &envelope);
    toc_guard_leave();
    if (received && status != MPI_STATUS_IGNORE)
        toc_status_set_envelope(status, &envelope);
    return received;
}

/* Blocking calls keep their request in their own frame. */
static int send_blocking(struct toc_mpi_message *message, enum toc_send_mode mode)
{
    int code = toc_mpi_check_message(message, false);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_request request; /* filled in by prepare */
    request.object.handle = 0;  /* ... but for that */
    toc_guard_enter();
    toc_p2p_prepare_send(&request, message->buffer, message->count, message->type, message->peer,
                         message->tag, message->comm, mode);
    toc_p2p_start(&request);
    toc_p2p_wait(&request, message->function);
    toc_p2p_cleanup(&request);
    toc_guard_leave();
    request.comm = message->comm;
    return toc_mpi_raise_request(message->function, &request);
}

static int receive_blocking(struct toc_mpi_message *message, MPI_Status *status)
{
    int code = toc_mpi_check_message(message, true);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_request request; /* filled in by prepare */
    request.object.handle = 0;  /* ... but for that */
    toc_guard_enter();
    toc_p2p_prepare_receive(&request, message->buffer, message->count, message->type, message->peer,
                            message->tag, message->comm);
    toc_p2p_start(&request);
    toc_p2p_wait(&request, message->function);
    toc_p2p_cleanup(&request);
    toc_guard_leave();
    toc_status_set(status, &request);
    request.comm = message->comm;
    return toc_mpi_raise_request(message->function, &request);
}

int PMPI_Send(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    if (toc_mpi_send_now(buf, count, datatype, peer, tag, comm))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Send");
    return send_blocking(&message, TOC_SEND_STANDARD);
}
TOC_MPI_ALIAS(Send);

int PMPI_Send_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                MPI_Comm comm)
{
    if (toc_mpi_send_now(buf, count, datatype, peer, tag, comm))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Send_c");
    return send_blocking(&message, TOC_SEND_STANDARD);
}
TOC_MPI_ALIAS(Send_c);

int PMPI_Ssend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    TOC_MPI_MESSAGE("MPI_Ssend");
    return send_blocking(&message, TOC_SEND_SYNC);
}
TOC_MPI_ALIAS(Ssend);

int PMPI_Ssend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                 MPI_Comm comm)
{
    TOC_MPI_MESSAGE("MPI_Ssend_c");
    return send_blocking(&message, TOC_SEND_SYNC);
}
TOC_MPI_ALIAS(Ssend_c);

int PMPI_Rsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    if (toc_mpi_send_now(buf, count, datatype, peer, tag, comm))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Rsend");
    return send_blocking(&message, TOC_SEND_READY);
}
TOC_MPI_ALIAS(Rsend);

int PMPI_Rsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                 MPI_Comm comm)
{
    if (toc_mpi_send_now(buf, count, datatype, peer, tag, comm))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Rsend_c");
    return send_blocking(&message, TOC_SEND_READY);
}
TOC_MPI_ALIAS(Rsend_c);

int PMPI_Recv(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
              MPI_Status *status)
{
    if (receive_now(buf, count, datatype, peer, tag, comm, status))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Recv");
    return receive_blocking(&message, status);
}
TOC_MPI_ALIAS(Recv);

int PMPI_Recv_c(void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Status *status)
{
    if (receive_now(buf, count, datatype, peer, tag, comm, status))
        return MPI_SUCCESS;
    TOC_MPI_MESSAGE("MPI_Recv_c");
    return receive_blocking(&message, status);
}
TOC_MPI_ALIAS(Recv_c);
