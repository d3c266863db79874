/* SPDX-License-Identifier: BSD-3-Clause */
/* A program of ours under a launcher that is not: each process is a job of one rank, which nobody
 * wants and which is hard to see from the results. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/job.h"
#include "base/log.h"
#include "mpi/mpi_impl.h"

/* What launchers tell their processes. PMIX_RANK alone comes without a size. */
static const struct {
    const char *size, *rank, *launcher;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "Open MPI's mpirun"},
    {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK", "MVAPICH's mpirun"},
    {"PMI_SIZE", "PMI_RANK", "the mpirun of MPICH or a relative of it"},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun"},
    {"FLUX_JOB_SIZE", "FLUX_TASK_RANK", "flux"},
};

/* mpirun's descriptor is here, and its variables are not. */
static bool is_cleared(void)
{
    DIR *folder = opendir("/proc/self/fd");
    bool found = false;

    for (struct dirent *entry; folder != NULL && !found && (entry = readdir(folder)) != NULL;) {
        char name[128];
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, name, sizeof(name) - 1);
        if (length <= 0)
            continue;
        name[length] = '\0';
        found = strstr(name, TOC_JOB_FILE) != NULL;
    }
    if (folder != NULL)
        closedir(folder);
    return found;
}

void toc_mpi_check_launcher(void)
{
    if (is_cleared()) {
        toc_log(TOC_LOG_WARN,
                "mpirun has started this process, but its environment has been cleared "
                "(env -i, sudo): it is a job of one rank; let the variables TOCSIN_* "
                "through");
        return;
    }
    for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
        const char *size = getenv(launchers[i].size), *rank = getenv(launchers[i].rank);
        if (size == NULL || rank == NULL || atoi(size) < 2)
            continue;
        if (atoi(rank) == 0)
            toc_log(TOC_LOG_WARN,
                    "%s started %s processes, and each of them is an MPI job of one rank for "
                    "Tocsin: start the program with Tocsin's mpirun",
                    launchers[i].launcher, size);
        return;
    }
}
