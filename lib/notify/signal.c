/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but start, stop and available */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/env.h"
#include "base/error.h"
#include "base/job.h"
#include "base/syscall.h"
#include "notify/interpose.h"
#include "notify/notify.h"

/* The handler's own stack: a program's thread or coroutine may have a few KB left only. */
#define STACK_BYTES (64 * 1024)

static char *stack_base;
static void (*serve)(void);

/* Runs `serve` on the private stack. The handler never nests: its signal mask is full. */
static void call_on_stack(void (*function)(void), void *top)
{
    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "movq %1, %%rsp\n\t"
                     "call *%0\n\t"
                     "movq %%rbx, %%rsp"
                     :
                     : "r"(function), "r"(top)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc",
                       "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

static void on_bell(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)info;
    (void)context;
    call_on_stack(serve, stack_base + TOC_PAGE + STACK_BYTES);
}

/* Signals whose meaning the program or the system cannot do without. */
static bool is_reserved(int signo)
{
    static const int reserved[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,  SIGILL, SIGFPE,
                                   SIGTRAP, SIGCHLD, SIGINT,  SIGTERM, SIGABRT};
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (reserved[i] == signo)
            return true;
    return signo < 1 || signo > SIGRTMAX || (signo > 31 && signo < SIGRTMIN);
}

static int signal_available(char *reason, size_t size)
{
    if (!is_reserved((int)toc_env.signal))
        return 0;
    snprintf(reason, size,
             "TOCSIN_SIGNAL=%d (%s) cannot be taken from the program: choose SIGURG (%d), which is "
             "the default, or another signal that it does not use",
             (int)toc_env.signal, strsignal((int)toc_env.signal), SIGURG);
    return TOC_ERR_UNSUPPORTED;
}

static int signal_start(void (*handler)(void), struct toc_doorbell *bell)
{
    (void)bell;
    size_t bytes = TOC_PAGE + STACK_BYTES;
    stack_base = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (stack_base == MAP_FAILED)
        return TOC_ERR_NO_MEM;
    mprotect(stack_base, TOC_PAGE, PROT_NONE); /* guard page */
    serve = handler;
    return toc_interpose_start((int)toc_env.signal, on_bell);
}

static void signal_stop(void)
{
    toc_interpose_stop();
    munmap(stack_base, TOC_PAGE + STACK_BYTES);
    stack_base = NULL;
}

static int signal_strike(const struct toc_notify_target *target)
{
    siginfo_t info;
    if (target->foreign)
        return -ESRCH; /* its pid may be somebody else's here */
    memset(&info, 0, sizeof(info));
    info.si_signo = target->signo;
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = TOC_BELL_MARKER;
    return (int)toc_syscall4(SYS_rt_tgsigqueueinfo, target->pid, target->tid, target->signo,
                             (long)&info);
}

const struct toc_notify_ops toc_notify_signal = {
    .name = "signal",
    .id = TOC_NOTIFIER_SIGNAL,
    .interrupts = true,
    .available = signal_available,
    .start = signal_start,
    .stop = signal_stop,
    .strike = signal_strike,
};
