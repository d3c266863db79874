/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: point-to-point: buffered sends, large counts (chapter 3).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Get_count_c(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_count_c"); } TOC_MPI_ALIAS(Get_count_c);

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
