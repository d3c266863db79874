/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals and handlers of a program while bells strike it all the time. */
#include "interpose_storm.h"

/* Old functions are tested as well. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <ucontext.h>

/* AddressSanitizer takes the stack of a cancelled thread for damaged. */
#if defined(__SANITIZE_ADDRESS__)
#define STORM_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STORM_ASAN
#endif
#endif

enum { MS = 1000000 }; /* in nanoseconds */

extern char **environ;

static int pipe_ends[2];

static void make_pipe(void)
{
    ck_assert_int_eq(pipe(pipe_ends), 0);
}

static void close_pipe(void)
{
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static volatile int handled;
static siginfo_t last_info;

static void count(int signo)
{
    (void)signo;
    handled++;
}

static void count_info(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    storm_must(context != NULL, "a handler without context\n");
    last_info = *info;
    handled++;
}

static void install(const struct toc_interpose_real *calls, int signo, void (*handler)(int),
                    int flags)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_handler = handler;
    act.sa_flags = flags;
    ck_assert_int_eq(calls->sigaction(signo, &act, NULL), 0);
    handled = 0;
}

static void alarm_in(int64_t ns)
{
    const struct itimerval t = {{0, 0}, {ns / TOC_NS_PER_S, ns % TOC_NS_PER_S / 1000}};

    storm_must(setitimer(ITIMER_REAL, &t, NULL) == 0, "setitimer\n");
}

/* ---- a handler of the program interrupts, as ever ---- */

/*
 * An alarm ends a call that would block for ever. The bells take most of the time, so that most
 * alarms arrive during one, and are delivered at its end, where the kernel is about to restart the
 * call. An alarm that did not end the call is followed by another, after RESCUE.
 */
enum blocking {
    IN_READ,
    IN_READV,
    IN_RECV,
    IN_WRITE,
    IN_ACCEPT,
    IN_OPEN,
    IN_WAITPID,
    IN_FLOCK,
    IN_LOCKF,
    IN_SEM_WAIT,
    IN_SEM_TIMEDWAIT,
    IN_POLL,
    IN_SELECT,
    IN_PPOLL,
    IN_EPOLL_WAIT,
    IN_PAUSE,
    IN_SLEEP,
    IN_NANOSLEEP,
    IN_SIGWAITINFO,
    IN_RECV_TIMED,
    IN_ALL
};
static enum blocking blocking;
enum { ALARMS = 40 };
static const int64_t RESCUE = 2 * (int64_t)TOC_NS_PER_S;

static struct {
    int stream[2], listener, locked, epoll;
    char fifo[64];
    pid_t child;
    sem_t sem;
} object;

static void linger(const void *argument)
{
    (void)argument;
    for (;;)
        storm_rest(TOC_NS_PER_S);
}

/* An object of the file system without a name left: reached through its descriptor. */
static void name_of(int fd, char name[64])
{
    snprintf(name, 64, "/proc/%d/fd/%d", (int)getpid(), fd);
}

static void lock_file(const void *argument)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    /* Another open file: flock belongs to that. */
    const int fd = open((const char *)argument, O_RDWR);

    if (fd < 0 || flock(fd, LOCK_EX) != 0 || fcntl(fd, F_SETLK, &whole) != 0)
        _exit(1);
    if (write(pipe_ends[1], "x", 1) != 1)
        _exit(1);
    linger(NULL);
}

static void make_files(void)
{
    char name[] = "check_interpose.XXXXXX", file[64];
    char byte;

    object.locked = mkstemp(name);
    ck_assert_int_ge(object.locked, 0);
    unlink(name);
    name_of(object.locked, file);
    object.child = storm_helper(lock_file, file);
    ck_assert_int_eq(read(pipe_ends[0], &byte, 1), 1);

    ck_assert_int_eq(mkfifo(name, 0600), 0); /* the name is free again */
    name_of(open(name, O_PATH), object.fifo);
    unlink(name);
}

static void make_objects(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN};

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, object.stream), 0);
    while (send(object.stream[1], &address, sizeof(address), MSG_DONTWAIT) > 0)
        ;
    object.listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(object.listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(object.listener, 1), 0);
    object.epoll = epoll_create1(0);
    ck_assert_int_eq(epoll_ctl(object.epoll, EPOLL_CTL_ADD, pipe_ends[0], &event), 0);
    sem_init(&object.sem, 0, 0);
    make_files();
}

static void remove_objects(void)
{
    kill(object.child, SIGKILL);
    waitpid(object.child, NULL, 0);
}

static int wait_on_sem(const struct toc_interpose_real *calls)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += 30;
    return calls->sem_timedwait(&object.sem, &t);
}

static int receive_timed(const struct toc_interpose_real *calls)
{
    const struct timeval t = {30, 0};
    char byte;

    ck_assert_int_eq(setsockopt(object.stream[1], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)), 0);
    return (int)calls->recv(object.stream[1], &byte, 1, 0);
}

static int block(const struct toc_interpose_real *calls)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const struct timespec t = {30, 0};
    struct timeval tv = {30, 0};
    struct epoll_event event;
    sigset_t set;
    char byte;
    struct iovec iov = {&byte, 1};

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    switch (blocking) {
    case IN_READ:
        return (int)calls->read(pipe_ends[0], &byte, 1);
    case IN_READV:
        return (int)calls->readv(pipe_ends[0], &iov, 1);
    case IN_RECV:
        return (int)calls->recv(object.stream[1], &byte, 1, 0);
    case IN_WRITE:
        return (int)calls->write(object.stream[1], &t, sizeof(t));
    case IN_ACCEPT:
        return calls->accept(object.listener, NULL, NULL);
    case IN_OPEN:
        return open(object.fifo, O_RDONLY);
    case IN_WAITPID:
        return (int)waitpid(object.child, NULL, 0);
    case IN_FLOCK:
        return flock(object.locked, LOCK_EX);
    case IN_LOCKF:
        return fcntl(object.locked, F_SETLKW, &whole);
    case IN_SEM_WAIT:
        return sem_wait(&object.sem);
    case IN_SEM_TIMEDWAIT:
        return wait_on_sem(calls);
    case IN_POLL:
        return calls->poll(&pfd, 1, -1);
    case IN_SELECT:
        return calls->select(0, NULL, NULL, NULL, &tv);
    case IN_PPOLL:
        return calls->ppoll(&pfd, 1, &t, NULL);
    case IN_EPOLL_WAIT:
        return calls->epoll_wait(object.epoll, &event, 1, 30000);
    case IN_PAUSE:
        return calls->pause();
    case IN_SLEEP:
        errno = EINTR;
        return calls->sleep(30) ? -1 : 0;
    case IN_NANOSLEEP:
        return calls->nanosleep(&t, NULL);
    case IN_SIGWAITINFO:
        return calls->sigwaitinfo(&set, NULL);
    case IN_RECV_TIMED:
        return receive_timed(calls);
    default:
        return 0;
    }
}

/* Does this context come out of a system call that was interrupted, or lead into its restart? An
 * alarm that comes too early, on the way into the call, says nothing. */
static bool in_a_call(const greg_t *regs)
{
    static const unsigned char instruction[2] = {0x0f, 0x05};
    const unsigned char *pc = (const unsigned char *)(uintptr_t)regs[REG_RIP];

    if (memcmp(pc, instruction, 2) == 0)
        return regs[REG_RCX] == regs[REG_RIP] + 2;
    return memcmp(pc - 2, instruction, 2) == 0 && regs[REG_RAX] == -EINTR;
}

static volatile int alarms;

static void ring_again(int signo, siginfo_t *info, void *context)
{
    (void)signo;
    (void)info;
    alarms++;
    if (handled || in_a_call(((ucontext_t *)context)->uc_mcontext.gregs))
        handled++;
    alarm_in(handled ? RESCUE : 2 * MS);
}

static const char *block_failed(int rc, int error)
{
    static char text[128];

    snprintf(text, sizeof(text), "call %d returned %d, errno %d, after %d alarms", (int)blocking,
             rc, error, handled);
    return text;
}

static const char *op_alarm(const struct toc_interpose_real *calls)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_sigaction = ring_again;
    act.sa_flags = SA_SIGINFO;
    ck_assert_int_eq(calls->sigaction(SIGALRM, &act, NULL), 0);
    for (int i = 0; i < ALARMS; i++) {
        int rc, error;

        handled = 0;
        alarms = 0;
        alarm_in(2 * MS + i * 17000);
        do {
            rc = block(calls);
            error = errno;
            if (calls == &storm_ours && rc == -1 && error == EINTR && alarms == 0)
                return "EINTR without a handler";
        } while (rc == -1 && error == EINTR && !handled);
        alarm_in(0);
        if (rc != -1 || error != EINTR || handled != 1)
            return block_failed(rc, error);
    }
    return NULL;
}

START_TEST(alarm_ends_a_call)
{
    make_objects();
    storm_spin_ns = 160000;
    for (blocking = 0; blocking < IN_ALL; blocking++)
        storm_check_ours(op_alarm);
    remove_objects();
}
END_TEST

/* Without the trampolines, alarms are lost in restarted calls: the test above would find it. */
START_TEST(alarm_is_lost_without_us)
{
    storm_spin_ns = 160000;
    blocking = IN_READ;
    ck_assert_ptr_nonnull(op_alarm(toc_interpose_real()));
}
END_TEST

/*
 * A handler of the program strikes between two rounds of a wait, before any instruction of the step
 * into the kernel: the wait must not go on. The thread walks there by single steps, whose handler
 * libc's sigaction has installed (not counted), and which leaves the program's signal pending.
 */
extern const char toc_interpose_retry_begin[], toc_interpose_retry_call[];
static int steps_in_region, strike_at;

static void step(int signo, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uintptr_t pc = (uintptr_t)regs[REG_RIP];

    (void)signo;
    (void)info;
    regs[REG_EFL] |= 0x100;
    if (pc < (uintptr_t)toc_interpose_retry_begin || pc > (uintptr_t)toc_interpose_retry_call)
        return;
    if (steps_in_region++ == strike_at || pc == (uintptr_t)toc_interpose_retry_call) {
        regs[REG_EFL] &= ~0x100;
        kill(getpid(), SIGUSR1); /* blocked here */
    }
}

START_TEST(handler_before_the_call)
{
    struct sigaction act;
    long rc;

    memset(&act, 0, sizeof(act));
    act.sa_sigaction = step;
    act.sa_flags = SA_SIGINFO;
    sigfillset(&act.sa_mask);
    ck_assert_int_eq(toc_interpose_real()->sigaction(SIGTRAP, &act, NULL), 0);
    install(&storm_ours, SIGUSR1, count, SA_RESTART);
    for (strike_at = 0; strike_at < 3; strike_at++) {
        const struct toc_interpose_mark mark = toc_interpose_mark();

        handled = 0;
        steps_in_region = 0;
        raise(SIGTRAP);
        rc = toc_interpose_poll(mark, NULL, 0, storm_now() + TOC_NS_PER_S, NULL);
        ck_assert_int_eq(handled, 1);
        ck_assert_int_eq(steps_in_region, strike_at + 1);
        ck_assert_int_eq(rc, -EINTR);
    }
}
END_TEST

/* With SA_RESTART the call goes on after the handler, if it is one of those that do. */
static void count_and_ring(int signo)
{
    count(signo);
    alarm_in(20 * MS);
}

static void handle_and_write(int signo)
{
    handled += signo == SIGALRM;
    if (handled < 3)
        alarm_in(5 * MS);
    else
        storm_must(write(pipe_ends[1], "x", 1) == 1, "write\n");
}

START_TEST(restarting_handler)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    char byte;

    storm_spin_ns = 100000;
    for (int i = 0; i < 10; i++) {
        install(&storm_ours, SIGALRM, handle_and_write, SA_RESTART);
        alarm_in(5 * MS);
        ck_assert_int_eq(read(pipe_ends[0], &byte, 1), 1);
        ck_assert_int_eq(handled, 3);
    }
    install(&storm_ours, SIGALRM, count_and_ring, SA_RESTART);
    alarm_in(5 * MS);
    ck_assert_int_eq(poll(&pfd, 1, -1), -1); /* never restarted */
    ck_assert_int_eq(errno, EINTR);
}
END_TEST

START_TEST(what_remains)
{
    struct timespec t = {20, 0};
    struct timeval tv = {20, 0};
    unsigned left;

    install(&storm_ours, SIGALRM, count, 0);
    alarm_in(300 * MS);
    ck_assert_int_eq(nanosleep(&t, &t), -1);
    ck_assert_int_eq(errno, EINTR);
    ck_assert_int_ge(t.tv_sec, 10);
    ck_assert_int_le(t.tv_sec, 19);
    ck_assert(t.tv_sec < 19 || t.tv_nsec < 750 * MS);

    alarm_in(300 * MS);
    left = sleep(20);
    ck_assert_uint_ge(left, 10);
    ck_assert_uint_le(left, 19);

    alarm_in(300 * MS);
    ck_assert_int_eq(select(0, NULL, NULL, NULL, &tv), -1);
    ck_assert_int_ge(tv.tv_sec, 10);
    ck_assert_int_le(tv.tv_sec, 19);
    ck_assert(tv.tv_sec < 19 || tv.tv_usec < 750000);
}
END_TEST

/* What a handler of the program cut short stays short. */
START_TEST(short_counts)
{
    static char buffer[1 << 20];
    int ends[2];

    install(&storm_ours, SIGALRM, count_and_ring, 0);
    alarm_in(20 * MS);
    ck_assert_int_eq(write(pipe_ends[1], buffer, sizeof(buffer)), 65536);
    ck_assert_int_ge(handled, 1);
    alarm_in(0);

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(write(ends[1], "abc", 3), 3);
    /* SA_RESTART makes no difference when a part was moved. */
    install(&storm_ours, SIGALRM, count_and_ring, SA_RESTART);
    alarm_in(20 * MS);
    ck_assert_int_eq(recv(ends[0], buffer, 10, MSG_WAITALL), 3);
    ck_assert_int_ge(handled, 1);
    alarm_in(0);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* ---- waiting for signals ---- */

static void kill_later(const void *argument)
{
    storm_rest(30 * MS);
    if (kill(getppid(), *(const int *)argument) != 0)
        _exit(1);
}

/* For calls that a signal which comes too early would leave waiting for ever. */
static void kill_repeatedly(const void *argument)
{
    for (;;)
        kill_later(argument);
}

static void end_helper(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0)
        ck_assert_int_eq(errno, EINTR);
}

static const char *op_pause(const struct toc_interpose_real *calls)
{
    const int signo = SIGUSR1;
    pid_t pid;
    int rc, seen;

    install(calls, SIGUSR1, count, 0);
    pid = storm_helper(kill_repeatedly, &signo);
    rc = calls->pause();
    seen = handled;
    end_helper(pid);
    EXPECT(rc == -1 && errno == EINTR);
    EXPECT(seen >= 1);
    return NULL;
}

static const char *op_sigsuspend(const struct toc_interpose_real *calls)
{
    const int signo = SIGUSR1;
    sigset_t blocked, old;
    pid_t pid;
    int rc, seen;

    install(calls, SIGUSR1, count, SA_RESTART);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    pid = storm_helper(kill_later, &signo);
    rc = calls->sigsuspend(&old);
    seen = handled;
    storm_reap(pid);
    sigprocmask(SIG_SETMASK, &old, NULL);
    EXPECT(rc == -1 && errno == EINTR);
    EXPECT(seen == 1);
    return NULL;
}

static const char *op_sigwaitinfo(const struct toc_interpose_real *calls)
{
    const int signo = SIGUSR1;
    sigset_t set;
    siginfo_t info;
    pid_t pid;
    int rc;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid = storm_helper(kill_later, &signo);
    rc = calls->sigwaitinfo(&set, &info);
    storm_reap(pid);
    if (rc < 0)
        calls->sigwaitinfo(&set, NULL);
    EXPECT(rc == SIGUSR1);
    EXPECT(info.si_code == SI_USER && info.si_pid == pid);
    return NULL;
}

static const char *op_sigtimedwait(const struct toc_interpose_real *calls)
{
    const struct timespec t = {0, 50 * MS};
    const int64_t start = storm_now();
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    EXPECT(calls->sigtimedwait(&set, NULL, &t) == -1 && errno == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

/* The program's own mask opens only inside ppoll: its signal is taken there, bells are not seen. */
static const char *op_ppoll_mask(const struct toc_interpose_real *calls)
{
    const int signo = SIGUSR1;
    sigset_t blocked, old;
    pid_t pid;
    int rc, seen;

    install(calls, SIGUSR1, count, 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    pid = storm_helper(kill_later, &signo);
    rc = calls->ppoll(NULL, 0, NULL, &old);
    seen = handled;
    storm_reap(pid);
    sigprocmask(SIG_SETMASK, &old, NULL);
    EXPECT(rc == -1 && errno == EINTR);
    EXPECT(seen == 1);
    return NULL;
}

START_TEST(waiting_for_signals)
{
    for (int i = 0; i < 5; i++) {
        storm_check_both(op_pause);
        storm_check_both(op_sigsuspend);
        storm_check_both(op_ppoll_mask);
    }
    storm_check_both(op_sigwaitinfo);
    storm_check_both(op_sigtimedwait);
}
END_TEST

extern int xpg_sigpause(int signo) __asm__("__xpg_sigpause");

START_TEST(sigpause_variants)
{
    const int signo = SIGUSR1;
    pid_t pid;

    for (int way = 0; way < 3; way++) {
        install(&storm_ours, SIGUSR1, count, 0);
        ck_assert_int_eq(sighold(SIGUSR1), 0);
        pid = storm_helper(kill_later, &signo);
        ck_assert_int_eq(way == 0   ? xpg_sigpause(SIGUSR1)
                         : way == 1 ? __sigpause(SIGUSR1, 1)
                                    : __sigpause(0, 0),
                         -1);
        ck_assert_int_eq(errno, EINTR);
        ck_assert_int_eq(handled, 1);
        storm_reap(pid);
        ck_assert_int_eq(sigrelse(SIGUSR1), 0);
    }
}
END_TEST

/* A program that waits for the bell's signal itself gets its own ones only. */
START_TEST(waiting_for_the_bells_signal)
{
    const struct timespec t = {0, 50 * MS};
    const int signo = SIGURG;
    sigset_t set, old;
    siginfo_t info;
    int got = 0;
    pid_t pid;

    sigemptyset(&set);
    sigaddset(&set, SIGURG);
    sigprocmask(SIG_BLOCK, &set, &old);
    ck_assert_int_eq(sigtimedwait(&set, &info, &t), -1);
    ck_assert_int_eq(errno, EAGAIN);
    pid = storm_helper(kill_later, &signo);
    ck_assert_int_eq(sigwaitinfo(&set, &info), SIGURG);
    ck_assert_int_eq(info.si_code, SI_USER);
    ck_assert_int_eq(info.si_pid, pid);
    storm_reap(pid);
    pid = storm_helper(kill_later, &signo);
    ck_assert_int_eq(sigwait(&set, &got), 0);
    ck_assert_int_eq(got, SIGURG);
    storm_reap(pid);
    sigprocmask(SIG_SETMASK, &old, NULL);
}
END_TEST

/* ---- what the program reads back ---- */

static void kernel_action(int signo, struct sigaction *act)
{
    ck_assert_int_eq(toc_interpose_real()->sigaction(signo, NULL, act), 0);
}

static void check_view(int signo)
{
    struct sigaction act, old;

    memset(&act, 0, sizeof(act));
    act.sa_sigaction = count_info;
    act.sa_flags = SA_SIGINFO | SA_NODEFER | SA_NOCLDSTOP;
    sigaddset(&act.sa_mask, SIGUSR2);
    ck_assert_int_eq(sigaction(signo, &act, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_sigaction, count_info);
    ck_assert_int_eq(old.sa_flags & (SA_SIGINFO | SA_NODEFER | SA_NOCLDSTOP | SA_RESTART),
                     SA_SIGINFO | SA_NODEFER | SA_NOCLDSTOP);
    ck_assert_int_eq(sigismember(&old.sa_mask, SIGUSR2), 1);
    ck_assert_int_eq(sigismember(&old.sa_mask, SIGTERM), 0);

    ck_assert_ptr_eq((void *)signal(signo, count), (void *)count_info);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, count);
    ck_assert_int_eq(old.sa_flags & (SA_SIGINFO | SA_RESTART | SA_RESETHAND), SA_RESTART);

    ck_assert_int_eq(siginterrupt(signo, 1), 0);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, count);
    ck_assert_int_eq(old.sa_flags & SA_RESTART, 0);
    ck_assert_ptr_eq(bsd_signal(signo, count), count);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_int_eq(old.sa_flags & SA_RESTART, 0);
    ck_assert_int_eq(siginterrupt(signo, 0), 0);

    ck_assert_ptr_eq(sysv_signal(signo, count), count);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_uint_eq((unsigned)old.sa_flags & (SA_RESETHAND | SA_NODEFER | SA_RESTART),
                      SA_RESETHAND | SA_NODEFER);

    ck_assert_int_eq(sigignore(signo), 0);
    ck_assert_ptr_eq(sigset(signo, count), SIG_IGN);
    ck_assert_ptr_eq(sigset(signo, SIG_HOLD), count);
    ck_assert_ptr_eq(sigset(signo, SIG_DFL), SIG_HOLD);
    ck_assert_ptr_eq(ssignal(signo, SIG_DFL), SIG_DFL);
}

START_TEST(views)
{
    struct sigaction kernel;

    check_view(SIGUSR1);
    check_view(SIGRTMIN + 3);
    check_view(SIGURG);
    kernel_action(SIGURG, &kernel);
    ck_assert_ptr_eq(kernel.sa_sigaction, toc_interpose_bell);
    ck_assert_int_eq(kernel.sa_flags & SA_RESTART, SA_RESTART);
}
END_TEST

START_TEST(view_errors)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_handler = count;
    ck_assert_int_eq(sigaction(SIGKILL, &act, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(sigaction(0, &act, NULL), -1);
    ck_assert_int_eq(sigaction(65, &act, NULL), -1);
    ck_assert_int_eq(sigaction(32, &act, NULL), -1); /* libc's own */
    ck_assert_ptr_eq(signal(-1, count), SIG_ERR);
    ck_assert_ptr_eq(signal(SIGUSR1, SIG_ERR), SIG_ERR);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(siginterrupt(65, 1), -1);
}
END_TEST

/* SA_RESETHAND, SA_NODEFER, the mask, and a handler with and without SA_SIGINFO: by the kernel for
 * other signals, by us for the bell's. */
static sigset_t mask_in_handler;

static void note_mask(int signo)
{
    (void)signo;
    sigprocmask(SIG_BLOCK, NULL, &mask_in_handler);
    handled++;
}

static void check_flags(int signo)
{
    struct sigaction act, old;

    memset(&act, 0, sizeof(act));
    act.sa_handler = note_mask;
    sigaddset(&act.sa_mask, SIGUSR2);
    handled = 0;
    ck_assert_int_eq(sigaction(signo, &act, NULL), 0);
    kill(getpid(), signo);
    ck_assert_int_eq(handled, 1);
    ck_assert_int_eq(sigismember(&mask_in_handler, signo), 1);
    ck_assert_int_eq(sigismember(&mask_in_handler, SIGUSR2), 1);
    ck_assert_int_eq(sigismember(&mask_in_handler, SIGTERM), 0);

    act.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
    ck_assert_int_eq(sigaction(signo, &act, NULL), 0);
    kill(getpid(), signo);
    ck_assert_int_eq(handled, 2);
    ck_assert_int_eq(sigismember(&mask_in_handler, signo), 0);
    ck_assert_int_eq(sigaction(signo, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
    sigprocmask(SIG_BLOCK, NULL, &mask_in_handler);
    ck_assert_int_eq(sigismember(&mask_in_handler, SIGUSR2), 0);

    act.sa_sigaction = count_info;
    act.sa_flags = SA_SIGINFO;
    ck_assert_int_eq(sigaction(signo, &act, NULL), 0);
    kill(getpid(), signo);
    ck_assert_int_eq(handled, 3);
    ck_assert_int_eq(last_info.si_signo, signo);
    ck_assert_int_eq(last_info.si_code, SI_USER);
    ck_assert_int_eq(last_info.si_pid, getpid());
    signal(signo, SIG_DFL);
}

START_TEST(flags)
{
    check_flags(SIGUSR1);
    check_flags(SIGURG);
    check_flags(SIGRTMIN);
}
END_TEST

/* ---- the program's own SIGURG ---- */

START_TEST(own_sigurg)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const int signo = SIGURG;
    char byte;
    pid_t pid;

    /* Not handled: ignored, and not seen. */
    pid = storm_helper(kill_later, &signo);
    ck_assert_int_eq(poll(&pfd, 1, 80), 0);
    storm_reap(pid);

    install(&storm_ours, SIGURG, count, 0);
    ck_assert_int_eq(poll(&pfd, 1, 50), 0); /* bells are not for it */
    ck_assert_int_eq(handled, 0);
    for (int i = 1; i <= 5; i++) {
        pid = storm_helper(kill_repeatedly, &signo);
        ck_assert_int_eq(i % 2 ? read(pipe_ends[0], &byte, 1) : pause(), -1); /* no SA_RESTART */
        ck_assert_int_eq(errno, EINTR);
        end_helper(pid);
        ck_assert_int_ge(handled, i);
    }
    signal(SIGURG, SIG_IGN);
    pid = storm_helper(kill_later, &signo);
    ck_assert_int_eq(poll(&pfd, 1, 80), 0);
    storm_reap(pid);
}
END_TEST

/* What the signal is for: urgent data on a socket. */
START_TEST(urgent_data)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    const int listener = socket(AF_INET, SOCK_STREAM, 0), out = socket(AF_INET, SOCK_STREAM, 0);
    int in;
    char byte = 0;

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    ck_assert_int_eq(connect(out, (struct sockaddr *)&address, size), 0);
    in = accept(listener, NULL, NULL);
    ck_assert_int_eq(fcntl(in, F_SETOWN, getpid()), 0);
    install(&storm_ours, SIGURG, count, SA_RESTART);
    ck_assert_int_eq(send(out, "!", 1, MSG_OOB), 1);
    for (int i = 0; i < 1000 && !handled; i++)
        usleep(1000);
    ck_assert_int_eq(handled, 1);
    ck_assert_int_eq(recv(in, &byte, 1, MSG_OOB), 1);
    ck_assert_int_eq(byte, '!');
    close(in);
    close(out);
    close(listener);
}
END_TEST

/* On a thread that is not the one of the bells, bells are not run. */
static void *wait_for_sigurg(void *argument)
{
    *(pthread_t *)argument = pthread_self();
    return (void *)(intptr_t)poll(NULL, 0, 200);
}

START_TEST(sigurg_on_another_thread)
{
    pthread_t thread, self;
    void *result;
    sigset_t set, old;
    unsigned before;

    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_sigurg, &self), 0);
    storm_rest(50 * MS);
    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, &old); /* no bells here meanwhile */
    before = storm_bells;
    pthread_kill(thread, SIGURG);
    pthread_join(thread, &result);
    ck_assert_uint_eq(storm_bells, before);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    ck_assert_ptr_null(result); /* nor was it visible there */
}
END_TEST

/* A signal whose default is to end the program still does so. */
static void die(const void *argument)
{
    (void)argument;
    ck_assert_int_eq(toc_interpose_start(SIGUSR1, storm_bell), 0);
    storm_strike(getpid(), gettid(), SIGUSR1); /* a bell: harmless */
    kill(getpid(), SIGUSR1);
}

START_TEST(default_action)
{
    const pid_t pid = storm_helper(die, NULL);
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGUSR1);
}
END_TEST

/* ---- leaving a handler on other ways ---- */

static sigjmp_buf jump;

static void leap(int signo)
{
    siglongjmp(jump, signo);
}

START_TEST(jump_out_of_a_handler)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    volatile int jumps = 0;

    storm_spin_ns = 50000;
    install(&storm_ours, SIGALRM, leap, 0);
    for (volatile int i = 0; i < 60; i++) {
        if (sigsetjmp(jump, 1) == 0) {
            alarm_in(3 * MS + i * 13000);
            if (i % 3 == 0)
                poll(&pfd, 1, -1);
            else if (i % 3 == 1)
                ck_assert_int_eq(read(pipe_ends[0], &pfd, 1), -2);
            else
                sleep(10);
            ck_abort_msg("the call returned");
        }
        jumps++;
        ck_assert_int_eq(poll(&pfd, 1, 2), 0); /* hidden again */
    }
    ck_assert_int_eq(jumps, 60);
}
END_TEST

/* A handler that rewrites the interrupted context is obeyed. */
static void after_trap(void)
{
    siglongjmp(jump, 7);
}

static void redirect(int signo, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)signo;
    (void)info;
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)after_trap;
    uc->uc_mcontext.gregs[REG_RSP] = (uc->uc_mcontext.gregs[REG_RSP] - 4096) / 16 * 16 - 8;
}

START_TEST(context_is_the_programs)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_sigaction = redirect;
    act.sa_flags = SA_SIGINFO;
    ck_assert_int_eq(sigaction(SIGALRM, &act, NULL), 0);
    for (volatile int i = 0; i < 10; i++) {
        const int rc = sigsetjmp(jump, 1);

        if (rc == 0) {
            alarm_in(3 * MS);
            poll(NULL, 0, -1);
            ck_abort_msg("the call returned");
        }
        ck_assert_int_eq(rc, 7);
    }
}
END_TEST

static char other_stack[65536];
static bool on_other_stack;

static void where(int signo)
{
    const char here = 0;
    const uintptr_t at = (uintptr_t)&here;

    (void)signo;
    handled++;
    on_other_stack = at - (uintptr_t)other_stack < sizeof(other_stack);
}

START_TEST(alternate_stack)
{
    const stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};

    ck_assert_int_eq(sigaltstack(&stack, NULL), 0);
    install(&storm_ours, SIGUSR1, where, SA_ONSTACK);
    kill(getpid(), SIGUSR1);
    ck_assert_int_eq(handled, 1);
    ck_assert(on_other_stack);
    install(&storm_ours, SIGURG, where, SA_ONSTACK);
    kill(getpid(), SIGURG);
    ck_assert_int_eq(handled, 1);
    ck_assert(on_other_stack);
    install(&storm_ours, SIGURG, where, 0);
    kill(getpid(), SIGURG);
    ck_assert(!on_other_stack);
}
END_TEST

#ifndef STORM_ASAN
/* Cancellation reaches a call that is waiting through bells. */
static volatile bool canceller_ready;

static void *cancel_me(void *argument)
{
    struct storm_target target = {getpid(), gettid(), SIGURG};
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    pid_t pid;

    (void)argument;
    storm_bells = 0;
    if (toc_interpose_start(SIGURG, storm_bell) != 0)
        return NULL;
    pid = storm_helper(storm_blow, &target);
    storm_sender = pid;
    canceller_ready = true;
    poll(&pfd, 1, -1);
    return NULL;
}

START_TEST(cancellation)
{
    pthread_t thread;
    void *result;

    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_me, NULL), 0);
    while (!canceller_ready || storm_bells < 20)
        storm_rest(MS);
    ck_assert_int_eq(pthread_cancel(thread), 0);
    ck_assert_int_eq(pthread_join(thread, &result), 0);
    ck_assert_ptr_eq(result, PTHREAD_CANCELED);
    storm_stop();
}
END_TEST
#endif

/* ---- children ---- */

static int run_true(void)
{
    char *const argv[] = {"sh", "-c", "exit 5", NULL};
    int status;
    pid_t pid;

    ck_assert_int_eq(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static int run_vforked(void)
{
    int status;
    const pid_t pid = vfork();

    if (pid == 0) {
        signal(SIGURG, SIG_IGN); /* the child's own business, in shared memory */
        execl("/bin/sh", "sh", "-c", "exit 6", (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static int run_forked(void)
{
    int status;
    const pid_t pid = fork();

    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "sleep 0.05; exit 7", (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static int run_popen(void)
{
    char line[64] = "";
    FILE *file = popen("sleep 0.05; echo hello", "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
    ck_assert_str_eq(line, "hello\n");
    return pclose(file);
}

START_TEST(children)
{
    struct sigaction old;

    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(WEXITSTATUS(system("sleep 0.05; exit 3")), 3);
        ck_assert_int_eq(WEXITSTATUS(run_true()), 5);
        ck_assert_int_eq(WEXITSTATUS(run_vforked()), 6);
        ck_assert_int_eq(WEXITSTATUS(run_forked()), 7);
        ck_assert_int_eq(run_popen(), 0);
    }
    ck_assert_int_eq(sigaction(SIGURG, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, SIG_DFL);
}
END_TEST

static void in_child(const void *argument)
{
    struct sigaction kernel;
    const bool with_handler = *(const bool *)argument;

    if (toc_interpose_active() || toc_interpose_real()->sigaction(SIGURG, NULL, &kernel) != 0 ||
        kernel.sa_sigaction == toc_interpose_bell)
        _exit(1);
    if (!with_handler)
        _exit(kernel.sa_handler == SIG_DFL ? 0 : 2);
    handled = 0;
    kill(getpid(), SIGURG);
    _exit(handled == 1 ? 0 : 3);
}

START_TEST(fork_child_is_on_its_own)
{
    bool with_handler = false;

    storm_reap(storm_helper(in_child, &with_handler));
    install(&storm_ours, SIGURG, count, 0);
    with_handler = true;
    storm_reap(storm_helper(in_child, &with_handler));
}
END_TEST

/* ---- start and stop ---- */

START_TEST(start_and_stop)
{
    struct sigaction old, kernel;
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};

    /* Installed before: the view while started, the disposition again afterwards. */
    install(&storm_ours, SIGURG, count, 0);
    storm_start();
    ck_assert_int_lt(toc_interpose_start(SIGURG, storm_bell), 0);
    ck_assert_int_eq(sigaction(SIGURG, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, count);
    ck_assert_int_eq(poll(&pfd, 1, 20), 0);
    ck_assert_int_eq(handled, 0);
    toc_interpose_stop();
    toc_interpose_stop();
    ck_assert(!toc_interpose_active());
    ck_assert_int_eq(sigaction(SIGURG, NULL, &old), 0);
    ck_assert_ptr_eq(old.sa_handler, count);
    kernel_action(SIGURG, &kernel);
    ck_assert_ptr_ne(kernel.sa_sigaction, toc_interpose_bell);

    /* The senders do not know yet: these bells are for nobody. */
    storm_rest(20 * MS);
    ck_assert_int_eq(handled, 0);
    kill(getpid(), SIGURG);
    ck_assert_int_eq(handled, 1);
    storm_stop();

    storm_start(); /* and again */
    ck_assert_int_eq(poll(&pfd, 1, 20), 0);
    storm_stop();
    ck_assert_int_lt(toc_interpose_start(SIGKILL, storm_bell), 0);
    ck_assert_int_lt(toc_interpose_start(0, storm_bell), 0);
    ck_assert_int_lt(toc_interpose_start(1000, storm_bell), 0);
    ck_assert(!toc_interpose_active());
}
END_TEST

/* A real-time signal as bell: they queue, and none must be left for the default action to kill us.
 */
START_TEST(queued_bells)
{
    sigset_t all, old;

    ck_assert_int_eq(toc_interpose_start(SIGRTMIN + 1, storm_bell), 0);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    for (int i = 0; i < 5; i++)
        storm_strike(getpid(), gettid(), SIGRTMIN + 1);
    toc_interpose_stop();
    sigprocmask(SIG_SETMASK, &old, NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("interpose_signal");
    TCase *storm = tcase_create("storm"), *calm = tcase_create("calm");

    /* Checked: the bells must reach the process of the test. */
    tcase_add_checked_fixture(storm, make_pipe, close_pipe);
    tcase_add_checked_fixture(storm, storm_start, storm_stop);
    tcase_set_timeout(storm, 120);
    tcase_add_test(storm, alarm_ends_a_call);
    tcase_add_test(storm, alarm_is_lost_without_us);
    tcase_add_test(calm, handler_before_the_call);
    tcase_add_test(storm, restarting_handler);
    tcase_add_test(storm, what_remains);
    tcase_add_test(storm, short_counts);
    tcase_add_test(storm, waiting_for_signals);
    tcase_add_test(storm, sigpause_variants);
    tcase_add_test(storm, waiting_for_the_bells_signal);
    tcase_add_test(storm, views);
    tcase_add_test(storm, view_errors);
    tcase_add_test(storm, flags);
    tcase_add_test(storm, own_sigurg);
    tcase_add_test(storm, urgent_data);
    tcase_add_test(storm, sigurg_on_another_thread);
    tcase_add_test(storm, default_action);
    tcase_add_test(storm, jump_out_of_a_handler);
    tcase_add_test(storm, context_is_the_programs);
    tcase_add_test(storm, alternate_stack);
    tcase_add_test(storm, children);
    tcase_add_test(storm, fork_child_is_on_its_own);
    suite_add_tcase(s, storm);

    tcase_add_checked_fixture(calm, make_pipe, close_pipe);
    tcase_set_timeout(calm, 60);
#ifndef STORM_ASAN
    tcase_add_test(calm, cancellation);
#endif
    tcase_add_test(calm, start_and_stop);
    tcase_add_test(calm, queued_bells);
    suite_add_tcase(s, calm);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
