/* SPDX-License-Identifier: BSD-3-Clause */
/* Environment: versions, time, names (MPI 5.0, chapter 9; section 15.2.1). */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "mpi/mpi_impl.h"
#include "transport/world.h"

int PMPI_Get_version(int *version, int *subversion)
{
    *version = MPI_VERSION;
    *subversion = MPI_SUBVERSION;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Get_version);

int PMPI_Get_library_version(char *version, int *resultlen)
{
    *resultlen = snprintf(version, MPI_MAX_LIBRARY_VERSION_STRING,
                          "Tocsin %s, MPI %d.%d, ABI %d.%d, x86-64 Linux", PACKAGE_VERSION,
                          MPI_VERSION, MPI_SUBVERSION, MPI_ABI_VERSION, MPI_ABI_SUBVERSION);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Get_library_version);

int PMPI_Get_processor_name(char *name, int *resultlen)
{
    toc_mpi_check_active("MPI_Get_processor_name");
    if (gethostname(name, MPI_MAX_PROCESSOR_NAME) < 0)
        snprintf(name, MPI_MAX_PROCESSOR_NAME, "localhost");
    name[MPI_MAX_PROCESSOR_NAME - 1] = '\0';
    *resultlen = (int)strlen(name);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Get_processor_name);

/* One clock for all ranks: they run on one machine (MPI_WTIME_IS_GLOBAL is true). */
double PMPI_Wtime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
TOC_MPI_ALIAS(Wtime);

double PMPI_Wtick(void)
{
    struct timespec resolution;
    clock_getres(CLOCK_MONOTONIC, &resolution);
    return (double)resolution.tv_sec + 1e-9 * (double)resolution.tv_nsec;
}
TOC_MPI_ALIAS(Wtick);

int PMPI_Pcontrol(const int level, ...)
{
    (void)level; /* for tools that intercept it (MPI 5.0, section 15.2.4) */
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Pcontrol);
