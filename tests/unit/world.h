/* SPDX-License-Identifier: BSD-3-Clause */
/* A job of two ranks for unit tests: this process is rank 0, the test plays rank 1. */
#ifndef TOC_TESTS_WORLD_H
#define TOC_TESTS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/stats.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"
#include "unit.h"

enum { WORLD_ME, WORLD_PEER };

/** Rank 1's view of the ring to us. */
static struct toc_ring world_tx;

/** Joins as rank 0 of 2 with a notifier; `cores` of the job (1: crowded, waits give way at once).
 */
static inline void world_join(const struct toc_notify_ops *notifier, uint32_t cores)
{
    struct toc_job_header *job;
    const char *what;
    char text[256];
    int fd;
    ck_assert_int_eq(toc_env_parse(NULL, NULL, text, sizeof(text)), 0);
    ck_assert_int_eq(toc_job_create(2, cores, 0, &fd, &job, &what), 0);
    snprintf(text, sizeof(text), "%d", fd);
    setenv(TOC_ENV_JOB_FD, text, 1);
    setenv(TOC_ENV_JOB_ID, "0-0", 1);
    setenv(TOC_ENV_RANK, "0", 1);
    int status = toc_world_join(notifier, text, sizeof(text));
    ck_assert_msg(status == 0, "%s", text);
    ck_assert_int_eq(notifier->start(toc_progress_handler, toc_world.bell), 0);
    toc_world_announce();
    toc_ring_bind(&world_tx, toc_world.job, WORLD_ME, WORLD_PEER);
    toc_world.bell->word = 0;
}

static inline void world_leave(void)
{
    toc_world.notifier->stop();
    toc_progress_reset();
    toc_world_leave();
}

/** Rank 1 publishes a packet without payload. False: no room. */
static inline bool world_publish(int tag)
{
    struct toc_cell *cell = toc_ring_reserve(&world_tx);
    if (cell == NULL)
        return false;
    cell->kind = TOC_PACKET_EAGER;
    cell->flags = 0;
    cell->tag = tag;
    cell->size = 0;
    toc_ring_commit(&world_tx, cell);
    return true;
}

static inline enum toc_bell_outcome world_ring(unsigned class_bits)
{
    return toc_doorbell_ring(toc_world.bell, WORLD_PEER, class_bits, false, toc_world_strike,
                             WORLD_ME);
}

#endif
