/* SPDX-License-Identifier: BSD-3-Clause */
/* What the functions that do nothing yet answer. */
#include "mpi/unsupported.h"

#include <stdio.h>

#include "base/log.h"
#include "core/errhandler.h"
#include "mpi/error.h"
#include "transport/world.h"

/* Many programs look at no result: where errors return, the failure is reported once a job. The
 * program goes on, and its exit status stands: some call a function to see whether it is there. */
static void report_once(const char *name)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;

    if (atomic_flag_test_and_set(&told))
        return;
    if (toc_world.job == NULL || toc_job_first_to_tell(toc_world.job, TOC_NOTE_UNSUPPORTED))
        toc_log(TOC_LOG_ERROR,
                "%s: this version of Tocsin does not support it yet; the call has done nothing and "
                "returned MPI_ERR_UNSUPPORTED_OPERATION (reported once)",
                name);
}

static int code_of(const char *name)
{
    char sentence[160];
    snprintf(sentence, sizeof(sentence), "%s: this version of Tocsin does not support %s yet [%s]",
             name, name, toc_mpi_error_class_name(MPI_ERR_UNSUPPORTED_OPERATION));
    return toc_mpi_error_code(MPI_ERR_UNSUPPORTED_OPERATION, sentence);
}

int toc_mpi_unsupported(MPI_Comm comm, const char *name)
{
    if (toc_mpi_state == TOC_MPI_ACTIVE &&
        toc_mpi_error_carrier(toc_mpi_comm(comm))->errhandler->kind == TOC_ERRHANDLER_RETURN)
        report_once(name);
    return toc_mpi_raise(comm, MPI_ERR_UNSUPPORTED_OPERATION, name,
                         "this version of Tocsin does not support %s yet", name);
}

int toc_mpi_unsupported_file(const char *name)
{
    report_once(name);
    return code_of(name);
}

int toc_mpi_unsupported_with(MPI_Errhandler errhandler, const char *name)
{
    if (errhandler == MPI_ERRORS_RETURN) {
        report_once(name);
        return code_of(name);
    }
    /* That of MPI_COMM_SELF may return where this one must not. */
    if (toc_mpi_state == TOC_MPI_ACTIVE &&
        (errhandler == MPI_ERRORS_ARE_FATAL || errhandler == MPI_ERRORS_ABORT))
        toc_mpi_end_job(MPI_ERR_UNSUPPORTED_OPERATION, toc_mpi_error_sentence(code_of(name)));
    return toc_mpi_unsupported(MPI_COMM_SELF, name);
}
