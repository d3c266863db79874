/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An operation that assigns whole structures, of which the datatype describes the front only
 * (resized to their size), as C++ assignment does: wherever the library calls it, count x extent is
 * there to be written. What it writes beyond the data is looked at by the sanitizers, and by the
 * heap's own checks.
 */
#include <stddef.h>
#include "mpitest.h"

struct item {
    double key;
    char name[9];
    char rest[300]; /* not communicated */
};

static MPI_Datatype item_type;

static void take_smallest(void *in, void *inout, int *count, MPI_Datatype *type)
{
    struct item *x = in, *y = inout;

    CHECK(*type == item_type, "the operation got another type");
    for (int i = 0; i < *count; i++)
        if (x[i].key < y[i].key)
            y[i] = x[i];
}

static double key_of(int rank, int i)
{
    return (rank * 7 + i * 3) % 11;
}

static void fill(struct item *items, int count)
{
    for (int i = 0; i < count; i++) {
        items[i].key = key_of(mt_rank, i);
        snprintf(items[i].name, sizeof(items[i].name), "r%d", mt_rank);
    }
}

static void check_smallest(const struct item *items, int count, int ranks, const char *what)
{
    for (int i = 0; i < count; i++) {
        double best = key_of(0, i);

        for (int r = 1; r < ranks; r++)
            best = key_of(r, i) < best ? key_of(r, i) : best;
        CHECK(items[i].key == best, "%s: element %d has %g, not %g", what, i, items[i].key, best);
    }
}

static void check_all(MPI_Op op, int count)
{
    int all = count * mt_size;
    struct item *in = mt_alloc((size_t)all * sizeof(*in)),
                *out = mt_alloc((size_t)all * sizeof(*out));
    MPI_Request request;

    memset(in, 0, (size_t)all * sizeof(*in));
    memset(out, 0, (size_t)all * sizeof(*out));
    fill(in, all);
    MPI_Allreduce(in, out, count, item_type, op, MPI_COMM_WORLD);
    check_smallest(out, count, mt_size, "Allreduce");
    MPI_Iallreduce(in, out, count, item_type, op, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check_smallest(out, count, mt_size, "Iallreduce");
    for (int root = 0; root < mt_size; root++) {
        MPI_Reduce(in, out, count, item_type, op, root, MPI_COMM_WORLD);
        if (mt_rank == root)
            check_smallest(out, count, mt_size, "Reduce");
    }
    MPI_Scan(in, out, count, item_type, op, MPI_COMM_WORLD);
    check_smallest(out, count, mt_rank + 1, "Scan");
    MPI_Exscan(in, out, count, item_type, op, MPI_COMM_WORLD);
    if (mt_rank > 0)
        check_smallest(out, count, mt_rank, "Exscan");
    MPI_Reduce_scatter_block(in, out, count, item_type, op, MPI_COMM_WORLD);
    fill(out, count);
    MPI_Allreduce(MPI_IN_PLACE, out, count, item_type, op, MPI_COMM_WORLD);
    check_smallest(out, count, mt_size, "Allreduce in place");
    fill(out, count);
    MPI_Reduce_local(in, out, count, item_type, op);
    free(in);
    free(out);
}

int main(int argc, char **argv)
{
    int lengths[2] = {1, 9};
    MPI_Aint places[2] = {offsetof(struct item, key), offsetof(struct item, name)};
    MPI_Datatype types[2] = {MPI_DOUBLE, MPI_CHAR}, front;
    MPI_Op op;

    mt_start(&argc, &argv, 1);
    MPI_Type_create_struct(2, lengths, places, types, &front);
    MPI_Type_create_resized(front, 0, sizeof(struct item), &item_type);
    MPI_Type_commit(&item_type);
    for (int commutes = 0; commutes < 2; commutes++) {
        MPI_Op_create(take_smallest, commutes, &op);
        for (int count = 1; count < 3000; count = count * 9 + 2)
            check_all(op, count);
        MPI_Op_free(&op);
    }
    MPI_Type_free(&front);
    MPI_Type_free(&item_type);
    return mt_end();
}
