/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/context.h"

#include <stdlib.h>
#include <string.h>

#include "coll/coll.h"

#define WORDS (TOC_CONTEXTS / 64)

/* Everybody's free numbers, and the lowest that is left. The guard is held from here to the
 * creation of the communicator: no other agreement comes in between. */
static int agree(struct toc_schedule *schedule, uint32_t *context)
{
    uint64_t words[WORDS];
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    memcpy(words, toc_comm_free_contexts, sizeof(words));
    toc_coll_allreduce(schedule, &(struct toc_reduction){
                                     .in = words,
                                     .out = words,
                                     .count = WORDS,
                                     .type = toc_datatype_get(MPI_UINT64_T),
                                     .op = toc_op_get(MPI_BAND),
                                 });
    int status = toc_schedule_run(schedule);
    if (status != TOC_OK)
        return status;
    for (uint32_t i = 0; i < WORDS; i++) {
        if (words[i] != 0) {
            *context = i * 64 + (uint32_t)__builtin_ctzll(words[i]);
            return TOC_OK;
        }
    }
    return TOC_ERR_LIMIT;
}

int toc_coll_agree_context(struct toc_comm *parent, uint32_t *context)
{
    return agree(toc_schedule_new(parent), context);
}

int toc_coll_agree_context_among(struct toc_comm *parent, const int *members, int rank, int size,
                                 int tag, uint32_t *context)
{
    return agree(toc_schedule_new_among(parent, members, rank, size, tag), context);
}

static int make(struct toc_comm *parent, struct toc_group *group, uint32_t context,
                struct toc_comm **result)
{
    *result = toc_comm_create(group, context, parent);
    return *result != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

/* Over a group of its own, so that what the program does to its group handles does not matter. */
static int make_over(struct toc_comm *parent, int size, const int *world_ranks, uint32_t context,
                     struct toc_comm **result)
{
    struct toc_group *group = toc_group_create(size, world_ranks);
    if (group == NULL)
        return TOC_ERR_NO_MEM;
    int status = make(parent, group, context, result);
    toc_group_release(group);
    return status;
}

int toc_coll_comm_dup(struct toc_comm *parent, struct toc_comm **result)
{
    uint32_t context;
    int status = toc_coll_agree_context(parent, &context);
    return status != TOC_OK ? status : make(parent, parent->group, context, result);
}

int toc_coll_comm_create(struct toc_comm *parent, const struct toc_group *group,
                         struct toc_comm **result)
{
    uint32_t context;
    *result = NULL;
    int status = toc_coll_agree_context(parent, &context);
    if (status != TOC_OK || group->rank < 0)
        return status;
    return make_over(parent, group->size, group->members, context, result);
}

int toc_coll_comm_create_group(struct toc_comm *parent, const struct toc_group *group, int tag,
                               struct toc_comm **result)
{
    uint32_t context;
    *result = NULL;
    if (group->rank < 0)
        return TOC_OK;
    int *members = malloc((size_t)group->size * sizeof(*members));
    if (members == NULL)
        return TOC_ERR_NO_MEM;
    for (int i = 0; i < group->size; i++)
        members[i] = toc_comm_rank_of(parent, group->members[i]);
    int status =
        toc_coll_agree_context_among(parent, members, group->rank, group->size, tag, &context);
    free(members);
    return status != TOC_OK ? status
                            : make_over(parent, group->size, group->members, context, result);
}

struct ticket {
    int color;
    int key;
    int rank; /* in the parent */
};

static int compare_tickets(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int collect_tickets(struct toc_comm *parent, struct ticket *tickets)
{
    struct toc_schedule *schedule = toc_schedule_new(parent);
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    toc_coll_allgather(schedule, NULL,
                       &(struct toc_blocks){.base = tickets,
                                            .type = toc_coll_byte(),
                                            .count = (int64_t)sizeof(*tickets)});
    return toc_schedule_run(schedule);
}

/* Those of one color in their new order, as world ranks. Returns how many. */
static int sort_out(const struct toc_comm *parent, struct ticket *tickets, int color,
                    int *world_ranks)
{
    int n = 0;
    for (int i = 0; i < parent->size; i++)
        if (tickets[i].color == color)
            tickets[n++] = tickets[i];
    qsort(tickets, (size_t)n, sizeof(*tickets), compare_tickets);
    for (int i = 0; i < n; i++)
        world_ranks[i] = toc_comm_world_rank(parent, tickets[i].rank);
    return n;
}

static int split(struct toc_comm *parent, struct ticket *tickets, int *world_ranks,
                 struct toc_comm **result)
{
    uint32_t context;
    int color = tickets[parent->rank].color;
    int status = collect_tickets(parent, tickets);
    if (status == TOC_OK)
        status = toc_coll_agree_context(parent, &context);
    if (status != TOC_OK || color < 0)
        return status;
    int n = sort_out(parent, tickets, color, world_ranks);
    return make_over(parent, n, world_ranks, context, result);
}

int toc_coll_comm_split(struct toc_comm *parent, int color, int key, struct toc_comm **result)
{
    size_t size = (size_t)parent->size;
    struct ticket *tickets = malloc(size * sizeof(*tickets));
    int *world_ranks = malloc(size * sizeof(*world_ranks));
    int status = TOC_ERR_NO_MEM;
    *result = NULL;
    if (tickets != NULL && world_ranks != NULL) {
        tickets[parent->rank] = (struct ticket){color, key, parent->rank};
        status = split(parent, tickets, world_ranks, result);
    }
    free(tickets);
    free(world_ranks);
    return status;
}
