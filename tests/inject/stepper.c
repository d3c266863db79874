/* SPDX-License-Identifier: BSD-3-Clause */
#include "stepper.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/syscall.h"
#include "notify/interpose.h"

/*
 * Nothing that runs in the trap's handler may come by a breakpoint: no libc, no MPI. Signals are
 * dealt with by raw system calls, because the library has its own ideas about sigaction().
 */

#define BELL            SIGURG
#define TRAP_FLAG       0x100
#define BREAKPOINT      0xcc
#define TRAPNO_BREAK    3
#define SIGSET_BYTES    8
#define KERNEL_RESTORER 0x04000000UL

struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

enum state {
    IDLE,
    RECORD,    /* trap flag: note every address */
    SEEK,      /* breakpoint at the address of the plan */
    SEEK_STEP, /* the same by the trap flag */
    AFTER,     /* trap flag: counting down to the second bell */
    ENTER,     /* breakpoint at the entry of the bell's handler, to list it */
    INSIDE,    /* breakpoint in the bell's handler */
};

#define TRACE_MAX (4u << 20)

static struct {
    volatile enum state state;
    struct stepper_plan plan;
    enum state next; /* of the next stretch: IDLE, RECORD, SEEK, SEEK_STEP */
    unsigned passes; /* so far */
    unsigned left;   /* instructions to the second bell */
    unsigned struck;
    uintptr_t last;      /* SEEK_STEP: where the last trap was */
    uintptr_t put_back;  /* a breakpoint that is out for one instruction */
    uintptr_t resume;    /* a breakpoint behind a repeated string instruction */
    bool resume_handler; /* ... of the bell's handler */
    uintptr_t handler;   /* entry of the bell's handler */
    uintptr_t trace[TRACE_MAX];
    size_t traced;
} self;

static uint64_t bit(int signo)
{
    return UINT64_C(1) << (signo - 1);
}

void stepper_strike_thread(long pid, long tid)
{
    siginfo_t info;
    char *bytes = (char *)&info;
    for (size_t i = 0; i < sizeof(info); i++)
        ((volatile char *)bytes)[i] = 0; /* volatile: not by memset, which may have a breakpoint */
    info.si_signo = BELL;
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = TOC_BELL_MARKER;
    toc_syscall4(SYS_rt_tgsigqueueinfo, pid, tid, BELL, (long)&info);
}

/* Hooks of the emulator of user interrupts (tests/uintr-emu/emu.h); NULL: bells are signals. */
static struct {
    void (*post)(void);
    void (*hold)(void);
    bool (*drop)(void);
    bool (*is_masked)(void);
    uint64_t (*handler)(void);
} uintr;

void stepper_strike(void)
{
    if (uintr.post != NULL)
        uintr.post();
    else
        stepper_strike_thread(toc_syscall0(SYS_getpid), toc_syscall0(SYS_gettid));
}

/* The one breakpoint. Text pages are private to the process: the peer does not see it. */
static unsigned char *break_at;
static unsigned char break_saved;

static void put_breakpoint(uintptr_t address)
{
    break_at = (unsigned char *)address;
    break_saved = *break_at;
    *(volatile unsigned char *)break_at = BREAKPOINT;
}

static void remove_breakpoint(void)
{
    if (break_at != NULL)
        *(volatile unsigned char *)break_at = break_saved;
    break_at = NULL;
}

/* May a breakpoint be written there? Pages stay writable. */
static bool open_page(uintptr_t address)
{
    static uintptr_t opened[256];
    static unsigned count;
    uintptr_t page = address & ~(uintptr_t)4095;
    for (unsigned i = 0; i < count; i++)
        if (opened[i] == page)
            return true;
    if (count == sizeof(opened) / sizeof(opened[0]) ||
        toc_syscall3(SYS_mprotect, (long)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        return false;
    opened[count++] = page;
    return true;
}

static void set_trap_flag(greg_t *regs, bool on)
{
    if (on)
        regs[REG_EFL] |= TRAP_FLAG;
    else
        regs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
}

static void strike(void)
{
    stepper_strike();
    self.struck++;
}

/* What comes after the bell that has just been struck. */
static void prepare_second(void)
{
    self.passes = 0;
    self.state = IDLE;
    switch (self.plan.second) {
    case STEPPER_NONE:
        break;
    case STEPPER_AFTER:
        self.state = AFTER;
        self.left = self.plan.distance;
        break;
    case STEPPER_INSIDE:
        self.state = INSIDE;
        put_breakpoint(self.plan.inside);
        break;
    case STEPPER_LIST:
        self.state = ENTER;
        put_breakpoint(self.handler);
        break;
    }
}

static void count_down(greg_t *regs)
{
    if (--self.left > 0)
        return;
    strike();
    self.state = IDLE;
    set_trap_flag(regs, false);
}

/* Length of a string instruction with a repeat prefix (rep movsb and its kin), or 0. The trap flag
 * stops in it after every element. */
static unsigned repeated(uintptr_t address)
{
    const unsigned char *code = (const unsigned char *)address;
    unsigned at = 1;
    if (code[0] != 0xf3 && code[0] != 0xf2)
        return 0;
    if ((code[at] & 0xf0) == 0x40)
        at++;
    return (code[at] >= 0xa4 && code[at] <= 0xa7) || (code[at] >= 0xaa && code[at] <= 0xaf) ? at + 1
                                                                                            : 0;
}

/* Runs a repeated string instruction at once: with the trap flag off, to a breakpoint behind it.
 * False when it is not one, or no breakpoint can be written there. */
static bool run_repeated(greg_t *regs, bool in_handler)
{
    uintptr_t behind = (uintptr_t)regs[REG_RIP];
    unsigned length = repeated(behind);
    behind += length;
    if (length == 0 || !open_page(behind))
        return false;
    self.resume = behind;
    self.resume_handler = in_handler;
    put_breakpoint(behind);
    set_trap_flag(regs, false);
    return true;
}

/* Goes on past the instruction under a breakpoint, which comes back after it. */
static void step_over(greg_t *regs, uintptr_t breakpoint)
{
    self.put_back = breakpoint;
    set_trap_flag(regs, true);
}

static uintptr_t target(void)
{
    return self.state == INSIDE ? self.plan.inside : self.plan.address;
}

/* The thread comes by the address where it is to be struck; `right`: on the side of the handler
 * where passes count. */
static void pass_by(greg_t *regs, bool in_handler)
{
    bool first = self.state != INSIDE;
    if (in_handler != first && ++self.passes == (first ? self.plan.pass : self.plan.inside_pass)) {
        strike();
        if (first)
            prepare_second();
        else
            self.state = IDLE;
        set_trap_flag(regs, self.state == AFTER);
    } else if (self.state != SEEK_STEP && !run_repeated(regs, in_handler)) {
        step_over(regs, target());
    }
}

static void note(uintptr_t address)
{
    if (self.traced < TRACE_MAX)
        self.trace[self.traced++] = address;
}

/* Behind a repeated string instruction. */
static void go_on(greg_t *regs, bool in_handler)
{
    if (in_handler != self.resume_handler) { /* a handler that copies, too */
        step_over(regs, self.resume);
        return;
    }
    self.resume = 0;
    if (self.state == RECORD) {
        note((uintptr_t)regs[REG_RIP]);
        set_trap_flag(regs, true);
    } else if (target() == (uintptr_t)regs[REG_RIP]) {
        pass_by(regs, in_handler);
    } else {
        put_breakpoint(target());
    }
}

static void on_break(greg_t *regs, bool in_handler)
{
    remove_breakpoint();
    regs[REG_RIP]--;
    if (self.resume != 0) {
        go_on(regs, in_handler);
    } else if (self.state == ENTER) {
        self.state = RECORD;
        self.traced = 0;
        note((uintptr_t)regs[REG_RIP]);
        set_trap_flag(regs, true);
    } else if (self.state == SEEK || self.state == INSIDE) {
        pass_by(regs, in_handler);
    }
}

static void on_step(greg_t *regs, bool in_handler)
{
    uintptr_t address = (uintptr_t)regs[REG_RIP];
    if (self.put_back != 0) {
        put_breakpoint(self.put_back);
        self.put_back = 0;
        set_trap_flag(regs, false);
        return;
    }
    switch (self.state) {
    case RECORD:
        note(address);
        run_repeated(regs, in_handler);
        break;
    case SEEK_STEP:
        if (address == self.plan.address && address != self.last)
            pass_by(regs, in_handler);
        self.last = address;
        break;
    case AFTER:
        count_down(regs);
        break;
    default:
        set_trap_flag(regs, false);
    }
}

static void on_trap(int signo, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
    greg_t *regs = interrupted->uc_mcontext.gregs;
    bool in_handler = uintr.is_masked != NULL
                          ? uintr.is_masked()
                          : (*(const uint64_t *)&interrupted->uc_sigmask & bit(BELL)) != 0;
    (void)signo;
    (void)info;
    if (regs[REG_TRAPNO] == TRAPNO_BREAK)
        on_break(regs, in_handler);
    else
        on_step(regs, in_handler);
}

void stepper_restore(void);
__asm__(".text\n"
        "stepper_restore:\n\t"
        "mov $15, %eax\n\t" /* rt_sigreturn */
        "syscall\n");

static void take_trap(void)
{
    struct kernel_action action = {
        .handler = (void *)on_trap,
        .flags = SA_SIGINFO | KERNEL_RESTORER,
        .restorer = (void *)stepper_restore,
        .mask = ~bit(SIGALRM),
    };
    toc_syscall4(SYS_rt_sigaction, SIGTRAP, (long)&action, 0, SIGSET_BYTES);
}

static void find_hook(const char *name, void *hook)
{
    void *function = dlsym(RTLD_DEFAULT, name);
    memcpy(hook, &function, sizeof(function));
}

void stepper_use_uintr(void)
{
    find_hook("uintr_emu_post", &uintr.post);
    find_hook("uintr_emu_hold", &uintr.hold);
    find_hook("uintr_emu_drop", &uintr.drop);
    find_hook("uintr_emu_is_masked", &uintr.is_masked);
    find_hook("uintr_emu_handler", &uintr.handler);
}

bool stepper_init(void)
{
    struct kernel_action action;
    take_trap();
    toc_syscall4(SYS_rt_sigaction, BELL, 0, (long)&action, SIGSET_BYTES);
    if ((uintptr_t)action.handler <= 1)
        return false;
    self.handler = (uintptr_t)action.handler;
    action.mask &= ~(bit(SIGTRAP) | bit(SIGALRM));
    toc_syscall4(SYS_rt_sigaction, BELL, (long)&action, 0, SIGSET_BYTES);
    if (uintr.handler != NULL)
        self.handler = (uintptr_t)uintr.handler();
    return true;
}

void stepper_record(void)
{
    self.next = RECORD;
}

void stepper_rest(void)
{
    self.next = IDLE;
}

size_t stepper_trace(const uintptr_t **trace)
{
    *trace = self.trace;
    return self.traced;
}

void stepper_aim(const struct stepper_plan *plan, bool step)
{
    self.plan = *plan;
    self.next = step || !open_page(plan->address) ? SEEK_STEP : SEEK;
    if ((plan->second == STEPPER_INSIDE && !open_page(plan->inside)) ||
        (plan->second == STEPPER_LIST && !open_page(self.handler)))
        self.plan.second = STEPPER_NONE;
}

/* The flags are changed below the red zone, which the compiler may be using. */
static inline void start_stepping(void)
{
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
                     "pushfq\n\t"
                     "orq $0x100, (%%rsp)\n\t"
                     "popfq\n\t"
                     "lea 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

static inline void stop_stepping(void)
{
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
                     "pushfq\n\t"
                     "andq $~0x100, (%%rsp)\n\t"
                     "popfq\n\t"
                     "lea 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
}

void stepper_on(void)
{
    self.passes = 0;
    self.struck = 0;
    self.last = self.put_back = self.resume = 0;
    self.state = self.next;
    if (self.state == SEEK)
        put_breakpoint(self.plan.address);
    if (self.state == RECORD)
        self.traced = 0;
    if (self.state == RECORD || self.state == SEEK_STEP)
        start_stepping();
}

void stepper_off(void)
{
    stop_stepping();
    self.state = IDLE;
    remove_breakpoint();
}

unsigned stepper_struck(void)
{
    return self.struck;
}

static void change_mask(int how, uint64_t mask)
{
    toc_syscall4(SYS_rt_sigprocmask, how, (long)&mask, 0, SIGSET_BYTES);
}

void stepper_hold(void)
{
    change_mask(SIG_BLOCK, bit(BELL));
    if (uintr.hold != NULL)
        uintr.hold();
}

bool stepper_drop(void)
{
    const uint64_t set = bit(BELL);
    const struct timespec now = {0, 0};
    bool came = false;
    while (toc_syscall4(SYS_rt_sigtimedwait, (long)&set, 0, (long)&now, SIGSET_BYTES) == BELL)
        came = true;
    if (uintr.drop != NULL)
        came |= uintr.drop();
    change_mask(SIG_UNBLOCK, bit(BELL));
    return came;
}

bool stepper_works(void)
{
    take_trap();
    stepper_record();
    stepper_on();
    __asm__ volatile("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
    stepper_off();
    unsigned nops = 0;
    for (size_t i = 0; i < self.traced; i++)
        nops += *(const unsigned char *)self.trace[i] == 0x90;
    return nops >= 7;
}
