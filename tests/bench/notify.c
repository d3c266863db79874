/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What it costs to tell another process something, without MPI: one table over user interrupts
 * (where the machine has them), a signal, eventfd, futex, pipe and socket.
 *
 *     notify [--csv] [-n ROUNDS]
 *
 * running   the receiver computes. Interrupt and signal come by themselves; for the others it looks
 *           again and again.
 * blocked   the receiver sleeps in the kernel until it is told.
 * latency   from the sender's first instruction to the receiver's first one: median and 90th
 * percentile sender    time that the sender spends receiver  running: time taken from its
 * computation (for the others: one look that finds nothing); blocked: processor time of the
 * receiver for each event
 *
 * Sender and receiver are on cores of their own where there are two.
 */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum { ROUNDS_MAX = 100000, SETTLE_US = 60, PATIENCE_S = 20 };

static struct shared {
    _Atomic uint32_t ready, stop;
    _Atomic uint32_t told; /* futex */
    _Atomic uint32_t taken;
    _Atomic uint64_t taken_at;
    _Atomic int pid, tid;
    double cpu_ns;                  /* of the receiver, an event */
    uint32_t gaps;                  /* in `gap` */
    uint64_t gap[ROUNDS_MAX];       /* time taken from the receiver */
    uint64_t latency[ROUNDS_MAX];   /* ticks, by the sender */
    uint64_t send_time[ROUNDS_MAX]; /* the same */
} * shared;

static double ticks_per_ns;
static int fds[2];
static int rounds = 2000;

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void calibrate(void)
{
    double start = now_ns();
    uint64_t ticks = __rdtsc();
    while (now_ns() < start + 2e7)
        continue;
    ticks_per_ns = (double)(__rdtsc() - ticks) / (now_ns() - start);
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "notify: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void take(void)
{
    shared->taken_at = __rdtsc();
    shared->taken++;
}

/* ---- user interrupts, by the system calls of Intel's patches for Linux 6.0 */

static int uintr_fd;
static long uintr_index;

void uintr_entry(void);
__asm__(".text\n"
        "uintr_entry:\n\t"
        "push %rax; push %rcx; push %rdx; push %rsi; push %rdi\n\t"
        "push %r8; push %r9; push %r10; push %r11; sub $8, %rsp\n\t"
        "cld\n\t"
        "call uintr_take\n\t"
        "add $8, %rsp; pop %r11; pop %r10; pop %r9; pop %r8\n\t"
        "pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n\t"
        "add $8, %rsp\n\t"
        ".byte 0xf3, 0x0f, 0x01, 0xec\n");

void uintr_take(void);
__attribute__((target("general-regs-only"))) void uintr_take(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    shared->taken_at = (uint64_t)high << 32 | low;
    shared->taken++;
}

static bool is_emulated(void)
{
    return getenv("TOCSIN_EMULATE_UINTR") != NULL;
}

static bool uintr_works(void)
{
    unsigned a, b, c, d;
    return is_emulated() || (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 5 & 1) != 0);
}

/* A receiver that waits is to be woken, where the kernel can do that. */
static void uintr_receive(void)
{
    if (syscall(471, uintr_entry, 0x1000u) != 0 && syscall(471, uintr_entry, 0u) != 0)
        die("uintr_register_handler");
    uintr_fd = (int)syscall(473, 0ul, 0u);
    if (uintr_fd < 0)
        die("uintr_vector_fd");
    shared->told = (uint32_t)uintr_fd;
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xef" : : : "memory"); /* stui */
}

static void uintr_connect(void)
{
    int pidfd = (int)syscall(SYS_pidfd_open, shared->pid, 0u);
    int fd = (int)syscall(SYS_pidfd_getfd, pidfd, (int)shared->told, 0u);
    uintr_index = fd < 0 ? -1 : syscall(474, fd, 0u);
    if (uintr_index < 0)
        die("uintr_register_sender");
    close(fd);
    close(pidfd);
}

static void uintr_send(void)
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0xf0" : : "a"(uintr_index) : "memory");
}

static void uintr_block(void)
{
    syscall(476, 1000ul, 0u); /* at most a millisecond: one that comes just before does not wake */
}

/* ---- signal */

static void on_signal(int signo)
{
    (void)signo;
    take();
}

static void signal_receive(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGURG, &action, NULL);
}

static void signal_send(void)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    info.si_code = SI_QUEUE;
    syscall(SYS_rt_tgsigqueueinfo, shared->pid, shared->tid, SIGURG, &info);
}

static void signal_block(void)
{
    struct timespec most = {0, 1000000};
    nanosleep(&most, NULL);
}

/* ---- descriptors */

static void event_open(void)
{
    fds[0] = fds[1] = eventfd(0, 0);
}

static void pipe_open(void)
{
    if (pipe(fds) != 0)
        die("pipe");
}

static void socket_open(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        die("socketpair");
}

static void fd_send(void)
{
    uint64_t one = 1;
    if (write(fds[1], &one, sizeof(one)) != sizeof(one))
        die("write");
}

static void fd_block(void)
{
    uint64_t one;
    if (read(fds[0], &one, sizeof(one)) == sizeof(one))
        take();
}

static bool fd_look(void)
{
    uint64_t one;
    return read(fds[0], &one, sizeof(one)) == sizeof(one);
}

static void fd_close(void)
{
    close(fds[0]);
    if (fds[1] != fds[0])
        close(fds[1]);
}

/* ---- futex */

static void futex_send(void)
{
    shared->told++;
    syscall(SYS_futex, &shared->told, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void futex_block(void)
{
    uint32_t seen = shared->taken;
    while (shared->told == seen)
        syscall(SYS_futex, &shared->told, FUTEX_WAIT, seen, NULL, NULL, 0);
    take();
}

static bool futex_look(void)
{
    return shared->told != shared->taken;
}

static const struct mechanism {
    const char *name;
    void (*open)(void);    /* before the receiver is forked */
    void (*receive)(void); /* receiver: gets ready */
    void (*connect)(void); /* sender: gets ready */
    void (*send)(void);
    void (*block)(void); /* receiver: sleeps until told */
    bool (*look)(void);  /* receiver: has it been told? NULL: that comes by itself */
    void (*close)(void);
} mechanisms[] = {
    {"uintr", NULL, uintr_receive, uintr_connect, uintr_send, uintr_block, NULL, NULL},
    {"signal", NULL, signal_receive, NULL, signal_send, signal_block, NULL, NULL},
    {"eventfd", event_open, NULL, NULL, fd_send, fd_block, fd_look, fd_close},
    {"futex", NULL, NULL, NULL, futex_send, futex_block, futex_look, NULL},
    {"pipe", pipe_open, NULL, NULL, fd_send, fd_block, fd_look, fd_close},
    {"socket", socket_open, NULL, NULL, fd_send, fd_block, fd_look, fd_close},
};

/* ---- receiver */

static void note_gap(uint64_t ticks)
{
    if (shared->gaps < ROUNDS_MAX)
        shared->gap[shared->gaps++] = ticks;
}

/* Computes, here: reads the clock. What lies between two readings is what was taken from it. */
static void compute(void)
{
    uint32_t seen = shared->taken;
    uint64_t before = __rdtsc();
    while (!shared->stop) {
        if (shared->taken != seen) {
            seen = shared->taken;
            note_gap(__rdtsc() - before);
        }
        before = __rdtsc();
    }
}

static void look_again(const struct mechanism *mechanism)
{
    while (!shared->stop) {
        uint64_t before = __rdtsc();
        if (mechanism->look())
            take();
        else
            note_gap(__rdtsc() - before);
    }
}

static double cpu_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e9 + (double)used.tv_nsec;
}

static void sleep_again(const struct mechanism *mechanism)
{
    double before = cpu_ns();
    while (!shared->stop)
        mechanism->block();
    shared->cpu_ns = (cpu_ns() - before) / (double)shared->taken;
}

static void bind_to(int number)
{
    static cpu_set_t allowed; /* at the first call; the others would find one core only */
    cpu_set_t one;
    if (CPU_COUNT(&allowed) == 0)
        sched_getaffinity(0, sizeof(allowed), &allowed);
    if (CPU_COUNT(&allowed) < 2)
        return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && number-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof(one), &one);
            return;
        }
    }
}

static _Noreturn void receive(const struct mechanism *mechanism, bool blocked)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bind_to(1);
    shared->pid = getpid();
    shared->tid = (int)syscall(SYS_gettid);
    if (mechanism->receive != NULL)
        mechanism->receive();
    if (!blocked && mechanism->look == fd_look)
        fcntl(fds[0], F_SETFL, O_NONBLOCK);
    shared->ready = 1;
    if (blocked)
        sleep_again(mechanism);
    else if (mechanism->look == NULL)
        compute();
    else
        look_again(mechanism);
    _exit(0);
}

/* ---- sender */

static void await(_Atomic uint32_t *word, uint32_t value, const char *name)
{
    double end = now_ns() + PATIENCE_S * 1e9;
    for (unsigned i = 1; *word != value; i++) {
        if (i % 100 == 0)
            sched_yield(); /* one core for both */
        if (now_ns() > end) {
            fprintf(stderr, "notify: %s: nothing arrives\n", name);
            exit(1);
        }
    }
}

static void settle(void)
{
    double end = now_ns() + SETTLE_US * 1e3;
    while (now_ns() < end)
        continue;
}

static void send_all(const struct mechanism *mechanism)
{
    for (int i = 0; i < rounds; i++) {
        settle();
        uint64_t start = __rdtsc();
        mechanism->send();
        shared->send_time[i] = __rdtsc() - start;
        await(&shared->taken, (uint32_t)i + 1, mechanism->name);
        uint64_t at = shared->taken_at;
        shared->latency[i] = at > start ? at - start : 0; /* clocks of cores differ by a little */
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static double quantile_us(uint64_t *ticks, uint32_t count, double share)
{
    if (count == 0)
        return 0;
    qsort(ticks, count, sizeof(*ticks), compare);
    return (double)ticks[(uint32_t)(share * (count - 1))] / ticks_per_ns / 1000;
}

static void measure(const struct mechanism *mechanism, bool blocked, bool csv)
{
    const char *name = mechanism->send == uintr_send && is_emulated() ? "uintr*" : mechanism->name;
    int status;

    memset(shared, 0, sizeof(*shared));
    if (mechanism->open != NULL)
        mechanism->open();
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        receive(mechanism, blocked);
    await(&shared->ready, 1, mechanism->name);
    if (mechanism->connect != NULL)
        mechanism->connect();
    if (mechanism->send == uintr_send)
        shared->told = 0;
    send_all(mechanism);
    shared->stop = 1;
    mechanism->send(); /* whoever sleeps has to see it */
    if (waitpid(child, &status, 0) != child || status != 0)
        die(mechanism->name);
    if (mechanism->close != NULL)
        mechanism->close();
    printf(csv ? "%s,%s,%.3f,%.3f,%.3f,%.3f\n" : "%-8s  %-7s  %10.2f  %9.2f  %8.2f  %10.2f\n", name,
           blocked ? "blocked" : "running", quantile_us(shared->latency, (uint32_t)rounds, 0.5),
           quantile_us(shared->latency, (uint32_t)rounds, 0.9),
           quantile_us(shared->send_time, (uint32_t)rounds, 0.5),
           blocked ? shared->cpu_ns / 1000 : quantile_us(shared->gap, shared->gaps, 0.5));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    bool csv = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--csv") == 0) {
            csv = true;
        } else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc && atoi(argv[i + 1]) > 0 &&
                   atoi(argv[i + 1]) <= ROUNDS_MAX) {
            rounds = atoi(argv[++i]);
        } else {
            fprintf(stderr, "usage: %s [--csv] [-n ROUNDS]\n", argv[0]);
            return 2;
        }
    }
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("mmap");
    calibrate();
    bind_to(0);
    puts(csv ? "mechanism,receiver,latency_us,latency_p90_us,sender_us,receiver_us"
             : "          receiver  latency us    p90 us   sender us  receiver us");
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
        if (mechanisms[i].send == uintr_send && !uintr_works()) {
            if (!csv)
                puts("uintr     -        this CPU has no user interrupts");
            continue;
        }
        measure(&mechanisms[i], false, csv);
        measure(&mechanisms[i], true, csv);
    }
    if (!csv && is_emulated())
        puts("* emulated: these figures are the emulator's");
    return 0;
}
