/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "transport/world.h"

struct toc_group toc_group_empty;

static int fill(struct toc_group *group, int size, const int *members)
{
    int world_size = toc_world.size;
    group->members = malloc(((size_t)size + 1) * sizeof(int));
    group->index = malloc((size_t)world_size * sizeof(int));
    if (group->members == NULL || group->index == NULL) {
        free(group->members);
        free(group->index);
        return TOC_ERR_NO_MEM;
    }
    group->size = size;
    if (size > 0)
        memcpy(group->members, members, (size_t)size * sizeof(int));
    for (int i = 0; i < world_size; i++)
        group->index[i] = -1;
    for (int i = 0; i < size; i++)
        group->index[members[i]] = i;
    group->rank = group->index[toc_world.rank];
    return 0;
}

struct toc_group *toc_group_create(int size, const int *members)
{
    struct toc_group *group = toc_handle_alloc(TOC_KIND_GROUP, sizeof(*group));
    if (group != NULL && fill(group, size, members) != 0) {
        toc_handle_free(group);
        return NULL;
    }
    return group;
}

struct toc_group *toc_group_retain(struct toc_group *group)
{
    group->object.refs++;
    return group;
}

void toc_group_release(struct toc_group *group)
{
    if (--group->object.refs > 0)
        return;
    free(group->members);
    free(group->index);
    toc_handle_free(group);
}

int toc_group_init(void)
{
    toc_handle_bind(TOC_KIND_GROUP, 0x109, &toc_group_empty); /* MPI_GROUP_EMPTY */
    return fill(&toc_group_empty, 0, NULL);
}
