/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_PROGRAM_H
#define TOC_LAUNCHER_PROGRAM_H

#include "options.h"

/** Finds the file that execve() shall start for program->argv[0] in program->directory, along PATH
 *  as execvp() does, and fills program->path and program->absolute. Result 0 or, after a complaint
 *  that says what to do, the code to exit with. */
int toc_program_find(struct toc_program *program);

#endif
