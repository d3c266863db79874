/* SPDX-License-Identifier: BSD-3-Clause */
/* Arguments of collective operations, and how their schedules are run. */
#include "mpi/coll_impl.h"

#include <stdio.h>

#include "base/error.h"
#include "progress/guard.h"

int toc_mpi_coll_begin(struct toc_mpi_coll *call)
{
    int code = toc_mpi_check_comm(call->function, call->handle, &call->comm);
    if (code == MPI_SUCCESS)
        call->blocks = call->comm->remote->size;
    if (code == MPI_SUCCESS && !call->blocking && call->request == NULL)
        return toc_mpi_raise(call->handle, MPI_ERR_ARG, call->function,
                             "request is a null pointer");
    if (code == MPI_SUCCESS && call->persistent)
        code = toc_mpi_check_info(call->function, call->handle, call->info);
    return code;
}

int toc_mpi_coll_root(const struct toc_mpi_coll *call, int root)
{
    int size = call->comm->remote->size;
    if (root >= 0 && root < size)
        return MPI_SUCCESS;
    if (toc_comm_is_inter(call->comm)) {
        if (root == MPI_ROOT || root == MPI_PROC_NULL)
            return MPI_SUCCESS;
        return toc_mpi_raise(call->handle, MPI_ERR_ROOT, call->function,
                             "root %d is neither MPI_ROOT nor MPI_PROC_NULL nor one of the %d "
                             "rank%s of the remote group",
                             root, size, size == 1 ? "" : "s");
    }
    return toc_mpi_raise(call->handle, MPI_ERR_ROOT, call->function,
                         "root %d is out of range: the communicator has %d rank%s (0 to %d)", root,
                         size, size == 1 ? "" : "s", size - 1);
}

static const char *buffer_name(const char *side)
{
    return side[0] == 's' ? "sendbuf" : side[0] == 'r' ? "recvbuf" : "the buffer";
}

static int check_buffer(const struct toc_mpi_coll *call, const char *side,
                        const struct toc_block *block)
{
    if (toc_block_bytes(block) == 0)
        return MPI_SUCCESS;
    if (block->address == MPI_IN_PLACE)
        return toc_mpi_raise(call->handle, MPI_ERR_BUFFER, call->function,
                             "%s is MPI_IN_PLACE, which is not allowed here", buffer_name(side));
    if (toc_datatype_is_null_buffer(block->type, block->address, block->count))
        return toc_mpi_raise(call->handle, MPI_ERR_BUFFER, call->function,
                             "%s is a null pointer, with count %lld", buffer_name(side),
                             (long long)block->count);
    return MPI_SUCCESS;
}

static int check_count(const struct toc_mpi_coll *call, const char *side, int64_t count)
{
    if (count >= 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(call->handle, MPI_ERR_COUNT, call->function,
                         "%scount is %lld, it must not be negative", side, (long long)count);
}

int toc_mpi_coll_block(const struct toc_mpi_coll *call, const char *side, const void *buffer,
                       int64_t count, MPI_Datatype handle, struct toc_block *block)
{
    *block = (struct toc_block){.address = (void *)(uintptr_t)buffer, .count = count};
    int code = check_count(call, side, count);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_committed(call->function, call->handle, handle, &block->type);
    if (code == MPI_SUCCESS)
        code = check_buffer(call, side, block);
    return code;
}

static int check_types(const struct toc_mpi_coll *call, const char *side, MPI_Datatype handle,
                       struct toc_blocks *blocks)
{
    struct toc_datatype *type;
    if (blocks->types == NULL)
        return toc_mpi_check_committed(call->function, call->handle, handle, &blocks->type);
    for (int i = 0; i < call->blocks; i++) {
        if (toc_blocks_count(blocks, i) == 0)
            continue; /* any type, also MPI_DATATYPE_NULL */
        type = toc_datatype_get(blocks->types[i]);
        if (type == NULL || !type->committed)
            return toc_mpi_raise(call->handle, MPI_ERR_TYPE, call->function,
                                 "%stypes[%d], %s, is not a datatype that has been committed", side,
                                 i, toc_mpi_handle_text((uintptr_t)blocks->types[i]).text);
    }
    return MPI_SUCCESS;
}

static int check_arrays(const struct toc_mpi_coll *call, const char *side,
                        const struct toc_blocks *blocks)
{
    bool counts = blocks->counts != NULL || blocks->large_counts != NULL;
    bool displs = blocks->displs != NULL || blocks->large_displs != NULL;
    if ((counts && displs) || call->blocks == 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(call->handle, MPI_ERR_ARG, call->function, "%s%s is a null pointer", side,
                         counts ? "displs" : "counts");
}

static int check_one(const struct toc_mpi_coll *call, const char *side, bool vector, int rank,
                     const struct toc_block *block)
{
    if (vector && block->count < 0)
        return toc_mpi_raise(call->handle, MPI_ERR_COUNT, call->function,
                             "%scounts[%d] is %lld, it must not be negative", side, rank,
                             (long long)block->count);
    return check_buffer(call, side, block);
}

int toc_mpi_coll_blocks(const struct toc_mpi_coll *call, const char *side, MPI_Datatype handle,
                        bool vector, struct toc_blocks *blocks)
{
    int code = vector ? check_arrays(call, side, blocks) : check_count(call, side, blocks->count);
    if (code == MPI_SUCCESS)
        code = check_types(call, side, handle, blocks);
    if (code == MPI_SUCCESS && blocks->base == MPI_IN_PLACE)
        return toc_mpi_raise(call->handle, MPI_ERR_BUFFER, call->function,
                             "%s is MPI_IN_PLACE, which is not allowed here", buffer_name(side));
    for (int i = 0; code == MPI_SUCCESS && i < (vector ? call->blocks : call->blocks > 0); i++) {
        struct toc_block block = toc_blocks_at(blocks, i);
        code = check_one(call, side, vector, i, &block);
    }
    return code;
}

int toc_mpi_coll_not_in_place(const struct toc_mpi_coll *call, const void *buffer)
{
    if (buffer != MPI_IN_PLACE || !toc_comm_is_inter(call->comm))
        return MPI_SUCCESS;
    return toc_mpi_raise(call->handle, MPI_ERR_BUFFER, call->function,
                         "MPI_IN_PLACE is not allowed on an inter-communicator");
}

int toc_mpi_coll_own(const struct toc_mpi_coll *call, const char *side,
                     const struct toc_mpi_own *own, struct toc_block *block)
{
    return toc_mpi_coll_block(call, side, own->buffer, own->count, own->type, block);
}

int toc_mpi_coll_all(const struct toc_mpi_coll *call, const char *side, struct toc_mpi_all *all)
{
    return toc_mpi_coll_blocks(call, side, all->type, all->vector, &all->blocks);
}

int toc_mpi_coll_both(const struct toc_mpi_coll *call, const char *own_side,
                      const struct toc_mpi_own *own, bool in_place, const char *all_side,
                      struct toc_mpi_all *all, struct toc_block *block)
{
    int code = toc_mpi_coll_all(call, all_side, all);
    if (code != MPI_SUCCESS || in_place)
        return code;
    code = toc_mpi_coll_own(call, own_side, own, block);
    if (code != MPI_SUCCESS || toc_comm_is_inter(call->comm))
        return code;
    struct toc_block other = toc_blocks_at(&all->blocks, call->comm->rank);
    return toc_mpi_coll_apart(call, block, &other);
}

static int check_op(const struct toc_mpi_coll *call, MPI_Op handle, MPI_Datatype type_handle,
                    struct toc_reduction *reduction)
{
    const struct toc_datatype *type = reduction->type;
    reduction->op = toc_op_get(handle);
    if (reduction->op != NULL && toc_op_valid(reduction->op, type))
        return MPI_SUCCESS;
    if (handle == MPI_OP_NULL)
        return toc_mpi_raise(call->handle, MPI_ERR_OP, call->function,
                             "the operation is MPI_OP_NULL");
    if (reduction->op == NULL)
        return toc_mpi_raise(call->handle, MPI_ERR_OP, call->function,
                             "%s is not an operation (or one that has been freed)",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    if (type->name[0] != '\0')
        return toc_mpi_raise(call->handle, MPI_ERR_OP, call->function, "%s cannot be used with %s",
                             reduction->op->name, type->name);
    return toc_mpi_raise(call->handle, MPI_ERR_OP, call->function,
                         "%s cannot be used with the derived datatype %s", reduction->op->name,
                         toc_mpi_handle_text((uintptr_t)type_handle).text);
}

int toc_mpi_coll_apart(const struct toc_mpi_coll *call, const struct toc_block *send,
                       const struct toc_block *receive)
{
    if (send->address != receive->address || toc_block_bytes(send) == 0 ||
        toc_block_bytes(receive) == 0 || send->address == MPI_BOTTOM)
        return MPI_SUCCESS;
    return toc_mpi_raise(call->handle, MPI_ERR_BUFFER, call->function,
                         "data would be sent from and received at the same address, %p: use "
                         "MPI_IN_PLACE",
                         send->address);
}

int toc_mpi_coll_reduction(const struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                           int64_t count, MPI_Datatype handle, MPI_Op op, bool result,
                           int64_t result_count, struct toc_reduction *reduction)
{
    struct toc_block in, out = {.address = recvbuf, .count = result_count};
    bool in_place = sendbuf == MPI_IN_PLACE && result;
    int code = toc_mpi_coll_block(call, in_place ? "recv" : "send", in_place ? recvbuf : sendbuf,
                                  count, handle, &in);
    *reduction =
        (struct toc_reduction){.in = in.address, .out = recvbuf, .count = count, .type = in.type};
    out.type = in.type;
    if (code == MPI_SUCCESS)
        code = check_op(call, op, handle, reduction);
    if (code == MPI_SUCCESS && result)
        code = check_buffer(call, "recv", &out);
    if (code == MPI_SUCCESS && result && !in_place)
        code = toc_mpi_coll_apart(call, &in, &out);
    return code;
}

struct toc_schedule *toc_mpi_coll_schedule(const struct toc_mpi_coll *call)
{
    toc_guard_enter();
    if (call->persistent)
        return toc_schedule_new_persistent(call->comm);
    return call->blocking ? toc_schedule_new(call->comm) : toc_schedule_new_nonblocking(call->comm);
}

int toc_mpi_coll_status(const char *function, MPI_Comm handle, int status)
{
    switch (status) {
    case TOC_OK:
        return MPI_SUCCESS;
    case TOC_ERR_NO_MEM:
        return toc_mpi_raise(handle, MPI_ERR_NO_MEM, function, "out of memory");
    case TOC_ERR_TRUNCATE:
        return toc_mpi_raise(handle, MPI_ERR_TRUNCATE, function,
                             "a message was longer than its receive buffer: the ranks do not agree "
                             "on counts or datatypes");
    case TOC_ERR_LIMIT:
        return toc_mpi_raise(
            handle, toc_mpi_class_of(status), function,
            "the job has made too many communicators (%u, and freeing does not help)",
            TOC_CONTEXTS);
    case TOC_ERR_PROC:
        return toc_mpi_raise(handle, toc_mpi_class_of(status), function,
                             "a rank of the communicator has ended before its part was done");
    default:
        return toc_mpi_raise(handle, toc_mpi_class_of(status), function,
                             "the operation failed (status %d)", status);
    }
}

int toc_mpi_coll_end(const struct toc_mpi_coll *call, struct toc_schedule *schedule)
{
    int status = TOC_ERR_NO_MEM;
    if (schedule != NULL && call->blocking) {
        status = toc_schedule_run(schedule, call->function);
    } else if (schedule != NULL) {
        struct toc_request *request;
        status = call->persistent ? toc_schedule_persist(schedule, &request)
                                  : toc_schedule_launch(schedule, &request);
        if (status == TOC_OK)
            *call->request = TOC_MPI_HANDLE(MPI_Request, request);
    }
    toc_guard_leave();
    return toc_mpi_coll_status(call->function, call->handle, status);
}
