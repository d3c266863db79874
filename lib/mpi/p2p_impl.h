/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_P2P_IMPL_H
#define TOC_MPI_P2P_IMPL_H

#include <stdbool.h>

#include "mpi/mpi_impl.h"
#include "p2p/p2p.h"

/* What the point-to-point functions have in common. */

/** Arguments of a message, as the program gave them, and what they name. */
struct toc_mpi_message {
    const char *function;
    void *buffer;
    int64_t count;
    MPI_Datatype type_handle;
    int peer;
    int tag;
    MPI_Comm comm_handle;
    struct toc_datatype *type;
    struct toc_comm *comm;
};

/** The message of a call with the arguments buf, count, datatype, peer, tag, comm. */
#define TOC_MPI_MESSAGE(name)                                                                      \
    struct toc_mpi_message message = {.function = (name),                                          \
                                      .buffer = (void *)(uintptr_t)buf,                            \
                                      .count = count,                                              \
                                      .type_handle = datatype,                                     \
                                      .peer = peer,                                                \
                                      .tag = tag,                                                  \
                                      .comm_handle = comm}

/** Checks them (`receiving`: wildcards are allowed) and fills in type and comm. MPI_SUCCESS, or the
 *  code of the error raised. */
int toc_mpi_check_message(struct toc_mpi_message *message, bool receiving);

/** Checks the address that the request's handle goes to. */
int toc_mpi_check_result(const struct toc_mpi_message *message, const MPI_Request *request);

/** A request with a handle, prepared but not started; NULL without memory. Guard held. */
struct toc_request *toc_mpi_prepared(const struct toc_mpi_message *message, bool receiving,
                                     enum toc_send_mode mode);

/** Raises that there is no memory for it. */
int toc_mpi_no_request(const struct toc_mpi_message *message);

/** Raises what went wrong with a buffered send on `comm` (p2p/buffered.h). */
int toc_mpi_buffer_status(const char *function, MPI_Comm comm, int status);

/** Checks rank and tag of a probe. */
int toc_mpi_check_envelope(const char *function, int source, int tag, MPI_Comm handle,
                           struct toc_comm **comm);

/** Raises what went wrong in a completed request: MPI_SUCCESS if nothing did. */
int toc_mpi_raise_request(const char *function, const struct toc_request *request);

/** Code for a completed request's error, without raising it (for statuses). */
int toc_mpi_request_code(const char *function, const struct toc_request *request);

/** One round of progress for a call that only asks (MPI_Test, MPI_Iprobe). With more ranks than
 *  cores, one that asks in vain again and again lets the others run. Guard held. */
void toc_mpi_poke(void);

/** Handle of a send that is complete already: shared by all of them. */
MPI_Request toc_mpi_sent_request(void);

#endif
