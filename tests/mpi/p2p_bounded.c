/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Far more arrives than a rank keeps for others (TOCSIN_UNEXPECTED_LIMIT=10M in the list): 100,000
 * messages of 3 KB that nobody has asked for, which are received, after a barrier, in the opposite
 * order. What the rest of MPI does meanwhile must work; memory must stay small, and go back.
 */
#include "mpitest.h"

enum { MESSAGES = 100000, BYTES = 3000, PATTERNS = 251, LIMIT_KB = 60 << 10 };

/* A line of /proc/self/status, kB; 0 without it. */
static long status_kb(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char text[256];
    long kb = 0;

    while (file && fgets(text, sizeof(text), file)) {
        if (!strncmp(text, name, strlen(name)))
            kb = atol(text + strlen(name) + 1);
    }
    if (file)
        fclose(file);
    return kb;
}

/* Message i begins at byte i % PATTERNS of the pattern: the buffers of 100,000 messages are one. */
static const unsigned char *contents(const unsigned char *pattern, int i)
{
    return pattern + i % PATTERNS;
}

static void send_all(int to, const unsigned char *pattern)
{
    MPI_Request *requests = mt_alloc(MESSAGES * sizeof(*requests));

    for (int i = 0; i < MESSAGES; i++)
        MPI_Isend(contents(pattern, i), BYTES, MPI_BYTE, to, i, MPI_COMM_WORLD, &requests[i]);
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Waitall(MESSAGES, requests, MPI_STATUSES_IGNORE);
    free(requests);
}

static void receive_all(int from, const unsigned char *pattern)
{
    unsigned char in[BYTES];
    MPI_Status status;

    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = MESSAGES - 1; i >= 0; i--) {
        memset(in, 0, sizeof(in));
        MPI_Recv(in, BYTES, MPI_BYTE, from, i, MPI_COMM_WORLD, &status);
        CHECK_STATUS(&status, from, i, MPI_BYTE, BYTES, "message");
        CHECK(!memcmp(in, contents(pattern, i), BYTES), "message %d has other contents", i);
    }
}

int main(int argc, char **argv)
{
    unsigned char pattern[BYTES + PATTERNS];

    mt_start(&argc, &argv, 2);
    mt_fill(pattern, sizeof(pattern), 7);
    long before = status_kb("VmRSS:");
    for (int round = 0; round < 2; round++) {
        if (mt_rank == 0)
            send_all(1, pattern);
        else if (mt_rank == 1)
            receive_all(0, pattern);
        else
            MPI_Barrier(MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    long most = status_kb("VmHWM:"), after = status_kb("VmRSS:");
    if (argc > 1)
        fprintf(stderr, "rank %d: %ld kB before, %ld at most, %ld after\n", mt_rank, before, most,
                after);
    if (mt_is_tocsin())
        CHECK(most <= LIMIT_KB, "%ld kB of memory at the worst", most);
    return mt_end();
}
