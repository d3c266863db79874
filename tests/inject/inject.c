/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bell at every instruction boundary of an MPI call, and a second one after it.
 *
 *   inject --probe                         0: the trap flag works here; 77: it does not
 *   inject --list                          the scenarios, one per line: call, background
 *   mpirun -n 2 inject [options] FILE CALL BACKGROUND
 *
 *   FILE                    an empty file through which the two ranks talk outside MPI
 *   --single MILLISECONDS   time for the trials with one bell; 0 (default): all boundaries
 *   --double MILLISECONDS   time for the trials with two bells; 0 (default): all boundaries
 *   --passes N              of an instruction in a loop, the first and the last N passes (8)
 *   --wait SECONDS          how long a bell may take to move the background (20)
 *   --step                  reach the boundaries by the trap flag alone, without breakpoints
 *
 * Prints what was covered. Exit code 0 if all was well, 1 with the boundary and what went wrong
 * there.
 */
#include "inject.h"

#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <mpi.h>

#include "base/syscall.h"
#include "boundaries.h"
#include "stepper.h"

/* Boundaries behind the first bell at which the second one strikes. */
#define AFTER_MAX 16

/* Seconds without the end of a trial. */
#define HANG_SECONDS 45

static const struct call *call;
static const struct background *background;

static struct options {
    unsigned single_ms, double_ms, passes, wait_seconds;
    bool step;
} options = {.passes = 8, .wait_seconds = 20};

static struct count {
    size_t once, twice; /* trials with one bell, with two */
    size_t missed;      /* boundaries that the call did not come by */
    size_t late;        /* second bells for which call or handler were too short */
} count;

static const struct stepper_plan *plan; /* of the trial; NULL: none */
static volatile const char *phase = "";

static void describe(char *text, size_t size)
{
    int length = snprintf(text, size, "%s with %s, trial %u (%s)", call->name, background->name,
                          trial, (const char *)phase);
    if (plan == NULL)
        return;
    length += snprintf(text + length, size - (size_t)length, ", bell before %s (pass %u)",
                       boundary_name(plan->address), plan->pass);
    if (plan->second == STEPPER_AFTER)
        snprintf(text + length, size - (size_t)length, " and %u instructions later",
                 plan->distance);
    if (plan->second == STEPPER_INSIDE)
        snprintf(text + length, size - (size_t)length, " and in its handler before %s (pass %u)",
                 boundary_name(plan->inside), plan->inside_pass);
}

void fail(const char *format, ...)
{
    char where[600], what[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    describe(where, sizeof(where));
    fprintf(stderr, "inject: FAIL %s: %s\n", where, what);
    _exit(1);
}

/* Once a second. The signal comes through in the bell's handler as well. */
static void watch(int signo, siginfo_t *info, void *context)
{
    static unsigned seen, seconds;
    const ucontext_t *interrupted = context;
    (void)signo;
    (void)info;
    seconds = trial == seen ? seconds + 1 : 0;
    seen = trial;
    if (seconds == HANG_SECONDS)
        fail("no end; the thread is at %s",
             boundary_name((uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP]));
}

static void crash(int signo, siginfo_t *info, void *context)
{
    const ucontext_t *interrupted = context;
    (void)info;
    fail("%s at %s", strsignal(signo),
         boundary_name((uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP]));
}

static void start_watch(void)
{
    struct sigaction crashed = {.sa_sigaction = crash, .sa_flags = SA_SIGINFO};
    struct sigaction action = {.sa_sigaction = watch, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct itimerval second = {{1, 0}, {1, 0}};
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGSEGV, &crashed, NULL);
    sigaction(SIGBUS, &crashed, NULL);
    setitimer(ITIMER_REAL, &second, NULL);
}

static void peer_do(enum peer_step step)
{
    peer_order(step);
    peer_await();
}

static void do_if(void (*function)(void))
{
    if (function != NULL)
        function();
}

static void serve(enum peer_step step)
{
    switch (step) {
    case PEER_BEFORE:
        do_if(call->peer_before);
        do_if(background->peer_before);
        break;
    case PEER_EARLY:
        do_if(call->peer_early);
        break;
    case PEER_LATE:
        do_if(background->peer_publish);
        do_if(call->peer_late);
        break;
    case PEER_DURING:
        do_if(call->peer_during);
        break;
    case PEER_SETTLE:
        do_if(background->peer_settle);
        break;
    case PEER_FINISH:
        do_if(call->peer_finish);
        do_if(background->peer_finish);
        break;
    case PEER_QUIT:
        break;
    }
}

/* The bell has struck, and no call is made: the background has to move all the same. */
static void await_background(void)
{
    time_t end = time(NULL) + (time_t)options.wait_seconds;
    phase = "after the call";
    while (background->has_moved != NULL && !background->has_moved()) {
        if (time(NULL) > end)
            fail("the bell was lost: nothing moves while the program computes");
        sched_yield();
    }
    if (background->peer_settle != NULL)
        peer_do(PEER_SETTLE);
}

/* Everything up to the call. The bells that the peer's packets cause are held back and dropped: the
 * one that strikes in the call takes their place. */
static void set_up(void)
{
    phase = "before the call";
    trial++;
    /* A mask that wants too much stays until the handler trims it: whether the trial before left
     * one behind depends on how long its wait was. */
    stepper_strike();
    if (call->peer_before != NULL || background->peer_before != NULL)
        peer_do(PEER_BEFORE);
    do_if(background->prepare);
    do_if(call->prepare);
    stepper_hold();
    if (call->peer_early != NULL) {
        peer_do(PEER_EARLY);
        drain_ring();
    }
    if (call->peer_late != NULL || background->peer_publish != NULL)
        peer_do(PEER_LATE);
    stepper_drop();
    if (call->peer_during != NULL)
        peer_order(PEER_DURING);
}

static void finish(void)
{
    if (call->peer_during != NULL)
        peer_await();
    await_background();
    phase = "at the end";
    peer_order(PEER_FINISH);
    do_if(call->check);
    do_if(background->check);
    peer_await();
}

/* How a trial gets its bell. */
enum manner { PLANNED, RECORDED, PLAIN };

/* One place for all, so that the call returns to the same address always. */
static __attribute__((noinline)) void run_call(void)
{
    stepper_on();
    call->run();
    stepper_off();
}

static void run_trial(enum manner manner, const struct stepper_plan *with)
{
    plan = with;
    peer_set_patience(manner == RECORDED ? 500000 : 300);
    set_up();
    if (manner == RECORDED)
        stepper_record();
    else if (manner == PLANNED)
        stepper_aim(plan, options.step);
    else
        stepper_rest();
    phase = "in the call";
    run_call();
    if (stepper_struck() == 0)
        stepper_strike(); /* the bell that is due comes after the call */
    finish();
    plan = NULL;
}

/* Strikes by the plan; a boundary that this run did not come by gets two more chances. */
static bool strike(const struct stepper_plan *with)
{
    for (int attempt = 0; attempt < 3; attempt++) {
        run_trial(PLANNED, with);
        if (stepper_struck() > 0)
            break;
    }
    if (stepper_struck() == 0)
        count.missed++;
    else if (stepper_struck() == 2)
        count.twice++;
    else if (with->second != STEPPER_NONE)
        count.late++;
    else
        count.once++;
    return stepper_struck() == 2;
}

/* Goes through all boundaries, far from one to the next, so that a walk that runs out of time has
 * been everywhere. */
struct walk {
    size_t count, step, at, done;
    int64_t end_ms; /* 0: none */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t common_divisor(size_t a, size_t b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

static struct walk start_walk(size_t steps, unsigned ms)
{
    struct walk walk = {.count = steps, .step = steps * 618 / 1000 + 1};
    while (common_divisor(walk.step, steps) > 1)
        walk.step++;
    walk.end_ms = ms > 0 ? now_ms() + ms : 0;
    return walk;
}

static bool walk_on(struct walk *walk)
{
    if (walk->done == walk->count || (walk->end_ms != 0 && now_ms() >= walk->end_ms))
        return false;
    walk->at = (walk->at + walk->step) % walk->count;
    walk->done++;
    return true;
}

static struct stepper_plan plan_for(const struct boundaries *boundaries, size_t i)
{
    return (struct stepper_plan){.address = boundaries->list[i].address,
                                 .pass = boundaries->list[i].pass};
}

static size_t strike_once(const struct boundaries *boundaries)
{
    struct walk walk = start_walk(boundaries->count, options.single_ms);
    while (walk_on(&walk)) {
        struct stepper_plan with = plan_for(boundaries, walk.at);
        strike(&with);
    }
    return walk.done;
}

/* The boundaries of the handler when the bell strikes at boundary `i` of the call; or at its first,
 * which is come by always. */
static void list_handler(const struct boundaries *boundaries, size_t i, struct boundaries *handler)
{
    const uintptr_t *trace;
    for (int attempt = 0; attempt < 4; attempt++) {
        struct stepper_plan with = plan_for(boundaries, attempt < 3 ? i : 0);
        with.second = STEPPER_LIST;
        run_trial(PLANNED, &with);
        if (stepper_struck() > 0)
            break;
    }
    if (stepper_struck() == 0)
        fail("the call does not come by its first boundary");
    size_t length = stepper_trace(&trace);
    boundaries_choose(trace, length, options.passes, handler);
    if (handler->count == 0)
        fail("the trap flag has seen no instruction of the bell's handler");
}

static void strike_inside(struct stepper_plan *with, const struct boundary *inside)
{
    with->second = STEPPER_INSIDE;
    with->inside = inside->address;
    with->inside_pass = inside->pass;
    strike(with);
}

/* Every boundary of the handler for the i-th of the call. */
static size_t strike_handler(const struct boundaries *boundaries, size_t i)
{
    struct boundaries handler;
    list_handler(boundaries, i, &handler);
    struct walk walk = start_walk(handler.count, options.double_ms / 4);
    while (walk_on(&walk)) {
        struct stepper_plan with = plan_for(boundaries, i);
        strike_inside(&with, &handler.list[walk.at]);
    }
    free(handler.list);
    return walk.done;
}

/* The second bell at each of the next boundaries, and at one inside the handler, another for each
 * boundary of the call. */
static size_t strike_twice(const struct boundaries *boundaries)
{
    struct boundaries handler;
    list_handler(boundaries, boundaries->count / 2, &handler);
    struct walk walk = start_walk(boundaries->count, options.double_ms / 2);
    while (walk_on(&walk)) {
        struct stepper_plan with = plan_for(boundaries, walk.at);
        with.second = STEPPER_AFTER;
        for (with.distance = 1; with.distance <= AFTER_MAX; with.distance++)
            strike(&with);
        strike_inside(&with, &handler.list[walk.done % handler.count]);
    }
    free(handler.list);
    return walk.done;
}

/* Does the peer act while the call runs? Then its loops are another time longer or shorter, so only
 * the first passes through them can be found again. Without cross-memory attach the peer's handler
 * sends fragments. */
static bool is_lively(void)
{
    const char *cma = getenv("TOCSIN_CMA");
    return call->peer_during != NULL || (cma != NULL && strcmp(cma, "0") == 0);
}

static void record(struct boundaries *boundaries)
{
    const uintptr_t *trace;
    for (int i = 0; i < 5; i++) /* first contacts, growing pools */
        run_trial(PLAIN, NULL);
    run_trial(RECORDED, NULL);
    size_t length = stepper_trace(&trace);
    boundaries_choose(trace, length, is_lively() ? 2 : options.passes, boundaries);
    if (boundaries->count == 0)
        fail("the trap flag has seen no instruction of the call");
}

static void test(void)
{
    struct boundaries boundaries;
    record(&boundaries);
    size_t once = strike_once(&boundaries);
    size_t missed = count.missed;
    /* Where the library is at rest, and in the middle of the call, where it is busy. */
    size_t open = strike_handler(&boundaries, 0);
    size_t busy = strike_handler(&boundaries, boundaries.count / 2);
    size_t twice = strike_twice(&boundaries);
    printf("%s with %s: %zu of %zu boundaries (%zu not come by; %zu repeats in loops left out); "
           "two bells at %zu, inside the handler at %zu and %zu: %zu trials with one bell, %zu "
           "with two, %zu too short for the second\n",
           call->name, background->name, once, boundaries.count, missed, boundaries.repeats, twice,
           open, busy, count.once, count.twice, count.late);
    if (!is_lively() && missed * 20 > once)
        fail("too many boundaries were not come by: the call is not the same every time");
    free(boundaries.list);
}

static int misuse(void)
{
    fprintf(stderr, "usage: inject --probe | --list | [--single MS] [--double MS] "
                    "[--passes N] [--wait SECONDS] [--step] FILE CALL BACKGROUND\n");
    return 2;
}

/* Index of the first operand, or 0. */
static int parse(int argc, char **argv)
{
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        unsigned *number = strcmp(argv[i], "--single") == 0   ? &options.single_ms
                           : strcmp(argv[i], "--double") == 0 ? &options.double_ms
                           : strcmp(argv[i], "--passes") == 0 ? &options.passes
                           : strcmp(argv[i], "--wait") == 0   ? &options.wait_seconds
                                                              : NULL;
        if (strcmp(argv[i], "--step") == 0)
            options.step = true;
        else if (number != NULL && i + 1 < argc)
            *number = (unsigned)strtoul(argv[++i], NULL, 10);
        else
            return 0;
    }
    return argc - i == 3 && options.passes > 0 ? i : 0;
}

static bool uses_uintr(void)
{
    const char *notify = getenv("TOCSIN_NOTIFY");
    return notify != NULL && strcmp(notify, "uintr") == 0;
}

int main(int argc, char **argv)
{
    int rank, operand;
    if (argc == 2 && strcmp(argv[1], "--probe") == 0)
        return stepper_works() ? 0 : 77;
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        list_scenarios();
        return 0;
    }
    operand = parse(argc, argv);
    if (operand == 0)
        return misuse();
    call = find_call(argv[operand + 1]);
    background = find_background(argv[operand + 2]);
    if (call == NULL || background == NULL)
        return misuse();
    peer_attach(argv[operand]);
    call_bytes = call->bytes;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (uses_uintr())
        stepper_use_uintr();
    if (rank == 0) {
        if (!stepper_init())
            fail("the bell's signal has no handler: this is for TOCSIN_NOTIFY=signal or uintr");
        start_watch();
        test();
        trial++;
        peer_do(PEER_QUIT);
    } else {
        peer_serve(serve);
    }
    MPI_Finalize();
    return 0;
}
