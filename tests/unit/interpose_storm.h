/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A storm of bells on the calling thread, from another process, and what the tests of the
 * interposed calls share. Every operation is written once over a table of functions and run twice:
 * with the functions of libc, where the storm has to show (or the test would prove nothing), and
 * with the library's, where it must not.
 */
#ifndef TESTS_UNIT_INTERPOSE_STORM_H
#define TESTS_UNIT_INTERPOSE_STORM_H

#include "notify/interpose_impl.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { BELL_PERIOD_NS = 200000 };

static volatile unsigned storm_bells;  /* run so far */
static volatile int64_t storm_spin_ns; /* how long each lasts */
static pid_t storm_sender;

static inline int64_t storm_now(void)
{
    return toc_interpose_now(CLOCK_MONOTONIC);
}

static inline double storm_seconds(int64_t since)
{
    return 1e-9 * (double)(storm_now() - since);
}

static void storm_bell(int signo, siginfo_t *info, void *context)
{
    const int64_t end = storm_now() + storm_spin_ns;

    (void)signo;
    (void)info;
    (void)context;
    storm_bells++;
    while (storm_spin_ns && storm_now() < end)
        ;
}

/* For handlers, and for what a handler may interrupt or jump out of: check's own functions hold a
 * lock while they report. */
static inline void storm_must(bool holds, const char *what)
{
    if (holds)
        return;
    toc_syscall3(SYS_write, 2, (long)what, (long)strlen(what));
    abort();
}

/* A sleep that no handler shortens, for the helper processes, which have no storm. */
static inline void storm_rest(int64_t ns)
{
    const struct timespec t = {ns / TOC_NS_PER_S, ns % TOC_NS_PER_S};

    toc_syscall4(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&t, 0);
}

static inline void storm_strike(pid_t pid, pid_t tid, int signo)
{
    siginfo_t info;

    memset(&info, 0, sizeof(info));
    info.si_signo = signo;
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = TOC_BELL_MARKER;
    toc_syscall4(SYS_rt_tgsigqueueinfo, pid, tid, signo, (long)&info);
}

/* A child that dies with us, in which `run` is called. */
static inline pid_t storm_helper(void (*run)(const void *), const void *argument)
{
    const pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(argument);
        _exit(0);
    }
    return pid;
}

static inline void storm_reap(pid_t pid)
{
    int status;
    pid_t got;

    do { /* libc's function that returned early leaves a signal of the program on its way */
        got = waitpid(pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    ck_assert_int_eq(got, pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "helper ended with status 0x%x",
                  (unsigned)status);
}

struct storm_target {
    pid_t pid, tid;
    int signo;
};

static void storm_blow(const void *argument)
{
    const struct storm_target *target = argument;

    for (;;) {
        storm_strike(target->pid, target->tid, target->signo);
        storm_rest(BELL_PERIOD_NS);
    }
}

/* Bells begin; returns when the first has been heard. */
static inline void storm_start_with(int signo)
{
    const struct storm_target target = {getpid(), gettid(), signo};

    storm_spin_ns = 0;
    storm_bells = 0;
    ck_assert_int_eq(toc_interpose_start(signo, storm_bell), 0);
    storm_sender = storm_helper(storm_blow, &target);
    while (!storm_bells)
        storm_rest(BELL_PERIOD_NS);
}

static void storm_start(void)
{
    storm_start_with(SIGURG);
}

static void storm_stop(void)
{
    kill(storm_sender, SIGKILL);
    waitpid(storm_sender, NULL, 0);
    toc_interpose_stop();
}

/* The library's functions. */
static const struct toc_interpose_real storm_ours = {
#define STORM_OURS(name) .name = name,
    TOC_INTERPOSE_REAL(STORM_OURS)
#undef STORM_OURS
};

/* Which of the two tables is in use, for handlers and messages. */
static const struct toc_interpose_real *storm_calls;

/* An operation: NULL if the storm did not show, else what it did. */
typedef const char *storm_operation(const struct toc_interpose_real *calls);

static inline void storm_check_ours(storm_operation *operation)
{
    const char *seen;

    storm_calls = &storm_ours;
    seen = operation(storm_calls);
    ck_assert_msg(!seen, "the program noticed: %s (errno %d, %u bells)", seen, errno, storm_bells);
}

static inline void storm_check_both(storm_operation *operation)
{
    int tries = 0;

    storm_calls = toc_interpose_real();
    while (!operation(storm_calls)) /* the sender may not have had a core meanwhile */
        ck_assert_msg(++tries < 20, "the storm is not visible without the library: no proof");
    storm_check_ours(operation);
}

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return #condition;                                                                     \
    } while (0)

#endif
