/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_OPTION_TABLE_H
#define TOC_LAUNCHER_OPTION_TABLE_H

#include <stddef.h>

enum toc_option_id {
    TOC_OPTION_RANKS,
    TOC_OPTION_PER_NODE,
    TOC_OPTION_ONE_PER_NODE,
    TOC_OPTION_SOFT,
    TOC_OPTION_HOSTS,
    TOC_OPTION_HOSTFILE,
    TOC_OPTION_DIRECTORY,
    TOC_OPTION_ARCH,
    TOC_OPTION_PATH,
    TOC_OPTION_FILE,     /* more words of the command line */
    TOC_OPTION_PROGRAMS, /* a program a line */
    TOC_OPTION_ERRHANDLER,
    TOC_OPTION_ENV,  /* one program's */
    TOC_OPTION_GENV, /* all programs' */
    TOC_OPTION_X,    /* all programs', NAME alone is allowed */
    TOC_OPTION_ENV_ALL,
    TOC_OPTION_ENV_NONE,
    TOC_OPTION_ENV_LIST,
    TOC_OPTION_GENV_ALL,
    TOC_OPTION_GENV_NONE,
    TOC_OPTION_GENV_LIST,
    TOC_OPTION_BIND,
    TOC_OPTION_BIND_CORE,
    TOC_OPTION_BIND_SOCKET,
    TOC_OPTION_BIND_NONE,
    TOC_OPTION_REPORT_BINDINGS,
    TOC_OPTION_NO_OVERSUBSCRIBE,
    TOC_OPTION_TAG_RANK,
    TOC_OPTION_TAG_STREAM,
    TOC_OPTION_TIMEOUT,
    TOC_OPTION_KILL_TIMEOUT,
    TOC_OPTION_STDIN,
    TOC_OPTION_KEEP_GOING,
    TOC_OPTION_EMULATE,
    TOC_OPTION_QUIET,
    TOC_OPTION_MATTERLESS, /* what it asks for is always so */
    TOC_OPTION_IGNORED,    /* has no effect here, and the user is told */
    TOC_OPTION_HELP,
    TOC_OPTION_VERSION,
};

/** A spelling of MPICH's or Open MPI's launcher. It may be given with one dash or two. */
struct toc_option {
    const char *written; /* with the dashes that are usual */
    enum toc_option_id id;
    int words;            /* of the argument: 2 for "--mca NAME VALUE", else 0 or 1 */
    const char *argument; /* what it is, for complaints; NULL: takes none */
};

/** The option whose name, without dashes, are the `length` characters at `name`; or NULL. */
const struct toc_option *toc_option_find(const char *name, size_t length);

/** As it is usually written: the known option that is most like `name`. */
const char *toc_option_nearest(const char *name);

/** What mpirun --help prints. */
extern const char toc_option_help[];

#endif
