/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_SPAWN_H
#define TOC_LAUNCHER_SPAWN_H

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "guardian.h"
#include "options.h"

/** What all ranks have in common; filled by main, constant while ranks are started. */
struct toc_spawn {
    const struct toc_options *options;
    const char *mark; /* "TOCSIN_JOB_ID=..." */
    int job_fd;       /* the job's segment: ranks inherit it */
    int exchange_fd;  /* likewise, their way to mpirun's desk; or -1 */
    int error_fd;     /* write end of a pipe: struct toc_spawn_error when exec fails */
    int null_fd;      /* standard input of ranks that get none */
    int stdin_fd;     /* mpirun's standard input, or the way of it */
    struct toc_guardian *guardian;
    sigset_t mask; /* what mpirun was started with, given back to the ranks */
    struct sigaction sigpipe;
    struct sigaction sigchld;
    struct rlimit files;
    pid_t launcher;
};

/** Where and why a rank could not be started. */
struct toc_spawn_error {
    uint32_t rank;
    int error; /* errno */
    char call[24];
};

/** Forks rank `rank`, which runs `program`, with `streams` as its standard input, output and error
 *  and, unless `cpus` is NULL, bound to `cpus`. Result 0 or -errno. */
int toc_spawn_rank(const struct toc_spawn *spawn, const struct toc_program *program, uint32_t rank,
                   const int streams[3], const cpu_set_t *cpus, size_t cpus_size, pid_t *pid);

/** The environment of the ranks of program number `index`, allocated; toc_spawn_rank() completes it
 *  for each of them. */
char **toc_spawn_environment(const struct toc_spawn *spawn, size_t index);
void toc_spawn_environment_free(char **environment);

#endif
