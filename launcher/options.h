/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_OPTIONS_H
#define TOC_LAUNCHER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/topology.h"

/* Exit codes of mpirun's own complaints; the last two are those of the shells. */
#define TOC_EXIT_USAGE       2
#define TOC_EXIT_TIMEOUT     124 /* as timeout(1) has it */
#define TOC_EXIT_NO_EXEC     126
#define TOC_EXIT_NOT_FOUND   127
#define TOC_OPTIONS_CONTINUE (-1)

/** Which variables of mpirun's environment a rank gets. */
struct toc_inherit {
    enum { TOC_INHERIT_DEFAULT, TOC_INHERIT_ALL, TOC_INHERIT_NONE, TOC_INHERIT_LIST } what;
    const char *list; /* names, between commas */
};

/** "NAME=VALUE" strings; later ones win. */
struct toc_exports {
    const char **entries;
    size_t count;
};

/** One program of the command line and its ranks; "program : program" gives several. */
struct toc_program {
    uint32_t first, nranks;
    const char *directory; /* working directory of the ranks, or NULL: mpirun's */
    const char *search;    /* where to look for it before PATH, between colons; or NULL */
    struct toc_exports exports;
    struct toc_inherit inherit;
    char **argv; /* program and its arguments, NULL at the end */

    /* Found out by toc_program_find(). */
    char *path;         /* file to execute, seen from `directory` */
    char *absolute;     /* `directory` as the shells' PWD has it, or NULL */
    char **environment; /* of its ranks: toc_spawn_environment() */
};

enum toc_tag_style {
    TOC_TAG_NONE,
    TOC_TAG_RANK_ONLY, /* "[3] ", MPICH's */
    TOC_TAG_STREAM,    /* "[1,3]<stdout>: ", Open MPI's */
};

/** Who gets mpirun's standard input. */
struct toc_stdin {
    enum { TOC_STDIN_RANK, TOC_STDIN_NONE, TOC_STDIN_ALL } to;
    uint32_t rank;    /* the only one */
    const char *word; /* the option that says so, or NULL */
};

/** Words read from a file: the options point into them. */
struct toc_file_words {
    struct toc_file_words *next;
    char **line; /* the command line with these words in the place of the option */
};

struct toc_options {
    uint32_t nranks;          /* of all programs */
    enum toc_bind bind;       /* what each rank is bound to when there are enough of them */
    bool bind_asked;          /* ... because the user said so: tell him when it cannot be done */
    bool report_bindings;     /* say where each rank is bound to */
    bool no_oversubscribe;    /* more ranks than cores is an error */
    bool quiet;               /* no notes */
    bool keep_going;          /* the job goes on without ranks that end */
    bool emulate_uintr;       /* preload the emulator of user interrupts */
    enum toc_tag_style tag;   /* in front of each line of the ranks */
    uint32_t timeout;         /* seconds after which the job is ended; 0: never */
    const char *timeout_from; /* who says so: "--timeout", or a variable */
    uint32_t kill_timeout;    /* seconds that ranks have after a signal to mpirun */
    struct toc_stdin input;
    uint32_t errhandler;        /* enum toc_initial_errhandler */
    const char *errhandler_as;  /* as it was given, or NULL */
    struct toc_exports exports; /* for all programs; a program's own win */
    struct toc_inherit inherit; /* for programs that say nothing about it */
    struct toc_program *programs;
    size_t nprograms;
    struct toc_file_words *files;
};

/** Reads mpirun's command line. Result TOC_OPTIONS_CONTINUE, or the code to exit with: 0 after
 *  --help and --version, TOC_EXIT_USAGE after a complaint. */
int toc_options_parse(int argc, char **argv, struct toc_options *options);

/** Adds "NAME=VALUE"; the text is kept. */
void toc_options_export(struct toc_exports *exports, const char *entry);

/** The program that rank `rank` runs. */
const struct toc_program *toc_options_program(const struct toc_options *options, uint32_t rank);

#endif
