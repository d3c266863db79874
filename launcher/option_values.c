/* SPDX-License-Identifier: BSD-3-Clause */
#include "option_values.h"
#include "message.h"
#include "base/job.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int toc_value_number(const char *word, const char *text, const char *what, long low, long high,
                     uint32_t *value)
{
    char *end;

    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0') {
        toc_message_print("'%s' after %s is not a number: give %s, %ld to %ld", text, word, what,
                          low, high);
        return TOC_EXIT_USAGE;
    }
    if (errno == ERANGE || number > high || number < low) {
        toc_message_print("%s %s is too %s: %s is %ld to %ld", word, text,
                          number < low ? "small" : "large", what, low, high);
        return TOC_EXIT_USAGE;
    }
    *value = (uint32_t)number;
    return TOC_OPTIONS_CONTINUE;
}

struct triplet {
    long first, last, step;
};

/* "a", "a:b" or "a:b:c" and nothing else. A set may be empty, as a loop of Fortran may be. */
static bool parse_triplet(const char *text, size_t length, struct triplet *triplet)
{
    long value[3] = {0, 0, 1};
    const char *end = text + length;
    int count = 0;

    for (; count < 3; text++) {
        char *after;
        errno = 0;
        value[count] = strtol(text, &after, 10);
        /* strtol() would pass over blanks, and over the comma or the end behind an empty part. */
        if (after == text || after > end || errno != 0 || strchr(" \t\n\v\f\r", *text) != NULL)
            return false;
        count++;
        text = after;
        if (text == end)
            break;
        if (count == 3 || *text != ':')
            return false;
    }
    *triplet = (struct triplet){value[0], count > 1 ? value[1] : value[0], value[2]};
    return text == end && triplet->step != 0;
}

/* The largest number of the set that is at most `limit`; 0 or less: there is none. */
static long largest(const struct triplet *triplet, long limit)
{
    bool up = triplet->step > 0;
    long low = up ? triplet->first : triplet->last;
    long high = up ? triplet->last : triplet->first;

    if (low > high || low > limit)
        return 0;
    /* Unsigned: the difference of two longs may not fit into one. */
    unsigned long step = up ? (unsigned long)triplet->step : 0 - (unsigned long)triplet->step;
    unsigned long reach = (unsigned long)(up && high > limit ? limit : high);
    if (up)
        return (long)(reach - (reach - (unsigned long)low) % step);
    if (high <= limit)
        return high;
    /* Down from the first to at most the limit. */
    unsigned long above = reach - (unsigned long)limit;
    unsigned long steps = above / step + (above % step != 0);
    if (steps > (reach - (unsigned long)low) / step)
        return 0;
    return (long)(reach - steps * step);
}

int toc_value_soft(const char *word, const char *text, uint32_t limit, uint32_t *most)
{
    long best = 0;

    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        struct triplet triplet;
        if (!parse_triplet(at, length, &triplet)) {
            toc_message_print("'%.*s' after %s is not a set of numbers of ranks: give a, a:b or "
                              "a:b:c (from a to b in steps of c), with commas between them",
                              (int)length, at, word);
            return TOC_EXIT_USAGE;
        }
        long value = largest(&triplet, (long)limit);
        best = value > best ? value : best;
        at += length;
        if (*at == '\0')
            break;
    }
    if (best < 1) {
        toc_message_print("%s %s has no number from 1 to %u, the number of ranks that there may be",
                          word, text, limit);
        return TOC_EXIT_USAGE;
    }
    *most = (uint32_t)best;
    return TOC_OPTIONS_CONTINUE;
}

int toc_value_arch(const char *word, const char *text)
{
    struct utsname name;

    if (uname(&name) < 0 || strcmp(name.machine, text) == 0)
        return TOC_OPTIONS_CONTINUE;
    toc_message_print("%s %s: this machine is %s, and Tocsin runs the ranks of one machine only",
                      word, text, name.machine);
    return TOC_EXIT_USAGE;
}

int toc_value_errhandler(const char *word, const char *text, uint32_t *handler)
{
    static const struct {
        const char *name;
        uint32_t handler;
    } names[] = {{"mpi_errors_are_fatal", TOC_INITIAL_ARE_FATAL},
                 {"mpi_errors_abort", TOC_INITIAL_ABORT},
                 {"mpi_errors_return", TOC_INITIAL_RETURN}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i].name) == 0) {
            *handler = names[i].handler;
            return TOC_OPTIONS_CONTINUE;
        }
    }
    toc_message_print("'%s' after %s is not an error handler: give mpi_errors_are_fatal, "
                      "mpi_errors_abort or mpi_errors_return",
                      text, word);
    return TOC_EXIT_USAGE;
}

int toc_value_stdin(const char *word, const char *text, struct toc_stdin *input)
{
    static const char digits[] = "0123456789";

    *input = (struct toc_stdin){.word = word};
    if (strcmp(text, "none") == 0) {
        input->to = TOC_STDIN_NONE;
        return TOC_OPTIONS_CONTINUE;
    }
    if (strcmp(text, "all") == 0) {
        input->to = TOC_STDIN_ALL;
        return TOC_OPTIONS_CONTINUE;
    }
    if (*text == '\0' || text[strspn(text, digits)] != '\0') {
        toc_message_print("'%s' after %s is not known: give a rank, all or none", text, word);
        return TOC_EXIT_USAGE;
    }
    return toc_value_number(word, text, "a rank", 0, TOC_MAX_RANKS - 1, &input->rank);
}

uint32_t toc_value_threads(void)
{
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
        return (uint32_t)CPU_COUNT(&allowed);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}
