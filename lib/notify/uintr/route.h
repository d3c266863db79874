/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: nothing is defined here */
#ifndef TOC_NOTIFY_UINTR_ROUTE_H
#define TOC_NOTIFY_UINTR_ROUTE_H

struct toc_notify_target;
struct toc_uintr_driver;

/** How a rank is struck: index + 1 of its entry in the target table, or one of these. */
enum { TOC_ROUTE_UNKNOWN = 0, TOC_ROUTE_CONNECTING = -1, TOC_ROUTE_SIGNAL = -2 };

/** Registers as sender to the receiver behind `fd`. */
int toc_uintr_connect(const struct toc_uintr_driver *driver, int fd);

/** First contact with another process: gets hold of its vector's descriptor, from itself or through
 *  the launcher (`exchange`: socket or -1), and connects. Makes system calls: not for the handler.
 *  Keeps errno. */
int toc_uintr_find_route(const struct toc_uintr_driver *driver,
                         const struct toc_notify_target *target, int exchange);

#endif
