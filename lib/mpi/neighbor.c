/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighborhood collectives (MPI 5.0, sections 8.6 to 8.8). The forms of each differ in how the
 * blocks are described, and in how the schedule is run. */
#include "coll/neighbor.h"
#include "mpi/coll_impl.h"

/* Blocks of all neighbours, as the call gave them. */
struct all {
    struct toc_blocks blocks;
    MPI_Datatype type; /* of all, unless there are types */
    bool vector;
    bool has_types; /* the form of the call has an array of them */
};

static int begin(struct toc_mpi_coll *call)
{
    int code = toc_mpi_coll_begin(call);
    if (code != MPI_SUCCESS || call->comm->topo != NULL)
        return code;
    return toc_mpi_raise(call->handle, MPI_ERR_TOPOLOGY, call->function,
                         "the communicator has no topology");
}

static int check_all(struct toc_mpi_coll *call, const char *side, int degree, struct all *all)
{
    call->blocks = degree;
    if (all->has_types && all->blocks.types == NULL && degree > 0)
        return toc_mpi_raise(call->handle, MPI_ERR_ARG, call->function, "%stypes is a null pointer",
                             side);
    if (all->has_types && degree == 0)
        return MPI_SUCCESS;
    return toc_mpi_coll_blocks(call, side, all->type, all->vector, &all->blocks);
}

static int allgather(struct toc_mpi_coll *call, const void *sendbuf, int64_t sendcount,
                     MPI_Datatype sendtype, struct all *receive)
{
    struct toc_block block = {0};
    int code = begin(call);
    if (code == MPI_SUCCESS && call->comm->topo->out_degree > 0)
        code = toc_mpi_coll_block(call, "send", sendbuf, sendcount, sendtype, &block);
    if (code == MPI_SUCCESS)
        code = check_all(call, "recv", call->comm->topo->in_degree, receive);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_neighbor_allgather(schedule, &block, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

static int alltoall(struct toc_mpi_coll *call, struct all *send, struct all *receive)
{
    int code = begin(call);
    if (code == MPI_SUCCESS)
        code = check_all(call, "send", call->comm->topo->out_degree, send);
    if (code == MPI_SUCCESS)
        code = check_all(call, "recv", call->comm->topo->in_degree, receive);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_neighbor_alltoall(schedule, &send->blocks, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Neighbor_allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                            void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Neighbor_allgather"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_allgather);

int PMPI_Neighbor_allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                              void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                              MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Neighbor_allgather_c"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_allgather_c);

int PMPI_Ineighbor_allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                             void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                             MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Ineighbor_allgather"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Ineighbor_allgather);

int PMPI_Ineighbor_allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                               void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                               MPI_Comm comm, MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Ineighbor_allgather_c"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Ineighbor_allgather_c);

int PMPI_Neighbor_allgather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                                 void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                                 MPI_Info info, MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Neighbor_allgather_init"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_allgather_init);

int PMPI_Neighbor_allgather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                                   void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                                   MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Neighbor_allgather_init_c"), sendbuf, sendcount,
                     sendtype,
                     &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_allgather_init_c);

int PMPI_Neighbor_allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                             void *recvbuf, const int recvcounts[], const int displs[],
                             MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Neighbor_allgatherv"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs},
                                   .type = recvtype,
                                   .vector = true});
}
TOC_MPI_ALIAS(Neighbor_allgatherv);

int PMPI_Neighbor_allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                               void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                               MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(
        TOC_MPI_CALL("MPI_Neighbor_allgatherv_c"), sendbuf, sendcount, sendtype,
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = displs},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_allgatherv_c);

int PMPI_Ineighbor_allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                              void *recvbuf, const int recvcounts[], const int displs[],
                              MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Ineighbor_allgatherv"), sendbuf, sendcount, sendtype,
                     &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs},
                                   .type = recvtype,
                                   .vector = true});
}
TOC_MPI_ALIAS(Ineighbor_allgatherv);

int PMPI_Ineighbor_allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                                void *recvbuf, const MPI_Count recvcounts[],
                                const MPI_Aint displs[], MPI_Datatype recvtype, MPI_Comm comm,
                                MPI_Request *request)
{
    return allgather(
        TOC_MPI_ICALL("MPI_Ineighbor_allgatherv_c"), sendbuf, sendcount, sendtype,
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = displs},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Ineighbor_allgatherv_c);

int PMPI_Neighbor_allgatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                                  void *recvbuf, const int recvcounts[], const int displs[],
                                  MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                                  MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Neighbor_allgatherv_init"), sendbuf, sendcount,
                     sendtype,
                     &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs},
                                   .type = recvtype,
                                   .vector = true});
}
TOC_MPI_ALIAS(Neighbor_allgatherv_init);

int PMPI_Neighbor_allgatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                                    void *recvbuf, const MPI_Count recvcounts[],
                                    const MPI_Aint displs[], MPI_Datatype recvtype, MPI_Comm comm,
                                    MPI_Info info, MPI_Request *request)
{
    return allgather(
        TOC_MPI_CALL_INIT("MPI_Neighbor_allgatherv_init_c"), sendbuf, sendcount, sendtype,
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = displs},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_allgatherv_init_c);

int PMPI_Neighbor_alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                           int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Neighbor_alltoall"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_alltoall);

int PMPI_Neighbor_alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                             void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                             MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Neighbor_alltoall_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_alltoall_c);

int PMPI_Ineighbor_alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                            void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                            MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ineighbor_alltoall"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Ineighbor_alltoall);

int PMPI_Ineighbor_alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                              void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                              MPI_Comm comm, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ineighbor_alltoall_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Ineighbor_alltoall_c);

int PMPI_Neighbor_alltoall_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype,
                                void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                                MPI_Info info, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Neighbor_alltoall_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_alltoall_init);

int PMPI_Neighbor_alltoall_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                                  void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype,
                                  MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Neighbor_alltoall_init_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, .type = sendtype},
        &(struct all){{.base = recvbuf, .count = recvcount}, .type = recvtype});
}
TOC_MPI_ALIAS(Neighbor_alltoall_init_c);

int PMPI_Neighbor_alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
                            MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                            const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Neighbor_alltoallv"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallv);

int PMPI_Neighbor_alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[],
                              const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf,
                              const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                              MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Neighbor_alltoallv_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallv_c);

int PMPI_Ineighbor_alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
                             MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                             const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm,
                             MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ineighbor_alltoallv"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Ineighbor_alltoallv);

int PMPI_Ineighbor_alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[],
                               const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf,
                               const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                               MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ineighbor_alltoallv_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Ineighbor_alltoallv_c);

int PMPI_Neighbor_alltoallv_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
                                 MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                                 const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm,
                                 MPI_Info info, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Neighbor_alltoallv_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallv_init);

int PMPI_Neighbor_alltoallv_init_c(const void *sendbuf, const MPI_Count sendcounts[],
                                   const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf,
                                   const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                                   MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                                   MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Neighbor_alltoallv_init_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      .type = sendtype,
                      .vector = true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                      .type = recvtype,
                      .vector = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallv_init_c);

int PMPI_Neighbor_alltoallw(const void *sendbuf, const int sendcounts[], const MPI_Aint sdispls[],
                            const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
                            const MPI_Aint rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Neighbor_alltoallw"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .types = sendtypes,
                       .counts = sendcounts,
                       .large_displs = sdispls},
                      .vector = true,
                      .has_types = true},
        &(struct all){
            {.base = recvbuf, .types = recvtypes, .counts = recvcounts, .large_displs = rdispls},
            .vector = true,
            .has_types = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallw);

int PMPI_Neighbor_alltoallw_c(const void *sendbuf, const MPI_Count sendcounts[],
                              const MPI_Aint sdispls[], const MPI_Datatype sendtypes[],
                              void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                              const MPI_Datatype recvtypes[], MPI_Comm comm)
{
    return alltoall(TOC_MPI_CALL("MPI_Neighbor_alltoallw_c"),
                    &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                   .types = sendtypes,
                                   .large_counts = sendcounts,
                                   .large_displs = sdispls},
                                  .vector = true,
                                  .has_types = true},
                    &(struct all){{.base = recvbuf,
                                   .types = recvtypes,
                                   .large_counts = recvcounts,
                                   .large_displs = rdispls},
                                  .vector = true,
                                  .has_types = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallw_c);

int PMPI_Ineighbor_alltoallw(const void *sendbuf, const int sendcounts[], const MPI_Aint sdispls[],
                             const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
                             const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
                             MPI_Comm comm, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ineighbor_alltoallw"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .types = sendtypes,
                       .counts = sendcounts,
                       .large_displs = sdispls},
                      .vector = true,
                      .has_types = true},
        &(struct all){
            {.base = recvbuf, .types = recvtypes, .counts = recvcounts, .large_displs = rdispls},
            .vector = true,
            .has_types = true});
}
TOC_MPI_ALIAS(Ineighbor_alltoallw);

int PMPI_Ineighbor_alltoallw_c(const void *sendbuf, const MPI_Count sendcounts[],
                               const MPI_Aint sdispls[], const MPI_Datatype sendtypes[],
                               void *recvbuf, const MPI_Count recvcounts[],
                               const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
                               MPI_Comm comm, MPI_Request *request)
{
    return alltoall(TOC_MPI_ICALL("MPI_Ineighbor_alltoallw_c"),
                    &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                   .types = sendtypes,
                                   .large_counts = sendcounts,
                                   .large_displs = sdispls},
                                  .vector = true,
                                  .has_types = true},
                    &(struct all){{.base = recvbuf,
                                   .types = recvtypes,
                                   .large_counts = recvcounts,
                                   .large_displs = rdispls},
                                  .vector = true,
                                  .has_types = true});
}
TOC_MPI_ALIAS(Ineighbor_alltoallw_c);

int PMPI_Neighbor_alltoallw_init(const void *sendbuf, const int sendcounts[],
                                 const MPI_Aint sdispls[], const MPI_Datatype sendtypes[],
                                 void *recvbuf, const int recvcounts[], const MPI_Aint rdispls[],
                                 const MPI_Datatype recvtypes[], MPI_Comm comm, MPI_Info info,
                                 MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Neighbor_alltoallw_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .types = sendtypes,
                       .counts = sendcounts,
                       .large_displs = sdispls},
                      .vector = true,
                      .has_types = true},
        &(struct all){
            {.base = recvbuf, .types = recvtypes, .counts = recvcounts, .large_displs = rdispls},
            .vector = true,
            .has_types = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallw_init);

int PMPI_Neighbor_alltoallw_init_c(const void *sendbuf, const MPI_Count sendcounts[],
                                   const MPI_Aint sdispls[], const MPI_Datatype sendtypes[],
                                   void *recvbuf, const MPI_Count recvcounts[],
                                   const MPI_Aint rdispls[], const MPI_Datatype recvtypes[],
                                   MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return alltoall(TOC_MPI_CALL_INIT("MPI_Neighbor_alltoallw_init_c"),
                    &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                   .types = sendtypes,
                                   .large_counts = sendcounts,
                                   .large_displs = sdispls},
                                  .vector = true,
                                  .has_types = true},
                    &(struct all){{.base = recvbuf,
                                   .types = recvtypes,
                                   .large_counts = recvcounts,
                                   .large_displs = rdispls},
                                  .vector = true,
                                  .has_types = true});
}
TOC_MPI_ALIAS(Neighbor_alltoallw_init_c);
