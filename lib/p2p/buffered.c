/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: on_complete, all_left, is_flushed */
#include "p2p/buffered.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "datatype/cursor.h"
#include "p2p/p2p.h"
#include "p2p/protocol.h"

#define ALIGNMENT 16

/* A message in a buffer. The request's link is in `left` once it is complete. */
struct block {
    alignas(ALIGNMENT) struct toc_request request;
    struct toc_list place; /* among the blocks of its buffer */
    struct toc_buffer *buffer;
    uint64_t number;
    uint64_t bytes; /* with the payload, a multiple of ALIGNMENT */
    alignas(ALIGNMENT) char payload[];
};

/* The program may count on its buffer to hold messages of MPI_Pack_size() + MPI_BSEND_OVERHEAD
 * bytes each, wherever it begins: a block and two gaps. */
_Static_assert(sizeof(struct block) + 2 * (ALIGNMENT - 1) <= MPI_BSEND_OVERHEAD,
               "a message must not take more of the buffer than the program is told");

struct toc_buffer toc_process_buffer;

static struct toc_list left = {&left, &left}; /* complete, their room not given back yet */

static void init(struct toc_buffer *buffer)
{
    *buffer = (struct toc_buffer){0};
    toc_list_init(&buffer->blocks);
    toc_list_init(&buffer->flushes);
}

void toc_buffer_init(void)
{
    init(&toc_process_buffer);
}

struct toc_buffer *toc_buffer_new(void)
{
    struct toc_buffer *buffer = malloc(sizeof(*buffer));
    if (buffer != NULL)
        init(buffer);
    return buffer;
}

void toc_buffer_delete(struct toc_buffer *buffer)
{
    if (buffer->attached)
        toc_buffer_detach(buffer, "a call that frees a communicator with its buffer");
    free(buffer);
}

struct toc_buffer *toc_buffer_for(const struct toc_comm *comm)
{
    return comm->buffer != NULL ? comm->buffer : &toc_process_buffer;
}

void toc_buffer_attach(struct toc_buffer *buffer, void *start, int64_t size)
{
    buffer->attached = true;
    buffer->automatic = start == MPI_BUFFER_AUTOMATIC;
    buffer->start = start;
    buffer->size = size;
}

/* Completes the flushes that have nothing older than themselves to wait for. */
static void finish_flushes(struct toc_buffer *buffer)
{
    uint64_t oldest = UINT64_MAX;
    TOC_LIST_EACH(&buffer->blocks, member, following)
    {
        const struct block *block = TOC_CONTAINER(member, struct block, place);
        if (!block->request.complete && block->number < oldest)
            oldest = block->number;
    }
    TOC_LIST_EACH(&buffer->flushes, member, following)
    {
        struct toc_request *flush = TOC_CONTAINER(member, struct toc_request, link);
        if (flush->posted_at > oldest)
            continue;
        toc_list_remove(&flush->link);
        toc_request_complete(flush, TOC_OK);
    }
}

static void on_complete(struct toc_request *request)
{
    struct block *block = request->owner;
    toc_list_append(&left, &request->link);
    toc_request_ended = true;
    block->buffer->unsent--;
    if (!toc_list_is_empty(&block->buffer->flushes))
        finish_flushes(block->buffer);
}

void toc_buffer_reap(void)
{
    TOC_LIST_EACH(&left, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        struct block *block = request->owner;
        toc_list_remove(&request->link);
        toc_list_remove(&block->place);
        toc_p2p_cleanup(request);
        if (block->buffer->automatic)
            free(block);
    }
}

static char *round_up(char *address)
{
    return (char *)(((uintptr_t)address + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
}

/* The first gap of `bytes` among the blocks; NULL: none. */
static struct block *first_gap(struct toc_buffer *buffer, uint64_t bytes)
{
    char *at = round_up(buffer->start), *end = buffer->start + buffer->size;
    struct toc_list *next = buffer->blocks.next;
    for (; next != &buffer->blocks; next = next->next) {
        struct block *block = TOC_CONTAINER(next, struct block, place);
        if ((uint64_t)((char *)block - at) >= bytes)
            break;
        at = (char *)block + block->bytes;
    }
    if (next == &buffer->blocks && (at > end || (uint64_t)(end - at) < bytes))
        return NULL;
    struct block *block = (struct block *)(void *)at;
    toc_list_append(next, &block->place); /* before `next` */
    return block;
}

static struct block *allocate(struct toc_buffer *buffer, uint64_t size)
{
    uint64_t bytes = (sizeof(struct block) + size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
    struct block *block;
    if (buffer->automatic) {
        block = aligned_alloc(ALIGNMENT, bytes);
        if (block != NULL)
            toc_list_append(&buffer->blocks, &block->place);
    } else {
        block = first_gap(buffer, bytes);
    }
    if (block == NULL)
        return NULL;
    block->buffer = buffer;
    block->bytes = bytes;
    block->number = buffer->clock++;
    return block;
}

/* Room for a message, as soon as what has been received is out of the way. */
static struct block *make_room(struct toc_buffer *buffer, uint64_t size)
{
    struct block *block = allocate(buffer, size);
    while (block == NULL && toc_progress_run(TOC_PROGRESS_TEST)) {
        toc_buffer_reap();
        block = allocate(buffer, size);
    }
    return block;
}

static void send_from(struct block *block, const void *data, int64_t count,
                      const struct toc_datatype *type, int dest, int tag, struct toc_comm *comm)
{
    uint64_t size = toc_dt_packed_size(type, count);
    if (size > 0) {
        struct toc_dt_cursor cursor;
        toc_dt_cursor_init(&cursor, type, (void *)(uintptr_t)data, count, UINT64_MAX);
        toc_dt_pack(&cursor, block->payload, size);
    }
    toc_p2p_prepare_send(&block->request, block->payload, (int64_t)size,
                         toc_datatype_get(MPI_PACKED), dest, tag, comm, TOC_SEND_STANDARD);
    block->request.owner = block;
    block->request.on_complete = on_complete;
    block->buffer->unsent++;
    toc_p2p_start(&block->request);
}

int toc_buffer_send(struct toc_buffer *buffer, const void *data, int64_t count,
                    struct toc_datatype *type, int dest, int tag, struct toc_comm *comm)
{
    uint64_t size = toc_dt_packed_size(type, count);
    toc_buffer_reap();
    if (dest == TOC_PROC_NULL)
        return TOC_OK;
    /* A message that could never wait in the buffer is a mistake, also when it need not wait. */
    if (!buffer->attached ||
        (!buffer->automatic &&
         (size > (uint64_t)buffer->size || sizeof(struct block) + size > (uint64_t)buffer->size)))
        return TOC_ERR_BUFFER;
    if (toc_p2p_send_now(data, count, type, dest, tag, comm))
        return TOC_OK;
    struct block *block = make_room(buffer, size);
    if (block == NULL)
        return buffer->automatic ? TOC_ERR_NO_MEM : TOC_ERR_BUFFER;
    send_from(block, data, count, type, dest, tag, comm);
    return TOC_OK;
}

int toc_buffer_start(struct toc_request *request)
{
    int status = toc_buffer_send(toc_buffer_for(request->comm), request->buffer, request->count,
                                 request->type, request->dest, request->tag, request->comm);
    if (status != TOC_OK)
        return status;
    request->active = true;
    toc_request_complete(request, TOC_OK);
    return TOC_OK;
}

static bool all_left(const void *argument)
{
    return ((const struct toc_buffer *)argument)->unsent == 0;
}

void toc_buffer_detach(struct toc_buffer *buffer, const char *call)
{
    toc_progress_wait(all_left, buffer, call);
    toc_buffer_reap();
    buffer->attached = false;
}

struct toc_request *toc_buffer_start_flush(struct toc_buffer *buffer)
{
    struct toc_request *request = toc_request_new(TOC_REQUEST_FLUSH);
    if (request == NULL)
        return NULL;
    request->posted_at = buffer->clock;
    toc_list_append(&buffer->flushes, &request->link);
    finish_flushes(buffer);
    return request;
}

static bool is_flushed(const void *argument)
{
    return ((const struct toc_request *)argument)->complete;
}

void toc_buffer_flush(struct toc_buffer *buffer, const char *call)
{
    struct toc_request flush = {.kind = TOC_REQUEST_FLUSH, .posted_at = buffer->clock};
    toc_list_append(&buffer->flushes, &flush.link);
    finish_flushes(buffer);
    toc_progress_wait(is_flushed, &flush, call);
    toc_buffer_reap();
}
