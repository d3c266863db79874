/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_OPTION_VALUES_H
#define TOC_LAUNCHER_OPTION_VALUES_H

#include <stdint.h>

#include "options.h"

/*
 * What follows some of mpirun's options. `word` is the option as it was written, `text` its value.
 * Result TOC_OPTIONS_CONTINUE, or TOC_EXIT_USAGE after a complaint that names the value.
 */

/** A number from `low` to `high`; `what` says of what. */
int toc_value_number(const char *word, const char *text, const char *what, long low, long high,
                     uint32_t *value);

/** -soft (MPI 5.0, sections 11.5 and 11.8.4): "a", "a:b" or "a:b:c" between commas. *most becomes
 *  the largest number of that set which is 1 to `limit`; none is an error. */
int toc_value_soft(const char *word, const char *text, uint32_t limit, uint32_t *most);

/** -arch: has to be this machine's, as uname -m says it. */
int toc_value_arch(const char *word, const char *text);

/** -initial-errhandler: mpi_errors_are_fatal, mpi_errors_abort or mpi_errors_return (section
 *  11.8.4); *handler becomes an enum toc_initial_errhandler. */
int toc_value_errhandler(const char *word, const char *text, uint32_t *handler);

/** --stdin: none, all, or a rank. */
int toc_value_stdin(const char *word, const char *text, struct toc_stdin *input);

/** The hardware threads that mpirun may use. */
uint32_t toc_value_threads(void);

#endif
