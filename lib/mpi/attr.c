/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes (MPI 5.0, sections 7.7 and 9.1.2; deprecated: chapter 16). */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "core/attribute.h"
#include "mpi/attr_impl.h"
#include "mpi/datatype_impl.h"
#include "mpi/error.h"
#include "mpi/mpi_impl.h"
#include "progress/guard.h"
#include "transport/world.h"

/* Pointers to functions of whatever type, to be called by core/attribute.c. */
#define TOC_CALLBACK(function) ((void (*)(void))(function))

/* A callback's error goes on to the caller as it is, if it is an error code at all. */
static int raise_callback(const char *function, struct toc_comm *comm, int code)
{
    char text[MPI_MAX_ERROR_STRING], sentence[2 * MPI_MAX_ERROR_STRING];
    int class, length;
    PMPI_Error_class(code, &class);
    if (class == MPI_ERR_UNKNOWN || class == MPI_SUCCESS)
        return toc_mpi_raise(TOC_MPI_HANDLE(MPI_Comm, comm), MPI_ERR_OTHER, function,
                             "a callback of an attribute returned %d", code);
    PMPI_Error_string(code, text, &length);
    snprintf(sentence, sizeof(sentence), "%s: a callback of an attribute returned %d: %s", function,
             code, text);
    return toc_mpi_call_errhandler(toc_mpi_error_carrier(comm), code, sentence);
}

static int finish(const char *function, struct toc_comm *comm, int status, int code)
{
    if (status == TOC_OK)
        return MPI_SUCCESS;
    if (status == TOC_ERR_CALLBACK)
        return raise_callback(function, comm, code);
    return toc_mpi_raise(TOC_MPI_HANDLE(MPI_Comm, comm), toc_mpi_class_of(status), function,
                         "out of memory");
}

static int delete_all(const char *function, struct toc_comm *comm, void *object,
                      struct toc_attributes *attributes)
{
    int code = MPI_SUCCESS;
    if (attributes->latest == NULL)
        return MPI_SUCCESS;
    toc_guard_enter();
    int status = toc_attribute_delete_all(object, attributes, &code);
    toc_guard_leave();
    return finish(function, comm, status, code);
}

int toc_mpi_attr_delete_comm(const char *function, struct toc_comm *comm)
{
    return delete_all(function, comm, comm, &comm->attributes);
}

int toc_mpi_attr_delete_type(const char *function, struct toc_datatype *type)
{
    return delete_all(function, &toc_comm_self, type, &type->attributes);
}

int toc_mpi_attr_copy_comm(const char *function, struct toc_comm *from, struct toc_comm *to)
{
    int code = MPI_SUCCESS;
    if (from->attributes.latest == NULL)
        return MPI_SUCCESS;
    toc_guard_enter();
    int status = toc_attribute_copy_all(from, &from->attributes, to, &to->attributes, &code);
    toc_guard_leave();
    return finish(function, from, status, code);
}

int toc_mpi_attr_copy_type(const char *function, struct toc_datatype *from, struct toc_datatype *to)
{
    int code = MPI_SUCCESS;
    if (from->attributes.latest == NULL)
        return MPI_SUCCESS;
    toc_guard_enter();
    int status = toc_attribute_copy_all(from, &from->attributes, to, &to->attributes, &code);
    toc_guard_leave();
    return finish(function, &toc_comm_self, status, code);
}

/* ---- keys */

static int create_keyval(const char *function, enum toc_kind kind, void (*copy)(void),
                         void (*remove)(void), int *value, void *extra_state)
{
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "keyval", value);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    struct toc_keyval *keyval = toc_keyval_create(kind, copy, remove, extra_state);
    toc_guard_leave();
    if (keyval == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "out of memory, or too many keys");
    *value = toc_keyval_value(keyval);
    return MPI_SUCCESS;
}

static bool is_predefined(enum toc_kind kind, int value)
{
    if (kind == TOC_KIND_WIN)
        return value >= MPI_WIN_BASE && value <= MPI_WIN_MODEL;
    return kind == TOC_KIND_COMM && value >= MPI_TAG_UB && value <= MPI_UNIVERSE_SIZE;
}

static int check_keyval(const char *function, MPI_Comm comm, enum toc_kind kind, int value,
                        struct toc_keyval **keyval)
{
    *keyval = toc_keyval_get(kind, value);
    if (*keyval != NULL)
        return MPI_SUCCESS;
    if (value == MPI_KEYVAL_INVALID)
        return toc_mpi_raise(comm, MPI_ERR_KEYVAL, function, "the key is MPI_KEYVAL_INVALID");
    if (is_predefined(kind, value))
        return toc_mpi_raise(comm, MPI_ERR_KEYVAL, function,
                             "key %d is predefined: its attributes cannot be set or deleted, "
                             "nor the key freed",
                             value);
    return toc_mpi_raise(comm, MPI_ERR_KEYVAL, function,
                         "%#x is not a key for this kind of object (or one that has been freed)",
                         (unsigned)value);
}

static int free_keyval(const char *function, enum toc_kind kind, int *value)
{
    struct toc_keyval *keyval;
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, MPI_COMM_SELF, "keyval", value);
    if (code == MPI_SUCCESS)
        code = check_keyval(function, MPI_COMM_SELF, kind, *value, &keyval);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    toc_keyval_free(keyval);
    toc_guard_leave();
    *value = MPI_KEYVAL_INVALID;
    return MPI_SUCCESS;
}

int PMPI_Comm_create_keyval(MPI_Comm_copy_attr_function *comm_copy_attr_fn,
                            MPI_Comm_delete_attr_function *comm_delete_attr_fn, int *comm_keyval,
                            void *extra_state)
{
    return create_keyval("MPI_Comm_create_keyval", TOC_KIND_COMM, TOC_CALLBACK(comm_copy_attr_fn),
                         TOC_CALLBACK(comm_delete_attr_fn), comm_keyval, extra_state);
}
TOC_MPI_ALIAS(Comm_create_keyval);

int PMPI_Keyval_create(MPI_Copy_function *copy_fn, MPI_Delete_function *delete_fn, int *keyval,
                       void *extra_state)
{
    return create_keyval("MPI_Keyval_create", TOC_KIND_COMM, TOC_CALLBACK(copy_fn),
                         TOC_CALLBACK(delete_fn), keyval, extra_state);
}
TOC_MPI_ALIAS(Keyval_create);

int PMPI_Type_create_keyval(MPI_Type_copy_attr_function *type_copy_attr_fn,
                            MPI_Type_delete_attr_function *type_delete_attr_fn, int *type_keyval,
                            void *extra_state)
{
    return create_keyval("MPI_Type_create_keyval", TOC_KIND_DATATYPE,
                         TOC_CALLBACK(type_copy_attr_fn), TOC_CALLBACK(type_delete_attr_fn),
                         type_keyval, extra_state);
}
TOC_MPI_ALIAS(Type_create_keyval);

/* Keys for windows can be made already, windows cannot. */
int PMPI_Win_create_keyval(MPI_Win_copy_attr_function *win_copy_attr_fn,
                           MPI_Win_delete_attr_function *win_delete_attr_fn, int *win_keyval,
                           void *extra_state)
{
    return create_keyval("MPI_Win_create_keyval", TOC_KIND_WIN, TOC_CALLBACK(win_copy_attr_fn),
                         TOC_CALLBACK(win_delete_attr_fn), win_keyval, extra_state);
}
TOC_MPI_ALIAS(Win_create_keyval);

int PMPI_Comm_free_keyval(int *comm_keyval)
{
    return free_keyval("MPI_Comm_free_keyval", TOC_KIND_COMM, comm_keyval);
}
TOC_MPI_ALIAS(Comm_free_keyval);

int PMPI_Keyval_free(int *keyval)
{
    return free_keyval("MPI_Keyval_free", TOC_KIND_COMM, keyval);
}
TOC_MPI_ALIAS(Keyval_free);

int PMPI_Type_free_keyval(int *type_keyval)
{
    return free_keyval("MPI_Type_free_keyval", TOC_KIND_DATATYPE, type_keyval);
}
TOC_MPI_ALIAS(Type_free_keyval);

int PMPI_Win_free_keyval(int *win_keyval)
{
    return free_keyval("MPI_Win_free_keyval", TOC_KIND_WIN, win_keyval);
}
TOC_MPI_ALIAS(Win_free_keyval);

/* ---- attributes of communicators */

/* What the implementation tells of itself. The values are ints that the program gets pointers to.
 * Any communicator has them: programs ask those that they were given. */
static int *predefined_value(int key)
{
    static int tag_ub = INT_MAX, host = MPI_PROC_NULL, io = MPI_ANY_SOURCE, global = 1, appnum;
    static int last_code, universe;
    switch (key) {
    case MPI_TAG_UB:
        return &tag_ub;
    case MPI_HOST:
        return &host;
    case MPI_IO:
        return &io;
    case MPI_WTIME_IS_GLOBAL:
        return &global;
    case MPI_APPNUM:
        appnum = toc_world.program;
        return &appnum;
    case MPI_LASTUSEDCODE:
        last_code = toc_mpi_last_used_code();
        return &last_code;
    default: /* MPI_UNIVERSE_SIZE */
        universe = toc_world.size;
        return &universe;
    }
}

static int check_result(const char *function, MPI_Comm comm, const void *value, const int *flag)
{
    int code = toc_mpi_check_pointer(function, comm, "attribute_val", value);
    return code != MPI_SUCCESS ? code : toc_mpi_check_pointer(function, comm, "flag", flag);
}

/* attribute_val is the address of a pointer of the program's type. */
static void get(const struct toc_attributes *attributes, const struct toc_keyval *keyval,
                void *attribute_val, int *flag)
{
    void *value;
    toc_guard_enter();
    *flag = toc_attribute_get(attributes, keyval, &value);
    toc_guard_leave();
    if (*flag)
        memcpy(attribute_val, &value, sizeof(value));
}

static int set(const char *function, struct toc_comm *errors_to, void *object,
               struct toc_attributes *attributes, struct toc_keyval *keyval, void *value)
{
    int code = MPI_SUCCESS;
    toc_guard_enter();
    int status = toc_attribute_set(object, attributes, keyval, value, &code);
    toc_guard_leave();
    return finish(function, errors_to, status, code);
}

static int remove_one(const char *function, struct toc_comm *errors_to, void *object,
                      struct toc_attributes *attributes, const struct toc_keyval *keyval)
{
    int code = MPI_SUCCESS;
    toc_guard_enter();
    int status = toc_attribute_delete(object, attributes, keyval, &code);
    toc_guard_leave();
    return finish(function, errors_to, status, code);
}

static int check_comm(const char *function, MPI_Comm handle, int key, struct toc_comm **comm,
                      struct toc_keyval **keyval)
{
    int code = toc_mpi_check_comm(function, handle, comm);
    return code != MPI_SUCCESS ? code : check_keyval(function, handle, TOC_KIND_COMM, key, keyval);
}

static int get_comm(const char *function, MPI_Comm handle, int key, void *value, int *flag)
{
    struct toc_comm *comm;
    struct toc_keyval *keyval;
    int code = toc_mpi_check_comm(function, handle, &comm);
    if (code == MPI_SUCCESS)
        code = check_result(function, handle, value, flag);
    if (code == MPI_SUCCESS && is_predefined(TOC_KIND_COMM, key)) {
        int *predefined = predefined_value(key);
        memcpy(value, &predefined, sizeof(predefined));
        *flag = 1;
        return MPI_SUCCESS;
    }
    if (code == MPI_SUCCESS)
        code = check_keyval(function, handle, TOC_KIND_COMM, key, &keyval);
    if (code == MPI_SUCCESS)
        get(&comm->attributes, keyval, value, flag);
    return code;
}

static int set_comm(const char *function, MPI_Comm handle, int key, void *value)
{
    struct toc_comm *comm;
    struct toc_keyval *keyval;
    int code = check_comm(function, handle, key, &comm, &keyval);
    return code != MPI_SUCCESS ? code : set(function, comm, comm, &comm->attributes, keyval, value);
}

static int delete_comm(const char *function, MPI_Comm handle, int key)
{
    struct toc_comm *comm;
    struct toc_keyval *keyval;
    int code = check_comm(function, handle, key, &comm, &keyval);
    return code != MPI_SUCCESS ? code : remove_one(function, comm, comm, &comm->attributes, keyval);
}

int PMPI_Comm_get_attr(MPI_Comm comm, int comm_keyval, void *attribute_val, int *flag)
{
    return get_comm("MPI_Comm_get_attr", comm, comm_keyval, attribute_val, flag);
}
TOC_MPI_ALIAS(Comm_get_attr);

int PMPI_Attr_get(MPI_Comm comm, int keyval, void *attribute_val, int *flag)
{
    return get_comm("MPI_Attr_get", comm, keyval, attribute_val, flag);
}
TOC_MPI_ALIAS(Attr_get);

int PMPI_Comm_set_attr(MPI_Comm comm, int comm_keyval, void *attribute_val)
{
    return set_comm("MPI_Comm_set_attr", comm, comm_keyval, attribute_val);
}
TOC_MPI_ALIAS(Comm_set_attr);

int PMPI_Attr_put(MPI_Comm comm, int keyval, void *attribute_val)
{
    return set_comm("MPI_Attr_put", comm, keyval, attribute_val);
}
TOC_MPI_ALIAS(Attr_put);

int PMPI_Comm_delete_attr(MPI_Comm comm, int comm_keyval)
{
    return delete_comm("MPI_Comm_delete_attr", comm, comm_keyval);
}
TOC_MPI_ALIAS(Comm_delete_attr);

int PMPI_Attr_delete(MPI_Comm comm, int keyval)
{
    return delete_comm("MPI_Attr_delete", comm, keyval);
}
TOC_MPI_ALIAS(Attr_delete);

/* ---- attributes of datatypes, predefined ones as well */

static int check_type(const char *function, MPI_Datatype handle, int key,
                      struct toc_datatype **type, struct toc_keyval **keyval)
{
    int code = toc_mpi_check_active(function);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_type(function, MPI_COMM_SELF, handle, type);
    if (code == MPI_SUCCESS)
        code = check_keyval(function, MPI_COMM_SELF, TOC_KIND_DATATYPE, key, keyval);
    return code;
}

int PMPI_Type_get_attr(MPI_Datatype datatype, int type_keyval, void *attribute_val, int *flag)
{
    static const char function[] = "MPI_Type_get_attr";
    struct toc_datatype *type;
    struct toc_keyval *keyval;
    int code = check_type(function, datatype, type_keyval, &type, &keyval);
    if (code == MPI_SUCCESS)
        code = check_result(function, MPI_COMM_SELF, attribute_val, flag);
    if (code == MPI_SUCCESS)
        get(&type->attributes, keyval, attribute_val, flag);
    return code;
}
TOC_MPI_ALIAS(Type_get_attr);

int PMPI_Type_set_attr(MPI_Datatype datatype, int type_keyval, void *attribute_val)
{
    static const char function[] = "MPI_Type_set_attr";
    struct toc_datatype *type;
    struct toc_keyval *keyval;
    int code = check_type(function, datatype, type_keyval, &type, &keyval);
    if (code == MPI_SUCCESS)
        code = set(function, &toc_comm_self, type, &type->attributes, keyval, attribute_val);
    return code;
}
TOC_MPI_ALIAS(Type_set_attr);

int PMPI_Type_delete_attr(MPI_Datatype datatype, int type_keyval)
{
    static const char function[] = "MPI_Type_delete_attr";
    struct toc_datatype *type;
    struct toc_keyval *keyval;
    int code = check_type(function, datatype, type_keyval, &type, &keyval);
    if (code == MPI_SUCCESS)
        code = remove_one(function, &toc_comm_self, type, &type->attributes, keyval);
    return code;
}
TOC_MPI_ALIAS(Type_delete_attr);
