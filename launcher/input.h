/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_INPUT_H
#define TOC_LAUNCHER_INPUT_H

#include <stdint.h>

/*
 * Standard input of rank 0. Where mpirun's is a terminal, rank 0 cannot read it (its process group
 * is not the terminal's foreground group, and Ctrl-C must reach mpirun), so mpirun reads it and
 * passes it on through a pipe, while mpirun itself is in the foreground. Anything else is simply
 * inherited.
 */
struct toc_input;

/** Registers with `epoll_fd` under the tags tag | 0 and tag | 1. *rank_fd is what rank 0 gets as
 *  standard input; result 0 or -errno. */
int toc_input_open(int epoll_fd, uint64_t tag, struct toc_input **input, int *rank_fd);

/** Closes mpirun's copy of rank 0's end, once rank 0 has been started. */
void toc_input_started(struct toc_input *input);

/** An epoll event for one of the tags. */
void toc_input_event(struct toc_input *input);

/** Looks whether mpirun has come to the foreground; returns milliseconds until it should be looked
 *  at again, or -1. */
int toc_input_tick(struct toc_input *input);

void toc_input_close(struct toc_input *input);

#endif
