/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls of a program while bells strike it all the time. */
#include "interpose_storm.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/un.h>

enum { MS = 1000000 }; /* in nanoseconds */

/* Seconds. Every bell starts a time-out anew if its deadline is forgotten: it never ends then. A
 * slow machine does not take that long. */
enum { LATE = 10 };

/* ---- sleeping ---- */

static const char *op_usleep(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();

    EXPECT(calls->usleep(50000) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    EXPECT(storm_seconds(start) < LATE);
    return NULL;
}

static const char *op_nanosleep(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    struct timespec t = {0, 50 * MS};

    EXPECT(calls->nanosleep(&t, &t) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    EXPECT(t.tv_nsec == 50 * MS);
    return NULL;
}

static const char *op_clock_nanosleep(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    const struct timespec t = {0, 50 * MS};

    EXPECT(calls->clock_nanosleep(CLOCK_BOOTTIME, 0, &t, NULL) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static const char *op_clock_nanosleep_absolute(const struct toc_interpose_real *calls)
{
    const int64_t end = toc_interpose_now(CLOCK_REALTIME) + 50 * MS;
    const struct timespec t = {end / TOC_NS_PER_S, end % TOC_NS_PER_S};

    EXPECT(calls->clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == 0);
    EXPECT(toc_interpose_now(CLOCK_REALTIME) >= end);
    return NULL;
}

static const char *op_sleep(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();

    EXPECT(calls->sleep(1) == 0);
    EXPECT(storm_seconds(start) >= 1.0);
    return NULL;
}

static const char *op_thrd_sleep(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    const struct timespec t = {0, 50 * MS};

    EXPECT(calls->thrd_sleep(&t, NULL) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

START_TEST(sleeps)
{
    storm_check_both(op_usleep);
    storm_check_both(op_nanosleep);
    storm_check_both(op_clock_nanosleep);
    storm_check_both(op_clock_nanosleep_absolute);
    storm_check_both(op_sleep);
    storm_check_both(op_thrd_sleep);
}
END_TEST

/* The deadline stays: bells that take half of the time do not stretch a sleep. */
START_TEST(sleep_keeps_its_length)
{
    const struct timespec t = {0, 100 * MS};
    double shortest = 10;

    storm_spin_ns = BELL_PERIOD_NS;
    for (int i = 0; i < 20; i++) { /* others may need the core now and then */
        const int64_t start = storm_now();
        double took;

        ck_assert_int_eq(nanosleep(&t, NULL), 0);
        took = storm_seconds(start);
        ck_assert_double_ge(took, 0.1);
        if (took < shortest)
            shortest = took;
    }
    ck_assert_double_lt(shortest, 0.15);
}
END_TEST

START_TEST(sleep_errors)
{
    struct timespec t = {0, TOC_NS_PER_S};

    ck_assert_int_eq(nanosleep(&t, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(nanosleep(NULL, NULL), -1);
    ck_assert_int_eq(errno, EFAULT);
    ck_assert_int_eq(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL), EINVAL);
    ck_assert_int_eq(clock_nanosleep(77, 0, &t, NULL), EINVAL);
    ck_assert_int_eq(thrd_sleep(&t, NULL), -2);
}
END_TEST

/* ---- waiting for descriptors ---- */

static int pipe_ends[2];

struct later {
    int fd, times;
    size_t size;
    int64_t after;
};

/* Writes `times` pieces of `size` bytes, each after a pause. */
static void write_later(const void *argument)
{
    const struct later *later = argument;
    char *piece = calloc(1, later->size);

    for (int i = 0; i < later->times; i++) {
        storm_rest(later->after);
        if (write(later->fd, piece, later->size) != (ssize_t)later->size)
            _exit(1);
    }
    free(piece);
}

static void make_pipe(void)
{
    ck_assert_int_eq(pipe(pipe_ends), 0);
}

static void close_pipe(void)
{
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static const char *op_poll(const struct toc_interpose_real *calls)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const int64_t start = storm_now();

    EXPECT(calls->poll(&pfd, 1, 50) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static const char *op_poll_chk(const struct toc_interpose_real *calls)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};

    EXPECT(calls->__poll_chk(&pfd, 1, 50, sizeof(pfd)) == 0);
    return NULL;
}

static const char *op_ppoll(const struct toc_interpose_real *calls)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const struct timespec t = {0, 50 * MS};
    const int64_t start = storm_now();

    EXPECT(calls->ppoll(&pfd, 1, &t, NULL) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    EXPECT(t.tv_nsec == 50 * MS);
    return NULL;
}

static const char *op_ppoll_chk(const struct toc_interpose_real *calls)
{
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const struct timespec t = {0, 50 * MS};

    EXPECT(calls->__ppoll_chk(&pfd, 1, &t, NULL, sizeof(pfd)) == 0);
    return NULL;
}

static const char *op_select(const struct toc_interpose_real *calls)
{
    struct timeval t = {0, 50000};
    const int64_t start = storm_now();
    fd_set set;

    FD_ZERO(&set);
    FD_SET(pipe_ends[0], &set);
    EXPECT(calls->select(pipe_ends[0] + 1, &set, NULL, NULL, &t) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    EXPECT(!FD_ISSET(pipe_ends[0], &set));
    EXPECT(t.tv_sec == 0 && t.tv_usec == 0);
    return NULL;
}

static const char *op_pselect(const struct toc_interpose_real *calls)
{
    const struct timespec t = {0, 50 * MS};
    const int64_t start = storm_now();
    fd_set set;

    FD_ZERO(&set);
    FD_SET(pipe_ends[0], &set);
    EXPECT(calls->pselect(pipe_ends[0] + 1, &set, NULL, NULL, &t, NULL) == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static int epoll_on_pipe(void)
{
    const int fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(epoll_ctl(fd, EPOLL_CTL_ADD, pipe_ends[0], &event), 0);
    return fd;
}

static const char *op_epoll_wait(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    const int fd = epoll_on_pipe();
    struct epoll_event event;
    const int rc = calls->epoll_wait(fd, &event, 1, 50);

    close(fd);
    EXPECT(rc == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static const char *op_epoll_pwait(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    const int fd = epoll_on_pipe();
    struct epoll_event event;
    const int rc = calls->epoll_pwait(fd, &event, 1, 50, NULL);

    close(fd);
    EXPECT(rc == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static const char *op_epoll_pwait2(const struct toc_interpose_real *calls)
{
    const struct timespec t = {0, 50 * MS};
    const int64_t start = storm_now();
    const int fd = epoll_on_pipe();
    struct epoll_event event;
    const int rc = calls->epoll_pwait2(fd, &event, 1, &t, NULL);

    close(fd);
    EXPECT(rc == 0);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

START_TEST(multiplexing)
{
    storm_check_both(op_poll);
    storm_check_both(op_poll_chk);
    storm_check_both(op_ppoll);
    storm_check_both(op_ppoll_chk);
    storm_check_both(op_select);
    storm_check_both(op_pselect);
    storm_check_both(op_epoll_wait);
    storm_check_both(op_epoll_pwait);
    if (toc_interpose_real()->epoll_pwait2)
        storm_check_both(op_epoll_pwait2);
}
END_TEST

static const char *op_poll_for_data(const struct toc_interpose_real *calls)
{
    const struct later later = {pipe_ends[1], 1, 1, 30 * MS};
    struct pollfd pfd = {pipe_ends[0], POLLIN, 0};
    const pid_t pid = storm_helper(write_later, &later);
    const int rc = calls->poll(&pfd, 1, -1);
    char byte;

    storm_reap(pid);
    ck_assert_int_eq(read(pipe_ends[0], &byte, 1), 1);
    EXPECT(rc == 1);
    EXPECT(pfd.revents == POLLIN);
    return NULL;
}

static const char *op_select_for_data(const struct toc_interpose_real *calls)
{
    const struct later later = {pipe_ends[1], 1, 1, 30 * MS};
    const pid_t pid = storm_helper(write_later, &later);
    struct timeval t = {60, 0};
    fd_set set;
    char byte;
    int rc;

    FD_ZERO(&set);
    FD_SET(pipe_ends[0], &set);
    rc = calls->select(pipe_ends[0] + 1, &set, NULL, NULL, &t);
    storm_reap(pid);
    ck_assert_int_eq(read(pipe_ends[0], &byte, 1), 1);
    EXPECT(rc == 1);
    EXPECT(FD_ISSET(pipe_ends[0], &set));
    EXPECT(t.tv_sec < 60 && t.tv_sec >= 60 - LATE);
    return NULL;
}

START_TEST(multiplexing_data)
{
    storm_check_both(op_poll_for_data);
    storm_check_both(op_select_for_data);
}
END_TEST

START_TEST(multiplexing_errors)
{
    struct timespec bad = {-1, 0};
    struct epoll_event event;

    ck_assert_int_eq(ppoll(NULL, 0, &bad, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(pselect(0, NULL, NULL, NULL, &bad, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(select(-1, NULL, NULL, NULL, NULL), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(epoll_wait(-1, &event, 1, 0), -1);
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* ---- reading and writing ---- */

enum { MIB = 1 << 20 };

struct drain {
    int fd;
    size_t size;
    int writer; /* closed in the reader, which sees the end then; 0: none */
};

/* Reads slowly and checks the contents: byte i is i % 251. */
static void drain_slowly(const void *argument)
{
    const struct drain *drain = argument;
    static unsigned char buffer[32768];
    size_t got = 0;
    ssize_t n;

    if (drain->writer > 0)
        close(drain->writer);
    while (got < drain->size && (n = read(drain->fd, buffer, sizeof(buffer))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] != (got + (size_t)i) % 251)
                _exit(2);
        }
        got += (size_t)n;
        storm_rest(MS);
    }
}

static unsigned char *pattern(size_t size)
{
    unsigned char *p = malloc(size);

    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < size; i++)
        p[i] = i % 251;
    return p;
}

enum way { WRITE, WRITEV, SEND, SENDTO, SENDMSG, SENDMMSG };

/* Sends a MiB in pieces of odd sizes, the way that is asked for; the bytes that the call reports.
 */
static ssize_t send_mib(const struct toc_interpose_real *calls, int fd, enum way way)
{
    unsigned char *p = pattern(MIB);
    struct iovec iov[4] = {{p, 0}, {p, 70001}, {p + 70001, 3}, {p + 70004, MIB - 70004}};
    struct mmsghdr messages[2] = {{{.msg_iov = iov, .msg_iovlen = 3}, 0},
                                  {{.msg_iov = iov + 3, .msg_iovlen = 1}, 0}};
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = 4};
    ssize_t n = -1;

    switch (way) {
    case WRITE:
        n = calls->write(fd, p, MIB);
        break;
    case WRITEV:
        n = calls->writev(fd, iov, 4);
        break;
    case SEND:
        n = calls->send(fd, p, MIB, 0);
        break;
    case SENDTO:
        n = calls->sendto(fd, p, MIB, 0, NULL, 0);
        break;
    case SENDMSG:
        n = calls->sendmsg(fd, &message, 0);
        break;
    case SENDMMSG:
        n = calls->sendmmsg(fd, messages, 2, 0);
        n = n < 2 ? n : messages[0].msg_len + (ssize_t)messages[1].msg_len;
        break;
    }
    free(p);
    return n;
}

/* A stream of this domain, or a pipe (0). */
static void make_stream(int domain, int ends[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener;

    if (domain == 0) {
        ck_assert_int_eq(pipe(ends), 0);
    } else if (domain == AF_UNIX) {
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    } else {
        listener = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
        ck_assert_int_eq(listen(listener, 1), 0);
        ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
        ends[1] = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(connect(ends[1], (struct sockaddr *)&address, size), 0);
        ends[0] = accept(listener, NULL, NULL);
        ck_assert_int_ge(ends[0], 0);
        close(listener);
    }
}

static int stream_domain;
static enum way stream_way;

static const char *op_send_all(const struct toc_interpose_real *calls)
{
    int ends[2];
    struct drain drain;
    pid_t pid;
    ssize_t n;

    make_stream(stream_domain, ends);
    drain.fd = ends[0];
    drain.size = MIB; /* less, when the writer closes before (libc's leaves some out) */
    drain.writer = ends[1];
    pid = storm_helper(drain_slowly, &drain);
    close(ends[0]);
    n = send_mib(calls, ends[1], stream_way);
    close(ends[1]);
    storm_reap(pid);
    EXPECT(n == MIB);
    return NULL;
}

static void check_send(int domain, enum way way)
{
    stream_domain = domain;
    stream_way = way;
    if (domain == AF_INET) /* the buffers of the loopback take all of it at times */
        storm_check_ours(op_send_all);
    else
        storm_check_both(op_send_all);
}

START_TEST(write_all)
{
    check_send(0, WRITE);
    check_send(0, WRITEV);
    check_send(AF_UNIX, WRITE);
    check_send(AF_UNIX, WRITEV);
    check_send(AF_INET, WRITE);
}
END_TEST

START_TEST(send_all)
{
    check_send(AF_UNIX, SEND);
    check_send(AF_UNIX, SENDTO);
    check_send(AF_UNIX, SENDMSG);
    check_send(AF_UNIX, SENDMMSG);
    check_send(AF_INET, SEND);
    check_send(AF_INET, SENDMSG);
}
END_TEST

/* What must not be finished: a descriptor or a call that does not block. */
START_TEST(write_not_blocking)
{
    unsigned char *p = pattern(MIB);
    int ends[2];

    make_stream(0, ends);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(write(ends[1], p, MIB), 65536);
    ck_assert_int_eq(write(ends[1], p, MIB), -1);
    ck_assert_int_eq(errno, EAGAIN);
    close(ends[0]);
    close(ends[1]);

    make_stream(AF_UNIX, ends);
    ck_assert_int_lt(send(ends[1], p, MIB, MSG_DONTWAIT), MIB);
    close(ends[0]);
    close(ends[1]);
    free(p);
}
END_TEST

/* The reader goes in the middle: what was taken is reported, and only the next call fails. */
static void read_some_and_leave(const void *argument)
{
    static char buffer[1000];
    const int fd = *(const int *)argument;

    if (read(fd, buffer, sizeof(buffer)) < 1)
        _exit(1);
    storm_rest(30 * MS);
}

START_TEST(write_to_a_leaving_reader)
{
    unsigned char *p = pattern(MIB);
    int ends[2];
    ssize_t n;
    pid_t pid;

    make_stream(AF_UNIX, ends);
    pid = storm_helper(read_some_and_leave, &ends[0]);
    close(ends[0]);
    n = write(ends[1], p, MIB); /* SIGPIPE would kill the test here */
    ck_assert_int_gt(n, 0);
    ck_assert_int_lt(n, MIB);
    ck_assert_int_eq(send(ends[1], p, 1, MSG_NOSIGNAL), -1);
    storm_reap(pid);
    close(ends[1]);
    free(p);
}
END_TEST

enum receive_way { RECV, RECV_CHK, RECVFROM, RECVFROM_CHK, RECVMSG, PEEK };
static enum receive_way receive_way;

static ssize_t receive_all(const struct toc_interpose_real *calls, int fd, char *buf, size_t len)
{
    struct iovec iov[2] = {{buf, 4}, {buf + 4, len - 4}};
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};

    switch (receive_way) {
    case RECV:
        return calls->recv(fd, buf, len, MSG_WAITALL);
    case RECV_CHK:
        return calls->__recv_chk(fd, buf, len, len, MSG_WAITALL);
    case RECVFROM:
        return calls->recvfrom(fd, buf, len, MSG_WAITALL, NULL, NULL);
    case RECVFROM_CHK:
        return calls->__recvfrom_chk(fd, buf, len, len, MSG_WAITALL, NULL, NULL);
    case RECVMSG:
        return calls->recvmsg(fd, &message, MSG_WAITALL);
    case PEEK:
        return calls->recv(fd, buf, len, MSG_WAITALL | MSG_PEEK);
    }
    return -1;
}

static const char *op_receive_all(const struct toc_interpose_real *calls)
{
    char buffer[12];
    struct later later = {-1, 4, 3, 10 * MS};
    int ends[2];
    pid_t pid;
    ssize_t n;

    make_stream(stream_domain, ends);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    n = receive_all(calls, ends[0], buffer, sizeof(buffer));
    storm_reap(pid);
    close(ends[0]);
    close(ends[1]);
    EXPECT(n == (ssize_t)sizeof(buffer));
    return NULL;
}

START_TEST(receive_waits_for_all)
{
    static const int domains[] = {AF_UNIX, AF_INET};

    for (int d = 0; d < 2; d++) {
        stream_domain = domains[d];
        for (receive_way = RECV; receive_way <= RECVMSG; receive_way++)
            storm_check_both(op_receive_all);
    }
    receive_way = PEEK;
    storm_check_both(op_receive_all);
}
END_TEST

/* Not finished: the stream ends; a message ends; nothing was asked for. */
START_TEST(receive_ends)
{
    struct later later = {-1, 2, 3, 10 * MS};
    char buffer[12];
    int ends[2];
    pid_t pid;

    make_stream(AF_INET, ends);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    close(ends[1]);
    ck_assert_int_eq(recv(ends[0], buffer, sizeof(buffer), MSG_WAITALL), 6);
    ck_assert_int_eq(recv(ends[0], buffer, sizeof(buffer), MSG_WAITALL), 0);
    storm_reap(pid);
    close(ends[0]);

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    ck_assert_int_eq(recv(ends[0], buffer, sizeof(buffer), MSG_WAITALL), 3);
    ck_assert_int_eq(read(ends[0], buffer, sizeof(buffer)), 3);
    storm_reap(pid);
    close(ends[0]);
    close(ends[1]);

    make_stream(0, ends);
    later.fd = ends[1];
    later.times = 1;
    pid = storm_helper(write_later, &later);
    ck_assert_int_eq(read(ends[0], buffer, sizeof(buffer)), 3);
    storm_reap(pid);
    pid = storm_helper(write_later, &later);
    ck_assert_int_eq(__read_chk(ends[0], buffer, sizeof(buffer), sizeof(buffer)), 3);
    storm_reap(pid);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

static void set_time_out(int fd, int option)
{
    const struct timeval t = {0, 60000};

    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, option, &t, sizeof(t)), 0);
}

enum timed_way { TIMED_RECV, TIMED_RECVMSG, TIMED_READ, TIMED_READV, TIMED_ALL };
static enum timed_way timed_way;

static const char *op_receive_timed(const struct toc_interpose_real *calls)
{
    char buffer[8];
    struct iovec iov = {buffer, sizeof(buffer)};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
    const int64_t start = storm_now();
    ssize_t n = 0;
    int ends[2], error;

    make_stream(AF_UNIX, ends);
    set_time_out(ends[0], SO_RCVTIMEO);
    if (timed_way == TIMED_RECV)
        n = calls->recv(ends[0], buffer, sizeof(buffer), 0);
    else if (timed_way == TIMED_RECVMSG)
        n = calls->recvmsg(ends[0], &message, 0);
    else if (timed_way == TIMED_READ)
        n = calls->read(ends[0], buffer, sizeof(buffer));
    else
        n = calls->readv(ends[0], &iov, 1);
    error = errno;
    close(ends[0]);
    close(ends[1]);
    EXPECT(n == -1 && error == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.055); /* the kernel counts in jiffies */
    EXPECT(storm_seconds(start) < LATE);
    return NULL;
}

/* A part arrives, then nothing: the part is what recv reports. */
static const char *op_receive_part_timed(const struct toc_interpose_real *calls)
{
    struct later later = {-1, 1, 3, 10 * MS};
    const int64_t start = storm_now();
    char buffer[8];
    int ends[2];
    pid_t pid;
    ssize_t n;

    make_stream(AF_UNIX, ends);
    set_time_out(ends[0], SO_RCVTIMEO);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    n = calls->recv(ends[0], buffer, sizeof(buffer), MSG_WAITALL);
    storm_reap(pid);
    close(ends[0]);
    close(ends[1]);
    EXPECT(n == 3);
    EXPECT(storm_seconds(start) >= 0.055);
    EXPECT(storm_seconds(start) < LATE);
    return NULL;
}

static int unix_listener(struct sockaddr_un *address, socklen_t *size)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    *size = sizeof(sa_family_t); /* the kernel chooses a name */
    ck_assert_int_eq(bind(fd, (struct sockaddr *)address, *size), 0);
    ck_assert_int_eq(listen(fd, 0), 0);
    *size = sizeof(*address);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)address, size), 0);
    return fd;
}

static const char *op_accept_timed(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    struct sockaddr_un address;
    socklen_t size;
    const int fd = unix_listener(&address, &size);
    int rc[2], error;

    set_time_out(fd, SO_RCVTIMEO);
    rc[0] = calls->accept(fd, NULL, NULL);
    error = errno;
    rc[1] = calls->accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    close(fd);
    EXPECT(rc[0] == -1 && error == EAGAIN);
    EXPECT(rc[1] == -1 && errno == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.11);
    return NULL;
}

static const char *op_connect_timed(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    struct sockaddr_un address;
    socklen_t size;
    const int listener = unix_listener(&address, &size);
    const int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0);
    int rc, error;

    /* The queue has room for one. */
    ck_assert_int_eq(connect(first, (struct sockaddr *)&address, size), 0);
    set_time_out(second, SO_SNDTIMEO);
    rc = calls->connect(second, (struct sockaddr *)&address, size);
    error = errno;
    close(first);
    close(second);
    close(listener);
    EXPECT(rc == -1 && error == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.055);
    EXPECT(storm_seconds(start) < LATE);
    return NULL;
}

static const char *op_send_timed(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    int ends[2], error;
    ssize_t n;
    unsigned char *p = pattern(MIB);

    make_stream(AF_UNIX, ends);
    ck_assert_int_gt(calls->send(ends[1], p, MIB, MSG_DONTWAIT), 0);
    set_time_out(ends[1], SO_SNDTIMEO);
    n = calls->send(ends[1], p, MIB, 0);
    error = errno;
    close(ends[0]);
    close(ends[1]);
    free(p);
    EXPECT(n == -1 && error == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.055);
    EXPECT(storm_seconds(start) < LATE);
    return NULL;
}

START_TEST(socket_time_outs)
{
    for (timed_way = TIMED_RECV; timed_way < TIMED_ALL; timed_way++)
        storm_check_both(op_receive_timed);
    storm_check_both(op_receive_part_timed);
    storm_check_both(op_accept_timed);
    storm_check_both(op_connect_timed);
    storm_check_both(op_send_timed);
}
END_TEST

static const char *op_recvmmsg(const struct toc_interpose_real *calls)
{
    struct later later = {-1, 3, 5, 10 * MS};
    char buffer[4][8];
    struct iovec iov[4];
    struct mmsghdr messages[4];
    int ends[2], error = 0, rc;
    socklen_t size = sizeof(error);
    pid_t pid;

    memset(messages, 0, sizeof(messages));
    for (int i = 0; i < 4; i++) {
        iov[i].iov_base = buffer[i];
        iov[i].iov_len = sizeof(buffer[i]);
        messages[i].msg_hdr.msg_iov = &iov[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    rc = calls->recvmmsg(ends[0], messages, 3, 0, NULL);
    getsockopt(ends[0], SOL_SOCKET, SO_ERROR, &error, &size);
    storm_reap(pid);
    close(ends[0]);
    close(ends[1]);
    EXPECT(rc == 3);
    EXPECT(error == 0);
    EXPECT(messages[0].msg_len == 5 && messages[2].msg_len == 5);
    return NULL;
}

START_TEST(receive_several)
{
    struct timespec t = {0, 1 * MS};
    struct later later = {-1, 3, 5, 10 * MS};
    struct mmsghdr messages[4];
    int ends[2];
    pid_t pid;

    storm_check_both(op_recvmmsg);

    memset(messages, 0, sizeof(messages)); /* no buffers: datagrams are cut */
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
    ck_assert_int_eq(write(ends[1], "a", 1), 1);
    ck_assert_int_eq(write(ends[1], "b", 1), 1);
    ck_assert_int_eq(recvmmsg(ends[0], messages, 4, MSG_WAITFORONE, NULL), 2);
    ck_assert_int_eq(recvmmsg(ends[0], messages, 4, MSG_DONTWAIT, NULL), -1);
    ck_assert_int_eq(errno, EAGAIN);
    later.fd = ends[1];
    pid = storm_helper(write_later, &later);
    ck_assert_int_ge(recvmmsg(ends[0], messages, 4, 0, &t), 1); /* the time ends before the first */
    ck_assert_int_eq(t.tv_nsec, 0);
    storm_reap(pid);
    t.tv_nsec = -1;
    ck_assert_int_eq(recvmmsg(ends[0], messages, 3, 0, &t), -1);
    ck_assert_int_eq(errno, EINVAL);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

enum { LARGE = 64 << 20 };

static const char *op_read_zeros(const struct toc_interpose_real *calls)
{
    const int fd = open("/dev/zero", O_RDONLY);
    char *p = malloc(LARGE);
    struct iovec iov[2] = {{p, LARGE / 2}, {p + LARGE / 2, LARGE / 2}};
    ssize_t n[2];

    ck_assert_int_ge(fd, 0);
    ck_assert_ptr_nonnull(p);
    n[0] = calls->read(fd, p, LARGE);
    n[1] = calls->readv(fd, iov, 2);
    close(fd);
    free(p);
    EXPECT(n[0] == LARGE);
    EXPECT(n[1] == LARGE);
    return NULL;
}

static const char *op_getrandom(const struct toc_interpose_real *calls)
{
    enum { SIZE = 8 << 20 };
    char *p = malloc(SIZE);
    ssize_t n;

    ck_assert_ptr_nonnull(p);
    n = calls->getrandom(p, SIZE, 0);
    free(p);
    EXPECT(n == SIZE);
    return NULL;
}

static int file_of(size_t size)
{
    FILE *file = tmpfile();
    const int fd = file ? dup(fileno(file)) : -1;

    ck_assert_int_ge(fd, 0);
    fclose(file);
    for (size_t done = 0; done < size; done += MIB) {
        unsigned char *p = pattern(size - done < MIB ? size - done : MIB);

        ck_assert_int_eq(write(fd, p, MIB), MIB);
        free(p);
    }
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static const char *op_sendfile(const struct toc_interpose_real *calls)
{
    const int in = file_of(MIB);
    struct drain drain = {.size = MIB};
    off_t offset = 0;
    int ends[2];
    ssize_t n;
    pid_t pid;

    make_stream(AF_UNIX, ends);
    drain.fd = ends[0];
    drain.writer = ends[1];
    pid = storm_helper(drain_slowly, &drain);
    close(ends[0]);
    n = calls->sendfile(ends[1], in, &offset, 2 * MIB); /* ends at the end of the file */
    close(ends[1]);
    close(in);
    storm_reap(pid);
    EXPECT(n == MIB);
    EXPECT(offset == MIB);
    return NULL;
}

START_TEST(large_amounts)
{
    storm_check_both(op_read_zeros);
    storm_check_both(op_getrandom);
    storm_check_both(op_sendfile);
}
END_TEST

START_TEST(copy_of_a_file)
{
    enum { SIZE = 64 * MIB };
    const int in = file_of(SIZE), out = file_of(0);

    ck_assert_int_eq(copy_file_range(in, NULL, out, NULL, SIZE, 0), SIZE);
    ck_assert_int_eq(copy_file_range(in, NULL, out, NULL, SIZE, 0), 0);
    close(in);
    close(out);
}
END_TEST

/* ---- semaphores and queues ---- */

static void deadline_in(clockid_t clock, int64_t ns, struct timespec *t)
{
    const int64_t end = toc_interpose_now(clock) + ns;

    t->tv_sec = end / TOC_NS_PER_S;
    t->tv_nsec = end % TOC_NS_PER_S;
}

static const char *op_sem_timedwait(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    struct timespec t;
    sem_t sem;

    sem_init(&sem, 0, 0);
    deadline_in(CLOCK_REALTIME, 150 * MS, &t);
    EXPECT(calls->sem_timedwait(&sem, &t) == -1);
    EXPECT(errno == ETIMEDOUT);
    EXPECT(storm_seconds(start) >= 0.15);
    return NULL;
}

static const char *op_sem_clockwait(const struct toc_interpose_real *calls)
{
    const int64_t start = storm_now();
    struct timespec t;
    sem_t sem;

    sem_init(&sem, 0, 0);
    deadline_in(CLOCK_MONOTONIC, 50 * MS, &t);
    EXPECT(calls->sem_clockwait(&sem, CLOCK_MONOTONIC, &t) == -1);
    EXPECT(errno == ETIMEDOUT);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

static const char *op_aio_suspend(const struct toc_interpose_real *calls)
{
    const struct timespec t = {0, 150 * MS};
    struct aiocb cb = {.aio_fildes = pipe_ends[0], .aio_nbytes = 1};
    const struct aiocb *list[1] = {&cb};
    const int64_t start = storm_now();
    char byte = 0;
    int rc, error;

    cb.aio_buf = &byte;
    ck_assert_int_eq(aio_read(&cb), 0);
    rc = calls->aio_suspend(list, 1, &t);
    error = errno;
    ck_assert_int_eq(write(pipe_ends[1], "x", 1), 1);
    while (aio_error(&cb) == EINPROGRESS)
        storm_rest(MS);
    EXPECT(rc == -1);
    EXPECT(error == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.15);
    return NULL;
}

START_TEST(semaphores)
{
    storm_check_both(op_sem_timedwait);
    if (toc_interpose_real()->sem_clockwait)
        storm_check_both(op_sem_clockwait);
    storm_check_both(op_aio_suspend);
}
END_TEST

struct text {
    long type;
    char bytes[4096];
};

/* -1 where the kernel has no System V IPC. */
static int sysv_id = -1;

static void send_message_later(const void *argument)
{
    struct text message = {1, "x"};

    storm_rest(30 * MS);
    if (msgsnd(*(const int *)argument, &message, 1, 0) != 0)
        _exit(1);
}

static void take_message_later(const void *argument)
{
    struct text message;

    storm_rest(30 * MS);
    if (msgrcv(*(const int *)argument, &message, sizeof(message.bytes), 0, 0) < 0)
        _exit(1);
}

static const char *op_msgrcv(const struct toc_interpose_real *calls)
{
    const pid_t pid = storm_helper(send_message_later, &sysv_id);
    struct text message;
    const ssize_t n = calls->msgrcv(sysv_id, &message, sizeof(message.bytes), 0, 0);

    storm_reap(pid);
    if (n < 0)
        msgrcv(sysv_id, &message, sizeof(message.bytes), 0, 0);
    EXPECT(n == 1);
    return NULL;
}

static const char *op_msgsnd(const struct toc_interpose_real *calls)
{
    struct text message = {1, "x"};
    pid_t pid;
    int rc;

    while (msgsnd(sysv_id, &message, sizeof(message.bytes), IPC_NOWAIT) == 0)
        ;
    pid = storm_helper(take_message_later, &sysv_id);
    rc = calls->msgsnd(sysv_id, &message, sizeof(message.bytes), 0);
    storm_reap(pid);
    EXPECT(rc == 0);
    return NULL;
}

START_TEST(message_queues)
{
    sysv_id = msgget(IPC_PRIVATE, 0600);
    if (sysv_id < 0)
        return;
    storm_check_both(op_msgrcv);
    storm_check_both(op_msgsnd);
    msgctl(sysv_id, IPC_RMID, NULL);
}
END_TEST

static void post_later(const void *argument)
{
    struct sembuf up = {0, 1, 0};

    storm_rest(30 * MS);
    if (semop(*(const int *)argument, &up, 1) != 0)
        _exit(1);
}

static const char *op_semop(const struct toc_interpose_real *calls)
{
    const pid_t pid = storm_helper(post_later, &sysv_id);
    struct sembuf down = {0, -1, 0};
    const int rc = calls->semop(sysv_id, &down, 1);

    storm_reap(pid);
    if (rc != 0)
        semop(sysv_id, &down, 1);
    EXPECT(rc == 0);
    return NULL;
}

static const char *op_semtimedop(const struct toc_interpose_real *calls)
{
    const struct timespec t = {0, 50 * MS};
    const int64_t start = storm_now();
    struct sembuf down = {0, -1, 0};

    EXPECT(calls->semtimedop(sysv_id, &down, 1, &t) == -1);
    EXPECT(errno == EAGAIN);
    EXPECT(storm_seconds(start) >= 0.05);
    return NULL;
}

START_TEST(semaphore_sets)
{
    sysv_id = semget(IPC_PRIVATE, 1, 0600);
    if (sysv_id < 0)
        return;
    storm_check_both(op_semop);
    storm_check_both(op_semtimedop);
    semctl(sysv_id, 0, IPC_RMID);
}
END_TEST

/* ---- the whole ---- */

/* Libc's own input and output, over its internal calls. */
START_TEST(stdio)
{
    struct drain drain = {0};
    unsigned char *p = pattern(MIB);
    FILE *file;
    pid_t pid;

    drain.fd = pipe_ends[0];
    drain.size = MIB;
    pid = storm_helper(drain_slowly, &drain);
    file = fdopen(dup(pipe_ends[1]), "w");
    ck_assert_int_eq(fwrite(p, 1, MIB, file), MIB);
    ck_assert_int_eq(fclose(file), 0);
    storm_reap(pid);
    free(p);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("interpose");
    TCase *c = tcase_create("calls");

    /* Checked: the bells must reach the process of the test. */
    tcase_add_checked_fixture(c, make_pipe, close_pipe);
    tcase_add_checked_fixture(c, storm_start, storm_stop);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, sleeps);
    tcase_add_test(c, sleep_keeps_its_length);
    tcase_add_test(c, sleep_errors);
    tcase_add_test(c, multiplexing);
    tcase_add_test(c, multiplexing_data);
    tcase_add_test(c, multiplexing_errors);
    tcase_add_test(c, write_all);
    tcase_add_test(c, send_all);
    tcase_add_test(c, write_not_blocking);
    tcase_add_test(c, write_to_a_leaving_reader);
    tcase_add_test(c, receive_waits_for_all);
    tcase_add_test(c, receive_ends);
    tcase_add_test(c, socket_time_outs);
    tcase_add_test(c, receive_several);
    tcase_add_test(c, large_amounts);
    tcase_add_test(c, copy_of_a_file);
    tcase_add_test(c, semaphores);
    tcase_add_test(c, message_queues);
    tcase_add_test(c, semaphore_sets);
    tcase_add_test(c, stdio);
    suite_add_tcase(s, c);
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
