/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: uintr_strike, uintr_remind, serve_interrupt, serve_signal, toc_uintr_recover */
/*
 * Bells by user interrupts. Each rank registers a handler and one vector, whose descriptor its
 * peers duplicate at their first bell; the index that they get for it goes into `routes`. Whom they
 * cannot reach that way (no descriptor to be had, table full, other pid namespace) they strike by
 * signal, so every rank takes both kinds.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/env.h"
#include "base/error.h"
#include "base/job.h"
#include "base/log.h"
#include "base/stats.h"
#include "base/syscall.h"
#include "notify/interpose_handler.h"
#include "notify/notify.h"
#include "notify/uintr/descriptor.h"
#include "notify/uintr/driver.h"
#include "notify/uintr/entry.h"
#include "notify/uintr/exchange.h"
#include "notify/uintr/instructions.h"
#include "notify/uintr/probe.h"
#include "notify/uintr/route.h"

static const struct toc_uintr_driver *driver; /* NULL: not available, or not asked yet */
static void (*serve)(void);
static bool started;
static int vector_fd = -1;
static int exchange = -1; /* socket to the launcher */
static int own_pid;

static _Atomic int16_t routes[TOC_MAX_RANKS];
static int16_t self_route;

/* This thread is serving a bell; set-up calls have to wait. */
static __thread _Atomic bool serving __attribute__((tls_model("initial-exec")));

/* Of this thread and its own handlers only: no order is needed. */
static void set_serving(bool now)
{
    atomic_store_explicit(&serving, now, memory_order_relaxed);
}

static bool is_serving(void)
{
    return atomic_load_explicit(&serving, memory_order_relaxed);
}

static int uintr_available(char *reason, size_t size)
{
    if (toc_notify_signal.available(reason, size) != 0)
        return TOC_ERR_UNSUPPORTED;
    if (driver == NULL)
        driver = toc_uintr_probe(reason, size);
    return driver != NULL ? 0 : TOC_ERR_UNSUPPORTED;
}

/* ---- bells that arrive */

/* The program's signals are not held back by a user interrupt; a handler of the program that jumps
 * out of ours would leave the guard closed. */
static void serve_interrupt(void)
{
    sigset_t saved;

    toc_interpose_block(&saved);
    set_serving(true);
    toc_stats.uintr_taken++;
    toc_interpose_self.bells++;
    serve();
    set_serving(false);
    toc_interpose_unblock(&saved);
}

/* A bell by signal. Interrupts wait: they would find the guard closed, and nobody to serve them. */
static void serve_signal(void)
{
    bool unmasked = toc_uintr_is_unmasked();

    toc_uintr_mask();
    set_serving(true);
    serve();
    set_serving(false);
    /* Not in front of a UIRET: a signal may have come in the first instructions of the entry. */
    if (unmasked)
        toc_uintr_unmask();
}

void toc_uintr_recover(void)
{
    const char here = 0;

    if (!started || toc_interpose_self.rung == 0 || toc_uintr_entry_is_stack(&here))
        return;
    toc_uintr_area.active = 0;
    toc_uintr_unmask();
}

/* ---- bells to others */

static int route_to(const struct toc_notify_target *target)
{
    int16_t route = atomic_load_explicit(&routes[target->rank], memory_order_acquire);

    if (route != TOC_ROUTE_UNKNOWN || is_serving() || !started)
        return route;
    /* One thread does it; others strike by signal meanwhile. */
    if (!atomic_compare_exchange_strong(&routes[target->rank], &route, TOC_ROUTE_CONNECTING))
        return route;
    if (target->pid == own_pid)
        route = self_route;
    else
        route = (int16_t)toc_uintr_find_route(driver, target, exchange);
    /* Pairs with the acquire above: who has the index sees the entry registered. */
    atomic_store_explicit(&routes[target->rank], route, memory_order_release);
    return route;
}

static int uintr_strike(const struct toc_notify_target *target)
{
    int route = route_to(target);

    if (route <= 0) {
        toc_stats.uintr_by_signal++;
        return toc_notify_signal.strike(target);
    }
    toc_uintr_send((uint64_t)route - 1);
    toc_stats.uintr_sent++;
    return 0;
}

/* The kernel may lose an interrupt that meets a context switch; and one for a thread that is in a
 * system call of its own comes at the end of that only. */
static int uintr_remind(const struct toc_notify_target *target)
{
    toc_stats.uintr_repeated++;
    return toc_notify_signal.strike(target);
}

/* ---- start and end */

/* The parent's interrupts are the parent's: the child has inherited nothing of them but the
 * descriptor. */
static void in_child(void)
{
    if (!started)
        return;
    started = false;
    close(vector_fd);
    vector_fd = -1;
    if (exchange >= 0)
        close(exchange);
    exchange = -1;
}

static void register_child(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

static int set_stack(void)
{
    char *middle;
    size_t size;

    if (driver->set_stack == NULL)
        return 0;
    toc_uintr_entry_stack(&middle, &size);
    int status = driver->set_stack(middle, size);
    toc_uintr_entry_kernel_switches(status == 0);
    return status;
}

static int open_receiver(void)
{
    int status = driver->receive(toc_uintr_entry);
    if (status < 0)
        return status;
    int fd = driver->vector(0);
    if (fd < 0 || set_stack() < 0) {
        driver->stop_receiving();
        return fd < 0 ? fd : -EINVAL;
    }
    vector_fd = toc_uintr_move_high(fd);
    self_route = (int16_t)toc_uintr_connect(driver, vector_fd);
    return 0;
}

static int uintr_start(void (*handler)(void), struct toc_doorbell *bell)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    serve = handler;
    own_pid = (int)toc_syscall0(SYS_getpid);
    memset(routes, 0, sizeof(routes));
    int status = toc_uintr_entry_open(serve_interrupt);
    if (status != 0)
        return status;
    status = toc_notify_signal.start(serve_signal, bell);
    if (status != 0) {
        toc_uintr_entry_close();
        return status;
    }
    status = open_receiver();
    if (status < 0) {
        toc_log(TOC_LOG_ERROR, "user interrupts cannot be registered: %s", strerror(-status));
        toc_notify_signal.stop();
        toc_uintr_entry_close();
        return TOC_ERR_SYSTEM;
    }
    pthread_once(&once, register_child);
    toc_interpose_uncounted = toc_env.emulate_uintr != 0;
    started = true;
    toc_uintr_unmask();
    return 0;
}

static void uintr_stop(void)
{
    toc_uintr_mask();
    started = false;
    toc_interpose_uncounted = false;
    driver->stop_receiving();
    toc_notify_signal.stop();
    for (int rank = 0; rank < TOC_MAX_RANKS; rank++) {
        int route = atomic_load_explicit(&routes[rank], memory_order_relaxed);
        if (route > 0 && route != self_route)
            driver->disconnect(-1, route - 1);
    }
    if (self_route > 0)
        driver->disconnect(vector_fd, self_route - 1);
    close(vector_fd);
    vector_fd = -1;
    exchange = -1;
    toc_uintr_entry_close();
}

static int uintr_publish(int rank, int socket)
{
    exchange = socket;
    if (exchange >= 0)
        toc_uintr_deposit(exchange, rank, vector_fd);
    return vector_fd;
}

const struct toc_notify_ops toc_notify_uintr = {
    .name = "uintr",
    .id = TOC_NOTIFIER_UINTR,
    .interrupts = true,
    .available = uintr_available,
    .start = uintr_start,
    .stop = uintr_stop,
    .strike = uintr_strike,
    .remind = uintr_remind,
    .publish = uintr_publish,
};
