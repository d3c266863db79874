/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: attributes of communicators and datatypes (section 7.7, chapter 16).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Attr_delete(MPI_Comm comm, int keyval)
{ return toc_mpi_unsupported(comm, "MPI_Attr_delete"); } TOC_MPI_ALIAS(Attr_delete);

int PMPI_Attr_get(MPI_Comm comm, int keyval, void *attribute_val, int *flag)
{ return toc_mpi_unsupported(comm, "MPI_Attr_get"); } TOC_MPI_ALIAS(Attr_get);

int PMPI_Attr_put(MPI_Comm comm, int keyval, void *attribute_val)
{ return toc_mpi_unsupported(comm, "MPI_Attr_put"); } TOC_MPI_ALIAS(Attr_put);

int PMPI_Comm_create_keyval(MPI_Comm_copy_attr_function *comm_copy_attr_fn,
    MPI_Comm_delete_attr_function *comm_delete_attr_fn, int *comm_keyval, void *extra_state)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Comm_create_keyval"); }
TOC_MPI_ALIAS(Comm_create_keyval);

int PMPI_Comm_delete_attr(MPI_Comm comm, int comm_keyval)
{ return toc_mpi_unsupported(comm, "MPI_Comm_delete_attr"); } TOC_MPI_ALIAS(Comm_delete_attr);

int PMPI_Comm_free_keyval(int *comm_keyval)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Comm_free_keyval"); }
TOC_MPI_ALIAS(Comm_free_keyval);

int PMPI_Comm_get_attr(MPI_Comm comm, int comm_keyval, void *attribute_val, int *flag)
{ return toc_mpi_unsupported(comm, "MPI_Comm_get_attr"); } TOC_MPI_ALIAS(Comm_get_attr);

int PMPI_Comm_set_attr(MPI_Comm comm, int comm_keyval, void *attribute_val)
{ return toc_mpi_unsupported(comm, "MPI_Comm_set_attr"); } TOC_MPI_ALIAS(Comm_set_attr);

int PMPI_Keyval_create(MPI_Copy_function *copy_fn, MPI_Delete_function *delete_fn, int *keyval,
    void *extra_state)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Keyval_create"); } TOC_MPI_ALIAS(Keyval_create);

int PMPI_Keyval_free(int *keyval)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Keyval_free"); } TOC_MPI_ALIAS(Keyval_free);

int PMPI_Type_create_keyval(MPI_Type_copy_attr_function *type_copy_attr_fn,
    MPI_Type_delete_attr_function *type_delete_attr_fn, int *type_keyval, void *extra_state)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_create_keyval"); }
TOC_MPI_ALIAS(Type_create_keyval);

int PMPI_Type_delete_attr(MPI_Datatype datatype, int type_keyval)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_delete_attr"); }
TOC_MPI_ALIAS(Type_delete_attr);

int PMPI_Type_free_keyval(int *type_keyval)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_free_keyval"); }
TOC_MPI_ALIAS(Type_free_keyval);

int PMPI_Type_get_attr(MPI_Datatype datatype, int type_keyval, void *attribute_val, int *flag)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_get_attr"); } TOC_MPI_ALIAS(Type_get_attr);

int PMPI_Type_set_attr(MPI_Datatype datatype, int type_keyval, void *attribute_val)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Type_set_attr"); } TOC_MPI_ALIAS(Type_set_attr);
