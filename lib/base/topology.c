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

static hwloc_obj_type_t type_of(enum toc_bind bind)
{
    switch (bind) {
    case TOC_BIND_L1CACHE:
        return HWLOC_OBJ_L1CACHE;
    case TOC_BIND_L2CACHE:
        return HWLOC_OBJ_L2CACHE;
    case TOC_BIND_L3CACHE:
        return HWLOC_OBJ_L3CACHE;
    case TOC_BIND_NUMA:
        return HWLOC_OBJ_NUMANODE;
    case TOC_BIND_SOCKET:
        return HWLOC_OBJ_PACKAGE;
    default:
        return HWLOC_OBJ_CORE;
    }
}

/* A full load reads devices and firmware tables and visits every core, which takes longer than
 * starting the ranks. Only the objects that decide the order of the cores are kept. */
static int load_hwloc(enum toc_bind bind, hwloc_topology_t *result)
{
    hwloc_topology_t hwloc;

    if (init_without_plugins(&hwloc) < 0)
        return TOC_ERR_SYSTEM;
    hwloc_topology_set_all_types_filter(hwloc, HWLOC_TYPE_FILTER_KEEP_NONE);
    hwloc_topology_set_type_filter(hwloc, HWLOC_OBJ_PACKAGE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_type_filter(hwloc, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
    hwloc_topology_set_type_filter(hwloc, type_of(bind), HWLOC_TYPE_FILTER_KEEP_ALL);
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

int toc_topology_load(enum toc_bind bind, struct toc_topology **result)
{
    struct toc_topology *topology = calloc(1, sizeof(*topology));
    if (topology == NULL)
        return TOC_ERR_NO_MEM;

    int status = load_hwloc(bind, &topology->hwloc);
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

unsigned toc_topology_places(const struct toc_topology *topology, enum toc_bind bind)
{
    return bind == TOC_BIND_HWTHREAD ? (unsigned)hwloc_bitmap_weight(topology->usable)
                                     : topology->ncores;
}

/* Hardware threads `first` to `end` - 1 of those usable, core by core. */
static void add_threads(const struct toc_topology *topology, unsigned first, unsigned end,
                        hwloc_bitmap_t share)
{
    unsigned index = 0;

    for (unsigned i = 0; i < topology->ncores; i++) {
        int cpu;
        hwloc_bitmap_foreach_begin(cpu, topology->cores[i])
        {
            if (index >= first && index < end)
                hwloc_bitmap_set(share, (unsigned)cpu);
            index++;
        }
        hwloc_bitmap_foreach_end();
    }
}

/* All that is usable of the object around a core. */
static void add_object(const struct toc_topology *topology, hwloc_obj_type_t type, unsigned core,
                       hwloc_bitmap_t share)
{
    hwloc_obj_t object = hwloc_get_next_obj_covering_cpuset_by_type(
        topology->hwloc, topology->cores[core], type, NULL);

    if (object == NULL)
        hwloc_bitmap_copy(share, topology->usable);
    else
        hwloc_bitmap_and(share, object->cpuset, topology->usable);
}

static void find_share(const struct toc_topology *topology, enum toc_bind bind, unsigned rank,
                       unsigned nranks, hwloc_bitmap_t share)
{
    unsigned places = toc_topology_places(topology, bind);
    unsigned first = (unsigned)((unsigned long)rank * places / nranks);
    unsigned end = (unsigned)((rank + 1ul) * places / nranks);

    if (bind == TOC_BIND_HWTHREAD)
        add_threads(topology, first, end, share);
    else if (bind != TOC_BIND_CORE)
        add_object(topology, type_of(bind), first, share);
    else
        for (unsigned i = first; i < end; i++)
            hwloc_bitmap_or(share, share, topology->cores[i]);
}

int toc_topology_share(const struct toc_topology *topology, enum toc_bind bind, unsigned rank,
                       unsigned nranks, cpu_set_t **result, size_t *size)
{
    if (nranks == 0 || rank >= nranks || nranks > toc_topology_places(topology, bind))
        return TOC_ERR_ARG;

    int width = hwloc_bitmap_last(topology->usable) + 1;
    hwloc_bitmap_t share = hwloc_bitmap_alloc();
    cpu_set_t *set = CPU_ALLOC((size_t)width);
    if (set == NULL || share == NULL) {
        hwloc_bitmap_free(share);
        CPU_FREE(set);
        return TOC_ERR_NO_MEM;
    }
    *size = CPU_ALLOC_SIZE((size_t)width);
    CPU_ZERO_S(*size, set);
    find_share(topology, bind, rank, nranks, share);
    int cpu;
    hwloc_bitmap_foreach_begin(cpu, share)
    {
        CPU_SET_S((size_t)cpu, *size, set);
    }
    hwloc_bitmap_foreach_end();
    hwloc_bitmap_free(share);
    *result = set;
    return 0;
}
