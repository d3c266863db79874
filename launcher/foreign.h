/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_FOREIGN_H
#define TOC_LAUNCHER_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

/** Whether the program in the file `path` would load, in `environment`, an MPI library whose ranks
 *  mpirun cannot start: directly or by another library. Its file name ("libmpi.so.40") goes to
 *  *name. Asks the dynamic linker, which takes some milliseconds; the program is not run. Scripts,
 *  static programs and what cannot be found out: false. */
bool toc_foreign_library(const char *path, char *const *environment, char *name, size_t size);

#endif
