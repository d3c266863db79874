/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_OPTIONS_H
#define TOC_LAUNCHER_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes of mpirun's own complaints; the last two are those of the shells. */
#define TOC_EXIT_USAGE       2
#define TOC_EXIT_NO_EXEC     126
#define TOC_EXIT_NOT_FOUND   127
#define TOC_OPTIONS_CONTINUE (-1)

struct toc_options {
    uint32_t nranks;
    int bind;              /* bind ranks to cores when there are enough */
    int bind_asked;        /* ... because the user said so: tell him when it cannot be done */
    int emulate_uintr;     /* preload the emulator of user interrupts */
    const char *directory; /* working directory of the ranks, or NULL */
    const char **exports;  /* "NAME=VALUE", later ones win */
    size_t nexports;
    char **program; /* program and its arguments, NULL at the end */
};

/** Reads mpirun's command line. Result TOC_OPTIONS_CONTINUE, or the code to exit with: 0 after
 *  --help and --version, TOC_EXIT_USAGE after a complaint. */
int toc_options_parse(int argc, char **argv, struct toc_options *options);

/** Adds "NAME=VALUE" to the ranks' environment; the text is kept. */
void toc_options_export(struct toc_options *options, const char *entry);

#endif
