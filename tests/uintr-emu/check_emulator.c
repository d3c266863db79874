/* SPDX-License-Identifier: BSD-3-Clause */
/* The emulator as programs see it: real instruction bytes, the kernel's calls, signals, processes.
 * The program is linked with the emulator in front of libc. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "../unit/unit.h"

enum { REGISTER = 471, UNREGISTER, VECTOR_FD, SENDER, UNSENDER, WAIT, SELF, ALT_STACK, IPI_FD };

static inline void senduipi(uint64_t index)
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0xf0" : : "a"(index) : "memory");
}

static inline void clui(void)
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xee" : : : "memory");
}

static inline void stui(void)
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xef" : : : "memory");
}

static inline bool testui(void)
{
    bool set;
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xed" : "=@ccc"(set) : : "memory");
    return set;
}

struct frame {
    uint64_t vector, rip, rflags, rsp;
};

void uintr_entry(void);
void uintr_serve(struct frame *frame);
__asm__(".text\n"
        "uintr_entry:\n\t"
        "push %rax; push %rcx; push %rdx; push %rsi; push %rdi\n\t"
        "push %r8; push %r9; push %r10; push %r11; sub $8, %rsp\n\t"
        "lea 80(%rsp), %rdi\n\t"
        "cld\n\t"
        "call uintr_serve\n\t"
        "add $8, %rsp; pop %r11; pop %r10; pop %r9; pop %r8\n\t"
        "pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n\t"
        "add $8, %rsp\n\t"
        ".byte 0xf3, 0x0f, 0x01, 0xec\n"); /* uiret */

static _Atomic unsigned taken;
static uint64_t vectors[64];
static struct frame last;
static uintptr_t last_at;
static void (*in_handler)(void);

__attribute__((target("general-regs-only"))) void uintr_serve(struct frame *frame)
{
    last = *frame;
    last_at = (uintptr_t)frame;
    vectors[taken % 64] = frame->vector;
    taken++;
    if (in_handler != NULL)
        in_handler();
}

static int expect_error(long result)
{
    return result == -1 ? errno : 0;
}

static int sender_of(unsigned vector)
{
    int fd = (int)syscall(VECTOR_FD, vector, 0);
    ck_assert_int_ge(fd, 0);
    int index = (int)syscall(SENDER, fd, 0);
    ck_assert_int_ge(index, 0);
    close(fd);
    return index;
}

static void receive(void)
{
    ck_assert_int_eq(syscall(REGISTER, uintr_entry, 0), 0);
}

static void await(unsigned count)
{
    double end = unit_now() + 10;
    while (taken < count && unit_now() < end)
        continue;
    ck_assert_uint_eq(taken, count);
}

/* ---- the kernel's calls */

START_TEST(results_of_the_calls)
{
    int plain = open("/dev/null", O_RDONLY);
    ck_assert_int_eq(expect_error(syscall(UNREGISTER, 0)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(VECTOR_FD, 0, 0)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(WAIT, 1, 0)), EOPNOTSUPP);
    ck_assert_int_eq(expect_error(syscall(ALT_STACK, 0x1000, 0x1000, 0)), EOPNOTSUPP);
    ck_assert_int_eq(expect_error(syscall(SELF, 0, 0)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(REGISTER, uintr_entry, 1)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(REGISTER, NULL, 0)), EFAULT);
    receive();
    ck_assert_int_eq(expect_error(syscall(REGISTER, uintr_entry, 0)), EBUSY);
    ck_assert_int_eq(expect_error(syscall(VECTOR_FD, 0, 1)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(VECTOR_FD, 64, 0)), ENOSPC);
    ck_assert_int_eq(expect_error(syscall(SELF, 64, 0)), ENOSPC);
    ck_assert_int_eq(expect_error(syscall(SENDER, -1, 0)), EBADF);
    ck_assert_int_eq(expect_error(syscall(SENDER, plain, 0)), EOPNOTSUPP);
    ck_assert_int_eq(expect_error(syscall(UNSENDER, 0, 0)), EINVAL);
    ck_assert_int_eq(expect_error(syscall(WAIT, 1000000001, 0)), EINVAL);
    ck_assert_int_eq(syscall(WAIT, 1000, 0), 0);
    int fd = (int)syscall(VECTOR_FD, 63, 0);
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(expect_error(syscall(SENDER, fd, 1)), EINVAL);
    int one = (int)syscall(SENDER, fd, 0), two = (int)syscall(SENDER, fd, 0);
    ck_assert_int_ne(one, two); /* the same descriptor twice: two entries */
    ck_assert_int_eq(syscall(UNSENDER, one, 0), 0);
    ck_assert_int_eq(expect_error(syscall(UNSENDER, one, 0)), EINVAL);
    ck_assert_int_eq(syscall(UNREGISTER, 0), 0);
    ck_assert_int_ge(syscall(SENDER, fd, 0), 0); /* one that only unregistered */
    receive();
    ck_assert_int_eq(syscall(REGISTER, uintr_entry, 0x1000), -1);
    ck_assert_int_eq(syscall(SYS_getpid), getpid()); /* the others pass through */
    ck_assert_int_eq(expect_error(syscall(SYS_close, -1)), EBADF);
}
END_TEST

START_TEST(the_table_has_256_entries)
{
    receive();
    int fd = (int)syscall(VECTOR_FD, 0, 0);
    for (int i = 0; i < 256; i++)
        ck_assert_int_eq(syscall(SENDER, fd, 0), i);
    ck_assert_int_eq(expect_error(syscall(SENDER, fd, 0)), ENOSPC);
    ck_assert_int_eq(syscall(UNSENDER, 77, 0), 0);
    ck_assert_int_eq(syscall(SENDER, fd, 0), 77);
}
END_TEST

/* ---- delivery */

START_TEST(interrupts_itself)
{
    receive();
    int index = sender_of(11);
    ck_assert(!testui()); /* UIF starts at 0 */
    stui();
    ck_assert(testui());
    senduipi((uint64_t)index);
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(last.vector, 11);
    ck_assert(testui());
}
END_TEST

START_TEST(coalesces_while_masked)
{
    receive();
    int index = sender_of(1);
    for (int i = 0; i < 10; i++)
        senduipi((uint64_t)index);
    ck_assert_uint_eq(taken, 0);
    stui();
    ck_assert_uint_eq(taken, 1);
    clui();
    senduipi((uint64_t)index);
    ck_assert_uint_eq(taken, 1);
    stui();
    ck_assert_uint_eq(taken, 2);
}
END_TEST

START_TEST(delivers_by_priority)
{
    static const uint64_t order[] = {63, 40, 7, 0};
    receive();
    int low = sender_of(0), middle = sender_of(7), high = sender_of(63), upper = sender_of(40);
    senduipi((uint64_t)middle);
    senduipi((uint64_t)low);
    senduipi((uint64_t)high);
    senduipi((uint64_t)upper);
    stui();
    ck_assert_uint_eq(taken, 4);
    ck_assert_mem_eq(vectors, order, sizeof(order));
}
END_TEST

static int again_index;
static bool flag_inside;

static void again(void)
{
    flag_inside |= testui();
    if (taken == 1)
        for (int i = 0; i < 10; i++)
            senduipi((uint64_t)again_index);
}

START_TEST(coalesces_during_delivery)
{
    receive();
    again_index = sender_of(3);
    in_handler = again;
    stui();
    senduipi((uint64_t)again_index);
    ck_assert_uint_eq(taken, 2);
    ck_assert(!flag_inside);
}
END_TEST

/* A leaf function keeps what it likes below its stack pointer. */
START_TEST(spares_the_red_zone)
{
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    uint64_t sum = 0, rsp = 0;
    stui();
    __asm__ volatile("mov %%rsp, %1\n\t"
                     "mov $16, %%ecx\n"
                     "1:\tmov %%rcx, -136(%%rsp, %%rcx, 8)\n\t"
                     "dec %%ecx\n\tjnz 1b\n\t"
                     ".byte 0xf3, 0x0f, 0xc7, 0xf0\n\t"
                     "mov $16, %%ecx\n"
                     "2:\tadd -136(%%rsp, %%rcx, 8), %0\n\t"
                     "dec %%ecx\n\tjnz 2b\n\t"
                     : "+r"(sum), "=&r"(rsp)
                     : "a"(index)
                     : "rcx", "memory", "cc");
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(sum, 136);
    ck_assert_uint_eq(last.rsp, rsp);
    ck_assert_uint_eq(last_at, ((rsp - 128) & ~UINT64_C(15)) - 32);
}
END_TEST

static void on_alternate_stack(const char *kind, size_t from, size_t to)
{
    static char memory[2 * 65536] __attribute__((aligned(4096)));
    if (kind != NULL)
        setenv("UINTR_EMU_ALT_STACK", kind, 1);
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    /* Twice the size, the middle given: right whether it is taken for the top or for the base. */
    ck_assert_int_eq(syscall(ALT_STACK, memory + 65536, 65536, 0), 0);
    stui();
    senduipi(index);
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_ge(last_at, (uintptr_t)memory + from);
    ck_assert_uint_lt(last_at, (uintptr_t)memory + to);
    ck_assert_uint_eq(last_at, (uintptr_t)memory + to - 32);
    senduipi(index);
    ck_assert_uint_eq(taken, 2);
}

START_TEST(takes_a_top)
{
    on_alternate_stack(NULL, 0, 65536);
}
END_TEST

START_TEST(takes_a_base)
{
    on_alternate_stack("base", 65536, 2 * 65536);
}
END_TEST

/* ---- faults */

static sigjmp_buf out;
static siginfo_t fault_info;
static uintptr_t fault_pc;
static volatile int signals;

static void on_fault(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    fault_info = *info;
    fault_pc = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    signals++;
    siglongjmp(out, signo);
}

static void catch (int signo)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    ck_assert_int_eq(sigaction(signo, &action, NULL), 0);
}

static __attribute__((noinline)) uintptr_t send_at(uint64_t index)
{
    uintptr_t pc;
    __asm__ volatile("lea 1f(%%rip), %0\n"
                     "1:\t.byte 0xf3, 0x0f, 0xc7, 0xf0"
                     : "=&r"(pc)
                     : "a"(index)
                     : "memory");
    return pc;
}

START_TEST(no_table_is_an_illegal_instruction)
{
    catch (SIGILL);
    if (sigsetjmp(out, 1) == 0)
        send_at(0);
    ck_assert_int_eq(signals, 1);
    ck_assert_int_eq(fault_info.si_signo, SIGILL);
    ck_assert_int_gt(fault_info.si_code, 0);
    ck_assert_uint_eq(*(uint32_t *)fault_pc, 0xf0c70ff3);
    receive(); /* a receiver is no sender yet */
    if (sigsetjmp(out, 1) == 0)
        senduipi(0);
    ck_assert_int_eq(signals, 2);
    uint64_t index = (uint64_t)sender_of(0);
    stui();
    senduipi(index); /* works after all that */
    ck_assert_uint_eq(taken, 1);
}
END_TEST

START_TEST(a_bad_index_is_a_protection_fault)
{
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    catch (SIGSEGV);
    for (int i = 0; i < 3; i++) {
        static const uint64_t bad[] = {1, 256, UINT64_MAX};
        if (sigsetjmp(out, 1) == 0)
            send_at(bad[i]);
        ck_assert_int_eq(signals, i + 1);
        ck_assert_int_eq(fault_info.si_signo, SIGSEGV);
        ck_assert_int_eq(fault_info.si_code, SI_KERNEL);
        ck_assert_uint_eq(*(uint32_t *)fault_pc, 0xf0c70ff3);
    }
    stui();
    senduipi(index);
    ck_assert_uint_eq(taken, 1);
}
END_TEST

START_TEST(dies_of_a_bad_index)
{
    receive();
    sender_of(0);
    senduipi(9);
}
END_TEST

/* Blocked or ignored makes no difference to a fault. */
START_TEST(dies_of_a_bad_index_blocked)
{
    sigset_t all;
    receive();
    sender_of(0);
    catch (SIGSEGV);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    senduipi(9);
}
END_TEST

START_TEST(dies_without_a_table)
{
    senduipi(0);
}
END_TEST

START_TEST(other_illegal_instructions_are_the_programs)
{
    struct sigaction action;
    ck_assert_int_eq(sigaction(SIGILL, NULL, &action), 0);
    ck_assert_ptr_eq(action.sa_handler, SIG_DFL);
    catch (SIGILL);
    ck_assert_int_eq(sigaction(SIGILL, NULL, &action), 0);
    ck_assert_ptr_eq(action.sa_sigaction, on_fault);
    for (int i = 0; i < 3; i++) {
        if (sigsetjmp(out, 1) == 0)
            __asm__ volatile("ud2");
        ck_assert_int_eq(signals, 2 * i + 1);
        if (sigsetjmp(out, 1) == 0)
            raise(SIGILL);
        ck_assert_int_eq(signals, 2 * i + 2);
    }
    ck_assert_ptr_eq(signal(SIGILL, SIG_IGN), on_fault);
    raise(SIGILL);
    ck_assert_int_eq(signals, 6);
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    stui();
    senduipi(index); /* ignored or not, the instructions work */
    ck_assert_uint_eq(taken, 1);
}
END_TEST

START_TEST(dies_of_other_illegal_instructions)
{
    __asm__ volatile("ud2");
}
END_TEST

START_TEST(dies_of_illegal_instructions_ignored)
{
    signal(SIGILL, SIG_IGN);
    __asm__ volatile("ud2");
}
END_TEST

START_TEST(works_with_all_signals_blocked)
{
    sigset_t all, now;
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    stui();
    sigfillset(&all);
    ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
    senduipi(index);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
    senduipi(index);
    ck_assert_uint_eq(taken, 2);
    sigprocmask(SIG_SETMASK, NULL, &now);
    ck_assert_int_eq(sigismember(&now, SIGTERM), 1);
}
END_TEST

static uint64_t handler_index;

static void send_in_handler(int signo)
{
    (void)signo;
    senduipi(handler_index);
    signals++;
}

START_TEST(works_in_handlers_that_block_everything)
{
    struct sigaction action = {.sa_handler = send_in_handler, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    receive();
    handler_index = (uint64_t)sender_of(0);
    sigfillset(&action.sa_mask);
    sigaltstack(&stack, NULL);
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    stui();
    raise(SIGUSR1);
    ck_assert_int_eq(signals, 1);
    ck_assert_uint_eq(taken, 1);
    ck_assert(last.rsp > (uintptr_t)stack.ss_sp && last.rsp < (uintptr_t)stack.ss_sp + 65536);
}
END_TEST

/* ---- threads and processes */

static void *send_from_thread(void *index)
{
    for (int i = 0; i < 100; i++) {
        senduipi((uintptr_t)index);
        while (taken < (unsigned)i + 1)
            sched_yield();
    }
    ck_assert_int_eq(expect_error(syscall(VECTOR_FD, 0, 0)), EINVAL); /* no handler here */
    return NULL;
}

START_TEST(threads_share_the_table)
{
    pthread_t thread;
    receive();
    uintptr_t index = (uintptr_t)sender_of(2);
    stui();
    pthread_create(&thread, NULL, send_from_thread, (void *)index);
    await(100);
    pthread_join(thread, NULL);
}
END_TEST

static void child_sends(int fd, int count)
{
    int index = (int)syscall(SENDER, fd, 0);
    if (index < 0)
        _exit(2);
    for (int i = 0; i < count; i++) {
        senduipi((uint64_t)index);
        usleep(200);
    }
    _exit(0);
}

static void *sleep_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

/* libc's handler of the signal that the notifications take comes and goes on working. */
START_TEST(threads_can_be_cancelled)
{
    pthread_t thread;
    void *result;
    int status;
    receive();
    int fd = (int)syscall(VECTOR_FD, 0, 0);
    stui();
    pid_t child = fork();
    if (child == 0)
        child_sends(fd, 300);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, sleep_for_ever, NULL), 0);
        ck_assert_int_eq(pthread_cancel(thread), 0);
        ck_assert_int_eq(pthread_join(thread, &result), 0);
        ck_assert_ptr_eq(result, PTHREAD_CANCELED);
    }
    unsigned before = taken;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_gt(taken, before);
}
END_TEST

void emu_restorer(void);
const void *_Unwind_Find_FDE(void *pc, void *bases);

/* Unwinding, as cancelling does it, through the handler's frame. */
START_TEST(the_restorer_belongs_to_no_function)
{
    void *bases[3];
    volatile uintptr_t restorer = (uintptr_t)emu_restorer;
    ck_assert_ptr_nonnull(_Unwind_Find_FDE((void *)(uintptr_t)uintr_serve, bases));
    ck_assert_ptr_null(_Unwind_Find_FDE((void *)restorer, bases));
    ck_assert_ptr_null(_Unwind_Find_FDE((void *)(restorer - 1), bases));
}
END_TEST

START_TEST(interrupts_another_process)
{
    int status;
    receive();
    int fd = (int)syscall(VECTOR_FD, 9, 0);
    stui();
    pid_t child = fork();
    if (child == 0)
        child_sends(fd, 1);
    await(1);
    ck_assert_uint_eq(last.vector, 9);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* The descriptor travels; what it means travels with it. */
START_TEST(the_descriptor_can_be_fetched)
{
    int status;
    receive();
    int fd = (int)syscall(VECTOR_FD, 33, 0);
    int parent = getpid();
    stui();
    pid_t child = fork();
    if (child == 0) {
        close(fd);
        int pidfd = (int)syscall(SYS_pidfd_open, parent, 0);
        int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
        if (copy < 0)
            _exit(77);
        child_sends(copy, 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (WEXITSTATUS(status) == 77)
        return; /* refused in this container */
    ck_assert_int_eq(status, 0);
    await(1);
    ck_assert_uint_eq(last.vector, 33);
}
END_TEST

START_TEST(a_forked_child_has_neither_handler_nor_table)
{
    int status;
    receive();
    uint64_t index = (uint64_t)sender_of(0);
    stui();
    pid_t child = fork();
    if (child == 0) {
        if (testui() || syscall(VECTOR_FD, 0, 0) != -1 || errno != EINVAL)
            _exit(1);
        if (syscall(REGISTER, uintr_entry, 0) != 0)
            _exit(2);
        int own = sender_of(5);
        stui();
        senduipi((uint64_t)own);
        _exit(taken == 1 && last.vector == 5 ? 0 : 3);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(taken, 0);
    child = fork();
    if (child == 0) {
        senduipi(index);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGILL);
    senduipi(index);
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(last.vector, 0);
}
END_TEST

START_TEST(a_receiver_that_has_gone)
{
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        if (syscall(REGISTER, uintr_entry, 0) != 0)
            _exit(1);
        int fd = (int)syscall(VECTOR_FD, 1, 0);
        (void)!write(ends[1], &fd, sizeof(fd));
        pause();
    }
    int number;
    ck_assert_int_eq(read(ends[0], &number, sizeof(number)), sizeof(number));
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
    if (fd < 0) {
        kill(child, SIGKILL);
        return;
    }
    int index = (int)syscall(SENDER, fd, 0);
    ck_assert_int_ge(index, 0);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    senduipi((uint64_t)index); /* silent */
    ck_assert_int_eq(expect_error(syscall(SENDER, fd, 0)), ESHUTDOWN);
}
END_TEST

START_TEST(waits)
{
    int status;
    receive();
    int fd = (int)syscall(VECTOR_FD, 9, 0);
    stui();
    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        child_sends(fd, 1);
    }
    ck_assert_int_eq(expect_error(syscall(WAIT, 10000000, 0)), EINTR);
    ck_assert_uint_eq(taken, 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
}
END_TEST

/* Extended state, too, comes through the moved frame. */
START_TEST(keeps_vector_registers)
{
    int status;
    receive();
    int fd = (int)syscall(VECTOR_FD, 9, 0);
    stui();
    pid_t child = fork();
    if (child == 0)
        child_sends(fd, 200);
    while (taken < 50) {
        uint64_t in[2] = {0x0123456789abcdef, taken}, outcome[2];
        __asm__ volatile("movdqu (%0), %%xmm15\n\t"
                         "mov $20000, %%ecx\n"
                         "1:\tdec %%ecx\n\tjnz 1b\n\t"
                         "movdqu %%xmm15, (%1)"
                         :
                         : "r"(in), "r"(outcome)
                         : "xmm15", "rcx", "memory", "cc");
        UNIT_CHECK(memcmp(in, outcome, sizeof(in)) == 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static Suite *suite_of(void)
{
    Suite *suite = suite_create("uintr emulator");
    TCase *calls = unit_case(suite, "calls", 20);
    tcase_add_test(calls, results_of_the_calls);
    tcase_add_test(calls, the_table_has_256_entries);
    TCase *delivery = unit_case(suite, "delivery", 20);
    tcase_add_test(delivery, interrupts_itself);
    tcase_add_test(delivery, coalesces_while_masked);
    tcase_add_test(delivery, delivers_by_priority);
    tcase_add_test(delivery, coalesces_during_delivery);
    tcase_add_test(delivery, spares_the_red_zone);
    tcase_add_test(delivery, takes_a_top);
    tcase_add_test(delivery, takes_a_base);
    tcase_add_test(delivery, keeps_vector_registers);
    TCase *faults = unit_case(suite, "faults", 20);
    tcase_add_test(faults, no_table_is_an_illegal_instruction);
    tcase_add_test(faults, a_bad_index_is_a_protection_fault);
    tcase_add_test_raise_signal(faults, dies_of_a_bad_index, SIGSEGV);
    tcase_add_test_raise_signal(faults, dies_of_a_bad_index_blocked, SIGSEGV);
    tcase_add_test_raise_signal(faults, dies_without_a_table, SIGILL);
    tcase_add_test(faults, other_illegal_instructions_are_the_programs);
    tcase_add_test_raise_signal(faults, dies_of_other_illegal_instructions, SIGILL);
    tcase_add_test_raise_signal(faults, dies_of_illegal_instructions_ignored, SIGILL);
    tcase_add_test(faults, works_with_all_signals_blocked);
    tcase_add_test(faults, works_in_handlers_that_block_everything);
    TCase *others = unit_case(suite, "others", 20);
    tcase_add_test(others, threads_share_the_table);
    tcase_add_test(others, threads_can_be_cancelled);
    tcase_add_test(others, the_restorer_belongs_to_no_function);
    tcase_add_test(others, interrupts_another_process);
    tcase_add_test(others, the_descriptor_can_be_fetched);
    tcase_add_test(others, a_forked_child_has_neither_handler_nor_table);
    tcase_add_test(others, a_receiver_that_has_gone);
    tcase_add_test(others, waits);
    return suite;
}

int main(void)
{
    return unit_run(suite_of());
}
