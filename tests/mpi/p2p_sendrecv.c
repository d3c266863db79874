/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Sendrecv and MPI_Sendrecv_replace: shifts in both directions, with oneself, with different
 * sizes and types on both sides, at the edge with MPI_PROC_NULL, and matched by plain sends and
 * receives.
 */
#include "mpitest.h"

static const int sizes[] = {0, 1, 100, 4096, 70000, 300000, 1 << 20};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), LARGEST = 1 << 20 };

static unsigned char *out, *in;

static void shift(int size, int distance)
{
    const int to = (mt_rank + distance) % mt_size;
    const int from = (mt_rank + mt_size - distance) % mt_size;
    MPI_Status status;

    mt_fill(out, (size_t)size, (unsigned)mt_rank);
    memset(in, 0, (size_t)size);
    MPI_Sendrecv(out, size, MPI_BYTE, to, 1, in, size, MPI_BYTE, from, 1, MPI_COMM_WORLD, &status);
    CHECK_STATUS(&status, from, 1, MPI_BYTE, size, "Sendrecv");
    CHECK_FILLED(in, (size_t)size, (unsigned)from, "Sendrecv");
    CHECK_FILLED(out, (size_t)size, (unsigned)mt_rank, "send buffer of Sendrecv");

    MPI_Sendrecv_replace(out, size, MPI_BYTE, to, 2, from, 2, MPI_COMM_WORLD, &status);
    CHECK_STATUS(&status, from, 2, MPI_BYTE, size, "Sendrecv_replace");
    CHECK_FILLED(out, (size_t)size, (unsigned)from, "Sendrecv_replace");
}

/* Rank i sends i + 1 integers up and receives i from below; tags differ, types too. */
static void open_chain(void)
{
    const int above = mt_rank + 1 < mt_size ? mt_rank + 1 : MPI_PROC_NULL;
    const int below = mt_rank > 0 ? mt_rank - 1 : MPI_PROC_NULL;
    int *a = mt_alloc(sizeof(int) * (size_t)(mt_size + 1));
    int *b = mt_alloc(sizeof(int) * (size_t)(mt_size + 1));
    MPI_Status status;

    for (int i = 0; i <= mt_size; i++) {
        a[i] = mt_rank * 100 + i;
        b[i] = -1;
    }
    MPI_Sendrecv(a, mt_rank + 1, MPI_INT, above, 10 + mt_rank, b, mt_size + 1, MPI_INT, below,
                 below == MPI_PROC_NULL ? 0 : 10 + below, MPI_COMM_WORLD, &status);
    if (below == MPI_PROC_NULL) {
        CHECK_STATUS(&status, MPI_PROC_NULL, MPI_ANY_TAG, MPI_INT, 0, "from PROC_NULL");
        CHECK_EQ(b[0], -1, "buffer of a receive from PROC_NULL");
    } else {
        CHECK_STATUS(&status, below, 10 + below, MPI_INT, mt_rank, "chain");
        for (int i = 0; i < mt_rank; i++)
            CHECK_EQ(b[i], below * 100 + i, "element");
        CHECK_EQ(b[mt_rank], -1, "element after the last");
    }

    int value = mt_rank;

    MPI_Sendrecv_replace(&value, 1, MPI_INT, above, 3, below, 3, MPI_COMM_WORLD, &status);
    CHECK_EQ(value, below == MPI_PROC_NULL ? 0 : below, "value after Sendrecv_replace");
    free(a);
    free(b);
}

/* One side calls Sendrecv, the other plain Recv and Send; wildcards in the receive. */
static void with_plain(int size)
{
    MPI_Status status;

    if (mt_rank == 0) {
        mt_fill(out, (size_t)size, 5);
        MPI_Sendrecv(out, size, MPI_BYTE, 1, 4, in, size, MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG,
                     MPI_COMM_WORLD, &status);
        CHECK_STATUS(&status, 1, 5, MPI_BYTE, size, "Sendrecv with wildcards");
        CHECK_FILLED(in, (size_t)size, 5, "echo");
    } else if (mt_rank == 1) {
        MPI_Recv(in, size, MPI_BYTE, 0, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(in, size, MPI_BYTE, 0, 5, MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Columns of a matrix go round with Sendrecv_replace: a strided buffer replaced in place. */
static void strided(int rows)
{
    enum { COLUMNS = 7 };
    int *m = mt_alloc(sizeof(int) * COLUMNS * (size_t)rows);
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
    MPI_Datatype column;

    MPI_Type_vector(rows, 2, COLUMNS, MPI_INT, &column);
    MPI_Type_commit(&column);
    for (int i = 0; i < rows * COLUMNS; i++)
        m[i] = mt_rank * 1000003 + i;
    MPI_Sendrecv_replace(m + 3, 1, column, to, 6, from, 6, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (int i = 0; i < rows * COLUMNS; i++) {
        const int c = i % COLUMNS;
        const int owner = c == 3 || c == 4 ? from : mt_rank;

        CHECK(m[i] == owner * 1000003 + i, "row %d column %d is %d, expected %d", i / COLUMNS, c,
              m[i], owner * 1000003 + i);
    }
    MPI_Type_free(&column);
    free(m);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    out = mt_alloc(LARGEST);
    in = mt_alloc(LARGEST);
    for (int k = 0; k < SIZES; k++) {
        for (int distance = 0; distance < mt_size; distance++)
            shift(sizes[k], distance);
        if (mt_size > 1)
            with_plain(sizes[k]);
    }
    open_chain();
    strided(1);
    strided(50);
    strided(40000);
    free(in);
    free(out);
    return mt_end();
}
