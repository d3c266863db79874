/* SPDX-License-Identifier: BSD-3-Clause */
/* Pack and unpack (section 5.2). The packed form is the data in native representation, no header.
 */
#include "mpi/datatype_impl.h"

#include <limits.h>

#include "datatype/cursor.h"

static int check_elements(const char *function, MPI_Comm comm, const char *what, int count,
                          MPI_Datatype datatype, struct toc_datatype **type)
{
    struct toc_comm *unused;
    int code = toc_mpi_check_comm(function, comm, &unused);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_count(function, comm, what, count);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_committed(function, comm, datatype, type);
    return code;
}

static int check_buffer(const char *function, MPI_Comm comm, const char *what, const void *buffer,
                        const struct toc_datatype *type, int count)
{
    if (!toc_datatype_is_null_buffer(type, buffer, count))
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_BUFFER, function, "%s is a null pointer", what);
}

/* `position` and `bytes` from there on must lie in the packed buffer. */
static int check_packed(const char *function, MPI_Comm comm, const char *what, const void *buffer,
                        int size, const int *position, uint64_t bytes)
{
    int code = toc_mpi_check_pointer(function, comm, "position", position);
    if (code != MPI_SUCCESS)
        return code;
    if (size < 0)
        return toc_mpi_raise(comm, MPI_ERR_ARG, function, "%ssize is %d, it must not be negative",
                             what, size);
    if (*position < 0 || *position > size)
        return toc_mpi_raise(comm, MPI_ERR_ARG, function, "position is %d, not within 0 to %d",
                             *position, size);
    if (bytes > (uint64_t)(size - *position))
        return toc_mpi_raise(comm, MPI_ERR_TRUNCATE, function,
                             "the elements take %llu bytes packed, %sbuf has %d after the position",
                             (unsigned long long)bytes, what, size - *position);
    if (buffer == NULL && bytes > 0)
        return toc_mpi_raise(comm, MPI_ERR_BUFFER, function, "%sbuf is a null pointer", what);
    return MPI_SUCCESS;
}

int PMPI_Pack(const void *inbuf, int incount, MPI_Datatype datatype, void *outbuf, int outsize,
              int *position, MPI_Comm comm)
{
    static const char function[] = "MPI_Pack";
    struct toc_datatype *type;
    int code = check_elements(function, comm, "incount", incount, datatype, &type);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t bytes = toc_dt_packed_size(type, incount);
    code = check_packed(function, comm, "out", outbuf, outsize, position, bytes);
    if (code == MPI_SUCCESS)
        code = check_buffer(function, comm, "inbuf", inbuf, type, incount);
    if (code != MPI_SUCCESS || bytes == 0)
        return code;
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, (void *)(uintptr_t)inbuf, incount, bytes);
    *position += (int)toc_dt_pack(&cursor, (char *)outbuf + *position, bytes);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Pack);

int PMPI_Unpack(const void *inbuf, int insize, int *position, void *outbuf, int outcount,
                MPI_Datatype datatype, MPI_Comm comm)
{
    static const char function[] = "MPI_Unpack";
    struct toc_datatype *type;
    int code = check_elements(function, comm, "outcount", outcount, datatype, &type);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t bytes = toc_dt_packed_size(type, outcount);
    code = check_packed(function, comm, "in", inbuf, insize, position, bytes);
    if (code == MPI_SUCCESS)
        code = check_buffer(function, comm, "outbuf", outbuf, type, outcount);
    if (code != MPI_SUCCESS || bytes == 0)
        return code;
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, type, outbuf, outcount, bytes);
    *position += (int)toc_dt_unpack(&cursor, (const char *)inbuf + *position, bytes);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Unpack);

int PMPI_Pack_size(int incount, MPI_Datatype datatype, MPI_Comm comm, int *size)
{
    static const char function[] = "MPI_Pack_size";
    struct toc_datatype *type;
    int code = check_elements(function, comm, "incount", incount, datatype, &type);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "size", size);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t bytes = toc_dt_packed_size(type, incount);
    *size = bytes > INT_MAX ? MPI_UNDEFINED : (int)bytes;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Pack_size);
