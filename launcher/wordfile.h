/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_WORDFILE_H
#define TOC_LAUNCHER_WORDFILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Words of mpirun's command line that stand in a file (-file, -configfile, --app). Blanks separate
 * them; '...' and "..." keep blanks, a backslash keeps the next character and continues a line
 * when it is its last one. A line that begins with # is a comment.
 */

/** Reads the file `path`, which follows the option `word`. `lines`: each line that has words is a
 *  program of its own, and the word ":" comes between two of them. *words is an array of *count
 *  words, both allocated. Result 0, or TOC_EXIT_USAGE after a complaint. */
int toc_wordfile_read(const char *word, const char *path, bool lines, char ***words, size_t *count);

#endif
