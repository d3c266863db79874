/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: sessions (chapters 3, 7, 9 and 11).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Group_from_session_pset(MPI_Session session, const char *pset_name, MPI_Group *newgroup)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Group_from_session_pset"); }
TOC_MPI_ALIAS(Group_from_session_pset);

int PMPI_Session_attach_buffer(MPI_Session session, void *buffer, int size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_attach_buffer"); }
TOC_MPI_ALIAS(Session_attach_buffer);

int PMPI_Session_attach_buffer_c(MPI_Session session, void *buffer, MPI_Count size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_attach_buffer_c"); }
TOC_MPI_ALIAS(Session_attach_buffer_c);

int PMPI_Session_call_errhandler(MPI_Session session, int errorcode)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_call_errhandler"); }
TOC_MPI_ALIAS(Session_call_errhandler);

int PMPI_Session_create_errhandler(MPI_Session_errhandler_function *session_errhandler_fn,
    MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_create_errhandler"); }
TOC_MPI_ALIAS(Session_create_errhandler);

int PMPI_Session_detach_buffer(MPI_Session session, void *buffer_addr, int *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_detach_buffer"); }
TOC_MPI_ALIAS(Session_detach_buffer);

int PMPI_Session_detach_buffer_c(MPI_Session session, void *buffer_addr, MPI_Count *size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_detach_buffer_c"); }
TOC_MPI_ALIAS(Session_detach_buffer_c);

int PMPI_Session_finalize(MPI_Session *session)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_finalize"); }
TOC_MPI_ALIAS(Session_finalize);

int PMPI_Session_flush_buffer(MPI_Session session)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_flush_buffer"); }
TOC_MPI_ALIAS(Session_flush_buffer);

int PMPI_Session_get_errhandler(MPI_Session session, MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_get_errhandler"); }
TOC_MPI_ALIAS(Session_get_errhandler);

int PMPI_Session_get_info(MPI_Session session, MPI_Info *info_used)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_get_info"); }
TOC_MPI_ALIAS(Session_get_info);

int PMPI_Session_get_nth_pset(MPI_Session session, MPI_Info info, int n, int *pset_len,
    char *pset_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_get_nth_pset"); }
TOC_MPI_ALIAS(Session_get_nth_pset);

int PMPI_Session_get_num_psets(MPI_Session session, MPI_Info info, int *npset_names)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_get_num_psets"); }
TOC_MPI_ALIAS(Session_get_num_psets);

int PMPI_Session_get_pset_info(MPI_Session session, const char *pset_name, MPI_Info *info)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_get_pset_info"); }
TOC_MPI_ALIAS(Session_get_pset_info);

int PMPI_Session_iflush_buffer(MPI_Session session, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_iflush_buffer"); }
TOC_MPI_ALIAS(Session_iflush_buffer);

int PMPI_Session_init(MPI_Info info, MPI_Errhandler errhandler, MPI_Session *session)
{ return toc_mpi_unsupported_with(errhandler, "MPI_Session_init"); } TOC_MPI_ALIAS(Session_init);

int PMPI_Session_set_errhandler(MPI_Session session, MPI_Errhandler errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Session_set_errhandler"); }
TOC_MPI_ALIAS(Session_set_errhandler);
