/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_TOPO_IMPL_H
#define TOC_MPI_TOPO_IMPL_H

#include "core/topo.h"
#include "mpi/mpi_impl.h"

/* What the functions on topologies have in common. Results are MPI_SUCCESS or a code raised. */

/** A communicator with a topology of this kind. */
int toc_mpi_check_topo(const char *function, MPI_Comm handle, enum toc_topo_kind kind,
                       struct toc_comm **comm);

/** Makes a communicator of the first `n` members of `parent`; all of these take part. The reference
 *  to `topo` goes to it (NULL: out of memory); for other members *result is MPI_COMM_NULL. */
int toc_mpi_topo_create(const char *function, MPI_Comm handle, struct toc_comm *parent, int n,
                        struct toc_topo *topo, MPI_Comm *result);

/** A parent communicator and the place for what is made of it. */
int toc_mpi_topo_parent(const char *function, MPI_Comm handle, const void *result,
                        struct toc_comm **parent);

/** The same for a new communicator: MPI_COMM_NULL, until it is made. Programs look at it after an
 *  error. */
int toc_mpi_topo_begin(const char *function, MPI_Comm handle, MPI_Comm *result,
                       struct toc_comm **parent);

/** An array of `count` entries: may be null if there are none. */
int toc_mpi_topo_array(const char *function, MPI_Comm comm, const char *what, int count,
                       const void *array);

int toc_mpi_topo_not_negative(const char *function, MPI_Comm comm, const char *what, int value);

/** Room in an array of the caller's for what the topology has. */
int toc_mpi_topo_room(const char *function, MPI_Comm comm, const char *what, int room, int needed);

/** A rank of `object`. */
int toc_mpi_topo_rank(const char *function, MPI_Comm comm, const struct toc_comm *object, int rank);

/** This process's rank in a new communicator of `size` ranks, or MPI_UNDEFINED. */
int toc_mpi_topo_map(const struct toc_comm *comm, int size);

void toc_mpi_topo_copy(int *to, const int *from, int count);

#endif
