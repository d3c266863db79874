/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_WORLD_H
#define TOC_TRANSPORT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"
#include "notify/doorbell.h"
#include "notify/notify.h"
#include "transport/ring.h"
#include "transport/slots.h"

/** What this rank knows of another one (or of itself: messages to oneself take the same path). */
struct toc_peer {
    struct toc_ring tx; /* to the peer */
    struct toc_ring rx; /* from the peer */
    struct toc_doorbell *bell;
    struct toc_job_rank *entry;
    struct toc_job_line line; /* once it is `met` */
    int rank;
    bool met;
    bool buried;       /* it has ended, and nothing of it is left in the ring: p2p/ended.h */
    uint32_t idle;     /* polls in a row that found its ring empty */
    uint8_t cma;       /* enum toc_cma_state */
    uint64_t struck;   /* its doorbell's word when it was last struck; 0: it has answered */
    int64_t struck_at; /* when that was first looked at again, in milliseconds; 0: not yet */
    struct toc_slots tx_slots; /* beside `tx`, and `rx` */
    struct toc_slots rx_slots;
    char *memory;          /* beginning of its area of transport/memory.h, mapped; or NULL */
    uint64_t memory_bytes; /* of that */
    /* Where in that area it has further descriptors: `more` of its packets, by number. */
    uint64_t more[TOC_XFERS_MOST / TOC_XFERS_PER_RANK];
};

/** The job as this rank sees it; filled by toc_world_join(). */
struct toc_world {
    struct toc_job_header *job;
    struct toc_peer *peers; /* [size] */
    struct toc_doorbell *bell;
    const struct toc_notify_ops *notifier;
    int exchange; /* socket to the launcher's desk, or -1 */
    int rank;
    int size;
    int program; /* number of this rank's program on mpirun's command line */
    int32_t pid;
    int32_t tid;
    int struck;             /* peers with `struck` set */
    uint64_t pidns;         /* inode of the pid namespace; 0 unknown */
    uint32_t pending_words; /* words of the pending set that this job uses */
    unsigned always;        /* classes that interrupt an armed peer whatever it wants; 0 or all */
    bool crowded;           /* more ranks than cores: waiting gives way at once */
    int crowd;              /* ranks that share a core, the most */
    bool launched;          /* by mpirun; else a job of one rank */
};

extern struct toc_world toc_world;

/** True if mpirun has started this process and MPI_Init has not joined the job yet: by what the
 *  environment says, which is checked when the job is joined. */
bool toc_world_is_launched(void);

/** Attaches to the job of mpirun (environment), or makes a job of one rank; publishes this rank's
 *  pid, thread and nonce, but does not set it JOINED yet. 0, or negative with a sentence in
 *  `message`. */
int toc_world_join(const struct toc_notify_ops *notifier, char *message, size_t size);

/** This rank can be reached from now on. */
void toc_world_announce(void);

/** MPI_Finalize in a job that goes on without ranks that end: nothing of this rank is under way any
 *  more. Wakes those that wait for it. */
void toc_world_close(void);

/** Has everybody come so far, or ended? Handler-safe. */
bool toc_world_is_closed(const void *unused);

/** Has this rank left without MPI_Finalize? Handler-safe. */
bool toc_world_has_ended(const struct toc_peer *peer);

/** MPI_Abort on a communicator, in such a job: ends rank `rank`, which has joined, as soon as it
 * may: SIGTERM, and a little later SIGKILL (toc_world_condemn_rest). mpirun takes `code` for its
 * exit code. */
void toc_world_condemn(int rank, int code);
/** Waits until those ranks have ended, and kills what is left of them. */
void toc_world_condemn_rest(void);

/** Last act of MPI_Finalize: marks the rank FINALIZED and unmaps. */
void toc_world_leave(void);

/** Has a rank ended, in a job that goes on without? Then those that have are TOC_RANK_ENDED. */
static inline bool toc_world_is_reduced(void)
{
    /* Acquire: pairs with mpirun's release, which follows the state of the rank that has ended. Of
     * other jobs nobody looks at the number, which is there to be overwritten. */
    return toc_world.job->keep_going != 0 &&
           atomic_load_explicit(&toc_world.job->ended, memory_order_acquire) != 0;
}

/** The peer has joined, and `line` says how it can be reached: read once, and checked. False: not
 *  yet. Handler-safe. */
bool toc_world_meet(struct toc_peer *peer);

/** Does this rank's line still say what it has written there? If not, the job ends. Handler-safe.
 */
void toc_world_inspect(void);

/** Does the peer take user interrupts (which cost it little)? */
bool toc_world_takes_uintr(struct toc_peer *peer);

/** Strikes the bell of rank `peer` by that rank's own notifier; for toc_doorbell_ring(). */
int toc_world_strike(int peer);

#define TOC_REMIND_MS 4

/** Strikes again those whose bell has been outstanding for TOC_REMIND_MS, where strikes may get
 *  lost. False when there is nobody to think of. Handler-safe. */
bool toc_world_remind(void);

/** Before a bell for a packet that need not be heard of at once: if that would strike `peer`, looks
 *  a microsecond or two whether it goes into a call by itself. Handler-safe. */
void toc_world_hesitate(struct toc_peer *peer, unsigned class_bits);

/** The part of the following for peers that want to be told. */
void toc_world_ring_bell(struct toc_peer *peer, unsigned class_bits);

/** Rings `peer` for packets of the given class, which have been published, and counts the outcome.
 *  Handler-safe. */
static inline void toc_world_ring(struct toc_peer *peer, unsigned class_bits)
{
    if (!toc_doorbell_is_content(peer->bell, (uint32_t)toc_world.rank,
                                 class_bits | toc_world.always))
        toc_world_ring_bell(peer, class_bits);
}

#endif
