/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Grids: coordinates, ranks and shifts, periodic and not; grids smaller than the communicator, of
 * no dimension, of one rank; slices; duplicates; MPI_Dims_create; wrong arguments.
 */
#include "mpitest.h"

enum { MOST = 8 };

#define EXPECT_CLASS(call, class) CHECK_EQ(mt_class(call), class, #call)

static int product(int n, const int dims[])
{
    int p = 1;

    for (int d = 0; d < n; d++)
        p *= dims[d];
    return p;
}

/* The rank at these coordinates, by the book: row by row. */
static int rank_at(int n, const int dims[], const int periods[], const int coords[])
{
    int rank = 0;

    for (int d = 0; d < n; d++) {
        int c = coords[d];
        if (!periods[d] && (c < 0 || c >= dims[d]))
            return MPI_PROC_NULL;
        c = (c % dims[d] + dims[d]) % dims[d];
        rank = rank * dims[d] + c;
    }
    return rank;
}

static void check_shifts(MPI_Comm grid, int n, const int dims[], const int periods[],
                         const int coords[])
{
    static const int steps[] = {0, 1, -1, 2, 5, -7, 1000000007, -2147483647};

    for (int d = 0; d < n; d++)
        for (int i = 0; i < (mt_is_tocsin() ? 8 : 6); i++) { /* overflow in MPICH 4.0.2 */
            int to[MOST], from[MOST], source = -99, destination = -99;
            long long step = steps[i];

            memcpy(to, coords, sizeof(to));
            memcpy(from, coords, sizeof(from));
            if (periods[d])
                step %= dims[d];
            else if (step > 1000 || step < -1000)
                step = step > 0 ? 1000 : -1000;
            to[d] += (int)step;
            from[d] -= (int)step;
            MPI_Cart_shift(grid, d, steps[i], &source, &destination);
            CHECK_EQ(source, rank_at(n, dims, periods, from), "source of a shift");
            CHECK_EQ(destination, rank_at(n, dims, periods, to), "destination of a shift");
        }
}

static void check_grid(MPI_Comm grid, int n, const int dims[], const int periods[])
{
    int got_dims[MOST], got_periods[MOST], coords[MOST] = {0}, kind, rank, size, ndims, result;

    MPI_Topo_test(grid, &kind);
    CHECK_EQ(kind, MPI_CART, "kind of topology");
    MPI_Comm_rank(grid, &rank);
    MPI_Comm_size(grid, &size);
    CHECK_EQ(size, product(n, dims), "size of the grid");
    MPI_Cartdim_get(grid, &ndims);
    CHECK_EQ(ndims, n, "number of dimensions");
    MPI_Cart_get(grid, MOST, got_dims, got_periods, coords);
    for (int d = 0; d < n; d++)
        CHECK(got_dims[d] == dims[d] && !got_periods[d] == !periods[d], "dimension %d", d);
    CHECK_EQ(rank_at(n, dims, periods, coords), rank, "rank of the own coordinates");
    for (int r = 0; r < size; r++) {
        int at[MOST];
        MPI_Cart_coords(grid, r, n, at);
        for (int d = 0; d < n; d++)
            CHECK(at[d] >= 0 && at[d] < dims[d], "coordinate %d of rank %d is %d", d, r, at[d]);
        CHECK_EQ(rank_at(n, dims, periods, at), r, "rank of its coordinates");
        for (int d = 0; d < n; d++)
            if (periods[d])
                at[d] += dims[d] * (r % 5 - 2);
        MPI_Cart_rank(grid, at, &result);
        CHECK_EQ(result, r, "MPI_Cart_rank, periodic dimensions gone round");
    }
    check_shifts(grid, n, dims, periods, coords);
}

static void try_grid(int n, const int dims[], const int periods[])
{
    MPI_Comm grid = MPI_COMM_SELF, copied;
    int newrank, ranks = product(n, dims), sum, rank;

    if (ranks > mt_size)
        return;
    MPI_Cart_map(MPI_COMM_WORLD, n, dims, periods, &newrank);
    MPI_Cart_create(MPI_COMM_WORLD, n, dims, periods, 1, &grid);
    CHECK((grid == MPI_COMM_NULL) == (newrank == MPI_UNDEFINED) || !mt_is_tocsin(),
          "map and create differ"); /* Open MPI 4.1.4 */
    MPI_Allreduce(&(int){grid != MPI_COMM_NULL}, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    CHECK_EQ(sum, ranks, "ranks in the grid");
    if (grid == MPI_COMM_NULL)
        return;
    check_grid(grid, n, dims, periods);
    MPI_Comm_dup(grid, &copied);
    MPI_Comm_free(&grid);
    check_grid(copied, n, dims, periods); /* lives on in the duplicate */
    MPI_Comm_rank(copied, &rank);
    MPI_Comm_split(copied, 0, rank, &grid);
    MPI_Topo_test(grid, &rank);
    CHECK_EQ(rank, MPI_UNDEFINED, "topology after a split");
    MPI_Comm_free(&grid);
    MPI_Comm_free(&copied);
}

static void slices(void)
{
    int dims[3] = {2, 2, 2}, periods[3] = {1, 0, 1}, coords[3];
    MPI_Comm grid, slice;

    if (mt_size < 8)
        return;
    MPI_Cart_create(MPI_COMM_WORLD, 3, dims, periods, 0, &grid);
    if (grid == MPI_COMM_NULL)
        return;
    MPI_Cart_get(grid, 3, dims, periods, coords);
    /* MPICH 4.0.2 gives a slice of no dimension to rank 0 only */
    for (int mask = mt_is_tocsin() ? 0 : 1; mask < 8; mask++) {
        int remain[3], kept_dims[3], kept_periods[3], kept_coords[3], got[3], n = 0, rank;
        int others = 0, sum;

        for (int d = 0; d < 3; d++) {
            remain[d] = mask >> d & 1;
            if (!remain[d]) {
                others = others * 2 + coords[d];
                continue;
            }
            kept_dims[n] = dims[d];
            kept_periods[n] = periods[d];
            kept_coords[n++] = coords[d];
        }
        MPI_Cart_sub(grid, remain, &slice);
        check_grid(slice, n, kept_dims, kept_periods);
        MPI_Comm_rank(slice, &rank);
        MPI_Cart_coords(slice, rank, 3, got);
        for (int d = 0; d < n; d++)
            CHECK_EQ(got[d], kept_coords[d], "coordinate in the slice");
        MPI_Allreduce(&others, &sum, 1, MPI_INT, MPI_SUM, slice);
        CHECK_EQ(sum, others << n, "the dropped coordinates of the members of a slice");
        MPI_Comm_free(&slice);
    }
    MPI_Comm_free(&grid);
}

static void no_dimensions(void)
{
    MPI_Comm grid, again;
    int rank = -1, n = -1;

    MPI_Cart_create(MPI_COMM_WORLD, 0, NULL, NULL, 0, &grid);
    CHECK((grid == MPI_COMM_NULL) == (mt_rank > 0), "a grid without dimensions has one rank");
    if (grid == MPI_COMM_NULL)
        return;
    check_grid(grid, 0, NULL, NULL);
    MPI_Cart_rank(grid, NULL, &rank);
    CHECK_EQ(rank, 0, "its rank");
    MPI_Cart_sub(grid, NULL, &again);
    MPI_Cartdim_get(again, &n);
    CHECK_EQ(n, 0, "dimensions of its slice");
    MPI_Comm_free(&again);
    MPI_Comm_free(&grid);
}

static void dims_create(void)
{
    int dims[5] = {0, 0, 0, 0, 0};

    MPI_Dims_create(mt_size, 3, dims);
    CHECK_EQ(product(3, dims), mt_size, "product of the dimensions");
    CHECK(dims[0] >= dims[1] && dims[1] >= dims[2], "%d %d %d increase", dims[0], dims[1], dims[2]);
    dims[0] = dims[1] = dims[2] = 0;
    dims[1] = 3;
    MPI_Dims_create(36, 3, dims);
    CHECK(dims[0] == 4 && dims[1] == 3 && dims[2] == 3, "36 as %d %d %d", dims[0], dims[1],
          dims[2]);
    memset(dims, 0, sizeof(dims));
    MPI_Dims_create(1, 5, dims);
    CHECK_EQ(product(5, dims), 1, "product for one rank");
    MPI_Dims_create(1, 5, dims); /* all given */
    MPI_Dims_create(7, 0, mt_is_tocsin() ? NULL : dims);
}

static void wrong_arguments(void)
{
    int dims[2] = {mt_size, 1}, periods[2] = {0, 1}, bad[2] = {mt_size + 1, 1}, out[2], r;
    int free_dims[2] = {3, 0}, zero[2] = {0, 1};
    MPI_Comm grid, other;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    grid = MPI_COMM_SELF;
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_WORLD, 2, bad, periods, 0, &grid), MPI_ERR_DIMS);
    CHECK(grid == MPI_COMM_NULL, "the result of an error");
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_WORLD, 2, zero, periods, 0, &grid), MPI_ERR_DIMS);
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_WORLD, -1, dims, periods, 0, &grid), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_WORLD, 2, NULL, periods, 0, &grid), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_NULL, 2, dims, periods, 0, &grid), MPI_ERR_COMM);
    bad[0] = bad[1] = 1 << 30;
    EXPECT_CLASS(MPI_Cart_create(MPI_COMM_WORLD, 2, bad, periods, 0, &grid), MPI_ERR_DIMS);
    EXPECT_CLASS(MPI_Cartdim_get(MPI_COMM_WORLD, &r), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Cart_shift(MPI_COMM_WORLD, 0, 1, &r, out), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Cart_sub(MPI_COMM_WORLD, dims, &other), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Dims_create(10, 2, free_dims), MPI_ERR_DIMS);
    EXPECT_CLASS(MPI_Dims_create(0, 2, zero), MPI_ERR_ARG);
    free_dims[0] = -1;
    EXPECT_CLASS(MPI_Dims_create(10, 2, free_dims), MPI_ERR_DIMS);
    free_dims[0] = free_dims[1] = 3;
    EXPECT_CLASS(MPI_Dims_create(10, 2, free_dims), MPI_ERR_DIMS);

    MPI_Cart_create(MPI_COMM_WORLD, 2, dims, periods, 0, &grid); /* handler is inherited */
    EXPECT_CLASS(MPI_Cart_shift(grid, 2, 1, &r, out), MPI_ERR_DIMS);
    EXPECT_CLASS(MPI_Cart_shift(grid, -1, 1, &r, out), MPI_ERR_DIMS);
    EXPECT_CLASS(MPI_Cart_coords(grid, mt_size, 2, out), MPI_ERR_RANK);
    EXPECT_CLASS(MPI_Cart_coords(grid, 0, 1, out), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Cart_get(grid, 1, out, out, out), MPI_ERR_ARG);
    out[0] = mt_size;
    out[1] = 5;
    EXPECT_CLASS(MPI_Cart_rank(grid, out, &r), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Graphdims_get(grid, &r, out), MPI_ERR_TOPOLOGY);
    EXPECT_CLASS(MPI_Dist_graph_neighbors_count(grid, &r, out, out), MPI_ERR_TOPOLOGY);
    MPI_Comm_free(&grid);
}

int main(int argc, char **argv)
{
    int balanced[2] = {0, 0};

    mt_start(&argc, &argv, 1);
    MPI_Dims_create(mt_size, 2, balanced);
    try_grid(1, (int[]){mt_size}, (int[]){0});
    try_grid(1, (int[]){mt_size}, (int[]){1});
    try_grid(2, balanced, (int[]){0, 1});
    try_grid(2, balanced, (int[]){1, 0});
    try_grid(2, (int[]){2, 3}, (int[]){1, 1});
    try_grid(3, (int[]){2, 2, 2}, (int[]){0, 1, 0});
    try_grid(3, (int[]){1, 2, 1}, (int[]){1, 7, 0});
    try_grid(4, (int[]){1, 1, 1, 1}, (int[]){1, 0, 1, 0});
    slices();
    no_dimensions();
    dims_create();
    if (mt_is_tocsin())
        wrong_arguments();
    return mt_end();
}
