/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_NOTIFY_INTERPOSE_H
#define TOC_NOTIFY_INTERPOSE_H

#include <signal.h>
#include <stdbool.h>

/*
 * Interposed libc functions: they hide the bell's signal from the program. The library exports its
 * own read, poll, nanosleep, sigaction and so on (tests/lint/exports.exceptions has them all), each
 * over the function of the same name in libc. While nothing is started they pass straight through;
 * only the handlers that the program installs are wrapped from the beginning, so that they are
 * counted later.
 */

/** What a bell carries in si_value.sival_int, with si_code SI_QUEUE: tells it from signals of the
 *  same number that somebody else sent. */
enum { TOC_BELL_MARKER = 0x54434e31 };

/**
 * From now on `signo` is the library's: its handler runs bell(signo, siginfo, ucontext) on the
 * calling thread, and nowhere else, with every signal blocked (those that libc keeps for itself as
 * well) and SA_RESTART; the wrappers hide it. Signals of this number that are not bells go on to
 * the program's own handler, after `bell` has been called for them too: the kernel may have merged
 * a bell with them. `bell` must leave errno alone. 0 or a negative toc_error: TOC_ERR_ARG if
 * already started or if signo cannot be caught, TOC_ERR_SYSTEM.
 */
int toc_interpose_start(int signo, void (*bell)(int, siginfo_t *, void *));

/**
 * True if the program's calls of libc's functions reach the wrappers: this library comes before
 * libc in the search order. It does not where only a shared library of the program is linked with
 * MPI, where the program names -lc first, where dlopen() loads MPI, and with a static libc.
 */
bool toc_interpose_in_front(void);

/** Set while bells may interrupt system calls without being counted: the emulator of user
 * interrupts does so when its notification finds them masked, or nothing to deliver. */
extern bool toc_interpose_uncounted __attribute__((visibility("hidden")));

/** Gives the signal back: the program's disposition is in force, bells pending for this thread are
 *  dropped, the wrappers pass through. Nothing happens if not started. */
void toc_interpose_stop(void);

/** As toc_interpose_stop, in a child after fork. Runs by itself (pthread_atfork). */
void toc_interpose_child(void);

#endif
