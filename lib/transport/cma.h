/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_TRANSPORT_CMA_H
#define TOC_TRANSPORT_CMA_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

struct toc_peer;

enum toc_cma_state { TOC_CMA_UNKNOWN, TOC_CMA_WORKS, TOC_CMA_REFUSED };

/** Can this rank read the peer's memory (process_vm_readv)? Found out by really reading the peer's
 *  nonce, once; not yet known (false, asked again later) while the peer has not joined. */
bool toc_cma_works(struct toc_peer *peer);

/** Copies `bytes` between local segments and `remote_address` in the peer: to us (`pull`) or to
 *  the peer. Loops over short copies. 0, or -errno when the copy cannot be completed. */
int toc_cma_copy(struct toc_peer *peer, bool pull, struct iovec *local, int segments,
                 uint64_t remote_address, uint64_t bytes);

#endif
