/* SPDX-License-Identifier: BSD-3-Clause */
/* Reductions whose result is shared out (MPI 5.0, section 6.10). */
#include "mpi/coll_impl.h"

/* Counts of the ranks' shares of the result: an array, or the same for all. Over an
 * inter-communicator the local group's: the other group has as many elements, shared out as it
 * likes. */
struct shares {
    const int *counts;
    const MPI_Count *large_counts;
    int64_t count;
};

static int64_t share_of(const struct shares *shares, int rank)
{
    if (shares->counts != NULL)
        return shares->counts[rank];
    return shares->large_counts != NULL ? shares->large_counts[rank] : shares->count;
}

static int add_up(const struct toc_mpi_coll *call, const struct shares *shares, int64_t *total)
{
    *total = 0;
    for (int i = 0; i < call->comm->size; i++) {
        int64_t count = share_of(shares, i);
        if (count < 0)
            return toc_mpi_raise(call->handle, MPI_ERR_COUNT, call->function,
                                 "the count for rank %d is %lld, it must not be negative", i,
                                 (long long)count);
        *total += count;
    }
    return MPI_SUCCESS;
}

static void build_reduce_scatter(struct toc_schedule *schedule,
                                 const struct toc_reduction *reduction, const struct shares *shares)
{
    int size = schedule->comm->size;
    int64_t *starts = toc_schedule_alloc(schedule, ((uint64_t)size + 1) * sizeof(*starts));
    if (starts == NULL)
        return;
    starts[0] = 0;
    for (int i = 0; i < size; i++)
        starts[i + 1] = starts[i] + share_of(shares, i);
    if (toc_comm_is_inter(schedule->comm))
        toc_coll_inter_reduce_scatter(schedule, reduction, starts);
    else
        toc_coll_reduce_scatter(schedule, reduction, starts);
}

static int reduce_scatter(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                          const struct shares *shares, MPI_Datatype datatype, MPI_Op op)
{
    struct toc_reduction reduction;
    int64_t total;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_not_in_place(call, sendbuf);
    if (code == MPI_SUCCESS)
        code = add_up(call, shares, &total);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_reduction(call, sendbuf, recvbuf, total, datatype, op, true,
                                      share_of(shares, call->comm->rank), &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        build_reduce_scatter(schedule, &reduction, shares);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Reduce_scatter_block(const void *sendbuf, void *recvbuf, int recvcount,
                              MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)
{
    return reduce_scatter(TOC_MPI_CALL("MPI_Reduce_scatter_block"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_block);

int PMPI_Reduce_scatter_block_c(const void *sendbuf, void *recvbuf, MPI_Count recvcount,
                                MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)
{
    return reduce_scatter(TOC_MPI_CALL("MPI_Reduce_scatter_block_c"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_block_c);

int PMPI_Ireduce_scatter_block(const void *sendbuf, void *recvbuf, int recvcount,
                               MPI_Datatype datatype, MPI_Op op, MPI_Comm comm,
                               MPI_Request *request)
{
    return reduce_scatter(TOC_MPI_ICALL("MPI_Ireduce_scatter_block"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Ireduce_scatter_block);

int PMPI_Reduce_scatter_block_init(const void *sendbuf, void *recvbuf, int recvcount,
                                   MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info,
                                   MPI_Request *request)
{
    return reduce_scatter(TOC_MPI_CALL_INIT("MPI_Reduce_scatter_block_init"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_block_init);

int PMPI_Ireduce_scatter_block_c(const void *sendbuf, void *recvbuf, MPI_Count recvcount,
                                 MPI_Datatype datatype, MPI_Op op, MPI_Comm comm,
                                 MPI_Request *request)
{
    return reduce_scatter(TOC_MPI_ICALL("MPI_Ireduce_scatter_block_c"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Ireduce_scatter_block_c);

int PMPI_Reduce_scatter_block_init_c(const void *sendbuf, void *recvbuf, MPI_Count recvcount,
                                     MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info,
                                     MPI_Request *request)
{
    return reduce_scatter(TOC_MPI_CALL_INIT("MPI_Reduce_scatter_block_init_c"), sendbuf, recvbuf,
                          &(struct shares){.count = recvcount}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_block_init_c);

static int reduce_scatter_counts(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                                 const struct shares *shares, MPI_Datatype datatype, MPI_Op op)
{
    if (shares->counts != NULL || shares->large_counts != NULL)
        return reduce_scatter(call, sendbuf, recvbuf, shares, datatype, op);
    int code = toc_mpi_coll_begin(call);
    return code != MPI_SUCCESS ? code
                               : toc_mpi_raise(call->handle, MPI_ERR_ARG, call->function,
                                               "recvcounts is a null pointer");
}

int PMPI_Reduce_scatter(const void *sendbuf, void *recvbuf, const int recvcounts[],
                        MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)
{
    return reduce_scatter_counts(TOC_MPI_CALL("MPI_Reduce_scatter"), sendbuf, recvbuf,
                                 &(struct shares){.counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter);

int PMPI_Reduce_scatter_c(const void *sendbuf, void *recvbuf, const MPI_Count recvcounts[],
                          MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)
{
    return reduce_scatter_counts(TOC_MPI_CALL("MPI_Reduce_scatter_c"), sendbuf, recvbuf,
                                 &(struct shares){.large_counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_c);

int PMPI_Ireduce_scatter(const void *sendbuf, void *recvbuf, const int recvcounts[],
                         MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
    return reduce_scatter_counts(TOC_MPI_ICALL("MPI_Ireduce_scatter"), sendbuf, recvbuf,
                                 &(struct shares){.counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Ireduce_scatter);

int PMPI_Reduce_scatter_init(const void *sendbuf, void *recvbuf, const int recvcounts[],
                             MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info,
                             MPI_Request *request)
{
    return reduce_scatter_counts(TOC_MPI_CALL_INIT("MPI_Reduce_scatter_init"), sendbuf, recvbuf,
                                 &(struct shares){.counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_init);

int PMPI_Ireduce_scatter_c(const void *sendbuf, void *recvbuf, const MPI_Count recvcounts[],
                           MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
    return reduce_scatter_counts(TOC_MPI_ICALL("MPI_Ireduce_scatter_c"), sendbuf, recvbuf,
                                 &(struct shares){.large_counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Ireduce_scatter_c);

int PMPI_Reduce_scatter_init_c(const void *sendbuf, void *recvbuf, const MPI_Count recvcounts[],
                               MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info,
                               MPI_Request *request)
{
    return reduce_scatter_counts(TOC_MPI_CALL_INIT("MPI_Reduce_scatter_init_c"), sendbuf, recvbuf,
                                 &(struct shares){.large_counts = recvcounts}, datatype, op);
}
TOC_MPI_ALIAS(Reduce_scatter_init_c);
