/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory_limit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

/* First line of a file, without its end. */
static bool read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool got = fgets(line, (int)size, file) != NULL;
    fclose(file);
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got;
}

/* memory.max of the group at `path`, below the root of groups; "max" and nonsense: no limit. */
static uint64_t group_limit(const char *path)
{
    char file[PATH_MAX], line[64], *end;
    if (snprintf(file, sizeof(file), CGROUPS "%s/memory.max", path) >= (int)sizeof(file) ||
        !read_line(file, line, sizeof(line)))
        return UINT64_MAX;
    unsigned long long bytes = strtoull(line, &end, 10);
    return end == line || *end != '\0' ? UINT64_MAX : bytes;
}

/* The tightest from this process's group upwards. A container sees its own group as the root. */
static uint64_t tightest_group(void)
{
    char line[PATH_MAX];
    uint64_t least = group_limit("");
    if (!read_line("/proc/self/cgroup", line, sizeof(line)) || strncmp(line, "0::/", 4) != 0)
        return least;
    for (char *path = line + strlen("0::"); *path != '\0'; *strrchr(path, '/') = '\0') {
        uint64_t limit = group_limit(path);
        least = limit < least ? limit : least;
    }
    return least;
}

uint64_t toc_memory_limit(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t machine = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
    uint64_t group = tightest_group();
    return group < machine ? group : machine;
}

uint64_t toc_memory_limit_address_space(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}
