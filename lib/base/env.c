/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/env.h"
#include "base/error.h"
#include "base/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum knob_type { KNOB_ENUM, KNOB_INT, KNOB_AUTO, KNOB_SIZE, KNOB_SIZE_AUTO, KNOB_BOOL };

struct knob {
    enum knob_type type;
    const char *name;
    size_t offset;
    const char *words; /* KNOB_ENUM */
    const char *default_text;
    int64_t minimum, maximum;
    const char *help;
};

#define FIELD(field) offsetof(struct toc_env, field)

static const struct knob knobs[] = {
#define TOC_KNOB_ENUM(field, name, default_, words, help)                                          \
    {KNOB_ENUM, name, FIELD(field), words, default_, 0, 0, help},
#define TOC_KNOB_INT(field, name, default_, minimum, maximum, help)                                \
    {KNOB_INT, name, FIELD(field), NULL, #default_, minimum, maximum, help},
#define TOC_KNOB_AUTO(field, name, minimum, maximum, help)                                         \
    {KNOB_AUTO, name, FIELD(field), NULL, "auto", minimum, maximum, help},
#define TOC_KNOB_SIZE(field, name, default_, minimum, maximum, help)                               \
    {KNOB_SIZE, name, FIELD(field), NULL, #default_, minimum, maximum, help},
#define TOC_KNOB_SIZE_AUTO(field, name, minimum, maximum, help)                                    \
    {KNOB_SIZE_AUTO, name, FIELD(field), NULL, "auto", minimum, maximum, help},
#define TOC_KNOB_BOOL(field, name, default_, help)                                                 \
    {KNOB_BOOL, name, FIELD(field), NULL, #default_, 0, 1, help},
#include "base/env.def"
#undef TOC_KNOB_ENUM
#undef TOC_KNOB_INT
#undef TOC_KNOB_AUTO
#undef TOC_KNOB_SIZE
#undef TOC_KNOB_SIZE_AUTO
#undef TOC_KNOB_BOOL
};

#define KNOBS (sizeof(knobs) / sizeof(knobs[0]))

/* Variables that mpirun sets, and those of the tools around the library. */
static const char *const not_knobs[] = {
    "TOCSIN_JOB_FD",     "TOCSIN_JOB_ID",  "TOCSIN_RANK",        "TOCSIN_SIZE",
    "TOCSIN_LOCAL_RANK", "TOCSIN_PROGRAM", "TOCSIN_CC",          "TOCSIN_CXX",
    "TOCSIN_FC",         "TOCSIN_HOME",    "TOCSIN_EXCHANGE_FD",
};

struct toc_env toc_env;

/* Index of `text` in "a|b|c", or -1. */
static int64_t find_word(const char *words, const char *text)
{
    size_t length = strlen(text);
    int64_t index = 0;
    for (const char *at = words;; index++) {
        size_t word = strcspn(at, "|");
        if (word == length && strncasecmp(at, text, word) == 0)
            return index;
        at += word;
        if (*at++ == '\0')
            return -1;
    }
}

static bool parse_number(const char *text, bool suffixes, int64_t *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 0);
    if (end == text || errno != 0)
        return false;
    int shift = 0;
    if (suffixes && *end != '\0') {
        const char *unit = strchr("kKmMgG", *end);
        if (unit == NULL)
            return false;
        shift = (int)((unit - "kKmMgG") / 2 + 1) * 10;
        end++;
    }
    if (*end != '\0' || number > (INT64_MAX >> shift) || number < 0)
        return false;
    *value = (int64_t)number << shift;
    return true;
}

static bool parse_bool(const char *text, int64_t *value)
{
    int64_t word = find_word("0|no|off|false|1|yes|on|true", text);
    *value = word >= 4;
    return word >= 0;
}

static bool is_size(const struct knob *knob)
{
    return knob->type == KNOB_SIZE || knob->type == KNOB_SIZE_AUTO;
}

static bool may_be_auto(const struct knob *knob)
{
    return knob->type == KNOB_AUTO || knob->type == KNOB_SIZE_AUTO;
}

/* *value is set on success only. An empty text stands for the default. */
static bool parse_knob(const struct knob *knob, const char *text, int64_t *value)
{
    int64_t got = -1;
    if (*text == '\0')
        text = knob->default_text;
    switch (knob->type) {
    case KNOB_ENUM:
        got = find_word(knob->words, text);
        if (got < 0)
            return false;
        break;
    case KNOB_BOOL:
        if (!parse_bool(text, &got))
            return false;
        break;
    case KNOB_AUTO:
    case KNOB_SIZE_AUTO:
        if (find_word("auto", text) == 0) {
            *value = TOC_ENV_AUTO;
            return true;
        }
        /* fall through */
    default:
        if (!parse_number(text, is_size(knob), &got) || got < knob->minimum || got > knob->maximum)
            return false;
    }
    *value = got;
    return true;
}

/* The word of "a|b|c" that is nearest to `text`. */
static void nearest_word(const char *words, const char *text, char *result, size_t size)
{
    size_t best = SIZE_MAX;
    snprintf(result, size, "%.*s", (int)strcspn(words, "|"), words);
    for (const char *at = words; *at != '\0'; at += strspn(at, "|")) {
        size_t length = strcspn(at, "|"), d = toc_words_distance(text, strlen(text), at, length);
        if (d < best) {
            best = d;
            snprintf(result, size, "%.*s", (int)length, at);
        }
        at += length;
    }
}

/* The good value that is nearest to a bad one. */
static void nearest_value(const struct knob *knob, const char *text, char *result, size_t size)
{
    int64_t number;
    if (knob->type == KNOB_ENUM) {
        nearest_word(knob->words, text, result, size);
    } else if (knob->type == KNOB_BOOL) {
        bool off = parse_number(text, false, &number) ? number == 0 : false;
        snprintf(result, size, "%d", off ? 0 : 1);
    } else if (parse_number(text, true, &number)) {
        if (number < knob->minimum || number > knob->maximum)
            number = number < knob->minimum ? knob->minimum : knob->maximum;
        snprintf(result, size, "%" PRId64, number);
    } else {
        /* Below zero, or with more digits than a number can have; or no number at all. */
        text += strspn(text, " \t");
        if (*text == '-')
            snprintf(result, size, "%" PRId64, knob->minimum);
        else if (*text >= '0' && *text <= '9' && text[strspn(text, "0123456789")] == '\0')
            snprintf(result, size, "%" PRId64, knob->maximum);
        else
            snprintf(result, size, "%s", knob->default_text);
    }
}

/* The knob whose name is nearest to an unknown one, if it is near at all. */
static const struct knob *nearest_knob(const char *name, size_t length)
{
    const struct knob *nearest = NULL;
    size_t best = 4;
    for (size_t i = 0; i < KNOBS; i++) {
        size_t d = toc_words_distance(name, length, knobs[i].name, strlen(knobs[i].name));
        if (d < best) {
            best = d;
            nearest = &knobs[i];
        }
    }
    return nearest;
}

static void allowed(const struct knob *knob, char *text, size_t size)
{
    if (knob->type == KNOB_ENUM)
        snprintf(text, size, "one of %s", knob->words);
    else if (knob->type == KNOB_BOOL)
        snprintf(text, size, "0 or 1");
    else
        snprintf(text, size, "%sa number from %" PRId64 " to %" PRId64 "%s",
                 may_be_auto(knob) ? "auto, or " : "", knob->minimum, knob->maximum,
                 is_size(knob) ? " (suffix K, M or G allowed)" : "");
}

static int64_t *field_of(const struct knob *knob)
{
    return (int64_t *)((char *)&toc_env + knob->offset);
}

static const struct knob *find_knob(const char *name, size_t length)
{
    for (size_t i = 0; i < KNOBS; i++)
        if (strlen(knobs[i].name) == length && memcmp(knobs[i].name, name, length) == 0)
            return &knobs[i];
    return NULL;
}

static bool is_known_other(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(not_knobs) / sizeof(not_knobs[0]); i++)
        if (strlen(not_knobs[i]) == length && memcmp(not_knobs[i], name, length) == 0)
            return true;
    return false;
}

int toc_env_parse(char **environment, void (*warn)(const char *sentence), char *message,
                  size_t message_size)
{
    for (size_t i = 0; i < KNOBS; i++)
        parse_knob(&knobs[i], knobs[i].default_text, field_of(&knobs[i]));
    for (char **entry = environment; entry != NULL && *entry != NULL; entry++) {
        size_t length = strcspn(*entry, "=");
        if (strncmp(*entry, "TOCSIN_", 7) != 0 || (*entry)[length] != '=')
            continue;
        const struct knob *knob = find_knob(*entry, length);
        const char *text = *entry + length + 1;
        if (knob != NULL) {
            char what[160], nearest[48];
            if (parse_knob(knob, text, field_of(knob)))
                continue;
            allowed(knob, what, sizeof(what));
            nearest_value(knob, text, nearest, sizeof(nearest));
            snprintf(message, message_size, "%s=%s is not valid: give %s; the nearest is %s=%s",
                     knob->name, text, what, knob->name, nearest);
            return TOC_ERR_ARG;
        }
        if (warn != NULL && !is_known_other(*entry, length)) {
            char sentence[256];
            const struct knob *nearest = nearest_knob(*entry, length);
            snprintf(
                sentence, sizeof(sentence),
                "%.*s is not a variable that Tocsin knows (%s%s%stocsin-info --env lists them)",
                (int)(length < 80 ? length : 80), *entry, nearest != NULL ? "the nearest is " : "",
                nearest != NULL ? nearest->name : "", nearest != NULL ? "; " : "");
            warn(sentence);
        }
    }
    return 0;
}

void toc_env_print(FILE *out)
{
    for (size_t i = 0; i < KNOBS; i++) {
        char what[160];
        allowed(&knobs[i], what, sizeof(what));
        fprintf(out, "%s (default %s): %s\n    %s\n", knobs[i].name, knobs[i].default_text, what,
                knobs[i].help);
    }
}
