/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_PAIR_H
#define TOC_P2P_PAIR_H

#include "p2p/request.h"

/** A send and a receive under one request (MPI_Isendrecv): prepare both, start, wait for the
 *  request that stands for them; its status is the receive's. */
struct toc_pair {
    struct toc_request send, receive;
    struct toc_request *request; /* kind TOC_REQUEST_PAIR, `owner` is this */
    int left;                    /* of the two, not complete yet */
    void *copy;                  /* packed copy of what is sent (MPI_Isendrecv_replace), or NULL */
};

/** A new pair with a request that has a handle, and is freed with it; NULL without memory. Guard
 *  held. */
struct toc_pair *toc_pair_new(void);

/** Starts both, the receive first. */
void toc_pair_start(struct toc_pair *pair);

#endif
