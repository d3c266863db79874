/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_DATATYPE_IMPL_H
#define TOC_MPI_DATATYPE_IMPL_H

#include "mpi/mpi_impl.h"

#include "datatype/datatype.h"

/*
 * What the functions on datatypes have in common. The checks return MPI_SUCCESS or the code of the
 * error that they raised through the error handler of `comm`; functions without a communicator use
 * MPI_COMM_SELF.
 */

/** The object of a handle; an error names the handle's value. */
int toc_mpi_check_type(const char *function, MPI_Comm comm, MPI_Datatype handle,
                       struct toc_datatype **type);

/** The same for a type that must be committed. */
int toc_mpi_check_committed(const char *function, MPI_Comm comm, MPI_Datatype handle,
                            struct toc_datatype **type);

/** `what`: the argument's name. */
int toc_mpi_check_pointer(const char *function, MPI_Comm comm, const char *what,
                          const void *pointer);

/** A count or block length: not negative. */
int toc_mpi_check_count(const char *function, MPI_Comm comm, const char *what, long long count);

/** Turns the status of a constructor (datatype/construct.h) into an MPI error and raises it. */
int toc_mpi_type_status(const char *function, int status);

#endif
