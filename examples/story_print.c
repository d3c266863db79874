/* SPDX-License-Identifier: BSD-3-Clause */
/* The story in words and figures: nothing here measures. */
#include "story.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Two ways that differ by less are the same: a few readings of the clock, a miss of the cache. */
static const double resolution_us = 1.0;

struct comparison story_compare(const struct series *s)
{
    double values[MAX_ROUNDS];
    struct comparison c;
    int n;

    for (int way = 0; way < WAYS; way++) {
        n = 0;
        for (int i = 0; i < s->rounds; i++) {
            if (isfinite(s->value[way][i]))
                values[n++] = s->value[way][i];
        }
        c.way[way] = sample_estimate(values, n);
    }
    n = 0;
    for (int i = 0; i < s->rounds; i++) {
        const double saved = s->value[POLLING][i] - s->value[INTERRUPTS][i];

        if (isfinite(saved))
            values[n++] = saved;
    }
    c.saved = sample_estimate(values, n);
    return c;
}

/* A figure with as many digits as say something. */
static const char *figure(double x, char *text, size_t size)
{
    const double a = fabs(x);

    snprintf(text, size, "%.*f", a < 9.995 ? 2 : a < 99.95 ? 1 : 0, x);
    return text;
}

static const char *with_interval(double x, double low, double high, char *text, size_t size)
{
    char a[32], b[32], c[32];

    snprintf(text, size, "%s [%s, %s]", figure(x, a, sizeof(a)), figure(low, b, sizeof(b)),
             figure(high, c, sizeof(c)));
    return text;
}

const char *story_time(const struct estimate *e, bool may_be_nothing, char *text, size_t size)
{
    char bound[32];

    if (!isfinite(e->high) || e->high <= 0.0 || (e->low <= 0.0 && !may_be_nothing))
        snprintf(text, size, "?");
    else if (e->low <= 0.0)
        snprintf(text, size, "< %s", figure(e->high, bound, sizeof(bound)));
    else
        with_interval(e->median, e->low, e->high, text, size);
    return text;
}

const char *story_less_with(const struct comparison *c, double resolution, char *text, size_t size)
{
    const struct estimate *s = &c->saved;
    const int verdict = sample_verdict(s, resolution);
    char by[96];

    if (verdict == 0)
        snprintf(text, size, "?");
    else if (verdict > 0)
        snprintf(text, size, "interrupts, %s",
                 with_interval(s->median, s->low, s->high, by, sizeof(by)));
    else
        snprintf(text, size, "polling, %s",
                 with_interval(-s->median, -s->high, -s->low, by, sizeof(by)));
    return text;
}

const char *story_there(long there, long samples, char *text, size_t size)
{
    const double part = samples > 0 ? (double)there / (double)samples : NAN;

    if (isnan(part))
        snprintf(text, size, "?");
    else if (part >= 0.9 || part <= 0.1)
        snprintf(text, size, "%s", part >= 0.9 ? "yes" : "no");
    else
        snprintf(text, size, "%.0f %%", 100.0 * part);
    return text;
}

/* Could the message have cost nothing? Not if it moves when the rank that computes waits for it. */
static bool may_be_nothing(const struct row *r, int way)
{
    return 10 * r->there[way] > r->samples[way];
}

static void print_row(const struct row *r)
{
    const struct comparison c = story_compare(&r->exposed);
    char time[WAYS][96], there[WAYS][16], less[128];

    for (int way = 0; way < WAYS; way++) {
        story_time(&c.way[way], may_be_nothing(r, way), time[way], sizeof(time[way]));
        story_there(r->there[way], r->samples[way], there[way], sizeof(there[way]));
    }
    printf("%-8s %4.0f µs %4ld %s | %-20s %-5s | %-20s %-5s | %s\n", r->name, r->compute_us,
           r->bytes >= 1 << 20 ? r->bytes >> 20 : r->bytes >> 10,
           r->bytes >= 1 << 20 ? "MiB" : "KiB", time[INTERRUPTS], there[INTERRUPTS], time[POLLING],
           there[POLLING], story_less_with(&c, resolution_us, less, sizeof(less)));
}

/* What the notifier does to a rank that computes. */
static const char *interrupts_are(const char *notifier)
{
    if (!strcmp(notifier, "uintr"))
        return "user interrupts";
    return strcmp(notifier, "thread") ? "signals" : "wake-ups of a progress thread";
}

/* What else went on here, and what was made of it. */
static void print_machine(const struct story *s)
{
    const int percent = (int)(100.0 * SAMPLE_CHANCE + 0.5);
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t usable;
    double load = NAN;

    (void)!getloadavg(&load, 1);
    if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
        CPU_ZERO(&usable);
    printf("interrupts  are %s here%s%s\n", interrupts_are(s->notifier), *s->reason ? ": " : "",
           s->reason);
    printf("polling     is what other libraries do: data move inside MPI calls only "
           "(TOCSIN_NOTIFY=poll\n            TOCSIN_ADVERTISE=0)\n");
    printf("machine     %ld processors", processors);
    if (CPU_COUNT(&usable) != 0 && CPU_COUNT(&usable) < processors)
        printf(" (%d of them for this)", CPU_COUNT(&usable));
    printf(", of which others used %.2f meanwhile; load %.2f\n", s->foreign, load);
    printf(
        "samples     %ld runs in %d jobs that took turns; %ld were discarded, since a rank did not "
        "have\n            its processor to itself\n",
        s->runs, WAYS * s->row[0].exposed.rounds, s->discarded);
    printf("figures     medians and their %d %% intervals, \"?\" where they do not tell\n\n",
           100 - percent);
}

void story_print_table(const struct story *s)
{
    print_machine(s);
    printf("Microseconds that a message adds to a computation that goes on meanwhile, and whether "
           "the data\nwere there before the rank that computes called MPI_Wait:\n\n");
    printf("%-25s | %-26s | %-26s |\n", "", "interrupts", "polling");
    printf("%-16s %8s | %-20s %-5s | %-20s %-5s | %s\n", "computes", "message", "added", "there",
           "added", "there", "less with");
    for (int i = 0; i < ROWS; i++)
        print_row(&s->row[i]);
    printf("\nWhen both compute, nobody is free to copy for the other: who waits first does it.\n");
}

void story_print_halo(const struct story *s)
{
    const struct comparison c = story_compare(&s->halo);
    char time[96], less[128];

    printf("Its total time for five steps (the shortest of 20 repetitions), in milliseconds, in %d "
           "pairs of\njobs that took turns:\n\n",
           s->halo.rounds);
    printf("interrupts  %s\n", story_time(&c.way[INTERRUPTS], false, time, sizeof(time)));
    printf("polling     %s\n", story_time(&c.way[POLLING], false, time, sizeof(time)));
    printf("less with   %s\n", story_less_with(&c, 0.0, less, sizeof(less)));
}

/* "1.40", "less than 3.10", without the interval. */
static const char *about(const struct estimate *e, bool may_be_nothing, char *text, size_t size)
{
    char all[96];

    story_time(e, may_be_nothing, all, sizeof(all));
    if (all[0] == '<')
        snprintf(text, size, "less than %.32s", all + 2);
    else
        snprintf(text, size, "%.*s", (int)strcspn(all, " "), all);
    return text;
}

static void say_row(const struct row *r)
{
    const struct comparison c = story_compare(&r->exposed);
    char interrupts[64], polling[64];

    printf("1 MiB into a computing receiver: ");
    if (sample_verdict(&c.saved, resolution_us) == 0)
        printf("what is better cannot be told here now.\n");
    else
        printf("%s µs with interrupts, %s by polling.\n",
               about(&c.way[INTERRUPTS], may_be_nothing(r, INTERRUPTS), interrupts,
                     sizeof(interrupts)),
               about(&c.way[POLLING], may_be_nothing(r, POLLING), polling, sizeof(polling)));
}

/* The difference is of pairs; that of the two medians may be another when the machine changes. */
static void say_halo(const struct series *halo)
{
    static const char *const with[WAYS] = {"with interrupts", "by polling"};
    const struct comparison c = story_compare(halo);
    const int verdict = sample_verdict(&c.saved, 0.0), better = verdict > 0 ? INTERRUPTS : POLLING;
    char time[64], more[64];

    printf("The halo exchange: ");
    if (verdict == 0)
        printf("what is better cannot be told here now.\n");
    else
        printf("%s ms %s, %s more %s.\n", about(&c.way[better], false, time, sizeof(time)),
               with[better], figure(fabs(c.saved.median), more, sizeof(more)), with[!better]);
}

void story_print_end(const struct story *s)
{
    for (int i = 0; i < ROWS; i++) {
        if (!strcmp(s->row[i].name, "receiver") && s->row[i].bytes == 1 << 20)
            say_row(&s->row[i]);
    }
    say_halo(&s->halo);
}
