/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: virtual topologies, hardware resources (chapters 8 and 9).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Cart_coords(MPI_Comm comm, int rank, int maxdims, int coords[])
{ return toc_mpi_unsupported(comm, "MPI_Cart_coords"); } TOC_MPI_ALIAS(Cart_coords);

int PMPI_Cart_create(MPI_Comm comm_old, int ndims, const int dims[], const int periods[],
    int reorder, MPI_Comm *comm_cart)
{ return toc_mpi_unsupported(comm_old, "MPI_Cart_create"); } TOC_MPI_ALIAS(Cart_create);

int PMPI_Cart_get(MPI_Comm comm, int maxdims, int dims[], int periods[], int coords[])
{ return toc_mpi_unsupported(comm, "MPI_Cart_get"); } TOC_MPI_ALIAS(Cart_get);

int PMPI_Cart_map(MPI_Comm comm, int ndims, const int dims[], const int periods[], int *newrank)
{ return toc_mpi_unsupported(comm, "MPI_Cart_map"); } TOC_MPI_ALIAS(Cart_map);

int PMPI_Cart_rank(MPI_Comm comm, const int coords[], int *rank)
{ return toc_mpi_unsupported(comm, "MPI_Cart_rank"); } TOC_MPI_ALIAS(Cart_rank);

int PMPI_Cart_shift(MPI_Comm comm, int direction, int disp, int *rank_source, int *rank_dest)
{ return toc_mpi_unsupported(comm, "MPI_Cart_shift"); } TOC_MPI_ALIAS(Cart_shift);

int PMPI_Cart_sub(MPI_Comm comm, const int remain_dims[], MPI_Comm *newcomm)
{ return toc_mpi_unsupported(comm, "MPI_Cart_sub"); } TOC_MPI_ALIAS(Cart_sub);

int PMPI_Cartdim_get(MPI_Comm comm, int *ndims)
{ return toc_mpi_unsupported(comm, "MPI_Cartdim_get"); } TOC_MPI_ALIAS(Cartdim_get);

int PMPI_Dims_create(int nnodes, int ndims, int dims[])
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Dims_create"); } TOC_MPI_ALIAS(Dims_create);

int PMPI_Dist_graph_create(MPI_Comm comm_old, int n, const int sources[], const int degrees[],
    const int destinations[], const int weights[], MPI_Info info, int reorder,
    MPI_Comm *comm_dist_graph)
{ return toc_mpi_unsupported(comm_old, "MPI_Dist_graph_create"); } TOC_MPI_ALIAS(Dist_graph_create);

int PMPI_Dist_graph_create_adjacent(MPI_Comm comm_old, int indegree, const int sources[],
    const int sourceweights[], int outdegree, const int destinations[], const int destweights[],
    MPI_Info info, int reorder, MPI_Comm *comm_dist_graph)
{ return toc_mpi_unsupported(comm_old, "MPI_Dist_graph_create_adjacent"); }
TOC_MPI_ALIAS(Dist_graph_create_adjacent);

int PMPI_Dist_graph_neighbors(MPI_Comm comm, int maxindegree, int sources[], int sourceweights[],
    int maxoutdegree, int destinations[], int destweights[])
{ return toc_mpi_unsupported(comm, "MPI_Dist_graph_neighbors"); }
TOC_MPI_ALIAS(Dist_graph_neighbors);

int PMPI_Dist_graph_neighbors_count(MPI_Comm comm, int *indegree, int *outdegree, int *weighted)
{ return toc_mpi_unsupported(comm, "MPI_Dist_graph_neighbors_count"); }
TOC_MPI_ALIAS(Dist_graph_neighbors_count);

int PMPI_Get_hw_resource_info(MPI_Info *hw_info)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Get_hw_resource_info"); }
TOC_MPI_ALIAS(Get_hw_resource_info);

int PMPI_Graph_create(MPI_Comm comm_old, int nnodes, const int indx[], const int edges[],
    int reorder, MPI_Comm *comm_graph)
{ return toc_mpi_unsupported(comm_old, "MPI_Graph_create"); } TOC_MPI_ALIAS(Graph_create);

int PMPI_Graph_get(MPI_Comm comm, int maxindex, int maxedges, int indx[], int edges[])
{ return toc_mpi_unsupported(comm, "MPI_Graph_get"); } TOC_MPI_ALIAS(Graph_get);

int PMPI_Graph_map(MPI_Comm comm, int nnodes, const int indx[], const int edges[], int *newrank)
{ return toc_mpi_unsupported(comm, "MPI_Graph_map"); } TOC_MPI_ALIAS(Graph_map);

int PMPI_Graph_neighbors(MPI_Comm comm, int rank, int maxneighbors, int neighbors[])
{ return toc_mpi_unsupported(comm, "MPI_Graph_neighbors"); } TOC_MPI_ALIAS(Graph_neighbors);

int PMPI_Graph_neighbors_count(MPI_Comm comm, int rank, int *nneighbors)
{ return toc_mpi_unsupported(comm, "MPI_Graph_neighbors_count"); }
TOC_MPI_ALIAS(Graph_neighbors_count);

int PMPI_Graphdims_get(MPI_Comm comm, int *nnodes, int *nedges)
{ return toc_mpi_unsupported(comm, "MPI_Graphdims_get"); } TOC_MPI_ALIAS(Graphdims_get);

int PMPI_Topo_test(MPI_Comm comm, int *status)
{ return toc_mpi_unsupported(comm, "MPI_Topo_test"); } TOC_MPI_ALIAS(Topo_test);
