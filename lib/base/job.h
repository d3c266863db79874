/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_JOB_H
#define TOC_BASE_JOB_H

/*
 * What library and launcher agree on: the header of the job's shared segment, its layout, and the
 * environment variables by which a rank finds it. The segment is a memfd that mpirun creates, seals
 * against resizing and lets the ranks inherit. Inside it there are offsets from its start, never
 * pointers; offset 0 (the header itself) stands for "none".
 */

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOC_JOB_MAGIC   UINT64_C(0x316e6973636f5431)
#define TOC_JOB_VERSION 8u

#define TOC_CACHE_LINE 64
#define TOC_PAGE       4096
#define TOC_MAX_RANKS  1024

/* Sizes of the records that transport and notify place in the segment; each of these is held to
 * its struct by a _Static_assert beside the struct. */
#define TOC_CELL_BYTES     64
#define TOC_RING_CTL_BYTES 128
#define TOC_DOORBELL_BYTES 256
#define TOC_XFER_BYTES     128
#define TOC_NOTICE_BYTES   66560
#define TOC_ADVERT_BYTES   64
#define TOC_REST_WORDS     5      /* of eight characters of a name */
#define TOC_XFERS_PER_RANK 65536  /* at the most */
#define TOC_XFERS_MOST     524288 /* with those in its memory: p2p/descriptors.c */

/* Environment of a rank, set by mpirun. TOCSIN_JOB_FD is private to Tocsin. */
#define TOC_ENV_JOB_FD     "TOCSIN_JOB_FD"
#define TOC_ENV_RANK       "TOCSIN_RANK"
#define TOC_ENV_SIZE       "TOCSIN_SIZE"
#define TOC_ENV_LOCAL_RANK "TOCSIN_LOCAL_RANK"
#define TOC_ENV_PROGRAM    "TOCSIN_PROGRAM" /* number of the program of mpirun's command line */
#define TOC_ENV_JOB_ID     "TOCSIN_JOB_ID"  /* mpirun's pid and the segment's nonce: "%d-%016x" */

/* Part of the name of the segment's file, as /proc/PID/fd shows it. */
#define TOC_JOB_FILE "tocsin-job"

enum toc_rank_state {
    TOC_RANK_STARTED = 0,   /* forked by the launcher, not yet in MPI_Init */
    TOC_RANK_JOINED = 1,    /* between MPI_Init and the end of MPI_Finalize */
    TOC_RANK_FINALIZED = 2, /* MPI_Finalize has returned: may exit with any code */
    /* Only in a job with `keep_going`: */
    TOC_RANK_CLOSING = 3, /* in MPI_Finalize, with nothing left to send */
    TOC_RANK_ENDED = 4,   /* it has left without that, says mpirun; before or after it joined */
};

enum toc_notifier_id {
    TOC_NOTIFIER_POLL = 0,
    TOC_NOTIFIER_SIGNAL = 1,
    TOC_NOTIFIER_THREAD = 2,
    TOC_NOTIFIER_UINTR = 3,
};

/** The error handler that MPI_COMM_WORLD and MPI_COMM_SELF begin with (MPI 5.0, section 11.8.4). */
enum toc_initial_errhandler { TOC_INITIAL_ARE_FATAL, TOC_INITIAL_ABORT, TOC_INITIAL_RETURN };

/** How mpirun sees that a job stands still: written by the rank when it goes to sleep in MPI, and
 *  when it wakes because of something. On a line of its own. */
struct toc_job_rest {
    alignas(TOC_CACHE_LINE) _Atomic uint32_t naps; /* odd: it sleeps */
    _Atomic uint32_t reserved;
    _Atomic uint64_t call[TOC_REST_WORDS]; /* name of the function that waits, ended by zeros */
};

/** One per rank, written by the rank itself before `state` becomes JOINED (release; readers load
 *  `state` with acquire). `pid` may differ from the launcher's child: the program may have been
 *  started by a script. */
struct toc_job_rank {
    alignas(TOC_CACHE_LINE) _Atomic int32_t pid; /* thread group id */
    _Atomic int32_t tid;                         /* thread that called MPI_Init*: takes the bells */
    _Atomic int32_t state;                       /* enum toc_rank_state */
    _Atomic int32_t notifier;                    /* enum toc_notifier_id */
    _Atomic int32_t signo;                       /* bell signal of the signal notifier */
    _Atomic int32_t unsignalable;                /* a bell to it failed: it is served like `poll` */
    _Atomic int32_t vector_fd;                   /* uintr: descriptor of its vector */
    _Atomic int32_t condemned; /* keep_going: 0, or the exit code of the MPI_Abort that ends it */
    _Atomic uint64_t pidns;    /* inode of its pid namespace; 0 unknown */
    _Atomic uint64_t nonce_address; /* where peers try a cross-memory read */
    _Atomic uint64_t nonce;         /* what they must find there: toc_job_line_seal() */
    struct toc_job_rest rest;
};
_Static_assert(sizeof(struct toc_job_rank) == 2 * TOC_CACHE_LINE, "two lines a rank");

/** What a rank keeps of messages that nobody has received yet: one line per rank, written by the
 *  rank itself, for who explains why a job stands still. Nothing is decided by it. All relaxed:
 *  numbers that need not fit each other. */
struct toc_job_held {
    alignas(TOC_CACHE_LINE) _Atomic uint64_t bytes; /* written while it is `over`, else 0 */
    _Atomic uint64_t limit;
    _Atomic uint64_t most;      /* of `bytes`, from the rank that has sent most */
    _Atomic uint32_t most_from; /* ... which is this one */
    _Atomic uint32_t over;      /* it takes no more: senders keep their data */
    _Atomic uint32_t refused;  /* messages of this rank that wait for their receive because of it */
    _Atomic uint32_t multiple; /* MPI_THREAD_MULTIPLE: other threads may still receive */
    _Atomic uint32_t exhausted; /* there was no memory before the limit was reached */
};
_Static_assert(sizeof(struct toc_job_held) == TOC_CACHE_LINE, "one line a rank");

struct toc_job_layout {
    uint64_t size;             /* of all that every rank maps, bytes, whole pages */
    uint64_t ranks_offset;     /* struct toc_job_rank [nranks] */
    uint64_t held_offset;      /* struct toc_job_held [nranks] */
    uint64_t doorbells_offset; /* TOC_DOORBELL_BYTES each [nranks] */
    uint64_t notices_offset;   /* TOC_NOTICE_BYTES each [nranks] */
    uint64_t xfers_offset;     /* [nranks][xfers] rendezvous descriptors */
    uint64_t adverts_offset;   /* TOC_ADVERT_BYTES each [receiver][sender] */
    uint64_t rings_offset;     /* [receiver][sender] rings of ring_bytes */
    uint64_t slots_offset;     /* [receiver][sender] slots of slots_bytes */
    uint64_t memory_offset;    /* [nranks] memory of MPI_Alloc_mem, mapped where it is used */
    uint64_t memory_bytes;     /* of a rank; 0: none */
    uint32_t ring_bytes;       /* control + cells + data, whole pages */
    uint32_t ring_cells;       /* power of two */
    uint32_t ring_data_bytes;  /* power of two */
    uint32_t eager_max;        /* largest payload that may travel through a ring's data area */
    uint32_t slots_bytes;      /* control page + slots */
    uint32_t slots;            /* power of two */
    uint32_t slot_bytes;       /* whole pages */
    uint32_t xfers;            /* of a rank: up to TOC_XFERS_PER_RANK */
    uint32_t tightness;        /* 0, or how much less than usual there is of everything */
    uint32_t reserved;         /* 0; no padding: layouts are compared byte by byte */
};

/** The first page holds what never changes once the ranks are started. Each process has a copy of
 *  its own in that place, made of what it has checked, which nobody can write to any more: offsets
 *  and sizes are never read from shared memory. */
struct toc_job_header {
    uint64_t magic;
    uint32_t version;     /* TOC_JOB_VERSION */
    uint32_t header_size; /* sizeof(struct toc_job_header) */
    uint32_t nranks;
    uint32_t rank_size;   /* sizeof(struct toc_job_rank) */
    int32_t launcher_pid; /* 0: no launcher (a job of one rank) */
    uint32_t cores;       /* cores this job may use */
    uint32_t bound;       /* launcher bound the ranks to cores */
    int32_t exchange_fd;  /* what TOCSIN_EXCHANGE_FD says, or -1 */
    uint32_t errhandler;  /* enum toc_initial_errhandler */
    uint32_t keep_going;  /* -disable-auto-cleanup: the job goes on without ranks that end */
    uint64_t nonce;       /* as in TOCSIN_JOB_ID */
    struct toc_job_layout layout;
    /* MPI_Abort, or the launcher when a rank died: `abort_state` goes 0 -> 1 by CAS, the winner
     * fills code and rank, then stores 2 (release). */
    alignas(TOC_PAGE) _Atomic int32_t abort_state;
    _Atomic int32_t abort_code;
    _Atomic int32_t abort_rank;
    _Atomic int32_t abort_reason; /* enum toc_abort_reason */
    _Atomic uint32_t told;        /* bits of enum toc_job_note */
    _Atomic uint32_t ended;       /* how many ranks are TOC_RANK_ENDED, counted after `state` */
    /* Numbers drawn for communicators (lib/core/comm.h). */
    alignas(TOC_CACHE_LINE) _Atomic uint64_t contexts;
};
_Static_assert(offsetof(struct toc_job_header, abort_state) == TOC_PAGE, "see toc_job_seal()");

/** Layout for `nranks` ranks (1 to TOC_MAX_RANKS). `tightness` 0 to TOC_JOB_TIGHTEST: for limits on
 *  the size of files; each step leaves a quarter of the descriptors and half of the slots. */
#define TOC_JOB_TIGHTEST 3u
void toc_job_layout_compute(uint32_t nranks, uint32_t tightness, struct toc_job_layout *layout);

/** Size of the file, with what is not mapped by every rank. */
static inline uint64_t toc_job_file_size(const struct toc_job_layout *layout, uint32_t nranks)
{
    return layout->memory_bytes == 0 ? layout->size
                                     : layout->memory_offset + nranks * layout->memory_bytes;
}

/** Creates a zeroed file without a name (close-on-exec set) with a complete header for `nranks`
 * ranks: a sealed memfd, or where that is refused a file that is unlinked already, in /dev/shm,
 * TMPDIR or /tmp. It is made smaller where a limit on the size of files (RLIMIT_FSIZE) asks for
 * that. `cores`: cores the job may use. Result 0, or -errno with the failed call's name in *what;
 * -EFBIG: the limit is below the smallest segment. */
int toc_job_create(uint32_t nranks, uint32_t cores, int32_t launcher_pid, int *fd,
                   struct toc_job_header **header, const char **what);

/** The creator has filled the first page: puts a copy in its place that nobody can change, this
 *  process neither. 0 or -errno. */
int toc_job_seal(struct toc_job_header *header, int fd);

/** Maps and checks the segment behind `fd` (magic, version, sizes); the first page is a private
 * copy. Result 0, TOC_ERR_MISMATCH (a sentence in *what) or -errno. */
int toc_job_attach(int fd, struct toc_job_header **header, const char **what);

/** Unmaps. */
void toc_job_detach(struct toc_job_header *header);

/** What is constant in a rank's line, as one reads it once. */
struct toc_job_line {
    int32_t pid, tid, notifier, signo, vector_fd;
    uint64_t pidns, nonce_address, nonce;
};

/** Reads it, after the rank has joined. */
struct toc_job_line toc_job_line_read(struct toc_job_rank *entry);

/** The `nonce` of a line with these other members: one that has been overwritten does not fit. */
uint64_t toc_job_line_seal(const struct toc_job_line *line, uint32_t rank);

/** Of the words that a rank covers with a seal: the next state of a sum over them. */
static inline uint64_t toc_seal(uint64_t seal, uint64_t word)
{
    seal = (seal ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return seal ^ seal >> 29;
}

enum toc_abort_reason {
    TOC_ABORT_CALLED, /* MPI_Abort */
    TOC_ABORT_ERROR,  /* an error, which the rank has reported */
};

/** Claims the job's end with `code` on behalf of `rank` (-1: launcher). Handler-safe. Returns 1
 *  when this caller was first, else 0. */
int toc_job_abort(struct toc_job_header *header, int rank, int code, enum toc_abort_reason reason);

/** What is said once a job, whoever meets it. */
enum toc_job_note {
    TOC_NOTE_VISIBLE = 1,    /* interrupts that the program may notice */
    TOC_NOTE_UNSUPPORTED = 2 /* a function that does nothing yet */
};

/** True for the first caller in the job: it says the note. */
static inline bool toc_job_first_to_tell(struct toc_job_header *header, enum toc_job_note note)
{
    /* Relaxed: nothing else is read because of it. */
    return (atomic_fetch_or_explicit(&header->told, note, memory_order_relaxed) & note) == 0;
}

/** Entry of rank `rank` (below nranks). */
static inline struct toc_job_rank *toc_job_rank(struct toc_job_header *header, uint32_t rank)
{
    return (struct toc_job_rank *)((char *)header + header->layout.ranks_offset) + rank;
}

/** What rank `rank` keeps. */
static inline struct toc_job_held *toc_job_held(struct toc_job_header *header, uint32_t rank)
{
    return (struct toc_job_held *)((char *)header + header->layout.held_offset) + rank;
}

#endif
