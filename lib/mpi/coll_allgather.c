/* SPDX-License-Identifier: BSD-3-Clause */
/* Gathering blocks everywhere (MPI 5.0, section 6.7). */
#include "mpi/coll_impl.h"

static int allgather(struct toc_mpi_coll *call, const struct toc_mpi_own *send,
                     struct toc_mpi_all *receive)
{
    struct toc_block block;
    bool in_place = send->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_not_in_place(call, send->buffer);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_both(call, "send", send, in_place, "recv", receive, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL && toc_comm_is_inter(call->comm))
        toc_coll_inter_allgather(schedule, &block, &receive->blocks);
    else if (schedule != NULL)
        toc_coll_allgather(schedule, in_place ? NULL : &block, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                   int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Allgather"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather);

int PMPI_Allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                     MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Allgather_c"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_c);

int PMPI_Iallgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                    int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Iallgather"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Iallgather);

int PMPI_Allgather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                        int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                        MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Allgather_init"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_init);

int PMPI_Iallgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                      void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                      MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Iallgather_c"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Iallgather_c);

int PMPI_Allgather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                          void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                          MPI_Info info, MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Allgather_init_c"),
                     &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                     &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_init_c);

int PMPI_Allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                    const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                    MPI_Comm comm)
{
    return allgather(
        TOC_MPI_CALL("MPI_Allgatherv"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv);

int PMPI_Allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                      void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                      MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(
        TOC_MPI_CALL("MPI_Allgatherv_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_c);

int PMPI_Iallgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                     const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                     MPI_Comm comm, MPI_Request *request)
{
    return allgather(
        TOC_MPI_ICALL("MPI_Iallgatherv"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Iallgatherv);

int PMPI_Allgatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                         const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                         MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return allgather(
        TOC_MPI_CALL_INIT("MPI_Allgatherv_init"),
        &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_init);

int PMPI_Iallgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                       void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                       MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return allgather(
        TOC_MPI_ICALL("MPI_Iallgatherv_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Iallgatherv_c);

int PMPI_Allgatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                           void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                           MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                           MPI_Request *request)
{
    return allgather(
        TOC_MPI_CALL_INIT("MPI_Allgatherv_init_c"),
        &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_init_c);
