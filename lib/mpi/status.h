/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_MPI_STATUS_H
#define TOC_MPI_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mpi/mpi_impl.h"
#include "p2p/p2p.h"

/* The library's part of MPI_Status: MPI_internal[0..1] bytes received, [2] cancelled. */

static inline void toc_status_set_bytes(MPI_Status *status, uint64_t bytes)
{
    memcpy(&status->MPI_internal[0], &bytes, sizeof(bytes));
}

static inline uint64_t toc_status_bytes(const MPI_Status *status)
{
    uint64_t bytes;
    memcpy(&bytes, &status->MPI_internal[0], sizeof(bytes));
    return bytes;
}

static inline void toc_status_set_cancelled(MPI_Status *status, bool cancelled)
{
    status->MPI_internal[2] = cancelled;
}

static inline bool toc_status_is_cancelled(const MPI_Status *status)
{
    return status->MPI_internal[2] != 0;
}

/** Sets all fields but MPI_ERROR as in the empty status. */
void toc_status_clear(MPI_Status *status);

/** The empty status (MPI 5.0, section 3.7.3), with MPI_ERROR. MPI_STATUS_IGNORE allowed. */
void toc_status_set_empty(MPI_Status *status);

/** Status of a message that was found or received; MPI_ERROR is left alone. MPI_STATUS_IGNORE
 *  allowed. */
void toc_status_set_envelope(MPI_Status *status, const struct toc_p2p_envelope *envelope);

/** Status of a completed request; MPI_ERROR is left alone. MPI_STATUS_IGNORE allowed. */
void toc_status_set(MPI_Status *status, const struct toc_request *request);

#endif
