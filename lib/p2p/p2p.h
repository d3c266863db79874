/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_P2P_H
#define TOC_P2P_P2P_H

#include <stdbool.h>
#include <stdint.h>

#include "p2p/request.h"

/*
 * Point-to-point. Everything here needs the guard. A request is prepared, then started (persistent
 * ones again and again), then waited for; it completes when the buffer is the program's again.
 *
 *     toc_p2p_prepare_send(&r, buffer, count, type, rank, tag, comm, TOC_SEND_STANDARD);
 *     toc_p2p_start(&r);
 *     toc_p2p_wait(&r);
 *     toc_p2p_cleanup(&r);
 */

/** Fills `request` (zeroed, or prepared before and cleaned up): a send of `count` elements to
 *  member `dest` of `comm` (or MPI_PROC_NULL) in its point-to-point context. Takes references on
 *  `comm` and `type`. */
void toc_p2p_prepare_send(struct toc_request *request, const void *buffer, int64_t count,
                          struct toc_datatype *type, int dest, int tag, struct toc_comm *comm,
                          enum toc_send_mode mode);

/** The same for a receive from member `source` (or MPI_ANY_SOURCE, MPI_PROC_NULL). */
void toc_p2p_prepare_receive(struct toc_request *request, void *buffer, int64_t count,
                             struct toc_datatype *type, int source, int tag, struct toc_comm *comm);

/** After prepare: moves the request to the collective context of its communicator, where it is one
 *  to or from `world_rank`, whomever it was prepared for. Its packets interrupt a computing
 * receiver that takes part in a schedule (TOC_WANT_COLL). */
void toc_p2p_make_collective(struct toc_request *request, int world_rank);

/** Starts. Handler-safe. May complete it at once. */
void toc_p2p_start(struct toc_request *request);

/** Blocks until complete, in the function `call` of MPI. Not in the handler. */
void toc_p2p_wait(struct toc_request *request, const char *call);

/** Drops the references of prepare; the request is not active. Not in the handler. */
static inline void toc_p2p_cleanup(struct toc_request *request)
{
    if (request->comm != NULL) {
        toc_comm_release(request->comm);
        request->comm = NULL;
    }
    if (request->type != NULL) {
        toc_datatype_release(request->type);
        request->type = NULL;
    }
}

/** A standard or ready send that fits and finds room, without a request: true when it is done,
 *  false when nothing happened (then prepare and start one). */
bool toc_p2p_send_now(const void *buffer, int64_t count, const struct toc_datatype *type, int dest,
                      int tag, struct toc_comm *comm);

/** A standard send with a handle, prepared and started: NULL without memory, toc_p2p_sent when it
 *  is done already. `dest` is no MPI_PROC_NULL. Not in the handler. */
struct toc_request *toc_p2p_send_soon(const void *buffer, int64_t count, struct toc_datatype *type,
                                      int dest, int tag, struct toc_comm *comm);

/** The request of every send that was complete when its call returned. It is never freed. */
extern struct toc_request *toc_p2p_sent __attribute__((visibility("hidden")));

/** Frees a request with a handle that is clean but for its references, and of which nobody has to
 *  hear. Not in the handler. */
static inline void toc_p2p_recycle(struct toc_request *request)
{
    toc_p2p_cleanup(request);
    toc_handle_free_kind(TOC_KIND_REQUEST, request);
}

/** What a probe found, or a receive got. */
struct toc_p2p_envelope {
    int source; /* rank in the communicator */
    int tag;
    uint64_t bytes;
};

/** A receive of a short message that is there or arrives at once, without a request: true when it
 * is done, false when nothing happened (then prepare and start one). */
bool toc_p2p_receive_now(void *buffer, int64_t count, const struct toc_datatype *type, int source,
                         int tag, struct toc_comm *comm, struct toc_p2p_envelope *envelope);

/** A receive with a handle, prepared and started; NULL without memory. `source` is no wildcard and
 *  not MPI_PROC_NULL. A short message that is there already completes it, after what else is there
 *  for earlier receives. Not in the handler. */
struct toc_request *toc_p2p_receive_soon(void *buffer, int64_t count, struct toc_datatype *type,
                                         int source, int tag, struct toc_comm *comm);

/** MPI_Cancel: a receive that is still posted, or a send that is not matched and still has its data
 *  to send, completes as cancelled; nothing happens to others. */
void toc_p2p_cancel(struct toc_request *request);

struct toc_unexpected;

/** Earliest message that a receive from `source` (rank in comm, MPI_ANY_SOURCE) with `tag` would
 *  get, without progress; NULL when there is none. `take`: it is removed from matching, for
 *  toc_p2p_start_matched(). */
struct toc_unexpected *toc_p2p_probe(int source, int tag, struct toc_comm *comm, bool take,
                                     struct toc_p2p_envelope *envelope);

/** Starts a prepared receive on a message that a probe took. */
void toc_p2p_start_matched(struct toc_request *request, struct toc_unexpected *message);

/** Sets up queues and pools, registers the progress events. 0 or TOC_ERR_NO_MEM. */
int toc_p2p_init(void);

/** Ends what is under way: waits until all sends have left this rank. */
void toc_p2p_finish(void);

/** Frees everything. */
void toc_p2p_free(void);

#endif
