/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: one-sided communication (chapter 12).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Accumulate(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype,
    MPI_Op op, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Accumulate"); } TOC_MPI_ALIAS(Accumulate);

int PMPI_Accumulate_c(const void *origin_addr, MPI_Count origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_datatype,
    MPI_Op op, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Accumulate_c"); } TOC_MPI_ALIAS(Accumulate_c);

int PMPI_Compare_and_swap(const void *origin_addr, const void *compare_addr, void *result_addr,
    MPI_Datatype datatype, int target_rank, MPI_Aint target_disp, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Compare_and_swap"); }
TOC_MPI_ALIAS(Compare_and_swap);

int PMPI_Fetch_and_op(const void *origin_addr, void *result_addr, MPI_Datatype datatype,
    int target_rank, MPI_Aint target_disp, MPI_Op op, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Fetch_and_op"); } TOC_MPI_ALIAS(Fetch_and_op);

int PMPI_Get(void *origin_addr, int origin_count, MPI_Datatype origin_datatype, int target_rank,
    MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get"); } TOC_MPI_ALIAS(Get);

int PMPI_Get_accumulate(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    void *result_addr, int result_count, MPI_Datatype result_datatype, int target_rank,
    MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype, MPI_Op op, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_accumulate"); } TOC_MPI_ALIAS(Get_accumulate);

int PMPI_Get_accumulate_c(const void *origin_addr, MPI_Count origin_count,
    MPI_Datatype origin_datatype, void *result_addr, MPI_Count result_count,
    MPI_Datatype result_datatype, int target_rank, MPI_Aint target_disp, MPI_Count target_count,
    MPI_Datatype target_datatype, MPI_Op op, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_accumulate_c"); }
TOC_MPI_ALIAS(Get_accumulate_c);

int PMPI_Get_c(void *origin_addr, MPI_Count origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_datatype,
    MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_c"); } TOC_MPI_ALIAS(Get_c);

int PMPI_Put(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype,
    MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Put"); } TOC_MPI_ALIAS(Put);

int PMPI_Put_c(const void *origin_addr, MPI_Count origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_datatype,
    MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Put_c"); } TOC_MPI_ALIAS(Put_c);

int PMPI_Raccumulate(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype,
    MPI_Op op, MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Raccumulate"); } TOC_MPI_ALIAS(Raccumulate);

int PMPI_Raccumulate_c(const void *origin_addr, MPI_Count origin_count,
    MPI_Datatype origin_datatype, int target_rank, MPI_Aint target_disp, MPI_Count target_count,
    MPI_Datatype target_datatype, MPI_Op op, MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Raccumulate_c"); } TOC_MPI_ALIAS(Raccumulate_c);

int PMPI_Rget(void *origin_addr, int origin_count, MPI_Datatype origin_datatype, int target_rank,
    MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype, MPI_Win win,
    MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rget"); } TOC_MPI_ALIAS(Rget);

int PMPI_Rget_accumulate(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    void *result_addr, int result_count, MPI_Datatype result_datatype, int target_rank,
    MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype, MPI_Op op, MPI_Win win,
    MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rget_accumulate"); }
TOC_MPI_ALIAS(Rget_accumulate);

int PMPI_Rget_accumulate_c(const void *origin_addr, MPI_Count origin_count,
    MPI_Datatype origin_datatype, void *result_addr, MPI_Count result_count,
    MPI_Datatype result_datatype, int target_rank, MPI_Aint target_disp, MPI_Count target_count,
    MPI_Datatype target_datatype, MPI_Op op, MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rget_accumulate_c"); }
TOC_MPI_ALIAS(Rget_accumulate_c);

int PMPI_Rget_c(void *origin_addr, MPI_Count origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_datatype,
    MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rget_c"); } TOC_MPI_ALIAS(Rget_c);

int PMPI_Rput(const void *origin_addr, int origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, int target_count, MPI_Datatype target_datatype,
    MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rput"); } TOC_MPI_ALIAS(Rput);

int PMPI_Rput_c(const void *origin_addr, MPI_Count origin_count, MPI_Datatype origin_datatype,
    int target_rank, MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_datatype,
    MPI_Win win, MPI_Request *request)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Rput_c"); } TOC_MPI_ALIAS(Rput_c);

int PMPI_Win_allocate(MPI_Aint size, int disp_unit, MPI_Info info, MPI_Comm comm, void *baseptr,
    MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_allocate"); } TOC_MPI_ALIAS(Win_allocate);

int PMPI_Win_allocate_c(MPI_Aint size, MPI_Aint disp_unit, MPI_Info info, MPI_Comm comm,
    void *baseptr, MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_allocate_c"); } TOC_MPI_ALIAS(Win_allocate_c);

int PMPI_Win_allocate_shared(MPI_Aint size, int disp_unit, MPI_Info info, MPI_Comm comm,
    void *baseptr, MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_allocate_shared"); } TOC_MPI_ALIAS(Win_allocate_shared);

int PMPI_Win_allocate_shared_c(MPI_Aint size, MPI_Aint disp_unit, MPI_Info info, MPI_Comm comm,
    void *baseptr, MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_allocate_shared_c"); }
TOC_MPI_ALIAS(Win_allocate_shared_c);

int PMPI_Win_attach(MPI_Win win, void *base, MPI_Aint size)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_attach"); } TOC_MPI_ALIAS(Win_attach);

int PMPI_Win_call_errhandler(MPI_Win win, int errorcode)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_call_errhandler"); }
TOC_MPI_ALIAS(Win_call_errhandler);

int PMPI_Win_complete(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_complete"); } TOC_MPI_ALIAS(Win_complete);

int PMPI_Win_create(void *base, MPI_Aint size, int disp_unit, MPI_Info info, MPI_Comm comm,
    MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_create"); } TOC_MPI_ALIAS(Win_create);

int PMPI_Win_create_c(void *base, MPI_Aint size, MPI_Aint disp_unit, MPI_Info info, MPI_Comm comm,
    MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_create_c"); } TOC_MPI_ALIAS(Win_create_c);

int PMPI_Win_create_dynamic(MPI_Info info, MPI_Comm comm, MPI_Win *win)
{ return toc_mpi_unsupported(comm, "MPI_Win_create_dynamic"); } TOC_MPI_ALIAS(Win_create_dynamic);

int PMPI_Win_create_errhandler(MPI_Win_errhandler_function *win_errhandler_fn,
    MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_create_errhandler"); }
TOC_MPI_ALIAS(Win_create_errhandler);

int PMPI_Win_delete_attr(MPI_Win win, int win_keyval)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_delete_attr"); }
TOC_MPI_ALIAS(Win_delete_attr);

int PMPI_Win_detach(MPI_Win win, const void *base)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_detach"); } TOC_MPI_ALIAS(Win_detach);

int PMPI_Win_fence(int assert, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_fence"); } TOC_MPI_ALIAS(Win_fence);

int PMPI_Win_flush(int rank, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_flush"); } TOC_MPI_ALIAS(Win_flush);

int PMPI_Win_flush_all(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_flush_all"); } TOC_MPI_ALIAS(Win_flush_all);

int PMPI_Win_flush_local(int rank, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_flush_local"); }
TOC_MPI_ALIAS(Win_flush_local);

int PMPI_Win_flush_local_all(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_flush_local_all"); }
TOC_MPI_ALIAS(Win_flush_local_all);

int PMPI_Win_free(MPI_Win *win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_free"); } TOC_MPI_ALIAS(Win_free);

int PMPI_Win_get_attr(MPI_Win win, int win_keyval, void *attribute_val, int *flag)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_get_attr"); } TOC_MPI_ALIAS(Win_get_attr);

int PMPI_Win_get_errhandler(MPI_Win win, MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_get_errhandler"); }
TOC_MPI_ALIAS(Win_get_errhandler);

int PMPI_Win_get_group(MPI_Win win, MPI_Group *group)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_get_group"); } TOC_MPI_ALIAS(Win_get_group);

int PMPI_Win_get_info(MPI_Win win, MPI_Info *info_used)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_get_info"); } TOC_MPI_ALIAS(Win_get_info);

int PMPI_Win_get_name(MPI_Win win, char *win_name, int *resultlen)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_get_name"); } TOC_MPI_ALIAS(Win_get_name);

int PMPI_Win_lock(int lock_type, int rank, int assert, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_lock"); } TOC_MPI_ALIAS(Win_lock);

int PMPI_Win_lock_all(int assert, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_lock_all"); } TOC_MPI_ALIAS(Win_lock_all);

int PMPI_Win_post(MPI_Group group, int assert, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_post"); } TOC_MPI_ALIAS(Win_post);

int PMPI_Win_set_attr(MPI_Win win, int win_keyval, void *attribute_val)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_set_attr"); } TOC_MPI_ALIAS(Win_set_attr);

int PMPI_Win_set_errhandler(MPI_Win win, MPI_Errhandler errhandler)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_set_errhandler"); }
TOC_MPI_ALIAS(Win_set_errhandler);

int PMPI_Win_set_info(MPI_Win win, MPI_Info info)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_set_info"); } TOC_MPI_ALIAS(Win_set_info);

int PMPI_Win_set_name(MPI_Win win, const char *win_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_set_name"); } TOC_MPI_ALIAS(Win_set_name);

int PMPI_Win_shared_query(MPI_Win win, int rank, MPI_Aint *size, int *disp_unit, void *baseptr)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_shared_query"); }
TOC_MPI_ALIAS(Win_shared_query);

int PMPI_Win_shared_query_c(MPI_Win win, int rank, MPI_Aint *size, MPI_Aint *disp_unit,
    void *baseptr)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_shared_query_c"); }
TOC_MPI_ALIAS(Win_shared_query_c);

int PMPI_Win_start(MPI_Group group, int assert, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_start"); } TOC_MPI_ALIAS(Win_start);

int PMPI_Win_sync(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_sync"); } TOC_MPI_ALIAS(Win_sync);

int PMPI_Win_test(MPI_Win win, int *flag)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_test"); } TOC_MPI_ALIAS(Win_test);

int PMPI_Win_unlock(int rank, MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_unlock"); } TOC_MPI_ALIAS(Win_unlock);

int PMPI_Win_unlock_all(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_unlock_all"); } TOC_MPI_ALIAS(Win_unlock_all);

int PMPI_Win_wait(MPI_Win win)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Win_wait"); } TOC_MPI_ALIAS(Win_wait);
