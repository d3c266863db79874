/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench.h"

#include <sched.h>
#include <time.h>

/* Where launchers tell a rank its number. */
static const char *const rank_variables[] = {
    "TOCSIN_RANK", "PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK",
};

static int rank_before_init(void)
{
    for (size_t i = 0; i < sizeof(rank_variables) / sizeof(rank_variables[0]); i++) {
        const char *text = getenv(rank_variables[i]);

        if (text)
            return atoi(text);
    }
    return -1;
}

static void usage(const char *why)
{
    fprintf(stderr, "%s\noptions: [-c CPU,CPU,...] [-s SIZE,SIZE,...] [-q]\n", why);
    exit(2);
}

static void bind_to(const struct bench *b, int rank)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)b->cpus[rank], &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        usage("cannot bind to the processors of -c");
}

static int parse_cpus(const char *text, int cpus[BENCH_MAX_CPUS])
{
    int count = 0;

    for (;;) {
        char *end;
        const long cpu = strtol(text, &end, 10);

        if (end == text || cpu < 0 || cpu >= CPU_SETSIZE || count == BENCH_MAX_CPUS)
            return 0;
        cpus[count++] = (int)cpu;
        if (*end == '\0')
            return count;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
}

int bench_parse_sizes(const char *text, size_t sizes[BENCH_MAX_SIZES])
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

/* Takes the shared options out of the command line. */
static void parse(struct bench *b, int argc, char **argv)
{
    int kept = 0;

    for (int i = 1; i < argc; i++) {
        const bool more = i + 1 < argc;

        if (!strcmp(argv[i], "-q")) {
            b->quick = true;
        } else if (!strcmp(argv[i], "-c") && more) {
            b->cpu_count = parse_cpus(argv[++i], b->cpus);
            if (b->cpu_count == 0)
                usage("-c wants numbers of processors, as in 0,1");
        } else if (!strcmp(argv[i], "-s") && more) {
            b->size_count = bench_parse_sizes(argv[++i], b->sizes);
            if (b->size_count == 0)
                usage("-s wants sizes up to 1024M, as in 8,64K,1M");
        } else {
            b->argv[kept++] = argv[i];
        }
    }
    b->argc = kept;
}

void bench_start(struct bench *b, int *argc, char ***argv, const char *sizes)
{
    const int early = rank_before_init();

    *b = (struct bench){.argv = calloc((size_t)*argc, sizeof(char *))};
    if (!b->argv)
        exit(2);
    if (sizes)
        b->size_count = bench_parse_sizes(sizes, b->sizes);
    parse(b, *argc, *argv);
    if (early >= 0 && early < b->cpu_count)
        bind_to(b, early);
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &b->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &b->size);
    bench_require(b->cpu_count == 0 || b->cpu_count >= b->size, "-c: fewer processors than ranks");
    if (b->cpu_count > 0)
        bind_to(b, b->rank);
    /* Nobody is still on the way to its processor, or alone on the machine. */
    MPI_Barrier(MPI_COMM_WORLD);
}

int bench_end(void)
{
    fflush(stdout);
    MPI_Finalize();
    return 0;
}

void bench_require(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", what);
    MPI_Abort(MPI_COMM_WORLD, 2);
    abort();
}

void *bench_alloc(size_t bytes)
{
    void *p = NULL;

    bench_require(posix_memalign(&p, 4096, bytes ? bytes : 1) == 0, "no memory");
    memset(p, 1, bytes);
    return p;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(double), compare_doubles);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

double bench_quantile(double *values, int count, double q)
{
    qsort(values, (size_t)count, sizeof(double), compare_doubles);
    return values[(int)(q * (count - 1) + 0.5)];
}

double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_sleep(double seconds)
{
    struct timespec left = {
        .tv_sec = (time_t)seconds,
        .tv_nsec = (long)(1e9 * (seconds - (double)(time_t)seconds)),
    };

    while (nanosleep(&left, &left))
        ;
}

void bench_compute(uint64_t turns)
{
    static volatile uint64_t sink;
    uint64_t x = sink | 1;

    for (uint64_t i = 0; i < turns; i++)
        x = x * 6364136223846793005u + 1442695040888963407u;
    sink = x;
}

double bench_turns_per_second(void)
{
    const uint64_t turns = 200000;
    double best = 1e9, slowest;

    /* All ranks at the same time, as they will compute later: shared cores, shared clocks. The
     * fastest of many short runs: a disturbance does not count. */
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < 50; i++) {
        const double start = bench_now();

        bench_compute(turns);
        const double elapsed = bench_now() - start;

        if (elapsed < best)
            best = elapsed;
    }
    MPI_Allreduce(&best, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return (double)turns / slowest;
}
