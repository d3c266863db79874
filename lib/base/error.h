/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_ERROR_H
#define TOC_BASE_ERROR_H

/**
 * Internal status: 0 or one of these. lib/mpi turns them into MPI error classes, nobody else
 * does. The function that first knows the cause reports it; callers hand the value up.
 */
enum toc_error {
    TOC_OK = 0,
    TOC_ERR_NO_MEM = -1,
    TOC_ERR_AGAIN = -2,     /* no room just now: queue and retry from the event */
    TOC_ERR_TRUNCATE = -3,  /* message longer than the receive buffer */
    TOC_ERR_BUFFER = -4,    /* a user buffer is not mapped */
    TOC_ERR_TYPE = -5,      /* datatype cannot be used here (with this operation) */
    TOC_ERR_ARG = -6,       /* invalid argument that only the lower layer can see */
    TOC_ERR_COUNT = -7,     /* negative or overflowing count */
    TOC_ERR_NOT_FOUND = -8, /* lookup without a result */
    TOC_ERR_UNSUPPORTED = -9,
    TOC_ERR_SYSTEM = -10,   /* a system call failed; errno or the log has the cause */
    TOC_ERR_PROC = -11,     /* the peer or the job is gone */
    TOC_ERR_MISMATCH = -12, /* library and launcher, or two ranks, do not fit together */
    TOC_ERR_LIMIT = -13,    /* a fixed table is full */
    TOC_ERR_CALLBACK = -14, /* one of the program's returned an error, which is handed up as well */
};

#endif
