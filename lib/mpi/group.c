/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups (MPI 5.0, section 7.3). Their errors go to the error handler of MPI_COMM_SELF. */
#include "mpi/group_impl.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "progress/guard.h"
#include "transport/world.h"

int toc_mpi_check_group(const char *function, MPI_Comm comm, MPI_Group handle,
                        struct toc_group **group)
{
    toc_mpi_check_active(function);
    *group = toc_handle_lookup(TOC_KIND_GROUP, (uintptr_t)handle);
    if (*group != NULL)
        return MPI_SUCCESS;
    if (handle == MPI_GROUP_NULL)
        return toc_mpi_raise(comm, MPI_ERR_GROUP, function, "the group is MPI_GROUP_NULL");
    return toc_mpi_raise(comm, MPI_ERR_GROUP, function,
                         "%s is not a group (freed, or of another library)",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

static int check_pointer(const char *function, const char *what, const void *pointer)
{
    if (pointer != NULL)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "%s is a null pointer", what);
}

/* A group and the place where a function puts its result. */
static int check_query(const char *function, MPI_Group handle, const char *what,
                       const void *pointer, struct toc_group **group)
{
    int code = toc_mpi_check_group(function, MPI_COMM_SELF, handle, group);
    return code != MPI_SUCCESS ? code : check_pointer(function, what, pointer);
}

static int check_two(const char *function, MPI_Group handle1, MPI_Group handle2, const char *what,
                     const void *pointer, struct toc_group **group1, struct toc_group **group2)
{
    int code = check_query(function, handle1, what, pointer, group1);
    if (code != MPI_SUCCESS)
        return code;
    return toc_mpi_check_group(function, MPI_COMM_SELF, handle2, group2);
}

static int raise_no_mem(const char *function, MPI_Comm comm)
{
    return toc_mpi_raise(comm, MPI_ERR_NO_MEM, function, "out of memory, or too many groups");
}

int toc_mpi_group_make(const char *function, MPI_Comm comm, int size, const int *members,
                       MPI_Group *handle)
{
    if (size == 0) {
        *handle = MPI_GROUP_EMPTY;
        return MPI_SUCCESS;
    }
    toc_guard_enter();
    const struct toc_group *group = toc_group_create(size, members);
    toc_guard_leave();
    if (group == NULL)
        return raise_no_mem(function, comm);
    *handle = TOC_MPI_HANDLE(MPI_Group, group);
    return MPI_SUCCESS;
}

int toc_mpi_group_compare(const struct toc_group *a, const struct toc_group *b)
{
    if (a->size != b->size)
        return MPI_UNEQUAL;
    int result = MPI_IDENT;
    for (int i = 0; i < a->size; i++) {
        if (b->index[a->members[i]] < 0)
            return MPI_UNEQUAL;
        if (a->members[i] != b->members[i])
            result = MPI_SIMILAR;
    }
    return result;
}

int PMPI_Group_rank(MPI_Group group, int *rank)
{
    struct toc_group *object;
    int code = check_query("MPI_Group_rank", group, "rank", rank, &object);
    if (code == MPI_SUCCESS)
        *rank = object->rank >= 0 ? object->rank : MPI_UNDEFINED;
    return code;
}
TOC_MPI_ALIAS(Group_rank);

int PMPI_Group_size(MPI_Group group, int *size)
{
    struct toc_group *object;
    int code = check_query("MPI_Group_size", group, "size", size, &object);
    if (code == MPI_SUCCESS)
        *size = object->size;
    return code;
}
TOC_MPI_ALIAS(Group_size);

int PMPI_Group_compare(MPI_Group group1, MPI_Group group2, int *result)
{
    struct toc_group *a, *b;
    int code = check_two("MPI_Group_compare", group1, group2, "result", result, &a, &b);
    if (code == MPI_SUCCESS)
        *result = toc_mpi_group_compare(a, b);
    return code;
}
TOC_MPI_ALIAS(Group_compare);

static int raise_rank(const char *function, int index, int rank, const struct toc_group *group)
{
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_RANK, function,
                         "rank %d (number %d of the list) is out of range: the group has %d ranks",
                         rank, index, group->size);
}

static int check_n(const char *function, int n)
{
    if (n >= 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "n is %d, it must not be negative",
                         n);
}

int PMPI_Group_translate_ranks(MPI_Group group1, int n, const int ranks1[], MPI_Group group2,
                               int ranks2[])
{
    static const char function[] = "MPI_Group_translate_ranks";
    struct toc_group *from, *to;
    int code = toc_mpi_check_group(function, MPI_COMM_SELF, group1, &from);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_group(function, MPI_COMM_SELF, group2, &to);
    if (code == MPI_SUCCESS)
        code = check_n(function, n);
    if (code == MPI_SUCCESS && n > 0)
        code = check_pointer(function, "ranks1", ranks1);
    if (code == MPI_SUCCESS && n > 0)
        code = check_pointer(function, "ranks2", ranks2);
    for (int i = 0; code == MPI_SUCCESS && i < n; i++) {
        if (ranks1[i] == MPI_PROC_NULL) {
            ranks2[i] = MPI_PROC_NULL;
            continue;
        }
        if (ranks1[i] < 0 || ranks1[i] >= from->size)
            return raise_rank(function, i, ranks1[i], from);
        int rank = to->index[from->members[ranks1[i]]];
        ranks2[i] = rank >= 0 ? rank : MPI_UNDEFINED;
    }
    return code;
}
TOC_MPI_ALIAS(Group_translate_ranks);

/* Ranks chosen from a group, in order, each at most once. */
struct choice {
    const char *function;
    const struct toc_group *group;
    int *members; /* [size of the job] world ranks chosen */
    int n;
    bool *taken; /* [size of the group] */
};

static int choice_begin(struct choice *choice, const char *function, const struct toc_group *group)
{
    *choice = (struct choice){.function = function, .group = group};
    choice->members = malloc(((size_t)toc_world.size + 1) * sizeof(int));
    choice->taken = calloc((size_t)group->size + 1, sizeof(bool));
    if (choice->members != NULL && choice->taken != NULL)
        return MPI_SUCCESS;
    free(choice->members);
    free(choice->taken);
    return raise_no_mem(function, MPI_COMM_SELF);
}

/* `index`: number in the program's list, for the message. */
static int choose(struct choice *choice, int index, int rank)
{
    if (rank < 0 || rank >= choice->group->size)
        return raise_rank(choice->function, index, rank, choice->group);
    if (choice->taken[rank])
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_RANK, choice->function,
                             "rank %d (number %d of the list) is there twice", rank, index);
    choice->taken[rank] = true;
    choice->members[choice->n++] = choice->group->members[rank];
    return MPI_SUCCESS;
}

/* What has not been chosen, in the order of the group. */
static void invert(struct choice *choice)
{
    choice->n = 0;
    for (int i = 0; i < choice->group->size; i++)
        if (!choice->taken[i])
            choice->members[choice->n++] = choice->group->members[i];
}

static int choice_end(struct choice *choice, int code, MPI_Group *newgroup)
{
    if (code == MPI_SUCCESS)
        code = toc_mpi_group_make(choice->function, MPI_COMM_SELF, choice->n, choice->members,
                                  newgroup);
    free(choice->members);
    free(choice->taken);
    return code;
}

static int pick(const char *function, MPI_Group handle, int n, const int ranks[], bool exclude,
                MPI_Group *newgroup)
{
    struct toc_group *group;
    struct choice choice;
    int code = check_query(function, handle, "newgroup", newgroup, &group);
    if (code == MPI_SUCCESS)
        code = check_n(function, n);
    if (code == MPI_SUCCESS && n > 0)
        code = check_pointer(function, "ranks", ranks);
    if (code == MPI_SUCCESS)
        code = choice_begin(&choice, function, group);
    if (code != MPI_SUCCESS)
        return code;
    for (int i = 0; code == MPI_SUCCESS && i < n; i++)
        code = choose(&choice, i, ranks[i]);
    if (exclude)
        invert(&choice);
    return choice_end(&choice, code, newgroup);
}

int PMPI_Group_incl(MPI_Group group, int n, const int ranks[], MPI_Group *newgroup)
{
    return pick("MPI_Group_incl", group, n, ranks, false, newgroup);
}
TOC_MPI_ALIAS(Group_incl);

int PMPI_Group_excl(MPI_Group group, int n, const int ranks[], MPI_Group *newgroup)
{
    return pick("MPI_Group_excl", group, n, ranks, true, newgroup);
}
TOC_MPI_ALIAS(Group_excl);

static int choose_range(struct choice *choice, int index, const int range[3])
{
    int code = MPI_SUCCESS;
    long long first = range[0], last = range[1], stride = range[2];
    if (stride == 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, choice->function,
                             "the stride of range %d is 0", index);
    for (long long rank = first; code == MPI_SUCCESS && (stride > 0 ? rank <= last : rank >= last);
         rank += stride)
        code = choose(choice, index, (int)rank);
    return code;
}

static int pick_ranges(const char *function, MPI_Group handle, int n, int ranges[][3], bool exclude,
                       MPI_Group *newgroup)
{
    struct toc_group *group;
    struct choice choice;
    int code = check_query(function, handle, "newgroup", newgroup, &group);
    if (code == MPI_SUCCESS)
        code = check_n(function, n);
    if (code == MPI_SUCCESS && n > 0)
        code = check_pointer(function, "ranges", ranges);
    if (code == MPI_SUCCESS)
        code = choice_begin(&choice, function, group);
    if (code != MPI_SUCCESS)
        return code;
    for (int i = 0; code == MPI_SUCCESS && i < n; i++)
        code = choose_range(&choice, i, ranges[i]);
    if (exclude)
        invert(&choice);
    return choice_end(&choice, code, newgroup);
}

int PMPI_Group_range_incl(MPI_Group group, int n, int ranges[][3], MPI_Group *newgroup)
{
    return pick_ranges("MPI_Group_range_incl", group, n, ranges, false, newgroup);
}
TOC_MPI_ALIAS(Group_range_incl);

int PMPI_Group_range_excl(MPI_Group group, int n, int ranges[][3], MPI_Group *newgroup)
{
    return pick_ranges("MPI_Group_range_excl", group, n, ranges, true, newgroup);
}
TOC_MPI_ALIAS(Group_range_excl);

/* Which members of the first group, and whether then those that only the second one has. */
enum operation { UNION, INTERSECTION, DIFFERENCE };

static bool keeps(enum operation operation, const struct toc_group *second, int world_rank)
{
    if (operation == UNION)
        return true;
    return (second->index[world_rank] >= 0) == (operation == INTERSECTION);
}

static int combine(const char *function, MPI_Group handle1, MPI_Group handle2,
                   enum operation operation, MPI_Group *newgroup)
{
    struct toc_group *first, *second;
    struct choice choice;
    int code = check_two(function, handle1, handle2, "newgroup", newgroup, &first, &second);
    if (code == MPI_SUCCESS)
        code = choice_begin(&choice, function, first);
    if (code != MPI_SUCCESS)
        return code;
    for (int i = 0; i < first->size; i++)
        if (keeps(operation, second, first->members[i]))
            choice.members[choice.n++] = first->members[i];
    for (int i = 0; operation == UNION && i < second->size; i++)
        if (first->index[second->members[i]] < 0)
            choice.members[choice.n++] = second->members[i];
    return choice_end(&choice, code, newgroup);
}

int PMPI_Group_union(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)
{
    return combine("MPI_Group_union", group1, group2, UNION, newgroup);
}
TOC_MPI_ALIAS(Group_union);

int PMPI_Group_intersection(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)
{
    return combine("MPI_Group_intersection", group1, group2, INTERSECTION, newgroup);
}
TOC_MPI_ALIAS(Group_intersection);

int PMPI_Group_difference(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)
{
    return combine("MPI_Group_difference", group1, group2, DIFFERENCE, newgroup);
}
TOC_MPI_ALIAS(Group_difference);

int PMPI_Group_free(MPI_Group *group)
{
    static const char function[] = "MPI_Group_free";
    struct toc_group *object;
    toc_mpi_check_active(function);
    int code = check_pointer(function, "group", group);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_group(function, MPI_COMM_SELF, *group, &object);
    if (code != MPI_SUCCESS)
        return code;
    /* MPI_GROUP_EMPTY may be what another function returned: freeing it does nothing. */
    if (object != &toc_group_empty) {
        toc_guard_enter();
        toc_group_release(object);
        toc_guard_leave();
    }
    *group = MPI_GROUP_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Group_free);
