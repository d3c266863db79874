/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Info objects: values of every length in buffers of every length, the order of the keys, copies,
 * what is refused with which error class, and use before MPI_Init and after MPI_Finalize.
 */
#include "mpitest.h"

static void check_value(MPI_Info info, const char *key, const char *expected)
{
    char value[MPI_MAX_INFO_VAL];
    int flag = -1, length = -1;

    MPI_Info_get(info, key, MPI_MAX_INFO_VAL - 1, value, &flag);
    CHECK(flag, "key %s is missing", key);
    CHECK(!strcmp(value, expected), "%s is '%s', expected '%s'", key, value, expected);
    MPI_Info_get_valuelen(info, key, &length, &flag);
    CHECK(flag, "key %s has no length", key);
    CHECK_EQ(length, strlen(expected), "length of the value");
}

/* MPI_Info_get: valuelen characters and a null character, nothing behind. */
static void check_get(MPI_Info info, const char *text)
{
    const int length = (int)strlen(text);
    const int first = mt_is_tocsin() ? 0 : length; /* others do not shorten */
    char value[32];
    int flag;

    for (int room = first; room <= length + 2; room++) {
        const int copied = room < length ? room : length;

        memset(value, '#', sizeof(value));
        MPI_Info_get(info, "key", room, value, &flag);
        CHECK(flag, "key is missing");
        CHECK(!strncmp(value, text, (size_t)copied), "wrong text '%.31s'", value);
        CHECK_EQ(value[copied], 0, "end of the value");
        CHECK_UNTOUCHED(value + room + 1, sizeof(value) - (size_t)room - 1, '#', "Info_get");
    }
}

#if MPI_VERSION >= 4
/* MPI_Info_get_string: the size of the buffer in, the size needed out, both with the null. */
static void check_get_string(MPI_Info info, const char *text)
{
    const int size = (int)strlen(text) + 1;
    char value[32];
    int flag, length;

    for (int room = 0; room <= size + 2; room++) {
        const int copied = room < size ? room : size;

        memset(value, '#', sizeof(value));
        length = room;
        MPI_Info_get_string(info, "key", &length, value, &flag);
        CHECK(flag, "key is missing");
        CHECK_EQ(length, size, "size needed");
        if (copied > 0) {
            CHECK(!strncmp(value, text, (size_t)copied - 1), "wrong text '%.31s'", value);
            CHECK_EQ(value[copied - 1], 0, "end of the value");
        }
        CHECK_UNTOUCHED(value + room, sizeof(value) - (size_t)room, '#', "Info_get_string");
    }
    length = 5;
    MPI_Info_get_string(info, "no key", &length, value, &flag);
    CHECK(!flag, "a key that was never set is there");
    CHECK_EQ(length, 5, "length without a value");
}
#endif

static void lengths(void)
{
    MPI_Info info;
    char value[8] = "before";
    int flag = 1, length = 7;

    MPI_Info_create(&info);
    MPI_Info_get(info, "key", 7, value, &flag);
    CHECK(!flag && !strcmp(value, "before"), "a value without a key");
    MPI_Info_get_valuelen(info, "key", &length, &flag);
    CHECK(!flag && length == 7, "a length without a key");
    MPI_Info_set(info, "key", "sixteen letters.");
    check_get(info, "sixteen letters.");
#if MPI_VERSION >= 4
    check_get_string(info, "sixteen letters.");
#endif
    MPI_Info_free(&info);
    CHECK(info == MPI_INFO_NULL, "the freed handle is not null");
}

static void keys_and_copies(void)
{
    const char *keys[] = {"zeta", "alpha", "eta", "with blank"};
    MPI_Info info, copy;
    char key[MPI_MAX_INFO_KEY + 1];
    int n = -1, found = 0;

    MPI_Info_create(&info);
    for (int i = 0; i < 4; i++)
        MPI_Info_set(info, keys[i], keys[3 - i]);
    MPI_Info_set(info, "eta", "new");
    MPI_Info_get_nkeys(info, &n);
    CHECK_EQ(n, 4, "number of keys");
    for (int i = 0; i < n; i++) {
        MPI_Info_get_nthkey(info, i, key);
        for (int k = 0; k < 4; k++)
            found |= !strcmp(key, keys[k]) << k;
    }
    CHECK_EQ(found, 15, "set of keys");
    MPI_Info_dup(info, &copy);
    MPI_Info_delete(info, "eta");
    MPI_Info_set(copy, "alpha", "other");
    check_value(info, "alpha", "eta");
    check_value(copy, "eta", "new");
    check_value(copy, "alpha", "other");
    check_value(copy, "with blank", "zeta");
    MPI_Info_get_nkeys(info, &n);
    CHECK_EQ(n, 3, "keys after MPI_Info_delete");
    MPI_Info_free(&copy);
    MPI_Info_free(&info);
}

/* The longest key and value pass, one character more does not. */
static void limits(void)
{
    char key[MPI_MAX_INFO_KEY + 1], *value = mt_alloc(MPI_MAX_INFO_VAL + 1);
    MPI_Info info;
    int n;

    MPI_Info_create(&info);
    memset(key, 'k', sizeof(key));
    memset(value, 'v', MPI_MAX_INFO_VAL + 1);
    key[MPI_MAX_INFO_KEY] = value[MPI_MAX_INFO_VAL] = '\0';
    CHECK_CLASS(MPI_Info_set(info, key, "v"), MPI_ERR_INFO_KEY, "key too long");
    CHECK_CLASS(MPI_Info_set(info, "key", value), MPI_ERR_INFO_VALUE, "value too long");
    key[MPI_MAX_INFO_KEY - 1] = value[MPI_MAX_INFO_VAL - 1] = '\0';
    CHECK_CLASS(MPI_Info_set(info, key, value), MPI_SUCCESS, "longest key and value");
    check_value(info, key, value);
    MPI_Info_get_nkeys(info, &n);
    CHECK_EQ(n, 1, "keys after two that were refused");
    MPI_Info_free(&info);
    free(value);
}

static void refused(void)
{
    char text[MPI_MAX_INFO_VAL];
    MPI_Info info, stale, null = MPI_INFO_NULL;
    int flag;

    MPI_Info_create(&info);
    MPI_Info_set(info, "key", "value");
    CHECK_CLASS(MPI_Info_delete(info, "no key"), MPI_ERR_INFO_NOKEY, "delete of no key");
    CHECK_CLASS(MPI_Info_set(info, "", "value"), MPI_ERR_INFO_KEY, "empty key");
    CHECK_CLASS(MPI_Info_set(info, NULL, "value"), MPI_ERR_INFO_KEY, "null key");
    if (mt_is_tocsin()) { /* other libraries use other classes, or crash */
        CHECK_CLASS(MPI_Info_free(&null), MPI_ERR_INFO, "free of the null handle");
        CHECK_CLASS(MPI_Info_set(null, "key", "value"), MPI_ERR_INFO, "set in the null handle");
        CHECK_CLASS(MPI_Info_set(info, "key", NULL), MPI_ERR_INFO_VALUE, "null value");
        CHECK_CLASS(MPI_Info_get_nthkey(info, 1, text), MPI_ERR_ARG, "key number 1 of 1");
        CHECK_CLASS(MPI_Info_get_nthkey(info, -1, text), MPI_ERR_ARG, "key number -1");
        stale = info;
        MPI_Info_free(&info);
        CHECK_CLASS(MPI_Info_get(stale, "key", 8, text, &flag), MPI_ERR_INFO, "freed handle");
        CHECK_CLASS(MPI_Info_free(&stale), MPI_ERR_INFO, "second free");
        info = MPI_INFO_ENV;
        CHECK_CLASS(MPI_Info_set(info, "key", "value"), MPI_ERR_INFO, "set in MPI_INFO_ENV");
        CHECK_CLASS(MPI_Info_free(&info), MPI_ERR_INFO, "free of MPI_INFO_ENV");
    } else {
        MPI_Info_free(&info);
    }
}

static void environment(void)
{
    char value[MPI_MAX_INFO_VAL], expected[16];
    int flag;

    MPI_Info_get(MPI_INFO_ENV, "maxprocs", MPI_MAX_INFO_VAL - 1, value, &flag);
    snprintf(expected, sizeof(expected), "%d", mt_size);
    if (mt_is_tocsin()) {
        CHECK(flag, "MPI_INFO_ENV has no maxprocs");
        CHECK(!strcmp(value, expected), "maxprocs is '%s' with %d ranks", value, mt_size);
    }
#if MPI_VERSION >= 4
    char command[] = "some program", argument[] = "-x", *argv[] = {command, argument, NULL};
    MPI_Info info;

    MPI_Info_create_env(2, argv, &info);
    if (mt_is_tocsin()) {
        check_value(info, "command", command);
        check_value(info, "argv", argument);
        check_value(info, "maxprocs", expected);
    }
    MPI_Info_free(&info);
#endif
}

int main(int argc, char **argv)
{
    MPI_Info early = MPI_INFO_NULL;

    if (mt_is_tocsin()) { /* legal since MPI-4.0 */
        MPI_Info_create(&early);
        MPI_Info_set(early, "set", "before MPI_Init");
    }
    mt_start(&argc, &argv, 1);
    lengths();
    keys_and_copies();
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (mt_is_tocsin()) /* elsewhere the limits may be without the null character */
        limits();
    refused();
    environment();
    MPI_Finalize();
    if (early != MPI_INFO_NULL) {
        check_value(early, "set", "before MPI_Init");
        MPI_Info_free(&early);
    }
    return 0;
}
