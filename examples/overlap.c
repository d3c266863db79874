/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * overlap: how much of a message's travelling time is hidden behind a computation?
 *
 *     mpicc overlap.c -o overlap -lm
 *     mpirun -n 2 ./overlap [-s 64K,1M] [-r 51] [--case receiver|sender|both|all]
 *                           [--compute-factor F | --compute-us T] [--csv | --samples]
 *
 * Rank 0 sends, rank 1 receives. One rank or both compute between the non-blocking call and
 * MPI_Wait, without any call of MPI in between; a rank that does not compute goes straight to
 * MPI_Wait:
 *
 *     receiver computes    MPI_Irecv   compute   MPI_Wait     |    MPI_Isend             MPI_Wait
 *     sender computes      MPI_Irecv             MPI_Wait     |    MPI_Isend   compute   MPI_Wait
 *     both compute         MPI_Irecv   compute   MPI_Wait     |    MPI_Isend   compute   MPI_Wait
 *
 * Two runs make a pair, one right after the other, so that a drift of the machine meets both:
 *
 *     T_compute    the computation alone: a fixed number of turns of a loop, F x T_comm long (1.75
 *                  unless given)
 *     T_total      the same with the message
 *     exposed      T_total - T_compute: what the program pays for the message
 *
 * each from a common start until the rank that computes is through (both: the later one). A run in
 * which either rank was disturbed (samples.h) is discarded and tried again, up to three times; a
 * pair may not come about then. Shown are medians and the 99 % interval of the exposed time; the
 * output ends with how many runs were discarded. From these and T_comm, the communication alone,
 * after Denis and Trahay, "MPI Overlap: Benchmark and Analysis" (ICPP 2016):
 *
 *     overlap = 1 - exposed / T_comm
 *
 * Nothing is rounded to 0 or 100 %. Where the interval reaches down to 0, only a bound is known:
 * "<". Where samples are too few, or say that data cost nothing that moved in MPI_Wait: "?".
 *
 * A library that moves data only inside its own calls exposes all of T_comm when the receiver
 * computes. If it moves data by interrupting the computation and copying there, exposed is T_comm
 * as well: the loop must be done in full, and the time that the copy took from it counts.
 *
 * Where two ranks that wait share the copy, T_comm is half of what one needs that copies alone,
 * while the other computes: then a computation of 1.75 x T_comm is too short to hide it all.
 *
 * The arrival time is taken in measurements of their own, in which the computing receiver also
 * watches the last byte of its buffer: the time from the sender's MPI_Isend until it changed, or
 * "at MPI_Wait" if it did not change before the receiver called MPI_Wait.
 *
 * --samples prints each pair instead: case, bytes, exposed microseconds, and whether the data were
 * there when the rank that computes called MPI_Wait. story.c reads it.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <mpi.h>
#include "samples.h"

enum { SENDER = 0, RECEIVER = 1 };
enum { MAX_SIZES = 32, MAX_REPETITIONS = 100000, WARM_UP = 3, MOST_TRIES = 4 };

/* The common start lies this far ahead, time enough for both ranks to leave MPI and see it. */
static const double start_ahead = 60e-6;

struct scenario {
    const char *name, *title;
    bool computes[2]; /* by rank */
};

static const struct scenario scenarios[] = {
    {"receiver", "receiver computes", {false, true}},
    {"sender", "sender computes", {true, false}},
    {"both", "both compute", {true, true}},
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

struct options {
    size_t sizes[MAX_SIZES];
    double size_us[MAX_SIZES]; /* the computation beside it; 0: not given */
    int size_count;
    int repetitions;
    const char *only;      /* name of a scenario, or "all" */
    double compute_factor; /* computation, in T_comm */
    double compute_us;     /* the same in microseconds; 0: not given */
    bool csv, samples;
};

struct result {
    double comm, compute, total; /* seconds, medians */
    struct estimate exposed;     /* seconds */
    double arrival;              /* seconds after the sender's post; negative: at MPI_Wait */
};

/* All runs, and how many of them were of no use. */
static long runs, runs_discarded;

static int my_rank;
static double turns_per_second; /* of compute() on this machine */

/* Processor seconds of this thread, handlers of signals included. */
static double cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* How often this thread has lost its processor to another one. */
static long preemptions(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

/*
 * Seconds on the machine's monotonic clock. It has one zero for all processes of the machine, and
 * we compare times of two; MPI_Wtime would do only where the attribute MPI_WTIME_IS_GLOBAL is true.
 */
static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A chain of dependent multiplications: no memory, nothing that the compiler can shorten. */
static void compute(uint64_t turns)
{
    static volatile uint64_t sink;
    uint64_t x = sink | 1;

    for (uint64_t i = 0; i < turns; i++)
        x = x * 6364136223846793005u + 1442695040888963407u;
    sink = x;
}

/* The speed of compute(): the fastest of many short runs, so that a disturbance does not count. */
static void calibrate(void)
{
    const uint64_t turns = 20000;
    double best = 1e9, slowest;

    /* Both ranks calibrate at the same time: shared cores, shared clocks. */
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < 50; i++) {
        const double start = now();

        compute(turns);
        const double elapsed = now() - start;

        if (elapsed < best)
            best = elapsed;
    }
    MPI_Allreduce(&best, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    turns_per_second = (double)turns / slowest;
}

/* What one measured run does. */
struct run {
    size_t bytes;
    bool communicate;
    bool watch;        /* the receiver looks out for the data while it computes */
    uint64_t turns[2]; /* of compute(), by rank */
    double watch_time; /* seconds to watch */
};

/* What came out of it; the same on both ranks. */
struct outcome {
    double elapsed[2]; /* from the common start until the rank was through, by rank */
    double arrival;    /* from the sender's post; negative: not before MPI_Wait */
    bool there;        /* the data, when the rank that computed called MPI_Wait */
    bool good[2];      /* the rank was not disturbed */
};

/* A start a little ahead, the same for both ranks, and wait for it without calling MPI. */
static double common_start(void)
{
    double proposal = now() + start_ahead, start;

    MPI_Allreduce(&proposal, &start, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    while (now() < start)
        ;
    return start;
}

/* Compute in small portions until the last byte has changed or the time is over. */
static double watch_for(const volatile unsigned char *last, unsigned char expected, double seconds)
{
    const double end = now() + seconds;
    double t;

    do {
        compute(20);
        t = now();
        if (*last == expected)
            return t;
    } while (t < end);
    return -1.0;
}

/* Is the message there? Copies from both ends may meet in the middle, so a few bytes have to say
 * it. */
static bool has_arrived(const unsigned char *buffer, size_t bytes, unsigned char expected)
{
    const volatile unsigned char *b = buffer;

    for (size_t i = 0; i < 8; i++) {
        if (b[bytes * i / 8] != expected)
            return false;
    }
    return b[bytes - 1] == expected;
}

static void check_contents(const unsigned char *buffer, size_t bytes, unsigned char expected)
{
    if (buffer[0] == expected && !memcmp(buffer, buffer + 1, bytes - 1))
        return; /* all of them are equal */
    for (size_t i = 0; i < bytes; i++) {
        if (buffer[i] != expected) {
            fprintf(stderr, "overlap: byte %zu of %zu is %d instead of %d\n", i, bytes, buffer[i],
                    expected);
            MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }
}

/* The times of one rank in a run, by the clock that all have in common; 0: not taken. */
struct times {
    double start, posted, computed, arrived, end;
    bool there;
};

/* Both ranks learn what happened on either. */
static struct outcome exchange_outcome(const struct run *run, const struct times *t,
                                       const struct disturbance *d)
{
    /* What only the other rank knows is 0 here: the larger one is known then. */
    const bool receives = my_rank == RECEIVER;
    enum { SENT, RECEIVED, SENDER_BAD, RECEIVER_BAD, POSTED, COMPUTED, ARRIVED, END, THERE, COUNT };
    double mine[COUNT] = {0}, all[COUNT];

    mine[receives ? RECEIVED : SENT] = t->end - t->start;
    mine[receives ? RECEIVER_BAD : SENDER_BAD] = sample_is_good(d) ? 0.0 : 1.0;
    if (receives) {
        mine[ARRIVED] = t->arrived;
        mine[END] = t->end;
        mine[THERE] = t->there ? 1.0 : 0.0;
    } else {
        mine[POSTED] = t->posted;
        mine[COMPUTED] = t->computed;
    }
    MPI_Allreduce(mine, all, COUNT, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return (struct outcome){
        .elapsed = {all[SENT], all[RECEIVED]},
        .arrival = all[ARRIVED] > 0.0 ? all[ARRIVED] - all[POSTED] : -1.0,
        /* A receiver that only waits has the message when it is through. */
        .there = run->turns[RECEIVER] ? all[THERE] > 0.0 : all[END] < all[COMPUTED],
        .good = {all[SENDER_BAD] == 0.0, all[RECEIVER_BAD] == 0.0},
    };
}

static struct outcome run_once(const struct run *run, unsigned char *buffer)
{
    static unsigned char serial;
    const int bytes = (int)run->bytes;
    const bool receives = my_rank == RECEIVER;
    MPI_Request request = MPI_REQUEST_NULL;
    struct times t = {0};
    struct disturbance d;

    /* New contents every time, never those of the time before. */
    serial = (unsigned char)(serial % 255 + 1);
    if (!receives)
        memset(buffer, serial, run->bytes);
    d.preempted = preemptions();
    t.start = common_start();
    t.posted = now();
    d.late = t.posted - t.start;
    if (run->communicate && !receives)
        MPI_Isend(buffer, bytes, MPI_BYTE, RECEIVER, 0, MPI_COMM_WORLD, &request);
    if (run->communicate && receives)
        MPI_Irecv(buffer, bytes, MPI_BYTE, SENDER, 0, MPI_COMM_WORLD, &request);

    const double cpu = cpu_now(), wall = now();

    if (run->watch && receives && run->turns[RECEIVER])
        t.arrived = watch_for(&buffer[bytes - 1], serial, run->watch_time);
    else if (run->turns[my_rank])
        compute(run->turns[my_rank]);
    t.computed = now();
    d.cpu = cpu_now() - cpu;
    d.wall = t.computed - wall;
    if (run->communicate) {
        t.there = receives && has_arrived(buffer, run->bytes, serial);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    t.end = now();
    /* A receiver that does not compute is inside MPI_Wait when the data arrive. */
    if (run->watch && receives && !run->turns[RECEIVER])
        t.arrived = t.end;
    d.preempted = preemptions() - d.preempted;

    if (run->communicate && receives)
        check_contents(buffer, run->bytes, serial);
    const struct outcome o = exchange_outcome(run, &t, &d);

    runs++;
    return o;
}

/* The later of the ranks that compute in the scenario. */
static double elapsed_in(const struct scenario *s, const struct outcome *o)
{
    const double sender = s->computes[SENDER] ? o->elapsed[SENDER] : 0.0;
    const double receiver = s->computes[RECEIVER] ? o->elapsed[RECEIVER] : 0.0;

    return sender > receiver ? sender : receiver;
}

/* A first look at the communication alone. */
static double first_comm(size_t bytes, unsigned char *buffer)
{
    const struct run run = {.bytes = bytes, .communicate = true};
    double samples[15];
    const int count = sizeof(samples) / sizeof(samples[0]);

    for (int i = 0; i < WARM_UP; i++)
        run_once(&run, buffer);
    for (int i = 0; i < count; i++)
        samples[i] = run_once(&run, buffer).elapsed[RECEIVER];
    /* The lower quartile: only the length of the computation hangs on it, and on a busy machine the
     * median of so few may be many times too long. */
    qsort(samples, count, sizeof(samples[0]), sample_compare);
    return samples[count / 4];
}

/* What belongs to one case and size. */
struct job {
    const struct options *options;
    const struct scenario *scenario;
    unsigned char *buffer;
    struct run comm, compute, total;
};

/* How many turns the computation takes: as long as was said, or as the communication asks for. */
static struct job plan(const struct options *o, const struct scenario *s, int size_index,
                       unsigned char *buffer)
{
    const size_t bytes = o->sizes[size_index];
    double us = o->size_us[size_index] > 0.0 ? o->size_us[size_index] : o->compute_us;

    if (us <= 0.0)
        us = o->compute_factor * first_comm(bytes, buffer) * 1e6;
    const uint64_t turns = 1 + (uint64_t)(us * 1e-6 * turns_per_second);

    return (struct job){
        .options = o,
        .scenario = s,
        .buffer = buffer,
        .comm = {.bytes = bytes, .communicate = true},
        /* The computation is timed with both ranks busy, as they are with the message. */
        .compute = {.bytes = bytes, .turns = {turns, turns}},
        .total = {.bytes = bytes,
                  .communicate = true,
                  .turns = {s->computes[SENDER] ? turns : 0, s->computes[RECEIVER] ? turns : 0}},
    };
}

/* The run once more, but not for ever, until the ranks that matter were not disturbed. */
static bool run_undisturbed(const struct job *j, const struct run *run, const bool matters[2],
                            struct outcome *o)
{
    for (int i = 0; i < MOST_TRIES; i++) {
        *o = run_once(run, j->buffer);
        if ((o->good[SENDER] || !matters[SENDER]) && (o->good[RECEIVER] || !matters[RECEIVER]))
            return true;
        runs_discarded++;
    }
    return false;
}

/* Runs one pair; false if it did not come about. */
static bool run_pair(const struct job *j, double *compute_alone, double *total, bool *there)
{
    static const bool both[2] = {true, true};
    struct outcome a, b;

    /* Who does not compute may be disturbed while the other computes alone. */
    if (!run_undisturbed(j, &j->compute, j->scenario->computes, &a) ||
        !run_undisturbed(j, &j->total, both, &b))
        return false;
    *compute_alone = elapsed_in(j->scenario, &a);
    *total = elapsed_in(j->scenario, &b);
    *there = b.there;
    return true;
}

/* --samples: each pair in a line, written when all are through, so that nobody reads along. */
static void list_pairs(const struct job *j, double *samples)
{
    const int wanted = j->options->repetitions;
    bool *there = (bool *)(samples + wanted);
    double compute_alone, total;
    int count = 0;

    run_once(&j->total, j->buffer);
    for (int i = 0; i < wanted; i++) {
        if (run_pair(j, &compute_alone, &total, &there[count]))
            samples[count++] = total - compute_alone;
    }
    for (int i = 0; i < count && my_rank == 0; i++)
        printf("%s %zu %.3f %d\n", j->scenario->name, j->comm.bytes, samples[i] * 1e6, there[i]);
}

static struct result measure(const struct job *j, double *samples)
{
    const int wanted = j->options->repetitions;
    double *comm = samples, *compute_alone = comm + wanted, *total = compute_alone + wanted;
    double *exposed = total + wanted, *arrival = exposed + wanted;
    int comms = 0, pairs = 0, watched = 0, arrived = 0;
    static const bool both[2] = {true, true};
    struct run watch = j->total;
    struct outcome o;
    bool there;

    for (int i = 0; i < WARM_UP; i++)
        run_once(&j->total, j->buffer);
    watch.watch = true;
    for (int i = 0; i < wanted; i++) {
        if (run_undisturbed(j, &j->comm, both, &o))
            comm[comms++] = o.elapsed[RECEIVER];
        if (!run_pair(j, &compute_alone[pairs], &total[pairs], &there))
            continue;
        exposed[pairs] = total[pairs] - compute_alone[pairs];
        watch.watch_time = compute_alone[pairs++];
        if (run_undisturbed(j, &watch, both, &o)) {
            watched++;
            if (o.arrival >= 0.0)
                arrival[arrived++] = o.arrival;
        }
    }
    return (struct result){
        .comm = sample_estimate(comm, comms).median,
        .compute = sample_estimate(compute_alone, pairs).median,
        .total = sample_estimate(total, pairs).median,
        .exposed = sample_estimate(exposed, pairs),
        .arrival = 2 * arrived > watched ? sample_estimate(arrival, arrived).median : -1.0,
    };
}

static void print_head(const struct options *o)
{
    if (o->samples)
        return;
    if (o->csv) {
        printf("case,bytes,t_comm_us,t_compute_us,t_total_us,exposed_us,overlap_pct,arrival_us,"
               "exposed_low_us,exposed_high_us,pairs\n");
        return;
    }
    printf("Times in microseconds, medians of %d pairs; overlap = 1 - exposed / T_comm\n\n",
           o->repetitions);
    printf("%-18s %9s %9s %10s %9s %26s %8s  %s\n", "case", "bytes", "T_comm", "T_compute",
           "T_total", "exposed [99 % interval]", "overlap", "data there after");
}

static void print_csv(const struct scenario *s, size_t bytes, const struct result *r,
                      const char *arrival)
{
    const struct estimate *e = &r->exposed;

    printf("%s,%zu,%.2f,%.2f,%.2f,%.2f,%.1f,%s,", s->name, bytes, r->comm * 1e6, r->compute * 1e6,
           r->total * 1e6, e->median * 1e6, 100.0 * (1.0 - e->median / r->comm), arrival);
    if (isfinite(e->high))
        printf("%.2f,%.2f,%d\n", e->low * 1e6, e->high * 1e6, e->count);
    else
        printf(",,%d\n", e->count);
}

static void print_result(const struct options *o, const struct scenario *s, size_t bytes,
                         const struct result *r)
{
    const struct estimate *e = &r->exposed;
    char arrival[32] = "at MPI_Wait", exposed[64] = "?", overlap[32] = "?";

    if (r->arrival >= 0.0)
        snprintf(arrival, sizeof(arrival), o->csv ? "%.2f" : "%.1f", r->arrival * 1e6);
    if (o->csv) {
        print_csv(s, bytes, r, arrival);
        return;
    }
    if (e->low > 0.0) {
        snprintf(exposed, sizeof(exposed), "%.1f [%.1f, %.1f]", e->median * 1e6, e->low * 1e6,
                 e->high * 1e6);
        snprintf(overlap, sizeof(overlap), "%.0f %%", 100.0 * (1.0 - e->median / r->comm));
    } else if (isfinite(e->high) && e->high > 0.0 && r->arrival >= 0.0) {
        snprintf(exposed, sizeof(exposed), "< %.1f", e->high * 1e6);
        snprintf(overlap, sizeof(overlap), "> %.0f %%", 100.0 * (1.0 - e->high / r->comm));
    }
    printf("%-18s %9zu %9.1f %10.1f %9.1f %26s %8s  %s\n", s->title, bytes, r->comm * 1e6,
           r->compute * 1e6, r->total * 1e6, exposed, overlap, arrival);
    fflush(stdout);
}

/* "64K", "1M:400" → bytes and microseconds (0: not given). Returns what follows, or NULL. */
static const char *parse_size(const char *text, size_t *bytes, double *us)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (end == text)
        return NULL;
    if (*end == 'K' || *end == 'k')
        value <<= 10, end++;
    else if (*end == 'M' || *end == 'm')
        value <<= 20, end++;
    *us = 0.0;
    if (*end == ':') {
        const char *number = end + 1;

        *us = strtod(number, &end);
        if (end == number || !(*us > 0.0 && *us <= 1e7))
            return NULL;
    }
    *bytes = (size_t)value;
    return value < 1 || value > 1u << 30 ? NULL : end;
}

/* "64K,1M:400,100" → sizes. Returns false if it is something else. */
static bool parse_sizes(const char *text, struct options *o)
{
    for (o->size_count = 0; o->size_count < MAX_SIZES; text++) {
        text = parse_size(text, &o->sizes[o->size_count], &o->size_us[o->size_count]);
        if (!text)
            return false;
        o->size_count++;
        if (*text == '\0')
            return true;
        if (*text != ',')
            return false;
    }
    return false;
}

static bool known_scenario(const char *name)
{
    for (int i = 0; i < SCENARIOS; i++) {
        if (!strcmp(name, scenarios[i].name))
            return true;
    }
    return !strcmp(name, "all");
}

/* Returns the argument that it could not understand, or NULL when all is well. */
static const char *parse_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (!strcmp(argv[i], "--csv")) {
            o->csv = true;
            continue;
        }
        if (!strcmp(argv[i], "--samples")) {
            o->samples = true;
            continue;
        }
        if (!strcmp(argv[i], "-s") && parse_sizes(value, o)) {
            i++;
        } else if (!strcmp(argv[i], "-r") && atoi(value) > 0 && atoi(value) <= MAX_REPETITIONS) {
            o->repetitions = atoi(value);
            i++;
        } else if (!strcmp(argv[i], "--compute-us") && atof(value) > 0.0) {
            o->compute_us = atof(value);
            i++;
        } else if (!strcmp(argv[i], "--compute-factor") && atof(value) > 0.0) {
            o->compute_factor = atof(value);
            i++;
        } else if (!strcmp(argv[i], "--case") && known_scenario(value)) {
            o->only = value;
            i++;
        } else {
            return argv[i];
        }
    }
    return NULL;
}

static void *must_allocate(size_t bytes)
{
    void *p = calloc(1, bytes);

    if (!p) {
        fprintf(stderr, "overlap: no memory for %zu bytes\n", bytes);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return p;
}

static void measure_all(const struct options *o)
{
    size_t largest = 0;

    for (int i = 0; i < o->size_count; i++)
        largest = o->sizes[i] > largest ? o->sizes[i] : largest;
    unsigned char *buffer = must_allocate(largest);
    double *samples = must_allocate(5 * sizeof(double) * (size_t)o->repetitions);

    for (int k = 0; k < SCENARIOS; k++) {
        if (strcmp(o->only, "all") && strcmp(o->only, scenarios[k].name))
            continue;
        for (int i = 0; i < o->size_count; i++) {
            const struct job j = plan(o, &scenarios[k], i, buffer);

            if (o->samples) {
                list_pairs(&j, samples);
                continue;
            }
            const struct result r = measure(&j, samples);

            if (my_rank == 0)
                print_result(o, &scenarios[k], o->sizes[i], &r);
        }
    }
    free(samples);
    free(buffer);
}

int main(int argc, char **argv)
{
    struct options o = {
        .sizes = {64 << 10, 256 << 10, 1 << 20, 4 << 20},
        .size_count = 4,
        .repetitions = 51,
        .only = "all",
        .compute_factor = 1.75,
    };
    int size;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &my_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);

    const char *bad = parse_options(argc, argv, &o);

    if (bad || size != 2) {
        if (my_rank == 0 && size != 2)
            fprintf(stderr, "overlap: needs exactly 2 ranks, not %d (mpirun -n 2)\n", size);
        else if (my_rank == 0)
            fprintf(stderr,
                    "overlap: cannot understand %s\n"
                    "usage: overlap [-s 64K,1M:400] [-r repetitions] [--case "
                    "receiver|sender|both|all]\n"
                    "               [--compute-factor F | --compute-us T] [--csv | --samples]\n",
                    bad);
        MPI_Finalize();
        return 1;
    }

    calibrate();
    if (my_rank == 0)
        print_head(&o);
    measure_all(&o);
    if (my_rank == 0 && o.samples)
        printf("discarded %ld %ld\n", runs_discarded, runs);
    else if (my_rank == 0 && !o.csv)
        printf("\n%ld of %ld runs were discarded: a rank did not have its processor to itself\n",
               runs_discarded, runs);
    MPI_Finalize();
    return 0;
}
