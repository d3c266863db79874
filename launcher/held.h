/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_HELD_H
#define TOC_LAUNCHER_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

/** Of a job that stands still: is it because a rank keeps as much as it may of what it has not
 *  received, and others hold messages back? Then it will never move: `text` says who keeps how
 *  much for whom, and *rank is the one. Not where ranks have several threads in MPI
 *  (MPI_THREAD_MULTIPLE), of which one may still receive. */
bool toc_held_explains(struct toc_job_header *job, uint32_t ranks, char *text, size_t size,
                       uint32_t *rank);

#endif
