/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_EXCHANGE_H
#define TOC_LAUNCHER_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Descriptors that ranks leave with mpirun for each other (base/exchange.h): those by which they
 * send each other user interrupts, where they may not fetch them themselves.
 */
struct toc_exchange_desk;

/** Opens it for `nranks` ranks where there may be a use for it: `emulated`, or a CPU with user
 *  interrupts; otherwise *desk is NULL. Registers with `epoll_fd` under `tag`. *rank_fd is the end
 *  for the ranks, or -1. Result 0 or -errno. */
int toc_exchange_open(uint32_t nranks, bool emulated, int epoll_fd, uint64_t tag,
                      struct toc_exchange_desk **desk, int *rank_fd);

/** An epoll event for the tag. */
void toc_exchange_event(struct toc_exchange_desk *desk);

/** NULL is allowed. */
void toc_exchange_close(struct toc_exchange_desk *desk);

#endif
