/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/uintr/probe.h"

#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/syscall.h"
#include "base/tsan.h"
#include "notify/uintr/descriptor.h"
#include "notify/uintr/driver.h"
#include "notify/uintr/entry.h"
#include "notify/uintr/instructions.h"

bool toc_uintr_cpu_has(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 5 & 1) != 0;
}

/* What the child is doing; where it ends is the answer. */
enum step {
    STEP_NONE,
    STEP_TESTUI,
    STEP_REFUSE_NULL,
    STEP_RECEIVE,
    STEP_RECEIVE_TWICE,
    STEP_VECTOR,
    STEP_NAME,
    STEP_CONNECT,
    STEP_FAMILY,
    STEP_STACK,
    STEP_SEND,
    STEP_DONE,
};

static const char *const step_text[] = {
    [STEP_NONE] = "the child process did not start",
    [STEP_TESTUI] = "the instruction TESTUI is illegal",
    [STEP_REFUSE_NULL] = "no such system call (register_handler)",
    [STEP_RECEIVE] = "registering a handler fails",
    [STEP_RECEIVE_TWICE] = "registering a second handler is not refused",
    [STEP_VECTOR] = "no descriptor for a vector",
    [STEP_NAME] = "the descriptor of a vector is something else",
    [STEP_CONNECT] = "registering as sender fails",
    [STEP_FAMILY] = "it is another version of the interface",
    [STEP_STACK] = "no stack can be set for the handler",
    [STEP_SEND] = "an interrupt sent to itself does not arrive",
    [STEP_DONE] = "it works",
};

/* Shared with the child. */
struct answer {
    _Atomic int step;
    _Atomic int error; /* errno of that step, or 0 */
};

static atomic_bool arrived;

static void note_arrival(void)
{
    arrived = true;
}

static bool reached(struct answer *answer, enum step step, bool good, int result)
{
    if (good)
        return true;
    answer->step = step;
    answer->error = result < 0 ? -result : 0;
    return false;
}

#define ARRIVAL_MS 200

static bool await_arrival(void)
{
    for (int ms = 0; ms < ARRIVAL_MS && !arrived; ms++) {
        struct timespec time = {0, 1000000};
        toc_syscall6(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&time, 0, 0, 0);
    }
    return arrived;
}

/* One driver, step by step. Only the real interface gives all of these results. */
static bool try_driver(const struct toc_uintr_driver *driver, struct answer *answer)
{
    char *middle;
    size_t size;

    int result = driver->receive(NULL);
    if (!reached(answer, STEP_REFUSE_NULL, result == -EFAULT, result))
        return false;
    result = driver->receive(toc_uintr_entry);
    if (!reached(answer, STEP_RECEIVE, result == 0, result))
        return false;
    result = driver->receive(toc_uintr_entry);
    if (!reached(answer, STEP_RECEIVE_TWICE, result == -EBUSY, result))
        return false;
    int fd = driver->vector(0);
    if (!reached(answer, STEP_VECTOR, fd >= 0, fd) ||
        !reached(answer, STEP_NAME, toc_uintr_is_descriptor(fd, driver->descriptor), 0))
        return false;
    int index = driver->connect(fd);
    if (!reached(answer, STEP_CONNECT, index >= 0, index) ||
        !reached(answer, STEP_FAMILY, driver->is_this_one == NULL || driver->is_this_one(), 0))
        return false;
    toc_uintr_entry_stack(&middle, &size);
    result = driver->set_stack != NULL ? driver->set_stack(middle, size) : 0;
    if (!reached(answer, STEP_STACK, result == 0, result))
        return false;
    toc_uintr_entry_kernel_switches(driver->set_stack != NULL);
    toc_uintr_unmask();
    toc_uintr_send((uint64_t)index);
    return reached(answer, STEP_SEND, await_arrival(), 0);
}

static void take_default(int signo)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = SIG_DFL;
    sigaction(signo, &action, NULL);
}

/* In the child. What goes wrong ends it by a signal, without the program's handlers and without a
 * core file. */
static _Noreturn void try(const struct toc_uintr_driver *driver, struct answer *answer)
{
    struct rlimit none = {0, 0};
    toc_syscall3(SYS_setrlimit, RLIMIT_CORE, (long)&none, 0);
    take_default(SIGILL);
    take_default(SIGSEGV);
    take_default(SIGBUS);
    answer->step = STEP_TESTUI;
    toc_uintr_is_unmasked();
    answer->step = STEP_SEND; /* should it die on the way */
    if (try_driver(driver, answer))
        answer->step = STEP_DONE;
    for (;;)
        toc_syscall3(SYS_exit_group, 0, 0, 0);
}

#define PATIENCE_MS 5000

/* The child ends without a signal to us (__WCLONE), so that the program sees nothing of it. */
static void await_child(long child)
{
    for (int ms = 0;; ms++) {
        struct timespec time = {0, ms < 10 ? 200000 : 1000000};
        if (toc_syscall4(SYS_wait4, child, 0, WNOHANG | __WALL, 0) != 0)
            return;
        if (ms == PATIENCE_MS)
            toc_syscall3(SYS_kill, child, SIGKILL, 0);
        toc_syscall6(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, (long)&time, 0, 0, 0);
    }
}

/* A bare clone: fork() would run the program's own functions (pthread_atfork), and SIGCHLD its
 * handler. */
static void try_in_child(const struct toc_uintr_driver *driver, struct answer *answer)
{
    answer->step = STEP_NONE;
    answer->error = 0;
    long child = toc_syscall6(SYS_clone, 0, 0, 0, 0, 0, 0);
    if (child == 0)
        try(driver, answer);
    if (child < 0)
        answer->error = (int)-child;
    else
        await_child(child);
}

static void explain(const struct answer *answer, const char *name, char *reason, size_t size)
{
    size_t used = strlen(reason);
    if (used >= size)
        return;
    snprintf(reason + used, size - used, "%s%s: %s%s%s", used > 0 ? "; " : "", name,
             step_text[answer->step], answer->error != 0 ? ", " : "",
             answer->error != 0 ? strerror(answer->error) : "");
}

/* Tries them in turn until one works, or the instructions are found not to. */
static const struct toc_uintr_driver *try_drivers(struct answer *answer, char *reason, size_t size)
{
    char tried[384] = "";
    for (size_t i = 0; toc_uintr_drivers[i] != NULL; i++) {
        const struct toc_uintr_driver *driver = toc_uintr_drivers[i];
        if (!driver->may_probe())
            continue;
        try_in_child(driver, answer);
        if (answer->step == STEP_DONE)
            return driver;
        if (answer->step == STEP_TESTUI || answer->step == STEP_NONE) {
            snprintf(reason, size, "%s: %s", step_text[answer->step],
                     toc_env.emulate_uintr != 0
                         ? "TOCSIN_EMULATE_UINTR is set, but the emulator is not loaded: start "
                           "the program with mpirun --emulate-uintr"
                         : "the CPU has user interrupts, but this kernel has not enabled them");
            return NULL;
        }
        explain(answer, driver->name, tried, sizeof(tried));
    }
    snprintf(reason, size, "this kernel has no interface to user interrupts that Tocsin knows (%s)",
             tried);
    return NULL;
}

static const struct toc_uintr_driver *probe(char *reason, size_t size)
{
    if (toc_tsan_is_there()) {
        snprintf(reason, size,
                 "the program is built with -fsanitize=thread, whose run time must not be "
                 "interrupted where it does not know of it");
        return NULL;
    }
    const char *lacks = toc_uintr_entry_lacks();
    if (!toc_uintr_cpu_has() && toc_env.emulate_uintr == 0) {
        snprintf(reason, size,
                 "this CPU has no user interrupts (CPUID leaf 7, EDX bit 5); mpirun "
                 "--emulate-uintr runs a program with emulated ones");
        return NULL;
    }
    if (lacks != NULL) {
        snprintf(reason, size, "user interrupts cannot be used: %s", lacks);
        return NULL;
    }
    struct answer *answer =
        mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answer == MAP_FAILED || toc_uintr_entry_open(note_arrival) != 0) {
        snprintf(reason, size, "no memory to try user interrupts");
        return NULL;
    }
    const struct toc_uintr_driver *driver = try_drivers(answer, reason, size);
    toc_uintr_entry_close();
    munmap(answer, sizeof(*answer));
    return driver;
}

const struct toc_uintr_driver *toc_uintr_probe(char *reason, size_t size)
{
    static const struct toc_uintr_driver *found;
    if (found == NULL)
        found = probe(reason, size);
    return found;
}
