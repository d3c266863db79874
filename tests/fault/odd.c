/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * odd CASE [N]: what happens rarely, with 2 ranks.
 *   oom N        N messages of 4000 bytes come before the one that is asked for, into 150 MB
 *   envelopes N  the same with messages of 8 bytes, which have to be kept whatever happens
 *   passes N     N messages of 4000 bytes wait for a receiver that lacks memory at first
 *   requests     receives without end, into 150 MB
 *   contexts N   the counter of communicators stands at N
 *   nodump N     rank N (2: both) may not be read by its peer any more
 *   seccomp E    process_vm_readv fails in rank 0 from now on, with error E
 *   guarded N    buffers of rank N (2: both) in pages that are made accessible by its own handler
 */
#define _GNU_SOURCE
#include <mpi.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/job.h"

#define WORLD MPI_COMM_WORLD

enum { BYTES = 4000, LIMIT = 150 << 20, PAGE = 4096, PAGES = 2000 };

static int rank;

static void fault(const char *what, long value)
{
    fprintf(stderr, "odd: rank %d: %s %ld\n", rank, what, value);
    MPI_Abort(WORLD, 9);
}

static void limit_addresses(void)
{
    struct rlimit limit = {LIMIT, LIMIT};
    setrlimit(RLIMIT_AS, &limit);
}

static void send_many(long n, int bytes)
{
    char buffer[BYTES] = {0};
    for (long i = 0; i < n; i++) {
        memcpy(buffer, &i, sizeof(i));
        MPI_Send(buffer, bytes, MPI_BYTE, 0, 0, WORLD);
    }
}

static void receive_many(long n, int bytes)
{
    char buffer[BYTES];
    for (long i = 0, got; i < n; i++) {
        MPI_Recv(buffer, bytes, MPI_BYTE, 1, 0, WORLD, MPI_STATUS_IGNORE);
        memcpy(&got, buffer, sizeof(got));
        if (got != i)
            fault("message", got);
    }
}

/* The program relies on more room than there is. */
static void unexpected(long n, int bytes)
{
    char last = 0;
    if (rank == 1) {
        send_many(n, bytes);
        MPI_Send(&last, 1, MPI_BYTE, 0, 1, WORLD);
    } else {
        limit_addresses();
        MPI_Recv(&last, 1, MPI_BYTE, 1, 1, WORLD, MPI_STATUS_IGNORE);
        receive_many(n, bytes);
    }
}

/* All the memory is taken while the messages come; then they are received. */
static void passes(long n)
{
    if (rank == 1) {
        send_many(n, BYTES);
        return;
    }
    limit_addresses();
    for (size_t size = LIMIT; size >= PAGE; size /= 2)
        while (mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
            ;
    for (int i = 0, flag; i < 100000; i++)
        MPI_Iprobe(1, 1, WORLD, &flag, MPI_STATUS_IGNORE);
    receive_many(n, BYTES);
}

static void requests(void)
{
    static int word;
    MPI_Request request;
    int code, class;
    long n = 0;
    limit_addresses();
    MPI_Comm_set_errhandler(WORLD, MPI_ERRORS_RETURN);
    while ((code = MPI_Irecv(&word, 1, MPI_INT, 1 - rank, 0, WORLD, &request)) == MPI_SUCCESS)
        n++;
    MPI_Error_class(code, &class);
    if (rank == 0)
        fprintf(stderr, "receive %ld: error class %d\n", n, class);
    MPI_Abort(WORLD, 3);
}

static struct toc_job_header *header(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    struct toc_job_header *found = NULL;
    char line[512];
    unsigned long at;
    while (fgets(line, sizeof(line), maps) != NULL)
        if (found == NULL && strstr(line, TOC_JOB_FILE) != NULL && sscanf(line, "%lx", &at) == 1 &&
            ((struct toc_job_header *)at)->magic == TOC_JOB_MAGIC)
            found = (struct toc_job_header *)at;
    fclose(maps);
    return found;
}

/* Messages in a new communicator and in the world do not mix. */
static void compare(MPI_Comm comm)
{
    MPI_Request request;
    int x = rank, y = -1, z = 7, zz = -1;
    MPI_Irecv(&zz, 1, MPI_INT, 1 - rank, 3, WORLD, &request);
    MPI_Sendrecv(&x, 1, MPI_INT, 1 - rank, 3, &y, 1, MPI_INT, 1 - rank, 3, comm, MPI_STATUS_IGNORE);
    MPI_Send(&z, 1, MPI_INT, 1 - rank, 3, WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    if (zz != 7 || y != 1 - rank)
        fault("communicators are mixed up:", y);
}

static void contexts(long n)
{
    MPI_Barrier(WORLD);
    if (rank == 0)
        atomic_store(&header()->contexts, (uint64_t)n);
    MPI_Barrier(WORLD);
    MPI_Comm_set_errhandler(WORLD, MPI_ERRORS_RETURN);
    for (int i = 0; i < 6; i++) {
        MPI_Comm comm;
        if (MPI_Comm_dup(WORLD, &comm) == MPI_SUCCESS)
            compare(comm);
    }
}

static void exchange(char *out, char *in, long bytes)
{
    MPI_Request requests[2];
    MPI_Irecv(in, (int)bytes, MPI_BYTE, 1 - rank, 0, WORLD, &requests[0]);
    MPI_Isend(out, (int)bytes, MPI_BYTE, 1 - rank, 0, WORLD, &requests[1]);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
}

static void check(const char *in, long bytes, int seed)
{
    for (long i = 0; i < bytes; i++)
        if (in[i] != (char)(seed + 1 - rank))
            fault("byte", i);
}

static void rounds(long bytes, int count, int seed)
{
    char *out = malloc((size_t)bytes), *in = malloc((size_t)bytes);
    for (int i = 0; i < count; i++) {
        memset(out, seed + i + rank, (size_t)bytes);
        exchange(out, in, bytes);
        check(in, bytes, seed + i);
    }
    free(out);
    free(in);
}

static void short_and_long(void)
{
    for (int i = 0; i < 20; i++) {
        rounds(300000, 2, i);
        rounds(5000000, 1, i);
    }
}

static void no_dump(long who)
{
    rounds(300000, 5, 0);
    if (rank == who || who == 2)
        prctl(PR_SET_DUMPABLE, 0);
    short_and_long();
}

static void deny(unsigned number, unsigned error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        perror("seccomp");
}

static void filter(long error)
{
    rounds(300000, 5, 0);
    if (rank == 0)
        deny(SYS_process_vm_readv, (unsigned)error);
    short_and_long();
}

static char *pages;

static void open_page(int number, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1);
    (void)number;
    (void)context;
    if (at - (uintptr_t)pages >= (uintptr_t)PAGES * PAGE)
        _exit(55);
    mprotect((void *)at, PAGE, PROT_READ | PROT_WRITE);
}

static void guarded(long who)
{
    const long bytes = (long)PAGES * PAGE;
    struct sigaction action = {.sa_sigaction = open_page, .sa_flags = SA_SIGINFO};
    char *plain = malloc((size_t)bytes);
    pages = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 20; i++) {
        char *out = i % 2 ? pages : plain, *in = i % 2 ? plain : pages;
        memset(out, i + rank, (size_t)bytes);
        memset(in, 0, (size_t)bytes);
        if (rank == who || who == 2)
            mprotect(pages, (size_t)bytes, i & 2 ? PROT_NONE : PROT_READ);
        exchange(out, in, bytes);
        mprotect(pages, (size_t)bytes, PROT_READ | PROT_WRITE);
        check(in, bytes, i);
    }
    free(plain);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    long n = argc > 2 ? atol(argv[2]) : 1;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(WORLD, &rank);
    if (strcmp(what, "oom") == 0)
        unexpected(n, BYTES);
    else if (strcmp(what, "envelopes") == 0)
        unexpected(n, 8);
    else if (strcmp(what, "passes") == 0)
        passes(n);
    else if (strcmp(what, "requests") == 0)
        requests();
    else if (strcmp(what, "contexts") == 0)
        contexts(n);
    else if (strcmp(what, "nodump") == 0)
        no_dump(n);
    else if (strcmp(what, "seccomp") == 0)
        filter(n);
    else if (strcmp(what, "guarded") == 0)
        guarded(n);
    MPI_Barrier(WORLD);
    MPI_Finalize();
    if (rank == 0)
        puts("END");
    return 0;
}
