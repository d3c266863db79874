/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Groups and the communicators made from them: set operations, ranges, translation; Comm_split,
 * Comm_split_type, Comm_create, Comm_create_group; comparison; collectives and messages on the new
 * ones at the same time; limits and wrong arguments.
 */
#include "mpitest.h"

static int *members(MPI_Group group, int *n)
{
    MPI_Group world;
    int *from, *to;

    MPI_Comm_group(MPI_COMM_WORLD, &world);
    MPI_Group_size(group, n);
    from = mt_alloc((size_t)*n * sizeof(int));
    to = mt_alloc((size_t)*n * sizeof(int));
    for (int i = 0; i < *n; i++)
        from[i] = i;
    MPI_Group_translate_ranks(group, *n, from, world, to);
    MPI_Group_free(&world);
    free(from);
    return to;
}

static void check_group(MPI_Group group, int n, const int *expected, const char *what)
{
    int size, rank, mine = MPI_UNDEFINED;
    int *actual = members(group, &size);

    CHECK(size == n, "%s: the group has %d members, expected %d", what, size, n);
    for (int i = 0; i < n; i++) {
        CHECK(actual[i] == expected[i], "%s: member %d is rank %d, expected %d", what, i, actual[i],
              expected[i]);
        if (actual[i] == mt_rank)
            mine = i;
    }
    MPI_Group_rank(group, &rank);
    CHECK(rank == mine, "%s: this rank is member %d, expected %d", what, rank, mine);
    free(actual);
}

static void compare(MPI_Group a, MPI_Group b, int expected, const char *what)
{
    int result;

    MPI_Group_compare(a, b, &result);
    CHECK_EQ(result, expected, what);
}

/* The even ranks upwards, the odd ones downwards, and what follows from the two. */
static void groups(void)
{
    int *even = mt_alloc((size_t)mt_size * sizeof(int)),
        *odd = mt_alloc((size_t)mt_size * sizeof(int));
    int *all = mt_alloc((size_t)mt_size * sizeof(int)), n_even = 0, n_odd = 0;
    MPI_Group world, e, o, other;

    for (int r = 0; r < mt_size; r += 2)
        even[n_even++] = r;
    for (int r = mt_size - 1; r >= 0; r--)
        if (r % 2)
            odd[n_odd++] = r;
    MPI_Comm_group(MPI_COMM_WORLD, &world);
    MPI_Group_incl(world, n_even, even, &e);
    check_group(e, n_even, even, "Group_incl");
    MPI_Group_incl(world, n_odd, odd, &o);
    check_group(o, n_odd, odd, "Group_incl of odd ranks");
    compare(e, e, MPI_IDENT, "comparison with itself");
    compare(e, world, mt_size == 1 ? MPI_IDENT : MPI_UNEQUAL, "comparison with the world");

    int ranges[][3] = {{0, mt_size - 1, 2}};
    MPI_Group_range_incl(world, 1, ranges, &other);
    compare(e, other, MPI_IDENT, "Group_range_incl");
    MPI_Group_free(&other);
    MPI_Group_range_excl(world, 1, ranges, &other);
    compare(o, other, n_odd > 1 ? MPI_SIMILAR : MPI_IDENT, "Group_range_excl");
    MPI_Group_free(&other);
    int down[][3] = {{mt_size - 1, 0, -1}};
    MPI_Group_range_incl(world, 1, down, &other);
    compare(world, other, mt_size > 1 ? MPI_SIMILAR : MPI_IDENT, "Group_range_incl downwards");
    MPI_Group_free(&other);

    MPI_Group_union(e, o, &other);
    memcpy(all, even, (size_t)n_even * sizeof(int));
    memcpy(all + n_even, odd, (size_t)n_odd * sizeof(int));
    check_group(other, mt_size, all, "Group_union");
    MPI_Group_free(&other);
    MPI_Group_intersection(e, o, &other);
    CHECK(other == MPI_GROUP_EMPTY, "the intersection is not MPI_GROUP_EMPTY");
    MPI_Group_intersection(world, o, &other);
    compare(o, other, n_odd > 1 ? MPI_SIMILAR : MPI_IDENT, "Group_intersection");
    if (other != MPI_GROUP_EMPTY)
        MPI_Group_free(&other);
    MPI_Group_difference(world, o, &other);
    compare(e, other, MPI_IDENT, "Group_difference");
    MPI_Group_free(&other);
    MPI_Group_excl(world, n_even, even, &other);
    compare(o, other, n_odd > 1 ? MPI_SIMILAR : MPI_IDENT, "Group_excl");
    if (other != MPI_GROUP_EMPTY)
        MPI_Group_free(&other);
    if (o != MPI_GROUP_EMPTY)
        MPI_Group_free(&o);
    MPI_Group_free(&e);
    CHECK(e == MPI_GROUP_NULL, "Group_free left a handle");
    MPI_Group_free(&world);
    free(even);
    free(odd);
    free(all);
}

/* The communicator has these members in this order, and works. */
static void check_comm(MPI_Comm comm, int n, int my_rank, int sum_of_ranks, const char *what)
{
    int size, rank, sum = 0, top;

    MPI_Comm_size(comm, &size);
    MPI_Comm_rank(comm, &rank);
    CHECK(size == n && rank == my_rank, "%s: rank %d of %d, expected %d of %d", what, rank, size,
          my_rank, n);
    MPI_Allreduce(&mt_rank, &sum, 1, MPI_INT, MPI_SUM, comm);
    CHECK_EQ(sum, sum_of_ranks, what);
    top = rank == size - 1 ? mt_rank : -1;
    MPI_Bcast(&top, 1, MPI_INT, size - 1, comm);

    const int to = (rank + 1) % size, from = (rank + size - 1) % size;
    int got = -1;
    MPI_Status status;

    MPI_Sendrecv(&mt_rank, 1, MPI_INT, to, 3, &got, 1, MPI_INT, MPI_ANY_SOURCE, 3, comm, &status);
    CHECK_EQ(status.MPI_SOURCE, from, "source on a new communicator");
}

static void splits(void)
{
    for (int colors = 1; colors <= 3; colors++) {
        MPI_Comm comm;
        const int color = mt_rank % colors;
        int n = 0, sum = 0, above = 0;

        for (int r = color; r < mt_size; r += colors) {
            n++;
            sum += r;
            above += r > mt_rank;
        }
        MPI_Comm_split(MPI_COMM_WORLD, color, -10 * mt_rank, &comm);
        check_comm(comm, n, above, sum, "Comm_split with descending keys");
        MPI_Comm_free(&comm);
        MPI_Comm_split(MPI_COMM_WORLD, color, 5, &comm);
        check_comm(comm, n, n - 1 - above, sum, "Comm_split with equal keys");
        MPI_Comm_free(&comm);
        CHECK(comm == MPI_COMM_NULL, "Comm_free left a handle");
    }

    MPI_Comm comm;

    MPI_Comm_split(MPI_COMM_WORLD, mt_rank == 0 ? MPI_UNDEFINED : 7, mt_rank, &comm);
    CHECK((comm == MPI_COMM_NULL) == (mt_rank == 0), "MPI_UNDEFINED as color");
    if (comm != MPI_COMM_NULL) {
        check_comm(comm, mt_size - 1, mt_rank - 1, mt_size * (mt_size - 1) / 2, "all but rank 0");
        MPI_Comm_free(&comm);
    }
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, -mt_rank, MPI_INFO_NULL, &comm);
    check_comm(comm, mt_size, mt_size - 1 - mt_rank, mt_size * (mt_size - 1) / 2,
               "Comm_split_type");
    MPI_Comm_free(&comm);
}

#if MPI_VERSION > 4 || (MPI_VERSION == 4 && MPI_SUBVERSION >= 1)

/* A type that is guided by hints; size 0: no communicator. */
static void guided(int type, const char *key, const char *value, int size)
{
    MPI_Info info = MPI_INFO_NULL;
    MPI_Comm comm;
    int n = 0;

    if (key) {
        MPI_Info_create(&info);
        MPI_Info_set(info, key, value);
    }
    MPI_Comm_split_type(MPI_COMM_WORLD, type, 0, info, &comm);
    CHECK((comm == MPI_COMM_NULL) == (size == 0), "split type %d with %s: %s communicator", type,
          key ? value : "no hint", size ? "no" : "a");
    if (comm != MPI_COMM_NULL) {
        MPI_Comm_size(comm, &n);
        CHECK_EQ(n, size, "size of a communicator split by a hint");
        MPI_Comm_free(&comm);
    }
    if (key)
        MPI_Info_free(&info);
}

static void types(void)
{
    static const char hw[] = "mpi_hw_resource_type", pset[] = "mpi_pset_name";

    guided(MPI_COMM_TYPE_HW_GUIDED, hw, "mpi_shared_memory", mt_size);
    guided(MPI_COMM_TYPE_HW_GUIDED, hw, "no such thing", 0);
    guided(MPI_COMM_TYPE_HW_GUIDED, pset, "mpi://WORLD", 0);
    guided(MPI_COMM_TYPE_HW_GUIDED, NULL, NULL, 0);
    guided(MPI_COMM_TYPE_HW_UNGUIDED, NULL, NULL, 0);
    guided(MPI_COMM_TYPE_RESOURCE_GUIDED, hw, "mpi_shared_memory", mt_size);
    guided(MPI_COMM_TYPE_RESOURCE_GUIDED, pset, "mpi://WORLD", mt_size);
    guided(MPI_COMM_TYPE_RESOURCE_GUIDED, pset, "mpi://SELF", 1);
    guided(MPI_COMM_TYPE_RESOURCE_GUIDED, pset, "mpi://none", 0);
    guided(MPI_COMM_TYPE_RESOURCE_GUIDED, NULL, NULL, 0);
    guided(MPI_UNDEFINED, NULL, NULL, 0);
}

#else

static void types(void)
{
}

#endif

static void creations(void)
{
    MPI_Group world, upper;
    MPI_Comm comm, same;
    int result;
    const int first = mt_size / 2, n = mt_size - first;
    int range[][3] = {{mt_size - 1, first, -1}};
    const int sum = (first + mt_size - 1) * n / 2;

    MPI_Comm_group(MPI_COMM_WORLD, &world);
    MPI_Group_range_incl(world, 1, range, &upper);
    MPI_Comm_create(MPI_COMM_WORLD, upper, &comm);
    CHECK((comm == MPI_COMM_NULL) == (mt_rank < first), "Comm_create");
    if (mt_rank >= first) {
        check_comm(comm, n, mt_size - 1 - mt_rank, sum, "Comm_create");
        for (int i = 0; i < 20; i++) {
            MPI_Comm_create_group(MPI_COMM_WORLD, upper, i % 3, &same);
            MPI_Comm_compare(comm, same, &result);
            CHECK_EQ(result, MPI_CONGRUENT, "comparison of congruent communicators");
            check_comm(same, n, mt_size - 1 - mt_rank, sum, "Comm_create_group");
            MPI_Comm_free(&same);
        }
        MPI_Comm_free(&comm);
    }
    MPI_Comm_create(MPI_COMM_WORLD, MPI_GROUP_EMPTY, &comm);
    CHECK(comm == MPI_COMM_NULL, "Comm_create over nobody");
    MPI_Group_free(&upper);
    MPI_Group_free(&world);
}

static void compares_and_names(void)
{
    MPI_Comm dup, reversed;
    int result, length;
    char name[MPI_MAX_OBJECT_NAME];

    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    MPI_Comm_split(MPI_COMM_WORLD, 0, -mt_rank, &reversed);
    MPI_Comm_compare(MPI_COMM_WORLD, MPI_COMM_WORLD, &result);
    CHECK_EQ(result, MPI_IDENT, "comparison with itself");
    MPI_Comm_compare(MPI_COMM_WORLD, dup, &result);
    CHECK_EQ(result, MPI_CONGRUENT, "comparison with a duplicate");
    MPI_Comm_compare(dup, reversed, &result);
    CHECK_EQ(result, mt_size > 1 ? MPI_SIMILAR : MPI_CONGRUENT, "comparison with another order");
    MPI_Comm_compare(dup, MPI_COMM_SELF, &result);
    CHECK_EQ(result, mt_size > 1 ? MPI_UNEQUAL : MPI_CONGRUENT, "comparison with MPI_COMM_SELF");
    MPI_Comm_get_name(MPI_COMM_WORLD, name, &length);
    CHECK(strcmp(name, "MPI_COMM_WORLD") == 0 && length == 14, "name '%s' of length %d", name,
          length);
    MPI_Comm_get_name(dup, name, &length);
    CHECK(length == 0 && name[0] == '\0', "a new communicator has the name '%s'", name);
    MPI_Comm_set_name(dup, "mine");
    MPI_Comm_get_name(dup, name, &length);
    CHECK(strcmp(name, "mine") == 0 && length == 4, "name '%s' of length %d", name, length);
    MPI_Comm_free(&dup);
    MPI_Comm_free(&reversed);
}

static void wrong_arguments(void)
{
    MPI_Comm comm, freed;
    MPI_Group group, world, stale;
    const int twice[] = {0, 0}, far[] = {mt_size};
    int n;

    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    freed = comm;
    MPI_Comm_free(&comm);
    CHECK_CLASS(MPI_Comm_size(freed, &n), MPI_ERR_COMM, "size of a freed communicator");
    CHECK_CLASS(MPI_Comm_size(MPI_COMM_NULL, &n), MPI_ERR_COMM, "size of MPI_COMM_NULL");
    comm = MPI_COMM_WORLD;
    CHECK_CLASS(MPI_Comm_free(&comm), MPI_ERR_COMM, "freeing MPI_COMM_WORLD");
    MPI_Comm_group(MPI_COMM_WORLD, &world);
    CHECK_CLASS(MPI_Group_incl(world, 2, twice, &group), MPI_ERR_RANK, "a rank twice");
    CHECK_CLASS(MPI_Group_incl(world, 1, far, &group), MPI_ERR_RANK, "a rank out of range");
    stale = world;
    MPI_Group_free(&world);
    CHECK_CLASS(MPI_Group_size(stale, &n), MPI_ERR_GROUP, "size of a freed group");
    CHECK_CLASS(MPI_Comm_split(MPI_COMM_WORLD, -5, 0, &comm), MPI_ERR_ARG, "a negative color");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    groups();
    splits();
    creations();
    compares_and_names();
    if (mt_is_tocsin()) {
        types(); /* MPI 4.1 */
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
        wrong_arguments();
    }
    return mt_end();
}
