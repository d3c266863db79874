/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error handlers: MPI_ERRORS_RETURN on a communicator lets the caller see the code, is inherited by
 * duplicates, does not reach other communicators, and can be taken back.
 */
#include "mpitest.h"

static int bad_send(MPI_Comm comm)
{
    int value = 0;

    return MPI_Send(&value, 1, MPI_INT, mt_size + 5, 0, comm);
}

static void check_works(MPI_Comm comm)
{
    const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
    int got = -1;

    MPI_Sendrecv(&mt_rank, 1, MPI_INT, to, 0, &got, 1, MPI_INT, from, 0, comm, MPI_STATUS_IGNORE);
    CHECK_EQ(got, from, "message after an error");
}

static int calls;

static void count(MPI_Comm *comm, int *code, ...)
{
    (void)code;
    CHECK(*comm == MPI_COMM_SELF, "called for another communicator");
    calls++;
}

static int refuse(MPI_Datatype type, int key, void *value, void *extra_state)
{
    (void)type;
    (void)key;
    (void)value;
    return *(int *)extra_state;
}

/* An error that comes from the program's own callback, and has no communicator either. */
static void check_callback(void)
{
    MPI_Datatype type;
    int key, code = MPI_ERR_OTHER;

    MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, refuse, &key, &code);
    MPI_Type_dup(MPI_INT, &type);
    MPI_Type_set_attr(type, key, NULL);
    CHECK_CLASS(MPI_Type_free(&type), MPI_ERR_OTHER, "callback of an attribute");
    code = MPI_SUCCESS;
    MPI_Type_free(&type);
    MPI_Type_free_keyval(&key);
}

/* Errors without a communicator: MPI_COMM_WORLD's handler for programs that set no other (the rule
 * before MPI 4.0), else MPI_COMM_SELF's. */
static void check_without_comm(void)
{
    MPI_Datatype type;
    MPI_Errhandler counter;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    CHECK_CLASS(MPI_Type_contiguous(-1, MPI_INT, &type), MPI_ERR_COUNT, "MPI_COMM_WORLD's");
    check_callback();
    MPI_Comm_create_errhandler(count, &counter);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, counter);
    MPI_Errhandler_free(&counter);
    CHECK_CLASS(MPI_Type_contiguous(-1, MPI_INT, &type), MPI_ERR_COUNT, "MPI_COMM_SELF's");
    CHECK_EQ(calls, 1, "number of calls of MPI_COMM_SELF's handler");
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    CHECK_CLASS(MPI_Type_contiguous(-1, MPI_INT, &type), MPI_ERR_COUNT, "MPI_COMM_SELF's alone");
}

int main(int argc, char **argv)
{
    MPI_Comm a, b, c;
    char text[MPI_MAX_ERROR_STRING];
    int length;

    mt_start(&argc, &argv, 1);
    MPI_Comm_dup(MPI_COMM_WORLD, &a);
    CHECK_EQ(MPI_Comm_set_errhandler(a, MPI_ERRORS_RETURN), MPI_SUCCESS, "Comm_set_errhandler");
    MPI_Comm_dup(a, &b); /* inherits */
    CHECK_CLASS(bad_send(a), MPI_ERR_RANK, "ERRORS_RETURN");
    CHECK_CLASS(bad_send(b), MPI_ERR_RANK, "ERRORS_RETURN inherited");
    check_works(a);
    check_works(b);

    /* A change in the original does not reach the copy. */
    MPI_Comm_set_errhandler(a, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_dup(b, &c);
    CHECK_CLASS(bad_send(b), MPI_ERR_RANK, "copy after a change of the original");
    CHECK_CLASS(bad_send(c), MPI_ERR_RANK, "copy of the copy");
    MPI_Comm_set_errhandler(a, MPI_ERRORS_RETURN);
    CHECK_CLASS(bad_send(a), MPI_ERR_RANK, "ERRORS_RETURN once more");

    /* Errors found in the completion of a request go to the request's communicator. */
    const int two[2] = {1, 2};
    int one = 0;
    MPI_Request request;

    MPI_Isend(two, 2, MPI_INT, mt_rank, 1, b, &request);
    CHECK_CLASS(MPI_Recv(&one, 1, MPI_INT, mt_rank, 1, b, MPI_STATUS_IGNORE), MPI_ERR_TRUNCATE,
                "truncation on a duplicate");
    MPI_Wait(&request, MPI_STATUS_IGNORE);

    /* Every class has a text of its own. */
    for (int class = MPI_ERR_BUFFER; class <= MPI_ERR_REQUEST; class ++) {
        text[0] = '\0';
        length = -1;
        CHECK_EQ(MPI_Error_string(class, text, &length), MPI_SUCCESS, "Error_string");
        CHECK(length > 0 && (size_t)length == strlen(text), "Error_string of class %d: length %d",
              class, length);
        CHECK_EQ(mt_class(class), class, "class of a class");
    }
    MPI_Error_string(MPI_SUCCESS, text, &length);
    CHECK(length > 0, "no text for MPI_SUCCESS");

    MPI_Comm_free(&a);
    MPI_Comm_free(&b);
    MPI_Comm_free(&c);
    if (mt_is_tocsin())
        check_without_comm();
    return mt_end();
}
