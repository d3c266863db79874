/* SPDX-License-Identifier: BSD-3-Clause */
/* Pack and unpack (sections 5.2 and 5.3). The packed form is the data in native representation, no
 * header; or, for the ..._external functions, in "external32". */
#include "mpi/datatype_impl.h"

#include <limits.h>
#include <string.h>

#include "datatype/cursor.h"
#include "datatype/external.h"

/* A call; `comm` is MPI_COMM_SELF where it has none. */
struct call {
    const char *function;
    MPI_Comm comm;
    bool external;
    struct toc_datatype *type;
};

#define NATIVE(name)   (&(struct call){.function = (name), .comm = comm})
#define EXTERNAL(name) (&(struct call){.function = (name), .comm = MPI_COMM_SELF, .external = true})

/* The elements and, for external calls, the name of their representation. */
static int check_elements(struct call *call, const char *datarep, const char *what, int64_t count,
                          MPI_Datatype datatype)
{
    struct toc_comm *unused;
    int code = toc_mpi_check_comm(call->function, call->comm, &unused);
    if (code == MPI_SUCCESS && call->external)
        code = toc_mpi_check_pointer(call->function, call->comm, "datarep", datarep);
    if (code == MPI_SUCCESS && call->external && strcmp(datarep, "external32") != 0)
        code = toc_mpi_raise(call->comm, MPI_ERR_ARG, call->function,
                             "datarep is \"%s\", only \"external32\" is known", datarep);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_count(call->function, call->comm, what, count);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_committed(call->function, call->comm, datatype, &call->type);
    return code;
}

static int check_buffer(const struct call *call, const char *what, const void *buffer,
                        int64_t count)
{
    if (!toc_datatype_is_null_buffer(call->type, buffer, count))
        return MPI_SUCCESS;
    return toc_mpi_raise(call->comm, MPI_ERR_BUFFER, call->function, "%s is a null pointer", what);
}

static uint64_t packed_size(const struct call *call, int64_t count)
{
    return call->external ? toc_external_size(call->type, (uint64_t)count)
                          : toc_dt_packed_size(call->type, count);
}

/* `position` and `bytes` from there on must lie in the packed buffer. */
static int check_packed(const struct call *call, const char *what, const void *buffer, int64_t size,
                        int64_t position, uint64_t bytes)
{
    if (size < 0)
        return toc_mpi_raise(call->comm, MPI_ERR_ARG, call->function,
                             "%ssize is %lld, it must not be negative", what, (long long)size);
    if (position < 0 || position > size)
        return toc_mpi_raise(call->comm, MPI_ERR_ARG, call->function,
                             "position is %lld, not within 0 to %lld", (long long)position,
                             (long long)size);
    if (bytes > (uint64_t)(size - position))
        return toc_mpi_raise(call->comm, MPI_ERR_TRUNCATE, call->function,
                             "the elements take %llu bytes packed, %sbuf has %lld after the "
                             "position",
                             (unsigned long long)bytes, what, (long long)(size - position));
    if (buffer == NULL && bytes > 0)
        return toc_mpi_raise(call->comm, MPI_ERR_BUFFER, call->function, "%sbuf is a null pointer",
                             what);
    return MPI_SUCCESS;
}

static int pack(struct call *call, const char *datarep, const void *inbuf, int64_t incount,
                MPI_Datatype datatype, void *outbuf, int64_t outsize, int64_t *position)
{
    int code = check_elements(call, datarep, "incount", incount, datatype);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t bytes = packed_size(call, incount);
    code = check_packed(call, "out", outbuf, outsize, *position, bytes);
    if (code == MPI_SUCCESS)
        code = check_buffer(call, "inbuf", inbuf, incount);
    if (code != MPI_SUCCESS || bytes == 0)
        return code;
    char *to = (char *)outbuf + *position;
    if (call->external) {
        toc_external_pack(call->type, inbuf, incount, to);
    } else {
        struct toc_dt_cursor cursor;
        toc_dt_cursor_init(&cursor, call->type, (void *)(uintptr_t)inbuf, incount, bytes);
        toc_dt_pack(&cursor, to, bytes);
    }
    *position += (int64_t)bytes;
    return MPI_SUCCESS;
}

static int unpack(struct call *call, const char *datarep, const void *inbuf, int64_t insize,
                  int64_t *position, void *outbuf, int64_t outcount, MPI_Datatype datatype)
{
    int code = check_elements(call, datarep, "outcount", outcount, datatype);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t bytes = packed_size(call, outcount);
    code = check_packed(call, "in", inbuf, insize, *position, bytes);
    if (code == MPI_SUCCESS)
        code = check_buffer(call, "outbuf", outbuf, outcount);
    if (code != MPI_SUCCESS || bytes == 0)
        return code;
    const char *from = (const char *)inbuf + *position;
    if (call->external) {
        toc_external_unpack(call->type, outbuf, outcount, from);
    } else {
        struct toc_dt_cursor cursor;
        toc_dt_cursor_init(&cursor, call->type, outbuf, outcount, bytes);
        toc_dt_unpack(&cursor, from, bytes);
    }
    *position += (int64_t)bytes;
    return MPI_SUCCESS;
}

static int size_of(struct call *call, const char *datarep, int64_t incount, MPI_Datatype datatype,
                   const void *size, uint64_t *bytes)
{
    int code = check_elements(call, datarep, "incount", incount, datatype);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(call->function, call->comm, "size", size);
    if (code == MPI_SUCCESS)
        *bytes = packed_size(call, incount);
    return code;
}

static int check_position(const struct call *call, const void *position)
{
    return toc_mpi_check_pointer(call->function, call->comm, "position", position);
}

int PMPI_Pack(const void *inbuf, int incount, MPI_Datatype datatype, void *outbuf, int outsize,
              int *position, MPI_Comm comm)
{
    struct call *call = NATIVE("MPI_Pack");
    int code = check_position(call, position);
    if (code != MPI_SUCCESS)
        return code;
    int64_t wide = *position;
    code = pack(call, NULL, inbuf, incount, datatype, outbuf, outsize, &wide);
    *position = (int)wide;
    return code;
}
TOC_MPI_ALIAS(Pack);

int PMPI_Pack_c(const void *inbuf, MPI_Count incount, MPI_Datatype datatype, void *outbuf,
                MPI_Count outsize, MPI_Count *position, MPI_Comm comm)
{
    struct call *call = NATIVE("MPI_Pack_c");
    int code = check_position(call, position);
    return code != MPI_SUCCESS
               ? code
               : pack(call, NULL, inbuf, incount, datatype, outbuf, outsize, position);
}
TOC_MPI_ALIAS(Pack_c);

int PMPI_Unpack(const void *inbuf, int insize, int *position, void *outbuf, int outcount,
                MPI_Datatype datatype, MPI_Comm comm)
{
    struct call *call = NATIVE("MPI_Unpack");
    int code = check_position(call, position);
    if (code != MPI_SUCCESS)
        return code;
    int64_t wide = *position;
    code = unpack(call, NULL, inbuf, insize, &wide, outbuf, outcount, datatype);
    *position = (int)wide;
    return code;
}
TOC_MPI_ALIAS(Unpack);

int PMPI_Unpack_c(const void *inbuf, MPI_Count insize, MPI_Count *position, void *outbuf,
                  MPI_Count outcount, MPI_Datatype datatype, MPI_Comm comm)
{
    struct call *call = NATIVE("MPI_Unpack_c");
    int code = check_position(call, position);
    return code != MPI_SUCCESS
               ? code
               : unpack(call, NULL, inbuf, insize, position, outbuf, outcount, datatype);
}
TOC_MPI_ALIAS(Unpack_c);

int PMPI_Pack_size(int incount, MPI_Datatype datatype, MPI_Comm comm, int *size)
{
    uint64_t bytes = 0;
    int code = size_of(NATIVE("MPI_Pack_size"), NULL, incount, datatype, size, &bytes);
    if (code == MPI_SUCCESS)
        *size = bytes > INT_MAX ? MPI_UNDEFINED : (int)bytes;
    return code;
}
TOC_MPI_ALIAS(Pack_size);

int PMPI_Pack_size_c(MPI_Count incount, MPI_Datatype datatype, MPI_Comm comm, MPI_Count *size)
{
    uint64_t bytes = 0;
    int code = size_of(NATIVE("MPI_Pack_size_c"), NULL, incount, datatype, size, &bytes);
    if (code == MPI_SUCCESS)
        *size = bytes > INT64_MAX ? MPI_UNDEFINED : (MPI_Count)bytes;
    return code;
}
TOC_MPI_ALIAS(Pack_size_c);

int PMPI_Pack_external(const char *datarep, const void *inbuf, int incount, MPI_Datatype datatype,
                       void *outbuf, MPI_Aint outsize, MPI_Aint *position)
{
    struct call *call = EXTERNAL("MPI_Pack_external");
    int code = check_position(call, position);
    if (code != MPI_SUCCESS)
        return code;
    int64_t wide = *position;
    code = pack(call, datarep, inbuf, incount, datatype, outbuf, outsize, &wide);
    *position = (MPI_Aint)wide;
    return code;
}
TOC_MPI_ALIAS(Pack_external);

int PMPI_Pack_external_c(const char *datarep, const void *inbuf, MPI_Count incount,
                         MPI_Datatype datatype, void *outbuf, MPI_Count outsize,
                         MPI_Count *position)
{
    struct call *call = EXTERNAL("MPI_Pack_external_c");
    int code = check_position(call, position);
    return code != MPI_SUCCESS
               ? code
               : pack(call, datarep, inbuf, incount, datatype, outbuf, outsize, position);
}
TOC_MPI_ALIAS(Pack_external_c);

int PMPI_Unpack_external(const char datarep[], const void *inbuf, MPI_Aint insize,
                         MPI_Aint *position, void *outbuf, int outcount, MPI_Datatype datatype)
{
    struct call *call = EXTERNAL("MPI_Unpack_external");
    int code = check_position(call, position);
    if (code != MPI_SUCCESS)
        return code;
    int64_t wide = *position;
    code = unpack(call, datarep, inbuf, insize, &wide, outbuf, outcount, datatype);
    *position = (MPI_Aint)wide;
    return code;
}
TOC_MPI_ALIAS(Unpack_external);

int PMPI_Unpack_external_c(const char datarep[], const void *inbuf, MPI_Count insize,
                           MPI_Count *position, void *outbuf, MPI_Count outcount,
                           MPI_Datatype datatype)
{
    struct call *call = EXTERNAL("MPI_Unpack_external_c");
    int code = check_position(call, position);
    return code != MPI_SUCCESS
               ? code
               : unpack(call, datarep, inbuf, insize, position, outbuf, outcount, datatype);
}
TOC_MPI_ALIAS(Unpack_external_c);

int PMPI_Pack_external_size(const char *datarep, int incount, MPI_Datatype datatype, MPI_Aint *size)
{
    uint64_t bytes = 0;
    int code =
        size_of(EXTERNAL("MPI_Pack_external_size"), datarep, incount, datatype, size, &bytes);
    if (code == MPI_SUCCESS)
        *size = bytes > INT64_MAX ? MPI_UNDEFINED : (MPI_Aint)bytes;
    return code;
}
TOC_MPI_ALIAS(Pack_external_size);

int PMPI_Pack_external_size_c(const char *datarep, MPI_Count incount, MPI_Datatype datatype,
                              MPI_Count *size)
{
    uint64_t bytes = 0;
    int code =
        size_of(EXTERNAL("MPI_Pack_external_size_c"), datarep, incount, datatype, size, &bytes);
    if (code == MPI_SUCCESS)
        *size = bytes > INT64_MAX ? MPI_UNDEFINED : (MPI_Count)bytes;
    return code;
}
TOC_MPI_ALIAS(Pack_external_size_c);
