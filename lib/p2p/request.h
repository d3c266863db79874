/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_REQUEST_H
#define TOC_P2P_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/list.h"
#include "core/comm.h"
#include "core/handle.h"
#include "datatype/datatype.h"
#include "transport/xfer.h"

enum toc_request_kind {
    TOC_REQUEST_SEND = 1,
    TOC_REQUEST_RECEIVE,
    TOC_REQUEST_PAIR,        /* send and receive at once: `owner` is its struct toc_pair */
    TOC_REQUEST_GENERALIZED, /* lib/mpi: `owner` has the program's functions */
    TOC_REQUEST_FLUSH,       /* p2p/buffered.h: until a buffer's messages have left it */
    TOC_REQUEST_COLLECTIVE,  /* lib/coll: `owner` is its schedule */
};

enum toc_send_mode { TOC_SEND_STANDARD, TOC_SEND_SYNC, TOC_SEND_READY, TOC_SEND_BUFFERED };

/** Where a request is on its way; says what `link` is a member of. */
enum toc_request_stage {
    TOC_STAGE_IDLE,     /* not started, or complete */
    TOC_STAGE_POSTED,   /* receive: waits for its message (posted queue) */
    TOC_STAGE_QUEUED,   /* send: waits for room in the ring or for a descriptor (send queue) */
    TOC_STAGE_UNACKED,  /* send: descriptor is out, not matched yet */
    TOC_STAGE_COPY,     /* rendezvous, matched: chunks are being copied (incoming/outgoing) */
    TOC_STAGE_PUSH,     /* rendezvous, matched: the same, but by the sender alone */
    TOC_STAGE_FRAGMENTS /* rendezvous, matched: through the ring (incoming/outgoing) */
};

/* Sources of a receive, as world ranks. */
#define TOC_ANY_SOURCE (-1)
#define TOC_ANY_TAG    (-2) /* MPI_ANY_TAG */
#define TOC_PROC_NULL  (-3) /* MPI_PROC_NULL, for source and destination */

/**
 * A request. It either has a handle (MPI_Request) or is embedded in its owner (a schedule; a
 * blocking call's frame), then object.handle is 0. Touched under the guard only; `complete` is what
 * waiters look at. One with a handle is freed clean: not persistent, detached or cancelled, without
 * functions, owner and references.
 */
struct toc_request {
    struct toc_object object;
    enum toc_request_kind kind;
    enum toc_request_stage stage;
    bool complete;
    bool persistent;
    bool detached; /* MPI_Request_free: goes when it completes */
    bool cancelled;
    bool active;     /* persistent: started and not yet waited for; others: true */
    bool advertised; /* receive, posted: its sender may claim it (p2p/advertise.h) */
    enum toc_send_mode mode;
    enum toc_error error; /* outcome, once complete */

    uint32_t context;
    int peer; /* world rank of destination or source, or one of the values above */
    int tag;
    struct toc_comm *comm; /* a reference is held */

    void *buffer;
    int64_t count;
    struct toc_datatype *type; /* a reference is held */
    uint64_t size;             /* packed bytes of the buffer */
    char *data;                /* contiguous: first byte; else NULL */

    struct toc_list link;
    uint64_t posted_at; /* order of posting, among receives; what a flush waits for */
    int dest;           /* persistent buffered send: rank in `comm`, or MPI_PROC_NULL */

    int source; /* receive, matched: world rank of the sender */

    /* What the status will say. */
    int status_source; /* rank in `comm` */
    int status_tag;
    uint64_t status_bytes;

    /** Called once, under the guard and possibly in the handler, when the request completes; may
     *  be called before toc_p2p_start() returns. NULL: none. */
    void (*on_complete)(struct toc_request *request);

    /** What MPI_Start does with a persistent one; NULL: toc_p2p_start(). In calls only. */
    void (*on_start)(struct toc_request *request);

    /** Frees `owner`, before the request goes; NULL: nothing to free. In calls only. */
    void (*on_free)(struct toc_request *request);

    void *owner;

    /* Rendezvous. */
    uint32_t slot; /* descriptor of the sender */
    uint32_t generation;
    uint32_t chunk; /* bytes */
    uint32_t chunks;
    uint64_t total;             /* bytes that move */
    uint64_t moved;             /* bytes sent or received as fragments */
    struct toc_xfer_buffer far; /* the peer's: a private copy, checked */
    bool located;               /* `far` is filled in */
    uint32_t claimed;           /* chunks that this side has claimed */
    bool helped; /* receive: a sender that waits copies, too; send: the receiver was told so */
    bool asked;  /* send: the receiver is expected to want something */
    bool whole;  /* send with a descriptor: its data went with its envelope */
    bool back;   /* send with a descriptor: held back, for the receiver is over its bound */
};

/** A request with a handle, or NULL. Guard held. */
struct toc_request *toc_request_new(enum toc_request_kind kind);

/** The same for one that is prepared next (toc_p2p_prepare_*): not zeroed. */
struct toc_request *toc_request_unprepared(void);

/** Starts an inactive persistent request (again). Guard held, not in the handler. */
void toc_request_start(struct toc_request *request);

/** Is it that of a blocking call, which waits for it next? */
static inline bool toc_request_is_call(const struct toc_request *request)
{
    return request->object.handle == 0 && request->owner == NULL;
}

/** Gives up the caller's hold: an inactive or complete request is freed now, an active one when it
 *  completes. Guard held, not in the handler. */
void toc_request_release(struct toc_request *request);

/** Complete, and neither persistent nor detached nor cancelled? In one look. */
static inline bool toc_request_is_just_complete(const struct toc_request *request)
{
    const struct {
        bool complete, persistent, detached, cancelled;
    } just = {.complete = true};
    _Static_assert(offsetof(struct toc_request, cancelled) ==
                       offsetof(struct toc_request, complete) + 3,
                   "side by side, as in `just`");
    return memcmp((const char *)request + offsetof(struct toc_request, complete), &just,
                  sizeof(just)) == 0;
}

/** The part of the following for requests that somebody else has to hear of. */
void toc_request_completed(struct toc_request *request);

/** Marks complete with `error`, tells the owner. Handler-safe. */
static inline void toc_request_complete(struct toc_request *request, enum toc_error error)
{
    request->stage = TOC_STAGE_IDLE;
    request->error = error;
    request->complete = true;
    if (request->detached || request->on_complete != NULL)
        toc_request_completed(request);
}

/** A call has something to free: toc_request_reap(). */
extern bool toc_request_ended __attribute__((visibility("hidden")));

/** Frees detached requests, and room of buffered messages, that have completed meanwhile (in the
 *  handler, say). */
void toc_request_reap(void);

/** The request that a handle names, even if it is detached; or NULL. */
static inline struct toc_request *toc_request_named(uintptr_t handle)
{
    return (struct toc_request *)toc_handle_lookup_sized(
        TOC_KIND_REQUEST, handle, toc_handle_size(sizeof(struct toc_request)));
}

/** The request that a handle names, or NULL. */
static inline struct toc_request *toc_request_get(uintptr_t handle)
{
    struct toc_request *request = toc_request_named(handle);
    return request == NULL || request->detached ? NULL : request;
}

#endif
