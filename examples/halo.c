/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * halo: heat spreads over a plate that is cut into one rectangle per rank. Before every time step
 * the ranks swap the borders ("halos") of their rectangles with non-blocking calls, and compute the
 * inner points, which need no halo, while the messages travel.
 *
 *     mpicc halo.c -o halo -lm
 *     mpirun -n 4 ./halo                 # plate of 240 x 200 points, 50 steps
 *     mpirun -n 6 ./halo 2000 1000 20    # rows, columns, steps
 *
 * Rows of a C array lie contiguous in memory and are sent as they are. The points of a column lie
 * one row apart: MPI_Type_vector describes them, and no copying by hand is needed.
 *
 * The result is checked: rank by rank against the same computation done alone on the whole plate.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <mpi.h>

enum { TAG_UP, TAG_DOWN, TAG_LEFT, TAG_RIGHT }; /* the direction in which a border travels */

/* A rectangle of the plate with one halo point on every side, row after row. */
struct plate {
    int rows, columns;  /* without the halo */
    int stride;         /* points from one row to the next: columns + 2 */
    int row0, column0;  /* where its first point lies in the whole plate */
    double *now, *next; /* two time levels, (rows + 2) * stride points each */
};

static size_t point(const struct plate *p, int row, int column)
{
    return (size_t)row * (size_t)p->stride + (size_t)column;
}

/* The heat at the start: smooth, and different at every point, so that a mix-up shows. */
static double initial(int row, int column)
{
    return sin(0.05 * row) * cos(0.03 * column) + 0.001 * row - 0.002 * column;
}

static void plate_create(int rows, int columns, int row0, int column0, struct plate *p)
{
    p->rows = rows;
    p->columns = columns;
    p->stride = columns + 2;
    p->row0 = row0;
    p->column0 = column0;
    /* Zero, also in the halo: outside the plate it stays cold. */
    p->now = calloc((size_t)(rows + 2) * (size_t)p->stride, sizeof(double));
    p->next = calloc((size_t)(rows + 2) * (size_t)p->stride, sizeof(double));
    if (!p->now || !p->next) {
        fprintf(stderr, "halo: no memory for %d x %d points\n", rows, columns);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    for (int r = 1; r <= rows; r++) {
        for (int c = 1; c <= columns; c++)
            p->now[point(p, r, c)] = initial(row0 + r - 1, column0 + c - 1);
    }
}

static void plate_free(struct plate *p)
{
    free(p->now);
    free(p->next);
}

/* One time step for the points of rows r0 … r1 and columns c0 … c1. */
static void step_part(struct plate *p, int r0, int r1, int c0, int c1)
{
    for (int r = r0; r <= r1; r++) {
        for (int c = c0; c <= c1; c++) {
            const size_t i = point(p, r, c);

            p->next[i] =
                p->now[i] + 0.1 * (p->now[i - 1] + p->now[i + 1] + p->now[i - (size_t)p->stride] +
                                   p->now[i + (size_t)p->stride] - 4.0 * p->now[i]);
        }
    }
}

static void swap_levels(struct plate *p)
{
    double *old = p->now;

    p->now = p->next;
    p->next = old;
}

/* The four neighbours; MPI_PROC_NULL at the edge of the plate, where sends and receives do nothing.
 */
struct neighbours {
    int up, down, left, right;
};

static void exchange_start(const struct plate *p, const struct neighbours *n, MPI_Datatype column,
                           MPI_Request request[8])
{
    const MPI_Comm comm = MPI_COMM_WORLD;
    double *g = p->now;
    const int rows = p->rows, columns = p->columns;

    /* Receives first: a message that finds its receive posted needs no extra copy. */
    MPI_Irecv(&g[point(p, rows + 1, 1)], columns, MPI_DOUBLE, n->down, TAG_UP, comm, &request[0]);
    MPI_Irecv(&g[point(p, 0, 1)], columns, MPI_DOUBLE, n->up, TAG_DOWN, comm, &request[1]);
    MPI_Irecv(&g[point(p, 1, columns + 1)], 1, column, n->right, TAG_LEFT, comm, &request[2]);
    MPI_Irecv(&g[point(p, 1, 0)], 1, column, n->left, TAG_RIGHT, comm, &request[3]);

    MPI_Isend(&g[point(p, 1, 1)], columns, MPI_DOUBLE, n->up, TAG_UP, comm, &request[4]);
    MPI_Isend(&g[point(p, rows, 1)], columns, MPI_DOUBLE, n->down, TAG_DOWN, comm, &request[5]);
    MPI_Isend(&g[point(p, 1, 1)], 1, column, n->left, TAG_LEFT, comm, &request[6]);
    MPI_Isend(&g[point(p, 1, columns)], 1, column, n->right, TAG_RIGHT, comm, &request[7]);
}

static void run_parallel(struct plate *p, const struct neighbours *n, int steps)
{
    const int rows = p->rows, columns = p->columns;
    MPI_Datatype column;

    MPI_Type_vector(rows, 1, p->stride, MPI_DOUBLE, &column);
    MPI_Type_commit(&column);
    for (int s = 0; s < steps; s++) {
        MPI_Request request[8];

        exchange_start(p, n, column, request);
        step_part(p, 2, rows - 1, 2, columns - 1); /* needs no halo */
        MPI_Waitall(8, request, MPI_STATUSES_IGNORE);
        step_part(p, 1, 1, 1, columns); /* the four borders, which do */
        if (rows > 1)
            step_part(p, rows, rows, 1, columns);
        step_part(p, 2, rows - 1, 1, 1);
        if (columns > 1)
            step_part(p, 2, rows - 1, columns, columns);
        swap_levels(p);
    }
    MPI_Type_free(&column);
}

/* The largest difference between my rectangle and the same points of the whole plate. */
static double difference(const struct plate *mine, const struct plate *whole)
{
    double largest = 0.0;

    for (int r = 1; r <= mine->rows; r++) {
        for (int c = 1; c <= mine->columns; c++) {
            const double a = mine->now[point(mine, r, c)];
            const double b = whole->now[point(whole, r + mine->row0, c + mine->column0)];
            const double d = fabs(a - b);

            if (!(d <= largest)) /* also true for not-a-number */
                largest = d;
        }
    }
    return largest;
}

/* Ranks in a grid as square as their number allows: 6 = 2 x 3, 7 = 1 x 7. */
static int grid_rows(int size)
{
    int best = 1;

    for (int r = 1; r * r <= size; r++) {
        if (size % r == 0)
            best = r;
    }
    return best;
}

/* First of the n points that belong to part i of parts; part i ends where i + 1 begins. */
static int share(int n, int i, int parts)
{
    return (int)((long long)n * i / parts);
}

int main(int argc, char **argv)
{
    int rank, size;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    const int rows = argc > 1 ? atoi(argv[1]) : 240;
    const int columns = argc > 2 ? atoi(argv[2]) : 200;
    const int steps = argc > 3 ? atoi(argv[3]) : 50;
    const int down = grid_rows(size), across = size / down;

    if (rows < down || columns < across || steps < 0) {
        if (rank == 0)
            fprintf(stderr, "halo: %d x %d points are too few for %d x %d ranks\n", rows, columns,
                    down, across);
        MPI_Finalize();
        return 1;
    }

    const int my_row = rank / across, my_column = rank % across;
    const struct neighbours n = {
        .up = my_row > 0 ? rank - across : MPI_PROC_NULL,
        .down = my_row < down - 1 ? rank + across : MPI_PROC_NULL,
        .left = my_column > 0 ? rank - 1 : MPI_PROC_NULL,
        .right = my_column < across - 1 ? rank + 1 : MPI_PROC_NULL,
    };
    const int row0 = share(rows, my_row, down), row1 = share(rows, my_row + 1, down);
    const int column0 = share(columns, my_column, across);
    const int column1 = share(columns, my_column + 1, across);
    struct plate mine, whole;

    plate_create(row1 - row0, column1 - column0, row0, column0, &mine);
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    run_parallel(&mine, &n, steps);
    const double elapsed = MPI_Wtime() - start;

    plate_create(rows, columns, 0, 0, &whole);
    for (int s = 0; s < steps; s++) {
        step_part(&whole, 1, rows, 1, columns);
        swap_levels(&whole);
    }

    double mine_worst = difference(&mine, &whole), worst;
    double slowest;

    MPI_Allreduce(&mine_worst, &worst, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    MPI_Reduce(&elapsed, &slowest, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    const int wrong = !(worst < 1e-12);

    if (rank == 0) {
        printf(
            "halo: %d x %d points, %d steps, %d x %d ranks, %.2f ms, largest difference %g: %s\n",
            rows, columns, steps, down, across, slowest * 1e3, worst, wrong ? "WRONG" : "right");
    }

    plate_free(&mine);
    plate_free(&whole);
    MPI_Finalize();
    return wrong;
}
