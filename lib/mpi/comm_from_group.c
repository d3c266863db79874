/* SPDX-License-Identifier: BSD-3-Clause */
/* Communicators made of groups alone (MPI 5.0, sections 7.4.2 and 7.6.2). */
#include <string.h>

#include "base/error.h"
#include "coll/context.h"
#include "core/errhandler.h"
#include "mpi/coll_impl.h"
#include "mpi/comm_impl.h"
#include "mpi/group_impl.h"
#include "progress/guard.h"

/* What the calls have in common; errors go to MPI_COMM_SELF, as there is no communicator yet. */
struct birth {
    const char *function;
    MPI_Info info;
    MPI_Errhandler errhandler_handle;
    struct toc_errhandler *errhandler;
    const char *stringtag;
    MPI_Comm *result;
};

static int check_birth(struct birth *birth)
{
    const char *function = birth->function;
    toc_mpi_check_active(function);
    if (birth->result == NULL || birth->stringtag == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the string tag or the result's address is a null pointer");
    if (strlen(birth->stringtag) > MPI_MAX_STRINGTAG_LEN)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the string tag has %zu characters, %d is the limit",
                             strlen(birth->stringtag), MPI_MAX_STRINGTAG_LEN);
    birth->errhandler = toc_handle_lookup(TOC_KIND_ERRHANDLER, (uintptr_t)birth->errhandler_handle);
    if (birth->errhandler == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ERRHANDLER, function,
                             "%s is not an error handler",
                             toc_mpi_handle_text((uintptr_t)birth->errhandler_handle).text);
    return toc_mpi_check_info(function, MPI_COMM_SELF, birth->info);
}

/* Tells agreements among the same processes apart (FNV-1a). Strings with the same number only cost
 * that two agreements of the same processes, under way at once, have to be made in the same order.
 */
static int number_of(const char *stringtag)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; *stringtag != '\0'; stringtag++)
        hash = (hash ^ (unsigned char)*stringtag) * UINT32_C(16777619);
    return (int)(hash & INT32_MAX);
}

static int deliver(const struct birth *birth, int status, struct toc_comm *made)
{
    if (made != NULL) {
        toc_guard_enter();
        toc_errhandler_retain(birth->errhandler);
        toc_errhandler_release(made->errhandler);
        made->errhandler = birth->errhandler;
        toc_guard_leave();
    }
    return toc_mpi_comm_deliver(birth->function, MPI_COMM_SELF, status, made, birth->result);
}

/* The caller has to be a member. */
static int check_member(const struct birth *birth, MPI_Group handle, struct toc_group **group)
{
    int code = toc_mpi_check_group(birth->function, MPI_COMM_SELF, handle, group);
    if (code == MPI_SUCCESS && (*group)->rank < 0 && *group != &toc_group_empty)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_GROUP, birth->function,
                             "this process is not a member of the group");
    return code;
}

int PMPI_Comm_create_from_group(MPI_Group group, const char *stringtag, MPI_Info info,
                                MPI_Errhandler errhandler, MPI_Comm *newcomm)
{
    struct birth birth = {.function = "MPI_Comm_create_from_group",
                          .info = info,
                          .errhandler_handle = errhandler,
                          .stringtag = stringtag,
                          .result = newcomm};
    struct toc_group *members;
    struct toc_comm *made = NULL;
    int code = check_birth(&birth);
    if (code == MPI_SUCCESS)
        code = check_member(&birth, group, &members);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_comm_create_group(&toc_comm_world, members, number_of(stringtag), &made);
    toc_guard_leave();
    return deliver(&birth, status, made);
}
TOC_MPI_ALIAS(Comm_create_from_group);

static int check_leader(const struct birth *birth, const char *what, int rank,
                        const struct toc_group *group)
{
    if (rank >= 0 && rank < group->size)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_RANK, birth->function,
                         "%s %d is out of range: the group has %d rank%s", what, rank, group->size,
                         group->size == 1 ? "" : "s");
}

static int check_apart(const struct birth *birth, const struct toc_group *local,
                       const struct toc_group *remote)
{
    for (int i = 0; i < local->size; i++)
        if (remote->index[local->members[i]] >= 0)
            return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_GROUP, birth->function,
                                 "the two groups have members in common");
    return MPI_SUCCESS;
}

int PMPI_Intercomm_create_from_groups(MPI_Group local_group, int local_leader,
                                      MPI_Group remote_group, int remote_leader,
                                      const char *stringtag, MPI_Info info,
                                      MPI_Errhandler errhandler, MPI_Comm *newintercomm)
{
    struct birth birth = {.function = "MPI_Intercomm_create_from_groups",
                          .info = info,
                          .errhandler_handle = errhandler,
                          .stringtag = stringtag,
                          .result = newintercomm};
    struct toc_group *local, *remote;
    struct toc_comm *made = NULL;
    int code = check_birth(&birth);
    if (code == MPI_SUCCESS)
        code = check_member(&birth, local_group, &local);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_group(birth.function, MPI_COMM_SELF, remote_group, &remote);
    if (code == MPI_SUCCESS)
        code = check_leader(&birth, "local_leader", local_leader, local);
    if (code == MPI_SUCCESS)
        code = check_leader(&birth, "remote_leader", remote_leader, remote);
    if (code == MPI_SUCCESS)
        code = check_apart(&birth, local, remote);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status =
        toc_coll_intercomm_from_groups(&toc_comm_world, local, remote, number_of(stringtag), &made);
    toc_guard_leave();
    return deliver(&birth, status, made);
}
TOC_MPI_ALIAS(Intercomm_create_from_groups);
