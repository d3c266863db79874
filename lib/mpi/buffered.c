/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffered sends and their buffers (MPI 5.0, section 3.6). */
#include "p2p/buffered.h"

#include <limits.h>

#include "mpi/p2p_impl.h"
#include "progress/guard.h"

/* ---- buffers: of the process (`comm` is NULL), or of a communicator */

static int check_buffer_of(const char *function, MPI_Comm handle, struct toc_comm **comm)
{
    *comm = NULL;
    return handle == MPI_COMM_NULL ? toc_mpi_check_active(function)
                                   : toc_mpi_check_comm(function, handle, comm);
}

/* Errors of calls that name no communicator. */
static MPI_Comm raise_on(MPI_Comm handle)
{
    return handle == MPI_COMM_NULL ? MPI_COMM_SELF : handle;
}

/* The attached buffer, or NULL: that is like one of size 0 (section 3.6), not an error. */
static struct toc_buffer *attached(const struct toc_comm *comm)
{
    struct toc_buffer *buffer = comm != NULL ? comm->buffer : &toc_process_buffer;
    return buffer != NULL && buffer->attached ? buffer : NULL;
}

/* `handle`: MPI_COMM_NULL for the process. */
static int attach(const char *function, MPI_Comm handle, void *start, int64_t size)
{
    struct toc_comm *comm;
    int code = check_buffer_of(function, handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    if (start != MPI_BUFFER_AUTOMATIC && size < 0)
        return toc_mpi_raise(raise_on(handle), MPI_ERR_ARG, function,
                             "size is %lld, it must not be negative", (long long)size);
    if (start == NULL && size > 0)
        return toc_mpi_raise(raise_on(handle), MPI_ERR_BUFFER, function,
                             "the buffer is a null pointer, with size %lld", (long long)size);
    if (attached(comm) != NULL)
        return toc_mpi_raise(raise_on(handle), MPI_ERR_BUFFER, function,
                             "a buffer is attached already: detach it first");
    if (start != MPI_BUFFER_AUTOMATIC && size == 0)
        return MPI_SUCCESS;
    toc_guard_enter();
    struct toc_buffer *buffer = comm == NULL ? &toc_process_buffer : toc_buffer_new();
    if (comm != NULL)
        comm->buffer = buffer;
    if (buffer != NULL)
        toc_buffer_attach(buffer, start, size);
    toc_guard_leave();
    if (buffer == NULL)
        return toc_mpi_raise(handle, MPI_ERR_NO_MEM, function, "out of memory");
    return MPI_SUCCESS;
}

static int detach(const char *function, MPI_Comm handle, void *start, int64_t *size)
{
    struct toc_comm *comm;
    int code = check_buffer_of(function, handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    if (start == NULL || size == NULL)
        return toc_mpi_raise(raise_on(handle), MPI_ERR_ARG, function,
                             "the address for the buffer or for its size is a null pointer");
    struct toc_buffer *buffer = attached(comm);
    *(void **)start = buffer != NULL ? buffer->start : NULL;
    *size = buffer != NULL && !buffer->automatic ? buffer->size : 0;
    if (buffer == NULL)
        return MPI_SUCCESS;
    toc_guard_enter();
    toc_buffer_detach(buffer, function);
    if (comm != NULL) {
        toc_buffer_delete(buffer);
        comm->buffer = NULL;
    }
    toc_guard_leave();
    return MPI_SUCCESS;
}

static int detach_int(const char *function, MPI_Comm handle, void *start, int *size)
{
    int64_t wide = 0;
    int code = detach(function, handle, start, size == NULL ? NULL : &wide);
    if (code == MPI_SUCCESS)
        *size = wide > INT_MAX ? MPI_UNDEFINED : (int)wide;
    return code;
}

static int flush(const char *function, MPI_Comm handle)
{
    struct toc_comm *comm;
    int code = check_buffer_of(function, handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_buffer *buffer = attached(comm);
    if (buffer == NULL)
        return MPI_SUCCESS;
    toc_guard_enter();
    toc_buffer_flush(buffer, function);
    toc_guard_leave();
    return MPI_SUCCESS;
}

static int start_flush(const char *function, MPI_Comm handle, MPI_Request *request)
{
    struct toc_mpi_message raised = {.function = function, .comm_handle = raise_on(handle)};
    struct toc_comm *comm;
    int code = check_buffer_of(function, handle, &comm);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_result(&raised, request);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_buffer *buffer = attached(comm);
    struct toc_request *started = NULL;
    toc_guard_enter();
    if (buffer == NULL)
        *request = toc_mpi_sent_request;
    else
        started = toc_buffer_start_flush(buffer);
    if (started != NULL)
        *request = TOC_MPI_HANDLE(MPI_Request, started);
    toc_guard_leave();
    return buffer == NULL || started != NULL ? MPI_SUCCESS : toc_mpi_no_request(&raised);
}

int PMPI_Buffer_attach(void *buffer, int size)
{
    return attach("MPI_Buffer_attach", MPI_COMM_NULL, buffer, size);
}
TOC_MPI_ALIAS(Buffer_attach);

int PMPI_Buffer_attach_c(void *buffer, MPI_Count size)
{
    return attach("MPI_Buffer_attach_c", MPI_COMM_NULL, buffer, size);
}
TOC_MPI_ALIAS(Buffer_attach_c);

int PMPI_Buffer_detach(void *buffer_addr, int *size)
{
    return detach_int("MPI_Buffer_detach", MPI_COMM_NULL, buffer_addr, size);
}
TOC_MPI_ALIAS(Buffer_detach);

int PMPI_Buffer_detach_c(void *buffer_addr, MPI_Count *size)
{
    return detach("MPI_Buffer_detach_c", MPI_COMM_NULL, buffer_addr, size);
}
TOC_MPI_ALIAS(Buffer_detach_c);

int PMPI_Buffer_flush(void)
{
    return flush("MPI_Buffer_flush", MPI_COMM_NULL);
}
TOC_MPI_ALIAS(Buffer_flush);

int PMPI_Buffer_iflush(MPI_Request *request)
{
    return start_flush("MPI_Buffer_iflush", MPI_COMM_NULL, request);
}
TOC_MPI_ALIAS(Buffer_iflush);

/* A null communicator must not stand for the process in what follows. */
static int check_comm(const char *function, MPI_Comm handle)
{
    struct toc_comm *unused;
    return toc_mpi_check_comm(function, handle, &unused);
}

int PMPI_Comm_attach_buffer(MPI_Comm comm, void *buffer, int size)
{
    static const char function[] = "MPI_Comm_attach_buffer";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : attach(function, comm, buffer, size);
}
TOC_MPI_ALIAS(Comm_attach_buffer);

int PMPI_Comm_attach_buffer_c(MPI_Comm comm, void *buffer, MPI_Count size)
{
    static const char function[] = "MPI_Comm_attach_buffer_c";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : attach(function, comm, buffer, size);
}
TOC_MPI_ALIAS(Comm_attach_buffer_c);

int PMPI_Comm_detach_buffer(MPI_Comm comm, void *buffer_addr, int *size)
{
    static const char function[] = "MPI_Comm_detach_buffer";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : detach_int(function, comm, buffer_addr, size);
}
TOC_MPI_ALIAS(Comm_detach_buffer);

int PMPI_Comm_detach_buffer_c(MPI_Comm comm, void *buffer_addr, MPI_Count *size)
{
    static const char function[] = "MPI_Comm_detach_buffer_c";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : detach(function, comm, buffer_addr, size);
}
TOC_MPI_ALIAS(Comm_detach_buffer_c);

int PMPI_Comm_flush_buffer(MPI_Comm comm)
{
    static const char function[] = "MPI_Comm_flush_buffer";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : flush(function, comm);
}
TOC_MPI_ALIAS(Comm_flush_buffer);

int PMPI_Comm_iflush_buffer(MPI_Comm comm, MPI_Request *request)
{
    static const char function[] = "MPI_Comm_iflush_buffer";
    int code = check_comm(function, comm);
    return code != MPI_SUCCESS ? code : start_flush(function, comm, request);
}
TOC_MPI_ALIAS(Comm_iflush_buffer);

/* ---- sends */

int toc_mpi_buffer_status(const char *function, MPI_Comm comm, int status)
{
    if (status == TOC_OK)
        return MPI_SUCCESS;
    if (status == TOC_ERR_NO_MEM)
        return toc_mpi_raise(comm, MPI_ERR_NO_MEM, function,
                             "no memory for the message in the automatic buffer");
    struct toc_comm *object = toc_mpi_comm(comm);
    const struct toc_buffer *buffer = toc_buffer_for(object);
    if (!buffer->attached)
        return toc_mpi_raise(comm, MPI_ERR_BUFFER, function,
                             "no buffer is attached (MPI_Buffer_attach)");
    return toc_mpi_raise(comm, MPI_ERR_BUFFER, function,
                         "the attached buffer of %lld bytes has not enough room: a message takes "
                         "its size (MPI_Pack_size) and up to MPI_BSEND_OVERHEAD, %d bytes",
                         (long long)buffer->size, MPI_BSEND_OVERHEAD);
}

static int send_buffered(struct toc_mpi_message *message)
{
    int code = toc_mpi_check_message(message, false);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_buffer_send(toc_buffer_for(message->comm), message->buffer, message->count,
                                 message->type, message->peer, message->tag, message->comm);
    toc_guard_leave();
    return toc_mpi_buffer_status(message->function, message->comm_handle, status);
}

/* The data are in the buffer when the call returns: nothing is left to wait for. */
static int start_buffered(struct toc_mpi_message *message, MPI_Request *request)
{
    int code = toc_mpi_check_result(message, request);
    if (code == MPI_SUCCESS)
        code = send_buffered(message);
    if (code == MPI_SUCCESS) {
        toc_guard_enter();
        *request = toc_mpi_sent_request;
        toc_guard_leave();
    }
    return code;
}

int PMPI_Bsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm)
{
    TOC_MPI_MESSAGE("MPI_Bsend");
    return send_buffered(&message);
}
TOC_MPI_ALIAS(Bsend);

int PMPI_Bsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                 MPI_Comm comm)
{
    TOC_MPI_MESSAGE("MPI_Bsend_c");
    return send_buffered(&message);
}
TOC_MPI_ALIAS(Bsend_c);

int PMPI_Ibsend(const void *buf, int count, MPI_Datatype datatype, int peer, int tag, MPI_Comm comm,
                MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Ibsend");
    return start_buffered(&message, request);
}
TOC_MPI_ALIAS(Ibsend);

int PMPI_Ibsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int peer, int tag,
                  MPI_Comm comm, MPI_Request *request)
{
    TOC_MPI_MESSAGE("MPI_Ibsend_c");
    return start_buffered(&message, request);
}
TOC_MPI_ALIAS(Ibsend_c);
