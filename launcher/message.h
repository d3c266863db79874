/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_MESSAGE_H
#define TOC_LAUNCHER_MESSAGE_H

#include <stddef.h>

/** Writes "mpirun: sentence\n" to stderr as one line. */
void toc_message_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** From now on messages go to `deliver` (whole lines), so that they do not tear the ranks' lines;
 *  NULL goes back to stderr. */
void toc_message_redirect(void (*deliver)(void *context, const char *line, size_t length),
                          void *context);

/** "s" unless `count` is 1. */
static inline const char *toc_plural(unsigned long count)
{
    return count == 1 ? "" : "s";
}

#endif
