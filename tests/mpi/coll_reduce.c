/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Reduce: every valid pair of operation and type, roots in turn, with and without MPI_IN_PLACE;
 * the receive buffer of other ranks stays untouched; large counts; a floating-point sum is the same
 * every time.
 */
#include "reduce_cases.h"

static int next_root;

static void run_case(const struct reduce_case *c)
{
    const size_t bytes = (size_t)c->count * c->size;
    const int root = next_root++ % mt_size;
    const bool in_place = next_root / mt_size % 2;
    unsigned char *copy = mt_alloc(bytes), *result = mt_alloc(bytes + 16);

    memcpy(copy, c->in, bytes);
    memset(result, 0xee, bytes + 16);
    if (mt_rank != root) {
        /* The receive buffer has no meaning here; one that is given must not be written. */
        MPI_Reduce(copy, next_root % 3 ? result : NULL, c->count, c->type, c->op, root,
                   MPI_COMM_WORLD);
        CHECK_UNTOUCHED(result, bytes + 16, 0xee, c->name);
    } else if (in_place) {
        memcpy(result, c->in, bytes);
        MPI_Reduce(MPI_IN_PLACE, result, c->count, c->type, c->op, root, MPI_COMM_WORLD);
        check_result(c, result, "Reduce in place");
        CHECK_UNTOUCHED(result + bytes, 16, 0xee, c->name);
    } else {
        MPI_Reduce(copy, result, c->count, c->type, c->op, root, MPI_COMM_WORLD);
        check_result(c, result, "Reduce");
        CHECK_UNTOUCHED(result + bytes, 16, 0xee, c->name);
    }
    if (!in_place || mt_rank != root)
        CHECK(!memcmp(copy, c->in, bytes), "Reduce, %s: the send buffer was changed", c->name);
    free(result);
    free(copy);
}

static void large(int count, int root)
{
    double *in = mt_alloc((size_t)count * sizeof(double));
    double *out = mt_alloc((size_t)count * sizeof(double));

    for (int i = 0; i < count; i++) {
        in[i] = mt_rank + i % 1000;
        out[i] = -1.0;
    }
    MPI_Reduce(in, out, count, MPI_DOUBLE, MPI_SUM, root, MPI_COMM_WORLD);
    for (int i = 0; i < count; i++) {
        const double expected = mt_size * (double)(i % 1000) + mt_size * (mt_size - 1) / 2.0;

        CHECK(out[i] == (mt_rank == root ? expected : -1.0), "element %d of %d is %g", i, count,
              out[i]);
    }
    free(in);
    free(out);
}

/* Numbers whose sum depends on the order: it must not change from call to call. */
static void reproducible(void)
{
    enum { COUNT = 5000, TIMES = 20 };
    double *in = mt_alloc(COUNT * sizeof(double)), *first = mt_alloc(COUNT * sizeof(double));
    double *again = mt_alloc(COUNT * sizeof(double));
    uint64_t state = (uint64_t)mt_rank;

    for (int i = 0; i < COUNT; i++)
        in[i] = (double)(int64_t)mt_random(&state) * 1e-9 / (1 + mt_random_below(&state, 100000));
    for (int t = 0; t < TIMES; t++) {
        if (t % mt_size == mt_rank)
            mt_compute(0.0005);
        MPI_Reduce(in, t ? again : first, COUNT, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
        if (mt_rank == 0 && t)
            CHECK(!memcmp(first, again, COUNT * sizeof(double)), "sum %d differs from the first",
                  t);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    free(in);
    free(first);
    free(again);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    run_all_cases();
    for (int root = 0; root < mt_size; root++)
        large(100000, root);
    large(1000000, mt_size - 1);
    reproducible();
    return mt_end();
}
