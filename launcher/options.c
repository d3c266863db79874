/* SPDX-License-Identifier: BSD-3-Clause */
#include "config.h"
#include "options.h"
#include "hosts.h"
#include "message.h"
#include "option_table.h"
#include "option_values.h"
#include "wordfile.h"
#include "base/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_MOST 100000000
#define KILL_TIMEOUT 10
#define FILES_MOST   64 /* of words */

/* The command line while it is read. */
struct parser {
    struct toc_options *options;
    struct toc_program *program; /* whose options these are */
    bool ranks_given;            /* ... by -n */
    uint32_t per_node, slots;    /* what -ppn says, and lists of hosts; 0: nothing */
    const char *soft, *soft_as;  /* what -soft says, and how it is written; or NULL */
    char **argv;                 /* all words, NULL behind them */
    int argc, at;                /* how many, and the next one */
    int files;                   /* that words have been read from */
    char ignored[512];           /* options without effect, for the note */
};

/* One option as it was given. */
struct given {
    const struct toc_option *option;
    const char *word; /* as written */
    const char *text; /* its argument, or NULL */
    char **rest;      /* the words behind it */
    int taken;        /* how many of those belong to it */
};

static void *grow(void *array, size_t count, size_t size)
{
    void *larger = realloc(array, (count + 1) * size);
    if (larger == NULL)
        abort();
    return larger;
}

static int parse_number(const struct given *given, const char *what, long limit, uint32_t *result)
{
    return toc_value_number(given->word, given->text, what, 1, limit, result);
}

static const struct {
    const char *name;
    enum toc_bind bind;
} bind_names[] = {
    {"core", TOC_BIND_CORE},       {"none", TOC_BIND_NONE},       {"hwthread", TOC_BIND_HWTHREAD},
    {"socket", TOC_BIND_SOCKET},   {"package", TOC_BIND_SOCKET},  {"numa", TOC_BIND_NUMA},
    {"l1cache", TOC_BIND_L1CACHE}, {"l2cache", TOC_BIND_L2CACHE}, {"l3cache", TOC_BIND_L3CACHE},
    {"board", TOC_BIND_NONE},      {"machine", TOC_BIND_NONE},
};

static int set_bind(struct toc_options *options, enum toc_bind bind)
{
    options->bind = bind;
    options->bind_asked = bind != TOC_BIND_NONE;
    return TOC_OPTIONS_CONTINUE;
}

/* What follows a colon (overload-allowed, if-supported) is the case in any case. */
static int parse_bind(const struct given *given, struct toc_options *options)
{
    size_t length = strcspn(given->text, ":");

    for (size_t i = 0; i < sizeof(bind_names) / sizeof(bind_names[0]); i++)
        if (strlen(bind_names[i].name) == length &&
            strncmp(given->text, bind_names[i].name, length) == 0)
            return set_bind(options, bind_names[i].bind);
    toc_message_print("'%s' after %s is not known: give core, hwthread, socket, numa, l1cache, "
                      "l2cache, l3cache or none",
                      given->text, given->word);
    return TOC_EXIT_USAGE;
}

void toc_options_export(struct toc_exports *exports, const char *entry)
{
    exports->entries = grow(exports->entries, exports->count, sizeof(*exports->entries));
    exports->entries[exports->count++] = entry;
}

/* Takes NAME=VALUE; NAME VALUE, as MPICH's -env has it; or NAME alone, as Open MPI's -x has it. */
static int parse_export(struct given *given, struct toc_exports *exports)
{
    const char *text = given->text;

    if (text[0] == '=' || text[0] == '\0') {
        toc_message_print("'%s' after %s has no variable name: give NAME=VALUE", text, given->word);
        return TOC_EXIT_USAGE;
    }
    if (strchr(text, '=') == NULL) {
        const char *value = given->option->id == TOC_OPTION_X ? getenv(text) : given->rest[0];
        if (value == NULL && given->option->id == TOC_OPTION_X) {
            toc_message_print("warning: %s %s: there is no such variable to pass on", given->word,
                              text);
            return TOC_OPTIONS_CONTINUE;
        }
        if (value == NULL) {
            toc_message_print("%s %s has no value: give %s %s VALUE", given->word, text,
                              given->word, text);
            return TOC_EXIT_USAGE;
        }
        char *joined;
        if (asprintf(&joined, "%s=%s", text, value) < 0)
            abort();
        text = joined;
        given->taken = given->option->id != TOC_OPTION_X;
    }
    toc_options_export(exports, text);
    return TOC_OPTIONS_CONTINUE;
}

static int set_inherit(struct toc_inherit *inherit, int what, const char *list)
{
    *inherit = (struct toc_inherit){.what = what, .list = list};
    return TOC_OPTIONS_CONTINUE;
}

/* Puts `count` words in the place of the option and its argument, which have been read. Words of
 * the program before stay where they are. */
static void splice(struct parser *parser, char **words, size_t count)
{
    size_t rest = (size_t)(parser->argc - parser->at);
    struct toc_file_words *file = grow(NULL, 0, sizeof(*file));

    file->line = grow(NULL, count + rest, sizeof(*file->line));
    if (count != 0)
        memcpy(file->line, words, count * sizeof(*words));
    memcpy(file->line + count, parser->argv + parser->at, rest * sizeof(*words));
    file->line[count + rest] = NULL;
    file->next = parser->options->files;
    parser->options->files = file;
    parser->argv = file->line;
    parser->argc = (int)(count + rest);
    parser->at = 0;
}

/* The options of a program have been read before it: what a file of programs gives is all of it. */
static int read_words(struct parser *parser, const struct given *given)
{
    bool lines = given->option->id == TOC_OPTION_PROGRAMS;
    const char *next = parser->argv[parser->at];
    size_t count;
    char **words;

    if (++parser->files > FILES_MOST) {
        toc_message_print("%s %s: these are more than %d files; does one name itself?", given->word,
                          given->text, FILES_MOST);
        return TOC_EXIT_USAGE;
    }
    if (lines && next != NULL && strcmp(next, ":") != 0) {
        toc_message_print("'%s' follows %s %s, which has the programs: give ':' between", next,
                          given->word, given->text);
        return TOC_EXIT_USAGE;
    }
    int status = toc_wordfile_read(given->word, given->text, lines, &words, &count);
    if (status != 0)
        return status;
    if (lines && count == 0) {
        toc_message_print("%s %s: there is no program in this file", given->word, given->text);
        status = TOC_EXIT_USAGE;
    } else {
        splice(parser, words, count);
        status = TOC_OPTIONS_CONTINUE;
    }
    free(words);
    return status;
}

/* There is one for all: the standard lets it be set for each program. */
static int set_errhandler(struct toc_options *options, const struct given *given)
{
    const char *before = options->errhandler_as;
    uint32_t handler;
    int status = toc_value_errhandler(given->word, given->text, &handler);

    if (status != TOC_OPTIONS_CONTINUE)
        return status;
    if (before != NULL && handler != options->errhandler) {
        toc_message_print("%s %s comes after %s: all programs of a job have the same one",
                          given->word, given->text, before);
        return TOC_EXIT_USAGE;
    }
    options->errhandler = handler;
    options->errhandler_as = given->text;
    return TOC_OPTIONS_CONTINUE;
}

/* Remembered for one note about all of them. */
static int ignore(struct parser *parser, struct given *given)
{
    size_t used = strlen(parser->ignored);

    if (given->option->words == 2) {
        if (given->rest[0] == NULL) {
            toc_message_print("nothing follows %s %s: give %s %s VALUE", given->word, given->text,
                              given->word, given->text);
            return TOC_EXIT_USAGE;
        }
        given->taken = 1;
    }
    const char *text = strchr(given->word, '=') == NULL ? given->text : NULL;
    const char *value = given->taken != 0 ? given->rest[0] : NULL;
    snprintf(parser->ignored + used, sizeof(parser->ignored) - used, "%s%s%s%s%s%s",
             used != 0 ? ", " : "", given->word, text != NULL ? " " : "", text != NULL ? text : "",
             value != NULL ? " " : "", value != NULL ? value : "");
    return TOC_OPTIONS_CONTINUE;
}

static int help(void)
{
    fputs(toc_option_help, stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int version(void)
{
    printf("mpirun (Tocsin) %s\n", PACKAGE_VERSION);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int apply_environment(struct parser *parser, struct given *given)
{
    struct toc_options *options = parser->options;
    struct toc_program *program = parser->program;

    switch (given->option->id) {
    case TOC_OPTION_ENV:
        return parse_export(given, &program->exports);
    case TOC_OPTION_ENV_ALL:
        return set_inherit(&program->inherit, TOC_INHERIT_ALL, NULL);
    case TOC_OPTION_ENV_NONE:
        return set_inherit(&program->inherit, TOC_INHERIT_NONE, NULL);
    case TOC_OPTION_ENV_LIST:
        return set_inherit(&program->inherit, TOC_INHERIT_LIST, given->text);
    case TOC_OPTION_GENV_ALL:
        return set_inherit(&options->inherit, TOC_INHERIT_ALL, NULL);
    case TOC_OPTION_GENV_NONE:
        return set_inherit(&options->inherit, TOC_INHERIT_NONE, NULL);
    case TOC_OPTION_GENV_LIST:
        return set_inherit(&options->inherit, TOC_INHERIT_LIST, given->text);
    default: /* TOC_OPTION_GENV, TOC_OPTION_X */
        return parse_export(given, &options->exports);
    }
}

static int from_hosts(int status)
{
    return status == 0 ? TOC_OPTIONS_CONTINUE : status;
}

static int apply_ranks(struct parser *parser, const struct given *given)
{
    switch (given->option->id) {
    case TOC_OPTION_RANKS:
        parser->ranks_given = true;
        return parse_number(given, "the number of ranks", TOC_MAX_RANKS, &parser->program->nranks);
    case TOC_OPTION_PER_NODE:
        return parse_number(given, "the number of ranks", TOC_MAX_RANKS, &parser->per_node);
    case TOC_OPTION_ONE_PER_NODE:
        parser->per_node = 1;
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_HOSTS:
        return from_hosts(toc_hosts_list(given->word, given->text, &parser->slots));
    case TOC_OPTION_SOFT:
        parser->soft = given->text;
        parser->soft_as = given->word;
        return TOC_OPTIONS_CONTINUE;
    default: /* TOC_OPTION_HOSTFILE */
        return from_hosts(toc_hosts_file(given->text, &parser->slots));
    }
}

static int set(bool *flag)
{
    *flag = true;
    return TOC_OPTIONS_CONTINUE;
}

static int apply(struct parser *parser, struct given *given)
{
    struct toc_options *options = parser->options;

    switch (given->option->id) {
    case TOC_OPTION_RANKS:
    case TOC_OPTION_PER_NODE:
    case TOC_OPTION_ONE_PER_NODE:
    case TOC_OPTION_HOSTS:
    case TOC_OPTION_HOSTFILE:
    case TOC_OPTION_SOFT:
        return apply_ranks(parser, given);
    case TOC_OPTION_ARCH:
        return toc_value_arch(given->word, given->text);
    case TOC_OPTION_PATH:
        parser->program->search = given->text;
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_FILE:
    case TOC_OPTION_PROGRAMS:
        return read_words(parser, given);
    case TOC_OPTION_ERRHANDLER:
        return set_errhandler(options, given);
    case TOC_OPTION_DIRECTORY:
        parser->program->directory = given->text;
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_ENV:
    case TOC_OPTION_GENV:
    case TOC_OPTION_X:
    case TOC_OPTION_ENV_ALL:
    case TOC_OPTION_ENV_NONE:
    case TOC_OPTION_ENV_LIST:
    case TOC_OPTION_GENV_ALL:
    case TOC_OPTION_GENV_NONE:
    case TOC_OPTION_GENV_LIST:
        return apply_environment(parser, given);
    case TOC_OPTION_BIND:
        return parse_bind(given, options);
    case TOC_OPTION_BIND_CORE:
        return set_bind(options, TOC_BIND_CORE);
    case TOC_OPTION_BIND_SOCKET:
        return set_bind(options, TOC_BIND_SOCKET);
    case TOC_OPTION_BIND_NONE:
        return set_bind(options, TOC_BIND_NONE);
    case TOC_OPTION_REPORT_BINDINGS:
        return set(&options->report_bindings);
    case TOC_OPTION_NO_OVERSUBSCRIBE:
        return set(&options->no_oversubscribe);
    case TOC_OPTION_TAG_RANK:
        options->tag = TOC_TAG_RANK_ONLY;
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_TAG_STREAM:
        options->tag = TOC_TAG_STREAM;
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_TIMEOUT:
        options->timeout_from = "--timeout";
        return parse_number(given, "the number of seconds", SECONDS_MOST, &options->timeout);
    case TOC_OPTION_KILL_TIMEOUT:
        return parse_number(given, "the number of seconds", SECONDS_MOST, &options->kill_timeout);
    case TOC_OPTION_STDIN:
        return toc_value_stdin(given->word, given->text, &options->input);
    case TOC_OPTION_KEEP_GOING:
        return set(&options->keep_going);
    case TOC_OPTION_EMULATE:
        return set(&options->emulate_uintr);
    case TOC_OPTION_QUIET:
        return set(&options->quiet);
    case TOC_OPTION_MATTERLESS:
        return TOC_OPTIONS_CONTINUE;
    case TOC_OPTION_IGNORED:
        return ignore(parser, given);
    case TOC_OPTION_HELP:
        return help();
    case TOC_OPTION_VERSION:
        return version();
    }
    return TOC_EXIT_USAGE;
}

/* One option: "-name", "--name", "-name value" or "--name=value". */
static int parse_one(struct parser *parser)
{
    struct given given = {.word = parser->argv[parser->at]};
    const char *name = given.word + (given.word[1] == '-' ? 2 : 1);
    size_t length = strcspn(name, "=");

    given.option = toc_option_find(name, length);
    if (given.option == NULL || (name[length] == '=' && given.option->argument == NULL)) {
        toc_message_print("unknown option '%s'; the nearest known one is %s (mpirun --help lists "
                          "all)",
                          given.word, toc_option_nearest(name));
        return TOC_EXIT_USAGE;
    }
    parser->at++;
    if (given.option->argument != NULL) {
        given.text = name[length] == '=' ? name + length + 1 : parser->argv[parser->at];
        if (given.text == NULL) {
            toc_message_print("nothing follows %s: give %s", given.word, given.option->argument);
            return TOC_EXIT_USAGE;
        }
        parser->at += name[length] != '=';
    }
    given.rest = parser->argv + parser->at;
    int status = apply(parser, &given);
    parser->at += given.taken;
    return status;
}

static void start_program(struct parser *parser)
{
    struct toc_options *options = parser->options;

    options->programs = grow(options->programs, options->nprograms, sizeof(*options->programs));
    parser->program = &options->programs[options->nprograms++];
    *parser->program = (struct toc_program){.first = options->nranks};
    parser->ranks_given = false;
    parser->per_node = parser->slots = 0;
    parser->soft = NULL;
}

/* The standard's n is the most that may be started, if -soft names others. */
static int choose_soft(struct parser *parser, bool limited)
{
    struct toc_program *program = parser->program;
    uint32_t limit = limited ? program->nranks : toc_value_threads();

    if (parser->soft == NULL)
        return TOC_OPTIONS_CONTINUE;
    return toc_value_soft(parser->soft_as, parser->soft, limit, &program->nranks);
}

/* There is one machine: ranks per machine are ranks, and so are the slots of hosts. */
static int count_ranks(struct parser *parser)
{
    struct toc_program *program = parser->program;
    uint32_t hosts = parser->per_node != 0 ? parser->per_node : parser->slots;

    if (!parser->ranks_given)
        program->nranks = hosts != 0 ? hosts : 1;
    int status = choose_soft(parser, parser->ranks_given || hosts != 0);
    if (status != TOC_OPTIONS_CONTINUE)
        return status;
    parser->options->nranks += program->nranks;
    if (parser->options->nranks <= TOC_MAX_RANKS)
        return TOC_OPTIONS_CONTINUE;
    toc_message_print("these are %u ranks or more: a job has at most %d", parser->options->nranks,
                      TOC_MAX_RANKS);
    return TOC_EXIT_USAGE;
}

static bool at_colon(const struct parser *parser)
{
    return parser->at < parser->argc && strcmp(parser->argv[parser->at], ":") == 0;
}

/* The options of one program, its name, its arguments up to ":" or the end. */
static int parse_program(struct parser *parser)
{
    start_program(parser);
    while (parser->at < parser->argc && parser->argv[parser->at][0] == '-' &&
           parser->argv[parser->at][1] != '\0') {
        if (strcmp(parser->argv[parser->at], "--") == 0) {
            parser->at++;
            break;
        }
        int status = parse_one(parser);
        if (status != TOC_OPTIONS_CONTINUE)
            return status;
    }
    parser->program->argv = parser->argv + parser->at;
    if (parser->at >= parser->argc || at_colon(parser)) {
        toc_message_print("no program is given%s: mpirun [options] program [arguments] "
                          "(mpirun --help lists the options)",
                          at_colon(parser)                 ? " before ':'"
                          : parser->options->nprograms > 1 ? " after ':'"
                                                           : "");
        return TOC_EXIT_USAGE;
    }
    while (parser->at < parser->argc && !at_colon(parser))
        parser->at++;
    return count_ranks(parser);
}

/* What can be said only once all ranks have been counted. */
static int check_together(const struct toc_options *options)
{
    if (options->input.to != TOC_STDIN_RANK || options->input.rank < options->nranks)
        return TOC_OPTIONS_CONTINUE;
    toc_message_print("%s %u: there is no such rank in a job of %u", options->input.word,
                      options->input.rank, options->nranks);
    return TOC_EXIT_USAGE;
}

/* What the mpiexec of MPICH and of Open MPI know as well. An option goes before it. */
static int take_variables(struct toc_options *options)
{
    static const char name[] = "MPIEXEC_TIMEOUT";
    const struct given given = {.word = name, .text = getenv(name)};

    if (given.text == NULL || *given.text == '\0' || options->timeout != 0)
        return TOC_OPTIONS_CONTINUE;
    options->timeout_from = name;
    return parse_number(&given, "the number of seconds", SECONDS_MOST, &options->timeout);
}

int toc_options_parse(int argc, char **argv, struct toc_options *options)
{
    struct parser parser = {.options = options, .argv = argv, .argc = argc, .at = 1};

    *options = (struct toc_options){.bind = TOC_BIND_CORE, .kill_timeout = KILL_TIMEOUT};
    for (;;) {
        int status = parse_program(&parser);
        if (status != TOC_OPTIONS_CONTINUE)
            return status;
        if (parser.at >= parser.argc)
            break;
        parser.argv[parser.at++] = NULL; /* the end of this program's arguments */
    }
    if (parser.ignored[0] != '\0' && !options->quiet)
        toc_message_print("note: without effect here: %s", parser.ignored);
    int status = check_together(options);
    return status != TOC_OPTIONS_CONTINUE ? status : take_variables(options);
}

const struct toc_program *toc_options_program(const struct toc_options *options, uint32_t rank)
{
    const struct toc_program *program = options->programs;

    while (rank >= program->first + program->nranks)
        program++;
    return program;
}
