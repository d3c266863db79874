/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the instructions and the notifications come in: two signal handlers. And the program's own
 * view of SIGILL, which the first of them stands in front of.
 */
#include "emu.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cpu.h"
#include "base/syscall.h"

#define EXPORT __attribute__((visibility("default")))

enum { SIGSET_BYTES = 8 };
#define KERNEL_RESTORER 0x04000000UL
#define ALL_SIGNALS     (~UINT64_C(0))
#define BIT(signo)      (UINT64_C(1) << ((signo)-1))

/* ---- the kernel's signal interface */

struct kernel_action {
    void (*handler)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* What the kernel puts on the stack, as far as sigreturn reads it. */
struct kernel_context {
    unsigned long flags;
    void *link;
    stack_t stack;
    uint64_t machine[32]; /* struct sigcontext */
    uint64_t mask;
};
_Static_assert(sizeof(struct kernel_context) == 304, "as the kernel has it");
_Static_assert(offsetof(struct kernel_context, machine) == offsetof(ucontext_t, uc_mcontext) &&
                   offsetof(struct kernel_context, mask) == offsetof(ucontext_t, uc_sigmask),
               "libc's view of the same");

/* Unwinders look up the code before a return address. This one follows no call: the byte before it
 * must belong to no function, or they take the frame for that function's. */
void emu_restorer(void) __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n\t"
        "nop\n"
        ".globl emu_restorer\n"
        ".hidden emu_restorer\n"
        ".type emu_restorer, @function\n"
        "emu_restorer:\n\t"
        "mov $15, %rax\n\t" /* rt_sigreturn, in the form that unwinders know */
        "syscall\n\t"
        ".size emu_restorer, . - emu_restorer\n"
        ".popsection");

static long kernel_sigaction(int signo, const struct kernel_action *act, struct kernel_action *old)
{
    return toc_syscall4(SYS_rt_sigaction, signo, (long)act, (long)old, SIGSET_BYTES);
}

static void catch_signal(int signo, void (*handler)(int, siginfo_t *, void *), unsigned long flags)
{
    struct kernel_action action = {handler, SA_SIGINFO | SA_RESTART | KERNEL_RESTORER | flags,
                                   emu_restorer, ALL_SIGNALS};
    kernel_sigaction(signo, &action, NULL);
}

static void set_mask(uint64_t mask)
{
    toc_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, SIGSET_BYTES);
}

static uint64_t get_mask(const sigset_t *set)
{
    uint64_t mask;

    memcpy(&mask, set, sizeof(mask));
    return mask;
}

static void strike_self(int signo)
{
    toc_syscall3(SYS_tgkill, toc_syscall0(SYS_getpid), toc_syscall0(SYS_gettid), signo);
}

/* ---- delivery */

/* Extended state behind the legacy area, as the kernel describes it there. */
struct xstate_note {
    uint32_t magic, extended_size;
};
#define XSTATE_NOTE_AT 464
#define XSTATE_MAGIC   0x46505853u

static size_t fpstate_size(const char *fpstate)
{
    struct xstate_note note;

    memcpy(&note, fpstate + XSTATE_NOTE_AT, sizeof(note));
    return note.magic == XSTATE_MAGIC ? note.extended_size : 512;
}

/* The interrupt's frame belongs where the signal's frame is now: right below the red zone. So the
 * latter moves to a buffer, from which the kernel takes it as well. */
static ucontext_t *move_frame(const struct emu_thread *thread, const void *context)
{
    struct kernel_context *copy = (struct kernel_context *)thread->buffer;
    ucontext_t *moved = (ucontext_t *)thread->buffer;

    emu_copy(copy, context, sizeof(*copy));
    char *fpstate = (char *)moved->uc_mcontext.fpregs;
    if (fpstate != NULL) {
        char *to = thread->buffer + ((sizeof(*copy) + 63) & ~(size_t)63);
        size_t size = fpstate_size(fpstate);
        if ((size_t)(to - thread->buffer) + size > thread->buffer_size)
            __builtin_trap(); /* larger than the kernel had announced */
        emu_copy(to, fpstate, size);
        moved->uc_mcontext.fpregs = (fpregset_t)to;
    }
    return moved;
}

static _Noreturn void resume(const ucontext_t *context)
{
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "movl $15, %%eax\n\t" /* rt_sigreturn */
                     "syscall\n\t"
                     :
                     : "r"(context)
                     : "memory");
    __builtin_unreachable();
}

/* Last act of both handlers. */
static void deliver_due(struct emu_thread *thread, void *context)
{
    if (!emu_is_due(&thread->cpu))
        return;
    ucontext_t *moved = move_frame(thread, context);
    emu_deliver(&thread->cpu, moved->uc_mcontext.gregs);
    resume(moved);
}

/* libc's own handler of the signal, once it has installed it. */
static void (*libc_cancel)(int, siginfo_t *, void *);

static void on_notification(int signo, siginfo_t *info, void *context)
{
    struct emu_thread *thread = emu_self();

    toc_cpu_allow_unaligned();
    if (info->si_code != SI_QUEUE) {
        if (libc_cancel != NULL)
            libc_cancel(signo, info, context);
        return;
    }
    if (!thread->registered) /* struck before the sender knew */
        return;
    emu_recognize(&thread->cpu);
    deliver_due(thread, context);
}

/* ---- SIGILL of the program */

static struct sigaction program; /* its action; written with all signals blocked */
static int (*next_sigaction)(int, const struct sigaction *, struct sigaction *);
static sighandler_t (*next_signal)(int, sighandler_t);
static int (*next_sigprocmask)(int, const sigset_t *, sigset_t *);
static int (*next_pthread_sigmask)(int, const sigset_t *, sigset_t *);
static int (*next_pthread_cancel)(pthread_t);

/* As the kernel ends a process: without the program's say. */
static void die_of(int signo, ucontext_t *context)
{
    struct kernel_action standard = {0};

    kernel_sigaction(signo, &standard, NULL);
    strike_self(signo);
    ((struct kernel_context *)context)->mask &= ~BIT(signo);
}

static void call_program(int signo, siginfo_t *info, ucontext_t *context)
{
    struct sigaction action = program;
    uint64_t mask = get_mask(&context->uc_sigmask) | get_mask(&action.sa_mask);

    if ((action.sa_flags & SA_RESETHAND) != 0)
        program.sa_handler = SIG_DFL;
    set_mask(mask & ~BIT(SIGILL));
    if ((action.sa_flags & SA_SIGINFO) != 0)
        action.sa_sigaction(signo, info, context);
    else
        action.sa_handler(signo);
    set_mask(ALL_SIGNALS);
}

static void pass_on(int signo, siginfo_t *info, ucontext_t *context)
{
    const bool fault = info->si_code > 0;

    if (program.sa_handler == SIG_IGN && !fault)
        return;
    if (program.sa_handler == SIG_DFL || program.sa_handler == SIG_IGN)
        die_of(signo, context);
    else
        call_program(signo, info, context);
}

/* #GP: the kernel's SIGSEGV for it, at this very instruction. It cannot be blocked or ignored. */
static void general_protection(ucontext_t *context)
{
    struct kernel_action now;
    siginfo_t info;

    kernel_sigaction(SIGSEGV, NULL, &now);
    if ((get_mask(&context->uc_sigmask) & BIT(SIGSEGV)) != 0 ||
        (uintptr_t)now.handler <= (uintptr_t)SIG_IGN) {
        die_of(SIGSEGV, context);
        return;
    }
    emu_clear(&info, sizeof(info));
    info.si_signo = SIGSEGV;
    info.si_code = SI_KERNEL;
    /* Delivered when this handler returns: the thread is back at the instruction then. */
    toc_syscall4(SYS_rt_tgsigqueueinfo, toc_syscall0(SYS_getpid), toc_syscall0(SYS_gettid), SIGSEGV,
                 (long)&info);
}

static volatile sig_atomic_t illegal; /* SIGILLs so far */

static void on_illegal(int signo, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
    greg_t *regs = interrupted->uc_mcontext.gregs;
    struct emu_thread *thread = emu_self();
    struct emu_upid *notify;
    struct emu_insn insn;

    toc_cpu_allow_unaligned();
    illegal++;
    if (info->si_code <= 0 || !emu_decode((const uint8_t *)regs[REG_RIP], &insn)) {
        pass_on(signo, info, interrupted);
        return;
    }
    switch (emu_execute(&thread->cpu, &insn, regs, &notify)) {
    case EMU_UD:
        pass_on(signo, info, interrupted);
        return;
    case EMU_GP:
        general_protection(interrupted);
        return;
    case EMU_NONE:
        break;
    }
    if (notify != NULL && emu_notify(notify) && thread->registered)
        emu_recognize(&thread->cpu);
    deliver_due(thread, context);
}

/* ---- in the place of libc's functions */

static void find_next(void)
{
    const struct {
        const char *name;
        void *function;
    } wanted[] = {{"sigaction", &next_sigaction},
                  {"signal", &next_signal},
                  {"sigprocmask", &next_sigprocmask},
                  {"pthread_sigmask", &next_pthread_sigmask},
                  {"pthread_cancel", &next_pthread_cancel}};

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        void *function = dlsym(RTLD_NEXT, wanted[i].name);
        memcpy(wanted[i].function, &function, sizeof(function));
    }
}

/* In front of libc's handler, if there is one by now. */
static void catch_notifications(void)
{
    struct kernel_action before;

    kernel_sigaction(EMU_SIGNAL, NULL, &before);
    if (before.handler == on_notification)
        return;
    if ((uintptr_t)before.handler > (uintptr_t)SIG_IGN)
        libc_cancel = before.handler;
    catch_signal(EMU_SIGNAL, on_notification, 0);
}

bool emu_catch_signals(void)
{
    struct kernel_action before;
    bool flag;

    find_next();
    kernel_sigaction(SIGILL, NULL, &before); /* SIG_IGN may have been inherited */
    if (before.handler != on_illegal)
        program.sa_sigaction = before.handler;
    catch_signal(SIGILL, on_illegal, 0);
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xed" : "=@ccc"(flag)); /* testui */
    if (illegal == 0) {
        kernel_sigaction(SIGILL, &before, NULL);
        return false;
    }
    catch_notifications();
    return true;
}

EXPORT int sigaction(int signo, const struct sigaction *restrict act,
                     struct sigaction *restrict old)
{
    struct sigaction mine;
    uint64_t all = ALL_SIGNALS, saved;

    if (next_sigaction == NULL)
        find_next();
    if (signo != SIGILL) {
        if (act == NULL)
            return next_sigaction(signo, NULL, old);
        mine = *act;
        sigdelset(&mine.sa_mask, SIGILL);
        return next_sigaction(signo, &mine, old);
    }
    if (act != NULL)
        mine = *act;
    toc_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&saved, SIGSET_BYTES);
    if (old != NULL)
        *old = program;
    if (act != NULL) {
        program = mine;
        catch_signal(SIGILL, on_illegal, (unsigned long)(mine.sa_flags & SA_ONSTACK));
    }
    set_mask(saved);
    return 0;
}

/* libc's would go past our sigaction(). */
EXPORT sighandler_t signal(int signo, sighandler_t handler)
{
    struct sigaction act, old;

    if (next_signal == NULL)
        find_next();
    if (signo != SIGILL || handler == SIG_ERR)
        return next_signal(signo, handler);
    memset(&act, 0, sizeof(act));
    act.sa_handler = handler;
    act.sa_flags = SA_RESTART;
    sigaction(SIGILL, &act, &old);
    return old.sa_handler;
}

static const sigset_t *without_ill(int how, const sigset_t *set, sigset_t *mine)
{
    if (set == NULL || how == SIG_UNBLOCK)
        return set;
    *mine = *set;
    sigdelset(mine, SIGILL);
    return mine;
}

EXPORT int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    sigset_t mine;

    if (next_sigprocmask == NULL)
        find_next();
    return next_sigprocmask(how, without_ill(how, set, &mine), old);
}

EXPORT int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    sigset_t mine;

    if (next_pthread_sigmask == NULL)
        find_next();
    return next_pthread_sigmask(how, without_ill(how, set, &mine), old);
}

/* The first one installs libc's handler. */
EXPORT int pthread_cancel(pthread_t thread)
{
    if (next_pthread_cancel == NULL)
        find_next();
    int rc = next_pthread_cancel(thread);
    catch_notifications();
    emu_notify_again();
    return rc;
}
