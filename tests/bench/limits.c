/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * limits [-q] CPU CPU GROUP...   (groups: line, ring, copy, sleep, signal, crowd)
 *
 * See limits.h. What the metrics mean stands where they are measured.
 */
#include "limits.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    void (*run)(struct limits *l);
} groups[] = {
    {"line", limits_line},   {"ring", limits_ring},     {"copy", limits_copy},
    {"sleep", limits_sleep}, {"signal", limits_signal}, {"crowd", limits_crowd},
};

static void fail(const char *what)
{
    fprintf(stderr, "limits: %s: %s\n", what, strerror(errno));
    exit(2);
}

void limits_meet(struct limits *l)
{
    const uint32_t meeting = ++l->meetings;

    atomic_store_explicit(&l->shared->arrived[l->side].value, meeting, memory_order_release);
    /* A peer on another processor comes at once; one on ours needs it. */
    for (int i = 0; atomic_load_explicit(&l->shared->arrived[1 - l->side].value,
                                         memory_order_acquire) < meeting;
         i++) {
        if (i > 1000)
            sched_yield();
    }
}

double limits_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double limits_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(double), compare_doubles);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

void limits_print(const struct limits *l, const char *metric, long suffix, double value)
{
    if (l->side != 0)
        return;
    if (suffix < 0)
        printf("%s,%.4f\n", metric, value);
    else
        printf("%s/%ld,%.4f\n", metric, suffix, value);
}

void limits_bind(const struct limits *l, int side)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)l->cpu[side], &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        fail("cannot bind");
}

static void *map(size_t bytes, int kind)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        fail("no memory");
    return p;
}

static void run_groups(struct limits *l, int count, char **names)
{
    limits_bind(l, l->side);
    l->own = map(LIMITS_LARGEST, MAP_PRIVATE);
    memset(l->own, 1 + l->side, LIMITS_LARGEST);
    limits_meet(l);
    for (int i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof(groups) / sizeof(groups[0]); k++) {
            if (!strcmp(names[i], groups[k].name))
                groups[k].run(l);
        }
    }
    limits_meet(l);
}

int main(int argc, char **argv)
{
    struct limits l = {.side = 0};
    int status;

    if (argc > 1 && !strcmp(argv[1], "-q")) {
        l.quick = true;
        argc--;
        argv++;
    }
    if (argc < 4) {
        fprintf(stderr, "usage: limits [-q] CPU CPU line|ring|copy|sleep|signal|crowd...\n");
        return 2;
    }
    l.cpu[0] = atoi(argv[1]);
    l.cpu[1] = atoi(argv[2]);
    l.shared = map(sizeof(*l.shared), MAP_SHARED);
    l.common = map(LIMITS_LARGEST, MAP_SHARED);
    memset(l.common, 3, LIMITS_LARGEST);

    l.pid[0] = getpid();
    const pid_t child = fork();

    if (child < 0)
        fail("fork");
    l.pid[1] = child ? child : getpid();
    l.side = child == 0;
    /* Either may read the other's memory where the kernel restricts that to relatives. */
    prctl(PR_SET_PTRACER, (unsigned long)l.pid[0], 0, 0, 0);
    if (l.side == 0)
        prctl(PR_SET_PTRACER, (unsigned long)child, 0, 0, 0);
    run_groups(&l, argc - 3, argv + 3);
    if (l.side == 1)
        return 0;
    if (waitpid(child, &status, 0) != child || status != 0)
        return 2;
    return 0;
}
