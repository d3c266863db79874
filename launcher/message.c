/* SPDX-License-Identifier: BSD-3-Clause */
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static void (*message_deliver)(void *context, const char *line, size_t length);
static void *message_context;

void toc_message_redirect(void (*deliver)(void *context, const char *line, size_t length),
                          void *context)
{
    message_deliver = deliver;
    message_context = context;
}

void toc_message_print(const char *format, ...)
{
    char line[8192];
    va_list arguments;
    int head = snprintf(line, sizeof(line), "mpirun: ");

    va_start(arguments, format);
    int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, arguments);
    va_end(arguments);
    size_t length = (size_t)head + (body > 0 ? (size_t)body : 0);
    if (length > sizeof(line) - 2)
        length = sizeof(line) - 2;
    line[length++] = '\n';
    if (message_deliver != NULL)
        message_deliver(message_context, line, length);
    else if (write(STDERR_FILENO, line, length) < 0)
        return; /* stderr is gone: there is nobody left to tell */
}
