/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_EXCHANGE_H
#define TOC_BASE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The launcher as a place where ranks leave descriptors for each other. All ranks inherit one end
 * of a SOCK_SEQPACKET pair, number in TOCSIN_EXCHANGE_FD, and send one of these with one descriptor
 * (SCM_RIGHTS) each. The answer to a request comes through the descriptor sent along with it, a
 * socket: one byte, and with it the descriptor wanted, if it is there.
 */
#define TOC_ENV_EXCHANGE_FD "TOCSIN_EXCHANGE_FD"

enum toc_exchange_kind {
    TOC_EXCHANGE_DEPOSIT = 1, /* of `rank`, its own */
    TOC_EXCHANGE_REQUEST = 2, /* for that of `rank` */
};

struct toc_exchange {
    uint32_t kind;
    uint32_t rank;
};

/** True if `fd` is the kind of descriptor that TOCSIN_EXCHANGE_FD names. */
bool toc_exchange_is_way(int fd);

/** Sends `size` bytes and, unless it is -1, a descriptor. `flags` as for send(): MSG_DONTWAIT for
 * who must not depend on the other end. 0 or -errno. */
int toc_exchange_send(int socket, const void *data, uint32_t size, int fd, int flags);

/** Receives exactly `size` bytes; *fd is the first descriptor that came along (close-on-exec), or
 * -1: more of them are closed. 0 or -errno: -EPIPE when the other end is closed, -EPROTO for
 * another size, also for an empty message. `flags` as for recv(). */
int toc_exchange_receive(int socket, void *data, uint32_t size, int *fd, int flags);

#endif
