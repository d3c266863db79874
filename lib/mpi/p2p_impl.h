/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_P2P_IMPL_H
#define TOC_MPI_P2P_IMPL_H

#include <stdbool.h>

#include "datatype/datatype.h"
#include "mpi/mpi_impl.h"
#include "p2p/p2p.h"
#include "progress/guard.h"

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

/** Nothing is wrong or unusual about a message: then its type and communicator are filled in.
 * False: toc_mpi_check_message() is to say what it is. No wildcard, no MPI_PROC_NULL, no
 * data at a null pointer. */
static inline __attribute__((always_inline)) bool toc_mpi_is_usual(
    const void *buffer, int64_t count, MPI_Datatype type_handle, int peer, int tag,
    MPI_Comm comm_handle, struct toc_datatype **type, struct toc_comm **comm)
{
    if (toc_mpi_state != TOC_MPI_ACTIVE || (count | tag) < 0 || (buffer == NULL && count > 0))
        return false;
    *comm = comm_handle == MPI_COMM_WORLD
                ? &toc_comm_world
                : (struct toc_comm *)toc_handle_lookup(TOC_KIND_COMM, (uintptr_t)comm_handle);
    *type = toc_datatype_get(type_handle);
    return *comm != NULL && !(*comm)->freed && (unsigned)peer < (unsigned)(*comm)->remote->size &&
           *type != NULL && (*type)->committed;
}

/** The same for a receive, whose tag may be a wildcard. */
static inline __attribute__((always_inline)) bool toc_mpi_is_usual_receive(
    const void *buffer, int64_t count, MPI_Datatype type_handle, int peer, int tag,
    MPI_Comm comm_handle, struct toc_datatype **type, struct toc_comm **comm)
{
    return toc_mpi_is_usual(buffer, count, type_handle, peer, tag == MPI_ANY_TAG ? 0 : tag,
                            comm_handle, type, comm);
}

/** A usual message that is sent when this returns: true. False: nothing has happened. */
static inline bool toc_mpi_send_now(const void *buffer, int64_t count, MPI_Datatype type_handle,
                                    int dest, int tag, MPI_Comm comm_handle)
{
    struct toc_datatype *type;
    struct toc_comm *comm;
    if (!toc_mpi_is_usual(buffer, count, type_handle, dest, tag, comm_handle, &type, &comm))
        return false;
    toc_guard_enter();
    bool sent = toc_p2p_send_now(buffer, count, type, dest, tag, comm);
    toc_guard_leave();
    return sent;
}

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

/** Makes the following, after toc_p2p_init(). MPI_Init. */
void toc_mpi_request_init(void);

/** Handle of a send that is complete already: shared by all of them. */
extern MPI_Request toc_mpi_sent_request;

#endif
