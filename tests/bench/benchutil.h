/* SPDX-License-Identifier: BSD-3-Clause */
/* What the benchmark programs share: options, medians. Plain MPI, to run on any library. */
#ifndef TESTS_BENCH_BENCHUTIL_H
#define TESTS_BENCH_BENCHUTIL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mpi.h>

enum { BENCH_MAX_SIZES = 32 };

static inline int bench_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(double), bench_compare);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* "8,64K,1M" → bytes; returns how many, 0 if the text is something else. */
static inline int bench_parse_sizes(const char *text, size_t sizes[BENCH_MAX_SIZES])
{
    int count = 0;

    for (;;) {
        char *end;
        unsigned long long value = strtoull(text, &end, 10);

        if (end == text || count == BENCH_MAX_SIZES)
            return 0;
        if (*end == 'K')
            value <<= 10, end++;
        else if (*end == 'M')
            value <<= 20, end++;
        if (value > 1u << 30)
            return 0;
        sizes[count++] = (size_t)value;
        if (*end == '\0')
            return count;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
}

/*
 * The programs understand one option, -s SIZES. Returns how many sizes there are; ends the program
 * with a message if the command line is something else or if there are not exactly two ranks.
 */
static inline int bench_start(int *argc, char ***argv, const char *standard,
                              size_t sizes[BENCH_MAX_SIZES], int *rank)
{
    const char *text = standard;
    int size, count = 0;

    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (*argc == 3 && !strcmp((*argv)[1], "-s"))
        text = (*argv)[2];
    if (*argc == 1 || text != standard)
        count = bench_parse_sizes(text, sizes);
    if (count == 0 || size != 2) {
        if (*rank == 0)
            fprintf(stderr, "usage: mpirun -n 2 %s [-s 8,64K,1M]\n", (*argv)[0]);
        MPI_Finalize();
        exit(1);
    }
    return count;
}

static inline void *bench_alloc(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);

    if (!p) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    memset(p, 1, bytes);
    return p;
}

#endif
