/* SPDX-License-Identifier: BSD-3-Clause */
/* Gathering and scattering blocks (MPI 5.0, sections 6.5 and 6.6). Forms with a `v` differ in how
 * the blocks are described only. */
#include "mpi/coll_impl.h"

static int inter_gather(struct toc_mpi_coll *call, const struct toc_mpi_own *send,
                        struct toc_mpi_all *receive, int root)
{
    struct toc_block block;
    int code = MPI_SUCCESS;
    if (root == MPI_ROOT)
        code = toc_mpi_coll_all(call, "recv", receive);
    else if (root != MPI_PROC_NULL)
        code = toc_mpi_coll_own(call, "send", send, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_inter_gather(schedule, &block, &receive->blocks, root);
    return toc_mpi_coll_end(call, schedule);
}

static int gather(struct toc_mpi_coll *call, const struct toc_mpi_own *send,
                  struct toc_mpi_all *receive, int root)
{
    struct toc_block block;
    bool in_place = send->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS && toc_comm_is_inter(call->comm))
        return inter_gather(call, send, receive, root);
    if (code == MPI_SUCCESS && call->comm->rank == root)
        code = toc_mpi_coll_both(call, "send", send, in_place, "recv", receive, &block);
    else if (code == MPI_SUCCESS)
        code = toc_mpi_coll_own(call, "send", send, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_gather(schedule, in_place && call->comm->rank == root ? NULL : &block,
                        &receive->blocks, root);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Gather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return gather(TOC_MPI_CALL("MPI_Gather"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false},
                  root);
}
TOC_MPI_ALIAS(Gather);

int PMPI_Gather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                  MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return gather(TOC_MPI_CALL("MPI_Gather_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false},
                  root);
}
TOC_MPI_ALIAS(Gather_c);

int PMPI_Igather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                 int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                 MPI_Request *request)
{
    return gather(TOC_MPI_ICALL("MPI_Igather"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false},
                  root);
}
TOC_MPI_ALIAS(Igather);

int PMPI_Gather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                     int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                     MPI_Request *request)
{
    return gather(
        TOC_MPI_CALL_INIT("MPI_Gather_init"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather_init);

int PMPI_Igather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                   MPI_Request *request)
{
    return gather(
        TOC_MPI_ICALL("MPI_Igather_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Igather_c);

int PMPI_Gather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                       void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root,
                       MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return gather(
        TOC_MPI_CALL_INIT("MPI_Gather_init_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather_init_c);

int PMPI_Gatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                 const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                 MPI_Comm comm)
{
    return gather(TOC_MPI_CALL("MPI_Gatherv"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){
                      {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
                  root);
}
TOC_MPI_ALIAS(Gatherv);

int PMPI_Gatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
                   int root, MPI_Comm comm)
{
    return gather(
        TOC_MPI_CALL("MPI_Gatherv_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv_c);

int PMPI_Igatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                  MPI_Comm comm, MPI_Request *request)
{
    return gather(TOC_MPI_ICALL("MPI_Igatherv"),
                  &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){
                      {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
                  root);
}
TOC_MPI_ALIAS(Igatherv);

int PMPI_Gatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                      const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                      MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return gather(TOC_MPI_CALL_INIT("MPI_Gatherv_init"),
                  &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
                  &(struct toc_mpi_all){
                      {.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
                  root);
}
TOC_MPI_ALIAS(Gatherv_init);

int PMPI_Igatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
                    int root, MPI_Comm comm, MPI_Request *request)
{
    return gather(
        TOC_MPI_ICALL("MPI_Igatherv_c"), &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Igatherv_c);

int PMPI_Gatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                        void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                        MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                        MPI_Request *request)
{
    return gather(
        TOC_MPI_CALL_INIT("MPI_Gatherv_init_c"),
        &(struct toc_mpi_own){sendbuf, sendcount, sendtype},
        &(struct toc_mpi_all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv_init_c);

static int inter_scatter(struct toc_mpi_coll *call, struct toc_mpi_all *send,
                         const struct toc_mpi_own *receive, int root)
{
    struct toc_block block;
    int code = MPI_SUCCESS;
    if (root == MPI_ROOT)
        code = toc_mpi_coll_all(call, "send", send);
    else if (root != MPI_PROC_NULL)
        code = toc_mpi_coll_own(call, "recv", receive, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_inter_scatter(schedule, &send->blocks, &block, root);
    return toc_mpi_coll_end(call, schedule);
}

static int scatter(struct toc_mpi_coll *call, struct toc_mpi_all *send,
                   const struct toc_mpi_own *receive, int root)
{
    struct toc_block block;
    bool in_place = receive->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS && toc_comm_is_inter(call->comm))
        return inter_scatter(call, send, receive, root);
    if (code == MPI_SUCCESS && call->comm->rank == root)
        code = toc_mpi_coll_both(call, "recv", receive, in_place, "send", send, &block);
    else if (code == MPI_SUCCESS)
        code = toc_mpi_coll_own(call, "recv", receive, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_scatter(schedule, &send->blocks,
                         in_place && call->comm->rank == root ? NULL : &block, root);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Scatter(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                 int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return scatter(TOC_MPI_CALL("MPI_Scatter"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter);

int PMPI_Scatter_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return scatter(TOC_MPI_CALL("MPI_Scatter_c"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_c);

int PMPI_Iscatter(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                  MPI_Request *request)
{
    return scatter(TOC_MPI_ICALL("MPI_Iscatter"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatter);

int PMPI_Scatter_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                      int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                      MPI_Request *request)
{
    return scatter(TOC_MPI_CALL_INIT("MPI_Scatter_init"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_init);

int PMPI_Iscatter_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                    MPI_Request *request)
{
    return scatter(TOC_MPI_ICALL("MPI_Iscatter_c"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatter_c);

int PMPI_Scatter_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                        void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root,
                        MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scatter(TOC_MPI_CALL_INIT("MPI_Scatter_init_c"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_init_c);

int PMPI_Scatterv(const void *sendbuf, const int sendcounts[], const int displs[],
                  MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                  int root, MPI_Comm comm)
{
    return scatter(TOC_MPI_CALL("MPI_Scatterv"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                       sendtype,
                       true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv);

int PMPI_Scatterv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                    MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                    MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return scatter(TOC_MPI_CALL("MPI_Scatterv_c"),
                   &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                          .large_counts = sendcounts,
                                          .large_displs = displs},
                                         sendtype,
                                         true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_c);

int PMPI_Iscatterv(const void *sendbuf, const int sendcounts[], const int displs[],
                   MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                   int root, MPI_Comm comm, MPI_Request *request)
{
    return scatter(TOC_MPI_ICALL("MPI_Iscatterv"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                       sendtype,
                       true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatterv);

int PMPI_Scatterv_init(const void *sendbuf, const int sendcounts[], const int displs[],
                       MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                       int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scatter(TOC_MPI_CALL_INIT("MPI_Scatterv_init"),
                   &(struct toc_mpi_all){
                       {.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                       sendtype,
                       true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_init);

int PMPI_Iscatterv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                     MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                     MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)
{
    return scatter(TOC_MPI_ICALL("MPI_Iscatterv_c"),
                   &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                          .large_counts = sendcounts,
                                          .large_displs = displs},
                                         sendtype,
                                         true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatterv_c);

int PMPI_Scatterv_init_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                         MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                         MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                         MPI_Request *request)
{
    return scatter(TOC_MPI_CALL_INIT("MPI_Scatterv_init_c"),
                   &(struct toc_mpi_all){{.base = (void *)(uintptr_t)sendbuf,
                                          .large_counts = sendcounts,
                                          .large_displs = displs},
                                         sendtype,
                                         true},
                   &(struct toc_mpi_own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_init_c);
