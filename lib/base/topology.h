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

/** What a rank is bound to: its share of the cores or hardware threads, or the whole of the larger
 *  object around its share's first core. */
enum toc_bind {
    TOC_BIND_NONE,
    TOC_BIND_CORE,
    TOC_BIND_HWTHREAD,
    TOC_BIND_L1CACHE,
    TOC_BIND_L2CACHE,
    TOC_BIND_L3CACHE,
    TOC_BIND_NUMA,
    TOC_BIND_SOCKET,
};

/** Asks hwloc for the cores inside this process's affinity mask and cgroup, and for what `bind`
 *  needs to be known besides. Result 0, or TOC_ERR_SYSTEM when hwloc cannot tell. Release with
 *  toc_topology_free(). */
int toc_topology_load(enum toc_bind bind, struct toc_topology **topology);

/** NULL is allowed. */
void toc_topology_free(struct toc_topology *topology);

/** Number of usable cores, at least 1. The hardware threads of one core count once. */
unsigned toc_topology_cores(const struct toc_topology *topology);

/** How many ranks there may be for toc_topology_share(): the cores, or for TOC_BIND_HWTHREAD the
 *  usable hardware threads. */
unsigned toc_topology_places(const struct toc_topology *topology, enum toc_bind bind);

/**
 * What rank `rank` of `nranks` (at most toc_topology_places()) is bound to. The cores or hardware
 * threads are divided into contiguous, equally large sets: with TOC_BIND_CORE and TOC_BIND_HWTHREAD
 * the rank has its set (of cores with all their usable hardware threads), else all that is usable
 * of the object around the set's first core; where hwloc knows no such object, of the machine.
 * *set is for sched_setaffinity() with *size bytes; release it with CPU_FREE(). Result 0,
 * TOC_ERR_ARG when there are more ranks than places, TOC_ERR_NO_MEM.
 */
int toc_topology_share(const struct toc_topology *topology, enum toc_bind bind, unsigned rank,
                       unsigned nranks, cpu_set_t **set, size_t *size);

#endif
