/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the benchmark programs share. Plain MPI and Linux, so that they run on any library. Each
 * prints lines "metric,value"; bench.sh collects them.
 *
 * Options of every program (main's own come on top of these):
 *     -c 0,1      processors: rank i binds itself to the i-th; without it nobody is bound
 *     -s 8,64K    message sizes instead of the program's own
 *     -q          quick: just long enough to see that it works
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mpi.h>

enum { BENCH_MAX_SIZES = 32, BENCH_MAX_CPUS = 64 };

struct bench {
    int rank, size;
    bool quick;
    size_t sizes[BENCH_MAX_SIZES];
    int size_count;
    int cpus[BENCH_MAX_CPUS];
    int cpu_count;
    /* What is left of the command line, without the program's name. */
    int argc;
    char **argv;
};

/*
 * Reads the options, binds the process (before MPI_Init where the launcher tells the rank in the
 * environment, so that the library sees it), and calls MPI_Init. `sizes` is the default of -s, or
 * NULL. Ends the program with a message if it cannot do what it is told.
 */
void bench_start(struct bench *b, int *argc, char ***argv, const char *sizes);

/* MPI_Finalize, and the exit status. */
int bench_end(void);

/* Ends the job with a message unless `ok`. */
void bench_require(bool ok, const char *what);

/* "8,64K,1M" → bytes. Returns how many, 0 if the text is something else. */
int bench_parse_sizes(const char *text, size_t sizes[BENCH_MAX_SIZES]);

/* Memory that has been written to, aligned to pages; ends the job if there is none. */
void *bench_alloc(size_t bytes);

/* The median; sorts the values. */
double bench_median(double *values, int count);

/* The value at the share q (0 to 1) of the sorted values; sorts them. */
double bench_quantile(double *values, int count, double q);

/*
 * Seconds on the machine's monotonic clock. It has one zero for all processes of the machine, so
 * times of two ranks can be compared, which MPI_Wtime does not promise.
 */
double bench_now(void);

/* Sleeps, however many signals come. */
void bench_sleep(double seconds);

/* Computes that many turns of a loop of dependent multiplications, without touching memory. */
void bench_compute(uint64_t turns);

/* Turns a second of bench_compute(), the same number on all ranks. Collective. */
double bench_turns_per_second(void);

#endif
