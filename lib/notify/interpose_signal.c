/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Handlers of the program: they are installed behind a trampoline that counts them, and what the
 * program reads back is what it had set. The bell's signal, while it is the library's, has a
 * disposition of the program only in our books.
 */
#include "notify/interpose_impl.h"

#include <string.h>

/* The library has this signal: keep the books. */
static int owned_action(int signo, const struct sigaction *act, struct sigaction *old)
{
    struct sigaction view;
    sigset_t saved;
    int rc = 0;

    toc_interpose_block(&saved);
    toc_interpose_view(&view);
    if (act) {
        struct sigaction next = *act;

        toc_interpose_set_view(&next);
        if ((next.sa_flags ^ view.sa_flags) & SA_ONSTACK)
            rc = toc_interpose_install(signo, &next, NULL);
    }
    toc_interpose_unblock(&saved);
    if (old)
        *old = view;
    return rc;
}

TOC_EXPORT int sigaction(int signo, const struct sigaction *restrict act,
                         struct sigaction *restrict old)
{
    if (signo != 0 && signo == atomic_load_explicit(&toc_interpose_signo, memory_order_relaxed) &&
        toc_interpose_own_process())
        return owned_action(signo, act, old);
    return toc_interpose_action(signo, act, old);
}

/* Signals that siginterrupt has taken SA_RESTART from; signal() asks. */
static atomic_ullong interrupting;

static uint64_t bit(int signo)
{
    return (uint64_t)1 << (signo - 1);
}

static sighandler_t set_handler(int signo, sighandler_t handler, int flags, bool mask_itself)
{
    struct sigaction act, old;

    if (handler == SIG_ERR || signo < 1 || signo >= NSIG) {
        errno = EINVAL;
        return SIG_ERR;
    }
    memset(&act, 0, sizeof(act));
    act.sa_handler = handler;
    act.sa_flags = flags;
    sigemptyset(&act.sa_mask);
    if (mask_itself)
        sigaddset(&act.sa_mask, signo);
    return sigaction(signo, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* BSD semantics, the default of glibc. */
TOC_EXPORT sighandler_t signal(int signo, sighandler_t handler)
{
    const bool interrupts = signo >= 1 && signo < NSIG && atomic_load(&interrupting) & bit(signo);

    return set_handler(signo, handler, interrupts ? 0 : SA_RESTART, true);
}

TOC_EXPORT sighandler_t bsd_signal(int signo, sighandler_t handler)
{
    return signal(signo, handler);
}

TOC_EXPORT sighandler_t ssignal(int signo, sighandler_t handler)
{
    return signal(signo, handler);
}

/* System V semantics: once, not blocked, interrupting. */
TOC_EXPORT sighandler_t __sysv_signal(int signo, sighandler_t handler)
{
    return set_handler(signo, handler, SA_RESETHAND | SA_NODEFER, false);
}

TOC_EXPORT sighandler_t sysv_signal(int signo, sighandler_t handler)
{
    return __sysv_signal(signo, handler);
}

TOC_EXPORT int siginterrupt(int signo, int interrupts)
{
    struct sigaction act;

    if (sigaction(signo, NULL, &act) != 0)
        return -1;
    if (interrupts) {
        atomic_fetch_or(&interrupting, bit(signo));
        act.sa_flags &= ~SA_RESTART;
    } else {
        atomic_fetch_and(&interrupting, ~bit(signo));
        act.sa_flags |= SA_RESTART;
    }
    return sigaction(signo, &act, NULL);
}

TOC_EXPORT sighandler_t sigset(int signo, sighandler_t handler)
{
    struct sigaction act, old;
    sigset_t set, was;

    if (handler == SIG_ERR || signo < 1 || signo >= NSIG) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sigemptyset(&set);
    sigaddset(&set, signo);
    if (handler == SIG_HOLD) {
        if (sigprocmask(SIG_BLOCK, &set, &was) != 0)
            return SIG_ERR;
        if (sigismember(&was, signo))
            return SIG_HOLD;
        return sigaction(signo, NULL, &old) == 0 ? old.sa_handler : SIG_ERR;
    }
    memset(&act, 0, sizeof(act));
    act.sa_handler = handler;
    sigemptyset(&act.sa_mask);
    if (sigaction(signo, &act, &old) != 0 || sigprocmask(SIG_UNBLOCK, &set, &was) != 0)
        return SIG_ERR;
    return sigismember(&was, signo) ? SIG_HOLD : old.sa_handler;
}

TOC_EXPORT int sigignore(int signo)
{
    return set_handler(signo, SIG_IGN, 0, false) == SIG_ERR ? -1 : 0;
}
