/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_WHEREABOUTS_H
#define TOC_LAUNCHER_WHEREABOUTS_H

#include "launch.h"

/** Where the ranks are, as words: "rank 0 waits in MPI_Recv, ranks 1-3 compute". Ranks that have
 *  ended are left out. What is in the segment is only quoted, and may be anything. Cut off with
 *  "..." if `size` is too small. */
void toc_whereabouts(struct toc_launch *launch, char *text, size_t size);

/** Looks once a second whether the job stands still, and says so. */
void toc_whereabouts_look(struct toc_launch *launch, int64_t now);

#endif
