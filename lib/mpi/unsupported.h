/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_UNSUPPORTED_H
#define TOC_MPI_UNSUPPORTED_H

#include "mpi/mpi_impl.h"

/*
 * The ABI's functions that do nothing yet. They are exported, because programs link many more
 * functions than they call, and answer with an error that has their name.
 */

/** Each reports the first such failure of the job on stderr where the error handler lets the
 * program go on without a word. */

/** Raises MPI_ERR_UNSUPPORTED_OPERATION with the function's `name` ("MPI_Accumulate") in its string
 *  through the error handler of `comm` (MPI_COMM_SELF: where no communicator belongs to the call).
 *  Returns the error code, if the handler returns. */
int toc_mpi_unsupported(MPI_Comm comm, const char *name);

/** The same for functions on files, whose default error handler is MPI_ERRORS_RETURN: returns the
 *  code, never aborts. */
int toc_mpi_unsupported_file(const char *name);

/** The same where the call itself brings the error handler (MPI_Session_init), also before
 * MPI_Init. */
int toc_mpi_unsupported_with(MPI_Errhandler errhandler, const char *name);

#endif
