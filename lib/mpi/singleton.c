/* SPDX-License-Identifier: BSD-3-Clause */
/* A program of ours under a launcher that is not: each process is a job of one rank, which nobody
 * wants and which is hard to see from the results. */
#include <stdlib.h>

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

void toc_mpi_check_launcher(void)
{
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
