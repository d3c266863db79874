/* SPDX-License-Identifier: BSD-3-Clause */
/* One run of overlap.c's measurements. */
#ifndef TESTS_BENCH_OVERLAP_H
#define TESTS_BENCH_OVERLAP_H

#include "bench.h"

enum { SENDER = 0, RECEIVER = 1 };

struct message {
    size_t bytes; /* of data; a strided message's memory is twice as long */
    bool strided;
    unsigned char *buffer;
    int count;
    MPI_Datatype type;
};

void overlap_message_init(struct message *m, size_t bytes, bool strided);
void overlap_message_free(struct message *m);

/* What a run does. */
struct run {
    int rank;
    bool communicate;
    bool watch;        /* a receiver that computes looks out for the data meanwhile */
    uint64_t turns[2]; /* of bench_compute(), by rank */
    double watch_time; /* seconds, in place of the receiver's turns */
};

/* What came out of it; the same on both ranks. Seconds. */
struct outcome {
    double elapsed; /* from the common start until both ranks were through */
    double own[2];  /* the same of each rank */
    double post[2]; /* the posting call, by rank */
    double wait[2]; /* MPI_Wait, by rank */
    double arrival; /* from the sender's post until the receiver had the data */
    bool disturbed; /* a rank started late: something else was running on its processor */
};

/* Collective. Ends the job if wrong data arrives. */
struct outcome overlap_run(const struct run *run, const struct message *m);

#endif
