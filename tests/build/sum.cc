/* SPDX-License-Identifier: BSD-3-Clause */
// As sum.c, and: the handle types are different types in C++, so that functions can be overloaded
// on them and templates told apart; their constants can be arguments; exceptions pass the library.
#include <mpi.h>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <vector>

static const char *kind(MPI_Comm)
{
    return "communicator";
}
static const char *kind(MPI_Datatype)
{
    return "datatype";
}
static const char *kind(MPI_Op)
{
    return "operation";
}
static const char *kind(MPI_Request)
{
    return "request";
}

template <typename T> struct type_of;
template <> struct type_of<int> {
    static MPI_Datatype get()
    {
        return MPI_INT;
    }
};
template <> struct type_of<double> {
    static MPI_Datatype get()
    {
        return MPI_DOUBLE;
    }
};

template <typename T> T sum(const std::vector<T> &values, MPI_Comm comm)
{
    T local = T(), global = T();
    for (typename std::vector<T>::const_iterator i = values.begin(); i != values.end(); ++i)
        local += *i;
    MPI_Allreduce(&local, &global, 1, type_of<T>::get(), MPI_SUM, comm);
    return global;
}

template <typename Handle> struct traits {
    static const bool is_comm = false;
};
template <> struct traits<MPI_Comm> {
    static const bool is_comm = true;
};

static void thrower(MPI_Comm *, int *code, ...)
{
    throw *code;
}

static bool exception_passes()
{
    MPI_Errhandler handler;
    int caught = 0, error_class = MPI_SUCCESS;

    MPI_Comm_create_errhandler(thrower, &handler);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, handler);
    try {
        MPI_Send(&caught, 1, MPI_INT, 99, 0, MPI_COMM_SELF);
    } catch (int code) {
        caught = code;
    }
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Errhandler_free(&handler);
    MPI_Error_class(caught, &error_class);
    return error_class == MPI_ERR_RANK;
}

int main(int argc, char **argv)
{
    int rank, size, expected = argc > 1 ? std::atoi(argv[1]) : 1;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    bool good = size == expected;
    good = good && sum(std::vector<int>(2, rank), MPI_COMM_WORLD) == size * (size - 1);
    good = good && sum(std::vector<double>(4, 0.25), MPI_COMM_WORLD) == size;
    good = good && std::string(kind(MPI_COMM_WORLD)) == "communicator";
    good = good && std::string(kind(MPI_DOUBLE)) == "datatype";
    good = good && std::string(kind(MPI_SUM)) == "operation";
    good = good && std::string(kind(MPI_REQUEST_NULL)) == "request";
    good = good && traits<MPI_Comm>::is_comm && !traits<MPI_Group>::is_comm;
    std::map<MPI_Comm, int> ranks; // handles have an order
    ranks[MPI_COMM_WORLD] = rank;
    ranks[MPI_COMM_SELF] = 0;
    good = good && ranks.size() == 2 && ranks[MPI_COMM_WORLD] == rank;
    good = exception_passes() && good;
    MPI_Finalize();
    if (!good)
        std::cerr << "rank " << rank << " of " << size << ": wrong" << std::endl;
    return good ? 0 : 1;
}
