/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_LEAVE_H
#define TOC_MPI_LEAVE_H

/**
 * Ends this process with exit status `code`: for MPI_Abort and fatal errors, after the job has been
 * told. Output that the program has left in stdio's buffers is written, but a lock that another
 * thread holds (it may wait for input for ever) delays the end by no more than 0.3 s. The program's
 * exit handlers do not run.
 */
_Noreturn void toc_mpi_leave(int code);

#endif
