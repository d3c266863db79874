/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bad arguments under MPI_ERRORS_RETURN: each gives the right class, and with this library a text
 * that names the bad value. Afterwards communication works as if nothing had been.
 */
#include "mpitest.h"

static bool strict; /* the texts are this library's */

/* The code has this class; its text contains value (if not NULL). */
#define EXPECT(call, class, value) expect(__LINE__, #call, call, class, #class, value)

static void expect(int line, const char *call, int code, int class, const char *name,
                   const char *value)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;

    if (mt_class(code) != class)
        mt_fail(__FILE__, line, "%s: error class %d, expected %d (%s)", call, mt_class(code), class,
                name);
    MPI_Error_string(code, text, &length);
    if (strict && value && !strstr(text, value))
        mt_fail(__FILE__, line, "%s: the text \"%s\" does not name %s", call, text, value);
}

/* The number as it would stand in a text. */
static const char *number(int n)
{
    static char text[8][16];
    static int next;
    char *t = text[next++ % 8];

    snprintf(t, sizeof(text[0]), "%d", n);
    return t;
}

static void ranks_tags_counts(MPI_Comm c)
{
    int v = 0, flag;
    MPI_Request r;

    EXPECT(MPI_Send(&v, 1, MPI_INT, mt_size, 0, c), MPI_ERR_RANK, number(mt_size));
    EXPECT(MPI_Send(&v, 1, MPI_INT, 4711, 0, c), MPI_ERR_RANK, "4711");
    EXPECT(MPI_Send(&v, 1, MPI_INT, -77, 0, c), MPI_ERR_RANK, "-77");
    EXPECT(MPI_Send(&v, 1, MPI_INT, MPI_ANY_SOURCE, 0, c), MPI_ERR_RANK, NULL);
    EXPECT(MPI_Ssend(&v, 1, MPI_INT, 4712, 0, c), MPI_ERR_RANK, "4712");
    EXPECT(MPI_Rsend(&v, 1, MPI_INT, 4713, 0, c), MPI_ERR_RANK, "4713");
    EXPECT(MPI_Isend(&v, 1, MPI_INT, 4714, 0, c, &r), MPI_ERR_RANK, "4714");
    EXPECT(MPI_Issend(&v, 1, MPI_INT, 4715, 0, c, &r), MPI_ERR_RANK, "4715");
    EXPECT(MPI_Irsend(&v, 1, MPI_INT, 4716, 0, c, &r), MPI_ERR_RANK, "4716");
    EXPECT(MPI_Recv(&v, 1, MPI_INT, 4717, 0, c, MPI_STATUS_IGNORE), MPI_ERR_RANK, "4717");
    EXPECT(MPI_Irecv(&v, 1, MPI_INT, -99, 0, c, &r), MPI_ERR_RANK, "-99");
    EXPECT(MPI_Probe(4718, 0, c, MPI_STATUS_IGNORE), MPI_ERR_RANK, "4718");
    EXPECT(MPI_Iprobe(4719, 0, c, &flag, MPI_STATUS_IGNORE), MPI_ERR_RANK, "4719");
    EXPECT(MPI_Sendrecv(&v, 1, MPI_INT, 4720, 0, &flag, 1, MPI_INT, 0, 0, c, MPI_STATUS_IGNORE),
           MPI_ERR_RANK, "4720");
    EXPECT(MPI_Sendrecv_replace(&v, 1, MPI_INT, 0, 0, 4721, 0, c, MPI_STATUS_IGNORE), MPI_ERR_RANK,
           "4721");

    EXPECT(MPI_Send(&v, 1, MPI_INT, 0, -55, c), MPI_ERR_TAG, "-55");
    EXPECT(MPI_Send(&v, 1, MPI_INT, 0, MPI_ANY_TAG, c), MPI_ERR_TAG, NULL);
    EXPECT(MPI_Isend(&v, 1, MPI_INT, 0, -56, c, &r), MPI_ERR_TAG, "-56");
    EXPECT(MPI_Recv(&v, 1, MPI_INT, 0, -57, c, MPI_STATUS_IGNORE), MPI_ERR_TAG, "-57");
    EXPECT(MPI_Irecv(&v, 1, MPI_INT, 0, -58, c, &r), MPI_ERR_TAG, "-58");
    EXPECT(MPI_Iprobe(0, -59, c, &flag, MPI_STATUS_IGNORE), MPI_ERR_TAG, "-59");

    EXPECT(MPI_Send(&v, -3, MPI_INT, 0, 0, c), MPI_ERR_COUNT, "-3");
    EXPECT(MPI_Isend(&v, -4, MPI_INT, 0, 0, c, &r), MPI_ERR_COUNT, "-4");
    EXPECT(MPI_Recv(&v, -5, MPI_INT, 0, 0, c, MPI_STATUS_IGNORE), MPI_ERR_COUNT, "-5");
    EXPECT(MPI_Irecv(&v, -6, MPI_INT, 0, 0, c, &r), MPI_ERR_COUNT, "-6");
}

static void buffers_types_operations(MPI_Comm c)
{
    int v = 0, w = 0;
    MPI_Request r;
    MPI_Datatype t;

    EXPECT(MPI_Send(NULL, 1, MPI_INT, 0, 0, c), MPI_ERR_BUFFER, NULL);
    EXPECT(MPI_Isend(NULL, 1, MPI_INT, 0, 0, c, &r), MPI_ERR_BUFFER, NULL);
    EXPECT(MPI_Recv(NULL, 1, MPI_INT, 0, 0, c, MPI_STATUS_IGNORE), MPI_ERR_BUFFER, NULL);
    EXPECT(MPI_Irecv(NULL, 1, MPI_INT, 0, 0, c, &r), MPI_ERR_BUFFER, NULL);

    EXPECT(MPI_Send(&v, 1, MPI_DATATYPE_NULL, 0, 0, c), MPI_ERR_TYPE, NULL);
    EXPECT(MPI_Irecv(&v, 1, MPI_DATATYPE_NULL, 0, 0, c, &r), MPI_ERR_TYPE, NULL);
    MPI_Type_contiguous(2, MPI_INT, &t);
    EXPECT(MPI_Send(&v, 1, t, 0, 0, c), MPI_ERR_TYPE, NULL); /* not committed */
    MPI_Type_free(&t);

    EXPECT(MPI_Bcast(&v, 1, MPI_INT, 4722, c), MPI_ERR_ROOT, "4722");
    EXPECT(MPI_Bcast(&v, 1, MPI_INT, -8, c), MPI_ERR_ROOT, "-8");
    EXPECT(MPI_Bcast(&v, -9, MPI_INT, 0, c), MPI_ERR_COUNT, "-9");
    EXPECT(MPI_Reduce(&v, &w, 1, MPI_INT, MPI_SUM, 4723, c), MPI_ERR_ROOT, "4723");
    EXPECT(MPI_Reduce(&v, &w, 1, MPI_INT, MPI_OP_NULL, 0, c), MPI_ERR_OP, NULL);
    EXPECT(MPI_Allreduce(&v, &w, 1, MPI_INT, MPI_OP_NULL, c), MPI_ERR_OP, NULL);
    EXPECT(MPI_Allreduce(&v, &w, -10, MPI_INT, MPI_SUM, c), MPI_ERR_COUNT, "-10");
    if (strict) /* others look at the operation first */
        EXPECT(MPI_Allreduce(&v, &w, 1, MPI_DATATYPE_NULL, MPI_SUM, c), MPI_ERR_TYPE, NULL);

    /* Operations that do not exist for a type. */
    double d = 0.0, e;

    EXPECT(MPI_Allreduce(&d, &e, 1, MPI_DOUBLE, MPI_BAND, c), MPI_ERR_OP, NULL);
    EXPECT(MPI_Allreduce(&v, &w, 1, MPI_INT, MPI_MAXLOC, c), MPI_ERR_OP, NULL);
}

/* Handles that never were, that are no longer, and that are of another kind. */
static void handles(MPI_Comm c)
{
    int v = 0, size, flag;
    MPI_Comm dup, stale;
    MPI_Request null = MPI_REQUEST_NULL;

    EXPECT(MPI_Send(&v, 1, MPI_INT, 0, 0, MPI_COMM_NULL), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Comm_size(MPI_COMM_NULL, &size), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Comm_free(&(MPI_Comm){MPI_COMM_NULL}), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Request_free(&null), MPI_ERR_REQUEST, NULL);
    EXPECT(MPI_Cancel(&null), MPI_ERR_REQUEST, NULL);

    if (!strict)
        return; /* other libraries may crash on what follows */

    MPI_Comm_dup(c, &dup);
    stale = dup;
    MPI_Comm_free(&dup);
    EXPECT(MPI_Send(&v, 1, MPI_INT, 0, 0, stale), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Comm_size(stale, &size), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Barrier(stale), MPI_ERR_COMM, NULL);
    /* The place of the freed communicator is taken by another one: the old handle stays invalid. */
    MPI_Comm_dup(c, &dup);
    EXPECT(MPI_Comm_size(stale, &size), MPI_ERR_COMM, NULL);
    MPI_Comm_free(&dup);

    MPI_Request request, old;

    MPI_Irecv(&v, 1, MPI_INT, mt_rank, 3, c, &request);
    old = request;
    MPI_Send(&size, 1, MPI_INT, mt_rank, 3, c);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    EXPECT(MPI_Wait(&old, MPI_STATUS_IGNORE), MPI_ERR_REQUEST, NULL);
    EXPECT(MPI_Test(&old, &flag, MPI_STATUS_IGNORE), MPI_ERR_REQUEST, NULL);
    EXPECT(MPI_Cancel(&old), MPI_ERR_REQUEST, NULL);
    EXPECT(MPI_Request_free(&old), MPI_ERR_REQUEST, NULL);

    MPI_Datatype type, freed;

    MPI_Type_contiguous(3, MPI_INT, &type);
    MPI_Type_commit(&type);
    freed = type;
    MPI_Type_free(&type);
    EXPECT(MPI_Send(&v, 1, freed, 0, 0, c), MPI_ERR_TYPE, NULL);
    EXPECT(MPI_Type_free(&freed), MPI_ERR_TYPE, NULL);
    type = MPI_INT;
    EXPECT(MPI_Type_free(&type), MPI_ERR_TYPE, NULL);

    /* A datatype as communicator, a communicator as datatype, an operation as either, garbage. */
    const MPI_Comm wrong_comm = (MPI_Comm)(intptr_t)MPI_INT;
    const MPI_Datatype wrong_type = (MPI_Datatype)(intptr_t)c;
    const MPI_Op wrong_op = (MPI_Op)(intptr_t)MPI_INT;
    MPI_Request garbage = (MPI_Request)(intptr_t)0x7ffffff1;

    EXPECT(MPI_Comm_size(wrong_comm, &size), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Comm_size((MPI_Comm)(intptr_t)0x12345678, &size), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Comm_size((MPI_Comm)(intptr_t)&size, &size), MPI_ERR_COMM, NULL);
    EXPECT(MPI_Send(&v, 1, wrong_type, 0, 0, c), MPI_ERR_TYPE, NULL);
    EXPECT(MPI_Allreduce(&v, &size, 1, MPI_INT, wrong_op, c), MPI_ERR_OP, NULL);
    EXPECT(MPI_Wait(&garbage, MPI_STATUS_IGNORE), MPI_ERR_REQUEST, NULL);
}

/* Null handles have names; a block without elements may have any type. */
static void nulls(MPI_Comm c)
{
    int *counts = calloc((size_t)mt_size, sizeof(*counts)), v = 0;
    MPI_Datatype *types = malloc((size_t)mt_size * sizeof(*types));
    MPI_Comm *graph = malloc(sizeof(*graph));
    MPI_Info info = MPI_INFO_NULL;
    char value[8];
    int flag;

    for (int i = 0; i < mt_size; i++)
        types[i] = MPI_DATATYPE_NULL;
    EXPECT(MPI_Alltoallw(&v, counts, counts, types, &v, counts, counts, types, c), MPI_SUCCESS,
           NULL);
    if (strict) {
        MPI_Aint *displs = calloc((size_t)mt_size, sizeof(*displs));

        MPI_Dist_graph_create_adjacent(c, 1, &mt_rank, MPI_UNWEIGHTED, 1, &mt_rank, MPI_UNWEIGHTED,
                                       MPI_INFO_NULL, 0, graph);
        EXPECT(MPI_Neighbor_alltoallw(&v, counts, displs, types, &v, counts, displs, types, *graph),
               MPI_SUCCESS, NULL);
        MPI_Comm_free(graph);
        free(displs);
        counts[mt_size - 1] = 1;
        EXPECT(MPI_Alltoallw(&v, counts, counts, types, &v, counts, counts, types, c), MPI_ERR_TYPE,
               "MPI_DATATYPE_NULL");
        EXPECT(MPI_Type_create_struct(1, (int[]){1}, (MPI_Aint[]){0}, types, &types[0]),
               MPI_ERR_TYPE, "MPI_DATATYPE_NULL");
        EXPECT(MPI_Info_get(info, "key", 7, value, &flag), MPI_ERR_INFO, "MPI_INFO_NULL");
        EXPECT(MPI_Comm_set_errhandler(c, MPI_ERRHANDLER_NULL), MPI_ERR_ERRHANDLER,
               "MPI_ERRHANDLER_NULL");
        EXPECT(MPI_Group_size(MPI_GROUP_NULL, &flag), MPI_ERR_GROUP, "MPI_GROUP_NULL");
    }
    free(graph);
    free(types);
    free(counts);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    strict = mt_is_tocsin();
    /* Errors without a communicator go to MPI_COMM_SELF, in older libraries to MPI_COMM_WORLD. */
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);

    for (int round = 0; round < 2; round++) {
        ranks_tags_counts(MPI_COMM_WORLD);
        buffers_types_operations(MPI_COMM_WORLD);
        handles(MPI_COMM_WORLD);
        nulls(MPI_COMM_WORLD);

        const int to = (mt_rank + 1) % mt_size, from = (mt_rank + mt_size - 1) % mt_size;
        int got = -1, sum = 0;

        CHECK_EQ(MPI_Sendrecv(&mt_rank, 1, MPI_INT, to, 0, &got, 1, MPI_INT, from, 0,
                              MPI_COMM_WORLD, MPI_STATUS_IGNORE),
                 MPI_SUCCESS, "Sendrecv after the errors");
        CHECK_EQ(got, from, "message after the errors");
        MPI_Allreduce(&mt_rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
        CHECK_EQ(sum, mt_size * (mt_size - 1) / 2, "sum after the errors");
    }
    return mt_end();
}
