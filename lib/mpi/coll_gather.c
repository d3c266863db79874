/* SPDX-License-Identifier: BSD-3-Clause */
/* Collective operations that move blocks: gather, scatter, allgather, alltoall (MPI 5.0, sections
 * 6.5 to 6.8). `v` and `w` forms differ in how the blocks are described only. */
#include "mpi/coll_impl.h"

/* One rank's own data, as the call gave them. */
struct own {
    const void *buffer;
    int64_t count;
    MPI_Datatype type;
};

/* Blocks of all ranks, as the call gave them. */
struct all {
    struct toc_blocks blocks;
    MPI_Datatype type;
    bool vector;
};

static int check_own(const struct toc_mpi_coll *call, const char *side, const struct own *own,
                     struct toc_block *block)
{
    return toc_mpi_coll_block(call, side, own->buffer, own->count, own->type, block);
}

static int check_all(const struct toc_mpi_coll *call, const char *side, struct all *all)
{
    return toc_mpi_coll_blocks(call, side, all->type, all->vector, &all->blocks);
}

/* Own data and this rank's block among all; `in_place`: there are no own data. */
static int check_both(const struct toc_mpi_coll *call, const char *own_side, const struct own *own,
                      bool in_place, const char *all_side, struct all *all, struct toc_block *block)
{
    int code = check_all(call, all_side, all);
    if (code != MPI_SUCCESS || in_place)
        return code;
    code = check_own(call, own_side, own, block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_block other = toc_blocks_at(&all->blocks, call->comm->rank);
    return toc_mpi_coll_apart(call, block, &other);
}

static int gather(struct toc_mpi_coll *call, const struct own *send, struct all *receive, int root)
{
    struct toc_block block;
    bool in_place = send->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS && call->comm->rank == root)
        code = check_both(call, "send", send, in_place, "recv", receive, &block);
    else if (code == MPI_SUCCESS)
        code = check_own(call, "send", send, &block);
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
    return gather(TOC_MPI_CALL("MPI_Gather"), &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather);

int PMPI_Gather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                  MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return gather(TOC_MPI_CALL("MPI_Gather_c"), &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather_c);

int PMPI_Igather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                 int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                 MPI_Request *request)
{
    return gather(TOC_MPI_ICALL("MPI_Igather"), &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Igather);

int PMPI_Gather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                     int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                     MPI_Request *request)
{
    return gather(TOC_MPI_CALL_INIT("MPI_Gather_init"), &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather_init);

int PMPI_Igather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                   MPI_Request *request)
{
    return gather(TOC_MPI_ICALL("MPI_Igather_c"), &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Igather_c);

int PMPI_Gather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                       void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root,
                       MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return gather(TOC_MPI_CALL_INIT("MPI_Gather_init_c"),
                  &(struct own){sendbuf, sendcount, sendtype},
                  &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false}, root);
}
TOC_MPI_ALIAS(Gather_init_c);

int PMPI_Gatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                 const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                 MPI_Comm comm)
{
    return gather(
        TOC_MPI_CALL("MPI_Gatherv"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv);

int PMPI_Gatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
                   int root, MPI_Comm comm)
{
    return gather(
        TOC_MPI_CALL("MPI_Gatherv_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv_c);

int PMPI_Igatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                  MPI_Comm comm, MPI_Request *request)
{
    return gather(
        TOC_MPI_ICALL("MPI_Igatherv"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Igatherv);

int PMPI_Gatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                      const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root,
                      MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return gather(
        TOC_MPI_CALL_INIT("MPI_Gatherv_init"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv_init);

int PMPI_Igatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    const MPI_Count recvcounts[], const MPI_Aint displs[], MPI_Datatype recvtype,
                    int root, MPI_Comm comm, MPI_Request *request)
{
    return gather(
        TOC_MPI_ICALL("MPI_Igatherv_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
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
        TOC_MPI_CALL_INIT("MPI_Gatherv_init_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true},
        root);
}
TOC_MPI_ALIAS(Gatherv_init_c);

static int scatter(struct toc_mpi_coll *call, struct all *send, const struct own *receive, int root)
{
    struct toc_block block;
    bool in_place = receive->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = toc_mpi_coll_root(call, root);
    if (code == MPI_SUCCESS && call->comm->rank == root)
        code = check_both(call, "recv", receive, in_place, "send", send, &block);
    else if (code == MPI_SUCCESS)
        code = check_own(call, "recv", receive, &block);
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
    return scatter(
        TOC_MPI_CALL("MPI_Scatter"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter);

int PMPI_Scatter_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                   MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return scatter(
        TOC_MPI_CALL("MPI_Scatter_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_c);

int PMPI_Iscatter(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                  MPI_Request *request)
{
    return scatter(
        TOC_MPI_ICALL("MPI_Iscatter"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatter);

int PMPI_Scatter_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                      int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                      MPI_Request *request)
{
    return scatter(
        TOC_MPI_CALL_INIT("MPI_Scatter_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_init);

int PMPI_Iscatter_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    MPI_Count recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm,
                    MPI_Request *request)
{
    return scatter(
        TOC_MPI_ICALL("MPI_Iscatter_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatter_c);

int PMPI_Scatter_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                        void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, int root,
                        MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scatter(
        TOC_MPI_CALL_INIT("MPI_Scatter_init_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatter_init_c);

int PMPI_Scatterv(const void *sendbuf, const int sendcounts[], const int displs[],
                  MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                  int root, MPI_Comm comm)
{
    return scatter(
        TOC_MPI_CALL("MPI_Scatterv"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                      sendtype,
                      true},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv);

int PMPI_Scatterv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                    MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                    MPI_Datatype recvtype, int root, MPI_Comm comm)
{
    return scatter(TOC_MPI_CALL("MPI_Scatterv_c"),
                   &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                  .large_counts = sendcounts,
                                  .large_displs = displs},
                                 sendtype,
                                 true},
                   &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_c);

int PMPI_Iscatterv(const void *sendbuf, const int sendcounts[], const int displs[],
                   MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                   int root, MPI_Comm comm, MPI_Request *request)
{
    return scatter(
        TOC_MPI_ICALL("MPI_Iscatterv"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                      sendtype,
                      true},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatterv);

int PMPI_Scatterv_init(const void *sendbuf, const int sendcounts[], const int displs[],
                       MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype,
                       int root, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return scatter(
        TOC_MPI_CALL_INIT("MPI_Scatterv_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = displs},
                      sendtype,
                      true},
        &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_init);

int PMPI_Iscatterv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                     MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                     MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)
{
    return scatter(TOC_MPI_ICALL("MPI_Iscatterv_c"),
                   &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                  .large_counts = sendcounts,
                                  .large_displs = displs},
                                 sendtype,
                                 true},
                   &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Iscatterv_c);

int PMPI_Scatterv_init_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint displs[],
                         MPI_Datatype sendtype, void *recvbuf, MPI_Count recvcount,
                         MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Info info,
                         MPI_Request *request)
{
    return scatter(TOC_MPI_CALL_INIT("MPI_Scatterv_init_c"),
                   &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                                  .large_counts = sendcounts,
                                  .large_displs = displs},
                                 sendtype,
                                 true},
                   &(struct own){recvbuf, recvcount, recvtype}, root);
}
TOC_MPI_ALIAS(Scatterv_init_c);

static int allgather(struct toc_mpi_coll *call, const struct own *send, struct all *receive)
{
    struct toc_block block;
    bool in_place = send->buffer == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = check_both(call, "send", send, in_place, "recv", receive, &block);
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_allgather(schedule, in_place ? NULL : &block, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                   int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Allgather"), &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather);

int PMPI_Allgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                     MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(TOC_MPI_CALL("MPI_Allgather_c"), &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_c);

int PMPI_Iallgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                    int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Iallgather"), &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Iallgather);

int PMPI_Allgather_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                        int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                        MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Allgather_init"),
                     &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_init);

int PMPI_Iallgather_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                      void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                      MPI_Request *request)
{
    return allgather(TOC_MPI_ICALL("MPI_Iallgather_c"), &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Iallgather_c);

int PMPI_Allgather_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                          void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                          MPI_Info info, MPI_Request *request)
{
    return allgather(TOC_MPI_CALL_INIT("MPI_Allgather_init_c"),
                     &(struct own){sendbuf, sendcount, sendtype},
                     &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Allgather_init_c);

int PMPI_Allgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                    const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                    MPI_Comm comm)
{
    return allgather(
        TOC_MPI_CALL("MPI_Allgatherv"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv);

int PMPI_Allgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                      void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                      MPI_Datatype recvtype, MPI_Comm comm)
{
    return allgather(
        TOC_MPI_CALL("MPI_Allgatherv_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_c);

int PMPI_Iallgatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                     const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                     MPI_Comm comm, MPI_Request *request)
{
    return allgather(
        TOC_MPI_ICALL("MPI_Iallgatherv"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Iallgatherv);

int PMPI_Allgatherv_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                         const int recvcounts[], const int displs[], MPI_Datatype recvtype,
                         MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return allgather(
        TOC_MPI_CALL_INIT("MPI_Allgatherv_init"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_init);

int PMPI_Iallgatherv_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                       void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                       MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return allgather(
        TOC_MPI_ICALL("MPI_Iallgatherv_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Iallgatherv_c);

int PMPI_Allgatherv_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                           void *recvbuf, const MPI_Count recvcounts[], const MPI_Aint displs[],
                           MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                           MPI_Request *request)
{
    return allgather(
        TOC_MPI_CALL_INIT("MPI_Allgatherv_init_c"), &(struct own){sendbuf, sendcount, sendtype},
        &(struct all){
            {.base = recvbuf, .large_counts = recvcounts, .large_displs = displs}, recvtype, true});
}
TOC_MPI_ALIAS(Allgatherv_init_c);

static int alltoall(struct toc_mpi_coll *call, struct all *send, struct all *receive)
{
    bool in_place = send->blocks.base == MPI_IN_PLACE;
    int code = toc_mpi_coll_begin(call);
    if (code == MPI_SUCCESS)
        code = check_all(call, "recv", receive);
    if (code == MPI_SUCCESS && !in_place)
        code = check_all(call, "send", send);
    if (code == MPI_SUCCESS && !in_place) {
        struct toc_block from = toc_blocks_at(&send->blocks, call->comm->rank);
        struct toc_block to = toc_blocks_at(&receive->blocks, call->comm->rank);
        code = toc_mpi_coll_apart(call, &from, &to);
    }
    if (code != MPI_SUCCESS)
        return code;
    struct toc_schedule *schedule = toc_mpi_coll_schedule(call);
    if (schedule != NULL)
        toc_coll_alltoall(schedule, in_place ? NULL : &send->blocks, &receive->blocks);
    return toc_mpi_coll_end(call, schedule);
}

int PMPI_Alltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                  int recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Alltoall"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall);

int PMPI_Alltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                    MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Alltoall_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_c);

int PMPI_Ialltoall(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                   int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ialltoall"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Ialltoall);

int PMPI_Alltoall_init(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf,
                       int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                       MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Alltoall_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_init);

int PMPI_Ialltoall_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype, void *recvbuf,
                     MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                     MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ialltoall_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Ialltoall_c);

int PMPI_Alltoall_init_c(const void *sendbuf, MPI_Count sendcount, MPI_Datatype sendtype,
                         void *recvbuf, MPI_Count recvcount, MPI_Datatype recvtype, MPI_Comm comm,
                         MPI_Info info, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Alltoall_init_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .count = sendcount}, sendtype, false},
        &(struct all){{.base = recvbuf, .count = recvcount}, recvtype, false});
}
TOC_MPI_ALIAS(Alltoall_init_c);

int PMPI_Alltoallv(const void *sendbuf, const int sendcounts[], const int sdispls[],
                   MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                   const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Alltoallv"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Alltoallv);

int PMPI_Alltoallv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                     MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
                     const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm)
{
    return alltoall(
        TOC_MPI_CALL("MPI_Alltoallv_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
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
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Ialltoallv);

int PMPI_Alltoallv_init(const void *sendbuf, const int sendcounts[], const int sdispls[],
                        MPI_Datatype sendtype, void *recvbuf, const int recvcounts[],
                        const int rdispls[], MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info,
                        MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Alltoallv_init"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf, .counts = sendcounts, .displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .counts = recvcounts, .displs = rdispls}, recvtype, true});
}
TOC_MPI_ALIAS(Alltoallv_init);

int PMPI_Ialltoallv_c(const void *sendbuf, const MPI_Count sendcounts[], const MPI_Aint sdispls[],
                      MPI_Datatype sendtype, void *recvbuf, const MPI_Count recvcounts[],
                      const MPI_Aint rdispls[], MPI_Datatype recvtype, MPI_Comm comm,
                      MPI_Request *request)
{
    return alltoall(
        TOC_MPI_ICALL("MPI_Ialltoallv_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                      recvtype,
                      true});
}
TOC_MPI_ALIAS(Ialltoallv_c);

int PMPI_Alltoallv_init_c(const void *sendbuf, const MPI_Count sendcounts[],
                          const MPI_Aint sdispls[], MPI_Datatype sendtype, void *recvbuf,
                          const MPI_Count recvcounts[], const MPI_Aint rdispls[],
                          MPI_Datatype recvtype, MPI_Comm comm, MPI_Info info, MPI_Request *request)
{
    return alltoall(
        TOC_MPI_CALL_INIT("MPI_Alltoallv_init_c"),
        &(struct all){{.base = (void *)(uintptr_t)sendbuf,
                       .large_counts = sendcounts,
                       .large_displs = sdispls},
                      sendtype,
                      true},
        &(struct all){{.base = recvbuf, .large_counts = recvcounts, .large_displs = rdispls},
                      recvtype,
                      true});
}
TOC_MPI_ALIAS(Alltoallv_init_c);

/* The types are an array. */
static int alltoallw(struct toc_mpi_coll *call, struct all *send, struct all *receive)
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .counts = sendcounts,
                                              .displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .large_counts = sendcounts,
                                              .large_displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .counts = sendcounts,
                                              .displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .counts = sendcounts,
                                              .displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .large_counts = sendcounts,
                                              .large_displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
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
                     &(struct all){.blocks = {.base = (void *)(uintptr_t)sendbuf,
                                              .types = sendtypes,
                                              .large_counts = sendcounts,
                                              .large_displs = sdispls},
                                   .vector = true},
                     &(struct all){.blocks = {.base = recvbuf,
                                              .types = recvtypes,
                                              .large_counts = recvcounts,
                                              .large_displs = rdispls},
                                   .vector = true});
}
TOC_MPI_ALIAS(Alltoallw_init_c);
