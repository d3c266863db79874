/* SPDX-License-Identifier: BSD-3-Clause */
#include "whereabouts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "held.h"
#include "message.h"
#include "stall.h"

#define LOOK_MS    1000
#define TEXT_BYTES 2048

enum place { GONE, ABSENT, AWAKE, ASLEEP };

/* Where one rank is. */
struct sight {
    enum place place;
    uint32_t naps;
    char call[TOC_REST_WORDS * 8 + 1];
};

/* The name belongs to the number if that is the same before and after. */
static bool read_rest(const struct toc_job_rest *rest, struct sight *sight)
{
    uint64_t words[TOC_REST_WORDS];

    /* Acquire: pairs with the release in toc_rest_begin(). */
    sight->naps = atomic_load_explicit(&rest->naps, memory_order_acquire);
    for (int i = 0; i < TOC_REST_WORDS; i++)
        words[i] = atomic_load_explicit(&rest->call[i], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire); /* the words before the number, once more */
    memcpy(sight->call, words, sizeof(words));
    sight->call[sizeof(words)] = '\0';
    for (char *c = sight->call; *c != '\0'; c++)
        if (!isprint((unsigned char)*c))
            *c = '?';
    return sight->naps == atomic_load_explicit(&rest->naps, memory_order_relaxed) &&
           sight->naps % 2 == 1;
}

static void look_at(struct toc_launch *launch, uint32_t rank, struct sight *sight)
{
    struct toc_job_rank *entry = toc_job_rank(launch->header, rank);
    /* Acquire: pairs with the rank's release when it joins. */
    int state = atomic_load_explicit(&entry->state, memory_order_acquire);

    sight->naps = 0;
    sight->call[0] = '\0';
    if (launch->ranks[rank].left || state == TOC_RANK_FINALIZED)
        sight->place = GONE;
    else if (state != TOC_RANK_JOINED && state != TOC_RANK_CLOSING)
        sight->place = ABSENT;
    else
        sight->place = read_rest(&entry->rest, sight) ? ASLEEP : AWAKE;
}

static bool same_place(const struct sight *a, const struct sight *b)
{
    return a->place == b->place && strcmp(a->call, b->call) == 0;
}

/* A text that grows; what does not fit is left out, and marked. */
struct text {
    char *start;
    size_t size, used;
};

static __attribute__((format(printf, 2, 3))) void say(struct text *text, const char *format, ...)
{
    va_list arguments;

    if (text->used + 1 >= text->size)
        return;
    va_start(arguments, format);
    int length = vsnprintf(text->start + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += length > 0 ? (size_t)length : 0;
    if (text->used >= text->size && text->size > 4) {
        memcpy(text->start + text->size - 4, "...", 4);
        text->used = text->size;
    }
}

/* "rank 3", "ranks 0-2,5": all that are where `first` is, which is the first of them. */
static void say_ranks(struct text *text, const struct sight *sights, uint32_t count, uint32_t first)
{
    uint32_t number = 0;
    for (uint32_t i = first; i < count; i++)
        number += same_place(&sights[i], &sights[first]);
    say(text, "%srank%s ", text->used > 0 ? ", " : "", toc_plural(number));
    const char *between = "";
    for (uint32_t i = first; i < count; i++) {
        if (!same_place(&sights[i], &sights[first]))
            continue;
        uint32_t last = i;
        while (last + 1 < count && same_place(&sights[last + 1], &sights[first]))
            last++;
        say(text, "%s%u", between, i);
        if (last > i)
            say(text, "-%u", last);
        between = ",";
        i = last;
    }
    const char *s = number == 1 ? "s" : "";
    if (sights[first].place == ASLEEP)
        say(text, " wait%s in %s", s, sights[first].call);
    else if (sights[first].place == AWAKE)
        say(text, " %s not asleep in MPI", number == 1 ? "is" : "are");
    else
        say(text, " ha%s not called MPI_Init", number == 1 ? "s" : "ve");
}

static void say_all(struct text *text, const struct sight *sights, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bool said = sights[i].place == GONE;
        for (uint32_t j = 0; j < i && !said; j++)
            said = same_place(&sights[j], &sights[i]);
        if (!said)
            say_ranks(text, sights, count, i);
    }
}

void toc_whereabouts(struct toc_launch *launch, char *start, size_t size)
{
    struct sight sights[TOC_MAX_RANKS];
    struct text text = {.start = start, .size = size};

    start[0] = '\0';
    for (uint32_t i = 0; i < launch->started; i++)
        look_at(launch, i, &sights[i]);
    say_all(&text, sights, launch->started);
}

/* Milliseconds of processor time of a process and its threads; 0 where that cannot be read. */
static uint64_t cpu_of(int32_t pid)
{
    char path[32], line[512];
    unsigned long long user = 0, system = 0;

    snprintf(path, sizeof(path), "/proc/%" PRId32 "/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t length = fread(line, 1, sizeof(line) - 1, file);
    fclose(file);
    line[length] = '\0';
    const char *end = strrchr(line, ')'); /* of the name, which may have any characters */
    if (end == NULL || sscanf(end + 1, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu",
                              &user, &system) != 2)
        return 0;
    return (user + system) * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK);
}

static uint64_t cpu_of_all(struct toc_launch *launch)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < launch->started; i++)
        if (!launch->ranks[i].left)
            sum += cpu_of(
                atomic_load_explicit(&toc_job_rank(launch->header, i)->pid, memory_order_relaxed));
    return sum;
}

static void tell(struct toc_launch *launch, int64_t passed_ms)
{
    char where[TEXT_BYTES], why[512];
    uint32_t rank;
    unsigned seconds = (unsigned)(passed_ms / 1000);

    toc_whereabouts(launch, where, sizeof(where));
    if (toc_held_explains(launch->header, launch->started, why, sizeof(why), &rank)) {
        toc_message_print("nothing has moved for %u second%s: %s; %s: ending the job, which needs "
                          "more room for messages than there is",
                          seconds, toc_plural(seconds), where, why);
        toc_supervise_end(launch, SIGTERM, 1, (int)rank);
        return;
    }
    toc_message_print("nothing has moved for %u second%s: %s; the job is left to itself (--timeout "
                      "or Ctrl-C ends it, TOCSIN_STALL_SECONDS=0 silences this)",
                      seconds, toc_plural(seconds), where);
}

void toc_whereabouts_look(struct toc_launch *launch, int64_t now)
{
    struct toc_stall *stall = &launch->stall;
    uint64_t ranks[TOC_MAX_RANKS];

    if (stall->limit_ms == 0 || launch->ending || now < launch->next_stall_look)
        return;
    launch->next_stall_look = now + LOOK_MS;
    for (uint32_t i = 0; i < launch->started; i++) {
        struct sight sight;
        look_at(launch, i, &sight);
        ranks[i] = sight.place == GONE     ? TOC_STALL_GONE
                   : sight.place == ASLEEP ? sight.naps
                                           : TOC_STALL_AWAKE;
    }
    enum toc_stall_verdict verdict = toc_stall_look(stall, ranks, launch->started, now);
    if (verdict == TOC_STALL_ASK_CPU)
        verdict = toc_stall_cpu(stall, cpu_of_all(launch), now);
    if (verdict == TOC_STALL_STANDS)
        tell(launch, now - stall->since);
}
