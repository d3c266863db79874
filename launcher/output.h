/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_OUTPUT_H
#define TOC_LAUNCHER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/*
 * The ranks' standard output and standard error, passed on byte by byte but never tearing a line:
 * while one rank's line is open, those of the others wait. A line that stays open is shown after a
 * short quiet time (prompts) and keeps the others waiting for a longer one. Every buffer is
 * bounded: where mpirun's reader is slow, the ranks' writes block, as they would without mpirun.
 */
struct toc_output;

/** For `nranks` ranks, whose lines get a prefix in the given style; registers with `epoll_fd` under
 *  the tags tag | 0 ... tag | limit. Result 0 or -errno. */
int toc_output_open(uint32_t nranks, enum toc_tag_style style, int epoll_fd, uint64_t tag,
                    struct toc_output **output);
void toc_output_close(struct toc_output *output);

/** Makes rank `rank`'s two pipes; *stdout_fd and *stderr_fd are the ends to give to the rank and to
 *  close then. Result 0 or -errno. */
int toc_output_pipes(struct toc_output *output, uint32_t rank, int *stdout_fd, int *stderr_fd);

/** An epoll event for the tag with low part `index`. */
void toc_output_event(struct toc_output *output, uint32_t index);

/** Work that depends on time; returns milliseconds until it wants to be called again, or -1. */
int toc_output_tick(struct toc_output *output);

/** Reads what rank `rank` has written so far, as far as there is room. */
void toc_output_drain(struct toc_output *output, uint32_t rank);

/** A line of mpirun's own for stderr, kept whole like a rank's. */
void toc_output_message(void *output, const char *line, size_t length);

/** From now on nothing waits for the end of a line any more. */
void toc_output_flush(struct toc_output *output);

/** Pipes that some process still holds open. */
uint32_t toc_output_streams(const struct toc_output *output);
/** There are bytes that have not been written yet. */
bool toc_output_pending(const struct toc_output *output);
/** mpirun's reader does not take them. */
bool toc_output_blocked(const struct toc_output *output);
/** errno of the first failed write to mpirun's own stdout or stderr; *name says which. */
int toc_output_failure(const struct toc_output *output, const char **name);

#endif
