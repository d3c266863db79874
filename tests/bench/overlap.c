/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Overlap, after Denis and Trahay, "MPI Overlap: Benchmark and Analysis" (ICPP 2016). Rank 0 sends,
 * rank 1 receives; one of them or both compute between the non-blocking call and MPI_Wait, without
 * any call of MPI in between.
 *
 *     overlap LAYOUT/SIZE:MICROSECONDS ...    with a computation of that length
 *     overlap comm LAYOUT/SIZE ...            only comm_us/LAYOUT/SIZE; bench.sh chooses the length
 *
 * LAYOUT is contiguous, or strided: blocks of 64 bytes, 128 apart.
 * CASE is receiver, sender or both (who computes), with "-strided" for that layout:
 *     comm_us/CASE/SIZE       the communication alone, from a common start until both are through
 *     total_us/CASE/SIZE      with the computation
 *     exposed_us/CASE/SIZE    total less the computation alone, which is timed right before each
 *                             total: what the program pays; the median of the differences
 *     exposed_part/CASE/SIZE  the same as a part of the communication alone (1 - overlap)
 *     post_us/CASE/SIZE       the posting call (MPI_Isend, MPI_Irecv) of the one that computes; of
 *                             the sender if both do
 *     wait_us/CASE/SIZE       MPI_Wait of the same rank
 *     arrival_us/CASE/SIZE    from the sender's post until the receiver's buffer has the last byte,
 *                             in runs of their own in which a computing receiver watches it
 *
 * Differences are not rounded up to 0: medians of many runs decide, not the sign of a small one.
 */
#include "overlap.h"

/* A sender's share is a thousandth of what it computes meanwhile: that takes many runs. */
enum { REPETITIONS = 45, STRIDED_REPETITIONS = 15, WARM_UP = 3, RETRIES = 4 };

static const struct scenario {
    const char *name;
    bool computes[2]; /* by rank */
} scenarios[] = {
    {"receiver", {false, true}},
    {"sender", {true, false}},
    {"both", {true, true}},
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

/* The computation of those who compute in the scenario; the other's may end later. */
static double alone_in(const struct scenario *s, const struct outcome *o)
{
    const double sender = s->computes[SENDER] ? o->own[SENDER] : 0.0;
    const double receiver = s->computes[RECEIVER] ? o->own[RECEIVER] : 0.0;

    return sender > receiver ? sender : receiver;
}

/* The same once more, but not for ever, when a rank could not start in time. */
static struct outcome run_undisturbed(const struct run *run, const struct message *m)
{
    struct outcome o = overlap_run(run, m);

    for (int i = 0; i < RETRIES && o.disturbed; i++)
        o = overlap_run(run, m);
    return o;
}

static void report(const char *what, const char *name, const struct message *m, double value)
{
    printf("%s/%s%s/%zu,%.4f\n", what, name, m->strided ? "-strided" : "", m->bytes, value);
}

static int repetitions(const struct bench *b, const struct message *m)
{
    return b->quick ? 3 : m->strided ? STRIDED_REPETITIONS : REPETITIONS;
}

static void measure(const struct bench *b, const struct scenario *s, const struct message *m,
                    uint64_t turns)
{
    const int n = repetitions(b, m);
    double comm[REPETITIONS], total[REPETITIONS], exposed[REPETITIONS], post[REPETITIONS],
        wait[REPETITIONS], arrival[REPETITIONS];
    const struct run run_comm = {.rank = b->rank, .communicate = true};
    /* The computation is timed with both ranks busy, as they are in run_total. */
    const struct run run_alone = {.rank = b->rank, .turns = {turns, turns}};
    const struct run run_total = {
        .rank = b->rank,
        .communicate = true,
        .turns = {s->computes[SENDER] ? turns : 0, s->computes[RECEIVER] ? turns : 0},
    };
    struct run run_watch = run_total;

    run_watch.watch = true;
    for (int i = 0; i < WARM_UP && !b->quick; i++)
        overlap_run(&run_total, m);
    /* They take turns, so that a drift of the machine meets all of them. */
    for (int i = 0; i < n; i++) {
        comm[i] = run_undisturbed(&run_comm, m).elapsed;

        const struct outcome a = run_undisturbed(&run_alone, m);
        const double alone = alone_in(s, &a);
        const struct outcome o = run_undisturbed(&run_total, m);

        total[i] = o.elapsed;
        exposed[i] = o.elapsed - alone;
        post[i] = s->computes[SENDER] ? o.post[SENDER] : o.post[RECEIVER];
        wait[i] = s->computes[SENDER] ? o.wait[SENDER] : o.wait[RECEIVER];
        run_watch.watch_time = alone;
        arrival[i] = run_undisturbed(&run_watch, m).arrival;
    }
    if (b->rank != 0)
        return;

    const double t_comm = bench_median(comm, n), t_exposed = bench_median(exposed, n);

    report("comm_us", s->name, m, t_comm * 1e6);
    report("total_us", s->name, m, bench_median(total, n) * 1e6);
    report("exposed_us", s->name, m, t_exposed * 1e6);
    report("exposed_part", s->name, m, t_exposed / t_comm);
    report("post_us", s->name, m, bench_median(post, n) * 1e6);
    report("wait_us", s->name, m, bench_median(wait, n) * 1e6);
    report("arrival_us", s->name, m, bench_median(arrival, n) * 1e6);
}

/* A first look at the communication; its lower quartile, for only the computation hangs on it. */
static void measure_comm(const struct bench *b, const struct message *m)
{
    const struct run run = {.rank = b->rank, .communicate = true};
    const int n = b->quick ? 3 : STRIDED_REPETITIONS;
    double comm[REPETITIONS];

    for (int i = 0; i < WARM_UP; i++)
        overlap_run(&run, m);
    for (int i = 0; i < n; i++)
        comm[i] = run_undisturbed(&run, m).elapsed;
    if (b->rank == 0)
        printf("comm_us/%s/%zu,%.4f\n", m->strided ? "strided" : "contiguous", m->bytes,
               bench_quantile(comm, n, 0.25) * 1e6);
}

/* "strided/65536:12.5" → layout, bytes and seconds; the seconds may be left out. */
static size_t parse_argument(const char *text, bool *strided, double *seconds)
{
    const char *size = strchr(text, '/');
    char *end;

    bench_require(size, "overlap: wants LAYOUT/SIZE:MICROSECONDS");
    *strided = !strncmp(text, "strided/", 8);
    bench_require(*strided || !strncmp(text, "contiguous/", 11), "overlap: unknown layout");
    const unsigned long bytes = strtoul(size + 1, &end, 10);

    *seconds = *end == ':' ? strtod(end + 1, &end) * 1e-6 : 0.0;
    bench_require(*end == '\0' && bytes > 0 && bytes <= 1u << 30 && bytes % 64 == 0,
                  "overlap: wants sizes in bytes, multiples of 64");
    return bytes;
}

int main(int argc, char **argv)
{
    struct bench b;

    bench_start(&b, &argc, &argv, NULL);
    bench_require(b.size == 2, "overlap: needs exactly 2 ranks");
    const bool comm_only = b.argc > 0 && !strcmp(b.argv[0], "comm");
    const double speed = comm_only ? 0.0 : bench_turns_per_second();

    for (int i = comm_only; i < b.argc; i++) {
        struct message m;
        bool strided;
        double seconds;
        const size_t bytes = parse_argument(b.argv[i], &strided, &seconds);

        overlap_message_init(&m, bytes, strided);
        if (comm_only)
            measure_comm(&b, &m);
        for (int k = 0; k < SCENARIOS && !comm_only; k++)
            measure(&b, &scenarios[k], &m, (uint64_t)(seconds * speed) + 1);
        overlap_message_free(&m);
    }
    return bench_end();
}
