/* SPDX-License-Identifier: BSD-3-Clause */
/* The uintr notifier by itself: finding the kernel's interface, routes and their substitutes, the
 * handler's stack, processes that fork, handlers that jump. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>

#include "striker.h"

#include "notify/uintr/driver.h"
#include "notify/uintr/entry.h"
#include "notify/uintr/instructions.h"

static _Atomic unsigned served;
static bool on_stack, unmasked_inside;
static uint64_t mask_inside;

static void note(void)
{
    const char here = 0;
    on_stack = toc_uintr_entry_is_stack(&here);
    unmasked_inside = toc_uintr_is_unmasked();
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask_inside, 8);
    served++;
}

static void await(unsigned count)
{
    double end = unit_now() + 10;
    while (served < count && unit_now() < end)
        continue;
    ck_assert_uint_ge(served, count);
}

static struct toc_notify_target self_target(void)
{
    struct striker shared;
    memset(&shared, 0, sizeof(shared));
    striker_publish(&shared);
    struct toc_notify_target target = striker_target(&shared);
    target.rank = 0;
    return target;
}

static void strike_self(void)
{
    struct toc_notify_target target = self_target();
    ck_assert_int_eq(toc_notify_uintr.strike(&target), 0);
}

/* ---- what is there */

START_TEST(finds_the_interface)
{
    char reason[512] = "";
    const struct toc_uintr_driver *driver = toc_uintr_probe(reason, sizeof(reason));
    ck_assert_msg(driver != NULL, "%s", reason);
    if (!toc_uintr_cpu_has())
        ck_assert_ptr_eq(driver, toc_uintr_drivers[0]);
    /* What was tried was tried in a child: here nothing is registered. */
    ck_assert_int_eq(driver->stop_receiving(), -EINVAL);
    ck_assert_int_eq(waitpid(-1, NULL, __WALL | WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(says_what_is_missing)
{
    char reason[512] = "";
    if (toc_uintr_cpu_has())
        return;
    toc_env.emulate_uintr = 0;
    ck_assert_int_lt(toc_notify_uintr.available(reason, sizeof(reason)), 0);
    ck_assert_ptr_nonnull(strstr(reason, "CPUID leaf 7, EDX bit 5"));
    ck_assert_ptr_nonnull(strstr(reason, "--emulate-uintr"));
    ck_assert_ptr_null(toc_notify_select(TOC_ENV_NOTIFY_UINTR, reason, sizeof(reason)));
    ck_assert_ptr_nonnull(strstr(reason, "TOCSIN_NOTIFY=uintr"));
    ck_assert_ptr_eq(toc_notify_select(TOC_ENV_NOTIFY_AUTO, reason, sizeof(reason)),
                     &toc_notify_signal);
    toc_env.emulate_uintr = 1;
    ck_assert_ptr_eq(toc_notify_select(TOC_ENV_NOTIFY_AUTO, reason, sizeof(reason)),
                     &toc_notify_uintr);
}
END_TEST

/* ---- bells */

START_TEST(serves_a_bell)
{
    sigset_t before, after;
    striker_start(note);
    sigprocmask(SIG_SETMASK, NULL, &before);
    strike_self();
    await(1);
    ck_assert_uint_eq(toc_stats.uintr_sent, 1);
    ck_assert_uint_eq(toc_stats.uintr_taken, 1);
    ck_assert(on_stack);
    ck_assert(!unmasked_inside);
    /* The program's signals wait, faults do not. */
    ck_assert(mask_inside >> (SIGUSR1 - 1) & 1);
    ck_assert(!(mask_inside >> (SIGSEGV - 1) & 1));
    sigprocmask(SIG_SETMASK, NULL, &after);
    ck_assert_mem_eq(&before, &after, 8);
    strike_self();
    await(2);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(stack_right_where_the_base_is_given)
{
    setenv("UINTR_EMU_ALT_STACK", "base", 1);
    striker_start(note);
    strike_self();
    await(1);
    ck_assert(on_stack);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(switches_stacks_itself)
{
    striker_start(note);
    /* As with a kernel that has no call for it: the frame is on the program's stack. */
    long status = syscall(478, 0x1000, 0, 0);
    if (status != 0 || toc_uintr_cpu_has())
        return;
    char *middle;
    size_t size;
    static char program_stack[16384];
    toc_uintr_entry_stack(&middle, &size);
    ck_assert_int_eq(syscall(478, program_stack + sizeof(program_stack), 0, 0), 0);
    toc_uintr_entry_kernel_switches(false);
    strike_self();
    await(1);
    ck_assert(on_stack);
}
END_TEST

START_TEST(masks_interrupts_in_a_bell_by_signal)
{
    struct toc_notify_target target;
    striker_start(note);
    target = self_target();
    ck_assert_int_eq(toc_notify_signal.strike(&target), 0);
    await(1);
    ck_assert(!unmasked_inside);
    ck_assert(toc_uintr_is_unmasked());
    ck_assert_uint_eq(toc_stats.uintr_taken, 0);
    strike_self();
    await(2);
    ck_assert_uint_eq(toc_stats.uintr_taken, 1);
    toc_notify_uintr.stop();
}
END_TEST

static void strike_inside(void)
{
    if (served++ == 0)
        strike_self();
}

/* The handler strikes its own bell to be called again: first contact must not make it connect. */
START_TEST(strikes_itself_in_the_handler)
{
    striker_start(strike_inside);
    strike_self();
    await(2);
    unit_sleep_us(10000);
    ck_assert_uint_eq(served, 2);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(starts_again)
{
    for (unsigned i = 1; i <= 3; i++) {
        striker_start(note);
        ck_assert_int_eq(fcntl(toc_notify_uintr.publish(0, -1), F_GETFD), FD_CLOEXEC);
        strike_self();
        await(i);
        toc_notify_uintr.stop();
        ck_assert_int_lt(toc_notify_uintr.publish(0, -1), 0);
    }
}
END_TEST

/* ---- other processes */

static void be_struck(struct striker *shared, long us)
{
    striker_fork(shared, us);
    striker_start(note);
    striker_publish(shared);
    await(20);
    striker_join(shared);
}

START_TEST(is_struck_by_another_process)
{
    struct striker *shared = striker_shared();
    be_struck(shared, 200);
    ck_assert_uint_ge(shared->sent, 20);
    ck_assert_uint_eq(shared->by_signal, 0);
    ck_assert_uint_ge(toc_stats.uintr_taken, 1);
    ck_assert_uint_eq(toc_stats.uintr_taken, served);
    toc_notify_uintr.stop();
}
END_TEST

/* The program has closed the descriptor and has another one of that number. */
START_TEST(a_wrong_descriptor_means_signals)
{
    struct striker *shared = striker_shared();
    striker_fork(shared, 200);
    striker_start(note);
    ck_assert_int_eq(dup2(open("/dev/null", O_RDWR), toc_notify_uintr.publish(0, -1)),
                     toc_notify_uintr.publish(0, -1));
    striker_publish(shared);
    await(20);
    striker_join(shared);
    ck_assert_uint_eq(shared->sent, 0);
    ck_assert_uint_ge(shared->by_signal, 20);
    ck_assert_uint_eq(toc_stats.uintr_taken, 0);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(another_namespace_means_signals)
{
    struct toc_notify_target target;
    striker_start(note);
    target = self_target();
    target.pid++; /* not ourselves: no shortcut */
    target.foreign = true;
    errno = 4711;
    toc_notify_uintr.strike(&target);
    ck_assert_int_eq(errno, 4711);
    ck_assert_uint_eq(toc_stats.uintr_by_signal, 1);
    ck_assert_uint_eq(toc_stats.uintr_sent, 0);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(a_full_table_means_signals)
{
    char reason[512];
    struct striker *shared = striker_shared();
    pid_t process = fork();
    if (process == 0) { /* the receiver */
        striker_start(note);
        striker_publish(shared);
        await(1);
        _exit(toc_stats.uintr_taken == 0 ? 0 : 1);
    }
    shared->process = process;
    striker_start(note);
    const struct toc_uintr_driver *driver = toc_uintr_probe(reason, sizeof(reason));
    int more = 0;
    while (driver->connect(toc_notify_uintr.publish(0, -1)) >= 0)
        more++;
    ck_assert_int_ge(more, 200);
    while (!shared->published)
        unit_sleep_us(100);
    struct toc_notify_target target = striker_target(shared);
    ck_assert_int_eq(toc_notify_uintr.strike(&target), 0);
    ck_assert_uint_eq(toc_stats.uintr_by_signal, 1);
    striker_join(shared);
    strike_self(); /* those that are in the table stay reachable */
    await(1);
    ck_assert_uint_eq(toc_stats.uintr_sent, 1);
    toc_notify_uintr.stop();
}
END_TEST

START_TEST(a_forked_child_is_on_its_own)
{
    int status;
    striker_start(note);
    int fd = toc_notify_uintr.publish(0, -1);
    pid_t child = fork();
    if (child == 0) {
        if (toc_notify_uintr.publish(0, -1) >= 0 || fcntl(fd, F_GETFD) != -1)
            _exit(1);
        _exit(toc_uintr_is_unmasked() ? 2 : 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    strike_self();
    await(1);
    ck_assert_uint_eq(toc_stats.uintr_taken, 1);
    toc_notify_uintr.stop();
}
END_TEST

/* ---- a handler of the program that jumps out of the entry */

static sigjmp_buf out;
static volatile int jumped;

static void jump(int signo)
{
    jumped++;
    siglongjmp(out, signo);
}

START_TEST(recovers_from_a_jump_out_of_the_entry)
{
    struct sigaction action = {.sa_handler = jump};
    striker_start(note);
    ck_assert_int_eq(sigaction(SIGSEGV, &action, NULL), 0);
    for (int i = 1; i <= 2; i++) {
        /* A fault in the entry, where the extended registers are saved, stands for a signal. */
        ck_assert_int_eq(mprotect(toc_uintr_area.xsave, 4096, PROT_NONE), 0);
        if (sigsetjmp(out, 1) == 0)
            strike_self();
        ck_assert_int_eq(jumped, i);
        ck_assert_int_eq(mprotect(toc_uintr_area.xsave, 4096, PROT_READ | PROT_WRITE), 0);
        ck_assert(!toc_uintr_is_unmasked());
        toc_uintr_check();
        ck_assert(toc_uintr_is_unmasked());
        ck_assert_uint_eq(toc_uintr_area.active, 0);
        strike_self();
        await((unsigned)i);
    }
    toc_notify_uintr.stop();
}
END_TEST

static void set_kernel_mask(uint64_t mask)
{
    ck_assert_int_eq(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8), 0);
}

/* A signal that waited for the emulator's to be served comes in front of the entry's first
 * instruction: nothing there has said yet that an interrupt is being taken. */
START_TEST(recovers_from_a_jump_out_of_the_first_instruction)
{
    struct sigaction action = {.sa_handler = jump};
    void (*post)(void);
    void *hook = dlsym(RTLD_DEFAULT, "uintr_emu_post");

    if (hook == NULL) /* the CPU's own user interrupts */
        return;
    memcpy(&post, &hook, sizeof(post));
    striker_start(note);
    ck_assert_int_eq(sigaction(SIGRTMAX, &action, NULL), 0);
    if (sigsetjmp(out, 0) == 0) {
        set_kernel_mask(~UINT64_C(0) & ~(UINT64_C(1) << (SIGILL - 1)));
        raise(SIGRTMAX);
        post();
        set_kernel_mask(0);
    }
    set_kernel_mask(0);
    ck_assert_int_eq(jumped, 1);
    ck_assert_uint_eq(served, 0);
    ck_assert(!toc_uintr_is_unmasked());
    toc_uintr_check();
    ck_assert(toc_uintr_is_unmasked());
    strike_self();
    await(1);
    toc_notify_uintr.stop();
}
END_TEST

/* ---- what the emulator does to system calls */

/* A notification while interrupts are masked, or one that finds nothing any more. */
START_TEST(a_sleep_survives_what_is_not_delivered)
{
    struct striker *shared = striker_shared();
    striker_fork(shared, 300);
    striker_start(note);
    toc_uintr_mask();
    striker_publish(shared);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(usleep(1000), 0);
        toc_uintr_unmask(); /* so that the next one is sent */
        toc_uintr_mask();
    }
    striker_join(shared);
    ck_assert_uint_gt(shared->sent, 0);
    toc_notify_uintr.stop();
}
END_TEST

static Suite *suite_of(void)
{
    Suite *suite = suite_create("uintr notifier");
    TCase *tcase = unit_case(suite, "notifier", 20);
    tcase_add_test(tcase, finds_the_interface);
    tcase_add_test(tcase, says_what_is_missing);
    tcase_add_test(tcase, serves_a_bell);
    tcase_add_test(tcase, stack_right_where_the_base_is_given);
    tcase_add_test(tcase, switches_stacks_itself);
    tcase_add_test(tcase, masks_interrupts_in_a_bell_by_signal);
    tcase_add_test(tcase, strikes_itself_in_the_handler);
    tcase_add_test(tcase, starts_again);
    tcase_add_test(tcase, is_struck_by_another_process);
    tcase_add_test(tcase, a_wrong_descriptor_means_signals);
    tcase_add_test(tcase, another_namespace_means_signals);
    tcase_add_test(tcase, a_full_table_means_signals);
    tcase_add_test(tcase, a_forked_child_is_on_its_own);
    tcase_add_test(tcase, recovers_from_a_jump_out_of_the_entry);
    tcase_add_test(tcase, recovers_from_a_jump_out_of_the_first_instruction);
    tcase_add_test(tcase, a_sleep_survives_what_is_not_delivered);
    return suite;
}

int main(int argc, char **argv)
{
    (void)argc;
    striker_emulate(argv);
    return unit_run(suite_of());
}
