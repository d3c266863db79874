/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of the uintr notifier itself: runs the program with emulated user interrupts where the
 * CPU has none, and a second process that strikes it. */
#ifndef TOC_TESTS_STRIKER_H
#define TOC_TESTS_STRIKER_H

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/unit.h"
#include "base/env.h"
#include "base/stats.h"
#include "notify/notify.h"
#include "notify/uintr/probe.h"

enum { SKIP = 77 };

/** First in main(): comes back with user interrupts available, if only emulated ones. */
static inline void striker_emulate(char **argv)
{
    char message[256];
#ifdef __SANITIZE_ADDRESS__
    fprintf(stderr, "the emulator cannot be preloaded into a program with AddressSanitizer\n");
    exit(SKIP);
#endif
    if (!toc_uintr_cpu_has() && getenv("TOCSIN_EMULATE_UINTR") == NULL) {
        if (access(EMULATOR, R_OK) != 0) {
            fprintf(stderr, "no emulator: it is built as a shared library only\n");
            exit(SKIP);
        }
        setenv("TOCSIN_EMULATE_UINTR", "1", 1);
        setenv("LD_PRELOAD", EMULATOR, 1);
        execv("/proc/self/exe", argv);
        perror("execv");
        exit(99);
    }
    if (toc_env_parse(environ, NULL, message, sizeof(message)) != 0) {
        fprintf(stderr, "%s\n", message);
        exit(99);
    }
}

/** Where two processes find each other. */
struct striker {
    _Atomic int32_t pid, tid, vector_fd; /* of the one that is struck */
    _Atomic bool published, stop;
    _Atomic unsigned struck, sent, by_signal; /* by the striker */
    pid_t process;
};

static inline void striker_silent(void)
{
}

static inline void striker_start(void (*handler)(void))
{
    char reason[512] = "";
    int status = toc_notify_uintr.available(reason, sizeof(reason));
    ck_assert_msg(status == 0, "%s", reason);
    ck_assert_int_eq(toc_notify_uintr.start(handler, NULL), 0);
}

static inline struct striker *striker_shared(void)
{
    struct striker *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    return shared;
}

/** This process, which has started its notifier, can be struck. */
static inline void striker_publish(struct striker *shared)
{
    shared->pid = (int32_t)getpid();
    shared->tid = (int32_t)syscall(SYS_gettid);
    shared->vector_fd = toc_notify_uintr.publish(0, -1);
    shared->published = true;
}

static inline struct toc_notify_target striker_target(const struct striker *shared)
{
    return (struct toc_notify_target){.rank = 1,
                                      .pid = shared->pid,
                                      .tid = shared->tid,
                                      .signo = (int32_t)toc_env.signal,
                                      .vector_fd = shared->vector_fd};
}

/** Starts the process that strikes whoever publishes, every `us` microseconds, until told to stop.
 *  To be called before the notifier is started here. */
static inline void striker_fork(struct striker *shared, long us)
{
    pid_t process = fork(); /* the child must not write to what is shared */
    if (process != 0) {
        shared->process = process;
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    striker_start(striker_silent);
    while (!shared->published)
        unit_sleep_us(100);
    struct toc_notify_target target = striker_target(shared);
    while (!shared->stop) {
        if (toc_notify_uintr.strike(&target) == 0)
            shared->struck++;
        unit_sleep_us(us);
    }
    shared->sent = (unsigned)toc_stats.uintr_sent;
    shared->by_signal = (unsigned)toc_stats.uintr_by_signal;
    _exit(0);
}

static inline void striker_join(struct striker *shared)
{
    int status;
    shared->stop = true;
    ck_assert_int_eq(waitpid(shared->process, &status, 0), shared->process);
    ck_assert_int_eq(status, 0);
}

#endif
