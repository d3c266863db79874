/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: thread_strike */
/* The progress thread: it sleeps on the gong in its rank's doorbell and never polls. A strike
 * sounds the gong; the thread then runs the handler that other notifiers run on the program's
 * thread. It takes no signals, so those of the program go where they went before. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/error.h"
#include "notify/doorbell.h"
#include "notify/notify.h"

#define STACK_BYTES (256 * 1024)

static pthread_t thread;
static struct toc_doorbell *own_bell;
static uint32_t strikes; /* that the thread knows of */
static void (*serve)(void);
static _Atomic bool stopping;

static void *wait_for_strikes(void *unused)
{
    (void)unused;
    /* A new thread inherits the rounding and the traps of its creator; reductions must not. */
    __builtin_ia32_ldmxcsr(0x1f80); /* default of MXCSR; fesetenv() would need libm */
    __asm__ volatile("fninit");
    for (;;) {
        toc_doorbell_await_gong(own_bell, strikes);
        /* Before the handler looks for work: a strike from here on changes the number, and the next
         * sleep ends at once. */
        strikes = toc_doorbell_gong(own_bell);
        /* Pairs with the release in thread_stop(). */
        if (atomic_load_explicit(&stopping, memory_order_acquire))
            return NULL;
        serve();
    }
}

static int thread_available(char *reason, size_t size)
{
    (void)reason;
    (void)size;
    return 0;
}

static int create(void)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return TOC_ERR_SYSTEM;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = pthread_create(&thread, &attributes, wait_for_strikes, NULL);
    pthread_attr_destroy(&attributes);
    if (error != 0)
        return TOC_ERR_SYSTEM;
    pthread_setname_np(thread, "tocsin-progress");
    return 0;
}

static int thread_start(void (*handler)(void), struct toc_doorbell *bell)
{
    sigset_t all, before;
    serve = handler;
    own_bell = bell;
    strikes = toc_doorbell_gong(bell);
    atomic_store_explicit(&stopping, false, memory_order_relaxed);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* inherited by the new thread */
    int status = create();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void thread_stop(void)
{
    /* Before the gong sounds: pairs with the acquire in wait_for_strikes(). */
    atomic_store_explicit(&stopping, true, memory_order_release);
    toc_doorbell_sound(own_bell);
    pthread_join(thread, NULL);
}

static int thread_strike(const struct toc_notify_target *target)
{
    toc_doorbell_sound(target->bell);
    return 0;
}

const struct toc_notify_ops toc_notify_thread = {
    .name = "thread",
    .id = TOC_NOTIFIER_THREAD,
    .interrupts = true,
    .concurrent = true,
    .available = thread_available,
    .start = thread_start,
    .stop = thread_stop,
    .strike = thread_strike,
};
