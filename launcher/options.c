/* SPDX-License-Identifier: BSD-3-Clause */
#include "config.h"
#include "options.h"
#include "message.h"
#include "base/job.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
    OPTION_RANKS,
    OPTION_DIRECTORY,
    OPTION_EXPORT,
    OPTION_BIND,
    OPTION_EMULATE,
    OPTION_IGNORED,
    OPTION_HELP,
    OPTION_VERSION,
};

/* Spellings of MPICH's and Open MPI's launchers that mean the same here. One dash or two. */
static const struct option {
    const char *name;
    enum option_id id;
    const char *argument; /* what it is, for complaints; NULL: takes none */
} option_table[] = {
    {"n", OPTION_RANKS, "the number of ranks"},
    {"np", OPTION_RANKS, "the number of ranks"},
    {"c", OPTION_RANKS, "the number of ranks"},
    {"wdir", OPTION_DIRECTORY, "a directory"},
    {"wd", OPTION_DIRECTORY, "a directory"},
    {"env", OPTION_EXPORT, "NAME=VALUE"},
    {"x", OPTION_EXPORT, "NAME=VALUE"},
    {"bind-to", OPTION_BIND, "core or none"},
    {"emulate-uintr", OPTION_EMULATE, NULL},
    {"oversubscribe", OPTION_IGNORED, NULL},
    {"allow-run-as-root", OPTION_IGNORED, NULL},
    {"help", OPTION_HELP, NULL},
    {"h", OPTION_HELP, NULL},
    {"version", OPTION_VERSION, NULL},
    {"V", OPTION_VERSION, NULL},
};

#define OPTION_COUNT (sizeof(option_table) / sizeof(option_table[0]))
#define NAME_MAX_LEN 24

static const char help_text[] =
    "Usage: mpirun [options] program [arguments]\n"
    "Starts a program as the ranks of an MPI job on this machine.\n"
    "\n"
    "  -n N, -np N, -c N     number of ranks (default 1)\n"
    "  -wdir DIR             run in the directory DIR\n"
    "  -x NAME=VALUE         set an environment variable of the ranks; also -env NAME VALUE\n"
    "                        (the whole environment of mpirun is passed on in any case)\n"
    "  --bind-to core|none   bind each rank to its share of the cores (core, the default; never\n"
    "                        done when there are more ranks than cores), or do not bind\n"
    "  --emulate-uintr       run on emulated user interrupts, for tests\n"
    "  -h, --help            this text\n"
    "  -V, --version         the version\n"
    "  --                    end of the options\n"
    "\n"
    "--oversubscribe and --allow-run-as-root are accepted: both are always allowed.\n"
    "Standard input goes to rank 0. The first rank that fails ends the job and gives mpirun its\n"
    "exit code (128 + signal number for a signal). Knobs of the library: tocsin-info --env.\n";

/* Edit distance with transpositions (optimal string alignment) of two short words. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    size_t d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];

    if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
        return la > lb ? la : lb;
    for (size_t i = 0; i <= la; i++) {
        for (size_t j = 0; j <= lb; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[la][lb];
}

static const char *dashes_of(const char *name)
{
    return strlen(name) > 2 && strcmp(name, "wdir") != 0 && strcmp(name, "env") != 0 ? "--" : "-";
}

static int complain_unknown(const char *word, const char *name)
{
    size_t best = 0, best_score = SIZE_MAX;

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *known = option_table[i].name;
        /* Of two that are equally near, the one of the same length: letters swapped or mistyped. */
        size_t score = edit_distance(name, known) * 2 + (strlen(known) != strlen(name));
        if (score < best_score) {
            best_score = score;
            best = i;
        }
    }
    const char *nearest = option_table[best].name;
    toc_message_print(
        "unknown option '%s'; the nearest known one is %s%s (mpirun --help lists all)", word,
        dashes_of(nearest), nearest);
    return TOC_EXIT_USAGE;
}

static const struct option *find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(option_table[i].name) == length &&
            memcmp(option_table[i].name, name, length) == 0)
            return &option_table[i];
    return NULL;
}

static int parse_ranks(const char *word, const char *text, uint32_t *nranks)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0') {
        toc_message_print("'%s' after %s is not a number: give the number of ranks, 1 to %d", text,
                          word, TOC_MAX_RANKS);
        return TOC_EXIT_USAGE;
    }
    if (errno == ERANGE || value > TOC_MAX_RANKS || value < 1) {
        toc_message_print("%s %s is too %s: the number of ranks is 1 to %d", word, text,
                          value < 1 ? "small" : "large", TOC_MAX_RANKS);
        return TOC_EXIT_USAGE;
    }
    *nranks = (uint32_t)value;
    return TOC_OPTIONS_CONTINUE;
}

static int parse_bind(const char *word, const char *text, struct toc_options *options)
{
    options->bind = strcmp(text, "core") == 0;
    options->bind_asked = options->bind;
    if (options->bind || strcmp(text, "none") == 0)
        return TOC_OPTIONS_CONTINUE;
    toc_message_print("'%s' after %s is not known: give core or none", text, word);
    return TOC_EXIT_USAGE;
}

void toc_options_export(struct toc_options *options, const char *entry)
{
    options->exports =
        realloc(options->exports, (options->nexports + 1) * sizeof(*options->exports));
    if (options->exports == NULL)
        abort();
    options->exports[options->nexports++] = entry;
}

/* Takes NAME=VALUE; NAME VALUE, as MPICH's -env has it; or NAME alone, as Open MPI's -x has it. */
static int parse_export(const char *word, const char *text, char **rest,
                        struct toc_options *options, int *taken)
{
    if (text[0] == '=' || text[0] == '\0') {
        toc_message_print("'%s' after %s has no variable name: give NAME=VALUE", text, word);
        return TOC_EXIT_USAGE;
    }
    if (strchr(text, '=') == NULL) {
        if (word[strspn(word, "-")] == 'x') {
            if (getenv(text) == NULL)
                toc_message_print("warning: %s %s: there is no such variable to pass on", word,
                                  text);
            return TOC_OPTIONS_CONTINUE;
        }
        if (*rest == NULL) {
            toc_message_print("%s %s has no value: give %s %s VALUE", word, text, word, text);
            return TOC_EXIT_USAGE;
        }
        char *joined;
        if (asprintf(&joined, "%s=%s", text, *rest) < 0)
            abort();
        text = joined;
        *taken = 1;
    }
    toc_options_export(options, text);
    return TOC_OPTIONS_CONTINUE;
}

/* `rest` is what follows the option's argument; *taken says how many of those words went too. */
static int apply(const struct option *option, const char *word, const char *text, char **rest,
                 struct toc_options *options, int *taken)
{
    switch (option->id) {
    case OPTION_RANKS:
        return parse_ranks(word, text, &options->nranks);
    case OPTION_DIRECTORY:
        options->directory = text;
        return TOC_OPTIONS_CONTINUE;
    case OPTION_EXPORT:
        return parse_export(word, text, rest, options, taken);
    case OPTION_BIND:
        return parse_bind(word, text, options);
    case OPTION_EMULATE:
        options->emulate_uintr = 1;
        return TOC_OPTIONS_CONTINUE;
    case OPTION_IGNORED:
        return TOC_OPTIONS_CONTINUE;
    case OPTION_HELP:
        fputs(help_text, stdout);
        return fflush(stdout) == 0 ? 0 : 1;
    case OPTION_VERSION:
        printf("mpirun (Tocsin) %s\n", PACKAGE_VERSION);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    return TOC_EXIT_USAGE;
}

/* One option at argv[*at]: "-name", "--name", "-name value" or "--name=value". */
static int parse_one(char **argv, int *at, struct toc_options *options)
{
    const char *word = argv[*at];
    const char *name = word + (word[1] == '-' ? 2 : 1);
    size_t length = strcspn(name, "=");
    const struct option *option = find_option(name, length);
    const char *text = NULL;
    int taken = 0;

    if (option == NULL || (name[length] == '=' && option->argument == NULL))
        return complain_unknown(word, name);
    *at += 1;
    if (option->argument != NULL) {
        text = name[length] == '=' ? name + length + 1 : argv[*at];
        if (text == NULL) {
            toc_message_print("nothing follows %s: give %s", word, option->argument);
            return TOC_EXIT_USAGE;
        }
        *at += name[length] != '=';
    }
    int status = apply(option, word, text, argv + *at, options, &taken);
    *at += taken;
    return status;
}

static int check_program(char **program)
{
    if (program[0] == NULL) {
        toc_message_print("no program is given: mpirun [options] program [arguments] "
                          "(mpirun --help lists the options)");
        return TOC_EXIT_USAGE;
    }
    for (char **word = program; *word != NULL; word++) {
        if (strcmp(*word, ":") == 0) {
            toc_message_print("':' between programs is not supported: all ranks run the same one");
            return TOC_EXIT_USAGE;
        }
    }
    return TOC_OPTIONS_CONTINUE;
}

int toc_options_parse(int argc, char **argv, struct toc_options *options)
{
    int at = 1;

    *options = (struct toc_options){.nranks = 1, .bind = 1};
    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        int status = parse_one(argv, &at, options);
        if (status != TOC_OPTIONS_CONTINUE)
            return status;
    }
    options->program = argv + at;
    return check_program(options->program);
}
