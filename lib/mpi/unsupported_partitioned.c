/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: partitioned communication (chapter 4).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Parrived(MPI_Request request, int partition, int *flag)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Parrived"); } TOC_MPI_ALIAS(Parrived);

int PMPI_Pready(int partition, MPI_Request request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pready"); } TOC_MPI_ALIAS(Pready);

int PMPI_Pready_list(int length, const int array_of_partitions[], MPI_Request request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pready_list"); } TOC_MPI_ALIAS(Pready_list);

int PMPI_Pready_range(int partition_low, int partition_high, MPI_Request request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pready_range"); } TOC_MPI_ALIAS(Pready_range);

int PMPI_Precv_init(void *buf, int partitions, MPI_Count count, MPI_Datatype datatype, int dest,
    int tag, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Precv_init"); } TOC_MPI_ALIAS(Precv_init);

int PMPI_Psend_init(const void *buf, int partitions, MPI_Count count, MPI_Datatype datatype,
    int dest, int tag, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{ return toc_mpi_unsupported(comm, "MPI_Psend_init"); } TOC_MPI_ALIAS(Psend_init);

/* The standard has no forms with _c: the count is an MPI_Count already (section 4.2). Headers of the
 * ABI that are about declare both, MPI_Psend_init with an int. Programs built with them find the _c
 * names here, and the count of the others in the lower half of the register only: its upper half is
 * whatever was there. Such programs have to call the _c form, or be compiled again with this header. */
#define ALSO_WITH_C(name)                                                                          \
    extern __typeof__(PMPI_##name) PMPI_##name##_c                                                 \
        __attribute__((alias("PMPI_" #name), visibility("default")));                              \
    extern __typeof__(PMPI_##name) MPI_##name##_c                                                  \
        __attribute__((weak, alias("PMPI_" #name), visibility("default")))
ALSO_WITH_C(Precv_init);
ALSO_WITH_C(Psend_init);
