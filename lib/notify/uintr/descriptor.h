/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_NOTIFY_UINTR_DESCRIPTOR_H
#define TOC_NOTIFY_UINTR_DESCRIPTOR_H

#include <stdbool.h>

/** Is `fd` a descriptor of the kind that /proc/self/fd calls something with `name` in it? */
bool toc_uintr_is_descriptor(int fd, const char *name);

/** Duplicates descriptor `fd` of process `pid`, if it is one of that kind. The duplicate
 *  (close-on-exec), or -errno: -EBADF where it is something else. */
int toc_uintr_fetch(int pid, int fd, const char *name);

/** Moves a descriptor of ours to a high number, out of the way of programs that count on getting
 * the lowest ones. */
int toc_uintr_move_high(int fd);

#endif
