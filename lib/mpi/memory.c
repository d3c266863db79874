/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory allocation (MPI 5.0, section 9.2). */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/info.h"
#include "mpi/mpi_impl.h"
#include "progress/guard.h"
#include "transport/memory.h"
#include "transport/world.h"

/* The info key mpi_minimum_memory_alignment; a hint, so that nonsense counts for nothing. */
static size_t alignment_of(MPI_Info info)
{
    size_t alignment = TOC_CACHE_LINE;
    if (info == MPI_INFO_NULL)
        return alignment;
    toc_info_lock();
    const struct toc_info *object = toc_info_lookup((uintptr_t)info);
    const char *text = object != NULL ? toc_info_get(object, "mpi_minimum_memory_alignment") : NULL;
    if (text != NULL) {
        char *end;
        errno = 0;
        unsigned long long wish = strtoull(text, &end, 10);
        if (errno == 0 && *end == '\0' && wish > alignment && wish <= SIZE_MAX / 2 &&
            (wish & (wish - 1)) == 0)
            alignment = (size_t)wish;
    }
    toc_info_unlock();
    return alignment;
}

/* Shared with the other ranks, where messages of that size go by rendezvous. */
static void *allocate(size_t size, size_t alignment)
{
    void *memory = NULL;
    if (size > toc_world.job->layout.eager_max && alignment <= TOC_PAGE) {
        toc_guard_enter();
        memory = toc_memory_alloc(size);
        toc_guard_leave();
    }
    if (memory == NULL && posix_memalign(&memory, alignment, size > 0 ? size : 1) != 0)
        return NULL;
    return memory;
}

int PMPI_Alloc_mem(MPI_Aint size, MPI_Info info, void *baseptr)
{
    toc_mpi_check_active("MPI_Alloc_mem");
    if (size < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_SIZE, "MPI_Alloc_mem",
                             "the size is %lld, it must not be negative", (long long)size);
    int code = toc_mpi_check_info("MPI_Alloc_mem", MPI_COMM_SELF, info);
    if (code != MPI_SUCCESS)
        return code;
    void *memory = allocate((size_t)size, alignment_of(info));
    if (memory == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, "MPI_Alloc_mem",
                             "no memory for %lld bytes", (long long)size);
    memcpy(baseptr, &memory, sizeof(memory));
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Alloc_mem);

int PMPI_Free_mem(void *base)
{
    toc_mpi_check_active("MPI_Free_mem");
    toc_guard_enter();
    bool shared = toc_memory_free(base);
    toc_guard_leave();
    if (!shared)
        free(base);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Free_mem);
