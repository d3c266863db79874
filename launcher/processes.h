/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_PROCESSES_H
#define TOC_LAUNCHER_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Looks through /proc, for the rare cases in which a job leaves something behind: kill() cannot
 * tell a process group of zombies (which a container's init may never reap) from a living one, and
 * what has left its group is found by the job's mark in its environment only.
 */

/** Does a process that is not a zombie belong to one of `count` process groups (0: ignored)? */
bool toc_processes_live(const pid_t *groups, uint32_t count);

/** Sends SIGKILL to all processes that were started with `mark` ("NAME=value") in their
 *  environment, except the caller. Result: how many. */
unsigned toc_processes_sweep(const char *mark);

#endif
