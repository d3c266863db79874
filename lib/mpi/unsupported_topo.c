/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: hardware resources (chapter 9).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Get_hw_resource_info(MPI_Info *hw_info)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_hw_resource_info"); }
TOC_MPI_ALIAS(Get_hw_resource_info);
