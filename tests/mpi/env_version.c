/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Get_version, Get_library_version, Get_processor_name: legal before Init and after Finalize where
 * the standard says so, and consistent with the header.
 */
#include "mpitest.h"

static void check_versions(const char *when)
{
    char library[MPI_MAX_LIBRARY_VERSION_STRING];
    int version = -1, subversion = -1, length = -1;

    MPI_Get_version(&version, &subversion);
    if (version != MPI_VERSION || subversion != MPI_SUBVERSION) {
        fprintf(stderr, "%s: Get_version says %d.%d, mpi.h %d.%d\n", when, version, subversion,
                MPI_VERSION, MPI_SUBVERSION);
        exit(1);
    }
    memset(library, 'x', sizeof(library));
    MPI_Get_library_version(library, &length);
    if (length < 1 || length >= MPI_MAX_LIBRARY_VERSION_STRING || library[length] != '\0' ||
        strlen(library) != (size_t)length) {
        fprintf(stderr, "%s: Get_library_version gave length %d\n", when, length);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    char name[MPI_MAX_PROCESSOR_NAME];
    int length = -1;

    check_versions("before MPI_Init");
    mt_start(&argc, &argv, 1);
    check_versions("after MPI_Init");
    memset(name, 'x', sizeof(name));
    MPI_Get_processor_name(name, &length);
    CHECK(length > 0 && length < MPI_MAX_PROCESSOR_NAME && name[length] == '\0' &&
              strlen(name) == (size_t)length,
          "Get_processor_name gave length %d", length);
    CHECK(argc >= 1 && argv[0][0] != '\0', "MPI_Init spoiled the command line");
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Finalize();
    check_versions("after MPI_Finalize");
    return 0;
}
