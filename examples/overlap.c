/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * overlap: how much of a message's travelling time is hidden behind a computation?
 *
 *     mpicc overlap.c -o overlap
 *     mpirun -n 2 ./overlap [-s 64K,1M] [-r 51] [--case receiver|sender|both|all]
 *                           [--compute-factor F | --compute-us T] [--csv]
 *
 * Rank 0 sends, rank 1 receives. One rank or both compute between the non-blocking call and
 * MPI_Wait, without any call of MPI in between; a rank that does not compute goes straight to
 * MPI_Wait:
 *
 *     receiver computes    MPI_Irecv   compute   MPI_Wait     |    MPI_Isend             MPI_Wait
 *     sender computes      MPI_Irecv             MPI_Wait     |    MPI_Isend   compute   MPI_Wait
 *     both compute         MPI_Irecv   compute   MPI_Wait     |    MPI_Isend   compute   MPI_Wait
 *
 * Three times are measured, each from a common start until both ranks are through (medians over the
 * repetitions; the three take turns, so that a drift of the machine meets all of them):
 *
 *     T_comm       the communication alone
 *     T_compute    the computation alone: a fixed number of turns of a loop, F x T_comm long
 *                  (1.75 unless given)
 *     T_total      both
 *
 * and from them, after Denis and Trahay, "MPI Overlap: Benchmark and Analysis" (ICPP 2016):
 *
 *     exposed = T_total - T_compute         what the program still pays for the message
 *     overlap = 1 - exposed / T_comm        limited to 0 … 1
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
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mpi.h>

enum { SENDER = 0, RECEIVER = 1 };
enum { MAX_SIZES = 32, MAX_REPETITIONS = 100000, WARM_UP = 5, RETRIES = 4 };

/* The common start lies this far ahead, time enough for both ranks to leave MPI and see it. */
static const double start_ahead = 60e-6;
/* A start later than this spoils the sample: something else was running on the core. */
static const double start_tolerance = 5e-6;

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
    int size_count;
    int repetitions;
    const char *only;      /* name of a scenario, or "all" */
    double compute_factor; /* computation, in T_comm */
    double compute_us;     /* the same in microseconds; 0: not given */
    bool csv;
};

struct result {
    double comm, compute, total; /* seconds */
    double exposed, overlap;     /* seconds, 0 … 1 */
    double arrival;              /* seconds after the sender's post; negative: at MPI_Wait */
};

static int my_rank;
static double turns_per_second; /* of compute() on this machine */

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

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(double), compare_doubles);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* The speed of compute(): the fastest of many short runs, so that a disturbance does not count. */
static void calibrate(void)
{
    const uint64_t turns = 200000;
    double best = 1e9, slowest;

    MPI_Barrier(
        MPI_COMM_WORLD); /* both ranks calibrate at the same time: shared cores, shared clocks */
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
    double elapsed; /* from the common start until both ranks were through */
    double arrival; /* from the sender's post; negative: not before MPI_Wait */
    bool disturbed;
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

static struct outcome run_once(const struct run *run, unsigned char *buffer)
{
    static unsigned char serial;
    const int bytes = (int)run->bytes;
    MPI_Request request = MPI_REQUEST_NULL;
    double posted, arrived = -1.0, end;

    /* New contents every time, never those of the time before. */
    serial = (unsigned char)(serial % 255 + 1);
    if (my_rank == SENDER)
        memset(buffer, serial, run->bytes);

    const double start = common_start();
    const double late = now() - start;

    posted = now();
    if (run->communicate && my_rank == SENDER)
        MPI_Isend(buffer, bytes, MPI_BYTE, RECEIVER, 0, MPI_COMM_WORLD, &request);
    if (run->communicate && my_rank == RECEIVER)
        MPI_Irecv(buffer, bytes, MPI_BYTE, SENDER, 0, MPI_COMM_WORLD, &request);

    if (run->watch && my_rank == RECEIVER && run->turns[RECEIVER])
        arrived = watch_for(&buffer[bytes - 1], serial, run->watch_time);
    else if (run->turns[my_rank])
        compute(run->turns[my_rank]);

    if (run->communicate)
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    end = now();
    /* A receiver that does not compute is inside MPI_Wait when the data arrives. */
    if (run->watch && my_rank == RECEIVER && !run->turns[RECEIVER])
        arrived = end;

    if (run->communicate && my_rank == RECEIVER) {
        for (size_t i = 0; i < run->bytes; i++) {
            if (buffer[i] != serial) {
                fprintf(stderr, "overlap: byte %zu of %zu is %d instead of %d\n", i, run->bytes,
                        buffer[i], serial);
                MPI_Abort(MPI_COMM_WORLD, 1);
            }
        }
    }

    /* Times of both ranks; the latest counts. A time that the other rank knows is 0 here. */
    double mine[4] = {end - start, late, my_rank == SENDER ? posted : 0.0,
                      my_rank == RECEIVER && arrived > 0.0 ? arrived : 0.0};
    double all[4];

    MPI_Allreduce(mine, all, 4, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return (struct outcome){
        .elapsed = all[0],
        .disturbed = all[1] > start_tolerance,
        .arrival = all[3] > 0.0 ? all[3] - all[2] : -1.0,
    };
}

/* The same, once more (but not for ever) when a rank could not start in time. */
static struct outcome run_undisturbed(const struct run *run, unsigned char *buffer)
{
    struct outcome o = run_once(run, buffer);

    for (int i = 0; i < RETRIES && o.disturbed; i++)
        o = run_once(run, buffer);
    return o;
}

/* How many turns the computation takes: from the length given, or from a first look at T_comm. */
static uint64_t choose_turns(const struct options *o, struct run run, unsigned char *buffer,
                             double *comm_out)
{
    double samples[15];
    const int count = sizeof(samples) / sizeof(samples[0]);

    run.communicate = true;
    run.turns[SENDER] = run.turns[RECEIVER] = 0;
    for (int i = 0; i < WARM_UP; i++)
        run_once(&run, buffer);
    for (int i = 0; i < count; i++)
        samples[i] = run_undisturbed(&run, buffer).elapsed;
    /* The lower quartile: only the length of the computation hangs on it, and on a busy machine the
     * median of so few may be many times too long. */
    median(samples, count); /* sorts */
    *comm_out = samples[count / 4];

    const double seconds =
        o->compute_us > 0.0 ? o->compute_us * 1e-6 : o->compute_factor * *comm_out;
    const double turns = seconds * turns_per_second;

    return turns < 1.0 ? 1 : (uint64_t)turns;
}

static struct result measure(const struct options *o, const struct scenario *s, size_t bytes,
                             unsigned char *buffer, double *samples)
{
    const int n = o->repetitions;
    double *comm = samples, *compute_alone = samples + n, *total = samples + 2 * n;
    double *arrival = samples + 3 * n;
    int arrived = 0;
    double first_comm;

    const struct run run_comm = {.bytes = bytes, .communicate = true};
    const uint64_t turns = choose_turns(o, run_comm, buffer, &first_comm);
    /* The computation is timed with both ranks busy, as they are in run_total. */
    const struct run run_compute = {.bytes = bytes, .turns = {turns, turns}};
    const struct run run_total = {
        .bytes = bytes,
        .communicate = true,
        .turns = {s->computes[SENDER] ? turns : 0, s->computes[RECEIVER] ? turns : 0},
    };
    struct run run_watch = run_total;

    run_watch.watch = true;
    run_watch.watch_time = 4.0 * first_comm + 100e-6;

    for (int i = 0; i < n; i++) {
        comm[i] = run_undisturbed(&run_comm, buffer).elapsed;
        compute_alone[i] = run_undisturbed(&run_compute, buffer).elapsed;
        total[i] = run_undisturbed(&run_total, buffer).elapsed;

        const double a = run_undisturbed(&run_watch, buffer).arrival;

        if (a >= 0.0)
            arrival[arrived++] = a;
    }

    struct result r = {
        .comm = median(comm, n),
        .compute = median(compute_alone, n),
        .total = median(total, n),
        .arrival = 2 * arrived > n ? median(arrival, arrived) : -1.0,
    };

    r.exposed = r.total - r.compute;
    if (r.exposed < 0.0)
        r.exposed = 0.0; /* less than the noise of the measurement */
    r.overlap = 1.0 - r.exposed / r.comm;
    if (r.overlap < 0.0)
        r.overlap = 0.0;
    return r;
}

static void print_head(const struct options *o)
{
    if (o->csv) {
        printf("case,bytes,t_comm_us,t_compute_us,t_total_us,exposed_us,overlap_pct,arrival_us\n");
        return;
    }
    printf("Times in microseconds, medians of %d repetitions; overlap = 1 - exposed / T_comm\n\n",
           o->repetitions);
    printf("%-18s %9s %9s %10s %9s %9s %8s  %s\n", "case", "bytes", "T_comm", "T_compute",
           "T_total", "exposed", "overlap", "data there after");
}

static void print_result(const struct options *o, const struct scenario *s, size_t bytes,
                         const struct result *r)
{
    char arrival[32] = "at MPI_Wait";

    if (r->arrival >= 0.0)
        snprintf(arrival, sizeof(arrival), o->csv ? "%.2f" : "%.1f", r->arrival * 1e6);
    if (o->csv) {
        printf("%s,%zu,%.2f,%.2f,%.2f,%.2f,%.1f,%s\n", s->name, bytes, r->comm * 1e6,
               r->compute * 1e6, r->total * 1e6, r->exposed * 1e6, r->overlap * 100.0, arrival);
    } else {
        printf("%-18s %9zu %9.1f %10.1f %9.1f %9.1f %6.0f %%  %s\n", s->title, bytes, r->comm * 1e6,
               r->compute * 1e6, r->total * 1e6, r->exposed * 1e6, r->overlap * 100.0, arrival);
    }
    fflush(stdout);
}

/* "64K,1M,100" → bytes. Returns false if it is something else. */
static bool parse_sizes(const char *text, struct options *o)
{
    o->size_count = 0;
    for (;;) {
        char *end;
        unsigned long long value = strtoull(text, &end, 10);

        if (end == text)
            return false;
        if (*end == 'K' || *end == 'k')
            value <<= 10, end++;
        else if (*end == 'M' || *end == 'm')
            value <<= 20, end++;
        if (value < 1 || value > 1u << 30 || o->size_count == MAX_SIZES)
            return false;
        o->sizes[o->size_count++] = (size_t)value;
        if (*end == '\0')
            return true;
        if (*end != ',')
            return false;
        text = end + 1;
    }
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
            fprintf(
                stderr,
                "overlap: cannot understand %s\n"
                "usage: overlap [-s 64K,1M] [-r repetitions] [--case receiver|sender|both|all]\n"
                "               [--compute-factor F | --compute-us T] [--csv]\n",
                bad);
        MPI_Finalize();
        return 1;
    }

    size_t largest = 0;

    for (int i = 0; i < o.size_count; i++)
        largest = o.sizes[i] > largest ? o.sizes[i] : largest;
    unsigned char *buffer = must_allocate(largest);
    double *samples = must_allocate(4 * sizeof(double) * (size_t)o.repetitions);

    calibrate();
    if (my_rank == 0)
        print_head(&o);
    for (int k = 0; k < SCENARIOS; k++) {
        const struct scenario *s = &scenarios[k];

        if (strcmp(o.only, "all") && strcmp(o.only, s->name))
            continue;
        for (int i = 0; i < o.size_count; i++) {
            const struct result r = measure(&o, s, o.sizes[i], buffer, samples);

            if (my_rank == 0)
                print_result(&o, s, o.sizes[i], &r);
        }
    }

    free(samples);
    free(buffer);
    MPI_Finalize();
    return 0;
}
