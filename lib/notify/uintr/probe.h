/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_NOTIFY_UINTR_PROBE_H
#define TOC_NOTIFY_UINTR_PROBE_H

#include <stdbool.h>
#include <stddef.h>

struct toc_uintr_driver;

/** Does the CPU have user interrupts (CPUID leaf 7, EDX bit 5)? */
bool toc_uintr_cpu_has(void);

/**
 * Finds out whether user interrupts work here, by trying, in a child process that is thrown away: a
 * wrong guess costs only the child. The answer is kept. NULL, with a sentence in `reason` that
 * names what is missing; or how the kernel is to be spoken to.
 */
const struct toc_uintr_driver *toc_uintr_probe(char *reason, size_t size);

#endif
