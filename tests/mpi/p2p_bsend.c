/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Buffered sends: what fits in the buffer is promised to fit; what does not is an error; room comes
 * back when messages have left; detach waits for them; MPI_Finalize delivers what is left.
 */
#include "mpitest.h"

enum { LONG = 100000, MESSAGES = 5 };

static int next_rank, previous_rank;

static int room_for(int bytes)
{
    int packed;

    MPI_Pack_size(bytes, MPI_BYTE, MPI_COMM_WORLD, &packed);
    return packed + MPI_BSEND_OVERHEAD;
}

static void check_detach(void *buffer, int size)
{
    void *detached = NULL;
    int detached_size = -1;

    MPI_Buffer_detach(&detached, &detached_size);
    CHECK(detached == buffer, "detach returned another buffer");
    CHECK_EQ(detached_size, size, "size of the detached buffer");
}

/* A buffer of exactly the size that the standard asks for, at any address, holds the messages while
 * nobody receives them; one more does not fit; and the same room serves again and again. */
static void exact_fit(int offset)
{
    const int size = MESSAGES * room_for(LONG);
    char *memory = mt_alloc((size_t)size + 64), *buffer = memory + offset;
    char *data = mt_alloc(LONG);

    memset(memory, 0x5a, (size_t)size + 64);
    MPI_Buffer_attach(buffer, size);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < MESSAGES; i++) {
            mt_fill(data, LONG, (unsigned)(round * MESSAGES + i));
            MPI_Bsend(data, LONG, MPI_BYTE, next_rank, 1, MPI_COMM_WORLD);
            memset(data, 0, LONG);
        }
        MPI_Barrier(MPI_COMM_WORLD);
        for (int i = 0; i < MESSAGES; i++) {
            MPI_Status status;

            MPI_Recv(data, LONG, MPI_BYTE, previous_rank, 1, MPI_COMM_WORLD, &status);
            CHECK_STATUS(&status, previous_rank, 1, MPI_BYTE, LONG, "buffered message");
            CHECK_FILLED(data, LONG, (unsigned)(round * MESSAGES + i), "buffered message");
        }
        /* Received by the next rank, too: its room is free. */
        MPI_Barrier(MPI_COMM_WORLD);
    }
    check_detach(buffer, size);
    CHECK_UNTOUCHED((unsigned char *)memory, (size_t)offset, 0x5a, "before the buffer");
    CHECK_UNTOUCHED((unsigned char *)buffer + size, 64 - (size_t)offset, 0x5a, "behind the buffer");
    free(memory);
    free(data);
}

/* Messages of many sizes leave in another order than they came: gaps are found again. */
static void gaps(void)
{
    enum { ROUNDS = 60 };
    static const int sizes[] = {0, 1, 40, 41, 1000, 20000, 70000};
    const int size = 3 * room_for(70000) + 4 * room_for(20000);
    char *memory = mt_alloc((size_t)size), *data = mt_alloc(70000);
    uint64_t seed = 7;

    MPI_Buffer_attach(memory, size);
    for (int round = 0; round < ROUNDS; round++) {
        int lengths[3];

        for (int i = 0; i < 3; i++) {
            lengths[i] = sizes[mt_random_below(&seed, 7)];
            mt_fill(data, (size_t)lengths[i], (unsigned)(round + i));
            MPI_Bsend(data, lengths[i], MPI_BYTE, next_rank, 10 + i, MPI_COMM_WORLD);
        }
        for (int i = 2; i >= 0; i--) {
            MPI_Recv(data, 70000, MPI_BYTE, previous_rank, 10 + i, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
            CHECK_FILLED(data, (size_t)lengths[i], (unsigned)(round + i), "message of any size");
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    check_detach(memory, size);
    free(memory);
    free(data);
}

/* Too much is an error that leaves everything as it was. */
static void does_not_fit(void)
{
    const int size = room_for(LONG);
    char *memory = mt_alloc((size_t)size), *data = mt_alloc(LONG), *longer = mt_alloc(2 * LONG);
    MPI_Request request;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    CHECK_CLASS(MPI_Bsend(data, LONG, MPI_BYTE, next_rank, 2, MPI_COMM_WORLD), MPI_ERR_BUFFER,
                "send without a buffer");
    MPI_Buffer_attach(memory, size);
    CHECK_CLASS(MPI_Buffer_attach(memory, size), MPI_ERR_BUFFER, "second buffer");
    mt_fill(data, LONG, 3);
    MPI_Bsend(data, LONG, MPI_BYTE, next_rank, 2, MPI_COMM_WORLD);
    CHECK_CLASS(MPI_Bsend(longer, LONG, MPI_BYTE, next_rank, 2, MPI_COMM_WORLD), MPI_ERR_BUFFER,
                "send into a full buffer");
    CHECK_CLASS(MPI_Ibsend(longer, 2 * LONG, MPI_BYTE, next_rank, 2, MPI_COMM_WORLD, &request),
                MPI_ERR_BUFFER, "message that is longer than the buffer");
    MPI_Bsend(longer, 2 * LONG, MPI_BYTE, MPI_PROC_NULL, 2, MPI_COMM_WORLD);
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Recv(longer, 2 * LONG, MPI_BYTE, previous_rank, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_FILLED(longer, LONG, 3, "the message that fitted");
    check_detach(memory, size);
    check_detach(NULL, 0); /* as if there were one of size 0 */
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
    free(memory);
    free(data);
    free(longer);
}

/* Detach comes back only when the receiver has everything: the buffer may be wiped then. */
static void detach_waits(void)
{
    const int size = 3 * room_for(LONG);
    char *memory = mt_alloc((size_t)size), *data = mt_alloc(LONG);

    if (mt_rank == 0) {
        MPI_Buffer_attach(memory, size);
        for (int i = 0; i < 3; i++) {
            mt_fill(data, LONG, (unsigned)i);
            MPI_Bsend(data, LONG, MPI_BYTE, 1, 3, MPI_COMM_WORLD);
        }
        check_detach(memory, size);
        memset(memory, 0, (size_t)size);
    } else if (mt_rank == 1) {
        mt_compute(0.02);
        for (int i = 0; i < 3; i++) {
            MPI_Recv(data, LONG, MPI_BYTE, 0, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK_FILLED(data, LONG, (unsigned)i, "message before detach");
            mt_compute(0.002);
        }
    }
    free(memory);
    free(data);
}

/* Buffered, standard and synchronous sends to one rank do not overtake each other. */
static void order(void)
{
    enum { ROUNDS = 50 };
    const int size = 2 * ROUNDS * room_for(LONG / 4);
    char *memory = mt_alloc((size_t)size);
    int *data = mt_alloc(LONG);

    if (mt_rank == 0) {
        MPI_Buffer_attach(memory, size);
        for (int i = 0; i < ROUNDS; i++) {
            const int count = i % 3 == 0 ? LONG / 16 : 1;

            data[0] = 2 * i;
            MPI_Bsend(data, count, MPI_INT, 1, 4, MPI_COMM_WORLD);
            data[0] = 2 * i + 1;
            if (i % 10 == 9)
                MPI_Ssend(data, 1, MPI_INT, 1, 4, MPI_COMM_WORLD);
            else
                MPI_Send(data, 1, MPI_INT, 1, 4, MPI_COMM_WORLD);
        }
        check_detach(memory, size);
    } else if (mt_rank == 1) {
        for (int i = 0; i < 2 * ROUNDS; i++) {
            MPI_Recv(data, LONG / 4, MPI_INT, 0, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            CHECK_EQ(data[0], i, "number of the message");
        }
    }
    free(memory);
    free(data);
}

/* Strided data, non-blocking and persistent forms; requests are complete at once. */
static void forms(void)
{
    enum { ROUNDS = 10, COLUMN = 5000 };
    const int size = 2 * room_for(COLUMN * (int)sizeof(int));
    char *memory = mt_alloc((size_t)size);
    int *matrix = mt_alloc(COLUMN * 3 * sizeof(int)), *line = mt_alloc(COLUMN * sizeof(int));
    MPI_Request persistent, request;
    MPI_Datatype column;
    int flag;

    MPI_Type_vector(COLUMN, 1, 3, MPI_INT, &column);
    MPI_Type_commit(&column);
    MPI_Buffer_attach(memory, size);
    MPI_Bsend_init(matrix, 1, column, next_rank, 5, MPI_COMM_WORLD, &persistent);
    MPI_Type_free(&column);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < COLUMN * 3; i++)
            matrix[i] = i * 7 + round;
        MPI_Start(&persistent);
        MPI_Test(&persistent, &flag, MPI_STATUS_IGNORE);
        CHECK(flag && persistent != MPI_REQUEST_NULL, "a started buffered send is not complete");
        memset(matrix, 0, COLUMN * 3 * sizeof(int));
        MPI_Ibsend(&round, 1, MPI_INT, next_rank, 6, MPI_COMM_WORLD, &request);
        if (round % 2) {
            MPI_Request_free(&request);
        } else {
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
            CHECK(flag && request == MPI_REQUEST_NULL, "MPI_Ibsend is not complete");
        }
        MPI_Recv(line, COLUMN, MPI_INT, previous_rank, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (int i = 0; i < COLUMN; i++)
            CHECK_EQ(line[i], i * 21 + round, "element of the column");
        MPI_Recv(line, 1, MPI_INT, previous_rank, 6, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_EQ(line[0], round, "MPI_Ibsend's message");
        MPI_Barrier(MPI_COMM_WORLD);
    }
    MPI_Request_free(&persistent);
    check_detach(memory, size);
    free(memory);
    free(matrix);
    free(line);
}

static char last_buffer[2 * (LONG + MPI_BSEND_OVERHEAD)];

/* Neither detached nor received when the sender enters MPI_Finalize. */
static void left_to_finalize(void)
{
    char *data = mt_alloc(LONG);

    if (mt_rank == 0) {
        MPI_Buffer_attach(last_buffer, sizeof(last_buffer));
        mt_fill(data, LONG, 9);
        MPI_Bsend(data, LONG, MPI_BYTE, mt_size - 1, 7, MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_rank == mt_size - 1) {
        mt_compute(0.02);
        memset(data, 0, LONG);
        MPI_Recv(data, LONG, MPI_BYTE, 0, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        CHECK_FILLED(data, LONG, 9, "message left to MPI_Finalize");
    }
    free(data);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    next_rank = (mt_rank + 1) % mt_size;
    previous_rank = (mt_rank + mt_size - 1) % mt_size;
    for (int offset = 0; offset < 17; offset += 4)
        exact_fit(offset + offset % 3);
    gaps();
    does_not_fit();
    MPI_Barrier(MPI_COMM_WORLD);
    if (mt_size > 1) {
        detach_waits();
        order();
    }
    forms();
    left_to_finalize();
    MPI_Finalize();
    return 0;
}
