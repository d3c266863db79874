/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "p2p/match.h"

#include "base/env.h"
#include "notify/doorbell.h"
#include "p2p/advertise.h"
#include "progress/progress.h"

#define BUCKETS 1024

static struct toc_list posted[BUCKETS];     /* struct toc_request.link */
static struct toc_list posted_wild;         /* the same, with a wildcard */
static struct toc_list unexpected[BUCKETS]; /* struct toc_unexpected.bucket */
static uint64_t post_clock;
struct toc_match_queues toc_match_queues;

void toc_match_init(void)
{
    for (int i = 0; i < BUCKETS; i++) {
        toc_list_init(&posted[i]);
        toc_list_init(&unexpected[i]);
    }
    toc_list_init(&posted_wild);
    toc_list_init(&toc_match_queues.arrivals);
    toc_match_queues.posted = 0;
}

static unsigned bucket_of(uint32_t context, int source, int tag)
{
    uint32_t mix = (uint32_t)tag * UINT32_C(0x9e3779b1) ^ (uint32_t)source * UINT32_C(0x85ebca77) ^
                   context * UINT32_C(0xc2b2ae3d);
    return (mix ^ mix >> 15) % BUCKETS;
}

static bool is_wild(const struct toc_request *request)
{
    return request->peer == TOC_ANY_SOURCE || request->tag == TOC_ANY_TAG;
}

static bool accepts(uint32_t context, int source, int tag, uint32_t message_context,
                    int message_source, int message_tag)
{
    return context == message_context && (source == TOC_ANY_SOURCE || source == message_source) &&
           (tag == TOC_ANY_TAG || tag == message_tag);
}

/* A receive too small for a rendezvous gains nothing from an interrupt (but for a message that is
 * too long for it, which is an error). */
static bool may_be_rendezvous(const struct toc_request *request)
{
    return request->size > (uint64_t)toc_env.eager_limit;
}

void toc_match_post(struct toc_request *request)
{
    request->posted_at = post_clock++;
    toc_list_append(is_wild(request)
                        ? &posted_wild
                        : &posted[bucket_of(request->context, request->peer, request->tag)],
                    &request->link);
    request->stage = TOC_STAGE_POSTED;
    if (toc_match_queues.posted++ == 0)
        toc_progress_want(TOC_WANT_SYNC, 1);
    if (may_be_rendezvous(request))
        toc_progress_want(TOC_WANT_RTS, 1);
}

void toc_match_unpost(struct toc_request *request)
{
    toc_list_remove(&request->link);
    if (--toc_match_queues.posted == 0)
        toc_progress_want(TOC_WANT_SYNC, -1);
    if (may_be_rendezvous(request)) {
        if (request->advertised)
            toc_advertise_give(request);
        toc_progress_want(TOC_WANT_RTS, -1);
    }
}

int toc_match_posted(void)
{
    return toc_match_queues.posted;
}

/* Among the receives without a wildcard. */
static inline struct toc_request *first_exact(struct toc_list *list, uint32_t context, int source,
                                              int tag)
{
    TOC_LIST_EACH(list, member, following)
    {
        struct toc_request *request = TOC_CONTAINER(member, struct toc_request, link);
        if (request->context == context && request->peer == source && request->tag == tag)
            return request;
    }
    return NULL;
}

static struct toc_request *older_wild(struct toc_request *exact, uint32_t context, int source,
                                      int tag)
{
    TOC_LIST_EACH(&posted_wild, member, following)
    {
        struct toc_request *wild = TOC_CONTAINER(member, struct toc_request, link);
        if (exact != NULL && exact->posted_at < wild->posted_at)
            break;
        if (accepts(wild->context, wild->peer, wild->tag, context, source, tag))
            return wild;
    }
    return exact;
}

struct toc_request *toc_match_arrival(uint32_t context, int source, int tag)
{
    if (toc_match_queues.posted == 0)
        return NULL;
    struct toc_request *exact =
        first_exact(&posted[bucket_of(context, source, tag)], context, source, tag);
    return toc_list_is_empty(&posted_wild) ? exact : older_wild(exact, context, source, tag);
}

struct toc_request *toc_match_claim(uint32_t context, int source, int tag)
{
    struct toc_request *request = toc_match_arrival(context, source, tag);
    if (request != NULL)
        toc_match_unpost(request);
    return request;
}

void toc_match_keep(struct toc_unexpected *message)
{
    toc_list_append(&unexpected[bucket_of(message->context, message->source, message->tag)],
                    &message->bucket);
    toc_list_append(&toc_match_queues.arrivals, &message->arrival);
}

struct toc_unexpected *toc_match_find(uint32_t context, int source, int tag)
{
    if (source != TOC_ANY_SOURCE && tag != TOC_ANY_TAG) {
        TOC_LIST_EACH(&unexpected[bucket_of(context, source, tag)], member, following)
        {
            struct toc_unexpected *message = TOC_CONTAINER(member, struct toc_unexpected, bucket);
            if (accepts(context, source, tag, message->context, message->source, message->tag))
                return message;
        }
        return NULL;
    }
    TOC_LIST_EACH(&toc_match_queues.arrivals, member, following)
    {
        struct toc_unexpected *message = TOC_CONTAINER(member, struct toc_unexpected, arrival);
        if (accepts(context, source, tag, message->context, message->source, message->tag))
            return message;
    }
    return NULL;
}

void toc_match_forget(struct toc_unexpected *message)
{
    toc_list_remove(&message->bucket);
    toc_list_remove(&message->arrival);
}

uint64_t toc_match_sweep(bool (*is_void)(const struct toc_unexpected *message))
{
    uint64_t left = 0;
    TOC_LIST_EACH(&toc_match_queues.arrivals, member, following)
    {
        struct toc_unexpected *message = TOC_CONTAINER(member, struct toc_unexpected, arrival);
        if (is_void(message)) {
            toc_match_forget(message);
            toc_unexpected_give(message);
        } else {
            left++;
        }
    }
    return left;
}

static bool visit_list(struct toc_list *list, bool (*visit)(struct toc_request *request))
{
    bool any = false;
    TOC_LIST_EACH(list, member, following)
    {
        any |= visit(TOC_CONTAINER(member, struct toc_request, link));
    }
    return any;
}

bool toc_match_each_posted(bool (*visit)(struct toc_request *request))
{
    bool any = visit_list(&posted_wild, visit);
    for (int i = 0; i < BUCKETS && toc_match_queues.posted > 0; i++)
        any |= visit_list(&posted[i], visit);
    return any;
}
