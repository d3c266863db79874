/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of a rank: its proportional share (PSS) of all that is mapped, once every rank has
 * exchanged a short and a long message with its neighbours; the mean over the ranks, in kB.
 * pss_kB/RANKS. The program's own long messages (2 x 64 KiB) are counted, the same for all.
 */
#include "bench.h"

static double pss_kb(void)
{
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    double kb = -1.0;

    while (f && fgets(line, sizeof(line), f)) {
        if (sscanf(line, "Pss: %lf kB", &kb) == 1)
            break;
    }
    if (f)
        fclose(f);
    return kb;
}

int main(int argc, char **argv)
{
    struct bench b;
    double mine, sum;

    bench_start(&b, &argc, &argv, "8,64K");
    const int left = (b.rank + b.size - 1) % b.size, right = (b.rank + 1) % b.size;

    for (int k = 0; k < b.size_count; k++) {
        const int bytes = (int)b.sizes[k];
        unsigned char *out = bench_alloc(b.sizes[k]), *in = bench_alloc(b.sizes[k]);

        MPI_Sendrecv(out, bytes, MPI_BYTE, right, 0, in, bytes, MPI_BYTE, left, 0, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
        free(in);
        free(out);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    mine = pss_kb();
    bench_require(mine > 0.0, "memory: no Pss in /proc/self/smaps_rollup");
    MPI_Barrier(MPI_COMM_WORLD); /* all are measured while all are there */
    MPI_Reduce(&mine, &sum, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    if (b.rank == 0)
        printf("pss_kB/%d,%.0f\n", b.size, sum / b.size);
    return bench_end();
}
