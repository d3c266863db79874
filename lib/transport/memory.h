/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_memory_find, toc_memory_reach */
#ifndef TOC_TRANSPORT_MEMORY_H
#define TOC_TRANSPORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct toc_peer;

/*
 * Memory of MPI_Alloc_mem: shared with the other ranks, so that a message out of it or into it is
 * an ordinary copy, without the kernel. Every rank has an area of the job's segment for it, which
 * is as good as unlimited and costs what is touched. The rank maps each allocation by itself; a
 * peer maps the beginning of the area, as far as it needs it, when a message shows up that lies
 * there.
 *
 * The pages belong to all ranks. In a child after fork they are the parent's, not a copy.
 *
 * Guard held everywhere.
 */

/** Keeps a duplicate of the segment's descriptor. Without one there is no such memory. */
void toc_memory_open(int fd);

/** MPI_Finalize: unmaps the peers' memory. What the program has allocated stays usable. */
void toc_memory_close(void);

/** Page-aligned, zeroed memory, or NULL: none of that kind, take another. */
void *toc_memory_alloc(size_t bytes);

/** False: `base` does not come from toc_memory_alloc(). */
bool toc_memory_free(void *base);

/** Do these bytes lie in one allocation of this rank? *offset: where in its area. */
bool toc_memory_find(const void *address, uint64_t bytes, uint64_t *offset);

/** The peer's bytes at `offset` of its area, mapped here, or NULL. */
void *toc_memory_reach(struct toc_peer *peer, uint64_t offset, uint64_t bytes);

#endif
