/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: check_context */
#include "coll/context.h"

#include <stdlib.h>

#include "coll/coll.h"
#include "transport/world.h"

/* Several functions wait here. */
static const char makes_comm[] = "a call that makes a communicator";

/* Rank 0 of the schedule draws a number and tells the others. */
static void share_context(struct toc_schedule *schedule, uint32_t *context)
{
    struct toc_block block = {context, (int64_t)sizeof(*context), toc_coll_byte()};
    if (schedule->rank == 0)
        *context = toc_comm_draw_context();
    toc_coll_bcast(schedule, &block, 0);
}

static int agree(struct toc_schedule *schedule, uint32_t *context)
{
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    share_context(schedule, context);
    int status = toc_schedule_run(schedule, makes_comm);
    if (status == TOC_OK && *context == TOC_CONTEXT_NONE)
        return TOC_ERR_LIMIT;
    return status;
}

int toc_coll_agree_context(struct toc_comm *parent, uint32_t *context)
{
    return agree(toc_schedule_new(parent), context);
}

int toc_coll_agree_context_among(struct toc_comm *parent, const struct toc_group *group, int tag,
                                 uint32_t *context)
{
    return agree(toc_schedule_new_among(parent, group->members, group->rank, group->size, tag),
                 context);
}

/* Groups of its own, so that what the program does to its group handles does not matter. */
static int make(const struct toc_comm *parent, int size, const int *world_ranks, uint32_t context,
                struct toc_comm **result)
{
    struct toc_group *group = toc_group_create(size, world_ranks);
    if (group == NULL)
        return TOC_ERR_NO_MEM;
    *result = toc_comm_create(group, context, parent);
    toc_group_release(group);
    return *result != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

static int make_inter(const struct toc_comm *parent, struct toc_group *local, int remote_size,
                      const int *remote_ranks, bool first, uint32_t context,
                      struct toc_comm **result)
{
    struct toc_group *remote = toc_group_create(remote_size, remote_ranks);
    if (remote == NULL)
        return TOC_ERR_NO_MEM;
    *result = toc_comm_create_inter(local, remote, first, context, parent);
    toc_group_release(remote);
    return *result != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

int toc_coll_comm_dup(struct toc_comm *parent, struct toc_comm **result)
{
    uint32_t context;
    int status = toc_coll_agree_context(parent, &context);
    if (status != TOC_OK)
        return status;
    *result = toc_comm_create_like(parent, context);
    return *result != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

/* At the end of a duplicate's schedule its communicator has got a number, or there was none. */
static void check_context(struct toc_schedule *schedule)
{
    const struct toc_comm *made = schedule->argument;
    if (schedule->error == TOC_OK && made->context == TOC_CONTEXT_NONE)
        schedule->error = TOC_ERR_LIMIT;
}

int toc_coll_comm_idup(struct toc_comm *parent, struct toc_comm **result,
                       struct toc_request **request)
{
    struct toc_comm *made = toc_comm_create_like(parent, TOC_CONTEXT_NONE);
    struct toc_schedule *schedule = made != NULL ? toc_schedule_new_nonblocking(parent) : NULL;
    if (schedule == NULL) {
        if (made != NULL)
            toc_comm_release(made);
        return TOC_ERR_NO_MEM;
    }
    share_context(schedule, &made->context);
    schedule->on_end = check_context;
    schedule->argument = made;
    int status = toc_schedule_launch(schedule, request);
    if (status == TOC_OK)
        *result = made;
    else
        toc_comm_release(made);
    return status;
}

/* What each rank says of itself to all others. */
struct ticket {
    int color;
    int key;
    int rank;         /* among all of the parent */
    uint32_t context; /* the first one's counts */
};

/* Tickets of all ranks of a communicator, and room to choose from them. */
struct tickets {
    struct toc_comm *parent;
    const struct toc_group *everyone;
    struct ticket *all;    /* [everyone->size] */
    struct ticket *chosen; /* the same */
    int *ranks[2];         /* the same: world ranks */
};

static void tickets_free(struct tickets *tickets)
{
    free(tickets->all);
    free(tickets->chosen);
    free(tickets->ranks[0]);
    free(tickets->ranks[1]);
}

/* Everybody's ticket, with a new context number in the first one. */
static int tickets_collect(struct tickets *tickets, struct toc_comm *parent, int color, int key)
{
    const struct toc_group *everyone = toc_comm_everyone(parent);
    size_t size = (size_t)everyone->size;
    *tickets = (struct tickets){
        .parent = parent,
        .everyone = everyone,
        .all = malloc(size * sizeof(struct ticket)),
        .chosen = malloc(size * sizeof(struct ticket)),
        .ranks = {malloc(size * sizeof(int)), malloc(size * sizeof(int))},
    };
    bool room = tickets->all != NULL && tickets->chosen != NULL && tickets->ranks[0] != NULL &&
                tickets->ranks[1] != NULL;
    struct toc_schedule *schedule = room ? toc_schedule_new(parent) : NULL;
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    tickets->all[everyone->rank] = (struct ticket){color, key, everyone->rank, 0};
    if (everyone->rank == 0)
        tickets->all[0].context = toc_comm_draw_context();
    toc_coll_allgather(schedule, NULL,
                       &(struct toc_blocks){.base = tickets->all,
                                            .type = toc_coll_byte(),
                                            .count = (int64_t)sizeof(struct ticket)});
    int status = toc_schedule_run(schedule, makes_comm);
    if (status == TOC_OK && tickets->all[0].context == TOC_CONTEXT_NONE)
        return TOC_ERR_LIMIT;
    return status;
}

static int compare_tickets(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Members of `side` with a color, in their new order, as world ranks. Returns how many. */
static int tickets_choose(struct tickets *tickets, const struct toc_group *side, int color,
                          int *world_ranks)
{
    const int *members = tickets->everyone->members;
    int n = 0;
    for (int i = 0; i < tickets->everyone->size; i++)
        if (tickets->all[i].color == color && side->index[members[i]] >= 0)
            tickets->chosen[n++] = tickets->all[i];
    qsort(tickets->chosen, (size_t)n, sizeof(*tickets->chosen), compare_tickets);
    for (int i = 0; i < n; i++)
        world_ranks[i] = members[tickets->chosen[i].rank];
    return n;
}

static bool is_first(const struct toc_comm *inter)
{
    return inter->joint->members[0] == inter->group->members[0];
}

static int split(struct tickets *tickets, int color, struct toc_comm **result)
{
    const struct toc_comm *parent = tickets->parent;
    uint32_t context = tickets->all[0].context;
    int *local = tickets->ranks[0], *remote = tickets->ranks[1];
    int n = tickets_choose(tickets, parent->group, color, local);
    if (!toc_comm_is_inter(parent))
        return make(parent, n, local, context, result);
    int m = tickets_choose(tickets, parent->remote, color, remote);
    if (m == 0)
        return TOC_OK; /* nobody on the other side */
    struct toc_group *group = toc_group_create(n, local);
    if (group == NULL)
        return TOC_ERR_NO_MEM;
    int status = make_inter(parent, group, m, remote, is_first(parent), context, result);
    toc_group_release(group);
    return status;
}

int toc_coll_comm_split(struct toc_comm *parent, int color, int key, struct toc_comm **result)
{
    struct tickets tickets;
    *result = NULL;
    int status = tickets_collect(&tickets, parent, color, key);
    if (status == TOC_OK && color >= 0)
        status = split(&tickets, color, result);
    tickets_free(&tickets);
    return status;
}

int toc_coll_comm_create(struct toc_comm *parent, const struct toc_group *group,
                         struct toc_comm **result)
{
    uint32_t context;
    *result = NULL;
    /* The other side's group has to become known. */
    if (toc_comm_is_inter(parent))
        return toc_coll_comm_split(parent, group->rank >= 0 ? 0 : -1, group->rank, result);
    int status = toc_coll_agree_context(parent, &context);
    if (status != TOC_OK || group->rank < 0)
        return status;
    return make(parent, group->size, group->members, context, result);
}

int toc_coll_comm_create_group(struct toc_comm *parent, const struct toc_group *group, int tag,
                               struct toc_comm **result)
{
    uint32_t context;
    *result = NULL;
    if (group->rank < 0)
        return TOC_OK;
    int status = toc_coll_agree_context_among(parent, group, tag, &context);
    return status != TOC_OK ? status : make(parent, group->size, group->members, context, result);
}

int toc_coll_intercomm_merge(struct toc_comm *inter, bool high, struct toc_comm **result)
{
    struct tickets tickets;
    int status = tickets_collect(&tickets, inter, high, 0);
    if (status == TOC_OK) {
        const struct toc_group *joint = inter->joint;
        int last = joint->size - 1;
        /* Only if the group that is first wants to be behind, and the other one does not. */
        bool swap = tickets.all[0].color != 0 && tickets.all[last].color == 0;
        int first = is_first(inter) ? inter->size : inter->remote->size;
        int *ranks = tickets.ranks[0];
        for (int i = 0; i <= last; i++)
            ranks[i] = joint->members[swap ? (i + first) % joint->size : i];
        status = make(inter, joint->size, ranks, tickets.all[0].context, result);
    }
    tickets_free(&tickets);
    return status;
}

/* What the leaders tell each other, and their groups: integers. */
enum { INTRO_SIZE, INTRO_LEADER, INTRO_CONTEXT, INTRO_RANKS };

struct introduction {
    int length; /* of each: fits every group of the job */
    int *ours, *theirs;
};

static int introduction_alloc(struct introduction *intro)
{
    intro->length = INTRO_RANKS + toc_world.size;
    intro->ours = calloc((size_t)intro->length, sizeof(int));
    intro->theirs = calloc((size_t)intro->length, sizeof(int));
    return intro->ours != NULL && intro->theirs != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

static void introduction_free(struct introduction *intro)
{
    free(intro->ours);
    free(intro->theirs);
}

/* Between the leaders. The number of that with the lower world rank counts. */
static int exchange(struct introduction *intro, const struct toc_comm *local, struct toc_comm *peer,
                    int remote_leader, int tag)
{
    int leaders[] = {toc_world.rank, remote_leader};
    intro->ours[INTRO_SIZE] = local->size;
    intro->ours[INTRO_LEADER] = toc_world.rank;
    intro->ours[INTRO_CONTEXT] = (int)toc_comm_draw_context();
    for (int i = 0; i < local->size; i++)
        intro->ours[INTRO_RANKS + i] = local->group->members[i];
    struct toc_schedule *schedule = toc_schedule_new_among(peer, leaders, 0, 2, tag);
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    struct toc_datatype *type = toc_datatype_get(MPI_INT);
    toc_schedule_receive(schedule, intro->theirs, intro->length, type, 1);
    toc_schedule_send(schedule, intro->ours, intro->length, type, 1);
    int status = toc_schedule_run(schedule, makes_comm);
    if (toc_world.rank < remote_leader)
        intro->theirs[INTRO_CONTEXT] = intro->ours[INTRO_CONTEXT];
    return status;
}

/* The leader tells its group what it has learned; also that it failed. */
static int spread(struct introduction *intro, struct toc_comm *local, int leader, int status)
{
    struct toc_block block = {intro->theirs, intro->length, toc_datatype_get(MPI_INT)};
    struct toc_schedule *schedule = toc_schedule_new(local);
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    if (local->rank == leader && status != TOC_OK)
        intro->theirs[INTRO_SIZE] = status;
    toc_coll_bcast(schedule, &block, leader);
    status = toc_schedule_run(schedule, makes_comm);
    if (status == TOC_OK && intro->theirs[INTRO_SIZE] < 0)
        status = intro->theirs[INTRO_SIZE];
    if (status == TOC_OK && (uint32_t)intro->theirs[INTRO_CONTEXT] == TOC_CONTEXT_NONE)
        status = TOC_ERR_LIMIT;
    return status;
}

static bool overlap(const struct introduction *intro, const struct toc_group *group)
{
    for (int i = 0; i < intro->theirs[INTRO_SIZE]; i++)
        if (group->index[intro->theirs[INTRO_RANKS + i]] >= 0)
            return true;
    return false;
}

int toc_coll_intercomm_create(struct toc_comm *local, int leader, struct toc_comm *peer,
                              int remote_leader, int tag, struct toc_comm **result)
{
    struct introduction intro;
    int status = introduction_alloc(&intro);
    if (status == TOC_OK) {
        if (local->rank == leader)
            status = exchange(&intro, local, peer, remote_leader, tag);
        status = spread(&intro, local, leader, status);
    }
    if (status == TOC_OK && overlap(&intro, local->group))
        status = TOC_ERR_ARG;
    if (status == TOC_OK)
        status =
            make_inter(local, local->group, intro.theirs[INTRO_SIZE], intro.theirs + INTRO_RANKS,
                       local->group->members[leader] < intro.theirs[INTRO_LEADER],
                       (uint32_t)intro.theirs[INTRO_CONTEXT], result);
    introduction_free(&intro);
    return status;
}

/* The communicator is made first, with the order of its joint group as the members know it: the
 * group of the lowest world rank comes first. */
static bool has_lowest(const struct toc_group *local, const struct toc_group *remote)
{
    for (int rank = 0; rank < toc_world.size; rank++)
        if (local->index[rank] >= 0 || remote->index[rank] >= 0)
            return local->index[rank] >= 0;
    return false;
}

int toc_coll_intercomm_from_groups(struct toc_comm *parent, struct toc_group *local,
                                   struct toc_group *remote, int tag, struct toc_comm **result)
{
    struct toc_group *ours = toc_group_create(local->size, local->members);
    if (ours == NULL)
        return TOC_ERR_NO_MEM;
    int status = make_inter(parent, ours, remote->size, remote->members, has_lowest(ours, remote),
                            TOC_CONTEXT_NONE, result);
    toc_group_release(ours);
    if (status != TOC_OK)
        return status;
    status = toc_coll_agree_context_among(parent, (*result)->joint, tag, &(*result)->context);
    if (status != TOC_OK) {
        toc_comm_release(*result);
        *result = NULL;
    }
    return status;
}
