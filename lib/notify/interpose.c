/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/interpose_impl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

__thread struct toc_interpose_thread toc_interpose_self;
atomic_int toc_interpose_signo;
bool toc_interpose_uncounted;

static void register_child(void)
{
    pthread_atfork(NULL, NULL, toc_interpose_child);
}

int toc_interpose_start(int signo, void (*bell)(int, siginfo_t *, void *))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static unsigned generation;
    struct sigaction view;
    sigset_t saved;
    int status = TOC_OK;

    if (toc_interpose_active() || toc_interpose_action(signo, NULL, &view) != 0)
        return TOC_ERR_ARG;
    pthread_once(&once, register_child);

    toc_interpose_block(&saved);
    toc_interpose_set_view(&view);
    toc_interpose_set_bell(signo, bell, ++generation);
    toc_interpose_self.rung = generation;
    atomic_store(&toc_interpose_signo, signo);
    if (toc_interpose_install(signo, &view, NULL) != 0) {
        atomic_store(&toc_interpose_signo, 0);
        status = errno == EINVAL ? TOC_ERR_ARG : TOC_ERR_SYSTEM;
    }
    toc_interpose_unblock(&saved);
    return status;
}

/* The last bells of this thread must not meet the program's disposition, which may be to die. One
 * signal of another sender may be in the queue before them: it is put back. */
static void drop_pending(int signo)
{
    const uint64_t set = (uint64_t)1 << (signo - 1);
    const struct timespec now = {0, 0};
    siginfo_t info, foreign;
    bool other = false;

    while (toc_syscall4(SYS_rt_sigtimedwait, (long)&set, (long)&info, (long)&now,
                        TOC_SIGSET_BYTES) == signo) {
        if (!toc_interpose_is_bell(&info)) {
            foreign = info;
            other = true;
        }
    }
    if (other)
        toc_syscall4(SYS_rt_tgsigqueueinfo, toc_syscall0(SYS_getpid), toc_syscall0(SYS_gettid),
                     signo, (long)&foreign);
}

static void give_back(int signo)
{
    struct sigaction view;
    sigset_t saved;

    toc_interpose_block(&saved);
    toc_interpose_view(&view);
    atomic_store(&toc_interpose_signo, 0);
    drop_pending(signo);
    toc_interpose_action(signo, &view, NULL);
    toc_interpose_unblock(&saved);
}

void toc_interpose_stop(void)
{
    const int signo = atomic_load(&toc_interpose_signo);

    if (signo)
        give_back(signo);
}

void toc_interpose_child(void)
{
    toc_interpose_stop();
}
