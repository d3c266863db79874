/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Datatypes with MPI_Count arguments: the same as those with int arguments, larger, and with large
 * counts as contents. Types that are looked up: by size, by precision and range, as pairs.
 */
#include "mpitest.h"

enum { BYTES = 4096 };

static unsigned char from[BYTES], packed_a[BYTES], packed_b[BYTES];

static void check_alike(MPI_Datatype a, MPI_Datatype b, const char *what)
{
    MPI_Count lb_a, extent_a, lb_b, extent_b, size_a, size_b, at_a = 0, at_b = 0, packed;

    MPI_Type_commit(&a);
    MPI_Type_commit(&b);
    MPI_Type_size_c(a, &size_a);
    MPI_Type_size_c(b, &size_b);
    CHECK(size_a == size_b, "%s: other sizes", what);
    MPI_Type_get_extent_c(a, &lb_a, &extent_a);
    MPI_Type_get_extent_c(b, &lb_b, &extent_b);
    CHECK(lb_a == lb_b && extent_a == extent_b, "%s: other bounds", what);
    MPI_Type_get_true_extent_c(a, &lb_a, &extent_a);
    MPI_Type_get_true_extent_c(b, &lb_b, &extent_b);
    CHECK(lb_a == lb_b && extent_a == extent_b, "%s: other true bounds", what);
    MPI_Pack_size_c(2, a, MPI_COMM_SELF, &packed);
    CHECK(packed >= 2 * size_a, "%s: packed size", what);
    MPI_Pack_c(from, 2, a, packed_a, BYTES, &at_a, MPI_COMM_SELF);
    MPI_Pack_c(from, 2, b, packed_b, BYTES, &at_b, MPI_COMM_SELF);
    CHECK(at_a == at_b && !memcmp(packed_a, packed_b, (size_t)at_a), "%s: other data", what);
    at_b = 0;
    memset(packed_b, 0, sizeof(packed_b));
    MPI_Unpack_c(packed_a, at_a, &at_b, packed_b, 2, b, MPI_COMM_SELF);
    CHECK_EQ(at_b, at_a, "position after unpacking");
}

/* Contents of a type with large counts: `n` of them, `n_integers` integers, one type. */
static void check_large(MPI_Datatype type, int combiner, int n_integers, const int integers[],
                        int n, const MPI_Count counts[])
{
    MPI_Count ni, na, nc, nd, got[64];
    MPI_Datatype old[8];
    int found, i[64];

    MPI_Type_get_envelope_c(type, &ni, &na, &nc, &nd, &found);
    CHECK_EQ(found, combiner, "combiner");
    CHECK_EQ(ni, n_integers, "number of integers");
    CHECK_EQ(na, 0, "number of addresses");
    CHECK_EQ(nc, n, "number of large counts");
    CHECK_EQ(nd, 1, "number of types");
    MPI_Type_get_contents_c(type, ni, na, nc, nd, i, NULL, got, old);
    for (int k = 0; k < n_integers; k++)
        CHECK_EQ(i[k], integers[k], "integer");
    for (int k = 0; k < n; k++)
        CHECK_EQ(got[k], counts[k], "large count");
    CHECK(old[0] == MPI_SHORT, "old type");
    CHECK_CLASS(MPI_Type_get_envelope(type, i, i, i, &found), MPI_ERR_TYPE,
                "envelope without large counts");
    CHECK_CLASS(MPI_Type_get_contents(type, 64, 64, 8, i, (MPI_Aint[64]){0}, old), MPI_ERR_TYPE,
                "contents without large counts");
}

#define COUNTS(...)                                                                                \
    (const MPI_Count[])                                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define N(...) (int)(sizeof((const MPI_Count[]){__VA_ARGS__}) / sizeof(MPI_Count))

static void constructors(void)
{
    MPI_Datatype a, b;

#define BOTH(what, small, large, combiner, ...)                                                    \
    small;                                                                                         \
    large;                                                                                         \
    check_alike(a, b, what);                                                                       \
    check_large(b, combiner, 0, NULL, N(__VA_ARGS__), COUNTS(__VA_ARGS__));                        \
    MPI_Type_free(&a);                                                                             \
    MPI_Type_free(&b)

    BOTH("contiguous", MPI_Type_contiguous(5, MPI_SHORT, &a),
         MPI_Type_contiguous_c(5, MPI_SHORT, &b), MPI_COMBINER_CONTIGUOUS, 5);
    BOTH("vector", MPI_Type_vector(3, 2, 4, MPI_SHORT, &a),
         MPI_Type_vector_c(3, 2, 4, MPI_SHORT, &b), MPI_COMBINER_VECTOR, 3, 2, 4);
    BOTH("hvector", MPI_Type_create_hvector(3, 2, 10, MPI_SHORT, &a),
         MPI_Type_create_hvector_c(3, 2, 10, MPI_SHORT, &b), MPI_COMBINER_HVECTOR, 3, 2, 10);
    BOTH("indexed", MPI_Type_indexed(2, (int[]){1, 3}, (int[]){9, 2}, MPI_SHORT, &a),
         MPI_Type_indexed_c(2, COUNTS(1, 3), COUNTS(9, 2), MPI_SHORT, &b), MPI_COMBINER_INDEXED, 2,
         1, 3, 9, 2);
    BOTH("hindexed", MPI_Type_create_hindexed(2, (int[]){1, 3}, (MPI_Aint[]){90, 2}, MPI_SHORT, &a),
         MPI_Type_create_hindexed_c(2, COUNTS(1, 3), COUNTS(90, 2), MPI_SHORT, &b),
         MPI_COMBINER_HINDEXED, 2, 1, 3, 90, 2);
    BOTH("indexed_block", MPI_Type_create_indexed_block(2, 3, (int[]){9, 2}, MPI_SHORT, &a),
         MPI_Type_create_indexed_block_c(2, 3, COUNTS(9, 2), MPI_SHORT, &b),
         MPI_COMBINER_INDEXED_BLOCK, 2, 3, 9, 2);
    BOTH("hindexed_block", MPI_Type_create_hindexed_block(2, 3, (MPI_Aint[]){90, 2}, MPI_SHORT, &a),
         MPI_Type_create_hindexed_block_c(2, 3, COUNTS(90, 2), MPI_SHORT, &b),
         MPI_COMBINER_HINDEXED_BLOCK, 2, 3, 90, 2);
    BOTH("resized", MPI_Type_create_resized(MPI_SHORT, -2, 12, &a),
         MPI_Type_create_resized_c(MPI_SHORT, -2, 12, &b), MPI_COMBINER_RESIZED, -2, 12);
    BOTH("struct",
         MPI_Type_create_struct(1, (int[]){3}, (MPI_Aint[]){6}, (MPI_Datatype[]){MPI_SHORT}, &a),
         MPI_Type_create_struct_c(1, COUNTS(3), COUNTS(6), (MPI_Datatype[]){MPI_SHORT}, &b),
         MPI_COMBINER_STRUCT, 1, 3, 6);
#undef BOTH
}

/* Their other arguments stay integers. */
static void arrays(void)
{
    const int block = MPI_DISTRIBUTE_BLOCK, cyclic = MPI_DISTRIBUTE_CYCLIC;
    MPI_Datatype a, b;

    MPI_Type_create_subarray(2, (int[]){6, 5}, (int[]){2, 3}, (int[]){1, 2}, MPI_ORDER_C, MPI_SHORT,
                             &a);
    MPI_Type_create_subarray_c(2, COUNTS(6, 5), COUNTS(2, 3), COUNTS(1, 2), MPI_ORDER_C, MPI_SHORT,
                               &b);
    check_alike(a, b, "subarray");
    check_large(b, MPI_COMBINER_SUBARRAY, 2, (int[]){2, MPI_ORDER_C}, 6, COUNTS(6, 5, 2, 3, 1, 2));
    MPI_Type_free(&a);
    MPI_Type_free(&b);
    MPI_Type_create_darray(4, 1, 2, (int[]){7, 6}, (int[]){block, cyclic}, (int[]){4, 2},
                           (int[]){2, 2}, MPI_ORDER_FORTRAN, MPI_SHORT, &a);
    MPI_Type_create_darray_c(4, 1, 2, COUNTS(7, 6), (int[]){block, cyclic}, (int[]){4, 2},
                             (int[]){2, 2}, MPI_ORDER_FORTRAN, MPI_SHORT, &b);
    check_alike(a, b, "darray");
    check_large(b, MPI_COMBINER_DARRAY, 10,
                (int[]){4, 1, 2, block, cyclic, 4, 2, 2, 2, MPI_ORDER_FORTRAN}, 2, COUNTS(7, 6));
    MPI_Type_free(&a);
    MPI_Type_free(&b);
}

/* Envelope and contents of ordinary types through the functions with large counts. */
static void ordinary(void)
{
    MPI_Count ni, na, nc, nd;
    MPI_Datatype type, old, named;
    int combiner, integers[3];
    MPI_Aint addresses[1];

    MPI_Type_create_hvector(3, 2, 10, MPI_SHORT, &type);
    MPI_Type_get_envelope_c(type, &ni, &na, &nc, &nd, &combiner);
    CHECK(ni == 2 && na == 1 && nc == 0 && nd == 1 && combiner == MPI_COMBINER_HVECTOR,
          "envelope of an ordinary type");
    MPI_Type_get_contents_c(type, 2, 1, 0, 1, integers, addresses, NULL, &old);
    CHECK(integers[0] == 3 && integers[1] == 2 && addresses[0] == 10 && old == MPI_SHORT,
          "contents of an ordinary type");
    MPI_Type_get_envelope_c(MPI_INT, &ni, &na, &nc, &nd, &combiner);
    CHECK(ni + na + nc + nd == 0 && combiner == MPI_COMBINER_NAMED, "envelope of a named type");
    MPI_Type_dup(type, &named);
    CHECK_CLASS(MPI_Type_get_contents_c(named, 0, 0, 0, 0, NULL, NULL, NULL, NULL), MPI_ERR_ARG,
                "no room for the type");
    MPI_Type_free(&named);
    MPI_Type_free(&type);
}

/* More than an int holds. */
static void beyond_int(void)
{
    const MPI_Count many = (MPI_Count)3 << 40;
    MPI_Count size, lb, extent;
    MPI_Datatype type, strided;
    int small;

    MPI_Type_contiguous_c(many, MPI_BYTE, &type);
    MPI_Type_size_c(type, &size);
    CHECK_EQ(size, many, "size");
    MPI_Type_size(type, &small);
    CHECK_EQ(small, MPI_UNDEFINED, "size as int");
    MPI_Type_create_hvector_c(2, 1, 2 * many, type, &strided);
    MPI_Type_get_extent_c(strided, &lb, &extent);
    CHECK(lb == 0 && extent == 3 * many, "bounds %lld, %lld", (long long)lb, (long long)extent);
    MPI_Type_commit(&strided);
    MPI_Pack_size_c(5, strided, MPI_COMM_SELF, &size);
    CHECK(size >= 10 * many, "packed size");
    MPI_Pack_external_size_c("external32", 5, strided, &size);
    CHECK_EQ(size, 10 * many, "external32 size");
    MPI_Type_free(&type);
    MPI_Type_free(&strided);
    CHECK_CLASS(MPI_Type_contiguous_c(-1, MPI_BYTE, &type), MPI_ERR_COUNT, "negative count");
    CHECK_CLASS(MPI_Type_indexed_c(2, NULL, COUNTS(1, 2), MPI_BYTE, &type), MPI_ERR_ARG,
                "null block lengths");
    CHECK_CLASS(MPI_Type_indexed_c(2, COUNTS(1, -2), COUNTS(1, 2), MPI_BYTE, &type), MPI_ERR_COUNT,
                "negative block length");
}

/* A type that MPI_Type_get_contents hands out has no attributes of the one inside. */
static void no_attributes(void)
{
    MPI_Datatype inner, outer, got;
    int keyval, flag, n;
    void *value;

    MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN, &keyval, NULL);
    MPI_Type_contiguous(3, MPI_INT, &inner);
    MPI_Type_set_attr(inner, keyval, &n);
    MPI_Type_contiguous(2, inner, &outer);
    MPI_Type_get_contents(outer, 1, 0, 1, &n, NULL, &got);
    MPI_Type_get_attr(got, keyval, &value, &flag);
    CHECK(!flag, "the type handed out has an attribute");
    MPI_Type_free(&got);
    MPI_Type_get_attr(inner, keyval, &value, &flag);
    CHECK(flag && value == &n, "the original's attribute is gone");
    MPI_Type_free(&inner);
    MPI_Type_free(&outer);
    MPI_Type_free_keyval(&keyval);
}

static void check_size(MPI_Datatype type, int expected, const char *what)
{
    int size;

    MPI_Type_size(type, &size);
    CHECK_EQ(size, expected, what);
}

static void looked_up(void)
{
    static const int reals[] = {4, 8, 16}, integers[] = {1, 2, 4, 8, 16};
    MPI_Datatype type, again, other, inside[1];
    int n_integers, addresses, types, combiner, arguments[2], value = 7, sum = 0;

    for (int i = 0; i < 3; i++) {
        MPI_Type_match_size(MPI_TYPECLASS_REAL, reals[i], &type);
        check_size(type, reals[i], "real of a size");
        MPI_Type_match_size(MPI_TYPECLASS_COMPLEX, 2 * reals[i], &type);
        check_size(type, 2 * reals[i], "complex of a size");
    }
    for (int i = 0; i < 5; i++) {
        MPI_Type_match_size(MPI_TYPECLASS_INTEGER, integers[i], &type);
        check_size(type, integers[i], "integer of a size");
    }
    CHECK_CLASS(MPI_Type_match_size(MPI_TYPECLASS_REAL, 3, &type), MPI_ERR_ARG, "3 bytes");
    CHECK_CLASS(MPI_Type_match_size(-1, 4, &type), MPI_ERR_ARG, "no class");

    MPI_Type_create_f90_real(6, MPI_UNDEFINED, &type);
    check_size(type, 4, "6 digits");
    MPI_Type_create_f90_real(MPI_UNDEFINED, 300, &type);
    check_size(type, 8, "exponents to 300");
    MPI_Type_create_f90_real(16, 30, &type);
    check_size(type, 16, "16 digits");
    MPI_Type_create_f90_complex(15, 307, &type);
    check_size(type, 16, "complex of 15 digits");
    MPI_Type_create_f90_complex(15, 307, &again);
    CHECK(type == again, "the same arguments give another type");
    MPI_Type_create_f90_complex(14, 307, &other);
    CHECK(type != other, "other arguments give the same type");
    MPI_Type_get_envelope(type, &n_integers, &addresses, &types, &combiner);
    CHECK(n_integers == 2 && addresses == 0 && types == 0 && combiner == MPI_COMBINER_F90_COMPLEX,
          "envelope %d %d %d %d", n_integers, addresses, types, combiner);
    MPI_Type_get_contents(type, 2, 0, 0, arguments, NULL, inside);
    CHECK(arguments[0] == 15 && arguments[1] == 307, "contents %d %d", arguments[0], arguments[1]);
    MPI_Type_create_f90_integer(9, &type);
    check_size(type, 4, "9 digits");
    MPI_Allreduce(&value, &sum, 1, type, MPI_SUM, MPI_COMM_SELF);
    CHECK_EQ(sum, 7, "reduction with a type of Fortran");
    CHECK_CLASS(MPI_Type_free(&type), MPI_ERR_TYPE, "freed a predefined type");
    CHECK_CLASS(MPI_Type_create_f90_integer(39, &type), MPI_ERR_ARG, "39 digits");
    CHECK_CLASS(MPI_Type_create_f90_real(34, 1, &type), MPI_ERR_ARG, "34 digits");
    CHECK_CLASS(MPI_Type_create_f90_real(MPI_UNDEFINED, MPI_UNDEFINED, &type), MPI_ERR_ARG,
                "nothing given");

    MPI_Type_get_value_index(MPI_DOUBLE, MPI_INT, &type);
    CHECK(type == MPI_DOUBLE_INT, "pair of double and int");
    MPI_Type_get_value_index(MPI_INT, MPI_INT, &type);
    CHECK(type == MPI_2INT, "pair of ints");
    MPI_Type_get_value_index(MPI_INT, MPI_DOUBLE, &type);
    CHECK(type == MPI_DATATYPE_NULL, "a pair that does not exist");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    mt_fill(from, BYTES, 1);
    constructors();
    arrays();
    ordinary();
    beyond_int();
    no_attributes();
    looked_up();
    return mt_end();
}
