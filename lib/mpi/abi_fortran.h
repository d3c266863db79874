/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_ABI_FORTRAN_H
#define TOC_MPI_ABI_FORTRAN_H

#include "core/info.h"

/** Sets the keys of MPI_Abi_get_fortran_info (MPI 5.0, section 20.3) as they are for gfortran on
 * this machine. TOC_ERR_NO_MEM: a part may be set. */
int toc_mpi_fortran_defaults(struct toc_info *info);

/** The value of .TRUE. or .FALSE. in a LOGICAL of `bytes` bytes of gfortran: 1 or 0, in as many
 * bytes. */
void toc_mpi_fortran_logical(int value, int bytes, void *logical);

#endif
