/* SPDX-License-Identifier: BSD-3-Clause */
/* Collective operations: synchronisation, broadcast, reductions (MPI 5.0, sections 6.3, 6.4, 6.9 to
 * 6.12). Each operation is one function here, under the names that MPI has for it: blocking, with
 * large counts, and both as non-blocking ones. */
#include "mpi/coll_impl.h"

static int barrier(struct toc_mpi_coll *call)
{
    int code = toc_mpi_coll_begin(call);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_barrier(schedule);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Barrier(MPI_Comm comm)
{
    return barrier(TOC_MPI_CALL("MPI_Barrier"));
}
TOC_MPI_ALIAS(Barrier);

int PMPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
{
    return barrier(TOC_MPI_ICALL("MPI_Ibarrier"));
}
TOC_MPI_ALIAS(Ibarrier);

int PMPI_Barrier_init(MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return barrier(TOC_MPI_CALL_INIT("MPI_Barrier_init"));
}
TOC_MPI_ALIAS(Barrier_init);

static int bcast(struct toc_mpi_coll *call, void *buffer, int64_t count, MPI_Datatype datatype,
                 int root)
{
    struct toc_block block;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_block(call, "", buffer, count, datatype, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_bcast(schedule, &block, root);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Bcast(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm)
{
    return bcast(TOC_MPI_CALL("MPI_Bcast"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Bcast);

int PMPI_Bcast_c(void *buffer, MPI_Count count, MPI_Datatype datatype, int root, MPI_Comm comm)
{
    return bcast(TOC_MPI_CALL("MPI_Bcast_c"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Bcast_c);

int PMPI_Ibcast(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm,
                MPI_Request *request)
{
    return bcast(TOC_MPI_ICALL("MPI_Ibcast"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Ibcast);

int PMPI_Bcast_init(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm,
                    MPI_Info info, MPI_Request *request)
{
    return bcast(TOC_MPI_CALL_INIT("MPI_Bcast_init"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Bcast_init);

int PMPI_Ibcast_c(void *buffer, MPI_Count count, MPI_Datatype datatype, int root, MPI_Comm comm,
                  MPI_Request *request)
{
    return bcast(TOC_MPI_ICALL("MPI_Ibcast_c"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Ibcast_c);

int PMPI_Bcast_init_c(void *buffer, MPI_Count count, MPI_Datatype datatype, int root, MPI_Comm comm,
                      MPI_Info info, MPI_Request *request)
{
    return bcast(TOC_MPI_CALL_INIT("MPI_Bcast_init_c"), buffer, count, datatype, root);
}
TOC_MPI_ALIAS(Bcast_init_c);

static int reduce(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf, int64_t count,
                  MPI_Datatype datatype, MPI_Op op, int root)
{
    struct toc_reduction reduction;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_reduction(call, sendbuf, recvbuf, count, datatype, op,
                                      call->comm->rank == root, count, &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_reduce(schedule, &reduction, root);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Reduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                int root, MPI_Comm comm)
{
    return reduce(TOC_MPI_CALL("MPI_Reduce"), sendbuf, recvbuf, count, datatype, op, root);
}
TOC_MPI_ALIAS(Reduce);

int PMPI_Reduce_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                  MPI_Op op, int root, MPI_Comm comm)
{
    return reduce(TOC_MPI_CALL("MPI_Reduce_c"), sendbuf, recvbuf, count, datatype, op, root);
}
TOC_MPI_ALIAS(Reduce_c);

int PMPI_Ireduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                 int root, MPI_Comm comm, MPI_Request *request)
{
    return reduce(TOC_MPI_ICALL("MPI_Ireduce"), sendbuf, recvbuf, count, datatype, op, root);
}
TOC_MPI_ALIAS(Ireduce);

int PMPI_Reduce_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
                     MPI_Op op, int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return reduce(TOC_MPI_CALL_INIT("MPI_Reduce_init"), sendbuf, recvbuf, count, datatype, op,
                  root);
}
TOC_MPI_ALIAS(Reduce_init);

int PMPI_Ireduce_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                   MPI_Op op, int root, MPI_Comm comm, MPI_Request *request)
{
    return reduce(TOC_MPI_ICALL("MPI_Ireduce_c"), sendbuf, recvbuf, count, datatype, op, root);
}
TOC_MPI_ALIAS(Ireduce_c);

int PMPI_Reduce_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                       MPI_Op op, int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return reduce(TOC_MPI_CALL_INIT("MPI_Reduce_init_c"), sendbuf, recvbuf, count, datatype, op,
                  root);
}
TOC_MPI_ALIAS(Reduce_init_c);

static int allreduce(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf, int64_t count,
                     MPI_Datatype datatype, MPI_Op op)
{
    struct toc_reduction reduction;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_reduction(call, sendbuf, recvbuf, count, datatype, op, true, count,
                                      &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_allreduce(schedule, &reduction);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Allreduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                   MPI_Comm comm)
{
    return allreduce(TOC_MPI_CALL("MPI_Allreduce"), sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Allreduce);

int PMPI_Allreduce_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                     MPI_Op op, MPI_Comm comm)
{
    return allreduce(TOC_MPI_CALL("MPI_Allreduce_c"), sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Allreduce_c);

int PMPI_Iallreduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                    MPI_Comm comm, MPI_Request *request)
{
    return allreduce(TOC_MPI_ICALL("MPI_Iallreduce"), sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iallreduce);

int PMPI_Allreduce_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
                        MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return allreduce(TOC_MPI_CALL_INIT("MPI_Allreduce_init"), sendbuf, recvbuf, count, datatype,
                     op);
}
TOC_MPI_ALIAS(Allreduce_init);

int PMPI_Iallreduce_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                      MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
    return allreduce(TOC_MPI_ICALL("MPI_Iallreduce_c"), sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iallreduce_c);

int PMPI_Allreduce_init_c(const void *sendbuf, void *recvbuf, MPI_Count count,
                          MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info,
                          MPI_Request *request)
{
    return allreduce(TOC_MPI_CALL_INIT("MPI_Allreduce_init_c"), sendbuf, recvbuf, count, datatype,
                     op);
}
TOC_MPI_ALIAS(Allreduce_init_c);

static int scan(struct toc_mpi_coll *call, bool exclusive, const void *sendbuf, void *recvbuf,
                int64_t count, MPI_Datatype datatype, MPI_Op op)
{
    struct toc_reduction reduction;
    int code = toc_mpi_coll_begin(call);
    if (code != MPI_SUCCESS)
        return code;
    /* The exclusive scan has no result on rank 0, but its buffer may hold the operand. */
    bool result = !exclusive || call->comm->rank > 0 || sendbuf == MPI_IN_PLACE;
    code = toc_mpi_coll_reduction(call, sendbuf, recvbuf, count, datatype, op, result, count,
                                  &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_scan(schedule, &reduction, exclusive);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Scan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
              MPI_Comm comm)
{
    return scan(TOC_MPI_CALL("MPI_Scan"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Scan);

int PMPI_Scan_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                MPI_Op op, MPI_Comm comm)
{
    return scan(TOC_MPI_CALL("MPI_Scan_c"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Scan_c);

int PMPI_Iscan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
               MPI_Comm comm, MPI_Request *request)
{
    return scan(TOC_MPI_ICALL("MPI_Iscan"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iscan);

int PMPI_Scan_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                   MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scan(TOC_MPI_CALL_INIT("MPI_Scan_init"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Scan_init);

int PMPI_Iscan_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                 MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
    return scan(TOC_MPI_ICALL("MPI_Iscan_c"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iscan_c);

int PMPI_Scan_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                     MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scan(TOC_MPI_CALL_INIT("MPI_Scan_init_c"), false, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Scan_init_c);

int PMPI_Exscan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                MPI_Comm comm)
{
    return scan(TOC_MPI_CALL("MPI_Exscan"), true, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Exscan);

int PMPI_Exscan_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                  MPI_Op op, MPI_Comm comm)
{
    return scan(TOC_MPI_CALL("MPI_Exscan_c"), true, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Exscan_c);

int PMPI_Iexscan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
                 MPI_Comm comm, MPI_Request *request)
{
    return scan(TOC_MPI_ICALL("MPI_Iexscan"), true, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iexscan);

int PMPI_Exscan_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
                     MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scan(TOC_MPI_CALL_INIT("MPI_Exscan_init"), true, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Exscan_init);

int PMPI_Iexscan_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                   MPI_Op op, MPI_Comm comm, MPI_Request *request)
{
    return scan(TOC_MPI_ICALL("MPI_Iexscan_c"), true, sendbuf, recvbuf, count, datatype, op);
}
TOC_MPI_ALIAS(Iexscan_c);

int PMPI_Exscan_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
                       MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scan(TOC_MPI_CALL_INIT("MPI_Exscan_init_c"), true, sendbuf, recvbuf, count, datatype,
                op);
}
TOC_MPI_ALIAS(Exscan_init_c);

/* Counts of the ranks' shares of the result: an array, or the same for all. */
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
    int size = schedule->size;
    int64_t *starts = toc_schedule_alloc(schedule, ((uint64_t)size + 1) * sizeof(*starts));
    if (starts == NULL)
        return;
    starts[0] = 0;
    for (int i = 0; i < size; i++)
        starts[i + 1] = starts[i] + share_of(shares, i);
    toc_coll_reduce_scatter(schedule, reduction, starts);
}

static int reduce_scatter(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                          const struct shares *shares, MPI_Datatype datatype, MPI_Op op)
{
    struct toc_reduction reduction;
    int64_t total;
    int code = toc_mpi_coll_begin(call);
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
