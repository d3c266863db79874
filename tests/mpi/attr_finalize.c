/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The delete callbacks of MPI_COMM_SELF's attributes run at the start of MPI_Finalize: in the
 * reverse order of setting, with all of MPI still working; a collective in one of them.
 */
#include "mpitest.h"

enum { KEYS = 20 };

static int called, order[2 * KEYS];

static int delete_fn(MPI_Comm comm, int key, void *value, void *extra_state)
{
    int finalized = 1, result, sum = 0;

    (void)key;
    (void)extra_state;
    MPI_Comm_compare(comm, MPI_COMM_SELF, &result);
    CHECK_EQ(result, MPI_IDENT, "the communicator of a delete callback");
    MPI_Finalized(&finalized);
    CHECK(!finalized, "MPI_Finalized is true in a delete callback");
    MPI_Allreduce(&(int){1}, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    CHECK_EQ(sum, mt_size, "sum in a delete callback");
    if (called < 2 * KEYS)
        order[called] = *(int *)value;
    called++;
    return MPI_SUCCESS;
}

int main(int argc, char **argv)
{
    static int values[KEYS], last = 99;
    int keys[KEYS];

    mt_start(&argc, &argv, 1);
    for (int i = 0; i < KEYS; i++) {
        values[i] = i;
        MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, delete_fn, &keys[i], NULL);
        MPI_Comm_set_attr(MPI_COMM_SELF, keys[i], &values[i]);
    }
    MPI_Comm_delete_attr(MPI_COMM_SELF, keys[3]);
    MPI_Comm_set_attr(MPI_COMM_SELF, keys[3], &last); /* now the latest */
    called = 0;
    for (int i = 0; i < KEYS; i++)
        MPI_Comm_free_keyval(&keys[i]);
    MPI_Finalize();
    if (called != KEYS) {
        fprintf(stderr, "rank %d: %d delete callbacks, expected %d\n", mt_rank, called, KEYS);
        return 1;
    }
    for (int i = 0, expected = KEYS - 1; i < KEYS; i++) {
        int at = i == 0 ? last : expected;
        if (i > 0)
            expected -= expected - 1 == 3 ? 2 : 1;
        if (order[i] != at) {
            fprintf(stderr, "rank %d: callback %d was for %d, expected %d\n", mt_rank, i, order[i],
                    at);
            return 1;
        }
    }
    return 0;
}
