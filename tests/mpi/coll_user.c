/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * User-defined operations that do not commute, on contiguous types and types with gaps: Reduce,
 * Allreduce, Scan, Exscan, Reduce_scatter, Reduce_scatter_block, blocking and not, small and large,
 * with and without MPI_IN_PLACE, on communicators with other orders of the ranks.
 */
#include <stddef.h>
#include "mpitest.h"

/* The map x -> a x + b, modulo 2^32; `in` before `inout` is inout after in. `pad` is never touched
 * by anybody. */
struct map {
    uint32_t a, pad, b;
};

enum { PAD = 0x5aa5f00d };

static MPI_Datatype map_type;
static MPI_Op compose_op;
static MPI_Comm comm;
static int rank, size;

static struct map compose(struct map first, struct map second)
{
    return (struct map){second.a * first.a, PAD, second.a * first.b + second.b};
}

static void compose_all(void *in, void *inout, int *count, MPI_Datatype *type)
{
    const struct map *x = in;
    struct map *y = inout;

    (void)type;
    for (int i = 0; i < *count; i++) {
        const struct map result = compose(x[i], y[i]);

        y[i].a = result.a;
        y[i].b = result.b;
    }
}

static struct map element(int r, int i)
{
    return (struct map){(uint32_t)(2 * r + 3 + i % 5), PAD, (uint32_t)(r * 1000003 + i * 7 + 1)};
}

/* Ranks 0 to last. */
static struct map expected(int last, int i)
{
    struct map result = element(0, i);

    for (int r = 1; r <= last; r++)
        result = compose(result, element(r, i));
    return result;
}

static struct map *filled(int count)
{
    struct map *v = mt_alloc((size_t)count * sizeof(*v));

    for (int i = 0; i < count; i++)
        v[i] = element(rank, i);
    return v;
}

static struct map *blank(int count)
{
    struct map *v = mt_alloc((size_t)count * sizeof(*v));

    for (int i = 0; i < count; i++)
        v[i] = (struct map){0xdead, PAD, 0xbeef};
    return v;
}

static void check(const struct map *v, int first, int count, int last, const char *what)
{
    /* Of many elements every eleventh: working out what is expected takes long. */
    for (int i = 0; i<count; i += count> 5000 ? 11 : 1) {
        const struct map e = expected(last, first + i);

        CHECK(v[i].a == e.a && v[i].b == e.b && v[i].pad == PAD,
              "%s: element %d of %d is (%u, %u, %x), expected (%u, %u, %x)", what, i, count, v[i].a,
              v[i].b, v[i].pad, e.a, e.b, PAD);
    }
}

static void finish(MPI_Request *request)
{
    if (rank % 2)
        mt_compute(0.0002);
    MPI_Wait(request, MPI_STATUS_IGNORE);
}

static void reduces(int count, int root, bool blocking)
{
    struct map *in = filled(count), *out = blank(count);
    struct map *both = filled(count);
    MPI_Request requests[2];
    const void *send = rank == root ? MPI_IN_PLACE : (const void *)both;

    if (blocking) {
        MPI_Reduce(in, out, count, map_type, compose_op, root, comm);
        MPI_Reduce(send, rank == root ? both : NULL, count, map_type, compose_op, root, comm);
    } else {
        MPI_Ireduce(in, out, count, map_type, compose_op, root, comm, &requests[0]);
        MPI_Ireduce(send, rank == root ? both : NULL, count, map_type, compose_op, root, comm,
                    &requests[1]);
        MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    }
    if (rank == root) {
        check(out, 0, count, size - 1, "Reduce");
        check(both, 0, count, size - 1, "Reduce in place");
    }
    free(in);
    free(out);
    free(both);
}

static void allreduces(int count, bool blocking)
{
    struct map *in = filled(count), *out = blank(count), *both = filled(count);
    MPI_Request request;

    if (blocking) {
        MPI_Allreduce(in, out, count, map_type, compose_op, comm);
        MPI_Allreduce(MPI_IN_PLACE, both, count, map_type, compose_op, comm);
    } else {
        MPI_Iallreduce(in, out, count, map_type, compose_op, comm, &request);
        finish(&request);
        MPI_Iallreduce(MPI_IN_PLACE, both, count, map_type, compose_op, comm, &request);
        finish(&request);
    }
    check(out, 0, count, size - 1, "Allreduce");
    check(both, 0, count, size - 1, "Allreduce in place");
    free(in);
    free(out);
    free(both);
}

static void scans(int count, bool blocking)
{
    struct map *in = filled(count), *out = blank(count), *both = filled(count);
    MPI_Request request;

    if (blocking) {
        MPI_Scan(in, out, count, map_type, compose_op, comm);
        MPI_Scan(MPI_IN_PLACE, both, count, map_type, compose_op, comm);
    } else {
        MPI_Iscan(in, out, count, map_type, compose_op, comm, &request);
        finish(&request);
        MPI_Iscan(MPI_IN_PLACE, both, count, map_type, compose_op, comm, &request);
        finish(&request);
    }
    check(out, 0, count, rank, "Scan");
    check(both, 0, count, rank, "Scan in place");
    free(out);
    free(both);

    out = blank(count);
    both = filled(count);
    if (blocking) {
        MPI_Exscan(in, out, count, map_type, compose_op, comm);
        MPI_Exscan(MPI_IN_PLACE, both, count, map_type, compose_op, comm);
    } else {
        MPI_Iexscan(in, out, count, map_type, compose_op, comm, &request);
        finish(&request);
        MPI_Iexscan(MPI_IN_PLACE, both, count, map_type, compose_op, comm, &request);
        finish(&request);
    }
    if (rank > 0) {
        check(out, 0, count, rank - 1, "Exscan");
        check(both, 0, count, rank - 1, "Exscan in place");
    } else {
        for (int i = 0; i < count; i++)
            CHECK(out[i].a == 0xdead && out[i].b == 0xbeef, "Exscan wrote to rank 0's result");
    }
    free(in);
    free(out);
    free(both);
}

/* Rank r gets `each` + r % 3 elements, rank 1 none. */
static void scattered(int each, bool blocking)
{
    int *counts = mt_alloc((size_t)size * sizeof(int)), total = 0, first = 0;
    MPI_Request request;

    for (int r = 0; r < size; r++) {
        counts[r] = r == 1 ? 0 : each + r % 3;
        first += r < rank ? counts[r] : 0;
        total += counts[r];
    }

    const int mine = counts[rank];
    struct map *in = filled(total), *out = blank(mine), *both = filled(total);

    if (blocking) {
        MPI_Reduce_scatter(in, out, counts, map_type, compose_op, comm);
        MPI_Reduce_scatter(MPI_IN_PLACE, both, counts, map_type, compose_op, comm);
    } else {
        MPI_Ireduce_scatter(in, out, counts, map_type, compose_op, comm, &request);
        finish(&request);
        MPI_Ireduce_scatter(MPI_IN_PLACE, both, counts, map_type, compose_op, comm, &request);
        finish(&request);
    }
    check(out, first, mine, size - 1, "Reduce_scatter");
    check(both, first, mine, size - 1, "Reduce_scatter in place");
    free(in);
    free(out);
    free(both);

    in = filled(each * size);
    out = blank(each);
    both = filled(each * size);
    if (blocking) {
        MPI_Reduce_scatter_block(in, out, each, map_type, compose_op, comm);
        MPI_Reduce_scatter_block(MPI_IN_PLACE, both, each, map_type, compose_op, comm);
    } else {
        MPI_Ireduce_scatter_block(in, out, each, map_type, compose_op, comm, &request);
        finish(&request);
        MPI_Ireduce_scatter_block(MPI_IN_PLACE, both, each, map_type, compose_op, comm, &request);
        finish(&request);
    }
    check(out, rank * each, each, size - 1, "Reduce_scatter_block");
    check(both, rank * each, each, size - 1, "Reduce_scatter_block in place");
    free(in);
    free(out);
    free(both);
    free(counts);
}

static void all_on(MPI_Comm on)
{
    static const int counts[] = {0, 1, 3, 100, 1500, 40000};

    comm = on;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
        const int step = counts[k] > 1500 ? 3 : 1;

        for (int blocking = 0; blocking < 2; blocking++) {
            for (int root = 0; root < size; root += step)
                reduces(counts[k], root, blocking);
            allreduces(counts[k], blocking);
            scans(counts[k], blocking);
            scattered(counts[k] / size, blocking);
        }
    }
}

static void make_type(void)
{
    const int lengths[] = {1, 1};
    const MPI_Aint places[] = {offsetof(struct map, a), offsetof(struct map, b)};
    const MPI_Datatype types[] = {MPI_UINT32_T, MPI_UINT32_T};

    MPI_Type_create_struct(2, lengths, places, types, &map_type);
    MPI_Type_commit(&map_type);
}

int main(int argc, char **argv)
{
    MPI_Comm reversed;

    mt_start(&argc, &argv, 1);
    make_type();
    MPI_Op_create(compose_all, 0, &compose_op);
    MPI_Comm_split(MPI_COMM_WORLD, 0, -mt_rank, &reversed);
    all_on(MPI_COMM_WORLD);
    all_on(reversed);
    MPI_Comm_free(&reversed);
    MPI_Op_free(&compose_op);
    MPI_Type_free(&map_type);
    return mt_end();
}
