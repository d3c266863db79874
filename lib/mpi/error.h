/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_ERROR_H
#define TOC_MPI_ERROR_H

#include "mpi/mpi_impl.h"

/* What lib/mpi/error.c and errhan.c share. */

/** Name of a predefined class, "MPI_ERR_RANK"; for unknown ones "unknown error class". */
const char *toc_mpi_error_class_name(int error);

/** A code of class `error` that stands for `sentence`. */
int toc_mpi_error_code(int error, const char *sentence);

/** The sentence of a code made by toc_mpi_error_code(), or NULL. */
const char *toc_mpi_error_sentence(int code);

/** Class of a predefined class or of such a code. */
int toc_mpi_error_class_of_code(int code);

/** MPI_LASTUSEDCODE: the highest code or class, those that the program has added included. */
int toc_mpi_last_used_code(void);

/** The communicator whose handler an error on `comm` goes to; NULL or MPI_COMM_SELF: no
 * communicator belongs to the call. */
struct toc_comm *toc_mpi_error_carrier(struct toc_comm *comm);

/** Runs the error handler of `comm`; returns `code` if it returns. */
int toc_mpi_call_errhandler(struct toc_comm *comm, int code, const char *sentence);

#endif
