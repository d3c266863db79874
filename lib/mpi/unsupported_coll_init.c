/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: persistent collective operations (chapter 6).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Allgather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allgather_init"); } TOC_MPI_ALIAS(Allgather_init);

int PMPI_Allgather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allgather_init_c"); } TOC_MPI_ALIAS(Allgather_init_c);

int PMPI_Allgatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    const int recvcounts[], const int displs[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allgatherv_init"); } TOC_MPI_ALIAS(Allgatherv_init);

int PMPI_Allgatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allgatherv_init_c"); } TOC_MPI_ALIAS(Allgatherv_init_c);

int PMPI_Allreduce_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
    MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allreduce_init"); } TOC_MPI_ALIAS(Allreduce_init);

int PMPI_Allreduce_init_c(const void *sendbuf, void *recvbuf, MPI_Count count,
    MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Allreduce_init_c"); } TOC_MPI_ALIAS(Allreduce_init_c);

int PMPI_Alltoall_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoall_init"); } TOC_MPI_ALIAS(Alltoall_init);

int PMPI_Alltoall_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoall_init_c"); } TOC_MPI_ALIAS(Alltoall_init_c);

int PMPI_Alltoallv_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
    MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int rdispls[],
    MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoallv_init"); } TOC_MPI_ALIAS(Alltoallv_init);

int PMPI_Alltoallv_init_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
    const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoallv_init_c"); } TOC_MPI_ALIAS(Alltoallv_init_c);

int PMPI_Alltoallw_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
    const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[], const int rdispls[],
    const MPI_Datatype recvtypes[], MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoallw_init"); } TOC_MPI_ALIAS(Alltoallw_init);

int PMPI_Alltoallw_init_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf,
    const MPI_Count recvcounts[], const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Alltoallw_init_c"); } TOC_MPI_ALIAS(Alltoallw_init_c);

int PMPI_Barrier_init(MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Barrier_init"); } TOC_MPI_ALIAS(Barrier_init);

int PMPI_Bcast_init(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Bcast_init"); } TOC_MPI_ALIAS(Bcast_init);

int PMPI_Bcast_init_c(void *buffer, MPI_Count count, MPI_Datatype datatype, int root, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Bcast_init_c"); } TOC_MPI_ALIAS(Bcast_init_c);

int PMPI_Exscan_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
    MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Exscan_init"); } TOC_MPI_ALIAS(Exscan_init);

int PMPI_Exscan_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
    MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Exscan_init_c"); } TOC_MPI_ALIAS(Exscan_init_c);

int PMPI_Gather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Gather_init"); } TOC_MPI_ALIAS(Gather_init);

int PMPI_Gather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Gather_init_c"); } TOC_MPI_ALIAS(Gather_init_c);

int PMPI_Gatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Gatherv_init"); } TOC_MPI_ALIAS(Gatherv_init);

int PMPI_Gatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
    int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Gatherv_init_c"); } TOC_MPI_ALIAS(Gatherv_init_c);

int PMPI_Reduce_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype,
    MPI_Op op, int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_init"); } TOC_MPI_ALIAS(Reduce_init);

int PMPI_Reduce_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
    MPI_Op op, int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_init_c"); } TOC_MPI_ALIAS(Reduce_init_c);

int PMPI_Reduce_scatter_block_init(const void *sendbuf, void *recvbuf, int recvcount,
    MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_scatter_block_init"); }
TOC_MPI_ALIAS(Reduce_scatter_block_init);

int PMPI_Reduce_scatter_block_init_c(const void *sendbuf, void *recvbuf, MPI_Count recvcount,
    MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_scatter_block_init_c"); }
TOC_MPI_ALIAS(Reduce_scatter_block_init_c);

int PMPI_Reduce_scatter_init(const void *sendbuf, void *recvbuf, const int recvcounts[],
    MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_scatter_init"); } TOC_MPI_ALIAS(Reduce_scatter_init);

int PMPI_Reduce_scatter_init_c(const void *sendbuf, void *recvbuf, const MPI_Count recvcounts[],
    MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Reduce_scatter_init_c"); }
TOC_MPI_ALIAS(Reduce_scatter_init_c);

int PMPI_Scan_init(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op,
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scan_init"); } TOC_MPI_ALIAS(Scan_init);

int PMPI_Scan_init_c(const void *sendbuf, void *recvbuf, MPI_Count count, MPI_Datatype datatype,
    MPI_Op op, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scan_init_c"); } TOC_MPI_ALIAS(Scan_init_c);

int PMPI_Scatter_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scatter_init"); } TOC_MPI_ALIAS(Scatter_init);

int PMPI_Scatter_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scatter_init_c"); } TOC_MPI_ALIAS(Scatter_init_c);

int PMPI_Scatterv_init(const void *sendbuf, const int sendcounts[], const int displs[],
    MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root,
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scatterv_init"); } TOC_MPI_ALIAS(Scatterv_init);

int PMPI_Scatterv_init_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
    MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root,
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Scatterv_init_c"); } TOC_MPI_ALIAS(Scatterv_init_c);
