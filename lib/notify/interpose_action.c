/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel is told to do with signals: trampolines of the program's handlers, and the bell.
 */
#include "notify/interpose_impl.h"

#include <string.h>

/* SIG_HOLD (sigset) is 2, SIG_ERR is -1: neither is a function. */
static bool is_function(sighandler_t handler)
{
    return handler != SIG_DFL && handler != SIG_IGN && handler != SIG_ERR;
}

/* What the kernel has, in the program's eyes. */
static void program_view(const struct sigaction *kernel, toc_interpose_handler *handler,
                         struct sigaction *view)
{
    int flags;

    *view = *kernel;
    if (is_function(kernel->sa_handler) &&
        toc_interpose_is_trampoline(kernel->sa_sigaction, &flags)) {
        view->sa_sigaction = handler;
        view->sa_flags = (kernel->sa_flags & ~SA_SIGINFO) | flags;
    }
}

int toc_interpose_action(int signo, const struct sigaction *act, struct sigaction *old)
{
    const bool valid = signo > 0 && signo < NSIG;
    struct sigaction mine, was;
    toc_interpose_handler *previous = NULL;
    sigset_t saved;
    int rc;

    /* The table and the kernel change as one for the handlers of this thread. For other threads the
     * new handler comes first: at worst it is early by a moment. */
    toc_interpose_block(&saved);
    if (valid)
        previous = atomic_load(&toc_interpose_handlers[signo]);
    if (act) {
        mine = *act;
        if (valid && is_function(act->sa_handler)) {
            atomic_store(&toc_interpose_handlers[signo], act->sa_sigaction);
            mine.sa_sigaction = toc_interpose_trampoline(act->sa_flags);
            mine.sa_flags |= SA_SIGINFO;
        }
    }
    rc = toc_interpose_real()->sigaction(signo, act ? &mine : NULL, &was);
    if (rc != 0 && valid)
        atomic_store(&toc_interpose_handlers[signo], previous);
    toc_interpose_unblock(&saved);
    if (rc == 0 && old)
        program_view(&was, previous, old);
    return rc;
}

int toc_interpose_install(int signo, const struct sigaction *view, struct sigaction *old)
{
    struct sigaction mine;

    memset(&mine, 0, sizeof(mine));
    mine.sa_sigaction = toc_interpose_bell;
    mine.sa_flags = SA_SIGINFO | SA_RESTART | (view->sa_flags & SA_ONSTACK);
    /* Not sigfillset, which leaves out the signals of libc: a cancellation must not end the thread
     * inside the handler. */
    const uint64_t blocked = TOC_SIGNALS_BLOCKED;
    memcpy(&mine.sa_mask, &blocked, sizeof(blocked));
    return toc_interpose_real()->sigaction(signo, &mine, old);
}
