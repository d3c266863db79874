/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_ATTR_IMPL_H
#define TOC_MPI_ATTR_IMPL_H

#include "core/comm.h"
#include "datatype/datatype.h"

/*
 * What happens to the attributes of objects that are copied and freed (MPI 5.0, section 7.7). Guard
 * open; the program's callbacks are called. Result MPI_SUCCESS, or the code of the error that was
 * raised: the object is to stay as it is (delete) or to be given up (copy).
 */

/** Calls the delete callbacks of all attributes, the latest first. */
int toc_mpi_attr_delete_comm(const char *function, struct toc_comm *comm);
int toc_mpi_attr_delete_type(const char *function, struct toc_datatype *type);

/** Calls the copy callbacks of `from` for the new object `to`. */
int toc_mpi_attr_copy_comm(const char *function, struct toc_comm *from, struct toc_comm *to);
int toc_mpi_attr_copy_type(const char *function, struct toc_datatype *from,
                           struct toc_datatype *to);

#endif
