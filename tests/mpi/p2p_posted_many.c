/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thousands of receives are posted before the messages come, which then arrive in another order:
 * each must find its own. Small ones and some large ones, from all ranks to all ranks.
 */
#include "mpitest.h"

enum { PER_PEER = 1000, BYTES = 64, LARGE = 90000, LARGE_EVERY = 97 };

static int size_of(int i)
{
    return i % LARGE_EVERY == 0 ? LARGE : BYTES - i % 9;
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);

    const int total = PER_PEER * mt_size;
    MPI_Request *receives = mt_alloc((size_t)total * sizeof(*receives));
    MPI_Request *sends = mt_alloc((size_t)total * sizeof(*sends));
    unsigned char **in = mt_alloc((size_t)total * sizeof(*in));
    unsigned char *out = mt_alloc(LARGE + 256);
    MPI_Status status;

    mt_fill(out, LARGE + 256, 3);
    for (int i = 0; i < PER_PEER; i++) {
        for (int peer = 0; peer < mt_size; peer++) {
            const int k = i * mt_size + peer;

            in[k] = mt_alloc((size_t)size_of(i));
            MPI_Irecv(in[k], size_of(i), MPI_BYTE, peer, i, MPI_COMM_WORLD, &receives[k]);
        }
    }
    MPI_Barrier(MPI_COMM_WORLD);
    /* 7 has no factor in common with PER_PEER: all tags in a scattered order. */
    for (int i = 0; i < PER_PEER; i++) {
        const int tag = (i * 7 + 3) % PER_PEER;

        for (int peer = 0; peer < mt_size; peer++)
            /* The contents start at another place for each tag. */
            MPI_Isend(out + tag % 256, size_of(tag), MPI_BYTE, peer, tag, MPI_COMM_WORLD,
                      &sends[i * mt_size + peer]);
    }
    for (int k = total - 1; k >= 0; k--) {
        const int tag = k / mt_size;

        MPI_Wait(&receives[k], &status);
        CHECK_STATUS(&status, k % mt_size, tag, MPI_BYTE, size_of(tag), "posted receive");
        CHECK(!memcmp(in[k], out + tag % 256, (size_t)size_of(tag)),
              "tag %d from %d has wrong contents", tag, k % mt_size);
        free(in[k]);
    }
    MPI_Waitall(total, sends, MPI_STATUSES_IGNORE);
    free(receives);
    free(sends);
    free(in);
    free(out);
    return mt_end();
}
