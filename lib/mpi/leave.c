/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a process whose job ends: it waits for no lock. */
#include "mpi/leave.h"

#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/syscall.h"

/* mpirun kills the job after 450 ms; the exit status should be ours. */
#define FLUSH_LIMIT_MS 300

static alignas(16) char watchdog_stack[4096];

/* Ends the process when flushing has taken too long. It runs on the registers of the thread that
 * made it (the same thread pointer), so it makes raw system calls only. */
static int watchdog(void *code)
{
    struct timespec limit = {0, FLUSH_LIMIT_MS * 1000000L};

    toc_syscall4(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&limit, 0);
    toc_syscall3(SYS_exit_group, (long)(intptr_t)code, 0, 0);
    return 0;
}

/* A thread made by the bare system call: pthread_create() takes locks. */
static int start_watchdog(int code)
{
    return clone(watchdog, watchdog_stack + sizeof(watchdog_stack),
                 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
                 (void *)(intptr_t)code);
}

static void flush_if_unlocked(FILE *stream)
{
    if (ftrylockfile(stream) != 0)
        return;
    fflush_unlocked(stream);
    funlockfile(stream);
}

_Noreturn void toc_mpi_leave(int code)
{
    uint64_t all = UINT64_MAX;

    /* SIGTERM: mpirun ends the job by it as soon as another rank leaves. The watchdog inherits
     * the mask: it must run no handler of the program. */
    toc_syscall4(SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, 0, sizeof(all));
    flush_if_unlocked(stdout);
    flush_if_unlocked(stderr);
    /* All other streams: the C library has no way to ask which of them are locked. */
    if (start_watchdog(code) > 0)
        fflush(NULL);
    _exit(code);
}
