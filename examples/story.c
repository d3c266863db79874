/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * story: what interrupts are good for, measured beside polling. Started in the build directory:
 *
 *     examples/story [SECONDS [SECONDS]]      for the table, for the halo exchange
 *
 * The programs are examples/overlap and examples/halo3d, plain MPI programs. Many short jobs take
 * turns, with interrupts and with polling, in pairs whose order alternates, until the time is over:
 * what the machine does meanwhile meets both alike. One pair of jobs is a round, and gives one
 * value (a median) for each row; figures and verdicts are made of the rounds.
 */
#include "story.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Polling as in other libraries: they know no advertised buffers either. */
static const char *const settings[WAYS] = {
    "TOCSIN_NOTIFY=%s TOCSIN_ADVERTISE=1",
    "TOCSIN_NOTIFY=poll TOCSIN_ADVERTISE=0",
};

static const char *const case_names[CASES] = {"receiver", "sender", "both"};

/*
 * The messages, and computations that are long enough for one rank to copy them alone meanwhile,
 * and short enough to go through undisturbed where somebody else takes the processor every few
 * milliseconds. The same for both ways, everywhere.
 */
static const struct {
    long bytes;
    int compute_us;
} sizes[SIZES] = {{64 << 10, 100}, {256 << 10, 300}, {1 << 20, 800}};

static struct story story;

static void fail(const char *what)
{
    fprintf(stderr, "story: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Processor seconds of the whole machine since it was started, and of this program's children. */
static double busy_seconds(void)
{
    unsigned long long user, nice, system, idle, iowait, irq, softirq;
    FILE *file = fopen("/proc/stat", "r");
    const int found = file ? fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice,
                                    &system, &idle, &iowait, &irq, &softirq)
                           : 0;

    if (file)
        fclose(file);
    return found == 7
               ? (double)(user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK)
               : NAN;
}

static double own_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* Which notifier is the best that works here, and why it is no better one. */
static void find_notifier(void)
{
    char line[512], name[32] = "", *end;
    FILE *info = popen("launcher/tocsin-info --why", "r");

    if (!info)
        fail("cannot start a shell");
    while (fgets(line, sizeof(line), info)) {
        if (!strncmp(line, "  ", 2) && line[2] != ' ') {
            sscanf(line, "%31s", name);
            if (strstr(line, ": works here") && !*story.notifier)
                snprintf(story.notifier, sizeof(story.notifier), "%s", name);
        } else if (!strcmp(name, "uintr") && line[0] == ' ') {
            end = line + strcspn(line, ";\n");
            *end = '\0';
            snprintf(story.reason, sizeof(story.reason), "%s", line + strspn(line, " "));
        }
    }
    if (pclose(info) != 0 || !*story.notifier)
        fail("launcher/tocsin-info --why names no notifier: start this in the build directory");
}

/* Starts a job of two ranks. */
static FILE *start(int way, const char *program)
{
    char setting[128], command[512];

    snprintf(setting, sizeof(setting), settings[way], story.notifier);
    snprintf(command, sizeof(command), "%s launcher/mpirun -n 2 %s", setting, program);
    FILE *job = popen(command, "r");

    if (!job)
        fail("cannot start a shell");
    return job;
}

static void finish(FILE *job, const char *program)
{
    if (pclose(job) == 0)
        return;
    fprintf(stderr, "story: %s failed\n", program);
    exit(1);
}

static struct row *find_row(const char *name, long bytes)
{
    for (int i = 0; i < ROWS; i++) {
        if (!strcmp(story.row[i].name, name) && story.row[i].bytes == bytes)
            return &story.row[i];
    }
    fail("examples/overlap wrote what was not asked for");
    return NULL;
}

/* One job of the table. What it writes is kept per row: values[] of the row now read, then a
 * median. */
static void run_overlap(int way, int round, const char *program)
{
    FILE *job = start(way, program);
    struct row *row = NULL;
    double values[64], exposed;
    char line[256], name[32];
    long bytes, discarded, runs;
    int there, count = 0;

    while (fgets(line, sizeof(line), job)) {
        if (sscanf(line, "discarded %ld %ld", &discarded, &runs) == 2) {
            story.discarded += discarded;
            story.runs += runs;
        } else if (sscanf(line, "%31s %ld %lf %d", name, &bytes, &exposed, &there) == 4) {
            if (row != find_row(name, bytes))
                count = 0;
            row = find_row(name, bytes);
            row->samples[way]++;
            row->there[way] += there;
            if (count < 64)
                values[count++] = exposed;
            row->exposed.value[way][round] = sample_estimate(values, count).median;
        }
    }
    finish(job, "examples/overlap");
}

static void run_halo(int way, int round, const char *program)
{
    FILE *job = start(way, program);
    char line[256];
    double ms;

    while (fgets(line, sizeof(line), job)) {
        const char *time = strstr(line, "ranks: ");

        if (time && sscanf(time, "ranks: %lf ms", &ms) == 1)
            story.halo.value[way][round] = ms;
    }
    finish(job, program);
}

/* Rounds until the time is over; which way begins alternates. */
static int take_turns(double seconds, void (*run)(int, int, const char *), const char *program)
{
    const double end = now() + seconds;
    int round = 0;

    do {
        for (int way = 0; way < WAYS; way++)
            run(round % 2 ? WAYS - 1 - way : way, round, program);
        round++;
    } while (now() < end && round < MAX_ROUNDS);
    return round;
}

static void forget(struct series *s)
{
    for (int i = 0; i < MAX_ROUNDS; i++)
        s->value[INTERRUPTS][i] = s->value[POLLING][i] = NAN;
}

static void measure_table(double seconds)
{
    char program[256] = "examples/overlap --samples -r 1 -s ";

    for (int i = 0; i < SIZES; i++)
        snprintf(program + strlen(program), sizeof(program) - strlen(program), "%s%ld:%d",
                 i ? "," : "", sizes[i].bytes, sizes[i].compute_us);
    for (int i = 0; i < ROWS; i++) {
        story.row[i].name = case_names[i / SIZES];
        story.row[i].bytes = sizes[i % SIZES].bytes;
        story.row[i].compute_us = sizes[i % SIZES].compute_us;
        forget(&story.row[i].exposed);
    }
    const int rounds = take_turns(seconds, run_overlap, program);

    for (int i = 0; i < ROWS; i++)
        story.row[i].exposed.rounds = rounds;
}

int main(int argc, char **argv)
{
    const double table = argc > 1 ? atof(argv[1]) : 9.0, halo = argc > 2 ? atof(argv[2]) : 4.0;
    const double begun = now(), busy = busy_seconds(), own = own_seconds();

    find_notifier();
    printf("== examples/overlap.c, compiled by launcher/mpicc, 2 ranks\n\n");
    fflush(stdout);
    measure_table(table);
    story.seconds = now() - begun;
    story.foreign = fmax(0.0, busy_seconds() - busy - (own_seconds() - own)) / story.seconds;
    story_print_table(&story);
    printf(
        "\n== examples/halo3d.c, compiled by launcher/mpicc, 2 ranks, one with twice the work\n\n");
    fflush(stdout);
    forget(&story.halo);
    story.halo.rounds = take_turns(halo, run_halo, "examples/halo3d");
    story_print_halo(&story);
    printf("\n");
    story_print_end(&story);
    return 0;
}
