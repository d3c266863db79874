/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_MATCH_H
#define TOC_P2P_MATCH_H

#include "p2p/request.h"
#include "p2p/unexpected.h"

/*
 * Matching (MPI 5.0, section 3.5). Receives with a fully given envelope and all unexpected messages
 * are kept in buckets by envelope, so that the length of the queues does not matter; receives with
 * a wildcard are in a list of their own, and the older of two candidates wins.
 */

/** Private to match.c; here for toc_match_is_idle(), which every short receive asks. */
struct toc_match_queues {
    struct toc_list arrivals; /* unexpected messages: struct toc_unexpected.arrival */
    int posted;               /* number of posted receives */
};
extern struct toc_match_queues toc_match_queues __attribute__((visibility("hidden")));

void toc_match_init(void);

/** Adds a receive to the posted queue. */
void toc_match_post(struct toc_request *request);

/** Takes it out again: it has its message, or is cancelled. */
void toc_match_unpost(struct toc_request *request);

/** Number of posted receives. */
int toc_match_posted(void);

/** Nothing posted, and nothing unexpected: who comes now finds nobody. */
static inline bool toc_match_is_idle(void)
{
    return toc_match_queues.posted == 0 && toc_list_is_empty(&toc_match_queues.arrivals);
}

/** Calls visit(receive) for each posted one, which may take that one out; true if any call did. */
bool toc_match_each_posted(bool (*visit)(struct toc_request *request));

/** The posted receive that a message with this envelope belongs to, or NULL. It stays posted. */
struct toc_request *toc_match_arrival(uint32_t context, int source, int tag);

/** The same, taken out at once. */
struct toc_request *toc_match_claim(uint32_t context, int source, int tag);

/** Adds an unexpected message. */
void toc_match_keep(struct toc_unexpected *message);

/** Earliest unexpected message for a receive (source and tag may be wildcards); or NULL. */
struct toc_unexpected *toc_match_find(uint32_t context, int source, int tag);

/** Takes it out. */
void toc_match_forget(struct toc_unexpected *message);

/** Drops the messages that are void; returns how many are left. */
uint64_t toc_match_sweep(bool (*is_void)(const struct toc_unexpected *message));

#endif
