/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include <string.h>

#include "base/env.h"
#include "datatype/cursor.h"
#include "p2p/protocol.h"
#include "transport/cma.h"
#include "transport/corrupt.h"
#include "transport/memory.h"
#include "transport/xfer.h"

/* Segments of a strided buffer in one system call. */
#define SEGMENTS 128

/* Blocks that are looked at for a layout's mean. */
#define SAMPLE 16

/* Fits into the second level of the cache. */
#define BOUNCE_BYTES 65536

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

/* The kernel takes a fixed time for every segment: from this length on (the mean of some) that is
 * less than what an intermediate copy takes. */
#define FINE_BYTES 768

static bool is_fine(const struct toc_request *request)
{
    struct toc_dt_cursor cursor;
    struct iovec blocks[SAMPLE];
    uint64_t covered;
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    int count = toc_dt_segments(&cursor, SAMPLE * FINE_BYTES, blocks, SAMPLE, &covered);
    return covered < (uint64_t)count * FINE_BYTES;
}

/* Between the cursor's layout and the peer, through a buffer that stays in the cache. */
static int copy_fine(struct toc_dt_cursor *cursor, struct toc_peer *peer, bool pull,
                     uint64_t remote, uint64_t bytes)
{
    static _Alignas(64) unsigned char bounce[BOUNCE_BYTES];
    for (uint64_t at = 0; at < bytes; at += BOUNCE_BYTES) {
        uint64_t length = bytes - at < BOUNCE_BYTES ? bytes - at : BOUNCE_BYTES;
        struct iovec local = {.iov_base = bounce, .iov_len = length};
        if (!pull)
            toc_dt_pack(cursor, bounce, length);
        int status = toc_cma_copy(peer, pull, &local, 1, remote + at, length);
        if (status < 0)
            return status;
        if (pull)
            toc_dt_unpack(cursor, bounce, length);
    }
    return 0;
}

static int copy_strided(struct toc_request *request, struct toc_peer *peer, bool pull,
                        uint64_t remote, uint64_t offset, uint64_t bytes)
{
    struct toc_dt_cursor cursor;
    toc_dt_cursor_init(&cursor, request->type, request->buffer, request->count, UINT64_MAX);
    toc_dt_cursor_seek(&cursor, offset);
    if (is_fine(request))
        return copy_fine(&cursor, peer, pull, remote + offset, bytes);
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

/* A buffer that is sent on, or received into again, is copied at either end by the same rank each
 * time, whoever sends: so its halves stay in that rank's cache. */
static enum toc_xfer_end end_of(const struct toc_peer *peer, bool pull)
{
    if (peer->rank == toc_world.rank)
        return pull ? TOC_XFER_FRONT : TOC_XFER_BACK;
    return toc_world.rank < peer->rank ? TOC_XFER_FRONT : TOC_XFER_BACK;
}

uint64_t toc_copy_most(enum toc_progress_context context)
{
    if (context != TOC_PROGRESS_WAIT)
        return (uint64_t)toc_env.chunk;
    return 4 * (uint64_t)toc_env.chunk;
}

/* Where the peer's buffer is. */
struct place {
    uint64_t address; /* in the peer */
    char *mapped;     /* here, or NULL */
};

uint32_t toc_copy_share(const struct toc_request *request, uint64_t *offset)
{
    bool shared = request->data != NULL && toc_memory_find(request->data, request->size, offset);
    return shared ? TOC_XFER_SHARED : 0;
}

struct toc_xfer_buffer toc_copy_buffer(const struct toc_request *request, uint32_t flags)
{
    struct toc_xfer_buffer buffer = {.address = (uintptr_t)request->data, .flags = flags};
    buffer.flags |= toc_copy_share(request, &buffer.offset);
    if (request->data != NULL)
        buffer.flags |= TOC_XFER_CONTIGUOUS;
    return buffer;
}

void toc_copy_refuse(int sender, const char *what, uint64_t value, const char *bound,
                     uint64_t limit)
{
    toc_corrupt(&(struct toc_corruption){"a descriptor of", sender, what, value, bound, limit});
}

/* Between the request's buffer and the peer's, which is mapped here. */
static void copy_mapped(const struct toc_request *request, bool pull, char *mapped, uint64_t offset,
                        uint64_t bytes)
{
    if (pull)
        toc_copy_unpack(request, offset, mapped + offset, bytes);
    else
        toc_copy_pack(request, offset, mapped + offset, bytes);
}

/* The peer's buffer, if it is mapped here; or NULL. */
static char *reach(const struct toc_request *request, struct toc_peer *peer)
{
    if ((request->far.flags & TOC_XFER_SHARED) == 0 || peer->rank == toc_world.rank)
        return NULL;
    return toc_memory_reach(peer, request->far.offset, request->total);
}

static int copy_piece(struct toc_request *request, struct toc_peer *peer, bool pull,
                      const struct place *place, const struct toc_xfer_piece *piece)
{
    uint64_t offset = (uint64_t)piece->first * request->chunk;
    uint64_t left = request->total - offset;
    uint64_t bytes = (uint64_t)piece->count * request->chunk;
    if (bytes > left)
        bytes = left;
    if (place->mapped != NULL) {
        copy_mapped(request, pull, place->mapped, offset, bytes);
        return 0;
    }
    if (request->data == NULL)
        return copy_strided(request, peer, pull, place->address, offset, bytes);
    struct iovec local = {.iov_base = request->data + offset, .iov_len = bytes};
    return toc_cma_copy(peer, pull, &local, 1, place->address + offset, bytes);
}

/* Only this side claims at its end. */
static void check_claimed(const struct toc_request *request, uint32_t claimed, bool pull)
{
    if (claimed != request->claimed)
        toc_copy_refuse(pull ? request->source : toc_world.rank, "chunks claimed", claimed,
                        "expected", request->claimed);
}

static void check_none_left(const struct toc_request *request, struct toc_xfer *xfer,
                            enum toc_xfer_end end, bool pull)
{
    uint32_t claimed;
    if (toc_xfer_claimed(xfer, request->generation, end, &claimed))
        check_claimed(request, claimed, pull);
}

/* The sender's buffer, of a message that it has claimed the receive for: what has been claimed of
 * it is not complete, so the descriptor is still that of this message. */
static void locate(struct toc_request *request, struct toc_xfer *xfer)
{
    if (!toc_xfer_see(xfer, request->generation, &request->far))
        toc_copy_refuse(request->source, "address", request->far.address, NULL, 0);
    request->located = true;
}

bool toc_copy_claim(struct toc_request *request, struct toc_xfer *xfer, struct toc_peer *peer,
                    const struct toc_copy_turn *turn, bool *last)
{
    uint64_t most = turn->most / request->chunk;
    struct toc_xfer_share share = {
        .end = end_of(peer, turn->pull),
        .alone = turn->alone,
        .most = most > 0 ? (uint32_t)most : 1,
    };
    struct toc_xfer_piece piece;
    if (!toc_xfer_claim(xfer, request->generation, request->chunks, &share, &piece)) {
        check_none_left(request, xfer, share.end, turn->pull);
        return false;
    }
    check_claimed(request,
                  share.end == TOC_XFER_FRONT ? piece.first
                                              : request->chunks - piece.first - piece.count,
                  turn->pull);
    request->claimed += piece.count;
    if (!request->located)
        locate(request, xfer);
    struct place place = {request->far.address, reach(request, peer)};
    if (copy_piece(request, peer, turn->pull, &place, &piece) < 0)
        toc_xfer_freeze(xfer, request->generation);
    *last = toc_xfer_finish(xfer, request->chunks, piece.count);
    return true;
}
