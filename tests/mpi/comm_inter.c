/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inter-communicators: made over groups cut in several ways, with every rank as leader; messages,
 * whose ranks are the remote group's; duplicates, parts and unions; errors.
 */
#include "mpitest.h"

static MPI_Comm local, inter;
static int side, rank, size, remote_size;
static int *world_of[2]; /* world ranks of both groups */
static int sizes[2];

static int half(int r)
{
    return r < mt_size / 2;
}

static int odd(int r)
{
    return r % 2;
}

static int first(int r)
{
    return r == 0;
}

/* Who is where; the local communicator counts down on one side. */
static void cut(int (*side_of)(int))
{
    sizes[0] = sizes[1] = 0;
    for (int r = 0; r < mt_size; r++)
        if (!side_of(r))
            world_of[0][sizes[0]++] = r;
    for (int r = mt_size - 1; r >= 0; r--)
        if (side_of(r))
            world_of[1][sizes[1]++] = r;
    side = side_of(mt_rank);
    MPI_Comm_split(MPI_COMM_WORLD, side, side ? -mt_rank : mt_rank, &local);
    MPI_Comm_rank(local, &rank);
    MPI_Comm_size(local, &size);
    remote_size = sizes[!side];
    CHECK_EQ(size, sizes[side], "size of the local communicator");
}

static void check_group(MPI_Group group, const int *world, int n, const char *what)
{
    MPI_Group all;
    int members;

    MPI_Comm_group(MPI_COMM_WORLD, &all);
    MPI_Group_size(group, &members);
    CHECK_EQ(members, n, what);
    for (int i = 0; i < n; i++) {
        int r = -1;

        MPI_Group_translate_ranks(group, 1, &i, all, &r);
        CHECK(r == world[i], "%s: member %d is rank %d of the world, expected %d", what, i, r,
              world[i]);
    }
    MPI_Group_free(&all);
    MPI_Group_free(&group);
}

static void check_shape(MPI_Comm comm, const char *what)
{
    int flag = 0, n = -1;
    MPI_Group group;

    MPI_Comm_test_inter(comm, &flag);
    CHECK(flag, "%s: MPI_Comm_test_inter says no", what);
    MPI_Comm_rank(comm, &n);
    CHECK_EQ(n, rank, "rank in an inter-communicator");
    MPI_Comm_size(comm, &n);
    CHECK_EQ(n, size, "size of an inter-communicator");
    MPI_Comm_remote_size(comm, &n);
    CHECK_EQ(n, remote_size, "remote size");
    MPI_Comm_group(comm, &group);
    check_group(group, world_of[side], size, what);
    MPI_Comm_remote_group(comm, &group);
    check_group(group, world_of[!side], remote_size, what);
}

/* Everybody sends to everybody of the other group; received from named and unnamed sources. */
static void messages(MPI_Comm comm, int count)
{
    int *out = mt_alloc((size_t)remote_size * (size_t)count * sizeof(int));
    int *in = mt_alloc((size_t)count * sizeof(int));
    MPI_Request *requests = mt_alloc((size_t)remote_size * sizeof(MPI_Request));

    for (int to = 0; to < remote_size; to++) {
        for (int i = 0; i < count; i++)
            out[to * count + i] = side * 1000000 + rank * 10000 + to * 100 + i % 97;
        MPI_Isend(out + to * count, count, MPI_INT, to, 7, comm, &requests[to]);
    }
    for (int k = 0; k < remote_size; k++) {
        MPI_Status status;
        int from = MPI_ANY_SOURCE, got;

        if (count < 100) {
            MPI_Probe(from, 7, comm, &status);
            from = status.MPI_SOURCE;
            CHECK(from >= 0 && from < remote_size, "a probe found source %d", from);
        }
        MPI_Recv(in, count, MPI_INT, from, MPI_ANY_TAG, comm, &status);
        from = status.MPI_SOURCE;
        CHECK(from >= 0 && from < remote_size, "a message came from %d of %d", from, remote_size);
        CHECK_EQ(status.MPI_TAG, 7, "tag");
        MPI_Get_count(&status, MPI_INT, &got);
        CHECK_EQ(got, count, "count");
        for (int i = 0; i < count; i++)
            CHECK_EQ(in[i], !side * 1000000 + from * 10000 + rank * 100 + i % 97,
                     "what the message of that source holds");
    }
    MPI_Waitall(remote_size, requests, MPI_STATUSES_IGNORE);
    MPI_Barrier(comm); /* the next messages are not for these receives */
    free(out);
    free(in);
    free(requests);
}

static void exchange_pairs(MPI_Comm comm)
{
    int out = 10 * rank + side, in = -1;
    int partner = rank < remote_size ? rank : MPI_PROC_NULL;
    MPI_Status status;

    MPI_Sendrecv(&out, 1, MPI_INT, partner, 3, &in, 1, MPI_INT, partner, 3, comm, &status);
    CHECK_EQ(status.MPI_SOURCE, partner, "source of a Sendrecv");
    CHECK_EQ(in, partner == MPI_PROC_NULL ? -1 : 10 * rank + !side, "what Sendrecv got");
}

static void duplicates(void)
{
    MPI_Comm dup, other, plain;
    MPI_Request request;
    int result = -1, in[2] = {-1, -1}, out[2] = {1, 2};
    int partner = rank < remote_size ? rank : MPI_PROC_NULL;
    MPI_Request q[4];

    MPI_Comm_dup(inter, &dup);
    check_shape(dup, "duplicate");
    MPI_Comm_idup(inter, &other, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check_shape(other, "duplicate of MPI_Comm_idup");
    MPI_Comm_compare(inter, inter, &result);
    CHECK_EQ(result, MPI_IDENT, "comparison with itself");
    MPI_Comm_compare(inter, dup, &result);
    CHECK_EQ(result, MPI_CONGRUENT, "comparison with a duplicate");
    MPI_Comm_compare(inter, local, &result);
    CHECK_EQ(result, MPI_UNEQUAL, "comparison with the local communicator");
    /* The same envelope on two of them. */
    MPI_Irecv(&in[0], 1, MPI_INT, partner, 1, inter, &q[0]);
    MPI_Irecv(&in[1], 1, MPI_INT, partner, 1, dup, &q[1]);
    MPI_Isend(&out[1], 1, MPI_INT, partner, 1, dup, &q[2]);
    MPI_Isend(&out[0], 1, MPI_INT, partner, 1, inter, &q[3]);
    /* Freed while messages are under way. */
    MPI_Comm_free(&dup);
    CHECK(dup == MPI_COMM_NULL, "MPI_Comm_free left the handle");
    MPI_Waitall(4, q, MPI_STATUSES_IGNORE);
    if (partner != MPI_PROC_NULL)
        CHECK(in[0] == 1 && in[1] == 2, "messages crossed: %d and %d", in[0], in[1]);
    MPI_Comm_disconnect(&other);
    MPI_Comm_dup(local, &plain);
    MPI_Comm_test_inter(plain, &result);
    CHECK_EQ(result, 0, "MPI_Comm_test_inter of an intra-communicator");
    MPI_Comm_free(&plain);
}

/* Ranks of a union: first all of side `first_side`. */
static void check_union(MPI_Comm comm, int first_side)
{
    int *world = mt_alloc((size_t)mt_size * sizeof(int)), n = 0, flag = 1, sum = 0, r;
    MPI_Group group;

    for (int k = 0; k < 2; k++)
        for (int i = 0; i < sizes[k ? !first_side : first_side]; i++)
            world[n++] = world_of[k ? !first_side : first_side][i];
    MPI_Comm_test_inter(comm, &flag);
    CHECK(!flag, "a merged communicator says that it is none");
    MPI_Comm_group(comm, &group);
    check_group(group, world, n, "merged communicator");
    MPI_Comm_rank(comm, &r);
    MPI_Allreduce(&r, &sum, 1, MPI_INT, MPI_SUM, comm);
    CHECK_EQ(sum, n * (n - 1) / 2, "sum of the ranks");
    free(world);
}

static void unions(void)
{
    MPI_Comm merged;
    MPI_Group group;
    int zero = 0, first_side = -1, r;
    MPI_Group all;

    MPI_Intercomm_merge(inter, side == 0, &merged); /* 0 behind */
    check_union(merged, 1);
    MPI_Comm_free(&merged);
    MPI_Intercomm_merge(inter, side == 1 ? 17 : 0, &merged); /* any value is true */
    check_union(merged, 0);
    MPI_Comm_free(&merged);
    for (int high = 0; high < 2; high++) {
        /* Which comes first is up to the library. */
        MPI_Intercomm_merge(inter, high, &merged);
        MPI_Comm_group(merged, &group);
        MPI_Comm_group(MPI_COMM_WORLD, &all);
        MPI_Group_translate_ranks(group, 1, &zero, all, &r);
        first_side = r == world_of[1][0];
        MPI_Group_free(&group);
        MPI_Group_free(&all);
        check_union(merged, first_side);
        MPI_Comm_free(&merged);
    }
}

static void parts(void)
{
    MPI_Comm part;
    MPI_Group group, sub;
    int n, ranks[64], others, members = 0;

    /* By parity, in reversed order. */
    MPI_Comm_split(inter, rank % 2, -rank, &part);
    others = rank % 2 ? remote_size / 2 : (remote_size + 1) / 2;
    if (others == 0) {
        CHECK(part == MPI_COMM_NULL, "a communicator with nobody on the other side");
    } else {
        MPI_Comm_remote_size(part, &n);
        CHECK_EQ(n, others, "remote size of a part");
        MPI_Comm_size(part, &n);
        CHECK_EQ(n, rank % 2 ? size / 2 : (size + 1) / 2, "size of a part");
        MPI_Comm_rank(part, &n);
        int above = 0;
        for (int r = rank + 2; r < size; r += 2)
            above++;
        CHECK_EQ(n, above, "rank in a part");
        int mine = mt_rank, theirs[64];
        MPI_Allgather(&mine, 1, MPI_INT, theirs, 1, MPI_INT, part);
        for (int i = 0; i < others; i++) {
            int r = (remote_size - 1 - (remote_size - 1 - rank % 2) % 2) - 2 * i;
            CHECK_EQ(theirs[i], world_of[!side][r], "remote member of a part");
        }
        MPI_Comm_free(&part);
    }
    /* One rank of one side takes no part. */
    MPI_Comm_split(inter, side == 0 && rank == 0 ? MPI_UNDEFINED : 5, 0, &part);
    if ((side == 0 && rank == 0) || sizes[0] == 1) {
        CHECK(part == MPI_COMM_NULL, "a communicator without a partner");
    } else {
        MPI_Comm_remote_size(part, &n);
        CHECK_EQ(n, side == 0 ? remote_size : remote_size - 1, "remote size without one");
        MPI_Comm_free(&part);
    }
    /* Over groups: the last half, from behind. */
    MPI_Comm_group(inter, &group);
    for (int r = size - 1; r >= size / 2; r--)
        ranks[members++] = r;
    MPI_Group_incl(group, members, ranks, &sub);
    MPI_Comm_create(inter, sub, &part);
    if (rank < size / 2) {
        CHECK(part == MPI_COMM_NULL, "a communicator for one that is not in the group");
    } else {
        MPI_Comm_rank(part, &n);
        CHECK_EQ(n, size - 1 - rank, "rank in a communicator over a group");
        MPI_Comm_remote_size(part, &n);
        CHECK_EQ(n, remote_size - remote_size / 2, "remote size over a group");
        MPI_Comm_free(&part);
    }
    MPI_Comm_create(inter, side ? sub : MPI_GROUP_EMPTY, &part);
    CHECK(part == MPI_COMM_NULL, "a communicator with an empty group");
    MPI_Group_free(&sub);
    MPI_Group_free(&group);
}

static void check_error(int code, int class, const char *what)
{
    int got;

    MPI_Error_class(code, &got);
    CHECK_EQ(got, class, what);
}

static void errors(void)
{
    MPI_Comm made = MPI_COMM_NULL;
    MPI_Group group;
    int v = 0;

    if (!mt_is_tocsin())
        return;
    MPI_Comm_set_errhandler(inter, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(local, MPI_ERRORS_RETURN);
    check_error(MPI_Send(&v, 1, MPI_INT, remote_size, 0, inter), MPI_ERR_RANK,
                "class for a rank beyond the remote group");
    check_error(MPI_Recv(&v, 1, MPI_INT, remote_size, 0, inter, MPI_STATUS_IGNORE), MPI_ERR_RANK,
                "class for a source beyond the remote group");
    check_error(MPI_Intercomm_merge(local, 0, &made), MPI_ERR_COMM, "class for merging one group");
    check_error(MPI_Intercomm_merge(inter, 0, NULL), MPI_ERR_ARG, "class for no result");
    check_error(MPI_Comm_remote_size(local, &v), MPI_ERR_COMM, "class for no remote group");
    check_error(MPI_Comm_remote_group(local, &group), MPI_ERR_COMM, "class for no remote group");
    check_error(MPI_Intercomm_create(inter, 0, MPI_COMM_WORLD, 0, 1, &made), MPI_ERR_COMM,
                "class for an inter-communicator as local one");
    check_error(MPI_Intercomm_create(local, size, MPI_COMM_WORLD, 0, 1, &made), MPI_ERR_RANK,
                "class for a local leader out of range");
    check_error(MPI_Intercomm_create(local, -1, MPI_COMM_WORLD, 0, 1, &made), MPI_ERR_RANK,
                "class for a negative local leader");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (size == 1) {
        check_error(MPI_Intercomm_create(local, 0, MPI_COMM_WORLD, mt_size, 1, &made), MPI_ERR_RANK,
                    "class for a remote leader out of range");
        check_error(MPI_Intercomm_create(local, 0, MPI_COMM_WORLD, 0, -1, &made), MPI_ERR_TAG,
                    "class for a negative tag");
        check_error(MPI_Intercomm_create(local, 0, MPI_COMM_WORLD, mt_rank, 1, &made), MPI_ERR_COMM,
                    "class for a group with itself");
    }
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_group(inter, &group);
    check_error(MPI_Comm_create_group(inter, group, 0, &made), MPI_ERR_COMM,
                "class for MPI_Comm_create_group");
    MPI_Group_free(&group);
    check_error(MPI_Cart_create(inter, 1, &remote_size, &size, 0, &made), MPI_ERR_COMM,
                "class for MPI_Cart_create");
    MPI_Topo_test(inter, &v);
    CHECK_EQ(v, MPI_UNDEFINED, "topology of an inter-communicator");
    CHECK(made == MPI_COMM_NULL, "a call that failed made a communicator");
    MPI_Comm_set_errhandler(inter, MPI_ERRORS_ARE_FATAL);
}

/* Made of groups alone, by one side after the other; and the local communicator as well. */
static void from_groups(void)
{
    MPI_Group all, groups[2];
    MPI_Comm made, plain;
    int result, code, class;

    MPI_Comm_group(MPI_COMM_WORLD, &all);
    for (int k = 0; k < 2; k++)
        MPI_Group_incl(all, sizes[k], world_of[k], &groups[k]);
    MPI_Intercomm_create_from_groups(groups[side], 0, groups[!side], sizes[!side] - 1, "one",
                                     MPI_INFO_NULL, MPI_ERRORS_RETURN, &made);
    check_shape(made, "inter-communicator of groups");
    messages(made, 1);
    code = MPI_Send(&result, 1, MPI_INT, remote_size, 0, made); /* the error handler given */
    MPI_Error_class(code, &class);
    CHECK_EQ(class, MPI_ERR_RANK, "class for a rank beyond the remote group");
    MPI_Comm_create_from_group(groups[side], "two", MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, &plain);
    MPI_Comm_compare(plain, local, &result);
    CHECK_EQ(result, MPI_CONGRUENT, "comparison of a communicator of a group");
    MPI_Barrier(plain);
    MPI_Comm_free(&made);
    MPI_Comm_free(&plain);
    if (mt_is_tocsin()) {
        MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
        code = MPI_Comm_create_from_group(groups[!side], "x", MPI_INFO_NULL, MPI_ERRORS_RETURN,
                                          &plain);
        MPI_Error_class(code, &class);
        CHECK_EQ(class, MPI_ERR_GROUP, "class for a group of others");
        code = MPI_Intercomm_create_from_groups(groups[side], 0, all, 0, "x", MPI_INFO_NULL,
                                                MPI_ERRORS_RETURN, &plain);
        MPI_Error_class(code, &class);
        CHECK_EQ(class, MPI_ERR_GROUP, "class for groups that overlap");
        code = MPI_Comm_create_from_group(groups[side], "x", MPI_INFO_NULL, MPI_ERRHANDLER_NULL,
                                          &plain);
        MPI_Error_class(code, &class);
        CHECK_EQ(class, MPI_ERR_ERRHANDLER, "class for no error handler");
    }
    for (int k = 0; k < 2; k++)
        MPI_Group_free(&groups[k]);
    MPI_Group_free(&all);
}

static void all_over(int (*side_of)(int))
{
    MPI_Comm peer;

    cut(side_of);
    MPI_Comm_dup(MPI_COMM_WORLD, &peer);
    for (int leader = 0; leader < mt_size; leader++) {
        const int lead[] = {leader % sizes[0], leader % sizes[1]};

        /* Of no meaning but to the leader. */
        MPI_Intercomm_create(local, lead[side], rank == lead[side] ? peer : MPI_COMM_NULL,
                             rank == lead[side] ? world_of[!side][lead[!side]] : -5, leader,
                             &inter);
        check_shape(inter, "inter-communicator");
        if (leader == 0) {
            messages(inter, 1);
            messages(inter, 50000);
            exchange_pairs(inter);
            duplicates();
            unions();
            parts();
            errors();
            from_groups();
        }
        MPI_Comm_free(&inter);
    }
    MPI_Comm_free(&peer);
    MPI_Comm_free(&local);
}

/* Three groups in a ring, each between two others. */
static void ring(void)
{
    MPI_Comm mine, next, previous;
    const int groups = 3, group = mt_rank % 3;
    int value = group, n;

    if (mt_size < groups)
        return;
    MPI_Comm_split(MPI_COMM_WORLD, group, mt_rank, &mine);
    if (group == 0) {
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 1, 1, &next);
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 2, 3, &previous);
    } else if (group == 1) {
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 0, 1, &previous);
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 2, 2, &next);
    } else {
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 1, 2, &previous);
        MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, 0, 3, &next);
    }
    /* Each pair in the order in which it was made. */
    for (int k = 0; k < 3; k++) {
        if (k == group)
            MPI_Allreduce(&value, &n, 1, MPI_INT, MPI_MAX, next);
        else if (k == (group + 2) % 3)
            MPI_Allreduce(&value, &n, 1, MPI_INT, MPI_MAX, previous);
        else
            continue;
        CHECK_EQ(n, k == group ? (group + 1) % 3 : k, "maximum of the neighbour's values");
    }
    MPI_Comm_free(&next);
    MPI_Comm_free(&previous);
    MPI_Comm_free(&mine);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);
    for (int k = 0; k < 2; k++)
        world_of[k] = mt_alloc((size_t)mt_size * sizeof(int));
    all_over(half);
    all_over(odd);
    all_over(first);
    ring();
    free(world_of[0]);
    free(world_of[1]);
    return mt_end();
}
