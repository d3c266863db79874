/* SPDX-License-Identifier: BSD-3-Clause */
/* A rank sleeps and waits with time-outs while messages arrive: nothing ends early. */
#include "interpose_traffic.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

static void slept(double start, double seconds, const char *what)
{
    const double took = mt_now() - start;

    /* Clocks that tick apart may differ by a little. */
    CHECK(took >= seconds - 0.002, "%s took %.6f s, expected at least %.6f", what, took, seconds);
}

static void sleeps(void)
{
    const struct timespec t = {0, 50000000};
    struct timespec left = {7, 7};
    double start = mt_now();

    CHECK_EQ(usleep(50000), 0, "usleep");
    slept(start, 0.05, "usleep");
    start = mt_now();
    CHECK_EQ(nanosleep(&t, &left), 0, "nanosleep");
    slept(start, 0.05, "nanosleep");
    CHECK(left.tv_sec == 7 && left.tv_nsec == 7, "nanosleep reported that something remains");
    start = mt_now();
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL), 0, "clock_nanosleep");
    slept(start, 0.05, "clock_nanosleep");
    start = mt_now();
    CHECK_EQ(sleep(1), 0, "sleep");
    slept(start, 1, "sleep");
}

static void multiplexing(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct timeval tv = {0, 50000};
    int ends[2], epoll;
    struct pollfd pfd;
    double start;
    fd_set set;

    CHECK_EQ(pipe(ends), 0, "pipe");
    pfd.fd = ends[0];
    pfd.events = POLLIN;
    start = mt_now();
    CHECK_EQ(poll(&pfd, 1, 50), 0, "poll");
    slept(start, 0.05, "poll");

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    start = mt_now();
    CHECK_EQ(select(ends[0] + 1, &set, NULL, NULL, &tv), 0, "select");
    slept(start, 0.05, "select");
    CHECK(tv.tv_sec == 0 && tv.tv_usec == 0, "select left %ld s %ld us", (long)tv.tv_sec,
          (long)tv.tv_usec);

    epoll = epoll_create1(0);
    CHECK_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), 0, "epoll_ctl");
    start = mt_now();
    CHECK_EQ(epoll_wait(epoll, &event, 1, 50), 0, "epoll_wait");
    slept(start, 0.05, "epoll_wait");
    close(epoll);
    close(ends[0]);
    close(ends[1]);
}

static void semaphore(void)
{
    struct timespec t;
    sem_t sem;

    sem_init(&sem, 0, 0);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 50000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    CHECK_EQ(sem_timedwait(&sem, &t), -1, "sem_timedwait");
    CHECK_EQ(errno, ETIMEDOUT, "errno of sem_timedwait");
}

static void all_calls(void)
{
    sleeps();
    multiplexing();
    semaphore();
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    traffic_run(all_calls, 1.3);
    return mt_end();
}
