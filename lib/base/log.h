/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_LOG_H
#define TOC_BASE_LOG_H

enum toc_log_level { TOC_LOG_ERROR, TOC_LOG_WARN, TOC_LOG_INFO, TOC_LOG_DEBUG };

/** Writes one line to stderr, "tocsin[rank]: sentence", in a single write so that it does not tear.
 *  Not handler-safe. */
void toc_log(enum toc_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Rank in front of the lines; -1 (the default) prints none. */
void toc_log_rank(int rank);

#endif
