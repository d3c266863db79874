/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include <string.h>

#include "datatype/cursor.h"
#include "p2p/protocol.h"
#include "transport/cma.h"

/* Segments of a strided buffer in one system call. */
#define SEGMENTS 128

void toc_copy_pack(const struct toc_request *request, uint64_t offset, void *to, uint64_t bytes)
{
    if (bytes == 0)
        return;
    if (request->data != NULL) {
        memcpy(to, request->data + offset, bytes);
        return;
    }
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    toc_dt_cursor_seek(&cursor, offset);
    toc_dt_pack(&cursor, to, bytes);
}

void toc_copy_unpack(const struct toc_request *request, uint64_t offset, const void *from,
                     uint64_t bytes)
{
    if (bytes == 0)
        return;
    if (request->data != NULL) {
        memcpy(request->data + offset, from, bytes);
        return;
    }
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    toc_dt_cursor_seek(&cursor, offset);
    toc_dt_unpack(&cursor, from, bytes);
}

static int copy_strided(struct toc_request *request, struct toc_peer *peer, bool pull,
                        uint64_t remote, uint64_t offset, uint64_t bytes)
{
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    toc_dt_cursor_seek(&cursor, offset);
    while (bytes > 0) {
        struct iovec local[SEGMENTS];
        uint64_t covered;
        int segments = toc_dt_segments(&cursor, bytes, local, SEGMENTS, &covered);
        int status = toc_cma_copy(peer, pull, local, segments, remote + offset, covered);
        if (status < 0)
            return status;
        offset += covered;
        bytes -= covered;
    }
    return 0;
}

int toc_copy_chunk(struct toc_request *request, struct toc_peer *peer, bool pull, uint64_t remote,
                   uint32_t number)
{
    uint64_t offset = (uint64_t)number * request->chunk;
    uint64_t left = request->total - offset;
    uint64_t bytes = left < request->chunk ? left : request->chunk;
    if (request->data == NULL)
        return copy_strided(request, peer, pull, remote, offset, bytes);
    struct iovec local = {.iov_base = request->data + offset, .iov_len = bytes};
    return toc_cma_copy(peer, pull, &local, 1, remote + offset, bytes);
}
