/* SPDX-License-Identifier: BSD-3-Clause */
/* Read before each file of lib/mpi when clang-tidy analyses it: toc_mpi_raise() never returns
 * MPI_SUCCESS, which the analyzer cannot know and would otherwise follow. */
#include "mpi/mpi_impl.h"

#define toc_mpi_raise(...) ((void)toc_mpi_raise(__VA_ARGS__), MPI_ERR_OTHER)
