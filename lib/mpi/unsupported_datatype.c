/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: datatypes: contents, large counts, external32 (chapters 5, 19).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Pack_c(const void *inbuf, MPI_Count incount, MPI_Datatype datatype, void *outbuf,
    MPI_Count outsize, MPI_Count *position, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Pack_c"); } TOC_MPI_ALIAS(Pack_c);

int PMPI_Pack_external(const char *datarep, const void *inbuf, int incount, MPI_Datatype datatype,
    void *outbuf, MPI_Aint outsize, MPI_Aint *position)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pack_external"); } TOC_MPI_ALIAS(Pack_external);

int PMPI_Pack_external_c(const char *datarep, const void *inbuf, MPI_Count incount,
    MPI_Datatype datatype, void *outbuf, MPI_Count outsize, MPI_Count *position)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pack_external_c"); }
TOC_MPI_ALIAS(Pack_external_c);

int PMPI_Pack_external_size(const char *datarep, int incount, MPI_Datatype datatype, MPI_Aint *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pack_external_size"); }
TOC_MPI_ALIAS(Pack_external_size);

int PMPI_Pack_external_size_c(const char *datarep, MPI_Count incount, MPI_Datatype datatype,
    MPI_Count *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Pack_external_size_c"); }
TOC_MPI_ALIAS(Pack_external_size_c);

int PMPI_Pack_size_c(MPI_Count incount, MPI_Datatype datatype, MPI_Comm comm, MPI_Count *size)
{ return toc_mpi_unsupported(comm, "MPI_Pack_size_c"); } TOC_MPI_ALIAS(Pack_size_c);

int PMPI_Type_contiguous_c(MPI_Count count, MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_contiguous_c"); }
TOC_MPI_ALIAS(Type_contiguous_c);

int PMPI_Type_create_darray(int size, int rank, int ndims, const int array_of_gsizes[],
    const int array_of_distribs[], const int array_of_dargs[], const int array_of_psizes[],
    int order, MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_darray"); }
TOC_MPI_ALIAS(Type_create_darray);

int PMPI_Type_create_darray_c(int size, int rank, int ndims, const MPI_Count array_of_gsizes[],
    const int array_of_distribs[], const int array_of_dargs[], const int array_of_psizes[],
    int order, MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_darray_c"); }
TOC_MPI_ALIAS(Type_create_darray_c);

int PMPI_Type_create_f90_complex(int p, int r, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_f90_complex"); }
TOC_MPI_ALIAS(Type_create_f90_complex);

int PMPI_Type_create_f90_integer(int r, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_f90_integer"); }
TOC_MPI_ALIAS(Type_create_f90_integer);

int PMPI_Type_create_f90_real(int p, int r, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_f90_real"); }
TOC_MPI_ALIAS(Type_create_f90_real);

int PMPI_Type_create_hindexed_block_c(MPI_Count count, MPI_Count blocklength,
    const MPI_Count array_of_displacements[], MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_hindexed_block_c"); }
TOC_MPI_ALIAS(Type_create_hindexed_block_c);

int PMPI_Type_create_hindexed_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
    const MPI_Count array_of_displacements[], MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_hindexed_c"); }
TOC_MPI_ALIAS(Type_create_hindexed_c);

int PMPI_Type_create_hvector_c(MPI_Count count, MPI_Count blocklength, MPI_Count stride,
    MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_hvector_c"); }
TOC_MPI_ALIAS(Type_create_hvector_c);

int PMPI_Type_create_indexed_block_c(MPI_Count count, MPI_Count blocklength,
    const MPI_Count array_of_displacements[], MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_indexed_block_c"); }
TOC_MPI_ALIAS(Type_create_indexed_block_c);

int PMPI_Type_create_resized_c(MPI_Datatype oldtype, MPI_Count lb, MPI_Count extent,
    MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_resized_c"); }
TOC_MPI_ALIAS(Type_create_resized_c);

int PMPI_Type_create_struct_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
    const MPI_Count array_of_displacements[], const MPI_Datatype array_of_types[],
    MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_struct_c"); }
TOC_MPI_ALIAS(Type_create_struct_c);

int PMPI_Type_create_subarray_c(int ndims, const MPI_Count array_of_sizes[],
    const MPI_Count array_of_subsizes[], const MPI_Count array_of_starts[], int order,
    MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_subarray_c"); }
TOC_MPI_ALIAS(Type_create_subarray_c);

int PMPI_Type_get_contents_c(MPI_Datatype datatype, MPI_Count max_integers, MPI_Count max_addresses,
    MPI_Count max_large_counts, MPI_Count max_datatypes, int array_of_integers[],
    MPI_Aint array_of_addresses[], MPI_Count array_of_large_counts[],
    MPI_Datatype array_of_datatypes[])
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_contents_c"); }
TOC_MPI_ALIAS(Type_get_contents_c);

int PMPI_Type_get_envelope_c(MPI_Datatype datatype, MPI_Count *num_integers,
    MPI_Count *num_addresses, MPI_Count *num_large_counts, MPI_Count *num_datatypes, int *combiner)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_envelope_c"); }
TOC_MPI_ALIAS(Type_get_envelope_c);

int PMPI_Type_get_extent_c(MPI_Datatype datatype, MPI_Count *lb, MPI_Count *extent)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_extent_c"); }
TOC_MPI_ALIAS(Type_get_extent_c);

int PMPI_Type_get_true_extent_c(MPI_Datatype datatype, MPI_Count *true_lb, MPI_Count *true_extent)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_true_extent_c"); }
TOC_MPI_ALIAS(Type_get_true_extent_c);

int PMPI_Type_get_value_index(MPI_Datatype value_type, MPI_Datatype index_type,
    MPI_Datatype *pair_type)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_value_index"); }
TOC_MPI_ALIAS(Type_get_value_index);

int PMPI_Type_indexed_c(MPI_Count count, const MPI_Count array_of_blocklengths[],
    const MPI_Count array_of_displacements[], MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_indexed_c"); } TOC_MPI_ALIAS(Type_indexed_c);

int PMPI_Type_match_size(int typeclass, int size, MPI_Datatype *datatype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_match_size"); }
TOC_MPI_ALIAS(Type_match_size);

int PMPI_Type_size_c(MPI_Datatype datatype, MPI_Count *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_size_c"); } TOC_MPI_ALIAS(Type_size_c);

int PMPI_Type_vector_c(MPI_Count count, MPI_Count blocklength, MPI_Count stride,
    MPI_Datatype oldtype, MPI_Datatype *newtype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_vector_c"); } TOC_MPI_ALIAS(Type_vector_c);

int PMPI_Unpack_c(const void *inbuf, MPI_Count insize, MPI_Count *position, void *outbuf,
    MPI_Count outcount, MPI_Datatype datatype, MPI_Comm comm)
{ return toc_mpi_unsupported(comm, "MPI_Unpack_c"); } TOC_MPI_ALIAS(Unpack_c);

int PMPI_Unpack_external(const char datarep[], const void *inbuf, MPI_Aint insize,
    MPI_Aint *position, void *outbuf, int outcount, MPI_Datatype datatype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Unpack_external"); }
TOC_MPI_ALIAS(Unpack_external);

int PMPI_Unpack_external_c(const char datarep[], const void *inbuf, MPI_Count insize,
    MPI_Count *position, void *outbuf, MPI_Count outcount, MPI_Datatype datatype)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Unpack_external_c"); }
TOC_MPI_ALIAS(Unpack_external_c);
