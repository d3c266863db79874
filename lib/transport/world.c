/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_world_meet, toc_world_strike, toc_world_ring_bell, toc_world_remind,
 * toc_world_inspect, toc_world_is_closed, toc_world_has_ended */
#include "transport/world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/error.h"
#include "base/exchange.h"
#include "base/stats.h"
#include "base/syscall.h"
#include "transport/corrupt.h"
#include "transport/memory.h"

struct toc_world toc_world;

/* What peers must find when they try a cross-memory read. */
static uint64_t nonce;

static bool read_number(const char *name, long low, long high, long *value)
{
    const char *text = getenv(name);
    char *end;
    if (text == NULL || *text == '\0')
        return false;
    errno = 0;
    *value = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' && *value >= low && *value <= high;
}

static int usable_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        return CPU_COUNT(&set);
    return 1;
}

/* The program's children have no business with it. What is not the socket that mpirun speaks of in
 * the segment is left alone. */
static void take_exchange(void)
{
    long fd;
    if (!read_number(TOC_ENV_EXCHANGE_FD, 0, 1 << 20, &fd))
        return;
    unsetenv(TOC_ENV_EXCHANGE_FD);
    if (fd != toc_world.job->exchange_fd || !toc_exchange_is_way((int)fd))
        return;
    if (toc_world.notifier->publish == NULL || fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0)
        close((int)fd);
    else
        toc_world.exchange = (int)fd;
}

/* What mpirun says of the job in the environment. */
struct ticket {
    long fd;
    int launcher;
    unsigned long long nonce;
};

static bool read_ticket(struct ticket *ticket, char *message, size_t size)
{
    const char *id = getenv(TOC_ENV_JOB_ID);
    int used = 0;
    const char *wrong = TOC_ENV_JOB_ID;
    if (!read_number(TOC_ENV_JOB_FD, 0, 1 << 20, &ticket->fd))
        wrong = TOC_ENV_JOB_FD;
    else if (id != NULL &&
             sscanf(id, "%d-%16llx%n", &ticket->launcher, &ticket->nonce, &used) == 2 &&
             id[used] == '\0')
        return true;
    const char *value = getenv(wrong);
    snprintf(message, size,
             "%s=%s is not what mpirun sets: start the program with mpirun, and let no script "
             "change the variables TOCSIN_*",
             wrong, value != NULL ? value : "");
    return false;
}

/* The segment behind a descriptor, if it is that of the job. */
static int attach_segment(const struct ticket *ticket, int fd, const char **what)
{
    int status = toc_job_attach(fd, &toc_world.job, what);
    if (status != 0)
        return status;
    if (toc_world.job->launcher_pid == ticket->launcher && toc_world.job->nonce == ticket->nonce)
        return 0;
    toc_job_detach(toc_world.job);
    toc_world.job = NULL;
    *what = "it belongs to another job";
    return TOC_ERR_MISMATCH;
}

/* Wrappers close descriptors (Python's subprocess does), or use their numbers. mpirun keeps the
 * segment open under the same number. Result: the descriptor, or a negative status. */
static int find_segment(const struct ticket *ticket, char *message, size_t size)
{
    const char *what = NULL, *there = NULL;
    char path[64];
    int status = attach_segment(ticket, (int)ticket->fd, &what);
    if (status == 0)
        return (int)ticket->fd;
    snprintf(path, sizeof(path), "/proc/%d/fd/%ld", ticket->launcher, ticket->fd);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        there = strerror(errno);
    } else if (attach_segment(ticket, fd, &there) == 0) {
        return fd;
    } else {
        close(fd);
    }
    snprintf(
        message, size,
        "cannot join the job: descriptor %ld is not its segment (%s), and neither is mpirun's, "
        "%s (%s); use the mpirun of the same Tocsin, and let no wrapper close descriptors",
        ticket->fd, what, path, there);
    return status;
}

static int attach_job(char *message, size_t size)
{
    struct ticket ticket;
    long rank, program;
    if (!read_ticket(&ticket, message, size))
        return TOC_ERR_MISMATCH;
    int fd = find_segment(&ticket, message, size);
    const struct toc_job_header *job = toc_world.job;
    if (fd < 0 || job == NULL) /* both, or neither */
        return fd;
    if (!read_number(TOC_ENV_RANK, 0, (long)job->nranks - 1, &rank)) {
        const char *value = getenv(TOC_ENV_RANK);
        snprintf(message, size, "%s=%s is not a rank of a job of %u", TOC_ENV_RANK,
                 value != NULL ? value : "", job->nranks);
        return TOC_ERR_MISMATCH;
    }
    toc_memory_open(fd);
    close(fd); /* the program's children have no business with it */
    unsetenv(TOC_ENV_JOB_FD);
    if (!read_number(TOC_ENV_PROGRAM, 0, TOC_MAX_RANKS, &program))
        program = 0;
    take_exchange();
    toc_world.rank = (int)rank;
    toc_world.program = (int)program;
    toc_world.launched = true;
    return 0;
}

static int single_job(char *message, size_t size)
{
    const char *what = NULL;
    int fd;
    int status = toc_job_create(1, (uint32_t)usable_cores(), 0, &fd, &toc_world.job, &what);
    if (status < 0) {
        snprintf(message, size, "cannot make shared memory for a job of one rank: %s: %s", what,
                 strerror(-status));
        return status;
    }
    status = toc_job_seal(toc_world.job, fd);
    close(fd);
    if (status < 0) {
        snprintf(message, size, "cannot map the segment of a job of one rank: %s",
                 strerror(-status));
        return status;
    }
    toc_world.rank = 0;
    toc_world.launched = false;
    return 0;
}

static uint64_t pid_namespace(void)
{
    struct stat st;
    return stat("/proc/self/ns/pid", &st) == 0 ? (uint64_t)st.st_ino : 0;
}

static struct toc_doorbell *bell_of(int rank)
{
    struct toc_job_header *job = toc_world.job;
    return (struct toc_doorbell *)((char *)job + job->layout.doorbells_offset) + rank;
}

static void publish(void)
{
    struct toc_job_rank *entry = toc_job_rank(toc_world.job, (uint32_t)toc_world.rank);
    atomic_store_explicit(&entry->pid, toc_world.pid, memory_order_relaxed);
    atomic_store_explicit(&entry->tid, toc_world.tid, memory_order_relaxed);
    atomic_store_explicit(&entry->notifier, toc_world.notifier->id, memory_order_relaxed);
    atomic_store_explicit(&entry->signo, (int)toc_env.signal, memory_order_relaxed);
    toc_world.pidns = pid_namespace();
    atomic_store_explicit(&entry->pidns, toc_world.pidns, memory_order_relaxed);
    atomic_store_explicit(&entry->nonce_address, (uintptr_t)&nonce, memory_order_relaxed);
}

static int make_peers(void)
{
    struct toc_job_header *job = toc_world.job;
    toc_world.peers = calloc((size_t)toc_world.size, sizeof(*toc_world.peers));
    if (toc_world.peers == NULL)
        return TOC_ERR_NO_MEM;
    for (int rank = 0; rank < toc_world.size; rank++) {
        struct toc_peer *peer = &toc_world.peers[rank];
        peer->rank = rank;
        peer->bell = bell_of(rank);
        peer->entry = toc_job_rank(job, (uint32_t)rank);
        toc_ring_bind(&peer->tx, job, (uint32_t)rank, (uint32_t)toc_world.rank);
        toc_ring_bind(&peer->rx, job, (uint32_t)toc_world.rank, (uint32_t)rank);
        toc_ring_pair(&peer->tx, &peer->rx);
        toc_slots_bind(&peer->tx_slots, job, (uint32_t)rank, (uint32_t)toc_world.rank);
        toc_slots_bind(&peer->rx_slots, job, (uint32_t)toc_world.rank, (uint32_t)rank);
    }
    return 0;
}

bool toc_world_is_launched(void)
{
    const char *fd = getenv(TOC_ENV_JOB_FD);
    return fd != NULL && *fd != '\0';
}

int toc_world_join(const struct toc_notify_ops *notifier, char *message, size_t size)
{
    toc_world.notifier = notifier;
    toc_world.exchange = -1;
    int status = toc_world_is_launched() ? attach_job(message, size) : single_job(message, size);
    if (status != 0)
        return status;
    struct toc_job_rank *entry = toc_job_rank(toc_world.job, (uint32_t)toc_world.rank);
    if (atomic_load(&entry->state) != TOC_RANK_STARTED) {
        snprintf(message, size,
                 "rank %d has been taken by process %d already: one program a rank may call "
                 "MPI_Init, once",
                 toc_world.rank, atomic_load(&entry->pid));
        return TOC_ERR_MISMATCH;
    }
    toc_world.size = (int)toc_world.job->nranks;
    toc_world.bell = bell_of(toc_world.rank);
    toc_world.pid = (int32_t)getpid();
    toc_world.tid = (int32_t)syscall(SYS_gettid);
    toc_world.pending_words = ((uint32_t)toc_world.size + 63) / 64;
    toc_world.always = toc_env.interrupt == TOC_ENV_INTERRUPT_ALWAYS ? 0xff : 0;
    toc_world.crowded = toc_world.job->nranks > toc_world.job->cores;
    toc_world.crowd = (int)((toc_world.job->nranks - 1) / toc_world.job->cores) + 1;
    if (make_peers() != 0) {
        snprintf(message, size, "no memory for the table of %d ranks", toc_world.size);
        return TOC_ERR_NO_MEM;
    }
    publish();
    /* Yama's scope 1 lets a process copy from its descendants only; this opens it to the launcher
     * and all that descend from it. Fails where there is no Yama. */
    if (toc_world.job->launcher_pid != 0)
        prctl(PR_SET_PTRACER, (unsigned long)toc_world.job->launcher_pid, 0, 0, 0);
    return 0;
}

void toc_world_announce(void)
{
    struct toc_job_rank *entry = toc_job_rank(toc_world.job, (uint32_t)toc_world.rank);
    if (toc_world.notifier->publish != NULL)
        atomic_store_explicit(&entry->vector_fd,
                              toc_world.notifier->publish(toc_world.rank, toc_world.exchange),
                              memory_order_relaxed);
    struct toc_job_line line = toc_job_line_read(entry);
    nonce = toc_job_line_seal(&line, (uint32_t)toc_world.rank);
    atomic_store_explicit(&entry->nonce, nonce, memory_order_relaxed);
    /* Everything published before it: pairs with the acquire in toc_world_meet(). */
    atomic_store_explicit(&entry->state, TOC_RANK_JOINED, memory_order_release);
}

static int state_of(const struct toc_peer *peer)
{
    /* Pairs with the releases in toc_world_close() and in mpirun: who has closed has sent all, and
     * what an ended rank has put into its rings is there. */
    return atomic_load_explicit(&peer->entry->state, memory_order_acquire);
}

void toc_world_close(void)
{
    struct toc_job_rank *entry = toc_job_rank(toc_world.job, (uint32_t)toc_world.rank);
    atomic_store_explicit(&entry->state, TOC_RANK_CLOSING, memory_order_release);
    for (int rank = 0; rank < toc_world.size; rank++)
        if (rank != toc_world.rank)
            toc_world_ring(&toc_world.peers[rank], TOC_WANT_NONE);
}

bool toc_world_is_closed(const void *unused)
{
    (void)unused;
    for (int rank = 0; rank < toc_world.size; rank++) {
        int state = state_of(&toc_world.peers[rank]);
        if (state == TOC_RANK_STARTED || state == TOC_RANK_JOINED)
            return false;
    }
    return true;
}

bool toc_world_has_ended(const struct toc_peer *peer)
{
    return state_of(peer) == TOC_RANK_ENDED;
}

void toc_world_leave(void)
{
    struct toc_job_rank *entry = toc_job_rank(toc_world.job, (uint32_t)toc_world.rank);
    atomic_store_explicit(&entry->state, TOC_RANK_FINALIZED, memory_order_release);
    toc_memory_close();
    free(toc_world.peers);
    toc_world.peers = NULL;
    toc_world.bell = NULL;
    toc_world.struck = 0;
    if (toc_world.exchange >= 0)
        close(toc_world.exchange);
    toc_world.exchange = -1;
    toc_job_detach(toc_world.job);
    toc_world.job = NULL;
}

static __attribute__((noreturn, cold)) void bad_line(const struct toc_peer *peer, const char *what,
                                                     uint64_t value, const char *bound,
                                                     uint64_t limit)
{
    toc_corrupt(&(struct toc_corruption){"the line of", peer->rank, what, value, bound, limit});
}

bool toc_world_meet(struct toc_peer *peer)
{
    if (peer->met)
        return true;
    /* Pairs with the release in toc_world_announce(). */
    int32_t state = atomic_load_explicit(&peer->entry->state, memory_order_acquire);
    if (state == TOC_RANK_STARTED || state == TOC_RANK_ENDED)
        return false;
    if (state < TOC_RANK_STARTED || state > TOC_RANK_ENDED)
        bad_line(peer, "state", (uint32_t)state, "at most", TOC_RANK_ENDED);
    peer->line = toc_job_line_read(peer->entry);
    uint64_t seal = toc_job_line_seal(&peer->line, (uint32_t)peer->rank);
    if (peer->line.nonce != seal)
        bad_line(peer, "seal", peer->line.nonce, "expected", seal);
    peer->met = true;
    return true;
}

void toc_world_inspect(void)
{
    const struct toc_peer *self = &toc_world.peers[toc_world.rank];
    int32_t state = atomic_load_explicit(&self->entry->state, memory_order_relaxed);
    struct toc_job_line line = toc_job_line_read(self->entry);
    uint64_t seal = toc_job_line_seal(&line, (uint32_t)toc_world.rank);
    if (state != TOC_RANK_JOINED && state != TOC_RANK_CLOSING)
        bad_line(self, "state", (uint32_t)state, "expected", TOC_RANK_JOINED);
    if (line.nonce != nonce || seal != nonce)
        bad_line(self, "seal", seal, "expected", nonce);
}

bool toc_world_takes_uintr(struct toc_peer *peer)
{
    return toc_world_meet(peer) && peer->line.notifier == TOC_NOTIFIER_UINTR;
}

/* Where and how it is struck; NULL: not at all. An armed peer has joined: it armed its bell after
 * its announcement. */
static const struct toc_notify_ops *find_target(int rank, struct toc_notify_target *target)
{
    struct toc_peer *peer = &toc_world.peers[rank];
    if (!toc_world_meet(peer))
        return NULL;
    *target = (struct toc_notify_target){
        .rank = rank,
        .bell = peer->bell,
        .pid = peer->line.pid,
        .tid = peer->line.tid,
        .signo = peer->line.signo,
        .vector_fd = peer->line.vector_fd,
        .foreign = peer->line.pidns != toc_world.pidns,
    };
    return toc_notify_by_id(peer->line.notifier);
}

int toc_world_strike(int rank)
{
    struct toc_job_rank *entry = toc_world.peers[rank].entry;
    struct toc_notify_target target;
    const struct toc_notify_ops *ops = find_target(rank, &target);
    if (ops == NULL || atomic_load_explicit(&entry->unsignalable, memory_order_relaxed) != 0)
        return TOC_ERR_UNSUPPORTED;
    int status = ops->strike(&target);
    if (status < 0 && status != -EAGAIN)
        atomic_store_explicit(&entry->unsignalable, 1, memory_order_relaxed);
    return status;
}

/* A strike that may get lost: remember the word that the owner changes when it answers. */
static void note_strike(struct toc_peer *peer)
{
    struct toc_notify_target target;
    const struct toc_notify_ops *ops = find_target(peer->rank, &target);
    if (ops == NULL || ops->remind == NULL)
        return;
    uint64_t word = atomic_load_explicit(&peer->bell->word, memory_order_relaxed);
    if (toc_bell_mode(word) != TOC_BELL_ARMED || (word & TOC_BELL_OUTSTANDING) == 0)
        return; /* answered already */
    if (peer->struck == 0)
        toc_world.struck++;
    peer->struck = word;
    peer->struck_at = 0;
}

/* Whole milliseconds are enough: the coarse clock. Raw, for the handler's sake. */
static int64_t coarse_ms(void)
{
    struct timespec now = {0, 0};
    toc_syscall3(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, (long)&now, 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void forget_strike(struct toc_peer *peer)
{
    peer->struck = 0;
    toc_world.struck--;
}

static void remind(struct toc_peer *peer, int64_t now)
{
    struct toc_notify_target target;
    if (atomic_load_explicit(&peer->bell->word, memory_order_relaxed) != peer->struck) {
        forget_strike(peer);
    } else if (peer->struck_at == 0) {
        peer->struck_at = now;
    } else if (now - peer->struck_at >= TOC_REMIND_MS) {
        const struct toc_notify_ops *ops = find_target(peer->rank, &target);
        if (ops->remind(&target) != -EAGAIN) /* once is enough: that one does not get lost */
            forget_strike(peer);
    }
}

bool toc_world_remind(void)
{
    if (toc_world.struck == 0)
        return false;
    int64_t now = coarse_ms();
    for (int rank = 0; rank < toc_world.size && toc_world.struck > 0; rank++)
        if (toc_world.peers[rank].struck != 0)
            remind(&toc_world.peers[rank], now);
    return toc_world.struck > 0;
}

/* Ranks that post at the same time and then wait meet between the two calls of the receiver, most
 * of the time. A strike by signal costs either side several times as long as this. */
#define LOOKS 64

static bool would_strike(const struct toc_peer *peer, unsigned class_bits)
{
    uint64_t word = atomic_load_explicit(&peer->bell->word, memory_order_relaxed);
    return toc_bell_mode(word) == TOC_BELL_ARMED && (toc_bell_mask(word) & class_bits) != 0 &&
           (word & TOC_BELL_OUTSTANDING) == 0;
}

void toc_world_hesitate(struct toc_peer *peer, unsigned class_bits)
{
    if (toc_world.always != 0 || toc_world.crowded || peer->rank == toc_world.rank ||
        toc_world_takes_uintr(peer))
        return;
    for (int look = 0; look < LOOKS && would_strike(peer, class_bits); look++)
        __builtin_ia32_pause();
}

void toc_world_ring_bell(struct toc_peer *peer, unsigned class_bits)
{
    switch (toc_doorbell_ring(peer->bell, (uint32_t)toc_world.rank, class_bits,
                              toc_world.always != 0, toc_world_strike, peer->rank)) {
    case TOC_BELL_NOTIFIED:
        toc_stats.bells_sent++;
        note_strike(peer);
        break;
    case TOC_BELL_SUPPRESSED:
        toc_stats.bells_suppressed++;
        note_strike(peer); /* whoever has struck may be too busy to look after it */
        break;
    case TOC_BELL_FAILED:
        toc_stats.bells_failed++;
        break;
    case TOC_BELL_WOKEN:
        toc_stats.wakes_sent++;
        break;
    case TOC_BELL_NOT_NEEDED:
        break;
    }
}
