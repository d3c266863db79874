/* SPDX-License-Identifier: BSD-3-Clause */
/* What grids and graphs have in common (MPI 5.0, chapter 8). Ranks keep their order, also where a
 * program allows another one: the launcher has placed them already. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "coll/context.h"
#include "core/topo.h"
#include "mpi/coll_impl.h"
#include "mpi/comm_impl.h"
#include "mpi/topo_impl.h"
#include "progress/guard.h"

/* An array of `count` entries. */
int toc_mpi_topo_array(const char *function, MPI_Comm comm, const char *what, int count,
                       const void *array)
{
    return count == 0 ? MPI_SUCCESS : toc_mpi_check_pointer(function, comm, what, array);
}

int toc_mpi_topo_not_negative(const char *function, MPI_Comm comm, const char *what, int value)
{
    if (value >= 0)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_ARG, function, "%s is %d, it must not be negative", what,
                         value);
}

int toc_mpi_check_topo(const char *function, MPI_Comm handle, enum toc_topo_kind kind,
                       struct toc_comm **comm)
{
    static const char *const names[] = {"Cartesian", "graph", "distributed graph"};
    int code = toc_mpi_check_comm(function, handle, comm);
    if (code != MPI_SUCCESS || ((*comm)->topo != NULL && (*comm)->topo->kind == kind))
        return code;
    return toc_mpi_raise(handle, MPI_ERR_TOPOLOGY, function, "the communicator has no %s topology",
                         names[kind]);
}

/* A parent and the place for what is made of it. */
int toc_mpi_topo_parent(const char *function, MPI_Comm handle, const void *result,
                        struct toc_comm **parent)
{
    int code = toc_mpi_comm_query(function, handle, "the result", result, parent);
    return code != MPI_SUCCESS ? code : toc_mpi_comm_intra(function, handle, *parent);
}

int toc_mpi_topo_begin(const char *function, MPI_Comm handle, MPI_Comm *result,
                       struct toc_comm **parent)
{
    int code = toc_mpi_topo_parent(function, handle, result, parent);
    if (code == MPI_SUCCESS)
        *result = MPI_COMM_NULL;
    return code;
}

/* The first `n` members of a communicator, in their order; NULL without memory. */
static struct toc_group *first_members(const struct toc_comm *parent, int n)
{
    if (n == parent->size)
        return toc_group_retain(parent->group);
    return toc_group_create(n, parent->group->members);
}

/* A communicator of the first `n` members, with a topology on those (whose reference goes to it;
 * NULL there: out of memory). All members of the parent take part. */
int toc_mpi_topo_create(const char *function, MPI_Comm handle, struct toc_comm *parent, int n,
                        struct toc_topo *topo, MPI_Comm *result)
{
    struct toc_comm *made = NULL;
    toc_guard_enter();
    struct toc_group *group = first_members(parent, n);
    int status = group != NULL ? toc_coll_comm_create(parent, group, &made) : TOC_ERR_NO_MEM;
    if (group != NULL)
        toc_group_release(group);
    if (made != NULL && topo != NULL)
        made->topo = toc_topo_retain(topo);
    else if (made != NULL)
        status = TOC_ERR_NO_MEM;
    toc_topo_release(topo);
    if (made != NULL && status != TOC_OK)
        toc_comm_release(made);
    toc_guard_leave();
    if (status == TOC_OK)
        *result = made != NULL ? TOC_MPI_HANDLE(MPI_Comm, made) : MPI_COMM_NULL;
    return toc_mpi_coll_status(function, handle, status);
}

/* The rank in a new communicator of `size` of them. */
int toc_mpi_topo_map(const struct toc_comm *comm, int size)
{
    return comm->rank < size ? comm->rank : MPI_UNDEFINED;
}

int toc_mpi_topo_room(const char *function, MPI_Comm comm, const char *what, int room, int needed)
{
    if (room >= needed)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_ARG, function, "%s is %d, the topology has %d", what, room,
                         needed);
}

void toc_mpi_topo_copy(int *to, const int *from, int count)
{
    if (count > 0)
        memcpy(to, from, (size_t)count * sizeof(int));
}

int toc_mpi_topo_rank(const char *function, MPI_Comm comm, const struct toc_comm *object, int rank)
{
    if (rank >= 0 && rank < object->size)
        return MPI_SUCCESS;
    return toc_mpi_raise(comm, MPI_ERR_RANK, function,
                         "rank %d is out of range: the communicator has %d", rank, object->size);
}

int PMPI_Topo_test(MPI_Comm comm, int *status)
{
    static const int kinds[] = {MPI_CART, MPI_GRAPH, MPI_DIST_GRAPH};
    struct toc_comm *object;
    int code = toc_mpi_comm_query("MPI_Topo_test", comm, "status", status, &object);
    if (code == MPI_SUCCESS)
        *status = object->topo != NULL ? kinds[object->topo->kind] : MPI_UNDEFINED;
    return code;
}
TOC_MPI_ALIAS(Topo_test);
