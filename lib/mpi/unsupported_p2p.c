/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: point-to-point: buffered sends, large counts (chapter 3).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Bsend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Bsend"); } TOC_MPI_ALIAS(Bsend);

int PMPI_Bsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Bsend_c"); } TOC_MPI_ALIAS(Bsend_c);

int PMPI_Bsend_init(const void *buf, int count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Bsend_init"); } TOC_MPI_ALIAS(Bsend_init);

int PMPI_Bsend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Bsend_init_c"); } TOC_MPI_ALIAS(Bsend_init_c);

int PMPI_Buffer_attach(void *buffer, int size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_attach"); } TOC_MPI_ALIAS(Buffer_attach);

int PMPI_Buffer_attach_c(void *buffer, MPI_Count size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_attach_c"); }
TOC_MPI_ALIAS(Buffer_attach_c);

int PMPI_Buffer_detach(void *buffer_addr, int *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_detach"); } TOC_MPI_ALIAS(Buffer_detach);

int PMPI_Buffer_detach_c(void *buffer_addr, MPI_Count *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_detach_c"); }
TOC_MPI_ALIAS(Buffer_detach_c);

int PMPI_Buffer_flush(void)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_flush"); } TOC_MPI_ALIAS(Buffer_flush);

int PMPI_Buffer_iflush(MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Buffer_iflush"); } TOC_MPI_ALIAS(Buffer_iflush);

int PMPI_Comm_attach_buffer(MPI_Comm comm, void *buffer, int size)
{ return toc_mpi_unsupported(comm, "MPI_Comm_attach_buffer"); } TOC_MPI_ALIAS(Comm_attach_buffer);

int PMPI_Comm_attach_buffer_c(MPI_Comm comm, void *buffer, MPI_Count size)
{ return toc_mpi_unsupported(comm, "MPI_Comm_attach_buffer_c"); }
TOC_MPI_ALIAS(Comm_attach_buffer_c);

int PMPI_Comm_detach_buffer(MPI_Comm comm, void *buffer_addr, int *size)
{ return toc_mpi_unsupported(comm, "MPI_Comm_detach_buffer"); } TOC_MPI_ALIAS(Comm_detach_buffer);

int PMPI_Comm_detach_buffer_c(MPI_Comm comm, void *buffer_addr, MPI_Count *size)
{ return toc_mpi_unsupported(comm, "MPI_Comm_detach_buffer_c"); }
TOC_MPI_ALIAS(Comm_detach_buffer_c);

int PMPI_Comm_flush_buffer(MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Comm_flush_buffer"); } TOC_MPI_ALIAS(Comm_flush_buffer);

int PMPI_Comm_iflush_buffer(MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Comm_iflush_buffer"); } TOC_MPI_ALIAS(Comm_iflush_buffer);

int PMPI_Get_count_c(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_count_c"); } TOC_MPI_ALIAS(Get_count_c);

int PMPI_Ibsend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm,
    MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ibsend"); } TOC_MPI_ALIAS(Ibsend);

int PMPI_Ibsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ibsend_c"); } TOC_MPI_ALIAS(Ibsend_c);

int PMPI_Imrecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, MPI_Message *message,
    MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Imrecv_c"); } TOC_MPI_ALIAS(Imrecv_c);

int PMPI_Irecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, int source, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Irecv_c"); } TOC_MPI_ALIAS(Irecv_c);

int PMPI_Irsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Irsend_c"); } TOC_MPI_ALIAS(Irsend_c);

int PMPI_Isend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Isend_c"); } TOC_MPI_ALIAS(Isend_c);

int PMPI_Isendrecv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, int dest,
    int sendtag, void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int source, int recvtag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Isendrecv_c"); } TOC_MPI_ALIAS(Isendrecv_c);

int PMPI_Isendrecv_replace_c(void *buf, MPI_Count count, MPI_Datatype datatype, int dest,
    int sendtag, int source, int recvtag, MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Isendrecv_replace_c"); } TOC_MPI_ALIAS(Isendrecv_replace_c);

int PMPI_Issend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Issend_c"); } TOC_MPI_ALIAS(Issend_c);

int PMPI_Mrecv_c(void *buf, MPI_Count count, MPI_Datatype datatype, MPI_Message *message,
    MPI_Status *status)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Mrecv_c"); } TOC_MPI_ALIAS(Mrecv_c);

int PMPI_Recv_c(void *buf, MPI_Count count, MPI_Datatype datatype, int source, int tag,
    MPI_Comm comm, MPI_Status *status)
{ return toc_mpi_unsupported(comm, "MPI_Recv_c"); } TOC_MPI_ALIAS(Recv_c);

int PMPI_Recv_init_c(void *buf, MPI_Count count, MPI_Datatype datatype, int source, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Recv_init_c"); } TOC_MPI_ALIAS(Recv_init_c);

int PMPI_Request_get_status_all(int count, const MPI_Request array_of_requests[], int *flag,
    MPI_Status *array_of_statuses)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Request_get_status_all"); }
TOC_MPI_ALIAS(Request_get_status_all);

int PMPI_Request_get_status_any(int count, const MPI_Request array_of_requests[], int *indx,
    int *flag, MPI_Status *status)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Request_get_status_any"); }
TOC_MPI_ALIAS(Request_get_status_any);

int PMPI_Request_get_status_some(int incount, const MPI_Request array_of_requests[], int *outcount,
    int array_of_indices[], MPI_Status *array_of_statuses)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Request_get_status_some"); }
TOC_MPI_ALIAS(Request_get_status_some);

int PMPI_Rsend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Rsend_c"); } TOC_MPI_ALIAS(Rsend_c);

int PMPI_Rsend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Rsend_init_c"); } TOC_MPI_ALIAS(Rsend_init_c);

int PMPI_Send_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Send_c"); } TOC_MPI_ALIAS(Send_c);

int PMPI_Send_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Send_init_c"); } TOC_MPI_ALIAS(Send_init_c);

int PMPI_Sendrecv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, int dest,
    int sendtag, void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int source, int recvtag,
    MPI_Comm comm, MPI_Status *status)
{ return toc_mpi_unsupported(comm, "MPI_Sendrecv_c"); } TOC_MPI_ALIAS(Sendrecv_c);

int PMPI_Sendrecv_replace_c(void *buf, MPI_Count count, MPI_Datatype datatype, int dest,
    int sendtag, int source, int recvtag, MPI_Comm comm, MPI_Status *status)
{ return toc_mpi_unsupported(comm, "MPI_Sendrecv_replace_c"); } TOC_MPI_ALIAS(Sendrecv_replace_c);

int PMPI_Ssend_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Ssend_c"); } TOC_MPI_ALIAS(Ssend_c);

int PMPI_Ssend_init_c(const void *buf, MPI_Count count, MPI_Datatype datatype, int dest, int tag,
    MPI_Comm comm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Ssend_init_c"); } TOC_MPI_ALIAS(Ssend_init_c);
