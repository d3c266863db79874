/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * external32: the bytes are those of the standard, sizes as well, and everything comes back.
 */
#include <limits.h>
#include <stddef.h>
#include <wchar.h>

#include "mpitest.h"

static unsigned char bytes[100000];

static void pack(const void *data, int count, MPI_Datatype type, MPI_Aint expected)
{
    MPI_Aint size = -1, position = 3;

    MPI_Pack_external_size("external32", count, type, &size);
    CHECK_EQ(size, expected, "size in external32");
    memset(bytes, 0xaa, (size_t)expected + 6);
    MPI_Pack_external("external32", data, count, type, bytes, 3 + expected, &position);
    CHECK_EQ(position, 3 + expected, "position behind the data");
    CHECK_UNTOUCHED(bytes, 3, 0xaa, "before the position");
    CHECK_UNTOUCHED(bytes + 3 + expected, 3, 0xaa, "behind the data");
}

static void unpack(void *data, int count, MPI_Datatype type, MPI_Aint size)
{
    MPI_Aint position = 3;

    MPI_Unpack_external("external32", bytes, 3 + size, &position, data, count, type);
    CHECK_EQ(position, 3 + size, "position behind what was unpacked");
}

/* One value of a type: these bytes, and the same value again. */
#define CHECK_VALUE(c_type, value, type, ...)                                                      \
    do {                                                                                           \
        const unsigned char wanted[] = {__VA_ARGS__};                                              \
        c_type in = (value), out;                                                                  \
        memset(&out, 0x55, sizeof(out));                                                           \
        pack(&in, 1, type, sizeof(wanted));                                                        \
        for (size_t i = 0; i < sizeof(wanted); i++)                                                \
            if (bytes[3 + i] != wanted[i])                                                         \
                FAIL("%s: byte %zu is 0x%02x, expected 0x%02x", #type, i, bytes[3 + i],            \
                     wanted[i]);                                                                   \
        unpack(&out, 1, type, sizeof(wanted));                                                     \
        CHECK(in == out, "%s: another value came back", #type);                                    \
    } while (0)

static void values(void)
{
    CHECK_VALUE(char, 'x', MPI_CHAR, 'x');
    CHECK_VALUE(short, 0x1234, MPI_SHORT, 0x12, 0x34);
    CHECK_VALUE(int, -2, MPI_INT, 0xff, 0xff, 0xff, 0xfe);
    CHECK_VALUE(unsigned, 0x12345678u, MPI_UNSIGNED, 0x12, 0x34, 0x56, 0x78);
    CHECK_VALUE(long long, 0x123456789abcdef0ll, MPI_LONG_LONG, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc,
                0xde, 0xf0);
    CHECK_VALUE(int64_t, -1, MPI_INT64_T, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    CHECK_VALUE(MPI_Aint, 258, MPI_AINT, 0, 0, 0, 0, 0, 0, 1, 2);
    CHECK_VALUE(float, 1.0f, MPI_FLOAT, 0x3f, 0x80, 0, 0);
    CHECK_VALUE(double, -2.5, MPI_DOUBLE, 0xc0, 0x04, 0, 0, 0, 0, 0, 0);
}

/* Types that are smaller or larger there than here; other libraries differ. */
static void sizes_of_the_standard(void)
{
    CHECK_VALUE(long, 0x12345678, MPI_LONG, 0x12, 0x34, 0x56, 0x78);
    CHECK_VALUE(long, -3, MPI_LONG, 0xff, 0xff, 0xff, 0xfd);
    CHECK_VALUE(unsigned long, 0xfffffffdul, MPI_UNSIGNED_LONG, 0xff, 0xff, 0xff, 0xfd);
    CHECK_VALUE(wchar_t, L'\x20ac', MPI_WCHAR, 0x20, 0xac);
    CHECK_VALUE(long double, 1.5L, MPI_LONG_DOUBLE, 0x3f, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0);
    CHECK_VALUE(long double, -1.0L - 0x1p-63L, MPI_LONG_DOUBLE, 0xbf, 0xff, 0, 0, 0, 0, 0, 0, 0, 2,
                0, 0, 0, 0, 0, 0);
}

/* Complex numbers and pairs, part by part. */
static void composed(void)
{
    const unsigned char wanted[] = {0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0};
    float complex[2] = {1, -2}, back[2];
    struct {
        double value;
        int index;
    } pair = {1, 7}, other;

    pack(complex, 1, MPI_C_FLOAT_COMPLEX, 8);
    CHECK(!memcmp(bytes + 3, wanted, 8), "complex number");
    unpack(back, 1, MPI_C_FLOAT_COMPLEX, 8);
    CHECK(back[0] == 1 && back[1] == -2, "complex number came back as %g, %g", back[0], back[1]);
    pack(&pair, 1, MPI_DOUBLE_INT, 12);
    CHECK_EQ(bytes[3], 0x3f, "first byte of the value");
    CHECK_EQ(bytes[3 + 11], 7, "last byte of the index");
    unpack(&other, 1, MPI_DOUBLE_INT, 12);
    CHECK(other.value == 1 && other.index == 7, "pair came back as %g, %d", other.value,
          other.index);
}

struct mixed {
    char c;
    double d[3];
    int i[2];
    short s;
};

/* A structure with gaps, many of it, strided: order and places are right. */
static void structures(void)
{
    enum { COUNT = 700, STEP = 2 };
    static struct mixed in[COUNT * STEP], out[COUNT * STEP];
    MPI_Datatype one, resized, all;
    MPI_Aint places[] = {offsetof(struct mixed, i), offsetof(struct mixed, d),
                         offsetof(struct mixed, c), offsetof(struct mixed, s)};
    MPI_Datatype types[] = {MPI_INT, MPI_DOUBLE, MPI_CHAR, MPI_SHORT};

    for (int k = 0; k < COUNT * STEP; k++)
        in[k] = (struct mixed){(char)k, {k, k + 0.5, -k}, {k, -k}, (short)k};
    MPI_Type_create_struct(4, (int[]){2, 3, 1, 1}, places, types, &one);
    MPI_Type_create_resized(one, 0, sizeof(struct mixed), &resized);
    MPI_Type_vector(COUNT, 1, STEP, resized, &all);
    MPI_Type_commit(&all);
    pack(in, 1, all, COUNT * (8 + 24 + 1 + 2));
    CHECK_EQ(bytes[3 + 35 + 3], 2, "second structure's first int");
    memset(out, 0x77, sizeof(out));
    unpack(out, 1, all, COUNT * (8 + 24 + 1 + 2));
    for (int k = 0; k < COUNT * STEP; k++) {
        if (k % STEP) {
            CHECK_UNTOUCHED((unsigned char *)&out[k], sizeof(out[k]), 0x77, "between structures");
            continue;
        }
        CHECK(out[k].c == in[k].c && out[k].s == in[k].s && !memcmp(out[k].d, in[k].d, 24) &&
                  !memcmp(out[k].i, in[k].i, 8),
              "structure %d came back different", k);
    }
    MPI_Type_free(&one);
    MPI_Type_free(&resized);
    MPI_Type_free(&all);
    pack(NULL, 0, MPI_INT, 0);
}

static void misuse(void)
{
    MPI_Aint position = 0, size;
    int value = 0;

    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    CHECK_CLASS(MPI_Pack_external_size("internal", 1, MPI_INT, &size), MPI_ERR_ARG,
                "unknown representation");
    CHECK_CLASS(MPI_Pack_external("external32", &value, 1, MPI_INT, bytes, 3, &position),
                MPI_ERR_TRUNCATE, "too little room");
    CHECK_CLASS(MPI_Unpack_external("external32", bytes, 3, &position, &value, 1, MPI_INT),
                MPI_ERR_TRUNCATE, "too little data");
    CHECK_EQ(position, 0, "position after an error");
    CHECK_CLASS(MPI_Pack_external("external32", &value, -1, MPI_INT, bytes, 3, &position),
                MPI_ERR_COUNT, "negative count");
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    values();
    composed();
    structures();
    if (mt_is_tocsin()) {
        sizes_of_the_standard();
        misuse();
    }
    return mt_end();
}
