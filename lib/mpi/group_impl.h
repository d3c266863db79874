/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_GROUP_IMPL_H
#define TOC_MPI_GROUP_IMPL_H

#include "core/group.h"
#include "mpi/mpi_impl.h"

/* What communicators need of groups. Errors are raised through the handler of `comm`. */

/** The object of a handle; an error names the handle's value. */
int toc_mpi_check_group(const char *function, MPI_Comm comm, MPI_Group handle,
                        struct toc_group **group);

/** A new group of world ranks, for the program; MPI_GROUP_EMPTY when there are none. */
int toc_mpi_group_make(const char *function, MPI_Comm comm, int size, const int *members,
                       MPI_Group *handle);

/** MPI_IDENT, MPI_SIMILAR (other order) or MPI_UNEQUAL. */
int toc_mpi_group_compare(const struct toc_group *a, const struct toc_group *b);

#endif
