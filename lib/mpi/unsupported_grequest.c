/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: generalized requests, large counts in a status (chapter 13).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Grequest_complete(MPI_Request request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Grequest_complete"); }
TOC_MPI_ALIAS(Grequest_complete);

int PMPI_Grequest_start(MPI_Grequest_query_function *query_fn, MPI_Grequest_free_function *free_fn,
    MPI_Grequest_cancel_function *cancel_fn, void *extra_state, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Grequest_start"); } TOC_MPI_ALIAS(Grequest_start);

int PMPI_Status_set_elements_c(MPI_Status *status, MPI_Datatype datatype, MPI_Count count)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Status_set_elements_c"); }
TOC_MPI_ALIAS(Status_set_elements_c);
