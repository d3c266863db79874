/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_STATS_H
#define TOC_BASE_STATS_H

#include <stdint.h>
#include <stdio.h>

/** One counter for each line of stats.def. Incremented under the guard (or by the handler that
 *  holds it), so a plain increment is enough. */
struct toc_stats {
#define TOC_STAT(field, description) uint64_t field;
#include "base/stats.def"
#undef TOC_STAT
};

extern struct toc_stats toc_stats;

/** Prints every counter that is not zero, one line each, with `prefix` in front. */
void toc_stats_print(FILE *out, const char *prefix);

#endif
