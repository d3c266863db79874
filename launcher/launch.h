/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_LAUNCH_H
#define TOC_LAUNCHER_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/job.h"
#include "exchange.h"
#include "guardian.h"
#include "input.h"
#include "options.h"
#include "output.h"
#include "spread.h"
#include "stall.h"

/* Who an epoll event belongs to: the upper half of its 64-bit tag. */
#define TOC_TAG_OUTPUT (UINT64_C(1) << 32)
#define TOC_TAG_INPUT  (UINT64_C(2) << 32)
#define TOC_TAG_RANK   (UINT64_C(3) << 32)
#define TOC_TAG_SIGNAL (UINT64_C(4) << 32)
#define TOC_TAG_ERROR  (UINT64_C(5) << 32)
#define TOC_TAG_DESK   (UINT64_C(6) << 32)
#define TOC_TAG_SPREAD (UINT64_C(7) << 32)

struct toc_launch_rank {
    pid_t pid; /* also its process group; not reaped before all ranks have left; then 0 */
    int pidfd; /* -1: not available, or it has left */
    bool left;
};

/** A running job, as mpirun sees it. */
struct toc_launch {
    struct toc_options options;
    char mark[64];
    uint64_t nonce; /* in the mark, and in the segment */
    struct toc_job_header *header;
    int job_fd;
    struct toc_guardian *guardian;
    struct toc_output *output;
    struct toc_input *input;        /* NULL: no single rank gets it */
    struct toc_spread *spread;      /* NULL: it is not for all */
    struct toc_exchange_desk *desk; /* NULL: there is no use for one */
    struct toc_launch_rank *ranks;
    uint32_t started, left; /* counts */
    int epoll_fd;
    int signal_fd;
    int error_fd;      /* read end: struct toc_spawn_error of ranks that could not be started */
    bool have_pidfd;   /* else SIGCHLD tells that somebody has left */
    bool outsider;     /* a rank has left with 0 without having called MPI_Init */
    bool foreign_told; /* that a program is linked with another MPI */
    int64_t next_look; /* when to compare it with the others again */
    int64_t deadline;  /* of --timeout, in milliseconds; 0: none */
    struct toc_stall stall;
    int64_t next_stall_look;

    int exit_code;
    bool ending;
    bool granted;           /* ... with the time that a signal to mpirun grants the ranks */
    int end_signal;         /* what the ranks were sent first */
    int64_t ending_since;   /* milliseconds */
    int64_t next_signal;    /* when they get the next stronger one */
    unsigned interruptions; /* signals that asked mpirun to end */
    int64_t patience;       /* when to stop waiting for mpirun's reader; 0: never */
};

/** Runs the job to its end. Result: mpirun's exit code. */
int toc_launch_run(struct toc_launch *launch);

/** The event loop, from the start of the ranks until everything is over. */
void toc_supervise(struct toc_launch *launch);

/** Ends the job as a signal to mpirun asks for: every rank's process group gets it once, and
 * SIGKILL when the time of --kill-timeout is over. Nothing happens to a job that ends already. */
void toc_supervise_interrupt(struct toc_launch *launch, int signal);

/** Ends the job: every rank's process group gets `signal`, then SIGTERM, then SIGKILL, all within
 *  a second. mpirun will exit with `code`. `rank` is who caused it, -1 for nobody. Only the first
 *  call counts. */
void toc_supervise_end(struct toc_launch *launch, int signal, int code, int rank);

/** Sends `signal` to the process groups of all ranks. */
void toc_supervise_signal(struct toc_launch *launch, int signal);

/** Blocks the signals that mpirun takes through *fd (a signalfd). The mask in force before is in
 *  *before. Result 0 or -errno. */
int toc_signals_open(bool children, sigset_t *before, int *fd);

/** Reads and obeys the signals that have come. Returns whether a child may have left. */
bool toc_signals_take(struct toc_launch *launch);

/** All ranks have left: from now on an interrupted mpirun does not wait long for its reader. */
void toc_signals_finish(struct toc_launch *launch);

#endif
