/* SPDX-License-Identifier: BSD-3-Clause */
/* Send-receive (MPI 5.0, section 3.11) and its non-blocking forms. */
#include <stdlib.h>
#include <string.h>

#include "datatype/cursor.h"
#include "mpi/p2p_impl.h"
#include "mpi/status.h"
#include "p2p/pair.h"
#include "progress/guard.h"

/* Arguments of a call with a message of its own each way, as `out` and `in`. */
#define EXCHANGE(name)                                                                             \
    struct toc_mpi_message out = {.function = (name),                                              \
                                  .buffer = (void *)(uintptr_t)sendbuf,                            \
                                  .count = sendcount,                                              \
                                  .type_handle = sendtype,                                         \
                                  .peer = dest,                                                    \
                                  .tag = sendtag,                                                  \
                                  .comm_handle = comm};                                            \
    struct toc_mpi_message in = {.function = (name),                                               \
                                 .buffer = recvbuf,                                                \
                                 .count = recvcount,                                               \
                                 .type_handle = recvtype,                                          \
                                 .peer = source,                                                   \
                                 .tag = recvtag,                                                   \
                                 .comm_handle = comm}

/* The same for a call that replaces the contents of one buffer. */
#define REPLACE(name)                                                                              \
    struct toc_mpi_message in = {.function = (name),                                               \
                                 .buffer = buf,                                                    \
                                 .count = count,                                                   \
                                 .type_handle = datatype,                                          \
                                 .peer = source,                                                   \
                                 .tag = recvtag,                                                   \
                                 .comm_handle = comm};                                             \
    struct toc_mpi_message out = in;                                                               \
    out.peer = dest;                                                                               \
    out.tag = sendtag

static int exchange(struct toc_mpi_message *out, struct toc_mpi_message *in, MPI_Status *status)
{
    struct toc_request send = {0}, receive = {0};
    toc_guard_enter();
    toc_p2p_prepare_receive(&receive, in->buffer, in->count, in->type, in->peer, in->tag, in->comm);
    toc_p2p_start(&receive);
    if (!toc_p2p_send_now(out->buffer, out->count, out->type, out->peer, out->tag, out->comm)) {
        toc_p2p_prepare_send(&send, out->buffer, out->count, out->type, out->peer, out->tag,
                             out->comm, TOC_SEND_STANDARD);
        toc_p2p_start(&send);
        toc_p2p_wait(&send, out->function);
        toc_p2p_cleanup(&send);
    }
    toc_p2p_wait(&receive, in->function);
    toc_p2p_cleanup(&receive);
    toc_guard_leave();
    toc_status_set(status, &receive);
    receive.comm = in->comm;
    return toc_mpi_raise_request(in->function, &receive);
}

static int check_both(struct toc_mpi_message *out, struct toc_mpi_message *in)
{
    int code = toc_mpi_check_message(out, false);
    return code != MPI_SUCCESS ? code : toc_mpi_check_message(in, true);
}

int PMPI_Sendrecv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, int dest, int sendtag,
                  void *recvbuf, int recvcount, MPI_Datatype recvtype, int source, int recvtag,
                  MPI_Comm comm, MPI_Status *status)
{
    EXCHANGE("MPI_Sendrecv");
    int code = check_both(&out, &in);
    return code != MPI_SUCCESS ? code : exchange(&out, &in, status);
}
TOC_MPI_ALIAS(Sendrecv);

int PMPI_Sendrecv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, int dest,
                    int sendtag, void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                    int source, int recvtag, MPI_Comm comm, MPI_Status *status)
{
    EXCHANGE("MPI_Sendrecv_c");
    int code = check_both(&out, &in);
    return code != MPI_SUCCESS ? code : exchange(&out, &in, status);
}
TOC_MPI_ALIAS(Sendrecv_c);

/* What is sent has to stay while the answer arrives in its place: a packed copy of it goes. */
static void *packed_copy(struct toc_mpi_message *out)
{
    uint64_t bytes = toc_dt_packed_size(out->type, out->count);
    void *copy = malloc(bytes > 0 ? bytes : 1);
    if (copy == NULL)
        return NULL;
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, out->type, out->buffer, out->count, UINT64_MAX);
    toc_dt_pack(&cursor, copy, bytes);
    out->buffer = copy;
    out->count = (int64_t)bytes;
    out->type = toc_datatype_get(MPI_PACKED);
    return copy;
}

static int no_copy(const struct toc_mpi_message *in)
{
    return toc_mpi_raise(in->comm_handle, MPI_ERR_NO_MEM, in->function,
                         "no memory for a copy of %llu bytes of the buffer",
                         (unsigned long long)toc_dt_packed_size(in->type, in->count));
}

static int replace(struct toc_mpi_message *out, struct toc_mpi_message *in, MPI_Status *status)
{
    int code = check_both(out, in);
    if (code != MPI_SUCCESS)
        return code;
    void *copy = packed_copy(out);
    if (copy == NULL)
        return no_copy(in);
    code = exchange(out, in, status);
    free(copy);
    return code;
}

int PMPI_Sendrecv_replace(void *buf, int count, MPI_Datatype datatype, int dest, int sendtag,
                          int source, int recvtag, MPI_Comm comm, MPI_Status *status)
{
    REPLACE("MPI_Sendrecv_replace");
    return replace(&out, &in, status);
}
TOC_MPI_ALIAS(Sendrecv_replace);

int PMPI_Sendrecv_replace_c(void *buf, MPI_Count count, MPI_Datatype datatype, int dest,
                            int sendtag, int source, int recvtag, MPI_Comm comm, MPI_Status *status)
{
    REPLACE("MPI_Sendrecv_replace_c");
    return replace(&out, &in, status);
}
TOC_MPI_ALIAS(Sendrecv_replace_c);

/* Starts both under one request. Takes `copy` over. */
static int start_pair(struct toc_mpi_message *out, struct toc_mpi_message *in, void *copy,
                      MPI_Request *request)
{
    toc_guard_enter();
    struct toc_pair *pair = toc_pair_new();
    if (pair != NULL) {
        pair->copy = copy;
        toc_p2p_prepare_receive(&pair->receive, in->buffer, in->count, in->type, in->peer, in->tag,
                                in->comm);
        toc_p2p_prepare_send(&pair->send, out->buffer, out->count, out->type, out->peer, out->tag,
                             out->comm, TOC_SEND_STANDARD);
        *request = TOC_MPI_HANDLE(MPI_Request, pair->request);
        toc_pair_start(pair);
    }
    toc_guard_leave();
    if (pair != NULL)
        return MPI_SUCCESS;
    free(copy);
    return toc_mpi_raise(in->comm_handle, MPI_ERR_NO_MEM, in->function,
                         "no memory, or no number, for another request");
}

int PMPI_Isendrecv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, int dest, int sendtag,
                   void *recvbuf, int recvcount, MPI_Datatype recvtype, int source, int recvtag,
                   MPI_Comm comm, MPI_Request *request)
{
    EXCHANGE("MPI_Isendrecv");
    int code = check_both(&out, &in);
    return code != MPI_SUCCESS ? code : start_pair(&out, &in, NULL, request);
}
TOC_MPI_ALIAS(Isendrecv);

int PMPI_Isendrecv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, int dest,
                     int sendtag, void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                     int source, int recvtag, MPI_Comm comm, MPI_Request *request)
{
    EXCHANGE("MPI_Isendrecv_c");
    int code = check_both(&out, &in);
    return code != MPI_SUCCESS ? code : start_pair(&out, &in, NULL, request);
}
TOC_MPI_ALIAS(Isendrecv_c);

static int start_replace(struct toc_mpi_message *out, struct toc_mpi_message *in,
                         MPI_Request *request)
{
    int code = check_both(out, in);
    if (code != MPI_SUCCESS)
        return code;
    void *copy = packed_copy(out);
    return copy == NULL ? no_copy(in) : start_pair(out, in, copy, request);
}

int PMPI_Isendrecv_replace(void *buf, int count, MPI_Datatype datatype, int dest, int sendtag,
                           int source, int recvtag, MPI_Comm comm, MPI_Request *request)
{
    REPLACE("MPI_Isendrecv_replace");
    return start_replace(&out, &in, request);
}
TOC_MPI_ALIAS(Isendrecv_replace);

int PMPI_Isendrecv_replace_c(void *buf, MPI_Count count, MPI_Datatype datatype, int dest,
                             int sendtag, int source, int recvtag, MPI_Comm comm,
                             MPI_Request *request)
{
    REPLACE("MPI_Isendrecv_replace_c");
    return start_replace(&out, &in, request);
}
TOC_MPI_ALIAS(Isendrecv_replace_c);
