/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_BASE_MEMORY_LIMIT_H
#define TOC_BASE_MEMORY_LIMIT_H

#include <stdint.h>

/** Bytes of memory that this process can use, with others: of the machine, or of the tightest of
 *  its control groups (memory.max, cgroup 2). */
uint64_t toc_memory_limit(void);

/** The limit on its address space (RLIMIT_AS), bytes; UINT64_MAX: none. Cheap. */
uint64_t toc_memory_limit_address_space(void);

#endif
