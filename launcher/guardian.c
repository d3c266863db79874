/* SPDX-License-Identifier: BSD-3-Clause */
#include "guardian.h"
#include "processes.h"
#include "base/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct toc_guardian {
    pid_t pid;
    int lifeline; /* write end of a pipe that only mpirun holds: its end of file is mpirun's death
                   */
    uint32_t nranks;
    _Atomic pid_t groups[]; /* shared by mpirun, guardian and, until they exec, the ranks */
};

#define ROUNDS   200
#define ROUND_NS 5000000L

/* Returns whether anything is left of them. */
static bool kill_groups(struct toc_guardian *guardian)
{
    pid_t groups[TOC_MAX_RANKS];
    bool any = false;

    for (uint32_t i = 0; i < guardian->nranks; i++) {
        groups[i] = atomic_load_explicit(&guardian->groups[i], memory_order_relaxed);
        if (groups[i] > 1 && kill(-groups[i], SIGKILL) == 0)
            any = true;
    }
    return any && toc_processes_live(groups, guardian->nranks);
}

/* A process that forks while it is being killed can leave a child behind for one round. */
static void end_job(struct toc_guardian *guardian, const char *mark)
{
    const struct timespec round = {0, ROUND_NS};

    for (int i = 0; i < ROUNDS; i++) {
        bool groups = kill_groups(guardian);
        bool marked = toc_processes_sweep(mark) > 0;
        if (!groups && !marked)
            return;
        nanosleep(&round, NULL);
    }
}

static void close_all_but(int keep)
{
    /* The number is the same on every architecture; the C library's wrapper is newer than the
     * oldest one supported. */
    const long close_range_nr = 436;

    if (keep > 0)
        syscall(close_range_nr, 0u, (unsigned)keep - 1, 0u);
    if (syscall(close_range_nr, (unsigned)keep + 1, ~0u, 0u) == 0)
        return;
    for (int fd = 0; fd < 4096; fd++)
        if (fd != keep)
            close(fd);
}

/* In a process group of its own, so that a signal to mpirun's group leaves it standing; deaf to
 * all others; without any descriptor or directory that somebody could wait for. */
static void guard(struct toc_guardian *guardian, const char *mark, int lifeline)
{
    sigset_t all;
    char byte;

    setpgid(0, 0);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    prctl(PR_SET_NAME, "tocsin-guard");
    close_all_but(lifeline);
    if (chdir("/") < 0)
        _exit(1);
    while (read(lifeline, &byte, 1) < 0 && errno == EINTR)
        ;
    end_job(guardian, mark);
    _exit(0);
}

int toc_guardian_start(uint32_t nranks, const char *mark, struct toc_guardian **result)
{
    size_t size = sizeof(struct toc_guardian) + nranks * sizeof(_Atomic pid_t);
    int ends[2];

    struct toc_guardian *guardian =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (guardian == MAP_FAILED)
        return -errno;
    guardian->nranks = nranks;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        int err = errno;
        munmap(guardian, size);
        return -err;
    }
    pid_t pid = fork();
    if (pid == 0)
        guard(guardian, mark, ends[0]);
    int err = errno;
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        munmap(guardian, size);
        return -err;
    }
    guardian->pid = pid;
    guardian->lifeline = ends[1];
    *result = guardian;
    return 0;
}

void toc_guardian_set(struct toc_guardian *guardian, uint32_t rank, pid_t pgid)
{
    atomic_store_explicit(&guardian->groups[rank], pgid, memory_order_relaxed);
}

void toc_guardian_stop(struct toc_guardian *guardian)
{
    bool killed = kill(guardian->pid, SIGKILL) == 0;
    /* A sandbox may refuse that. Without its lifeline it ends by itself; there is nothing left for
     * it to end. */
    for (uint32_t i = 0; i < guardian->nranks && !killed; i++)
        toc_guardian_set(guardian, i, 0);
    close(guardian->lifeline);
    while (waitpid(guardian->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    munmap(guardian, sizeof(*guardian) + guardian->nranks * sizeof(_Atomic pid_t));
}
