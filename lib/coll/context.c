/* SPDX-License-Identifier: BSD-3-Clause */
#include "coll/context.h"

#include <stdlib.h>
#include <string.h>

#include "coll/coll.h"
#include "transport/world.h"

/* A context number is the world rank of the process that gave it out, and a counter of that
 * process; so nobody else ever gives out the same, whatever other agreements are under way in other
 * threads. When its counter has come round, the others have to confirm that they do not use the
 * number any more. */
#define RANK_BITS 10
#define COUNTERS  (UINT32_C(1) << 21)
_Static_assert(TOC_MAX_RANKS <= 1 << RANK_BITS, "the giver's rank is part of the number");

#define SECOND_HAND (UINT64_C(1) << 32)
#define ATTEMPTS    10000

static uint32_t counter = 1; /* 0: MPI_COMM_WORLD and MPI_COMM_SELF */
static bool came_round;

void toc_coll_contexts_from(uint32_t start)
{
    counter = start;
}

struct search {
    uint32_t context;
    bool found;
};

static void look(void *object, void *argument)
{
    struct search *search = argument;
    if (((const struct toc_comm *)object)->context == search->context)
        search->found = true;
}

static bool is_in_use(uint32_t context)
{
    struct search search = {.context = context};
    toc_handle_each(TOC_KIND_COMM, look, &search);
    return search.found;
}

static uint64_t propose(void)
{
    uint32_t context = counter << RANK_BITS | (uint32_t)toc_world.rank;
    uint64_t proposal = context | (came_round ? SECOND_HAND : 0);
    if (++counter == COUNTERS) {
        counter = 1;
        came_round = true;
    }
    return proposal;
}

/* Who agrees: all members of `parent`, or those named. */
struct party {
    struct toc_comm *parent;
    const int *members;
    int rank, size, tag;
};

/* All words of the party, ored. */
static int combine(const struct party *party, uint64_t *word)
{
    struct toc_schedule *schedule =
        party->members == NULL ? toc_schedule_new(party->parent)
                               : toc_schedule_new_among(party->parent, party->members, party->rank,
                                                        party->size, party->tag);
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    toc_coll_allreduce(schedule, &(struct toc_reduction){
                                     .in = word,
                                     .out = word,
                                     .count = 1,
                                     .type = toc_datatype_get(MPI_UINT64_T),
                                     .op = toc_op_get(MPI_BOR),
                                 });
    return toc_schedule_run(schedule);
}

/* The party's first member gives the number out. */
static int agree(const struct party *party, uint32_t *context)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        uint64_t word = party->rank == 0 ? propose() : 0;
        int status = combine(party, &word);
        *context = (uint32_t)word;
        if (status != TOC_OK || (word & SECOND_HAND) == 0)
            return status;
        word = is_in_use(*context);
        status = combine(party, &word);
        if (status != TOC_OK || word == 0)
            return status;
    }
    return TOC_ERR_LIMIT;
}

int toc_coll_agree_context(struct toc_comm *parent, uint32_t *context)
{
    const struct party party = {.parent = parent, .rank = parent->rank};
    return agree(&party, context);
}

int toc_coll_agree_context_among(struct toc_comm *parent, const int *members, int rank, int size,
                                 int tag, uint32_t *context)
{
    const struct party party = {parent, members, rank, size, tag};
    return agree(&party, context);
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
    if (status == TOC_OK)
        status = make(parent, parent->group, context, result);
    if (status == TOC_OK)
        (*result)->topo = toc_topo_retain(parent->topo);
    return status;
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
