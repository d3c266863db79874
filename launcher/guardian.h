/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_GUARDIAN_H
#define TOC_LAUNCHER_GUARDIAN_H

#include <stdint.h>
#include <sys/types.h>

/*
 * The guardian is a small process beside the ranks that does nothing until mpirun dies without
 * having ended the job (kill -9): then it kills the ranks' process groups and whatever else
 * carries the job's mark. The ranks die by themselves then (PR_SET_PDEATHSIG); it is there for
 * what they have started.
 */
struct toc_guardian;

/** The variable that marks every process of the job, and what the ranks started. */

/** Starts the guardian of a job of `nranks` ranks whose processes carry `mark`
 *  ("TOCSIN_JOB_ID=..."). Result 0 or -errno. */
int toc_guardian_start(uint32_t nranks, const char *mark, struct toc_guardian **guardian);

/** Rank `rank` is process group `pgid` (0: it is gone for good). Called by mpirun and, between
 *  fork and exec, by the rank itself. */
void toc_guardian_set(struct toc_guardian *guardian, uint32_t rank, pid_t pgid);

/** Dismisses the guardian when the job is over. */
void toc_guardian_stop(struct toc_guardian *guardian);

#endif
