/* SPDX-License-Identifier: BSD-3-Clause */
/* Datatype functions that need no message: constructors, bounds, contents, pack, names, errors. */
#include <limits.h>
#include <stddef.h>

#include "mpitest.h"

static void check_bounds(MPI_Datatype type, MPI_Count size, MPI_Count lb, MPI_Count extent,
                         MPI_Count true_lb, MPI_Count true_extent)
{
    MPI_Aint a, b;
    MPI_Count x, y;
    int n;

    MPI_Type_size(type, &n);
    CHECK_EQ(n, size > INT_MAX ? MPI_UNDEFINED : size, "size");
    MPI_Type_size_x(type, &x);
    CHECK_EQ(x, size, "size_x");
    MPI_Type_get_extent(type, &a, &b);
    CHECK_EQ(a, lb, "lb");
    CHECK_EQ(b, extent, "extent");
    MPI_Type_get_extent_x(type, &x, &y);
    CHECK_EQ(x, lb, "lb (x)");
    CHECK_EQ(y, extent, "extent (x)");
    MPI_Type_get_true_extent(type, &a, &b);
    CHECK_EQ(a, true_lb, "true lb");
    CHECK_EQ(b, true_extent, "true extent");
    MPI_Type_get_true_extent_x(type, &x, &y);
    CHECK_EQ(x, true_lb, "true lb (x)");
    CHECK_EQ(y, true_extent, "true extent (x)");
}

/* Contents: `integers` are followed by `addresses` and then by the one old type. */
static void check_contents(MPI_Datatype type, int combiner, int n_integers, const int integers[],
                           int n_addresses, const MPI_Aint addresses[], MPI_Datatype old)
{
    int ni, na, nd, got, i[32];
    MPI_Aint a[32];
    MPI_Datatype d[4];

    MPI_Type_get_envelope(type, &ni, &na, &nd, &got);
    CHECK_EQ(got, combiner, "combiner");
    CHECK_EQ(ni, n_integers, "number of integers");
    CHECK_EQ(na, n_addresses, "number of addresses");
    CHECK_EQ(nd, 1, "number of datatypes");
    MPI_Type_get_contents(type, ni, na, nd, i, a, d);
    for (int k = 0; k < n_integers; k++)
        CHECK_EQ(i[k], integers[k], "integer");
    for (int k = 0; k < n_addresses; k++)
        CHECK_EQ(a[k], addresses[k], "address");
    CHECK(d[0] == old, "combiner %d: the old datatype is another one", combiner);
}

static void constructors(void)
{
    MPI_Datatype type;
    int lengths[] = {2, 0, 1}, places[] = {4, 9, 1};
    MPI_Aint bytes[] = {32, 100, 8};

    MPI_Type_contiguous(5, MPI_INT, &type);
    check_bounds(type, 20, 0, 20, 0, 20);
    check_contents(type, MPI_COMBINER_CONTIGUOUS, 1, (int[]){5}, 0, NULL, MPI_INT);
    MPI_Type_free(&type);
    CHECK(type == MPI_DATATYPE_NULL, "a freed handle is MPI_DATATYPE_NULL");

    MPI_Type_vector(3, 2, -4, MPI_SHORT, &type);
    check_bounds(type, 12, -16, 20, -16, 20);
    check_contents(type, MPI_COMBINER_VECTOR, 3, (int[]){3, 2, -4}, 0, NULL, MPI_SHORT);
    MPI_Type_free(&type);

    MPI_Type_create_hvector(3, 2, 24, MPI_INT, &type);
    check_bounds(type, 24, 0, 56, 0, 56);
    check_contents(type, MPI_COMBINER_HVECTOR, 2, (int[]){3, 2}, 1, (MPI_Aint[]){24}, MPI_INT);
    MPI_Type_free(&type);

    MPI_Type_indexed(3, lengths, places, MPI_DOUBLE, &type);
    check_bounds(type, 24, 8, 40, 8, 40);
    check_contents(type, MPI_COMBINER_INDEXED, 7, (int[]){3, 2, 0, 1, 4, 9, 1}, 0, NULL,
                   MPI_DOUBLE);
    MPI_Type_free(&type);

    MPI_Type_create_hindexed(3, lengths, bytes, MPI_DOUBLE, &type);
    check_bounds(type, 24, 8, 40, 8, 40);
    check_contents(type, MPI_COMBINER_HINDEXED, 4, (int[]){3, 2, 0, 1}, 3, bytes, MPI_DOUBLE);
    MPI_Type_free(&type);

    MPI_Type_create_indexed_block(3, 2, places, MPI_CHAR, &type);
    check_bounds(type, 6, 1, 10, 1, 10);
    check_contents(type, MPI_COMBINER_INDEXED_BLOCK, 5, (int[]){3, 2, 4, 9, 1}, 0, NULL, MPI_CHAR);
    MPI_Type_free(&type);

    MPI_Type_create_hindexed_block(3, 2, bytes, MPI_CHAR, &type);
    check_bounds(type, 6, 8, 94, 8, 94);
    check_contents(type, MPI_COMBINER_HINDEXED_BLOCK, 2, (int[]){3, 2}, 3, bytes, MPI_CHAR);
    MPI_Type_free(&type);

    MPI_Type_create_resized(MPI_INT, -4, 16, &type);
    check_bounds(type, 4, -4, 16, 0, 4);
    check_contents(type, MPI_COMBINER_RESIZED, 0, NULL, 2, (MPI_Aint[]){-4, 16}, MPI_INT);
    MPI_Type_free(&type);

    MPI_Type_dup(MPI_LONG, &type);
    check_bounds(type, sizeof(long), 0, sizeof(long), 0, sizeof(long));
    check_contents(type, MPI_COMBINER_DUP, 0, NULL, 0, NULL, MPI_LONG);
    MPI_Type_free(&type);

    MPI_Type_create_subarray(2, (int[]){4, 5}, (int[]){2, 3}, (int[]){1, 2}, MPI_ORDER_C, MPI_INT,
                             &type);
    check_bounds(type, 24, 0, 80, 28, 32);
    check_contents(type, MPI_COMBINER_SUBARRAY, 8, (int[]){2, 4, 5, 2, 3, 1, 2, MPI_ORDER_C}, 0,
                   NULL, MPI_INT);
    MPI_Type_free(&type);

    MPI_Type_contiguous(INT_MAX, MPI_DOUBLE, &type);
    check_bounds(type, (MPI_Count)INT_MAX * 8, 0, (MPI_Count)INT_MAX * 8, 0,
                 (MPI_Count)INT_MAX * 8);
    MPI_Type_free(&type);
}

struct particle {
    char kind;
    double place[3];
    int id;
};

static MPI_Datatype particle_type(void)
{
    struct particle p = {0};
    MPI_Aint places[3], base;
    MPI_Datatype types[] = {MPI_CHAR, MPI_DOUBLE, MPI_INT}, packed, type;

    MPI_Get_address(&p, &base);
    MPI_Get_address(&p.kind, &places[0]);
    MPI_Get_address(p.place, &places[1]);
    MPI_Get_address(&p.id, &places[2]);
    for (int i = 0; i < 3; i++)
        places[i] -= base;
    MPI_Type_create_struct(3, (int[]){1, 3, 1}, places, types, &packed);
    MPI_Type_create_resized(packed, 0, sizeof(struct particle), &type);
    MPI_Type_free(&packed); /* the new one needs it still */
    MPI_Type_commit(&type);
    return type;
}

static void structs(void)
{
    MPI_Datatype type = particle_type(), inside[1], members[3];
    MPI_Aint addresses[3];
    int ni, na, nd, combiner, integers[4];

    check_bounds(type, 29, 0, sizeof(struct particle), 0, offsetof(struct particle, id) + 4);
    MPI_Type_get_contents(type, 0, 2, 1, NULL, addresses, inside);
    MPI_Type_free(&type);
    /* What the contents name is a datatype of ours, alive though both others are freed. */
    MPI_Type_get_envelope(inside[0], &ni, &na, &nd, &combiner);
    CHECK_EQ(combiner, MPI_COMBINER_STRUCT, "combiner inside");
    CHECK_EQ(ni, 4, "integers of a structure");
    CHECK_EQ(na, 3, "addresses of a structure");
    CHECK_EQ(nd, 3, "types of a structure");
    MPI_Type_get_contents(inside[0], 4, 3, 3, integers, addresses, members);
    CHECK_EQ(integers[0], 3, "blocks");
    CHECK_EQ(integers[2], 3, "length of the second block");
    CHECK_EQ(addresses[2], offsetof(struct particle, id), "displacement of the third block");
    CHECK(members[1] == MPI_DOUBLE, "the second member is not MPI_DOUBLE");
    MPI_Type_free(&inside[0]);
    MPI_Type_get_envelope(MPI_INT, &ni, &na, &nd, &combiner);
    CHECK_EQ(combiner, MPI_COMBINER_NAMED, "combiner of MPI_INT");
    CHECK_EQ(ni + na + nd, 0, "contents of MPI_INT");
}

static void pack(void)
{
    MPI_Datatype type = particle_type();
    struct particle in[4], out[4];
    char buffer[256];
    int size, position = 0, n = 17, m = 0;

    memset(in, 0, sizeof(in));
    memset(out, 0, sizeof(out));
    for (int i = 0; i < 4; i++)
        in[i] = (struct particle){(char)('a' + i), {i, 2 * i, 3 * i}, 1000 + i};
    MPI_Pack_size(4, type, MPI_COMM_WORLD, &size);
    CHECK(size >= 4 * 29, "MPI_Pack_size says %d", size);
    MPI_Pack(&n, 1, MPI_INT, buffer, sizeof(buffer), &position, MPI_COMM_WORLD);
    MPI_Pack(in, 4, type, buffer, sizeof(buffer), &position, MPI_COMM_WORLD);
    size = position;
    position = 0;
    MPI_Unpack(buffer, size, &position, &m, 1, MPI_INT, MPI_COMM_WORLD);
    MPI_Unpack(buffer, size, &position, out, 3, type, MPI_COMM_WORLD);
    MPI_Unpack(buffer, size, &position, &out[3], 1, type, MPI_COMM_WORLD);
    CHECK_EQ(position, size, "position after all is unpacked");
    CHECK_EQ(m, n, "the integer");
    for (int i = 0; i < 4; i++) {
        CHECK(in[i].kind == out[i].kind && in[i].id == out[i].id, "particle %d is damaged", i);
        CHECK(!memcmp(in[i].place, out[i].place, sizeof(in[i].place)), "place of particle %d", i);
    }
    MPI_Type_free(&type);
}

static void names(void)
{
    MPI_Datatype type;
    char name[MPI_MAX_OBJECT_NAME], longer[2 * MPI_MAX_OBJECT_NAME];
    int length;

    MPI_Type_get_name(MPI_DOUBLE, name, &length);
    CHECK(!strcmp(name, "MPI_DOUBLE") && length == 10, "MPI_DOUBLE is called %s", name);
    MPI_Type_contiguous(2, MPI_INT, &type);
    MPI_Type_get_name(type, name, &length);
    CHECK(name[0] == '\0' && length == 0, "a new type is called %s", name);
    MPI_Type_set_name(type, "two integers");
    MPI_Type_get_name(type, name, &length);
    CHECK(!strcmp(name, "two integers") && length == 12, "it is called %s", name);
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    if (mt_is_tocsin()) { /* others may raise an error */
        MPI_Type_set_name(type, longer);
        MPI_Type_get_name(type, name, &length);
        CHECK_EQ(length, MPI_MAX_OBJECT_NAME - 1, "length of a name that was cut");
    }
    MPI_Type_free(&type);
}

#define CHECK_ERROR(call, expected)                                                                \
    do {                                                                                           \
        int class = -1;                                                                            \
        MPI_Error_class(call, &class);                                                             \
        CHECK_EQ(class, expected, "class of " #call);                                              \
    } while (0)

static void errors(void)
{
    MPI_Datatype type = MPI_DATATYPE_NULL, freed, null = MPI_DATATYPE_NULL, predefined = MPI_INT;
    int n = 1, position = 0, size, minus[] = {-1};
    char buffer[8];
    MPI_Aint zero[] = {0};

    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    CHECK_ERROR(MPI_Type_contiguous(-1, MPI_INT, &type), MPI_ERR_COUNT);
    CHECK_ERROR(MPI_Type_vector(1, -1, 1, MPI_INT, &type), MPI_ERR_COUNT);
    CHECK_ERROR(MPI_Type_create_hindexed(1, minus, zero, MPI_INT, &type), MPI_ERR_COUNT);
    CHECK_ERROR(MPI_Type_contiguous(1, null, &type), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_contiguous(1, (MPI_Datatype)MPI_SUM, &type), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_contiguous(1, MPI_INT, NULL), MPI_ERR_ARG);
    CHECK_ERROR(MPI_Type_indexed(1, NULL, &n, MPI_INT, &type), MPI_ERR_ARG);
    CHECK_ERROR(MPI_Type_create_struct(1, &n, zero, &null, &type), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_create_subarray(1, &n, &n, &n, MPI_ORDER_C, MPI_INT, &type), MPI_ERR_ARG);
    CHECK_ERROR(MPI_Type_free(&predefined), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_free(&null), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_commit(&null), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_size(MPI_INT, NULL), MPI_ERR_ARG);
    CHECK(type == MPI_DATATYPE_NULL, "a failed constructor changed its output");

    MPI_Type_contiguous(3, MPI_INT, &type);
    CHECK_ERROR(MPI_Pack_size(1, type, MPI_COMM_WORLD, &size), MPI_ERR_TYPE); /* not committed */
    CHECK_ERROR(MPI_Type_get_contents(type, 0, 0, 1, NULL, NULL, &freed), MPI_ERR_ARG);
    freed = type;
    MPI_Type_free(&type);
    CHECK_ERROR(MPI_Type_size(freed, &size), MPI_ERR_TYPE);
    CHECK_ERROR(MPI_Type_free(&freed), MPI_ERR_TYPE);

    CHECK_ERROR(MPI_Pack(&n, -1, MPI_INT, buffer, 8, &position, MPI_COMM_WORLD), MPI_ERR_COUNT);
    CHECK_ERROR(MPI_Pack(buffer, 3, MPI_INT, buffer, 8, &position, MPI_COMM_WORLD),
                MPI_ERR_TRUNCATE);
    CHECK_ERROR(MPI_Pack(NULL, 1, MPI_INT, buffer, 8, &position, MPI_COMM_WORLD), MPI_ERR_BUFFER);
    CHECK_ERROR(MPI_Pack(&n, 1, MPI_INT, buffer, 8, &position, MPI_COMM_NULL), MPI_ERR_COMM);
    CHECK_ERROR(MPI_Unpack(buffer, 2, &position, &n, 1, MPI_INT, MPI_COMM_WORLD), MPI_ERR_TRUNCATE);
    CHECK_EQ(position, 0, "position after errors");
    position = 9;
    CHECK_ERROR(MPI_Pack(&n, 1, MPI_INT, buffer, 8, &position, MPI_COMM_WORLD), MPI_ERR_ARG);
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    constructors();
    structs();
    pack();
    names();
    if (mt_is_tocsin()) /* the classes differ between libraries, and some check nothing */
        errors();
    return mt_end();
}
