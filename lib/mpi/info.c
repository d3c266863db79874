/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The info object (MPI 5.0, chapter 10). Legal at any time and in any thread. Errors go to the
 * error handler of MPI_COMM_SELF, after the lock of the info objects has been released.
 */
#include "mpi/mpi_impl.h"

#include <string.h>

#include "base/error.h"
#include "core/info.h"

/* The object behind a handle that is to be changed or freed: MPI_INFO_ENV is not. */
static struct toc_info *lookup_writable(MPI_Info info)
{
    return info == MPI_INFO_ENV ? NULL : toc_info_lookup((uintptr_t)info);
}

static struct toc_info *lookup(MPI_Info info)
{
    return toc_info_lookup((uintptr_t)info);
}

/* What a function returns whose work under the lock ended with `status`; TOC_ERR_ARG stands for a
 * handle that was not found. */
static int finish(const char *function, MPI_Info info, const char *key, int status)
{
    switch (status) {
    case TOC_OK:
        return MPI_SUCCESS;
    case TOC_ERR_NO_MEM:
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function, "out of memory");
    case TOC_ERR_NOT_FOUND:
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_NOKEY, function, "there is no key '%s'",
                             key);
    default:
        break;
    }
    if (info == MPI_INFO_ENV)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO, function, "MPI_INFO_ENV is read-only");
    if (info == MPI_INFO_NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO, function, "info is MPI_INFO_NULL");
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO, function, "%s is no info object",
                         toc_mpi_handle_text((uintptr_t)info).text);
}

/* The checks below return MPI_SUCCESS, or the code of the error that they raised. */
static int check_pointer(const char *function, const char *name, const void *pointer)
{
    if (pointer != NULL)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "%s is a null pointer", name);
}

static int check_key(const char *function, const char *key)
{
    if (key == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_KEY, function, "key is a null pointer");
    if (key[0] == '\0')
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_KEY, function, "key is empty");
    if (strnlen(key, MPI_MAX_INFO_KEY) < MPI_MAX_INFO_KEY)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_KEY, function,
                         "key '%.40s...' has more than %d characters", key, MPI_MAX_INFO_KEY - 1);
}

static int check_value(const char *function, const char *value)
{
    if (value == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_VALUE, function,
                             "value is a null pointer");
    if (strnlen(value, MPI_MAX_INFO_VAL) < MPI_MAX_INFO_VAL)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO_VALUE, function,
                         "value '%.40s...' has more than %d characters", value,
                         MPI_MAX_INFO_VAL - 1);
}

/* Copies as much of the text as fits into `size` bytes with a null character behind it. */
static void copy_text(char *target, int size, const char *text)
{
    if (size <= 0)
        return;
    size_t length = strnlen(text, (size_t)size - 1);
    memcpy(target, text, length);
    target[length] = '\0';
}

int PMPI_Info_create(MPI_Info *info)
{
    int code = check_pointer("MPI_Info_create", "info", info);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_info *created;
    toc_info_lock();
    int err = toc_info_create(&created);
    if (err == TOC_OK)
        *info = (MPI_Info)toc_handle_value(created);
    toc_info_unlock();
    return finish("MPI_Info_create", MPI_INFO_NULL, NULL, err);
}
TOC_MPI_ALIAS(Info_create);

/* A copy of MPI_INFO_ENV, with the program's arguments as the caller has them, if it has any. */
static int create_env(int argc, char *argv[], struct toc_info **info)
{
    int err = toc_info_dup(toc_info_env(), info);
    if (err != TOC_OK || argc <= 0 || argv == NULL || argv[0] == NULL)
        return err;
    err = toc_info_set_arguments(*info, argc, argv);
    if (err != TOC_OK)
        toc_info_free(*info);
    return err;
}

int PMPI_Info_create_env(int argc, char *argv[], MPI_Info *info)
{
    int code = check_pointer("MPI_Info_create_env", "info", info);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_info *created;
    toc_info_lock();
    int err = create_env(argc, argv, &created);
    if (err == TOC_OK)
        *info = (MPI_Info)toc_handle_value(created);
    toc_info_unlock();
    return finish("MPI_Info_create_env", MPI_INFO_NULL, NULL, err);
}
TOC_MPI_ALIAS(Info_create_env);

int PMPI_Info_delete(MPI_Info info, const char *key)
{
    int code = check_key("MPI_Info_delete", key);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    struct toc_info *object = lookup_writable(info);
    int err = object != NULL ? toc_info_delete(object, key) : TOC_ERR_ARG;
    toc_info_unlock();
    return finish("MPI_Info_delete", info, key, err);
}
TOC_MPI_ALIAS(Info_delete);

int PMPI_Info_dup(MPI_Info info, MPI_Info *newinfo)
{
    int code = check_pointer("MPI_Info_dup", "newinfo", newinfo);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_info *copy;
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    int err = object != NULL ? toc_info_dup(object, &copy) : TOC_ERR_ARG;
    if (err == TOC_OK)
        *newinfo = (MPI_Info)toc_handle_value(copy);
    toc_info_unlock();
    return finish("MPI_Info_dup", info, NULL, err);
}
TOC_MPI_ALIAS(Info_dup);

int PMPI_Info_free(MPI_Info *info)
{
    int code = check_pointer("MPI_Info_free", "info", info);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    struct toc_info *object = lookup_writable(*info);
    if (object != NULL)
        toc_info_free(object);
    toc_info_unlock();
    if (object == NULL)
        return finish("MPI_Info_free", *info, NULL, TOC_ERR_ARG);
    *info = MPI_INFO_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Info_free);

/* `valuelen` does not count the null character (deprecated; MPI_Info_get_string does). */
int PMPI_Info_get(MPI_Info info, const char *key, int valuelen, char *value, int *flag)
{
    int code = check_key("MPI_Info_get", key);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get", "value", value);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get", "flag", flag);
    if (code != MPI_SUCCESS)
        return code;
    if (valuelen < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Info_get", "valuelen is %d",
                             valuelen);
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    const char *text = object != NULL ? toc_info_get(object, key) : NULL;
    if (text != NULL)
        copy_text(value, valuelen < MPI_MAX_INFO_VAL ? valuelen + 1 : MPI_MAX_INFO_VAL, text);
    if (object != NULL)
        *flag = text != NULL;
    toc_info_unlock();
    return finish("MPI_Info_get", info, key, object != NULL ? TOC_OK : TOC_ERR_ARG);
}
TOC_MPI_ALIAS(Info_get);

int PMPI_Info_get_nkeys(MPI_Info info, int *nkeys)
{
    int code = check_pointer("MPI_Info_get_nkeys", "nkeys", nkeys);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    if (object != NULL)
        *nkeys = object->count;
    toc_info_unlock();
    return finish("MPI_Info_get_nkeys", info, NULL, object != NULL ? TOC_OK : TOC_ERR_ARG);
}
TOC_MPI_ALIAS(Info_get_nkeys);

int PMPI_Info_get_nthkey(MPI_Info info, int n, char *key)
{
    int code = check_pointer("MPI_Info_get_nthkey", "key", key);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    int count = object != NULL ? object->count : 0;
    if (n >= 0 && n < count)
        copy_text(key, MPI_MAX_INFO_KEY, object->entries[n].key);
    toc_info_unlock();
    if (object == NULL)
        return finish("MPI_Info_get_nthkey", info, NULL, TOC_ERR_ARG);
    if (n < 0 || n >= count)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Info_get_nthkey",
                             "n is %d, the object has %d keys", n, count);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Info_get_nthkey);

/* On entry *buflen is the size of the buffer, on return the size that the value needs, both with
 * the null character; 0 asks for the size only. */
int PMPI_Info_get_string(MPI_Info info, const char *key, int *buflen, char *value, int *flag)
{
    int code = check_key("MPI_Info_get_string", key);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get_string", "buflen", buflen);
    if (code == MPI_SUCCESS && *buflen > 0)
        code = check_pointer("MPI_Info_get_string", "value", value);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get_string", "flag", flag);
    if (code != MPI_SUCCESS)
        return code;
    if (*buflen < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Info_get_string", "*buflen is %d",
                             *buflen);
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    const char *text = object != NULL ? toc_info_get(object, key) : NULL;
    if (text != NULL) {
        copy_text(value, *buflen, text);
        *buflen = (int)strlen(text) + 1;
    }
    if (object != NULL)
        *flag = text != NULL;
    toc_info_unlock();
    return finish("MPI_Info_get_string", info, key, object != NULL ? TOC_OK : TOC_ERR_ARG);
}
TOC_MPI_ALIAS(Info_get_string);

int PMPI_Info_get_valuelen(MPI_Info info, const char *key, int *valuelen, int *flag)
{
    int code = check_key("MPI_Info_get_valuelen", key);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get_valuelen", "valuelen", valuelen);
    if (code == MPI_SUCCESS)
        code = check_pointer("MPI_Info_get_valuelen", "flag", flag);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    const struct toc_info *object = lookup(info);
    const char *text = object != NULL ? toc_info_get(object, key) : NULL;
    if (text != NULL)
        *valuelen = (int)strlen(text);
    if (object != NULL)
        *flag = text != NULL;
    toc_info_unlock();
    return finish("MPI_Info_get_valuelen", info, key, object != NULL ? TOC_OK : TOC_ERR_ARG);
}
TOC_MPI_ALIAS(Info_get_valuelen);

int PMPI_Info_set(MPI_Info info, const char *key, const char *value)
{
    int code = check_key("MPI_Info_set", key);
    if (code == MPI_SUCCESS)
        code = check_value("MPI_Info_set", value);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    struct toc_info *object = lookup_writable(info);
    int err = object != NULL ? toc_info_set(object, key, value) : TOC_ERR_ARG;
    toc_info_unlock();
    return finish("MPI_Info_set", info, key, err);
}
TOC_MPI_ALIAS(Info_set);
