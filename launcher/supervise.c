/* SPDX-License-Identifier: BSD-3-Clause */
#include "launch.h"
#include "clock.h"
#include "foreign.h"
#include "message.h"
#include "processes.h"
#include "spawn.h"
#include "whereabouts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define TERM_MS    250  /* after the first signal: SIGTERM, if that was another one */
#define KILL_MS    450  /* ... SIGKILL */
#define REPEAT_MS  50   /* ... and again, for what was being forked just then */
#define LINGER_MS  1000 /* what a rank leaves behind may keep writing for so long */
#define LOOK_MS    500  /* between looks for ranks that never called MPI_Init */
#define POLL_MS    5    /* between looks at what is left of the ranks' process groups */
#define GIVE_UP_MS 2000 /* process groups that SIGKILL does not end (stuck in the kernel) */

/* Where setpgid() is refused there is no such group. */
static void signal_group(const struct toc_launch_rank *rank, int signal)
{
    if (kill(-rank->pid, signal) < 0 && errno == ESRCH && !rank->left)
        kill(rank->pid, signal);
}

void toc_supervise_signal(struct toc_launch *launch, int signal)
{
    for (uint32_t i = 0; i < launch->started; i++)
        if (launch->ranks[i].pid != 0)
            signal_group(&launch->ranks[i], signal);
}

void toc_supervise_end(struct toc_launch *launch, int signal, int code, int rank)
{
    if (launch->ending)
        return;
    launch->ending = true;
    launch->exit_code = code;
    launch->end_signal = signal;
    launch->ending_since = toc_clock_ms();
    launch->next_signal = launch->ending_since + (signal == SIGTERM ? KILL_MS : TERM_MS);
    toc_job_abort(launch->header, rank, code, TOC_ABORT_CALLED);
    toc_supervise_signal(launch, signal);
    toc_supervise_signal(launch, SIGCONT); /* stopped ranks would not see it */
}

void toc_supervise_interrupt(struct toc_launch *launch, int signal)
{
    if (launch->ending)
        return;
    toc_supervise_end(launch, signal, 128 + signal, -1);
    launch->granted = true;
    launch->next_signal = launch->ending_since + (int64_t)launch->options.kill_timeout * 1000;
}

/* SIGTERM after another signal, then SIGKILL until everybody has left. What interrupts mpirun is
 * all that the ranks get before SIGKILL: they may be saving their state. */
static void escalate(struct toc_launch *launch, int64_t now)
{
    if (!launch->ending || launch->left == launch->started || now < launch->next_signal)
        return;
    if (!launch->granted && launch->end_signal != SIGTERM && launch->end_signal != SIGKILL) {
        launch->end_signal = SIGTERM;
        launch->next_signal = launch->ending_since + KILL_MS;
    } else {
        launch->end_signal = SIGKILL;
        launch->next_signal = now + REPEAT_MS;
    }
    toc_supervise_signal(launch, launch->end_signal);
}

/* Ranks write to the segment, and so do stray writes of their programs. */
static void report_overwritten(struct toc_launch *launch, const char *region, int64_t value)
{
    toc_message_print("mpirun found in %s: value %lld: the job's shared segment has been "
                      "overwritten, most likely by a stray write of a rank's program: ending the "
                      "job",
                      region, (long long)value);
    toc_supervise_end(launch, SIGTERM, 1, -1);
}

/* What cannot be is taken for a rank that has joined, and told of. */
static int rank_state(struct toc_launch *launch, uint32_t rank)
{
    /* Acquire: pairs with the rank's release when it joins. */
    int state =
        atomic_load_explicit(&toc_job_rank(launch->header, rank)->state, memory_order_acquire);
    char region[48];

    if (state >= TOC_RANK_STARTED && state <= TOC_RANK_ENDED)
        return state;
    snprintf(region, sizeof(region), "the state of rank %u", rank);
    report_overwritten(launch, region, state);
    return TOC_RANK_JOINED;
}

static const struct toc_program *program_of(const struct toc_launch *launch, uint32_t rank)
{
    return toc_options_program(&launch->options, rank);
}

static const char *name_of(const struct toc_launch *launch, uint32_t rank)
{
    return program_of(launch, rank)->argv[0];
}

static bool take_spawn_errors(struct toc_launch *launch)
{
    struct toc_spawn_error report;

    if (launch->error_fd < 0)
        return false;
    ssize_t got = read(launch->error_fd, &report, sizeof(report));
    if (got == (ssize_t)sizeof(report)) {
        if (!launch->ending)
            toc_message_print("cannot start rank %u: %s %s: %s", report.rank, report.call,
                              program_of(launch, report.rank)->path, strerror(report.error));
        toc_supervise_end(launch, SIGTERM,
                          report.error == ENOENT ? TOC_EXIT_NOT_FOUND : TOC_EXIT_NO_EXEC, -1);
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) { /* all have become the program */
        close(launch->error_fd);
        launch->error_fd = -1;
    }
    return false;
}

/* MPI_Abort(code): what other launchers give, the low 8 bits; but a code that is not 0 stays so. */
static bool take_abort(struct toc_launch *launch)
{
    /* Acquire: pairs with the release of the 2 in toc_job_abort(). */
    if (atomic_load_explicit(&launch->header->abort_state, memory_order_acquire) != 2)
        return false;
    int code = atomic_load_explicit(&launch->header->abort_code, memory_order_relaxed);
    int rank = atomic_load_explicit(&launch->header->abort_rank, memory_order_relaxed);
    int low = code & 0xff;
    int reason = atomic_load_explicit(&launch->header->abort_reason, memory_order_relaxed);
    if (rank < 0 || rank >= (int)launch->options.nranks) {
        report_overwritten(launch, "the number of the rank that ends the job", rank);
        return true;
    }
    if (reason == TOC_ABORT_CALLED)
        toc_message_print("rank %d called MPI_Abort with code %d: ending the job", rank, code);
    else
        toc_message_print("rank %d has reported an error (code %d): ending the job", rank, code);
    toc_supervise_end(launch, SIGTERM, low == 0 && code != 0 ? 1 : low, rank);
    return true;
}

/* A rank that left without MPI_Init may have called another library's. Said once, not of each rank.
 * The program may well have had no use for MPI (--version): its exit code stands. */
static void tell_foreign(struct toc_launch *launch, uint32_t rank)
{
    const struct toc_program *program = program_of(launch, rank);
    char library[64];

    if (launch->foreign_told || rank_state(launch, rank) != TOC_RANK_STARTED ||
        !toc_foreign_library(program->path, program->environment, library, sizeof(library)))
        return;
    launch->foreign_told = true;
    toc_message_print("%s uses %s: that is another MPI, and its ranks are not ranks of this job; "
                      "rebuild it with mpicc",
                      program->argv[0], library);
}

/* The job goes on without it (-disable-auto-cleanup). The others see its state, before or after
 * they have seen that there is one more of these; mpirun's exit code is the first one's. */
static void part_with(struct toc_launch *launch, uint32_t rank, int code)
{
    struct toc_job_header *header = launch->header;

    if (launch->exit_code == 0)
        launch->exit_code = code;
    if (rank_state(launch, rank) == TOC_RANK_FINALIZED)
        return;
    /* Release: pairs with the acquire of those who look for a message of its. */
    atomic_store_explicit(&toc_job_rank(header, rank)->state, TOC_RANK_ENDED, memory_order_release);
    atomic_fetch_add_explicit(&header->ended, 1, memory_order_release);
}

/* Ended by MPI_Abort on a communicator, whose caller has said so. */
static bool is_condemned(struct toc_launch *launch, uint32_t rank)
{
    int code =
        atomic_load_explicit(&toc_job_rank(launch->header, rank)->condemned, memory_order_relaxed);

    if (!launch->options.keep_going || code == 0)
        return false;
    part_with(launch, rank, (code & 0xff) != 0 ? code & 0xff : 1);
    return true;
}

static void rank_failed(struct toc_launch *launch, uint32_t rank, int code)
{
    tell_foreign(launch, rank);
    if (launch->options.keep_going)
        part_with(launch, rank, code);
    else
        toc_supervise_end(launch, SIGTERM, code, (int)rank);
}

static const char *consequence(const struct toc_launch *launch)
{
    return launch->options.keep_going ? "the others run on" : "ending the job";
}

static void judge_signal(struct toc_launch *launch, uint32_t rank, const siginfo_t *info)
{
    const char *name = sigabbrev_np(info->si_status);

    toc_message_print("rank %u (pid %d, %s) was killed by signal %d (SIG%s, %s)%s: %s", rank,
                      launch->ranks[rank].pid, name_of(launch, rank), info->si_status,
                      name != NULL ? name : "RT", strsignal(info->si_status),
                      info->si_code == CLD_DUMPED ? ", core dumped" : "", consequence(launch));
    rank_failed(launch, rank, 128 + info->si_status);
}

static void judge_exit(struct toc_launch *launch, uint32_t rank, int code)
{
    int state = rank_state(launch, rank);
    bool joined = state == TOC_RANK_JOINED || state == TOC_RANK_CLOSING;
    const char *name = code > 128 ? sigabbrev_np(code - 128) : NULL;

    if (code == 0 && !joined) {
        if (launch->options.keep_going) {
            part_with(launch, rank, 0);
        } else if (state == TOC_RANK_STARTED) {
            launch->outsider = true;
            launch->next_look = toc_clock_ms();
        }
        return;
    }
    toc_message_print("rank %u (pid %d, %s) exited with code %d%s%s%s%s: %s", rank,
                      launch->ranks[rank].pid, name_of(launch, rank), code,
                      joined ? " without calling MPI_Finalize" : "",
                      name != NULL ? " (a shell's way to report SIG" : "", name != NULL ? name : "",
                      name != NULL ? ")" : "", consequence(launch));
    rank_failed(launch, rank, code != 0 ? code : 1);
}

/* How the process ended; false: it has not. WNOWAIT: it stays a zombie, so that its number cannot
 * become somebody else's. Where a sandbox refuses waitid(), waitpid() takes the zombie away. */
static bool has_ended(const struct toc_launch_rank *rank, siginfo_t *info)
{
    int status;

    if (waitid(P_PID, (id_t)rank->pid, info, WEXITED | WNOHANG | WNOWAIT) == 0)
        return info->si_pid != 0;
    if (waitpid(rank->pid, &status, WNOHANG) != rank->pid)
        return false;
    info->si_code = WIFEXITED(status) ? CLD_EXITED : WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
    info->si_status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return true;
}

static void rank_left(struct toc_launch *launch, uint32_t index)
{
    struct toc_launch_rank *rank = &launch->ranks[index];
    siginfo_t info = {0};

    if (rank->left || !has_ended(rank, &info))
        return;
    rank->left = true;
    launch->left++;
    if (rank->pidfd >= 0)
        close(rank->pidfd);
    rank->pidfd = -1;
    if (launch->ending)
        return;
    toc_output_drain(launch->output, index); /* its last words come before ours */
    if (take_spawn_errors(launch) || take_abort(launch))
        return;
    if (is_condemned(launch, index))
        return;
    if (info.si_code == CLD_EXITED)
        judge_exit(launch, index, info.si_status);
    else
        judge_signal(launch, index, &info);
}

static void scan_children(struct toc_launch *launch)
{
    for (uint32_t i = 0; i < launch->started; i++)
        if (launch->ranks[i].pidfd < 0)
            rank_left(launch, i);
}

/* A rank that left without MPI_Init would keep those that called it waiting for ever. */
static void look_for_outsiders(struct toc_launch *launch, int64_t now)
{
    if (!launch->outsider || launch->ending || now < launch->next_look)
        return;
    launch->next_look = now + LOOK_MS;
    for (uint32_t i = 0; i < launch->started; i++) {
        if (launch->ranks[i].left || rank_state(launch, i) != TOC_RANK_JOINED)
            continue;
        uint32_t who = 0;
        while (!launch->ranks[who].left || rank_state(launch, who) != TOC_RANK_STARTED)
            who++;
        toc_message_print("rank %u (pid %d, %s) exited without calling MPI_Init, which rank %u has "
                          "called: ending the job",
                          who, launch->ranks[who].pid, name_of(launch, who), i);
        tell_foreign(launch, who);
        toc_supervise_end(launch, SIGTERM, 1, (int)who);
        return;
    }
}

/* All have left without a failure, and some of them without MPI_Init. */
static void look_for_foreigners(struct toc_launch *launch)
{
    for (size_t i = 0; launch->outsider && !launch->ending && i < launch->options.nprograms; i++)
        tell_foreign(launch, launch->options.programs[i].first);
}

static void check_deadline(struct toc_launch *launch, int64_t now)
{
    if (launch->deadline == 0 || launch->ending || now < launch->deadline)
        return;
    char where[2048];
    toc_whereabouts(launch, where, sizeof(where));
    toc_message_print("the job has taken longer than %u second%s (%s): ending it (%s)",
                      launch->options.timeout, toc_plural(launch->options.timeout),
                      launch->options.timeout_from, where);
    toc_supervise_end(launch, SIGTERM, TOC_EXIT_TIMEOUT, -1);
}

static void check_writes(struct toc_launch *launch)
{
    const char *name;
    int failure = toc_output_failure(launch->output, &name);

    if (failure == 0 || launch->ending)
        return;
    if (failure == EPIPE) { /* "mpirun ... | head": as if it had died of SIGPIPE, without a word */
        toc_supervise_end(launch, SIGTERM, 128 + SIGPIPE, -1);
        return;
    }
    toc_message_print("cannot write to %s: %s: ending the job", name, strerror(failure));
    toc_supervise_end(launch, SIGTERM, 1, -1);
}

static void dispatch(struct toc_launch *launch, uint64_t tag)
{
    uint32_t index = (uint32_t)tag;

    switch (tag & ~UINT64_C(0xffffffff)) {
    case TOC_TAG_OUTPUT:
        toc_output_event(launch->output, index);
        break;
    case TOC_TAG_INPUT:
        toc_input_event(launch->input);
        break;
    case TOC_TAG_SPREAD:
        toc_spread_event(launch->spread, index);
        break;
    case TOC_TAG_RANK:
        rank_left(launch, index);
        break;
    case TOC_TAG_DESK:
        toc_exchange_event(launch->desk);
        break;
    case TOC_TAG_ERROR:
        take_spawn_errors(launch);
        break;
    case TOC_TAG_SIGNAL:
        if (toc_signals_take(launch) && !launch->have_pidfd)
            scan_children(launch);
        break;
    }
}

static int earlier(int limit, int other)
{
    return other >= 0 && (limit < 0 || other < limit) ? other : limit;
}

static int until(int64_t when, int64_t now)
{
    return when <= now ? 0 : (int)(when - now);
}

/* One round of the event loop; waits at most `limit` milliseconds (-1: no limit of its own). */
static void step(struct toc_launch *launch, int limit)
{
    struct epoll_event events[64];
    int64_t now = toc_clock_ms();

    escalate(launch, now);
    look_for_outsiders(launch, now);
    check_deadline(launch, now);
    toc_whereabouts_look(launch, now);
    check_writes(launch);
    limit = earlier(limit, toc_output_tick(launch->output));
    if (launch->input != NULL)
        limit = earlier(limit, toc_input_tick(launch->input));
    if (launch->spread != NULL)
        limit = earlier(limit, toc_spread_tick(launch->spread));
    if (launch->left < launch->started && launch->ending)
        limit = earlier(limit, until(launch->next_signal, now));
    if (launch->outsider && !launch->ending)
        limit = earlier(limit, until(launch->next_look, now));
    if (launch->deadline != 0 && !launch->ending)
        limit = earlier(limit, until(launch->deadline, now) + 1);
    if (launch->stall.limit_ms != 0 && !launch->ending && launch->left < launch->started)
        limit = earlier(limit, until(launch->next_stall_look, now));
    if (launch->patience != 0)
        limit = earlier(limit, until(launch->patience, now) + 1);
    int count = epoll_wait(launch->epoll_fd, events, 64, limit);
    for (int i = 0; i < count; i++)
        dispatch(launch, events[i].data.u64);
}

static bool out_of_patience(const struct toc_launch *launch)
{
    return launch->patience != 0 && toc_clock_ms() >= launch->patience;
}

/* Reads on until the last holder of the pipes has closed them, at most `limit` milliseconds; time
 * in which mpirun's own reader takes nothing does not count. */
static void drain(struct toc_launch *launch, int limit)
{
    int64_t end = toc_clock_ms() + limit;

    while (toc_output_streams(launch->output) > 0 && !out_of_patience(launch)) {
        int64_t now = toc_clock_ms();
        if (toc_output_blocked(launch->output))
            end = now + limit;
        else if (now >= end)
            return;
        step(launch, until(end, now));
    }
}

/* Returns whether anything is left of them. */
static bool signal_groups(struct toc_launch *launch, int signal)
{
    pid_t groups[TOC_MAX_RANKS];
    bool any = false;

    for (uint32_t i = 0; i < launch->started; i++) {
        pid_t *group = &launch->ranks[i].pid;
        if (*group != 0 && kill(-*group, signal) < 0 && errno == ESRCH) {
            toc_guardian_set(launch->guardian, i, 0);
            *group = 0;
        }
        groups[i] = *group;
        any |= *group != 0;
    }
    return any && toc_processes_live(groups, launch->started);
}

/* All ranks have left. Once their zombies are reaped, a process group exists exactly as long as
 * something that a rank has started is still in it, and keeps its number till then. */
static void end_groups(struct toc_launch *launch)
{
    for (uint32_t i = 0; i < launch->started; i++)
        waitpid(launch->ranks[i].pid, NULL, 0);
    bool left = signal_groups(launch, launch->ending ? 0 : SIGTERM);
    int64_t now = toc_clock_ms();
    int64_t kill_at = launch->granted  ? launch->next_signal
                      : launch->ending ? launch->ending_since + KILL_MS
                                       : now + KILL_MS;
    int64_t end = (kill_at > now ? kill_at : now) + GIVE_UP_MS;
    while (left && now < end) {
        step(launch, POLL_MS);
        now = toc_clock_ms();
        bool hard = now >= kill_at || launch->interruptions > 1;
        left = signal_groups(launch, hard ? SIGKILL : 0);
    }
    for (uint32_t i = 0; i < launch->started; i++)
        launch->ranks[i].pid = 0;
}

/* What has left its rank's process group (timeout, a shell with job control) is found by the
 * job's mark. After a good end, what has also closed its output is a daemon, and left alone. */
static void finish(struct toc_launch *launch)
{
    if (!launch->ending)
        drain(launch, LINGER_MS);
    bool sweep = launch->ending || launch->exit_code != 0 || toc_output_streams(launch->output) > 0;
    end_groups(launch);
    for (int i = 0; sweep && i < 20 && toc_processes_sweep(launch->mark) > 0; i++)
        step(launch, POLL_MS);
    drain(launch, KILL_MS);
    toc_output_flush(launch->output);
    while (toc_output_pending(launch->output) && !out_of_patience(launch))
        step(launch, -1);
    check_writes(launch);
}

void toc_supervise(struct toc_launch *launch)
{
    if (launch->started > 0)
        while (launch->left < launch->started)
            step(launch, -1);
    look_for_foreigners(launch);
    toc_signals_finish(launch);
    finish(launch);
}
