/* SPDX-License-Identifier: BSD-3-Clause */
/* Reductions over the ranks up to each (MPI 5.0, section 6.11). */
#include "mpi/coll_impl.h"

static int scan(struct toc_mpi_coll *call, bool exclusive, const void *sendbuf, void *recvbuf,
                int64_t count, MPI_Datatype datatype, MPI_Op op)
{
    struct toc_reduction reduction;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS && toc_comm_is_inter(call->comm))
        code = toc_mpi_raise(call->handle, MPI_ERR_COMM, call->function,
                             "the communicator is an inter-communicator");
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
