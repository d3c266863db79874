/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_HELD_H
#define TOC_BASE_HELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

/** Writes who keeps how much for whom, and what can be done: "rank 1 keeps 140.2 MB of messages
 *  ...". Of rank `rank`, which this line belongs to. */
void toc_held_describe(struct toc_job_held *held, uint32_t rank, char *text, size_t size);

#endif
