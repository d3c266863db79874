/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_LAUNCHER_EMULATE_H
#define TOC_LAUNCHER_EMULATE_H

struct toc_options;

/** When emulated user interrupts are asked for (--emulate-uintr, or TOCSIN_EMULATE_UINTR in the
 *  ranks' environment): has the ranks preload the emulator, and says so. Result
 *  TOC_OPTIONS_CONTINUE, or the code to exit with after a complaint. */
int toc_emulate_prepare(struct toc_options *options);

#endif
