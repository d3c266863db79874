/* SPDX-License-Identifier: BSD-3-Clause */
/* Grids (MPI 5.0, section 8.5). */
#include <stdlib.h>

#include "base/error.h"
#include "coll/context.h"
#include "mpi/coll_impl.h"
#include "mpi/topo_impl.h"
#include "progress/guard.h"

static int check_given_dims(const char *function, int nnodes, int ndims, const int dims[])
{
    int code = toc_mpi_topo_not_negative(function, MPI_COMM_SELF, "ndims", ndims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, MPI_COMM_SELF, "dims", ndims, dims);
    if (code == MPI_SUCCESS && nnodes < 1)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_ARG, function,
                             "nnodes is %d, it must be positive", nnodes);
    for (int d = 0; code == MPI_SUCCESS && d < ndims; d++)
        if (dims[d] < 0)
            return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_DIMS, function,
                                 "dims[%d] is %d, it must not be negative", d, dims[d]);
    return code;
}

int PMPI_Dims_create(int nnodes, int ndims, int dims[])
{
    static const char function[] = "MPI_Dims_create";
    toc_mpi_check_active(function);
    int code = check_given_dims(function, nnodes, ndims, dims);
    if (code != MPI_SUCCESS || ndims == 0)
        return code;
    int status = toc_dims_create(nnodes, ndims, dims);
    if (status == TOC_ERR_ARG)
        return toc_mpi_raise(MPI_COMM_SELF, MPI_ERR_DIMS, function,
                             "the dimensions given do not fit %d ranks", nnodes);
    return toc_mpi_coll_status(function, MPI_COMM_SELF, status);
}
TOC_MPI_ALIAS(Dims_create);

/* A grid that fits the communicator; `size`: its ranks. */
static int check_grid(const char *function, MPI_Comm handle, const struct toc_comm *comm, int ndims,
                      const int dims[], const int periods[], int *size)
{
    int code = toc_mpi_topo_not_negative(function, handle, "ndims", ndims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, handle, "dims", ndims, dims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, handle, "periods", ndims, periods);
    for (int d = 0; code == MPI_SUCCESS && d < ndims; d++)
        if (dims[d] < 1)
            code = toc_mpi_raise(handle, MPI_ERR_DIMS, function,
                                 "dims[%d] is %d, it must be positive", d, dims[d]);
    if (code != MPI_SUCCESS)
        return code;
    int64_t wanted = toc_cart_size(ndims, dims);
    if (wanted > comm->size)
        return toc_mpi_raise(handle, MPI_ERR_DIMS, function,
                             "the grid has more ranks than the communicator, which has %d",
                             comm->size);
    *size = (int)wanted;
    return MPI_SUCCESS;
}

int PMPI_Cart_create(MPI_Comm comm_old, int ndims, const int dims[], const int periods[],
                     int reorder, MPI_Comm *comm_cart)
{
    static const char function[] = "MPI_Cart_create";
    struct toc_comm *parent;
    struct toc_topo *cart = NULL;
    int size;
    (void)reorder;
    int code = toc_mpi_topo_begin(function, comm_old, comm_cart, &parent);
    if (code == MPI_SUCCESS)
        code = check_grid(function, comm_old, parent, ndims, dims, periods, &size);
    if (code != MPI_SUCCESS)
        return code;
    if (parent->rank < size)
        cart = toc_topo_cart(ndims, dims, periods, parent->rank);
    return toc_mpi_topo_create(function, comm_old, parent, size, cart, comm_cart);
}
TOC_MPI_ALIAS(Cart_create);

int PMPI_Cart_map(MPI_Comm comm, int ndims, const int dims[], const int periods[], int *newrank)
{
    static const char function[] = "MPI_Cart_map";
    struct toc_comm *object;
    int size;
    int code = toc_mpi_topo_parent(function, comm, newrank, &object);
    if (code == MPI_SUCCESS)
        code = check_grid(function, comm, object, ndims, dims, periods, &size);
    if (code == MPI_SUCCESS)
        *newrank = toc_mpi_topo_map(object, size);
    return code;
}
TOC_MPI_ALIAS(Cart_map);

int PMPI_Cartdim_get(MPI_Comm comm, int *ndims)
{
    static const char function[] = "MPI_Cartdim_get";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "ndims", ndims);
    if (code == MPI_SUCCESS)
        *ndims = object->topo->ndims;
    return code;
}
TOC_MPI_ALIAS(Cartdim_get);

int PMPI_Cart_get(MPI_Comm comm, int maxdims, int dims[], int periods[], int coords[])
{
    static const char function[] = "MPI_Cart_get";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &object);
    if (code != MPI_SUCCESS)
        return code;
    const struct toc_topo *cart = object->topo;
    code = toc_mpi_topo_room(function, comm, "maxdims", maxdims, cart->ndims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "dims", cart->ndims, dims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "periods", cart->ndims, periods);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "coords", cart->ndims, coords);
    if (code != MPI_SUCCESS)
        return code;
    toc_mpi_topo_copy(dims, cart->dims, cart->ndims);
    toc_mpi_topo_copy(periods, cart->periods, cart->ndims);
    toc_mpi_topo_copy(coords, cart->coords, cart->ndims);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Cart_get);

/* Negative coordinates and those beyond the end are right in periodic dimensions only. */
static int check_coords(const char *function, MPI_Comm comm, const struct toc_topo *cart,
                        const int coords[])
{
    int code = toc_mpi_topo_array(function, comm, "coords", cart->ndims, coords);
    for (int d = 0; code == MPI_SUCCESS && d < cart->ndims; d++)
        if (!cart->periods[d] && (coords[d] < 0 || coords[d] >= cart->dims[d]))
            return toc_mpi_raise(comm, MPI_ERR_ARG, function,
                                 "coords[%d] is %d, outside of 0 to %d in a dimension that is not "
                                 "periodic",
                                 d, coords[d], cart->dims[d] - 1);
    return code;
}

int PMPI_Cart_rank(MPI_Comm comm, const int coords[], int *rank)
{
    static const char function[] = "MPI_Cart_rank";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &object);
    if (code == MPI_SUCCESS)
        code = check_coords(function, comm, object->topo, coords);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "rank", rank);
    if (code == MPI_SUCCESS)
        *rank = toc_cart_rank(object->topo, coords);
    return code;
}
TOC_MPI_ALIAS(Cart_rank);

int PMPI_Cart_coords(MPI_Comm comm, int rank, int maxdims, int coords[])
{
    static const char function[] = "MPI_Cart_coords";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &object);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_rank(function, comm, object, rank);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_room(function, comm, "maxdims", maxdims, object->topo->ndims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "coords", object->topo->ndims, coords);
    if (code == MPI_SUCCESS)
        toc_cart_coords(object->topo, rank, coords);
    return code;
}
TOC_MPI_ALIAS(Cart_coords);

int PMPI_Cart_shift(MPI_Comm comm, int direction, int disp, int *rank_source, int *rank_dest)
{
    static const char function[] = "MPI_Cart_shift";
    struct toc_comm *object;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &object);
    if (code == MPI_SUCCESS && (direction < 0 || direction >= object->topo->ndims))
        code = toc_mpi_raise(comm, MPI_ERR_DIMS, function,
                             "direction is %d, the grid has %d dimensions (from 0)", direction,
                             object->topo->ndims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "rank_source", rank_source);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "rank_dest", rank_dest);
    if (code != MPI_SUCCESS)
        return code;
    *rank_source = toc_cart_step(object->topo, direction, -(int64_t)disp);
    *rank_dest = toc_cart_step(object->topo, direction, disp);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Cart_shift);

/* What remains of a grid. */
struct slice {
    int ndims;
    int *dims, *periods;
    int color; /* the coordinates that were dropped, as one number */
    int rank;  /* in the slice */
};

static void cut(const struct toc_topo *cart, const int remain[], struct slice *slice)
{
    slice->ndims = slice->color = slice->rank = 0;
    for (int d = 0; d < cart->ndims; d++) {
        int *number = remain[d] ? &slice->rank : &slice->color;
        *number = *number * cart->dims[d] + cart->coords[d];
        if (!remain[d])
            continue;
        slice->dims[slice->ndims] = cart->dims[d];
        slice->periods[slice->ndims++] = cart->periods[d];
    }
}

static int sub(struct toc_comm *parent, const int remain[], struct toc_comm **made)
{
    size_t n = (size_t)parent->topo->ndims;
    struct slice slice;
    int *numbers = malloc((2 * n + 1) * sizeof(int)), status = TOC_ERR_NO_MEM;
    if (numbers == NULL)
        return status;
    slice.dims = numbers;
    slice.periods = numbers + n;
    cut(parent->topo, remain, &slice);
    struct toc_topo *cart = toc_topo_cart(slice.ndims, slice.dims, slice.periods, slice.rank);
    free(numbers);
    if (cart != NULL)
        status = toc_coll_comm_split(parent, slice.color, slice.rank, made);
    if (status == TOC_OK)
        (*made)->topo = toc_topo_retain(cart);
    toc_topo_release(cart);
    return status;
}

int PMPI_Cart_sub(MPI_Comm comm, const int remain_dims[], MPI_Comm *newcomm)
{
    static const char function[] = "MPI_Cart_sub";
    struct toc_comm *parent, *made;
    int code = toc_mpi_check_topo(function, comm, TOC_TOPO_CART, &parent);
    if (code == MPI_SUCCESS)
        code = toc_mpi_topo_array(function, comm, "remain_dims", parent->topo->ndims, remain_dims);
    if (code == MPI_SUCCESS)
        code = toc_mpi_check_pointer(function, comm, "newcomm", newcomm);
    if (code != MPI_SUCCESS)
        return code;
    toc_guard_enter();
    int status = sub(parent, remain_dims, &made);
    toc_guard_leave();
    if (status == TOC_OK)
        *newcomm = TOC_MPI_HANDLE(MPI_Comm, made);
    return toc_mpi_coll_status(function, comm, status);
}
TOC_MPI_ALIAS(Cart_sub);
