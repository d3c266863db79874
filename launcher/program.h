/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_PROGRAM_H
#define TOC_LAUNCHER_PROGRAM_H

/** Finds the file that execve() shall start for `name`, along PATH as execvp() does. Result 0 and
 *  an allocated *path, or, after a complaint that says what to do, the code to exit with. */
int toc_program_find(const char *name, char **path);

#endif
