/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_TOPOLOGY_H
#define TOC_BASE_TOPOLOGY_H

#include <sched.h>
#include <stddef.h>

/*
 * The cores that this process may use, and how they are shared out among ranks. Only the launcher
 * loads it: ranks find their number of cores in the job's header and their binding already made.
 */
struct toc_topology;

/** Asks hwloc for the cores inside this process's affinity mask and cgroup. Result 0, or
 *  TOC_ERR_SYSTEM when hwloc cannot tell. Release with toc_topology_free(). */
int toc_topology_load(struct toc_topology **topology);

/** NULL is allowed. */
void toc_topology_free(struct toc_topology *topology);

/** Number of usable cores, at least 1. The hardware threads of one core count once. */
unsigned toc_topology_cores(const struct toc_topology *topology);

/**
 * The share of rank `rank` when `nranks` (at most toc_topology_cores()) ranks divide the cores
 * into contiguous, equally large sets: all usable hardware threads of its cores. *set is for
 * sched_setaffinity() with *size bytes; release it with CPU_FREE(). Result 0, TOC_ERR_ARG when
 * there are more ranks than cores, TOC_ERR_NO_MEM.
 */
int toc_topology_share(const struct toc_topology *topology, unsigned rank, unsigned nranks,
                       cpu_set_t **set, size_t *size);

#endif
