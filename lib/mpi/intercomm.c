/* SPDX-License-Identifier: BSD-3-Clause */
/* Inter-communicators (MPI 5.0, section 7.6). */
#include "base/error.h"
#include "coll/context.h"
#include "mpi/coll_impl.h"
#include "mpi/comm_impl.h"
#include "mpi/group_impl.h"
#include "progress/guard.h"

int PMPI_Comm_test_inter(MPI_Comm comm, int *flag)
{
    struct toc_comm *object;
    int code = toc_mpi_comm_query("MPI_Comm_test_inter", comm, "flag", flag, &object);
    if (code == MPI_SUCCESS)
        *flag = toc_comm_is_inter(object);
    return code;
}
TOC_MPI_ALIAS(Comm_test_inter);

int toc_mpi_comm_intra(const char *function, MPI_Comm handle, const struct toc_comm *comm)
{
    if (!toc_comm_is_inter(comm))
        return MPI_SUCCESS;
    return toc_mpi_raise(handle, MPI_ERR_COMM, function,
                         "the communicator %s is an inter-communicator",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

int toc_mpi_comm_inter(const char *function, MPI_Comm handle, const struct toc_comm *comm)
{
    if (toc_comm_is_inter(comm))
        return MPI_SUCCESS;
    return toc_mpi_raise(handle, MPI_ERR_COMM, function,
                         "the communicator %s is not an inter-communicator",
                         toc_mpi_handle_text((uintptr_t)handle).text);
}

int PMPI_Comm_remote_size(MPI_Comm comm, int *size)
{
    static const char function[] = "MPI_Comm_remote_size";
    struct toc_comm *object;
    int code = toc_mpi_comm_query(function, comm, "size", size, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_comm_inter(function, comm, object);
    if (code == MPI_SUCCESS)
        *size = object->remote->size;
    return code;
}
TOC_MPI_ALIAS(Comm_remote_size);

int PMPI_Comm_remote_group(MPI_Comm comm, MPI_Group *group)
{
    static const char function[] = "MPI_Comm_remote_group";
    struct toc_comm *object;
    int code = toc_mpi_comm_query(function, comm, "group", group, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_comm_inter(function, comm, object);
    if (code != MPI_SUCCESS)
        return code;
    /* A copy: that handle is the program's to free. */
    return toc_mpi_group_make(function, comm, object->remote->size, object->remote->members, group);
}
TOC_MPI_ALIAS(Comm_remote_group);

static int check_leader(const char *function, MPI_Comm handle, const char *what, int rank, int size)
{
    if (rank >= 0 && rank < size)
        return MPI_SUCCESS;
    return toc_mpi_raise(handle, MPI_ERR_RANK, function,
                         "%s %d is out of range: there are %d rank%s (0 to %d)", what, rank, size,
                         size == 1 ? "" : "s", size - 1);
}

/* What the leader says of the other one. */
struct contact {
    MPI_Comm handle;
    int leader;
    int tag;
    struct toc_comm *comm;
};

static int check_contact(const char *function, struct contact *contact)
{
    int code = toc_mpi_check_comm(function, contact->handle, &contact->comm);
    if (code == MPI_SUCCESS)
        code = check_leader(function, contact->handle, "remote_leader", contact->leader,
                            contact->comm->remote->size);
    if (code == MPI_SUCCESS && contact->tag < 0)
        code = toc_mpi_raise(contact->handle, MPI_ERR_TAG, function,
                             "tag %d is out of range (0 to 2147483647)", contact->tag);
    return code;
}

static int create(const char *function, MPI_Comm handle, struct toc_comm *local, int leader,
                  const struct contact *contact, MPI_Comm *newcomm)
{
    struct toc_comm *made = NULL;
    int remote_leader = -1;
    if (contact->comm != NULL)
        remote_leader = toc_comm_world_rank(contact->comm, contact->leader);
    toc_guard_enter();
    int status =
        toc_coll_intercomm_create(local, leader, contact->comm, remote_leader, contact->tag, &made);
    toc_guard_leave();
    if (status == TOC_ERR_ARG)
        return toc_mpi_raise(handle, MPI_ERR_COMM, function,
                             "the two groups have members in common");
    return toc_mpi_comm_deliver(function, handle, status, made, newcomm);
}

int PMPI_Intercomm_create(MPI_Comm local_comm, int local_leader, MPI_Comm peer_comm,
                          int remote_leader, int tag, MPI_Comm *newintercomm)
{
    static const char function[] = "MPI_Intercomm_create";
    struct contact contact = {.handle = peer_comm, .leader = remote_leader, .tag = tag};
    struct toc_comm *local;
    int code = toc_mpi_comm_query(function, local_comm, "newintercomm", newintercomm, &local);
    if (code == MPI_SUCCESS)
        code = toc_mpi_comm_intra(function, local_comm, local);
    if (code == MPI_SUCCESS)
        code = check_leader(function, local_comm, "local_leader", local_leader, local->size);
    /* The rest has a meaning for the leader only. */
    if (code == MPI_SUCCESS && local->rank == local_leader)
        code = check_contact(function, &contact);
    if (code != MPI_SUCCESS)
        return code;
    return create(function, local_comm, local, local_leader, &contact, newintercomm);
}
TOC_MPI_ALIAS(Intercomm_create);

int PMPI_Intercomm_merge(MPI_Comm intercomm, int high, MPI_Comm *newintracomm)
{
    static const char function[] = "MPI_Intercomm_merge";
    struct toc_comm *object, *made = NULL;
    int code = toc_mpi_comm_query(function, intercomm, "newintracomm", newintracomm, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_comm_inter(function, intercomm, object);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = toc_coll_intercomm_merge(object, high != 0, &made);
    toc_guard_leave();
    return toc_mpi_comm_deliver(function, intercomm, status, made, newintracomm);
}
TOC_MPI_ALIAS(Intercomm_merge);
