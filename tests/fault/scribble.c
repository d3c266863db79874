/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program with a stray pointer: rank 0 writes random bytes over a region of the job's segment
 * while all ranks exchange messages in every way there is.
 *
 *     scribble REGION SEED [once]
 *
 * A rank that receives the wrong number of bytes exits with 44, one that receives the wrong bytes
 * with 45: payload is not checked by the library. Otherwise the program ends well, with "END ok",
 * or the library has found out. Built with -I of lib/.
 */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/job.h"

enum { FIRST = 10, ROUNDS = 150, LONG = 1 << 20, MIDDLE = 200000, MANY = 24 };

static int rank, size, to, from;
static unsigned char *out, *in, *shared_out, *shared_in;

/* ---- the segment */

struct region {
    const char *name;
    uint64_t offset, bytes; /* of one piece */
    uint64_t stride, pieces;
};

static struct toc_job_header *find_header(void)
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        unsigned long start;
        if (strstr(line, TOC_JOB_FILE) == NULL || sscanf(line, "%lx", &start) != 1)
            continue;
        struct toc_job_header *header = (struct toc_job_header *)start;
        if (header->magic == TOC_JOB_MAGIC) {
            fclose(maps);
            return header;
        }
    }
    fprintf(stderr, "scribble: the segment is not mapped\n");
    exit(3);
}

/* What is used of a large region, so that the bytes hit something. */
static struct region find_region(const char *name, const struct toc_job_layout *l)
{
    uint64_t ranks = (uint64_t)size, pairs = ranks * ranks;
    const struct region regions[] = {
        {"header", 0, 256, 0, 1},
        {"state", TOC_PAGE, 128, 0, 1},
        {"ranks", l->ranks_offset, sizeof(struct toc_job_rank), sizeof(struct toc_job_rank), ranks},
        {"held", l->held_offset, sizeof(struct toc_job_held), sizeof(struct toc_job_held), ranks},
        {"bells", l->doorbells_offset, TOC_DOORBELL_BYTES, TOC_DOORBELL_BYTES, ranks},
        {"notices", l->notices_offset, 192, TOC_NOTICE_BYTES, ranks},
        {"xfers", l->xfers_offset, 8 * (uint64_t)TOC_XFER_BYTES,
         l->xfers * (uint64_t)TOC_XFER_BYTES, ranks},
        {"adverts", l->adverts_offset, TOC_ADVERT_BYTES, TOC_ADVERT_BYTES, pairs},
        {"control", l->rings_offset, TOC_RING_CTL_BYTES, l->ring_bytes, pairs},
        {"cells", l->rings_offset + TOC_RING_CTL_BYTES, l->ring_cells * (uint64_t)TOC_CELL_BYTES,
         l->ring_bytes, pairs},
        {"rings", l->rings_offset, l->ring_bytes, l->ring_bytes, pairs},
        {"slots", l->slots_offset, 128, l->slots_bytes, pairs},
        {"all", TOC_PAGE, l->size - TOC_PAGE, 0, 1},
    };
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (strcmp(regions[i].name, name) == 0)
            return regions[i];
    fprintf(stderr, "scribble: no region %s\n", name);
    exit(3);
}

static void scribble(volatile unsigned char *segment, const struct region *region)
{
    int bytes = region->bytes * region->pieces > 100000 ? 400 : 8;
    for (int i = 0; i < bytes; i++) {
        uint64_t piece = (uint64_t)rand() % region->pieces;
        uint64_t at = ((uint64_t)rand() << 31 ^ (uint64_t)rand()) % region->bytes;
        segment[region->offset + piece * region->stride + at] = (unsigned char)rand();
    }
}

/* ---- the messages */

static void compute(void)
{
    for (volatile int i = 0; i < 20000; i++)
        ;
}

/* What rank `sender` sends in this round. */
static unsigned char content(int round, int sender)
{
    return (unsigned char)(round * 7 + sender + 1);
}

static void check(const unsigned char *bytes, int count, int round, int sender)
{
    for (int i = 0; i < count; i++) {
        if (bytes[i] == content(round, sender))
            continue;
        fprintf(stderr, "CORRUPT data, rank %d\n", rank);
        _exit(45);
    }
}

static void check_count(const MPI_Status *status, int expected)
{
    int count;
    MPI_Get_count(status, MPI_BYTE, &count);
    if (count == expected)
        return;
    fprintf(stderr, "CORRUPT count, rank %d\n", rank);
    _exit(44);
}

static void exchange(int round, int bytes)
{
    MPI_Status status;
    memset(out, content(round, rank), (size_t)bytes);
    MPI_Sendrecv(out, bytes, MPI_BYTE, to, 1, in, LONG, MPI_BYTE, from, MPI_ANY_TAG, MPI_COMM_WORLD,
                 &status);
    check_count(&status, bytes);
    check(in, bytes, round, from);
}

/* Posted early, so that it may be advertised; `sink`, `source`: in ordinary or shared memory. */
static void post_and_compute(int round, unsigned char *source, unsigned char *sink, int peer_out,
                             int peer_in)
{
    MPI_Request requests[2];
    MPI_Status statuses[2];
    memset(source, content(round, rank), MIDDLE);
    MPI_Irecv(sink, MIDDLE, MPI_BYTE, peer_in, 2, MPI_COMM_WORLD, &requests[0]);
    compute();
    MPI_Isend(source, MIDDLE, MPI_BYTE, peer_out, 2, MPI_COMM_WORLD, &requests[1]);
    compute();
    MPI_Waitall(2, requests, statuses);
    check_count(&statuses[0], MIDDLE);
    check(sink, MIDDLE, round, peer_in);
}

/* One side's buffer has gaps, or both sides' have: pushes, and parts through the slots. */
static void strided(int round, int both)
{
    MPI_Datatype type;
    MPI_Request request;
    int blocks = MIDDLE / 1000;
    MPI_Type_vector(blocks, 1000, 2000, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    memset(out, content(round, rank), LONG);
    memset(in, content(round, from), LONG);
    if (both)
        MPI_Irecv(in, 1, type, from, 3, MPI_COMM_WORLD, &request);
    else
        MPI_Irecv(in, blocks * 1000, MPI_BYTE, from, 3, MPI_COMM_WORLD, &request);
    MPI_Ssend(out, 1, type, to, 3, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check(in, LONG, round, from);
    MPI_Type_free(&type);
}

/* Many at once, half of them synchronous, that come before they are asked for. */
static void unexpected(int round)
{
    MPI_Request requests[MANY];
    memset(out, content(round, rank), 4096);
    for (int i = 0; i < MANY; i++)
        (i % 2 == 0 ? MPI_Isend : MPI_Issend)(out, i * 100, MPI_BYTE, to, 10 + i, MPI_COMM_WORLD,
                                              &requests[i]);
    for (int i = MANY - 1; i >= 0; i--) {
        MPI_Status status;
        MPI_Recv(in, LONG, MPI_BYTE, from, 10 + i, MPI_COMM_WORLD, &status);
        check_count(&status, i * 100);
        check(in, i * 100, round, from);
    }
    MPI_Waitall(MANY, requests, MPI_STATUSES_IGNORE);
}

static void collective(int round)
{
    int sum, mine = round * rank;
    MPI_Comm copy;
    MPI_Allreduce(&mine, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    if (sum != round * size * (size - 1) / 2) {
        fprintf(stderr, "CORRUPT sum, rank %d\n", rank);
        _exit(45);
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &copy);
    MPI_Barrier(copy);
    MPI_Comm_free(&copy);
}

static void communicate(int round)
{
    switch (round % 10) {
    case 0:
        exchange(round, LONG);
        break;
    case 1:
        exchange(round, 100);
        break;
    case 2:
        exchange(round, 5000);
        break;
    case 3:
        post_and_compute(round, out, in, to, from);
        break;
    case 4:
        strided(round, 0);
        break;
    case 5:
        strided(round, 1);
        break;
    case 6:
        post_and_compute(round, shared_out, shared_in, to, from);
        break;
    case 7:
        post_and_compute(round, out, in, rank, rank); /* to oneself */
        break;
    case 8:
        unexpected(round);
        break;
    default:
        collective(round);
    }
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    to = (rank + 1) % size;
    from = (rank + size - 1) % size;
    srand((unsigned)atoi(argv[2]));
    struct toc_job_header *header = find_header();
    struct region region = find_region(argv[1], &header->layout);
    out = malloc(LONG);
    in = malloc(LONG);
    MPI_Alloc_mem(MIDDLE, MPI_INFO_NULL, &shared_out);
    MPI_Alloc_mem(MIDDLE, MPI_INFO_NULL, &shared_in);
    for (int round = 0; round < ROUNDS; round++) {
        communicate(round);
        if (rank == 0 && (argc > 3 ? round == FIRST : round >= FIRST))
            scribble((volatile unsigned char *)header, &region);
    }
    MPI_Finalize();
    if (rank == 0)
        puts("END ok");
    return 0;
}
