/* SPDX-License-Identifier: BSD-3-Clause */
/* Hardware resources (MPI 5.0, section 9.1.2). */
#include "base/error.h"
#include "core/info.h"
#include "mpi/mpi_impl.h"

/* The resource types that MPI_Comm_split_type knows: all ranks share the memory of one machine. */
int PMPI_Get_hw_resource_info(MPI_Info *hw_info)
{
    static const char function[] = "MPI_Get_hw_resource_info";
    struct toc_info *created;

    if (hw_info == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "hw_info is a null pointer");
    toc_info_lock();
    int err = toc_info_create(&created);
    if (err == TOC_OK) {
        err = toc_info_set(created, "mpi_shared_memory", "true");
        if (err == TOC_OK)
            *hw_info = (MPI_Info)toc_handle_value(created);
        else
            toc_info_free(created);
    }
    toc_info_unlock();
    if (err != TOC_OK)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, function, "out of memory");
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Get_hw_resource_info);
