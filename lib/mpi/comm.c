/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: only_ours_or_ended */
/* Communicators (MPI 5.0, sections 7.4 and 7.8). */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "coll/context.h"
#include "core/info.h"
#include "mpi/attr_impl.h"
#include "mpi/coll_impl.h"
#include "mpi/comm_impl.h"
#include "mpi/group_impl.h"
#include "mpi/mpi_impl.h"
#include "p2p/buffered.h"
#include "progress/guard.h"

static int check_pointer(const char *function, MPI_Comm comm, const char *what, const void *pointer)
{
    if (pointer != NULL)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_ARG, function, "%s is a null pointer", what);
}

int toc_mpi_comm_query(const char *function, MPI_Comm handle, const char *what, const void *pointer,
                       struct toc_comm **comm)
{
    int code = toc_mpi_check_comm(function, handle, comm);
    return code != MPI_SUCCESS ? code : check_pointer(function, handle, what, pointer);
}

int PMPI_Comm_rank(MPI_Comm comm, int *rank)
{
    struct toc_comm *object;
    int code = toc_mpi_comm_query("MPI_Comm_rank", comm, "rank", rank, &object);
    if (code == MPI_SUCCESS)
        *rank = object->rank;
    return code;
}
TOC_MPI_ALIAS(Comm_rank);

int PMPI_Comm_size(MPI_Comm comm, int *size)
{
    struct toc_comm *object;
    int code = toc_mpi_comm_query("MPI_Comm_size", comm, "size", size, &object);
    if (code == MPI_SUCCESS)
        *size = object->size;
    return code;
}
TOC_MPI_ALIAS(Comm_size);

int PMPI_Comm_group(MPI_Comm comm, MPI_Group *group)
{
    static const char function[] = "MPI_Comm_group";
    struct toc_comm *object;
    int code = toc_mpi_comm_query(function, comm, "group", group, &object);
    if (code != MPI_SUCCESS)
        return code;
    /* A copy: that handle is the program's to free. */
    return toc_mpi_group_make(function, comm, object->size, object->group->members, group);
}
TOC_MPI_ALIAS(Comm_group);

static int compare(const struct toc_comm *a, const struct toc_comm *b)
{
    if (a == b)
        return MPI_IDENT;
    if (toc_comm_is_inter(a) != toc_comm_is_inter(b))
        return MPI_UNEQUAL;
    int local = toc_mpi_group_compare(a->group, b->group);
    int remote = toc_mpi_group_compare(a->remote, b->remote);
    if (local == MPI_UNEQUAL || remote == MPI_UNEQUAL)
        return MPI_UNEQUAL;
    return local == MPI_IDENT && remote == MPI_IDENT ? MPI_CONGRUENT : MPI_SIMILAR;
}

int PMPI_Comm_compare(MPI_Comm comm1, MPI_Comm comm2, int *result)
{
    static const char function[] = "MPI_Comm_compare";
    struct toc_comm *a, *b;
    int code = toc_mpi_comm_query(function, comm1, "result", result, &a);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_comm(function, comm2, &b);
    if (code != MPI_SUCCESS)
        return code;
    *result = compare(a, b);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_compare);

int PMPI_Comm_set_name(MPI_Comm comm, const char *comm_name)
{
    struct toc_comm *object;
    int code = toc_mpi_comm_query("MPI_Comm_set_name", comm, "comm_name", comm_name, &object);
    if (code != MPI_SUCCESS)
        return code;
    /* Longer names are cut, as section 7.8 wants it. */
    snprintf(object->name, sizeof(object->name), "%s", comm_name);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_set_name);

int PMPI_Comm_get_name(MPI_Comm comm, char *comm_name, int *resultlen)
{
    static const char function[] = "MPI_Comm_get_name";
    struct toc_comm *object = NULL;
    int code = MPI_SUCCESS;
    toc_mpi_check_active(function);
    /* MPI_COMM_NULL has a name, too. */
    if (comm != MPI_COMM_NULL)
        code = toc_mpi_check_comm(function, comm, &object);
    if (code == MPI_SUCCESS)
        code = check_pointer(function, comm, "comm_name", comm_name);
    if (code == MPI_SUCCESS)
        code = check_pointer(function, comm, "resultlen", resultlen);
    if (code == MPI_SUCCESS)
        *resultlen = snprintf(comm_name, MPI_MAX_OBJECT_NAME, "%s",
                              object != NULL ? object->name : "MPI_COMM_NULL");
    return code;
}
TOC_MPI_ALIAS(Comm_get_name);

/* No hints are known that would change anything: all are ignored, as section 7.4.4 allows. */
int PMPI_Comm_set_info(MPI_Comm comm, MPI_Info info)
{
    static const char function[] = "MPI_Comm_set_info";
    struct toc_comm *object;
    int code = toc_mpi_check_comm(function, comm, &object);
    return code != MPI_SUCCESS ? code : toc_mpi_check_info(function, comm, info);
}
TOC_MPI_ALIAS(Comm_set_info);

int PMPI_Comm_get_info(MPI_Comm comm, MPI_Info *info_used)
{
    static const char function[] = "MPI_Comm_get_info";
    struct toc_comm *object;
    struct toc_info *info;
    int code = toc_mpi_comm_query(function, comm, "info_used", info_used, &object);
    if (code != MPI_SUCCESS)
        return code;
    toc_info_lock();
    int status = toc_info_create(&info);
    toc_info_unlock();
    if (status == TOC_OK)
        *info_used = TOC_MPI_HANDLE(MPI_Info, info);
    return toc_mpi_coll_status(function, comm, status);
}
TOC_MPI_ALIAS(Comm_get_info);

int toc_mpi_comm_deliver(const char *function, MPI_Comm parent, int status, struct toc_comm *made,
                         MPI_Comm *newcomm)
{
    if (status == TOC_OK)
        *newcomm = made != NULL ? TOC_MPI_HANDLE(MPI_Comm, made) : MPI_COMM_NULL;
    return toc_mpi_coll_status(function, parent, status);
}

static void give_up(struct toc_comm *comm)
{
    toc_guard_enter();
    comm->freed = true;
    toc_comm_release(comm);
    toc_guard_leave();
}

/* Not before all ranks have made the communicator: a callback may fail on one of them only. */
static int copy_attributes(const char *function, struct toc_comm *parent, struct toc_comm *made,
                           MPI_Comm *newcomm)
{
    int code = toc_mpi_attr_copy_comm(function, parent, made);
    if (code != MPI_SUCCESS) {
        give_up(made);
        *newcomm = MPI_COMM_NULL;
    }
    return code;
}

static int dup(const char *function, MPI_Comm comm, MPI_Info info, MPI_Comm *newcomm)
{
    struct toc_comm *parent, *made = NULL;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_info(function, comm, info);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_comm_dup(parent, &made);
    toc_guard_leave();
    code = toc_mpi_comm_deliver(function, comm, status, made, newcomm);
    if (code == MPI_SUCCESS)
        code = copy_attributes(function, parent, made, newcomm);
    return code;
}

int PMPI_Comm_dup(MPI_Comm comm, MPI_Comm *newcomm)
{
    return dup("MPI_Comm_dup", comm, MPI_INFO_NULL, newcomm);
}
TOC_MPI_ALIAS(Comm_dup);

int PMPI_Comm_dup_with_info(MPI_Comm comm, MPI_Info info, MPI_Comm *newcomm)
{
    return dup("MPI_Comm_dup_with_info", comm, info, newcomm);
}
TOC_MPI_ALIAS(Comm_dup_with_info);

static bool is_complete(const void *argument)
{
    return ((const struct toc_request *)argument)->complete;
}

/* A callback said no, but the others are not to wait for this rank. */
static int give_up_idup(int code, struct toc_comm *made, struct toc_request *request)
{
    toc_guard_enter();
    toc_progress_wait(is_complete, request, "MPI_Comm_idup");
    toc_request_release(request);
    toc_guard_leave();
    give_up(made);
    return code;
}

static int idup(const char *function, MPI_Comm comm, MPI_Info info, MPI_Comm *newcomm,
                MPI_Request *handle)
{
    struct toc_comm *parent, *made = NULL;
    struct toc_request *request = NULL;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code == MPI_SUCCESS)
        code = check_pointer(function, comm, "request", handle);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_info(function, comm, info);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_comm_idup(parent, &made, &request);
    toc_guard_leave();
    if (status != TOC_OK)
        return toc_mpi_coll_status(function, comm, status);
    code = toc_mpi_attr_copy_comm(function, parent, made);
    if (code != MPI_SUCCESS)
        return give_up_idup(code, made, request);
    *newcomm = TOC_MPI_HANDLE(MPI_Comm, made);
    *handle = TOC_MPI_HANDLE(MPI_Request, request);
    return MPI_SUCCESS;
}

int PMPI_Comm_idup(MPI_Comm comm, MPI_Comm *newcomm, MPI_Request *request)
{
    return idup("MPI_Comm_idup", comm, MPI_INFO_NULL, newcomm, request);
}
TOC_MPI_ALIAS(Comm_idup);

int PMPI_Comm_idup_with_info(MPI_Comm comm, MPI_Info info, MPI_Comm *newcomm, MPI_Request *request)
{
    return idup("MPI_Comm_idup_with_info", comm, info, newcomm, request);
}
TOC_MPI_ALIAS(Comm_idup_with_info);

static int split(const char *function, MPI_Comm comm, struct toc_comm *parent, int color, int key,
                 MPI_Comm *newcomm)
{
    struct toc_comm *made = NULL;
    toc_guard_enter();
    int status = toc_coll_comm_split(parent, color, key, &made);
    toc_guard_leave();
    return toc_mpi_comm_deliver(function, comm, status, made, newcomm);
}

int PMPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm *newcomm)
{
    static const char function[] = "MPI_Comm_split";
    struct toc_comm *parent;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code != MPI_SUCCESS)
        return code;
    if (color < 0 && color != MPI_UNDEFINED)
        return toc_mpi_raise(comm, MPI_ERR_ARG, function,
                             "color %d is negative (MPI_UNDEFINED is for ranks that take no part)",
                             color);
    return split(function, comm, parent, color, key, newcomm);
}
TOC_MPI_ALIAS(Comm_split);

static bool has_hint(const struct toc_info *info, const char *key, const char *value)
{
    const char *set = toc_info_get(info, key);
    return set != NULL && strcmp(set, value) == 0;
}

/* The color for the resource named by a hint: shared memory is what all ranks have in common; for
 * others the rank gets no communicator, as for a type of hardware that the machine does not have.
 * Process sets only with `sets`. */
static int color_of_hint(MPI_Info info, bool sets)
{
    int color = MPI_UNDEFINED;
    toc_info_lock();
    const struct toc_info *object = toc_info_lookup((uintptr_t)info);
    if (object != NULL) {
        if (has_hint(object, "mpi_hw_resource_type", "mpi_shared_memory") ||
            (sets && has_hint(object, "mpi_pset_name", "mpi://WORLD")))
            color = 0;
        else if (sets && has_hint(object, "mpi_pset_name", "mpi://SELF"))
            color = toc_comm_world.rank;
    }
    toc_info_unlock();
    return color;
}

int PMPI_Comm_split_type(MPI_Comm comm, int split_type, int key, MPI_Info info, MPI_Comm *newcomm)
{
    static const char function[] = "MPI_Comm_split_type";
    struct toc_comm *parent;
    int color = MPI_UNDEFINED;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_info(function, comm, info);
    if (code != MPI_SUCCESS)
        return code;
    switch (split_type) {
    case MPI_COMM_TYPE_SHARED:
        color = 0; /* all ranks are on one machine */
        break;
    case MPI_COMM_TYPE_HW_GUIDED:
    case MPI_COMM_TYPE_RESOURCE_GUIDED:
        color = color_of_hint(info, split_type == MPI_COMM_TYPE_RESOURCE_GUIDED);
        break;
    case MPI_COMM_TYPE_HW_UNGUIDED:
    case MPI_UNDEFINED:
        break;
    default:
        return toc_mpi_raise(comm, MPI_ERR_ARG, function, "split_type %d is not known", split_type);
    }
    return split(function, comm, parent, color, key, newcomm);
}
TOC_MPI_ALIAS(Comm_split_type);

/* The group must be made of members of the communicator. */
static int check_members(const char *function, MPI_Comm comm, const struct toc_comm *parent,
                         MPI_Group handle, struct toc_group **group)
{
    int code = toc_mpi_check_group(function, comm, handle, group);
    for (int i = 0; code == MPI_SUCCESS && i < (*group)->size; i++)
        if (parent->group->index[(*group)->members[i]] < 0)
            return toc_mpi_raise(comm, MPI_ERR_GROUP, function,
                                 "member %d of the group (rank %d of MPI_COMM_WORLD) is not in the "
                                 "communicator",
                                 i, (*group)->members[i]);
    return code;
}

int PMPI_Comm_create(MPI_Comm comm, MPI_Group group, MPI_Comm *newcomm)
{
    static const char function[] = "MPI_Comm_create";
    struct toc_comm *parent, *made = NULL;
    struct toc_group *members;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code == MPI_SUCCESS)
        code = check_members(function, comm, parent, group, &members);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_comm_create(parent, members, &made);
    toc_guard_leave();
    return toc_mpi_comm_deliver(function, comm, status, made, newcomm);
}
TOC_MPI_ALIAS(Comm_create);

int PMPI_Comm_create_group(MPI_Comm comm, MPI_Group group, int tag, MPI_Comm *newcomm)
{
    static const char function[] = "MPI_Comm_create_group";
    struct toc_comm *parent, *made = NULL;
    struct toc_group *members;
    int code = toc_mpi_comm_query(function, comm, "newcomm", newcomm, &parent);
    if (code == MPI_SUCCESS)
        code = toc_mpi_comm_intra(function, comm, parent);
    if (code == MPI_SUCCESS && tag < 0)
        code = toc_mpi_raise(comm, MPI_ERR_TAG, function,
                             "tag %d is out of range (0 to 2147483647)", tag);
    if (code == MPI_SUCCESS)
        code = check_members(function, comm, parent, group, &members);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_comm_create_group(parent, members, tag, &made);
    toc_guard_leave();
    return toc_mpi_comm_deliver(function, comm, status, made, newcomm);
}
TOC_MPI_ALIAS(Comm_create_group);

/* A communicator that the program may give back. */
static int check_free(const char *function, MPI_Comm *comm, struct toc_comm **object)
{
    toc_mpi_check_active(function);
    int code = check_pointer(function, MPI_COMM_SELF, "comm", comm);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_comm(function, *comm, object);
    if (code == MPI_SUCCESS && (*object)->predefined)
        return toc_mpi_raise(*comm, MPI_ERR_COMM, function, "%s is predefined and cannot be freed",
                             (*object)->name);
    return code;
}

/* Its own buffer goes with it, once that is empty. Guard held. */
static void drop_buffer(struct toc_comm *comm)
{
    if (comm->buffer != NULL)
        toc_buffer_delete(comm->buffer);
    comm->buffer = NULL;
}

int PMPI_Comm_free(MPI_Comm *comm)
{
    struct toc_comm *object;
    int code = check_free("MPI_Comm_free", comm, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_attr_delete_comm("MPI_Comm_free", object);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    drop_buffer(object);
    object->freed = true;
    toc_comm_release(object);
    toc_guard_leave();
    *comm = MPI_COMM_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_free);

/* References of requests that are not active do not count. */
struct census {
    const struct toc_comm *comm;
    uint32_t idle;
};

static void count_idle(void *object, void *argument)
{
    const struct toc_request *request = object;
    struct census *census = argument;
    if (request->comm != census->comm || !request->persistent || request->active)
        return;
    census->idle++;
    if (request->kind == TOC_REQUEST_COLLECTIVE)
        census->idle += toc_schedule_references(request->owner);
}

static bool is_quiet(const struct census *census)
{
    return atomic_load_explicit(&census->comm->object.refs, memory_order_relaxed) ==
           1 + census->idle;
}

/* Requests that have ended hold their references until a call frees them. */
static bool is_quiet_or_ended(const void *argument)
{
    return is_quiet(argument) || toc_request_ended;
}

static void wait_for_what_is_under_way(const struct toc_comm *comm)
{
    struct census census = {.comm = comm};
    toc_handle_each(TOC_KIND_REQUEST, count_idle, &census);
    for (;;) {
        toc_request_reap();
        if (is_quiet(&census))
            return;
        toc_progress_wait(is_quiet_or_ended, &census, "MPI_Comm_disconnect");
    }
}

/* Unlike MPI_Comm_free, waits for what is under way. */
int PMPI_Comm_disconnect(MPI_Comm *comm)
{
    struct toc_comm *object;
    int code = check_free("MPI_Comm_disconnect", comm, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_attr_delete_comm("MPI_Comm_disconnect", object);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    drop_buffer(object);
    object->freed = true;
    wait_for_what_is_under_way(object);
    toc_comm_release(object);
    toc_guard_leave();
    *comm = MPI_COMM_NULL;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Comm_disconnect);

/* No rank was started by another one: MPI_Comm_spawn is not supported yet. */
int PMPI_Comm_get_parent(MPI_Comm *parent)
{
    static const char function[] = "MPI_Comm_get_parent";
    toc_mpi_check_active(function);
    int code = check_pointer(function, MPI_COMM_SELF, "parent", parent);
    if (code == MPI_SUCCESS)
        *parent = MPI_COMM_NULL;
    return code;
}
TOC_MPI_ALIAS(Comm_get_parent);
