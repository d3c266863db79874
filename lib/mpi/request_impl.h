/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: the inline function */
#ifndef TOC_MPI_REQUEST_IMPL_H
#define TOC_MPI_REQUEST_IMPL_H

#include <stdbool.h>

#include "mpi/mpi_impl.h"
#include "p2p/request.h"

/* What the functions on requests have in common. */

/** The objects of an array of handles. `fixed` serves short arrays. */
#define TOC_MPI_FIXED_SET 128
struct toc_mpi_request_set {
    int count;
    bool generalized; /* some that are to be retired are, with the guard open */
    struct toc_request **requests;
    struct toc_request *fixed[TOC_MPI_FIXED_SET];
};

/** The object of one handle; NULL for MPI_REQUEST_NULL. `index` of `count`: for the error. */
int toc_mpi_check_request(const char *function, MPI_Request handle, int index, int count,
                          struct toc_request **request);

/** Checks count and handles, fills in the set; give it back with toc_mpi_release_set(). */
int toc_mpi_check_set(const char *function, int count, const MPI_Request handles[],
                      struct toc_mpi_request_set *set);
void toc_mpi_release_set(struct toc_mpi_request_set *set);

/** Nothing to wait for: the null handle, or a persistent request that has not been started. */
static inline bool toc_mpi_is_inactive(const struct toc_request *request)
{
    return request == NULL || !request->active;
}

/** Are all that are active complete? `set`: a struct toc_mpi_request_set. Handler-safe. */
bool toc_mpi_all_complete(const void *set);

/** Index of the first active and complete one; -1 when there is none; MPI_UNDEFINED when none is
 *  active at all. Handler-safe. */
int toc_mpi_first_complete(const struct toc_mpi_request_set *set);

/* Generalized requests. Their functions are the program's: guard and locks open. */

/** Asks the program for the status of a complete one; `status` may be MPI_STATUS_IGNORE. Returns
 *  what its query_fn returned. */
int toc_mpi_grequest_query(struct toc_request *request, MPI_Status *status);

/** A complete one that was waited for: query_fn, free_fn, then it is freed and the handle null.
 *  Returns what the functions returned: free_fn's value, unless only query_fn failed. */
int toc_mpi_grequest_retire(struct toc_request *request, MPI_Request *handle, MPI_Status *status);

/** MPI_Request_free: free_fn is called when it is complete. */
int toc_mpi_grequest_free(struct toc_request *request);

/** MPI_Cancel. */
int toc_mpi_grequest_cancel(struct toc_request *request);

/** Raises an error code that such a function returned; MPI_SUCCESS for MPI_SUCCESS. */
int toc_mpi_grequest_raise(const char *function, int code);

#endif
