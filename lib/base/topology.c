/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/topology.h"
#include "base/error.h"

#include <hwloc.h>
#include <stdbool.h>
#include <stdlib.h>

#define PLUGINS_PATH "HWLOC_PLUGINS_PATH"

struct toc_topology {
    hwloc_topology_t hwloc;
    hwloc_bitmap_t usable; /* hardware threads allowed by affinity and cgroup */
    hwloc_bitmap_t *cores; /* usable hardware threads of each usable core, in hwloc's order, which
                            * keeps neighbours (package, NUMA node, cache) together */
    unsigned ncores;
};

/* hwloc's plugins (graphics cards, PCI) take four times as long to load as the rest of it, and
 * there is no call to do without them. */
static int init_without_plugins(hwloc_topology_t *hwloc)
{
    bool hide = getenv(PLUGINS_PATH) == NULL && setenv(PLUGINS_PATH, "/dev/null", 0) == 0;
    int status = hwloc_topology_init(hwloc);

    if (hide)
        unsetenv(PLUGINS_PATH);
    return status;
}

/* A full load reads devices and firmware tables and visits every core, which takes longer than
 * starting the ranks. Only the objects that decide the order of the cores are kept. */
static int load_hwloc(hwloc_topology_t *result)
{
    hwloc_topology_t hwloc;

    if (init_without_plugins(&hwloc) < 0)
        return TOC_ERR_SYSTEM;
    hwloc_topology_set_all_types_filter(hwloc, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(hwloc, HWLOC_OBJ_PACKAGE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_type_filter(hwloc, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
#if HWLOC_API_VERSION >= 0x00020100
    hwloc_topology_set_components(hwloc, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
#endif
    if (hwloc_topology_load(hwloc) < 0) {
        hwloc_topology_destroy(hwloc);
        return TOC_ERR_SYSTEM;
    }
    *result = hwloc;
    return 0;
}

static int collect_usable(struct toc_topology *topology)
{
    hwloc_bitmap_t bound = hwloc_bitmap_alloc();

    topology->usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology->hwloc));
    if (bound == NULL || topology->usable == NULL) {
        hwloc_bitmap_free(bound);
        return TOC_ERR_NO_MEM;
    }
    if (hwloc_get_cpubind(topology->hwloc, bound, HWLOC_CPUBIND_THREAD) == 0 &&
        hwloc_bitmap_intersects(bound, topology->usable))
        hwloc_bitmap_and(topology->usable, topology->usable, bound);
    hwloc_bitmap_free(bound);
    return 0;
}

/* Some virtual machines tell nothing of cores: there every hardware thread is one. */
static int collect_cores(struct toc_topology *topology)
{
    int count = hwloc_get_nbobjs_by_type(topology->hwloc, HWLOC_OBJ_CORE);
    hwloc_obj_type_t type = count > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;

    count = hwloc_get_nbobjs_by_type(topology->hwloc, type);
    if (count <= 0)
        return TOC_ERR_SYSTEM;
    topology->cores = calloc((size_t)count, sizeof(*topology->cores));
    if (topology->cores == NULL)
        return TOC_ERR_NO_MEM;
    for (int i = 0; i < count; i++) {
        hwloc_obj_t core = hwloc_get_obj_by_type(topology->hwloc, type, (unsigned)i);
        if (!hwloc_bitmap_intersects(core->cpuset, topology->usable))
            continue;
        hwloc_bitmap_t threads = hwloc_bitmap_dup(core->cpuset);
        if (threads == NULL)
            return TOC_ERR_NO_MEM;
        hwloc_bitmap_and(threads, threads, topology->usable);
        topology->cores[topology->ncores++] = threads;
    }
    return topology->ncores > 0 ? 0 : TOC_ERR_SYSTEM;
}

int toc_topology_load(struct toc_topology **result)
{
    struct toc_topology *topology = calloc(1, sizeof(*topology));
    if (topology == NULL)
        return TOC_ERR_NO_MEM;

    int status = load_hwloc(&topology->hwloc);
    if (status != 0) {
        free(topology);
        return status;
    }
    status = collect_usable(topology);
    if (status == 0)
        status = collect_cores(topology);
    if (status != 0) {
        toc_topology_free(topology);
        return status;
    }
    *result = topology;
    return 0;
}

void toc_topology_free(struct toc_topology *topology)
{
    if (topology == NULL)
        return;
    for (unsigned i = 0; i < topology->ncores; i++)
        hwloc_bitmap_free(topology->cores[i]);
    free(topology->cores);
    hwloc_bitmap_free(topology->usable);
    hwloc_topology_destroy(topology->hwloc);
    free(topology);
}

unsigned toc_topology_cores(const struct toc_topology *topology)
{
    return topology->ncores;
}

int toc_topology_share(const struct toc_topology *topology, unsigned rank, unsigned nranks,
                       cpu_set_t **result, size_t *size)
{
    if (nranks == 0 || rank >= nranks || nranks > topology->ncores)
        return TOC_ERR_ARG;

    int width = hwloc_bitmap_last(topology->usable) + 1;
    cpu_set_t *set = CPU_ALLOC((size_t)width);
    if (set == NULL)
        return TOC_ERR_NO_MEM;
    *size = CPU_ALLOC_SIZE((size_t)width);
    CPU_ZERO_S(*size, set);

    unsigned first = (unsigned)((unsigned long)rank * topology->ncores / nranks);
    unsigned end = (unsigned)((rank + 1ul) * topology->ncores / nranks);
    for (unsigned i = first; i < end; i++) {
        int cpu;
        hwloc_bitmap_foreach_begin(cpu, topology->cores[i])
        {
            CPU_SET_S((size_t)cpu, *size, set);
        }
        hwloc_bitmap_foreach_end();
    }
    *result = set;
    return 0;
}
