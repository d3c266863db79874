/* SPDX-License-Identifier: BSD-3-Clause */
/* Reductions to one rank and to all (MPI 5.0, sections 6.9.1 and 6.9.6). */
#include "mpi/coll_impl.h"

/* The root has no operand; others of its group have nothing to do. */
static int inter_reduce(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                        int64_t count, MPI_Datatype datatype, MPI_Op op, int root)
{
    struct toc_reduction reduction;
    bool is_root = root == MPI_ROOT;
    int code = is_root ? MPI_SUCCESS : toc_mpi_coll_not_in_place(call, sendbuf);
    if (code == MPI_SUCCESS && root != MPI_PROC_NULL)
        code = toc_mpi_coll_reduction(call, is_root ? MPI_IN_PLACE : sendbuf, recvbuf, count,
                                      datatype, op, is_root, count, &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL && root != MPI_PROC_NULL)
        toc_coll_inter_reduce(schedule, &reduction, root);
    return toc_mpi_coll_end(call, schedule);
}

static int reduce(struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf, int64_t count,
                  MPI_Datatype datatype, MPI_Op op, int root)
{
    struct toc_reduction reduction;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS && toc_comm_is_inter(call->comm))
        return inter_reduce(call, sendbuf, recvbuf, count, datatype, op, root);
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
        code = toc_mpi_coll_not_in_place(call, sendbuf);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_reduction(call, sendbuf, recvbuf, count, datatype, op, true, count,
                                      &reduction);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL && toc_comm_is_inter(call->comm))
        toc_coll_inter_allreduce(schedule, &reduction);
    else if (schedule != NULL)
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
