/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_PROGRESS_REST_H
#define TOC_PROGRESS_REST_H

/*
 * Private to lib/progress. What mpirun is told of a rank that sleeps in MPI: a number that is odd
 * meanwhile, and the call (struct toc_job_rest). A look whether a bell is missing does not change
 * it, so that a number which stays odd says that nothing has moved. Guard held.
 */

/** The leader is about to sleep in `call`, unless it rests already. */
void toc_rest_begin(const char *call);

/** Something has woken it, or its wait is over. */
void toc_rest_end(void);

#endif
