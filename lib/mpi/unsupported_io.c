/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: input and output (chapter 14).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_File_call_errhandler(MPI_File fh, int errorcode)
{ return toc_mpi_unsupported_file("MPI_File_call_errhandler"); }
TOC_MPI_ALIAS(File_call_errhandler);

int PMPI_File_close(MPI_File *fh)
{ return toc_mpi_unsupported_file("MPI_File_close"); } TOC_MPI_ALIAS(File_close);

int PMPI_File_create_errhandler(MPI_File_errhandler_function *file_errhandler_fn,
    MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported_file("MPI_File_create_errhandler"); }
TOC_MPI_ALIAS(File_create_errhandler);

int PMPI_File_delete(const char *filename, MPI_Info info)
{ return toc_mpi_unsupported_file("MPI_File_delete"); } TOC_MPI_ALIAS(File_delete);

int PMPI_File_get_amode(MPI_File fh, int *amode)
{ return toc_mpi_unsupported_file("MPI_File_get_amode"); } TOC_MPI_ALIAS(File_get_amode);

int PMPI_File_get_atomicity(MPI_File fh, int *flag)
{ return toc_mpi_unsupported_file("MPI_File_get_atomicity"); } TOC_MPI_ALIAS(File_get_atomicity);

int PMPI_File_get_byte_offset(MPI_File fh, MPI_Offset offset, MPI_Offset *disp)
{ return toc_mpi_unsupported_file("MPI_File_get_byte_offset"); }
TOC_MPI_ALIAS(File_get_byte_offset);

int PMPI_File_get_errhandler(MPI_File file, MPI_Errhandler *errhandler)
{ return toc_mpi_unsupported_file("MPI_File_get_errhandler"); } TOC_MPI_ALIAS(File_get_errhandler);

int PMPI_File_get_group(MPI_File fh, MPI_Group *group)
{ return toc_mpi_unsupported_file("MPI_File_get_group"); } TOC_MPI_ALIAS(File_get_group);

int PMPI_File_get_info(MPI_File fh, MPI_Info *info_used)
{ return toc_mpi_unsupported_file("MPI_File_get_info"); } TOC_MPI_ALIAS(File_get_info);

int PMPI_File_get_position(MPI_File fh, MPI_Offset *offset)
{ return toc_mpi_unsupported_file("MPI_File_get_position"); } TOC_MPI_ALIAS(File_get_position);

int PMPI_File_get_position_shared(MPI_File fh, MPI_Offset *offset)
{ return toc_mpi_unsupported_file("MPI_File_get_position_shared"); }
TOC_MPI_ALIAS(File_get_position_shared);

int PMPI_File_get_size(MPI_File fh, MPI_Offset *size)
{ return toc_mpi_unsupported_file("MPI_File_get_size"); } TOC_MPI_ALIAS(File_get_size);

int PMPI_File_get_type_extent(MPI_File fh, MPI_Datatype datatype, MPI_Aint *extent)
{ return toc_mpi_unsupported_file("MPI_File_get_type_extent"); }
TOC_MPI_ALIAS(File_get_type_extent);

int PMPI_File_get_type_extent_c(MPI_File fh, MPI_Datatype datatype, MPI_Count *extent)
{ return toc_mpi_unsupported_file("MPI_File_get_type_extent_c"); }
TOC_MPI_ALIAS(File_get_type_extent_c);

int PMPI_File_get_view(MPI_File fh, MPI_Offset *disp, MPI_Datatype *etype, MPI_Datatype *filetype,
    char *datarep)
{ return toc_mpi_unsupported_file("MPI_File_get_view"); } TOC_MPI_ALIAS(File_get_view);

int PMPI_File_iread(MPI_File fh, void *buf, int count, MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread"); } TOC_MPI_ALIAS(File_iread);

int PMPI_File_iread_all(MPI_File fh, void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_all"); } TOC_MPI_ALIAS(File_iread_all);

int PMPI_File_iread_all_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_all_c"); } TOC_MPI_ALIAS(File_iread_all_c);

int PMPI_File_iread_at(MPI_File fh, MPI_Offset offset, void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_at"); } TOC_MPI_ALIAS(File_iread_at);

int PMPI_File_iread_at_all(MPI_File fh, MPI_Offset offset, void *buf, int count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_at_all"); } TOC_MPI_ALIAS(File_iread_at_all);

int PMPI_File_iread_at_all_c(MPI_File fh, MPI_Offset offset, void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_at_all_c"); } TOC_MPI_ALIAS(File_iread_at_all_c);

int PMPI_File_iread_at_c(MPI_File fh, MPI_Offset offset, void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_at_c"); } TOC_MPI_ALIAS(File_iread_at_c);

int PMPI_File_iread_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_c"); } TOC_MPI_ALIAS(File_iread_c);

int PMPI_File_iread_shared(MPI_File fh, void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_shared"); } TOC_MPI_ALIAS(File_iread_shared);

int PMPI_File_iread_shared_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iread_shared_c"); } TOC_MPI_ALIAS(File_iread_shared_c);

int PMPI_File_iwrite(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite"); } TOC_MPI_ALIAS(File_iwrite);

int PMPI_File_iwrite_all(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_all"); } TOC_MPI_ALIAS(File_iwrite_all);

int PMPI_File_iwrite_all_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_all_c"); } TOC_MPI_ALIAS(File_iwrite_all_c);

int PMPI_File_iwrite_at(MPI_File fh, MPI_Offset offset, const void *buf, int count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_at"); } TOC_MPI_ALIAS(File_iwrite_at);

int PMPI_File_iwrite_at_all(MPI_File fh, MPI_Offset offset, const void *buf, int count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_at_all"); } TOC_MPI_ALIAS(File_iwrite_at_all);

int PMPI_File_iwrite_at_all_c(MPI_File fh, MPI_Offset offset, const void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_at_all_c"); }
TOC_MPI_ALIAS(File_iwrite_at_all_c);

int PMPI_File_iwrite_at_c(MPI_File fh, MPI_Offset offset, const void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_at_c"); } TOC_MPI_ALIAS(File_iwrite_at_c);

int PMPI_File_iwrite_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_c"); } TOC_MPI_ALIAS(File_iwrite_c);

int PMPI_File_iwrite_shared(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_shared"); } TOC_MPI_ALIAS(File_iwrite_shared);

int PMPI_File_iwrite_shared_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Request *request)
{ return toc_mpi_unsupported_file("MPI_File_iwrite_shared_c"); }
TOC_MPI_ALIAS(File_iwrite_shared_c);

int PMPI_File_open(MPI_Comm comm, const char *filename, int amode, MPI_Info info, MPI_File *fh)
{ return toc_mpi_unsupported_file("MPI_File_open"); } TOC_MPI_ALIAS(File_open);

int PMPI_File_preallocate(MPI_File fh, MPI_Offset size)
{ return toc_mpi_unsupported_file("MPI_File_preallocate"); } TOC_MPI_ALIAS(File_preallocate);

int PMPI_File_read(MPI_File fh, void *buf, int count, MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read"); } TOC_MPI_ALIAS(File_read);

int PMPI_File_read_all(MPI_File fh, void *buf, int count, MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_all"); } TOC_MPI_ALIAS(File_read_all);

int PMPI_File_read_all_begin(MPI_File fh, void *buf, int count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_all_begin"); } TOC_MPI_ALIAS(File_read_all_begin);

int PMPI_File_read_all_begin_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_all_begin_c"); }
TOC_MPI_ALIAS(File_read_all_begin_c);

int PMPI_File_read_all_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_all_c"); } TOC_MPI_ALIAS(File_read_all_c);

int PMPI_File_read_all_end(MPI_File fh, void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_all_end"); } TOC_MPI_ALIAS(File_read_all_end);

int PMPI_File_read_at(MPI_File fh, MPI_Offset offset, void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_at"); } TOC_MPI_ALIAS(File_read_at);

int PMPI_File_read_at_all(MPI_File fh, MPI_Offset offset, void *buf, int count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_at_all"); } TOC_MPI_ALIAS(File_read_at_all);

int PMPI_File_read_at_all_begin(MPI_File fh, MPI_Offset offset, void *buf, int count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_at_all_begin"); }
TOC_MPI_ALIAS(File_read_at_all_begin);

int PMPI_File_read_at_all_begin_c(MPI_File fh, MPI_Offset offset, void *buf, MPI_Count count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_at_all_begin_c"); }
TOC_MPI_ALIAS(File_read_at_all_begin_c);

int PMPI_File_read_at_all_c(MPI_File fh, MPI_Offset offset, void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_at_all_c"); } TOC_MPI_ALIAS(File_read_at_all_c);

int PMPI_File_read_at_all_end(MPI_File fh, void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_at_all_end"); }
TOC_MPI_ALIAS(File_read_at_all_end);

int PMPI_File_read_at_c(MPI_File fh, MPI_Offset offset, void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_at_c"); } TOC_MPI_ALIAS(File_read_at_c);

int PMPI_File_read_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_c"); } TOC_MPI_ALIAS(File_read_c);

int PMPI_File_read_ordered(MPI_File fh, void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_ordered"); } TOC_MPI_ALIAS(File_read_ordered);

int PMPI_File_read_ordered_begin(MPI_File fh, void *buf, int count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_ordered_begin"); }
TOC_MPI_ALIAS(File_read_ordered_begin);

int PMPI_File_read_ordered_begin_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_read_ordered_begin_c"); }
TOC_MPI_ALIAS(File_read_ordered_begin_c);

int PMPI_File_read_ordered_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_ordered_c"); } TOC_MPI_ALIAS(File_read_ordered_c);

int PMPI_File_read_ordered_end(MPI_File fh, void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_ordered_end"); }
TOC_MPI_ALIAS(File_read_ordered_end);

int PMPI_File_read_shared(MPI_File fh, void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_shared"); } TOC_MPI_ALIAS(File_read_shared);

int PMPI_File_read_shared_c(MPI_File fh, void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_read_shared_c"); } TOC_MPI_ALIAS(File_read_shared_c);

int PMPI_File_seek(MPI_File fh, MPI_Offset offset, int whence)
{ return toc_mpi_unsupported_file("MPI_File_seek"); } TOC_MPI_ALIAS(File_seek);

int PMPI_File_seek_shared(MPI_File fh, MPI_Offset offset, int whence)
{ return toc_mpi_unsupported_file("MPI_File_seek_shared"); } TOC_MPI_ALIAS(File_seek_shared);

int PMPI_File_set_atomicity(MPI_File fh, int flag)
{ return toc_mpi_unsupported_file("MPI_File_set_atomicity"); } TOC_MPI_ALIAS(File_set_atomicity);

int PMPI_File_set_errhandler(MPI_File file, MPI_Errhandler errhandler)
{ return toc_mpi_unsupported_file("MPI_File_set_errhandler"); } TOC_MPI_ALIAS(File_set_errhandler);

int PMPI_File_set_info(MPI_File fh, MPI_Info info)
{ return toc_mpi_unsupported_file("MPI_File_set_info"); } TOC_MPI_ALIAS(File_set_info);

int PMPI_File_set_size(MPI_File fh, MPI_Offset size)
{ return toc_mpi_unsupported_file("MPI_File_set_size"); } TOC_MPI_ALIAS(File_set_size);

int PMPI_File_set_view(MPI_File fh, MPI_Offset disp, MPI_Datatype etype, MPI_Datatype filetype,
    const char *datarep, MPI_Info info)
{ return toc_mpi_unsupported_file("MPI_File_set_view"); } TOC_MPI_ALIAS(File_set_view);

int PMPI_File_sync(MPI_File fh)
{ return toc_mpi_unsupported_file("MPI_File_sync"); } TOC_MPI_ALIAS(File_sync);

int PMPI_File_write(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write"); } TOC_MPI_ALIAS(File_write);

int PMPI_File_write_all(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_all"); } TOC_MPI_ALIAS(File_write_all);

int PMPI_File_write_all_begin(MPI_File fh, const void *buf, int count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_all_begin"); }
TOC_MPI_ALIAS(File_write_all_begin);

int PMPI_File_write_all_begin_c(MPI_File fh, const void *buf, MPI_Count count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_all_begin_c"); }
TOC_MPI_ALIAS(File_write_all_begin_c);

int PMPI_File_write_all_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_all_c"); } TOC_MPI_ALIAS(File_write_all_c);

int PMPI_File_write_all_end(MPI_File fh, const void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_all_end"); } TOC_MPI_ALIAS(File_write_all_end);

int PMPI_File_write_at(MPI_File fh, MPI_Offset offset, const void *buf, int count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_at"); } TOC_MPI_ALIAS(File_write_at);

int PMPI_File_write_at_all(MPI_File fh, MPI_Offset offset, const void *buf, int count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_at_all"); } TOC_MPI_ALIAS(File_write_at_all);

int PMPI_File_write_at_all_begin(MPI_File fh, MPI_Offset offset, const void *buf, int count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_at_all_begin"); }
TOC_MPI_ALIAS(File_write_at_all_begin);

int PMPI_File_write_at_all_begin_c(MPI_File fh, MPI_Offset offset, const void *buf, MPI_Count count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_at_all_begin_c"); }
TOC_MPI_ALIAS(File_write_at_all_begin_c);

int PMPI_File_write_at_all_c(MPI_File fh, MPI_Offset offset, const void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_at_all_c"); } TOC_MPI_ALIAS(File_write_at_all_c);

int PMPI_File_write_at_all_end(MPI_File fh, const void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_at_all_end"); }
TOC_MPI_ALIAS(File_write_at_all_end);

int PMPI_File_write_at_c(MPI_File fh, MPI_Offset offset, const void *buf, MPI_Count count,
    MPI_Datatype datatype, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_at_c"); } TOC_MPI_ALIAS(File_write_at_c);

int PMPI_File_write_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_c"); } TOC_MPI_ALIAS(File_write_c);

int PMPI_File_write_ordered(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_ordered"); } TOC_MPI_ALIAS(File_write_ordered);

int PMPI_File_write_ordered_begin(MPI_File fh, const void *buf, int count, MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_ordered_begin"); }
TOC_MPI_ALIAS(File_write_ordered_begin);

int PMPI_File_write_ordered_begin_c(MPI_File fh, const void *buf, MPI_Count count,
    MPI_Datatype datatype)
{ return toc_mpi_unsupported_file("MPI_File_write_ordered_begin_c"); }
TOC_MPI_ALIAS(File_write_ordered_begin_c);

int PMPI_File_write_ordered_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_ordered_c"); }
TOC_MPI_ALIAS(File_write_ordered_c);

int PMPI_File_write_ordered_end(MPI_File fh, const void *buf, MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_ordered_end"); }
TOC_MPI_ALIAS(File_write_ordered_end);

int PMPI_File_write_shared(MPI_File fh, const void *buf, int count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_shared"); } TOC_MPI_ALIAS(File_write_shared);

int PMPI_File_write_shared_c(MPI_File fh, const void *buf, MPI_Count count, MPI_Datatype datatype,
    MPI_Status *status)
{ return toc_mpi_unsupported_file("MPI_File_write_shared_c"); } TOC_MPI_ALIAS(File_write_shared_c);

int PMPI_Register_datarep(const char *datarep, MPI_Datarep_conversion_function *read_conversion_fn,
    MPI_Datarep_conversion_function *write_conversion_fn,
    MPI_Datarep_extent_function *dtype_file_extent_fn, void *extra_state)
{ return toc_mpi_unsupported_file("MPI_Register_datarep"); } TOC_MPI_ALIAS(Register_datarep);

int PMPI_Register_datarep_c(const char *datarep,
    MPI_Datarep_conversion_function_c *read_conversion_fn,
    MPI_Datarep_conversion_function_c *write_conversion_fn,
    MPI_Datarep_extent_function *dtype_file_extent_fn, void *extra_state)
{ return toc_mpi_unsupported_file("MPI_Register_datarep_c"); } TOC_MPI_ALIAS(Register_datarep_c);
