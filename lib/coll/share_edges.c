/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A graph whose edges are spread over the ranks: each edge is told to its two ends. First everybody
 * learns how many ends to expect from whom, then they travel.
 */
#include <stdlib.h>

#include "coll/neighbor.h"

/* An edge as one end sees it. */
struct end {
    int peer;
    int weight;
    int is_source; /* the peer is */
};

/* Ends, grouped by the rank that they go to or come from. */
struct bundle {
    MPI_Count *bytes; /* [size] */
    MPI_Aint *starts; /* [size + 1] bytes */
    struct end *ends;
};

static int bundle_init(struct bundle *bundle, int size)
{
    bundle->bytes = calloc((size_t)size, sizeof(*bundle->bytes));
    bundle->starts = calloc((size_t)size + 1, sizeof(*bundle->starts));
    bundle->ends = NULL;
    return bundle->bytes != NULL && bundle->starts != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

static void bundle_free(struct bundle *bundle)
{
    free(bundle->bytes);
    free(bundle->starts);
    free(bundle->ends);
}

/* The counts are known: room for the ends. */
static int bundle_open(struct bundle *bundle, int size)
{
    for (int i = 0; i < size; i++)
        bundle->starts[i + 1] = bundle->starts[i] + bundle->bytes[i];
    bundle->ends = malloc((size_t)bundle->starts[size] + 1);
    return bundle->ends != NULL ? TOC_OK : TOC_ERR_NO_MEM;
}

static void add(struct bundle *bundle, int rank, struct end end)
{
    bundle->ends[(bundle->starts[rank] + bundle->bytes[rank]) / (MPI_Aint)sizeof(end)] = end;
    bundle->bytes[rank] += (MPI_Count)sizeof(end);
}

/* What this rank has to tell; counted first, then entered. */
static int collect(const struct toc_edges *edges, int size, struct bundle *out)
{
    for (int i = 0, at = 0; i < edges->n; i++) {
        out->bytes[edges->sources[i]] += edges->degrees[i] * (MPI_Count)sizeof(struct end);
        for (int k = 0; k < edges->degrees[i]; k++)
            out->bytes[edges->destinations[at++]] += (MPI_Count)sizeof(struct end);
    }
    int status = bundle_open(out, size);
    if (status != TOC_OK)
        return status;
    for (int i = 0; i < size; i++)
        out->bytes[i] = 0;
    for (int i = 0, at = 0; i < edges->n; i++) {
        for (int k = 0; k < edges->degrees[i]; k++, at++) {
            int source = edges->sources[i], destination = edges->destinations[at];
            int weight = edges->weighted ? edges->weights[at] : 0;
            add(out, source, (struct end){destination, weight, false});
            add(out, destination, (struct end){source, weight, true});
        }
    }
    return TOC_OK;
}

static int exchange(struct toc_comm *comm, const struct toc_blocks *send,
                    const struct toc_blocks *receive)
{
    struct toc_schedule *schedule = toc_schedule_new(comm);
    if (schedule == NULL)
        return TOC_ERR_NO_MEM;
    toc_coll_alltoall(schedule, send, receive);
    return toc_schedule_run(schedule, "MPI_Dist_graph_create");
}

static int exchange_counts(struct toc_comm *comm, const struct bundle *out, struct bundle *in)
{
    int64_t each = (int64_t)sizeof(*out->bytes);
    return exchange(
        comm, &(struct toc_blocks){.base = out->bytes, .type = toc_coll_byte(), .count = each},
        &(struct toc_blocks){.base = in->bytes, .type = toc_coll_byte(), .count = each});
}

static struct toc_blocks blocks_of(const struct bundle *bundle)
{
    return (struct toc_blocks){.base = bundle->ends,
                               .type = toc_coll_byte(),
                               .large_counts = bundle->bytes,
                               .large_displs = bundle->starts};
}

static int exchange_ends(struct toc_comm *comm, const struct bundle *out, const struct bundle *in)
{
    struct toc_blocks send = blocks_of(out), receive = blocks_of(in);
    return exchange(comm, &send, &receive);
}

static int build(const struct bundle *in, int size, bool weighted, struct toc_topo **topo)
{
    int64_t n = in->starts[size] / (MPI_Aint)sizeof(*in->ends);
    int degrees[2] = {0, 0};
    for (int64_t i = 0; i < n; i++)
        degrees[in->ends[i].is_source]++;
    *topo = toc_topo_dist(degrees[1], degrees[0], weighted);
    if (*topo == NULL)
        return TOC_ERR_NO_MEM;
    int *peers[2] = {(*topo)->destinations, (*topo)->sources};
    int *weights[2] = {(*topo)->destination_weights, (*topo)->source_weights};
    for (int64_t i = 0; i < n; i++) {
        *peers[in->ends[i].is_source]++ = in->ends[i].peer;
        *weights[in->ends[i].is_source]++ = in->ends[i].weight;
    }
    return TOC_OK;
}

int toc_coll_share_edges(struct toc_comm *comm, const struct toc_edges *edges,
                         struct toc_topo **topo)
{
    struct bundle out = {0}, in = {0};
    int size = comm->size;
    int status = bundle_init(&out, size);
    if (status == TOC_OK)
        status = bundle_init(&in, size);
    if (status == TOC_OK)
        status = collect(edges, size, &out);
    if (status == TOC_OK)
        status = exchange_counts(comm, &out, &in);
    if (status == TOC_OK)
        status = bundle_open(&in, size);
    if (status == TOC_OK)
        status = exchange_ends(comm, &out, &in);
    if (status == TOC_OK)
        status = build(&in, size, edges->weighted, topo);
    bundle_free(&out);
    bundle_free(&in);
    return status;
}
