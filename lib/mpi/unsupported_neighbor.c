/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: neighborhood collective operations (chapter 8).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Ineighbor_allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_allgather"); } TOC_MPI_ALIAS(Ineighbor_allgather);

int PMPI_Ineighbor_allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_allgather_c"); }
TOC_MPI_ALIAS(Ineighbor_allgather_c);

int PMPI_Ineighbor_allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, const int recvcounts[], const int displs[], MPI_Datatype recvtype, MPI_Comm comm,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_allgatherv"); }
TOC_MPI_ALIAS(Ineighbor_allgatherv);

int PMPI_Ineighbor_allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_allgatherv_c"); }
TOC_MPI_ALIAS(Ineighbor_allgatherv_c);

int PMPI_Ineighbor_alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoall"); } TOC_MPI_ALIAS(Ineighbor_alltoall);

int PMPI_Ineighbor_alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoall_c"); }
TOC_MPI_ALIAS(Ineighbor_alltoall_c);

int PMPI_Ineighbor_alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
    MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int rdispls[],
    MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoallv"); } TOC_MPI_ALIAS(Ineighbor_alltoallv);

int PMPI_Ineighbor_alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
    const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoallv_c"); }
TOC_MPI_ALIAS(Ineighbor_alltoallv_c);

int PMPI_Ineighbor_alltoallw(const void *sendbuf, const int sendcounts[], const MPI_Aint sdispls[],
    const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[], const MPI_Aint rdispls[],
    const MPI_Datatype recvtypes[], MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoallw"); } TOC_MPI_ALIAS(Ineighbor_alltoallw);

int PMPI_Ineighbor_alltoallw_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf,
    const MPI_Count recvcounts[], const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ineighbor_alltoallw_c"); }
TOC_MPI_ALIAS(Ineighbor_alltoallw_c);

int PMPI_Neighbor_allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgather"); } TOC_MPI_ALIAS(Neighbor_allgather);

int PMPI_Neighbor_allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgather_c"); }
TOC_MPI_ALIAS(Neighbor_allgather_c);

int PMPI_Neighbor_allgather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgather_init"); }
TOC_MPI_ALIAS(Neighbor_allgather_init);

int PMPI_Neighbor_allgather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgather_init_c"); }
TOC_MPI_ALIAS(Neighbor_allgather_init_c);

int PMPI_Neighbor_allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, const int recvcounts[], const int displs[], MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgatherv"); } TOC_MPI_ALIAS(Neighbor_allgatherv);

int PMPI_Neighbor_allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgatherv_c"); }
TOC_MPI_ALIAS(Neighbor_allgatherv_c);

int PMPI_Neighbor_allgatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, const int recvcounts[], const int displs[], MPI_Datatype recvtype, MPI_Comm comm,
    MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgatherv_init"); }
TOC_MPI_ALIAS(Neighbor_allgatherv_init);

int PMPI_Neighbor_allgatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_allgatherv_init_c"); }
TOC_MPI_ALIAS(Neighbor_allgatherv_init_c);

int PMPI_Neighbor_alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
    int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoall"); } TOC_MPI_ALIAS(Neighbor_alltoall);

int PMPI_Neighbor_alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoall_c"); } TOC_MPI_ALIAS(Neighbor_alltoall_c);

int PMPI_Neighbor_alltoall_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
    void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoall_init"); }
TOC_MPI_ALIAS(Neighbor_alltoall_init);

int PMPI_Neighbor_alltoall_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
    void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoall_init_c"); }
TOC_MPI_ALIAS(Neighbor_alltoall_init_c);

int PMPI_Neighbor_alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
    MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int rdispls[],
    MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallv"); } TOC_MPI_ALIAS(Neighbor_alltoallv);

int PMPI_Neighbor_alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
    const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallv_c"); }
TOC_MPI_ALIAS(Neighbor_alltoallv_c);

int PMPI_Neighbor_alltoallv_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
    MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int rdispls[],
    MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallv_init"); }
TOC_MPI_ALIAS(Neighbor_alltoallv_init);

int PMPI_Neighbor_alltoallv_init_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
    const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallv_init_c"); }
TOC_MPI_ALIAS(Neighbor_alltoallv_init_c);

int PMPI_Neighbor_alltoallw(const void *sendbuf, const int sendcounts[], const MPI_Aint sdispls[],
    const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[], const MPI_Aint rdispls[],
    const MPI_Datatype recvtypes[], MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallw"); } TOC_MPI_ALIAS(Neighbor_alltoallw);

int PMPI_Neighbor_alltoallw_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf,
    const MPI_Count recvcounts[], const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallw_c"); }
TOC_MPI_ALIAS(Neighbor_alltoallw_c);

int PMPI_Neighbor_alltoallw_init(const void *sendbuf, const int sendcounts[],
    const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
    const MPI_Aint rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm, MPI_Info info,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallw_init"); }
TOC_MPI_ALIAS(Neighbor_alltoallw_init);

int PMPI_Neighbor_alltoallw_init_c(const void *sendbuf, const MPI_Count sendcounts[],
    const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf,
    const MPI_Count recvcounts[], const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
    MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Neighbor_alltoallw_init_c"); }
TOC_MPI_ALIAS(Neighbor_alltoallw_init_c);
