/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the machine can do without any MPI: two processes, each on its processor, that share a piece
 * of memory. A group of measurements is a function that both run, as side 0 and 1; side 0 prints
 * "metric,value" as the benchmarks do.
 */
#ifndef TESTS_BENCH_LIMITS_H
#define TESTS_BENCH_LIMITS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LIMITS_LINE = 64, LIMITS_CELLS = 1024, LIMITS_SLOTS = 4, LIMITS_SLOT = 32768 };

/* A line of its own each. */
struct limits_word {
    alignas(LIMITS_LINE) _Atomic uint32_t value;
};

struct limits_cell {
    alignas(LIMITS_LINE) _Atomic uint32_t serial; /* of the message in it, published last */
    uint32_t context, source, tag, bytes;
    uint64_t payload;
};

struct limits_shared {
    struct limits_word arrived[2]; /* for meeting */
    struct limits_word word[2], data[2];
    struct limits_word consumed; /* cells or slots that the consumer has given back */
    struct limits_word cursor;   /* chunks claimed */
    struct limits_word done;     /* chunks copied */
    _Atomic uint64_t address[2]; /* each side's private buffer, for cross-memory attach */
    _Atomic uint64_t struck;     /* nanoseconds on the monotonic clock */
    struct limits_cell cells[LIMITS_CELLS];
    struct limits_word filled[LIMITS_SLOTS];
    unsigned char slots[LIMITS_SLOTS][LIMITS_SLOT];
};

struct limits {
    int side;
    pid_t pid[2];
    int cpu[2];
    bool quick;
    struct limits_shared *shared;
    unsigned char *common; /* memory of both, LIMITS_LARGEST */
    unsigned char *own;    /* memory of this side alone, LIMITS_LARGEST */
    uint32_t meetings;
};

enum { LIMITS_LARGEST = 16 << 20, LIMITS_SAMPLES = 15 };

/* Both sides have come here. */
void limits_meet(struct limits *l);

/* Seconds. */
double limits_now(void);

/* The median; sorts. */
double limits_median(double *values, int count);

/* Side 0 prints the metric; `suffix` is a number after a '/', or negative for none. */
void limits_print(const struct limits *l, const char *metric, long suffix, double value);

/* This process on the processor of side `side`. */
void limits_bind(const struct limits *l, int side);

/* The groups. */
void limits_line(struct limits *l);   /* hand-off of cache lines */
void limits_ring(struct limits *l);   /* messages through a ring */
void limits_copy(struct limits *l);   /* copies between two processes */
void limits_sleep(struct limits *l);  /* system calls, waking, giving way */
void limits_signal(struct limits *l); /* interrupting the other side */
void limits_crowd(struct limits *l);  /* more processes than processors */

#endif
