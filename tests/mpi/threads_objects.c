/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that make and free communicators, types, groups, operations, infos and error handlers at
 * the same time, and use them: each on a communicator of its own.
 */
#include "threads.h"

enum { THREADS = 4, ROUNDS = 60, COUNT = 1000 };

static MPI_Comm comms[THREADS];

static void larger(void *in, void *inout, int *count, MPI_Datatype *type)
{
    const int *a = in;
    int *b = inout;

    (void)type;
    for (int i = 0; i < *count; i++)
        if (a[i] > b[i])
            b[i] = a[i];
}

static void ignore(MPI_Comm *comm, int *code, ...)
{
    (void)comm;
    (void)code;
}

static void use_type(MPI_Comm comm, int round)
{
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
    int out[2 * COUNT], in[2 * COUNT];
    MPI_Datatype column, same;
    MPI_Status status;

    MPI_Type_vector(COUNT, 1, 2, MPI_INT, &column);
    MPI_Type_dup(column, &same);
    MPI_Type_commit(&column);
    MPI_Type_commit(&same);
    for (int i = 0; i < 2 * COUNT; i++) {
        out[i] = round * i + mt_rank;
        in[i] = -1;
    }
    MPI_Sendrecv(out, 1, column, to, 3, in, 1, same, from, 3, comm, &status);
    MPI_Type_free(&column);
    MPI_Type_free(&same);
    for (int i = 0; i < 2 * COUNT; i++)
        CHECK_EQ(in[i], i % 2 == 0 ? round * i + from : -1, "element received");
}

static void use_op(MPI_Comm comm, int number, int round)
{
    int value = mt_rank * 10 + number + round, result = -1;
    MPI_Op op;

    MPI_Op_create(larger, 1, &op);
    MPI_Allreduce(&value, &result, 1, MPI_INT, op, comm);
    MPI_Op_free(&op);
    CHECK_EQ(result, (mt_size - 1) * 10 + number + round, "maximum");
}

static void use_group(MPI_Comm comm, int round)
{
    MPI_Group all, some;
    int size = -1, first = 0, translated = -1;
    MPI_Info info;

    MPI_Comm_group(comm, &all);
    MPI_Group_incl(all, 1, &first, &some);
    MPI_Group_size(some, &size);
    MPI_Group_translate_ranks(some, 1, &first, all, &translated);
    CHECK(size == 1 && translated == 0, "size %d, rank %d in round %d", size, translated, round);
    MPI_Group_free(&some);
    MPI_Group_free(&all);
    MPI_Info_create(&info);
    MPI_Info_set(info, "key", "value");
    MPI_Info_free(&info);
}

static void use_comm(MPI_Comm comm, int number, int round)
{
    MPI_Comm dup, split;
    MPI_Errhandler handler;
    int size = -1, value = number * 1000 + round, sum = -1;
    MPI_Request request;

    MPI_Comm_dup(comm, &dup);
    MPI_Comm_create_errhandler(ignore, &handler);
    MPI_Comm_set_errhandler(dup, handler);
    MPI_Errhandler_free(&handler);
    MPI_Comm_split(dup, mt_rank % 2, -mt_rank, &split);
    MPI_Comm_size(split, &size);
    MPI_Iallreduce(&value, &sum, 1, MPI_INT, MPI_SUM, split, &request);
    MPI_Comm_free(&split); /* what is under way goes on */
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    CHECK_EQ(sum, size * value, "sum over the half");
    MPI_Barrier(dup);
    MPI_Comm_free(&dup);
}

/* Classes that threads add at the same time are different. */
static void add_classes(int number)
{
    static int added[THREADS][ROUNDS];
    static _Atomic int finished;

    for (int i = 0; i < ROUNDS; i++)
        MPI_Add_error_class(&added[number][i]);
    if (++finished < THREADS)
        return;
    for (int i = 0; i < THREADS * ROUNDS; i++)
        for (int j = 0; j < i; j++)
            CHECK(added[i / ROUNDS][i % ROUNDS] != added[j / ROUNDS][j % ROUNDS],
                  "class %d was given out twice", added[i / ROUNDS][i % ROUNDS]);
}

static void work(int number)
{
    add_classes(number);
    for (int round = 0; round < ROUNDS; round++) {
        use_type(comms[number], round);
        use_op(comms[number], number, round);
        use_group(comms[number], round);
        use_comm(comms[number], number, round);
    }
}

int main(int argc, char **argv)
{
    start_multiple(&argc, &argv, 1);
    for (int i = 0; i < THREADS; i++)
        MPI_Comm_dup(MPI_COMM_WORLD, &comms[i]);
    run_team(THREADS, work);
    for (int i = 0; i < THREADS; i++)
        MPI_Comm_free(&comms[i]);
    return mt_end();
}
