/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_ABI_H
#define TOC_BASE_ABI_H

/* mpi.h, the way the library itself has to include it, everywhere: the library is compiled with
 * hidden visibility, and what mpi.h declares is exported; the first declaration that the compiler
 * sees decides. The names that the ABI leaves out are inline functions over MPI_X, which the
 * library never calls. */
#define MPI_NO_REMOVED
#pragma GCC visibility push(default)
#include <mpi.h>
#pragma GCC visibility pop

#endif
