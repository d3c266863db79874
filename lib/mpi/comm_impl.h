/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_COMM_IMPL_H
#define TOC_MPI_COMM_IMPL_H

#include "mpi/mpi_impl.h"

/* What the functions of chapter 7 have in common. Results are MPI_SUCCESS or the code of the error
 * that was raised. */

/** A communicator and the place, called `what`, where a function puts its result. */
int toc_mpi_comm_query(const char *function, MPI_Comm handle, const char *what, const void *pointer,
                       struct toc_comm **comm);

/** The communicator must not be an inter-communicator. */
int toc_mpi_comm_intra(const char *function, MPI_Comm handle, const struct toc_comm *comm);

/** It must be one. */
int toc_mpi_comm_inter(const char *function, MPI_Comm handle, const struct toc_comm *comm);

/** End of the functions that make a communicator: raises `status`, or hands out the handle of
 *  `made`, which may be NULL. */
int toc_mpi_comm_deliver(const char *function, MPI_Comm parent, int status, struct toc_comm *made,
                         MPI_Comm *newcomm);

#endif
