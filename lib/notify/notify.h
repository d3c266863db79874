/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_NOTIFY_NOTIFY_H
#define TOC_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Notifiers: how the bell of a rank that computes is struck. One table of functions each; the rank
 * table of the segment says which one a peer uses, so ranks with different notifiers can talk.
 */

struct toc_doorbell;

/** Where a bell goes. */
struct toc_notify_target {
    int rank;
    int32_t pid;
    int32_t tid;
    int32_t signo;
    int32_t vector_fd; /* what its notifier's publish() had given */
    bool foreign;      /* in another pid namespace: pid and tid mean nothing here */
    struct toc_doorbell *bell;
};

struct toc_notify_ops {
    const char *name;
    int id;          /* enum toc_notifier_id */
    bool interrupts; /* false: the owner is never armed (poll) */
    bool concurrent; /* the handler runs beside the program's threads, not on top of one */
    /** Why this notifier cannot work here, into `reason`; 0 when it can. */
    int (*available)(char *reason, size_t size);
    /** Lets strikes of `bell`, this rank's own, run `handler`: on the calling thread (the one that
     *  called MPI_Init*), unless the notifier is concurrent. */
    int (*start)(void (*handler)(void), struct toc_doorbell *bell);
    /** No bell runs the handler after this. */
    void (*stop)(void);
    /** Strikes. Handler-safe; 0, or -errno when the target cannot be told. */
    int (*strike)(const struct toc_notify_target *target);
    /** Strikes again, by surer means, a rank that has not answered for milliseconds; handler-safe.
     *  NULL: strikes do not get lost. */
    int (*remind)(const struct toc_notify_target *target);
    /** Makes known what peers need to strike this rank, number `rank`: the result is the descriptor
     *  for the rank table; `exchange` is the socket to the launcher (base/exchange.h) or -1. NULL:
     *  they need nothing. */
    int (*publish)(int rank, int exchange);
};

extern const struct toc_notify_ops toc_notify_poll;
extern const struct toc_notify_ops toc_notify_signal;
extern const struct toc_notify_ops toc_notify_thread;
extern const struct toc_notify_ops toc_notify_uintr;

/** Notifier for TOCSIN_NOTIFY (enum toc_env_notify), or NULL with a sentence that names what is
 *  missing and what to use instead. */
const struct toc_notify_ops *toc_notify_select(int64_t wanted, char *reason, size_t size);

/** What the user should know of the choice for TOCSIN_NOTIFY=`wanted`: a sentence, or NULL. */
const char *toc_notify_caveat(int64_t wanted);

/** The notifier that a rank with this id uses, or NULL. Handler-safe. */
const struct toc_notify_ops *toc_notify_by_id(int id);

#endif
