/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_ENV_H
#define TOC_BASE_ENV_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Words of TOCSIN_NOTIFY, in the order of env.def. */
enum toc_env_notify {
    TOC_ENV_NOTIFY_AUTO,
    TOC_ENV_NOTIFY_UINTR,
    TOC_ENV_NOTIFY_SIGNAL,
    TOC_ENV_NOTIFY_THREAD,
    TOC_ENV_NOTIFY_POLL,
};

/* Words of TOCSIN_INTERRUPT. */
enum toc_env_interrupt { TOC_ENV_INTERRUPT_NEEDED, TOC_ENV_INTERRUPT_ALWAYS };

/** Value of a TOC_KNOB_AUTO or TOC_KNOB_SIZE_AUTO that is left to the library. */
#define TOC_ENV_AUTO INT64_MAX

/** One field for each line of env.def. */
struct toc_env {
#define TOC_KNOB_ENUM(field, name, default_, words, help)            int64_t field;
#define TOC_KNOB_INT(field, name, default_, minimum, maximum, help)  int64_t field;
#define TOC_KNOB_AUTO(field, name, minimum, maximum, help)           int64_t field;
#define TOC_KNOB_SIZE(field, name, default_, minimum, maximum, help) int64_t field;
#define TOC_KNOB_SIZE_AUTO(field, name, minimum, maximum, help)      int64_t field;
#define TOC_KNOB_BOOL(field, name, default_, help)                   int64_t field;
#include "base/env.def"
#undef TOC_KNOB_ENUM
#undef TOC_KNOB_INT
#undef TOC_KNOB_AUTO
#undef TOC_KNOB_SIZE
#undef TOC_KNOB_SIZE_AUTO
#undef TOC_KNOB_BOOL
};

/** The values in force; read-only after toc_env_parse(). */
extern struct toc_env toc_env;

/** Reads the environment. An empty value means the default. A malformed value is an error: 0, or
 *  TOC_ERR_ARG with a sentence that names variable, value, what is allowed, and the nearest good
 *  value. Unknown TOCSIN_* variables are reported by one warning each through `warn` (may be NULL).
 */
int toc_env_parse(char **environment, void (*warn)(const char *sentence), char *message,
                  size_t message_size);

/** Prints every knob with default and help. */
void toc_env_print(FILE *out);

#endif
