/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attributes of communicators and datatypes: predefined ones; set, get, overwrite, delete; what is
 * copied by dup, in which order and with which values; callbacks that say no, fail, or call MPI;
 * keys freed while attributes live; wrong keys.
 */
#include "mpitest.h"

enum { LOG = 64 };

/* What the callbacks were called with. */
static struct entry {
    char what; /* 'c'opy, 'd'elete */
    int key;
    long value;
} entries[LOG];
static int logged;

static long copy_fails_at = -1, delete_fails_at = -1, not_copied = -1;
static int extra; /* its address is the extra state */
static MPI_Comm callback_comm;

static void note(char what, int key, void *value, void *extra_state)
{
    CHECK(extra_state == &extra, "a callback got the wrong extra state");
    CHECK(logged < LOG, "too many callbacks");
    entries[logged++] = (struct entry){what, key, (long)value};
}

static int copy(int key, void *extra_state, void *in, void *out, int *flag)
{
    note('c', key, in, extra_state);
    *flag = (long)in != not_copied;
    *(void **)out = (void *)((long)in + 1000);
    return (long)in == copy_fails_at ? MPI_ERR_OTHER : MPI_SUCCESS;
}

static int remove_value(int key, void *value, void *extra_state)
{
    note('d', key, value, extra_state);
    return (long)value == delete_fails_at ? MPI_ERR_OTHER : MPI_SUCCESS;
}

static int copy_comm(MPI_Comm comm, int key, void *extra_state, void *in, void *out, int *flag)
{
    CHECK(comm == callback_comm, "copy: wrong communicator");
    return copy(key, extra_state, in, out, flag);
}

static int delete_comm(MPI_Comm comm, int key, void *value, void *extra_state)
{
    int rank = -1;

    /* Still a communicator, and MPI can be called. */
    MPI_Comm_rank(comm, &rank);
    CHECK(rank >= 0, "delete: no communicator");
    return remove_value(key, value, extra_state);
}

static int copy_type(MPI_Datatype type, int key, void *extra_state, void *in, void *out, int *flag)
{
    int size = -1;

    MPI_Type_size(type, &size);
    CHECK_EQ(size, 12, "size of the type that is copied");
    return copy(key, extra_state, in, out, flag);
}

static int delete_type(MPI_Datatype type, int key, void *value, void *extra_state)
{
    int size = -1;

    MPI_Type_size(type, &size);
    CHECK(size >= 0, "delete: no datatype");
    return remove_value(key, value, extra_state);
}

/* The callbacks since the last look were these: "c1 c2 d1002". The values tell the keys. */
static void expect_log(int line, const char *expected)
{
    char text[LOG * 16] = "";

    for (int i = 0; i < logged; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%c%ld", i ? " " : "",
                 entries[i].what, entries[i].value);
    if (strcmp(text, expected) != 0)
        mt_fail(__FILE__, line, "callbacks were \"%s\", expected \"%s\"", text, expected);
    logged = 0;
}
#define EXPECT_LOG(expected) expect_log(__LINE__, expected)

#define EXPECT_CLASS(call, class) CHECK_EQ(mt_class(call), class, #call)

static void check_comm(int line, MPI_Comm comm, int key, long expected)
{
    void *value = NULL;
    int flag = -1;

    MPI_Comm_get_attr(comm, key, &value, &flag);
    if (flag != (expected >= 0) || (flag && (long)value != expected))
        mt_fail(__FILE__, line, "flag %d, value %ld, expected %ld", flag, (long)value, expected);
}
/* Negative: it has none. */
#define CHECK_COMM(comm, key, expected) check_comm(__LINE__, comm, key, expected)

static void predefined(MPI_Comm comm)
{
    int *value, flag;

    MPI_Comm_get_attr(comm, MPI_TAG_UB, &value, &flag);
    CHECK(flag && *value >= 32767, "MPI_TAG_UB");
    if (mt_rank == 0) {
        int in = 1, out = 0;
        MPI_Sendrecv(&in, 1, MPI_INT, 0, *value, &out, 1, MPI_INT, 0, *value, comm,
                     MPI_STATUS_IGNORE);
        CHECK_EQ(out, 1, "message with the highest tag");
    }
    MPI_Comm_get_attr(comm, MPI_IO, &value, &flag);
    CHECK(flag && (*value == MPI_ANY_SOURCE || *value == MPI_PROC_NULL || *value >= 0), "MPI_IO");
    MPI_Comm_get_attr(comm, MPI_HOST, &value, &flag);
    CHECK(flag && (*value == MPI_PROC_NULL || *value >= 0), "MPI_HOST");
    MPI_Comm_get_attr(comm, MPI_WTIME_IS_GLOBAL, &value, &flag);
    CHECK(flag && (*value == 0 || *value == 1), "MPI_WTIME_IS_GLOBAL");
    MPI_Comm_get_attr(comm, MPI_UNIVERSE_SIZE, &value, &flag);
    CHECK(!flag || *value >= mt_size, "MPI_UNIVERSE_SIZE");
    MPI_Comm_get_attr(comm, MPI_APPNUM, &value, &flag);
    CHECK(!flag || *value >= 0, "MPI_APPNUM");
}

static void last_used_code(void)
{
    int *value, flag, class, before;

    MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_LASTUSEDCODE, &value, &flag);
    CHECK(flag && *value >= MPI_ERR_LASTCODE, "MPI_LASTUSEDCODE");
    before = *value;
    MPI_Add_error_class(&class);
    MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_LASTUSEDCODE, &value, &flag);
    CHECK(flag && *value >= class && *value > before, "MPI_LASTUSEDCODE is %d after class %d",
          *value, class);
}

static void set_and_delete(MPI_Comm comm, const int key[3])
{
    CHECK_COMM(comm, key[0], -1);
    MPI_Comm_set_attr(comm, key[0], (void *)1);
    MPI_Comm_set_attr(comm, key[1], (void *)2);
    CHECK_COMM(comm, key[0], 1);
    CHECK_COMM(comm, key[1], 2);
    CHECK_COMM(comm, key[2], -1);
    CHECK_COMM(MPI_COMM_SELF, key[0], -1);
    EXPECT_LOG("");
    MPI_Comm_set_attr(comm, key[0], (void *)3); /* the old value is deleted */
    EXPECT_LOG("d1");
    CHECK_COMM(comm, key[0], 3);
    MPI_Comm_delete_attr(comm, key[0]);
    EXPECT_LOG("d3");
    CHECK_COMM(comm, key[0], -1);
    CHECK_COMM(comm, key[1], 2);
    MPI_Comm_delete_attr(comm, key[1]);
    EXPECT_LOG("d2");
    MPI_Comm_set_attr(comm, key[0], NULL); /* null is a value */
    CHECK_COMM(comm, key[0], 0);
    MPI_Comm_delete_attr(comm, key[0]);
    EXPECT_LOG("d0");
}

static void copies(MPI_Comm comm, const int key[3])
{
    MPI_Comm copied, again;
    int dup_key, null_key;

    MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, &dup_key, NULL);
    MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &null_key, NULL);
    for (long i = 0; i < 3; i++)
        MPI_Comm_set_attr(comm, key[i], (void *)(i + 1));
    MPI_Comm_set_attr(comm, dup_key, (void *)4);
    MPI_Comm_set_attr(comm, null_key, (void *)5);
    not_copied = 2;
    callback_comm = comm;
    MPI_Comm_dup(comm, &copied);
    CHECK_EQ(logged, 3, "copy callbacks");
    if (mt_is_tocsin())
        EXPECT_LOG("c1 c2 c3");
    logged = 0;
    CHECK_COMM(copied, key[0], 1001);
    CHECK_COMM(copied, key[1], -1);
    CHECK_COMM(copied, key[2], 1003);
    CHECK_COMM(copied, dup_key, 4);
    CHECK_COMM(copied, null_key, -1);
    CHECK_COMM(comm, key[0], 1);
    callback_comm = copied;
    MPI_Comm_dup(copied, &again);
    CHECK_COMM(again, key[0], 2001);
    logged = 0;
    MPI_Comm_free(&copied);
    if (mt_is_tocsin())
        EXPECT_LOG("d1003 d1001"); /* the latest first */
    logged = 0;
    MPI_Comm_split(again, 0, 0, &copied); /* does not copy */
    EXPECT_LOG("");
    CHECK_COMM(copied, key[0], -1);
    CHECK_COMM(copied, dup_key, -1);
    MPI_Comm_free(&copied);
    MPI_Comm_disconnect(&again);
    CHECK_EQ(logged, 2, "delete callbacks of MPI_Comm_disconnect");
    logged = 0;
    not_copied = -1;
    for (long i = 0; i < 3; i++)
        MPI_Comm_delete_attr(comm, key[i]);
    MPI_Comm_delete_attr(comm, dup_key);
    MPI_Comm_delete_attr(comm, null_key);
    MPI_Comm_free_keyval(&dup_key);
    MPI_Comm_free_keyval(&null_key);
    logged = 0;
}

/* Errors of callbacks: nothing changes, and what was made so far is undone. On one rank only, the
 * others get their duplicate. */
static void failures(MPI_Comm comm, const int key[3])
{
    const bool fails = mt_rank == mt_size - 1;
    MPI_Comm copied = MPI_COMM_SELF;
    int sum;

    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    for (long i = 0; i < 3; i++)
        MPI_Comm_set_attr(comm, key[i], (void *)(i + 1));
    delete_fails_at = 2;
    EXPECT_CLASS(MPI_Comm_set_attr(comm, key[1], (void *)9), MPI_ERR_OTHER);
    CHECK_COMM(comm, key[1], 2);
    EXPECT_CLASS(MPI_Comm_delete_attr(comm, key[1]), MPI_ERR_OTHER);
    CHECK_COMM(comm, key[1], 2);
    EXPECT_LOG("d2 d2");
    delete_fails_at = -1;

    callback_comm = comm;
    copy_fails_at = fails ? 3 : -1;
    EXPECT_CLASS(MPI_Comm_dup(comm, &copied), fails ? MPI_ERR_OTHER : MPI_SUCCESS);
    CHECK((copied == MPI_COMM_NULL) == fails, "duplicate after a failure");
    EXPECT_LOG(fails ? "c1 c2 c3 d1002 d1001" : "c1 c2 c3");
    if (!fails)
        MPI_Comm_free(&copied);
    copy_fails_at = -1;
    logged = 0;
    MPI_Allreduce(&mt_rank, &sum, 1, MPI_INT, MPI_SUM, comm);
    MPI_Comm_dup(comm, &copied); /* the ranks still agree */
    MPI_Allreduce(&mt_rank, &sum, 1, MPI_INT, MPI_SUM, copied);
    CHECK_EQ(sum, mt_size * (mt_size - 1) / 2, "sum on the next duplicate");
    logged = 0;
    delete_fails_at = 1002;
    MPI_Comm_set_errhandler(copied, MPI_ERRORS_RETURN);
    EXPECT_CLASS(MPI_Comm_free(&copied), MPI_ERR_OTHER);
    CHECK(copied != MPI_COMM_NULL, "a communicator was freed although a callback failed");
    EXPECT_LOG("d1003 d1002");
    delete_fails_at = -1;
    MPI_Comm_free(&copied);
    EXPECT_LOG("d1002 d1001");
    for (long i = 0; i < 3; i++)
        MPI_Comm_delete_attr(comm, key[i]);
    logged = 0;
}

/* A key that was freed lives on in attributes. */
static void freed_keys(MPI_Comm comm)
{
    MPI_Comm copied;
    int key, saved;

    MPI_Comm_create_keyval(copy_comm, delete_comm, &key, &extra);
    MPI_Comm_set_attr(comm, key, (void *)7);
    saved = key;
    MPI_Comm_free_keyval(&key);
    CHECK_EQ(key, MPI_KEYVAL_INVALID, "the key after it was freed");
    CHECK_COMM(comm, saved, 7);
    callback_comm = comm;
    MPI_Comm_dup(comm, &copied);
    EXPECT_LOG("c7");
    CHECK_COMM(copied, saved, 1007);
    MPI_Comm_free(&copied);
    EXPECT_LOG("d1007");
    MPI_Comm_delete_attr(comm, saved);
    EXPECT_LOG("d7");
    if (mt_is_tocsin()) { /* now it is gone */
        void *value;
        int flag;
        EXPECT_CLASS(MPI_Comm_get_attr(comm, saved, &value, &flag), MPI_ERR_KEYVAL);
    }
}

static void wrong_keys(MPI_Comm comm, int comm_key, int type_key)
{
    int invalid = MPI_KEYVAL_INVALID, predefined_key = MPI_TAG_UB, flag, win_key;
    void *value;

    EXPECT_CLASS(MPI_Comm_set_attr(comm, type_key, NULL), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_get_attr(comm, type_key, &value, &flag), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_set_attr(comm, MPI_KEYVAL_INVALID, NULL), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_delete_attr(comm, 12345678), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_set_attr(comm, MPI_TAG_UB, NULL), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_delete_attr(comm, MPI_IO), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_set_attr(MPI_COMM_NULL, comm_key, NULL), MPI_ERR_COMM);
    EXPECT_CLASS(MPI_Comm_get_attr(comm, comm_key, NULL, &flag), MPI_ERR_ARG);
    EXPECT_CLASS(MPI_Type_set_attr(MPI_INT, comm_key, NULL), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Type_get_attr(MPI_DATATYPE_NULL, type_key, &value, &flag), MPI_ERR_TYPE);
    EXPECT_CLASS(MPI_Comm_free_keyval(&invalid), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_free_keyval(&predefined_key), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Comm_free_keyval(&type_key), MPI_ERR_KEYVAL);
    MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, MPI_WIN_NULL_DELETE_FN, &win_key, NULL);
    EXPECT_CLASS(MPI_Comm_set_attr(comm, win_key, NULL), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Type_free_keyval(&win_key), MPI_ERR_KEYVAL);
    EXPECT_CLASS(MPI_Win_free_keyval(&win_key), MPI_SUCCESS);
    EXPECT_CLASS(MPI_Win_free_keyval(&win_key), MPI_ERR_KEYVAL);
}

/* Callbacks that work on the attributes of the object they were called for. */
static int other_key;

static int delete_other(MPI_Comm comm, int key, void *value, void *extra_state)
{
    int flag, own = 0;
    void *seen;

    (void)extra_state;
    MPI_Comm_get_attr(comm, key, &seen, &own);
    CHECK(!own || seen == value, "the attribute that is being deleted has another value");
    MPI_Comm_delete_attr(comm, other_key);
    MPI_Comm_get_attr(comm, other_key, &seen, &flag);
    CHECK(!flag, "an attribute deleted in a callback is still there");
    return MPI_SUCCESS;
}

static void nested(MPI_Comm parent)
{
    MPI_Comm comm;
    int key;

    MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, delete_other, &key, NULL);
    MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, delete_comm, &other_key, &extra);
    MPI_Comm_dup(parent, &comm);
    MPI_Comm_set_attr(comm, other_key, (void *)1);
    MPI_Comm_set_attr(comm, key, (void *)2);
    MPI_Comm_delete_attr(comm, key);
    EXPECT_LOG("d1");
    MPI_Comm_set_attr(comm, other_key, (void *)3);
    MPI_Comm_set_attr(comm, key, (void *)4);
    MPI_Comm_free(&comm);
    EXPECT_LOG("d3");
    MPI_Comm_free_keyval(&key);
    MPI_Comm_free_keyval(&other_key);
}

static void types(int key)
{
    MPI_Datatype type, copied = MPI_INT;
    void *value;
    int flag, dup_key;

    MPI_Type_create_keyval(MPI_TYPE_DUP_FN, MPI_TYPE_NULL_DELETE_FN, &dup_key, NULL);
    MPI_Type_contiguous(3, MPI_INT, &type);
    MPI_Type_get_attr(type, key, &value, &flag);
    CHECK(!flag, "a new type has an attribute");
    MPI_Type_set_attr(type, key, (void *)1);
    MPI_Type_set_attr(type, dup_key, (void *)2);
    MPI_Type_set_attr(MPI_INT, key, (void *)5);
    MPI_Type_dup(type, &copied);
    EXPECT_LOG("c1");
    MPI_Type_get_attr(copied, key, &value, &flag);
    CHECK(flag && (long)value == 1001, "the copied attribute is %ld", (long)value);
    MPI_Type_get_attr(copied, dup_key, &value, &flag);
    CHECK(flag && (long)value == 2, "the duplicated attribute is %ld", (long)value);
    MPI_Type_delete_attr(type, key);
    EXPECT_LOG("d1");
    MPI_Type_free(&type);
    EXPECT_LOG("");
    copy_fails_at = 1001;
    EXPECT_CLASS(MPI_Type_dup(copied, &type), MPI_ERR_OTHER);
    CHECK(type == MPI_DATATYPE_NULL, "a duplicate after a failure");
    EXPECT_LOG("c1001");
    copy_fails_at = -1;
    delete_fails_at = 1001;
    EXPECT_CLASS(MPI_Type_free(&copied), MPI_ERR_OTHER);
    CHECK(copied != MPI_DATATYPE_NULL, "a type was freed although a callback failed");
    EXPECT_LOG("d1001");
    delete_fails_at = -1;
    MPI_Type_free(&copied);
    EXPECT_LOG("d1001");
    MPI_Type_delete_attr(MPI_INT, key);
    EXPECT_LOG("d5");
    MPI_Type_free_keyval(&dup_key);
}

/* Keys and attributes, many of them. */
static void many(MPI_Comm parent)
{
    enum { KEYS = 500 };
    static int keys[KEYS];
    MPI_Comm comm, copied;

    for (int i = 0; i < KEYS; i++)
        MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, &keys[i], NULL);
    MPI_Comm_dup(parent, &comm);
    for (long i = 0; i < KEYS; i++)
        MPI_Comm_set_attr(comm, keys[i], (void *)(i * 3));
    MPI_Comm_dup(comm, &copied);
    for (long i = 0; i < KEYS; i++) {
        CHECK_COMM(comm, keys[i], i * 3);
        CHECK_COMM(copied, keys[i], i * 3);
        MPI_Comm_free_keyval(&keys[i]);
    }
    MPI_Comm_free(&comm);
    MPI_Comm_free(&copied);
}

int main(int argc, char **argv)
{
    MPI_Comm comm;
    int key[3], type_key;

    mt_start(&argc, &argv, 1);
    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    for (int i = 0; i < 3; i++)
        MPI_Comm_create_keyval(copy_comm, delete_comm, &key[i], &extra);
    MPI_Type_create_keyval(copy_type, delete_type, &type_key, &extra);
    predefined(MPI_COMM_WORLD);
    if (mt_is_tocsin())
        predefined(comm);
    last_used_code();
    set_and_delete(comm, key);
    copies(comm, key);
    if (mt_is_tocsin())
        failures(comm, key);
    freed_keys(comm);
    if (mt_is_tocsin()) {
        wrong_keys(comm, key[0], type_key);
        types(type_key);
    }
    if (mt_is_tocsin()) /* MPICH 4.0.2 aborts when a callback deletes attributes */
        nested(comm);
    many(comm);
    for (int i = 0; i < 3; i++)
        MPI_Comm_free_keyval(&key[i]);
    MPI_Type_free_keyval(&type_key);
    MPI_Comm_free(&comm);
    return mt_end();
}
