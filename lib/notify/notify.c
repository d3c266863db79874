/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_notify_by_id */
#include "notify/notify.h"

#include <stdio.h>

#include "base/env.h"
#include "base/error.h"
#include "base/job.h"
#include "notify/interpose.h"

static int poll_available(char *reason, size_t size)
{
    (void)reason;
    (void)size;
    return 0;
}

static int poll_start(void (*handler)(void), struct toc_doorbell *bell)
{
    (void)handler;
    (void)bell;
    return 0;
}

static void poll_stop(void)
{
}

static int poll_strike(const struct toc_notify_target *target)
{
    (void)target;
    return TOC_ERR_UNSUPPORTED; /* never armed, so never asked */
}

const struct toc_notify_ops toc_notify_poll = {
    .name = "poll",
    .id = TOC_NOTIFIER_POLL,
    .interrupts = false,
    .available = poll_available,
    .start = poll_start,
    .stop = poll_stop,
    .strike = poll_strike,
};

static const struct toc_notify_ops *select_uintr(char *reason, size_t size)
{
    char why[448];
    if (toc_notify_uintr.available(why, sizeof(why)) == 0)
        return &toc_notify_uintr;
    snprintf(reason, size, "TOCSIN_NOTIFY=uintr: %s", why);
    return NULL;
}

const struct toc_notify_ops *toc_notify_select(int64_t wanted, char *reason, size_t size)
{
    switch (wanted) {
    case TOC_ENV_NOTIFY_POLL:
        return &toc_notify_poll;
    case TOC_ENV_NOTIFY_AUTO:
        if (!toc_interpose_in_front())
            return &toc_notify_thread;
        if (toc_notify_uintr.available(reason, size) == 0)
            return &toc_notify_uintr;
        return toc_notify_signal.available(reason, size) == 0 ? &toc_notify_signal : NULL;
    case TOC_ENV_NOTIFY_SIGNAL:
        return toc_notify_signal.available(reason, size) == 0 ? &toc_notify_signal : NULL;
    case TOC_ENV_NOTIFY_UINTR:
        return select_uintr(reason, size);
    default:
        return &toc_notify_thread;
    }
}

const char *toc_notify_caveat(int64_t wanted)
{
    if (wanted == TOC_ENV_NOTIFY_POLL || wanted == TOC_ENV_NOTIFY_THREAD ||
        toc_interpose_in_front())
        return NULL;
    if (wanted == TOC_ENV_NOTIFY_AUTO)
        return "interrupts of system calls could not be hidden from this program, since the C "
               "library is linked statically or comes before libmpi_abi in the search order: a "
               "progress thread is used instead (link the program itself by mpicc, or start it "
               "with LD_PRELOAD=libmpi_abi.so.1; TOCSIN_NOTIFY=thread ends this note)";
    return "interrupts, as asked for by TOCSIN_NOTIFY, may end system calls of this program with "
           "EINTR, since the C library is linked statically or comes before libmpi_abi in the "
           "search order (link the program itself by mpicc, or choose TOCSIN_NOTIFY=thread)";
}

const struct toc_notify_ops *toc_notify_by_id(int id)
{
    switch (id) {
    case TOC_NOTIFIER_POLL:
        return &toc_notify_poll;
    case TOC_NOTIFIER_SIGNAL:
        return &toc_notify_signal;
    case TOC_NOTIFIER_UINTR:
        return &toc_notify_uintr;
    case TOC_NOTIFIER_THREAD:
        return &toc_notify_thread;
    default:
        return NULL;
    }
}
