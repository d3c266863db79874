/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranks that end while the others run on: mpirun -disable-auto-cleanup. Rank 1, or the ranks 1 and
 * 3, end as the argument says; then the others exchange messages, short and long, and say so. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONG 1000000

static int rank, size;
static MPI_Comm parity; /* the ranks that are even, or odd */
static MPI_Comm middle; /* the ranks 1 and 2, or the others */
static char *block;

static void expect(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "rank %d: %s\n", rank, what);
    exit(9);
}

static void expect_error(int code, const char *what)
{
    int class = MPI_SUCCESS, length;
    char text[MPI_MAX_ERROR_STRING];

    MPI_Error_class(code, &class);
    MPI_Error_string(code, text, &length);
    if (class != MPI_ERR_PROC_ABORTED)
        fprintf(stderr, "%s\n", text);
    expect(class == MPI_ERR_PROC_ABORTED, what);
}

/* How rank 1 ends. */
static void end(const char *how)
{
    if (strcmp(how, "exit") == 0)
        exit(3);
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(how, "self") == 0)
        MPI_Abort(MPI_COMM_SELF, 5);
    if (strcmp(how, "group") == 0)
        MPI_Abort(parity, 7);
    if (strcmp(how, "fatal") == 0) {
        MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
        MPI_Send(NULL, -1, MPI_INT, 0, 0, MPI_COMM_SELF);
    }
    expect(0, "has not ended");
}

/* Whoever is left: to the next one with the same parity and back, and all at once. */
static void go_on(MPI_Comm comm)
{
    int me, n, sum = 0;

    MPI_Comm_rank(comm, &me);
    MPI_Comm_size(comm, &n);
    for (int bytes = 1; bytes <= LONG; bytes *= 10) {
        memset(block, me + 1, LONG);
        MPI_Sendrecv_replace(block, bytes, MPI_CHAR, (me + 1) % n, 1, (me + n - 1) % n, 1, comm,
                             MPI_STATUS_IGNORE);
        expect(block[0] == (me + n - 1) % n + 1 && block[bytes - 1] == block[0], "wrong data");
    }
    MPI_Allreduce(&me, &sum, 1, MPI_INT, MPI_SUM, comm);
    expect(sum == n * (n - 1) / 2, "wrong sum");
}

/* What has to do with the one that has ended fails, and does not wait for ever. */
static void meet_errors(void)
{
    MPI_Request request;
    MPI_Status status;
    int flag = 0, code, value = 0;

    code = MPI_Recv(&value, 1, MPI_INT, 1, 99, MPI_COMM_WORLD, &status);
    expect_error(code, "MPI_Recv from it");
    code = MPI_Ssend(block, LONG, MPI_CHAR, 1, 99, MPI_COMM_WORLD);
    expect_error(code, "MPI_Ssend to it");
    code = MPI_Probe(1, 99, MPI_COMM_WORLD, &status);
    expect_error(code, "MPI_Probe of it");
    MPI_Irecv(&value, 1, MPI_INT, 1, 98, MPI_COMM_WORLD, &request);
    while (!flag)
        code = MPI_Test(&request, &flag, &status);
    expect_error(code, "MPI_Test of a receive from it");
    do
        code = MPI_Send(block, 1000, MPI_CHAR, 1, 97, MPI_COMM_WORLD);
    while (code == MPI_SUCCESS);
    expect_error(code, "many MPI_Send to it");
    expect_error(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD),
                 "MPI_Allreduce with it");
    MPI_Ibcast(block, LONG, MPI_CHAR, 1, MPI_COMM_WORLD, &request);
    expect_error(MPI_Wait(&request, &status), "MPI_Ibcast from it");
}

/* Rank 1 leaves long messages behind that have been announced only, or that rank 2 has posted a
 * receive for: copied or not. */
static void leave_unfinished(void)
{
    MPI_Request requests[2];

    MPI_Isend(block, LONG, MPI_CHAR, 2, 6, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(block, LONG, MPI_CHAR, 2, 7, MPI_COMM_WORLD, &requests[1]);
}

/* Right, as long as the sender was there for it, or an error. */
static void expect_right_or_error(int code, const char *what)
{
    if (code != MPI_SUCCESS)
        expect_error(code, what);
}

static void meet_unfinished(MPI_Request *posted)
{
    int value;
    MPI_Status status;

    expect_right_or_error(MPI_Wait(posted, &status), "MPI_Wait of a long message of its");
    expect_right_or_error(MPI_Recv(block, LONG, MPI_CHAR, 1, 6, MPI_COMM_WORLD, &status),
                          "MPI_Recv of what it had announced");
    MPI_Comm_set_errhandler(middle, MPI_ERRORS_RETURN);
    expect_error(MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, 0, middle, &status),
                 "MPI_Recv from anybody, when nobody is left");
}

int main(int argc, char **argv)
{
    MPI_Request posted = MPI_REQUEST_NULL;
    const char *how = argc > 1 ? argv[1] : "exit";
    int value = 0;

    if (strcmp(how, "early") == 0 && strcmp(getenv("TOCSIN_RANK"), "1") == 0)
        return 3;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    block = calloc(1, LONG);
    if (strcmp(how, "early") == 0) {
        expect_error(MPI_Recv(&value, 1, MPI_INT, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE),
                     "MPI_Recv from one that never began");
        expect_error(MPI_Barrier(MPI_COMM_WORLD), "MPI_Barrier with it");
        if (rank == 0)
            MPI_Send(block, LONG, MPI_CHAR, 2, 0, MPI_COMM_WORLD);
        if (rank == 2)
            MPI_Recv(block, LONG, MPI_CHAR, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        printf("rank %d is left\n", rank);
        return MPI_Finalize();
    }
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &parity);
    MPI_Comm_split(MPI_COMM_WORLD, rank == 1 || rank == 2, rank, &middle);
    char *inbox = calloc(1, LONG);
    if (rank == 2 && strcmp(how, "finalize") != 0)
        MPI_Irecv(inbox, LONG, MPI_CHAR, 1, 7, MPI_COMM_WORLD, &posted);
    MPI_Barrier(MPI_COMM_WORLD);
    if (strcmp(how, "finalize") == 0) {
        if (rank == 1) { /* some have been waiting in MPI_Finalize for it by then, or will be */
            sleep(1);
            raise(SIGKILL);
        }
        printf("rank %d is left\n", rank);
        return MPI_Finalize();
    }
    if (rank == 1) {
        value = 42; /* what it has sent is received all the same */
        MPI_Send(&value, 1, MPI_INT, 0, 5, MPI_COMM_WORLD);
        leave_unfinished();
        end(how);
    }
    if (rank == 3 && strcmp(how, "group") == 0) {
        MPI_Recv(&value, 1, MPI_INT, 3, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE); /* for ever */
        expect(0, "has not been ended");
    }
    if (rank % 2 == 0)
        go_on(parity);
    if (rank == 2)
        meet_unfinished(&posted);
    meet_errors();
    if (rank == 0) {
        MPI_Recv(&value, 1, MPI_INT, 1, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        expect(value == 42, "what it had sent is lost");
    }
    if (rank % 2 == 0)
        go_on(parity);
    printf("rank %d is left\n", rank);
    return MPI_Finalize();
}
