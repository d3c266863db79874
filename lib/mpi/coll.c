/* SPDX-License-Identifier: BSD-3-Clause */
/* Collective operations: synchronisation and broadcast (MPI 5.0, sections 6.3 and 6.4). Here and in
 * the other coll_*.c each operation is one function, under the names that MPI has for it: blocking,
 * with large counts, both as non-blocking and as persistent ones. */
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

int toc_mpi_barrier(const char *function, MPI_Comm comm)
{
    return barrier(TOC_MPI_CALL(function));
}

int PMPI_Barrier(MPI_Comm comm)
{
    return toc_mpi_barrier("MPI_Barrier", comm);
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
    if (code == MPI_SUCCESS && root != MPI_PROC_NULL)
        code = toc_mpi_coll_block(call, "", buffer, count, datatype, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL && toc_comm_is_inter(call->comm))
        toc_coll_inter_bcast(schedule, &block, root);
    else if (schedule != NULL)
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
