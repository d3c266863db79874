/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What overlap.c and story.c make of their samples: which of them count, their median with its
 * interval, and whether two ways differ. No MPI here, no clock: tests/unit/check_samples.c.
 */
#ifndef EXAMPLES_SAMPLES_H
#define EXAMPLES_SAMPLES_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* How one run went on one rank. Times in seconds. */
struct disturbance {
    long preempted; /* growth of ru_nivcsw: somebody else was given the processor */
    double wall;    /* the computation by the clock on the wall */
    double cpu;     /* the same by CLOCK_THREAD_CPUTIME_ID: a signal's handler is in both */
    double late;    /* how long after the common start it began */
};

/* May the clocks of a computation differ by that much, and a start be that late? */
#define SAMPLE_TOLERANCE 5e-6

/* Does the run say something of the library, and not of what else goes on in the machine? */
static inline bool sample_is_good(const struct disturbance *d)
{
    return d->preempted == 0 && fabs(d->wall - d->cpu) <= SAMPLE_TOLERANCE &&
           d->late <= SAMPLE_TOLERANCE;
}

static inline int sample_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* A median and an interval that holds the true one. With too few samples it is infinitely wide. */
struct estimate {
    double median, low, high;
    int count;
};

/* The chance that an interval misses the true median, and the same as a quantile of a normal
 * distribution. The tables have a dozen of them: with 5 % one would be wrong each time. */
#define SAMPLE_CHANCE   0.01
#define SAMPLE_QUANTILE 2.576

/*
 * How many of n sorted samples are needed at each end, so that those between hold the true median
 * but for that chance: the largest k with 2 P(X < k) <= chance, where X is the number of n fair
 * coins that show heads. The interval is from the k-th sample to the k-th from the end; 0: there is
 * none. Nothing is assumed of how the samples are distributed.
 */
static inline int sample_interval_rank(int n)
{
    double chance = pow(0.5, n), sum = 0.0; /* P(X = k), P(X <= k) */
    int k = 0;

    if (n > 500) /* the sum would begin with too small a number */
        return (int)(0.5 * (n - SAMPLE_QUANTILE * sqrt(n)));
    for (;;) {
        sum += chance;
        if (2.0 * sum > SAMPLE_CHANCE || k >= n)
            return k;
        chance *= (double)(n - k) / (k + 1);
        k++;
    }
}

/* Sorts the values. Of none of them, nothing is known: the median is not a number. */
static inline struct estimate sample_estimate(double *values, int n)
{
    struct estimate e = {NAN, -INFINITY, INFINITY, n};
    const int k = sample_interval_rank(n);

    if (n == 0)
        return e;
    qsort(values, (size_t)n, sizeof(double), sample_compare);
    e.median = n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
    if (k > 0) {
        e.low = values[k - 1];
        e.high = values[n - k];
    }
    return e;
}

/*
 * What a paired difference says: 1 and -1 where the whole interval lies above or below zero by more
 * than the resolution of the measurement, 0 where that cannot be told.
 */
static inline int sample_verdict(const struct estimate *difference, double resolution)
{
    if (difference->low > resolution)
        return 1;
    return difference->high < -resolution ? -1 : 0;
}

#endif
