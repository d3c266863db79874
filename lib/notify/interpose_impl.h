/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by the interpose*.c files only. Include it before any other header: it switches
 * fortification off, whose inline definitions would collide with the functions defined here.
 */
#ifndef TOC_NOTIFY_INTERPOSE_IMPL_H
#define TOC_NOTIFY_INTERPOSE_IMPL_H

#undef _FORTIFY_SOURCE

#include <aio.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "base/syscall.h"
#include "notify/interpose_handler.h"

/* Weak for libmpi_abi.a: a program's own function of that name goes before ours there too, instead
 * of being one definition too many. */
#define TOC_EXPORT __attribute__((visibility("default"), weak))

/* Functions of libc that its headers do not declare, or not always. */
ssize_t __read_chk(int fd, void *buf, size_t len, size_t size);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t size, int flags,
                       struct sockaddr *restrict from, socklen_t *restrict fromlen);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask,
                size_t size);
sighandler_t bsd_signal(int signo, sighandler_t handler);
int __sigpause(int signo_or_bits, int is_signo);
int epoll_pwait2(int fd, struct epoll_event *events, int max, const struct timespec *timeout,
                 const sigset_t *mask);
int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict deadline);

/* The functions under the wrappers. */
#define TOC_INTERPOSE_REAL(X)                                                                      \
    X(accept)                                                                                      \
    X(accept4)                                                                                     \
    X(aio_suspend)                                                                                 \
    X(clock_nanosleep)                                                                             \
    X(connect)                                                                                     \
    X(copy_file_range)                                                                             \
    X(epoll_pwait)                                                                                 \
    X(epoll_pwait2)                                                                                \
    X(epoll_wait)                                                                                  \
    X(getrandom)                                                                                   \
    X(msgrcv)                                                                                      \
    X(msgsnd)                                                                                      \
    X(nanosleep)                                                                                   \
    X(pause)                                                                                       \
    X(poll)                                                                                        \
    X(ppoll)                                                                                       \
    X(pselect)                                                                                     \
    X(read)                                                                                        \
    X(readv)                                                                                       \
    X(recv)                                                                                        \
    X(recvfrom)                                                                                    \
    X(recvmmsg)                                                                                    \
    X(recvmsg)                                                                                     \
    X(select)                                                                                      \
    X(sem_clockwait)                                                                               \
    X(sem_timedwait)                                                                               \
    X(semop)                                                                                       \
    X(semtimedop)                                                                                  \
    X(send)                                                                                        \
    X(sendfile)                                                                                    \
    X(sendmmsg)                                                                                    \
    X(sendmsg)                                                                                     \
    X(sendto)                                                                                      \
    X(sigaction)                                                                                   \
    X(sigsuspend)                                                                                  \
    X(sigtimedwait)                                                                                \
    X(sigwait)                                                                                     \
    X(sigwaitinfo)                                                                                 \
    X(sleep)                                                                                       \
    X(thrd_sleep)                                                                                  \
    X(usleep)                                                                                      \
    X(write)                                                                                       \
    X(writev)                                                                                      \
    X(__poll_chk)                                                                                  \
    X(__ppoll_chk)                                                                                 \
    X(__read_chk)                                                                                  \
    X(__recv_chk)                                                                                  \
    X(__recvfrom_chk)

struct toc_interpose_real {
#define TOC_INTERPOSE_FIELD(name) __typeof__(name) *name;
    TOC_INTERPOSE_REAL(TOC_INTERPOSE_FIELD)
#undef TOC_INTERPOSE_FIELD
};

/** The functions of libc. Resolved when the library is loaded; a wrapper that some other
 * constructor calls earlier resolves them itself. */
const struct toc_interpose_real *toc_interpose_real(void);

static inline bool toc_interpose_active(void)
{
    return atomic_load_explicit(&toc_interpose_signo, memory_order_relaxed) != 0;
}

/* What had run on this thread when a wrapper began. */
struct toc_interpose_mark {
    unsigned bells, handlers;
};

static inline struct toc_interpose_mark toc_interpose_mark(void)
{
    struct toc_interpose_mark mark = {toc_interpose_self.bells, toc_interpose_self.handlers};

    return mark;
}

/** Would the call have gone on without the library? An interruption for which neither a bell nor a
 *  handler of the program is to blame (stopped and continued) is the program's to see. */
static inline bool toc_interpose_only_bells(struct toc_interpose_mark mark)
{
    return toc_interpose_self.handlers == mark.handlers &&
           (toc_interpose_self.bells != mark.bells || toc_interpose_uncounted);
}

/**
 * Repeats a system call that bells interrupted: the raw call, as cancellation point, and -EINTR if
 * a handler of the program has run since `mark`, even in the last instruction before the call: it
 * cannot be lost and leave the thread blocked. Result as the kernel gives it.
 */
long toc_interpose_retry(struct toc_interpose_mark mark, long nr, long a1, long a2, long a3,
                         long a4, long a5, long a6);

/** Kernel result to libc result. */
static inline long toc_interpose_result(long result)
{
    if (result >= 0)
        return result;
    errno = (int)-result;
    return -1;
}

enum { TOC_NS_PER_S = 1000000000 };
#define TOC_INTERPOSE_FOREVER INT64_MAX

/** Nanoseconds on a clock. */
static inline int64_t toc_interpose_now(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * TOC_NS_PER_S + now.tv_nsec;
}

/** Valid timespec to nanoseconds; what does not fit (292 years) is for ever. */
static inline int64_t toc_interpose_ns(const struct timespec *t)
{
    int64_t ns;

    if (__builtin_mul_overflow((int64_t)t->tv_sec, (int64_t)TOC_NS_PER_S, &ns) ||
        __builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns))
        return TOC_INTERPOSE_FOREVER;
    return ns;
}

static inline int64_t toc_interpose_deadline(int64_t start, int64_t ns)
{
    int64_t deadline;

    return __builtin_add_overflow(start, ns, &deadline) ? TOC_INTERPOSE_FOREVER : deadline;
}

/** Time left until a deadline, not negative; returns `left`, or NULL (for ever). */
static inline struct timespec *toc_interpose_left(clockid_t clock, int64_t deadline,
                                                  struct timespec *left)
{
    int64_t ns;

    if (deadline == TOC_INTERPOSE_FOREVER)
        return NULL;
    ns = deadline - toc_interpose_now(clock);
    if (ns < 0)
        ns = 0;
    left->tv_sec = ns / TOC_NS_PER_S;
    left->tv_nsec = ns % TOC_NS_PER_S;
    return left;
}

/* interpose_signal.c */
/** sigaction with the trampoline in between, for any signal. */
int toc_interpose_action(int signo, const struct sigaction *act, struct sigaction *old);
/** Installs the handler of bells; SA_ONSTACK as the program has it for this signal. */
int toc_interpose_install(int signo, const struct sigaction *view, struct sigaction *old);

/* interpose_wait.c */
/** ppoll until a CLOCK_MONOTONIC deadline, through bells. Kernel result. */
long toc_interpose_poll(struct toc_interpose_mark mark, struct pollfd *fds, nfds_t n,
                        int64_t deadline, const sigset_t *mask);

/* interpose_transfer.c */
/** A call that moves bytes: what had run when it began, and when that was (CLOCK_MONOTONIC). */
struct toc_interpose_call {
    struct toc_interpose_mark mark;
    int64_t start;
    int fd;
};

enum toc_interpose_op {
    TOC_INTERPOSE_READ,
    TOC_INTERPOSE_WRITE,
    TOC_INTERPOSE_RECV,
    TOC_INTERPOSE_SEND
};

static inline struct toc_interpose_call toc_interpose_begin(int fd)
{
    struct toc_interpose_call call = {toc_interpose_mark(), toc_interpose_now(CLOCK_MONOTONIC), fd};

    return call;
}

/** After a call failed: shall it be repeated? Waits on a socket with a time-out for what is left of
 *  it. If not, errno is what the program should see. `events` is POLLIN or POLLOUT. */
bool toc_interpose_again(const struct toc_interpose_call *call, short events);

/** After a call moved `done` bytes of iov: moves the rest if a bell cut it short and the program
 *  would not have seen that otherwise. Returns the bytes moved in all. */
ssize_t toc_interpose_finish(const struct toc_interpose_call *call, enum toc_interpose_op op,
                             const struct iovec *iov, size_t count, ssize_t done, int flags);

/** Bytes that one call can move with this vector. */
size_t toc_interpose_length(const struct iovec *iov, size_t count);

#endif
