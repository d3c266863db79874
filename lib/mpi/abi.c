/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ABI about itself (MPI 5.0, chapter 20), and arithmetic on addresses (chapter 5). Legal at any
 * time and in any thread.
 */
#include "mpi/mpi_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "core/info.h"
#include "mpi/abi_fortran.h"

/* What a Fortran layer on top tells the library of its compiler, once; until then it is that of
 * gfortran. The lock of the info objects protects it. */
static struct toc_info fortran_info; /* has no handle: programs get copies */
static int fortran_info_is_set;
static struct {
    int size; /* bytes of a LOGICAL; 0: gfortran's, of any size */
    unsigned char true_value[16];
    unsigned char false_value[16];
} fortran_booleans;

static int raise_null(const char *function)
{
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function, "a result's address is null");
}

int PMPI_Abi_get_version(int *abi_major, int *abi_minor)
{
    if (abi_major == NULL || abi_minor == NULL)
        return raise_null("MPI_Abi_get_version");
    *abi_major = MPI_ABI_VERSION;
    *abi_minor = MPI_ABI_SUBVERSION;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_get_version);

static int set_size(struct toc_info *info, const char *key, size_t size)
{
    char text[24];
    snprintf(text, sizeof(text), "%zu", size);
    return toc_info_set(info, key, text);
}

static int set_sizes(struct toc_info *info)
{
    int err = set_size(info, "mpi_aint_size", sizeof(MPI_Aint));
    if (err == TOC_OK)
        err = set_size(info, "mpi_count_size", sizeof(MPI_Count));
    if (err == TOC_OK)
        err = set_size(info, "mpi_offset_size", sizeof(MPI_Offset));
    return err;
}

int PMPI_Abi_get_info(MPI_Info *info)
{
    if (info == NULL)
        return raise_null("MPI_Abi_get_info");
    struct toc_info *created;
    toc_info_lock();
    int err = toc_info_create(&created);
    if (err == TOC_OK) {
        err = set_sizes(created);
        if (err == TOC_OK)
            *info = (MPI_Info)toc_handle_value(created);
        else
            toc_info_free(created);
    }
    toc_info_unlock();
    if (err != TOC_OK)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, "MPI_Abi_get_info", "out of memory");
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_get_info);

int PMPI_Abi_get_fortran_info(MPI_Info *info)
{
    if (info == NULL)
        return raise_null("MPI_Abi_get_fortran_info");
    struct toc_info *copy;
    MPI_Info handle = MPI_INFO_NULL;
    toc_info_lock();
    int err = toc_info_create(&copy);
    if (err == TOC_OK) {
        err = fortran_info_is_set ? toc_info_copy(&fortran_info, copy)
                                  : toc_mpi_fortran_defaults(copy);
        if (err == TOC_OK)
            handle = (MPI_Info)toc_handle_value(copy);
        else
            toc_info_free(copy);
    }
    toc_info_unlock();
    if (err != TOC_OK)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, "MPI_Abi_get_fortran_info",
                             "out of memory");
    *info = handle;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_get_fortran_info);

int PMPI_Abi_set_fortran_info(MPI_Info info)
{
    int err = TOC_OK;
    toc_info_lock();
    const struct toc_info *object = toc_info_lookup((uintptr_t)info);
    int was_set = fortran_info_is_set;
    if (object != NULL && !was_set) {
        err = toc_info_copy(object, &fortran_info);
        if (err == TOC_OK)
            fortran_info_is_set = 1;
        else
            toc_info_clear(&fortran_info);
    }
    toc_info_unlock();
    if (object == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_INFO, "MPI_Abi_set_fortran_info",
                             "%s is no info object", toc_mpi_handle_text((uintptr_t)info).text);
    if (was_set)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ABI, "MPI_Abi_set_fortran_info",
                             "the Fortran types have been set before");
    if (err != TOC_OK)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_NO_MEM, "MPI_Abi_set_fortran_info",
                             "out of memory");
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_set_fortran_info);

/* MPI_SUCCESS, or the code of the error raised. */
static int check_logical_size(const char *function, int size)
{
    if (size == 1 || size == 2 || size == 4 || size == 8 || size == 16)
        return MPI_SUCCESS;
    return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                         "logical_size is %d; a LOGICAL has 1, 2, 4, 8 or 16 bytes", size);
}

int PMPI_Abi_get_fortran_booleans(int logical_size, void *logical_true, void *logical_false,
                                  int *is_set)
{
    int code = check_logical_size("MPI_Abi_get_fortran_booleans", logical_size);
    if (code != MPI_SUCCESS)
        return code;
    if (logical_true == NULL || logical_false == NULL || is_set == NULL)
        return raise_null("MPI_Abi_get_fortran_booleans");
    toc_info_lock();
    *is_set = fortran_booleans.size == logical_size || fortran_booleans.size == 0;
    if (fortran_booleans.size == 0) {
        toc_mpi_fortran_logical(1, logical_size, logical_true);
        toc_mpi_fortran_logical(0, logical_size, logical_false);
    } else if (*is_set) {
        memcpy(logical_true, fortran_booleans.true_value, (size_t)logical_size);
        memcpy(logical_false, fortran_booleans.false_value, (size_t)logical_size);
    }
    toc_info_unlock();
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_get_fortran_booleans);

int PMPI_Abi_set_fortran_booleans(int logical_size, void *logical_true, void *logical_false)
{
    int code = check_logical_size("MPI_Abi_set_fortran_booleans", logical_size);
    if (code != MPI_SUCCESS)
        return code;
    if (logical_true == NULL || logical_false == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, "MPI_Abi_set_fortran_booleans",
                             "the address of a value is null");
    toc_info_lock();
    int was_set = fortran_booleans.size;
    if (!was_set) {
        fortran_booleans.size = logical_size;
        memcpy(fortran_booleans.true_value, logical_true, (size_t)logical_size);
        memcpy(fortran_booleans.false_value, logical_false, (size_t)logical_size);
    }
    toc_info_unlock();
    if (was_set)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ABI, "MPI_Abi_set_fortran_booleans",
                             "the values of a LOGICAL of %d bytes have been set before", was_set);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abi_set_fortran_booleans);

/* As addresses, so unsigned: a displacement from MPI_BOTTOM may pass the middle of the range. */
MPI_Aint PMPI_Aint_add(MPI_Aint base, MPI_Aint disp)
{
    return (MPI_Aint)((uintptr_t)base + (uintptr_t)disp);
}
TOC_MPI_ALIAS(Aint_add);

MPI_Aint PMPI_Aint_diff(MPI_Aint addr1, MPI_Aint addr2)
{
    return (MPI_Aint)((uintptr_t)addr1 - (uintptr_t)addr2);
}
TOC_MPI_ALIAS(Aint_diff);
