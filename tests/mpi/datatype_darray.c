/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Type_create_darray against the definition: each element of the global array belongs to one
 * member of the grid, which has its elements in the order of memory.
 */
#include "mpitest.h"

enum { DIMS = 3, MOST = 2000 };

struct array {
    int ndims, order;
    int gsizes[DIMS], distribs[DIMS], dargs[DIMS], psizes[DIMS];
};

/* Which of the processes along dimension d has index i. */
static int owner(const struct array *a, int d, int i)
{
    int block = a->dargs[d];

    switch (a->distribs[d]) {
    case MPI_DISTRIBUTE_NONE:
        return 0;
    case MPI_DISTRIBUTE_BLOCK:
        if (block == MPI_DISTRIBUTE_DFLT_DARG)
            block = (a->gsizes[d] + a->psizes[d] - 1) / a->psizes[d];
        return i / block;
    default:
        if (block == MPI_DISTRIBUTE_DFLT_DARG)
            block = 1;
        return i / block % a->psizes[d];
    }
}

/* The member of the grid, in row-major order, that has the element at `place` in memory. */
static int owner_of(const struct array *a, int place)
{
    int coordinates[DIMS], rank = 0;

    for (int k = 0; k < a->ndims; k++) {
        const int d = a->order == MPI_ORDER_C ? a->ndims - 1 - k : k;

        coordinates[d] = owner(a, d, place % a->gsizes[d]);
        place /= a->gsizes[d];
    }
    for (int d = 0; d < a->ndims; d++)
        rank = rank * a->psizes[d] + coordinates[d];
    return rank;
}

static void check_contents(MPI_Datatype type, const struct array *a, int size, int rank)
{
    int integers, addresses, types, combiner, i[4 * DIMS + 4], *at = i + 3;
    MPI_Datatype old;

    MPI_Type_get_envelope(type, &integers, &addresses, &types, &combiner);
    CHECK_EQ(combiner, MPI_COMBINER_DARRAY, "combiner");
    CHECK_EQ(integers, 4 * a->ndims + 4, "number of integers");
    CHECK(addresses == 0 && types == 1, "%d addresses, %d types", addresses, types);
    MPI_Type_get_contents(type, integers, 0, 1, i, NULL, &old);
    CHECK(i[0] == size && i[1] == rank && i[2] == a->ndims, "size, rank, ndims");
    for (int d = 0; d < a->ndims; d++, at++) {
        CHECK_EQ(at[0], a->gsizes[d], "gsize");
        CHECK_EQ(at[a->ndims], a->distribs[d], "distrib");
        CHECK_EQ(at[2 * a->ndims], a->dargs[d], "darg");
        CHECK_EQ(at[3 * a->ndims], a->psizes[d], "psize");
    }
    CHECK_EQ(i[integers - 1], a->order, "order");
    CHECK(old == MPI_INT, "old type");
}

static void check(const struct array *a)
{
    static int global[2 * MOST], packed[2 * MOST];
    int total = 1, size = 1, seen = 0;

    for (int d = 0; d < a->ndims; d++) {
        total *= a->gsizes[d];
        size *= a->psizes[d];
    }
    CHECK(total <= MOST, "%d elements", total);
    for (int i = 0; i < 2 * total; i++)
        global[i] = i;
    for (int rank = 0; rank < size; rank++) {
        MPI_Datatype type;
        MPI_Aint lb, extent;
        int bytes, position = 0, n = 0;

        MPI_Type_create_darray(size, rank, a->ndims, a->gsizes, a->distribs, a->dargs, a->psizes,
                               a->order, MPI_INT, &type);
        check_contents(type, a, size, rank);
        MPI_Type_commit(&type);
        MPI_Type_get_extent(type, &lb, &extent);
        CHECK_EQ(lb, 0, "lower bound");
        CHECK_EQ(extent, total * (int)sizeof(int), "extent");
        MPI_Type_size(type, &bytes);
        /* Two of them, one behind the other. */
        MPI_Pack(global, 2, type, packed, sizeof(packed), &position, MPI_COMM_SELF);
        CHECK_EQ(position, 2 * bytes, "packed bytes");
        for (int i = 0; i < 2 * total; i++)
            if (owner_of(a, i % total) == rank)
                CHECK_EQ(packed[n++], i, "element of the local part");
        CHECK_EQ(n * (int)sizeof(int), 2 * bytes, "bytes of the local part");
        seen += n / 2;
        MPI_Type_free(&type);
    }
    CHECK_EQ(seen, total, "elements of all parts");
}

static void all_sorts(void)
{
    static const int kinds[] = {MPI_DISTRIBUTE_NONE, MPI_DISTRIBUTE_BLOCK, MPI_DISTRIBUTE_CYCLIC};
    uint64_t seed = 5;

    for (int round = 0; round < 400; round++) {
        struct array a = {.ndims = 1 + mt_random_below(&seed, DIMS),
                          .order = round % 2 ? MPI_ORDER_C : MPI_ORDER_FORTRAN};

        for (int d = 0; d < a.ndims; d++) {
            const int kind = mt_random_below(&seed, 3);

            a.distribs[d] = kinds[kind];
            a.gsizes[d] = 1 + mt_random_below(&seed, 12);
            a.psizes[d] = kind == 0 ? 1 : 1 + mt_random_below(&seed, 4);
            a.dargs[d] = MPI_DISTRIBUTE_DFLT_DARG;
            if (kind == 1 && round % 3)
                a.dargs[d] = (a.gsizes[d] + a.psizes[d] - 1) / a.psizes[d] + round % 2;
            if (kind == 2 && round % 3)
                a.dargs[d] = 1 + mt_random_below(&seed, 5);
        }
        check(&a);
    }
}

/* Distributed by one type, collected by it: the whole array arrives. */
static void exchange(void)
{
    enum { ROWS = 23, COLUMNS = 17 };
    static int matrix[ROWS][COLUMNS], got[ROWS][COLUMNS];
    int psizes[2] = {0, 0}, bytes;
    MPI_Datatype type;

    MPI_Dims_create(mt_size, 2, psizes);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        (&matrix[0][0])[i] = i;
    MPI_Type_create_darray(mt_size, mt_rank, 2, (int[]){ROWS, COLUMNS},
                           (int[]){MPI_DISTRIBUTE_CYCLIC, MPI_DISTRIBUTE_BLOCK},
                           (int[]){2, MPI_DISTRIBUTE_DFLT_DARG}, psizes, MPI_ORDER_C, MPI_INT,
                           &type);
    MPI_Type_commit(&type);
    MPI_Type_size(type, &bytes);
    if (mt_rank > 0) {
        MPI_Send(matrix, 1, type, 0, 1, MPI_COMM_WORLD);
    } else {
        MPI_Sendrecv(matrix, 1, type, 0, 1, got, 1, type, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int rank = 1; rank < mt_size; rank++) {
            MPI_Datatype part;

            MPI_Type_create_darray(mt_size, rank, 2, (int[]){ROWS, COLUMNS},
                                   (int[]){MPI_DISTRIBUTE_CYCLIC, MPI_DISTRIBUTE_BLOCK},
                                   (int[]){2, MPI_DISTRIBUTE_DFLT_DARG}, psizes, MPI_ORDER_C,
                                   MPI_INT, &part);
            MPI_Type_commit(&part);
            MPI_Recv(got, 1, part, rank, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Type_free(&part);
        }
        CHECK(!memcmp(matrix, got, sizeof(matrix)), "the collected array differs");
    }
    MPI_Type_free(&type);
}

static void misuse(void)
{
    const int none = MPI_DISTRIBUTE_NONE, block = MPI_DISTRIBUTE_BLOCK,
              standard = MPI_DISTRIBUTE_DFLT_DARG;
    MPI_Datatype type;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    CHECK_CLASS(MPI_Type_create_darray(2, 2, 1, (int[]){4}, &block, &standard, (int[]){2},
                                       MPI_ORDER_C, MPI_INT, &type),
                MPI_ERR_ARG, "rank beyond the grid");
    CHECK_CLASS(MPI_Type_create_darray(2, 0, 1, (int[]){4}, &block, &standard, (int[]){3},
                                       MPI_ORDER_C, MPI_INT, &type),
                MPI_ERR_ARG, "grid of another size");
    CHECK_CLASS(MPI_Type_create_darray(2, 0, 1, (int[]){4}, &none, &standard, (int[]){2},
                                       MPI_ORDER_C, MPI_INT, &type),
                MPI_ERR_ARG, "not distributed over two processes");
    CHECK_CLASS(MPI_Type_create_darray(2, 0, 1, (int[]){4}, &block, (int[]){1}, (int[]){2},
                                       MPI_ORDER_C, MPI_INT, &type),
                MPI_ERR_ARG, "blocks that do not cover the array");
    CHECK_CLASS(MPI_Type_create_darray(2, 0, 1, (int[]){4}, &block, &standard, (int[]){2}, 12345,
                                       MPI_INT, &type),
                MPI_ERR_ARG, "order");
    CHECK_CLASS(MPI_Type_create_darray(2, 0, 1, (int[]){4}, &block, &standard, (int[]){2},
                                       MPI_ORDER_C, MPI_DATATYPE_NULL, &type),
                MPI_ERR_TYPE, "null type");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    all_sorts();
    exchange();
    if (mt_is_tocsin())
        misuse();
    return mt_end();
}
