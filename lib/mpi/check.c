/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of arguments that functions share, mostly point-to-point ones. */
#include <stdio.h>

#include "core/info.h"
#include "datatype/cursor.h"
#include "mpi/error.h"
#include "mpi/p2p_impl.h"

static int check_rank(const struct toc_mpi_message *message, bool receiving)
{
    int rank = message->peer;
    if (__builtin_expect((unsigned)rank < (unsigned)message->comm->remote->size, 1) ||
        rank == MPI_PROC_NULL || (receiving && rank == MPI_ANY_SOURCE))
        return MPI_SUCCESS;
    if (rank == MPI_ANY_SOURCE)
        return toc_mpi_raise(message->comm_handle, MPI_ERR_RANK, message->function,
                             "the destination is MPI_ANY_SOURCE: a send needs a rank");
    int size = message->comm->remote->size;
    return toc_mpi_raise(message->comm_handle, MPI_ERR_RANK, message->function,
                         "rank %d is out of range: the %s has %d rank%s (0 to %d)", rank,
                         toc_comm_is_inter(message->comm) ? "remote group" : "communicator", size,
                         size == 1 ? "" : "s", size - 1);
}

static int check_tag(const struct toc_mpi_message *message, bool receiving)
{
    if (__builtin_expect(message->tag >= 0, 1) || (receiving && message->tag == MPI_ANY_TAG))
        return MPI_SUCCESS;
    if (message->tag == MPI_ANY_TAG)
        return toc_mpi_raise(message->comm_handle, MPI_ERR_TAG, message->function,
                             "the tag is MPI_ANY_TAG: a send needs a tag");
    return toc_mpi_raise(message->comm_handle, MPI_ERR_TAG, message->function,
                         "tag %d is out of range (0 to 2147483647)", message->tag);
}

static int check_buffer(struct toc_mpi_message *message)
{
    struct toc_datatype *type = toc_datatype_get(message->type_handle);
    message->type = type;
    if (__builtin_expect(message->count < 0, 0))
        return toc_mpi_raise(message->comm_handle, MPI_ERR_COUNT, message->function,
                             "count is %lld, it must not be negative", (long long)message->count);
    if (__builtin_expect(type == NULL, 0)) {
        /* A message to or from nobody may well have no type. */
        if (message->type_handle == MPI_DATATYPE_NULL && message->count == 0 &&
            message->peer == MPI_PROC_NULL) {
            message->type = toc_datatype_get(MPI_BYTE);
            return MPI_SUCCESS;
        }
        if (message->type_handle == MPI_DATATYPE_NULL)
            return toc_mpi_raise(message->comm_handle, MPI_ERR_TYPE, message->function,
                                 "the datatype is MPI_DATATYPE_NULL");
        return toc_mpi_raise(message->comm_handle, MPI_ERR_TYPE, message->function,
                             "%s is not a datatype (freed, or of another library)",
                             toc_mpi_handle_text((uintptr_t)message->type_handle).text);
    }
    if (__builtin_expect(!type->committed, 0))
        return toc_mpi_raise(message->comm_handle, MPI_ERR_TYPE, message->function,
                             "datatype %s has not been committed (MPI_Type_commit)",
                             toc_mpi_handle_text((uintptr_t)message->type_handle).text);
    if (__builtin_expect(message->buffer == NULL, 0) && message->peer != MPI_PROC_NULL &&
        toc_datatype_is_null_buffer(type, message->buffer, message->count))
        return toc_mpi_raise(message->comm_handle, MPI_ERR_BUFFER, message->function,
                             "the buffer is a null pointer, with count %lld",
                             (long long)message->count);
    return MPI_SUCCESS;
}

int toc_mpi_check_message(struct toc_mpi_message *message, bool receiving)
{
    int code = toc_mpi_check_comm(message->function, message->comm_handle, &message->comm);
    if (code == MPI_SUCCESS)
        code = check_buffer(message);
    if (code == MPI_SUCCESS)
        code = check_tag(message, receiving);
    if (code == MPI_SUCCESS)
        code = check_rank(message, receiving);
    return code;
}

int toc_mpi_check_envelope(const char *function, int source, int tag, MPI_Comm handle,
                           struct toc_comm **comm)
{
    struct toc_mpi_message message = {
        .function = function, .peer = source, .tag = tag, .comm_handle = handle};
    int code = toc_mpi_check_comm(function, handle, &message.comm);
    if (code == MPI_SUCCESS)
        code = check_tag(&message, true);
    if (code == MPI_SUCCESS)
        code = check_rank(&message, true);
    *comm = message.comm;
    return code;
}

struct toc_mpi_text toc_mpi_handle_text(uintptr_t handle)
{
    static const struct {
        const void *handle;
        const char *name;
    } nulls[] = {
        {MPI_COMM_NULL, "MPI_COMM_NULL"},
        {MPI_DATATYPE_NULL, "MPI_DATATYPE_NULL"},
        {MPI_ERRHANDLER_NULL, "MPI_ERRHANDLER_NULL"},
        {MPI_FILE_NULL, "MPI_FILE_NULL"},
        {MPI_GROUP_NULL, "MPI_GROUP_NULL"},
        {MPI_INFO_NULL, "MPI_INFO_NULL"},
        {MPI_MESSAGE_NULL, "MPI_MESSAGE_NULL"},
        {MPI_OP_NULL, "MPI_OP_NULL"},
        {MPI_REQUEST_NULL, "MPI_REQUEST_NULL"},
        {MPI_SESSION_NULL, "MPI_SESSION_NULL"},
        {MPI_WIN_NULL, "MPI_WIN_NULL"},
    };
    struct toc_mpi_text result;

    snprintf(result.text, sizeof(result.text), "%#llx", (unsigned long long)handle);
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        if ((uintptr_t)nulls[i].handle == handle)
            snprintf(result.text, sizeof(result.text), "%s", nulls[i].name);
    return result;
}

static void describe(const struct toc_request *request, char *text, size_t size)
{
    if (request->error == TOC_ERR_TRUNCATE)
        snprintf(text, size,
                 "the message from rank %d with tag %d is longer than the receive buffer of %llu "
                 "bytes; the rest is lost",
                 request->status_source, request->status_tag, (unsigned long long)request->size);
    else if (request->error == TOC_ERR_PROC && request->peer >= 0 &&
             (request->kind == TOC_REQUEST_SEND || request->kind == TOC_REQUEST_RECEIVE))
        snprintf(text, size, "rank %d of MPI_COMM_WORLD has ended", request->peer);
    else if (request->error == TOC_ERR_PROC)
        snprintf(text, size, "a rank that takes part has ended");
    else
        snprintf(text, size, "the message could not be transferred (status %d)", request->error);
}

int toc_mpi_request_code(const char *function, const struct toc_request *request)
{
    char text[256], sentence[320];
    if (request->error == TOC_OK)
        return MPI_SUCCESS;
    describe(request, text, sizeof(text));
    snprintf(sentence, sizeof(sentence), "%s: %s [%s]", function, text,
             toc_mpi_error_class_name(toc_mpi_class_of(request->error)));
    return toc_mpi_error_code(toc_mpi_class_of(request->error), sentence);
}

int toc_mpi_raise_request(const char *function, const struct toc_request *request)
{
    char text[256];
    if (__builtin_expect(request->error == TOC_OK, 1))
        return MPI_SUCCESS;
    describe(request, text, sizeof(text));
    return toc_mpi_raise(request->comm != NULL ? TOC_MPI_HANDLE(MPI_Comm, request->comm)
                                               : MPI_COMM_SELF,
                         toc_mpi_class_of(request->error), function, "%s", text);
}

int toc_mpi_check_info(const char *function, MPI_Comm comm, MPI_Info info)
{
    if (info == MPI_INFO_NULL)
        return MPI_SUCCESS;
    toc_info_lock();
    bool known = toc_info_lookup((uintptr_t)info) != NULL;
    toc_info_unlock();
    if (known)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_INFO, function, "%s is no info object",
                         toc_mpi_handle_text((uintptr_t)info).text);
}
