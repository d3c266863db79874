/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions on operations that need no message, and their errors. */
#include "mpitest.h"

static int calls;

/* inout = in - 2 inout: not commutative. Also for pairs of integers. */
static void subtract_twice(void *in, void *inout, int *len, MPI_Datatype *datatype)
{
    int n = datatype[0] == MPI_INT ? *len : 2 * *len;
    const int *a = in;
    int *b = inout;

    for (int i = 0; i < n; i++)
        b[i] = a[i] - 2 * b[i];
    calls++;
}

static void user_operation(void)
{
    int in[] = {1, 2, 3, 4}, inout[] = {10, 20, 30, 40}, commute = -1;
    MPI_Datatype pair;
    MPI_Op op;

    MPI_Op_create(subtract_twice, 0, &op);
    MPI_Op_commutative(op, &commute);
    CHECK_EQ(commute, 0, "commute");
    MPI_Reduce_local(in, inout, 3, MPI_INT, op);
    CHECK_EQ(calls, 1, "calls of the function");
    CHECK_EQ(inout[0], -19, "first element");
    CHECK_EQ(inout[2], -57, "third element");
    CHECK_EQ(inout[3], 40, "element after the last one");
    MPI_Type_contiguous(2, MPI_INT, &pair);
    MPI_Type_commit(&pair);
    MPI_Reduce_local(in, inout, 2, pair, op);
    CHECK_EQ(inout[0], 39, "first element of a pair");
    CHECK_EQ(inout[3], -76, "last element of a pair");
    MPI_Type_free(&pair);
    MPI_Op_free(&op);
    CHECK(op == MPI_OP_NULL, "a freed handle is MPI_OP_NULL");
    MPI_Op_create(subtract_twice, 1, &op);
    MPI_Op_commutative(op, &commute);
    CHECK(commute, "made commutative, says no");
    MPI_Op_free(&op);
}

static MPI_Count largest;

static void subtract_twice_large(void *in, void *inout, MPI_Count *len, MPI_Datatype *datatype)
{
    const int *a = in;
    int *b = inout;

    CHECK(*datatype == MPI_INT, "the function with large counts got another datatype");
    for (MPI_Count i = 0; i < *len; i++)
        b[i] = a[i] - 2 * b[i];
    largest = *len > largest ? *len : largest;
}

/* The function takes MPI_Count, whoever calls it. */
static void large_counts(void)
{
    int in[] = {1, 2, 3}, inout[] = {10, 20, 30}, commute = -1, sum = 0, one = 1;
    double x = 2.0, y = 5.0;
    MPI_Op op;

    MPI_Op_create_c(subtract_twice_large, 0, &op);
    MPI_Op_commutative(op, &commute);
    CHECK_EQ(commute, 0, "commute");
    MPI_Reduce_local_c(in, inout, 2, MPI_INT, op);
    CHECK_EQ(inout[0], -19, "first element");
    CHECK_EQ(inout[1], -38, "second element");
    CHECK_EQ(inout[2], 30, "element after the last one");
    MPI_Reduce_local(in, inout, 3, MPI_INT, op);
    CHECK_EQ(inout[2], -57, "third element");
    CHECK_EQ(largest, 3, "largest count");
    MPI_Allreduce(&one, &sum, 1, MPI_INT, op, MPI_COMM_SELF);
    CHECK_EQ(sum, 1, "reduction over one rank");
    MPI_Op_free(&op);
    CHECK(op == MPI_OP_NULL, "a freed handle is MPI_OP_NULL");
    MPI_Reduce_local_c(&x, &y, 1, MPI_DOUBLE, MPI_MAX);
    CHECK(y == 5.0, "the maximum of 2 and 5 is %g", y);
}

static void predefined_operations(void)
{
    int a[] = {5, -2, 7}, b[] = {4, 4, 7}, commute = 0;
    struct {
        double value;
        int index;
    } in = {2.5, 3}, inout = {2.5, 1};

    MPI_Op_commutative(MPI_SUM, &commute);
    CHECK(commute, "MPI_SUM is commutative");
    MPI_Reduce_local(a, b, 3, MPI_INT, MPI_MAX);
    CHECK(b[0] == 5 && b[1] == 4 && b[2] == 7, "maximum %d %d %d", b[0], b[1], b[2]);
    MPI_Reduce_local(a, b, 0, MPI_INT, MPI_SUM);
    CHECK_EQ(b[0], 5, "after a reduction of nothing");
    MPI_Reduce_local(&in, &inout, 1, MPI_DOUBLE_INT, MPI_MAXLOC);
    CHECK_EQ(inout.index, 1, "index of the maximum");
}

#define CHECK_ERROR(call, expected)                                                                \
    do {                                                                                           \
        int class = -1;                                                                            \
        MPI_Error_class(call, &class);                                                             \
        CHECK_EQ(class, expected, "class of " #call);                                              \
    } while (0)

static void errors(void)
{
    double a = 1, b = 2;
    int n = 1;
    MPI_Op sum = MPI_SUM, null = MPI_OP_NULL, op, freed;
    MPI_Datatype type;
    char text[MPI_MAX_ERROR_STRING];

    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, MPI_DOUBLE, MPI_BAND), MPI_ERR_OP);
    MPI_Error_string(MPI_Reduce_local(&a, &b, 1, MPI_DOUBLE, MPI_BAND), text, &n);
    CHECK(strstr(text, "MPI_BAND") && strstr(text, "MPI_DOUBLE"), "the error says: %s", text);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, MPI_DOUBLE, MPI_REPLACE), MPI_ERR_OP);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, MPI_DOUBLE, MPI_OP_NULL), MPI_ERR_OP);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, MPI_DOUBLE, (MPI_Op)MPI_INT), MPI_ERR_OP);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, -1, MPI_DOUBLE, MPI_SUM), MPI_ERR_COUNT);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, MPI_DATATYPE_NULL, MPI_SUM), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Reduce_local(NULL, &b, 1, MPI_DOUBLE, MPI_SUM), MPI_ERR_BUFFER);
    CHECK_ERROR(MPI_Reduce_local(MPI_IN_PLACE, &b, 1, MPI_DOUBLE, MPI_SUM), MPI_ERR_BUFFER);
    CHECK_ERROR(MPI_Reduce_local(&b, &b, 1, MPI_DOUBLE, MPI_SUM), MPI_ERR_BUFFER);
    MPI_Type_contiguous(1, MPI_DOUBLE, &type);
    MPI_Type_commit(&type);
    CHECK_ERROR(MPI_Reduce_local(&a, &b, 1, type, MPI_SUM), MPI_ERR_OP);
    MPI_Type_free(&type);
    CHECK(b == 2, "an operation that is refused changed its operand to %g", b);

    CHECK_ERROR(MPI_Op_free(&sum), MPI_ERR_OP);
    CHECK_ERROR(MPI_Op_free(&null), MPI_ERR_OP);
    CHECK_ERROR(MPI_Op_create(NULL, 1, &op), MPI_ERR_ARG);
    CHECK_ERROR(MPI_Op_create(subtract_twice, 1, NULL), MPI_ERR_ARG);
    MPI_Op_create(subtract_twice, 1, &op);
    freed = op;
    MPI_Op_free(&op);
    CHECK_ERROR(MPI_Op_free(&freed), MPI_ERR_OP);
    CHECK_ERROR(MPI_Op_commutative(freed, &n), MPI_ERR_OP);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    user_operation();
    large_counts();
    predefined_operations();
    if (mt_is_tocsin())
        errors();
    return mt_end();
}
