/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_HOSTS_H
#define TOC_LAUNCHER_HOSTS_H

#include <stdint.h>

/*
 * Lists of hosts, as scripts made for clusters give them. Every host has to be this machine; what
 * is left of such a list is a number of ranks.
 */

/** Adds the slots of "host[:slots],..." to *slots; a host without a number counts 1. Result 0, or
 *  TOC_EXIT_USAGE after a complaint that names `word`, the option. */
int toc_hosts_list(const char *word, const char *text, uint32_t *slots);

/** The same for a file with lines "host[:slots] [slots=N] ...". */
int toc_hosts_file(const char *path, uint32_t *slots);

#endif
