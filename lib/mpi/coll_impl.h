/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_COLL_IMPL_H
#define TOC_MPI_COLL_IMPL_H

#include <stdbool.h>

#include "coll/coll.h"
#include "mpi/datatype_impl.h"
#include "mpi/mpi_impl.h"

/* What the functions of chapter 6 have in common. The checks return MPI_SUCCESS, or the code of the
 * error that they raised. */

/** A call of a collective function. */
struct toc_mpi_coll {
    const char *function;
    MPI_Comm handle;
    bool blocking;
    bool persistent;
    MPI_Request *request; /* of one that is not blocking */
    MPI_Info info;        /* of a persistent one */
    struct toc_comm *comm;
    int blocks; /* in an array of blocks: a rank each, unless the caller says otherwise */
};

/* The calls with an argument `comm`, and perhaps `request` and `info`. */
#define TOC_MPI_CALL(name)                                                                         \
    (&(struct toc_mpi_coll){.function = (name), .handle = comm, .blocking = true})
#define TOC_MPI_ICALL(name)                                                                        \
    (&(struct toc_mpi_coll){.function = (name), .handle = comm, .request = request})
#define TOC_MPI_CALL_INIT(name)                                                                    \
    (&(struct toc_mpi_coll){                                                                       \
        .function = (name), .handle = comm, .persistent = true, .info = info, .request = request})

/** One rank's own data, as the call gave them. */
struct toc_mpi_own {
    const void *buffer;
    int64_t count;
    MPI_Datatype type;
};

/** Blocks of all ranks, as the call gave them. */
struct toc_mpi_all {
    struct toc_blocks blocks;
    MPI_Datatype type;
    bool vector;
};

/** Checks MPI's state and the communicator, fills in `comm` and `blocks`. */
int toc_mpi_coll_begin(struct toc_mpi_coll *call);

/** A rank; of an inter-communicator one of the other group, MPI_ROOT or MPI_PROC_NULL. */
int toc_mpi_coll_root(const struct toc_mpi_coll *call, int root);

/** MPI_IN_PLACE has no meaning on inter-communicators, where data go to the other group. */
int toc_mpi_coll_not_in_place(const struct toc_mpi_coll *call, const void *buffer);

/** Elements at `buffer`. `side`: "send" or "recv", for messages; "": the arguments have no
 *  prefix. */
int toc_mpi_coll_block(const struct toc_mpi_coll *call, const char *side, const void *buffer,
                       int64_t count, MPI_Datatype handle, struct toc_block *block);

/** A block per rank: `blocks` has what the call gave; `handle` is the type of all (unless there are
 *  `types`). `vector`: there have to be counts and displacements. */
int toc_mpi_coll_blocks(const struct toc_mpi_coll *call, const char *side, MPI_Datatype handle,
                        bool vector, struct toc_blocks *blocks);

int toc_mpi_coll_own(const struct toc_mpi_coll *call, const char *side,
                     const struct toc_mpi_own *own, struct toc_block *block);
int toc_mpi_coll_all(const struct toc_mpi_coll *call, const char *side, struct toc_mpi_all *all);

/** Own data, and apart from them the blocks of all; `in_place`: there are no own data. */
int toc_mpi_coll_both(const struct toc_mpi_coll *call, const char *own_side,
                      const struct toc_mpi_own *own, bool in_place, const char *all_side,
                      struct toc_mpi_all *all, struct toc_block *block);

/** Operands and result; `result`: this rank gets one of `result_count` elements. */
int toc_mpi_coll_reduction(const struct toc_mpi_coll *call, const void *sendbuf, void *recvbuf,
                           int64_t count, MPI_Datatype handle, MPI_Op op, bool result,
                           int64_t result_count, struct toc_reduction *reduction);

/** Where data go to must not be where they come from. */
int toc_mpi_coll_apart(const struct toc_mpi_coll *call, const struct toc_block *send,
                       const struct toc_block *receive);

/** Enters the guard and makes the schedule; NULL without memory. */
struct toc_schedule *toc_mpi_coll_schedule(const struct toc_mpi_coll *call);

/** Runs it, launches it or makes a persistent request of it, leaves the guard, raises what went
 *  wrong. */
int toc_mpi_coll_end(const struct toc_mpi_coll *call, struct toc_schedule *schedule);

/** Raises the status of a collective operation. */
int toc_mpi_coll_status(const char *function, MPI_Comm handle, int status);

#endif
