/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: blocking collective operations (chapter 6).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Op_create_c(MPI_User_function_c *user_fn, int commute, MPI_Op *op)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Op_create_c"); } TOC_MPI_ALIAS(Op_create_c);

int PMPI_Reduce_local_c(const void *inbuf, void *inoutbuf, MPI_Count count, MPI_Datatype datatype,
    MPI_Op op)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Reduce_local_c"); } TOC_MPI_ALIAS(Reduce_local_c);
