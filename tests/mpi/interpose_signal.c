/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rank uses signals of its own while messages arrive: its handlers run, interrupt what they
 * should interrupt, and nothing else does. The signals of the library's choice are among them.
 */
#include "interpose_traffic.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static sigjmp_buf jump;

/* Again after a moment: an alarm that came before the call had begun is followed by another. */
static void set_alarm(long us)
{
    const struct itimerval t = {{0, us ? 20000 : 0}, {0, us}};

    CHECK_EQ(setitimer(ITIMER_REAL, &t, NULL), 0, "setitimer");
}

static void count(int signo)
{
    (void)signo;
    handled++;
}

static void leap(int signo)
{
    siglongjmp(jump, signo);
}

static void install(int signo, void (*handler)(int), int flags)
{
    struct sigaction act;

    memset(&act, 0, sizeof(act));
    act.sa_handler = handler;
    act.sa_flags = flags;
    sigemptyset(&act.sa_mask);
    CHECK_EQ(sigaction(signo, &act, NULL), 0, "sigaction");
    handled = 0;
}

/* Each call ends with EINTR, and only because of the handler. */
static void interrupted(void)
{
    struct timespec t = {60, 0};
    int ends[2];
    char byte;

    CHECK_EQ(pipe(ends), 0, "pipe");
    for (int i = 0; i < 20; i++) {
        install(SIGALRM, count, 0);
        set_alarm(15000);
        CHECK_EQ(read(ends[0], &byte, 1), -1, "read");
        CHECK_EQ(errno, EINTR, "errno of read");
        CHECK(handled > 0, "read was interrupted by nobody");
        handled = 0;
        CHECK_EQ(pause(), -1, "pause");
        CHECK(handled > 0, "pause was interrupted by nobody");
        handled = 0;
        CHECK_EQ(nanosleep(&t, &t), -1, "nanosleep");
        CHECK(handled > 0, "nanosleep was interrupted by nobody");
        set_alarm(0);
    }
    CHECK(t.tv_sec >= 20 && t.tv_sec < 60, "nanosleep says that %ld s remain", (long)t.tv_sec);
    close(ends[0]);
    close(ends[1]);
}

static void masked(void)
{
    const struct timespec t = {0, 50000000};
    sigset_t set, old;
    siginfo_t info;

    install(SIGUSR1, count, SA_RESTART);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0, "sigprocmask");
    CHECK_EQ(sigtimedwait(&set, &info, &t), -1, "sigtimedwait");
    CHECK_EQ(errno, EAGAIN, "errno of sigtimedwait");
    pthread_kill(pthread_self(),
                 SIGUSR1); /* the library may have threads, where it is not blocked */
    CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1, "sigwaitinfo");
    CHECK_EQ(info.si_pid, getpid(), "sender of the signal");
    install(SIGALRM, count, 0);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_alarm(30000);
    CHECK_EQ(sigsuspend(&old), -1, "sigsuspend");
    CHECK(handled > 0, "sigsuspend was interrupted by nobody");
    set_alarm(0);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Signals that a library might use for itself are the program's all the same. */
static void own_signal(int signo)
{
    struct sigaction act;

    CHECK_EQ(sigaction(signo, NULL, &act), 0, "sigaction");
    CHECK(act.sa_handler == SIG_DFL, "signal %d has a handler that the program never set", signo);
    install(signo, count, SA_RESTART);
    CHECK_EQ(usleep(50000), 0, "usleep");
    CHECK_EQ(handled, 0, "signals that nobody sent");
    kill(getpid(), signo);
    CHECK_EQ(handled, 1, "signals handled");
    CHECK_EQ(sigaction(signo, NULL, &act), 0, "sigaction");
    CHECK(act.sa_handler == count, "signal %d: the program's handler is gone", signo);
    CHECK(signal(signo, SIG_DFL) == count, "signal() does not know the program's handler");
}

static void jumps(void)
{
    volatile int jumped = 0;

    install(SIGALRM, leap, 0);
    for (volatile int i = 0; i < 20; i++) {
        if (sigsetjmp(jump, 1) == 0) {
            set_alarm(5000);
            sleep(60);
            FAIL("sleep returned, but the handler does not");
        }
        set_alarm(0);
        jumped++;
        CHECK_EQ(usleep(2000), 0, "usleep after a jump");
    }
    CHECK_EQ(jumped, 20, "jumps");
}

/* A child has nothing of the library: the signal does what it does by default. */
static void child(void)
{
    const pid_t pid = fork();
    int status;

    CHECK(pid >= 0, "fork: errno %d", errno);
    if (pid == 0) {
        kill(getpid(), SIGURG);
        _exit(usleep(50000) == 0 ? 0 : 1);
    }
    CHECK_EQ(waitpid(pid, &status, 0), pid, "waitpid");
    CHECK_EQ(status, 0, "status of the child");
}

static void all_calls(void)
{
    own_signal(SIGURG);
    interrupted();
    masked();
    own_signal(SIGURG);
    jumps();
    child();
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    traffic_run(all_calls, 1.5);
    return mt_end();
}
