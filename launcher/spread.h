/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_SPREAD_H
#define TOC_LAUNCHER_SPREAD_H

#include <stdint.h>

/*
 * mpirun --stdin all: a copy of the standard input for every rank. mpirun keeps one buffer, which
 * it fills again when every rank has taken all of it; it waits for nobody, only its event loop says
 * when a rank's pipe has room. So a rank that does not read holds up the input of the others, once
 * its pipe is full, until it closes its standard input or ends.
 */
struct toc_spread;

/** Registers with `epoll_fd`: the pipe of rank r under tag | r, standard input under tag | nranks.
 *  Result 0 or -errno. */
int toc_spread_open(int epoll_fd, uint64_t tag, uint32_t nranks, struct toc_spread **spread);

/** Makes the pipe of rank `rank`: what the rank reads is *fd, for the caller to close. 0 or -errno.
 */
int toc_spread_pipe(struct toc_spread *spread, uint32_t rank, int *fd);

/** All ranks have been started: begins to read. */
void toc_spread_start(struct toc_spread *spread);

/** An epoll event for tag | index. */
void toc_spread_event(struct toc_spread *spread, uint32_t index);

/** Goes on with what the event loop says nothing of (a file, a terminal that others have). Returns
 *  milliseconds until it has to be called again, or -1. */
int toc_spread_tick(struct toc_spread *spread);

void toc_spread_close(struct toc_spread *spread);

#endif
