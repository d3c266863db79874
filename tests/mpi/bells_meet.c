/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a program does with signals and processes while bells strike it: one case a run, named by
 * the argument (handlers, altstack, timers, threads, system, popen, longjmp,
 * alignment).
 */
#include "interpose_traffic.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 0.6

static volatile sig_atomic_t handled;

static void install(int signo, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_sigaction = handler;
    act.sa_flags = SA_SIGINFO | SA_RESTART | flags;
    sigemptyset(&act.sa_mask);
    CHECK_EQ(sigaction(signo, &act, NULL), 0, "sigaction");
    handled = 0;
}

static void every(long us)
{
    const struct itimerval t = {{0, us}, {0, us}};

    CHECK_EQ(setitimer(ITIMER_REAL, &t, NULL), 0, "setitimer");
}

/* Works on data of its own with known results, for a while. */
static void compute_for(double seconds)
{
    const double end = MPI_Wtime() + seconds;

    while (MPI_Wtime() < end) {
        double sum = 0;
        uint64_t whole = 0;
        for (uint64_t i = 1; i <= 1000; i++) {
            sum += 0.5 * (double)i;
            whole += i * i;
        }
        CHECK(sum == 250250.0, "a sum is %g", sum);
        CHECK(whole == 333833500, "a sum of squares is %llu", (unsigned long long)whole);
    }
}

/* ---- handlers */

static volatile sig_atomic_t inside, nested;

static void on_alarm(int signo, siginfo_t *info, void *context)
{
    (void)context;
    if (inside++ != 0)
        nested++; /* its own signal is blocked */
    if (signo == SIGALRM && info->si_signo == SIGALRM && errno == 4242)
        handled++;
    errno = 17; /* as careless handlers do */
    errno = 4242;
    inside--;
}

static void handlers(void)
{
    install(SIGALRM, on_alarm, 0);
    errno = 4242;
    every(300);
    compute_for(SECONDS);
    every(0);
    CHECK_EQ(errno, 4242, "errno");
    CHECK(handled > 50, "only %d alarms", (int)handled);
    CHECK_EQ(nested, 0, "handlers inside of themselves");
}

/* ---- unaligned accesses trapped (the AC flag): the program's are aligned, the library's need not
 * be */

static void alignment(void)
{
    const uint64_t check = 0x40000;
    const double end = MPI_Wtime() + SECONDS;

    while (MPI_Wtime() < end) {
        uint64_t flags;
        __asm__ volatile("leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq %1, (%%rsp)\n\tpopfq\n\t"
                         "movl $300000, %%ecx\n1:\tdecl %%ecx\n\tjnz 1b\n\t"
                         "pushfq\n\tmovq (%%rsp), %0\n\tandq %2, (%%rsp)\n\tpopfq\n\t"
                         "leaq 128(%%rsp), %%rsp"
                         : "=&r"(flags)
                         : "r"(check), "r"(~check)
                         : "rcx", "cc", "memory");
        CHECK((flags & check) != 0, "the flag is lost: %#llx", (unsigned long long)flags);
    }
}

/* ---- alternate stack */

enum { STACK = 128 * 1024, DEEP = 64 * 1024 };
static char *stack;
static volatile sig_atomic_t elsewhere;

/* Fills much of the stack, waits until a bell may have struck, and looks whether it is still there.
 */
static void on_stack(int signo, siginfo_t *info, void *context)
{
    volatile char deep[DEEP];
    stack_t now;

    (void)signo;
    (void)info;
    (void)context;
    for (int i = 0; i < DEEP; i += 64)
        deep[i] = (char)(i >> 6);
    for (volatile int i = 0; i < 20000; i++)
        continue;
    for (int i = 0; i < DEEP; i += 64)
        if (deep[i] != (char)(i >> 6))
            elsewhere++;
    if (sigaltstack(NULL, &now) != 0 || (now.ss_flags & SS_ONSTACK) == 0 || &deep[0] < stack ||
        &deep[0] >= stack + STACK)
        elsewhere++;
    handled++;
}

static void altstack(void)
{
    stack_t mine = {.ss_size = STACK}, now;

    stack = mt_alloc(STACK);
    mine.ss_sp = stack;
    CHECK_EQ(sigaltstack(&mine, NULL), 0, "sigaltstack");
    install(SIGALRM, on_stack, SA_ONSTACK);
    every(1000);
    compute_for(SECONDS);
    every(0);
    CHECK(handled > 15, "only %d alarms", (int)handled);
    CHECK_EQ(elsewhere, 0, "handlers that were not on the stack, or found it changed");
    CHECK_EQ(sigaltstack(NULL, &now), 0, "sigaltstack");
    CHECK(now.ss_sp == stack && now.ss_size == STACK && now.ss_flags == 0, "another stack is set");
}

/* ---- timers */

static void on_timer(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)context;
    if (info->si_code == SI_TIMER && info->si_value.sival_int == 4711)
        handled++;
}

static void timers(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3};
    const struct itimerspec period = {{0, 1000000}, {0, 1000000}};
    uint64_t expirations = 0, sum = 0;
    timer_t timer;

    event.sigev_value.sival_int = 4711;
    install(SIGRTMIN + 3, on_timer, 0);
    CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0, "timer_create");
    CHECK_EQ(timer_settime(timer, 0, &period, NULL), 0, "timer_settime");
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    CHECK_EQ(timerfd_settime(fd, 0, &period, NULL), 0, "timerfd_settime");
    const double start = MPI_Wtime();
    while (MPI_Wtime() < start + SECONDS) {
        CHECK_EQ(read(fd, &expirations, sizeof(expirations)), sizeof(expirations), "read");
        sum += expirations;
        compute_for(0.002);
    }
    timer_delete(timer);
    close(fd);
    CHECK(handled > 25, "only %d timer signals", (int)handled);
    CHECK(sum >= 500, "only %llu expirations", (unsigned long long)sum);
}

/* ---- threads, also cancelled ones */

static void *wait_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void *compute_once(void *result)
{
    compute_for(0.005);
    return result;
}

static void threads(void)
{
    const double start = MPI_Wtime();

    while (MPI_Wtime() < start + SECONDS) {
        pthread_t waiting, computing;
        void *result;
        CHECK_EQ(pthread_create(&waiting, NULL, wait_for_ever, NULL), 0, "pthread_create");
        CHECK_EQ(pthread_create(&computing, NULL, compute_once, stderr), 0, "pthread_create");
        CHECK_EQ(pthread_join(computing, &result), 0, "pthread_join");
        CHECK(result == stderr, "a thread's result is lost");
        CHECK_EQ(pthread_cancel(waiting), 0, "pthread_cancel");
        CHECK_EQ(pthread_join(waiting, &result), 0, "pthread_join");
        CHECK(result == PTHREAD_CANCELED, "a thread ended by itself");
    }
}

/* ---- other programs */

static void on_message(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)info;
    (void)context;
    handled++;
}

static void run_system(void)
{
    const double start = MPI_Wtime();
    char command[64];
    int runs = 0;

    install(SIGUSR1, on_message, 0);
    snprintf(command, sizeof(command), "kill -USR1 %d; exit 7", (int)getpid());
    while (MPI_Wtime() < start + SECONDS) {
        int status = system(command);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7, "system() gives %#x", status);
        runs++;
        compute_for(0.002);
    }
    CHECK_EQ(handled, runs, "signals of the commands");
}

static void run_popen(void)
{
    const double start = MPI_Wtime();
    char line[64], expected[64];

    while (MPI_Wtime() < start + SECONDS) {
        FILE *lines = popen("i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done", "r");
        CHECK(lines != NULL, "popen: errno %d", errno);
        for (int i = 0; i < 200; i++) {
            CHECK(fgets(line, sizeof(line), lines) != NULL, "line %d: errno %d", i, errno);
            snprintf(expected, sizeof(expected), "line %d\n", i);
            CHECK(strcmp(line, expected) == 0, "line %d is '%s'", i, line);
        }
        CHECK(fgets(line, sizeof(line), lines) == NULL && feof(lines), "no end of file");
        CHECK_EQ(pclose(lines), 0, "pclose");
        compute_for(0.002);
    }
}

/* ---- jumps */

static sigjmp_buf jump;

static void leap(int signo, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    siglongjmp(jump, signo);
}

/* Out of a computation, not out of MPI calls: wherever in it, or in a bell's first instructions. */
static void longjmp_out(void)
{
    const double start = MPI_Wtime();
    volatile int jumps = 0;

    install(SIGALRM, leap, 0);
    sigsetjmp(jump, 1);
    every(0);
    if (MPI_Wtime() < start + SECONDS) {
        jumps++;
        every(200 + jumps % 7 * 50);
        compute_for(60);
        FAIL("no alarm came");
    }
    CHECK(jumps > 25, "only %d jumps", jumps);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"handlers", handlers},   {"altstack", altstack},   {"timers", timers},
    {"threads", threads},     {"system", run_system},   {"popen", run_popen},
    {"longjmp", longjmp_out}, {"alignment", alignment},
};

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (strcmp(argv[1], cases[i].name) == 0) {
            traffic_run(cases[i].run, SECONDS);
            return mt_end();
        }
    }
    FAIL("no such case");
}
