/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: everything but init, free, review and end */
#include "p2p/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/error.h"
#include "base/held.h"
#include "base/memory_limit.h"
#include "base/stats.h"
#include "base/syscall.h"
#include "p2p/bound.h"
#include "transport/corrupt.h"
#include "p2p/match.h"

static struct toc_bound bound = {UINT64_MAX, UINT64_MAX, 0, false};
static uint64_t *from;  /* [world size] bytes held, by source */
static uint64_t memory; /* that the ranks share; 0: the limit is not the library's to choose */
static int most_from;
static uint32_t back; /* messages held back */

static struct toc_job_held *line(void)
{
    return toc_job_held(toc_world.job, (uint32_t)toc_world.rank);
}

/* Relaxed: read by who explains a job that has stood still for seconds. */
static void publish(void)
{
    struct toc_job_held *mine = line();
    atomic_store_explicit(&mine->bytes, bound.held, memory_order_relaxed);
    atomic_store_explicit(&mine->limit, bound.limit, memory_order_relaxed);
    atomic_store_explicit(&mine->most, from[most_from], memory_order_relaxed);
    atomic_store_explicit(&mine->most_from, (uint32_t)most_from, memory_order_relaxed);
    atomic_store_explicit(&mine->over, bound.over, memory_order_relaxed);
}

static void choose_limit(void)
{
    toc_bound_set(&bound, toc_bound_share(memory, (uint32_t)toc_world.size,
                                          toc_memory_limit_address_space()));
}

int toc_held_init(void)
{
    from = calloc((size_t)toc_world.size, sizeof(*from));
    if (from == NULL)
        return TOC_ERR_NO_MEM;
    bound = (struct toc_bound){0};
    memory = 0;
    most_from = 0;
    back = 0;
    if (toc_env.unexpected_limit != TOC_ENV_AUTO) {
        toc_bound_set(&bound, (uint64_t)toc_env.unexpected_limit);
        return 0;
    }
    memory = toc_memory_limit();
    choose_limit();
    return 0;
}

void toc_held_free(void)
{
    free(from);
    from = NULL;
    bound = (struct toc_bound){UINT64_MAX, UINT64_MAX, 0, false};
    memory = 0;
}

void toc_held_review(void)
{
    if (memory != 0)
        choose_limit();
}

/* The flag goes up before the packet that passed the limit is counted as consumed: see
 * toc_held_refuses(). */
static void raise_flag(void)
{
    atomic_store_explicit(&toc_world.bell->over, 1, memory_order_relaxed);
    toc_stats.over_limit++;
    most_from = 0;
    for (int rank = 1; rank < toc_world.size; rank++)
        if (from[rank] > from[most_from])
            most_from = rank;
    publish();
}

void toc_held_add(int source, uint64_t bytes)
{
    from[source] += bytes;
    if (from[source] > from[most_from])
        most_from = source;
    if (toc_bound_add(&bound, bytes))
        raise_flag();
    else if (bound.over)
        publish();
}

void toc_held_sub(int source, uint64_t bytes)
{
    from[source] -= bytes;
    if (toc_bound_sub(&bound, bytes)) {
        atomic_store_explicit(&line()->exhausted, 0, memory_order_relaxed);
        /* Nobody waits for it: senders look with each message. */
        atomic_store_explicit(&toc_world.bell->over, 0, memory_order_relaxed);
        publish();
    } else if (bound.over) {
        publish();
    }
}

void toc_held_exhaust(void)
{
    if (toc_world.bell == NULL)
        return; /* pools by themselves, in unit tests */
    atomic_store_explicit(&line()->exhausted, 1, memory_order_relaxed);
    if (toc_bound_exhaust(&bound))
        raise_flag();
}

void toc_held_back(int change)
{
    back += (uint32_t)change;
    atomic_store_explicit(&line()->refused, back, memory_order_relaxed);
    if (change > 0)
        toc_stats.held_back++;
}

void toc_held_inspect(void)
{
    uint32_t over = atomic_load_explicit(&toc_world.bell->over, memory_order_relaxed);
    if (over != (bound.over ? 1 : 0))
        toc_corrupt(&(struct toc_corruption){"the doorbell of", toc_world.rank, "over the limit",
                                             over, "expected", bound.over ? 1 : 0});
}

void toc_held_note_threads(void)
{
    atomic_store_explicit(&line()->multiple, 1, memory_order_relaxed);
}

/* What is not refused fills the memory, too, when it comes to that. */
static void count_envelopes(void)
{
    TOC_LIST_EACH(&toc_match_queues.arrivals, member, following)
    {
        const struct toc_unexpected *message =
            TOC_CONTAINER(member, struct toc_unexpected, arrival);
        uint64_t bytes = message->counted ? 0 : sizeof(*message) + TOC_HELD_FREE;
        from[message->source] += bytes;
        bound.held += bytes;
    }
}

void toc_held_end(void)
{
    char text[512];
    count_envelopes();
    raise_flag();
    size_t used = (size_t)snprintf(text, sizeof(text), "tocsin[%d]: ", toc_world.rank);
    toc_held_describe(line(), (uint32_t)toc_world.rank, text + used, sizeof(text) - used - 1);
    used = strlen(text);
    text[used++] = '\n';
    toc_job_abort(toc_world.job, toc_world.rank, EXIT_FAILURE, TOC_ABORT_ERROR);
    toc_syscall3(SYS_write, STDERR_FILENO, (long)text, (long)used);
    for (;;)
        toc_syscall3(SYS_exit_group, EXIT_FAILURE, 0, 0);
}
