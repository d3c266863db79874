/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Bcast: every root, sizes from nothing to megabytes, vector types on some ranks and plain ones
 * on others, many in a row without a barrier between them, and several communicators.
 */
#include "mpitest.h"

static const int sizes[] = {0, 1, 7, 64, 1000, 5000, 65536, 100000, 1000000};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), GUARD = 32, GUARD_VALUE = 0xc3 };

static void one(int size, int root, MPI_Comm comm)
{
    unsigned char *b = mt_alloc((size_t)size + GUARD);
    const unsigned seed = (unsigned)(size + root);

    memset(b, GUARD_VALUE, (size_t)size + GUARD);
    if (mt_rank == root)
        mt_fill(b, (size_t)size, seed);
    CHECK_EQ(MPI_Bcast(b, size, MPI_BYTE, root, comm), MPI_SUCCESS, "result of Bcast");
    CHECK_FILLED(b, (size_t)size, seed, "Bcast");
    CHECK_UNTOUCHED(b + size, GUARD, GUARD_VALUE, "bytes after the buffer");
    free(b);
}

/* Even ranks have the integers contiguous, odd ones every third. */
static void layouts(int n, int root)
{
    const int step = mt_rank % 2 ? 3 : 1;
    int *b = mt_alloc(sizeof(int) * (size_t)(3 * n));
    MPI_Datatype type;

    MPI_Type_vector(n, 1, step, MPI_INT, &type);
    MPI_Type_commit(&type);
    for (int i = 0; i < 3 * n; i++)
        b[i] = -5;
    if (mt_rank == root) {
        for (int i = 0; i < n; i++)
            b[i * step] = i * 3 + root;
    }
    MPI_Bcast(b, 1, type, root, MPI_COMM_WORLD);
    for (int i = 0; i < 3 * n; i++) {
        const bool data = i % step == 0 && i / step < n;

        CHECK(b[i] == (data ? i / step * 3 + root : -5), "integer %d is %d", i, b[i]);
    }
    MPI_Type_free(&type);
    free(b);
}

/* Nobody waits for anybody: a fast root runs ahead of slow ranks. */
static void in_a_row(MPI_Comm comm)
{
    for (int i = 0; i < 500; i++) {
        const int root = i / 10 % mt_size;
        int value[2] = {-1, -1};

        if (mt_rank == root)
            value[0] = i, value[1] = i * 7;
        MPI_Bcast(value, 2, MPI_INT, root, comm);
        CHECK(value[0] == i && value[1] == i * 7, "broadcast %d delivered %d %d", i, value[0],
              value[1]);
    }
}

int main(int argc, char **argv)
{
    MPI_Comm dup;
    int value = 17;

    mt_start(&argc, &argv, 1);
    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    for (int k = 0; k < SIZES; k++) {
        for (int root = 0; root < mt_size; root++)
            one(sizes[k], root, root % 2 ? dup : MPI_COMM_WORLD);
    }
    for (int root = 0; root < mt_size; root++) {
        layouts(10, root);
        layouts(30000, root);
    }
    in_a_row(MPI_COMM_WORLD);
    in_a_row(dup);
    MPI_Bcast(&value, 1, MPI_INT, 0, MPI_COMM_SELF);
    CHECK_EQ(value, 17, "Bcast on MPI_COMM_SELF");
    MPI_Comm_free(&dup);
    return mt_end();
}
