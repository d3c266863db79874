/* SPDX-License-Identifier: BSD-3-Clause */
/* Point-to-point: persistent requests (MPI 5.0, section 3.9); started in request.c. */
#include "mpi/p2p_impl.h"
#include "progress/guard.h"

static int make_persistent(struct toc_mpi_message *message, bool receiving, enum toc_send_mode mode,
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
        request->persistent = true;
        request->active = false;
        request->dest = message->peer;
        *handle = TOC_MPI_HANDLE(MPI_Request, request);
    }
    toc_guard_leave();
    return request != NULL ? MPI_SUCCESS : toc_mpi_no_request(message);
}

int PMPI_Send_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                   MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Send_init");
    return make_persistent(&message, false, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Send_init);

int PMPI_Send_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                     MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Send_init_c");
    return make_persistent(&message, false, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Send_init_c);

int PMPI_Ssend_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                    MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Ssend_init");
    return make_persistent(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Ssend_init);

int PMPI_Ssend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                      MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Ssend_init_c");
    return make_persistent(&message, false, TOC_SEND_SYNC, request);
}
TOC_MPI_ALIAS(Ssend_init_c);

int PMPI_Rsend_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                    MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Rsend_init");
    return make_persistent(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Rsend_init);

int PMPI_Rsend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                      MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Rsend_init_c");
    return make_persistent(&message, false, TOC_SEND_READY, request);
}
TOC_MPI_ALIAS(Rsend_init_c);

int PMPI_Bsend_init(const void *buf, int count, MPI_Datatype datatype, int peer, int tag,
                    MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Bsend_init");
    return make_persistent(&message, false, TOC_SEND_BUFFERED, request);
}
TOC_MPI_ALIAS(Bsend_init);

int PMPI_Bsend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                      MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Bsend_init_c");
    return make_persistent(&message, false, TOC_SEND_BUFFERED, request);
}
TOC_MPI_ALIAS(Bsend_init_c);

int PMPI_Recv_init(void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                   MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Recv_init");
    return make_persistent(&message, true, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Recv_init);

int PMPI_Recv_init_c(void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                     MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Recv_init_c");
    return make_persistent(&message, true, TOC_SEND_STANDARD, request);
}
TOC_MPI_ALIAS(Recv_init_c);
