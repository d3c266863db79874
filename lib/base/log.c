/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"
#include "base/env.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static int log_rank = -1;

void toc_log_rank(int rank)
{
    log_rank = rank;
}

void toc_log(enum toc_log_level level, const char *format, ...)
{
    char line[1024];
    int saved = errno;
    int used;
    va_list arguments;

    if ((int64_t)level > toc_env.log)
        return;
    used = log_rank < 0 ? snprintf(line, sizeof(line), "tocsin: ")
                        : snprintf(line, sizeof(line), "tocsin[%d]: ", log_rank);
    va_start(arguments, format);
    int more = vsnprintf(line + used, sizeof(line) - (size_t)used, format, arguments);
    va_end(arguments);
    used = more < 0 ? used : used + more;
    if (used > (int)sizeof(line) - 1)
        used = (int)sizeof(line) - 1;
    line[used] = '\n';
    if (write(STDERR_FILENO, line, (size_t)used + 1) < 0)
        errno = saved; /* nowhere left to say it */
    errno = saved;
}
