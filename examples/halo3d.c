/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * halo3d: heat spreads through a block that is cut into slabs of uneven thickness, one per rank.
 * In every time step the ranks swap the faces of their slabs ("halos") with non-blocking calls, and
 * compute the inner planes, which need no halo, while the messages travel. Rank 0 has several times
 * the work of the others, as happens where the mesh is finer: they wait for it.
 *
 *     mpicc -O2 halo3d.c -o halo3d -lm
 *     mpirun -n 2 ./halo3d                # 6 planes of 181 x 181 points (256 KiB), 5 steps
 *     mpirun -n 4 ./halo3d 200 60 100 5 1 # 200 x 200, 60 planes, 100 steps, rank 0 with 5 shares
 *
 * The time shown is that of all steps, and of several repetitions (20 unless given) the shortest.
 * The result is checked. The heat at the start is a product of three sines, one in each direction:
 * every step multiplies such a distribution by one and the same known number.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <mpi.h>

enum { TAG_UP, TAG_DOWN }; /* the direction in which a face travels */

static const double pi = 3.14159265358979323846, conductivity = 0.125;

/* A slab: planes of n x n points, with a halo plane below and above. The rims stay cold. */
struct slab {
    int n, planes;                    /* without the halos */
    int first, total;                 /* its first plane, of 1 … total in the whole block */
    double *now, *next;               /* two time levels, planes + 2 planes each */
    double *wave_x, *wave_y, *wave_z; /* the heat at the start is the product of these */
};

static double *plane(const struct slab *s, double *level, int k)
{
    return level + (size_t)k * (size_t)s->n * (size_t)s->n;
}

/* What a step multiplies them by. */
static double damping(const struct slab *s)
{
    const double x = pi / (s->n - 1), y = 2.0 * x, z = 3.0 * pi / (s->total + 1);

    return 1.0 + 2.0 * conductivity * (cos(x) + cos(y) + cos(z) - 3.0);
}

static double *allocate(size_t count)
{
    double *p = calloc(count, sizeof(double));

    if (!p) {
        fprintf(stderr, "halo3d: no memory for %zu numbers\n", count);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return p;
}

/* The waves are different in each direction, so that a mix-up shows. */
static void create(struct slab *s)
{
    const size_t points = (size_t)(s->planes + 2) * (size_t)s->n * (size_t)s->n;

    s->now = allocate(points);
    s->next = allocate(points);
    s->wave_x = allocate((size_t)s->n);
    s->wave_y = allocate((size_t)s->n);
    s->wave_z = allocate((size_t)s->planes + 2);
    for (int i = 0; i < s->n; i++) {
        s->wave_x[i] = sin(pi * i / (s->n - 1));
        s->wave_y[i] = sin(2.0 * pi * i / (s->n - 1));
    }
    for (int k = 1; k <= s->planes; k++)
        s->wave_z[k] = sin(3.0 * pi * (s->first + k - 1) / (s->total + 1));
}

/* What theory says of a point after all steps; factor is 1 at the start. */
static double expected(const struct slab *s, double factor, int i, int j, int k)
{
    return factor * s->wave_x[i] * s->wave_y[j] * s->wave_z[k];
}

static void heat(struct slab *s)
{
    for (int k = 1; k <= s->planes; k++) {
        for (int j = 1; j < s->n - 1; j++) {
            double *row = plane(s, s->now, k) + (size_t)j * (size_t)s->n;

            for (int i = 1; i < s->n - 1; i++)
                row[i] = expected(s, 1.0, i, j, k);
        }
    }
}

/* One time step for the planes k0 … k1. */
static void step_planes(struct slab *s, int k0, int k1)
{
    const size_t n = (size_t)s->n;

    for (int k = k0; k <= k1; k++) {
        const double *below = plane(s, s->now, k - 1), *here = plane(s, s->now, k);
        const double *above = plane(s, s->now, k + 1);
        double *to = plane(s, s->next, k);

        for (size_t j = 1; j < n - 1; j++) {
            for (size_t p = j * n + 1; p < j * n + n - 1; p++)
                to[p] =
                    here[p] + conductivity * (here[p - 1] + here[p + 1] + here[p - n] +
                                              here[p + n] + below[p] + above[p] - 6.0 * here[p]);
        }
    }
}

/* One time step; the neighbours below and above may be MPI_PROC_NULL. */
static void step(struct slab *s, int below, int above)
{
    const MPI_Comm comm = MPI_COMM_WORLD;
    const int points = s->n * s->n, last = s->planes;
    MPI_Request r[4];
    double *old = s->now;

    MPI_Irecv(plane(s, s->now, 0), points, MPI_DOUBLE, below, TAG_UP, comm, &r[0]);
    MPI_Irecv(plane(s, s->now, last + 1), points, MPI_DOUBLE, above, TAG_DOWN, comm, &r[1]);
    MPI_Isend(plane(s, s->now, 1), points, MPI_DOUBLE, below, TAG_DOWN, comm, &r[2]);
    MPI_Isend(plane(s, s->now, last), points, MPI_DOUBLE, above, TAG_UP, comm, &r[3]);
    step_planes(s, 2, last - 1); /* needs no halo */
    MPI_Waitall(4, r, MPI_STATUSES_IGNORE);
    step_planes(s, 1, 1);
    if (last > 1)
        step_planes(s, last, last);
    s->now = s->next;
    s->next = old;
}

/* The largest difference from what theory says. */
static double difference(const struct slab *s, int steps)
{
    const double factor = pow(damping(s), steps);
    double largest = 0.0;

    for (int k = 1; k <= s->planes; k++) {
        for (int j = 0; j < s->n; j++) {
            const double *row = plane(s, s->now, k) + (size_t)j * (size_t)s->n;

            for (int i = 0; i < s->n; i++) {
                const double d = fabs(row[i] - expected(s, factor, i, j, k));

                if (!(d <= largest)) /* also true for not-a-number */
                    largest = d;
            }
        }
    }
    return largest;
}

/* The last plane of a rank when rank 0 has `uneven` shares and each other rank has one. */
static int last_plane(int total, int rank, int size, int uneven)
{
    return (int)((long long)total * (rank + uneven) / (size - 1 + uneven));
}

/* All steps, several times over; the shortest time in which the slowest rank was through. */
static double repeat(struct slab *s, int steps, int repetitions, int rank, int size)
{
    const int below = rank > 0 ? rank - 1 : MPI_PROC_NULL;
    const int above = rank < size - 1 ? rank + 1 : MPI_PROC_NULL;
    double shortest = INFINITY;

    for (int r = 0; r < repetitions; r++) {
        double elapsed, slowest;

        heat(s);
        MPI_Barrier(MPI_COMM_WORLD);
        const double start = MPI_Wtime();

        for (int i = 0; i < steps; i++)
            step(s, below, above);
        elapsed = MPI_Wtime() - start;
        MPI_Allreduce(&elapsed, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
        if (slowest < shortest)
            shortest = slowest;
    }
    return shortest;
}

int main(int argc, char **argv)
{
    int rank, size;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    struct slab s = {
        .n = argc > 1 ? atoi(argv[1]) : 181,
        .total = argc > 2 ? atoi(argv[2]) : 3 * size,
    };
    const int steps = argc > 3 ? atoi(argv[3]) : 5, uneven = argc > 4 ? atoi(argv[4]) : 2;
    const int repetitions = argc > 5 ? atoi(argv[5]) : 20;

    if (s.n < 3 || s.n > 16384 || uneven < 1 || s.total < size - 1 + uneven || steps < 0 ||
        repetitions < 1) {
        if (rank == 0)
            fprintf(stderr, "halo3d: at least 3 x 3 points and %d planes, not %d x %d and %d\n",
                    size - 1 + uneven, s.n, s.n, s.total);
        MPI_Finalize();
        return 1;
    }
    s.first = 1 + (rank > 0 ? last_plane(s.total, rank - 1, size, uneven) : 0);
    s.planes = last_plane(s.total, rank, size, uneven) - s.first + 1;
    create(&s);
    const double shortest = repeat(&s, steps, repetitions, rank, size);
    double mine = difference(&s, steps), worst;

    MPI_Allreduce(&mine, &worst, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    const int wrong = !(worst < 1e-12);

    if (rank == 0)
        printf("halo3d: %d planes of %d x %d points, %d of them rank 0's, %d steps, %d ranks: %.3f "
               "ms, largest difference %g: %s\n",
               s.total, s.n, s.n, s.planes, steps, size, shortest * 1e3, worst,
               wrong ? "WRONG" : "right");
    free(s.now);
    free(s.next);
    free(s.wave_x);
    free(s.wave_y);
    free(s.wave_z);
    MPI_Finalize();
    return wrong;
}
