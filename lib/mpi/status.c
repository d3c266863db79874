/* SPDX-License-Identifier: BSD-3-Clause */
/* Statuses: contents, counts (MPI 5.0, sections 3.2.5 and 3.7.3, chapter 12). */
#include "mpi/status.h"

#include <limits.h>

void toc_status_clear(MPI_Status *status)
{
    status->MPI_SOURCE = MPI_ANY_SOURCE;
    status->MPI_TAG = MPI_ANY_TAG;
    toc_status_set_bytes(status, 0);
    toc_status_set_cancelled(status, false);
}

void toc_status_set_empty(MPI_Status *status)
{
    if (status == MPI_STATUS_IGNORE)
        return;
    toc_status_clear(status);
    status->MPI_ERROR = MPI_SUCCESS;
}

void toc_status_set_envelope(MPI_Status *status, const struct toc_p2p_envelope *envelope)
{
    if (status == MPI_STATUS_IGNORE)
        return;
    status->MPI_SOURCE = envelope->source;
    status->MPI_TAG = envelope->tag;
    toc_status_set_bytes(status, envelope->bytes);
    toc_status_set_cancelled(status, false);
}

void toc_status_set(MPI_Status *status, const struct toc_request *request)
{
    if (status == MPI_STATUS_IGNORE)
        return;
    if (request->kind != TOC_REQUEST_RECEIVE && request->kind != TOC_REQUEST_PAIR) {
        toc_status_clear(status);
    } else {
        status->MPI_SOURCE = request->status_source;
        status->MPI_TAG = request->status_tag;
        toc_status_set_bytes(status, request->status_bytes);
    }
    toc_status_set_cancelled(status, request->cancelled);
}

static int check(const char *function, MPI_Datatype handle, const MPI_Status *status,
                 struct toc_datatype **type)
{
    toc_mpi_check_active(function);
    if (status == MPI_STATUS_IGNORE)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "the status is MPI_STATUS_IGNORE or a null pointer");
    *type = toc_datatype_get(handle);
    if (*type == NULL)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_TYPE, function, "%s is not a datatype",
                             toc_mpi_handle_text((uintptr_t)handle).text);
    return MPI_SUCCESS;
}

/* Number of whole elements, or MPI_UNDEFINED. */
static int64_t whole_elements(const struct toc_datatype *type, uint64_t bytes)
{
    if (type->size == 0)
        return bytes == 0 ? 0 : MPI_UNDEFINED;
    return bytes % type->size == 0 ? (int64_t)(bytes / type->size) : MPI_UNDEFINED;
}

int PMPI_Get_count(const MPI_Status *status, MPI_Datatype datatype, int *count)
{
    struct toc_datatype *type;
    int code = check("MPI_Get_count", datatype, status, &type);
    if (code != MPI_SUCCESS)
        return code;
    int64_t whole = whole_elements(type, toc_status_bytes(status));
    *count = whole > INT_MAX ? MPI_UNDEFINED : (int)whole;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Get_count);

int PMPI_Get_count_c(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)
{
    struct toc_datatype *type;
    int code = check("MPI_Get_count_c", datatype, status, &type);
    if (code == MPI_SUCCESS)
        *count = whole_elements(type, toc_status_bytes(status));
    return code;
}
TOC_MPI_ALIAS(Get_count_c);

static int get_elements(const char *function, const MPI_Status *status, MPI_Datatype datatype,
                        int64_t *count)
{
    struct toc_datatype *type;
    int code = check(function, datatype, status, &type);
    if (code != MPI_SUCCESS)
        return code;
    uint64_t elements;
    if (toc_datatype_elements(type, toc_status_bytes(status), &elements) != 0)
        *count = MPI_UNDEFINED;
    else
        *count = (int64_t)elements;
    return MPI_SUCCESS;
}

int PMPI_Get_elements(const MPI_Status *status, MPI_Datatype datatype, int *count)
{
    int64_t elements;
    int code = get_elements("MPI_Get_elements", status, datatype, &elements);
    if (code == MPI_SUCCESS)
        *count = elements > INT_MAX ? MPI_UNDEFINED : (int)elements;
    return code;
}
TOC_MPI_ALIAS(Get_elements);

int PMPI_Get_elements_x(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)
{
    return get_elements("MPI_Get_elements_x", status, datatype, count);
}
TOC_MPI_ALIAS(Get_elements_x);

int PMPI_Get_elements_c(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)
{
    return get_elements("MPI_Get_elements_c", status, datatype, count);
}
TOC_MPI_ALIAS(Get_elements_c);

int PMPI_Test_cancelled(const MPI_Status *status, int *flag)
{
    *flag = toc_status_is_cancelled(status);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Test_cancelled);

int PMPI_Status_set_cancelled(MPI_Status *status, int flag)
{
    toc_status_set_cancelled(status, flag != 0);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_set_cancelled);

static int set_elements(const char *function, MPI_Status *status, MPI_Datatype datatype,
                        int64_t count)
{
    struct toc_datatype *type;
    int code = check(function, datatype, status, &type);
    if (code != MPI_SUCCESS)
        return code;
    if (count < 0)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_COUNT, function,
                             "count is %lld, it must not be negative", (long long)count);
    toc_status_set_bytes(status, toc_datatype_bytes(type, (uint64_t)count));
    return MPI_SUCCESS;
}

int PMPI_Status_set_elements(MPI_Status *status, MPI_Datatype datatype, int count)
{
    return set_elements("MPI_Status_set_elements", status, datatype, count);
}
TOC_MPI_ALIAS(Status_set_elements);

int PMPI_Status_set_elements_c(MPI_Status *status, MPI_Datatype datatype, MPI_Count count)
{
    return set_elements("MPI_Status_set_elements_c", status, datatype, count);
}
TOC_MPI_ALIAS(Status_set_elements_c);

int PMPI_Status_set_elements_x(MPI_Status *status, MPI_Datatype datatype, MPI_Count count)
{
    return set_elements("MPI_Status_set_elements_x", status, datatype, count);
}
TOC_MPI_ALIAS(Status_set_elements_x);

int PMPI_Status_get_source(const MPI_Status *status, int *source)
{
    *source = status->MPI_SOURCE;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_get_source);

int PMPI_Status_get_tag(const MPI_Status *status, int *tag)
{
    *tag = status->MPI_TAG;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_get_tag);

int PMPI_Status_get_error(const MPI_Status *status, int *err)
{
    *err = status->MPI_ERROR;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_get_error);

int PMPI_Status_set_source(MPI_Status *status, int source)
{
    status->MPI_SOURCE = source;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_set_source);

int PMPI_Status_set_tag(MPI_Status *status, int tag)
{
    status->MPI_TAG = tag;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_set_tag);

int PMPI_Status_set_error(MPI_Status *status, int err)
{
    status->MPI_ERROR = err;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Status_set_error);
