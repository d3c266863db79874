/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors: how they are raised, their codes and strings (MPI 5.0, section 9.5). */
#include "mpi/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "core/errhandler.h"
#include "mpi/leave.h"
#include "progress/guard.h"
#include "transport/world.h"

enum toc_mpi_state toc_mpi_state;

/*
 * An error code is class + 64 * n: n counts through the slots below, each of which keeps the
 * sentence of one error until its turn comes again. n = 0 is the class itself. The slot whose
 * codes would fall on the MPI_T error codes (1001 to 1018) is left out.
 */
#define CLASS_LIMIT 64
#define SLOTS       255
#define TOOL_SLOT   15

static char sentences[SLOTS + 1][MPI_MAX_ERROR_STRING];
static _Atomic unsigned last_slot;

static unsigned next_slot(void)
{
    unsigned slot;
    do
        slot = atomic_fetch_add_explicit(&last_slot, 1, memory_order_relaxed) % SLOTS + 1;
    while (slot == TOOL_SLOT);
    return slot;
}

const char *toc_mpi_error_sentence(int code)
{
    if (code < CLASS_LIMIT || code > MPI_ERR_LASTCODE)
        return NULL;
    const char *sentence = sentences[code / CLASS_LIMIT];
    return *sentence == '\0' ? NULL : sentence;
}

int toc_mpi_error_class_of_code(int code)
{
    return code % CLASS_LIMIT;
}

int toc_mpi_error_code(int error, const char *sentence)
{
    /* Programs compare these two with ==, and what they mean is said by the statuses. */
    if (error == MPI_ERR_IN_STATUS || error == MPI_ERR_PENDING || error >= CLASS_LIMIT)
        return error;
    unsigned slot = next_slot();
    snprintf(sentences[slot], sizeof(sentences[slot]), "%s", sentence);
    return error + (int)slot * CLASS_LIMIT;
}

void toc_mpi_end_job(int code, const char *message)
{
    if (message != NULL)
        toc_log(TOC_LOG_ERROR, "%s", message);
    /* First of all: what comes after may be cut short. */
    if (toc_world.job != NULL && (message == NULL || !toc_world.job->keep_going))
        toc_job_abort(toc_world.job, toc_world.rank, code,
                      message == NULL ? TOC_ABORT_CALLED : TOC_ABORT_ERROR);
    toc_mpi_leave(code == 0 ? EXIT_FAILURE : code);
}

static void call_user(struct toc_errhandler *errhandler, MPI_Comm handle, int code)
{
    MPI_Comm_errhandler_function *function = (MPI_Comm_errhandler_function *)errhandler->function;
    function(&handle, &code);
}

int toc_mpi_call_errhandler(struct toc_comm *comm, int code, const char *sentence)
{
    struct toc_errhandler *errhandler = comm->errhandler;
    switch (errhandler->kind) {
    case TOC_ERRHANDLER_RETURN:
        break;
    case TOC_ERRHANDLER_USER:
        call_user(errhandler, TOC_MPI_HANDLE(MPI_Comm, comm), code);
        break;
    default: {
        char message[MPI_MAX_ERROR_STRING + 128];
        snprintf(message, sizeof(message), "error on %s, ending the %s (MPI_ERRORS_ARE_FATAL): %s",
                 *comm->name != '\0' ? comm->name : "a communicator",
                 toc_world.job->keep_going ? "rank" : "job", sentence);
        toc_mpi_end_job(toc_mpi_error_class_of_code(code), message);
    }
    }
    return code;
}

static void fatal_outside(const char *sentence)
{
    toc_log(TOC_LOG_ERROR, "%s", sentence);
    if (toc_world.job != NULL && toc_mpi_state != TOC_MPI_CHILD && !toc_world.job->keep_going)
        toc_job_abort(toc_world.job, toc_world.rank, EXIT_FAILURE, TOC_ABORT_ERROR);
    toc_mpi_leave(EXIT_FAILURE);
}

/* Errors without a communicator belong to MPI_COMM_SELF since MPI 4.0, before to MPI_COMM_WORLD. A
 * program that has set the handler of MPI_COMM_WORLD only was written for the older rule. */
struct toc_comm *toc_mpi_error_carrier(struct toc_comm *comm)
{
    if (comm != NULL && comm != &toc_comm_self)
        return comm;
    return toc_comm_self.errhandler_set || !toc_comm_world.errhandler_set ? &toc_comm_self
                                                                          : &toc_comm_world;
}

int toc_mpi_raise(MPI_Comm handle, int error, const char *function, const char *format, ...)
{
    char text[MPI_MAX_ERROR_STRING - 80], sentence[MPI_MAX_ERROR_STRING];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    snprintf(sentence, sizeof(sentence), "%s: %s [%s]", function, text,
             toc_mpi_error_class_name(error));

    int code = toc_mpi_error_code(error, sentence);
    if (toc_mpi_state != TOC_MPI_ACTIVE)
        fatal_outside(sentence);
    return toc_mpi_call_errhandler(toc_mpi_error_carrier(toc_mpi_comm(handle)), code, sentence);
}

int toc_mpi_check_active(const char *function)
{
    if (toc_mpi_state == TOC_MPI_ACTIVE)
        return MPI_SUCCESS;
    char sentence[160];
    if (toc_mpi_state == TOC_MPI_BEFORE_INIT)
        snprintf(sentence, sizeof(sentence), "%s was called before MPI_Init", function);
    else if (toc_mpi_state == TOC_MPI_CHILD)
        snprintf(sentence, sizeof(sentence),
                 "%s was called in a child process: MPI is the parent's alone after fork",
                 function);
    else
        snprintf(sentence, sizeof(sentence), "%s was called after MPI_Finalize", function);
    fatal_outside(sentence);
    return MPI_ERR_OTHER;
}

int toc_mpi_class_of(int status)
{
    switch (status) {
    case TOC_OK:
        return MPI_SUCCESS;
    case TOC_ERR_NO_MEM:
        return MPI_ERR_NO_MEM;
    case TOC_ERR_TRUNCATE:
        return MPI_ERR_TRUNCATE;
    case TOC_ERR_BUFFER:
        return MPI_ERR_BUFFER;
    case TOC_ERR_TYPE:
        return MPI_ERR_TYPE;
    case TOC_ERR_ARG:
        return MPI_ERR_ARG;
    case TOC_ERR_COUNT:
        return MPI_ERR_COUNT;
    case TOC_ERR_UNSUPPORTED:
        return MPI_ERR_UNSUPPORTED_OPERATION;
    case TOC_ERR_PROC:
        return MPI_ERR_PROC_ABORTED;
    case TOC_ERR_LIMIT:
        return MPI_ERR_NO_MEM;
    default:
        return MPI_ERR_OTHER;
    }
}

struct toc_comm *toc_mpi_comm(MPI_Comm handle)
{
    struct toc_comm *comm = toc_handle_lookup(TOC_KIND_COMM, (uintptr_t)handle);
    return comm == NULL || comm->freed ? NULL : comm;
}

int toc_mpi_check_comm(const char *function, MPI_Comm handle, struct toc_comm **comm)
{
    toc_mpi_check_active(function);
    *comm = toc_mpi_comm(handle);
    if (__builtin_expect(*comm != NULL, 1))
        return MPI_SUCCESS;
    if (handle == MPI_COMM_NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COMM, function,
                             "the communicator is MPI_COMM_NULL");
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COMM, function,
                         "%s is not a communicator (freed, or of another library)",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}
