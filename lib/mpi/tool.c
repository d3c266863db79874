/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tool information interface (MPI 5.0, section 15.3) of a library that has no variables, no
 * events and no categories yet: it can be started and ended, also before MPI_Init and after
 * MPI_Finalize, and counts none of each.
 */
#include <stdatomic.h>

#include "mpi/mpi_impl.h"

static atomic_int started;

int PMPI_T_init_thread(int required, int *provided)
{
    if (provided == NULL)
        return MPI_T_ERR_INVALID;
    atomic_fetch_add(&started, 1);
    *provided = required > MPI_THREAD_MULTIPLE ? MPI_THREAD_MULTIPLE : required;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(T_init_thread);

int PMPI_T_finalize(void)
{
    int count = atomic_load(&started);

    while (count > 0)
        if (atomic_compare_exchange_weak(&started, &count, count - 1))
            return MPI_SUCCESS;
    return MPI_T_ERR_NOT_INITIALIZED;
}
TOC_MPI_ALIAS(T_finalize);

/* Programs go by the number and look at no result: it is set in any case. */
static int none(int *number)
{
    if (number == NULL)
        return MPI_T_ERR_INVALID;
    *number = 0;
    return atomic_load(&started) > 0 ? MPI_SUCCESS : MPI_T_ERR_NOT_INITIALIZED;
}

int PMPI_T_cvar_get_num(int *num_cvar)
{
    return none(num_cvar);
}
TOC_MPI_ALIAS(T_cvar_get_num);

int PMPI_T_pvar_get_num(int *num_pvar)
{
    return none(num_pvar);
}
TOC_MPI_ALIAS(T_pvar_get_num);

int PMPI_T_category_get_num(int *num_cat)
{
    return none(num_cat);
}
TOC_MPI_ALIAS(T_category_get_num);

int PMPI_T_event_get_num(int *num_events)
{
    return none(num_events);
}
TOC_MPI_ALIAS(T_event_get_num);

int PMPI_T_source_get_num(int *num_sources)
{
    return none(num_sources);
}
TOC_MPI_ALIAS(T_source_get_num);

int PMPI_T_category_changed(int *update_number)
{
    return none(update_number);
}
TOC_MPI_ALIAS(T_category_changed);
