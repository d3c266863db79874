/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_COLL_SCHEDULE_H
#define TOC_COLL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/list.h"
#include "core/comm.h"
#include "core/op.h"
#include "datatype/datatype.h"
#include "p2p/request.h"
#include "progress/progress.h"

/*
 * A schedule is a collective operation as this rank sees it: a sequence of steps that a call builds
 * once and that progress walks through, wherever it comes from, also the handler. Steps are
 *
 *     send, receive   started when their turn comes; the walk goes on at once
 *     copy, reduce    done when their turn comes
 *
 * and a fence in between: the next step waits until all messages started so far are complete.
 *
 *     struct toc_schedule *s = toc_schedule_new(comm);
 *     toc_schedule_receive(s, theirs, 1, type, peer);
 *     toc_schedule_send(s, mine, 1, type, peer);
 *     toc_schedule_fence(s);
 *     toc_schedule_reduce(s, theirs, mine, 1, type, op);
 *     status = toc_schedule_run(s);
 *
 * What a schedule computes is fixed when it is built: who progresses it does not matter.
 * Everything here needs the guard. Building and freeing allocate, so they are not for the handler.
 */

enum toc_step_kind { TOC_STEP_SEND, TOC_STEP_RECEIVE, TOC_STEP_COPY, TOC_STEP_REDUCE };

struct toc_step_copy {
    void *dst;
    int64_t dst_count;
    struct toc_datatype *dst_type;
    const void *src;
    int64_t src_count;
    struct toc_datatype *src_type;
    int64_t done; /* elements */
};

struct toc_step_reduce {
    const void *const *parts;
    const void *only; /* `parts` of a single one */
    int n_parts;
    void *inout;
    int64_t count;
    struct toc_datatype *type;
    struct toc_op *op;
    int64_t done; /* elements */
};

struct toc_step {
    enum toc_step_kind kind;
    bool fenced; /* waits until all messages before it are complete */
    struct toc_step *next;
    union {
        struct toc_request message;
        struct toc_step_copy copy;
        struct toc_step_reduce reduce;
    };
};

#define TOC_STEP_BLOCK 8

struct toc_step_block {
    struct toc_step_block *next;
    int used;
    struct toc_step steps[TOC_STEP_BLOCK];
};

struct toc_schedule {
    struct toc_comm *comm; /* a reference is held */
    int rank;              /* of this process among those that take part */
    int size;              /* how many take part */
    const int *members;    /* their world ranks */
    int tag;
    enum toc_error error; /* first that occurred, while building or at work */

    struct toc_step *current;    /* next to do; NULL: only messages under way, or nothing */
    uint32_t pending;            /* messages under way */
    bool waiting;                /* the walk stands still until `pending` is 0 */
    struct toc_list link;        /* in one of the lists of schedule.c */
    struct toc_request *request; /* complete when the schedule is; own or with a handle */

    /** For who launches it: called when all steps are done, before the request completes; possibly
     *  in the handler. NULL: none. */
    void (*on_end)(struct toc_schedule *schedule);
    void *argument;

    /* For building and freeing. */
    struct toc_step *last;
    bool fence; /* in front of the next step */
    struct toc_memory *memory;
    struct toc_step_block *block; /* that new steps come from */
    struct toc_request own;
    struct toc_step_block first;
};

/** A new schedule over all of `comm` (of an inter-communicator both groups, see `joint`), with the
 *  next tag of its collectives; NULL without memory. */
struct toc_schedule *toc_schedule_new(struct toc_comm *comm);

/** As toc_schedule_new(), for toc_schedule_launch(): its messages never meet those of a schedule
 * that is run, so the order of the two may differ between ranks. */
struct toc_schedule *toc_schedule_new_nonblocking(struct toc_comm *comm);

/** The same for toc_schedule_persist(). All ranks make their persistent schedules in the same order
 *  and start them in the same order; the starts of one meet in the order of its messages. */
struct toc_schedule *toc_schedule_new_persistent(struct toc_comm *comm);

/** A new schedule over `size` members of `comm`, given by their world ranks; this process is number
 *  `rank` of them. `tag` is non-negative and chosen by the caller: it never meets those of
 *  toc_schedule_new(). */
struct toc_schedule *toc_schedule_new_among(struct toc_comm *comm, const int *members, int rank,
                                            int size, int tag);

/** From here on the schedule's steps are among other members: `size` world ranks (the array must
 *  stay as long as steps are added), of which this process is number `rank`. */
void toc_schedule_address(struct toc_schedule *schedule, int rank, int size, const int *members);

/* Steps. Messages without bytes are sent, too: both sides must agree on that. Ranks are those among
 * the members. Failures are kept in schedule->error and reported by run and launch. */
void toc_schedule_send(struct toc_schedule *schedule, const void *buffer, int64_t count,
                       struct toc_datatype *type, int rank);
void toc_schedule_receive(struct toc_schedule *schedule, void *buffer, int64_t count,
                          struct toc_datatype *type, int rank);

/** Copies elements onto others with the same signature, as a message to oneself would. */
void toc_schedule_copy(struct toc_schedule *schedule, void *dst, int64_t dst_count,
                       struct toc_datatype *dst_type, const void *src, int64_t src_count,
                       struct toc_datatype *src_type);

/** inout = part OP inout, elementwise. */
void toc_schedule_reduce(struct toc_schedule *schedule, const void *part, void *inout,
                         int64_t count, struct toc_datatype *type, struct toc_op *op);

/** inout = parts[0] OP inout, then inout = parts[1] OP inout, and so on. `parts` must stay until
 *  the schedule is freed: see toc_schedule_alloc(). */
void toc_schedule_reduce_all(struct toc_schedule *schedule, const void *const *parts, int n_parts,
                             void *inout, int64_t count, struct toc_datatype *type,
                             struct toc_op *op);

/** The next step waits for all messages so far. */
void toc_schedule_fence(struct toc_schedule *schedule);

/** Memory that lives as long as the schedule; NULL, and schedule->error set, without. */
void *toc_schedule_alloc(struct toc_schedule *schedule, uint64_t bytes);

/** The same for `count` elements of `type`: an address to use as a buffer of them. */
void *toc_schedule_elements(struct toc_schedule *schedule, int64_t count,
                            const struct toc_datatype *type);

/** Starts, waits, frees. 0, or the first error. `call`: the function of MPI that waits. */
int toc_schedule_run(struct toc_schedule *schedule, const char *call);

/** Starts with a request that completes when the schedule does, and with which it is freed. 0, or
 *  an error and the schedule is freed. */
int toc_schedule_launch(struct toc_schedule *schedule, struct toc_request **request);

/** Gives it an inactive persistent request, that toc_request_start() starts again and again: each
 *  time all steps from the first, over the same memory. Freed with the request. 0, or an error and
 *  the schedule is freed. */
int toc_schedule_persist(struct toc_schedule *schedule, struct toc_request **request);

/** How many references to its communicator it holds itself. */
uint32_t toc_schedule_references(const struct toc_schedule *schedule);

/** Frees a schedule that is not under way. */
void toc_schedule_free(struct toc_schedule *schedule);

/* For build.c: begins the walk; what a message of a schedule calls when it completes. */
void toc_schedule_start(struct toc_schedule *schedule);
void toc_schedule_message_complete(struct toc_request *message);

/** Schedules under way. */
int toc_schedule_active(void);

/** Hangs schedules into progress; MPI_Init, after toc_p2p_init(). */
void toc_coll_init(void);

/** Waits for what is under way and frees it; MPI_Finalize, before toc_p2p_finish(). */
void toc_coll_finish(void);

/** `base` moved by `bytes`; either may be null (MPI_BOTTOM). */
static inline void *toc_coll_at(const void *base, int64_t bytes)
{
    return (void *)((uintptr_t)base + (uintptr_t)bytes);
}

#endif
