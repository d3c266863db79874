/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: communicators, inter-communicators (chapter 7).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Comm_idup(MPI_Comm comm, MPI_Comm *newcomm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Comm_idup"); } TOC_MPI_ALIAS(Comm_idup);

int PMPI_Comm_idup_with_info(MPI_Comm comm, MPI_Info info, MPI_Comm *newcomm, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Comm_idup_with_info"); } TOC_MPI_ALIAS(Comm_idup_with_info);

int PMPI_Intercomm_create(MPI_Comm local_comm, int local_leader, MPI_Comm peer_comm,
    int remote_leader, int tag, MPI_Comm *newintercomm)
{ return toc_mpi_unsupported(local_comm, "MPI_Intercomm_create"); } TOC_MPI_ALIAS(Intercomm_create);

int PMPI_Intercomm_merge(MPI_Comm intercomm, int high, MPI_Comm *newintracomm)
{ return toc_mpi_unsupported(intercomm, "MPI_Intercomm_merge"); } TOC_MPI_ALIAS(Intercomm_merge);
