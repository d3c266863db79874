/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_CORE_ERRHANDLER_H
#define TOC_CORE_ERRHANDLER_H

#include "core/handle.h"

enum toc_errhandler_kind {
    TOC_ERRHANDLER_FATAL,  /* MPI_ERRORS_ARE_FATAL: ends the job */
    TOC_ERRHANDLER_ABORT,  /* MPI_ERRORS_ABORT: ends the processes of the communicator */
    TOC_ERRHANDLER_RETURN, /* MPI_ERRORS_RETURN */
    TOC_ERRHANDLER_USER,
};

struct toc_errhandler {
    struct toc_object object;
    enum toc_errhandler_kind kind;
    void (*function)(void); /* USER: MPI_Comm_errhandler_function, by cast */
};

extern struct toc_errhandler toc_errors_are_fatal, toc_errors_abort, toc_errors_return;

/** Binds the predefined handles. */
void toc_errhandler_init(void);

struct toc_errhandler *toc_errhandler_retain(struct toc_errhandler *errhandler);
void toc_errhandler_release(struct toc_errhandler *errhandler);

#endif
