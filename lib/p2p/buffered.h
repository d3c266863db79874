/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_P2P_BUFFERED_H
#define TOC_P2P_BUFFERED_H

#include <stdbool.h>
#include <stdint.h>

#include "p2p/request.h"

/*
 * Buffered sends (MPI 5.0, section 3.6). A message that does not leave at once is packed into the
 * attached buffer, behind the request that sends it from there: what that takes of the program's
 * buffer is MPI_BSEND_OVERHEAD. Everything here needs the guard and is not for the handler.
 */

/** Where buffered messages wait. Zeroed and with its lists set up, nothing is attached. */
struct toc_buffer {
    struct toc_list blocks;  /* messages in it, by address; of an automatic one in any order */
    struct toc_list flushes; /* struct toc_request.link */
    bool attached;
    bool automatic; /* memory is allocated per message (MPI_BUFFER_AUTOMATIC) */
    char *start;    /* as given by the program */
    int64_t size;
    int unsent;     /* messages in it that are not complete */
    uint64_t clock; /* numbers the messages */
};

/** The buffer of the process; a communicator's own one is toc_comm.buffer. */
extern struct toc_buffer toc_process_buffer;

/** The buffer that messages on `comm` go through: its own one if it has one. */
struct toc_buffer *toc_buffer_for(const struct toc_comm *comm);

/** A communicator's own buffer; NULL without memory. Free it with toc_buffer_delete. */
struct toc_buffer *toc_buffer_new(void);
/** Waits until it is empty. */
void toc_buffer_delete(struct toc_buffer *buffer);

/** Attaches `size` bytes at `start` (or MPI_BUFFER_AUTOMATIC); nothing is attached so far. */
void toc_buffer_attach(struct toc_buffer *buffer, void *start, int64_t size);

/** Waits until all messages have left it, then detaches. `call`: the function of MPI that waits. */
void toc_buffer_detach(struct toc_buffer *buffer, const char *call);

/** Waits until the messages that are in it now have left it. */
void toc_buffer_flush(struct toc_buffer *buffer, const char *call);

/** A request that completes then; NULL without memory. */
struct toc_request *toc_buffer_start_flush(struct toc_buffer *buffer);

/** Sends to member `dest` of `comm` (or MPI_PROC_NULL) through `buffer`; the data are the program's
 *  again when it returns. TOC_ERR_BUFFER: no buffer is attached, or it has not enough room;
 *  TOC_ERR_NO_MEM: an automatic one. */
int toc_buffer_send(struct toc_buffer *buffer, const void *data, int64_t count,
                    struct toc_datatype *type, int dest, int tag, struct toc_comm *comm);

/** Starts a persistent buffered send, which is complete then; same errors. */
int toc_buffer_start(struct toc_request *request);

/** Gives the room of messages that have left back. */
void toc_buffer_reap(void);

/** Sets up the buffer of the process. */
void toc_buffer_init(void);

#endif
