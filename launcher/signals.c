/* SPDX-License-Identifier: BSD-3-Clause */
#include "launch.h"
#include "clock.h"
#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PATIENCE_MS                                                                                \
    700 /* an interrupted mpirun is gone within a second of its ranks, whoever reads its output */

static bool is_ignored(int signal)
{
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* SIGHUP (nohup) and SIGTSTP stay ignored if they are; SIGINT and SIGQUIT do not: a script's
 * background job starts with both ignored, and has to be interruptible. */
int toc_signals_open(bool children, sigset_t *before, int *fd)
{
    static const int taken[] = {SIGINT, SIGTERM, SIGQUIT, SIGCONT, SIGUSR1, SIGUSR2};
    static const int if_not_ignored[] = {SIGHUP, SIGTSTP};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        sigaddset(&set, taken[i]);
    for (size_t i = 0; i < sizeof(if_not_ignored) / sizeof(if_not_ignored[0]); i++)
        if (!is_ignored(if_not_ignored[i]))
            sigaddset(&set, if_not_ignored[i]);
    if (children)
        sigaddset(&set, SIGCHLD);
    *fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (*fd < 0)
        return -errno;
    /* Blocked, not taken: reading the terminal from the background fails then instead of stopping
     * mpirun and with it the job's supervision. */
    sigaddset(&set, SIGTTIN);
    sigprocmask(SIG_BLOCK, &set, before);
    return 0;
}

/* A second one is impatience: SIGKILL follows at once, and nobody waits for a reader of the output.
 */
static void interrupt(struct toc_launch *launch, int signal)
{
    if (launch->interruptions++ == 0) {
        if (!launch->ending)
            toc_message_print("SIG%s received: ending the job", sigabbrev_np(signal));
        toc_supervise_interrupt(launch, signal);
        return;
    }
    launch->patience = launch->next_signal = toc_clock_ms();
    launch->end_signal = SIGTERM;
}

/* The ranks had their time; now it is a matter of who reads mpirun's output. */
void toc_signals_finish(struct toc_launch *launch)
{
    if (launch->interruptions > 0 && launch->patience == 0)
        launch->patience = toc_clock_ms() + PATIENCE_MS;
}

/* To the MPI process where there is one in the rank's group, else to what mpirun has started: a
 * script around the program would only die of the signal. */
static void forward(struct toc_launch *launch, int signal)
{
    for (uint32_t i = 0; i < launch->started; i++) {
        struct toc_job_rank *entry = toc_job_rank(launch->header, i);
        struct toc_launch_rank *rank = &launch->ranks[i];
        /* Acquire: pairs with the rank's release of `state`, which makes `pid` visible. */
        int state = atomic_load_explicit(&entry->state, memory_order_acquire);
        pid_t pid = atomic_load_explicit(&entry->pid, memory_order_relaxed);

        if (rank->left)
            continue;
        if (state == TOC_RANK_STARTED || pid <= 0 || getpgid(pid) != rank->pid)
            pid = rank->pid;
        kill(pid, signal);
    }
}

bool toc_signals_take(struct toc_launch *launch)
{
    struct signalfd_siginfo info;
    bool child = false;

    while (read(launch->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        int signal = (int)info.ssi_signo;
        switch (signal) {
        case SIGCHLD:
            child = true;
            break;
        case SIGUSR1:
        case SIGUSR2:
            forward(launch, signal);
            break;
        case SIGCONT:
            toc_supervise_signal(launch, SIGCONT);
            break;
        case SIGTSTP:
            toc_supervise_signal(launch, SIGTSTP);
            kill(getpid(), SIGSTOP);
            break;
        default:
            interrupt(launch, signal);
        }
    }
    return child;
}
