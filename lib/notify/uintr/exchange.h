/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_NOTIFY_UINTR_EXCHANGE_H
#define TOC_NOTIFY_UINTR_EXCHANGE_H

/*
 * Vectors' descriptors by way of the launcher, for where ranks may not fetch them from each other
 * (seccomp filters and Yama may refuse pidfd_getfd): each rank deposits its own with mpirun, which
 * hands out copies. What is said is in base/exchange.h. Results are >= 0 or -errno.
 */

/** Leaves a copy of `fd`, this rank's descriptor, with the launcher behind `socket`. */
int toc_uintr_deposit(int socket, int rank, int fd);

/** Asks for the descriptor of rank `rank`, and waits for it. The descriptor (close-on-exec);
 * -ENOENT if it has not left one. */
int toc_uintr_request(int socket, int rank);

#endif
