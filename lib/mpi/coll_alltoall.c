/* SPDX-License-Identifier: BSD-3-Clause */
/* A block from each to each (MPI 5.0, section 6.8). */
#include "mpi/coll_impl.h"

static int alltoall(struct toc_mpi_coll *call, struct toc_mpi_all *send,
                    struct toc_mpi_all *receive)
{
    bool in_place = send->blocks.base == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_not_in_place(call, send->blocks.base);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_all(call, "recv", receive);
    if (code == MPI_SUCCESS && !in_place)
        code = toc_mpi_coll_all(call, "send", send);
    if (code == MPI_SUCCESS && !in_place && !toc_comm_is_inter(call->comm)) {
        struct toc_block from = toc_blocks_at(&send->blocks, call->comm->rank);
        struct toc_block to = toc_blocks_at(&receive->blocks, call->comm->rank);
        code = toc_mpi_coll_apart(call, &from, &to);
    }
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL && toc_comm_is_inter(call->comm))
        toc_coll_inter_alltoall(schedule, &send->blocks, &receive->blocks);
    else if (schedule != NULL)
        toc_coll_alltoall(schedule, in_place ? NULL : &send->blocks, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(TOC_MPI_CALL("MPI_Alltoall"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall);

int PMPI_Alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(TOC_MPI_CALL("MPI_Alltoall_c"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_c);

int PMPI_Ialltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                   int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return alltoall(TOC_MPI_ICALL("MPI_Ialltoall"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Ialltoall);

int PMPI_Alltoall_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                       int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                       MPI_Request *request)
{
    return alltoall(TOC_MPI_CALL_INIT("MPI_Alltoall_init"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_init);

int PMPI_Ialltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                     MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                     MPI_Request *request)
{
    return alltoall(TOC_MPI_ICALL("MPI_Ialltoall_c"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Ialltoall_c);

int PMPI_Alltoall_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                         void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                         MPI_Info info, MPI_Request *request)
{
    return alltoall(TOC_MPI_CALL_INIT("MPI_Alltoall_init_c"),
                    &(struct toc_mpi_all){
                        {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                    &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_init_c);

int PMPI_Alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
                   MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                   const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Alltoallv"),
        &(struct toc_mpi_all){
            {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
            sendtype,
            true},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Alltoallv);

int PMPI_Alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                     MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
                     const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(TOC_MPI_CALL("MPI_Alltoallv_c"),
                    &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                           .large_counts = sendcounts,
                                           .large_displs = sdispls},
                                          sendtype,
                                          true},
                    &(struct toc_mpi_all){
                        {.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                        recvtype,
                        true});
}
TOC_MPI_ALIAS(Alltoallv_c);

int PMPI_Ialltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
                    MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                    const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ialltoallv"),
        &(struct toc_mpi_all){
            {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
            sendtype,
            true},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Ialltoallv);

int PMPI_Alltoallv_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
                        MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                        const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                        MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Alltoallv_init"),
        &(struct toc_mpi_all){
            {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
            sendtype,
            true},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Alltoallv_init);

int PMPI_Ialltoallv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                      MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
                      const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm,
                      MPI_Request *request)
{
    return alltoall(TOC_MPI_ICALL("MPI_Ialltoallv_c"),
                    &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                           .large_counts = sendcounts,
                                           .large_displs = sdispls},
                                          sendtype,
                                          true},
                    &(struct toc_mpi_all){
                        {.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                        recvtype,
                        true});
}
TOC_MPI_ALIAS(Ialltoallv_c);

int PMPI_Alltoallv_init_c(const void *sendbuf, const MPI_Count sendcounts[],
                          const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf,
                          const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                          MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return alltoall(TOC_MPI_CALL_INIT("MPI_Alltoallv_init_c"),
                    &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                           .large_counts = sendcounts,
                                           .large_displs = sdispls},
                                          sendtype,
                                          true},
                    &(struct toc_mpi_all){
                        {.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                        recvtype,
                        true});
}
TOC_MPI_ALIAS(Alltoallv_init_c);

/* The types are an array. */
static int alltoallw(struct toc_mpi_coll *call, struct toc_mpi_all *send,
                     struct toc_mpi_all *receive)
{
    bool in_place = send->blocks.base == MPI_IN_PLACE;
    if (receive->blocks.types != NULL && (in_place || send->blocks.types != NULL))
        return alltoall(call, send, receive);
    int code = toc_mpi_coll_begin(call);
    if (code != MPI_SUCCESS)
        return code;
    return toc_mpi_raise(call->handle, MPI_ERR_ARG, call->function, "%stypes is a null pointer",
                         receive->blocks.types == NULL ? "recv" : "send");
}

int PMPI_Alltoallw(const void *sendbuf, const int sendcounts[], const int sdispls[],
                   const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
                   const int rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm)
{
    return alltoallw(TOC_MPI_CALL("MPI_Alltoallw"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .counts = sendcounts,
                                                      .displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .counts = recvcounts,
                                                      .displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Alltoallw);

int PMPI_Alltoallw_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                     const MPI_Datatype sendtypes[], void *recvbuf, const MPI_Count recvcounts[],
                     const MPI_Aint rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm)
{
    return alltoallw(TOC_MPI_CALL("MPI_Alltoallw_c"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .large_counts = sendcounts,
                                                      .large_displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .large_counts = recvcounts,
                                                      .large_displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Alltoallw_c);

int PMPI_Ialltoallw(const void *sendbuf, const int sendcounts[], const int sdispls[],
                    const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
                    const int rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm,
                    MPI_Request *request)
{
    return alltoallw(TOC_MPI_ICALL("MPI_Ialltoallw"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .counts = sendcounts,
                                                      .displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .counts = recvcounts,
                                                      .displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Ialltoallw);

int PMPI_Alltoallw_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
                        const MPI_Datatype sendtypes[], void *recvbuf, const int recvcounts[],
                        const int rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm,
                        MPI_Info info, MPI_Request *request)
{
    return alltoallw(TOC_MPI_CALL_INIT("MPI_Alltoallw_init"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .counts = sendcounts,
                                                      .displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .counts = recvcounts,
                                                      .displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Alltoallw_init);

int PMPI_Ialltoallw_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                      const MPI_Datatype sendtypes[], void *recvbuf, const MPI_Count recvcounts[],
                      const MPI_Aint rdispls[], const MPI_Datatype recvtypes[], MPI_Comm comm,
                      MPI_Request *request)
{
    return alltoallw(TOC_MPI_ICALL("MPI_Ialltoallw_c"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .large_counts = sendcounts,
                                                      .large_displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .large_counts = recvcounts,
                                                      .large_displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Ialltoallw_c);

int PMPI_Alltoallw_init_c(const void *sendbuf, const MPI_Count sendcounts[],
                          const MPI_Aint sdispls[], const MPI_Datatype sendtypes[], void *recvbuf,
                          const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                          const MPI_Datatype recvtypes[], MPI_Comm comm, MPI_Info info,
                          MPI_Request *request)
{
    return alltoallw(TOC_MPI_CALL_INIT("MPI_Alltoallw_init_c"),
                     &(struct toc_mpi_all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                                      .types = sendtypes,
                                                      .large_counts = sendcounts,
                                                      .large_displs = sdispls},
                                           .vector = true},
                     &(struct toc_mpi_all){.blocks = {.base = recvbuf,
                                                      .types = recvtypes,
                                                      .large_counts = recvcounts,
                                                      .large_displs = rdispls},
                                           .vector = true});
}
TOC_MPI_ALIAS(Alltoallw_init_c);
