/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/corrupt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/syscall.h"
#include "transport/world.h"

/* A sentence in the making. What does not fit is left out. */
struct line {
    char text[400];
    size_t used;
};

static void add(struct line *line, const char *words)
{
    size_t length = strlen(words), room = sizeof(line->text) - 1 - line->used;
    if (length > room)
        length = room;
    memcpy(line->text + line->used, words, length);
    line->used += length;
}

static void add_number(struct line *line, uint64_t value)
{
    char digits[24];
    size_t at = sizeof(digits) - 1;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    add(line, digits + at);
}

static void tell(const struct toc_corruption *found)
{
    struct line line = {.used = 0};
    add(&line, "tocsin[");
    add_number(&line, (uint64_t)toc_world.rank);
    add(&line, "]: rank ");
    add_number(&line, (uint64_t)toc_world.rank);
    add(&line, " found in ");
    add(&line, found->region);
    if (found->rank >= 0) {
        add(&line, " rank ");
        add_number(&line, (uint64_t)found->rank);
    }
    add(&line, ": ");
    add(&line, found->what);
    add(&line, " ");
    add_number(&line, found->value);
    if (found->bound != NULL) {
        add(&line, " (");
        add(&line, found->bound);
        add(&line, " ");
        add_number(&line, found->limit);
        add(&line, ")");
    }
    add(&line, ": the job's shared segment has been overwritten, most likely by a stray write of a "
               "rank's program");
    line.text[line.used++] = '\n';
    toc_syscall3(SYS_write, STDERR_FILENO, (long)line.text, (long)line.used);
}

/* Has another rank told why the job ends? Not if these words are nonsense as well. */
static bool is_told(struct toc_job_header *job)
{
    int32_t rank = atomic_load_explicit(&job->abort_rank, memory_order_relaxed);
    return rank != toc_world.rank && rank >= -1 && rank < toc_world.size;
}

void toc_corrupt(const struct toc_corruption *found)
{
    struct toc_job_header *job = toc_world.job;
    if (job == NULL || toc_job_abort(job, toc_world.rank, EXIT_FAILURE, TOC_ABORT_ERROR) != 0 ||
        !is_told(job))
        tell(found);
    for (;;)
        toc_syscall3(SYS_exit_group, EXIT_FAILURE, 0, 0);
}
