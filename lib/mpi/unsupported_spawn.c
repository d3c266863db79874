/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Not supported yet: process creation, ports and names (chapter 11).
 * A function that gets supported leaves this file for the one of its chapter; until then it
 * takes as few lines as possible, hence the formatting by hand.
 */
#include "mpi/unsupported.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

/* clang-format off */

int PMPI_Close_port(const char *port_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Close_port"); } TOC_MPI_ALIAS(Close_port);

int PMPI_Comm_accept(const char *port_name, MPI_Info info, int root, MPI_Comm comm,
    MPI_Comm *newcomm)
{ return toc_mpi_unsupported(comm, "MPI_Comm_accept"); } TOC_MPI_ALIAS(Comm_accept);

int PMPI_Comm_connect(const char *port_name, MPI_Info info, int root, MPI_Comm comm,
    MPI_Comm *newcomm)
{ return toc_mpi_unsupported(comm, "MPI_Comm_connect"); } TOC_MPI_ALIAS(Comm_connect);

int PMPI_Comm_join(int fd, MPI_Comm *intercomm)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Comm_join"); } TOC_MPI_ALIAS(Comm_join);

int PMPI_Comm_spawn(const char *command, char *argv[], int maxprocs, MPI_Info info, int root,
    MPI_Comm comm, MPI_Comm *intercomm, int array_of_errcodes[])
{ return toc_mpi_unsupported(comm, "MPI_Comm_spawn"); } TOC_MPI_ALIAS(Comm_spawn);

int PMPI_Comm_spawn_multiple(int count, char *array_of_commands[], char **array_of_argv[],
    const int array_of_maxprocs[], const MPI_Info array_of_info[], int root, MPI_Comm comm,
    MPI_Comm *intercomm, int array_of_errcodes[])
{ return toc_mpi_unsupported(comm, "MPI_Comm_spawn_multiple"); } TOC_MPI_ALIAS(Comm_spawn_multiple);

int PMPI_Lookup_name(const char *service_name, MPI_Info info, char *port_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Lookup_name"); } TOC_MPI_ALIAS(Lookup_name);

int PMPI_Open_port(MPI_Info info, char *port_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Open_port"); } TOC_MPI_ALIAS(Open_port);

int PMPI_Publish_name(const char *service_name, MPI_Info info, const char *port_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Publish_name"); } TOC_MPI_ALIAS(Publish_name);

int PMPI_Unpublish_name(const char *service_name, MPI_Info info, const char *port_name)
{ return toc_mpi_unsupported(MPI_COMM_SELF, "MPI_Unpublish_name"); } TOC_MPI_ALIAS(Unpublish_name);
