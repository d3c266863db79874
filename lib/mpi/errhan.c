/* SPDX-License-Identifier: BSD-3-Clause */
/* Error handlers, codes and strings (MPI 5.0, sections 9.3 to 9.5). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi/error.h"
#include "progress/guard.h"

static const struct {
    int error;
    const char *name;
    const char *text;
} classes[] = {
#define TOC_ERROR_CLASS(error, text) {error, #error, text},
#include "mpi/error_classes.def"
#undef TOC_ERROR_CLASS
};

const char *toc_mpi_error_class_name(int error)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (classes[i].error == error)
            return classes[i].name;
    return "unknown error class";
}

/* Classes and codes that the program adds start behind MPI_ERR_LASTCODE. */
#define USER_CODES 1024

static struct user_code {
    bool used;
    bool is_class;
    int class_code;
    char *text;
} user_codes[USER_CODES];
static int user_code_count; /* all that have ever been used lie below */
static pthread_mutex_t user_codes_lock = PTHREAD_MUTEX_INITIALIZER;

static struct user_code *user_code(int code)
{
    int index = code - MPI_ERR_LASTCODE - 1;
    if (index < 0 || index >= user_code_count || !user_codes[index].used)
        return NULL;
    return &user_codes[index];
}

static bool is_predefined_class(int code)
{
    return code >= 0 && code < (int)(sizeof(classes) / sizeof(classes[0]));
}

static bool is_tool_code(int code)
{
    return code >= MPI_T_ERR_CANNOT_INIT && code <= MPI_T_ERR_PVAR_NO_ATOMIC;
}

int toc_mpi_last_used_code(void)
{
    return MPI_ERR_LASTCODE + user_code_count;
}

int PMPI_Error_class(int errorcode, int *errorclass)
{
    const struct user_code *user = user_code(errorcode);
    if (user != NULL)
        *errorclass = user->class_code;
    else if (is_tool_code(errorcode) && toc_mpi_error_sentence(errorcode) == NULL)
        *errorclass = errorcode;
    else if (is_predefined_class(errorcode) || toc_mpi_error_sentence(errorcode) != NULL)
        *errorclass = toc_mpi_error_class_of_code(errorcode);
    else
        *errorclass = MPI_ERR_UNKNOWN;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Error_class);

static const char *tool_text(int code)
{
    static const char *const texts[] = {
        "interface cannot be initialized",
        "interface not accessible",
        "interface not initialized",
        "not supported",
        "out of memory",
        "invalid use or bad parameter value",
        "invalid index",
        "invalid item index",
        "invalid session",
        "invalid handle",
        "invalid name",
        "out of handles",
        "out of sessions",
        "control variable cannot be set now",
        "control variable cannot be set",
        "performance variable cannot be written",
        "performance variable cannot be started or stopped",
        "performance variable cannot be read and reset atomically",
    };
    return texts[code - MPI_T_ERR_CANNOT_INIT];
}

int PMPI_Error_string(int errorcode, char *string, int *resultlen)
{
    const struct user_code *user = user_code(errorcode);
    const char *sentence = toc_mpi_error_sentence(errorcode);
    if (user != NULL)
        snprintf(string, MPI_MAX_ERROR_STRING, "%s", user->text != NULL ? user->text : "");
    else if (sentence != NULL)
        snprintf(string, MPI_MAX_ERROR_STRING, "%s", sentence);
    else if (is_tool_code(errorcode))
        snprintf(string, MPI_MAX_ERROR_STRING, "MPI_T: %s", tool_text(errorcode));
    else if (is_predefined_class(errorcode))
        snprintf(string, MPI_MAX_ERROR_STRING, "%s: %s", classes[errorcode].name,
                 classes[errorcode].text);
    else
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Error_string",
                             "%d is not an error code or class", errorcode);
    *resultlen = (int)strlen(string);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Error_string);

/* The lowest number that is free, one's own also with threads that ask at the same time; NULL:
 * there is none left. */
static struct user_code *claim_user_code(void)
{
    struct user_code *claimed = NULL;
    pthread_mutex_lock(&user_codes_lock);
    for (int i = 0; i < USER_CODES && claimed == NULL; i++)
        if (!user_codes[i].used)
            claimed = &user_codes[i];
    if (claimed != NULL) {
        *claimed = (struct user_code){.used = true};
        if (claimed - user_codes == user_code_count)
            user_code_count++;
    }
    pthread_mutex_unlock(&user_codes_lock);
    return claimed;
}

static int add_code(const char *function, bool is_class, int class_code, int *code)
{
    struct user_code *added = claim_user_code();
    if (added == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function,
                             "all %d codes that a program may add are in use", USER_CODES);
    *code = MPI_ERR_LASTCODE + 1 + (int)(added - user_codes);
    added->is_class = is_class;
    added->class_code = is_class ? *code : class_code;
    return MPI_SUCCESS;
}

int PMPI_Add_error_class(int *errorclass)
{
    return add_code("MPI_Add_error_class", true, 0, errorclass);
}
TOC_MPI_ALIAS(Add_error_class);

int PMPI_Add_error_code(int errorclass, int *errorcode)
{
    const struct user_code *user = user_code(errorclass);
    if (!is_predefined_class(errorclass) && (user == NULL || !user->is_class))
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Add_error_code",
                             "%d is not an error class", errorclass);
    return add_code("MPI_Add_error_code", false, errorclass, errorcode);
}
TOC_MPI_ALIAS(Add_error_code);

int PMPI_Add_error_string(int errorcode, const char *string)
{
    struct user_code *user = user_code(errorcode);
    if (user == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Add_error_string",
                             "%d is not a code or class that the program has added", errorcode);
    char *text = strndup(string, MPI_MAX_ERROR_STRING - 1);
    if (text == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, "MPI_Add_error_string",
                             "out of memory");
    free(user->text);
    user->text = text;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Add_error_string);

/* A code that the class has, or 0. */
static int code_of_class(int class_code)
{
    for (int i = 0; i < user_code_count; i++)
        if (user_codes[i].used && !user_codes[i].is_class && user_codes[i].class_code == class_code)
            return MPI_ERR_LASTCODE + 1 + i;
    return 0;
}

static int remove_code(const char *function, bool is_class, int code)
{
    struct user_code *user = user_code(code);
    if (user == NULL || user->is_class != is_class)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "%d is not one that the program has added", code);
    /* What is removed must have nothing left (section 9.5). */
    if (user->text != NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OTHER, function,
                             "%d still has its string: remove that first "
                             "(MPI_Remove_error_string)",
                             code);
    int member = is_class ? code_of_class(code) : 0;
    if (member != 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_OTHER, function,
                             "class %d still has code %d: remove that first "
                             "(MPI_Remove_error_code)",
                             code, member);
    pthread_mutex_lock(&user_codes_lock);
    *user = (struct user_code){0};
    pthread_mutex_unlock(&user_codes_lock);
    return MPI_SUCCESS;
}

int PMPI_Remove_error_class(int errorclass)
{
    return remove_code("MPI_Remove_error_class", true, errorclass);
}
TOC_MPI_ALIAS(Remove_error_class);

int PMPI_Remove_error_code(int errorcode)
{
    return remove_code("MPI_Remove_error_code", false, errorcode);
}
TOC_MPI_ALIAS(Remove_error_code);

int PMPI_Remove_error_string(int errorcode)
{
    struct user_code *user = user_code(errorcode);
    if (user == NULL || user->text == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Remove_error_string",
                             "%d has no string that the program has added", errorcode);
    free(user->text);
    user->text = NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Remove_error_string);

int PMPI_Comm_create_errhandler(MPI_Comm_errhandler_function *comm_errhandler_fn,
                                MPI_Errhandler *errhandler)
{
    static const char function[] = "MPI_Comm_create_errhandler";
    if (comm_errhandler_fn == NULL || errhandler == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the function or the result's address is a null pointer");
    toc_guard_enter();
    struct toc_errhandler *created = toc_handle_alloc(TOC_KIND_ERRHANDLER, sizeof(*created));
    if (created != NULL) {
        created->kind = TOC_ERRHANDLER_USER;
        created->function = (void (*)(void))comm_errhandler_fn;
        *errhandler = TOC_MPI_HANDLE(MPI_Errhandler, created);
    }
    toc_guard_leave();
    if (created == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function, "out of memory");
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_create_errhandler);

static struct toc_errhandler *errhandler_of(MPI_Errhandler handle)
{
    return toc_handle_lookup(TOC_KIND_ERRHANDLER, (uintptr_t)handle);
}

static int bad_errhandler(MPI_Comm comm, const char *function, MPI_Errhandler handle)
{
    return toc_mpi_raise(comm, MPI_ERR_ERRHANDLER, function, "%s is not an error handler",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

int PMPI_Comm_set_errhandler(MPI_Comm handle, MPI_Errhandler errhandler)
{
    static const char function[] = "MPI_Comm_set_errhandler";
    struct toc_comm *comm;
    int code = toc_mpi_check_comm(function, handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_errhandler *wanted = errhandler_of(errhandler);
    if (wanted == NULL)
        return bad_errhandler(handle, function, errhandler);
    toc_guard_enter();
    toc_errhandler_retain(wanted);
    toc_errhandler_release(comm->errhandler);
    comm->errhandler = wanted;
    comm->errhandler_set = true;
    toc_guard_leave();
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_set_errhandler);

int PMPI_Comm_get_errhandler(MPI_Comm handle, MPI_Errhandler *errhandler)
{
    struct toc_comm *comm;
    int code = toc_mpi_check_comm("MPI_Comm_get_errhandler", handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    /* The caller frees what it got (MPI 5.0, section 9.3.1). */
    *errhandler = TOC_MPI_HANDLE(MPI_Errhandler, toc_errhandler_retain(comm->errhandler));
    toc_guard_leave();
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_get_errhandler);

int PMPI_Comm_call_errhandler(MPI_Comm handle, int errorcode)
{
    struct toc_comm *comm;
    int code = toc_mpi_check_comm("MPI_Comm_call_errhandler", handle, &comm);
    if (code != MPI_SUCCESS)
        return code;
    char sentence[MPI_MAX_ERROR_STRING];
    int length;
    if (PMPI_Error_string(errorcode, sentence, &length) != MPI_SUCCESS)
        return MPI_SUCCESS;
    toc_mpi_call_errhandler(comm, errorcode, sentence);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_call_errhandler);

int PMPI_Errhandler_free(MPI_Errhandler *errhandler)
{
    static const char function[] = "MPI_Errhandler_free";
    if (errhandler == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the address of the handle is a null pointer");
    struct toc_errhandler *object = errhandler_of(*errhandler);
    if (object == NULL)
        return bad_errhandler(MPI_COMM_SELF, function, *errhandler);
    toc_guard_enter();
    if (object->kind == TOC_ERRHANDLER_USER || object->object.refs > 1)
        toc_errhandler_release(object);
    *errhandler = MPI_ERRHANDLER_NULL;
    toc_guard_leave();
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Errhandler_free);
