/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
/*
 * The signal handlers that the kernel sees: the one of the bell, and one before each handler of the
 * program, which counts it.
 *
 * Interrupted system calls that the kernel restarts (SA_RESTART) need care here. While a bell runs,
 * all other signals wait. One that is delivered at its end finds the thread not in the system call
 * any more but in front of its restart; if its handler was installed without SA_RESTART, the call
 * has to fail with EINTR, or an alarm() that should end a read() is lost. So the bell notes where
 * it leads back to a restart, and the program's trampoline, when it finds itself there, makes the
 * context look as if the call had failed.
 */
#include "notify/interpose_handler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <ucontext.h>

#include "base/cpu.h"
#include "notify/uintr/entry.h"

_Atomic(toc_interpose_handler *) toc_interpose_handlers[NSIG];

static _Atomic(toc_interpose_handler *) bell_function;
static atomic_uint bell_generation;
static atomic_int bell_signo; /* also after stop: for bells that come late */
static atomic_int bell_pid;

/* In interpose_retry.c. */
extern const char toc_interpose_retry_begin[] __attribute__((visibility("hidden")));
extern const char toc_interpose_retry_call[] __attribute__((visibility("hidden")));

/* Calls that may fail with EINTR when a handler without SA_RESTART interrupts them: never invent
 * that error for another one. */
static bool may_be_interrupted(const greg_t *regs)
{
    switch (regs[REG_RAX]) {
    case SYS_read:
    case SYS_readv:
    case SYS_write:
    case SYS_writev:
    case SYS_open:
    case SYS_openat:
    case SYS_wait4:
    case SYS_waitid:
    case SYS_flock:
    case SYS_ioctl:
    case SYS_accept:
    case SYS_accept4:
    case SYS_connect:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
    case SYS_getrandom:
    case SYS_sendfile:
    case SYS_copy_file_range:
    case SYS_splice:
    case SYS_tee:
    case SYS_vmsplice:
        return true;
    case SYS_fcntl:
        return regs[REG_RSI] == F_SETLKW || regs[REG_RSI] == F_OFD_SETLKW;
    case SYS_futex: { /* not FUTEX_LOCK_PI and friends, which restart always */
        const int op = (int)regs[REG_RSI] & FUTEX_CMD_MASK;

        return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET;
    }
    default:
        return false;
    }
}

/* The kernel restarts a call by stepping back over the two bytes of the instruction, which has left
 * the address behind it in rcx. */
static void note_restart(const greg_t *regs)
{
    struct toc_interpose_thread *self = &toc_interpose_self;

    if (regs[REG_RIP] + 2 == regs[REG_RCX] && may_be_interrupted(regs)) {
        self->restart_pc = (uintptr_t)regs[REG_RIP];
        self->restart_sp = (uintptr_t)regs[REG_RSP];
    }
}

/* Did a bell lead here to a restart? Asked before the program's handler runs, in which further
 * bells may strike. */
static bool take_restart(const greg_t *regs)
{
    struct toc_interpose_thread *self = &toc_interpose_self;

    if (!self->restart_pc || (uintptr_t)regs[REG_RIP] != self->restart_pc ||
        (uintptr_t)regs[REG_RSP] != self->restart_sp)
        return false;
    self->restart_pc = 0;
    return true;
}

/* After a handler of the program: the interrupted call must learn of it. `fail`: it stood before a
 * restart at pc and has to fail instead. */
static void notice_handler(greg_t *regs, greg_t pc, bool fail)
{
    const uintptr_t begin = (uintptr_t)toc_interpose_retry_begin;
    const uintptr_t call = (uintptr_t)toc_interpose_retry_call;

    toc_interpose_self.handlers++;
    if (regs[REG_RIP] != pc) /* the handler has sent the thread elsewhere */
        return;
    if ((uintptr_t)pc >= begin && (uintptr_t)pc <= call) {
        regs[REG_RIP] = (greg_t)begin;
    } else if (fail) {
        regs[REG_RAX] = -EINTR;
        regs[REG_RIP] += 2;
    }
}

static greg_t *registers(void *context)
{
    return ((ucontext_t *)context)->uc_mcontext.gregs;
}

/* A handler without SA_SIGINFO ignores the last two arguments. */
static void call_program(toc_interpose_handler *handler, int signo, siginfo_t *info, void *context,
                         bool restart)
{
    greg_t *regs = registers(context);
    const greg_t pc = regs[REG_RIP];
    const bool at_restart = take_restart(regs);

    toc_uintr_interrupted_at((uintptr_t)pc);
    handler(signo, info, context);
    notice_handler(regs, pc, at_restart && !restart);
}

static void run_program(int signo, siginfo_t *info, void *context, bool restart)
{
    toc_interpose_handler *handler =
        atomic_load_explicit(&toc_interpose_handlers[signo], memory_order_relaxed);

    if (signo == atomic_load_explicit(&bell_signo, memory_order_relaxed) &&
        toc_interpose_is_bell(info)) { /* struck before the peers knew that we had stopped */
        toc_interpose_self.bells++;
        note_restart(registers(context));
        return;
    }
    call_program(handler, signo, info, context, restart);
}

/* Four, so that the kernel's own record, which handler with which flags, tells the whole truth at
 * any moment, whoever changes it. */
static void before_plain(int signo, siginfo_t *info, void *context)
{
    run_program(signo, info, context, false);
}

static void before_plain_restart(int signo, siginfo_t *info, void *context)
{
    run_program(signo, info, context, true);
}

static void before_siginfo(int signo, siginfo_t *info, void *context)
{
    run_program(signo, info, context, false);
}

static void before_siginfo_restart(int signo, siginfo_t *info, void *context)
{
    run_program(signo, info, context, true);
}

toc_interpose_handler *toc_interpose_trampoline(int flags)
{
    if (flags & SA_SIGINFO)
        return flags & SA_RESTART ? before_siginfo_restart : before_siginfo;
    return flags & SA_RESTART ? before_plain_restart : before_plain;
}

bool toc_interpose_is_trampoline(toc_interpose_handler *handler, int *flags)
{
    *flags = handler == before_siginfo || handler == before_siginfo_restart ? SA_SIGINFO : 0;
    return *flags || handler == before_plain || handler == before_plain_restart;
}

/*
 * The program's disposition. Two slots, so that a reader in a handler needs no lock; writers take
 * turns. `reset` is SA_RESETHAND come true, which a handler does.
 */
static struct {
    struct sigaction slot[2];
    atomic_bool reset[2];
    atomic_uint current;
    atomic_flag writing;
} program;

void toc_interpose_set_view(const struct sigaction *view)
{
    unsigned next;

    /* Held for a few instructions with all signals blocked: no handler can wait for its own thread.
     */
    while (atomic_flag_test_and_set_explicit(&program.writing, memory_order_acquire))
        toc_syscall0(SYS_sched_yield);
    next = !atomic_load_explicit(&program.current, memory_order_relaxed);
    program.slot[next] = *view;
    atomic_store_explicit(&program.reset[next], false, memory_order_relaxed);
    /* Pairs with the acquire in view_slot: who sees the number sees the slot. */
    atomic_store_explicit(&program.current, next, memory_order_release);
    atomic_flag_clear_explicit(&program.writing, memory_order_release);
}

static unsigned view_slot(struct sigaction *view)
{
    const unsigned slot = atomic_load_explicit(&program.current, memory_order_acquire);

    *view = program.slot[slot];
    if (atomic_load_explicit(&program.reset[slot], memory_order_relaxed)) {
        view->sa_handler = SIG_DFL;
        view->sa_flags &= ~SA_SIGINFO;
    }
    return slot;
}

void toc_interpose_view(struct sigaction *view)
{
    view_slot(view);
}

void toc_interpose_set_bell(int signo, toc_interpose_handler *bell, unsigned generation)
{
    atomic_store(&bell_function, bell);
    atomic_store(&bell_generation, generation);
    atomic_store(&bell_signo, signo);
    atomic_store(&bell_pid, (int)toc_syscall0(SYS_getpid));
}

bool toc_interpose_own_process(void)
{
    return toc_syscall0(SYS_getpid) == atomic_load_explicit(&bell_pid, memory_order_relaxed);
}

static void set_mask(uint64_t mask)
{
    toc_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, TOC_SIGSET_BYTES);
}

static uint64_t kernel_mask(const sigset_t *set)
{
    uint64_t mask;

    __builtin_memcpy(&mask, set, sizeof(mask));
    return mask;
}

/* What the kernel would have done with a signal whose default action is not to be ignored. */
static void default_action(int signo)
{
    const long pid = toc_syscall0(SYS_getpid), tid = toc_syscall0(SYS_gettid);
    struct {
        void *handler;
        unsigned long flags, restorer;
        uint64_t mask;
    } none = {0};

    switch (signo) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
    case SIGCONT:
        return;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        toc_syscall3(SYS_tgkill, pid, tid, SIGSTOP);
        return;
    default:
        toc_syscall4(SYS_rt_sigaction, signo, (long)&none, 0, TOC_SIGSET_BYTES);
        toc_syscall3(SYS_tgkill, pid, tid, signo);
        set_mask(~((uint64_t)1 << (signo - 1)));
    }
}

/* A signal that somebody else sent: to the program. */
static void chain(int signo, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
    struct sigaction view;
    const unsigned slot = view_slot(&view);
    uint64_t mask;

    if (view.sa_handler == SIG_IGN)
        return;
    if (view.sa_handler == SIG_DFL) {
        default_action(signo);
        return;
    }
    if (view.sa_flags & SA_RESETHAND)
        atomic_store_explicit(&program.reset[slot], true, memory_order_relaxed);
    mask = kernel_mask(&interrupted->uc_sigmask) | kernel_mask(&view.sa_mask);
    if (!(view.sa_flags & SA_NODEFER))
        mask |= (uint64_t)1 << (signo - 1);
    set_mask(mask);
    call_program(view.sa_sigaction, signo, info, context, view.sa_flags & SA_RESTART);
}

void toc_interpose_bell(int signo, siginfo_t *info, void *context)
{
    struct toc_interpose_thread *self = &toc_interpose_self;

    toc_cpu_allow_unaligned();
    const bool ours = toc_interpose_is_bell(info);

    self->bells++;
    note_restart(registers(context));
    if (self->rung == atomic_load_explicit(&bell_generation, memory_order_relaxed) &&
        (ours || toc_interpose_own_process()))
        atomic_load_explicit(&bell_function, memory_order_relaxed)(signo, info, context);
    if (!ours)
        chain(signo, info, context);
}
