/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Datatypes: every predefined C type and pair type; contiguous and vector types, also nested, with
 * negative and large strides, small and large; different layouts on the two sides; partial
 * messages; a type freed while it is in use. Ranks in a ring.
 */
#include <complex.h>
#include <stddef.h>
#include <wchar.h>
#include "mpitest.h"

static int to, from;

static const int counts[] = {0, 1, 3, 500, 40000};
enum { COUNTS = sizeof(counts) / sizeof(counts[0]), LARGEST = 40000 };

/*
 * One predefined type: element i of rank r is make(r, i). The receiver gets a buffer with room for
 * one element more, which must stay as it was.
 */
#define TEST_TYPE(ctype, mpitype, make)                                                            \
    do {                                                                                           \
        for (int k_ = 0; k_ < COUNTS; k_++) {                                                      \
            const int n_ = counts[k_];                                                             \
            ctype *out_ = calloc((size_t)n_ + 1, sizeof(ctype));                                   \
            ctype *in_ = calloc((size_t)n_ + 1, sizeof(ctype));                                    \
            MPI_Status status_;                                                                    \
            for (int i = 0; i < n_; i++) {                                                         \
                const int r = mt_rank;                                                             \
                out_[i] = (ctype)(make);                                                           \
            }                                                                                      \
            MPI_Sendrecv(out_, n_, mpitype, to, k_, in_, n_ + 1, mpitype, from, k_,                \
                         MPI_COMM_WORLD, &status_);                                                \
            CHECK_STATUS(&status_, from, k_, mpitype, n_, #mpitype);                               \
            for (int i = 0; i < n_; i++) {                                                         \
                const int r = from;                                                                \
                CHECK(in_[i] == (ctype)(make), "%s: element %d of %d is wrong", #mpitype, i, n_);  \
            }                                                                                      \
            CHECK(in_[n_] == (ctype)0, "%s: written beyond %d elements", #mpitype, n_);            \
            free(in_);                                                                             \
            free(out_);                                                                            \
        }                                                                                          \
    } while (0)

static void integer_types(void)
{
    TEST_TYPE(char, MPI_CHAR, r + i);
    TEST_TYPE(signed char, MPI_SIGNED_CHAR, r - i);
    TEST_TYPE(unsigned char, MPI_UNSIGNED_CHAR, r + 3 * i);
    TEST_TYPE(unsigned char, MPI_BYTE, r + 5 * i);
    TEST_TYPE(unsigned char, MPI_PACKED, r + 7 * i);
    TEST_TYPE(wchar_t, MPI_WCHAR, r + 300 * i);
    TEST_TYPE(short, MPI_SHORT, r - 3 * i);
    TEST_TYPE(unsigned short, MPI_UNSIGNED_SHORT, r + 9 * i);
    TEST_TYPE(int, MPI_INT, r * 100000 - i);
    TEST_TYPE(unsigned, MPI_UNSIGNED, 4000000000u - (unsigned)(r + i));
    TEST_TYPE(long, MPI_LONG, r * 10000000000L - i);
    TEST_TYPE(unsigned long, MPI_UNSIGNED_LONG, ~0ul - (unsigned long)(r + i));
    TEST_TYPE(long long, MPI_LONG_LONG, r * 10000000000LL - i);
    TEST_TYPE(long long, MPI_LONG_LONG_INT, r * 20000000000LL - i);
    TEST_TYPE(unsigned long long, MPI_UNSIGNED_LONG_LONG, ~0ull - (unsigned long long)(r + i));
    TEST_TYPE(int8_t, MPI_INT8_T, r - i);
    TEST_TYPE(int16_t, MPI_INT16_T, r - 3 * i);
    TEST_TYPE(int32_t, MPI_INT32_T, (int32_t)(r - 100003LL * i));
    TEST_TYPE(int64_t, MPI_INT64_T, r - 10000000019LL * i);
    TEST_TYPE(uint8_t, MPI_UINT8_T, r + i);
    TEST_TYPE(uint16_t, MPI_UINT16_T, r + 3 * i);
    TEST_TYPE(uint32_t, MPI_UINT32_T, r + 100003LL * i);
    TEST_TYPE(uint64_t, MPI_UINT64_T, r + 10000000019LL * i);
    TEST_TYPE(MPI_Aint, MPI_AINT, r - 10000000019LL * i);
    TEST_TYPE(MPI_Offset, MPI_OFFSET, r - 10000000033LL * i);
    TEST_TYPE(MPI_Count, MPI_COUNT, r - 10000000061LL * i);
    TEST_TYPE(_Bool, MPI_C_BOOL, (r + i) % 3 == 0);
}

static void floating_types(void)
{
    TEST_TYPE(float, MPI_FLOAT, 0.5f * (float)i + (float)r);
    TEST_TYPE(double, MPI_DOUBLE, 0.1 * i + r);
    TEST_TYPE(long double, MPI_LONG_DOUBLE, 0.1L * i + r);
    TEST_TYPE(float complex, MPI_C_FLOAT_COMPLEX, 0.5f * (float)i + (float)(r + 1) * I);
    TEST_TYPE(float complex, MPI_C_COMPLEX, 0.25f * (float)i + (float)(r + 1) * I);
    TEST_TYPE(double complex, MPI_C_DOUBLE_COMPLEX, 0.1 * i + (r + 0.3) * I);
    TEST_TYPE(long double complex, MPI_C_LONG_DOUBLE_COMPLEX, 0.1L * i + (r + 0.3L) * I);
}

/* Pair types have gaps that need not travel: compare the two members. */
#define TEST_PAIR(ctype, mpitype)                                                                  \
    do {                                                                                           \
        struct pair {                                                                              \
            ctype value;                                                                           \
            int index;                                                                             \
        };                                                                                         \
        for (int k_ = 0; k_ < COUNTS; k_++) {                                                      \
            const int n_ = counts[k_];                                                             \
            struct pair *out_ = calloc((size_t)n_ + 1, sizeof(*out_));                             \
            struct pair *in_ = calloc((size_t)n_ + 1, sizeof(*in_));                               \
            MPI_Status status_;                                                                    \
            for (int i = 0; i < n_; i++)                                                           \
                out_[i] = (struct pair){(ctype)(i * 3 + mt_rank), i - mt_rank};                    \
            MPI_Sendrecv(out_, n_, mpitype, to, k_, in_, n_ + 1, mpitype, from, k_,                \
                         MPI_COMM_WORLD, &status_);                                                \
            CHECK_STATUS(&status_, from, k_, mpitype, n_, #mpitype);                               \
            for (int i = 0; i < n_; i++)                                                           \
                CHECK(in_[i].value == (ctype)(i * 3 + from) && in_[i].index == i - from,           \
                      "%s: element %d of %d is wrong", #mpitype, i, n_);                           \
            CHECK(in_[n_].value == 0 && in_[n_].index == 0, "%s: written beyond %d elements",      \
                  #mpitype, n_);                                                                   \
            free(in_);                                                                             \
            free(out_);                                                                            \
        }                                                                                          \
    } while (0)

static void pair_types(void)
{
    TEST_PAIR(float, MPI_FLOAT_INT);
    TEST_PAIR(double, MPI_DOUBLE_INT);
    TEST_PAIR(long, MPI_LONG_INT);
    TEST_PAIR(int, MPI_2INT);
    TEST_PAIR(short, MPI_SHORT_INT);
    TEST_PAIR(long double, MPI_LONG_DOUBLE_INT);
}

/* A layout of integers: block b of count has length integers from position first + b * stride. */
struct layout {
    int count, length, stride, first, span; /* span: integers of the whole buffer */
};

static int position(const struct layout *l, int i)
{
    return l->first + i / l->length * l->stride + i % l->length;
}

static void make_type(const struct layout *l, MPI_Datatype *type)
{
    MPI_Type_vector(l->count, l->length, l->stride, MPI_INT, type);
    MPI_Type_commit(type);
}

/* Send with one layout, receive with another of as many integers; the gaps stay untouched. */
static void between_layouts(const struct layout *a, const struct layout *b)
{
    const int n = a->count * a->length;
    MPI_Datatype ta, tb;
    MPI_Status status;
    int *out = mt_alloc(sizeof(int) * (size_t)a->span),
        *in = mt_alloc(sizeof(int) * (size_t)b->span);
    unsigned char *data = calloc((size_t)b->span, 1);

    CHECK_EQ(b->count * b->length, n, "integers of the other layout (the test itself)");
    make_type(a, &ta);
    make_type(b, &tb);
    for (int i = 0; i < a->span; i++)
        out[i] = -1;
    for (int i = 0; i < b->span; i++)
        in[i] = -2;
    for (int i = 0; i < n; i++)
        out[position(a, i)] = i * 5 + mt_rank;
    MPI_Sendrecv(out + a->first, 1, ta, to, 1, in + b->first, 1, tb, from, 1, MPI_COMM_WORLD,
                 &status);
    CHECK_STATUS(&status, from, 1, tb, 1, "vector");
    CHECK_STATUS(&status, from, 1, MPI_INT, n, "vector counted in integers");
    for (int i = 0; i < n; i++) {
        const int p = position(b, i);

        CHECK(in[p] == i * 5 + from, "vector %d x %d / %d: integer %d is %d, expected %d", b->count,
              b->length, b->stride, i, in[p], i * 5 + from);
        data[p] = 1;
    }
    for (int i = 0; i < b->span; i++)
        CHECK(data[i] || in[i] == -2, "vector %d x %d / %d: the gap at %d was written", b->count,
              b->length, b->stride, i);
    MPI_Type_free(&ta);
    MPI_Type_free(&tb);
    CHECK(ta == MPI_DATATYPE_NULL, "Type_free left a handle");
    free(data);
    free(in);
    free(out);
}

static void vectors(void)
{
    /* Groups of five with the same number of integers: 12, 600, 24000, 300000. */
    static const struct layout layouts[] = {
        {1, 12, 12, 0, 12},
        {12, 1, 2, 0, 24},
        {4, 3, 100, 5, 320},
        {4, 3, -7, 21, 24},
        {6, 2, 3, 1, 20},
        {1, 600, 600, 0, 600},
        {600, 1, 17, 3, 10203},
        {20, 30, 31, 0, 620},
        {300, 2, -3, 900, 903},
        {100, 6, 1024, 0, 102400},
        {1, 24000, 24000, 0, 24000},
        {24000, 1, 2, 0, 48000},
        {24, 1000, 5000, 7, 120000},
        {6000, 4, -5, 30000, 30010},
        {12000, 2, 100, 0, 1200000},
        {1, 300000, 300000, 0, 300000},
        {300000, 1, 2, 1, 600001},
        {3, 100000, 200000, 0, 500000},
        {75000, 4, -8, 600000, 600004},
        {50000, 6, 50, 2, 2500002},
    };
    enum { GROUP = 5, GROUPS = sizeof(layouts) / sizeof(layouts[0]) / GROUP };

    for (int g = 0; g < GROUPS; g++) {
        for (int a = 0; a < GROUP; a++) {
            for (int b = 0; b < GROUP; b++)
                between_layouts(&layouts[g * GROUP + a], &layouts[g * GROUP + b]);
        }
    }
}

/* Several elements of a derived type one after the other, nested types, received as plain integers.
 */
static void nested(int repeat)
{
    enum { EXTENT = 11 }; /* integers: two blocks of 3 with stride 8 */
    MPI_Datatype inner, block;
    MPI_Status status;
    int *out = mt_alloc(sizeof(int) * (size_t)(repeat * 2 * EXTENT));
    int *in = mt_alloc(sizeof(int) * (size_t)(repeat * 12));
    int count;

    MPI_Type_vector(2, 3, 8, MPI_INT, &inner);
    MPI_Type_contiguous(2, inner, &block);
    MPI_Type_commit(&block);
    MPI_Type_free(&inner); /* block goes on */
    for (int i = 0; i < repeat * 2 * EXTENT; i++)
        out[i] = i + mt_rank;
    MPI_Sendrecv(out, repeat, block, to, 2, in, repeat * 12, MPI_INT, from, 2, MPI_COMM_WORLD,
                 &status);
    CHECK_STATUS(&status, from, 2, MPI_INT, repeat * 12, "nested type");
    MPI_Get_count(&status, block, &count);
    CHECK_EQ(count, repeat, "count in nested types");
    for (int i = 0; i < repeat * 12; i++) {
        const int p = i / 6 * EXTENT + (i % 6 < 3 ? i % 6 : 8 + i % 6 - 3);

        CHECK(in[i] == p + from, "nested type: integer %d is %d, expected %d", i, in[i], p + from);
    }
    MPI_Type_free(&block);
    free(in);
    free(out);
}

/* A message that ends inside an element: MPI_Get_count says MPI_UNDEFINED. */
static void partial(void)
{
    MPI_Datatype pair;
    MPI_Status status;
    int out[7] = {0}, in[8], n;

    MPI_Type_contiguous(2, MPI_INT, &pair);
    MPI_Type_commit(&pair);
    MPI_Sendrecv(out, 7, MPI_INT, to, 3, in, 4, pair, from, 3, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, pair, &n);
    CHECK_EQ(n, MPI_UNDEFINED, "count of three and a half elements");
    MPI_Get_count(&status, MPI_INT, &n);
    CHECK_EQ(n, 7, "count in integers");
    MPI_Get_count(&status, MPI_DOUBLE, &n);
    CHECK_EQ(n, MPI_UNDEFINED, "count of three and a half doubles");
    MPI_Type_free(&pair);
}

/* Types without any data: nothing is transferred, the message still is. */
static void empty_types(void)
{
    MPI_Datatype none[3];
    MPI_Status status;
    int out = 1, in = 2;

    MPI_Type_contiguous(0, MPI_INT, &none[0]);
    MPI_Type_vector(0, 5, 9, MPI_DOUBLE, &none[1]);
    MPI_Type_vector(5, 0, 9, MPI_DOUBLE, &none[2]);
    for (int i = 0; i < 3; i++) {
        MPI_Type_commit(&none[i]);
        MPI_Sendrecv(&out, 4, none[i], to, 4, &in, 4, none[i], from, 4, MPI_COMM_WORLD, &status);
        CHECK_STATUS(&status, from, 4, MPI_INT, 0, "empty type");
        CHECK_EQ(in, 2, "buffer of an empty type");
        MPI_Type_free(&none[i]);
    }
}

/* MPI_Type_free while messages of that type are under way. */
static void freed_in_use(int blocks)
{
    const struct layout l = {blocks, 1, 3, 0, 3 * blocks};
    int *out = mt_alloc(sizeof(int) * (size_t)l.span), *in = mt_alloc(sizeof(int) * (size_t)l.span);
    MPI_Datatype type;
    MPI_Request requests[2];

    make_type(&l, &type);
    for (int i = 0; i < l.span; i++) {
        out[i] = i ^ mt_rank;
        in[i] = -1;
    }
    MPI_Irecv(in, 1, type, from, 5, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(out, 1, type, to, 5, MPI_COMM_WORLD, &requests[1]);
    MPI_Type_free(&type);
    /* A new type may take the old one's place. */
    MPI_Type_contiguous(9, MPI_CHAR, &type);
    MPI_Type_commit(&type);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < l.span; i++)
        CHECK(in[i] == (i % 3 ? -1 : (i ^ from)), "freed type: integer %d is %d", i, in[i]);
    MPI_Type_free(&type);
    free(in);
    free(out);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    to = (mt_rank + 1) % mt_size;
    from = (mt_rank + mt_size - 1) % mt_size;
    integer_types();
    floating_types();
    pair_types();
    vectors();
    nested(1);
    nested(100);
    nested(20000);
    partial();
    empty_types();
    freed_in_use(4);
    freed_in_use(100000);
    return mt_end();
}
