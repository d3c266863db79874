/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Allreduce: every valid pair of operation and type, with and without MPI_IN_PLACE; large
 * counts; all ranks have bitwise the same floating-point sum; on several communicators.
 */
#include "reduce_cases.h"

static int cases;

static void run_case(const struct reduce_case *c)
{
    const size_t bytes = (size_t)c->count * c->size;
    const bool in_place = cases++ % 2;
    unsigned char *copy = mt_alloc(bytes), *result = mt_alloc(bytes + 16);

    memcpy(copy, c->in, bytes);
    memset(result, 0xee, bytes + 16);
    if (in_place) {
        memcpy(result, c->in, bytes);
        MPI_Allreduce(MPI_IN_PLACE, result, c->count, c->type, c->op, MPI_COMM_WORLD);
    } else {
        MPI_Allreduce(copy, result, c->count, c->type, c->op, MPI_COMM_WORLD);
    }
    check_result(c, result, in_place ? "Allreduce in place" : "Allreduce");
    CHECK_UNTOUCHED(result + bytes, 16, 0xee, c->name);
    CHECK(!memcmp(copy, c->in, bytes), "Allreduce, %s: the send buffer was changed", c->name);
    free(result);
    free(copy);
}

static void large(int count)
{
    int *in = mt_alloc((size_t)count * sizeof(int)), *out = mt_alloc((size_t)count * sizeof(int));

    for (int i = 0; i < count; i++)
        in[i] = i % 2 ? i - mt_rank : mt_rank - i;
    MPI_Allreduce(in, out, count, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    for (int i = 0; i < count; i++)
        CHECK_EQ(out[i], i % 2 ? i : mt_size - 1 - i, "element of the maximum");
    free(in);
    free(out);
}

/* Whatever the order of evaluation, all ranks must see the same sum. */
static void identical_everywhere(void)
{
    enum { COUNT = 3000 };
    double *in = mt_alloc(COUNT * sizeof(double)), *out = mt_alloc(COUNT * sizeof(double));
    double *root = mt_alloc(COUNT * sizeof(double));
    uint64_t state = 5 + (uint64_t)mt_rank;

    for (int t = 0; t < 10; t++) {
        for (int i = 0; i < COUNT; i++)
            in[i] = (double)(int64_t)mt_random(&state) / (1 + mt_random_below(&state, 1000));
        MPI_Allreduce(in, out, COUNT, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        memcpy(root, out, COUNT * sizeof(double));
        MPI_Bcast(root, COUNT, MPI_DOUBLE, t % mt_size, MPI_COMM_WORLD);
        CHECK(!memcmp(root, out, COUNT * sizeof(double)),
              "the sum differs from that of rank %d in its bits", t % mt_size);
    }
    free(in);
    free(out);
    free(root);
}

/* One after the other on two communicators, without a barrier. */
static void in_a_row(void)
{
    MPI_Comm dup;

    MPI_Comm_dup(MPI_COMM_WORLD, &dup);
    for (int i = 0; i < 300; i++) {
        const int mine = i + mt_rank;
        int sum = 0;

        MPI_Allreduce(&mine, &sum, 1, MPI_INT, MPI_SUM, i % 2 ? dup : MPI_COMM_WORLD);
        CHECK_EQ(sum, i * mt_size + mt_size * (mt_size - 1) / 2, "sum");
        MPI_Allreduce(&mine, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_SELF);
        CHECK_EQ(sum, mine, "sum on MPI_COMM_SELF");
    }
    MPI_Comm_free(&dup);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    run_all_cases();
    large(100000);
    large(700001);
    identical_everywhere();
    in_a_row();
    return mt_end();
}
