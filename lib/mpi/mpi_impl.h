/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_MPI_IMPL_H
#define TOC_MPI_MPI_IMPL_H

#include "base/abi.h"
#include "core/comm.h"

/** Behind the definition of PMPI_Foo: MPI_Foo as its weak alias, checked for the same type. */
#define TOC_MPI_ALIAS(name)                                                                        \
    extern __typeof__(PMPI_##name) MPI_##name                                                      \
        __attribute__((weak, alias("PMPI_" #name), visibility("default")))

/** Raises an error of class `error` (MPI_ERR_...) found in `function` ("MPI_Info_set") through the
 *  error handler of `comm`. MPI_COMM_SELF: no communicator belongs to the call; if the program has
 *  set the handler of MPI_COMM_WORLD only, that one is called. Before MPI_Init: as
 *  MPI_ERRORS_ARE_FATAL. The sentence that the format makes names the value that is wrong. Returns
 *  the code for the caller, if the handler returns: its class is `error`, its string the sentence.
 *  Guard and locks open: the handler is the user's. */
int toc_mpi_raise(MPI_Comm comm, int error, const char *function, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** MPI must be initialised and not finalised (MPI 5.0, section 11.4); else the program ends with a
 *  message. Returns MPI_SUCCESS. */
int toc_mpi_check_active(const char *function);

/** The MPI error class of an internal status (enum toc_error); MPI_SUCCESS for 0. */
int toc_mpi_class_of(int status);

/** The communicator that a handle names, or NULL: null, freed or foreign. */
struct toc_comm *toc_mpi_comm(MPI_Comm handle);

/** toc_mpi_check_active, then the communicator of `handle`; an error names the handle's value. */
int toc_mpi_check_comm(const char *function, MPI_Comm handle, struct toc_comm **comm);

/** An info argument: an info object, or MPI_INFO_NULL. */
int toc_mpi_check_info(const char *function, MPI_Comm comm, MPI_Info info);

/** The handle of an object of the library. */
#define TOC_MPI_HANDLE(type, object) ((type)toc_handle_value(object))

/** MPI_Barrier, in the words of another function that begins or ends with one. */
int toc_mpi_barrier(const char *function, MPI_Comm comm);

/** For a process that mpirun did not start: warns, in one process only, when the environment says
 *  that another MPI's launcher started several. */
void toc_mpi_check_launcher(void);

/** How a handle is called in messages: the name of a null handle, else its number. */
struct toc_mpi_text {
    char text[24];
};
struct toc_mpi_text toc_mpi_handle_text(uintptr_t handle);

/** enum of the state that MPI_Initialized and MPI_Finalized tell of. */
enum toc_mpi_state {
    TOC_MPI_BEFORE_INIT,
    TOC_MPI_ACTIVE,
    TOC_MPI_FINALIZED,
    TOC_MPI_CHILD, /* a fork of a process that was active: no MPI there */
};
extern enum toc_mpi_state toc_mpi_state;

/** Ends the job with `code`: tells the launcher, prints `message` (a sentence) if not NULL. */
void toc_mpi_end_job(int code, const char *message) __attribute__((noreturn));

#endif
